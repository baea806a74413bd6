//! The statements of the change log.

use chrono::{DateTime, Utc};
use diesel::dsl::{exists as is_there, select};
use diesel::prelude::*;
use diesel::query_builder::QueryId;
use diesel::sql_types::{BigInt, SqlOrd, Text};
use uuid::Uuid;

use super::Event;
use super::feed::Recorded;
use super::place::Place;
use crate::db::Tx;
use crate::db::cached::{ROWS_OF_A_BLOCK, block, cached};
use crate::db::keyset::{Direction, beyond, beyond_three};
use crate::db::schema::sql_types::Xid8;
use crate::db::schema::{event_epochs, event_horizons, events};
use crate::http::error::Result;

impl SqlOrd for Xid8 {}

impl QueryId for Xid8 {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

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

define_sql_function! {
    /// The number of this connection's process.
    fn pg_backend_pid() -> Integer;
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

/// Adds an event to the owner's log; its place.
pub(super) fn insert_at(tx: &mut Tx<'_>, event: &Event) -> Result<Place> {
    let statement = diesel::insert_into(events::table)
        .values((
            events::owner_id.eq(tx.owner),
            events::kind.eq(event.kind),
            events::resource_type.eq(event.resource_type()),
            events::resource_id.eq(event.resource_id),
            events::occurred_at.eq(tx.now),
            events::data.eq(&event.data),
        ))
        .returning(Place::as_returning());
    Ok(cached(statement).get_result(tx.conn)?)
}

/// Adds events to the owner's log, in their order.
pub(super) fn insert_many(tx: &mut Tx<'_>, events: &[Event]) -> Result<()> {
    for rows in events.chunks(ROWS_OF_A_BLOCK) {
        let values = rows.iter().map(|event| {
            (
                events::owner_id.eq(tx.owner),
                events::kind.eq(event.kind),
                events::resource_type.eq(event.resource_type()),
                events::resource_id.eq(event.resource_id),
                events::occurred_at.eq(tx.now),
                events::data.eq(&event.data),
            )
        });
        let statement = diesel::insert_into(events::table).values(values.collect::<Vec<_>>());
        block(rows.len(), statement).execute(tx.conn)?;
    }
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

/// The first events of the log, each with when it was, that readers may take.
pub(super) fn list_oldest(
    conn: &mut PgConnection,
    owner: Uuid,
    limit: i64,
) -> Result<Vec<(Place, DateTime<Utc>)>> {
    let rows = owned_by(owner)
        .filter(settled!())
        .order((events::epoch, events::xid, events::id))
        .select((Place::as_select(), events::occurred_at))
        .limit(limit);
    Ok(cached(rows).get_results(conn)?)
}

/// Removes all events up to a place, this one included, and remembers the place; how many there were.
pub(super) fn remove_until(tx: &mut Tx<'_>, place: Place) -> Result<usize> {
    let old = beyond_three(
        (events::epoch, events::xid, events::id),
        (place.epoch, place.xid, place.id + 1),
        Direction::Descending,
    );
    let removed = diesel::delete(owned_by(tx.owner).filter(old)).execute(tx.conn)?;
    let horizon = || {
        (
            event_horizons::epoch.eq(place.epoch),
            event_horizons::xid.eq(place.xid),
            event_horizons::id.eq(place.id),
        )
    };
    let statement = diesel::insert_into(event_horizons::table)
        .values((event_horizons::owner_id.eq(tx.owner), horizon()))
        .on_conflict(event_horizons::owner_id)
        .do_update()
        .set(horizon());
    cached(statement).execute(tx.conn)?;
    Ok(removed)
}

/// Tells all listeners whose feeds have news.
pub(super) fn notify(conn: &mut PgConnection, channel: &str, owners: &str) -> Result<()> {
    let statement = diesel::sql_query("SELECT pg_notify($1, $2)")
        .bind::<Text, _>(channel)
        .bind::<Text, _>(owners);
    cached(statement).execute(conn)?;
    Ok(())
}

/// Hears from now on what is told; gives the number by which the server knows this connection.
pub(super) fn listen(conn: &mut PgConnection, channel: &str) -> QueryResult<i32> {
    diesel::sql_query(format!("LISTEN {channel}")).execute(conn)?;
    select(pg_backend_pid()).get_result(conn)
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

/// Which database this is.
#[derive(QueryableByName, PartialEq, Eq, Clone, Copy)]
struct Identity {
    #[diesel(sql_type = BigInt)]
    system_identifier: i64,
    #[diesel(sql_type = BigInt)]
    database_number: i64,
}

/// The last epoch, and whether this is the database that it began in.
pub(super) fn last_epoch(conn: &mut PgConnection) -> QueryResult<(i32, bool)> {
    let (epoch, system_identifier, database_number) = event_epochs::table
        .order(event_epochs::epoch.desc())
        .select((
            event_epochs::epoch,
            event_epochs::system_identifier,
            event_epochs::database_number,
        ))
        .first(conn)?;
    let known = Identity {
        system_identifier,
        database_number,
    };
    Ok((epoch, known == identity(conn)?))
}

fn identity(conn: &mut PgConnection) -> QueryResult<Identity> {
    diesel::sql_query(
        "SELECT c.system_identifier, d.oid::bigint AS database_number
         FROM pg_control_system() c, pg_database d WHERE d.datname = current_database()",
    )
    .get_result(conn)
}

/// Lets nobody else begin an epoch until the transaction ends.
pub(super) fn lock_epochs(conn: &mut PgConnection) -> QueryResult<usize> {
    diesel::sql_query("LOCK TABLE event_epochs IN EXCLUSIVE MODE").execute(conn)
}

/// Begins an epoch: what is written from now on comes after all there is.
pub(super) fn begin_epoch(
    conn: &mut PgConnection,
    epoch: i32,
    began_at: DateTime<Utc>,
) -> QueryResult<()> {
    let here = identity(conn)?;
    diesel::insert_into(event_epochs::table)
        .values((
            event_epochs::epoch.eq(epoch),
            event_epochs::system_identifier.eq(here.system_identifier),
            event_epochs::database_number.eq(here.database_number),
            event_epochs::began_at.eq(began_at),
        ))
        .execute(conn)?;
    diesel::sql_query(format!(
        "ALTER TABLE events ALTER COLUMN epoch SET DEFAULT {epoch}"
    ))
    .execute(conn)?;
    Ok(())
}
