//! The log of one user, read in its order and from a place on.

use chrono::{DateTime, Utc};
use diesel::PgConnection;
use diesel::prelude::*;
use serde_json::Value;
use uuid::Uuid;

use super::place::Place;
use super::queries;
use crate::db::schema::events;
use crate::http::error::Result;

/// An event as it was written.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = events)]
pub struct Recorded {
    /// Where it stands.
    #[diesel(embed)]
    pub place: Place,
    /// What happened, like `application.created`.
    pub kind: String,
    /// The type of the resource.
    pub resource_type: String,
    /// The resource it happened to.
    pub resource_id: Uuid,
    /// When, by the service's clock.
    pub occurred_at: DateTime<Utc>,
    /// Further ids and codes; null when there are none.
    pub data: Value,
}

/// A part of the log.
#[derive(Debug)]
pub struct Part {
    /// The events, in their order.
    pub events: Vec<Recorded>,
    /// The place to go on from. Everything of the wanted kinds up to it was handed out.
    pub next: Place,
    /// Is there more that is committed but not settled, since an older transaction still runs? It can be
    /// read as soon as that one ends, which nobody tells.
    pub pending: bool,
}

/// Reads up to `limit` events of the given kinds that stand after a place; from the oldest that is kept
/// without one. Nothing when the place is none of this log's any more: its event, or one that followed it,
/// was removed or was lost with a restore.
///
/// An event is handed out once no running transaction can write one that belongs before it: so that
/// whoever goes on from [`Part::next`] sees each event exactly once. Read it from the primary.
pub fn read(
    conn: &mut PgConnection,
    owner: Uuid,
    after: Option<Place>,
    kinds: &[&str],
    limit: i64,
) -> Result<Option<Part>> {
    // The order of these statements matters, since each sees what was committed before itself. What is
    // settled at the first is seen by the second, and what is removed before the second is noticed by the third.
    let end = end(conn, owner)?;
    let rows = queries::list_after(conn, owner, after.unwrap_or(Place::BEGINNING), kinds, limit)?;
    if let Some(after) = after
        && !has(conn, owner, after)?
    {
        return Ok(None);
    }
    let full = i64::try_from(rows.len()).is_ok_and(|count| count == limit);
    let pending = rows.last().is_some_and(|(_, settled)| !settled);
    // What is not settled comes last in the order.
    let events: Vec<Recorded> = rows
        .into_iter()
        .take_while(|(_, settled)| *settled)
        .map(|(event, _)| event)
        .collect();
    let last = events.last().map(|event| event.place);
    let next = match last {
        Some(last) if full && !pending => last,
        // Events of other kinds are passed over, too.
        last => [last, after].into_iter().flatten().fold(end, Place::max),
    };
    Ok(Some(Part {
        events,
        next,
        pending,
    }))
}

/// The end of the log: the place from which everything is seen that is settled later.
pub fn end(conn: &mut PgConnection, owner: Uuid) -> Result<Place> {
    match queries::last_settled(conn, owner)? {
        Some(last) => Ok(last),
        None => horizon(conn, owner),
    }
}

/// Does the log have everything that followed a place? Its event is there, or was the last to be removed:
/// events are removed in their order.
pub fn has(conn: &mut PgConnection, owner: Uuid, place: Place) -> Result<bool> {
    Ok(place == horizon(conn, owner)? || queries::exists(conn, owner, place)?)
}

fn horizon(conn: &mut PgConnection, owner: Uuid) -> Result<Place> {
    Ok(queries::find_horizon(conn, owner)?.unwrap_or(Place::BEGINNING))
}
