//! What PostgreSQL sent, as Diesel reads it.

use std::num::NonZeroU32;
use std::ops::Range;

use diesel::deserialize::FromSqlRow;
use diesel::pg::{Pg, PgValue, TypeOidLookup};
use diesel::row::{Field, PartialRow, Row, RowIndex, RowSealed};
use tokio_postgres::types::{FromSql, Type};

/// The values of rows that all have the same columns.
pub(super) fn values<T, ST>(rows: &[tokio_postgres::Row]) -> diesel::deserialize::Result<Vec<T>>
where
    T: FromSqlRow<ST, Pg>,
{
    let columns = rows.first().map_or(&[][..], |first| first.columns());
    let oid = |column: &tokio_postgres::Column| NonZeroU32::new(column.type_().oid()).map(Oid);
    let oids: Option<Vec<Oid>> = columns.iter().map(oid).collect();
    let oids = oids.ok_or("a column has no type")?;
    let found = rows.iter().map(|row| Found { row, oids: &oids });
    found.map(|found| T::build_from_row(&found)).collect()
}

/// The number of a column's type.
struct Oid(NonZeroU32);

impl TypeOidLookup for Oid {
    fn lookup(&self) -> NonZeroU32 {
        self.0
    }
}

/// A row.
struct Found<'r> {
    row: &'r tokio_postgres::Row,
    oids: &'r [Oid],
}

/// One of its fields.
struct Column<'f> {
    found: &'f Found<'f>,
    index: usize,
}

/// The bytes of a field, whatever its type.
struct Raw<'a>(&'a [u8]);

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(raw))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

impl RowSealed for Found<'_> {}

impl<'a> Row<'a, Pg> for Found<'_> {
    type Field<'f>
        = Column<'f>
    where
        'a: 'f,
        Self: 'f;
    type InnerPartialRow = Self;

    fn field_count(&self) -> usize {
        self.row.len()
    }

    fn get<'b, I>(&'b self, index: I) -> Option<Self::Field<'b>>
    where
        'a: 'b,
        Self: RowIndex<I>,
    {
        let index = self.idx(index)?;
        Some(Column { found: self, index })
    }

    fn partial_row(&self, range: Range<usize>) -> PartialRow<'_, Self> {
        PartialRow::new(self, range)
    }
}

impl RowIndex<usize> for Found<'_> {
    fn idx(&self, index: usize) -> Option<usize> {
        (index < self.row.len()).then_some(index)
    }
}

impl<'n> RowIndex<&'n str> for Found<'_> {
    fn idx(&self, name: &'n str) -> Option<usize> {
        self.row
            .columns()
            .iter()
            .position(|column| column.name() == name)
    }
}

impl<'a> Field<'a, Pg> for Column<'a> {
    fn field_name(&self) -> Option<&str> {
        Some(self.found.row.columns()[self.index].name())
    }

    fn value(&self) -> Option<PgValue<'_>> {
        let raw: Option<Raw<'_>> = self.found.row.try_get(self.index).ok()?;
        raw.map(|raw| PgValue::new(raw.0, &self.found.oids[self.index]))
    }
}
