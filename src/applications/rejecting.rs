//! Rejections as far as they touch an application: one that is written down rejects it, and what is done
//! in spite of the cool-off stays visible on its timeline.

use actix_web::{HttpResponse, post};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::moves::{self, WantedMove};
use super::queries;
use super::rules::Status;
use super::timeline::NewNote;
use crate::account::preferences;
use crate::db::Tx;
use crate::http::answer::Answer;
use crate::http::body::Body;
use crate::http::caller::{Caller, Id};
use crate::http::error::{Error, Result};
use crate::http::rules::sane_instant;
use crate::rejections::{
    self, Channel, ReasonBasis, ReasonCode, Rejection, RejectionAnswer, RejectionState,
    ReplyAddress, StageReached,
};

/// A rejection to write down.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "application_id": "019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55", "channel": "email", "reply_address": "person",
    "reason_code": "experience", "reason_text": "We went with someone who has run clusters of this size before."
}))]
pub struct NewRejection {
    /// The application that is rejected by it.
    #[garde(skip)]
    #[schema(example = "019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55")]
    application_id: Uuid,
    /// When it came, if not now: neither in the future nor before the last step of the application.
    #[garde(custom(sane_instant))]
    #[schema(example = "2026-03-12T09:00:00Z")]
    received_at: Option<DateTime<Utc>>,
    /// On which way it came.
    #[garde(skip)]
    channel: Option<Channel>,
    /// Who reads a reply.
    #[garde(skip)]
    reply_address: Option<ReplyAddress>,
    /// How far the application had come; what its timeline says without it.
    #[garde(skip)]
    stage_reached: Option<StageReached>,
    /// Why, in one word; `not_stated` without it.
    #[garde(skip)]
    reason_code: Option<ReasonCode>,
    /// How the reason is known. Without it a reason with a text is stated, another one inferred.
    #[garde(skip)]
    reason_basis: Option<ReasonBasis>,
    /// Why, in the company's words.
    #[garde(length(chars, min = 1, max = 5000))]
    #[schema(
        min_length = 1,
        max_length = 5000,
        example = "We went with someone who has run clusters of this size before."
    )]
    reason_text: Option<String>,
    /// What to remember of it, for the timeline of the application.
    #[garde(length(chars, min = 1, max = 5000))]
    #[schema(
        min_length = 1,
        max_length = 5000,
        example = "A friendly mail from the team lead."
    )]
    note: Option<String>,
}

impl From<NewRejection> for WantedMove {
    fn from(new: NewRejection) -> Self {
        Self {
            occurred_at: new.received_at,
            note: new.note,
            rejection: rejections::Details {
                channel: new.channel,
                reply_address: new.reply_address,
                stage_reached: new.stage_reached,
                reason_code: new.reason_code,
                reason_basis: new.reason_basis,
                reason_text: new.reason_text,
            },
            ..Self::to(Status::Rejected)
        }
    }
}

/// A move of a rejection.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"to": "closed", "note": "The posting is gone; I leave it at that."}))]
pub struct RejectionMove {
    /// Where to: `replied` or `closed`. The rest is a matter of time.
    #[garde(skip)]
    #[schema(example = "closed")]
    to: RejectionState,
    /// When it happened, if not now: neither in the future nor before the rejection came.
    #[garde(custom(sane_instant))]
    #[schema(example = "2026-03-13T10:00:00Z")]
    occurred_at: Option<DateTime<Utc>>,
    /// What to remember of it, for the timeline of the application.
    #[garde(length(chars, min = 1, max = 5000))]
    #[schema(
        min_length = 1,
        max_length = 5000,
        example = "The posting is gone; I leave it at that."
    )]
    note: Option<String>,
    /// Why a reply could not wait for the end of the cool-off. It stays visible on the timeline.
    #[garde(length(chars, min = 10, max = 2000))]
    #[schema(
        min_length = 10,
        max_length = 2000,
        example = "They asked me to confirm today that I may be kept on file."
    )]
    override_reason: Option<String>,
}

