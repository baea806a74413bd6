//! Rows of a file become applications: part by part, each row all or nothing, none without an outcome.

use std::borrow::Cow;

use diesel::Connection;
use garde::Validate;

use super::fields::ImportRow;
use super::model::{Counts, ImportOutcome, ImportReport, ReportRow, ReportWarning};
use super::problems::Warning;
use super::queries;
use super::rows::{ParsedRow, Sheet};
use super::rules::{self, Name, Present};
use crate::account::Preferences;
use crate::applications::{self, PastApplication};
use crate::db::Tx;
use crate::http::error::{Error, Result};
use crate::http::problems;

/// Rows that are written together, in a twentieth of a second or so.
pub const ROWS_OF_A_PART: usize = 500;

/// Imports a whole file in the running transaction.
pub fn file(
    tx: &mut Tx<'_>,
    sheet: &Sheet,
    dry_run: bool,
    preferences: &Preferences,
) -> Result<ImportReport> {
    let mut writer = Writer::new(dry_run);
    let (mut counts, mut report) = (Counts::default(), Vec::with_capacity(sheet.total()));
    let mut rows = sheet.rows().peekable();
    while rows.peek().is_some() {
        let part = rows.by_ref().take(ROWS_OF_A_PART).collect();
        let outcomes = writer.part(tx, part, preferences)?;
        counts.add(&outcomes);
        report.extend(outcomes);
    }
    let total = u32::try_from(report.len()).unwrap_or(u32::MAX);
    Ok(ImportReport::new(dry_run, total, counts, report))
}

/// Writes the parts of one file, one after the other.
pub struct Writer {
    dry_run: bool,
    /// The rows of the file so far.
    seen: Present,
    /// How many parts were written.
    parts: usize,
}

/// A row that may become an application, unless it is stored already.
struct Candidate {
    /// Its place in the part.
    index: usize,
    name: Name,
    past: PastApplication,
}

impl Writer {
    /// A writer that begins with the first row of a file.
    pub fn new(dry_run: bool) -> Self {
        Self {
            dry_run,
            seen: Present::default(),
            parts: 0,
        }
    }

    /// Passes over a row that was written before.
    pub fn pass(&mut self, row: &ParsedRow) {
        if let Ok(row) = &row.outcome {
            let name = Name::new(&row.company, &row.job_title, row.applied_on);
            self.seen.add(row.external_id.as_deref(), name);
        }
    }

    /// Writes a part, or finds out what writing it would do. ImportOutcomes are in the order of the rows.
    pub fn part(
        &mut self,
        tx: &mut Tx<'_>,
        rows: Vec<ParsedRow>,
        preferences: &Preferences,
    ) -> Result<Vec<ReportRow>> {
        let mut outcomes = Vec::with_capacity(rows.len());
        let mut candidates = Vec::with_capacity(rows.len());
        for (index, row) in rows.into_iter().enumerate() {
            let mut outcome = ReportRow::created(row.line);
            match row.outcome {
                Err(refusal) => outcome.refuse(refusal.code.as_str(), refusal.detail),
                Ok(row) => {
                    let candidate = self.candidate(tx, index, row, preferences, &mut outcome);
                    candidates.extend(candidate);
                }
            }
            outcomes.push(outcome);
        }
        if !self.dry_run {
            queries::lock_owner(tx)?;
            // At the beginning, and whenever there are twice as many rows as at the last time.
            if self.parts == 0 || self.parts.is_power_of_two() {
                applications::plan_anew(tx.conn)?;
            }
            self.parts += 1;
        }
        let stored = stored(tx, &candidates)?;
        candidates.retain(|candidate| {
            let external_id = candidate.past.fields.external_id.as_deref();
            let there = stored.has(external_id, &candidate.name);
            if there {
                outcomes[candidate.index].skip_stored();
            }
            !there
        });
        if !self.dry_run {
            write(tx, candidates, preferences, &mut outcomes)?;
        }
        Ok(outcomes)
    }

