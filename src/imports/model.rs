//! Rows, requests and answers of imports.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::{Queryable, Selectable};
use garde::Validate;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::dates::DateOrder;
use super::rows::{FileKind, ReadOptions};
use super::write::ROWS_OF_A_PART;
use crate::db::schema::imports;
use crate::http::answer::Versioned;
use crate::{page_schema, text_enum};

text_enum! {
    /// Where an import stands.
    pub enum ImportStatus {
        /// It waits for its turn.
        Queued = "queued",
        /// Its rows are being written.
        Running = "running",
        /// Every row has its outcome.
        Completed = "completed",
        /// It ended before its end; `failure` says why.
        Failed = "failed",
    }
}

text_enum! {
    /// What became of a row.
    pub enum ImportOutcome {
        /// An application was made of it, or would be.
        Created = "created",
        /// There is one already.
        Skipped = "skipped",
        /// It cannot be one; `code` says why.
        Refused = "refused",
    }
}

/// How a file is to be imported.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ImportQuery {
    /// Tell what would become of each row, and write nothing.
    #[garde(skip)]
    #[param(default = false)]
    pub(super) dry_run: Option<bool>,
    /// How to read dates like 3/5/2026. Without it each column decides by its other dates, and rows
    /// whose date stays ambiguous are refused.
    #[garde(skip)]
    #[param(inline)]
    pub(super) date_order: Option<DateOrder>,
}

/// A sheet as text with a delimiter.
#[derive(ToSchema)]
#[schema(value_type = String, max_length = 10_485_760)]
#[expect(
    dead_code,
    reason = "only its schema is used; the body is read as bytes"
)]
pub struct SheetText(String);

/// All applications as a sheet.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "only its schema is used; the file is streamed")]
pub struct ExportedSheet(Vec<u8>);

/// A workbook of Excel 2007 or later.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(
    dead_code,
    reason = "only its schema is used; the body is read as bytes"
)]
pub struct Workbook(Vec<u8>);

/// Which imports.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ImportListQuery {
    /// Rows on the page.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 25)]
    pub(super) limit: Option<i64>,
    /// The next_cursor of the page before.
    #[garde(length(max = 2000))]
    #[param(max_length = 2000)]
    pub(super) cursor: Option<String>,
}

/// What an import does, as it is stored beside the file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Options {
    /// Is it a trial?
    pub dry_run: bool,
    /// What the file is.
    pub kind: FileKind,
    /// What the file does not say.
    #[serde(flatten)]
    pub read: ReadOptions,
}

/// How many rows came out how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    created: u32,
    skipped: u32,
    refused: u32,
    warnings: u32,
}

impl Counts {
    /// Counts these rows as well.
    pub fn add(&mut self, rows: &[ReportRow]) {
        for row in rows {
            match row.outcome {
                ImportOutcome::Created => self.created += 1,
                ImportOutcome::Skipped => self.skipped += 1,
                ImportOutcome::Refused => self.refused += 1,
            }
            self.warnings += u32::try_from(row.warnings.len()).unwrap_or(u32::MAX);
        }
    }
}

/// What became of a file, row by row.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportReport {
    /// Was it a trial?
    pub(super) dry_run: bool,
    /// Rows of the file that hold anything, without the headers.
    #[schema(minimum = 0, maximum = 20_000, example = 3)]
    pub(super) total: u32,
    /// Rows of which an application was made, or would be.
    #[schema(minimum = 0, maximum = 20_000, example = 1)]
    created: u32,
    /// Rows that were there already, in the file or among your applications.
    #[schema(minimum = 0, maximum = 20_000, example = 1)]
    skipped: u32,
    /// Rows that cannot be an application.
    #[schema(minimum = 0, maximum = 20_000, example = 1)]
    refused: u32,
    /// Warnings of all rows together.
    #[schema(minimum = 0, maximum = 1_000_000, example = 1)]
    warnings: u32,
    /// Every row, in the order of the file.
    #[schema(max_items = 20_000, example = json!([
        {"line": 2, "outcome": "created", "application_id": "019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55",
         "warnings": [{"code": "unknown_status", "detail": "“Kanban” in Status is not a known status: it counts as applied; it is in the notes."}]},
        {"line": 3, "outcome": "skipped", "code": "duplicate_stored", "detail": "You have this application already."},
        {"line": 4, "outcome": "refused", "code": "missing_company_or_title", "detail": "The row needs both a company and a job title."}
    ]))]
    rows: Vec<ReportRow>,
}

impl ImportReport {
    /// A report of these rows.
    pub fn new(dry_run: bool, total: u32, counts: Counts, rows: Vec<ReportRow>) -> Self {
        Self {
            dry_run,
            total,
            created: counts.created,
            skipped: counts.skipped,
            refused: counts.refused,
            warnings: counts.warnings,
            rows,
        }
    }
}

