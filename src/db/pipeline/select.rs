//! A statement that both ways can take: Diesel's own, and the one in one trip.

use std::any::TypeId;
use std::error::Error;

use diesel::deserialize::FromSqlRow;
use diesel::pg::{Pg, PgMetadataLookup, PgQueryBuilder, PgTypeMetadata};
use diesel::query_builder::bind_collector::RawBytesBindCollector;
use diesel::query_builder::{Query, QueryBuilder, QueryFragment, QueryId};
use diesel::query_dsl::CompatibleType;
use diesel::query_dsl::methods::LoadQuery;
use diesel::result::Error::{DeserializationError, NotFound, SerializationError};
use diesel::{PgConnection, QueryResult};
use tokio_postgres::Row;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use super::rows;

/// A statement that finds rows of `T`.
///
/// Query functions return one where the caller chooses the way. Such a statement owns its values.
pub trait Select<T> {
    /// What is asked, on the way in one trip.
    fn question(&self) -> Question<'_>;
    /// The values of what was found on that way.
    fn values(&self, found: &[Row]) -> QueryResult<Vec<T>>;
    /// What is found on Diesel's way.
    fn rows(self, conn: &mut PgConnection) -> QueryResult<Vec<T>>;

    /// The first of them; an error when there is none.
    fn row(self, conn: &mut PgConnection) -> QueryResult<T>
    where
        Self: Sized,
    {
        self.rows(conn)?.into_iter().next().ok_or(NotFound)
    }
}

impl<Q, T> Select<T> for Q
where
    Q: Query + QueryId + QueryFragment<Pg> + for<'q> LoadQuery<'q, PgConnection, T>,
    Q::SqlType: CompatibleType<T, Pg>,
    T: FromSqlRow<<Q::SqlType as CompatibleType<T, Pg>>::SqlType, Pg>,
{
    fn question(&self) -> Question<'_> {
        Question {
            id: Q::query_id(),
            statement: self,
        }
    }

    fn values(&self, found: &[Row]) -> QueryResult<Vec<T>> {
        rows::values(found).map_err(DeserializationError)
    }

    fn rows(self, conn: &mut PgConnection) -> QueryResult<Vec<T>> {
        self.internal_load(conn)?.collect()
    }
}

/// A statement without its type.
pub struct Question<'s> {
    id: Option<TypeId>,
    statement: &'s dyn QueryFragment<Pg>,
}

/// By what a prepared statement is found again.
#[derive(PartialEq, Eq, Hash)]
pub(super) enum Name {
    /// The type of a statement that has one text.
    Type(TypeId),
    /// The text of another one.
    Text(String),
}

impl Question<'_> {
    /// Is it one of few texts, so that it may stay prepared?
    pub(in crate::db) fn is_kept(&self) -> bool {
        self.statement.is_safe_to_cache_prepared(&Pg) == Ok(true)
    }

    pub(super) fn name(&self) -> QueryResult<Name> {
        self.id
            .map_or_else(|| self.sql().map(Name::Text), |id| Ok(Name::Type(id)))
    }

    pub(super) fn sql(&self) -> QueryResult<String> {
        let mut builder = PgQueryBuilder::default();
        self.statement.to_sql(&mut builder, &Pg)?;
        Ok(builder.finish())
    }

    /// The types of its parameters.
    pub(super) fn types(&self) -> QueryResult<Vec<Type>> {
        let known = |metadata: &PgTypeMetadata| {
            let oid = metadata
                .oid()
                .map_err(|error| SerializationError(error.into()))?;
            Type::from_oid(oid).ok_or_else(|| SerializationError("a type of its own".into()))
        };
        self.collected()?.metadata.iter().map(known).collect()
    }

    /// Its parameters, as PostgreSQL reads them.
    pub(super) fn binds(&self) -> QueryResult<Vec<Bind>> {
        Ok(self.collected()?.binds.into_iter().map(Bind).collect())
    }

    fn collected(&self) -> QueryResult<RawBytesBindCollector<Pg>> {
        let mut collected = RawBytesBindCollector::new();
        self.statement
            .collect_binds(&mut collected, &mut OnlyKnownTypes, &Pg)?;
        Ok(collected)
    }
}

/// Types that PostgreSQL numbers anew in each database have no number here: a statement with one of them goes the plain way.
struct OnlyKnownTypes;

impl PgMetadataLookup for OnlyKnownTypes {
    fn lookup_type(&mut self, _: &str, _: Option<&str>) -> PgTypeMetadata {
        PgTypeMetadata::new(0, 0)
    }
}

/// A parameter that Diesel has written.
#[derive(Debug)]
pub(super) struct Bind(Option<Vec<u8>>);

impl ToSql for Bind {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        let Some(bytes) = &self.0 else {
            return Ok(IsNull::Yes);
        };
        out.extend_from_slice(bytes);
        Ok(IsNull::No)
    }

    // The statement was prepared with the types that Diesel wrote.
    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}
