//! What a goal is, and what is told of its progress.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::Pg;
use diesel::prelude::{AsChangeset, Insertable, Queryable, Selectable};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::periods::Calendar;
use super::rules::{GoalStatus, due_fits, period_fits, suggestion_key};
use super::streaks::{Run, Settled};
use crate::account::WeekStart;
use crate::db::schema::goals;
use crate::http::answer::Versioned;
use crate::http::rules::sane_date;
use crate::suggestions::{GoalCategory, GoalKind, GoalMeasure, GoalPeriod};
use crate::{page_schema, text_enum};

text_enum! {
    /// The kind of thing that a goal grew from.
    pub enum GoalOriginType {
        /// A reflection.
        Reflection = "reflection",
        /// What came back on a request for feedback.
        FeedbackRequest = "feedback_request",
        /// What a coach suggested.
        CoachSuggestion = "coach_suggestion",
    }
}

/// What a new goal grew from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"type": "reflection", "id": "019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55", "suggestion": "tailor_resume"}))]
pub struct NewGoalOrigin {
    /// What kind of thing it was.
    #[serde(rename = "type")]
    #[garde(skip)]
    pub kind: GoalOriginType,
    /// Its id.
    #[garde(skip)]
    #[schema(example = "019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55")]
    pub id: Uuid,
    /// The key of the suggestion that was accepted. Each is accepted once.
    #[garde(length(min = 1, max = 100), custom(suggestion_key))]
    #[schema(
        min_length = 1,
        max_length = 100,
        pattern = "^[a-z0-9_]+$",
        example = "tailor_resume"
    )]
    pub suggestion: Option<String>,
}

fn once() -> i32 {
    1
}

fn check_ins() -> GoalMeasure {
    GoalMeasure::CheckIns
}

/// A new goal.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema, Insertable)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = goals, treat_none_as_default_value = false)]
#[schema(example = json!({
    "title": "Practise one interview question aloud", "category": "interview_practice",
    "kind": "recurring", "target_count": 1, "period": "day"
}))]
pub struct GoalFields {
    /// What one wants to do.
    #[garde(length(chars, min = 1, max = 200))]
    #[schema(
        min_length = 1,
        max_length = 200,
        example = "Practise one interview question aloud"
    )]
    pub title: String,
    /// Anything worth keeping.
    #[garde(length(chars, min = 1, max = 10_000))]
    #[schema(
        min_length = 1,
        max_length = 10_000,
        example = "Out loud, standing, two minutes at most."
    )]
    pub notes: Option<String>,
    /// What it is about.
    #[garde(skip)]
    pub category: GoalCategory,
    /// Again and again, or once. It stays as it is.
    #[garde(skip)]
    pub kind: GoalKind,
    /// How much has to be done, in each period when the goal is recurring; 1 without it.
    #[serde(default = "once")]
    #[garde(range(min = 1, max = 1000))]
    #[schema(minimum = 1, maximum = 1000, example = 1)]
    pub target_count: i32,
    /// In which time; for recurring goals, which need it. It stays as it is.
    #[garde(custom(period_fits(self.kind)))]
    pub period: Option<GoalPeriod>,
    /// What is counted; `check_ins` without it. It stays as it is.
    #[serde(default = "check_ins")]
    #[garde(skip)]
    pub measure: GoalMeasure,
    /// The local day until which one wants to reach it; for one-off goals.
    #[garde(custom(sane_date), custom(due_fits(self.kind)))]
    #[schema(example = "2026-03-31")]
    pub due_on: Option<NaiveDate>,
    /// What it grew from. It stays as it is.
    #[garde(dive)]
    #[diesel(skip_insertion)]
    pub origin: Option<NewGoalOrigin>,
}

/// What can be changed of a goal.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema, AsChangeset)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = goals, treat_none_as_null = true)]
#[schema(example = json!({"title": "Practise two questions", "target_count": 2}))]
pub struct GoalChanges {
    /// What one wants to do.
    #[garde(length(chars, min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "Practise two questions")]
    pub title: String,
    /// Anything worth keeping.
    #[garde(length(chars, min = 1, max = 10_000))]
    #[schema(min_length = 1, max_length = 10_000, example = "In the evening.")]
    pub notes: Option<String>,
    /// What it is about.
    #[garde(skip)]
    pub category: GoalCategory,
    /// How much has to be done. The new number holds for all periods, past ones too.
    #[garde(range(min = 1, max = 1000))]
    #[schema(minimum = 1, maximum = 1000, example = 2)]
    pub target_count: i32,
    /// The local day until which one wants to reach it; for one-off goals only.
    #[garde(custom(sane_date))]
    #[schema(example = "2026-03-31")]
    pub due_on: Option<NaiveDate>,
}

