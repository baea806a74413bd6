//! The progress of goals: from what was read to what is told.

use super::facts::Facts;
use super::model::{Goal, GoalRow, Progress, Streak};
use super::periods::Calendar;
use super::streaks::{History, Run};
use crate::account::preferences;
use crate::db::Tx;
use crate::http::error::Result;

/// Goals as they are answered, in the same order.
pub fn answers(tx: &mut Tx<'_>, rows: Vec<GoalRow>) -> Result<Vec<Goal>> {
    let preferences = preferences(tx.conn, tx.owner)?;
    let mut facts = Facts::read(tx.conn, tx.owner, tx.now, preferences, &rows)?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let progress = progress(&row, &mut facts);
            let origin_exists = facts.has_origin(&row);
            row.answer(origin_exists, progress)
        })
        .collect())
}

/// One goal as it is answered.
pub fn answer(tx: &mut Tx<'_>, row: GoalRow) -> Result<Goal> {
    let mut answers = answers(tx, vec![row])?;
    Ok(answers.pop().expect("each goal has its answer"))
}

fn progress(goal: &GoalRow, facts: &mut Facts) -> Progress {
    match goal.calendar(facts.preferences.week_starts_on) {
        Some(calendar) => recurring(goal, calendar, facts),
        None => one_off(goal, facts),
    }
}

fn recurring(goal: &GoalRow, calendar: Calendar, facts: &mut Facts) -> Progress {
    let days = facts.take_days(goal);
    let last_day = goal.last_day(facts.today);
    let history = History {
        calendar,
        target: goal.target_count.into(),
        done: &days.done,
        rest_days: &days.rests,
        pauses: facts.pauses_of(goal),
        cooloffs: facts.cooloffs_of(goal),
    };
    let settled = facts.settled_of(goal);
    let earliest = days.done.keys().next().copied();
    let earliest = settled.map(|it| it.before).or(earliest);
    let first_day = earliest.map_or(goal.started_on, |day| day.min(goal.started_on));
    let running = calendar.start_of(last_day);
    let done = history.done_in(running);
    Progress {
        period_start: running,
        period_end: Some(calendar.last_day(running)),
        done,
        target: goal.target_count,
        met: history.is_met(running),
        streak: history.streak(settled, last_day).into(),
        excused: history.excused(first_day, last_day),
    }
}

fn one_off(goal: &GoalRow, facts: &Facts) -> Progress {
    let total = facts.total_of(goal);
    let first_day = total
        .first_day
        .map_or(goal.started_on, |day| day.min(goal.started_on));
    Progress {
        period_start: first_day,
        period_end: goal.due_on,
        done: total.done,
        target: goal.target_count,
        met: total.done >= goal.target_count.into(),
        streak: Streak::from(Run::default()),
        excused: Vec::new(),
    }
}
