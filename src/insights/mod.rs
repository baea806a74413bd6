//! Insights: what the numbers of a job search say, and how little a few numbers say.
//!
//! Every figure tells its share with the interval in which the true one may lie, whether there is enough to
//! say anything at all, what is still waited for, and what it means in words ([`Figure`]). Steps that a
//! correction took out count nowhere, and what the company stated is never added to what one inferred.
//!
//! The feature reads across all others and writes nothing. Each insight is one function of an owner, an
//! instant and a range of days: a fixed few statements give counted facts (`queries`), a pure fold makes
//! the figures of them. [`pictures`] draws each.

mod activity;
mod feedback;
mod figure;
#[cfg(test)]
mod folds_tests;
pub mod handlers;
pub mod pictures;
mod pipeline;
mod queries;
mod rejections;
mod rules;
mod sources;

use chrono::{DateTime, Utc};
use diesel::PgConnection;
use uuid::Uuid;

use crate::account::Preferences;
use crate::clock::local_date;
use crate::http::error::Result;

pub use activity::{ActivityInsight, Weeks};
pub use feedback::FeedbackInsight;
pub use figure::{Claim, Figure};
pub use handlers::{InsightPicture, InsightQuery, show};
pub use pipeline::PipelineInsight;
pub use rejections::RejectionsInsight;
pub use rules::{Range, RangeFault};
pub use sources::SourcesInsight;

/// How far the applications of the range came, and where they ended.
pub fn pipeline(
    conn: &mut PgConnection,
    owner: Uuid,
    now: DateTime<Utc>,
    preferences: &Preferences,
    range: Range,
) -> Result<PipelineInsight> {
    let asked = queries::Asked::new(owner, now, preferences, range);
    let facts = queries::applications(conn, &asked)?;
    Ok(PipelineInsight::of(range, &facts))
}

/// Where and why the applications of the range were rejected, and when nobody answered.
pub fn rejections(
    conn: &mut PgConnection,
    owner: Uuid,
    now: DateTime<Utc>,
    preferences: &Preferences,
    range: Range,
) -> Result<RejectionsInsight> {
    let asked = queries::Asked::new(owner, now, preferences, range);
    let facts = queries::applications_by_weekday(conn, &asked)?;
    let rejections = queries::rejections(conn, &asked)?;
    Ok(RejectionsInsight::of(range, &facts, &rejections))
}

/// What came of the requests for feedback that were sent in the range.
pub fn feedback(
    conn: &mut PgConnection,
    owner: Uuid,
    now: DateTime<Utc>,
    preferences: &Preferences,
    range: Range,
) -> Result<FeedbackInsight> {
    let asked = queries::Asked::new(owner, now, preferences, range);
    let requests = queries::feedback_requests(conn, &asked)?;
    let items = queries::feedback_items(conn, &asked)?;
    Ok(FeedbackInsight::of(range, &requests, &items))
}

/// What one did in each week; fails when the range has too many of them.
pub fn activity(
    conn: &mut PgConnection,
    owner: Uuid,
    now: DateTime<Utc>,
    preferences: &Preferences,
    range: Range,
) -> Result<ActivityInsight> {
    let today = local_date(now, preferences.time_zone);
    let weeks = Weeks::new(range, today, preferences.week_starts_on)?;
    let done = queries::activity(conn, owner, &weeks, preferences.time_zone)?;
    Ok(ActivityInsight::of(&weeks, &done))
}

/// What came of the applications of the range by where they were found.
pub fn sources(
    conn: &mut PgConnection,
    owner: Uuid,
    now: DateTime<Utc>,
    preferences: &Preferences,
    range: Range,
) -> Result<SourcesInsight> {
    let asked = queries::Asked::new(owner, now, preferences, range);
    let facts = queries::applications_by_source(conn, &asked)?;
    Ok(SourcesInsight::of(range, facts))
}
