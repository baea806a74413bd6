//! What a reminder is: its row, what a client may ask of it, what the API answers.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::{Queryable, Selectable};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::{ReminderKind, ReminderStatus, ResourceType};
use crate::db::schema::reminders;
use crate::http::answer::Versioned;
use crate::http::rules::sane_instant;
use crate::page_schema;

/// A reminder as it is stored: ids and times, no text of the user's.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = reminders, check_for_backend(Pg))]
pub(super) struct Stored {
    pub(super) id: Uuid,
    pub(super) kind: ReminderKind,
    pub(super) resource_id: Uuid,
    pub(super) application_id: Option<Uuid>,
    pub(super) status: ReminderStatus,
    pub(super) remind_at: DateTime<Utc>,
    pub(super) snoozed_until: Option<DateTime<Utc>>,
    pub(super) fired_at: Option<DateTime<Utc>>,
    pub(super) fired_count: i32,
    pub(super) mailed_at: Option<DateTime<Utc>>,
    pub(super) version: i32,
    pub(super) created_at: DateTime<Utc>,
    pub(super) updated_at: DateTime<Utc>,
}

impl Versioned for Stored {
    fn version(&self) -> i32 {
        self.version
    }
}

/// What a reminder is about.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReminderResource {
    /// What it is.
    #[serde(rename = "type")]
    pub kind: ResourceType,
    /// Its id.
    #[schema(example = "019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55")]
    pub id: Uuid,
    /// Where it is.
    #[schema(
        max_length = 200,
        example = "/v1/applications/019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55"
    )]
    pub href: String,
}

/// A reminder.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Reminder {
    /// Its id.
    #[schema(example = "019a6f3d-1b2c-7d3e-9f40-516273849506")]
    pub id: Uuid,
    /// What one is reminded of.
    #[schema(example = "follow_up")]
    pub kind: ReminderKind,
    /// Where it stands. `scheduled` and `snoozed` become `due` by time alone; it is `done` by itself when
    /// what it is about is seen to.
    #[schema(example = "due")]
    pub status: ReminderStatus,
    /// Where it may go.
    #[schema(max_items = 5, example = json!(["snoozed", "done", "dismissed"]))]
    pub allowed_transitions: &'static [ReminderStatus],
    /// What it is about.
    pub resource: ReminderResource,
    /// The application that it hangs on; null when it hangs on none.
    #[schema(required, example = "019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55")]
    pub application_id: Option<Uuid>,
    /// The same in words, as they are now: company and job title, the name of a contact, the title of a
    /// goal. Null when it is gone.
    #[schema(
        required,
        max_length = 410,
        example = "Kite & Anchor, Backend Engineer"
    )]
    pub about: Option<String>,
    /// When it comes or came: not in quiet hours and not while you rest, unless it is an interview.
    #[schema(example = "2026-03-19T08:00:00Z")]
    pub remind_at: DateTime<Utc>,
    /// Until when it is put off.
    #[schema(required, example = "2026-03-20T08:00:00Z")]
    pub snoozed_until: Option<DateTime<Utc>>,
    /// When it was due last; null when it never was.
    #[schema(required, example = "2026-03-19T08:00:00Z")]
    pub fired_at: Option<DateTime<Utc>>,
    /// When it was mailed.
    #[schema(required, example = "2026-03-19T08:00:01Z")]
    pub mailed_at: Option<DateTime<Utc>>,
    /// Counts the changes, from 1.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

impl Reminder {
    /// What is stored, with what it is about.
    pub(super) fn new(row: Stored, about: Option<String>) -> Self {
        let kind = row.kind.resource_type();
        Self {
            id: row.id,
            kind: row.kind,
            status: row.status,
            allowed_transitions: row.status.allowed(),
            resource: ReminderResource {
                kind,
                id: row.resource_id,
                href: format!("{}/{}", kind.path(), row.resource_id),
            },
            application_id: row.application_id,
            about,
            remind_at: row.remind_at,
            snoozed_until: row.snoozed_until,
            fired_at: row.fired_at,
            mailed_at: row.mailed_at,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

impl Versioned for Reminder {
    fn version(&self) -> i32 {
        self.version
    }
}

page_schema!(ReminderPage, Reminder, "A page of reminders.");

/// A move of a reminder.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"to": "dismissed"}))]
pub struct ReminderMove {
    /// Where to: `snoozed`, `done` or `dismissed`.
    #[garde(skip)]
    pub(super) to: ReminderStatus,
    /// Until when it is put off, at most for 30 days; with `snoozed` only, and needed there.
    #[garde(custom(sane_instant), custom(belongs_to(self.to)))]
    #[schema(example = "2026-03-20T08:00:00Z")]
    pub(super) snooze_until: Option<DateTime<Utc>>,
}

fn belongs_to(to: ReminderStatus) -> impl FnOnce(&Option<DateTime<Utc>>, &()) -> garde::Result {
    move |until, ()| match (to, until) {
        (ReminderStatus::Snoozed, None) => {
            Err(garde::Error::new("required: A snooze needs an end."))
        }
        (ReminderStatus::Snoozed, Some(_)) | (_, None) => Ok(()),
        (_, Some(_)) => Err(garde::Error::new(
            "not_applicable: Only a snooze has an end.",
        )),
    }
}
