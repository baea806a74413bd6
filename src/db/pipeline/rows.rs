//! What PostgreSQL sent, as Diesel reads it.

use std::io;
use std::num::NonZeroU32;
use std::ops::Range;
use std::sync::Arc;

use diesel::deserialize::FromSqlRow;
use diesel::pg::{Pg, PgValue, TypeOidLookup};
use diesel::row::{Field, PartialRow, Row, RowIndex, RowSealed};
use postgres_protocol::message::backend::{DataRowBody, RowDescriptionBody};
use tokio_postgres::fallible_iterator::FallibleIterator;

/// Rows that were found, and their columns.
pub struct Found {
    pub(super) columns: Columns,
    pub(super) rows: Vec<DataRowBody>,
}

/// The columns that a statement finds.
#[derive(Clone)]
pub(super) struct Columns(Arc<[Column]>);

/// A column: its name and the number of its type.
struct Column {
    name: String,
    oid: NonZeroU32,
}

impl Columns {
    /// As the server described them.
    pub(super) fn read(described: &RowDescriptionBody) -> io::Result<Self> {
        let columns = described.fields().map(|field| {
            let oid = NonZeroU32::new(field.type_oid());
            Ok(Column {
                name: field.name().to_owned(),
                oid: oid.ok_or_else(|| io::Error::other("a column has no type"))?,
            })
        });
        let columns: Vec<Column> = columns.collect()?;
        Ok(Self(columns.into()))
    }
}

impl TypeOidLookup for Column {
    fn lookup(&self) -> NonZeroU32 {
        self.oid
    }
}

impl Found {
    pub(super) fn values<T, ST>(&self) -> diesel::deserialize::Result<Vec<T>>
    where
        T: FromSqlRow<ST, Pg>,
    {
        let columns = &*self.columns.0;
        let mut values = Vec::with_capacity(self.rows.len());
        let mut places = Vec::with_capacity(columns.len());
        for row in &self.rows {
            places.clear();
            let mut ranges = row.ranges();
            while let Some(place) = ranges.next()? {
                places.push(place);
            }
            if places.len() != columns.len() {
                return Err("a row has other columns than were described".into());
            }
            values.push(T::build_from_row(&FoundRow {
                columns,
                places: &places,
                bytes: row.buffer(),
            })?);
        }
        Ok(values)
    }
}

/// A row: where each value stands among its bytes, unless it is NULL.
struct FoundRow<'r> {
    columns: &'r [Column],
    places: &'r [Option<Range<usize>>],
    bytes: &'r [u8],
}

/// One of its fields.
struct FoundField<'f> {
    row: &'f FoundRow<'f>,
    index: usize,
}

impl RowSealed for FoundRow<'_> {}

impl<'a> Row<'a, Pg> for FoundRow<'_> {
    type Field<'f>
        = FoundField<'f>
    where
        'a: 'f,
        Self: 'f;
    type InnerPartialRow = Self;

    fn field_count(&self) -> usize {
        self.columns.len()
    }

    fn get<'b, I>(&'b self, index: I) -> Option<Self::Field<'b>>
    where
        'a: 'b,
        Self: RowIndex<I>,
    {
        let index = self.idx(index)?;
        Some(FoundField { row: self, index })
    }

    fn partial_row(&self, range: Range<usize>) -> PartialRow<'_, Self> {
        PartialRow::new(self, range)
    }
}

impl RowIndex<usize> for FoundRow<'_> {
    fn idx(&self, index: usize) -> Option<usize> {
        (index < self.columns.len()).then_some(index)
    }
}

impl<'n> RowIndex<&'n str> for FoundRow<'_> {
    fn idx(&self, name: &'n str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }
}

impl<'a> Field<'a, Pg> for FoundField<'a> {
    fn field_name(&self) -> Option<&str> {
        Some(&self.row.columns[self.index].name)
    }

    fn value(&self) -> Option<PgValue<'_>> {
        let place = self.row.places[self.index].clone()?;
        let bytes = &self.row.bytes[place];
        Some(PgValue::new(bytes, &self.row.columns[self.index]))
    }
}
