//! What one party does shows in the other one's change log too.
//!
//! A transaction writes rows of its own user only. So it leaves a job, which exists exactly when its cause
//! does, and which writes the event as the other user's.

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

/// To the seeker: the coach answered, or is gone.
pub(super) const LINK_MOVED: &str = "coach_link.transitioned";
/// To the seeker: the coach of a link that had ended is gone.
pub(super) const LINK_UPDATED: &str = "coach_link.updated";
/// To the seeker: the coach shared a note, or changed a shared one.
pub(super) const NOTE_SHARED: &str = "coach_note.shared";
/// To the seeker: a shared note is shared no more.
pub(super) const NOTE_GONE: &str = "coach_note.deleted";
/// To the seeker: the coach suggested a goal.
pub(super) const GOAL_SUGGESTED: &str = "goal_suggestion.created";
/// To the coach: the seeker revoked the link.
pub(super) const INVITATION_MOVED: &str = "coach_invitation.transitioned";
/// To the coach: the seeker changed the scopes or the end.
pub(super) const INVITATION_UPDATED: &str = "coach_invitation.updated";
/// To the coach: the seeker is gone.
pub(super) const INVITATION_DELETED: &str = "coach_invitation.deleted";
/// To the coach: the seeker answered a suggestion.
pub(super) const SUGGESTION_ANSWERED: &str = "client_goal_suggestion.transitioned";
const KINDS: [&str; 9] = [
    LINK_MOVED,
    LINK_UPDATED,
    NOTE_SHARED,
    NOTE_GONE,
    GOAL_SUGGESTED,
    INVITATION_MOVED,
    INVITATION_UPDATED,
    INVITATION_DELETED,
    SUGGESTION_ANSWERED,
];

/// An event that another user's change log gets.
pub(super) struct Told {
    /// Whose change log.
    pub user: Uuid,
    /// What happened.
    pub kind: &'static str,
    /// To what.
    pub resource: Uuid,
    /// Ids and codes.
    pub data: Value,
}

/// Notes in the running transaction that another user's change log gets an event.
pub(super) fn want(tx: &mut Tx<'_>, told: Told) -> Result<()> {
    want_all(tx, vec![told])
}

/// The same for many events.
pub(super) fn want_all(tx: &mut Tx<'_>, told: Vec<Told>) -> Result<()> {
    let now = tx.now;
    let jobs = told.into_iter().map(|told| NewJob {
        kind: JOB,
        user_id: Some(told.user),
        payload: json!({"kind": told.kind, "resource_id": told.resource, "data": told.data}),
        run_at: now,
        unique_key: None,
        max_attempts: MOST_ATTEMPTS,
    });
    jobs::enqueue_many(tx, &jobs.collect::<Vec<_>>())
}

/// The work of the job.
pub fn tell(context: &Context, job: &Job) -> Result<()> {
    let kind = KINDS.into_iter().find(|kind| job.payload["kind"] == *kind);
    let resource = job.payload["resource_id"].as_str();
    let resource = resource.and_then(|text| Uuid::try_parse(text).ok());
    let (Some(kind), Some(resource), Some(user)) = (kind, resource, job.user_id) else {
        return Err(Error::internal("an event without kind, resource or user"));
    };
    context.transaction(Owner::User(user), |tx| {
        let event = Event::new(kind, resource).with(job.payload["data"].clone());
        events::record(tx, &event)?;
        jobs::complete(tx, job)
    })
}
