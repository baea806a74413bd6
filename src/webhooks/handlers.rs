//! The operations on endpoints.

use actix_web::{HttpResponse, delete, get, patch, post};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::Deserialize;
use utoipa::IntoParams;

use super::address::Reach;
use super::deliveries_model::WebhookDelivery;
use super::model::{Webhook, WebhookFields, WebhookMove, WebhookPage};
use super::rules::WebhookStatus;
use super::{event_types, moves, queries, target};
use crate::auth::CurrentUser;
use crate::events::{self, Event};
use crate::http::answer::Answer;
use crate::http::body::{Body, Draft, NoBody, Patch};
use crate::http::caller::{Caller, Id, services};
use crate::http::error::{FieldError, Result};
use crate::http::page::Window;
use crate::http::params::{Params, many};
use crate::http::rules::sane_instant;
use crate::text_enum;

text_enum! {
    /// How a list of webhooks is sorted.
    pub enum WebhookSort {
        /// Newest first.
        CreatedAtDescending = "-created_at",
        /// Oldest first.
        CreatedAt = "created_at",
    }
}

/// Which webhooks.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WebhookQuery {
    /// With one of these statuses; repeat it or separate by commas.
    #[serde(default, deserialize_with = "many")]
    #[garde(length(max = 2))]
    #[param(max_items = 2)]
    pub(super) status: Vec<WebhookStatus>,
    /// Created after this instant.
    #[garde(custom(sane_instant))]
    pub(super) created_after: Option<DateTime<Utc>>,
    /// Changed after this instant.
    #[garde(custom(sane_instant))]
    pub(super) updated_after: Option<DateTime<Utc>>,
    /// The order; newest first without it.
    #[garde(skip)]
    #[param(inline)]
    sort: Option<WebhookSort>,
    /// Rows on the page.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 25)]
    limit: Option<i64>,
    /// The next_cursor of the page before.
    #[garde(length(max = 2000))]
    #[param(max_length = 2000)]
    cursor: Option<String>,
}

/// What a caller may ask for.
struct Bounds {
    reach: Reach,
    user: CurrentUser,
}

impl Bounds {
    fn of(caller: &Caller) -> Result<Self> {
        let services = services(caller.request())?;
        Ok(Self {
            reach: Reach::new(&services.settings.webhook_allowed_networks),
            user: caller.user.clone(),
        })
    }

    /// A URL that must not be sent to, and types that tell more than this caller may see: else a personal access
    /// token could have shown to others what it is not shown itself.
    fn faults(&self, fields: &WebhookFields) -> Vec<FieldError> {
        let mut faults = Vec::new();
        if let Err(fault) = target::check(&fields.url, &self.reach) {
            let (code, detail) = fault.words();
            faults.push(FieldError::new("/url", code, detail));
        }
        for (index, name) in fields.event_types.iter().enumerate() {
            let names = std::slice::from_ref(name);
            let resources = event_types::resources(names);
            if !resources.iter().all(|resource| self.user.may_see(resource)) {
                faults.push(FieldError::new(
                    format!("/event_types/{index}"),
                    "beyond_scopes",
                    "The token may not read this.",
                ));
            }
        }
        faults
    }
}

/// Add a webhook
///
/// Has a program of yours told of what happens, from now on. The answer shows the `secret` that deliveries are
/// signed with ([Standard Webhooks](https://www.standardwebhooks.com)), this one time; a retry by `Idempotency-Key`
/// comes without it and says `secret_shown: false`. Each delivery is a POST with `webhook-id`, `webhook-timestamp`
/// and `webhook-signature`; its body names the type and the ids of what happened, never what you wrote and never
/// how you are. It has arrived when the answer is 2xx within 15 seconds; else it is tried again, ten times over
/// three days. Redirects are not followed. You can have ten webhooks.
#[utoipa::path(tag = "Webhooks", request_body = WebhookFields,
    responses(
        (status = 201, description = "The webhook, with its secret.", body = Webhook),
        (status = 409, description = "`webhook_limit_reached`: you have ten."),
        (status = 422, description = "`invalid_fields`: at `/url` with `https_required`, `address_refused` (not on the public Internet), `port_refused`, `credentials_in_url` or `fragment_in_url`; at `/event_types` with `never_sent` for wellbeing, and with `beyond_scopes` for what a personal access token may not read.")))]
#[post("/v1/webhooks")]
pub async fn create_webhook(caller: Caller, body: Draft<WebhookFields>) -> Result<HttpResponse> {
    let bounds = Bounds::of(&caller)?;
    let services = services(caller.request())?;
    caller
        .post(body.fingerprint, move |tx, _| {
            let fields = body.settle(|fields| bounds.faults(fields))?;
            let (row, secret) = moves::create(tx, &fields, &services.seal)?;
            let webhook = Webhook::from(row);
            let location = format!("/v1/webhooks/{}", webhook.id);
            Answer::created(location, &webhook.showing(&secret))?.once(&webhook.hiding())
        })
        .await
}

/// List webhooks
///
/// The latest first, each with whether it is told of events and why not.
#[utoipa::path(tag = "Webhooks", params(WebhookQuery),
    responses((status = 200, description = "A page of webhooks.", body = WebhookPage)))]
#[get("/v1/webhooks")]
pub async fn list_webhooks(
    caller: Caller,
    Params(query): Params<WebhookQuery>,
) -> Result<HttpResponse> {
    let sort = query.sort.unwrap_or(WebhookSort::CreatedAtDescending);
    let window = Window::new(query.limit, sort.as_str(), query.cursor.as_deref())?;
    caller
        .list(move |tx| {
            let rows = queries::list(tx.conn, tx.owner, &query, &window)?;
            Ok(window.page(rows, queries::place).map(Webhook::from))
        })
        .await
}

