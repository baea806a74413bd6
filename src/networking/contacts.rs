//! The operations on contacts.

use actix_web::{HttpResponse, delete, get, patch, post};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::Deserialize;
use utoipa::IntoParams;

use super::changes;
use super::model::{Contact, ContactFields, ContactPage, Relationship};
use super::queries::contacts as queries;
use crate::account::preferences;
use crate::clock::local_date;
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
    /// How a list of contacts is sorted.
    pub enum ContactSort {
        /// Newest first.
        CreatedAtDescending = "-created_at",
        /// Oldest first.
        CreatedAt = "created_at",
        /// Changed last first.
        UpdatedAtDescending = "-updated_at",
        /// Changed last at the end.
        UpdatedAt = "updated_at",
        /// By name.
        Name = "name",
        /// By name, backwards.
        NameDescending = "-name",
        /// Longest due first; without a day at the end.
        NextTouchOn = "next_touch_on",
        /// Longest due last; without a day at the end.
        NextTouchOnDescending = "-next_touch_on",
    }
}

/// Which contacts.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ContactQuery {
    /// Who are one of these to you; repeat it or separate by commas.
    #[serde(default, deserialize_with = "many")]
    #[garde(length(max = 8))]
    #[param(max_items = 8)]
    pub(super) relationship: Vec<Relationship>,
    /// With whom it is time to be in touch (next_touch_on is today or earlier, in your time zone), or not.
    #[garde(skip)]
    pub(super) due: Option<bool>,
    /// With this text in name or organization, in any case.
    #[garde(length(chars, max = 200))]
    #[param(max_length = 200)]
    pub(super) q: Option<String>,
    /// Created after this instant.
    #[garde(custom(sane_instant))]
    pub(super) created_after: Option<DateTime<Utc>>,
    /// Changed after this instant.
    #[garde(custom(sane_instant))]
    pub(super) updated_after: Option<DateTime<Utc>>,
    /// The order; newest first without it.
    #[garde(skip)]
    #[param(inline)]
    sort: Option<ContactSort>,
    /// Rows on the page.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 25)]
    limit: Option<i64>,
    /// The next_cursor of the page before.
    #[garde(length(max = 2000))]
    #[param(max_length = 2000)]
    cursor: Option<String>,
}

impl ContactQuery {
    /// Is it one of the few combinations of filters that lists are asked for again and again?
    pub(super) fn is_usual(&self) -> bool {
        self.q.is_none() && self.created_after.is_none() && self.updated_after.is_none()
    }
}

/// Add a contact
///
/// Somebody worth knowing in your search. With `keep_in_touch_days` the contact becomes due when so many
/// days have passed since the latest activity with them, or since today while there is none.
#[utoipa::path(tag = "Networking", request_body = ContactFields,
    responses((status = 201, description = "The contact.", body = Contact)))]
#[post("/v1/contacts")]
pub async fn create_contact(caller: Caller, body: Body<ContactFields>) -> Result<HttpResponse> {
    caller
        .post(body.fingerprint, move |tx, _| {
            let contact = changes::add_contact(tx, &body.value)?;
            Answer::created(format!("/v1/contacts/{}", contact.id), &contact)
        })
        .await
}

/// List contacts
///
/// Newest first unless sorted otherwise. `due=true` lists those with whom it is time to be in touch.
#[utoipa::path(tag = "Networking", params(ContactQuery),
    responses((status = 200, description = "A page of contacts.", body = ContactPage)))]
#[get("/v1/contacts")]
pub async fn list_contacts(
    caller: Caller,
    Params(query): Params<ContactQuery>,
) -> Result<HttpResponse> {
    let sort = query.sort.unwrap_or(ContactSort::CreatedAtDescending);
    let window = Window::new(query.limit, sort.as_str(), query.cursor.as_deref())?;
    caller
        .list(move |tx| {
            let today = match query.due {
                Some(_) => Some(preferences(tx.conn, tx.owner)?.time_zone),
                None => None,
            };
            let today = today.map(|zone| local_date(tx.now, zone));
            let rows = queries::list(tx.conn, tx.owner, today, &query, &window)?;
            Ok(window.page(rows, |row| queries::place(row, &window)))
        })
        .await
}

/// Show a contact
///
/// With `next_touch_on`, the day on which it is time to be in touch again.
#[utoipa::path(tag = "Networking", params(("id" = Uuid, Path, description = "Id of the contact.")),
    responses((status = 200, description = "The contact.", body = Contact)))]
#[get("/v1/contacts/{id}")]
pub async fn get_contact(caller: Caller, Id(id): Id) -> Result<HttpResponse> {
    caller.get_one(move |owner| queries::one(owner, id)).await
}

/// Change a contact
///
/// A merge patch: null clears a field, an absent one keeps its value.
#[utoipa::path(tag = "Networking", params(("id" = Uuid, Path, description = "Id of the contact.")),
    request_body(content((ContactFields = "application/merge-patch+json"), (ContactFields = "application/json"))),
    responses((status = 200, description = "The contact.", body = Contact)))]
#[patch("/v1/contacts/{id}")]
pub async fn update_contact(
    caller: Caller,
    Id(id): Id,
    patch: Patch<ContactFields>,
) -> Result<HttpResponse> {
    caller
        .change(move |tx, precondition| {
            let current = queries::lock(tx.conn, tx.owner, id)?;
            precondition.check(&current)?;
            let fields = patch.apply(&ContactFields::from(&current))?;
            let contact = queries::update(tx, id, &fields)?;
            events::record(tx, &Event::new("contact.updated", id))?;
            Answer::resource(&contact)
        })
        .await
}

/// Remove a contact
///
/// The activities with them stay: you did them. Their `contact_id` becomes null.
#[utoipa::path(tag = "Networking", params(("id" = Uuid, Path, description = "Id of the contact.")),
    responses((status = 204, description = "It is gone.")))]
#[delete("/v1/contacts/{id}")]
pub async fn delete_contact(caller: Caller, Id(id): Id) -> Result<HttpResponse> {
    caller
        .delete(move |tx, precondition| changes::remove_contact(tx, id, precondition))
        .await
}
