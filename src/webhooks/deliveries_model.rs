//! What a delivery and an attempt are.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::{Queryable, Selectable};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::{AttemptFailure, DeliveryState};
use crate::db::schema::{webhook_attempts, webhook_deliveries};
use crate::http::answer::Versioned;
use crate::page_schema;

/// A delivery as it is stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = webhook_deliveries, check_for_backend(Pg))]
pub(super) struct StoredDelivery {
    pub(super) id: Uuid,
    pub(super) webhook_id: Uuid,
    pub(super) event_type: String,
    pub(super) payload: String,
    pub(super) state: DeliveryState,
    pub(super) attempt_count: i32,
    pub(super) step: i32,
    pub(super) next_attempt_at: Option<DateTime<Utc>>,
    pub(super) delivered_at: Option<DateTime<Utc>>,
    pub(super) version: i32,
    pub(super) created_at: DateTime<Utc>,
    pub(super) updated_at: DateTime<Utc>,
}

/// An attempt to deliver.
#[derive(Debug, Clone, Serialize, ToSchema, Queryable, Selectable)]
#[diesel(table_name = webhook_attempts, check_for_backend(Pg))]
pub struct WebhookAttempt {
    #[serde(skip)]
    #[schema(ignore)]
    pub(super) delivery_id: Uuid,
    /// Counts the attempts of the delivery, from 1.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub number: i32,
    /// When it was made.
    #[schema(example = "2026-03-12T09:00:01Z")]
    pub attempted_at: DateTime<Utc>,
    /// How long it took, in milliseconds.
    #[schema(minimum = 0, maximum = 2_147_483_647, example = 84)]
    pub duration_ms: i32,
    /// The status of the answer; null when there was none.
    #[schema(required, minimum = 100, maximum = 999, example = 200)]
    pub response_status: Option<i32>,
    /// The first kilobyte of the answer as text, without control characters; show it as text only.
    #[schema(required, max_length = 1024, example = "ok")]
    pub response_body: Option<String>,
    /// Why there was no answer; null when there was one.
    #[schema(required)]
    pub failure: Option<AttemptFailure>,
}

/// An event on its way to an endpoint.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WebhookDelivery {
    /// Its id, which is sent as `webhook-id`: the same for each attempt, so that a receiver knows what it has
    /// seen.
    #[schema(example = "019a6f42-3d4e-7f50-9b6c-7d8e9fa0b1c2")]
    pub id: Uuid,
    /// The endpoint that it goes to.
    #[schema(example = "019a6f41-2c3d-7e4f-8a5b-6c7d8e9fa0b1")]
    pub webhook_id: Uuid,
    /// What happened; `ping` for a ping.
    #[schema(max_length = 60, example = "application.transitioned")]
    pub event_type: String,
    /// The body, exactly as it is sent.
    #[schema(
        max_length = 4000,
        example = "{\"type\":\"application.transitioned\",\"timestamp\":\"2026-03-12T09:00:00Z\",\"data\":{\"resource_type\":\"application\",\"resource_id\":\"019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55\"}}"
    )]
    pub payload: String,
    /// What became of it.
    #[schema(example = "delivered")]
    pub state: DeliveryState,
    /// How many attempts there were.
    #[schema(minimum = 0, maximum = 2_147_483_647, example = 1)]
    pub attempt_count: i32,
    /// When it is tried next; null when it is not.
    #[schema(required, example = "2026-03-12T09:05:00Z")]
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// When it arrived last.
    #[schema(required, example = "2026-03-12T09:00:01Z")]
    pub delivered_at: Option<DateTime<Utc>>,
    /// The last attempts, at most 20, the first of them first.
    #[schema(max_items = 20)]
    pub attempts: Vec<WebhookAttempt>,
    /// Counts the changes, from 1.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// When the event became a delivery.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

/// So many attempts of a delivery are shown.
pub(super) const MOST_SHOWN: i32 = 20;

impl Versioned for WebhookDelivery {
    fn version(&self) -> i32 {
        self.version
    }
}

impl Versioned for StoredDelivery {
    fn version(&self) -> i32 {
        self.version
    }
}

impl WebhookDelivery {
    /// What is stored, with its last attempts.
    pub(super) fn new(row: StoredDelivery, attempts: Vec<WebhookAttempt>) -> Self {
        Self {
            id: row.id,
            webhook_id: row.webhook_id,
            event_type: row.event_type,
            payload: row.payload,
            state: row.state,
            attempt_count: row.attempt_count,
            next_attempt_at: row.next_attempt_at,
            delivered_at: row.delivered_at,
            attempts,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

page_schema!(
    WebhookDeliveryPage,
    WebhookDelivery,
    "A page of deliveries."
);
