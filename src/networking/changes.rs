//! Writing contacts and activities: what the operations and other features share. Each function does one
//! thing in the running transaction, with its events.

use serde_json::{Value, json};
use uuid::Uuid;

use super::model::{Contact, ContactFields, NetworkingActivity, NetworkingActivityFields};
use super::queries::{activities, contacts, lock_owner};
use super::rules::check_day;
use crate::account::preferences;
use crate::clock::local_date;
use crate::db::Tx;
use crate::events::{self, Event};
use crate::http::answer::Precondition;
use crate::http::body::Patch;
use crate::http::error::Result;

/// Adds a contact.
pub fn add_contact(tx: &mut Tx<'_>, fields: &ContactFields) -> Result<Contact> {
    let preferences = preferences(tx.conn, tx.owner)?;
    let today = local_date(tx.now, preferences.time_zone);
    let contact = contacts::insert(tx, fields, today)?;
    events::record(tx, &Event::new("contact.created", contact.id))?;
    Ok(contact)
}

/// Removes a contact; its activities stay, with nobody in their place.
pub(super) fn remove_contact(tx: &mut Tx<'_>, id: Uuid, precondition: &Precondition) -> Result<()> {
    lock_owner(tx)?;
    let current = contacts::lock(tx.conn, tx.owner, id)?;
    precondition.check(&current)?;
    let left: Vec<Event> = activities::detach(tx, id)?
        .into_iter()
        .map(|activity| updated(activity, None))
        .collect();
    contacts::delete(tx, id)?;
    events::record_many(tx, &left)?;
    events::record(tx, &Event::new("contact.deleted", id))
}

/// Adds an activity.
///
/// 422 `in_future` when the user's day is not there yet, 404 when there is no such contact.
pub fn log_activity(
    tx: &mut Tx<'_>,
    fields: &NetworkingActivityFields,
) -> Result<NetworkingActivity> {
    let preferences = preferences(tx.conn, tx.owner)?;
    let today = local_date(tx.now, preferences.time_zone);
    check_day(fields.occurred_on, None, today)?;
    lock_owner(tx)?;
    let activity = activities::insert(tx, fields)?;
    refresh(tx, [activity.contact_id, None])?;
    let event = Event::new("networking_activity.created", activity.id);
    events::record(tx, &event.with(about(activity.contact_id)))?;
    Ok(activity)
}

/// Changes an activity, which may move it to another contact.
pub(super) fn change_activity(
    tx: &mut Tx<'_>,
    id: Uuid,
    patch: Patch<NetworkingActivityFields>,
    precondition: &Precondition,
) -> Result<NetworkingActivity> {
    lock_owner(tx)?;
    let current = activities::lock(tx.conn, tx.owner, id)?;
    precondition.check(&current)?;
    let fields = patch.apply(&NetworkingActivityFields::from(&current))?;
    let preferences = preferences(tx.conn, tx.owner)?;
    let today = local_date(tx.now, preferences.time_zone);
    check_day(fields.occurred_on, Some(current.occurred_on), today)?;
    let activity = activities::update(tx, id, &fields)?;
    refresh(tx, [current.contact_id, activity.contact_id])?;
    events::record(tx, &updated(id, activity.contact_id))?;
    Ok(activity)
}

/// Removes an activity.
pub(super) fn remove_activity(
    tx: &mut Tx<'_>,
    id: Uuid,
    precondition: &Precondition,
) -> Result<()> {
    lock_owner(tx)?;
    let current = activities::lock(tx.conn, tx.owner, id)?;
    precondition.check(&current)?;
    activities::delete(tx, id)?;
    refresh(tx, [current.contact_id, None])?;
    let event = Event::new("networking_activity.deleted", id);
    events::record(tx, &event.with(about(current.contact_id)))
}

/// Brings the latest day of the contacts that a change touched up to date.
fn refresh(tx: &mut Tx<'_>, [before, after]: [Option<Uuid>; 2]) -> Result<()> {
    for contact in before.into_iter().chain(after.filter(|_| after != before)) {
        if contacts::refresh(tx, contact)? {
            events::record(tx, &Event::new("contact.updated", contact))?;
        }
    }
    Ok(())
}

fn updated(activity: Uuid, contact: Option<Uuid>) -> Event {
    Event::new("networking_activity.updated", activity).with(about(contact))
}

/// Tells a reader of the event which contact to look at again.
fn about(contact: Option<Uuid>) -> Value {
    json!({"contact_id": contact})
}
