//! What an account document shows and an import leaves out: an import can neither sign anybody in nor
//! give or take the consent of another person.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::Pg;
use diesel::prelude::{Queryable, Selectable};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::calendar::{CalendarDetails, CalendarPart};
use crate::coaching::{LinkStatus, NoteVisibility, Scope, SuggestionStatus};
use crate::db::schema::{
    calendar_feeds, coach_accesses, coach_links, coach_notes, goal_suggestions, personal_tokens,
    sessions, webhook_attempts, webhook_deliveries, webhooks,
};
use crate::goals::{GoalCategory, GoalKind, GoalMeasure, GoalPeriod};
use crate::http::rules::{sane_date, sane_instant, sane_required_instant};

/// A place where the user signed in.
#[derive(Debug, Clone, Queryable, Selectable, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = sessions, check_for_backend(Pg))]
pub struct SessionRecord {
    /// Its id.
    #[garde(skip)]
    pub id: Uuid,
    /// What the client called itself.
    #[garde(length(chars, max = 200))]
    #[schema(max_length = 200)]
    pub device: Option<String>,
    /// When the user signed in there.
    #[garde(skip)]
    pub created_at: DateTime<Utc>,
    /// When its refresh token was last used.
    #[garde(skip)]
    pub last_used_at: DateTime<Utc>,
    /// When it ends by itself.
    #[garde(skip)]
    pub expires_at: DateTime<Utc>,
    /// When it was ended.
    #[garde(skip)]
    pub revoked_at: Option<DateTime<Utc>>,
}

/// A webhook, without its secret.
#[derive(Debug, Clone, Queryable, Selectable, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = webhooks, check_for_backend(Pg))]
pub struct WebhookRecord {
    /// Its id.
    #[garde(skip)]
    pub id: Uuid,
    /// What is told.
    #[garde(length(chars, min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    pub url: String,
    /// What it is for.
    #[garde(length(chars, min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub description: Option<String>,
    /// Of what it is told.
    #[garde(length(max = 50), inner(length(chars, max = 100)))]
    #[schema(value_type = Vec<Code>, max_items = 50)]
    pub event_types: Vec<String>,
    /// Where it stands.
    #[garde(length(chars, min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60)]
    pub status: String,
    /// Why it is told of nothing.
    #[garde(length(chars, max = 60))]
    #[schema(max_length = 60)]
    pub disabled_reason: Option<String>,
    /// Since when it is told of nothing.
    #[garde(skip)]
    pub disabled_at: Option<DateTime<Utc>>,
    /// Since when no attempt has succeeded.
    #[garde(skip)]
    pub failing_since: Option<DateTime<Utc>>,
    /// Counts the changes.
    #[garde(range(min = 1, max = 1_000_000_000))]
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    pub version: i32,
    /// When it was created.
    #[garde(skip)]
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    #[garde(skip)]
    pub updated_at: DateTime<Utc>,
}

/// Something that a webhook was told.
#[derive(Debug, Clone, Queryable, Selectable, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = webhook_deliveries, check_for_backend(Pg))]
pub struct WebhookDeliveryRecord {
    /// Its id.
    #[garde(skip)]
    pub id: Uuid,
    /// The webhook.
    #[garde(skip)]
    pub webhook_id: Uuid,
    /// What happened.
    #[garde(length(chars, min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60)]
    pub event_type: String,
    /// What was sent.
    #[garde(length(chars, min = 2, max = 4000))]
    #[schema(min_length = 2, max_length = 4000)]
    pub payload: String,
    /// What became of it.
    #[garde(length(chars, min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60)]
    pub state: String,
    /// When it arrived.
    #[garde(skip)]
    pub delivered_at: Option<DateTime<Utc>>,
    /// Counts the changes.
    #[garde(range(min = 1, max = 1_000_000_000))]
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    pub version: i32,
    /// When it was created.
    #[garde(skip)]
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    #[garde(skip)]
    pub updated_at: DateTime<Utc>,
}

/// An attempt to tell a webhook something.
#[derive(Debug, Clone, Queryable, Selectable, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = webhook_attempts, check_for_backend(Pg))]
pub struct WebhookAttemptRecord {
    /// Its id.
    #[garde(skip)]
    pub id: Uuid,
    /// What it was to tell.
    #[garde(skip)]
    pub delivery_id: Uuid,
    /// Which attempt it was, from 1.
    #[garde(range(min = 1, max = 1_000_000_000))]
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    pub number: i32,
    /// When.
    #[garde(skip)]
    pub attempted_at: DateTime<Utc>,
    /// How long it took, in milliseconds.
    #[garde(range(min = 0, max = 1_000_000_000))]
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    pub duration_ms: i32,
    /// The status of the answer.
    #[garde(range(min = 100, max = 999))]
    #[schema(minimum = 100, maximum = 999)]
    pub response_status: Option<i32>,
    /// The first bytes of the answer.
    #[garde(length(chars, max = 1024))]
    #[schema(max_length = 1024)]
    pub response_body: Option<String>,
    /// Why there is no answer.
    #[garde(length(chars, max = 60))]
    #[schema(max_length = 60)]
    pub failure: Option<String>,
}

