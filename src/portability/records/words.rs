//! What one writes: templates, messages, requests for feedback and what came back, reflections.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::{Insertable, Queryable, Selectable};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::db::schema::{feedback_items, feedback_requests, messages, reflections, templates};
use crate::feedback::{FeedbackItem, FeedbackRequestFields, FeedbackStatus};
use crate::http::rules::{sane_instant, sane_required_instant};
use crate::messages::templates::TemplateFields;
use crate::messages::{MessageFields, MessageKind, MessageStatus};
use crate::reflections::ReflectionFields;

/// A template of one's own.
#[derive(
    Debug, Clone, Queryable, Selectable, Insertable, Serialize, Deserialize, Validate, ToSchema,
)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = templates, check_for_backend(Pg))]
pub struct TemplateRecord {
    /// Its id.
    #[garde(skip)]
    pub id: Uuid,
    /// What its owner wrote, as `POST /v1/templates` takes it.
    #[garde(dive)]
    #[diesel(embed)]
    pub fields: TemplateFields,
    /// Counts the changes.
    #[garde(range(min = 1, max = 1_000_000_000))]
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    pub version: i32,
    /// When it was created.
    #[garde(custom(sane_required_instant))]
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    #[garde(custom(sane_required_instant))]
    pub updated_at: DateTime<Utc>,
}

/// A feedback request.
#[derive(
    Debug, Clone, Queryable, Selectable, Insertable, Serialize, Deserialize, Validate, ToSchema,
)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = feedback_requests, treat_none_as_default_value = false, check_for_backend(Pg))]
pub struct FeedbackRequestRecord {
    /// Its id.
    #[garde(skip)]
    pub id: Uuid,
    /// What its owner wrote, as `POST /v1/feedback-requests` takes it.
    #[garde(dive)]
    #[diesel(embed)]
    pub fields: FeedbackRequestFields,
    /// Where it stands.
    #[garde(skip)]
    pub status: FeedbackStatus,
    /// When it was sent.
    #[garde(custom(sane_instant))]
    pub sent_at: Option<DateTime<Utc>>,
    /// When a nudge followed.
    #[garde(custom(sane_instant))]
    pub nudged_at: Option<DateTime<Utc>>,
    /// When it was answered, declined or cancelled.
    #[garde(custom(sane_instant))]
    pub closed_at: Option<DateTime<Utc>>,
    /// What was answered, word for word.
    #[garde(length(chars, min = 1, max = 20_000))]
    #[schema(min_length = 1, max_length = 20_000)]
    pub response_text: Option<String>,
    /// Why it was sent although the rejection still cooled off.
    #[garde(length(chars, min = 10, max = 2000))]
    #[schema(min_length = 10, max_length = 2000)]
    pub override_reason: Option<String>,
    /// Counts the changes.
    #[garde(range(min = 1, max = 1_000_000_000))]
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    pub version: i32,
    /// When it was created.
    #[garde(custom(sane_required_instant))]
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    #[garde(custom(sane_required_instant))]
    pub updated_at: DateTime<Utc>,
}

/// A piece of an answer.
#[derive(
    Debug, Clone, Queryable, Selectable, Insertable, Serialize, Deserialize, Validate, ToSchema,
)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = feedback_items, check_for_backend(Pg))]
pub struct FeedbackItemRecord {
    /// Its id.
    #[garde(skip)]
    pub id: Uuid,
    /// The request whose answer it is of.
    #[garde(skip)]
    pub feedback_request_id: Uuid,
    /// Its place in the answer, from 1.
    #[garde(range(min = 1, max = 50))]
    #[schema(minimum = 1, maximum = 50)]
    pub position: i32,
    /// What it says.
    #[garde(dive)]
    #[diesel(embed)]
    pub fields: FeedbackItem,
}

/// A message.
#[derive(
    Debug, Clone, Queryable, Selectable, Insertable, Serialize, Deserialize, Validate, ToSchema,
)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = messages, treat_none_as_default_value = false, check_for_backend(Pg))]
pub struct MessageRecord {
    /// Its id.
    #[garde(skip)]
    pub id: Uuid,
    /// What it is for.
    #[garde(skip)]
    pub kind: MessageKind,
    /// Where it stands.
    #[garde(skip)]
    pub status: MessageStatus,
    /// The template that it was made from.
    #[garde(skip)]
    pub template_id: Option<Uuid>,
    /// What its owner wrote, as `PATCH /v1/messages/{id}` takes it.
    #[garde(dive)]
    #[diesel(embed)]
    pub fields: MessageFields,
    /// Why it was sent in a cool-off or in spite of the tone check.
    #[garde(length(chars, min = 10, max = 2000))]
    #[schema(min_length = 10, max_length = 2000)]
    pub override_reason: Option<String>,
    /// When it was sent.
    #[garde(custom(sane_instant))]
    pub sent_at: Option<DateTime<Utc>>,
    /// Counts the changes.
    #[garde(range(min = 1, max = 1_000_000_000))]
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    pub version: i32,
    /// When it was created.
    #[garde(custom(sane_required_instant))]
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    #[garde(custom(sane_required_instant))]
    pub updated_at: DateTime<Utc>,
}

/// A reflection.
#[derive(
    Debug, Clone, Queryable, Selectable, Insertable, Serialize, Deserialize, Validate, ToSchema,
)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = reflections, check_for_backend(Pg))]
pub struct ReflectionRecord {
    /// Its id.
    #[garde(skip)]
    pub id: Uuid,
    /// What its owner wrote, as `POST /v1/reflections` takes it.
    #[garde(dive)]
    #[diesel(embed)]
    pub fields: ReflectionFields,
    /// Counts the changes.
    #[garde(range(min = 1, max = 1_000_000_000))]
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    pub version: i32,
    /// When it was created.
    #[garde(custom(sane_required_instant))]
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    #[garde(custom(sane_required_instant))]
    pub updated_at: DateTime<Utc>,
}
