//! The goals of the demo: one for each day, with days of rest and a few that were missed, and one for each
//! week that counts applications and one that does not.

use chrono::{DateTime, Duration, Utc};
use diesel::PgConnection;
use uuid::Uuid;

use super::write;
use crate::account::preferences;
use crate::clock::local_date;
use crate::goals::{
    self, CheckInKind, GoalCategory, GoalFields, GoalKind, GoalMeasure, GoalPeriod, NewCheckIn,
};
use crate::http::error::Result;

/// Days of check-ins.
const DAYS: i64 = 60;

/// Writes the goals with their check-ins, each at its own time.
pub(super) fn history(conn: &mut PgConnection, owner: Uuid, today: DateTime<Utc>) -> Result<()> {
    let begin = today - Duration::days(DAYS);
    let counted = GoalFields {
        target_count: 3,
        measure: GoalMeasure::ApplicationsSubmitted,
        ..goal(
            "Send three applications that fit",
            GoalCategory::Applications,
            GoalPeriod::Week,
        )
    };
    checked(conn, owner, begin, &counted, |_| None)?;
    let weekly = GoalFields {
        target_count: 2,
        ..goal(
            "Read about a company before writing to it",
            GoalCategory::CompanyResearch,
            GoalPeriod::Week,
        )
    };
    checked(conn, owner, begin, &weekly, |day| {
        (day % 3 == 0).then_some(CheckInKind::Done)
    })?;
    let daily = goal(
        "Practise one interview question aloud",
        GoalCategory::InterviewPractice,
        GoalPeriod::Day,
    );
    checked(conn, owner, begin, &daily, |day| match day % 14 {
        6 => Some(CheckInKind::Rest),
        _ if day == 8 || day == 23 => None,
        _ => Some(CheckInKind::Done),
    })
}

fn goal(title: &str, category: GoalCategory, period: GoalPeriod) -> GoalFields {
    GoalFields {
        title: title.to_owned(),
        notes: None,
        category,
        kind: GoalKind::Recurring,
        target_count: 1,
        period: Some(period),
        measure: GoalMeasure::CheckIns,
        due_on: None,
        origin: None,
    }
}

/// A goal, and what was checked in on each day since, the first one being 0.
fn checked(
    conn: &mut PgConnection,
    owner: Uuid,
    begin: DateTime<Utc>,
    fields: &GoalFields,
    kind: impl Fn(i64) -> Option<CheckInKind>,
) -> Result<()> {
    let goal = write(conn, owner, begin, |tx| {
        let preferences = preferences(tx.conn, tx.owner)?;
        Ok(goals::create(tx, fields, &preferences)?.into_inner())
    })?;
    for day in 0..=DAYS {
        let Some(kind) = kind(day) else {
            continue;
        };
        write(conn, owner, begin + Duration::days(day), |tx| {
            let preferences = preferences(tx.conn, tx.owner)?;
            let check_in = NewCheckIn {
                occurred_on: local_date(tx.now, preferences.time_zone),
                value: None,
                kind,
                note: None,
                external_id: None,
            };
            goals::check_in(tx, &goal, &check_in, &preferences)
        })?;
    }
    Ok(())
}
