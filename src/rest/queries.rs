//! The statements about days of rest.

use std::ops::Range;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::exists;
use diesel::prelude::*;
use uuid::Uuid;

use crate::db::schema::{goal_check_ins, rejections};
use crate::goals::CheckInKind;
use crate::http::error::Result;
use crate::rejections::SupersededBy;

/// The rejections of one owner.
#[diesel::dsl::auto_type(no_type_alias)]
fn rejections_owned_by(owner: Uuid) -> _ {
    let mine: diesel::dsl::Eq<rejections::owner_id, Uuid> = rejections::owner_id.eq(owner);
    rejections::table.filter(mine)
}

/// The check-ins of one owner.
#[diesel::dsl::auto_type(no_type_alias)]
fn check_ins_owned_by(owner: Uuid) -> _ {
    let mine: diesel::dsl::Eq<goal_check_ins::owner_id, Uuid> = goal_check_ins::owner_id.eq(owner);
    goal_check_ins::table.filter(mine)
}

/// Did a rejection come in this time? One that was a slip of the finger did not.
pub(super) fn was_rejected(
    conn: &mut PgConnection,
    owner: Uuid,
    during: &Range<DateTime<Utc>>,
) -> Result<bool> {
    let came = rejections_owned_by(owner)
        .filter(rejections::received_at.ge(during.start))
        .filter(rejections::received_at.lt(during.end))
        .filter(rejections::superseded_by.is_distinct_from(SupersededBy::Correction));
    Ok(diesel::select(exists(came)).get_result(conn)?)
}

/// Is a day one of rest, by a check-in of whatever goal?
pub(super) fn took_off(conn: &mut PgConnection, owner: Uuid, day: NaiveDate) -> Result<bool> {
    let rests = check_ins_owned_by(owner)
        .filter(goal_check_ins::occurred_on.eq(day))
        .filter(goal_check_ins::kind.eq(CheckInKind::Rest));
    Ok(diesel::select(exists(rests)).get_result(conn)?)
}