/// What became of one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ImportReportRow)]
pub struct ReportRow {
    /// The line in which the row begins, from 1; of a workbook, the number of the row.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 2)]
    pub line: u32,
    /// What became of it.
    pub outcome: ImportOutcome,
    /// Why it was skipped or refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 50, example = "duplicate_stored")]
    pub code: Option<Cow<'static, str>>,
    /// The same in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000, example = "You have this application already.")]
    pub detail: Option<Cow<'static, str>>,
    /// The application that was made of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application_id: Option<Uuid>,
    /// What was understood only in part.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 100)]
    pub warnings: Vec<ReportWarning>,
}

impl ReportRow {
    /// Are its texts and warnings within what the document says?
    fn is_sane(&self) -> bool {
        let short = |text: &str, most: usize| text.chars().count() <= most;
        let own = (self.code.as_deref().is_none_or(|code| short(code, 50)))
            && self.detail.as_deref().is_none_or(|it| short(it, 2_000));
        let warnings = self.warnings.iter();
        own && self.warnings.len() <= 100
            && warnings
                .into_iter()
                .all(|it| short(&it.code, 50) && short(&it.detail, 2_000))
    }
}

/// Something to look at in a row that was imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ImportReportWarning)]
pub struct ReportWarning {
    /// What it is.
    #[schema(max_length = 50, example = "unknown_status")]
    pub code: Cow<'static, str>,
    /// The same in words.
    #[schema(
        max_length = 2000,
        example = "“Kanban” in Status is not a known status: it counts as applied; it is in the notes."
    )]
    pub detail: String,
}

/// Is this how options of an import are stored?
pub fn is_options(value: &Value) -> bool {
    is_small(value) && serde_json::from_value::<Options>(value.clone()).is_ok()
}

/// Is this how counters of an import are stored?
pub fn is_counts(value: &Value) -> bool {
    is_small(value) && serde_json::from_value::<Counts>(value.clone()).is_ok()
}

/// Is this a part of a report as an import stores it, member for member?
pub fn are_report_rows(value: &Value) -> bool {
    let few = value
        .as_array()
        .is_some_and(|rows| rows.len() <= ROWS_OF_A_PART);
    if !few {
        return false;
    }
    let rows = Vec::<ReportRow>::deserialize(value).unwrap_or_default();
    rows.iter().all(ReportRow::is_sane) && json!(rows) == *value
}

/// What the service writes by itself takes little room.
fn is_small(value: &Value) -> bool {
    value.to_string().len() <= 2_000
}

/// An import as it is stored, without its file and its rows.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = imports, check_for_backend(Pg))]
pub struct Stored {
    /// Its id.
    pub id: Uuid,
    /// Where it stands.
    pub status: ImportStatus,
    /// How many rows have their outcome.
    pub done: i32,
    /// How many rows there are.
    pub total: i32,
    /// What it does.
    pub options: Value,
    /// The counters of the rows that are done.
    #[diesel(column_name = report)]
    pub counts: Value,
    /// Why it ended before its end.
    pub failure: Option<String>,
    /// Counts the changes, from 1.
    pub version: i32,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

/// How far an import is.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportProgress {
    /// Rows that have their outcome.
    #[schema(minimum = 0, maximum = 20_000, example = 5_000)]
    pub done: i32,
    /// Rows in all.
    #[schema(minimum = 0, maximum = 20_000, example = 20_000)]
    pub total: i32,
}

/// An import of a large file and how far it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportSummary {
    /// Its id.
    #[schema(example = "019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55")]
    pub id: Uuid,
    /// Where it stands.
    #[schema(example = "running")]
    pub status: ImportStatus,
    /// How far it is.
    pub progress: ImportProgress,
    /// Why it ended before its end.
    #[schema(required, max_length = 60, example = json!(null))]
    pub failure: Option<String>,
    /// Counts the changes, from 1.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 2)]
    pub version: i32,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

/// An import of a large file.
#[derive(Debug, Serialize, ToSchema)]
pub struct Import {
    #[serde(flatten)]
    summary: ImportSummary,
    /// What became of each row; null until the import has ended. Of a failed one, the rows that were done.
    #[schema(required)]
    report: Option<ImportReport>,
}

impl Import {
    /// The resource, with the rows of its report when it has ended.
    pub fn new(stored: Stored, rows: Option<Vec<ReportRow>>) -> Self {
        let counts: Counts = serde_json::from_value(stored.counts.clone()).unwrap_or_default();
        let dry_run = stored.options["dry_run"].as_bool().unwrap_or_default();
        let total = u32::try_from(stored.total).unwrap_or_default();
        Self {
            report: rows.map(|rows| ImportReport::new(dry_run, total, counts, rows)),
            summary: stored.into(),
        }
    }
}

impl From<Stored> for ImportSummary {
    fn from(stored: Stored) -> Self {
        Self {
            id: stored.id,
            status: stored.status,
            progress: ImportProgress {
                done: stored.done,
                total: stored.total,
            },
            failure: stored.failure,
            version: stored.version,
            created_at: stored.created_at,
            updated_at: stored.updated_at,
        }
    }
}

impl Versioned for Import {
    fn version(&self) -> i32 {
        self.summary.version
    }
}

page_schema!(ImportPage, ImportSummary, "A page of imports.");
