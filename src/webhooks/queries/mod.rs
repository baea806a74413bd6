//! The statements on endpoints.

pub(super) mod deliveries;
pub(super) mod queue;

use chrono::{DateTime, Utc};
use diesel::dsl::{count_star, exists};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Integer;
use uuid::Uuid;

use super::handlers::WebhookQuery;
use super::model::{Stored, WebhookFields};
use super::rules::{DisabledReason, WebhookStatus};
use crate::db::cached::{cached, kept_if};
use crate::db::keyset::{Direction, beyond, beyond_three};
use crate::db::schema::{events, webhooks};
use crate::db::{Tx, ids};
use crate::events::place::{Place, Xid};
use crate::http::error::Result;
use crate::http::page::{Key, Window, wrong_cursor};

/// The first half of the number of the lock; any that nothing else locks.
const LOCK: i32 = 7_262_029;

define_sql_function! {
    /// Waits for the lock and holds it until the transaction ends. Returns nothing.
    fn pg_advisory_xact_lock(class: Integer, key: Integer) -> Nullable<Text>;
}

/// The rows of one owner: every statement starts here.
#[diesel::dsl::auto_type(no_type_alias)]
fn owned_by(owner: Uuid) -> _ {
    let mine: diesel::dsl::Eq<webhooks::owner_id, Uuid> = webhooks::owner_id.eq(owner);
    webhooks::table.filter(mine)
}

/// Those of some endpoints, of whichever of these owners, that are active and have not heard of everything.
pub(super) fn behind(
    conn: &mut PgConnection,
    owners: &[Uuid],
    ids: &[Uuid],
) -> Result<Vec<(Uuid, Uuid)>> {
    let heard = (
        webhooks::heard_epoch,
        webhooks::heard_xid,
        webhooks::heard_id,
    );
    let place = (events::epoch, events::xid, events::id);
    let unheard = events::table
        .filter(events::owner_id.eq(webhooks::owner_id))
        .filter(beyond_three(place, heard, Direction::Ascending));
    Ok(webhooks::table
        .filter(webhooks::owner_id.eq_any(owners))
        .filter(webhooks::id.eq_any(ids))
        .filter(webhooks::status.eq(WebhookStatus::Active))
        .filter(exists(unheard))
        .select((webhooks::owner_id, webhooks::id))
        .load(conn)?)
}

/// How many endpoints the owner has; nobody else adds one of theirs before the transaction ends.
pub(super) fn count_locked(tx: &mut Tx<'_>) -> Result<i64> {
    let bytes = tx.owner.as_bytes();
    // The last bytes of a UUIDv7 are random.
    let key = i32::from_be_bytes([bytes[12], bytes[13], bytes[14], bytes[15]]);
    diesel::select(pg_advisory_xact_lock(LOCK, key)).execute(tx.conn)?;
    Ok(owned_by(tx.owner).select(count_star()).first(tx.conn)?)
}

/// One endpoint.
pub(super) fn get(conn: &mut PgConnection, owner: Uuid, id: Uuid) -> Result<Stored> {
    Ok(owned_by(owner)
        .filter(webhooks::id.eq(id))
        .select(Stored::as_select())
        .first(conn)?)
}

/// One endpoint, if it is there.
pub(super) fn find(conn: &mut PgConnection, owner: Uuid, id: Uuid) -> Result<Option<Stored>> {
    Ok(owned_by(owner)
        .filter(webhooks::id.eq(id))
        .select(Stored::as_select())
        .first(conn)
        .optional()?)
}

/// One endpoint, locked until the transaction ends. Whoever locks a delivery or the endpoint's row in the queue
/// locks the endpoint first.
pub(super) fn lock(conn: &mut PgConnection, owner: Uuid, id: Uuid) -> Result<Stored> {
    Ok(owned_by(owner)
        .filter(webhooks::id.eq(id))
        .select(Stored::as_select())
        .for_update()
        .first(conn)?)
}

/// The same of the owner's, if it is there.
pub(super) fn find_locked(tx: &mut Tx<'_>, id: Uuid) -> Result<Option<Stored>> {
    Ok(owned_by(tx.owner)
        .filter(webhooks::id.eq(id))
        .select(Stored::as_select())
        .for_update()
        .first(tx.conn)
        .optional()?)
}

