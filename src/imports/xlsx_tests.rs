//! Workbooks, honest and hostile.

use std::io::{Cursor, Write};

use chrono::NaiveDate;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use zip::write::SimpleFileOptions;

use super::problems::FileErrorCode;
use super::rows::{FileKind, ParsedRow, ReadOptions, read};
use super::status::Status;

fn options() -> ReadOptions {
    ReadOptions {
        date_order: None,
        today: NaiveDate::from_ymd_opt(2026, 6, 30).expect("a date of the calendar"),
    }
}

fn rows(bytes: &[u8]) -> Vec<ParsedRow> {
    let sheet = read(bytes, FileKind::Xlsx, options()).expect("readable");
    sheet.rows().collect()
}

fn error(bytes: &[u8]) -> FileErrorCode {
    read(bytes, FileKind::Xlsx, options())
        .expect_err("refused")
        .code
}

const KINDS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

// An archive of these parts that names its workbook.
pub(super) fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
    let root = format!(
        r#"<Relationships><Relationship Id="r1" Type="{KINDS}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
    );
    let relationships = format!(
        r#"<Relationships><Relationship Id="r1" Type="{KINDS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#
    );
    let fixed = [
        ("_rels/.rels", root.as_str()),
        ("xl/_rels/workbook.xml.rels", relationships.as_str()),
    ];
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in fixed.iter().chain(parts) {
        archive
            .start_file(*name, SimpleFileOptions::default())
            .expect("writable");
        archive.write_all(text.as_bytes()).expect("writable");
    }
    archive.finish().expect("writable").into_inner()
}

// A workbook whose single sheet and shared strings are given as raw XML.
fn raw_workbook(sheet: &str, strings: &str) -> Vec<u8> {
    archive(&[
        ("xl/workbook.xml", &sheets(1)),
        ("xl/sharedStrings.xml", strings),
        ("xl/worksheets/sheet1.xml", sheet),
    ])
}

// A workbook part with so many sheets, all of which are the one part that there is.
pub(super) fn sheets(count: usize) -> String {
    let sheet = |number| format!(r#"<sheet name="S{number}" sheetId="{number}" r:id="r1"/>"#);
    let sheets: String = (1..=count).map(sheet).collect();
    format!("<workbook><sheets>{sheets}</sheets></workbook>")
}

fn cell(place: &str, text: &str) -> String {
    format!(r#"<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>"#)
}

#[test]
fn a_workbook_with_titles_dates_and_numbers_is_read() {
    let mut workbook = Workbook::new();
    workbook.add_worksheet().set_name("Blank").expect("a name");
    let sheet = workbook.add_worksheet();
    let date = Format::new().set_num_format("dd/mm/yyyy");
    sheet.write(0, 0, "Job search").expect("writable");
    for (column, header) in (0u16..).zip([
        "Company",
        "Role",
        "Date applied",
        "Status",
        "Salary Min",
        "Remote",
        "Rating",
    ]) {
        sheet.write(2, column, header).expect("writable");
    }
    let moment = ExcelDateTime::from_ymd(2026, 5, 3).expect("a date");
    sheet.write(4, 0, "Müller\nGmbH").expect("writable");
    sheet.write(4, 1, "Cook").expect("writable");
    sheet
        .write_with_format(4, 2, &moment, &date)
        .expect("writable");
    sheet
        .write(4, 3, "Rejected after interview")
        .expect("writable");
    sheet.write(4, 4, 60000).expect("writable");
    sheet.write(4, 5, true).expect("writable");
    sheet.write(4, 6, 4.5).expect("writable");
    sheet.write(5, 0, "Only a company").expect("writable");
    let rows = rows(&workbook.save_to_buffer().expect("writable"));
    assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [5, 6]);
    let row = rows[0].outcome.as_ref().expect("imported");
    assert_eq!(row.company, "Müller\nGmbH");
    assert_eq!(row.applied_on, NaiveDate::from_ymd_opt(2026, 5, 3));
    assert_eq!(
        (row.status, row.salary_min),
        (Status::Rejected, Some(60_000))
    );
    assert_eq!(row.work_mode.map(|mode| mode.as_str()), Some("remote"));
    assert_eq!(row.notes.as_deref(), Some("Rating: 4.5"));
    assert!(rows[1].outcome.is_err());
}

#[test]
fn a_cover_sheet_does_not_hide_the_data() {
    let mut workbook = Workbook::new();
    workbook
        .add_worksheet()
        .write(0, 0, "How to use this")
        .expect("writable");
    let sheet = workbook.add_worksheet();
    for (place, text) in [
        ((0, 0), "Company"),
        ((0, 1), "Role"),
        ((1, 0), "A"),
        ((1, 1), "B"),
    ] {
        sheet.write(place.0, place.1, text).expect("writable");
    }
    assert_eq!(rows(&workbook.save_to_buffer().expect("writable")).len(), 1);
}

#[test]
fn the_hand_made_workbook_of_these_tests_is_readable() {
    let header = format!(
        "<row r=\"1\">{}{}</row>",
        cell("A1", "Company"),
        cell("B1", "Role")
    );
    let far = format!(
        "<row r=\"1048576\">{}{}{}</row>",
        cell("A1048576", "A"),
        cell("B1048576", "B"),
        cell("XFD1048576", "far")
    );
    let sheet = format!("<worksheet><sheetData>{header}{far}</sheetData></worksheet>");
    // The rectangle around these cells has seventeen thousand million places.
    let rows = rows(&raw_workbook(&sheet, "<sst uniqueCount=\"0\"></sst>"));
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].line, 1_048_576);
    let row = rows[0].outcome.as_ref().expect("imported");
    assert_eq!(row.notes.as_deref(), Some("Column 16384: far"));
}

