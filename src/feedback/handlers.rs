//! The operations on feedback requests.

use actix_web::{HttpResponse, delete, get, patch, post};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::model::{FeedbackRequest, FeedbackRequestPage};
use super::requests::{
    FeedbackRequestChanges, FeedbackRequestFields, FeedbackRequestMove, NewNudge,
};
use super::rules::FeedbackStatus;
use super::{ideas, moves, queries};
use crate::db::Tx;
use crate::http::answer::Answer;
use crate::http::body::{Body, Patch};
use crate::http::caller::{Caller, Id};
use crate::http::error::Result;
use crate::http::page::{Page, Window};
use crate::http::params::{Params, many};
use crate::http::rules::sane_instant;
use crate::suggestions::{self, SuggestedGoalPage, SuggestionSource};
use crate::text_enum;

text_enum! {
    /// How a list of feedback requests is sorted.
    pub enum FeedbackRequestSort {
        /// Written down last first.
        CreatedAtDescending = "-created_at",
        /// Written down first first.
        CreatedAt = "created_at",
        /// Changed last first.
        UpdatedAtDescending = "-updated_at",
        /// Changed last at the end.
        UpdatedAt = "updated_at",
    }
}

/// Which feedback requests.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FeedbackRequestQuery {
    /// About this application.
    #[garde(skip)]
    pub(super) application_id: Option<Uuid>,
    /// With one of these statuses, as they read now; repeat it or separate by commas.
    #[serde(default, deserialize_with = "many")]
    #[garde(length(max = 6))]
    #[param(max_items = 6)]
    pub(super) status: Vec<FeedbackStatus>,
    /// Created after this instant.
    #[garde(custom(sane_instant))]
    pub(super) created_after: Option<DateTime<Utc>>,
    /// Changed after this instant; what time alone makes `no_answer` is not changed by it.
    #[garde(custom(sane_instant))]
    pub(super) updated_after: Option<DateTime<Utc>>,
    /// The order; written down last first without it.
    #[garde(skip)]
    #[param(inline)]
    sort: Option<FeedbackRequestSort>,
    /// Rows on the page.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 25)]
    limit: Option<i64>,
    /// The next_cursor of the page before.
    #[garde(length(max = 2000))]
    #[param(max_length = 2000)]
    cursor: Option<String>,
}

impl FeedbackRequestQuery {
    /// The page that is asked for.
    pub fn window(&self) -> Result<Window> {
        let sort = self
            .sort
            .unwrap_or(FeedbackRequestSort::CreatedAtDescending);
        Window::new(self.limit, sort.as_str(), self.cursor.as_deref())
    }

    /// Is it one of the few combinations of filters that lists are asked for again and again?
    pub(super) fn is_usual(&self) -> bool {
        self.created_after.is_none() && self.updated_after.is_none()
    }
}

/// Ask for feedback
///
/// A draft about one of your applications: after a rejection, after silence, or after an interview. One
/// request is open for an application at a time; one that had no answer for fourteen days makes room for
/// the next. An address that nobody reads is refused, be it the recipient's or the one that the rejection
/// came from.
#[utoipa::path(tag = "Feedback", request_body = FeedbackRequestFields,
    responses(
        (status = 201, description = "The draft.", body = FeedbackRequest),
        (status = 404, description = "`not_found`: there is no such application."),
        (status = 409, description = "`feedback_request_open`: a request for this application is open; the answer has its `feedback_request_id`."),
        (status = 422, description = "`invalid_fields`: also with `no_reply_address` at `/application_id` or `/recipient_email` when nobody would read the request.")))]
#[post("/v1/feedback-requests")]
pub async fn create_feedback_request(
    caller: Caller,
    body: Body<FeedbackRequestFields>,
) -> Result<HttpResponse> {
    caller
        .post(body.fingerprint, move |tx, _| {
            let request = moves::create(tx, &body.value)?;
            Answer::created(format!("/v1/feedback-requests/{}", request.id), &request)
        })
        .await
}

/// A page of feedback requests.
pub fn page(
    tx: &mut Tx<'_>,
    query: &FeedbackRequestQuery,
    window: &Window,
) -> Result<Page<FeedbackRequest>> {
    let rows = queries::list(tx, query, window)?;
    Ok(window.page(rows, |row| queries::place(row, &window.sort)))
}

/// List feedback requests
///
/// Of all applications, or of one. The status is the one that is read: what was sent fourteen days ago
/// is found as `no_answer`.
#[utoipa::path(tag = "Feedback", params(FeedbackRequestQuery),
    responses((status = 200, description = "A page of feedback requests.", body = FeedbackRequestPage)))]
#[get("/v1/feedback-requests")]
pub async fn list_feedback_requests(
    caller: Caller,
    Params(query): Params<FeedbackRequestQuery>,
) -> Result<HttpResponse> {
    let window = query.window()?;
    caller.list(move |tx| page(tx, &query, &window)).await
}

/// Show a feedback request
///
/// With the day from which one may nudge, the day until which an answer may come, and the answer itself.
/// An unanswered request reads as `no_answer` once that day is over.
#[utoipa::path(tag = "Feedback", params(("id" = Uuid, Path, description = "Id of the feedback request.")),
    responses((status = 200, description = "The feedback request.", body = FeedbackRequest)))]
#[get("/v1/feedback-requests/{id}")]
pub async fn get_feedback_request(caller: Caller, Id(id): Id) -> Result<HttpResponse> {
    caller.get(move |tx| queries::get(tx, id)).await
}

