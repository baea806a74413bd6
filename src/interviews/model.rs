//! What an interview is.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::Pg;
use diesel::prelude::{AsChangeset, Insertable, Queryable, Selectable};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::db::schema::interviews;
use crate::http::answer::Versioned;
use crate::http::rules::{sane_date, sane_required_instant, web_address};
use crate::{page_schema, text_enum};

text_enum! {
    /// The kind of a round.
    pub enum InterviewKind {
        /// A first call.
        PhoneScreen = "phone_screen",
        /// With a recruiter.
        Recruiter = "recruiter",
        /// On the craft.
        Technical = "technical",
        /// On how one works.
        Behavioral = "behavioral",
        /// With several people.
        Panel = "panel",
        /// At the company.
        Onsite = "onsite",
        /// The last one.
        Final = "final",
        /// Something else.
        Other = "other",
    }
}

text_enum! {
    /// What came of a round.
    pub enum InterviewOutcome {
        /// Not known yet.
        Pending = "pending",
        /// It went on.
        Passed = "passed",
        /// It ended there.
        Failed = "failed",
        /// It did not take place.
        Cancelled = "cancelled",
    }
}

fn pending() -> InterviewOutcome {
    InterviewOutcome::Pending
}

/// What a client writes: the body of POST, and what a PATCH is merged into.
#[derive(
    Debug,
    Clone,
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
#[diesel(table_name = interviews, treat_none_as_default_value = false, treat_none_as_null = true, check_for_backend(Pg))]
#[schema(example = json!({
    "application_id": "019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55", "kind": "technical",
    "scheduled_at": "2026-03-12T09:00:00Z", "duration_minutes": 60, "link": "https://meet.example/abc"
}))]
pub struct InterviewFields {
    /// The application that it belongs to.
    #[garde(skip)]
    #[schema(example = "019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55")]
    pub application_id: Uuid,
    /// The kind of round.
    #[garde(skip)]
    pub kind: InterviewKind,
    /// When it begins.
    #[garde(custom(sane_required_instant))]
    #[schema(example = "2026-03-12T09:00:00Z")]
    pub scheduled_at: DateTime<Utc>,
    /// How long it takes.
    #[garde(range(min = 1, max = 1440))]
    #[schema(minimum = 1, maximum = 1440, example = 60)]
    pub duration_minutes: Option<i32>,
    /// Where it is.
    #[garde(length(chars, min = 1, max = 200))]
    #[schema(
        min_length = 1,
        max_length = 200,
        example = "12 Quai des Brumes, 3rd floor"
    )]
    pub location: Option<String>,
    /// Where it is online.
    #[garde(length(chars, min = 1, max = 2000), custom(web_address))]
    #[schema(
        min_length = 1,
        max_length = 2000,
        format = "url",
        pattern = "^https?://",
        example = "https://meet.example/abc"
    )]
    pub link: Option<String>,
    /// What came of it; `pending` without it.
    // No default in the schema: typed clients take that for a promise and ask for the member.
    #[serde(default = "pending")]
    #[garde(skip)]
    pub outcome: InterviewOutcome,
    /// The local day on which one prepared for it.
    #[garde(custom(sane_date))]
    #[schema(example = "2026-03-11")]
    pub prepared_on: Option<NaiveDate>,
    /// Anything worth keeping.
    #[garde(length(chars, min = 1, max = 10_000))]
    #[schema(
        min_length = 1,
        max_length = 10_000,
        example = "Ask about the on-call rota."
    )]
    pub notes: Option<String>,
}

/// An interview.
#[derive(Debug, Clone, Serialize, ToSchema, Queryable, Selectable)]
#[diesel(table_name = interviews, check_for_backend(Pg))]
pub struct Interview {
    /// Its id.
    #[schema(example = "019a6f10-1c2d-7d4e-9b8a-2f3c4d5e6f70")]
    pub id: Uuid,
    /// The application that it belongs to.
    #[schema(example = "019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55")]
    pub application_id: Uuid,
    /// The kind of round.
    pub kind: InterviewKind,
    /// When it begins.
    #[schema(example = "2026-03-12T09:00:00Z")]
    pub scheduled_at: DateTime<Utc>,
    /// How long it takes.
    #[schema(required, minimum = 1, maximum = 1440, example = 60)]
    pub duration_minutes: Option<i32>,
    /// Where it is.
    #[schema(required, max_length = 200, example = "12 Quai des Brumes, 3rd floor")]
    pub location: Option<String>,
    /// Where it is online.
    #[schema(required, max_length = 2000, example = "https://meet.example/abc")]
    pub link: Option<String>,
    /// What came of it.
    pub outcome: InterviewOutcome,
    /// The local day on which one prepared for it.
    #[schema(required, example = "2026-03-11")]
    pub prepared_on: Option<NaiveDate>,
    /// Anything worth keeping.
    #[schema(required, max_length = 10_000, example = "Ask about the on-call rota.")]
    pub notes: Option<String>,
    /// Counts the changes, from 1.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

impl Versioned for Interview {
    fn version(&self) -> i32 {
        self.version
    }
}

impl From<&Interview> for InterviewFields {
    fn from(row: &Interview) -> Self {
        let row = row.clone();
        Self {
            application_id: row.application_id,
            kind: row.kind,
            scheduled_at: row.scheduled_at,
            duration_minutes: row.duration_minutes,
            location: row.location,
            link: row.link,
            outcome: row.outcome,
            prepared_on: row.prepared_on,
            notes: row.notes,
        }
    }
}

page_schema!(InterviewPage, Interview, "A page of interviews.");
