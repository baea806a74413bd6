//! The operations on messages.

use actix_web::{HttpResponse, delete, get, patch, post};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::MessageKind;
use super::model::{Message, MessageFields, MessageMove, MessagePage, NewMessage};
use super::rules::{self, MessageStatus};
use super::{moves, queries};
use crate::http::answer::Answer;
use crate::http::body::{Body, Patch};
use crate::http::caller::{Caller, Id};
use crate::http::error::Result;
use crate::http::page::{Page, Window};
use crate::http::params::{Params, many};
use crate::http::rules::sane_instant;
use crate::text_enum;

text_enum! {
    /// How a list of messages is sorted.
    pub enum MessageSort {
        /// Newest first.
        CreatedAtDescending = "-created_at",
        /// Oldest first.
        CreatedAt = "created_at",
        /// Changed last first.
        UpdatedAtDescending = "-updated_at",
        /// Changed last at the end.
        UpdatedAt = "updated_at",
    }
}

/// Which messages.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MessageQuery {
    /// Of one of these kinds; repeat it or separate by commas.
    #[serde(default, deserialize_with = "many")]
    #[garde(length(max = 4))]
    #[param(max_items = 4)]
    pub(super) kind: Vec<MessageKind>,
    /// With one of these statuses; repeat it or separate by commas.
    #[serde(default, deserialize_with = "many")]
    #[garde(length(max = 4))]
    #[param(max_items = 4)]
    pub(super) status: Vec<MessageStatus>,
    /// About this application.
    #[garde(skip)]
    pub(super) application_id: Option<Uuid>,
    /// Created after this instant.
    #[garde(custom(sane_instant))]
    pub(super) created_after: Option<DateTime<Utc>>,
    /// Changed after this instant.
    #[garde(custom(sane_instant))]
    pub(super) updated_after: Option<DateTime<Utc>>,
    /// The order; newest first without it.
    #[garde(skip)]
    #[param(inline)]
    sort: Option<MessageSort>,
    /// Rows on the page.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 25)]
    limit: Option<i64>,
    /// The next_cursor of the page before.
    #[garde(length(max = 2000))]
    #[param(max_length = 2000)]
    cursor: Option<String>,
}

impl MessageQuery {
    /// Is it one of the few combinations of filters that lists are asked for again and again?
    pub(super) fn is_usual(&self) -> bool {
        self.created_after.is_none() && self.updated_after.is_none()
    }
}

/// Write a message
///
/// Either from a template (`template_id` and `variables`) or in your own words (`kind` and `body`, mostly
/// with a `subject`). It begins as a draft. Placeholders that stay open are found by the tone check.
/// Nothing is sent: `mailto_url` opens the message in your mail program.
#[utoipa::path(tag = "Messages", request_body = NewMessage,
    responses(
        (status = 201, description = "The message.", body = Message),
        (status = 404, description = "`not_found`: there is no such template, application or feedback request.")))]
#[post("/v1/messages")]
pub async fn create_message(caller: Caller, body: Body<NewMessage>) -> Result<HttpResponse> {
    caller
        .post(body.fingerprint, move |tx, _| {
            let message = Message::from(moves::create(tx, body.value)?);
            Answer::created(format!("/v1/messages/{}", message.id), &message)
        })
        .await
}

/// List messages
///
/// Newest first unless sorted otherwise. The filters narrow the list together.
#[utoipa::path(tag = "Messages", params(MessageQuery),
    responses((status = 200, description = "A page of messages.", body = MessagePage)))]
#[get("/v1/messages")]
pub async fn list_messages(
    caller: Caller,
    Params(query): Params<MessageQuery>,
) -> Result<HttpResponse> {
    let sort = query.sort.unwrap_or(MessageSort::CreatedAtDescending);
    let window = Window::new(query.limit, sort.as_str(), query.cursor.as_deref())?;
    caller
        .list(move |tx| {
            let rows = queries::list(tx.conn, tx.owner, &query, &window)?;
            let page = window.page(rows, |row| queries::place(row, &window.sort));
            Ok(Page {
                data: page.data.into_iter().map(Message::from).collect(),
                next_cursor: page.next_cursor,
            })
        })
        .await
}

