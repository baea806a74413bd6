//! Goals of which several periods in a row were missed: looked through for many users at once, in a fixed
//! number of statements. A goal is never *failed*; somebody may like to know that it is too large.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use diesel::PgConnection;
use uuid::Uuid;

use super::facts::CheckedDays;
use super::model::GoalRow;
use super::periods::{Span, Spans};
use super::queries::slipping::{self as queries, Since};
use super::streaks::History;
use crate::account::Preferences;
use crate::clock::{local_date, start_of_day};
use crate::http::error::Result;
use crate::suggestions::{GoalMeasure, GoalPeriod};

/// How many days are looked through, for goals of each day, week and month.
const LOOK_BACK: (u64, u64, u64) = (35, 70, 190);

/// A goal that has slipped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slip {
    /// Whose goal it is.
    pub owner: Uuid,
    /// The goal.
    pub goal: Uuid,
    /// How many periods in a row were missed, as far as was looked.
    pub missed: usize,
    /// When the one that made it enough was over.
    pub since: DateTime<Utc>,
}

type Counts = BTreeMap<NaiveDate, i64>;

/// What the goals of some users are judged by.
#[derive(Default)]
struct Found {
    days: HashMap<(Uuid, Uuid), CheckedDays>,
    pauses: HashMap<(Uuid, Uuid), Spans>,
    cooloffs: HashMap<Uuid, Spans>,
    records: HashMap<(GoalMeasure, Uuid), Counts>,
}

/// The active goals of these users that missed `least` periods in a row or more, up to the latest finished one.
pub fn slipping(
    conn: &mut PgConnection,
    people: &HashMap<Uuid, Preferences>,
    now: DateTime<Utc>,
    least: usize,
) -> Result<Vec<Slip>> {
    let owners: Vec<Uuid> = people.keys().copied().collect();
    let goals = queries::active(conn, &owners)?;
    if goals.is_empty() {
        return Ok(Vec::new());
    }
    let found = Found::read(conn, people, &owners, &goals, now)?;
    let slips = goals.iter().filter_map(|(owner, goal)| {
        let preferences = people.get(owner)?;
        let missed = found.missed(*owner, goal, preferences, now)?;
        let decisive = *missed.get(missed.len().checked_sub(least)?)?;
        let over = goal.calendar(preferences.week_starts_on)?.next(decisive);
        Some(Slip {
            owner: *owner,
            goal: goal.id,
            missed: missed.len(),
            since: start_of_day(over, preferences.time_zone),
        })
    });
    Ok(slips.collect())
}

/// The days that are looked through; one more than said, since it may be yesterday somewhere.
fn since(now: DateTime<Utc>) -> Since {
    let back = |days: u64| now.date_naive() - Days::new(days + 1);
    let (day, week, month) = LOOK_BACK;
    Since {
        day: back(day),
        week: back(week),
        month: back(month),
    }
}

impl Found {
    fn read(
        conn: &mut PgConnection,
        people: &HashMap<Uuid, Preferences>,
        owners: &[Uuid],
        goals: &[(Uuid, GoalRow)],
        now: DateTime<Utc>,
    ) -> Result<Self> {
        let since = since(now);
        let mut found = Self::default();
        for (owner, goal, day, kind, sum) in queries::days(conn, owners, since)? {
            let days = found.days.entry((owner, goal)).or_default();
            days.add((goal, day, kind, sum));
        }
        let mut pauses: HashMap<(Uuid, Uuid), Vec<Span>> = HashMap::new();
        for (owner, goal, first, last) in queries::pauses(conn, owners, since.month)? {
            let last = last.unwrap_or(NaiveDate::MAX - Days::new(1)).max(first);
            let spans = pauses.entry((owner, goal)).or_default();
            spans.push(Span { first, last });
        }
        let merged = |(key, spans): (_, Vec<Span>)| (key, spans.into_iter().collect());
        found.pauses = pauses.into_iter().map(merged).collect();
        let mut cooloffs: HashMap<Uuid, Vec<Span>> = HashMap::new();
        // Only goals of each day heed them.
        let lately = since.day.and_time(NaiveTime::MIN).and_utc();
        for cooloff in queries::cooloffs(conn, owners, lately)? {
            if let Some(zone) = people.get(&cooloff.owner_id).map(|it| it.time_zone) {
                let first = local_date(cooloff.begins, zone);
                let last = local_date(cooloff.ends, zone).max(first);
                let spans = cooloffs.entry(cooloff.owner_id).or_default();
                spans.push(Span { first, last });
            }
        }
        let merged = |(owner, spans): (Uuid, Vec<Span>)| (owner, spans.into_iter().collect());
        found.cooloffs = cooloffs.into_iter().map(merged).collect();
        let measures: BTreeSet<GoalMeasure> = goals.iter().map(|(_, goal)| goal.measure).collect();
        for measure in measures {
            for (owner, day, count) in records(conn, people, owners, measure, since.month)? {
                let counts = found.records.entry((measure, owner)).or_default();
                *counts.entry(day).or_default() += count;
            }
        }
        Ok(found)
    }

