//! Writing goals: what handlers and other features share. Each function does one thing in the running
//! transaction, with its events.

use serde_json::json;
use uuid::Uuid;

use super::check_ins::{CheckIn, CheckInKind, NewCheckIn, external_id_taken};
use super::model::{GoalChanges, GoalFields, GoalRow, NewGoalOrigin};
use super::queries::{self, check_ins as check_in_queries};
use super::rules::GoalStatus;
use super::{facts, rules, settling};
use crate::account::Preferences;
use crate::clock::local_date;
use crate::db::Tx;
use crate::events::{self, Event};
use crate::http::error::{Error, Result};
use crate::http::problems;
use crate::suggestions::GoalKind;

/// What became of a wish to create something.
#[derive(Debug)]
pub enum Outcome<T> {
    /// It is new.
    Created(T),
    /// It was there already.
    Known(T),
}

impl<T> Outcome<T> {
    /// The thing itself, new or not.
    pub fn into_inner(self) -> T {
        match self {
            Self::Created(it) | Self::Known(it) => it,
        }
    }
}

/// Creates a goal. The suggestion of an origin becomes a goal once: the second time gives the first goal.
///
/// Fails with 404 when the origin is not there; one that a goal grew from already may be gone.
pub fn create(
    tx: &mut Tx<'_>,
    fields: &GoalFields,
    preferences: &Preferences,
) -> Result<Outcome<GoalRow>> {
    if let Some(origin) = &fields.origin {
        if let Some(known) = accepted(tx, origin)? {
            return Ok(Outcome::Known(known));
        }
        if facts::origins(tx.conn, tx.owner, origin.kind, &[origin.id])?.is_empty() {
            return Err(Error::unknown_reference("/origin/id"));
        }
    }
    let started_on = local_date(tx.now, preferences.time_zone);
    if let Some(goal) = queries::insert(tx, fields, started_on)? {
        let event = Event::new("goal.created", goal.id).with(json!({
            "category": goal.category,
            "kind": goal.kind,
            "origin_type": goal.origin_type,
            "origin_id": goal.origin_id,
        }));
        events::record(tx, &event)?;
        return Ok(Outcome::Created(goal));
    }
    // Another request accepted it at the same moment: now the goal is there.
    let known = match &fields.origin {
        Some(origin) => accepted(tx, origin)?,
        None => None,
    };
    known.map(Outcome::Known).ok_or_else(|| {
        let gone = "The goal of this suggestion was removed at the same moment.";
        problems::CONFLICT.because(gone).into()
    })
}

fn accepted(tx: &mut Tx<'_>, origin: &NewGoalOrigin) -> Result<Option<GoalRow>> {
    match origin.suggestion {
        Some(_) => queries::of_suggestion(tx.conn, tx.owner, origin),
        None => Ok(None),
    }
}

/// Writes other fields of a goal, whose row is locked.
pub fn update(tx: &mut Tx<'_>, goal: &GoalRow, fields: &GoalChanges) -> Result<GoalRow> {
    if goal.kind == GoalKind::Recurring && fields.due_on.is_some() {
        return Err(rules::no_due_day());
    }
    if fields.target_count != goal.target_count {
        // The new target holds for the past too.
        queries::settle(tx, goal.id, None)?;
    }
    let updated = queries::update(tx, goal.id, fields)?;
    events::record(tx, &Event::new("goal.updated", goal.id))?;
    Ok(updated)
}

/// Moves a goal, whose row is locked, to another status.
pub fn transition(
    tx: &mut Tx<'_>,
    goal: &GoalRow,
    to: GoalStatus,
    note: Option<&str>,
    preferences: &Preferences,
) -> Result<GoalRow> {
    let allowed = goal.status.allowed();
    if !allowed.contains(&to) {
        return Err(illegal(goal.status, to));
    }
    let today = local_date(tx.now, preferences.time_zone);
    if goal.status == GoalStatus::Paused {
        queries::end_pause(tx, goal.id, today)?;
    }
    if to == GoalStatus::Paused {
        queries::begin_pause(tx, goal.id, today)?;
    }
    let moved = queries::set_status(tx, goal.id, to, note, to.is_closed().then_some(today))?;
    let event =
        Event::new("goal.transitioned", goal.id).with(json!({"from": goal.status, "to": to}));
    events::record(tx, &event)?;
    Ok(moved)
}

