//! The statements on what progress is computed from beside check-ins: pauses, cool-offs, real records.
//! Each reads for a whole page of goals at once.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::count_star;
use diesel::prelude::*;
use uuid::Uuid;

use crate::applications::rules::Status;
use crate::db::schema::{
    applications, feedback_requests, goal_pauses, goal_suggestions, interviews,
    networking_activities, reflections, rejections,
};
use crate::http::error::Result;

/// The pauses of some goals: the goal, the first day, the last day when it is over.
pub fn pauses(
    conn: &mut PgConnection,
    owner: Uuid,
    of: &[Uuid],
) -> Result<Vec<(Uuid, NaiveDate, Option<NaiveDate>)>> {
    Ok(goal_pauses::table
        .filter(goal_pauses::owner_id.eq(owner))
        .filter(goal_pauses::goal_id.eq_any(of))
        .select((
            goal_pauses::goal_id,
            goal_pauses::started_on,
            goal_pauses::ended_on,
        ))
        .load(conn)?)
}

/// Begin and end of a cool-off.
pub type Cooloff = (Option<DateTime<Utc>>, Option<DateTime<Utc>>);

/// The cool-offs of a user. A rejection that was a slip of the finger had none.
pub fn cooloffs(conn: &mut PgConnection, owner: Uuid) -> Result<Vec<Cooloff>> {
    let meant = rejections::superseded_by
        .is_null()
        .or(rejections::superseded_by.ne("correction"));
    Ok(rejections::table
        .filter(rejections::owner_id.eq(owner))
        .filter(rejections::received_at.is_not_null())
        .filter(meant)
        .select((rejections::received_at, rejections::cooloff_until))
        .load(conn)?)
}

/// Which of these reflections are there.
pub fn reflections_among(conn: &mut PgConnection, owner: Uuid, ids: &[Uuid]) -> Result<Vec<Uuid>> {
    Ok(reflections::table
        .filter(reflections::owner_id.eq(owner))
        .filter(reflections::id.eq_any(ids))
        .select(reflections::id)
        .load(conn)?)
}

/// Which of these requests for feedback are there.
pub fn feedback_requests_among(
    conn: &mut PgConnection,
    owner: Uuid,
    ids: &[Uuid],
) -> Result<Vec<Uuid>> {
    Ok(feedback_requests::table
        .filter(feedback_requests::owner_id.eq(owner))
        .filter(feedback_requests::id.eq_any(ids))
        .select(feedback_requests::id)
        .load(conn)?)
}

/// Which of these suggestions of coaches are there.
pub fn coach_suggestions_among(
    conn: &mut PgConnection,
    owner: Uuid,
    ids: &[Uuid],
) -> Result<Vec<Uuid>> {
    Ok(goal_suggestions::table
        .filter(goal_suggestions::seeker_id.eq(owner))
        .filter(goal_suggestions::id.eq_any(ids))
        .select(goal_suggestions::id)
        .load(conn)?)
}

/// How many applications were sent on which day, from a day on.
pub fn applications_submitted(
    conn: &mut PgConnection,
    owner: Uuid,
    from: NaiveDate,
) -> Result<Vec<(Option<NaiveDate>, i64)>> {
    Ok(applications::table
        .filter(applications::owner_id.eq(owner))
        .filter(applications::status.ne(Status::Saved))
        .filter(applications::applied_on.ge(from))
        .group_by(applications::applied_on)
        .select((applications::applied_on, count_star()))
        .load(conn)?)
}

/// For how many interviews one prepared on which day, from a day on.
pub fn interviews_prepared(
    conn: &mut PgConnection,
    owner: Uuid,
    from: NaiveDate,
) -> Result<Vec<(Option<NaiveDate>, i64)>> {
    Ok(interviews::table
        .filter(interviews::owner_id.eq(owner))
        .filter(interviews::prepared_on.ge(from))
        .group_by(interviews::prepared_on)
        .select((interviews::prepared_on, count_star()))
        .load(conn)?)
}

/// How often one was in touch with people on which day, from a day on.
pub fn networking_activities(
    conn: &mut PgConnection,
    owner: Uuid,
    from: NaiveDate,
) -> Result<Vec<(NaiveDate, i64)>> {
    Ok(networking_activities::table
        .filter(networking_activities::owner_id.eq(owner))
        .filter(networking_activities::occurred_on.ge(from))
        .group_by(networking_activities::occurred_on)
        .select((networking_activities::occurred_on, count_star()))
        .load(conn)?)
}

/// When requests for feedback were sent, from an instant on.
pub fn feedback_requests_sent(
    conn: &mut PgConnection,
    owner: Uuid,
    from: DateTime<Utc>,
) -> Result<Vec<Option<DateTime<Utc>>>> {
    Ok(feedback_requests::table
        .filter(feedback_requests::owner_id.eq(owner))
        .filter(feedback_requests::sent_at.ge(from))
        .select(feedback_requests::sent_at)
        .load(conn)?)
}

/// When reflections were written, from an instant on.
pub fn reflections_written(
    conn: &mut PgConnection,
    owner: Uuid,
    from: DateTime<Utc>,
) -> Result<Vec<DateTime<Utc>>> {
    Ok(reflections::table
        .filter(reflections::owner_id.eq(owner))
        .filter(reflections::created_at.ge(from))
        .select(reflections::created_at)
        .load(conn)?)
}
