//! Workbooks: from bytes to rows of cells.
//!
//! A workbook is a zip archive of XML, so ten honest megabytes may unpack to a thousand times as much,
//! and a single cell may claim to stand in the last corner of a sheet. Everything is measured before
//! the parser sees it, cells are taken one by one instead of as a rectangle, and a panic of the parser
//! is an unreadable file, not the end of the request.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use calamine::{DataRef, ExcelDateTime, Reader, SheetType, SheetVisible, Xlsx};

use super::columns;
use super::grid::{Grid, MAX_COLUMNS, RawRow};
use super::problems::FileError;

/// A workbook that unpacks to more bytes than this is refused.
pub const MAX_UNPACKED: u64 = 200 * 1024 * 1024;
// A text that stands in many cells is stored once in the file, but once for each cell here.
const MAX_TEXT: usize = 64 * 1024 * 1024;
const MAX_SHEETS: usize = 10;

type Cells = BTreeMap<u32, Vec<(u32, String)>>;

/// Reads the first worksheet of a workbook that names a company or title column, or else the first one
/// that holds anything. Visible sheets come before hidden ones; ten sheets are looked at. Dates become
/// `2024-03-05`, with the time behind them when there is one.
///
/// # Errors
/// `unreadable_file` for what is no workbook, is damaged, protected, or too large when unpacked;
/// `too_many_rows`.
pub fn read(bytes: &[u8]) -> Result<Grid, FileError> {
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Err(FileError::unreadable(
            "The workbook is protected by a password or in the old XLS format. Save it as XLSX without a password.",
        ));
    }
    check_unpacked_size(bytes)?;
    std::panic::catch_unwind(|| read_checked(bytes)).unwrap_or_else(|_| Err(broken()))
}

fn broken() -> FileError {
    FileError::unreadable("The file is not a readable XLSX workbook.")
}

fn too_large() -> FileError {
    FileError::unreadable("The workbook is too large when unpacked.")
}

// What the archive says of its sizes can be relied on: its reader stops where an entry exceeds them.
fn check_unpacked_size(bytes: &[u8]) -> Result<(), FileError> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| broken())?;
    let mut claimed: u64 = 0;
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(|_| broken())?;
        claimed = claimed.saturating_add(entry.size());
    }
    if claimed > MAX_UNPACKED {
        return Err(too_large());
    }
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(|_| broken())?;
        let name = entry.name().map_err(|_| broken())?.to_lowercase();
        drop(entry);
        if name.ends_with("sharedstrings.xml") {
            let mut part = archive.by_index(index).map_err(|_| broken())?;
            if Claims::read(&mut part)?.is_absurd() {
                return Err(broken());
            }
        }
    }
    Ok(())
}

// The parser reserves memory for as many strings as `uniqueCount` claims. A string takes more than one
// byte of the part it stands in, so a greater claim is an attack.
#[derive(Default)]
struct Claims {
    size: u64,
    matched: usize,
    number: u64,
    largest: u64,
    escapes: bool,
}

impl Claims {
    fn read(part: &mut impl Read) -> Result<Self, FileError> {
        let mut claims = Self::default();
        let mut chunk = [0u8; 16 * 1024];
        loop {
            let count = part.read(&mut chunk).map_err(|_| broken())?;
            if count == 0 {
                return Ok(claims);
            }
            claims.size += u64::try_from(count).unwrap_or(u64::MAX);
            claims.feed(&chunk[..count]);
        }
    }

    fn feed(&mut self, chunk: &[u8]) {
        const NAME: &[u8] = b"uniqueCount";
        for byte in chunk {
            match *byte {
                // UTF-16 has a zero beside each of these characters.
                0 => {}
                // No XML has an escape character, but an encoding with escapes could hide the name.
                0x1b => self.escapes = true,
                digit @ b'0'..=b'9' if self.matched == NAME.len() => {
                    let digit = u64::from(digit - b'0');
                    self.number = self.number.saturating_mul(10).saturating_add(digit);
                    self.largest = self.largest.max(self.number);
                }
                b' ' | b'\t' | b'\r' | b'\n' | b'=' | b'"' | b'\'' | b'+'
                    if self.matched == NAME.len() && self.number == 0 => {}
                byte => {
                    self.number = 0;
                    let going_on = NAME.get(self.matched) == Some(&byte);
                    self.matched = match (going_on, byte == NAME[0]) {
                        (true, _) => self.matched + 1,
                        (false, true) => 1,
                        (false, false) => 0,
                    };
                }
            }
        }
    }

