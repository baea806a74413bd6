//! The statements by which the goals of many users are looked through at once. Each names the owners that
//! it reads, and the row level security shows no others.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::{count_star, sum};
use diesel::prelude::*;
use diesel::sql_types::{Array, Timestamptz, Uuid as SqlUuid};
use uuid::Uuid;

use crate::applications::rules::Status;
use crate::db::cached::cached;
use crate::db::schema::{
    applications, feedback_requests, goal_check_ins, goal_pauses, goals, interviews,
    networking_activities, reflections,
};
use crate::goals::check_ins::CheckInKind;
use crate::goals::model::GoalRow;
use crate::goals::rules::GoalStatus;
use crate::http::error::Result;
use crate::suggestions::{GoalKind, GoalPeriod};

/// From which day on goals are looked through, by their period.
#[derive(Debug, Clone, Copy)]
pub struct Since {
    /// For goals of each day.
    pub day: NaiveDate,
    /// For goals of each week.
    pub week: NaiveDate,
    /// For goals of each month; the earliest one.
    pub month: NaiveDate,
}

/// The active goals that come round.
pub fn active(conn: &mut PgConnection, owners: &[Uuid]) -> Result<Vec<(Uuid, GoalRow)>> {
    Ok(goals::table
        .filter(goals::owner_id.eq_any(owners))
        .filter(goals::status.eq(GoalStatus::Active))
        .filter(goals::kind.eq(GoalKind::Recurring))
        .order((goals::created_at, goals::id))
        .select((goals::owner_id, GoalRow::as_select()))
        .load(conn)?)
}

/// A sum of a day of a goal: the owner, the goal, the day, done or rest, the sum.
pub type OwnedDaySum = (Uuid, Uuid, NaiveDate, CheckInKind, Option<i64>);

/// What was checked in on the active goals that come round.
pub fn days(conn: &mut PgConnection, owners: &[Uuid], since: Since) -> Result<Vec<OwnedDaySum>> {
    let key = (
        goal_check_ins::owner_id,
        goal_check_ins::goal_id,
        goal_check_ins::occurred_on,
        goal_check_ins::kind,
    );
    let their_goal = goals::owner_id
        .eq(goal_check_ins::owner_id)
        .and(goals::id.eq(goal_check_ins::goal_id));
    let on = goal_check_ins::occurred_on;
    let lately = goals::period
        .eq(GoalPeriod::Day)
        .and(on.ge(since.day))
        .or(goals::period.eq(GoalPeriod::Week).and(on.ge(since.week)))
        .or(goals::period.eq(GoalPeriod::Month).and(on.ge(since.month)));
    Ok(goal_check_ins::table
        .inner_join(goals::table.on(their_goal))
        .filter(goal_check_ins::owner_id.eq_any(owners))
        .filter(goals::status.eq(GoalStatus::Active))
        .filter(lately)
        .group_by(key)
        .select((
            goal_check_ins::owner_id,
            goal_check_ins::goal_id,
            goal_check_ins::occurred_on,
            goal_check_ins::kind,
            sum(goal_check_ins::value),
        ))
        .load(conn)?)
}

/// A pause: the owner, the goal, the first day, the last day when it is over.
pub type OwnedPause = (Uuid, Uuid, NaiveDate, Option<NaiveDate>);

/// The pauses that reach beyond a day.
pub fn pauses(
    conn: &mut PgConnection,
    owners: &[Uuid],
    since: NaiveDate,
) -> Result<Vec<OwnedPause>> {
    let reaches = goal_pauses::ended_on
        .is_null()
        .or(goal_pauses::ended_on.ge(since));
    Ok(goal_pauses::table
        .filter(goal_pauses::owner_id.eq_any(owners))
        .filter(reaches.assume_not_null())
        .select((
            goal_pauses::owner_id,
            goal_pauses::goal_id,
            goal_pauses::started_on,
            goal_pauses::ended_on,
        ))
        .load(conn)?)
}

