//! The statements on reminders.

pub(super) mod names;
pub(super) mod sources;

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use uuid::Uuid;

use super::handlers::ReminderQuery;
use super::model::Stored;
use super::reconcile::{Cause, Open};
use super::rules::ReminderStatus::{self, Done, Due, Scheduled, Snoozed};
use crate::db::cached::kept_if;
use crate::db::keyset::keyset;
use crate::db::schema::reminders;
use crate::db::{Tx, ids};
use crate::http::error::Result;
use crate::http::page::{Key, Window};

/// The rows of one owner: every statement starts here.
#[diesel::dsl::auto_type(no_type_alias)]
fn owned_by(owner: Uuid) -> _ {
    let mine: diesel::dsl::Eq<reminders::owner_id, Uuid> = reminders::owner_id.eq(owner);
    reminders::table.filter(mine)
}

/// One reminder.
pub(super) fn get(conn: &mut PgConnection, owner: Uuid, id: Uuid) -> Result<Stored> {
    Ok(owned_by(owner)
        .filter(reminders::id.eq(id))
        .select(Stored::as_select())
        .first(conn)?)
}

/// One reminder, locked until the transaction ends.
pub(super) fn lock(conn: &mut PgConnection, owner: Uuid, id: Uuid) -> Result<Stored> {
    Ok(owned_by(owner)
        .filter(reminders::id.eq(id))
        .select(Stored::as_select())
        .for_update()
        .first(conn)?)
}

/// Some reminders, by the moment they come.
pub(super) fn some(conn: &mut PgConnection, owner: Uuid, ids: &[Uuid]) -> Result<Vec<Stored>> {
    Ok(owned_by(owner)
        .filter(reminders::id.eq_any(ids))
        .order((reminders::remind_at, reminders::id))
        .select(Stored::as_select())
        .load(conn)?)
}

/// The reminders that are not over.
pub(super) fn open(conn: &mut PgConnection, owner: Uuid) -> Result<Vec<Open>> {
    let rows = owned_by(owner)
        .filter(reminders::status.eq_any([Scheduled, Due, Snoozed]))
        .select((
            reminders::id,
            reminders::kind,
            reminders::resource_id,
            reminders::occurrence,
            reminders::status,
            reminders::remind_at,
            reminders::snoozed_until,
            reminders::fired_at,
        ))
        .load(conn)?;
    let open =
        |(id, kind, resource_id, occurrence, status, remind_at, snoozed_until, fired_at)| Open {
            id,
            kind,
            resource_id,
            occurrence,
            status,
            remind_at,
            snoozed_until,
            fired_at,
        };
    Ok(rows.into_iter().map(open).collect())
}

/// Plans reminders; one that was there before, however it ended, stays as it is. Gives the new ones.
pub(super) fn insert(tx: &mut Tx<'_>, planned: &[(Cause, DateTime<Utc>)]) -> Result<Vec<Stored>> {
    if planned.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<_> = planned
        .iter()
        .map(|(cause, remind_at)| {
            (
                reminders::owner_id.eq(tx.owner),
                reminders::id.eq(ids::new_id(tx.now)),
                reminders::kind.eq(cause.kind),
                reminders::resource_id.eq(cause.resource_id),
                reminders::application_id.eq(cause.application_id),
                reminders::occurrence.eq(&cause.occurrence),
                reminders::status.eq(Scheduled),
                reminders::remind_at.eq(remind_at),
                reminders::fired_count.eq(0),
                reminders::version.eq(1),
                reminders::created_at.eq(tx.now),
                reminders::updated_at.eq(tx.now),
            )
        })
        .collect();
    Ok(diesel::insert_into(reminders::table)
        .values(rows)
        .on_conflict((
            reminders::owner_id,
            reminders::kind,
            reminders::resource_id,
            reminders::occurrence,
        ))
        .do_nothing()
        .returning(Stored::as_returning())
        .get_results(tx.conn)?)
}

/// Another moment for a reminder; nothing when it has come.
pub(super) fn shift(tx: &mut Tx<'_>, id: Uuid, remind_at: DateTime<Utc>) -> Result<Option<Stored>> {
    let waiting = owned_by(tx.owner)
        .filter(reminders::id.eq(id))
        .filter(reminders::status.eq_any([Scheduled, Snoozed]));
    Ok(diesel::update(waiting)
        .set((
            reminders::remind_at.eq(remind_at),
            reminders::version.eq(reminders::version + 1),
            reminders::updated_at.eq(tx.now),
        ))
        .returning(Stored::as_returning())
        .get_result(tx.conn)
        .optional()?)
}

/// Removes reminders that never came; gives those.
pub(super) fn remove(tx: &mut Tx<'_>, ids: &[Uuid]) -> Result<Vec<Stored>> {
    let never_came = owned_by(tx.owner)
        .filter(reminders::id.eq_any(ids))
        .filter(reminders::status.eq_any([Scheduled, Snoozed]))
        .filter(reminders::fired_count.eq(0));
    Ok(diesel::delete(never_came)
        .returning(Stored::as_returning())
        .get_results(tx.conn)?)
}

/// Ends reminders that still stand where they were seen; those that did.
pub(super) fn finish(tx: &mut Tx<'_>, ids: &[Uuid], from: ReminderStatus) -> Result<Vec<Stored>> {
    let standing = owned_by(tx.owner)
        .filter(reminders::id.eq_any(ids))
        .filter(reminders::status.eq(from));
    Ok(diesel::update(standing)
        .set((
            reminders::status.eq(Done),
            reminders::snoozed_until.eq(None::<DateTime<Utc>>),
            reminders::version.eq(reminders::version + 1),
            reminders::updated_at.eq(tx.now),
        ))
        .returning(Stored::as_returning())
        .get_results(tx.conn)?)
}

