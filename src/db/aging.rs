//! Rows that nobody needs once they are old: removed a part at a time.

use chrono::{DateTime, Utc};
use diesel::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Timestamptz};

use crate::http::error::Result;

/// Removes rows of a table whose instant in a column is not after `until`, so many at the most; how many.
///
/// A single statement for all of them would come to its end only while they are few: once it took longer than a
/// statement may, it would never remove a row again. Rows that another replica is removing are left to it.
pub fn remove_part(
    conn: &mut PgConnection,
    table: &'static str,
    column: &'static str,
    until: DateTime<Utc>,
    most: usize,
) -> Result<usize> {
    // An array is made once; the planner may run a subquery of IN, with its LIMIT, more than once.
    let statement = diesel::sql_query(format!(
        "DELETE FROM {table} WHERE ctid = ANY (ARRAY(
             SELECT ctid FROM {table} WHERE {column} <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED))"
    ));
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    Ok(statement
        .bind::<Timestamptz, _>(until)
        .bind::<BigInt, _>(most)
        .execute(conn)?)
}
