//! The document as a whole, and what an import answers.

use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::records::*;
use crate::account::{Choices, Profile, User, is_time_zone};
use crate::http::rules::sane_required_instant;

/// The form of the document. A later one gets another number.
pub const FORMAT: &str = "rebound-account-1";

/// Who the document is of. An import takes the name, the time zone and the preferences.
#[derive(Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AccountRecord)]
pub struct AccountRecord {
    /// Id of the user.
    #[garde(skip)]
    pub id: Uuid,
    /// The address.
    #[garde(length(chars, min = 3, max = 254))]
    #[schema(min_length = 3, max_length = 254)]
    pub email: String,
    /// Was the address proved by a mail?
    #[garde(skip)]
    pub email_verified: bool,
    /// How the user wants to be called.
    #[garde(length(chars, min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub display_name: Option<String>,
    /// IANA name of the zone in which the user's days begin and end.
    #[garde(custom(is_time_zone))]
    #[schema(min_length = 1, max_length = 64)]
    pub time_zone: String,
    /// What the user chose.
    #[garde(dive)]
    pub preferences: Choices,
    /// When the account was made.
    #[garde(custom(sane_required_instant))]
    pub created_at: DateTime<Utc>,
    /// When the profile was last changed.
    #[garde(custom(sane_required_instant))]
    pub updated_at: DateTime<Utc>,
}

impl From<User> for AccountRecord {
    fn from(user: User) -> Self {
        Self {
            id: user.id,
            email: user.email,
            email_verified: user.email_verified,
            display_name: user.display_name,
            time_zone: user.time_zone,
            preferences: user.preferences,
            created_at: user.created_at,
            updated_at: user.updated_at,
        }
    }
}

impl AccountRecord {
    /// What of it an import takes.
    pub fn profile(self) -> Profile {
        Profile::new(self.display_name, self.time_zone, self.preferences)
    }
}

