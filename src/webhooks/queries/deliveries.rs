//! The statements on deliveries and attempts.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use uuid::Uuid;

use crate::db::cached::{cached, kept_if};
use crate::db::keyset::{Direction, beyond};
use crate::db::schema::{webhook_attempts, webhook_deliveries};
use crate::db::{Tx, ids};
use crate::http::error::Result;
use crate::http::page::{Key, Window, wrong_cursor};
use crate::webhooks::deliveries::DeliveryQuery;
use crate::webhooks::deliveries_model::{MOST_SHOWN, StoredDelivery, WebhookAttempt};
use crate::webhooks::rules::{AttemptFailure, DeliveryState};

/// The deliveries of one owner: every statement starts here.
#[diesel::dsl::auto_type(no_type_alias)]
fn owned_by(owner: Uuid) -> _ {
    let mine: diesel::dsl::Eq<webhook_deliveries::owner_id, Uuid> =
        webhook_deliveries::owner_id.eq(owner);
    webhook_deliveries::table.filter(mine)
}

/// The attempts of one owner.
#[diesel::dsl::auto_type(no_type_alias)]
fn attempts_owned_by(owner: Uuid) -> _ {
    let mine: diesel::dsl::Eq<webhook_attempts::owner_id, Uuid> =
        webhook_attempts::owner_id.eq(owner);
    webhook_attempts::table.filter(mine)
}

/// What becomes a delivery.
#[derive(Debug)]
pub(in crate::webhooks) struct NewDelivery {
    /// The event; none for a ping.
    pub(in crate::webhooks) event_id: Option<i64>,
    /// What happened.
    pub(in crate::webhooks) event_type: String,
    /// The body.
    pub(in crate::webhooks) payload: String,
    /// How many attempts of the schedule are left out.
    pub(in crate::webhooks) step: i32,
}

/// Adds deliveries in their order; of an event there is one, however often it is added.
pub(in crate::webhooks) fn insert(
    tx: &mut Tx<'_>,
    webhook: Uuid,
    deliveries: &[NewDelivery],
) -> Result<Vec<StoredDelivery>> {
    let rows: Vec<_> = deliveries
        .iter()
        .map(|delivery| {
            (
                webhook_deliveries::owner_id.eq(tx.owner),
                webhook_deliveries::id.eq(ids::new_id(tx.now)),
                webhook_deliveries::webhook_id.eq(webhook),
                webhook_deliveries::event_id.eq(delivery.event_id),
                webhook_deliveries::event_type.eq(&delivery.event_type),
                webhook_deliveries::payload.eq(&delivery.payload),
                webhook_deliveries::state.eq(DeliveryState::Pending),
                webhook_deliveries::attempt_count.eq(0),
                webhook_deliveries::step.eq(delivery.step),
                webhook_deliveries::next_attempt_at.eq(tx.now),
                webhook_deliveries::version.eq(1),
                webhook_deliveries::created_at.eq(tx.now),
                webhook_deliveries::updated_at.eq(tx.now),
            )
        })
        .collect();
    Ok(diesel::insert_into(webhook_deliveries::table)
        .values(rows)
        .on_conflict((
            webhook_deliveries::owner_id,
            webhook_deliveries::webhook_id,
            webhook_deliveries::event_id,
        ))
        .do_nothing()
        .returning(StoredDelivery::as_returning())
        .get_results(tx.conn)?)
}

/// One delivery to an endpoint.
pub(in crate::webhooks) fn get(
    conn: &mut PgConnection,
    owner: Uuid,
    webhook: Uuid,
    id: Uuid,
) -> Result<StoredDelivery> {
    Ok(owned_by(owner)
        .filter(webhook_deliveries::webhook_id.eq(webhook))
        .filter(webhook_deliveries::id.eq(id))
        .select(StoredDelivery::as_select())
        .first(conn)?)
}

