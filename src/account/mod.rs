//! An account: register, prove an address, sign in and out, see and change who one is, leave without
//! a trace.
//!
//! Other features read a user's [`Preferences`] here.

mod model;
mod queries;

use diesel::PgConnection;
use uuid::Uuid;

use crate::auth;
use crate::http::error::Result;

pub use model::{Preferences, WeekStart};

/// What a user chose; 401 when the account is gone in the meantime.
pub fn preferences(conn: &mut PgConnection, owner: Uuid) -> Result<Preferences> {
    let row = queries::preferences(conn, owner)?.ok_or_else(auth::invalid_token)?;
    Ok(row.into())
}
