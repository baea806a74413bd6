//! Whole CSV files: what becomes of rows that are not as they should be.

use chrono::NaiveDate;

use super::dates::DateOrder;
use super::fields::ImportRow;
use super::problems::{FileErrorCode, RefusalCode, WarningCode};
use super::rows::{FileKind, ParsedRow, ReadOptions, read};
use super::status::Status;

fn options(date_order: Option<DateOrder>) -> ReadOptions {
    ReadOptions {
        date_order,
        today: NaiveDate::from_ymd_opt(2026, 6, 30).expect("a date of the calendar"),
    }
}

fn rows(csv: &str) -> Vec<ParsedRow> {
    let sheet = read(csv.as_bytes(), FileKind::Csv, options(None)).expect("readable");
    sheet.rows().collect()
}

/// A row of which nothing special is known.
pub(super) fn plain_row() -> ImportRow {
    row("Company,Role\nA,Cook\n")
}

fn row(csv: &str) -> ImportRow {
    let mut rows = rows(csv);
    assert_eq!(rows.len(), 1);
    rows.remove(0).outcome.expect("imported")
}

fn refusals(csv: &str) -> Vec<(u32, Option<RefusalCode>)> {
    let refusal = |row: ParsedRow| (row.line, row.outcome.err().map(|refusal| refusal.code));
    rows(csv).into_iter().map(refusal).collect()
}

fn warnings(row: &ImportRow) -> Vec<WarningCode> {
    row.warnings.iter().map(|warning| warning.code).collect()
}

fn file_error(csv: &str) -> FileErrorCode {
    read(csv.as_bytes(), FileKind::Csv, options(None))
        .expect_err("refused")
        .code
}

#[test]
fn rows_are_refused_by_the_line_in_which_they_begin() {
    let csv = "My jobs\n\nCompany,Role,Notes\nA,B,\"two\nlines\"\n,B,\n\n,,\nC,N/A,x\nD,E,\n";
    let missing = Some(RefusalCode::MissingCompanyOrTitle);
    assert_eq!(
        refusals(csv),
        [(4, None), (6, missing), (9, missing), (10, None)]
    );
}

#[test]
fn ambiguous_dates_are_refused_unless_the_column_or_the_caller_decides() {
    let csv = "Company,Role,Applied\nA,B,3/5/2026\nC,D,7/6/2025\nE,F,5/5/2026\nG,H,2026-03-05\n";
    let ambiguous = Some(RefusalCode::AmbiguousDate);
    assert_eq!(
        refusals(csv),
        [(2, ambiguous), (3, ambiguous), (4, None), (5, None)]
    );
    let decided = format!("{csv}I,J,25/3/2026\n");
    assert!(rows(&decided).iter().all(|row| row.outcome.is_ok()));
    let contradictory = format!("{decided}K,L,3/25/2026\n");
    assert_eq!(refusals(&contradictory)[0].1, ambiguous);
    assert_eq!(refusals(&contradictory)[5].1, None);
    let sheet =
        read(csv.as_bytes(), FileKind::Csv, options(Some(DateOrder::Mdy))).expect("readable");
    let first = sheet
        .rows()
        .next()
        .and_then(|row| row.outcome.ok())
        .expect("imported");
    assert_eq!(first.applied_on, NaiveDate::from_ymd_opt(2026, 3, 5));
}

#[test]
fn what_has_not_happened_yet_is_refused() {
    let csv = "Company,Role,Applied,Response date\nA,B,2026-07-01,\nC,D,2026-06-30,\nE,F,2026-06-01,2026-07-02\n";
    let future = Some(RefusalCode::DateInFuture);
    assert_eq!(refusals(csv), [(2, future), (3, None), (4, future)]);
    assert_eq!(
        refusals("Company,Role,Applied\nA,B,1899-12-31\n"),
        [(2, Some(RefusalCode::InvalidDate))]
    );
}