#[test]
fn claims_of_absurd_sizes_are_refused() {
    let sheet = "<worksheet><sheetData></sheetData></worksheet>";
    for count in [
        "99999999999",
        "18446744073709551615",
        "999999999999999999999999",
    ] {
        let strings = format!("<sst uniqueCount \n= \"{count}\"></sst>");
        assert_eq!(
            error(&raw_workbook(sheet, &strings)),
            FileErrorCode::UnreadableFile
        );
    }
}

#[test]
fn places_beyond_every_sheet_are_survived() {
    for place in ["ZZZZZZZZZZZZZZ1", "A99999999999999999999", "A0", "", "é1"] {
        let row = format!("<row>{}</row>", cell(place, "x"));
        let sheet = format!("<worksheet><sheetData>{row}</sheetData></worksheet>");
        // Which error depends on whether the build checks arithmetic.
        let read = read(&raw_workbook(&sheet, "<sst/>"), FileKind::Xlsx, options());
        assert!(read.is_err(), "{place:?}");
    }
    let sheet = r#"<worksheet><dimension ref="C9:A1"/><sheetData></sheetData></worksheet>"#;
    let read = read(&raw_workbook(sheet, "<sst/>"), FileKind::Xlsx, options());
    assert!(read.is_err());
}

#[test]
fn one_long_text_in_many_cells_does_not_fill_the_memory() {
    let strings = format!(
        "<sst uniqueCount=\"1\"><si><t>{}</t></si></sst>",
        "x".repeat(1 << 20)
    );
    let row =
        |index: u32| format!("<row r=\"{index}\"><c r=\"A{index}\" t=\"s\"><v>0</v></c></row>");
    let body: String = (1..100).map(row).collect();
    let sheet = format!("<worksheet><sheetData>{body}</sheetData></worksheet>");
    assert_eq!(
        error(&raw_workbook(&sheet, &strings)),
        FileErrorCode::UnreadableFile
    );
}

#[test]
fn what_is_no_workbook_is_unreadable_and_nothing_is_empty() {
    assert_eq!(error(b""), FileErrorCode::EmptyFile);
    assert_eq!(error(b"Company,Role\nA,B\n"), FileErrorCode::UnreadableFile);
    assert_eq!(
        error(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1]),
        FileErrorCode::UnreadableFile
    );
    let mut workbook = Workbook::new();
    workbook.add_worksheet();
    assert_eq!(
        error(&workbook.save_to_buffer().expect("writable")),
        FileErrorCode::EmptyFile
    );
}

#[test]
fn too_many_rows_of_a_workbook_are_refused() {
    let row = |index: u32| {
        format!(
            "<row r=\"{index}\">{}{}</row>",
            cell(&format!("A{index}"), "A"),
            cell(&format!("B{index}"), "B")
        )
    };
    let header = format!(
        "<row r=\"1\">{}{}</row>",
        cell("A1", "Company"),
        cell("B1", "Role")
    );
    let body: String = (2..=20_002).map(row).collect();
    let sheet = format!("<worksheet><sheetData>{header}{body}</sheetData></worksheet>");
    assert_eq!(
        error(&raw_workbook(&sheet, "<sst/>")),
        FileErrorCode::TooManyRows
    );
}