/// A new endpoint that hears what comes after a place.
pub(super) fn insert(
    tx: &mut Tx<'_>,
    id: Uuid,
    fields: &WebhookFields,
    secret: &[u8],
    heard: Place,
) -> Result<Stored> {
    let statement = diesel::insert_into(webhooks::table)
        .values((
            webhooks::owner_id.eq(tx.owner),
            webhooks::id.eq(id),
            fields,
            webhooks::status.eq(WebhookStatus::Active),
            webhooks::secret.eq(secret),
            webhooks::heard_epoch.eq(heard.epoch),
            webhooks::heard_xid.eq(heard.xid),
            webhooks::heard_id.eq(heard.id),
            webhooks::version.eq(1),
            webhooks::created_at.eq(tx.now),
            webhooks::updated_at.eq(tx.now),
        ))
        .returning(Stored::as_returning());
    Ok(cached(statement).get_result(tx.conn)?)
}

/// A new id for an endpoint.
pub(super) fn new_id(tx: &Tx<'_>) -> Uuid {
    ids::new_id(tx.now)
}

/// Other fields for an endpoint.
pub(super) fn update(tx: &mut Tx<'_>, id: Uuid, fields: &WebhookFields) -> Result<Stored> {
    let statement = diesel::update(owned_by(tx.owner).filter(webhooks::id.eq(id)))
        .set((
            fields,
            webhooks::version.eq(webhooks::version + 1),
            webhooks::updated_at.eq(tx.now),
        ))
        .returning(Stored::as_returning());
    Ok(cached(statement).get_result(tx.conn)?)
}

/// Turns an endpoint on; it hears what comes after a place.
pub(super) fn enable(tx: &mut Tx<'_>, id: Uuid, heard: Place) -> Result<Stored> {
    let statement = diesel::update(owned_by(tx.owner).filter(webhooks::id.eq(id)))
        .set((
            webhooks::status.eq(WebhookStatus::Active),
            webhooks::disabled_reason.eq(None::<DisabledReason>),
            webhooks::disabled_at.eq(None::<DateTime<Utc>>),
            webhooks::failing_since.eq(None::<DateTime<Utc>>),
            webhooks::heard_epoch.eq(heard.epoch),
            webhooks::heard_xid.eq(heard.xid),
            webhooks::heard_id.eq(heard.id),
            webhooks::version.eq(webhooks::version + 1),
            webhooks::updated_at.eq(tx.now),
        ))
        .returning(Stored::as_returning());
    Ok(cached(statement).get_result(tx.conn)?)
}

/// Turns an endpoint off.
pub(super) fn disable(tx: &mut Tx<'_>, id: Uuid, reason: DisabledReason) -> Result<Stored> {
    let statement = diesel::update(owned_by(tx.owner).filter(webhooks::id.eq(id)))
        .set((
            webhooks::status.eq(WebhookStatus::Disabled),
            webhooks::disabled_reason.eq(reason),
            webhooks::disabled_at.eq(tx.now),
            webhooks::version.eq(webhooks::version + 1),
            webhooks::updated_at.eq(tx.now),
        ))
        .returning(Stored::as_returning());
    Ok(cached(statement).get_result(tx.conn)?)
}

/// Gives an endpoint another secret; the present one signs until `until`, too.
pub(super) fn rotate(
    tx: &mut Tx<'_>,
    id: Uuid,
    secret: &[u8],
    until: DateTime<Utc>,
) -> Result<Stored> {
    let statement = diesel::update(owned_by(tx.owner).filter(webhooks::id.eq(id)))
        .set((
            webhooks::previous_secret.eq(webhooks::secret.nullable()),
            webhooks::previous_secret_until.eq(until),
            webhooks::secret.eq(secret),
            webhooks::version.eq(webhooks::version + 1),
            webhooks::updated_at.eq(tx.now),
        ))
        .returning(Stored::as_returning());
    Ok(cached(statement).get_result(tx.conn)?)
}

/// Removes an endpoint with its deliveries, and from the queue.
pub(super) fn delete(tx: &mut Tx<'_>, id: Uuid) -> Result<()> {
    diesel::delete(owned_by(tx.owner).filter(webhooks::id.eq(id))).execute(tx.conn)?;
    queue::remove(tx, id)
}

