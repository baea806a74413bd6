//! Statements about an account as a whole.

use diesel::dsl::max;
use diesel::prelude::*;

use super::Stored;
use crate::db::Tx;
use crate::db::schema::{contacts, networking_activities};
use crate::http::error::Result;

/// Has the user any such row?
pub fn holds<R: Stored>(tx: &mut Tx<'_>) -> Result<bool> {
    Ok(!R::part(tx.conn, tx.owner, None)?.is_empty())
}

/// Brings the latest activity of each contact up to date, which is a figure and stands in no document.
pub fn count_contacts_anew(tx: &mut Tx<'_>) -> Result<()> {
    let latest = networking_activities::table
        .filter(networking_activities::owner_id.eq(contacts::owner_id))
        .filter(networking_activities::contact_id.eq(contacts::id.nullable()))
        .select(max(networking_activities::occurred_on))
        .single_value();
    diesel::update(contacts::table.filter(contacts::owner_id.eq(tx.owner)))
        .set(contacts::last_activity_on.eq(latest))
        .execute(tx.conn)?;
    Ok(())
}
