//! Statements that Diesel would prepare anew at each call, kept prepared.
//!
//! Diesel caches a statement only when its own rules say that there is a bounded number of texts.
//! An UPDATE with a changeset and an INSERT of a struct with optional columns fail these rules
//! although, here, they name every column and so have exactly one text.

use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};

/// A statement that has a bounded number of texts, whatever its values are.
///
/// Wrap only statements whose SQL does not depend on their values: each text stays prepared for the
/// life of the connection.
#[derive(Debug, Clone, Copy)]
pub struct Cached<Q>(pub Q);

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Cached<Q> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.0.walk_ast(pass)
    }

    fn is_safe_to_cache_prepared(&self, _: &Pg) -> QueryResult<bool> {
        Ok(true)
    }
}

impl<Q> QueryId for Cached<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for Cached<Q> {
    type SqlType = Q::SqlType;
}

impl<Q, Conn> diesel::query_dsl::RunQueryDsl<Conn> for Cached<Q> {}

/// Keeps the compiler's error close to the mistake when a statement is not for PostgreSQL.
pub fn cached<Q: QueryFragment<Pg>>(statement: Q) -> Cached<Q>
where
    Pg: Backend,
{
    Cached(statement)
}
