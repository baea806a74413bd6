//! Sheets as trackers and people really make them: no row may be lost.

use chrono::NaiveDate;

use super::fields::ImportRow;
use super::problems::WarningCode;
use super::rows::{FileKind, ReadOptions, Sheet, read};
use super::status::Status;
use crate::applications::{EmploymentType, WorkMode};

fn day(text: &str) -> Option<NaiveDate> {
    Some(text.parse().expect("an ISO date"))
}

fn sheet(bytes: &[u8]) -> Sheet {
    let options = ReadOptions {
        date_order: None,
        today: NaiveDate::from_ymd_opt(2026, 11, 23).expect("a date of the calendar"),
    };
    read(bytes, FileKind::Csv, options).expect("readable")
}

fn imported(sheet: &Sheet) -> Vec<(u32, ImportRow)> {
    let rows = sheet.rows();
    rows.map(|row| (row.line, row.outcome.expect("no row is refused")))
        .collect()
}

fn count(rows: &[(u32, ImportRow)], status: Status) -> usize {
    rows.iter().filter(|(_, row)| row.status == status).count()
}

#[test]
fn an_american_spreadsheet_comes_in_whole() {
    let sheet = sheet(include_bytes!(
        "../../tests/data/imports/spreadsheet-us.csv"
    ));
    let rows = imported(&sheet);
    assert_eq!(rows.len(), 60);
    assert_eq!(sheet.total(), 60);
    assert_eq!(
        (sheet.encoding(), sheet.delimiter()),
        (Some("UTF-8"), Some(','))
    );
    let (line, first) = &rows[0];
    assert_eq!(
        (*line, first.company.as_str(), first.status),
        (2, "Civic Ledger", Status::Screening)
    );
    assert_eq!(first.applied_on, day("2026-03-02"));
    let second = &rows[1].1;
    assert_eq!(
        second.path,
        [Status::Applied, Status::Interviewing, Status::Rejected]
    );
    assert_eq!(second.notes.as_deref(), Some("Said \"call back\", Monday"));
    assert_eq!(rows[4].1.status, Status::Ghosted);
    assert_eq!(rows[5].1.company, "Fable Foods, Inc.");
    let last = &rows[59];
    assert_eq!((last.0, last.1.applied_on), (61, day("2026-06-29")));
    let counts = [
        Status::Screening,
        Status::Interviewing,
        Status::Offer,
        Status::Rejected,
        Status::Ghosted,
        Status::Withdrawn,
        Status::Applied,
    ]
    .map(|status| count(&rows, status));
    assert_eq!(counts, [6, 8, 9, 17, 4, 4, 12]);
    assert!(rows.iter().all(|(_, row)| row.warnings.is_empty()));
}

#[test]
fn a_european_spreadsheet_in_windows_1252_comes_in_whole() {
    let sheet = sheet(include_bytes!("../../tests/data/imports/sheet-eu.csv"));
    let rows = imported(&sheet);
    assert_eq!(rows.len(), 30);
    assert_eq!(
        (sheet.encoding(), sheet.delimiter()),
        (Some("windows-1252"), Some(';'))
    );
    let first = &rows[0].1;
    assert_eq!(
        (first.company.as_str(), first.status),
        ("Müller Präzision GmbH", Status::Interviewing)
    );
    assert_eq!(first.applied_on, day("2026-03-02"));
    assert_eq!(first.source.as_deref(), Some("Referral"));
    assert_eq!(first.notes.as_deref(), Some("Größe zählt – naïve café"));
    assert_eq!(rows[1].1.company, "Crédit Rivage");
    assert_eq!(
        rows[1].1.path,
        [Status::Applied, Status::Offer, Status::Declined]
    );
    assert_eq!(rows[2].1.path, [Status::Applied, Status::Rejected]);
    assert_eq!(rows[15].1.applied_on, day("2026-04-01"));
    assert_eq!(rows[20].1.company, "Sunfield \"Solar\" Co");
    let counts = [
        Status::Interviewing,
        Status::Declined,
        Status::Rejected,
        Status::Applied,
        Status::Ghosted,
    ]
    .map(|status| count(&rows, status));
    assert_eq!(counts, [14, 4, 6, 2, 4]);
    assert!(rows.iter().all(|(_, row)| row.warnings.is_empty()));
}

