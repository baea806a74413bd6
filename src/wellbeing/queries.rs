//! The statements on wellbeing check-ins.

use diesel::pg::Pg;
use diesel::prelude::*;
use uuid::Uuid;

use super::handlers::WellbeingCheckInQuery;
use super::model::{WellbeingCheckIn, WellbeingCheckInFields};
use crate::db::cached::{cached, kept_if};
use crate::db::keyset::keyset;
use crate::db::schema::wellbeing_check_ins;
use crate::db::{Tx, ids};
use crate::http::error::Result;
use crate::http::page::{Key, Window};

/// The rows of one owner: every statement starts here.
#[diesel::dsl::auto_type(no_type_alias)]
fn owned_by(owner: Uuid) -> _ {
    let mine: diesel::dsl::Eq<wellbeing_check_ins::owner_id, Uuid> =
        wellbeing_check_ins::owner_id.eq(owner);
    wellbeing_check_ins::table.filter(mine)
}

/// One check-in.
pub(super) fn get(conn: &mut PgConnection, owner: Uuid, id: Uuid) -> Result<WellbeingCheckIn> {
    Ok(owned_by(owner)
        .filter(wellbeing_check_ins::id.eq(id))
        .select(WellbeingCheckIn::as_select())
        .first(conn)?)
}

/// One check-in, locked until the transaction ends.
pub(super) fn lock(conn: &mut PgConnection, owner: Uuid, id: Uuid) -> Result<WellbeingCheckIn> {
    Ok(owned_by(owner)
        .filter(wellbeing_check_ins::id.eq(id))
        .select(WellbeingCheckIn::as_select())
        .for_update()
        .first(conn)?)
}

/// A new check-in.
pub(super) fn insert(tx: &mut Tx<'_>, fields: &WellbeingCheckInFields) -> Result<WellbeingCheckIn> {
    let statement = diesel::insert_into(wellbeing_check_ins::table)
        .values((
            wellbeing_check_ins::owner_id.eq(tx.owner),
            wellbeing_check_ins::id.eq(ids::new_id(tx.now)),
            wellbeing_check_ins::score.eq(fields.score),
            wellbeing_check_ins::tags.eq(&fields.tags),
            wellbeing_check_ins::note.eq(&fields.note),
            wellbeing_check_ins::occurred_at.eq(fields.occurred_at.unwrap_or(tx.now)),
            wellbeing_check_ins::version.eq(1),
            wellbeing_check_ins::created_at.eq(tx.now),
            wellbeing_check_ins::updated_at.eq(tx.now),
        ))
        .returning(WellbeingCheckIn::as_returning());
    Ok(statement.get_result(tx.conn)?)
}

/// Other fields for a check-in.
pub(super) fn update(
    tx: &mut Tx<'_>,
    id: Uuid,
    fields: &WellbeingCheckInFields,
) -> Result<WellbeingCheckIn> {
    let statement = diesel::update(owned_by(tx.owner).filter(wellbeing_check_ins::id.eq(id)))
        .set((
            wellbeing_check_ins::score.eq(fields.score),
            wellbeing_check_ins::tags.eq(&fields.tags),
            wellbeing_check_ins::note.eq(&fields.note),
            wellbeing_check_ins::occurred_at.eq(fields.occurred_at.unwrap_or(tx.now)),
            wellbeing_check_ins::version.eq(wellbeing_check_ins::version + 1),
            wellbeing_check_ins::updated_at.eq(tx.now),
        ))
        .returning(WellbeingCheckIn::as_returning());
    Ok(cached(statement).get_result(tx.conn)?)
}

/// Removes a check-in.
pub(super) fn delete(tx: &mut Tx<'_>, id: Uuid) -> Result<()> {
    diesel::delete(owned_by(tx.owner).filter(wellbeing_check_ins::id.eq(id))).execute(tx.conn)?;
    Ok(())
}

/// Removes all check-ins: which ones there were.
pub(super) fn delete_all(tx: &mut Tx<'_>) -> Result<Vec<Uuid>> {
    Ok(diesel::delete(owned_by(tx.owner))
        .returning(wellbeing_check_ins::id)
        .get_results(tx.conn)?)
}

/// A page of check-ins.
pub(super) fn list(
    conn: &mut PgConnection,
    owner: Uuid,
    filter: &WellbeingCheckInQuery,
    window: &Window,
) -> Result<Vec<WellbeingCheckIn>> {
    let mut rows = owned_by(owner)
        .select(WellbeingCheckIn::as_select())
        .limit(window.fetch())
        .into_boxed::<Pg>();
    if let Some(from) = filter.from {
        rows = rows.filter(wellbeing_check_ins::occurred_at.ge(from));
    }
    if let Some(to) = filter.to {
        rows = rows.filter(wellbeing_check_ins::occurred_at.le(to));
    }
    if let Some(after) = filter.created_after {
        rows = rows.filter(wellbeing_check_ins::created_at.gt(after));
    }
    if let Some(after) = filter.updated_after {
        rows = rows.filter(wellbeing_check_ins::updated_at.gt(after));
    }
    let start = window.at_instant()?;
    let rows = match window.column() {
        "occurred_at" => keyset!(
            rows,
            start,
            (wellbeing_check_ins::occurred_at, wellbeing_check_ins::id)
        ),
        _ => keyset!(
            rows,
            start,
            (wellbeing_check_ins::created_at, wellbeing_check_ins::id)
        ),
    };
    Ok(kept_if(filter.is_usual(), rows).load(conn)?)
}

/// The place of a check-in in a sorted list.
pub(super) fn place(check_in: &WellbeingCheckIn, window: &Window) -> (Key, Uuid) {
    let at = match window.direction() {
        (_, "occurred_at") => check_in.occurred_at,
        _ => check_in.created_at,
    };
    (Key::Instant(at), check_in.id)
}
