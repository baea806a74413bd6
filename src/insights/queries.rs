//! The statements of insights: one pass over the rows of an owner each. They count rows that have everything
//! in common that figures look at; what the figures are is not decided here.

use chrono::{DateTime, Days, NaiveDate, Utc};
use chrono_tz::Tz;
use diesel::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{
    Array, BigInt, Bool, Date, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use uuid::Uuid;

use super::activity::{Deed, DoneFact, Weeks};
use super::feedback::{ItemFact, RequestFact};
use super::rejections::RejectedFact;
use super::rules::{Fact, Range};
use crate::account::Preferences;
use crate::applications::rules::{Stage, Status};
use crate::clock::{local_date, start_of_day};
use crate::db::cached::cached;
use crate::feedback::rules::silent_since;
use crate::feedback::{FeedbackArea, FeedbackPolarity, FeedbackStatus};
use crate::http::error::Result;
use crate::rejections::{ReasonBasis, ReasonCode, StageReached};

/// What is asked, as the statements need it.
pub struct Asked {
    owner: Uuid,
    now: DateTime<Utc>,
    range: Range,
    zone: Tz,
    /// Whoever applied on this day or later still waits.
    waiting_from: NaiveDate,
}

impl Asked {
    /// Turns days into what the database compares.
    pub fn new(owner: Uuid, now: DateTime<Utc>, preferences: &Preferences, range: Range) -> Self {
        let zone = preferences.time_zone;
        let days = u64::from(preferences.ghost_after_days.unsigned_abs());
        // Less than so many days ago: the day that many days ago is no more among them.
        let waiting_from = local_date(now, zone) - Days::new(days) + Days::new(1);
        Self {
            owner,
            now,
            range,
            zone,
            waiting_from,
        }
    }

    /// The first instant of the range.
    fn begin(&self) -> Option<DateTime<Utc>> {
        self.range.from.map(|day| start_of_day(day, self.zone))
    }

    /// The first instant after the range.
    fn end(&self) -> Option<DateTime<Utc>> {
        let next = self.range.to.map(|day| day + Days::new(1));
        next.map(|day| start_of_day(day, self.zone))
    }
}

/// Which applications there are to speak of: those of one owner ($1) that one applied for, between two
/// days ($2, $3). Who withdrew before anything happened may have applied or not; a day of applying tells.
macro_rules! applied_for {
    () => {
        "a.owner_id = $1 AND a.status <> 'saved' AND (a.furthest_stage <> 'saved' OR a.applied_on IS NOT NULL)
            AND ($2 IS NULL OR a.applied_on >= $2) AND ($3 IS NULL OR a.applied_on <= $3)"
    };
}

/// Counts applications by what figures look at, and by one thing more.
///
/// An answer is a further stage, a rejection (also one after which the company came back) or an interview.
/// When nobody knows the day of applying, the begin of the present status stands for it ($4, $5).
macro_rules! counted_by {
    ($key:literal) => {
        concat!(
            "SELECT status, furthest_stage, answered, recent, key, count(*) AS applications FROM (
    SELECT a.status, a.furthest_stage, ",
            $key,
            " AS key,
        a.furthest_stage NOT IN ('saved', 'applied') OR a.status = 'rejected'
            OR a.id IN (SELECT application_id FROM rejections WHERE owner_id = $1 AND superseded_by = 'reopen')
            OR a.id IN (SELECT application_id FROM interviews WHERE owner_id = $1) AS answered,
        coalesce(a.applied_on >= $4, a.status_since >= $5) AS recent
    FROM applications a WHERE ",
            applied_for!(),
            "
) AS facts GROUP BY status, furthest_stage, answered, recent, key"
        )
    };
}

const APPLICATIONS: &str = counted_by!("NULL::text");
const APPLICATIONS_BY_WEEKDAY: &str =
    counted_by!("extract(isodow FROM a.applied_on)::integer::text");
const APPLICATIONS_BY_SOURCE: &str = counted_by!("a.source");

#[derive(QueryableByName)]
struct FactRow {
    #[diesel(sql_type = Text)]
    status: Status,
    #[diesel(sql_type = Text)]
    furthest_stage: Stage,
    #[diesel(sql_type = Bool)]
    answered: bool,
    #[diesel(sql_type = Bool)]
    recent: bool,
    #[diesel(sql_type = Nullable<Text>)]
    key: Option<String>,
    #[diesel(sql_type = BigInt)]
    applications: i64,
}

