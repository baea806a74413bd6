//! Many applications at once, each with its past: what the import brings in.
//!
//! The outcome is that of [`super::create`] and [`super::record_move`] for each of them, in a fixed
//! number of statements.

use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

use super::model::ApplicationFields;
use super::queries::bulk::{self, FirstStep, NewApplication};
use super::rules::{self, Stage, Status, Step, StepKind};
use crate::account::Preferences;
use crate::db::{Tx, ids};
use crate::events::{self, Event};
use crate::http::error::{Error, Result};
use crate::rejections::{self, Opening};

/// An application that has been going on for a while.
#[derive(Debug, Clone)]
pub struct PastApplication {
    /// Its fields, which obey their rules. The status is that of the last step.
    pub fields: ApplicationFields,
    /// Where it went and when: moves that the state machine allows, the oldest first, none in the future.
    pub steps: Vec<(Status, DateTime<Utc>)>,
    /// When the rejection came, if its last step is one and the day is known. Without it the rejection is
    /// closed from the beginning.
    pub rejection_received_at: Option<DateTime<Utc>>,
}

/// Adds applications with their timelines and events, all or none; their ids in the same order.
///
/// An unknown applied_on stays unknown, because the present day would be a wrong one. Fails with 409
/// `external_id_taken` when another application has one of the external ids.
pub fn create_many(
    tx: &mut Tx<'_>,
    past: &[PastApplication],
    preferences: &Preferences,
) -> Result<Vec<Uuid>> {
    let details = rejections::Details::default();
    let mut openings = Vec::new();
    let mut rows = Vec::with_capacity(past.len());
    let mut steps = Vec::new();
    let mut events = Vec::new();
    for application in past {
        let id = ids::new_id(tx.now);
        let (status, since, furthest) = standing(&application.steps, tx.now)?;
        let mut from = None;
        for ((to, occurred_at), seq) in application.steps.iter().copied().zip(1..) {
            steps.push(FirstStep {
                application_id: id,
                seq,
                from,
                to,
                occurred_at,
            });
            events.push(match from {
                None => Event::new("application.created", id).with(json!({"status": to})),
                Some(from) => Event::new("application.transitioned", id)
                    .with(json!({"from": from, "to": to, "kind": StepKind::Transition})),
            });
            from = Some(to);
        }
        if status == Status::Rejected {
            openings.push(Opening {
                application_id: id,
                received_at: application.rejection_received_at,
                cooloff_hours: preferences.cooloff_hours,
                stage: furthest.rejected_at(),
                details: &details,
            });
        }
        rows.push(NewApplication {
            id,
            fields: &application.fields,
            status,
            furthest,
            since,
            version: i32::try_from(application.steps.len()).unwrap_or(i32::MAX),
        });
    }
    bulk::insert_many(tx, &rows)?;
    bulk::insert_steps(tx, &steps)?;
    events::record_many(tx, &events)?;
    rejections::open_many(tx, &openings)?;
    Ok(rows.iter().map(|row| row.id).collect())
}

/// Where the steps lead, since when, and how far they got.
fn standing(
    steps: &[(Status, DateTime<Utc>)],
    now: DateTime<Utc>,
) -> Result<(Status, DateTime<Utc>, Stage)> {
    let mut made: Vec<Step> = Vec::with_capacity(steps.len());
    for (to, occurred_at) in steps.iter().copied() {
        if let Some(last) = made.last() {
            let wanted = rules::Move {
                to,
                kind: StepKind::Transition,
                occurred_at: Some(occurred_at),
                has_note: false,
            };
            rules::plan(last.to, &made, wanted, now)
                .map_err(|_| Error::internal("a past that the state machine does not allow"))?;
        }
        made.push(Step {
            id: Uuid::nil(),
            to,
            occurred_at,
            corrects: None,
        });
    }
    let last = made
        .last()
        .ok_or_else(|| Error::internal("an application without a first step"))?;
    Ok((last.to, last.occurred_at, rules::furthest(made.iter())))
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::*;

    fn noon() -> DateTime<Utc> {
        "2026-11-01T12:00:00Z".parse().expect("an instant")
    }

    #[test]
    fn a_past_ends_where_its_last_step_led() {
        let applied = noon() - Duration::days(9);
        let steps = [
            (Status::Applied, applied),
            (Status::Interviewing, applied),
            (Status::Rejected, noon()),
        ];
        assert_eq!(
            standing(&steps, noon()).ok(),
            Some((Status::Rejected, noon(), Stage::Interviewing))
        );
    }

    #[test]
    fn a_past_obeys_the_state_machine() {
        let later = noon() + Duration::seconds(1);
        for steps in [
            vec![],
            vec![(Status::Saved, noon()), (Status::Rejected, noon())],
            vec![(Status::Applied, noon()), (Status::Screening, later)],
        ] {
            assert!(standing(&steps, noon()).is_err(), "{steps:?}");
        }
    }
}