/// The sealed secrets that sign at the present time, the newest first.
pub(super) fn secrets(tx: &mut Tx<'_>, id: Uuid) -> Result<Vec<Vec<u8>>> {
    let (present, previous, until) = owned_by(tx.owner)
        .filter(webhooks::id.eq(id))
        .select((
            webhooks::secret,
            webhooks::previous_secret,
            webhooks::previous_secret_until,
        ))
        .first::<(Vec<u8>, Option<Vec<u8>>, Option<DateTime<Utc>>)>(tx.conn)?;
    let signs_still = until.is_some_and(|until| until > tx.now);
    let previous = previous.filter(|_| signs_still);
    Ok(std::iter::once(present).chain(previous).collect())
}

/// Forgets the secret before, once it signs no more.
pub(super) fn forget_previous_secret(tx: &mut Tx<'_>, id: Uuid) -> Result<()> {
    let over = owned_by(tx.owner)
        .filter(webhooks::id.eq(id))
        .filter(webhooks::previous_secret_until.le(tx.now));
    diesel::update(over)
        .set((
            webhooks::previous_secret.eq(None::<Vec<u8>>),
            webhooks::previous_secret_until.eq(None::<DateTime<Utc>>),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// The last place of the log that an endpoint has heard of.
pub(super) fn heard(tx: &mut Tx<'_>, id: Uuid) -> Result<Place> {
    let (epoch, xid, number) = owned_by(tx.owner)
        .filter(webhooks::id.eq(id))
        .select((
            webhooks::heard_epoch,
            webhooks::heard_xid,
            webhooks::heard_id,
        ))
        .first::<(i32, Xid, i64)>(tx.conn)?;
    Ok(Place {
        epoch,
        xid,
        id: number,
    })
}

/// Notes how far an endpoint has heard. It is no change of the endpoint: its version stays.
pub(super) fn set_heard(tx: &mut Tx<'_>, id: Uuid, heard: Place) -> Result<()> {
    let statement = diesel::update(owned_by(tx.owner).filter(webhooks::id.eq(id))).set((
        webhooks::heard_epoch.eq(heard.epoch),
        webhooks::heard_xid.eq(heard.xid),
        webhooks::heard_id.eq(heard.id),
    ));
    cached(statement).execute(tx.conn)?;
    Ok(())
}

/// Notes since when an endpoint fails; nothing when it does not. It is a figure: the version stays.
pub(super) fn set_failing_since(
    tx: &mut Tx<'_>,
    id: Uuid,
    since: Option<DateTime<Utc>>,
) -> Result<()> {
    let statement = diesel::update(owned_by(tx.owner).filter(webhooks::id.eq(id)))
        .set(webhooks::failing_since.eq(since));
    cached(statement).execute(tx.conn)?;
    Ok(())
}

/// A page of endpoints.
pub(super) fn list(
    conn: &mut PgConnection,
    owner: Uuid,
    query: &WebhookQuery,
    window: &Window,
) -> Result<Vec<Stored>> {
    let mut rows = owned_by(owner)
        .select(Stored::as_select())
        .limit(window.fetch())
        .into_boxed::<Pg>();
    if !query.status.is_empty() {
        rows = rows.filter(webhooks::status.eq_any(&query.status));
    }
    if let Some(after) = query.created_after {
        rows = rows.filter(webhooks::created_at.gt(after));
    }
    if let Some(after) = query.updated_after {
        rows = rows.filter(webhooks::updated_at.gt(after));
    }
    let (direction, _) = window.direction();
    if let Some(cursor) = &window.after {
        let Key::Instant(at) = cursor.key else {
            return Err(wrong_cursor());
        };
        let place = (webhooks::created_at, webhooks::id);
        rows = rows.filter(beyond(place, (at, cursor.id), direction));
    }
    rows = match direction {
        Direction::Ascending => rows.order((webhooks::created_at.asc(), webhooks::id.asc())),
        Direction::Descending => rows.order((webhooks::created_at.desc(), webhooks::id.desc())),
    };
    let usual = query.created_after.is_none() && query.updated_after.is_none();
    Ok(kept_if(usual, rows).load(conn)?)
}

/// The place of a row in its list.
pub(super) fn place(row: &Stored) -> (Key, Uuid) {
    (Key::Instant(row.created_at), row.id)
}