/// Lets reminders come whose time has come, the earliest first, at most so many.
pub(super) fn fire(tx: &mut Tx<'_>, most: i64) -> Result<Vec<Stored>> {
    let due: Vec<Uuid> = owned_by(tx.owner)
        .filter(reminders::status.eq_any([Scheduled, Snoozed]))
        .filter(reminders::remind_at.le(tx.now))
        .order((reminders::remind_at, reminders::id))
        .select(reminders::id)
        .limit(most)
        .load(tx.conn)?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    // The user may have moved one in this very moment.
    let still = owned_by(tx.owner)
        .filter(reminders::id.eq_any(due))
        .filter(reminders::status.eq_any([Scheduled, Snoozed]))
        .filter(reminders::remind_at.le(tx.now));
    Ok(diesel::update(still)
        .set((
            reminders::status.eq(Due),
            reminders::snoozed_until.eq(None::<DateTime<Utc>>),
            reminders::fired_at.eq(tx.now),
            reminders::fired_count.eq(reminders::fired_count + 1),
            reminders::version.eq(reminders::version + 1),
            reminders::updated_at.eq(tx.now),
        ))
        .returning(Stored::as_returning())
        .get_results(tx.conn)?)
}

/// When the next reminder comes.
pub(super) fn next(conn: &mut PgConnection, owner: Uuid) -> Result<Option<DateTime<Utc>>> {
    Ok(owned_by(owner)
        .filter(reminders::status.eq_any([Scheduled, Snoozed]))
        .order(reminders::remind_at)
        .select(reminders::remind_at)
        .first(conn)
        .optional()?)
}

/// What belongs into the mail of a day: what is due and was not mailed, and what comes before its end.
pub(super) fn of_the_day(
    conn: &mut PgConnection,
    owner: Uuid,
    end: DateTime<Utc>,
    most: i64,
) -> Result<Vec<Stored>> {
    Ok(owned_by(owner)
        .filter(reminders::status.eq_any([Scheduled, Due, Snoozed]))
        .filter(reminders::remind_at.lt(end))
        .filter(reminders::mailed_at.is_null())
        .order((reminders::remind_at, reminders::id))
        .select(Stored::as_select())
        .limit(most)
        .load(conn)?)
}

/// Writes down that reminders were mailed; gives those.
pub(super) fn set_mailed(tx: &mut Tx<'_>, ids: &[Uuid]) -> Result<Vec<Stored>> {
    Ok(
        diesel::update(owned_by(tx.owner).filter(reminders::id.eq_any(ids)))
            .set((
                reminders::mailed_at.eq(tx.now),
                reminders::version.eq(reminders::version + 1),
                reminders::updated_at.eq(tx.now),
            ))
            .returning(Stored::as_returning())
            .get_results(tx.conn)?,
    )
}

/// Another status for a reminder, whose row is locked. A snooze has an end, and is mailed of again.
pub(super) fn set_status(
    tx: &mut Tx<'_>,
    current: &Stored,
    status: ReminderStatus,
    snoozed_until: Option<DateTime<Utc>>,
) -> Result<Stored> {
    Ok(
        diesel::update(owned_by(tx.owner).filter(reminders::id.eq(current.id)))
            .set((
                reminders::status.eq(status),
                reminders::snoozed_until.eq(snoozed_until),
                reminders::remind_at.eq(snoozed_until.unwrap_or(current.remind_at)),
                reminders::mailed_at.eq(current.mailed_at.filter(|_| snoozed_until.is_none())),
                reminders::version.eq(reminders::version + 1),
                reminders::updated_at.eq(tx.now),
            ))
            .returning(Stored::as_returning())
            .get_result(tx.conn)?,
    )
}

/// A page of reminders.
pub(super) fn list(
    conn: &mut PgConnection,
    owner: Uuid,
    filter: &ReminderQuery,
    window: &Window,
) -> Result<Vec<Stored>> {
    let mut rows = owned_by(owner)
        .select(Stored::as_select())
        .limit(window.fetch())
        .into_boxed::<Pg>();
    if !filter.status.is_empty() {
        rows = rows.filter(reminders::status.eq_any(&filter.status));
    }
    if !filter.kind.is_empty() {
        rows = rows.filter(reminders::kind.eq_any(&filter.kind));
    }
    if let Some(application) = filter.application_id {
        rows = rows.filter(reminders::application_id.eq(application));
    }
    if let Some(from) = filter.from {
        rows = rows.filter(reminders::remind_at.ge(from));
    }
    if let Some(to) = filter.to {
        rows = rows.filter(reminders::remind_at.le(to));
    }
    if let Some(after) = filter.created_after {
        rows = rows.filter(reminders::created_at.gt(after));
    }
    if let Some(after) = filter.updated_after {
        rows = rows.filter(reminders::updated_at.gt(after));
    }
    let start = window.at_instant()?;
    let rows = match window.column() {
        "created_at" => keyset!(rows, start, (reminders::created_at, reminders::id)),
        _ => keyset!(rows, start, (reminders::remind_at, reminders::id)),
    };
    Ok(kept_if(filter.is_usual(), rows).load(conn)?)
}

/// The place of a reminder in a sorted list.
pub(super) fn place(reminder: &Stored, sort: &str) -> (Key, Uuid) {
    let at = match sort.trim_start_matches('-') {
        "created_at" => reminder.created_at,
        _ => reminder.remind_at,
    };
    (Key::Instant(at), reminder.id)
}
