//! What a client may write about a feedback request.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::{AsChangeset, Insertable, Queryable, Selectable};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{FeedbackItem, FeedbackRequest};
use super::rules::{self, FeedbackStatus};
use crate::db::schema::feedback_requests;
use crate::http::rules::sane_instant;

/// A new feedback request.
#[derive(
    Debug,
    Clone,
    Default,
    Serialize,
    Deserialize,
    Validate,
    ToSchema,
    Queryable,
    Selectable,
    Insertable,
)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = feedback_requests, treat_none_as_default_value = false, check_for_backend(Pg))]
#[schema(example = json!({
    "application_id": "019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55", "recipient_name": "Ms. Okafor",
    "recipient_email": "a.okafor@kite.example", "question": "Which skills should I work on?"
}))]
pub struct FeedbackRequestFields {
    /// The application that it is about. It stays the same.
    #[garde(skip)]
    #[schema(example = "019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55")]
    pub application_id: Uuid,
    /// Who is asked.
    #[garde(length(chars, min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "Ms. Okafor")]
    pub recipient_name: Option<String>,
    /// Where it is sent; not an address that nobody reads.
    #[garde(email, length(chars, min = 3, max = 254), custom(is_read))]
    #[schema(
        format = "email",
        min_length = 3,
        max_length = 254,
        example = "a.okafor@kite.example"
    )]
    pub recipient_email: Option<String>,
    /// What one would like to know.
    #[garde(length(chars, min = 1, max = 5000))]
    #[schema(
        min_length = 1,
        max_length = 5000,
        example = "Which skills should I work on?"
    )]
    pub question: Option<String>,
}

/// What may change in a feedback request: what a PATCH is merged into.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema, AsChangeset)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = feedback_requests, treat_none_as_null = true)]
#[schema(example = json!({
    "recipient_name": "Ms. Okafor", "question": "Which skills should I work on?"
}))]
pub struct FeedbackRequestChanges {
    /// Who is asked. Fixed once it is sent.
    #[garde(length(chars, min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "Ms. Okafor")]
    pub recipient_name: Option<String>,
    /// Where it is sent; not an address that nobody reads. Fixed once it is sent.
    #[garde(email, length(chars, min = 3, max = 254), custom(is_read))]
    #[schema(
        format = "email",
        min_length = 3,
        max_length = 254,
        example = "a.okafor@kite.example"
    )]
    pub recipient_email: Option<String>,
    /// What one would like to know. Fixed once it is sent.
    #[garde(length(chars, min = 1, max = 5000))]
    #[schema(
        min_length = 1,
        max_length = 5000,
        example = "Which skills should I work on?"
    )]
    pub question: Option<String>,
    /// What was answered, word for word. Only once it is answered.
    #[garde(length(chars, min = 1, max = 20_000))]
    #[schema(
        min_length = 1,
        max_length = 20_000,
        example = "You know your craft. Your examples were hard to follow."
    )]
    pub response_text: Option<String>,
    /// The answer piece by piece, all of it anew. Only once it is answered.
    #[serde(default)]
    #[garde(length(max = 50), dive)]
    #[schema(max_items = 50)]
    #[diesel(skip_update)]
    pub items: Vec<FeedbackItem>,
}

impl From<&FeedbackRequest> for FeedbackRequestChanges {
    fn from(request: &FeedbackRequest) -> Self {
        Self {
            recipient_name: request.recipient_name.clone(),
            recipient_email: request.recipient_email.clone(),
            question: request.question.clone(),
            response_text: request.response_text.clone(),
            items: request.items.clone(),
        }
    }
}

/// Somebody reads what is sent there.
fn is_read(email: &Option<String>, _: &()) -> garde::Result {
    match email {
        Some(email) if rules::says_no_reply(email) => Err(garde::Error::new(
            "no_reply_address: Nobody reads what is sent to this address.",
        )),
        _ => Ok(()),
    }
}

/// A move of a feedback request.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"to": "sent", "occurred_at": "2026-03-10T09:00:00Z"}))]
pub struct FeedbackRequestMove {
    /// Where to. `no_answer` comes by itself.
    #[garde(skip)]
    pub to: FeedbackStatus,
    /// When it happened, if not now: neither in the future nor before it was sent.
    #[garde(custom(sane_instant))]
    #[schema(example = "2026-03-10T09:00:00Z")]
    pub occurred_at: Option<DateTime<Utc>>,
    /// What was answered, word for word. Only with `answered` and `declined_by_policy`.
    #[garde(
        length(chars, min = 1, max = 20_000),
        custom(only_with(self.to, &[FeedbackStatus::Answered, FeedbackStatus::DeclinedByPolicy]))
    )]
    #[schema(
        min_length = 1,
        max_length = 20_000,
        example = "You know your craft. Your examples were hard to follow."
    )]
    pub response_text: Option<String>,
    /// The answer piece by piece. Only with `answered`.
    #[serde(default)]
    #[garde(length(max = 50), dive, custom(only_of_an_answer(self.to)))]
    #[schema(max_items = 50)]
    pub items: Vec<FeedbackItem>,
    /// Why it is sent although the rejection still cools off. Only with `sent`; kept when it was needed.
    #[garde(
        length(chars, min = 10, max = 2000),
        custom(only_with(self.to, &[FeedbackStatus::Sent]))
    )]
    #[schema(
        min_length = 10,
        max_length = 2000,
        example = "The recruiter leaves the company tomorrow."
    )]
    pub override_reason: Option<String>,
    /// What to remember of it; it goes to the timeline of the application.
    #[garde(length(chars, min = 1, max = 5000))]
    #[schema(
        min_length = 1,
        max_length = 5000,
        example = "She answered by phone and took her time."
    )]
    pub note: Option<String>,
}

impl FeedbackRequestMove {
    /// May it leave something on the timeline of the application?
    pub(super) fn writes_timeline(&self) -> bool {
        self.note.is_some() || self.override_reason.is_some()
    }
}

fn only_with(
    to: FeedbackStatus,
    targets: &'static [FeedbackStatus],
) -> impl FnOnce(&Option<String>, &()) -> garde::Result {
    move |value, ()| {
        if value.is_none() || targets.contains(&to) {
            return Ok(());
        }
        let names: Vec<&str> = targets.iter().map(|target| target.as_str()).collect();
        Err(garde::Error::new(format!(
            "not_applicable: Only on the way to {}.",
            names.join(" or ")
        )))
    }
}

fn only_of_an_answer(to: FeedbackStatus) -> impl FnOnce(&Vec<FeedbackItem>, &()) -> garde::Result {
    move |items, ()| {
        if items.is_empty() || to == FeedbackStatus::Answered {
            return Ok(());
        }
        Err(garde::Error::new(
            "not_applicable: Only on the way to answered.",
        ))
    }
}

/// A nudge: a short, kind question whether there is news.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"occurred_at": "2026-03-16T09:00:00Z"}))]
pub struct NewNudge {
    /// When it was sent, if not now: not in the future, and five days after the request at the earliest.
    #[garde(custom(sane_instant))]
    #[schema(example = "2026-03-16T09:00:00Z")]
    pub occurred_at: Option<DateTime<Utc>>,
}
