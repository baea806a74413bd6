//! Writing and moving messages. Each function does one thing in the running transaction, with its events.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::MessageKind;
use super::model::{MessageFields, MessageMove, NewMessage, StoredMessage};
use super::queries;
use super::rules::{self, MessageStatus};
use super::templates::{self, Template, fill_in};
use crate::account::display_name;
use crate::applications::{self, NewNote};
use crate::db::Tx;
use crate::events::{self, Event};
use crate::feedback;
use crate::http::error::{Error, FieldError, Result};
use crate::http::problems;
use crate::rejections;

fn record(tx: &mut Tx<'_>, kind: &'static str, row: &StoredMessage, more: Value) -> Result<()> {
    let mut data = json!({"application_id": row.application_id, "kind": row.kind});
    if let (Value::Object(data), Value::Object(more)) = (&mut data, more) {
        data.extend(more);
    }
    events::record(tx, &Event::new(kind, row.id).with(data))
}

/// What a body refers to: unknown there is 404 with its place.
fn referred<T>(found: Result<T>, pointer: &str) -> Result<T> {
    found.map_err(|error| match error.to_problem().kind {
        problems::NOT_FOUND => Error::unknown_reference(pointer),
        _ => error,
    })
}

/// Writes a message, in the user's own words or from a template.
pub fn create(tx: &mut Tx<'_>, wanted: NewMessage) -> Result<StoredMessage> {
    let template = wanted.template_id;
    let template = template
        .map(|id| templates::find(tx.conn, tx.owner, id))
        .transpose();
    let template = referred(template, "/template_id")?;
    let kind = kind_of(&wanted, template.as_ref())?;
    let application_id =
        application_of(tx, kind, wanted.application_id, wanted.feedback_request_id)?;
    let (subject, body) = match &template {
        Some(template) => words_of(tx, template, &wanted, application_id)?,
        None => (
            wanted.subject,
            wanted.body.ok_or_else(|| required("/body"))?,
        ),
    };
    let fields = MessageFields {
        application_id,
        feedback_request_id: wanted.feedback_request_id,
        recipient_name: wanted.recipient_name,
        recipient_email: wanted.recipient_email,
        subject,
        body,
    };
    let row = queries::insert(tx, kind, wanted.template_id, &fields)?;
    record(tx, "message.created", &row, Value::Null)?;
    Ok(row)
}

fn required(pointer: &str) -> Error {
    Error::invalid_field(pointer, "required", "This member is required.")
}

fn kind_of(wanted: &NewMessage, template: Option<&Template>) -> Result<MessageKind> {
    match (template, wanted.kind) {
        (Some(template), Some(kind)) if kind != template.kind => Err(Error::invalid_field(
            "/kind",
            "contradiction",
            format!("The template is for a {}.", template.kind.as_str()),
        )),
        (Some(template), _) => Ok(template.kind),
        (None, kind) => kind.ok_or_else(|| required("/kind")),
    }
}

/// The application of a message: the one that is named, or that of its feedback request.
fn application_of(
    tx: &mut Tx<'_>,
    kind: MessageKind,
    application: Option<Uuid>,
    request: Option<Uuid>,
) -> Result<Option<Uuid>> {
    let pointer = "/feedback_request_id";
    let Some(request) = request else {
        return Ok(application);
    };
    if kind != MessageKind::FeedbackRequest {
        let words = "Only a message of kind feedback_request sends a feedback request.";
        return Err(Error::invalid_field(pointer, "wrong_kind", words));
    }
    let found = feedback::application_of(tx.conn, tx.owner, request);
    let its_own = referred(found, pointer)?;
    if application.is_some_and(|it| it != its_own) {
        let words = "The feedback request is about another application.";
        return Err(Error::invalid_field(pointer, "other_application", words));
    }
    Ok(Some(its_own))
}

/// Subject and body from a template, with what is known filled in.
fn words_of(
    tx: &mut Tx<'_>,
    template: &Template,
    wanted: &NewMessage,
    application: Option<Uuid>,
) -> Result<(Option<String>, String)> {
    let mut known = vec![
        ("recipient_name", wanted.recipient_name.clone()),
        ("sender_name", display_name(tx.conn, tx.owner)?),
    ];
    if let Some(id) = application {
        let found = applications::get(tx.conn, tx.owner, id);
        let application = referred(found, "/application_id")?;
        known.push(("company", Some(application.company)));
        known.push(("job_title", Some(application.job_title)));
    }
    let given = &wanted.variables.0;
    let mut values: BTreeMap<String, String> = known
        .into_iter()
        .filter(|(name, _)| template.placeholders.contains(name))
        // A name that was written on two lines fits into a subject all the same.
        .filter_map(|(name, value)| Some((name.to_owned(), on_one_line(&value?))))
        .collect();
    values.extend(given.clone());
    let unknown = given
        .keys()
        .filter(|name| !template.placeholders.contains(name));
    let mut faults: Vec<FieldError> = unknown
        .map(|name| {
            let words = "The template has no such placeholder.";
            FieldError::new(templates::pointer_to(name), "unknown_variable", words)
        })
        .collect();
    match fill_in(template.subject.as_deref(), &template.body, &values) {
        Ok(filled) if faults.is_empty() => Ok((filled.subject, filled.body)),
        Ok(_) => Err(Error::invalid(faults)),
        Err(more) => {
            faults.extend(more);
            Err(Error::invalid(faults))
        }
    }
}

fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Writes other fields of a message, whose row is locked and which is neither sent nor discarded.
pub(super) fn update(
    tx: &mut Tx<'_>,
    current: &StoredMessage,
    mut fields: MessageFields,
) -> Result<StoredMessage> {
    fields.application_id = application_of(
        tx,
        current.kind,
        fields.application_id,
        fields.feedback_request_id,
    )?;
    let row = queries::update(tx, current.id, &fields)?;
    record(tx, "message.updated", &row, Value::Null)?;
    Ok(row)
}

/// Removes a message, whose row is locked.
pub(super) fn delete(tx: &mut Tx<'_>, row: &StoredMessage) -> Result<()> {
    queries::delete(tx, row.id)?;
    record(tx, "message.deleted", row, Value::Null)
}

/// A message that is to be moved, locked with its application.
///
/// The application goes first, as it does when it moves or is removed: so nobody waits for the other in a
/// circle, and it is not rejected or reopened between a guard and its effect.
pub(super) fn lock(tx: &mut Tx<'_>, id: Uuid) -> Result<StoredMessage> {
    let seen = queries::get(tx.conn, tx.owner, id)?.application_id;
    if let Some(application) = seen {
        applications::lock(tx.conn, tx.owner, application)?;
    }
    let row = queries::lock(tx.conn, tx.owner, id)?;
    if row.application_id == seen {
        return Ok(row);
    }
    Err(problems::CONFLICT
        .because("The message was moved to another application in between.")
        .into())
}

/// Moves a message, whose row and application are locked.
///
/// Sending has its guards, the cool-off of a rejection and the tone check; both hold before anything has
/// an effect. A reply then marks its rejection as replied, a request for feedback sends its feedback
/// request under the guards of that one.
pub fn transition(
    tx: &mut Tx<'_>,
    row: &StoredMessage,
    wanted: &MessageMove,
) -> Result<StoredMessage> {
    rules::check_move(row.status, wanted.to)?;
    let at = wanted.occurred_at.unwrap_or(tx.now);
    check_details(row, wanted, at, tx.now)?;
    let moved = match wanted.to {
        MessageStatus::Sent => {
            let reason = send(tx, row, at, wanted.override_reason.as_deref())?;
            queries::set_sent(tx, row.id, at, reason)?
        }
        other => queries::set_status(tx, row.id, other)?,
    };
    if let (Some(application), Some(note)) = (row.application_id, &wanted.note) {
        let note = NewNote {
            note: note.clone(),
            occurred_at: Some(at),
        };
        applications::add_note(tx, application, &note)?;
    }
    let more = json!({"from": row.status, "to": wanted.to});
    record(tx, "message.transitioned", &moved, more)?;
    Ok(moved)
}

fn check_details(
    row: &StoredMessage,
    wanted: &MessageMove,
    at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut faults = Vec::new();
    if at > now {
        faults.push(FieldError::new(
            "/occurred_at",
            "in_future",
            "Not in the future.",
        ));
    }
    if wanted.note.is_some() && row.application_id.is_none() {
        let words =
            "A note goes on the timeline of an application, and this message is about none.";
        faults.push(FieldError::new("/note", "no_application", words));
    }
    match faults.is_empty() {
        true => Ok(()),
        false => Err(Error::invalid(faults)),
    }
}

/// What sending means for others; the reason is given back when a guard needed it.
fn send<'r>(
    tx: &mut Tx<'_>,
    row: &StoredMessage,
    at: DateTime<Utc>,
    reason: Option<&'r str>,
) -> Result<Option<&'r str>> {
    let rejection = match row.application_id {
        Some(application) => rejections::standing(tx.conn, tx.owner, application)?,
        None => None,
    };
    let guards = rules::check_sending(row.kind, &row.tone(), rejection.as_ref(), at, tx.now);
    let reason = match (guards, reason) {
        (Ok(()), _) => None,
        (Err(_), Some(reason)) => Some(reason),
        (Err(refusal), None) => return Err(refusal),
    };
    let mut noted = false;
    if let Some(request) = row.feedback_request_id {
        // It writes the reason on the timeline itself when the cool-off asked for one.
        let request = feedback::send(tx, request, at, reason)?;
        noted = request.override_reason.is_some();
    }
    if let (MessageKind::RejectionReply, Some(rejection)) = (row.kind, &rejection) {
        rejections::mark_replied(tx, rejection, at)?;
    }
    if let (Some(application), Some(reason), false) = (row.application_id, reason, noted) {
        applications::record_override(tx, application, reason)?;
    }
    Ok(reason)
}
