//! The lives of the database that events were written in.
//!
//! The order of events begins with the number of their transaction, and these numbers begin anew where a
//! dump is restored: the restored events would lie in the future of that server, hidden until it has
//! caught up, and new ones before them. So each database that the events have lived in is an epoch.
//! Events of earlier epochs are all settled, and keep their places and their order; what is written in the
//! new one comes after them. A place of an event that the dump did not have is gone, which readers are told.

use diesel::prelude::*;

use super::queries;
use crate::clock::real_now;

/// Begins an epoch when the events have come into this database from another one; tells whether it did.
///
/// As the owner of the tables, before the first event is written here.
pub fn begin(conn: &mut PgConnection) -> QueryResult<bool> {
    if is_begun(conn)? {
        return Ok(false);
    }
    conn.transaction(|conn| {
        queries::lock_epochs(conn)?;
        let (last, is_here) = queries::last_epoch(conn)?;
        if !is_here {
            queries::begin_epoch(conn, last + 1, real_now())?;
        }
        Ok(!is_here)
    })
}

/// Do the events that are written now belong to an epoch of this very database?
pub fn is_begun(conn: &mut PgConnection) -> QueryResult<bool> {
    Ok(queries::last_epoch(conn)?.1)
}
