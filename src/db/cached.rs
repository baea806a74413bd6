//! Statements that Diesel would prepare anew at each call, kept prepared.
//!
//! Diesel caches a statement only when its own rules say that there is a bounded number of texts.
//! An UPDATE with a changeset and an INSERT of a struct with optional columns fail these rules
//! although, here, they name every column and so have exactly one text.

use diesel::connection::{DefaultLoadingMode, LoadConnection};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::Untyped;
use diesel::{PgConnection, QueryResult};

/// A statement of which it is said whether it stays prepared.
#[derive(Debug, Clone, Copy)]
pub struct Prepared<Q> {
    statement: Q,
    kept: bool,
}

/// Keeps a statement prepared for the life of the connection.
///
/// Only for statements whose SQL does not depend on their values: each text is kept.
pub fn cached<Q: QueryFragment<Pg>>(statement: Q) -> Prepared<Q> {
    kept_if(true, statement)
}

/// So many rows are inserted by one prepared statement; fewer by one that is prepared for them alone.
///
/// Preparing takes a third of the time of an INSERT of many rows, and each statement costs a tenth of a
/// millisecond; but the server keeps the text, which grows with the rows.
pub const ROWS_OF_A_BLOCK: usize = 125;

/// Keeps a statement prepared when it is one of few texts, such as a list with its usual filters.
///
/// A list with every combination of filters would fill the memory of the server one text at a time.
pub fn kept_if<Q: QueryFragment<Pg>>(kept: bool, statement: Q) -> Prepared<Q> {
    Prepared { statement, kept }
}

/// Keeps an INSERT of so many rows prepared when they are a whole block.
pub fn block<Q: QueryFragment<Pg>>(rows: usize, statement: Q) -> Prepared<Q> {
    kept_if(rows == ROWS_OF_A_BLOCK, statement)
}

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Prepared<Q> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.statement.walk_ast(pass)
    }

    fn is_safe_to_cache_prepared(&self, _: &Pg) -> QueryResult<bool> {
        Ok(self.kept)
    }
}

impl<Q> QueryId for Prepared<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for Prepared<Q> {
    type SqlType = Q::SqlType;
}

impl<Q, Conn> diesel::query_dsl::RunQueryDsl<Conn> for Prepared<Q> {}

impl<Q: QueryFragment<Pg>> Prepared<Q> {
    /// Runs a statement of which nothing comes back, not even how many rows it took.
    ///
    /// This one is called instead of Diesel's, which asks a reference whether the statement stays prepared; but
    /// the reference asks the statement inside.
    pub fn execute(self, conn: &mut PgConnection) -> QueryResult<()> {
        LoadConnection::<DefaultLoadingMode>::load(conn, Silent(self)).map(drop)
    }
}

/// A statement without rows, on the way of those that have some.
#[derive(Debug, Clone, Copy)]
struct Silent<Q>(Prepared<Q>);

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Silent<Q> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.0.walk_ast(pass)
    }

    fn is_safe_to_cache_prepared(&self, backend: &Pg) -> QueryResult<bool> {
        self.0.is_safe_to_cache_prepared(backend)
    }
}

impl<Q> QueryId for Silent<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q> Query for Silent<Q> {
    type SqlType = Untyped;
}
