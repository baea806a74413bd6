//! What the progress of goals is computed from, read for a whole page in a fixed number of statements.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::{DateTime, Duration, NaiveDate, Utc};
use chrono_tz::Tz;
use diesel::PgConnection;
use uuid::Uuid;

use super::check_ins::CheckInKind;
use super::model::{GoalOriginType, GoalRow};
use super::periods::{Span, Spans};
use super::queries::check_ins::{self as check_in_queries, DaySum};
use super::queries::facts as queries;
use super::records::records;
use super::settling;
use super::streaks::Settled;
use crate::account::Preferences;
use crate::clock::local_date;
use crate::http::error::Result;
use crate::suggestions::{GoalKind, GoalMeasure};

/// What was done on the days of a goal, and on which of them it rested.
#[derive(Debug, Default)]
pub struct CheckedDays {
    /// The sum of each day.
    pub done: BTreeMap<NaiveDate, i64>,
    /// The days of rest.
    pub rests: BTreeSet<NaiveDate>,
}

impl CheckedDays {
    /// Adds what was checked in on a day.
    pub fn add(&mut self, (_, day, kind, sum): DaySum) {
        match kind {
            CheckInKind::Done => *self.done.entry(day).or_default() += sum.unwrap_or(0),
            CheckInKind::Rest => {
                self.rests.insert(day);
            }
        }
    }
}

/// What a one-off goal came to.
#[derive(Debug, Clone, Copy, Default)]
pub struct Total {
    /// The sum.
    pub done: i64,
    /// The first day on which something was done.
    pub first_day: Option<NaiveDate>,
}

/// Everything that the progress of some goals depends on.
pub struct Facts {
    /// The user's day.
    pub today: NaiveDate,
    /// What the user chose.
    pub preferences: Preferences,
    cooloffs: Spans,
    none: Spans,
    pauses: HashMap<Uuid, Spans>,
    settled: HashMap<Uuid, Settled>,
    days: HashMap<Uuid, CheckedDays>,
    totals: HashMap<Uuid, Total>,
    records: HashMap<GoalMeasure, BTreeMap<NaiveDate, i64>>,
    origins: HashSet<(GoalOriginType, Uuid)>,
}

impl Facts {
    /// Reads what these goals need.
    pub fn read(
        conn: &mut PgConnection,
        owner: Uuid,
        now: DateTime<Utc>,
        preferences: Preferences,
        goals: &[GoalRow],
    ) -> Result<Self> {
        let today = local_date(now, preferences.time_zone);
        let mut facts = Self {
            today,
            preferences,
            cooloffs: Spans::default(),
            none: Spans::default(),
            pauses: HashMap::new(),
            settled: HashMap::new(),
            days: HashMap::new(),
            totals: HashMap::new(),
            records: HashMap::new(),
            origins: HashSet::new(),
        };
        if goals.iter().any(GoalRow::heeds_cooloffs) {
            facts.cooloffs = cooloffs(conn, owner, preferences.time_zone)?;
        }
        facts.read_check_ins(conn, owner, goals)?;
        facts.read_pauses(conn, owner, goals)?;
        facts.read_records(conn, owner, goals)?;
        facts.read_origins(conn, owner, goals)?;
        Ok(facts)
    }

    fn read_check_ins(
        &mut self,
        conn: &mut PgConnection,
        owner: Uuid,
        goals: &[GoalRow],
    ) -> Result<()> {
        let (mut short, mut whole, mut one_offs) = (Vec::new(), Vec::new(), Vec::new());
        for goal in goals {
            if goal.kind == GoalKind::OneOff {
                one_offs.push(goal.id);
                continue;
            }
            match settling::usable(goal, self.today, &self.preferences, self.cooloffs_of(goal)) {
                Some(settled) => {
                    self.settled.insert(goal.id, settled);
                    short.push(goal.id);
                }
                None => whole.push(goal.id),
            }
        }
        let mut rows = Vec::new();
        if !short.is_empty() {
            rows.extend(check_in_queries::unsettled_days(conn, owner, &short)?);
        }
        if !whole.is_empty() {
            rows.extend(check_in_queries::days(conn, owner, &whole)?);
        }
        for row in rows {
            self.days.entry(row.0).or_default().add(row);
        }
        if !one_offs.is_empty() {
            for (goal, done, first_day) in check_in_queries::totals(conn, owner, &one_offs)? {
                let done = done.unwrap_or(0);
                self.totals.insert(goal, Total { done, first_day });
            }
        }
        Ok(())
    }

