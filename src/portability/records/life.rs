//! What one does and how one is: contacts, networking, goals with their check-ins, wellbeing.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::Pg;
use diesel::prelude::{Insertable, Queryable, Selectable};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::db::schema::{contacts, goal_check_ins, goal_pauses, goals, networking_activities};
use crate::goals::{
    CheckInKind, GoalCategory, GoalFields, GoalKind, GoalMeasure, GoalOriginType, GoalPeriod,
    GoalStatus, NewGoalOrigin,
};
use crate::http::rules::{sane_date, sane_required_date, sane_required_instant};
use crate::networking::{ContactFields, NetworkingActivityFields};
use crate::wellbeing::{WellbeingCheckIn, WellbeingCheckInFields};

/// A contact.
#[derive(
    Debug, Clone, Queryable, Selectable, Insertable, Serialize, Deserialize, Validate, ToSchema,
)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = contacts, check_for_backend(Pg))]
pub struct ContactRecord {
    /// Its id.
    #[garde(skip)]
    pub id: Uuid,
    /// What its owner wrote, as `POST /v1/contacts` takes it.
    #[garde(dive)]
    #[diesel(embed)]
    pub fields: ContactFields,
    /// The local day on which it was written down.
    #[garde(custom(sane_required_date))]
    pub added_on: NaiveDate,
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

/// A networking activity.
#[derive(
    Debug, Clone, Queryable, Selectable, Insertable, Serialize, Deserialize, Validate, ToSchema,
)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = networking_activities, check_for_backend(Pg))]
pub struct NetworkingActivityRecord {
    /// Its id.
    #[garde(skip)]
    pub id: Uuid,
    /// What its owner wrote, as `POST /v1/networking-activities` takes it.
    #[garde(dive)]
    #[diesel(embed)]
    pub fields: NetworkingActivityFields,
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

/// A wellbeing check-in.
#[derive(Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WellbeingCheckInRecord {
    /// Its id.
    #[garde(skip)]
    pub id: Uuid,
    /// What its owner wrote, as `POST /v1/wellbeing-check-ins` takes it.
    #[garde(dive)]
    pub fields: WellbeingCheckInFields,
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

impl From<WellbeingCheckIn> for WellbeingCheckInRecord {
    fn from(row: WellbeingCheckIn) -> Self {
        Self {
            fields: WellbeingCheckInFields::from(&row),
            id: row.id,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// A goal.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GoalRecord {
    /// Its id.
    #[garde(skip)]
    pub id: Uuid,
    /// What its owner wrote, as `POST /v1/goals` takes it. What it grew from may be gone.
    #[garde(dive)]
    pub fields: GoalFields,
    /// Where it stands.
    #[garde(skip)]
    pub status: GoalStatus,
    /// When the present status began.
    #[garde(custom(sane_required_instant))]
    pub status_since: DateTime<Utc>,
    /// What was noted with the last change of the status.
    #[garde(length(chars, min = 1, max = 5000))]
    #[schema(min_length = 1, max_length = 5000)]
    pub status_note: Option<String>,
    /// The local day on which it was created.
    #[garde(custom(sane_required_date))]
    pub started_on: NaiveDate,
    /// The local day on which it was completed or archived.
    #[garde(custom(sane_date))]
    pub closed_on: Option<NaiveDate>,
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

/// A goal as it is stored, without what is computed and kept for later.
#[derive(Queryable, Selectable)]
#[diesel(table_name = goals, check_for_backend(Pg))]
pub struct GoalColumns {
    id: Uuid,
    title: String,
    notes: Option<String>,
    category: GoalCategory,
    kind: GoalKind,
    target_count: i32,
    period: Option<GoalPeriod>,
    measure: GoalMeasure,
    due_on: Option<NaiveDate>,
    origin_type: Option<GoalOriginType>,
    origin_id: Option<Uuid>,
    origin_suggestion: Option<String>,
    status: GoalStatus,
    status_since: DateTime<Utc>,
    status_note: Option<String>,
    started_on: NaiveDate,
    closed_on: Option<NaiveDate>,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<GoalColumns> for GoalRecord {
    fn from(row: GoalColumns) -> Self {
        let origin = row.origin_type.zip(row.origin_id);
        Self {
            id: row.id,
            fields: GoalFields {
                title: row.title,
                notes: row.notes,
                category: row.category,
                kind: row.kind,
                target_count: row.target_count,
                period: row.period,
                measure: row.measure,
                due_on: row.due_on,
                origin: origin.map(|(kind, id)| NewGoalOrigin {
                    kind,
                    id,
                    suggestion: row.origin_suggestion,
                }),
            },
            status: row.status,
            status_since: row.status_since,
            status_note: row.status_note,
            started_on: row.started_on,
            closed_on: row.closed_on,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// A check-in of a goal.
#[derive(
    Debug, Clone, Queryable, Selectable, Insertable, Serialize, Deserialize, Validate, ToSchema,
)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = goal_check_ins, treat_none_as_default_value = false, check_for_backend(Pg))]
pub struct GoalCheckInRecord {
    /// Its id.
    #[garde(skip)]
    pub id: Uuid,
    /// The goal that it belongs to.
    #[garde(skip)]
    pub goal_id: Uuid,
    /// The local day that it is about.
    #[garde(custom(sane_required_date))]
    pub occurred_on: NaiveDate,
    /// Something done, or a rest.
    #[garde(skip)]
    pub kind: CheckInKind,
    /// What it adds: 0 for a rest.
    #[garde(range(min = 0, max = 1000))]
    #[schema(minimum = 0, maximum = 1000)]
    pub value: i32,
    /// Anything worth keeping.
    #[garde(length(chars, min = 1, max = 5000))]
    #[schema(min_length = 1, max_length = 5000)]
    pub note: Option<String>,
    /// Your own id for it.
    #[garde(length(chars, min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub external_id: Option<String>,
    /// When it was created.
    #[garde(custom(sane_required_instant))]
    pub created_at: DateTime<Utc>,
}

/// A time in which a goal was paused.
#[derive(
    Debug, Clone, Queryable, Selectable, Insertable, Serialize, Deserialize, Validate, ToSchema,
)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = goal_pauses, treat_none_as_default_value = false, check_for_backend(Pg))]
pub struct GoalPauseRecord {
    /// Its id.
    #[garde(skip)]
    pub id: Uuid,
    /// The goal that was paused.
    #[garde(skip)]
    pub goal_id: Uuid,
    /// The local day on which it was paused.
    #[garde(custom(sane_required_date))]
    pub started_on: NaiveDate,
    /// The local day on which it went on or ended.
    #[garde(custom(sane_date))]
    pub ended_on: Option<NaiveDate>,
}
