//! Rest: a day on which the service asks nothing of its user.
//!
//! A rejection that came today, or a day that one took off, is a day of rest: whatever nudges keeps
//! silent until the next one. Fixed appointments are no nudges. Reminders and next actions ask here.

mod queries;
mod rules;

use chrono_tz::Tz;

use crate::clock::local_date;
use crate::db::Tx;
use crate::http::error::Result;
use crate::text_enum;

text_enum! {
    /// Why the user rests today.
    pub enum RestReason {
        /// A rejection came.
        Rejection = "rejection",
        /// The user took the day off.
        RestDay = "rest_day",
    }
}

/// Why the user rests on the present local day; nothing when they do not.
pub fn today(tx: &mut Tx<'_>, zone: Tz) -> Result<Option<RestReason>> {
    let day = rules::local_day(tx.now, zone);
    if queries::was_rejected(tx.conn, tx.owner, &day)? {
        return Ok(Some(RestReason::Rejection));
    }
    let off = queries::took_off(tx.conn, tx.owner, local_date(tx.now, zone))?;
    Ok(off.then_some(RestReason::RestDay))
}
