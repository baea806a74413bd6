//! What a feedback request is.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::{Insertable, Queryable, Selectable};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::{self, FeedbackStatus};
use crate::db::schema::{feedback_items, feedback_requests};
use crate::http::answer::Versioned;
use crate::{page_schema, text_enum};

text_enum! {
    /// What a piece of feedback is about.
    pub enum FeedbackArea {
        /// How one is in interviews.
        InterviewSkills = "interview_skills",
        /// The resume.
        ResumePresentation = "resume_presentation",
        /// What one knows and can do.
        Qualifications = "qualifications",
        /// What one knew of the company.
        CompanyKnowledge = "company_knowledge",
        /// How one says things.
        Communication = "communication",
        /// Something else.
        Other = "other",
    }
}

text_enum! {
    /// Praise or advice.
    pub enum FeedbackPolarity {
        /// Something that was good.
        Strength = "strength",
        /// Something to work on.
        Improvement = "improvement",
    }
}

/// A piece of an answer.
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
)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = feedback_items, check_for_backend(Pg))]
#[schema(example = json!({
    "area": "interview_skills", "polarity": "improvement", "quote": "Your examples were hard to follow."
}))]
pub struct FeedbackItem {
    /// What it is about.
    #[garde(skip)]
    pub area: FeedbackArea,
    /// Praise or advice.
    #[garde(skip)]
    pub polarity: FeedbackPolarity,
    /// The words of the answer that say so.
    #[garde(length(chars, min = 1, max = 2000))]
    #[schema(
        min_length = 1,
        max_length = 2000,
        example = "Your examples were hard to follow."
    )]
    pub quote: String,
}

/// A feedback request as it is stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = feedback_requests, check_for_backend(Pg))]
pub(super) struct StoredRequest {
    pub(super) id: Uuid,
    pub(super) application_id: Uuid,
    pub(super) recipient_name: Option<String>,
    pub(super) recipient_email: Option<String>,
    pub(super) question: Option<String>,
    pub(super) status: FeedbackStatus,
    pub(super) sent_at: Option<DateTime<Utc>>,
    pub(super) nudged_at: Option<DateTime<Utc>>,
    pub(super) closed_at: Option<DateTime<Utc>>,
    pub(super) response_text: Option<String>,
    pub(super) override_reason: Option<String>,
    pub(super) version: i32,
    pub(super) created_at: DateTime<Utc>,
    pub(super) updated_at: DateTime<Utc>,
}

/// A feedback request.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FeedbackRequest {
    /// Its id.
    #[schema(example = "019a6f2c-0a1b-7c2d-8e3f-405162738495")]
    pub id: Uuid,
    /// The application that it is about.
    #[schema(example = "019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55")]
    pub application_id: Uuid,
    /// Who is asked.
    #[schema(required, max_length = 200, example = "Ms. Okafor")]
    pub recipient_name: Option<String>,
    /// Where it is sent.
    #[schema(required, max_length = 254, example = "a.okafor@kite.example")]
    pub recipient_email: Option<String>,
    /// What one would like to know.
    #[schema(
        required,
        max_length = 5000,
        example = "Which skills should I work on?"
    )]
    pub question: Option<String>,
    /// Where it stands. Fourteen days after it was sent it is `no_answer` by itself.
    #[schema(example = "sent")]
    pub status: FeedbackStatus,
    /// Where it may go.
    #[schema(max_items = 6, example = json!(["answered", "declined_by_policy", "cancelled"]))]
    pub allowed_transitions: &'static [FeedbackStatus],
    /// When it was sent.
    #[schema(required, example = "2026-03-10T09:00:00Z")]
    pub sent_at: Option<DateTime<Utc>>,
    /// When a nudge followed.
    #[schema(required, example = "2026-03-16T09:00:00Z")]
    pub nudged_at: Option<DateTime<Utc>>,
    /// From when on one nudge is in place: five days after sending. Null when none is, or no more.
    #[schema(required, example = "2026-03-15T09:00:00Z")]
    pub nudge_allowed_from: Option<DateTime<Utc>>,
    /// Until when an answer is waited for: fourteen days after sending. A later one is welcome too.
    #[schema(required, example = "2026-03-24T09:00:00Z")]
    pub answer_expected_until: Option<DateTime<Utc>>,
    /// When it was answered, declined or cancelled.
    #[schema(required, example = "2026-03-18T15:30:00Z")]
    pub closed_at: Option<DateTime<Utc>>,
    /// What was answered, word for word.
    #[schema(
        required,
        max_length = 20_000,
        example = "You know your craft. Your examples were hard to follow."
    )]
    pub response_text: Option<String>,
    /// The answer piece by piece.
    #[schema(max_items = 50)]
    pub items: Vec<FeedbackItem>,
    /// Why it was sent although the rejection still cooled off.
    #[schema(
        required,
        max_length = 2000,
        example = "The recruiter leaves the company tomorrow."
    )]
    pub override_reason: Option<String>,
    /// Counts the changes, from 1.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

impl FeedbackRequest {
    /// What is stored, as it reads at an instant.
    pub(super) fn new(row: StoredRequest, items: Vec<FeedbackItem>, now: DateTime<Utc>) -> Self {
        let status = rules::effective(row.status, row.sent_at, now);
        let waits = status == FeedbackStatus::Sent && row.nudged_at.is_none();
        Self {
            id: row.id,
            application_id: row.application_id,
            recipient_name: row.recipient_name,
            recipient_email: row.recipient_email,
            question: row.question,
            status,
            allowed_transitions: status.allowed(),
            sent_at: row.sent_at,
            nudged_at: row.nudged_at,
            nudge_allowed_from: row
                .sent_at
                .filter(|_| waits)
                .map(|at| at + rules::NUDGE_AFTER),
            answer_expected_until: row.sent_at.map(|at| at + rules::ANSWER_WITHIN),
            closed_at: row.closed_at,
            response_text: row.response_text,
            items,
            override_reason: row.override_reason,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

impl Versioned for FeedbackRequest {
    fn version(&self) -> i32 {
        self.version
    }
}

page_schema!(
    FeedbackRequestPage,
    FeedbackRequest,
    "A page of feedback requests."
);