/// Show a webhook
///
/// Whether it is told of events, since when it fails, and until when an earlier secret signs as well. The secret itself is
/// shown by the operation that made it, and nowhere else.
#[utoipa::path(tag = "Webhooks", params(("id" = Uuid, Path, description = "Id of the webhook.")),
    responses((status = 200, description = "The webhook, without its secret.", body = Webhook)))]
#[get("/v1/webhooks/{id}")]
pub async fn get_webhook(caller: Caller, Id(id): Id) -> Result<HttpResponse> {
    caller
        .get(move |tx| queries::get(tx.conn, tx.owner, id).map(Webhook::from))
        .await
}

/// Change a webhook
///
/// A merge patch. Deliveries that wait go to the new URL, too; other types count for what happens from now on.
#[utoipa::path(tag = "Webhooks", params(("id" = Uuid, Path, description = "Id of the webhook.")),
    request_body(content((WebhookFields = "application/merge-patch+json"), (WebhookFields = "application/json"))),
    responses((status = 200, description = "The webhook.", body = Webhook)))]
#[patch("/v1/webhooks/{id}")]
pub async fn update_webhook(
    caller: Caller,
    Id(id): Id,
    patch: Patch<WebhookFields>,
) -> Result<HttpResponse> {
    let bounds = Bounds::of(&caller)?;
    caller
        .change(move |tx, precondition| {
            let current = queries::lock(tx.conn, tx.owner, id)?;
            precondition.check(&current)?;
            let present = WebhookFields::from(&current);
            let fields = patch.apply_with(&present, |fields| bounds.faults(fields))?;
            let webhook = queries::update(tx, id, &fields)?;
            events::record(tx, &Event::new("webhook.updated", id))?;
            Answer::resource(&Webhook::from(webhook))
        })
        .await
}

/// Remove a webhook
///
/// Its deliveries go along; what was not delivered yet is not sent.
#[utoipa::path(tag = "Webhooks", params(("id" = Uuid, Path, description = "Id of the webhook.")),
    responses((status = 204, description = "It is gone.")))]
#[delete("/v1/webhooks/{id}")]
pub async fn delete_webhook(caller: Caller, Id(id): Id) -> Result<HttpResponse> {
    caller
        .delete(move |tx, precondition| {
            let current = queries::lock(tx.conn, tx.owner, id)?;
            precondition.check(&current)?;
            queries::delete(tx, id)?;
            events::record(tx, &Event::new("webhook.deleted", id))
        })
        .await
}

/// Turn a webhook on or off
///
/// While it is disabled nothing is sent to it, and what happens meanwhile is not sent later: read it at
/// `GET /v1/events`. What was still to be delivered is given up; each such delivery can be tried again once the
/// webhook is active. The service turns one off by itself when it answers 410 (`gone`), or when nothing has
/// reached it for five days (`failing`), and tells you by mail.
#[utoipa::path(tag = "Webhooks", params(("id" = Uuid, Path, description = "Id of the webhook.")),
    request_body = WebhookMove,
    responses(
        (status = 200, description = "The webhook after the move.", body = Webhook),
        (status = 409, description = "`illegal_transition`: the move is not allowed; the answer has `from`, `to` and `allowed`.")))]
#[post("/v1/webhooks/{id}/transitions")]
pub async fn transition_webhook(
    caller: Caller,
    Id(id): Id,
    body: Body<WebhookMove>,
) -> Result<HttpResponse> {
    caller
        .post(body.fingerprint, move |tx, precondition| {
            let current = queries::lock(tx.conn, tx.owner, id)?;
            precondition.check(&current)?;
            let moved = moves::transition(tx, &current, body.value.to)?;
            Answer::resource(&Webhook::from(moved))
        })
        .await
}

/// Give a webhook another secret
///
/// The answer shows the new `secret`, this one time. For 24 hours deliveries are signed with the one before, too:
/// `webhook-signature` has both signatures, separated by a space. Only the last two secrets sign.
#[utoipa::path(tag = "Webhooks", params(("id" = Uuid, Path, description = "Id of the webhook.")),
    responses((status = 200, description = "The webhook, with its new secret.", body = Webhook)))]
#[post("/v1/webhooks/{id}/rotate-secret")]
pub async fn rotate_webhook_secret(
    caller: Caller,
    Id(id): Id,
    body: NoBody,
) -> Result<HttpResponse> {
    let services = services(caller.request())?;
    caller
        .post(body.fingerprint, move |tx, _| {
            let (row, secret) = moves::rotate(tx, id, &services.seal)?;
            let webhook = Webhook::from(row);
            Answer::resource(&webhook.showing(&secret))?.once(&webhook.hiding())
        })
        .await
}

/// Ping a webhook
///
/// Sends a delivery of the type `ping`, whatever types the webhook wants: at once and only once. Read the delivery
/// to see what came of it.
#[utoipa::path(tag = "Webhooks", params(("id" = Uuid, Path, description = "Id of the webhook.")),
    responses(
        (status = 201, description = "The delivery, on its way.", body = WebhookDelivery),
        (status = 409, description = "`webhook_disabled`: nothing is sent to it.")))]
#[post("/v1/webhooks/{id}/ping")]
pub async fn ping_webhook(caller: Caller, Id(id): Id, body: NoBody) -> Result<HttpResponse> {
    caller
        .post(body.fingerprint, move |tx, _| {
            let delivery = moves::ping(tx, id)?;
            let location = format!("/v1/webhooks/{id}/deliveries/{}", delivery.id);
            Answer::created(location, &delivery)
        })
        .await
}
