//! The operations on interviews.

use actix_web::{HttpResponse, delete, get, patch, post};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;
use uuid::Uuid;

use super::model::{Interview, InterviewFields, InterviewOutcome, InterviewPage};
use super::queries;
use crate::db::Tx;
use crate::events::{self, Event};
use crate::http::answer::Answer;
use crate::http::body::{Body, Patch};
use crate::http::caller::{Caller, Id};
use crate::http::error::Result;
use crate::http::page::Window;
use crate::http::params::{Params, many};
use crate::http::rules::sane_instant;
use crate::text_enum;

text_enum! {
    /// How a list of interviews is sorted.
    pub enum InterviewSort {
        /// Written down last first.
        CreatedAtDescending = "-created_at",
        /// Written down first first.
        CreatedAt = "created_at",
        /// The latest first.
        ScheduledAtDescending = "-scheduled_at",
        /// The earliest first.
        ScheduledAt = "scheduled_at",
    }
}

/// Which interviews.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct InterviewQuery {
    /// Of this application.
    #[garde(skip)]
    pub(super) application_id: Option<Uuid>,
    /// Beginning at this instant or later.
    #[garde(custom(sane_instant))]
    pub(super) from: Option<DateTime<Utc>>,
    /// Beginning at this instant or earlier.
    #[garde(custom(sane_instant))]
    pub(super) to: Option<DateTime<Utc>>,
    /// With one of these outcomes; repeat it or separate by commas.
    #[serde(default, deserialize_with = "many")]
    #[garde(length(max = 4))]
    #[param(max_items = 4)]
    pub(super) outcome: Vec<InterviewOutcome>,
    /// Created after this instant.
    #[garde(custom(sane_instant))]
    pub(super) created_after: Option<DateTime<Utc>>,
    /// Changed after this instant.
    #[garde(custom(sane_instant))]
    pub(super) updated_after: Option<DateTime<Utc>>,
    /// The order; written down last first without it.
    #[garde(skip)]
    #[param(inline)]
    sort: Option<InterviewSort>,
    /// Rows on the page.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 25)]
    limit: Option<i64>,
    /// The next_cursor of the page before.
    #[garde(length(max = 2000))]
    #[param(max_length = 2000)]
    cursor: Option<String>,
}

impl InterviewQuery {
    /// Is it one of the few combinations of filters that lists are asked for again and again?
    pub(super) fn is_usual(&self) -> bool {
        self.created_after.is_none() && self.updated_after.is_none()
    }
}

fn record(tx: &mut Tx<'_>, kind: &'static str, interview: &Interview) -> Result<()> {
    let event =
        Event::new(kind, interview.id).with(json!({"application_id": interview.application_id}));
    events::record(tx, &event)
}

/// Add an interview
///
/// A round of one of your applications. The status of the application stays as it is; move it by
/// `POST /v1/applications/{id}/transitions`.
#[utoipa::path(tag = "Interviews", request_body = InterviewFields,
    responses(
        (status = 201, description = "The interview.", body = Interview),
        (status = 404, description = "`not_found`: there is no such application.")))]
#[post("/v1/interviews")]
pub async fn create_interview(caller: Caller, body: Body<InterviewFields>) -> Result<HttpResponse> {
    caller
        .post(body.fingerprint, move |tx, _| {
            let interview = queries::insert(tx, &body.value)?;
            record(tx, "interview.created", &interview)?;
            Answer::created(format!("/v1/interviews/{}", interview.id), &interview)
        })
        .await
}

/// List interviews
///
/// Of all applications, or of one.
#[utoipa::path(tag = "Interviews", params(InterviewQuery),
    responses((status = 200, description = "A page of interviews.", body = InterviewPage)))]
#[get("/v1/interviews")]
pub async fn list_interviews(
    caller: Caller,
    Params(query): Params<InterviewQuery>,
) -> Result<HttpResponse> {
    let sort = query.sort.unwrap_or(InterviewSort::CreatedAtDescending);
    let window = Window::new(query.limit, sort.as_str(), query.cursor.as_deref())?;
    let select = move |owner, _, window: &Window| queries::list(owner, &query, window);
    caller.list_found(window, select, queries::place).await
}

/// Show an interview
///
/// One round of an application, with its outcome so far.
#[utoipa::path(tag = "Interviews", params(("id" = Uuid, Path, description = "Id of the interview.")),
    responses((status = 200, description = "The interview.", body = Interview)))]
#[get("/v1/interviews/{id}")]
pub async fn get_interview(caller: Caller, Id(id): Id) -> Result<HttpResponse> {
    caller.get_one(move |owner| queries::one(owner, id)).await
}

/// Change an interview
///
/// A merge patch: null clears a field, an absent one keeps its value.
#[utoipa::path(tag = "Interviews", params(("id" = Uuid, Path, description = "Id of the interview.")),
    request_body(content((InterviewFields = "application/merge-patch+json"), (InterviewFields = "application/json"))),
    responses((status = 200, description = "The interview.", body = Interview)))]
#[patch("/v1/interviews/{id}")]
pub async fn update_interview(
    caller: Caller,
    Id(id): Id,
    patch: Patch<InterviewFields>,
) -> Result<HttpResponse> {
    caller
        .change(move |tx, precondition| {
            let current = queries::lock(tx.conn, tx.owner, id)?;
            precondition.check(&current)?;
            let fields = patch.apply(&InterviewFields::from(&current))?;
            let interview = queries::update(tx, id, &fields)?;
            record(tx, "interview.updated", &interview)?;
            Answer::resource(&interview)
        })
        .await
}

/// Remove an interview
///
/// For a round that was entered by mistake. One that did not take place is better kept with the outcome
/// `cancelled`: it belongs to the history of the application.
#[utoipa::path(tag = "Interviews", params(("id" = Uuid, Path, description = "Id of the interview.")),
    responses((status = 204, description = "It is gone.")))]
#[delete("/v1/interviews/{id}")]
pub async fn delete_interview(caller: Caller, Id(id): Id) -> Result<HttpResponse> {
    caller
        .delete(move |tx, precondition| {
            let current = queries::lock(tx.conn, tx.owner, id)?;
            precondition.check(&current)?;
            queries::delete(tx, id)?;
            record(tx, "interview.deleted", &current)
        })
        .await
}
