//! What the service wrote for its user: reminders, reports of imports, the change log.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::{Insertable, Queryable, Selectable};
use garde::Validate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::db::schema::{events, import_parts, imports, reminders};
use crate::http::rules::{sane_instant, sane_required_instant};
use crate::imports::{self as sheets, ImportStatus};
use crate::reminders::{ReminderKind, ReminderStatus};

/// A reminder.
#[derive(
    Debug, Clone, Queryable, Selectable, Insertable, Serialize, Deserialize, Validate, ToSchema,
)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = reminders, treat_none_as_default_value = false, check_for_backend(Pg))]
pub struct ReminderRecord {
    /// Its id.
    #[garde(skip)]
    pub id: Uuid,
    /// What one is reminded of.
    #[garde(skip)]
    pub kind: ReminderKind,
    /// What it is about.
    #[garde(skip)]
    pub resource_id: Uuid,
    /// The application that it hangs on.
    #[garde(skip)]
    pub application_id: Option<Uuid>,
    /// The day or instant that it is about.
    #[garde(length(chars, min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60)]
    pub occurrence: String,
    /// Where it stands.
    #[garde(skip)]
    pub status: ReminderStatus,
    /// When it comes or came.
    #[garde(custom(sane_required_instant))]
    pub remind_at: DateTime<Utc>,
    /// Until when it is put off.
    #[garde(custom(sane_instant))]
    pub snoozed_until: Option<DateTime<Utc>>,
    /// When it was due last.
    #[garde(custom(sane_instant))]
    pub fired_at: Option<DateTime<Utc>>,
    /// How often it was due.
    #[garde(range(min = 0, max = 1_000_000_000))]
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    pub fired_count: i32,
    /// When it was mailed.
    #[garde(custom(sane_instant))]
    pub mailed_at: Option<DateTime<Utc>>,
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

/// An import of a sheet that has ended, without its rows.
#[derive(
    Debug, Clone, Queryable, Selectable, Insertable, Serialize, Deserialize, Validate, ToSchema,
)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = imports, treat_none_as_default_value = false, check_for_backend(Pg))]
pub struct ImportRecord {
    /// Its id.
    #[garde(skip)]
    pub id: Uuid,
    /// How it ended.
    #[garde(custom(is_over))]
    pub status: ImportStatus,
    /// Rows that have their outcome.
    #[garde(range(min = 0, max = 20_000))]
    #[schema(minimum = 0, maximum = 20_000)]
    pub done: i32,
    /// Rows in all.
    #[garde(range(min = 0, max = 20_000))]
    #[schema(minimum = 0, maximum = 20_000)]
    pub total: i32,
    /// How the file was read.
    #[garde(custom(fits(sheets::is_options)))]
    #[schema(value_type = Object)]
    pub options: Value,
    /// How many rows came out how.
    #[garde(custom(fits(sheets::is_counts)))]
    #[schema(value_type = Object)]
    pub report: Value,
    /// Why it ended before its end.
    #[garde(length(chars, max = 60))]
    #[schema(max_length = 60)]
    pub failure: Option<String>,
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

fn is_over(status: &ImportStatus, (): &()) -> garde::Result {
    match status {
        ImportStatus::Completed | ImportStatus::Failed => Ok(()),
        ImportStatus::Queued | ImportStatus::Running => Err(garde::Error::new(
            "not_over: An import that has not ended cannot be moved.",
        )),
    }
}

fn fits(rule: fn(&Value) -> bool) -> impl FnOnce(&Value, &()) -> garde::Result {
    move |value, ()| match rule(value) {
        true => Ok(()),
        false => Err(garde::Error::new(
            "invalid_value: The value does not have the form that the service writes.",
        )),
    }
}

/// What became of some rows of a sheet.
#[derive(
    Debug, Clone, Queryable, Selectable, Insertable, Serialize, Deserialize, Validate, ToSchema,
)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = import_parts, check_for_backend(Pg))]
pub struct ImportPartRecord {
    /// Its id.
    #[garde(skip)]
    pub id: Uuid,
    /// The import that it is of.
    #[garde(skip)]
    pub import_id: Uuid,
    /// How many rows of the file come before it.
    #[garde(range(min = 0, max = 20_000))]
    #[schema(minimum = 0, maximum = 20_000)]
    pub first_row: i32,
    /// One object a row of the file.
    #[garde(custom(fits(sheets::are_report_rows)))]
    #[schema(value_type = Vec<sheets::ReportRow>, max_items = 500)]
    pub rows: Value,
}

/// An entry of the change log. Entries of a moved account have new places in the feed, in the same order.
#[derive(Debug, Clone, Queryable, Selectable, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = events, check_for_backend(Pg))]
pub struct EventRecord {
    /// Its place in the log of this server.
    #[serde(skip)]
    #[garde(skip)]
    pub id: i64,
    /// What happened.
    #[garde(length(min = 1, max = 60), custom(is_code))]
    #[schema(
        min_length = 1,
        max_length = 60,
        pattern = "^[a-z_.]+$",
        example = "application.created"
    )]
    pub kind: String,
    /// The type of the resource.
    #[garde(length(min = 1, max = 60), custom(is_code))]
    #[schema(
        min_length = 1,
        max_length = 60,
        pattern = "^[a-z_.]+$",
        example = "application"
    )]
    pub resource_type: String,
    /// The resource that it happened to.
    #[garde(skip)]
    pub resource_id: Uuid,
    /// When.
    #[garde(custom(sane_required_instant))]
    pub occurred_at: DateTime<Utc>,
    /// Further ids and codes.
    #[garde(custom(fits(is_small)))]
    #[schema(required, value_type = Option<Object>)]
    pub data: Value,
}

fn is_code(text: &str, (): &()) -> garde::Result {
    let good = |byte: u8| byte.is_ascii_lowercase() || byte == b'_' || byte == b'.';
    match text.bytes().all(good) {
        true => Ok(()),
        false => Err(garde::Error::new(
            "invalid_value: Lower-case letters, underscores and a dot.",
        )),
    }
}

/// Ids and codes take little room.
fn is_small(data: &Value) -> bool {
    (data.is_object() || data.is_null()) && data.to_string().len() <= 10_000
}
