//! An event as the API shows it.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use super::feed::Recorded;
use super::kinds;

/// The resource that something happened to.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventResource {
    /// What it is: what stands before the dot in the type of the event.
    #[serde(rename = "type")]
    #[schema(example = "application", max_length = 60)]
    pub kind: String,
    /// Its id.
    pub id: Uuid,
    /// Where to read it as it is now; null when it is gone. What has gone in the meantime is 404 there.
    #[schema(
        required,
        example = "/v1/applications/019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55",
        max_length = 200
    )]
    pub url: Option<String>,
}

/// Something that happened to one of your things.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Event)]
pub struct ShownEvent {
    /// Its id, the same for ever: the place of the event in your feed, to go on from with `after` or `Last-Event-ID`.
    #[schema(example = "AAAAAQAAAAAAAAMgAAAAAAAAACo", max_length = 100)]
    pub id: String,
    /// What happened: a resource and a verb, as in `application.created`. New ones are added; pass over what you do not know.
    #[serde(rename = "type")]
    #[schema(example = "application.created", max_length = 60)]
    pub kind: String,
    /// When.
    pub occurred_at: DateTime<Utc>,
    /// What it happened to.
    pub resource: EventResource,
    /// Further ids and codes, such as `application_id`, `from` and `to`; null when there are none. Never your texts.
    #[schema(required, value_type = Option<Object>, example = json!({"status": "applied"}))]
    pub data: Option<Map<String, Value>>,
}

impl From<Recorded> for ShownEvent {
    fn from(event: Recorded) -> Self {
        let url = kinds::address(&event.kind, event.resource_id, &event.data);
        Self {
            id: event.place.encode(),
            kind: event.kind,
            occurred_at: event.occurred_at,
            resource: EventResource {
                kind: event.resource_type,
                id: event.resource_id,
                url,
            },
            data: match event.data {
                Value::Object(members) => Some(members),
                _ => None,
            },
        }
    }
}

/// A part of the change feed.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventPage {
    /// The events, the oldest first.
    #[schema(max_items = 100)]
    pub data: Vec<ShownEvent>,
    /// The place to go on from with `after`. There always is one; the feed has no last page.
    #[schema(example = "AAAAAQAAAAAAAAMgAAAAAAAAACo", max_length = 2000)]
    pub next_cursor: String,
}