/// The same, locked until the transaction ends.
pub(in crate::webhooks) fn lock(
    conn: &mut PgConnection,
    owner: Uuid,
    webhook: Uuid,
    id: Uuid,
) -> Result<StoredDelivery> {
    Ok(owned_by(owner)
        .filter(webhook_deliveries::webhook_id.eq(webhook))
        .filter(webhook_deliveries::id.eq(id))
        .select(StoredDelivery::as_select())
        .for_update()
        .first(conn)?)
}

/// The delivery to an endpoint that is tried next.
pub(in crate::webhooks) fn next(tx: &mut Tx<'_>, webhook: Uuid) -> Result<Option<StoredDelivery>> {
    let statement = owned_by(tx.owner)
        .filter(webhook_deliveries::webhook_id.eq(webhook))
        .filter(webhook_deliveries::state.eq(DeliveryState::Pending))
        .order((webhook_deliveries::next_attempt_at, webhook_deliveries::id))
        .select(StoredDelivery::as_select())
        .limit(1);
    Ok(cached(statement).get_result(tx.conn).optional()?)
}

/// Where a delivery stands after something happened to it.
#[derive(Debug)]
pub(in crate::webhooks) struct Standing {
    /// What became of it.
    pub(in crate::webhooks) state: DeliveryState,
    /// How many attempts there were.
    pub(in crate::webhooks) attempt_count: i32,
    /// How many attempts of the schedule are behind it.
    pub(in crate::webhooks) step: i32,
    /// When it is tried next.
    pub(in crate::webhooks) next_attempt_at: Option<DateTime<Utc>>,
    /// When it arrived last.
    pub(in crate::webhooks) delivered_at: Option<DateTime<Utc>>,
}

/// Writes down where a delivery stands.
pub(in crate::webhooks) fn set_standing(
    tx: &mut Tx<'_>,
    id: Uuid,
    standing: &Standing,
) -> Result<StoredDelivery> {
    let statement = diesel::update(owned_by(tx.owner).filter(webhook_deliveries::id.eq(id)))
        .set((
            webhook_deliveries::state.eq(standing.state),
            webhook_deliveries::attempt_count.eq(standing.attempt_count),
            webhook_deliveries::step.eq(standing.step),
            webhook_deliveries::next_attempt_at.eq(standing.next_attempt_at),
            webhook_deliveries::delivered_at.eq(standing.delivered_at),
            webhook_deliveries::version.eq(webhook_deliveries::version + 1),
            webhook_deliveries::updated_at.eq(tx.now),
        ))
        .returning(StoredDelivery::as_returning());
    Ok(cached(statement).get_result(tx.conn)?)
}