    fn read_pauses(
        &mut self,
        conn: &mut PgConnection,
        owner: Uuid,
        goals: &[GoalRow],
    ) -> Result<()> {
        let recurring: Vec<Uuid> = goals
            .iter()
            .filter(|goal| goal.kind == GoalKind::Recurring)
            .map(|goal| goal.id)
            .collect();
        if !recurring.is_empty() {
            self.pauses = pauses(conn, owner, &recurring, self.today)?;
        }
        Ok(())
    }

    /// Measured goals of one kind share the records, from the first day of the oldest of them on.
    fn read_records(
        &mut self,
        conn: &mut PgConnection,
        owner: Uuid,
        goals: &[GoalRow],
    ) -> Result<()> {
        let mut first_days: HashMap<GoalMeasure, NaiveDate> = HashMap::new();
        for goal in goals.iter().filter(|goal| goal.is_measured()) {
            let first = first_days.entry(goal.measure).or_insert(goal.started_on);
            *first = (*first).min(goal.started_on);
        }
        for (measure, from) in first_days {
            let counted = records(conn, owner, measure, from, self.preferences.time_zone)?;
            self.records.insert(measure, counted);
        }
        Ok(())
    }

    fn read_origins(
        &mut self,
        conn: &mut PgConnection,
        owner: Uuid,
        goals: &[GoalRow],
    ) -> Result<()> {
        for kind in GoalOriginType::ALL {
            let ids: Vec<Uuid> = goals
                .iter()
                .filter_map(GoalRow::origin_key)
                .filter(|(of, _)| of == kind)
                .map(|(_, id)| id)
                .collect();
            let there = origins(conn, owner, *kind, &ids)?;
            self.origins.extend(there.into_iter().map(|id| (*kind, id)));
        }
        Ok(())
    }

    /// The cool-offs that a goal heeds: none unless it is one for each day.
    pub fn cooloffs_of(&self, goal: &GoalRow) -> &Spans {
        if goal.heeds_cooloffs() {
            &self.cooloffs
        } else {
            &self.none
        }
    }

    /// The pauses of a goal.
    pub fn pauses_of(&self, goal: &GoalRow) -> &Spans {
        self.pauses.get(&goal.id).unwrap_or(&self.none)
    }

    /// What is settled of a goal and still holds.
    pub fn settled_of(&self, goal: &GoalRow) -> Option<Settled> {
        self.settled.get(&goal.id).copied()
    }

    /// What a recurring goal has from its first day, or from the settled one on: check-ins, or the records
    /// that it counts.
    pub fn take_days(&mut self, goal: &GoalRow) -> CheckedDays {
        let mut days = self.days.remove(&goal.id).unwrap_or_default();
        if goal.is_measured() {
            let records = self.counted(goal);
            days.done = records.map(|(day, count)| (*day, *count)).collect();
        }
        days
    }

    /// What a one-off goal came to.
    pub fn total_of(&self, goal: &GoalRow) -> Total {
        if goal.is_measured() {
            Total {
                done: self.counted(goal).map(|(_, count)| count).sum(),
                first_day: None,
            }
        } else {
            self.totals.get(&goal.id).copied().unwrap_or_default()
        }
    }

    /// The records that a measured goal counts: from its first day to its last, never ahead of today.
    fn counted(&self, goal: &GoalRow) -> impl Iterator<Item = (&NaiveDate, &i64)> {
        let (first, last) = (goal.started_on, goal.last_day(self.today));
        let records = self.records.get(&goal.measure);
        records
            .into_iter()
            .flatten()
            .filter(move |(day, _)| (first..=last).contains(day))
    }

    /// Is what the goal grew from still there?
    pub fn has_origin(&self, goal: &GoalRow) -> bool {
        goal.origin_key()
            .is_some_and(|key| self.origins.contains(&key))
    }
}

