//! Writing feedback requests. Each function does one thing in the running transaction, with its events.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::model::FeedbackRequest;
use super::queries::{self, State};
use super::requests::{FeedbackRequestChanges, FeedbackRequestFields, FeedbackRequestMove};
use super::rules::{self, FeedbackStatus, NudgeRefusal, TimeFault};
use crate::applications::{self, NewNote};
use crate::db::Tx;
use crate::events::{self, Event};
use crate::http::error::{Error, FieldError, Result};
use crate::http::problems;
use crate::rejections::{self, Rejection, ReplyAddress};

fn record(tx: &mut Tx<'_>, kind: &'static str, id: Uuid, data: Value) -> Result<()> {
    events::record(tx, &Event::new(kind, id).with(data))
}

/// Creates a draft. A request that had no answer in time makes room for it.
///
/// Fails with 404 when there is no such application, with 422 when nobody reads answers to its rejection,
/// with 409 `feedback_request_open` when another request is open.
pub fn create(tx: &mut Tx<'_>, fields: &FeedbackRequestFields) -> Result<FeedbackRequest> {
    let application = fields.application_id;
    let rejection = rejections::standing(tx.conn, tx.owner, application)?;
    if let Some(fault) = address_fault(rejection.as_ref()) {
        return Err(Error::invalid(vec![fault]));
    }
    for id in queries::close_silent(tx, application)? {
        let data = json!({"application_id": application, "from": "sent", "to": "no_answer"});
        record(tx, "feedback_request.transitioned", id, data)?;
    }
    let request = match tx.savepoint(|tx| queries::insert(tx, fields)) {
        Err(Error::Problem(problem)) if problem.kind == problems::FEEDBACK_REQUEST_OPEN => {
            let open = queries::open_one(tx.conn, tx.owner, application)?;
            return Err(match open {
                Some(id) => problem.with("feedback_request_id", id.to_string()).into(),
                None => (*problem).into(),
            });
        }
        other => other?,
    };
    let data = json!({"application_id": application});
    record(tx, "feedback_request.created", request.id, data)?;
    Ok(request)
}

/// The rejection came from an address that nobody reads.
fn address_fault(rejection: Option<&Rejection>) -> Option<FieldError> {
    let address = rejection.and_then(|rejection| rejection.reply_address);
    (address == Some(ReplyAddress::NoReply)).then(|| {
        FieldError::new(
            "/application_id",
            "no_reply_address",
            "The rejection of this application came from an address that nobody reads.",
        )
    })
}

fn time_fault(
    at: DateTime<Utc>,
    current: &FeedbackRequest,
    now: DateTime<Utc>,
) -> Option<FieldError> {
    let (code, detail) = match rules::check_time(at, current.sent_at, now) {
        Ok(()) => return None,
        Err(TimeFault::InFuture) => ("in_future", "Not in the future."),
        Err(TimeFault::BeforePrevious) => ("before_previous", "Not before the request was sent."),
    };
    Some(FieldError::new("/occurred_at", code, detail))
}

fn check_allowed(current: &FeedbackRequest, to: FeedbackStatus) -> Result<()> {
    if current.allowed_transitions.contains(&to) {
        return Ok(());
    }
    let detail = format!(
        "A feedback request that is {} cannot become {}.",
        current.status.as_str(),
        to.as_str()
    );
    Err(problems::ILLEGAL_TRANSITION
        .because(detail)
        .with("from", current.status.as_str())
        .with("to", to.as_str())
        .with("allowed", json!(current.allowed_transitions))
        .into())
}

/// Moves a draft to `sent`, under all of its guards: the machine (409 `illegal_transition`), the time and
/// the address that nobody reads (422), the cool-off (409 `cooloff_active`).
///
/// The reason lets it through a cool-off. It is kept, and written to the timeline, only when it was
/// needed.
pub fn send(
    tx: &mut Tx<'_>,
    id: Uuid,
    at: DateTime<Utc>,
    override_reason: Option<&str>,
) -> Result<FeedbackRequest> {
    let current = lock_for_move(tx, id, override_reason.is_some())?;
    send_locked(tx, &current, at, override_reason)
}

