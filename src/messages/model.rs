//! What a message is.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::{AsChangeset, Insertable, Queryable, Selectable};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::MessageKind;
use super::mailto::mailto_url;
use super::rules::MessageStatus;
use super::templates::Variables;
use super::tone::{self, Tone};
use crate::db::schema::messages;
use crate::http::answer::Versioned;
use crate::http::rules::{one_line, sane_instant, takes_mail};
use crate::page_schema;

/// A new message: from a template with its variables, or in one's own words.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "kind": "feedback_request", "recipient_name": "Ms. Okafor", "recipient_email": "a.okafor@kite.example",
    "subject": "Feedback on my application",
    "body": "Dear Ms. Okafor,\n\nThank you for considering me. I respect your decision, and would appreciate any feedback on how I can improve.\n\nKind regards,\nSam"
}))]
pub struct NewMessage {
    /// The template that it is made from; in place of subject and body.
    #[garde(custom(from_one_source(self.subject.is_some() || self.body.is_some(), self.body.is_some())))]
    #[schema(example = "01a19467-e800-7000-8000-000000000001")]
    pub template_id: Option<Uuid>,
    /// Values for the placeholders of the template. `company` and `job_title` of the application, the
    /// `recipient_name` and your own name as `sender_name` are filled in without it.
    #[serde(default)]
    #[garde(dive, custom(belongs_to_template(self.template_id)))]
    pub variables: Variables,
    /// What it is for. Required with a body; with a template it is the template's.
    #[garde(custom(said_with(self.body.as_deref(), self.template_id)))]
    pub kind: Option<MessageKind>,
    /// The application that it is about.
    #[garde(skip)]
    #[schema(example = "019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55")]
    pub application_id: Option<Uuid>,
    /// The feedback request that is sent by it, for a `feedback_request`. The application is that one's.
    #[garde(skip)]
    #[schema(example = "019a6f2c-0a1b-7c2d-8e3f-405162738495")]
    pub feedback_request_id: Option<Uuid>,
    /// Who it goes to.
    #[garde(length(chars, min = 1, max = 200), inner(custom(one_line)))]
    #[schema(min_length = 1, max_length = 200, example = "Ms. Okafor")]
    pub recipient_name: Option<String>,
    /// Where it goes to.
    #[garde(email, length(chars, min = 3, max = 254), inner(custom(takes_mail)))]
    #[schema(
        format = "email",
        min_length = 3,
        max_length = 254,
        example = "a.okafor@kite.example"
    )]
    pub recipient_email: Option<String>,
    /// The subject, on one line.
    #[garde(
        length(chars, min = 1, max = 200),
        inner(custom(one_line)),
        custom(not_beside(self.template_id))
    )]
    #[schema(
        min_length = 1,
        max_length = 200,
        example = "Feedback on my application"
    )]
    pub subject: Option<String>,
    /// The text. Braces in it mean nothing.
    #[garde(
        length(chars, min = 1, max = 20_000),
        custom(not_beside(self.template_id)),
        custom(there_without(self.template_id))
    )]
    #[schema(
        min_length = 1,
        max_length = 20_000,
        example = "Dear Ms. Okafor,\n\nThank you for considering me. I respect your decision, and would appreciate any feedback on how I can improve.\n\nKind regards,\nSam"
    )]
    pub body: Option<String>,
}

const BOTH: &str = "contradiction: A message comes from a template or has a subject and a body of its own, not both.";
const NEITHER: &str = "required: Give a template_id, or a body.";

fn from_one_source(
    has_words: bool,
    has_body: bool,
) -> impl FnOnce(&Option<Uuid>, &()) -> garde::Result {
    move |template, ()| match template {
        Some(_) if has_words => Err(garde::Error::new(BOTH)),
        None if !has_body => Err(garde::Error::new(NEITHER)),
        _ => Ok(()),
    }
}

fn not_beside(template: Option<Uuid>) -> impl FnOnce(&Option<String>, &()) -> garde::Result {
    move |words, ()| match (template, words) {
        (Some(_), Some(_)) => Err(garde::Error::new(BOTH)),
        _ => Ok(()),
    }
}

fn there_without(template: Option<Uuid>) -> impl FnOnce(&Option<String>, &()) -> garde::Result {
    move |body, ()| match (template, body) {
        (None, None) => Err(garde::Error::new(NEITHER)),
        _ => Ok(()),
    }
}