    /// The periods that a goal missed in a row, the latest first.
    fn missed(
        &self,
        owner: Uuid,
        goal: &GoalRow,
        preferences: &Preferences,
        now: DateTime<Utc>,
    ) -> Option<Vec<NaiveDate>> {
        let today = local_date(now, preferences.time_zone);
        let calendar = goal.calendar(preferences.week_starts_on)?;
        let (none, nothing) = (CheckedDays::default(), Counts::new());
        let spans = Spans::default();
        let days = self.days.get(&(owner, goal.id)).unwrap_or(&none);
        let records = self.records.get(&(goal.measure, owner));
        let cooloffs = self.cooloffs.get(&owner).filter(|_| goal.heeds_cooloffs());
        let history = History {
            calendar,
            target: goal.target_count.into(),
            done: match goal.is_measured() {
                true => records.unwrap_or(&nothing),
                false => &days.done,
            },
            rest_days: &days.rests,
            pauses: self.pauses.get(&(owner, goal.id)).unwrap_or(&spans),
            cooloffs: cooloffs.unwrap_or(&spans),
        };
        let (day, week, month) = LOOK_BACK;
        let back = match goal.period? {
            GoalPeriod::Day => day,
            GoalPeriod::Week => week,
            GoalPeriod::Month => month,
        };
        let first_day = goal.started_on.max(today - Days::new(back));
        Some(history.missed_in_a_row(first_day, today))
    }
}

/// What measured goals count: the owner, the day, how many.
fn records(
    conn: &mut PgConnection,
    people: &HashMap<Uuid, Preferences>,
    owners: &[Uuid],
    measure: GoalMeasure,
    from: NaiveDate,
) -> Result<Vec<(Uuid, NaiveDate, i64)>> {
    let begin = from.and_time(NaiveTime::MIN).and_utc();
    let dated = |rows: Vec<queries::OwnedCount>| {
        let known = |(owner, day, count): queries::OwnedCount| Some((owner, day?, count));
        rows.into_iter().filter_map(known).collect()
    };
    let local = |rows: Vec<(Uuid, Option<DateTime<Utc>>)>| {
        let known = |(owner, at): (Uuid, Option<DateTime<Utc>>)| {
            let zone = people.get(&owner)?.time_zone;
            Some((owner, local_date(at?, zone), 1))
        };
        rows.into_iter().filter_map(known).collect()
    };
    Ok(match measure {
        GoalMeasure::CheckIns => Vec::new(),
        GoalMeasure::ApplicationsSubmitted => {
            dated(queries::applications_submitted(conn, owners, from)?)
        }
        GoalMeasure::InterviewsPrepared => dated(queries::interviews_prepared(conn, owners, from)?),
        GoalMeasure::NetworkingActivities => {
            dated(queries::networking_activities(conn, owners, from)?)
        }
        GoalMeasure::FeedbackRequestsSent => {
            local(queries::feedback_requests_sent(conn, owners, begin)?)
        }
        GoalMeasure::ReflectionsWritten => {
            local(queries::reflections_written(conn, owners, begin)?)
        }
    })
}