#[test]
fn a_utf_16_log_with_tabs_comes_in_whole() {
    let sheet = sheet(include_bytes!("../../tests/data/imports/log.tsv"));
    let rows = imported(&sheet);
    assert_eq!(rows.len(), 20);
    assert_eq!(
        (sheet.encoding(), sheet.delimiter()),
        (Some("UTF-16LE"), Some('\t'))
    );
    let first = &rows[0].1;
    assert_eq!(
        (first.job_title.as_str(), first.company.as_str()),
        ("QA Engineer", "Kite & Anchor")
    );
    assert_eq!(
        (first.status, first.applied_on),
        (Status::Applied, day("2026-03-03"))
    );
    assert_eq!(first.url.as_deref(), Some("https://jobs.example/x/0"));
    assert_eq!(rows[1].1.status, Status::Rejected);
    assert_eq!(rows[2].1.status, Status::Applied);
    assert_eq!(
        rows[5].1.path,
        [Status::Applied, Status::Offer, Status::Accepted]
    );
    assert_eq!((rows[19].0, rows[19].1.applied_on), (21, day("2026-04-10")));
    let counts =
        [Status::Accepted, Status::Applied, Status::Rejected].map(|status| count(&rows, status));
    assert_eq!(counts, [9, 7, 4]);
}

#[test]
fn a_report_with_emoji_and_missing_values_comes_in_whole() {
    let rows = imported(&sheet(include_bytes!(
        "../../tests/data/imports/report.csv"
    )));
    assert_eq!(rows.len(), 25);
    let first = &rows[0].1;
    assert_eq!(
        (first.status, first.applied_on),
        (Status::Ghosted, day("2026-03-02"))
    );
    assert_eq!((first.salary_min, first.salary_max), (Some(60_000), None));
    assert_eq!(first.location.as_deref(), Some("Berlin, Germany"));
    assert_eq!(first.notes.as_deref(), Some("Excitement: 4"));
    assert_eq!(rows[2].1.status, Status::Withdrawn);
    assert_eq!(rows[4].1.status, Status::Offer);
    assert_eq!(
        (rows[6].1.status, rows[6].1.applied_on),
        (Status::Saved, None)
    );
    assert_eq!(rows[8].1.status, Status::Rejected);
    assert_eq!(rows[11].1.status, Status::Accepted);
    assert!(rows.iter().all(|(_, row)| row.warnings.is_empty()));
}

#[test]
fn an_export_of_another_tracker_comes_in_whole() {
    let rows = imported(&sheet(include_bytes!(
        "../../tests/data/imports/jobsync.csv"
    )));
    assert_eq!(rows.len(), 40);
    let first = &rows[0].1;
    assert_eq!(
        (first.company.as_str(), first.job_title.as_str()),
        ("Sunfield \"Solar\" Co", "Junior Accountant")
    );
    assert_eq!(
        (first.status, first.applied_on),
        (Status::Applied, day("2026-03-02"))
    );
    assert_eq!(first.employment_type, Some(EmploymentType::FullTime));
    assert_eq!(first.work_mode, Some(WorkMode::Remote));
    assert_eq!(
        (first.source.as_deref(), first.external_id.as_deref()),
        (Some("Job fair"), None)
    );
    assert_eq!(first.notes.as_deref(), Some("createdAt: 2026-03-02"));
    assert_eq!(rows[1].1.work_mode, Some(WorkMode::OnSite));
    let draft = &rows[4].1;
    assert_eq!((draft.status, draft.applied_on), (Status::Saved, None));
    assert_eq!(rows[10].1.status, Status::Ghosted);
    let archived = &rows[12].1;
    assert_eq!(archived.status, Status::Applied);
    assert_eq!(
        archived.notes.as_deref(),
        Some("createdAt: 2026-03-27\nStatus: archived")
    );
    let codes: Vec<_> = archived
        .warnings
        .iter()
        .map(|warning| warning.code)
        .collect();
    assert_eq!(codes, [WarningCode::UnknownStatus]);
    let warned = rows
        .iter()
        .filter(|(_, row)| !row.warnings.is_empty())
        .count();
    assert_eq!(warned, 5, "the archived ones");
}