/// Write down a rejection
///
/// It rejects the application, as a move to `rejected` does, and tells more about it. The rejection cools
/// off first, for as long as your preferences say; then a reply may go out.
#[utoipa::path(tag = "Rejections", request_body = NewRejection,
    responses(
        (status = 201, description = "The rejection.", body = RejectionAnswer),
        (status = 404, description = "`not_found`: there is no such application."),
        (status = 409, description = "`illegal_transition`: the application cannot become rejected; the answer has `from`, `to`, `allowed` and `allowed_by_reopen`.")))]
#[post("/v1/rejections")]
pub async fn create_rejection(caller: Caller, body: Body<NewRejection>) -> Result<HttpResponse> {
    let id = body.value.application_id;
    let wanted = WantedMove::from(body.value);
    caller
        .post(body.fingerprint, move |tx, _| {
            let rejection = reject(tx, id, &wanted)?;
            let location = format!("/v1/rejections/{}", rejection.id);
            Answer::created(location, &RejectionAnswer::at(rejection, tx.now))
        })
        .await
}

fn reject(tx: &mut Tx<'_>, application: Uuid, wanted: &WantedMove) -> Result<Rejection> {
    let current = queries::find_locked(tx.conn, tx.owner, application)?
        .ok_or_else(|| Error::unknown_reference("/application_id"))?;
    let preferences = preferences(tx.conn, tx.owner)?;
    moves::record_move(tx, &current, wanted, &preferences)
        .map_err(|error| error.about("/occurred_at", "/received_at"))?;
    rejections::standing(tx.conn, tx.owner, application)?
        .ok_or_else(|| Error::internal("a rejected application without a rejection"))
}

/// Move a rejection
///
/// To `replied` when you replied on a way of your own (sending a message of kind `rejection_reply` does it by
/// itself), to `closed` when you leave it at that. Inside the cool-off `replied` needs an `override_reason`.
#[utoipa::path(tag = "Rejections", params(("id" = Uuid, Path, description = "Id of the rejection.")),
    request_body = RejectionMove,
    responses(
        (status = 200, description = "The rejection after the move.", body = RejectionAnswer),
        (status = 409, description = "`illegal_transition`: the move is not allowed; the answer has `from`, `to` and `allowed`.\n`cooloff_active`: it still cools off; the answer has `cooloff_until`.")))]
#[post("/v1/rejections/{id}/transitions")]
pub async fn transition_rejection(
    caller: Caller,
    Id(id): Id,
    body: Body<RejectionMove>,
) -> Result<HttpResponse> {
    let wanted = body.value;
    caller
        .post(body.fingerprint, move |tx, precondition| {
            let current = rejections::lock(tx.conn, tx.owner, id)?;
            precondition.check(&current)?;
            let moved = transition(tx, &current, &wanted)?;
            Answer::resource(&RejectionAnswer::at(moved, tx.now))
        })
        .await
}

fn transition(tx: &mut Tx<'_>, current: &Rejection, wanted: &RejectionMove) -> Result<Rejection> {
    let at = wanted.occurred_at.unwrap_or(tx.now);
    check_instant(current, at, tx.now)?;
    let moved = rejections::transition(tx, current, wanted.to, at)?;
    if moved.state(tx.now) == RejectionState::Replied
        && let Err(active) = rejections::check_cooloff(current, at, tx.now)
    {
        let reason = wanted.override_reason.as_deref().ok_or(active)?;
        moves::record_override(tx, current.application_id, reason)?;
    }
    if let Some(text) = &wanted.note {
        let note = NewNote {
            note: text.clone(),
            occurred_at: Some(at),
        };
        moves::add_note(tx, current.application_id, &note)?;
    }
    Ok(moved)
}

fn check_instant(current: &Rejection, at: DateTime<Utc>, now: DateTime<Utc>) -> Result<()> {
    let refusal = if at > now {
        ("in_future", "Not in the future.")
    } else if current.received_at.is_some_and(|received| at < received) {
        ("before_previous", "Not before the rejection came.")
    } else {
        return Ok(());
    };
    Err(Error::invalid_field("/occurred_at", refusal.0, refusal.1))
}
