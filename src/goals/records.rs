//! What measured goals count: the real records of other features, by day.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use diesel::PgConnection;
use uuid::Uuid;

use super::queries::facts as queries;
use crate::clock::{local_date, start_of_day};
use crate::http::error::Result;
use crate::suggestions::GoalMeasure;

/// How many real records there are on each day, from a day on.
pub fn records(
    conn: &mut PgConnection,
    owner: Uuid,
    measure: GoalMeasure,
    from: NaiveDate,
    zone: Tz,
) -> Result<BTreeMap<NaiveDate, i64>> {
    let dated = |rows: Vec<(Option<NaiveDate>, i64)>| {
        rows.into_iter()
            .filter_map(|(day, count)| Some((day?, count)))
            .collect()
    };
    let local = |instants: Vec<DateTime<Utc>>| {
        let mut counts: BTreeMap<NaiveDate, i64> = BTreeMap::new();
        for at in instants {
            *counts.entry(local_date(at, zone)).or_default() += 1;
        }
        counts
    };
    let since = start_of_day(from, zone);
    Ok(match measure {
        // Check-ins are no records of another feature.
        GoalMeasure::CheckIns => BTreeMap::new(),
        GoalMeasure::NetworkingActivities => {
            let counted = queries::networking_activities(conn, owner, from)?;
            counted.into_iter().collect()
        }
        GoalMeasure::ApplicationsSubmitted => {
            dated(queries::applications_submitted(conn, owner, from)?)
        }
        GoalMeasure::InterviewsPrepared => dated(queries::interviews_prepared(conn, owner, from)?),
        GoalMeasure::FeedbackRequestsSent => {
            let sent = queries::feedback_requests_sent(conn, owner, since)?;
            local(sent.into_iter().flatten().collect())
        }
        GoalMeasure::ReflectionsWritten => local(queries::reflections_written(conn, owner, since)?),
    })
}
