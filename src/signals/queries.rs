//! The statements that count what signals are judged by: for many owners ($1) in one statement each. Row
//! level security shows no other owners, whatever is asked.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use uuid::Uuid;

use super::model::SignalRule;
use super::rules::{Activity, Clause, LEAST_REFLECTIONS, LOW_SCORE, Tally, days_before};
use super::{Depth, window};
use crate::applications::rules::Status;
use crate::db::cached::cached;
use crate::http::error::Result;

/// What is activity of a job search, by the type in the change log.
const ACTIVE: [&str; 10] = [
    "application",
    "interview",
    "rejection",
    "message",
    "feedback_request",
    "reflection",
    "goal",
    "goal_check_in",
    "contact",
    "networking_activity",
];

/// A reflection that says: tailored, researched, nothing lacking.
const PREPARED: &str =
    "resume_tailored = 'yes' AND company_researched = 'yes' AND skills_lacking = 'no'";

#[derive(QueryableByName)]
struct TallyRow {
    #[diesel(sql_type = SqlUuid)]
    owner_id: Uuid,
    #[diesel(sql_type = BigInt)]
    count: i64,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    since: Option<DateTime<Utc>>,
    #[diesel(sql_type = Array<SqlUuid>)]
    ids: Vec<Uuid>,
}

/// What is counted.
struct Counted<'a> {
    table: &'static str,
    /// The instant at which a record counts.
    at: &'static str,
    /// Which records.
    which: &'a str,
    /// How many make it enough.
    least: i64,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
}

impl Counted<'_> {
    /// The two columns that a signal shows: when there were enough, and which they are. Counting reads all of
    /// them; these two end early, along an index. The place of what is enough is $2, the end of the time $4.
    fn shown(&self, depth: Depth, found: &str) -> String {
        let at = self.at;
        match depth {
            Depth::Verdict => {
                "CASE WHEN c.count >= $2 THEN $4 END AS since, '{}'::uuid[] AS ids".to_owned()
            }
            Depth::Evidence => format!(
                "(SELECT {at} {found} ORDER BY {at}, id OFFSET $2 - 1 LIMIT 1) AS since,
                 ARRAY(SELECT id {found} ORDER BY {at} DESC, id DESC LIMIT 50) AS ids"
            ),
        }
    }
}

/// A tally for each owner, of nothing too.
fn tally(
    conn: &mut PgConnection,
    owners: &[Uuid],
    depth: Depth,
    counted: &Counted<'_>,
) -> Result<HashMap<Uuid, Tally>> {
    let Counted {
        table, at, which, ..
    } = counted;
    let found =
        format!("FROM {table} WHERE owner_id = o.owner_id AND {at} BETWEEN $3 AND $4 AND {which}");
    let statement = format!(
        "SELECT o.owner_id, c.count, {}
         FROM unnest($1) AS o (owner_id) CROSS JOIN LATERAL (SELECT count(*) AS count {found}) AS c",
        counted.shown(depth, &found)
    );
    let statement = diesel::sql_query(statement)
        .bind::<Array<SqlUuid>, _>(owners)
        .bind::<BigInt, _>(counted.least)
        .bind::<Timestamptz, _>(counted.from)
        .bind::<Timestamptz, _>(counted.until);
    let rows: Vec<TallyRow> = cached(statement).load(conn)?;
    let tallies = rows.into_iter().map(|row| {
        let tally = Tally {
            count: row.count,
            since: row.since,
            ids: row.ids,
        };
        (row.owner_id, tally)
    });
    Ok(tallies.collect())
}

/// How the losses of an owner are told apart.
#[derive(Debug, Default)]
pub struct Losses {
    /// All of them.
    pub all: Tally,
    /// Those at the interview or later.
    pub at_interview: Tally,
    /// Those at the application stage.
    pub early: Tally,
}

/// Rejections of an owner in the window ($2 to $3) that were no slips of the finger.
const LOST: &str = "FROM rejections WHERE owner_id = o.owner_id AND received_at BETWEEN $2 AND $3 AND superseded_by IS DISTINCT FROM 'correction'";
const LATE: &str = "stage_reached IN ('interview', 'final', 'offer')";
const EARLY: &str = "stage_reached = 'application'";