    fn is_absurd(&self) -> bool {
        self.escapes || self.largest > self.size.max(1024)
    }
}

fn read_checked(bytes: &[u8]) -> Result<Grid, FileError> {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| broken())?;
    let mut sheets: Vec<(bool, String)> = workbook
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .map(|sheet| (sheet.visible != SheetVisible::Visible, sheet.name.clone()))
        .collect();
    sheets.sort_by_key(|(hidden, _)| *hidden);
    let mut first: Option<Grid> = None;
    for (_, name) in sheets.iter().take(MAX_SHEETS) {
        let grid = sheet(&mut workbook, name)?;
        if columns::find_header(&grid.rows).is_some() {
            return Ok(grid);
        }
        if first.is_none() && !grid.rows.is_empty() {
            first = Some(grid);
        }
    }
    Ok(first.unwrap_or_default())
}

fn sheet(workbook: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<Grid, FileError> {
    let counts_from_1904 = workbook.has_1904_epoch();
    let mut reader = workbook
        .worksheet_cells_reader(name)
        .map_err(|_| broken())?;
    let mut cells = Cells::new();
    let mut text_size = 0usize;
    while let Some(cell) = reader.next_cell().map_err(|_| broken())? {
        let (row, column) = cell.get_position();
        let text = text(cell.get_value());
        if text.trim().is_empty() {
            continue;
        }
        text_size = text_size.saturating_add(text.len());
        if text_size > MAX_TEXT {
            return Err(too_large());
        }
        if column >= MAX_COLUMNS {
            return Err(broken());
        }
        cells.entry(row).or_default().push((column, text));
        if cells.len() > super::grid::MAX_ROWS + columns::MAX_TITLE_ROWS + 1 {
            return Err(super::grid::too_many_rows());
        }
    }
    let mut grid = Grid {
        counts_from_1904,
        ..Grid::default()
    };
    for (index, mut cells) in cells {
        // A damaged file may name a cell twice or out of turn; the first of its name counts.
        cells.sort_by_key(|(column, _)| *column);
        cells.dedup_by_key(|(column, _)| *column);
        let mut row = RawRow::new(index.saturating_add(1));
        for (column, text) in &cells {
            row.push(*column, text);
        }
        grid.push(row)?;
    }
    Ok(grid)
}

fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            text.clone()
        }
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        // Rust writes a whole number without ".0", and a fraction with as many digits as it needs.
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(true) => "Yes".to_owned(),
        DataRef::Bool(false) => "No".to_owned(),
        DataRef::Error(error) => error.to_string(),
        DataRef::DateTime(moment) => date_and_time(moment),
    }
}

fn date_and_time(moment: &ExcelDateTime) -> String {
    let serial = moment.as_f64();
    // Outside of these bounds there is no date to show: a mere time of day, a duration, a slip.
    if !moment.is_datetime() || !(1.0..2_958_466.0).contains(&serial) {
        return serial.to_string();
    }
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second) == (0, 0, 0) {
        date
    } else {
        format!("{date} {hour:02}:{minute:02}:{second:02}")
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    const SIZE: u32 = 1_000_000;

    // An archive of `SIZE` blanks that claims to hold `claim` bytes.
    fn archive(claim: u32) -> Vec<u8> {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default();
        archive
            .start_file("xl/sharedStrings.xml", options)
            .expect("writable");
        archive
            .write_all(&vec![b' '; SIZE as usize])
            .expect("writable");
        let mut bytes = archive.finish().expect("writable").into_inner();
        for place in 0..bytes.len() - 4 {
            if bytes[place..place + 4] == SIZE.to_le_bytes() {
                bytes[place..place + 4].copy_from_slice(&claim.to_le_bytes());
            }
        }
        bytes
    }

    #[test]
    fn a_zip_bomb_is_refused_by_what_it_claims() {
        let claim = u32::try_from(MAX_UNPACKED + 1).expect("fits");
        assert_eq!(check_unpacked_size(&archive(claim)), Err(too_large()));
        assert_eq!(check_unpacked_size(&archive(SIZE)), Ok(()));
    }

    #[test]
    fn a_zip_bomb_that_lies_is_not_unpacked_beyond_its_claim() {
        assert_eq!(check_unpacked_size(&archive(SIZE - 1)), Err(broken()));
        assert_eq!(check_unpacked_size(&archive(1)), Err(broken()));
    }
}
