//! The statements of the change log.

use diesel::dsl::{exists as is_there, select};
use diesel::prelude::*;
use diesel::sql_types::SqlOrd;
use uuid::Uuid;

use super::Event;
use super::feed::Recorded;
use super::place::Place;
use crate::db::Tx;
use crate::db::cached::cached;
use crate::db::keyset::{Direction, beyond, beyond_three};
use crate::db::schema::sql_types::Xid8;
use crate::db::schema::{event_epochs, event_horizons, events};
use crate::http::error::Result;

impl SqlOrd for Xid8 {}

/// The type of what [`pg_current_snapshot`] gives.
#[derive(diesel::sql_types::SqlType)]
#[diesel(postgres_type(name = "pg_snapshot", schema = "pg_catalog"))]
pub struct PgSnapshot;

define_sql_function! {
    /// What the running statement sees.
    fn pg_current_snapshot() -> PgSnapshot;
}

define_sql_function! {
    /// The oldest transaction that still runs: all before it have ended.
    fn pg_snapshot_xmin(snapshot: PgSnapshot) -> Xid8;
}

#[diesel::dsl::auto_type(no_type_alias)]
fn owned_by(owner: Uuid) -> _ {
    let mine: diesel::dsl::Eq<events::owner_id, Uuid> = events::owner_id.eq(owner);
    events::table.filter(mine)
}

/// Is the event of an earlier life of the database, or of a transaction that no running one precedes?
macro_rules! settled {
    () => {
        beyond(
            (events::epoch, events::xid),
            (
                event_epochs::table
                    .select(event_epochs::epoch)
                    .order(event_epochs::epoch.desc())
                    .single_value()
                    .assume_not_null(),
                pg_snapshot_xmin(pg_current_snapshot()),
            ),
            Direction::Descending,
        )
    };
}

/// Adds an event to the owner's log.
pub(super) fn insert(tx: &mut Tx<'_>, event: &Event) -> Result<()> {
    let statement = diesel::insert_into(events::table).values((
        events::owner_id.eq(tx.owner),
        events::kind.eq(event.kind),
        events::resource_type.eq(event.resource_type()),
        events::resource_id.eq(event.resource_id),
        events::occurred_at.eq(tx.now),
        events::data.eq(&event.data),
    ));
    cached(statement).execute(tx.conn)?;
    Ok(())
}

/// Adds events to the owner's log, in their order.
pub(super) fn insert_many(tx: &mut Tx<'_>, events: &[Event]) -> Result<()> {
    let values: Vec<_> = events
        .iter()
        .map(|event| {
            (
                events::owner_id.eq(tx.owner),
                events::kind.eq(event.kind),
                events::resource_type.eq(event.resource_type()),
                events::resource_id.eq(event.resource_id),
                events::occurred_at.eq(tx.now),
                events::data.eq(&event.data),
            )
        })
        .collect();
    diesel::insert_into(events::table)
        .values(values)
        .execute(tx.conn)?;
    Ok(())
}

/// The last event that readers may take, of whatever kind.
pub(super) fn last_settled(conn: &mut PgConnection, owner: Uuid) -> Result<Option<Place>> {
    let statement = owned_by(owner)
        .filter(settled!())
        .order((events::epoch.desc(), events::xid.desc(), events::id.desc()))
        .select(Place::as_select())
        .limit(1);
    Ok(cached(statement).get_result(conn).optional()?)
}

/// The events of some kinds after a place, in their order, each with whether readers may take it.
pub(super) fn list_after(
    conn: &mut PgConnection,
    owner: Uuid,
    after: Place,
    kinds: &[&str],
    limit: i64,
) -> Result<Vec<(Recorded, bool)>> {
    let statement = owned_by(owner)
        .filter(beyond_three(
            (events::epoch, events::xid, events::id),
            (after.epoch, after.xid, after.id),
            Direction::Ascending,
        ))
        .filter(events::kind.eq_any(kinds))
        .order((events::epoch, events::xid, events::id))
        .select((Recorded::as_select(), settled!()))
        .limit(limit);
    Ok(cached(statement).get_results(conn)?)
}

/// Is there an event at this very place?
pub(super) fn exists(conn: &mut PgConnection, owner: Uuid, place: Place) -> Result<bool> {
    let there = owned_by(owner)
        .filter(events::id.eq(place.id))
        .filter(events::xid.eq(place.xid))
        .filter(events::epoch.eq(place.epoch));
    Ok(cached(select(is_there(there))).get_result(conn)?)
}

/// The last event that was removed because of its age.
pub(super) fn find_horizon(conn: &mut PgConnection, owner: Uuid) -> Result<Option<Place>> {
    let horizon = event_horizons::table
        .find(owner)
        .select((
            event_horizons::epoch,
            event_horizons::xid,
            event_horizons::id,
        ))
        .get_result(conn)
        .optional()?;
    Ok(horizon)
}