/// Gives up what is still to be delivered to an endpoint.
pub(in crate::webhooks) fn give_up(tx: &mut Tx<'_>, webhook: Uuid) -> Result<()> {
    let pending = owned_by(tx.owner)
        .filter(webhook_deliveries::webhook_id.eq(webhook))
        .filter(webhook_deliveries::state.eq(DeliveryState::Pending));
    diesel::update(pending)
        .set((
            webhook_deliveries::state.eq(DeliveryState::Failed),
            webhook_deliveries::next_attempt_at.eq(None::<DateTime<Utc>>),
            webhook_deliveries::version.eq(webhook_deliveries::version + 1),
            webhook_deliveries::updated_at.eq(tx.now),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Removes deliveries to an endpoint that were made before an instant and are over, at most so many; how many
/// there were.
pub(in crate::webhooks) fn delete_old(
    tx: &mut Tx<'_>,
    webhook: Uuid,
    before: DateTime<Utc>,
    most: i64,
) -> Result<usize> {
    let old: Vec<Uuid> = owned_by(tx.owner)
        .filter(webhook_deliveries::webhook_id.eq(webhook))
        .filter(webhook_deliveries::created_at.lt(before))
        .filter(webhook_deliveries::state.ne(DeliveryState::Pending))
        .order((webhook_deliveries::created_at, webhook_deliveries::id))
        .select(webhook_deliveries::id)
        .limit(most)
        .load(tx.conn)?;
    let old = owned_by(tx.owner).filter(webhook_deliveries::id.eq_any(old));
    Ok(diesel::delete(old).execute(tx.conn)?)
}

/// An attempt that was made.
#[derive(Debug, Insertable)]
#[diesel(table_name = webhook_attempts, treat_none_as_default_value = false)]
pub(in crate::webhooks) struct NewAttempt<'a> {
    pub(in crate::webhooks) delivery_id: Uuid,
    pub(in crate::webhooks) number: i32,
    pub(in crate::webhooks) duration_ms: i32,
    pub(in crate::webhooks) response_status: Option<i32>,
    pub(in crate::webhooks) response_body: Option<&'a str>,
    pub(in crate::webhooks) failure: Option<AttemptFailure>,
}

/// Writes an attempt down.
pub(in crate::webhooks) fn insert_attempt(tx: &mut Tx<'_>, attempt: &NewAttempt<'_>) -> Result<()> {
    let statement = diesel::insert_into(webhook_attempts::table).values((
        webhook_attempts::owner_id.eq(tx.owner),
        webhook_attempts::id.eq(ids::new_id(tx.now)),
        attempt,
        webhook_attempts::attempted_at.eq(tx.now),
    ));
    statement.execute(tx.conn)?;
    Ok(())
}

/// The last attempts of some deliveries, which are looked for by their numbers; the first of them first.
pub(in crate::webhooks) fn attempts(
    conn: &mut PgConnection,
    owner: Uuid,
    deliveries: &[Uuid],
) -> Result<Vec<WebhookAttempt>> {
    let count = webhook_deliveries::table
        .filter(webhook_deliveries::owner_id.eq(webhook_attempts::owner_id))
        .filter(webhook_deliveries::id.eq(webhook_attempts::delivery_id))
        .select(webhook_deliveries::attempt_count)
        .single_value()
        .assume_not_null();
    Ok(attempts_owned_by(owner)
        .filter(webhook_attempts::delivery_id.eq_any(deliveries))
        .filter((webhook_attempts::number + MOST_SHOWN).gt(count))
        .order((webhook_attempts::delivery_id, webhook_attempts::number))
        .select(WebhookAttempt::as_select())
        .load(conn)?)
}

/// A page of deliveries to an endpoint.
pub(in crate::webhooks) fn list(
    conn: &mut PgConnection,
    owner: Uuid,
    webhook: Uuid,
    query: &DeliveryQuery,
    window: &Window,
) -> Result<Vec<StoredDelivery>> {
    let mut rows = owned_by(owner)
        .filter(webhook_deliveries::webhook_id.eq(webhook))
        .select(StoredDelivery::as_select())
        .limit(window.fetch())
        .into_boxed::<Pg>();
    if !query.state.is_empty() {
        rows = rows.filter(webhook_deliveries::state.eq_any(&query.state));
    }
    if let Some(kind) = &query.event_type {
        rows = rows.filter(webhook_deliveries::event_type.eq(kind));
    }
    if let Some(after) = query.created_after {
        rows = rows.filter(webhook_deliveries::created_at.gt(after));
    }
    if let Some(after) = query.updated_after {
        rows = rows.filter(webhook_deliveries::updated_at.gt(after));
    }
    let (direction, _) = window.direction();
    if let Some(cursor) = &window.after {
        let Key::Instant(at) = cursor.key else {
            return Err(wrong_cursor());
        };
        let place = (webhook_deliveries::created_at, webhook_deliveries::id);
        rows = rows.filter(beyond(place, (at, cursor.id), direction));
    }
    rows = match direction {
        Direction::Ascending => rows.order((
            webhook_deliveries::created_at.asc(),
            webhook_deliveries::id.asc(),
        )),
        Direction::Descending => rows.order((
            webhook_deliveries::created_at.desc(),
            webhook_deliveries::id.desc(),
        )),
    };
    Ok(kept_if(query.is_usual(), rows).load(conn)?)
}

/// The place of a row in its list.
pub(in crate::webhooks) fn place(row: &StoredDelivery) -> (Key, Uuid) {
    (Key::Instant(row.created_at), row.id)
}
