//! The steps by which events reach one endpoint. Each is a transaction of its own; a process that dies between
//! two of them is followed by one that goes on where the last one ended.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::event_types;
use super::moves;
use super::queries::deliveries::{NewAttempt, NewDelivery, Standing};
use super::queries::queue::Lease;
use super::queries::{self, deliveries, queue};
use super::rules::{
    self, DeliveryState, DisabledReason, KEPT_FOR, Outcome, Verdict, WebhookStatus,
};
use super::sender::Letter;
use crate::auth::seal::Seal;
use crate::db::{Tx, ids};
use crate::events::feed;
use crate::http::error::Result;
use crate::jobs;

/// So many events become deliveries at a time.
const EVENTS_AT_ONCE: i64 = 200;
/// So many old deliveries are removed at a time.
const OLD_AT_ONCE: i64 = 1_000;

/// What is to be done next for an endpoint.
pub(super) enum Next {
    /// Send this.
    Send(Box<Letter>),
    /// Look again soon: something is there that cannot be read yet, or there is more to read.
    Again,
    /// Nothing before this instant; nothing at all without one.
    Rest(Option<DateTime<Utc>>),
    /// Leave it: it is gone, or somebody else looks after it.
    Leave,
}

/// What follows for the worker.
#[derive(Default)]
pub(super) struct Settled {
    /// The endpoint was turned off, which is news.
    pub(super) turned_off: bool,
    /// It is left alone until then.
    pub(super) rests_until: Option<DateTime<Utc>>,
}

/// Finds out what is to be done next, and turns events into deliveries when none is due.
pub(super) fn next(tx: &mut Tx<'_>, webhook: Uuid, lease: Lease, seal: &Seal) -> Result<Next> {
    let Some(current) = queries::find_locked(tx, webhook)? else {
        queue::remove(tx, webhook)?;
        return Ok(Next::Leave);
    };
    if !queue::hold(tx, webhook, lease)? {
        return Ok(Next::Leave);
    }
    if current.status == WebhookStatus::Disabled {
        return Ok(Next::Rest(None));
    }
    let now = tx.now;
    let is_due = |at: Option<DateTime<Utc>>| at.is_some_and(|at| at <= now);
    let mut found = deliveries::next(tx, webhook)?;
    if !found.as_ref().is_some_and(|it| is_due(it.next_attempt_at)) {
        let more = hear(tx, webhook, &current.event_types)?;
        found = deliveries::next(tx, webhook)?;
        if more && !found.as_ref().is_some_and(|it| is_due(it.next_attempt_at)) {
            return Ok(Next::Again);
        }
    }
    match found {
        Some(delivery) if is_due(delivery.next_attempt_at) => Ok(Next::Send(Box::new(Letter {
            url: current.url,
            id: delivery.id,
            payload: delivery.payload,
            secrets: moves::secrets(tx, webhook, seal)?,
        }))),
        later => Ok(Next::Rest(later.and_then(|it| it.next_attempt_at))),
    }
}

/// Turns the events that an endpoint has not heard of into deliveries, in their order; is there more?
fn hear(tx: &mut Tx<'_>, webhook: Uuid, event_types: &[String]) -> Result<bool> {
    let heard = queries::heard(tx, webhook)?;
    let wanted = event_types::wanted(event_types);
    let part = feed::read(tx.conn, tx.owner, Some(heard), &wanted, EVENTS_AT_ONCE)?;
    let Some(part) = part else {
        // Its place is gone: nothing is known of what came before, and all that follows is heard.
        log::warn!(webhook_id:% = webhook; "a webhook lost its place in the log and goes on at its end");
        let end = feed::end(tx.conn, tx.owner)?;
        queries::set_heard(tx, webhook, end)?;
        return Ok(false);
    };
    let new = part.events.iter().map(|event| {
        Ok(NewDelivery {
            event_id: Some(event.place.id),
            event_type: event.kind.clone(),
            payload: moves::payload(event)?,
            step: 0,
        })
    });
    let new: Vec<NewDelivery> = new.collect::<Result<_>>()?;
    if !new.is_empty() {
        deliveries::insert(tx, webhook, &new)?;
    }
    if part.next != heard {
        queries::set_heard(tx, webhook, part.next)?;
    }
    let full = i64::try_from(new.len()).is_ok_and(|count| count == EVENTS_AT_ONCE);
    Ok(full || part.pending)
}