#[test]
fn files_that_cannot_be_imported_say_why() {
    assert_eq!(file_error(""), FileErrorCode::EmptyFile);
    assert_eq!(file_error("\n , ,\n\n"), FileErrorCode::EmptyFile);
    assert_eq!(file_error("foo,bar\n1,2\n"), FileErrorCode::NoKnownColumns);
    assert_eq!(file_error("PK\u{3}\u{4}"), FileErrorCode::UnreadableFile);
    let most = format!("Company,Role\n{}", "A,B\n".repeat(20_000));
    assert_eq!(rows(&most).len(), 20_000);
    assert_eq!(
        file_error(&format!("{most}A,B\n")),
        FileErrorCode::TooManyRows
    );
    assert_eq!(rows("Company,Role\n").len(), 0);
}

#[test]
fn columns_without_a_field_are_kept_in_the_notes() {
    let row = row("Company,Role,Notes,Deadline,Excitement\nA,B,mine,n/a,5\n");
    assert_eq!(row.notes.as_deref(), Some("mine\nExcitement: 5"));
    assert!(row.warnings.is_empty());
}

#[test]
fn of_two_columns_for_one_field_the_first_with_a_value_wins() {
    let row = row(
        "Company,Role,Contact,Recruiter,Hiring manager,City,Location\nA,B,,Ann,Bob,Lyon,Paris\n",
    );
    assert_eq!(
        (row.contact.as_deref(), row.location.as_deref()),
        (Some("Ann"), Some("Paris"))
    );
    assert_eq!(
        row.notes.as_deref(),
        Some("City: Lyon\nHiring manager: Bob")
    );
}

#[test]
fn rows_of_any_width_are_taken() {
    let rows = rows("Company,Role,Status\nA,B\nC,D,Applied,left over,,more\n");
    assert_eq!(
        rows[0].outcome.as_ref().map(|row| row.status),
        Ok(Status::Saved)
    );
    let wide = rows[1].outcome.as_ref().expect("imported");
    assert_eq!(
        wide.notes.as_deref(),
        Some("Column 4: left over\nColumn 6: more")
    );
    assert_eq!(warnings(wide), [WarningCode::ExtraCells]);
}

#[test]
fn too_long_values_move_to_the_notes_or_refuse_the_row() {
    let long = "x".repeat(201);
    let moved = row(&format!("Company,Role\n{long},B\n"));
    assert_eq!(moved.company, "x".repeat(200));
    assert_eq!(moved.notes, Some(format!("Company: {long}")));
    assert_eq!(warnings(&moved), [WarningCode::TooLongMoved]);
    let tags: Vec<String> = (0..25).map(|tag| tag.to_string()).collect();
    let tagged = row(&format!("Company,Role,Tags\nA,B,{}\n", tags.join(";")));
    assert_eq!(tagged.tags.len(), 20);
    assert_eq!(tagged.notes.as_deref(), Some("Tags: 20; 21; 22; 23; 24"));
    let too_long = Some(RefusalCode::TooLong);
    assert_eq!(
        refusals(&format!("Company,Role,Notes\nA,B,{}\n", "é".repeat(10_000))),
        [(2, None)]
    );
    assert_eq!(
        refusals(&format!("Company,Role,Notes\nA,B,{}\n", "é".repeat(10_001))),
        [(2, too_long)]
    );
    assert_eq!(
        refusals(&format!(
            "Company,Role,external id\nA,B,{}\n",
            "i".repeat(256)
        )),
        [(2, too_long)]
    );
}

#[test]
fn only_web_addresses_are_addresses() {
    let kept = row("Company,Role,Link\nA,B,HTTPS://example.com/a?b=c\n");
    assert_eq!(kept.url.as_deref(), Some("HTTPS://example.com/a?b=c"));
    for other in [
        "javascript:alert(1)",
        "ftp://example.com",
        "example.com",
        "http://",
        "https://a b",
        "see mail",
    ] {
        let row = row(&format!("Company,Role,Link\nA,B,{other}\n"));
        assert_eq!(row.url, None, "{other}");
        assert_eq!(row.notes, Some(format!("Link: {other}")));
        assert_eq!(warnings(&row), [WarningCode::UrlNotKept]);
    }
}