fn belongs_to_template(template: Option<Uuid>) -> impl FnOnce(&Variables, &()) -> garde::Result {
    move |variables, ()| match template {
        None if !variables.0.is_empty() => Err(garde::Error::new(
            "contradiction: Variables are for a template; a body is taken as it is.",
        )),
        _ => Ok(()),
    }
}

fn said_with(
    body: Option<&str>,
    template: Option<Uuid>,
) -> impl FnOnce(&Option<MessageKind>, &()) -> garde::Result {
    move |kind, ()| match (kind, body, template) {
        (None, Some(_), None) => Err(garde::Error::new(
            "required: A body alone does not say what it is for.",
        )),
        _ => Ok(()),
    }
}

/// What may change in a message: what a PATCH is merged into, and what a new one is written from.
#[derive(
    Debug,
    Clone,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    Validate,
    ToSchema,
    Queryable,
    Selectable,
    Insertable,
    AsChangeset,
)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = messages, treat_none_as_default_value = false, treat_none_as_null = true, check_for_backend(Pg))]
#[schema(example = json!({
    "subject": "Thank you for your time", "recipient_name": "Ms. Okafor",
    "body": "Dear Ms. Okafor,\n\nthank you for letting me know, and for the good conversation.\n\nKind regards,\nSam"
}))]
pub struct MessageFields {
    /// The application that it is about.
    #[garde(skip)]
    #[schema(example = "019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55")]
    pub application_id: Option<Uuid>,
    /// The feedback request that is sent by it, for a `feedback_request`. The application is that one's.
    #[garde(skip)]
    #[schema(example = "019a6f2c-0a1b-7c2d-8e3f-405162738495")]
    pub feedback_request_id: Option<Uuid>,
    /// Who it goes to.
    #[garde(length(chars, min = 1, max = 200), inner(custom(one_line)))]
    #[schema(min_length = 1, max_length = 200, example = "Ms. Okafor")]
    pub recipient_name: Option<String>,
    /// Where it goes to.
    #[garde(email, length(chars, min = 3, max = 254), inner(custom(takes_mail)))]
    #[schema(
        format = "email",
        min_length = 3,
        max_length = 254,
        example = "a.okafor@kite.example"
    )]
    pub recipient_email: Option<String>,
    /// The subject, on one line.
    #[garde(length(chars, min = 1, max = 200), inner(custom(one_line)))]
    #[schema(min_length = 1, max_length = 200, example = "Thank you for your time")]
    pub subject: Option<String>,
    /// The text. Braces in it mean nothing.
    #[garde(length(chars, min = 1, max = 20_000))]
    #[schema(
        min_length = 1,
        max_length = 20_000,
        example = "Dear Ms. Okafor,\n\nThank you for your time.\n\nKind regards,\nSam"
    )]
    pub body: String,
}

/// A move of a message.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"to": "ready"}))]
pub struct MessageMove {
    /// Where to.
    #[garde(skip)]
    pub to: MessageStatus,
    /// When it happened, if not now; not in the future. For `sent`, when it was sent.
    #[garde(custom(sane_instant))]
    #[schema(example = "2026-03-06T09:30:00Z")]
    pub occurred_at: Option<DateTime<Utc>>,
    /// Why it goes out in a cool-off or in spite of the tone check. Without effect when neither stands
    /// against it; else it stays visible on the message and on the timeline of its application.
    #[garde(length(chars, min = 10, max = 2000))]
    #[schema(
        min_length = 10,
        max_length = 2000,
        example = "The recruiter leaves the company tomorrow."
    )]
    pub override_reason: Option<String>,
    /// What to remember of it, for the timeline of its application; a message about none takes no note.
    #[garde(length(chars, min = 1, max = 5000))]
    #[schema(
        min_length = 1,
        max_length = 5000,
        example = "Sent it to the recruiter as well."
    )]
    pub note: Option<String>,
}

impl MessageMove {
    /// A move that happens now and needs nothing else.
    pub fn to(to: MessageStatus) -> Self {
        Self {
            to,
            occurred_at: None,
            override_reason: None,
            note: None,
        }
    }
}

