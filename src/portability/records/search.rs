//! The job search itself: applications with their timelines, interviews, rejections.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::{Insertable, Queryable, Selectable};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::applications::rules::{Stage, Status, StepKind};
use crate::applications::{Application, ApplicationFields};
use crate::db::schema::{application_steps, interviews, rejections};
use crate::http::rules::{sane_instant, sane_required_instant};
use crate::interviews::InterviewFields;
use crate::rejections::rules::Standing;
use crate::rejections::{RejectionFields, SupersededBy};

/// An application.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplicationRecord {
    /// Its id.
    #[garde(skip)]
    pub id: Uuid,
    /// What its owner wrote, as `POST /v1/applications` takes it, but for the status.
    #[garde(dive, custom(without_status))]
    pub fields: ApplicationFields,
    /// Where it stands.
    #[garde(skip)]
    pub status: Status,
    /// How far it got.
    #[garde(skip)]
    pub furthest_stage: Stage,
    /// When the present status began.
    #[garde(custom(sane_required_instant))]
    pub status_since: DateTime<Utc>,
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

fn without_status(fields: &ApplicationFields, (): &()) -> garde::Result {
    match fields.status {
        None => Ok(()),
        Some(_) => Err(garde::Error::new(
            "not_applicable: The status stands beside the fields.",
        )),
    }
}

impl From<Application> for ApplicationRecord {
    fn from(row: Application) -> Self {
        Self {
            fields: ApplicationFields::from(&row),
            id: row.id,
            status: row.status,
            furthest_stage: row.furthest_stage,
            status_since: row.status_since,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// An entry of a timeline.
#[derive(
    Debug, Clone, Queryable, Selectable, Insertable, Serialize, Deserialize, Validate, ToSchema,
)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = application_steps, treat_none_as_default_value = false, check_for_backend(Pg))]
pub struct ApplicationStepRecord {
    /// Its id.
    #[garde(skip)]
    pub id: Uuid,
    /// The application whose timeline it is.
    #[garde(skip)]
    pub application_id: Uuid,
    /// Its place in the timeline, from 1.
    #[garde(range(min = 1, max = 1_000_000_000))]
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    pub seq: i32,
    /// A move, or a note.
    #[garde(skip)]
    pub kind: StepKind,
    /// Where the application came from.
    #[garde(skip)]
    pub from_status: Option<Status>,
    /// Where it went; null for notes.
    #[garde(skip)]
    pub to_status: Option<Status>,
    /// The entry before it that this one takes out of every statistic.
    #[garde(skip)]
    pub corrects_id: Option<Uuid>,
    /// When it happened.
    #[garde(custom(sane_required_instant))]
    pub occurred_at: DateTime<Utc>,
    /// When it was written down.
    #[garde(custom(sane_required_instant))]
    pub recorded_at: DateTime<Utc>,
    /// What was noted.
    #[garde(length(chars, min = 1, max = 5000))]
    #[schema(min_length = 1, max_length = 5000)]
    pub note: Option<String>,
}

/// An interview.
#[derive(
    Debug, Clone, Queryable, Selectable, Insertable, Serialize, Deserialize, Validate, ToSchema,
)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = interviews, check_for_backend(Pg))]
pub struct InterviewRecord {
    /// Its id.
    #[garde(skip)]
    pub id: Uuid,
    /// What its owner wrote, as `POST /v1/interviews` takes it.
    #[garde(dive)]
    #[diesel(embed)]
    pub fields: InterviewFields,
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

/// A rejection, with the cool-off that it opened with.
#[derive(
    Debug, Clone, Queryable, Selectable, Insertable, Serialize, Deserialize, Validate, ToSchema,
)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = rejections, treat_none_as_default_value = false, check_for_backend(Pg))]
pub struct RejectionRecord {
    /// Its id.
    #[garde(skip)]
    pub id: Uuid,
    /// The application that was rejected.
    #[garde(skip)]
    pub application_id: Uuid,
    /// What its owner wrote, as `PATCH /v1/rejections/{id}` takes it.
    #[garde(dive)]
    #[diesel(embed)]
    pub fields: RejectionFields,
    /// How long it cools off, in hours.
    #[garde(range(min = 2, max = 72))]
    #[schema(minimum = 2, maximum = 72)]
    pub cooloff_hours: i32,
    /// When the cool-off ends.
    #[garde(custom(sane_instant))]
    pub cooloff_until: Option<DateTime<Utc>>,
    /// Open, replied to or closed.
    #[garde(skip)]
    pub status: Standing,
    /// When the user replied.
    #[garde(custom(sane_instant))]
    pub replied_at: Option<DateTime<Utc>>,
    /// When it was closed.
    #[garde(custom(sane_instant))]
    pub closed_at: Option<DateTime<Utc>>,
    /// What took the application out of being rejected.
    #[garde(skip)]
    pub superseded_by: Option<SupersededBy>,
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
