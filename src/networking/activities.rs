//! The operations on networking activities.

use actix_web::{HttpResponse, delete, get, patch, post};
use chrono::{DateTime, NaiveDate, Utc};
use garde::Validate;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::changes;
use super::model::{
    ActivityKind, NetworkingActivity, NetworkingActivityFields, NetworkingActivityPage,
};
use super::queries::activities as queries;
use crate::http::answer::Answer;
use crate::http::body::{Body, Patch};
use crate::http::caller::{Caller, Id};
use crate::http::error::Result;
use crate::http::page::Window;
use crate::http::params::{Params, many};
use crate::http::rules::{sane_date, sane_instant};
use crate::text_enum;

text_enum! {
    /// How a list of networking activities is sorted.
    pub enum NetworkingActivitySort {
        /// Written down last first.
        CreatedAtDescending = "-created_at",
        /// Written down first first.
        CreatedAt = "created_at",
        /// The latest day first.
        OccurredOnDescending = "-occurred_on",
        /// The earliest day first.
        OccurredOn = "occurred_on",
    }
}

/// Which networking activities.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NetworkingActivityQuery {
    /// With this contact.
    #[garde(skip)]
    pub(super) contact_id: Option<Uuid>,
    /// Of one of these kinds; repeat it or separate by commas.
    #[serde(default, deserialize_with = "many")]
    #[garde(length(max = 7))]
    #[param(max_items = 7)]
    pub(super) kind: Vec<ActivityKind>,
    /// On this day or later.
    #[garde(custom(sane_date))]
    pub(super) from: Option<NaiveDate>,
    /// On this day or earlier.
    #[garde(custom(sane_date))]
    pub(super) to: Option<NaiveDate>,
    /// Created after this instant.
    #[garde(custom(sane_instant))]
    pub(super) created_after: Option<DateTime<Utc>>,
    /// Changed after this instant.
    #[garde(custom(sane_instant))]
    pub(super) updated_after: Option<DateTime<Utc>>,
    /// The order; written down last first without it.
    #[garde(skip)]
    #[param(inline)]
    sort: Option<NetworkingActivitySort>,
    /// Rows on the page.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 25)]
    limit: Option<i64>,
    /// The next_cursor of the page before.
    #[garde(length(max = 2000))]
    #[param(max_length = 2000)]
    cursor: Option<String>,
}

impl NetworkingActivityQuery {
    /// Is it one of the few combinations of filters that lists are asked for again and again?
    pub(super) fn is_usual(&self) -> bool {
        self.created_after.is_none() && self.updated_after.is_none()
    }
}

/// Add a networking activity
///
/// Something you did to meet people or to stay in touch, with a contact of yours or without one. It moves the
/// contact's `last_activity_on` and `next_touch_on` when it is the latest one.
#[utoipa::path(tag = "Networking", request_body = NetworkingActivityFields,
    responses(
        (status = 201, description = "The activity.", body = NetworkingActivity),
        (status = 404, description = "`not_found`: there is no such contact.")))]
#[post("/v1/networking-activities")]
pub async fn create_networking_activity(
    caller: Caller,
    body: Body<NetworkingActivityFields>,
) -> Result<HttpResponse> {
    caller
        .post(body.fingerprint, move |tx, _| {
            let activity = changes::log_activity(tx, &body.value)?;
            let location = format!("/v1/networking-activities/{}", activity.id);
            Answer::created(location, &activity)
        })
        .await
}

/// List networking activities
///
/// With everybody, or with one contact.
#[utoipa::path(tag = "Networking", params(NetworkingActivityQuery),
    responses((status = 200, description = "A page of networking activities.", body = NetworkingActivityPage)))]
#[get("/v1/networking-activities")]
pub async fn list_networking_activities(
    caller: Caller,
    Params(query): Params<NetworkingActivityQuery>,
) -> Result<HttpResponse> {
    let sort = query
        .sort
        .unwrap_or(NetworkingActivitySort::CreatedAtDescending);
    let window = Window::new(query.limit, sort.as_str(), query.cursor.as_deref())?;
    let select = move |owner, _, window: &Window| queries::list(owner, &query, window);
    caller.list_found(window, select, queries::place).await
}

/// Show a networking activity
///
/// What one did on which day, and with whom.
#[utoipa::path(tag = "Networking", params(("id" = Uuid, Path, description = "Id of the activity.")),
    responses((status = 200, description = "The activity.", body = NetworkingActivity)))]
#[get("/v1/networking-activities/{id}")]
pub async fn get_networking_activity(caller: Caller, Id(id): Id) -> Result<HttpResponse> {
    caller.get_one(move |owner| queries::one(owner, id)).await
}

/// Change a networking activity
///
/// A merge patch: null clears a field, an absent one keeps its value. With another `contact_id` it counts for
/// that contact from now on.
#[utoipa::path(tag = "Networking", params(("id" = Uuid, Path, description = "Id of the activity.")),
    request_body(content((NetworkingActivityFields = "application/merge-patch+json"), (NetworkingActivityFields = "application/json"))),
    responses((status = 200, description = "The activity.", body = NetworkingActivity)))]
#[patch("/v1/networking-activities/{id}")]
pub async fn update_networking_activity(
    caller: Caller,
    Id(id): Id,
    patch: Patch<NetworkingActivityFields>,
) -> Result<HttpResponse> {
    caller
        .change(move |tx, precondition| {
            Answer::resource(&changes::change_activity(tx, id, patch, precondition)?)
        })
        .await
}

/// Remove a networking activity
///
/// The goals that counted it count it no longer, and the contact is due from the activity before it.
#[utoipa::path(tag = "Networking", params(("id" = Uuid, Path, description = "Id of the activity.")),
    responses((status = 204, description = "It is gone.")))]
#[delete("/v1/networking-activities/{id}")]
pub async fn delete_networking_activity(caller: Caller, Id(id): Id) -> Result<HttpResponse> {
    caller
        .delete(move |tx, precondition| changes::remove_activity(tx, id, precondition))
        .await
}
