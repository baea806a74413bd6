//! What happens to an endpoint and its deliveries: what handlers and the worker share. Each function does one
//! thing in the running transaction, with its events.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::deliveries_model::{StoredDelivery, WebhookDelivery};
use super::event_types;
use super::mails;
use super::model::{Stored, WebhookFields};
use super::queries::deliveries::{NewDelivery, Standing};
use super::queries::{self, deliveries, queue};
use super::rules::{
    DeliveryState, DisabledReason, LAST_STEP, MOST_WEBHOOKS, OVERLAP, WebhookStatus,
};
use super::signing::Secret;
use crate::auth::seal::Seal;
use crate::db::Tx;
use crate::events::feed::Recorded;
use crate::events::{self, Event};
use crate::http::error::{Error, Result};
use crate::http::problems;

/// Where a secret belongs: sealed for one endpoint, it opens for no other.
fn place(owner: Uuid, webhook: Uuid) -> [u8; 32] {
    let mut place = [0; 32];
    place[..16].copy_from_slice(owner.as_bytes());
    place[16..].copy_from_slice(webhook.as_bytes());
    place
}

/// Adds an endpoint; 409 `webhook_limit_reached` when there are enough. It hears what happens from now on.
pub(super) fn create(
    tx: &mut Tx<'_>,
    fields: &WebhookFields,
    seal: &Seal,
) -> Result<(Stored, Secret)> {
    if queries::count_locked(tx)? >= MOST_WEBHOOKS {
        let why = format!("You have {MOST_WEBHOOKS} webhooks.");
        return Err(problems::WEBHOOK_LIMIT_REACHED.because(why).into());
    }
    let (id, secret) = (queries::new_id(tx), Secret::random());
    let sealed = seal.seal(secret.bytes(), &place(tx.owner, id))?;
    let heard = events::record_at(tx, &Event::new("webhook.created", id))?;
    let webhook = queries::insert(tx, id, fields, &sealed, heard)?;
    queue::insert(tx, id)?;
    Ok((webhook, secret))
}

/// Gives an endpoint another secret; the present one signs for another day, too.
pub(super) fn rotate(tx: &mut Tx<'_>, id: Uuid, seal: &Seal) -> Result<(Stored, Secret)> {
    queries::lock(tx.conn, tx.owner, id)?;
    let secret = Secret::random();
    let sealed = seal.seal(secret.bytes(), &place(tx.owner, id))?;
    let webhook = queries::rotate(tx, id, &sealed, tx.now + OVERLAP)?;
    events::record(tx, &Event::new("webhook.secret_rotated", id))?;
    Ok((webhook, secret))
}

/// The secrets that sign at the present time; nothing when the present one cannot be read.
pub(super) fn secrets(tx: &mut Tx<'_>, id: Uuid, seal: &Seal) -> Result<Option<Vec<Secret>>> {
    let place = place(tx.owner, id);
    let sealed = queries::secrets(tx, id)?;
    let mut opened = sealed.iter().map(|sealed| seal.unseal(sealed, &place));
    let Some(Some(present)) = opened.next() else {
        return Ok(None);
    };
    let all = std::iter::once(present).chain(opened.flatten());
    Ok(Some(all.map(Secret::from_bytes).collect()))
}

/// Moves an endpoint, whose row is locked; 409 `illegal_transition` for what the machine forbids.
pub(super) fn transition(tx: &mut Tx<'_>, current: &Stored, to: WebhookStatus) -> Result<Stored> {
    let (from, allowed) = (current.status, current.status.allowed());
    if !allowed.contains(&to) {
        let detail = format!(
            "A webhook that is {} cannot become {}.",
            from.as_str(),
            to.as_str()
        );
        return Err(problems::ILLEGAL_TRANSITION
            .because(detail)
            .with("from", from.as_str())
            .with("to", to.as_str())
            .with("allowed", json!(allowed))
            .into());
    }
    match to {
        WebhookStatus::Active => {
            let heard = events::record_at(tx, &Event::new("webhook.enabled", current.id))?;
            queries::enable(tx, current.id, heard)
        }
        WebhookStatus::Disabled => disable(tx, current.id, DisabledReason::Requested),
    }
}

/// Turns an endpoint off, whose row is locked, and gives up what was still to be delivered to it.
fn disable(tx: &mut Tx<'_>, id: Uuid, reason: DisabledReason) -> Result<Stored> {
    deliveries::give_up(tx, id)?;
    let webhook = queries::disable(tx, id, reason)?;
    let event = Event::new("webhook.disabled", id).with(json!({"reason": reason}));
    events::record(tx, &event)?;
    Ok(webhook)
}

