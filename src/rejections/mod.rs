//! Rejections: the answer of a company, met calmly.
//!
//! An application that becomes rejected opens one. It cools off first: for some hours, as the user chose,
//! nothing is sent in a first heat. Then there is a window in which a good reply is still welcome. Time
//! alone leads from one to the other ([`rules`]); nothing runs that could be late.
//!
//! This feature knows no applications: they open and supersede rejections by the functions here.

pub mod handlers;
mod model;
mod queries;
pub mod rules;

use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

use crate::db::Tx;
use crate::events::{self, Event};
use crate::http::error::{Error, Result};
use crate::http::problems;

pub use model::{
    Details, Opening, Rejection, RejectionAnswer, RejectionFields, RejectionPage, SupersededBy,
};
pub use queries::{by_ids, lock, standing};
pub use rules::{Channel, ReasonBasis, ReasonCode, RejectionState, ReplyAddress, StageReached};

fn record(tx: &mut Tx<'_>, kind: &'static str, rejection: &Rejection) -> Result<()> {
    let event =
        Event::new(kind, rejection.id).with(json!({"application_id": rejection.application_id}));
    events::record(tx, &event)
}

/// Opens the rejection of an application. 409 `conflict` when one stands already.
pub fn open(tx: &mut Tx<'_>, opening: &Opening<'_>) -> Result<Rejection> {
    let rejection = queries::insert(tx, opening)?;
    record(tx, "rejection.opened", &rejection)?;
    Ok(rejection)
}

/// Opens the rejections of many applications, all or none.
pub fn open_many(tx: &mut Tx<'_>, openings: &[Opening<'_>]) -> Result<()> {
    let opened = queries::insert_many(tx, openings)?;
    let events: Vec<Event> = opened
        .iter()
        .map(|(id, application)| {
            Event::new("rejection.opened", *id).with(json!({"application_id": application}))
        })
        .collect();
    events::record_many(tx, &events)
}

/// The application is no longer rejected: its standing rejection is over. One that was replied to stays so.
pub fn supersede(tx: &mut Tx<'_>, application: Uuid, by: SupersededBy) -> Result<()> {
    if let Some(rejection) = queries::supersede(tx, application, by)? {
        record(tx, "rejection.superseded", &rejection)?;
    }
    Ok(())
}

/// The standing rejection came at another time than was said; its cool-off moves along.
pub fn redate(tx: &mut Tx<'_>, application: Uuid, received_at: DateTime<Utc>) -> Result<()> {
    let Some(rejection) = queries::lock_standing(tx.conn, tx.owner, application)? else {
        return Ok(());
    };
    let mut fields = RejectionFields::from(&rejection);
    fields.received_at = Some(received_at);
    let rejection = queries::update(tx, &rejection, &fields)?;
    record(tx, "rejection.updated", &rejection)
}

/// Writes other fields of a rejection, whose row is locked.
fn update(tx: &mut Tx<'_>, current: &Rejection, mut fields: RejectionFields) -> Result<Rejection> {
    match fields.received_at {
        Some(at) if at > tx.now => {
            let (code, detail) = ("in_future", "Not in the future.");
            return Err(Error::invalid_field("/received_at", code, detail));
        }
        None if current.received_at.is_some() => {
            let (code, detail) = ("required", "When it came is known; give another instant.");
            return Err(Error::invalid_field("/received_at", code, detail));
        }
        _ => {}
    }
    let text = fields.reason_text.as_deref();
    fields.reason_basis = rules::basis(fields.reason_code, fields.reason_basis, text);
    let rejection = queries::update(tx, current, &fields)?;
    record(tx, "rejection.updated", &rejection)?;
    Ok(rejection)
}

/// 409 `cooloff_active` when `at`, the moment of sending, lies before the end of the cool-off.
///
/// Time alone counts: a rejection that was closed in its cool-off is no reason to send in a first heat.
pub fn check_cooloff(rejection: &Rejection, at: DateTime<Utc>, now: DateTime<Utc>) -> Result<()> {
    let Some(until) = rejection.cooloff_until.filter(|until| at < *until) else {
        return Ok(());
    };
    Err(problems::COOLOFF_ACTIVE
        .because(
            "The rejection still cools off. Wait until cooloff_until, or give an override_reason.",
        )
        .with("cooloff_until", json!(until))
        .header("Retry-After", rules::seconds_until(until, now).to_string())
        .into())
}

/// The user replied. Without effect on a rejection that is replied to or closed already.
pub fn mark_replied(tx: &mut Tx<'_>, rejection: &Rejection, at: DateTime<Utc>) -> Result<()> {
    if let Some(rejection) = queries::set_replied(tx, rejection.id, at)? {
        record(tx, "rejection.replied", &rejection)?;
    }
    Ok(())
}

/// Moves a rejection, whose row is locked; 409 `illegal_transition` for what the machine forbids.
pub fn transition(
    tx: &mut Tx<'_>,
    rejection: &Rejection,
    to: RejectionState,
    at: DateTime<Utc>,
) -> Result<Rejection> {
    let from = rejection.state(tx.now);
    if !from.allowed().contains(&to) {
        return Err(illegal(from, to));
    }
    let (moved, kind) = match to {
        RejectionState::Replied => (
            queries::set_replied(tx, rejection.id, at)?,
            "rejection.replied",
        ),
        _ => (
            queries::set_closed(tx, rejection.id, at)?,
            "rejection.closed",
        ),
    };
    let moved = moved.ok_or_else(|| illegal(from, to))?;
    record(tx, kind, &moved)?;
    Ok(moved)
}

fn illegal(from: RejectionState, to: RejectionState) -> Error {
    problems::ILLEGAL_TRANSITION
        .because(format!(
            "A rejection that is {} cannot become {}.",
            from.as_str(),
            to.as_str()
        ))
        .with("from", from.as_str())
        .with("to", to.as_str())
        .with("allowed", json!(from.allowed()))
        .into()
}