/// The cool-offs that end after an instant, as the quarters of an hour in which they begin and end: in every
/// zone these lie on the same days, and many cool-offs on one day become few rows.
const COOLOFFS: &str = "
SELECT DISTINCT owner_id, date_bin('15 minutes', received_at, '2000-01-01Z') AS begins,
    date_bin('15 minutes', cooloff_until - interval '1 microsecond', '2000-01-01Z') AS ends
FROM rejections
WHERE owner_id = ANY ($1) AND cooloff_until >= $2 AND superseded_by IS DISTINCT FROM 'correction'";

/// A cool-off: the owner, an instant of its first day, an instant of its last day.
#[derive(QueryableByName)]
pub struct OwnedCooloff {
    /// Whose it is.
    #[diesel(sql_type = SqlUuid)]
    pub owner_id: Uuid,
    /// On its first day.
    #[diesel(sql_type = Timestamptz)]
    pub begins: DateTime<Utc>,
    /// On its last day.
    #[diesel(sql_type = Timestamptz)]
    pub ends: DateTime<Utc>,
}

/// The cool-offs that end after an instant.
pub fn cooloffs(
    conn: &mut PgConnection,
    owners: &[Uuid],
    since: DateTime<Utc>,
) -> Result<Vec<OwnedCooloff>> {
    let statement = diesel::sql_query(COOLOFFS)
        .bind::<Array<SqlUuid>, _>(owners)
        .bind::<Timestamptz, _>(since);
    Ok(cached(statement).load(conn)?)
}

/// Records of a day: the owner, the day, how many.
pub type OwnedCount = (Uuid, Option<NaiveDate>, i64);

/// How many applications were sent on which day.
pub fn applications_submitted(
    conn: &mut PgConnection,
    owners: &[Uuid],
    from: NaiveDate,
) -> Result<Vec<OwnedCount>> {
    Ok(applications::table
        .filter(applications::owner_id.eq_any(owners))
        .filter(applications::status.ne(Status::Saved))
        .filter(applications::applied_on.ge(from))
        .group_by((applications::owner_id, applications::applied_on))
        .select((
            applications::owner_id,
            applications::applied_on,
            count_star(),
        ))
        .load(conn)?)
}

/// For how many interviews one prepared on which day.
pub fn interviews_prepared(
    conn: &mut PgConnection,
    owners: &[Uuid],
    from: NaiveDate,
) -> Result<Vec<OwnedCount>> {
    Ok(interviews::table
        .filter(interviews::owner_id.eq_any(owners))
        .filter(interviews::prepared_on.ge(from))
        .group_by((interviews::owner_id, interviews::prepared_on))
        .select((interviews::owner_id, interviews::prepared_on, count_star()))
        .load(conn)?)
}

/// How often one was in touch with people on which day.
pub fn networking_activities(
    conn: &mut PgConnection,
    owners: &[Uuid],
    from: NaiveDate,
) -> Result<Vec<OwnedCount>> {
    Ok(networking_activities::table
        .filter(networking_activities::owner_id.eq_any(owners))
        .filter(networking_activities::occurred_on.ge(from))
        .group_by((
            networking_activities::owner_id,
            networking_activities::occurred_on,
        ))
        .select((
            networking_activities::owner_id,
            networking_activities::occurred_on.nullable(),
            count_star(),
        ))
        .load(conn)?)
}

/// When requests for feedback were sent.
pub fn feedback_requests_sent(
    conn: &mut PgConnection,
    owners: &[Uuid],
    from: DateTime<Utc>,
) -> Result<Vec<(Uuid, Option<DateTime<Utc>>)>> {
    Ok(feedback_requests::table
        .filter(feedback_requests::owner_id.eq_any(owners))
        .filter(feedback_requests::sent_at.ge(from))
        .select((feedback_requests::owner_id, feedback_requests::sent_at))
        .load(conn)?)
}

/// When reflections were written.
pub fn reflections_written(
    conn: &mut PgConnection,
    owners: &[Uuid],
    from: DateTime<Utc>,
) -> Result<Vec<(Uuid, Option<DateTime<Utc>>)>> {
    Ok(reflections::table
        .filter(reflections::owner_id.eq_any(owners))
        .filter(reflections::created_at.ge(from))
        .select((reflections::owner_id, reflections::created_at.nullable()))
        .load(conn)?)
}
