//! What a coach does shows in the seeker's change log too.
//!
//! The coach's transaction cannot write rows of the seeker. So it leaves a job, which exists exactly when its
//! cause does, and which writes the event as the seeker's.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::db::{Owner, Tx};
use crate::events::{self, Event};
use crate::http::error::{Error, Result};
use crate::jobs::{self, Context, Job, NewJob};

/// The kind of the job.
pub const JOB: &str = "coaching.event";
/// Spread over about half an hour.
const MOST_ATTEMPTS: i32 = 8;

/// The coach answered an invitation.
pub(super) const LINK_ANSWERED: &str = "coach_link.transitioned";
/// The coach shared a note.
pub(super) const NOTE_SHARED: &str = "coach_note.shared";
/// The coach suggested a goal.
pub(super) const GOAL_SUGGESTED: &str = "goal_suggestion.created";
const KINDS: [&str; 3] = [LINK_ANSWERED, NOTE_SHARED, GOAL_SUGGESTED];

/// Notes in the running transaction that the seeker's change log gets an event.
pub(super) fn want(
    tx: &mut Tx<'_>,
    seeker: Uuid,
    kind: &'static str,
    resource: Uuid,
    data: Value,
) -> Result<()> {
    let job = NewJob {
        kind: JOB,
        user_id: Some(seeker),
        payload: json!({"kind": kind, "resource_id": resource, "data": data}),
        run_at: tx.now,
        unique_key: None,
        max_attempts: MOST_ATTEMPTS,
    };
    jobs::enqueue(tx, &job)?;
    Ok(())
}

/// The work of the job.
pub fn tell(context: &Context, job: &Job) -> Result<()> {
    let kind = KINDS.into_iter().find(|kind| job.payload["kind"] == *kind);
    let resource = job.payload["resource_id"].as_str();
    let resource = resource.and_then(|text| Uuid::try_parse(text).ok());
    let (Some(kind), Some(resource), Some(seeker)) = (kind, resource, job.user_id) else {
        return Err(Error::internal("an event without kind, resource or seeker"));
    };
    context.transaction(Owner::User(seeker), |tx| {
        let event = Event::new(kind, resource).with(job.payload["data"].clone());
        events::record(tx, &event)?;
        jobs::complete(tx, job)
    })
}
