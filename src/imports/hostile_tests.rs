//! Arbitrary bytes are answered with an error or with rows, never with a panic.

use chrono::NaiveDate;
use proptest::collection::vec;
use proptest::prelude::*;
use rust_xlsxwriter::Workbook;

use super::fields::{MAX_NAME, MAX_NOTES};
use super::rows::{FileKind, ReadOptions, read};

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