/// What a goal grew from.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct GoalOrigin {
    /// What kind of thing it was.
    #[serde(rename = "type")]
    pub kind: GoalOriginType,
    /// Its id.
    #[schema(example = "019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55")]
    pub id: Uuid,
    /// The key of the suggestion that was accepted.
    #[schema(required, max_length = 100, example = "tailor_resume")]
    pub suggestion: Option<String>,
    /// Is it gone? The goal stays.
    pub deleted: bool,
}

/// How many periods in a row were met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Streak {
    /// Those that end with the latest finished period, and the running one when it is met already.
    #[schema(minimum = 0, maximum = 2_147_483_647, example = 4)]
    pub current: u32,
    /// The most that there ever were.
    #[schema(minimum = 0, maximum = 2_147_483_647, example = 11)]
    pub longest: u32,
}

impl From<Run> for Streak {
    fn from(run: Run) -> Self {
        Self {
            current: run.current,
            longest: run.longest,
        }
    }
}

text_enum! {
    /// Why a period that was not met does not break a streak.
    pub enum ExcuseReason {
        /// The goal was paused during it.
        Paused = "paused",
        /// It is a day of rest.
        RestDay = "rest_day",
        /// A cool-off after a rejection covered the day.
        Cooloff = "cooloff",
    }
}

/// A period that neither counts nor breaks a streak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExcusedPeriod {
    /// Its first day.
    #[schema(example = "2026-03-05")]
    pub period_start: NaiveDate,
    /// Why.
    pub reason: ExcuseReason,
}

/// How it goes: in the running period, and over time. A closed goal shows how it stood on its last day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Progress {
    /// The first day of the running period; of a one-off goal its first day.
    #[schema(example = "2026-03-09")]
    pub period_start: NaiveDate,
    /// The last day of the running period; of a one-off goal its due_on, or null when it has none.
    #[schema(required, example = "2026-03-15")]
    pub period_end: Option<NaiveDate>,
    /// How much was done in it. What a one-off goal got after its due_on counts as well.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, example = 2)]
    pub done: i64,
    /// How much has to be done: the target_count.
    #[schema(minimum = 1, maximum = 1000, example = 3)]
    pub target: i32,
    /// Is that reached?
    #[schema(example = false)]
    pub met: bool,
    /// How many periods in a row were met; both are 0 for a one-off goal.
    pub streak: Streak,
    /// The periods of the last 90 days, the running one included, that were not met and are excused,
    /// oldest first. Empty for a one-off goal.
    #[schema(max_items = 90)]
    pub excused: Vec<ExcusedPeriod>,
}

/// A goal.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Goal {
    /// Its id.
    #[schema(example = "019a6f10-1c2d-7d4e-9b8a-2f3c4d5e6f70")]
    pub id: Uuid,
    /// What one wants to do.
    #[schema(max_length = 200, example = "Practise one interview question aloud")]
    pub title: String,
    /// Anything worth keeping.
    #[schema(required, max_length = 10_000, example = "Out loud, standing.")]
    pub notes: Option<String>,
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
    /// The local day until which one wants to reach it.
    #[schema(required, example = "2026-03-31")]
    pub due_on: Option<NaiveDate>,
    /// Where it stands.
    pub status: GoalStatus,
    /// When the present status began.
    pub status_since: DateTime<Utc>,
    /// What was noted with the last change of the status.
    #[schema(required, max_length = 5000, example = "A week off.")]
    pub status_note: Option<String>,
    /// Where it may go from here.
    #[schema(value_type = Vec<GoalStatus>, max_items = 4, example = json!(["paused", "completed", "archived"]))]
    pub allowed_transitions: &'static [GoalStatus],
    /// The local day on which it was created. A measured goal counts from this day on.
    #[schema(example = "2026-03-02")]
    pub started_on: NaiveDate,
    /// The local day on which it was completed or archived.
    #[schema(required, example = "2026-06-30")]
    pub closed_on: Option<NaiveDate>,
    /// What it grew from.
    #[schema(required)]
    pub origin: Option<GoalOrigin>,
    /// How it goes.
    pub progress: Progress,
    /// Counts the changes, from 1. Check-ins are no change of the goal.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

