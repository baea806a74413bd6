//! The statements on goals; those on check-ins and on what progress is computed from stand beside.

pub mod check_ins;
pub mod facts;
pub mod slipping;

use chrono::NaiveDate;
use diesel::pg::Pg;
use diesel::prelude::*;
use uuid::Uuid;

use super::handlers::GoalQuery;
use super::model::{GoalChanges, GoalFields, GoalRow, NewGoalOrigin};
use super::rules::GoalStatus;
use super::streaks::Settled;
use crate::db::cached::{cached, kept_if};
use crate::db::keyset::keyset;
use crate::db::schema::{goal_pauses, goals};
use crate::db::{Tx, ids};
use crate::http::error::Result;
use crate::http::page::{Key, Window};

/// How many active goals are looked at for the day.
const MOST_IN_VIEW: i64 = 50;

/// The rows of one owner: every statement starts here.
#[diesel::dsl::auto_type(no_type_alias)]
fn owned_by(owner: Uuid) -> _ {
    let mine: diesel::dsl::Eq<goals::owner_id, Uuid> = goals::owner_id.eq(owner);
    goals::table.filter(mine)
}

/// One goal.
pub fn get(conn: &mut PgConnection, owner: Uuid, id: Uuid) -> Result<GoalRow> {
    Ok(owned_by(owner)
        .filter(goals::id.eq(id))
        .select(GoalRow::as_select())
        .first(conn)?)
}

/// Those of these goals that are there, in any order.
pub fn by_ids(conn: &mut PgConnection, owner: Uuid, ids: &[Uuid]) -> Result<Vec<GoalRow>> {
    Ok(owned_by(owner)
        .filter(goals::id.eq_any(ids))
        .select(GoalRow::as_select())
        .load(conn)?)
}

/// The oldest active goals; more than these nobody keeps in view.
pub fn active(conn: &mut PgConnection, owner: Uuid) -> Result<Vec<GoalRow>> {
    Ok(owned_by(owner)
        .filter(goals::status.eq(GoalStatus::Active))
        .order((goals::created_at, goals::id))
        .limit(MOST_IN_VIEW)
        .select(GoalRow::as_select())
        .load(conn)?)
}

/// One goal, locked until the transaction ends.
pub fn lock(conn: &mut PgConnection, owner: Uuid, id: Uuid) -> Result<GoalRow> {
    Ok(owned_by(owner)
        .filter(goals::id.eq(id))
        .select(GoalRow::as_select())
        .for_update()
        .first(conn)?)
}

/// The goal that an accepted suggestion became.
pub fn of_suggestion(
    conn: &mut PgConnection,
    owner: Uuid,
    origin: &NewGoalOrigin,
) -> Result<Option<GoalRow>> {
    Ok(owned_by(owner)
        .filter(goals::origin_type.eq(origin.kind))
        .filter(goals::origin_id.eq(origin.id))
        .filter(goals::origin_suggestion.eq(&origin.suggestion))
        .select(GoalRow::as_select())
        .first(conn)
        .optional()?)
}

/// A new goal; nothing when the suggestion was accepted before.
pub fn insert(
    tx: &mut Tx<'_>,
    fields: &GoalFields,
    started_on: NaiveDate,
) -> Result<Option<GoalRow>> {
    let origin = fields.origin.as_ref();
    let statement = diesel::insert_into(goals::table)
        .values((
            goals::owner_id.eq(tx.owner),
            goals::id.eq(ids::new_id(tx.now)),
            fields,
            goals::status.eq(GoalStatus::Active),
            goals::status_since.eq(tx.now),
            goals::origin_type.eq(origin.map(|it| it.kind)),
            goals::origin_id.eq(origin.map(|it| it.id)),
            goals::origin_suggestion.eq(origin.and_then(|it| it.suggestion.as_deref())),
            goals::started_on.eq(started_on),
            goals::version.eq(1),
            goals::created_at.eq(tx.now),
            goals::updated_at.eq(tx.now),
        ))
        .on_conflict((
            goals::owner_id,
            goals::origin_type,
            goals::origin_id,
            goals::origin_suggestion,
        ))
        .do_nothing()
        .returning(GoalRow::as_returning());
    Ok(statement.get_result(tx.conn).optional()?)
}

/// Other fields for a goal.
pub fn update(tx: &mut Tx<'_>, id: Uuid, fields: &GoalChanges) -> Result<GoalRow> {
    let statement = diesel::update(owned_by(tx.owner).filter(goals::id.eq(id)))
        .set((
            fields,
            goals::version.eq(goals::version + 1),
            goals::updated_at.eq(tx.now),
        ))
        .returning(GoalRow::as_returning());
    Ok(cached(statement).get_result(tx.conn)?)
}