/// A message as it is stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = messages, check_for_backend(Pg))]
pub struct StoredMessage {
    pub(super) id: Uuid,
    pub(super) kind: MessageKind,
    pub(super) status: MessageStatus,
    pub(super) application_id: Option<Uuid>,
    pub(super) feedback_request_id: Option<Uuid>,
    pub(super) template_id: Option<Uuid>,
    pub(super) recipient_name: Option<String>,
    pub(super) recipient_email: Option<String>,
    pub(super) subject: Option<String>,
    pub(super) body: String,
    pub(super) override_reason: Option<String>,
    pub(super) sent_at: Option<DateTime<Utc>>,
    pub(super) version: i32,
    pub(super) created_at: DateTime<Utc>,
    pub(super) updated_at: DateTime<Utc>,
}

impl StoredMessage {
    /// What the tone check says of its text.
    pub(super) fn tone(&self) -> Tone {
        tone::check(self.kind, self.subject.as_deref(), &self.body)
    }
}

impl Versioned for StoredMessage {
    fn version(&self) -> i32 {
        self.version
    }
}

/// A message.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Message {
    /// Its id.
    #[schema(example = "019a6f14-3c4d-7e5f-8a6b-7c8d9e0f1a2b")]
    pub id: Uuid,
    /// What it is for.
    pub kind: MessageKind,
    /// Where it stands.
    #[schema(example = "draft")]
    pub status: MessageStatus,
    /// Where it may go.
    #[schema(max_items = 4, example = json!(["ready", "discarded"]))]
    pub allowed_transitions: &'static [MessageStatus],
    /// The application that it is about.
    #[schema(required, example = "019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55")]
    pub application_id: Option<Uuid>,
    /// The feedback request that is sent by it.
    #[schema(required, example = "019a6f2c-0a1b-7c2d-8e3f-405162738495")]
    pub feedback_request_id: Option<Uuid>,
    /// The template that it was made from, which may be gone.
    #[schema(required, example = "01a19467-e800-7000-8000-000000000001")]
    pub template_id: Option<Uuid>,
    /// Who it goes to.
    #[schema(required, max_length = 200, example = "Ms. Okafor")]
    pub recipient_name: Option<String>,
    /// Where it goes to.
    #[schema(required, max_length = 254, example = "a.okafor@kite.example")]
    pub recipient_email: Option<String>,
    /// The subject.
    #[schema(required, max_length = 200, example = "Thank you for your time")]
    pub subject: Option<String>,
    /// The text.
    #[schema(
        max_length = 20_000,
        example = "Dear Ms. Okafor,\n\nThank you for your time.\n\nKind regards,\nSam"
    )]
    pub body: String,
    /// What the tone check says of it as it is now.
    pub tone: Tone,
    /// Opens the message in a mail program (RFC 6068). Some programs shorten links of more than 2,000
    /// characters.
    #[schema(
        max_length = 300_000,
        example = "mailto:a.okafor@kite.example?subject=Thank%20you&body=Dear%20Ms.%20Okafor%2C"
    )]
    pub mailto_url: String,
    /// Why it was sent in a cool-off or in spite of the tone check.
    #[schema(
        required,
        max_length = 2000,
        example = "The recruiter leaves the company tomorrow."
    )]
    pub override_reason: Option<String>,
    /// When it was sent.
    #[schema(required, example = "2026-03-06T09:30:00Z")]
    pub sent_at: Option<DateTime<Utc>>,
    /// Counts the changes, from 1.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

impl Versioned for Message {
    fn version(&self) -> i32 {
        self.version
    }
}

impl From<StoredMessage> for Message {
    fn from(row: StoredMessage) -> Self {
        Self {
            tone: row.tone(),
            mailto_url: mailto_url(
                row.recipient_email.as_deref(),
                row.subject.as_deref(),
                &row.body,
            ),
            id: row.id,
            kind: row.kind,
            status: row.status,
            allowed_transitions: row.status.allowed(),
            application_id: row.application_id,
            feedback_request_id: row.feedback_request_id,
            template_id: row.template_id,
            recipient_name: row.recipient_name,
            recipient_email: row.recipient_email,
            subject: row.subject,
            body: row.body,
            override_reason: row.override_reason,
            sent_at: row.sent_at,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

impl From<&StoredMessage> for MessageFields {
    fn from(row: &StoredMessage) -> Self {
        Self {
            application_id: row.application_id,
            feedback_request_id: row.feedback_request_id,
            recipient_name: row.recipient_name.clone(),
            recipient_email: row.recipient_email.clone(),
            subject: row.subject.clone(),
            body: row.body.clone(),
        }
    }
}

page_schema!(MessagePage, Message, "A page of messages.");
