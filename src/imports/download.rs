//! The export of all applications, part by part, so that memory does not grow with their number.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use super::export::{ExportRow, Exporter};
use crate::account::preferences;
use crate::applications::rules::{Stage, Status};
use crate::applications::{Application, oldest_first};
use crate::clock::{local_date, start_of_day};
use crate::db::Tx;
use crate::http::caller::Caller;
use crate::http::error::{Error, Result};

/// Applications of one part.
const ROWS_OF_A_PART: i64 = 500;

/// The last application of a part.
pub type Place = (DateTime<Utc>, Uuid);

/// The part after a place, and where the next one begins; nothing behind the last one.
pub async fn part(caller: &Caller, after: Option<Place>) -> Result<(Bytes, Option<Place>)> {
    let work = move |tx: &mut Tx<'_>| {
        let zone = preferences(tx.conn, tx.owner)?.time_zone;
        let rows = oldest_first(tx.conn, tx.owner, after, ROWS_OF_A_PART)?;
        Ok((rows, zone))
    };
    let (rows, zone) = match after {
        None => caller.read_much(work).await?,
        Some(_) => caller.read_on(work).await?,
    };
    let broken = |error| Error::internal(format!("the export cannot be written: {error}"));
    let mut exporter = match after {
        None => Exporter::new(Vec::new()).map_err(broken)?,
        Some(_) => Exporter::go_on(Vec::new()),
    };
    for row in &rows {
        exporter.write(&exported(row, zone)).map_err(broken)?;
    }
    let bytes = exporter.finish().map_err(broken)?;
    let full = i64::try_from(rows.len()) == Ok(ROWS_OF_A_PART);
    let next = rows
        .last()
        .filter(|_| full)
        .map(|row| (row.created_at, row.id));
    Ok((bytes.into(), next))
}

/// An application as the export writes it.
fn exported(row: &Application, zone: Tz) -> ExportRow {
    let row = row.clone();
    ExportRow {
        answered_on: answered_on(&row, zone).map(|at| local_date(at, zone)),
        furthest_stage: Some(furthest(row.furthest_stage)),
        external_id: row.external_id,
        company: row.company,
        job_title: row.job_title,
        status: row.status,
        applied_on: row.applied_on,
        next_action_on: row.next_action_on,
        url: row.url.map(without_blanks),
        location: row.location,
        work_mode: row.work_mode,
        employment_type: row.employment_type,
        source: row.source,
        salary_min: row.salary_min,
        salary_max: row.salary_max,
        salary_currency: row.salary_currency,
        salary_period: row.salary_period,
        contact: row.contact,
        tailored: row.tailored,
        resume_version: row.resume_version,
        tags: row.tags,
        required_skills: row.required_skills,
        own_skills: row.own_skills,
        notes: row.notes,
    }
}

/// When the present status began, unless nobody said when.
fn answered_on(row: &Application, zone: Tz) -> Option<DateTime<Utc>> {
    let began = row.applied_on.map(|day| start_of_day(day, zone));
    let is_answer = !matches!(row.status, Status::Saved | Status::Applied);
    let is_told = Some(row.status_since) != began && row.status_since != row.created_at;
    (is_answer && is_told).then_some(row.status_since)
}

/// The furthest stage as a live status; who accepted had an offer.
fn furthest(stage: Stage) -> Status {
    match stage {
        Stage::Saved => Status::Saved,
        Stage::Applied => Status::Applied,
        Stage::Screening => Status::Screening,
        Stage::Interviewing => Status::Interviewing,
        Stage::Offer | Stage::Accepted => Status::Offer,
    }
}

/// The same address without blanks in it, which the import would take for words.
fn without_blanks(address: String) -> String {
    if !address.contains(char::is_whitespace) {
        return address;
    }
    url::Url::parse(&address).map_or(address, String::from)
}