fn illegal(from: GoalStatus, to: GoalStatus) -> Error {
    problems::ILLEGAL_TRANSITION
        .because(format!(
            "A goal that is {} cannot become {}.",
            from.as_str(),
            to.as_str()
        ))
        .with("from", from.as_str())
        .with("to", to.as_str())
        .with("allowed", json!(from.allowed()))
        .into()
}

/// Checks in on a goal, whose row is locked. The same external id with the same content gives the
/// check-in that is there, whatever became of the goal in the meantime.
///
/// Fails with 409: `external_id_taken` when the content differs, `goal_paused`, `goal_closed`,
/// `goal_is_measured`; with 422 for a day in the future.
pub fn check_in(
    tx: &mut Tx<'_>,
    goal: &GoalRow,
    new: &NewCheckIn,
    preferences: &Preferences,
) -> Result<Outcome<CheckIn>> {
    if let Some(external_id) = &new.external_id {
        let known = check_in_queries::by_external_id(tx.conn, tx.owner, goal.id, external_id)?;
        if let Some(known) = known {
            return if new.is_same_as(&known) {
                Ok(Outcome::Known(known))
            } else {
                Err(external_id_taken())
            };
        }
    }
    takes(goal, new.kind)?;
    if new.occurred_on > local_date(tx.now, preferences.time_zone) {
        return Err(Error::invalid_field(
            "/occurred_on",
            "in_future",
            "Not in the future.",
        ));
    }
    let made = check_in_queries::insert(tx, goal.id, new)?;
    let event = Event::new("goal_check_in.created", made.id).with(json!({"goal_id": goal.id}));
    events::record(tx, &event)?;
    settling::forget(tx, goal, made.occurred_on)?;
    settling::catch_up(tx, goal, preferences, made.occurred_on)?;
    Ok(Outcome::Created(made))
}

fn takes(goal: &GoalRow, kind: CheckInKind) -> Result<()> {
    match goal.status {
        GoalStatus::Paused => Err(problems::GOAL_PAUSED
            .because("The goal is paused; move it to active first.")
            .into()),
        GoalStatus::Completed | GoalStatus::Archived => Err(problems::GOAL_CLOSED
            .because("The goal was completed or archived.")
            .into()),
        GoalStatus::Active if goal.is_measured() && kind == CheckInKind::Done => {
            Err(problems::GOAL_IS_MEASURED
                .because("The goal counts real records; only a rest can be checked in.")
                .into())
        }
        GoalStatus::Active => Ok(()),
    }
}

/// Takes a check-in of a goal, whose row is locked, back.
pub fn take_back(tx: &mut Tx<'_>, goal: &GoalRow, check_in: &CheckIn) -> Result<()> {
    check_in_queries::delete(tx, check_in.id)?;
    settling::forget(tx, goal, check_in.occurred_on)?;
    let event = Event::new("goal_check_in.deleted", check_in.id).with(json!({"goal_id": goal.id}));
    events::record(tx, &event)
}

/// Removes a goal, whose row is locked, with its check-ins.
pub fn delete(tx: &mut Tx<'_>, id: Uuid) -> Result<()> {
    let gone: Vec<Event> = check_in_queries::ids(tx.conn, tx.owner, id)?
        .into_iter()
        .map(|it| Event::new("goal_check_in.deleted", it).with(json!({"goal_id": id})))
        .chain([Event::new("goal.deleted", id)])
        .collect();
    queries::delete(tx, id)?;
    events::record_many(tx, &gone)
}