impl Versioned for Goal {
    fn version(&self) -> i32 {
        self.version
    }
}

page_schema!(GoalPage, Goal, "A page of goals.");

/// A goal as it is stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = goals, check_for_backend(Pg))]
pub struct GoalRow {
    pub(super) id: Uuid,
    pub(super) title: String,
    pub(super) notes: Option<String>,
    pub(super) category: GoalCategory,
    pub(super) kind: GoalKind,
    pub(super) target_count: i32,
    pub(super) period: Option<GoalPeriod>,
    pub(super) measure: GoalMeasure,
    pub(super) due_on: Option<NaiveDate>,
    pub(super) status: GoalStatus,
    pub(super) status_since: DateTime<Utc>,
    pub(super) status_note: Option<String>,
    pub(super) origin_type: Option<GoalOriginType>,
    pub(super) origin_id: Option<Uuid>,
    pub(super) origin_suggestion: Option<String>,
    pub(super) started_on: NaiveDate,
    pub(super) closed_on: Option<NaiveDate>,
    pub(super) settled_before: Option<NaiveDate>,
    pub(super) settled_current: Option<i32>,
    pub(super) settled_longest: Option<i32>,
    pub(super) settled_cooloffs: Option<i64>,
    pub(super) version: i32,
    pub(super) created_at: DateTime<Utc>,
    pub(super) updated_at: DateTime<Utc>,
}

impl Versioned for GoalRow {
    fn version(&self) -> i32 {
        self.version
    }
}

impl GoalRow {
    /// Its id.
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// How its days make up periods; nothing for a one-off goal.
    pub(super) fn calendar(&self, week_starts_on: WeekStart) -> Option<Calendar> {
        self.period.map(|period| Calendar {
            period,
            week_starts_on,
        })
    }

    /// Does it count real records?
    pub(super) fn is_measured(&self) -> bool {
        self.measure != GoalMeasure::CheckIns
    }

    /// Can a cool-off excuse a period of it?
    pub(super) fn heeds_cooloffs(&self) -> bool {
        self.period == Some(GoalPeriod::Day)
    }

    /// The day that its progress is told of: today, or the day on which it ended.
    pub(super) fn last_day(&self, today: NaiveDate) -> NaiveDate {
        self.closed_on.unwrap_or(today)
    }

    /// What it grew from.
    pub(super) fn origin_key(&self) -> Option<(GoalOriginType, Uuid)> {
        self.origin_type.zip(self.origin_id)
    }

    /// What was settled before, with the fingerprint of the cool-offs that it rests on.
    pub(super) fn settled(&self) -> Option<(Settled, i64)> {
        let count = |stored: Option<i32>| stored.map(i32::unsigned_abs);
        let settled = Settled {
            before: self.settled_before?,
            run: Run {
                current: count(self.settled_current)?,
                longest: count(self.settled_longest)?,
            },
        };
        Some((settled, self.settled_cooloffs?))
    }

    /// The goal as it is answered.
    pub(super) fn answer(self, origin_exists: bool, progress: Progress) -> Goal {
        let origin = self.origin_key().map(|(kind, id)| GoalOrigin {
            kind,
            id,
            suggestion: self.origin_suggestion,
            deleted: !origin_exists,
        });
        Goal {
            id: self.id,
            title: self.title,
            notes: self.notes,
            category: self.category,
            kind: self.kind,
            target_count: self.target_count,
            period: self.period,
            measure: self.measure,
            due_on: self.due_on,
            status: self.status,
            status_since: self.status_since,
            status_note: self.status_note,
            allowed_transitions: self.status.allowed(),
            started_on: self.started_on,
            closed_on: self.closed_on,
            origin,
            progress,
            version: self.version,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}

impl From<&GoalRow> for GoalChanges {
    fn from(row: &GoalRow) -> Self {
        Self {
            title: row.title.clone(),
            notes: row.notes.clone(),
            category: row.category,
            target_count: row.target_count,
            due_on: row.due_on,
        }
    }
}
