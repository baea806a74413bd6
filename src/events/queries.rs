//! The statements of the change log.

use diesel::prelude::*;

use super::Event;
use crate::db::Tx;
use crate::db::cached::cached;
use crate::db::schema::events;
use crate::http::error::Result;

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
