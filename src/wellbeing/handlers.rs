//! The operations on wellbeing check-ins.

use actix_web::{HttpResponse, delete, get, patch, post};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::Deserialize;
use utoipa::IntoParams;

use super::changes::{self, PATH};
use super::model::{WellbeingCheckIn, WellbeingCheckInFields, WellbeingCheckInPage};
use super::queries;
use crate::db::Tx;
use crate::http::answer::Answer;
use crate::http::body::{Body, Patch};
use crate::http::caller::{Caller, Id};
use crate::http::error::Result;
use crate::http::page::{Page, Window};
use crate::http::params::Params;
use crate::http::rules::sane_instant;
use crate::text_enum;

text_enum! {
    /// How a list of wellbeing check-ins is sorted.
    pub enum WellbeingCheckInSort {
        /// Written down last first.
        CreatedAtDescending = "-created_at",
        /// Written down first first.
        CreatedAt = "created_at",
        /// The latest first.
        OccurredAtDescending = "-occurred_at",
        /// The earliest first.
        OccurredAt = "occurred_at",
    }
}

/// Which wellbeing check-ins.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WellbeingCheckInQuery {
    /// Of this instant or later.
    #[garde(custom(sane_instant))]
    pub(super) from: Option<DateTime<Utc>>,
    /// Of this instant or earlier.
    #[garde(custom(sane_instant))]
    pub(super) to: Option<DateTime<Utc>>,
    /// Created after this instant.
    #[garde(custom(sane_instant))]
    pub(super) created_after: Option<DateTime<Utc>>,
    /// Changed after this instant.
    #[garde(custom(sane_instant))]
    pub(super) updated_after: Option<DateTime<Utc>>,
    /// The order; written down last first without it.
    #[garde(skip)]
    #[param(inline)]
    sort: Option<WellbeingCheckInSort>,
    /// Rows on the page.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 25)]
    limit: Option<i64>,
    /// The next_cursor of the page before.
    #[garde(length(max = 2000))]
    #[param(max_length = 2000)]
    cursor: Option<String>,
}

impl WellbeingCheckInQuery {
    /// The page that is asked for.
    pub fn window(&self) -> Result<Window> {
        let sort = self
            .sort
            .unwrap_or(WellbeingCheckInSort::CreatedAtDescending);
        Window::new(self.limit, sort.as_str(), self.cursor.as_deref())
    }

    /// Is it one of the few combinations of filters that lists are asked for again and again?
    pub(super) fn is_usual(&self) -> bool {
        self.created_after.is_none() && self.updated_after.is_none()
    }
}

/// Note how you are
///
/// For yourself. Off until you turn on the preference `wellbeing_enabled` by `PATCH /v1/me`.
#[utoipa::path(tag = "Wellbeing", request_body = WellbeingCheckInFields,
    responses(
        (status = 201, description = "The check-in.", body = WellbeingCheckIn),
        (status = 403, description = "`wellbeing_disabled`: check-ins are turned off.")))]
#[post("/v1/wellbeing-check-ins")]
pub async fn create_wellbeing_check_in(
    caller: Caller,
    body: Body<WellbeingCheckInFields>,
) -> Result<HttpResponse> {
    caller
        .post(body.fingerprint, move |tx, _| {
            let check_in = changes::check_in(tx, &body.value)?;
            Answer::created(format!("{PATH}/{}", check_in.id), &check_in)
        })
        .await
}

/// A page of check-ins; 403 while the user has not turned them on.
pub fn page(
    tx: &mut Tx<'_>,
    query: &WellbeingCheckInQuery,
    window: &Window,
) -> Result<Page<WellbeingCheckIn>> {
    changes::check_enabled(tx)?;
    let rows = queries::list(tx.conn, tx.owner, query, window)?;
    Ok(window.page(rows, |row| queries::place(row, window)))
}

/// List wellbeing check-ins
///
/// The latest first. Nobody else sees them unless a coach link names the scope `wellbeing`.
#[utoipa::path(tag = "Wellbeing", params(WellbeingCheckInQuery),
    responses(
        (status = 200, description = "A page of wellbeing check-ins.", body = WellbeingCheckInPage),
        (status = 403, description = "`wellbeing_disabled`: check-ins are turned off.")))]
#[get("/v1/wellbeing-check-ins")]
pub async fn list_wellbeing_check_ins(
    caller: Caller,
    Params(query): Params<WellbeingCheckInQuery>,
) -> Result<HttpResponse> {
    let window = query.window()?;
    caller.list(move |tx| page(tx, &query, &window)).await
}

/// Erase all wellbeing check-ins
///
/// At once and for good. It works whether check-ins are turned on or not, and when there are none.
#[utoipa::path(tag = "Wellbeing",
    responses((status = 204, description = "None is left.")))]
#[delete("/v1/wellbeing-check-ins")]
pub async fn delete_wellbeing_check_ins(caller: Caller) -> Result<HttpResponse> {
    caller.delete(|tx, _| changes::erase_all(tx)).await
}

/// Show a wellbeing check-in
///
/// One entry. Nobody else sees it unless a coach link names the scope `wellbeing`.
#[utoipa::path(tag = "Wellbeing", params(("id" = Uuid, Path, description = "Id of the check-in.")),
    responses(
        (status = 200, description = "The check-in.", body = WellbeingCheckIn),
        (status = 403, description = "`wellbeing_disabled`: check-ins are turned off.")))]
#[get("/v1/wellbeing-check-ins/{id}")]
pub async fn get_wellbeing_check_in(caller: Caller, Id(id): Id) -> Result<HttpResponse> {
    caller
        .get(move |tx| {
            changes::check_enabled(tx)?;
            queries::get(tx.conn, tx.owner, id)
        })
        .await
}

/// Change a wellbeing check-in
///
/// A merge patch: null clears a field, an absent one keeps its value.
#[utoipa::path(tag = "Wellbeing", params(("id" = Uuid, Path, description = "Id of the check-in.")),
    request_body(content((WellbeingCheckInFields = "application/merge-patch+json"), (WellbeingCheckInFields = "application/json"))),
    responses(
        (status = 200, description = "The check-in.", body = WellbeingCheckIn),
        (status = 403, description = "`wellbeing_disabled`: check-ins are turned off.")))]
#[patch("/v1/wellbeing-check-ins/{id}")]
pub async fn update_wellbeing_check_in(
    caller: Caller,
    Id(id): Id,
    patch: Patch<WellbeingCheckInFields>,
) -> Result<HttpResponse> {
    caller
        .change(move |tx, precondition| {
            Answer::resource(&changes::change(tx, id, patch, precondition)?)
        })
        .await
}

/// Erase a wellbeing check-in
///
/// At once and for good, whether check-ins are turned on or not.
#[utoipa::path(tag = "Wellbeing", params(("id" = Uuid, Path, description = "Id of the check-in.")),
    responses((status = 204, description = "It is gone.")))]
#[delete("/v1/wellbeing-check-ins/{id}")]
pub async fn delete_wellbeing_check_in(caller: Caller, Id(id): Id) -> Result<HttpResponse> {
    caller
        .delete(move |tx, precondition| changes::erase(tx, id, precondition))
        .await
}