fn facts(conn: &mut PgConnection, asked: &Asked, statement: &'static str) -> Result<Vec<Fact>> {
    let statement = diesel::sql_query(statement)
        .bind::<SqlUuid, _>(asked.owner)
        .bind::<Nullable<Date>, _>(asked.range.from)
        .bind::<Nullable<Date>, _>(asked.range.to)
        .bind::<Date, _>(asked.waiting_from)
        .bind::<Timestamptz, _>(start_of_day(asked.waiting_from, asked.zone));
    let rows: Vec<FactRow> = cached(statement).load(conn)?;
    Ok(rows
        .into_iter()
        .map(|row| Fact {
            status: row.status,
            furthest: row.furthest_stage,
            answered: row.answered,
            recent: row.recent,
            key: row.key,
            applications: row.applications,
        })
        .collect())
}

/// The applications of the range.
pub fn applications(conn: &mut PgConnection, asked: &Asked) -> Result<Vec<Fact>> {
    facts(conn, asked, APPLICATIONS)
}

/// The same by the weekday of applying; 1 is Monday.
pub fn applications_by_weekday(conn: &mut PgConnection, asked: &Asked) -> Result<Vec<Fact>> {
    facts(conn, asked, APPLICATIONS_BY_WEEKDAY)
}

/// The same by where they were found.
pub fn applications_by_source(conn: &mut PgConnection, asked: &Asked) -> Result<Vec<Fact>> {
    facts(conn, asked, APPLICATIONS_BY_SOURCE)
}

/// The last rejection of each application that was not a slip of the finger.
const REJECTIONS: &str = concat!(
    "SELECT stage_reached, reason_code, reason_basis, count(*) AS applications FROM (
    SELECT DISTINCT ON (r.application_id) r.stage_reached, r.reason_code, r.reason_basis
    FROM rejections r JOIN applications a ON a.owner_id = r.owner_id AND a.id = r.application_id
    WHERE r.owner_id = $1 AND r.superseded_by IS DISTINCT FROM 'correction' AND ",
    applied_for!(),
    "
    ORDER BY r.application_id, r.created_at DESC, r.id DESC
) AS last_ones GROUP BY stage_reached, reason_code, reason_basis"
);

#[derive(QueryableByName)]
struct RejectedRow {
    #[diesel(sql_type = Text)]
    stage_reached: StageReached,
    #[diesel(sql_type = Text)]
    reason_code: ReasonCode,
    #[diesel(sql_type = Nullable<Text>)]
    reason_basis: Option<ReasonBasis>,
    #[diesel(sql_type = BigInt)]
    applications: i64,
}

/// The rejections of the applications of the range.
pub fn rejections(conn: &mut PgConnection, asked: &Asked) -> Result<Vec<RejectedFact>> {
    let statement = diesel::sql_query(REJECTIONS)
        .bind::<SqlUuid, _>(asked.owner)
        .bind::<Nullable<Date>, _>(asked.range.from)
        .bind::<Nullable<Date>, _>(asked.range.to);
    let rows: Vec<RejectedRow> = cached(statement).load(conn)?;
    Ok(rows
        .into_iter()
        .map(|row| RejectedFact {
            stage: row.stage_reached,
            reason: row.reason_code,
            basis: row.reason_basis,
            applications: row.applications,
        })
        .collect())
}

/// Requests by where they stand now. What was sent at $4 or earlier has no answer by now.
const REQUESTS: &str = "
SELECT CASE WHEN status = 'sent' AND sent_at <= $4 THEN 'no_answer' ELSE status END AS standing, count(*) AS requests
FROM feedback_requests
WHERE owner_id = $1 AND status IN ('sent', 'answered', 'declined_by_policy', 'no_answer')
    AND ($2 IS NULL OR sent_at >= $2) AND ($3 IS NULL OR sent_at < $3)
GROUP BY standing";

#[derive(QueryableByName)]
struct RequestRow {
    #[diesel(sql_type = Text)]
    standing: FeedbackStatus,
    #[diesel(sql_type = BigInt)]
    requests: i64,
}

