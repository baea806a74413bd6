//! What the export writes, the import reads as it was.

use chrono::{Days, NaiveDate};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::export::{ExportRow, Exporter};
use super::fields::ImportRow;
use super::rows::{FileKind, ReadOptions, read};
use super::status::{Status, path};
use super::text::clean;
use crate::applications::{EmploymentType, SalaryPeriod, WorkMode};

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 6, 30).expect("a date of the calendar")
}

fn export(rows: &[ExportRow]) -> Vec<u8> {
    let mut exporter = Exporter::new(Vec::new()).expect("writable");
    for row in rows {
        exporter.write(row).expect("writable");
    }
    exporter.finish().expect("writable")
}

fn import(bytes: &[u8]) -> Vec<ImportRow> {
    let options = ReadOptions {
        date_order: None,
        today: today(),
    };
    let sheet = read(bytes, FileKind::Csv, options).expect("readable");
    sheet
        .rows()
        .map(|row| row.outcome.expect("imported"))
        .collect()
}

fn as_exported(row: ImportRow) -> ExportRow {
    assert_eq!(row.warnings, []);
    ExportRow {
        furthest_stage: row.furthest_stage(),
        external_id: row.external_id,
        company: row.company,
        job_title: row.job_title,
        status: row.status,
        applied_on: row.applied_on,
        answered_on: row.answered_on,
        next_action_on: row.next_action_on,
        url: row.url,
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

// Any text as the service stores it, with a liking for what spreadsheets and imports trip over.
fn text(limit: usize) -> impl Strategy<Value = String> {
    let nasty = prop::sample::select(vec![
        "=1+1", "'=1", "''@x", "-", "N/A", "none", "'none", "\"", "\"\"", ",", ";", "\t", "a\nb",
        "\r\n", "'", "\\", "yes", "3/5/2024", "+49 30", "TBD", "\u{feff}", "Company", "é",
        "\u{301}", "👻",
    ]);
    let pieces = vec(
        prop_oneof![nasty.prop_map(str::to_owned), any::<String>()],
        0..4,
    );
    pieces.prop_map(move |pieces| {
        let cut: String = clean(&pieces.concat()).text.chars().take(limit).collect();
        clean(&cut).text
    })
}

fn some_text(limit: usize) -> impl Strategy<Value = Option<String>> {
    text(limit).prop_map(|text| (!text.is_empty()).then_some(text))
}

fn required(limit: usize) -> impl Strategy<Value = String> {
    text(limit).prop_filter("not empty", |text| !text.is_empty())
}

fn past() -> impl Strategy<Value = Option<NaiveDate>> {
    option::of((0u64..20_000).prop_map(|days| today() - Days::new(days)))
}

fn standing() -> impl Strategy<Value = (Status, Option<Status>)> {
    let status = prop::sample::select(Status::ALL.to_vec());
    let furthest = prop::sample::select(Status::ALL[..5].to_vec());
    (status, furthest).prop_map(|(status, furthest)| {
        // Only what the machine allows: the furthest stage of a path that leads there.
        let reached = path(status, Some(furthest))
            .into_iter()
            .filter(|status| status.is_live())
            .max();
        (status, reached)
    })
}

prop_compose! {
    fn texts()(
        names in (required(200), required(200)),
        external_id in some_text(200),
        others in (some_text(200), some_text(100), some_text(200), some_text(100), some_text(9_000)),
        tags in vec(required(50), 0..20),
        skills in (vec(required(100), 0..3), vec(required(100), 0..3)),
        path in option::of("[a-z0-9/?=&;,'\"-]{0,40}"),
    ) -> ExportRow {
        let [tags, required_skills, own_skills] = [tags, skills.0, skills.1].map(|mut items| {
            items.sort();
            items.dedup();
            items
        });
        ExportRow {
            external_id,
            company: names.0,
            job_title: names.1,
            status: Status::Saved,
            furthest_stage: None,
            applied_on: None,
            answered_on: None,
            next_action_on: None,
            url: path.map(|path| format!("https://example.com/{path}")),
            location: others.0,
            work_mode: None,
            employment_type: None,
            source: others.1,
            salary_min: None,
            salary_max: None,
            salary_currency: None,
            salary_period: None,
            contact: others.2,
            tailored: None,
            resume_version: others.3,
            tags,
            required_skills,
            own_skills,
            notes: others.4,
        }
    }
}

prop_compose! {
    fn any_row()(
        row in texts(),
        standing in standing(),
        dates in (past(), past(), past()),
        work_mode in option::of(prop::sample::select(WorkMode::ALL)),
        employment_type in option::of(prop::sample::select(EmploymentType::ALL)),
        pay in (option::of(0i64..=1_000_000), option::of(1_000_000i64..=1_000_000_000_000), option::of("[A-Z]{3}"), option::of(prop::sample::select(SalaryPeriod::ALL))),
        tailored in option::of(any::<bool>()),
    ) -> ExportRow {
        ExportRow {
            status: standing.0,
            furthest_stage: standing.1,
            applied_on: dates.0,
            // Only what followed the first step is an answer.
            answered_on: dates.1
                .filter(|answered| dates.0.is_none_or(|applied| applied <= *answered))
                .filter(|_| !matches!(standing.0, Status::Saved | Status::Applied)),
            next_action_on: dates.2,
            work_mode,
            employment_type,
            salary_min: pay.0,
            salary_max: pay.1,
            salary_period: pay.3,
            salary_currency: pay.2.filter(|code| code != "TBD" && code != "TBA" && code != "NIL"),
            tailored,
            ..row
        }
    }
}

proptest! {
    #[test]
    fn an_export_is_imported_without_loss(rows in vec(any_row(), 1..6)) {
        let back: Vec<ExportRow> = import(&export(&rows)).into_iter().map(as_exported).collect();
        prop_assert_eq!(back, rows);
    }

    #[test]
    fn no_exported_cell_begins_like_a_formula(row in any_row()) {
        let bytes = export(&[row]);
        let mut reader = csv::ReaderBuilder::new().from_reader(&bytes[3..]);
        for cell in reader.records().next().expect("a row").expect("readable").iter() {
            prop_assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell:?}");
        }
    }
}

#[test]
fn an_export_begins_with_a_byte_order_mark_and_its_header() {
    let bytes = export(&[]);
    assert!(bytes.starts_with("\u{feff}external_id,company,job_title,status,".as_bytes()));
    assert_eq!(import(&bytes).len(), 0);
}
