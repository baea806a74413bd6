//! The operations on deliveries: what was sent to an endpoint, and what came of it.

use std::collections::HashMap;

use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::deliveries_model::{
    StoredDelivery, WebhookAttempt, WebhookDelivery, WebhookDeliveryPage,
};
use super::moves;
use super::queries::{self, deliveries};
use super::rules::DeliveryState;
use crate::db::Tx;
use crate::http::answer::Answer;
use crate::http::body::NoBody;
use crate::http::caller::{Caller, Id};
use crate::http::error::{Error, Result};
use crate::http::page::Window;
use crate::http::params::{Params, many};
use crate::http::rules::sane_instant;
use crate::text_enum;

text_enum! {
    /// How a list of deliveries is sorted.
    pub enum WebhookDeliverySort {
        /// Newest first.
        CreatedAtDescending = "-created_at",
        /// Oldest first.
        CreatedAt = "created_at",
    }
}

/// Which deliveries to the webhook.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DeliveryQuery {
    /// In one of these states; repeat it or separate by commas.
    #[serde(default, deserialize_with = "many")]
    #[garde(length(max = 3))]
    #[param(max_items = 3)]
    pub(super) state: Vec<DeliveryState>,
    /// Of this type of event, or `ping`.
    #[garde(length(chars, max = 60))]
    #[param(max_length = 60)]
    pub(super) event_type: Option<String>,
    /// Created after this instant.
    #[garde(custom(sane_instant))]
    pub(super) created_after: Option<DateTime<Utc>>,
    /// Changed after this instant.
    #[garde(custom(sane_instant))]
    pub(super) updated_after: Option<DateTime<Utc>>,
    /// The order; newest first without it.
    #[garde(skip)]
    #[param(inline)]
    sort: Option<WebhookDeliverySort>,
    /// Rows on the page.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 25)]
    limit: Option<i64>,
    /// The next_cursor of the page before.
    #[garde(length(max = 2000))]
    #[param(max_length = 2000)]
    cursor: Option<String>,
}

impl DeliveryQuery {
    /// Is it one of the few combinations of filters that lists are asked for again and again?
    pub(super) fn is_usual(&self) -> bool {
        self.event_type.is_none() && self.created_after.is_none() && self.updated_after.is_none()
    }
}

/// The second id of the path. What is no id is as unknown as a random one.
fn delivery_id(caller: &Caller) -> Result<Uuid> {
    let text = caller.request().match_info().get("delivery_id");
    text.and_then(|text| Uuid::try_parse(text).ok())
        .ok_or_else(Error::not_found)
}

/// A delivery with its attempts.
fn shown(tx: &mut Tx<'_>, row: StoredDelivery) -> Result<WebhookDelivery> {
    let attempts = deliveries::attempts(tx.conn, tx.owner, &[row.id])?;
    Ok(WebhookDelivery::new(row, attempts))
}

/// List the deliveries to a webhook
///
/// Each with its attempts. Deliveries are kept for 30 days.
#[utoipa::path(tag = "Webhooks", params(("id" = Uuid, Path, description = "Id of the webhook."), DeliveryQuery),
    responses((status = 200, description = "A page of deliveries.", body = WebhookDeliveryPage)))]
#[get("/v1/webhooks/{id}/deliveries")]
pub async fn list_webhook_deliveries(
    caller: Caller,
    Id(id): Id,
    Params(query): Params<DeliveryQuery>,
) -> Result<HttpResponse> {
    let sort = query
        .sort
        .unwrap_or(WebhookDeliverySort::CreatedAtDescending);
    let window = Window::new(query.limit, sort.as_str(), query.cursor.as_deref())?;
    caller
        .list(move |tx| {
            queries::get(tx.conn, tx.owner, id)?;
            let rows = deliveries::list(tx.conn, tx.owner, id, &query, &window)?;
            let page = window.page(rows, deliveries::place);
            let ids: Vec<Uuid> = page.data.iter().map(|row| row.id).collect();
            let mut attempts: HashMap<Uuid, Vec<WebhookAttempt>> = HashMap::new();
            for attempt in deliveries::attempts(tx.conn, tx.owner, &ids)? {
                let of_one = attempts.entry(attempt.delivery_id).or_default();
                of_one.push(attempt);
            }
            Ok(page.map(|row| {
                let of_one = attempts.remove(&row.id).unwrap_or_default();
                WebhookDelivery::new(row, of_one)
            }))
        })
        .await
}

/// Show a delivery to a webhook
///
/// With each attempt: when, what came back with its first bytes, and when the next one is due.
#[utoipa::path(tag = "Webhooks",
    params(("id" = Uuid, Path, description = "Id of the webhook."), ("delivery_id" = Uuid, Path, description = "Id of the delivery.")),
    responses((status = 200, description = "The delivery with its attempts.", body = WebhookDelivery)))]
#[get("/v1/webhooks/{id}/deliveries/{delivery_id}")]
pub async fn get_webhook_delivery(caller: Caller, Id(id): Id) -> Result<HttpResponse> {
    let delivery = delivery_id(&caller)?;
    caller
        .get(move |tx| {
            let row = deliveries::get(tx.conn, tx.owner, id, delivery)?;
            shown(tx, row)
        })
        .await
}

/// Try a delivery again
///
/// Now, whatever became of it. One that was delivered or given up is tried once more; one that is pending goes on
/// with its attempts after this one. The receiver gets the same `webhook-id` and body.
#[utoipa::path(tag = "Webhooks",
    params(("id" = Uuid, Path, description = "Id of the webhook."), ("delivery_id" = Uuid, Path, description = "Id of the delivery.")),
    responses(
        (status = 200, description = "The delivery, on its way.", body = WebhookDelivery),
        (status = 409, description = "`webhook_disabled`: nothing is sent to it.")))]
#[post("/v1/webhooks/{id}/deliveries/{delivery_id}/retry")]
pub async fn retry_webhook_delivery(
    caller: Caller,
    Id(id): Id,
    body: NoBody,
) -> Result<HttpResponse> {
    let delivery = delivery_id(&caller)?;
    caller
        .post(body.fingerprint, move |tx, _| {
            let row = moves::retry(tx, id, delivery)?;
            Answer::resource(&shown(tx, row)?)
        })
        .await
}
