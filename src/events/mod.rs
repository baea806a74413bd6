//! The change log: what happened to a user's things, written in the transaction that did it.
//!
//! Its readers are the change feed, which a phone asks for what it missed; the stream, which tells of
//! what happens at once; webhooks and reminders. Whoever writes does not know them. An event names a
//! resource and never repeats its text. Old events are removed; a reader that was away for longer is told
//! so, and fetches everything anew.

pub mod epochs;
pub mod feed;
pub mod handlers;
mod herald;
pub mod kinds;
mod model;
mod news;
pub mod place;
mod queries;
pub mod retention;
pub mod stream;

use serde_json::Value;
use uuid::Uuid;

use crate::db::Tx;
use crate::http::error::Result;

pub use herald::Herald;
pub use news::News;
use place::Place;

/// Something that happened.
#[derive(Debug, Clone)]
pub struct Event {
    /// What happened, like `application.created`.
    pub kind: &'static str,
    /// The resource it happened to.
    pub resource_id: Uuid,
    /// Further ids and codes, never a user's text; null when there are none.
    pub data: Value,
}

impl Event {
    /// An event about a resource.
    pub fn new(kind: &'static str, resource_id: Uuid) -> Self {
        Self {
            kind,
            resource_id,
            data: Value::Null,
        }
    }

    /// Adds ids and codes that a reader needs without asking.
    #[must_use]
    pub fn with(mut self, data: Value) -> Self {
        self.data = data;
        self
    }

    /// The type of the resource: what stands before the dot.
    pub fn resource_type(&self) -> &'static str {
        self.kind
            .split_once('.')
            .map_or(self.kind, |(resource, _)| resource)
    }
}

/// Writes an event in the running transaction.
pub fn record(tx: &mut Tx<'_>, event: &Event) -> Result<()> {
    debug_assert_listed(event);
    queries::insert(tx, event)
}

/// Writes an event in the running transaction and tells its place, for who wants to hear what follows it.
pub fn record_at(tx: &mut Tx<'_>, event: &Event) -> Result<Place> {
    debug_assert_listed(event);
    queries::insert_at(tx, event)
}

/// Writes events in their order, in few statements.
pub fn record_many(tx: &mut Tx<'_>, events: &[Event]) -> Result<()> {
    events.iter().for_each(debug_assert_listed);
    queries::insert_many(tx, events)
}

/// Readers choose among the types that they know.
fn debug_assert_listed(event: &Event) {
    debug_assert!(
        kinds::is_known(event.kind),
        "{} is to be added to events::kinds::ALL",
        event.kind
    );
}