/// A personal access token, without the token.
#[derive(Debug, Clone, Queryable, Selectable, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = personal_tokens, check_for_backend(Pg))]
pub struct PersonalTokenRecord {
    /// Its id.
    #[garde(skip)]
    pub id: Uuid,
    /// What it is called.
    #[garde(length(chars, min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// What it may do.
    #[garde(length(max = 200), inner(length(max = 100)))]
    #[schema(value_type = Vec<Code>, max_items = 200)]
    pub scopes: Vec<String>,
    /// When it ends.
    #[garde(skip)]
    pub expires_at: DateTime<Utc>,
    /// When it was used last.
    #[garde(skip)]
    pub last_used_at: Option<DateTime<Utc>>,
    /// Counts the changes.
    #[garde(range(min = 1, max = 1_000_000_000))]
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    pub version: i32,
    /// When it was created.
    #[garde(skip)]
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    #[garde(skip)]
    pub updated_at: DateTime<Utc>,
}

/// A word of the API, such as a scope of a token or the type of an event.
#[derive(ToSchema)]
#[schema(max_length = 100, example = "applications:read")]
#[expect(dead_code, reason = "only its schema is used")]
pub struct Code(String);

/// A calendar feed, without its address: on another server it would lead nowhere.
#[derive(Debug, Clone, Queryable, Selectable, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = calendar_feeds, check_for_backend(Pg))]
pub struct CalendarFeedRecord {
    /// Its id.
    #[garde(skip)]
    pub id: Uuid,
    /// What it is called.
    #[garde(length(chars, min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// What is in it.
    #[garde(length(max = 4))]
    #[schema(max_items = 4)]
    pub include: Vec<CalendarPart>,
    /// How much it tells.
    #[garde(skip)]
    pub details: CalendarDetails,
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

/// A link between a seeker and a coach, of which the user is one.
#[derive(Debug, Clone, Queryable, Selectable, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = coach_links, check_for_backend(Pg))]
pub struct CoachLinkRecord {
    /// Who invited.
    #[garde(skip)]
    pub seeker_id: Uuid,
    /// Its id.
    #[garde(skip)]
    pub id: Uuid,
    /// Who answered.
    #[garde(skip)]
    pub coach_id: Option<Uuid>,
    /// Who was invited; null when the coach erased their account.
    #[garde(length(chars, min = 3, max = 254))]
    #[schema(min_length = 3, max_length = 254)]
    pub coach_email: Option<String>,
    /// What was granted.
    #[garde(length(max = 8))]
    #[schema(max_items = 8)]
    pub scopes: Vec<Scope>,
    /// Where it stands; `ends_at` ends it by time alone.
    #[garde(skip)]
    pub status: LinkStatus,
    /// Since when it stands there.
    #[garde(custom(sane_required_instant))]
    pub status_since: DateTime<Utc>,
    /// When it ends by itself.
    #[garde(custom(sane_instant))]
    pub ends_at: Option<DateTime<Utc>>,
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

/// A read by a coach.
#[derive(Debug, Clone, Queryable, Selectable, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = coach_accesses, check_for_backend(Pg))]
pub struct CoachAccessRecord {
    /// Whose things were read.
    #[garde(skip)]
    pub seeker_id: Uuid,
    /// Its id.
    #[garde(skip)]
    pub id: Uuid,
    /// The link that allowed it.
    #[garde(skip)]
    pub link_id: Uuid,
    /// Who read.
    #[garde(skip)]
    pub coach_id: Option<Uuid>,
    /// What was read.
    #[garde(length(chars, min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60)]
    pub view: String,
    /// When.
    #[garde(custom(sane_required_instant))]
    pub occurred_at: DateTime<Utc>,
}

/// A note of a coach: one's own about a client, or one that a coach shared with the user.
#[derive(Debug, Clone, Queryable, Selectable, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = coach_notes, check_for_backend(Pg))]
pub struct CoachNoteRecord {
    /// Whom it is about.
    #[garde(skip)]
    pub seeker_id: Uuid,
    /// Its id.
    #[garde(skip)]
    pub id: Uuid,
    /// Who wrote it.
    #[garde(skip)]
    pub coach_id: Uuid,
    /// Who sees it.
    #[garde(skip)]
    pub visibility: NoteVisibility,
    /// What it says.
    #[garde(length(chars, min = 1, max = 10_000))]
    #[schema(min_length = 1, max_length = 10_000)]
    pub text: String,
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

/// A goal that a coach suggested: to the user, or the user to a client.
#[derive(Debug, Clone, Queryable, Selectable, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = goal_suggestions, check_for_backend(Pg))]
pub struct GoalSuggestionRecord {
    /// To whom.
    #[garde(skip)]
    pub seeker_id: Uuid,
    /// Its id.
    #[garde(skip)]
    pub id: Uuid,
    /// By whom.
    #[garde(skip)]
    pub coach_id: Uuid,
    /// What to do.
    #[garde(length(chars, min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub title: String,
    /// Why.
    #[garde(length(chars, min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    pub reason: Option<String>,
    /// What it is about.
    #[garde(skip)]
    pub category: GoalCategory,
    /// Again and again, or once.
    #[garde(skip)]
    pub kind: GoalKind,
    /// How much.
    #[garde(range(min = 1, max = 1000))]
    #[schema(minimum = 1, maximum = 1000)]
    pub target_count: i32,
    /// In which time.
    #[garde(skip)]
    pub period: Option<GoalPeriod>,
    /// What is counted.
    #[garde(skip)]
    pub measure: GoalMeasure,
    /// Until when.
    #[garde(custom(sane_date))]
    pub due_on: Option<NaiveDate>,
    /// What the seeker said.
    #[garde(skip)]
    pub status: SuggestionStatus,
    /// Since when it stands there.
    #[garde(custom(sane_required_instant))]
    pub status_since: DateTime<Utc>,
    /// The goal that it became.
    #[garde(skip)]
    pub goal_id: Option<Uuid>,
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
