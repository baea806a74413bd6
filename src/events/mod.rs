//! The change log: what happened to a user's things, written in the transaction that did it.
//!
//! The change feed, the stream, webhooks and reminders read it; whoever writes does not know them.
//! An event names a resource and never repeats its text.

pub mod feed;
pub mod place;
mod queries;

use serde_json::Value;
use uuid::Uuid;

use crate::db::Tx;
use crate::http::error::Result;

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
    queries::insert(tx, event)
}

/// Writes many events in their order in one statement.
pub fn record_many(tx: &mut Tx<'_>, events: &[Event]) -> Result<()> {
    queries::insert_many(tx, events)
}