#[test]
fn without_a_status_the_dates_decide() {
    let status = |csv: &str| row(csv).status;
    assert_eq!(
        status("Company,Role,Status,Applied\nA,B,,2026-03-05\n"),
        Status::Applied
    );
    assert_eq!(
        status("Company,Role,Status,Applied\nA,B,,\n"),
        Status::Saved
    );
    assert_eq!(status("Company,Role,Applied\nA,B,yes\n"), Status::Applied);
    assert_eq!(status("Company,Role,Applied\nA,B,no\n"), Status::Saved);
    let rejected = row("Company,Role,Applied,Rejected on\nA,B,2026-03-05,2026-04-01\n");
    assert_eq!(rejected.path, [Status::Applied, Status::Rejected]);
    assert_eq!(rejected.answered_on, NaiveDate::from_ymd_opt(2026, 4, 1));
}

#[test]
fn the_date_of_a_rejection_outweighs_a_status_that_was_forgotten() {
    let row = row("Company,Role,Status,Date rejected\nA,B,Interview,2026-04-01\n");
    assert_eq!(
        row.path,
        [Status::Applied, Status::Interviewing, Status::Rejected]
    );
    assert_eq!(warnings(&row), [WarningCode::StatusFromRejectionDate]);
}

#[test]
fn status_and_outcome_are_read_together() {
    let both = row("Company,Role,Stage,Outcome\nA,B,Onsite,Rejected\n");
    assert_eq!(
        both.path,
        [Status::Applied, Status::Interviewing, Status::Rejected]
    );
    let one_unknown = row("Company,Role,Status,Outcome\nA,B,archived,Rejected\n");
    assert_eq!(one_unknown.status, Status::Rejected);
    assert_eq!(one_unknown.notes.as_deref(), Some("Status: archived"));
}

#[test]
fn a_next_action_in_words_is_a_note() {
    let row = row("Company,Role,Next action,Last update\nA,B,call Ann,an email\n");
    assert_eq!((row.next_action_on, row.answered_on), (None, None));
    assert_eq!(
        row.notes.as_deref(),
        Some("Last update: an email\nNext action: call Ann")
    );
}

#[test]
fn an_answer_before_the_application_is_a_note() {
    let row = row("Company,Role,Status,Applied,Last update\nA,B,Rejected,2026-03-05,2026-03-01\n");
    assert_eq!(row.answered_on, None);
    assert_eq!(row.notes.as_deref(), Some("Last update: 2026-03-01"));
    assert_eq!(warnings(&row), [WarningCode::AnswerBeforeApplication]);
}

#[test]
fn pay_is_taken_when_sure_and_noted_when_not() {
    let sure = row("Company,Role,Salary\nA,B,€55.000\n");
    assert_eq!(
        (sure.salary_min, sure.salary_currency.as_deref()),
        (Some(55_000), Some("EUR"))
    );
    let dollars = row("Company,Role,Salary\nA,B,$60k-70k\n");
    assert_eq!(
        (dollars.salary_min, dollars.salary_max),
        (Some(60_000), Some(70_000))
    );
    assert_eq!(dollars.notes.as_deref(), Some("Salary: $60k-70k"));
    let header = row("Company,Role,Salary (USD)\nA,B,$60k\n");
    assert_eq!(
        (header.salary_currency.as_deref(), header.notes),
        (Some("USD"), None)
    );
    let words = row("Company,Role,Salary\nA,B,competitive\n");
    assert_eq!(
        (words.salary_min, words.notes.as_deref()),
        (None, Some("Salary: competitive"))
    );
    let upside_down = row("Company,Role,Salary Min,Salary Max\nA,B,70000,60000\n");
    assert_eq!(
        (upside_down.salary_min, upside_down.salary_max),
        (None, None)
    );
    assert_eq!(
        upside_down.notes.as_deref(),
        Some("Salary Min: 70000\nSalary Max: 60000")
    );
}

#[test]
fn an_unclosed_quote_costs_no_row() {
    let rows = rows("Company,Role\nA,B\n\"C,D\nE,F\n");
    let companies: Vec<_> = rows
        .iter()
        .filter_map(|row| row.outcome.as_ref().ok())
        .collect();
    assert_eq!(companies.len(), 3);
    assert_eq!(companies[1].company, "\"C");
    assert_eq!(warnings(companies[2]), [WarningCode::UnclosedQuote]);
}

#[test]
fn control_characters_go_with_a_warning() {
    let row = row("Company,Role\nA\u{0}cme\u{7},B\n");
    assert_eq!(row.company, "Acme");
    assert_eq!(warnings(&row), [WarningCode::ControlCharactersRemoved]);
}