/// The days that a cool-off covers for some of the time.
pub fn cooloffs(conn: &mut PgConnection, owner: Uuid, zone: Tz) -> Result<Spans> {
    let rows = queries::cooloffs(conn, owner)?;
    Ok(rows
        .into_iter()
        .filter_map(|(begin, end)| Some(covered_days(begin?, end?, zone)))
        .collect())
}

/// The days that a cool-off and they have time in common.
fn covered_days(begin: DateTime<Utc>, end: DateTime<Utc>, zone: Tz) -> Span {
    // One that ends at midnight has no part of the day that begins then.
    let last_moment = (end - Duration::microseconds(1)).max(begin);
    Span {
        first: local_date(begin, zone),
        last: local_date(last_moment, zone),
    }
}

/// The days on which goals were paused; a pause that goes on reaches to today.
pub fn pauses(
    conn: &mut PgConnection,
    owner: Uuid,
    of: &[Uuid],
    today: NaiveDate,
) -> Result<HashMap<Uuid, Spans>> {
    let mut spans: HashMap<Uuid, Vec<Span>> = HashMap::new();
    for (goal, first, last) in queries::pauses(conn, owner, of)? {
        let last = last.unwrap_or(today).max(first);
        spans.entry(goal).or_default().push(Span { first, last });
    }
    Ok(spans
        .into_iter()
        .map(|(goal, spans)| (goal, spans.into_iter().collect()))
        .collect())
}

/// Which of these things that goals can grow from are there.
pub fn origins(
    conn: &mut PgConnection,
    owner: Uuid,
    kind: GoalOriginType,
    ids: &[Uuid],
) -> Result<Vec<Uuid>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    match kind {
        GoalOriginType::Reflection => queries::reflections_among(conn, owner, ids),
        GoalOriginType::FeedbackRequest => queries::feedback_requests_among(conn, owner, ids),
        GoalOriginType::CoachSuggestion => queries::coach_suggestions_among(conn, owner, ids),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covered(begin: &str, end: &str, zone: Tz) -> (String, String) {
        let at = |text: &str| text.parse().expect("an instant");
        let span = covered_days(at(begin), at(end), zone);
        (span.first.to_string(), span.last.to_string())
    }

    fn days(first: &str, last: &str) -> (String, String) {
        (first.to_owned(), last.to_owned())
    }

    #[test]
    fn a_cooloff_covers_each_day_that_it_has_a_moment_of() {
        let utc = Tz::UTC;
        let begin = "2026-03-05T23:59:59Z";
        assert_eq!(
            covered(begin, "2026-03-06T23:59:59Z", utc),
            days("2026-03-05", "2026-03-06")
        );
        assert_eq!(
            covered("2026-03-05T00:00:00Z", "2026-03-06T00:00:00Z", utc),
            days("2026-03-05", "2026-03-05")
        );
        assert_eq!(
            covered("2026-03-05T00:00:00Z", "2026-03-06T00:00:01Z", utc),
            days("2026-03-05", "2026-03-06")
        );
    }

    #[test]
    fn the_days_of_a_cooloff_are_those_of_the_zone() {
        let (begin, end) = ("2026-03-05T11:00:00Z", "2026-03-05T13:00:00Z");
        let kiritimati = chrono_tz::Pacific::Kiritimati;
        assert_eq!(
            covered(begin, end, kiritimati),
            days("2026-03-06", "2026-03-06")
        );
        let west = chrono_tz::Etc::GMTPlus12;
        assert_eq!(covered(begin, end, west), days("2026-03-04", "2026-03-05"));
    }

    #[test]
    fn a_day_of_23_or_25_hours_is_one_day() {
        let berlin = chrono_tz::Europe::Berlin;
        // 29 March 2026 has 23 hours: a day and a night from midnight reach into the next one.
        assert_eq!(
            covered("2026-03-28T23:00:00Z", "2026-03-29T23:00:00Z", berlin),
            days("2026-03-29", "2026-03-30")
        );
        // 25 October 2026 has 25: they do not.
        assert_eq!(
            covered("2026-10-24T22:00:00Z", "2026-10-25T22:00:00Z", berlin),
            days("2026-10-25", "2026-10-25")
        );
    }
}
