//! The statements that carry rows: each record is read in parts, and written as it is.

mod account;
mod restored;
mod shown;

use diesel::{PgConnection, QueryResult};
use uuid::Uuid;

use crate::db::Tx;
use crate::http::error::Result;

pub use account::{count_contacts_anew, holds};

/// Rows of a part. A statement has room for some two thousand of the widest.
pub const ROWS_OF_A_PART: usize = 250;

/// The same for a LIMIT.
const PART: i64 = 250;

/// A row that can be read part by part, in an order in which a row stands behind those it refers to.
pub trait Stored: Sized {
    /// Rows of a part: fewer where one may be large.
    const AT_ONCE: i64 = PART;

    /// The part behind a row; the first one without it.
    fn part(conn: &mut PgConnection, owner: Uuid, after: Option<&Self>) -> Result<Vec<Self>>;
}

/// A row that can be written as it was read.
pub trait Restored: Stored {
    /// Writes rows of the present user. The error tells which constraint refused them.
    fn insert(tx: &mut Tx<'_>, rows: &[Self]) -> QueryResult<usize>;
}
