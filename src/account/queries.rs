//! The statements of accounts.

use diesel::prelude::*;
use uuid::Uuid;

use super::model::PreferencesRow;
use crate::db::schema::users;
use crate::http::error::Result;

/// What a user chose.
pub(super) fn preferences(conn: &mut PgConnection, id: Uuid) -> Result<Option<PreferencesRow>> {
    Ok(users::table
        .find(id)
        .select(PreferencesRow::as_select())
        .first(conn)
        .optional()?)
}
