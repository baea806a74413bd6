//! What an endpoint is: its row, what a client writes, what the API answers.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::{AsChangeset, Insertable, Queryable, Selectable};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

use super::event_types;
use super::rules::{DisabledReason, WebhookStatus};
use super::signing::Secret;
use crate::db::schema::webhooks;
use crate::http::answer::Versioned;
use crate::http::rules::one_line;
use crate::page_schema;

/// What a client writes: the body of POST, and what a PATCH is merged into.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema, Insertable, AsChangeset)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = webhooks, treat_none_as_default_value = false, treat_none_as_null = true)]
#[schema(example = json!({
    "url": "https://hooks.example.com/rebound", "event_types": ["application.transitioned", "interview.*"],
    "description": "The board in the kitchen"
}))]
pub struct WebhookFields {
    /// Where to: https on the public Internet, port 443 or from 1024 on, without a user name or fragment.
    #[garde(length(chars, min = 1, max = 2000))]
    #[schema(
        min_length = 1,
        max_length = 2000,
        format = "url",
        pattern = "^https?://",
        example = "https://hooks.example.com/rebound"
    )]
    pub url: String,
    /// What it is told of: types such as `application.created`, all of a resource as `application.*`, or `*`.
    /// Wellbeing is never sent.
    #[garde(
        length(min = 1, max = 50),
        inner(length(chars, min = 1, max = 60), custom(known_type))
    )]
    #[schema(value_type = Vec<WantedEventType>, min_items = 1, max_items = 50, example = json!(["application.transitioned", "interview.*"]))]
    pub event_types: Vec<String>,
    /// What it is for.
    #[garde(length(chars, min = 1, max = 200), inner(custom(one_line)))]
    #[schema(min_length = 1, max_length = 200, example = "The board in the kitchen")]
    pub description: Option<String>,
}

/// The schema of what `known_type` takes.
pub struct WantedEventType;

impl PartialSchema for WantedEventType {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("A type of event such as `application.created`, all of a resource as `application.*`, or `*`."))
            .enum_values(Some(event_types::names()))
            .into()
    }
}

impl ToSchema for WantedEventType {}

fn known_type(name: &str, (): &()) -> garde::Result {
    event_types::fault(name).map_or(Ok(()), |why| Err(garde::Error::new(why)))
}

/// A move of an endpoint.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"to": "disabled"}))]
pub struct WebhookMove {
    /// Where to.
    #[garde(skip)]
    pub(super) to: WebhookStatus,
}

/// An endpoint as it is stored, without its secrets.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = webhooks, check_for_backend(Pg))]
pub(super) struct Stored {
    pub(super) id: Uuid,
    pub(super) url: String,
    pub(super) event_types: Vec<String>,
    pub(super) description: Option<String>,
    pub(super) status: WebhookStatus,
    pub(super) disabled_reason: Option<DisabledReason>,
    pub(super) disabled_at: Option<DateTime<Utc>>,
    pub(super) previous_secret_until: Option<DateTime<Utc>>,
    pub(super) failing_since: Option<DateTime<Utc>>,
    pub(super) version: i32,
    pub(super) created_at: DateTime<Utc>,
    pub(super) updated_at: DateTime<Utc>,
}

impl Versioned for Stored {
    fn version(&self) -> i32 {
        self.version
    }
}

impl From<&Stored> for WebhookFields {
    fn from(row: &Stored) -> Self {
        Self {
            url: row.url.clone(),
            event_types: row.event_types.clone(),
            description: row.description.clone(),
        }
    }
}

/// An endpoint that is told of events.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Webhook {
    /// Its id.
    #[schema(example = "019a6f41-2c3d-7e4f-8a5b-6c7d8e9fa0b1")]
    pub id: Uuid,
    /// Where events are sent to.
    #[schema(max_length = 2000, example = "https://hooks.example.com/rebound")]
    pub url: String,
    /// What it is told of.
    #[schema(value_type = Vec<WantedEventType>, max_items = 50, example = json!(["application.transitioned", "interview.*"]))]
    pub event_types: Vec<String>,
    /// What it is for.
    #[schema(required, max_length = 200, example = "The board in the kitchen")]
    pub description: Option<String>,
    /// Where it stands.
    #[schema(example = "active")]
    pub status: WebhookStatus,
    /// Where it may go.
    #[schema(max_items = 2, example = json!(["disabled"]))]
    pub allowed_transitions: &'static [WebhookStatus],
    /// Why it is disabled; null while it is active.
    #[schema(required)]
    pub disabled_reason: Option<DisabledReason>,
    /// Since when it is disabled.
    #[schema(required, example = "2026-03-12T09:00:00Z")]
    pub disabled_at: Option<DateTime<Utc>>,
    /// Since when no attempt has succeeded; null when the last one did. After five days it is disabled.
    #[schema(required, example = "2026-03-12T09:00:00Z")]
    pub failing_since: Option<DateTime<Utc>>,
    /// Until when the secret before signs beside the present one; null when it was never rotated.
    #[schema(required, example = "2026-03-13T09:00:00Z")]
    pub previous_secret_until: Option<DateTime<Utc>>,
    /// What its deliveries are signed with. Only in the answer that made it: keep it there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(
        nullable = false,
        max_length = 100,
        example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="
    )]
    pub secret: Option<String>,
    /// Where a secret was made: is it in this answer? A retry with the same `Idempotency-Key` does not show it
    /// again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = true)]
    pub secret_shown: Option<bool>,
    /// Counts the changes, from 1.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

impl Versioned for Webhook {
    fn version(&self) -> i32 {
        self.version
    }
}

impl From<Stored> for Webhook {
    fn from(row: Stored) -> Self {
        Self {
            id: row.id,
            url: row.url,
            event_types: row.event_types,
            description: row.description,
            status: row.status,
            allowed_transitions: row.status.allowed(),
            disabled_reason: row.disabled_reason,
            disabled_at: row.disabled_at,
            failing_since: row.failing_since,
            previous_secret_until: row.previous_secret_until,
            secret: None,
            secret_shown: None,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

impl Webhook {
    /// The same with its new secret.
    pub(super) fn showing(&self, secret: &Secret) -> Self {
        Self {
            secret: Some(secret.shown()),
            secret_shown: Some(true),
            ..self.clone()
        }
    }

    /// The same for a retry, which does not get the secret.
    pub(super) fn hiding(&self) -> Self {
        Self {
            secret_shown: Some(false),
            ..self.clone()
        }
    }
}

page_schema!(WebhookPage, Webhook, "A page of webhooks.");
