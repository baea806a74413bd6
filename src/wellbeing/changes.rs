//! Writing and erasing check-ins. Each function does one thing in the running transaction, with its events,
//! which hold an id and nothing else.

use uuid::Uuid;

use super::model::{WellbeingCheckIn, WellbeingCheckInFields};
use super::{queries, rules};
use crate::account::preferences;
use crate::db::Tx;
use crate::events::{self, Event};
use crate::http::answer::Precondition;
use crate::http::body::Patch;
use crate::http::error::Result;
use crate::http::idempotency;

/// Where check-ins are.
pub(super) const PATH: &str = "/v1/wellbeing-check-ins";
/// 403 while the user has not turned check-ins on.
pub(super) fn check_enabled(tx: &mut Tx<'_>) -> Result<()> {
    rules::check_enabled(preferences(tx.conn, tx.owner)?.wellbeing_enabled)
}

/// Adds a check-in; 422 `in_future` when it lies ahead.
pub fn check_in(tx: &mut Tx<'_>, fields: &WellbeingCheckInFields) -> Result<WellbeingCheckIn> {
    check_enabled(tx)?;
    rules::check_instant(fields.occurred_at, tx.now)?;
    let check_in = queries::insert(tx, fields)?;
    events::record(tx, &Event::new("wellbeing_check_in.created", check_in.id))?;
    Ok(check_in)
}

/// Changes a check-in.
pub(super) fn change(
    tx: &mut Tx<'_>,
    id: Uuid,
    patch: Patch<WellbeingCheckInFields>,
    precondition: &Precondition,
) -> Result<WellbeingCheckIn> {
    check_enabled(tx)?;
    let current = queries::lock(tx.conn, tx.owner, id)?;
    precondition.check(&current)?;
    let fields = patch.apply(&WellbeingCheckInFields::from(&current))?;
    rules::check_instant(fields.occurred_at, tx.now)?;
    let check_in = queries::update(tx, id, &fields)?;
    events::record(tx, &Event::new("wellbeing_check_in.updated", id))?;
    Ok(check_in)
}

/// Erases a check-in, and the answer that is kept for a retry of its POST.
pub(super) fn erase(tx: &mut Tx<'_>, id: Uuid, precondition: &Precondition) -> Result<()> {
    let current = queries::lock(tx.conn, tx.owner, id)?;
    precondition.check(&current)?;
    queries::delete(tx, id)?;
    idempotency::forget_answers(tx, &format!("{PATH}/{id}"))?;
    events::record(tx, &Event::new("wellbeing_check_in.deleted", id))
}

/// Erases all check-ins, and the answers that are kept for retries.
pub(super) fn erase_all(tx: &mut Tx<'_>) -> Result<()> {
    let gone: Vec<Event> = queries::delete_all(tx)?
        .into_iter()
        .map(|id| Event::new("wellbeing_check_in.deleted", id))
        .collect();
    idempotency::forget_answers(tx, &format!("{PATH}/%"))?;
    events::record_many(tx, &gone)?;
    Ok(())
}