/// The same by the service itself, which says so by mail.
pub(super) fn turn_off(tx: &mut Tx<'_>, id: Uuid, reason: DisabledReason) -> Result<()> {
    disable(tx, id, reason)?;
    mails::want(tx, id)
}

fn check_active(webhook: &Stored) -> Result<()> {
    match webhook.status {
        WebhookStatus::Active => Ok(()),
        WebhookStatus::Disabled => Err(problems::WEBHOOK_DISABLED
            .because("Nothing is sent to a webhook that is disabled.")
            .into()),
    }
}

/// What is sent: what happened, when, and the ids of what it happened to.
#[derive(Serialize)]
struct Payload<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    timestamp: DateTime<Utc>,
    data: Map<String, Value>,
}

impl Payload<'_> {
    fn text(&self) -> Result<String> {
        serde_json::to_string(self)
            .map_err(|error| Error::internal(format!("a payload cannot be written: {error}")))
    }
}

/// The body that tells of an event. Of what the log adds to it only ids go out: no text, no score, no status.
pub(super) fn payload(event: &Recorded) -> Result<String> {
    let mut data = Map::new();
    data.insert("resource_type".to_owned(), json!(event.resource_type));
    data.insert("resource_id".to_owned(), json!(event.resource_id));
    let further = event.data.as_object().into_iter().flatten();
    for (name, value) in further {
        let is_id = value
            .as_str()
            .is_some_and(|text| Uuid::try_parse(text).is_ok());
        if name.ends_with("_id") && is_id && !data.contains_key(name) {
            data.insert(name.clone(), value.clone());
        }
    }
    let payload = Payload {
        kind: &event.kind,
        timestamp: event.occurred_at,
        data,
    };
    payload.text()
}

/// Sends a ping: once, and at once.
pub(super) fn ping(tx: &mut Tx<'_>, id: Uuid) -> Result<WebhookDelivery> {
    let webhook = queries::lock(tx.conn, tx.owner, id)?;
    check_active(&webhook)?;
    let mut data = Map::new();
    data.insert("resource_type".to_owned(), json!("webhook"));
    data.insert("resource_id".to_owned(), json!(id));
    let payload = Payload {
        kind: event_types::PING,
        timestamp: tx.now,
        data,
    };
    let ping = NewDelivery {
        event_id: None,
        event_type: event_types::PING.to_owned(),
        payload: payload.text()?,
        step: LAST_STEP - 1,
    };
    let made = deliveries::insert(tx, id, &[ping])?.pop();
    let made = made.ok_or_else(|| Error::internal("a ping was not written"))?;
    queue::wake_one(tx, id)?;
    Ok(WebhookDelivery::new(made, Vec::new()))
}

/// Has a delivery tried now, whatever became of it. One that is over is tried once more; one that is not
/// goes on with its attempts.
pub(super) fn retry(tx: &mut Tx<'_>, webhook: Uuid, id: Uuid) -> Result<StoredDelivery> {
    check_active(&queries::lock(tx.conn, tx.owner, webhook)?)?;
    let current = deliveries::lock(tx.conn, tx.owner, webhook, id)?;
    let step = match current.state {
        DeliveryState::Pending => current.step,
        DeliveryState::Delivered | DeliveryState::Failed => current.step.max(LAST_STEP - 1),
    };
    let standing = Standing {
        state: DeliveryState::Pending,
        attempt_count: current.attempt_count,
        step,
        next_attempt_at: Some(tx.now),
        delivered_at: current.delivered_at,
    };
    let waiting = deliveries::set_standing(tx, id, &standing)?;
    queue::wake_one(tx, webhook)?;
    Ok(waiting)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::place::Place;

    #[test]
    fn a_payload_has_ids_and_nothing_that_anybody_wrote_or_is() {
        let event = Recorded {
            place: Place::BEGINNING,
            kind: "goal.created".to_owned(),
            resource_type: "goal".to_owned(),
            resource_id: Uuid::from_u128(7),
            occurred_at: "2026-12-01T12:00:00.5Z".parse().expect("an instant"),
            data: json!({
                "category": "wellbeing", "origin_id": Uuid::from_u128(8), "external_id": "my own words",
                "resource_id": Uuid::from_u128(9), "application_id": null, "count_id": 3
            }),
        };
        let payload = payload(&event).expect("a payload");
        assert_eq!(
            payload,
            "{\"type\":\"goal.created\",\"timestamp\":\"2026-12-01T12:00:00.500Z\",\"data\":{\
             \"resource_type\":\"goal\",\"resource_id\":\"00000000-0000-0000-0000-000000000007\",\
             \"origin_id\":\"00000000-0000-0000-0000-000000000008\"}}"
        );
    }
}