/// Locks a request for a move. One that writes to the timeline locks the application first: whoever
/// removes an application locks in that order, too.
pub(super) fn lock_for_move(
    tx: &mut Tx<'_>,
    id: Uuid,
    writes_timeline: bool,
) -> Result<FeedbackRequest> {
    if writes_timeline {
        let application = queries::get(tx, id)?.application_id;
        applications::lock(tx.conn, tx.owner, application)?;
    }
    queries::lock(tx, id)
}

fn send_locked(
    tx: &mut Tx<'_>,
    current: &FeedbackRequest,
    at: DateTime<Utc>,
    override_reason: Option<&str>,
) -> Result<FeedbackRequest> {
    check_allowed(current, FeedbackStatus::Sent)?;
    let rejection = rejections::standing(tx.conn, tx.owner, current.application_id)?;
    let faults: Vec<FieldError> = [
        time_fault(at, current, tx.now),
        address_fault(rejection.as_ref()),
    ]
    .into_iter()
    .flatten()
    .collect();
    if !faults.is_empty() {
        return Err(Error::invalid(faults));
    }
    let cools_off = rejection.map_or(Ok(()), |rejection| {
        rejections::check_cooloff(&rejection, at, tx.now)
    });
    let needed = match (cools_off, override_reason) {
        (Ok(()), _) => None,
        (Err(refusal), None) => return Err(refusal),
        (Err(_), Some(reason)) => {
            applications::record_override(tx, current.application_id, reason)?;
            Some(reason)
        }
    };
    let state = State {
        status: FeedbackStatus::Sent,
        sent_at: Some(at),
        closed_at: None,
        response_text: None,
        override_reason: needed,
    };
    step(tx, current, &state)
}

/// Writes a step of the machine with its event.
fn step(tx: &mut Tx<'_>, current: &FeedbackRequest, state: &State<'_>) -> Result<FeedbackRequest> {
    let request = queries::set_state(tx, current.id, state)?;
    let data = json!({
        "application_id": current.application_id, "from": current.status, "to": state.status
    });
    record(tx, "feedback_request.transitioned", current.id, data)?;
    Ok(request)
}

/// Moves a request, whose row is locked by `lock_for_move`.
pub fn transition(
    tx: &mut Tx<'_>,
    current: &FeedbackRequest,
    wanted: &FeedbackRequestMove,
) -> Result<FeedbackRequest> {
    let at = wanted.occurred_at.unwrap_or(tx.now);
    let moved = match wanted.to {
        FeedbackStatus::Sent => send_locked(tx, current, at, wanted.override_reason.as_deref()),
        _ => settle(tx, current, at, wanted),
    }?;
    if let Some(note) = &wanted.note {
        let note = NewNote {
            note: note.clone(),
            occurred_at: Some(at),
        };
        applications::add_note(tx, current.application_id, &note)?;
    }
    Ok(moved)
}

/// Answered, declined or taken back.
fn settle(
    tx: &mut Tx<'_>,
    current: &FeedbackRequest,
    at: DateTime<Utc>,
    wanted: &FeedbackRequestMove,
) -> Result<FeedbackRequest> {
    check_allowed(current, wanted.to)?;
    if let Some(fault) = time_fault(at, current, tx.now) {
        return Err(Error::invalid(vec![fault]));
    }
    queries::replace_items(tx, current.id, &wanted.items)?;
    let state = State {
        status: wanted.to,
        sent_at: current.sent_at,
        closed_at: Some(at),
        response_text: wanted.response_text.as_deref(),
        override_reason: current.override_reason.as_deref(),
    };
    step(tx, current, &state)
}