/// Show a message
///
/// With what the tone check says of it now and, once it has a recipient, the `mailto_url` that opens it in a
/// mail program.
#[utoipa::path(tag = "Messages", params(("id" = Uuid, Path, description = "Id of the message.")),
    responses((status = 200, description = "The message.", body = Message)))]
#[get("/v1/messages/{id}")]
pub async fn get_message(caller: Caller, Id(id): Id) -> Result<HttpResponse> {
    caller
        .get(move |tx| queries::get(tx.conn, tx.owner, id).map(Message::from))
        .await
}

/// Change a message
///
/// A merge patch: null clears a field, an absent one keeps its value. What was sent or discarded stays as
/// it is. The status changes by `POST /v1/messages/{id}/transitions` only.
#[utoipa::path(tag = "Messages", params(("id" = Uuid, Path, description = "Id of the message.")),
    request_body(content((MessageFields = "application/merge-patch+json"), (MessageFields = "application/json"))),
    responses(
        (status = 200, description = "The message.", body = Message),
        (status = 409, description = "`message_immutable`: it was sent or discarded.")))]
#[patch("/v1/messages/{id}")]
pub async fn update_message(
    caller: Caller,
    Id(id): Id,
    patch: Patch<MessageFields>,
) -> Result<HttpResponse> {
    caller
        .change(move |tx, precondition| {
            let current = queries::lock(tx.conn, tx.owner, id)?;
            precondition.check(&current)?;
            rules::check_open(current.status)?;
            let fields = patch.apply(&MessageFields::from(&current))?;
            Answer::resource(&Message::from(moves::update(tx, &current, fields)?))
        })
        .await
}

/// Remove a message
///
/// One that was sent goes too; what it led to stays.
#[utoipa::path(tag = "Messages", params(("id" = Uuid, Path, description = "Id of the message.")),
    responses((status = 204, description = "It is gone.")))]
#[delete("/v1/messages/{id}")]
pub async fn delete_message(caller: Caller, Id(id): Id) -> Result<HttpResponse> {
    caller
        .delete(move |tx, precondition| {
            let current = queries::lock(tx.conn, tx.owner, id)?;
            precondition.check(&current)?;
            moves::delete(tx, &current)
        })
        .await
}

/// Move a message
///
/// From `draft` to `ready`, and to `sent` once you have sent it; or to `discarded`. A `rejection_reply` or
/// `feedback_request` about an application whose rejection still cools off, and whatever the tone check
/// holds back, is sent only with an `override_reason`. A sent `rejection_reply` makes its rejection
/// `replied`; a sent `feedback_request` sends the feedback request that it names, under the rules of that one.
#[utoipa::path(tag = "Messages", params(("id" = Uuid, Path, description = "Id of the message.")),
    request_body = MessageMove,
    responses(
        (status = 200, description = "The message after the move.", body = Message),
        (status = 409, description = "`illegal_transition`: the move is not allowed; the answer has `from`, `to` and `allowed`.\n`cooloff_active`: the rejection still cools off; the answer has `cooloff_until`, a `Retry-After`, and `findings` when the tone check holds the message back as well.\n`tone_blocked`: the tone check holds it back; the answer has its `findings`.")))]
#[post("/v1/messages/{id}/transitions")]
pub async fn transition_message(
    caller: Caller,
    Id(id): Id,
    body: Body<MessageMove>,
) -> Result<HttpResponse> {
    caller
        .post(body.fingerprint, move |tx, precondition| {
            let current = moves::lock(tx, id)?;
            precondition.check(&current)?;
            let moved = moves::transition(tx, &current, &body.value)?;
            Answer::resource(&Message::from(moved))
        })
        .await
}