/// Change a feedback request
///
/// A merge patch: null clears a field, an absent one keeps its value. Of a draft, `recipient_name`,
/// `recipient_email` and `question` may change; of an answer, `response_text` and `items`, so that it can
/// be split later. Anything else is 422 with `fixed` or `not_applicable` at the member.
#[utoipa::path(tag = "Feedback", params(("id" = Uuid, Path, description = "Id of the feedback request.")),
    request_body(content((FeedbackRequestChanges = "application/merge-patch+json"), (FeedbackRequestChanges = "application/json"))),
    responses(
        (status = 200, description = "The feedback request.", body = FeedbackRequest),
        (status = 409, description = "`feedback_request_closed`: it was declined or cancelled and stays as it is.")))]
#[patch("/v1/feedback-requests/{id}")]
pub async fn update_feedback_request(
    caller: Caller,
    Id(id): Id,
    patch: Patch<FeedbackRequestChanges>,
) -> Result<HttpResponse> {
    caller
        .change(move |tx, precondition| {
            let current = queries::lock(tx, id)?;
            precondition.check(&current)?;
            let changes = patch.apply(&FeedbackRequestChanges::from(&current))?;
            Answer::resource(&moves::update(tx, &current, &changes)?)
        })
        .await
}

/// Remove a feedback request
///
/// What was answered goes along. Goals that grew from it stay.
#[utoipa::path(tag = "Feedback", params(("id" = Uuid, Path, description = "Id of the feedback request.")),
    responses((status = 204, description = "It is gone.")))]
#[delete("/v1/feedback-requests/{id}")]
pub async fn delete_feedback_request(caller: Caller, Id(id): Id) -> Result<HttpResponse> {
    caller
        .delete(move |tx, precondition| {
            let current = queries::lock(tx, id)?;
            precondition.check(&current)?;
            moves::delete(tx, &current)
        })
        .await
}

/// Move a feedback request
///
/// *Sent* means that you say you sent it. While the rejection cools off, that needs an `override_reason`,
/// which stays visible on the request and on the timeline of the application. An answer is kept word for
/// word, and split into `items` now or later. `no_answer` comes by itself after fourteen days; a late
/// answer is welcome.
#[utoipa::path(tag = "Feedback", params(("id" = Uuid, Path, description = "Id of the feedback request.")),
    request_body = FeedbackRequestMove,
    responses(
        (status = 200, description = "The feedback request after the move.", body = FeedbackRequest),
        (status = 409, description = "`illegal_transition`: the move is not allowed; the answer has `from`, `to` and `allowed`. `cooloff_active`: the rejection still cools off; the answer has `cooloff_until` and `Retry-After`."),
        (status = 422, description = "`invalid_fields`: also with `no_reply_address` at `/application_id` when the rejection came from an address that nobody reads.")))]
#[post("/v1/feedback-requests/{id}/transitions")]
pub async fn transition_feedback_request(
    caller: Caller,
    Id(id): Id,
    body: Body<FeedbackRequestMove>,
) -> Result<HttpResponse> {
    caller
        .post(body.fingerprint, move |tx, precondition| {
            let wanted = &body.value;
            let current = moves::lock_for_move(tx, id, wanted.writes_timeline())?;
            precondition.check(&current)?;
            Answer::resource(&moves::transition(tx, &current, wanted)?)
        })
        .await
}

/// Write down a nudge
///
/// One kind question whether there is news, five days after sending at the earliest, while an answer is
/// still waited for. There is no second one.
#[utoipa::path(tag = "Feedback", params(("id" = Uuid, Path, description = "Id of the feedback request.")),
    request_body = NewNudge,
    responses(
        (status = 200, description = "The feedback request with its nudge.", body = FeedbackRequest),
        (status = 409, description = "`nudge_not_possible`: no answer is waited for. `nudge_too_early`: less than five days have gone by; the answer has `nudge_allowed_from` and `Retry-After`. `already_nudged`: there was one.")))]
#[post("/v1/feedback-requests/{id}/nudges")]
pub async fn create_nudge(
    caller: Caller,
    Id(id): Id,
    body: Body<NewNudge>,
) -> Result<HttpResponse> {
    caller
        .post(body.fingerprint, move |tx, _| {
            let current = queries::lock(tx, id)?;
            let at = body.value.occurred_at.unwrap_or(tx.now);
            Answer::resource(&moves::nudge(tx, &current, at)?)
        })
        .await
}

/// Suggest goals from feedback
///
/// One small goal for each area in which the answer names something to work on, with its reason. Praise
/// suggests nothing, and neither does a request without an answer. To accept one, send its `goal` to
/// `POST /v1/goals`.
#[utoipa::path(tag = "Feedback", params(("id" = Uuid, Path, description = "Id of the feedback request.")),
    responses((status = 200, description = "The suggested goals, all on one page.", body = SuggestedGoalPage)))]
#[get("/v1/feedback-requests/{id}/suggested-goals")]
pub async fn suggest_goals_from_feedback(caller: Caller, Id(id): Id) -> Result<HttpResponse> {
    caller
        .list(move |tx| {
            let request = queries::get(tx, id)?;
            let ideas = ideas::suggest(&request.items);
            Ok(suggestions::page(
                ideas,
                SuggestionSource::FeedbackRequest,
                id,
            ))
        })
        .await
}