/// Writes other fields of a request, whose row is locked: of a draft what is asked, of an answer what it
/// says.
pub(super) fn update(
    tx: &mut Tx<'_>,
    current: &FeedbackRequest,
    changes: &FeedbackRequestChanges,
) -> Result<FeedbackRequest> {
    use FeedbackStatus::{Answered, Cancelled, DeclinedByPolicy, Draft};
    if matches!(current.status, DeclinedByPolicy | Cancelled) {
        let detail = format!("The request is {}.", current.status.as_str());
        return Err(problems::FEEDBACK_REQUEST_CLOSED.because(detail).into());
    }
    let before = FeedbackRequestChanges::from(current);
    let mut faults = Vec::new();
    if current.status != Draft {
        let asked = [
            (
                "/recipient_name",
                before.recipient_name != changes.recipient_name,
            ),
            (
                "/recipient_email",
                before.recipient_email != changes.recipient_email,
            ),
            ("/question", before.question != changes.question),
        ];
        let changed = asked.into_iter().filter(|(_, changed)| *changed);
        faults.extend(changed.map(|(pointer, _)| {
            FieldError::new(pointer, "fixed", "It stays as it was when it was sent.")
        }));
    }
    if current.status != Answered {
        let said = [
            (
                "/response_text",
                before.response_text != changes.response_text,
            ),
            ("/items", before.items != changes.items),
        ];
        let changed = said.into_iter().filter(|(_, changed)| *changed);
        faults.extend(changed.map(|(pointer, _)| {
            FieldError::new(
                pointer,
                "not_applicable",
                "Only once it is answered; the move to answered takes it as well.",
            )
        }));
    }
    if !faults.is_empty() {
        return Err(Error::invalid(faults));
    }
    if before.items != changes.items {
        queries::replace_items(tx, current.id, &changes.items)?;
    }
    let request = queries::update(tx, current.id, changes)?;
    let data = json!({"application_id": current.application_id});
    record(tx, "feedback_request.updated", current.id, data)?;
    Ok(request)
}

/// Writes down the one nudge of a request, whose row is locked.
pub(super) fn nudge(
    tx: &mut Tx<'_>,
    current: &FeedbackRequest,
    at: DateTime<Utc>,
) -> Result<FeedbackRequest> {
    if at > tx.now {
        return Err(Error::invalid_field(
            "/occurred_at",
            "in_future",
            "Not in the future.",
        ));
    }
    rules::check_nudge(current.status, current.sent_at, current.nudged_at, at)
        .map_err(|refusal| refused(refusal, current, tx.now))?;
    let request = queries::set_nudged(tx, current.id, at)?;
    let data = json!({"application_id": current.application_id});
    record(tx, "feedback_request.nudged", current.id, data)?;
    Ok(request)
}

fn refused(refusal: NudgeRefusal, current: &FeedbackRequest, now: DateTime<Utc>) -> Error {
    match refusal {
        NudgeRefusal::NotPossible => problems::NUDGE_NOT_POSSIBLE
            .because(format!("The request is {}.", current.status.as_str()))
            .into(),
        NudgeRefusal::Already => problems::ALREADY_NUDGED
            .because("There was a nudge already.")
            .into(),
        NudgeRefusal::TooEarly { allowed_from } => {
            let problem = problems::NUDGE_TOO_EARLY
                .because("Five days after sending a nudge is in place.")
                .with("nudge_allowed_from", json!(allowed_from));
            let wait = (allowed_from - now).num_milliseconds();
            // A nudge that was made too early in the past does not become better by waiting.
            if wait <= 0 {
                return problem.into();
            }
            let seconds = (wait + 999) / 1000;
            problem.header("Retry-After", seconds.to_string()).into()
        }
    }
}

/// Removes a request, whose row is locked, with what was answered.
pub(super) fn delete(tx: &mut Tx<'_>, current: &FeedbackRequest) -> Result<()> {
    let data = json!({"application_id": current.application_id});
    // They name it no more.
    let left: Vec<Event> = queries::messages_naming(tx.conn, tx.owner, current.id)?
        .into_iter()
        .map(|message| Event::new("message.updated", message).with(data.clone()))
        .collect();
    queries::delete(tx, current.id)?;
    events::record_many(tx, &left)?;
    record(tx, "feedback_request.deleted", current.id, data)
}
