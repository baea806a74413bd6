//! What a wellbeing check-in is.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::{Queryable, Selectable};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::db::schema::wellbeing_check_ins;
use crate::http::answer::Versioned;
use crate::http::rules::sane_instant;
use crate::page_schema;

/// What a client writes: the body of POST, and what a PATCH is merged into.
#[derive(Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "score": 3, "tags": ["tired", "hopeful"], "note": "A long day, and a kind call at its end.",
    "occurred_at": "2026-03-05T18:30:00Z"
}))]
pub struct WellbeingCheckInFields {
    /// How you are, from 1 (badly) to 5 (well).
    #[garde(range(min = 1, max = 5))]
    #[schema(minimum = 1, maximum = 5, example = 3)]
    pub score: i16,
    /// What it has to do with, in words of your own.
    #[serde(default)]
    #[garde(length(max = 20), inner(length(chars, min = 1, max = 50)))]
    #[schema(value_type = Vec<WellbeingTag>, max_items = 20, example = json!(["tired", "hopeful"]))]
    pub tags: Vec<String>,
    /// Anything you want to remember.
    #[garde(length(chars, min = 1, max = 5000))]
    #[schema(
        min_length = 1,
        max_length = 5000,
        example = "A long day, and a kind call at its end."
    )]
    pub note: Option<String>,
    /// When it was so, not in the future; now without it.
    #[garde(custom(sane_instant))]
    #[schema(example = "2026-03-05T18:30:00Z")]
    pub occurred_at: Option<DateTime<Utc>>,
}

/// A word about how one is, as the document shows it.
#[derive(ToSchema)]
#[schema(min_length = 1, max_length = 50, example = "tired")]
#[expect(dead_code, reason = "only its schema is used")]
pub struct WellbeingTag(String);

/// How one was at an instant.
#[derive(Clone, Serialize, ToSchema, Queryable, Selectable)]
#[diesel(table_name = wellbeing_check_ins, check_for_backend(Pg))]
pub struct WellbeingCheckIn {
    /// Its id.
    #[schema(example = "019a6f14-5d6e-7c7f-a081-9c0d1e2f3a4b")]
    pub id: Uuid,
    /// How one was, from 1 (badly) to 5 (well).
    #[schema(minimum = 1, maximum = 5, example = 3)]
    pub score: i16,
    /// What it had to do with.
    #[schema(value_type = Vec<WellbeingTag>, max_items = 20, example = json!(["tired", "hopeful"]))]
    pub tags: Vec<String>,
    /// What to remember.
    #[schema(
        required,
        max_length = 5000,
        example = "A long day, and a kind call at its end."
    )]
    pub note: Option<String>,
    /// When it was so.
    #[schema(example = "2026-03-05T18:30:00Z")]
    pub occurred_at: DateTime<Utc>,
    /// Counts the changes, from 1.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

impl Versioned for WellbeingCheckIn {
    fn version(&self) -> i32 {
        self.version
    }
}

impl From<&WellbeingCheckIn> for WellbeingCheckInFields {
    fn from(row: &WellbeingCheckIn) -> Self {
        let row = row.clone();
        Self {
            score: row.score,
            tags: row.tags,
            note: row.note,
            occurred_at: Some(row.occurred_at),
        }
    }
}

page_schema!(
    WellbeingCheckInPage,
    WellbeingCheckIn,
    "A page of wellbeing check-ins."
);