#[derive(QueryableByName)]
struct LossRow {
    #[diesel(sql_type = SqlUuid)]
    owner_id: Uuid,
    #[diesel(sql_type = BigInt)]
    losses: i64,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    since: Option<DateTime<Utc>>,
    #[diesel(sql_type = Array<SqlUuid>)]
    ids: Vec<Uuid>,
    #[diesel(sql_type = BigInt)]
    late: i64,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    late_since: Option<DateTime<Utc>>,
    #[diesel(sql_type = Array<SqlUuid>)]
    late_ids: Vec<Uuid>,
    #[diesel(sql_type = BigInt)]
    early: i64,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    early_since: Option<DateTime<Utc>>,
    #[diesel(sql_type = Array<SqlUuid>)]
    early_ids: Vec<Uuid>,
}

/// The losses of each owner. All rules about them have one window, so that they are counted in one go.
pub fn losses(
    conn: &mut PgConnection,
    owners: &[Uuid],
    depth: Depth,
    now: DateTime<Utc>,
) -> Result<HashMap<Uuid, Losses>> {
    let least = |rule| Clause::of(rule).least;
    // What there is not enough of is not looked for.
    let told = |count: &str, which: &str, place: &str, name: &str| {
        let found = format!("{LOST} AND {which}");
        let (since, ids) = match depth {
            Depth::Verdict => ("$3".to_owned(), "'{}'::uuid[]".to_owned()),
            Depth::Evidence => (
                format!(
                    "(SELECT received_at {found} ORDER BY received_at, id OFFSET {place} - 1 LIMIT 1)"
                ),
                format!("ARRAY(SELECT id {found} ORDER BY received_at DESC, id DESC LIMIT 50)"),
            ),
        };
        let enough = format!("{count} >= {place}");
        format!(
            "CASE WHEN {enough} THEN {since} END AS {name}since,
             CASE WHEN {enough} THEN {ids} ELSE '{{}}' END AS {name}ids"
        )
    };
    let statement = format!(
        "SELECT o.owner_id, c.losses, c.late, c.early, {}, {}, {}
         FROM unnest($1) AS o (owner_id) CROSS JOIN LATERAL (
            SELECT count(*) AS losses, count(*) FILTER (WHERE {LATE}) AS late, count(*) FILTER (WHERE {EARLY}) AS early {LOST}) AS c",
        told("c.losses", "true", "$4", ""),
        told("c.late", LATE, "$5", "late_"),
        told("c.early", EARLY, "$6", "early_"),
    );
    let statement = diesel::sql_query(statement)
        .bind::<Array<SqlUuid>, _>(owners)
        .bind::<Timestamptz, _>(window(SignalRule::ConsiderCoaching, now))
        .bind::<Timestamptz, _>(now)
        .bind::<BigInt, _>(least(SignalRule::ConsiderCoaching))
        .bind::<BigInt, _>(least(SignalRule::InterviewLosses))
        .bind::<BigInt, _>(least(SignalRule::EarlyLosses));
    let rows: Vec<LossRow> = cached(statement).load(conn)?;
    let tally = |count, since, ids| Tally { count, since, ids };
    let losses = rows.into_iter().map(|row| {
        let losses = Losses {
            all: tally(row.losses, row.since, row.ids),
            at_interview: tally(row.late, row.late_since, row.late_ids),
            early: tally(row.early, row.early_since, row.early_ids),
        };
        (row.owner_id, losses)
    });
    Ok(losses.collect())
}

fn reflections_that(
    conn: &mut PgConnection,
    owners: &[Uuid],
    depth: Depth,
    which: &str,
    now: DateTime<Utc>,
) -> Result<HashMap<Uuid, Tally>> {
    let counted = Counted {
        table: "reflections",
        at: "created_at",
        which,
        least: LEAST_REFLECTIONS,
        from: window(SignalRule::ConsiderCoaching, now),
        until: now,
    };
    tally(conn, owners, depth, &counted)
}

/// All reflections.
pub fn reflections(
    conn: &mut PgConnection,
    owners: &[Uuid],
    depth: Depth,
    now: DateTime<Utc>,
) -> Result<HashMap<Uuid, Tally>> {
    reflections_that(conn, owners, depth, "true", now)
}