    fn candidate(
        &mut self,
        tx: &Tx<'_>,
        index: usize,
        mut row: ImportRow,
        preferences: &Preferences,
        outcome: &mut ReportRow,
    ) -> Option<Candidate> {
        let steps = rules::past(&row, preferences.time_zone, tx.now);
        let rejection_received_at = rules::rejected_at(&row, &steps);
        let warnings = std::mem::take(&mut row.warnings);
        let fields = rules::fields(row);
        // Reading keeps to these rules already; what it may have overlooked must not stop the others.
        if let Err(report) = fields.validate() {
            let names: Vec<String> = report.iter().map(|(path, _)| path.to_string()).collect();
            let detail = format!("Values that are not valid: {}.", names.join(", "));
            outcome.refuse(problems::INVALID_FIELDS.code, detail);
            return None;
        }
        let name = Name::new(&fields.company, &fields.job_title, fields.applied_on);
        if self.seen.has(fields.external_id.as_deref(), &name) {
            outcome.skip(
                "duplicate_in_file",
                "An earlier row of the file says the same.",
            );
            return None;
        }
        self.seen.add(fields.external_id.as_deref(), name.clone());
        outcome.warnings = warnings.into_iter().map(ReportWarning::from).collect();
        Some(Candidate {
            index,
            name,
            past: PastApplication {
                fields,
                steps,
                rejection_received_at,
            },
        })
    }
}

/// Which of these are stored already.
fn stored(tx: &mut Tx<'_>, candidates: &[Candidate]) -> Result<Present> {
    let fields = || candidates.iter().map(|candidate| &candidate.past.fields);
    let external_ids: Vec<&str> = fields().filter_map(|f| f.external_id.as_deref()).collect();
    let companies: Vec<&str> = fields().map(|f| f.company.as_str()).collect();
    let titles: Vec<&str> = fields().map(|f| f.job_title.as_str()).collect();
    let mut present = Present::default();
    for known in queries::known(tx, &external_ids, &companies, &titles)? {
        let name = Name::new(&known.company, &known.job_title, known.applied_on);
        present.add(known.external_id.as_deref(), name);
    }
    Ok(present)
}

/// Writes them all at once, or one by one when one of them stands in the way of the others.
fn write(
    tx: &mut Tx<'_>,
    candidates: Vec<Candidate>,
    preferences: &Preferences,
    outcomes: &mut [ReportRow],
) -> Result<()> {
    if candidates.is_empty() {
        return Ok(());
    }
    let (places, past): (Vec<usize>, Vec<PastApplication>) = candidates
        .into_iter()
        .map(|candidate| (candidate.index, candidate.past))
        .unzip();
    match create(tx, &past, preferences) {
        Ok(ids) => {
            for (place, id) in places.into_iter().zip(ids) {
                outcomes[place].application_id = Some(id);
            }
            return Ok(());
        }
        Err(error) if error.is_lost_connection() => return Err(error),
        Err(error) => log::info!("a part of an import is written row by row: {error}"),
    }
    for (place, past) in places.into_iter().zip(past) {
        let outcome = &mut outcomes[place];
        match create(tx, &[past], preferences) {
            Ok(ids) => outcome.application_id = ids.first().copied(),
            Err(error) if error.is_lost_connection() => return Err(error),
            Err(Error::Problem(problem)) if problem.kind == problems::EXTERNAL_ID_TAKEN => {
                outcome.skip_stored();
            }
            Err(error) => {
                log::error!("a row of an import could not be written: {error}");
                outcome.refuse("not_written", "The row could not be written.");
            }
        }
    }
    Ok(())
}

/// Creates applications under a savepoint, all or none.
fn create(
    tx: &mut Tx<'_>,
    past: &[PastApplication],
    preferences: &Preferences,
) -> Result<Vec<uuid::Uuid>> {
    let (owner, now) = (tx.owner, tx.now);
    tx.conn.transaction(|conn| {
        let mut tx = Tx { conn, owner, now };
        applications::create_many(&mut tx, past, preferences)
    })
}

impl ReportRow {
    fn created(line: u32) -> Self {
        Self {
            line,
            outcome: ImportOutcome::Created,
            code: None,
            detail: None,
            application_id: None,
            warnings: Vec::new(),
        }
    }

    fn end(&mut self, outcome: ImportOutcome, code: &'static str, detail: Cow<'static, str>) {
        self.outcome = outcome;
        self.code = Some(Cow::Borrowed(code));
        self.detail = Some(detail);
        self.warnings.clear();
    }

    fn skip(&mut self, code: &'static str, detail: &'static str) {
        self.end(ImportOutcome::Skipped, code, Cow::Borrowed(detail));
    }

    fn skip_stored(&mut self) {
        self.skip("duplicate_stored", "You have this application already.");
    }

    fn refuse(&mut self, code: &'static str, detail: impl Into<Cow<'static, str>>) {
        self.end(ImportOutcome::Refused, code, detail.into());
    }
}

impl From<Warning> for ReportWarning {
    fn from(warning: Warning) -> Self {
        Self {
            code: Cow::Borrowed(warning.code.as_str()),
            detail: warning.detail,
        }
    }
}
