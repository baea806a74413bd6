//! The statements on contacts and networking activities.

pub(super) mod activities;
pub(super) mod contacts;

use diesel::prelude::*;
use diesel::sql_types::Integer;

use crate::db::Tx;
use crate::http::error::Result;

/// The first half of the number of the lock; any that nothing else locks.
const LOCK: i32 = 7_262_028;

define_sql_function! {
    /// Waits for the lock and holds it until the transaction ends. Returns nothing.
    fn pg_advisory_xact_lock(class: Integer, key: Integer) -> Nullable<Text>;
}

/// Lets nobody else change this owner's activities until the transaction ends.
///
/// The latest day of a contact is computed from its activities: two changes at the same time would not see
/// each other's rows. One lock for all contacts of an owner, so that moving an activity from one contact to
/// another and removing a contact cannot wait for each other.
pub(super) fn lock_owner(tx: &mut Tx<'_>) -> Result<()> {
    let bytes = tx.owner.as_bytes();
    // The last bytes of a UUIDv7 are random.
    let key = i32::from_be_bytes([bytes[12], bytes[13], bytes[14], bytes[15]]);
    diesel::select(pg_advisory_xact_lock(LOCK, key)).execute(tx.conn)?;
    Ok(())
}