/// Reflections that say that the preparation was good.
pub fn well_prepared(
    conn: &mut PgConnection,
    owners: &[Uuid],
    depth: Depth,
    now: DateTime<Utc>,
) -> Result<HashMap<Uuid, Tally>> {
    reflections_that(conn, owners, depth, PREPARED, now)
}

/// Wellbeing check-ins with a low score.
pub fn low_days(
    conn: &mut PgConnection,
    owners: &[Uuid],
    depth: Depth,
    now: DateTime<Utc>,
) -> Result<HashMap<Uuid, Tally>> {
    let rule = SignalRule::LowWellbeing;
    let counted = Counted {
        table: "wellbeing_check_ins",
        at: "occurred_at",
        which: &format!("score <= {LOW_SCORE}"),
        least: Clause::of(rule).least,
        from: window(rule, now),
        until: now,
    };
    tally(conn, owners, depth, &counted)
}

/// Whoever has no entry in the change log was last active when an application was written down last.
///
/// The live applications of those who were active lately ($4) are counted only, status by status, so that of
/// somebody's thousand applications only the live ones are read. OFFSET keeps each part from being asked for
/// again wherever it is named.
fn activity_statement(depth: Depth) -> String {
    let (live, ids) = match depth {
        Depth::Verdict => (
            "SELECT count(*) FROM (SELECT FROM applications WHERE owner_id = o.owner_id AND status = ANY ($2) LIMIT 1) AS one",
            "'{}'::uuid[]",
        ),
        Depth::Evidence => (
            "SELECT coalesce(sum(c.n), 0)::bigint FROM unnest($2) AS s (status) CROSS JOIN LATERAL (
                SELECT count(*) AS n FROM applications WHERE owner_id = o.owner_id AND status = s.status) AS c",
            "CASE WHEN a.live > 0 AND a.last_at <= $4 THEN
                ARRAY(SELECT id FROM applications WHERE owner_id = o.owner_id AND status = ANY ($2)
                    ORDER BY created_at DESC, id DESC LIMIT 50) ELSE '{}' END",
        ),
    };
    format!(
        "SELECT o.owner_id, a.live, a.last_at, {ids} AS ids
         FROM unnest($1) AS o (owner_id) CROSS JOIN LATERAL (SELECT
            ({live}) AS live,
            coalesce(
                (SELECT occurred_at FROM events WHERE owner_id = o.owner_id AND resource_type = ANY ($3)
                    ORDER BY epoch DESC, xid DESC, id DESC LIMIT 1),
                (SELECT created_at FROM applications WHERE owner_id = o.owner_id
                    ORDER BY created_at DESC, id DESC LIMIT 1)) AS last_at OFFSET 0) AS a"
    )
}

#[derive(QueryableByName)]
struct ActivityRow {
    #[diesel(sql_type = SqlUuid)]
    owner_id: Uuid,
    #[diesel(sql_type = BigInt)]
    live: i64,
    #[diesel(sql_type = Array<SqlUuid>)]
    ids: Vec<Uuid>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    last_at: Option<DateTime<Utc>>,
}

/// How the search of each owner goes on.
pub fn activity(
    conn: &mut PgConnection,
    owners: &[Uuid],
    depth: Depth,
    now: DateTime<Utc>,
) -> Result<HashMap<Uuid, Activity>> {
    let quiet_since = days_before(now, Clause::of(SignalRule::GoneQuiet).least);
    let live: Vec<Status> = Status::ALL
        .iter()
        .copied()
        .filter(|it| it.is_live())
        .collect();
    let statement = diesel::sql_query(activity_statement(depth))
        .bind::<Array<SqlUuid>, _>(owners)
        .bind::<Array<Text>, _>(live)
        .bind::<Array<Text>, _>(ACTIVE.as_slice())
        .bind::<Timestamptz, _>(quiet_since);
    let rows: Vec<ActivityRow> = cached(statement).load(conn)?;
    let activities = rows.into_iter().map(|row| {
        let activity = Activity {
            live: row.live,
            ids: row.ids,
            last_at: row.last_at,
        };
        (row.owner_id, activity)
    });
    Ok(activities.collect())
}
