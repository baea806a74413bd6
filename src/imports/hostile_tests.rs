//! Arbitrary bytes are answered with an error or with rows, never with a panic, and a workbook that asks for more
//! work or memory than an honest one is refused before it gets it.

use std::time::Instant;

use chrono::NaiveDate;
use proptest::collection::vec;
use proptest::prelude::*;
use rust_xlsxwriter::Workbook;

use super::fields::{MAX_NAME, MAX_NOTES};
use super::problems::FileErrorCode;
use super::rows::{FileKind, ReadOptions, read};
use super::xlsx::{Limits, read_within};
use super::xlsx_tests::{archive, sheets};

fn consume(bytes: &[u8], kind: FileKind) {
    let options = ReadOptions {
        date_order: None,
        today: NaiveDate::from_ymd_opt(2026, 6, 30).expect("a date of the calendar"),
    };
    let Ok(sheet) = read(bytes, kind, options) else {
        return;
    };
    let mut counted = 0;
    for row in sheet.rows() {
        counted += 1;
        if let Ok(row) = row.outcome {
            assert!((1..=MAX_NAME).contains(&row.company.chars().count()));
            assert!((1..=MAX_NAME).contains(&row.job_title.chars().count()));
            assert!(
                row.notes
                    .is_none_or(|notes| notes.chars().count() <= MAX_NOTES)
            );
            assert!(row.path.last() == Some(&row.status));
        }
    }
    assert_eq!(counted, sheet.total());
}

fn workbook() -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, cells) in (0u32..).zip([["Company", "Role", "Status"], ["A", "B", "Applied"]]) {
        for (column, cell) in (0u16..).zip(cells) {
            sheet.write(row, column, cell).expect("writable");
        }
    }
    workbook.save_to_buffer().expect("writable")
}

proptest! {
    #[test]
    fn any_bytes_are_survived(bytes in vec(any::<u8>(), 0..400)) {
        consume(&bytes, FileKind::Csv);
        consume(&bytes, FileKind::Xlsx);
    }

    #[test]
    fn any_cells_under_known_headers_are_survived(
        headers in vec("(company|role|status|applied|url|salary|salary min|tags|notes|next action|furthest stage|id|x)", 1..8),
        body in "[a-z0-9,;\t\"\n'=/. -]{0,200}|\\PC{0,80}",
        delimiter in prop::sample::select(vec![",", ";", "\t"]),
    ) {
        let text = format!("company{delimiter}role{delimiter}{}\n{body}", headers.join(delimiter));
        consume(text.as_bytes(), FileKind::Csv);
    }
}

proptest! {
    // Each case unpacks a workbook: fewer of them keep the suite quick.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn damaged_workbooks_are_survived(damage in vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut bytes = workbook();
        for (place, byte) in damage {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        consume(&bytes, FileKind::Xlsx);
    }
}

// A workbook with so many sheets, each of which is the same part with these bytes of rows.
fn repeated(count: usize, rows: &str) -> Vec<u8> {
    let sheet = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
    archive(&[
        ("xl/workbook.xml", &sheets(count)),
        ("xl/worksheets/sheet1.xml", &sheet),
    ])
}

#[track_caller]
fn refused(bytes: &[u8], limits: &Limits) {
    let error = read_within(bytes, limits).expect_err("refused");
    assert_eq!(error.code, FileErrorCode::UnreadableFile);
    assert_eq!(error.detail, "The workbook is too large when unpacked.");
}

#[test]
fn a_part_counts_as_often_as_it_is_read() {
    let rows = "<row></row>".repeat(10_000);
    let room = |unpacked| Limits {
        unpacked,
        ..Limits::begin()
    };
    let once = rows.len() as u64 + 2_000;
    assert!(read_within(&repeated(1, &rows), &room(once)).is_ok());
    refused(&repeated(1, &rows), &room(once - 3_000));
    refused(&repeated(10, &rows), &room(once));
    refused(&repeated(10, &rows), &room(9 * rows.len() as u64));
    assert!(read_within(&repeated(10, &rows), &room(10 * once)).is_ok());
}

#[test]
fn cells_are_counted_over_all_sheets_although_they_are_blank() {
    let row = format!("<row>{}</row>", "<c/>".repeat(1_000));
    let cells = |cells| Limits {
        cells,
        ..Limits::begin()
    };
    for count in [1, 10] {
        let bytes = repeated(count, &row);
        assert!(read_within(&bytes, &cells(count * 1_000)).is_ok());
        refused(&bytes, &cells(count * 1_000 - 1));
    }
}

#[test]
fn strings_and_formats_take_no_more_memory_than_honest_ones() {
    let sheet = (
        "xl/worksheets/sheet1.xml",
        "<worksheet><sheetData/></worksheet>",
    );
    let workbook = ("xl/workbook.xml", &*sheets(1));
    let strings = format!("<sst>{}</sst>", "<si/>".repeat(1_000_001));
    refused(
        &archive(&[workbook, sheet, ("xl/sharedStrings.xml", &strings)]),
        &Limits::begin(),
    );
    // A hundred formats with a name of a megabyte each.
    let styles = format!(
        "<styleSheet><fonts><font><name val=\"{}\"/></font></fonts><cellXfs>{}</cellXfs></styleSheet>",
        "x".repeat(1 << 20),
        "<xf fontId=\"0\"/>".repeat(100),
    );
    refused(
        &archive(&[workbook, sheet, ("xl/styles.xml", &styles)]),
        &Limits::begin(),
    );
    // What nobody reads may be of any kind.
    let other = archive(&[workbook, sheet, ("xl/media/styles.xml", &styles)]);
    assert!(read_within(&other, &Limits::begin()).is_ok());
}

#[test]
fn nobody_reads_on_when_nobody_waits_any_more() {
    let late = Limits {
        until: Instant::now(),
        ..Limits::begin()
    };
    let error = read_within(&workbook(), &late).expect_err("refused");
    assert_eq!(error.code, FileErrorCode::TooSlow);
}