/// Writes an attempt down and draws the conclusions. Someone else may have dealt with the delivery meanwhile; then
/// only what is sure counts: that an attempt was made, and that it arrived.
pub(super) fn settle(
    tx: &mut Tx<'_>,
    webhook: Uuid,
    delivery: Uuid,
    outcome: &Outcome,
    duration: std::time::Duration,
) -> Result<Settled> {
    // An erasure locks the user first, too; whoever is gone needs nothing written down.
    if !jobs::hold_user(tx, tx.owner)? {
        return Ok(Settled::default());
    }
    let Some(endpoint) = queries::find_locked(tx, webhook)? else {
        return Ok(Settled::default());
    };
    let current = deliveries::lock(tx.conn, tx.owner, webhook, delivery)?;
    let number = current.attempt_count.saturating_add(1);
    let (status, body, failure) = match outcome {
        Outcome::Answered { status, body, .. } => (Some(i32::from(*status)), Some(body), None),
        Outcome::Failed(failure) => (None, None, Some(*failure)),
    };
    let attempt = NewAttempt {
        delivery_id: delivery,
        number,
        duration_ms: i32::try_from(duration.as_millis()).unwrap_or(i32::MAX),
        response_status: status,
        response_body: body.map(String::as_str),
        failure,
    };
    deliveries::insert_attempt(tx, &attempt)?;
    let step = current.step.saturating_add(1);
    let verdict = outcome.verdict();
    let waits = current.state == DeliveryState::Pending;
    let [chance] = ids::random::<1>();
    let again = match verdict {
        Verdict::Failed if waits => rules::next_attempt(step, outcome, chance, tx.now),
        Verdict::Failed | Verdict::Gone | Verdict::Delivered => None,
    };
    let state = match (verdict, again) {
        (Verdict::Delivered, _) => DeliveryState::Delivered,
        (_, Some(_)) => DeliveryState::Pending,
        (_, None) if waits => DeliveryState::Failed,
        (_, None) => current.state,
    };
    let arrived = (verdict == Verdict::Delivered).then_some(tx.now);
    let standing = Standing {
        state,
        attempt_count: number,
        step,
        next_attempt_at: again,
        delivered_at: arrived.or(current.delivered_at),
    };
    deliveries::set_standing(tx, delivery, &standing)?;
    if endpoint.status == WebhookStatus::Disabled {
        return Ok(Settled::default());
    }
    let given_up = rules::is_given_up(endpoint.failing_since, step, tx.now);
    match verdict {
        Verdict::Gone => moves::turn_off(tx, webhook, DisabledReason::Gone)?,
        Verdict::Failed if given_up => moves::turn_off(tx, webhook, DisabledReason::Failing)?,
        Verdict::Failed if endpoint.failing_since.is_none() => {
            queries::set_failing_since(tx, webhook, Some(tx.now))?;
        }
        Verdict::Delivered if endpoint.failing_since.is_some() => {
            queries::set_failing_since(tx, webhook, None)?;
        }
        Verdict::Failed | Verdict::Delivered => {}
    }
    Ok(Settled {
        turned_off: verdict == Verdict::Gone || verdict == Verdict::Failed && given_up,
        rests_until: rules::rest(outcome, endpoint.failing_since, tx.now).map(|it| tx.now + it),
    })
}

/// Removes deliveries that are kept long enough, and a secret that signs no more; is there more?
pub(super) fn tidy(tx: &mut Tx<'_>, webhook: Uuid) -> Result<bool> {
    queries::forget_previous_secret(tx, webhook)?;
    let removed = deliveries::delete_old(tx, webhook, tx.now - KEPT_FOR, OLD_AT_ONCE)?;
    Ok(i64::try_from(removed).is_ok_and(|count| count == OLD_AT_ONCE))
}
