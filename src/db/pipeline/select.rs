//! A statement that both ways can take: Diesel's own, and the one in one trip.

use std::any::TypeId;

use diesel::deserialize::FromSqlRow;
use diesel::pg::{Pg, PgMetadataLookup, PgQueryBuilder, PgTypeMetadata};
use diesel::query_builder::bind_collector::RawBytesBindCollector;
use diesel::query_builder::{Query, QueryBuilder, QueryFragment, QueryId};
use diesel::query_dsl::CompatibleType;
use diesel::query_dsl::methods::LoadQuery;
use diesel::result::Error::{DeserializationError, NotFound, SerializationError};
use diesel::{PgConnection, QueryResult};

use super::rows::Found;

/// A statement that finds rows of `T`.
///
/// Query functions return one where the caller chooses the way. Such a statement owns its values.
pub trait Select<T> {
    /// What is asked, on the way in one trip.
    fn question(&self) -> Question<'_>;
    /// The values of what was found on that way.
    fn values(&self, found: &Found) -> QueryResult<Vec<T>>;
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

    fn values(&self, found: &Found) -> QueryResult<Vec<T>> {
        found.values().map_err(DeserializationError)
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

    /// The numbers of its parameters' types.
    pub(super) fn types(&self) -> QueryResult<Vec<u32>> {
        let known = |metadata: &PgTypeMetadata| match metadata.oid() {
            Ok(oid) if oid != OnlyKnownTypes::UNKNOWN => Ok(oid),
            _ => Err(SerializationError("a type of its own".into())),
        };
        self.collected()?.metadata.iter().map(known).collect()
    }

    /// Its parameters, as PostgreSQL reads them.
    pub(super) fn binds(&self) -> QueryResult<Vec<Option<Vec<u8>>>> {
        Ok(self.collected()?.binds)
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

impl OnlyKnownTypes {
    const UNKNOWN: u32 = 0;
}

impl PgMetadataLookup for OnlyKnownTypes {
    fn lookup_type(&mut self, _: &str, _: Option<&str>) -> PgTypeMetadata {
        PgTypeMetadata::new(Self::UNKNOWN, Self::UNKNOWN)
    }
}
