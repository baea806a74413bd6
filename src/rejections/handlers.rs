//! The operations on rejections that touch nothing else. Those that write to an application's timeline as
//! well are served by `applications`.

use actix_web::{HttpResponse, get, patch};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::model::{RejectionAnswer, RejectionFields, RejectionPage};
use super::rules::{ReasonCode, RejectionState, StageReached};
use super::{queries, update};
use crate::http::answer::{self, Answer};
use crate::http::body::Patch;
use crate::http::caller::{Caller, Id};
use crate::http::error::Result;
use crate::http::page::Window;
use crate::http::params::{Params, many};
use crate::http::rules::sane_instant;
use crate::text_enum;

text_enum! {
    /// How a list of rejections is sorted.
    pub enum RejectionSort {
        /// Written down last first.
        CreatedAtDescending = "-created_at",
        /// Written down first first.
        CreatedAt = "created_at",
        /// Received last first; without a day at the end.
        ReceivedAtDescending = "-received_at",
        /// Received first first; without a day first.
        ReceivedAt = "received_at",
    }
}

/// Which rejections.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RejectionQuery {
    /// Of this application: the standing one and those that a reopen or a correction superseded.
    #[garde(skip)]
    pub(super) application_id: Option<Uuid>,
    /// In one of these states; repeat it or separate by commas.
    #[serde(default, deserialize_with = "many")]
    #[garde(length(max = 4))]
    #[param(max_items = 4)]
    pub(super) state: Vec<RejectionState>,
    /// At one of these stages; repeat it or separate by commas.
    #[serde(default, deserialize_with = "many")]
    #[garde(length(max = 6))]
    #[param(max_items = 6)]
    pub(super) stage_reached: Vec<StageReached>,
    /// For one of these reasons; repeat it or separate by commas.
    #[serde(default, deserialize_with = "many")]
    #[garde(length(max = 16))]
    #[param(max_items = 16)]
    pub(super) reason_code: Vec<ReasonCode>,
    /// Created after this instant.
    #[garde(custom(sane_instant))]
    pub(super) created_after: Option<DateTime<Utc>>,
    /// Changed after this instant.
    #[garde(custom(sane_instant))]
    pub(super) updated_after: Option<DateTime<Utc>>,
    /// The order; written down last first without it.
    #[garde(skip)]
    #[param(inline)]
    sort: Option<RejectionSort>,
    /// Rows on the page.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 25)]
    limit: Option<i64>,
    /// The next_cursor of the page before.
    #[garde(length(max = 2000))]
    #[param(max_length = 2000)]
    cursor: Option<String>,
}

impl RejectionQuery {
    /// Is it one of the few combinations of filters that lists are asked for again and again?
    pub(super) fn is_usual(&self) -> bool {
        self.created_after.is_none() && self.updated_after.is_none()
    }
}

/// List rejections
///
/// Of all applications, or of one.
#[utoipa::path(tag = "Rejections", params(RejectionQuery),
    responses((status = 200, description = "A page of rejections.", body = RejectionPage)))]
#[get("/v1/rejections")]
pub async fn list_rejections(
    caller: Caller,
    Params(query): Params<RejectionQuery>,
) -> Result<HttpResponse> {
    let sort = query.sort.unwrap_or(RejectionSort::CreatedAtDescending);
    let window = Window::new(query.limit, sort.as_str(), query.cursor.as_deref())?;
    let select = move |owner, now, window: &Window| queries::list(owner, now, &query, window);
    let now = caller.now();
    let page = caller.find_page(window, select, queries::place).await?;
    answer::page(
        caller.request(),
        &page.map(|row| RejectionAnswer::at(row, now)),
    )
}

/// Show a rejection
///
/// Its state is the one of this moment: `cooling_off` becomes `ready` by time alone.
#[utoipa::path(tag = "Rejections", params(("id" = Uuid, Path, description = "Id of the rejection.")),
    responses((status = 200, description = "The rejection.", body = RejectionAnswer)))]
#[get("/v1/rejections/{id}")]
pub async fn get_rejection(caller: Caller, Id(id): Id) -> Result<HttpResponse> {
    let rejection = caller
        .find_one(move |owner| queries::one(owner, id))
        .await?;
    let shown = RejectionAnswer::at(rejection, caller.now());
    Ok(Answer::resource(&shown)?.respond(caller.request()))
}

/// Change a rejection
///
/// A merge patch: null clears a field, an absent one keeps its value. To take a rejection back, correct
/// the application instead.
#[utoipa::path(tag = "Rejections", params(("id" = Uuid, Path, description = "Id of the rejection.")),
    request_body(content((RejectionFields = "application/merge-patch+json"), (RejectionFields = "application/json"))),
    responses((status = 200, description = "The rejection.", body = RejectionAnswer)))]
#[patch("/v1/rejections/{id}")]
pub async fn update_rejection(
    caller: Caller,
    Id(id): Id,
    patch: Patch<RejectionFields>,
) -> Result<HttpResponse> {
    caller
        .change(move |tx, precondition| {
            let current = queries::lock(tx.conn, tx.owner, id)?;
            precondition.check(&current)?;
            let fields = patch.apply(&RejectionFields::from(&current))?;
            let changed = update(tx, &current, fields)?;
            Answer::resource(&RejectionAnswer::at(changed, tx.now))
        })
        .await
}