/// Another status for a goal; `closed_on` is the day of its end.
pub fn set_status(
    tx: &mut Tx<'_>,
    id: Uuid,
    status: GoalStatus,
    note: Option<&str>,
    closed_on: Option<NaiveDate>,
) -> Result<GoalRow> {
    let statement = diesel::update(owned_by(tx.owner).filter(goals::id.eq(id)))
        .set((
            goals::status.eq(status),
            goals::status_since.eq(tx.now),
            goals::status_note.eq(note),
            goals::closed_on.eq(closed_on),
            goals::version.eq(goals::version + 1),
            goals::updated_at.eq(tx.now),
        ))
        .returning(GoalRow::as_returning());
    Ok(cached(statement).get_result(tx.conn)?)
}

/// Keeps what the periods before a day come to, or forgets it. The goal itself does not change.
pub fn settle(tx: &mut Tx<'_>, id: Uuid, settled: Option<(Settled, i64)>) -> Result<()> {
    let count = |run: u32| i32::try_from(run).unwrap_or(i32::MAX);
    let statement = diesel::update(owned_by(tx.owner).filter(goals::id.eq(id))).set((
        goals::settled_before.eq(settled.map(|(it, _)| it.before)),
        goals::settled_current.eq(settled.map(|(it, _)| count(it.run.current))),
        goals::settled_longest.eq(settled.map(|(it, _)| count(it.run.longest))),
        goals::settled_cooloffs.eq(settled.map(|(_, cooloffs)| cooloffs)),
    ));
    cached(statement).execute(tx.conn)?;
    Ok(())
}

/// A pause begins.
pub fn begin_pause(tx: &mut Tx<'_>, goal: Uuid, day: NaiveDate) -> Result<()> {
    diesel::insert_into(goal_pauses::table)
        .values((
            goal_pauses::owner_id.eq(tx.owner),
            goal_pauses::id.eq(ids::new_id(tx.now)),
            goal_pauses::goal_id.eq(goal),
            goal_pauses::started_on.eq(day),
        ))
        .execute(tx.conn)?;
    Ok(())
}

diesel::define_sql_function! {
    /// The later of two days.
    #[sql_name = "greatest"]
    fn later(a: diesel::sql_types::Date, b: diesel::sql_types::Date) -> diesel::sql_types::Date;
}

/// The running pause ends. A day before its beginning, after a journey to the west, counts as that.
pub fn end_pause(tx: &mut Tx<'_>, goal: Uuid, day: NaiveDate) -> Result<()> {
    let running = goal_pauses::table
        .filter(goal_pauses::owner_id.eq(tx.owner))
        .filter(goal_pauses::goal_id.eq(goal))
        .filter(goal_pauses::ended_on.is_null());
    let last = later(goal_pauses::started_on, day).nullable();
    diesel::update(running)
        .set(goal_pauses::ended_on.eq(last))
        .execute(tx.conn)?;
    Ok(())
}

/// Removes a goal with its check-ins and pauses.
pub fn delete(tx: &mut Tx<'_>, id: Uuid) -> Result<()> {
    diesel::delete(owned_by(tx.owner).filter(goals::id.eq(id))).execute(tx.conn)?;
    Ok(())
}

/// A page of goals.
pub fn list(
    conn: &mut PgConnection,
    owner: Uuid,
    filter: &GoalQuery,
    window: &Window,
) -> Result<Vec<GoalRow>> {
    let mut rows = owned_by(owner)
        .select(GoalRow::as_select())
        .limit(window.fetch())
        .into_boxed::<Pg>();
    if !filter.status.is_empty() {
        rows = rows.filter(goals::status.eq_any(&filter.status));
    }
    if !filter.category.is_empty() {
        rows = rows.filter(goals::category.eq_any(&filter.category));
    }
    if let Some(kind) = filter.origin_type {
        rows = rows.filter(goals::origin_type.eq(kind));
    }
    if let Some(after) = filter.created_after {
        rows = rows.filter(goals::created_at.gt(after));
    }
    if let Some(after) = filter.updated_after {
        rows = rows.filter(goals::updated_at.gt(after));
    }
    let start = window.at_instant()?;
    let rows = match window.column() {
        "updated_at" => keyset!(rows, start, (goals::updated_at, goals::id)),
        _ => keyset!(rows, start, (goals::created_at, goals::id)),
    };
    Ok(kept_if(filter.is_usual(), rows).load(conn)?)
}

/// The place of a goal in a sorted list.
pub fn place(row: &GoalRow, sort: &str) -> (Key, Uuid) {
    let at = match sort.trim_start_matches('-') {
        "updated_at" => row.updated_at,
        _ => row.created_at,
    };
    (Key::Instant(at), row.id)
}
