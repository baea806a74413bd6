//! Settling: what the old periods of a goal come to is kept with the goal, so that ten years of check-ins
//! are not read each time its progress is told.
//!
//! It is written together with an ordinary check-in when it has fallen behind, and forgotten in the
//! transaction of whatever changes a settled day. What it rests on beside that (where weeks begin, which
//! days cool-offs covered) shows in it: when that has changed, the whole history is read instead, which is
//! slower and gives the same.

use chrono::{Days, NaiveDate};

use super::facts::{self, CheckedDays};
use super::model::GoalRow;
use super::periods::Spans;
use super::queries::{self, check_ins as check_in_queries};
use super::streaks::{EXCUSES_TOLD, History, Settled};
use crate::account::Preferences;
use crate::clock::local_date;
use crate::db::Tx;
use crate::http::error::Result;

/// How far settling may fall behind, in days.
const SLACK: u64 = 90;

/// What may be settled by now: the days before the ones whose excuses are told.
fn newest(goal: &GoalRow, today: NaiveDate, preferences: &Preferences) -> Option<NaiveDate> {
    let calendar = goal.calendar(preferences.week_starts_on)?;
    Some(calendar.start_of(goal.last_day(today) - Days::new(EXCUSES_TOLD)))
}

/// What was settled, when it still holds.
pub fn usable(
    goal: &GoalRow,
    today: NaiveDate,
    preferences: &Preferences,
    cooloffs: &Spans,
) -> Option<Settled> {
    let calendar = goal.calendar(preferences.week_starts_on)?;
    let (settled, fingerprint) = goal.settled()?;
    let holds = settled.before <= newest(goal, today, preferences)?
        && settled.before == calendar.start_of(settled.before)
        && fingerprint == cooloffs.fingerprint(settled.before);
    holds.then_some(settled)
}

/// A day of the goal, whose row is locked, has changed: forgets what was settled of it.
pub fn forget(tx: &mut Tx<'_>, goal: &GoalRow, day: NaiveDate) -> Result<()> {
    match goal.settled_before {
        Some(before) if day < before => queries::settle(tx, goal.id, None),
        _ => Ok(()),
    }
}

/// After a check-in on a day: settles what is old enough, when that has fallen behind.
///
/// A check-in on an old day settles nothing: where one comes, more do, each of which would undo it.
pub fn catch_up(
    tx: &mut Tx<'_>,
    goal: &GoalRow,
    preferences: &Preferences,
    day: NaiveDate,
) -> Result<()> {
    let today = local_date(tx.now, preferences.time_zone);
    let (Some(calendar), Some(until)) = (
        goal.calendar(preferences.week_starts_on),
        newest(goal, today, preferences),
    ) else {
        return Ok(());
    };
    if day < until || goal.is_measured() {
        return Ok(());
    }
    let cooloffs = if goal.heeds_cooloffs() {
        facts::cooloffs(tx.conn, tx.owner, preferences.time_zone)?
    } else {
        Spans::default()
    };
    let settled = usable(goal, today, preferences, &cooloffs);
    let recent = until - Days::new(SLACK);
    let behind = match settled {
        Some(settled) => settled.before < recent,
        None => check_in_queries::any_before(tx.conn, tx.owner, goal.id, recent)?,
    };
    if !behind {
        return Ok(());
    }
    let ids = [goal.id];
    let rows = match settled {
        Some(_) => check_in_queries::unsettled_days(tx.conn, tx.owner, &ids)?,
        None => check_in_queries::days(tx.conn, tx.owner, &ids)?,
    };
    let mut days = CheckedDays::default();
    rows.into_iter().for_each(|row| days.add(row));
    let mut pauses = facts::pauses(tx.conn, tx.owner, &ids, today)?;
    let history = History {
        calendar,
        target: goal.target_count.into(),
        done: &days.done,
        rest_days: &days.rests,
        pauses: &pauses.remove(&goal.id).unwrap_or_default(),
        cooloffs: &cooloffs,
    };
    let now = Settled {
        before: until,
        run: history.settle(settled, until),
    };
    queries::settle(tx, goal.id, Some((now, cooloffs.fingerprint(until))))
}
