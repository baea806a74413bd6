//! What a suggested goal looks like.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::db::schema::goal_suggestions;
use crate::goals::{
    GoalCategory, GoalFields, GoalKind, GoalMeasure, GoalOriginType, GoalPeriod, NewGoalOrigin,
    due_fits, period_fits,
};
use crate::http::answer::Versioned;
use crate::http::rules::sane_date;
use crate::{page_schema, text_enum};

text_enum! {
    /// Where a suggestion stands.
    pub enum SuggestionStatus {
        /// The seeker has not answered yet.
        Open = "open",
        /// It became a goal.
        Accepted = "accepted",
        /// The seeker said no.
        Declined = "declined",
    }
}

impl SuggestionStatus {
    /// How the seeker may answer.
    pub fn allowed(self) -> &'static [Self] {
        match self {
            Self::Open => &[Self::Accepted, Self::Declined],
            Self::Accepted | Self::Declined => &[],
        }
    }
}

/// The key that the goal of a suggestion remembers.
const ORIGIN_KEY: &str = "goal";

fn once() -> i32 {
    1
}

fn check_ins() -> GoalMeasure {
    GoalMeasure::CheckIns
}

/// A goal that a coach suggests.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema, Insertable)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = goal_suggestions, treat_none_as_default_value = false)]
#[schema(example = json!({
    "title": "Practise one interview question aloud", "reason": "The interviews are where it ends.",
    "category": "interview_practice", "kind": "recurring", "target_count": 1, "period": "day"
}))]
pub struct GoalSuggestionFields {
    /// What to do.
    #[garde(length(chars, min = 1, max = 200))]
    #[schema(
        min_length = 1,
        max_length = 200,
        example = "Practise one interview question aloud"
    )]
    pub title: String,
    /// Why; it becomes the notes of the goal.
    #[garde(length(chars, min = 1, max = 2000))]
    #[schema(
        min_length = 1,
        max_length = 2000,
        example = "The interviews are where it ends."
    )]
    pub reason: Option<String>,
    /// What it is about.
    #[garde(skip)]
    pub category: GoalCategory,
    /// Again and again, or once.
    #[garde(skip)]
    pub kind: GoalKind,
    /// How much has to be done, in each period when the goal is recurring; 1 without it.
    #[serde(default = "once")]
    #[garde(range(min = 1, max = 1000))]
    #[schema(minimum = 1, maximum = 1000, example = 1)]
    pub target_count: i32,
    /// In which time; for recurring goals, which need it.
    #[garde(custom(period_fits(self.kind)))]
    pub period: Option<GoalPeriod>,
    /// What is counted; `check_ins` without it.
    #[serde(default = "check_ins")]
    #[garde(skip)]
    pub measure: GoalMeasure,
    /// The local day until which to reach it; for one-off goals.
    #[garde(custom(sane_date), custom(due_fits(self.kind)))]
    #[schema(example = "2026-03-31")]
    pub due_on: Option<NaiveDate>,
}

/// The seeker's answer to a suggestion.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"to": "accepted"}))]
pub struct GoalSuggestionMove {
    /// Where to: `accepted` or `declined`.
    #[garde(skip)]
    pub to: SuggestionStatus,
}

/// A suggestion as it is stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = goal_suggestions, check_for_backend(Pg))]
pub struct StoredSuggestion {
    id: Uuid,
    seeker_id: Uuid,
    coach_id: Uuid,
    title: String,
    reason: Option<String>,
    category: GoalCategory,
    kind: GoalKind,
    target_count: i32,
    period: Option<GoalPeriod>,
    measure: GoalMeasure,
    due_on: Option<NaiveDate>,
    status: SuggestionStatus,
    status_since: DateTime<Utc>,
    goal_id: Option<Uuid>,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// A goal that a coach suggested.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct GoalSuggestion {
    /// Its id.
    #[schema(example = "019a6f70-2b3c-7d4e-8f50-6b7c8d9e0f1a")]
    pub id: Uuid,
    /// For whom it is.
    #[schema(example = "019a6f0a-3c4d-7e5f-a061-7c8d9e0f1a2b")]
    pub seeker_id: Uuid,
    /// The coach who suggests it: the `coach_id` of a link.
    #[schema(example = "019a6f41-2b3c-7d4e-9f50-6b7c8d9e0f1a")]
    pub coach_id: Uuid,
    /// What to do.
    #[schema(max_length = 200, example = "Practise one interview question aloud")]
    pub title: String,
    /// Why.
    #[schema(
        required,
        max_length = 2000,
        example = "The interviews are where it ends."
    )]
    pub reason: Option<String>,
    /// What it is about.
    pub category: GoalCategory,
    /// Again and again, or once.
    pub kind: GoalKind,
    /// How much has to be done.
    #[schema(minimum = 1, maximum = 1000, example = 1)]
    pub target_count: i32,
    /// In which time; null for one-off goals.
    #[schema(required)]
    pub period: Option<GoalPeriod>,
    /// What is counted.
    pub measure: GoalMeasure,
    /// The local day until which to reach it.
    #[schema(required, example = "2026-03-31")]
    pub due_on: Option<NaiveDate>,
    /// Where it stands.
    pub status: SuggestionStatus,
    /// Since when it stands there.
    pub status_since: DateTime<Utc>,
    /// How the seeker may answer.
    #[schema(value_type = Vec<SuggestionStatus>, max_items = 2, example = json!(["accepted", "declined"]))]
    pub allowed_transitions: &'static [SuggestionStatus],
    /// The goal that it became; it may have been removed since.
    #[schema(required, example = "019a6f10-1c2d-7d4e-9b8a-2f3c4d5e6f70")]
    pub goal_id: Option<Uuid>,
    /// Counts the changes, from 1.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

impl From<StoredSuggestion> for GoalSuggestion {
    fn from(row: StoredSuggestion) -> Self {
        Self {
            id: row.id,
            seeker_id: row.seeker_id,
            coach_id: row.coach_id,
            title: row.title,
            reason: row.reason,
            category: row.category,
            kind: row.kind,
            target_count: row.target_count,
            period: row.period,
            measure: row.measure,
            due_on: row.due_on,
            status: row.status,
            status_since: row.status_since,
            allowed_transitions: row.status.allowed(),
            goal_id: row.goal_id,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

impl Versioned for GoalSuggestion {
    fn version(&self) -> i32 {
        self.version
    }
}

impl GoalSuggestion {
    /// The goal that it becomes.
    pub fn goal(&self) -> GoalFields {
        GoalFields {
            title: self.title.clone(),
            notes: self.reason.clone(),
            category: self.category,
            kind: self.kind,
            target_count: self.target_count,
            period: self.period,
            measure: self.measure,
            due_on: self.due_on,
            origin: Some(NewGoalOrigin {
                kind: GoalOriginType::CoachSuggestion,
                id: self.id,
                suggestion: Some(ORIGIN_KEY.to_owned()),
            }),
        }
    }
}

page_schema!(
    GoalSuggestionPage,
    GoalSuggestion,
    "A page of suggested goals."
);