/// What came of the requests for feedback that were sent in the range.
pub fn feedback_requests(conn: &mut PgConnection, asked: &Asked) -> Result<Vec<RequestFact>> {
    let statement = diesel::sql_query(REQUESTS)
        .bind::<SqlUuid, _>(asked.owner)
        .bind::<Nullable<Timestamptz>, _>(asked.begin())
        .bind::<Nullable<Timestamptz>, _>(asked.end())
        .bind::<Timestamptz, _>(silent_since(asked.now));
    let rows: Vec<RequestRow> = cached(statement).load(conn)?;
    Ok(rows
        .into_iter()
        .map(|row| (row.standing, row.requests))
        .collect())
}

const ITEMS: &str = "
SELECT i.area, i.polarity, count(DISTINCT r.id) AS answers
FROM feedback_requests r JOIN feedback_items i ON i.owner_id = r.owner_id AND i.feedback_request_id = r.id
WHERE r.owner_id = $1 AND i.owner_id = $1 AND r.status = 'answered'
    AND ($2 IS NULL OR r.sent_at >= $2) AND ($3 IS NULL OR r.sent_at < $3)
GROUP BY i.area, i.polarity";

#[derive(QueryableByName)]
struct ItemRow {
    #[diesel(sql_type = Text)]
    area: FeedbackArea,
    #[diesel(sql_type = Text)]
    polarity: FeedbackPolarity,
    #[diesel(sql_type = BigInt)]
    answers: i64,
}

/// What the answers to these requests are about.
pub fn feedback_items(conn: &mut PgConnection, asked: &Asked) -> Result<Vec<ItemFact>> {
    let statement = diesel::sql_query(ITEMS)
        .bind::<SqlUuid, _>(asked.owner)
        .bind::<Nullable<Timestamptz>, _>(asked.begin())
        .bind::<Nullable<Timestamptz>, _>(asked.end());
    let rows: Vec<ItemRow> = cached(statement).load(conn)?;
    Ok(rows
        .into_iter()
        .map(|row| (row.area, row.polarity, row.answers))
        .collect())
}

/// Counts by week: the weeks begin on the days $2, which begin at the instants $3; $4 and $5 are the first
/// day and the first instant that are too late.
const ACTIVITY: &str = "
SELECT width_bucket(applied_on, $2) AS week, 'application' AS deed, count(*) AS times
    FROM applications WHERE owner_id = $1 AND status <> 'saved' AND applied_on >= $2[1] AND applied_on < $4
    GROUP BY week
UNION ALL
SELECT width_bucket(occurred_on, $2) AS week, 'networking_activity', count(*)
    FROM networking_activities WHERE owner_id = $1 AND occurred_on >= $2[1] AND occurred_on < $4
    GROUP BY week
UNION ALL
SELECT width_bucket(sent_at, $3) AS week, 'feedback_request', count(*)
    FROM feedback_requests WHERE owner_id = $1 AND sent_at >= $3[1] AND sent_at < $5
    GROUP BY week
UNION ALL
SELECT width_bucket(occurred_on, $2) AS week, 'check_in', count(*)
    FROM goal_check_ins WHERE owner_id = $1 AND kind = 'done' AND occurred_on >= $2[1] AND occurred_on < $4
    GROUP BY week";

#[derive(QueryableByName)]
struct DoneRow {
    #[diesel(sql_type = Integer)]
    week: i32,
    #[diesel(sql_type = Text)]
    deed: Deed,
    #[diesel(sql_type = BigInt)]
    times: i64,
}

/// What was done in these weeks, up to today.
pub fn activity(
    conn: &mut PgConnection,
    owner: Uuid,
    weeks: &Weeks,
    zone: Tz,
) -> Result<Vec<DoneFact>> {
    let instants: Vec<DateTime<Utc>> = weeks
        .starts
        .iter()
        .map(|day| start_of_day(*day, zone))
        .collect();
    let too_late = weeks.end().min(weeks.today + Days::new(1));
    let statement = diesel::sql_query(ACTIVITY)
        .bind::<SqlUuid, _>(owner)
        .bind::<Array<Date>, _>(&weeks.starts)
        .bind::<Array<Timestamptz>, _>(instants)
        .bind::<Date, _>(too_late)
        .bind::<Timestamptz, _>(start_of_day(too_late, zone));
    let rows: Vec<DoneRow> = cached(statement).load(conn)?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let week = usize::try_from(row.week).ok()?.checked_sub(1)?;
            Some((week, row.deed, row.times))
        })
        .collect())
}
