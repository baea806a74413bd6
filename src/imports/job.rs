//! The import of a large file: a job that writes part after part, each in a transaction of its own with
//! its part of the report. A worker that dies is followed by one that goes on where it stopped.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

use super::model::{Counts, ImportStatus, Options, Stored};
use super::problems::FileErrorCode;
use super::queries;
use super::rows::{self, ParsedRow, Sheet};
use super::write::{ROWS_OF_A_PART, Writer};
use crate::account::preferences;
use crate::db::{Owner, Tx};
use crate::events::{self, Event};
use crate::http::error::{Error, Result};
use crate::jobs::{self, Context, Job, NewJob};

/// The name of the job.
pub const JOB: &str = "imports.run";
/// After this time, reading its file included, an import goes to the end of the queue, so that mails do not wait
/// for large files. A part of it is written first, however long that took.
const TURN: Duration = Duration::from_secs(5);
/// How often a part is tried.
const ATTEMPTS: i32 = 5;

/// Asks for an import to be run.
pub fn enqueue(tx: &mut Tx<'_>, import: Uuid) -> Result<()> {
    let run_at: DateTime<Utc> = tx.now;
    jobs::enqueue(
        tx,
        &NewJob {
            kind: JOB,
            user_id: Some(tx.owner),
            payload: json!({"import_id": import}),
            run_at,
            unique_key: None,
            max_attempts: ATTEMPTS,
        },
    )?;
    Ok(())
}

/// Runs an import for a while; when it is not through, another job goes on.
pub fn run(context: &Context, job: &Job) -> Result<()> {
    let id = job.payload["import_id"]
        .as_str()
        .and_then(|id| id.parse().ok());
    let (Some(owner), Some(id)) = (job.user_id, id) else {
        return Err(Error::internal("an import job names no import"));
    };
    let turn = Turn {
        context,
        owner: Owner::User(owner),
        id,
    };
    let outcome = turn.run();
    if outcome.is_err() && job.is_last_attempt() {
        turn.end_as("internal_error")?;
    }
    outcome
}

fn moved(tx: &mut Tx<'_>, import: Uuid, from: ImportStatus, to: ImportStatus) -> Result<()> {
    let event = Event::new("import.transitioned", import).with(json!({"from": from, "to": to}));
    events::record(tx, &event)
}

/// One run of the job.
struct Turn<'c> {
    context: &'c Context,
    owner: Owner,
    id: Uuid,
}

impl Turn<'_> {
    fn run(&self) -> Result<()> {
        let began = Instant::now();
        let Some((import, source)) = self.open()? else {
            return Ok(());
        };
        let options: Options = serde_json::from_value(import.options)
            .map_err(|error| Error::internal(format!("stored options are broken: {error}")))?;
        let sheet = match rows::read(&source, options.kind, options.read) {
            Ok(sheet) => sheet,
            Err(error) if error.code == FileErrorCode::TooSlow => return Err(Error::overloaded()),
            // It was read when it came in: another version of the service has another opinion.
            Err(error) => return self.end_as(error.code.as_str()),
        };
        drop(source);
        let done = usize::try_from(import.done).unwrap_or_default();
        if usize::try_from(import.total) != Ok(sheet.total()) {
            return self.end_as(FileErrorCode::UnreadableFile.as_str());
        }
        self.write(&sheet, done, options.dry_run, began)
    }

    fn open(&self) -> Result<Option<(Stored, Vec<u8>)>> {
        self.context.transaction(self.owner, |tx| {
            let Some(import) = queries::lock(tx, self.id)? else {
                return Ok(None);
            };
            match import.status {
                ImportStatus::Queued => {
                    queries::begin(tx, self.id)?;
                    moved(tx, self.id, ImportStatus::Queued, ImportStatus::Running)?;
                }
                ImportStatus::Running => {}
                ImportStatus::Completed | ImportStatus::Failed => return Ok(None),
            }
            let source = queries::source(tx, self.id)?
                .ok_or_else(|| Error::internal("a running import has no file"))?;
            Ok(Some((import, source)))
        })
    }

    fn write(&self, sheet: &Sheet, done: usize, dry_run: bool, began: Instant) -> Result<()> {
        let mut writer = Writer::new(dry_run);
        let mut rows = sheet.rows();
        for row in rows.by_ref().take(done) {
            writer.pass(&row);
        }
        let mut written = done;
        loop {
            let part: Vec<ParsedRow> = rows.by_ref().take(ROWS_OF_A_PART).collect();
            if part.is_empty() {
                return Ok(());
            }
            let next = written + part.len();
            self.write_part(&mut writer, written, part)?;
            written = next;
            let must_stop = self.context.services.is_draining() || began.elapsed() > TURN;
            if must_stop && written < sheet.total() {
                return self
                    .context
                    .transaction(self.owner, |tx| enqueue(tx, self.id));
            }
        }
    }

    fn write_part(&self, writer: &mut Writer, first: usize, part: Vec<ParsedRow>) -> Result<()> {
        let owner = self.context.transaction(self.owner, |tx| {
            let import = queries::lock(tx, self.id)?
                .filter(|import| import.status == ImportStatus::Running)
                .filter(|import| usize::try_from(import.done) == Ok(first))
                .ok_or_else(|| Error::internal("someone else goes on with this import"))?;
            let preferences = preferences(tx.conn, tx.owner)?;
            let mut counts: Counts = serde_json::from_value(import.counts.clone())
                .map_err(|error| Error::internal(format!("stored counts are broken: {error}")))?;
            let rows = writer.part(tx, part, &preferences)?;
            counts.add(&rows);
            match queries::advance(tx, &import, &counts, &rows)? {
                true => moved(tx, self.id, import.status, ImportStatus::Completed)?,
                false => events::record(tx, &Event::new("import.updated", self.id))?,
            }
            Ok(tx.owner)
        })?;
        self.context.services.touched.add(owner);
        Ok(())
    }

    fn end_as(&self, failure: &str) -> Result<()> {
        self.context.transaction(self.owner, |tx| {
            let Some(from) = queries::lock(tx, self.id)?.map(|import| import.status) else {
                return Ok(());
            };
            match from {
                ImportStatus::Queued | ImportStatus::Running => {
                    queries::end(tx, self.id, ImportStatus::Failed, Some(failure))?;
                    moved(tx, self.id, from, ImportStatus::Failed)
                }
                ImportStatus::Completed | ImportStatus::Failed => Ok(()),
            }
        })
    }
}