/// Everything of one account: `format` and `account`, then a section for each table. Rows stand behind
/// those that they refer to. What a client writes stands in `fields`, as the operation takes it that
/// creates or changes such a thing; beside it stands what the service keeps. What opens a door
/// (sessions, tokens, webhooks, calendar feeds) and everything about coaches is shown, and left out by an import.
#[derive(ToSchema)]
#[schema(example = json!({
    "format": "rebound-account-1",
    "account": {
        "id": "019a6f0a-3c4d-7e5f-a061-7c8d9e0f1a2b", "email": "sam@example.com", "email_verified": true, "display_name": "Sam",
        "time_zone": "Europe/Berlin", "preferences": {
            "cooloff_hours": 24, "ghost_after_days": 30, "week_starts_on": "monday", "wellbeing_enabled": false,
            "reminders": {"mail": "off", "digest_time": "08:00", "quiet_from": "21:00", "quiet_to": "08:00"}
        },
        "created_at": "2026-03-01T09:00:00Z", "updated_at": "2026-03-01T09:00:00Z"
    },
    "applications": [{
        "id": "019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55", "fields": {"company": "Kite & Anchor", "job_title": "Backend Engineer"},
        "status": "saved", "furthest_stage": "saved", "status_since": "2026-03-05T09:00:00Z",
        "version": 1, "created_at": "2026-03-05T09:00:00Z", "updated_at": "2026-03-05T09:00:00Z"
    }]
}))]
#[expect(
    dead_code,
    reason = "only its schema is used; the document is streamed row by row"
)]
pub struct AccountDocument {
    /// The form of the document: `rebound-account-1`.
    #[schema(min_length = 17, max_length = 17, pattern = "^rebound-account-1$")]
    format: String,
    /// When it was written; an import takes it or leaves it.
    exported_at: Option<DateTime<Utc>>,
    /// Who it is of.
    account: AccountRecord,
    /// Applications.
    #[schema(required = false, max_items = 1_000_000)]
    applications: Vec<ApplicationRecord>,
    /// Their timelines.
    #[schema(required = false, max_items = 1_000_000)]
    application_steps: Vec<ApplicationStepRecord>,
    /// Interviews.
    #[schema(required = false, max_items = 1_000_000)]
    interviews: Vec<InterviewRecord>,
    /// Rejections.
    #[schema(required = false, max_items = 1_000_000)]
    rejections: Vec<RejectionRecord>,
    /// Templates of one's own.
    #[schema(required = false, max_items = 1_000_000)]
    templates: Vec<TemplateRecord>,
    /// Feedback requests.
    #[schema(required = false, max_items = 1_000_000)]
    feedback_requests: Vec<FeedbackRequestRecord>,
    /// Their answers, piece by piece.
    #[schema(required = false, max_items = 1_000_000)]
    feedback_items: Vec<FeedbackItemRecord>,
    /// Messages.
    #[schema(required = false, max_items = 1_000_000)]
    messages: Vec<MessageRecord>,
    /// Reflections.
    #[schema(required = false, max_items = 1_000_000)]
    reflections: Vec<ReflectionRecord>,
    /// Contacts.
    #[schema(required = false, max_items = 1_000_000)]
    contacts: Vec<ContactRecord>,
    /// Networking activities.
    #[schema(required = false, max_items = 1_000_000)]
    networking_activities: Vec<NetworkingActivityRecord>,
    /// Wellbeing check-ins.
    #[schema(required = false, max_items = 1_000_000)]
    wellbeing_check_ins: Vec<WellbeingCheckInRecord>,
    /// Goals.
    #[schema(required = false, max_items = 1_000_000)]
    goals: Vec<GoalRecord>,
    /// Their check-ins.
    #[schema(required = false, max_items = 1_000_000)]
    goal_check_ins: Vec<GoalCheckInRecord>,
    /// When they were paused.
    #[schema(required = false, max_items = 1_000_000)]
    goal_pauses: Vec<GoalPauseRecord>,
    /// Reminders.
    #[schema(required = false, max_items = 1_000_000)]
    reminders: Vec<ReminderRecord>,
    /// Imports of large sheets.
    #[schema(required = false, max_items = 1_000_000)]
    imports: Vec<ImportRecord>,
    /// Their reports, part by part.
    #[schema(required = false, max_items = 1_000_000)]
    import_parts: Vec<ImportPartRecord>,
    /// The change log, oldest entry first.
    #[schema(required = false, max_items = 10_000_000)]
    events: Vec<EventRecord>,
    /// Calendar feeds; left out by an import.
    #[schema(required = false, max_items = 1_000_000)]
    calendar_feeds: Vec<CalendarFeedRecord>,
    /// Webhooks; left out by an import.
    #[schema(required = false, max_items = 1_000_000)]
    webhooks: Vec<WebhookRecord>,
    /// What they were told; left out by an import.
    #[schema(required = false, max_items = 10_000_000)]
    webhook_deliveries: Vec<WebhookDeliveryRecord>,
    /// Each attempt to do so; left out by an import.
    #[schema(required = false, max_items = 10_000_000)]
    webhook_attempts: Vec<WebhookAttemptRecord>,
    /// Personal access tokens; left out by an import.
    #[schema(required = false, max_items = 1_000_000)]
    personal_tokens: Vec<PersonalTokenRecord>,
    /// Where the user signed in; left out by an import.
    #[schema(required = false, max_items = 1_000_000)]
    sessions: Vec<SessionRecord>,
    /// Links between seeker and coach; left out by an import.
    #[schema(required = false, max_items = 1_000_000)]
    coach_links: Vec<CoachLinkRecord>,
    /// What coaches read; left out by an import.
    #[schema(required = false, max_items = 1_000_000)]
    coach_accesses: Vec<CoachAccessRecord>,
    /// Notes of coaches; left out by an import.
    #[schema(required = false, max_items = 1_000_000)]
    coach_notes: Vec<CoachNoteRecord>,
    /// Goals that coaches suggested; left out by an import.
    #[schema(required = false, max_items = 1_000_000)]
    goal_suggestions: Vec<GoalSuggestionRecord>,
}

/// What an import took.
#[derive(Serialize, ToSchema)]
pub struct AccountImport {
    /// Each section that has rows.
    #[schema(max_items = 100)]
    pub sections: Vec<ImportedSection>,
}

/// What became of a section.
#[derive(Serialize, ToSchema)]
pub struct ImportedSection {
    /// The member of the document.
    #[schema(max_length = 60, example = "applications")]
    pub name: &'static str,
    /// How many rows it has.
    #[schema(minimum = 0, maximum = 10_000_000, example = 42)]
    pub rows: usize,
    /// Were they taken? What needs somebody else's consent is not.
    #[schema(example = true)]
    pub imported: bool,
}
