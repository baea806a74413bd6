//! Workbooks: from bytes to rows of cells.
//!
//! A workbook is a zip archive of XML, so ten honest megabytes may unpack to a thousand times as much, ten
//! sheets may name the same part of it, and a single cell may claim to stand in the last corner of a sheet.
//! Each part is measured before the parser sees it and counts as often as it is read, cells are taken one by
//! one instead of as a rectangle, and a panic of the parser is an unreadable file, not the end of the request.

mod measure;
mod watched;

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Instant;

use calamine::{DataRef, ExcelDateTime, Reader, SheetType, SheetVisible, Xlsx};

use super::columns;
use super::grid::{Grid, MAX_COLUMNS, RawRow};
use super::problems::FileError;
use crate::http::files::LONGEST;
use watched::{Watch, Watched};

/// What the parts of a workbook that are read may unpack to, in bytes. Twenty thousand rows of thirty columns
/// take some 25 MB, and a thousand characters of notes in each of them 20 MB more.
const MAX_UNPACKED: u64 = 64 * 1024 * 1024;
/// Cells in all sheets together, blank ones too: a hundred for each row of the largest import.
const MAX_CELLS: usize = 2_000_000;
// A text that stands in many cells is stored once in the file, but once for each cell here.
const MAX_TEXT: usize = 64 * 1024 * 1024;
const MAX_SHEETS: usize = 10;

type Cells = BTreeMap<u32, Vec<(u32, String)>>;

/// What may be done for a workbook.
pub(super) struct Limits {
    pub(super) unpacked: u64,
    pub(super) cells: usize,
    pub(super) until: Instant,
}

impl Limits {
    /// Those of an upload that is read now.
    pub(super) fn begin() -> Self {
        Self {
            unpacked: MAX_UNPACKED,
            cells: MAX_CELLS,
            until: Instant::now() + LONGEST,
        }
    }
}

/// Reads the first worksheet of a workbook that names a company or title column, or else the first one
/// that holds anything. Visible sheets come before hidden ones; ten sheets are looked at. Dates become
/// `2024-03-05`, with the time behind them when there is one.
///
/// # Errors
/// `unreadable_file` for what is no workbook, is damaged, protected, or too large when unpacked;
/// `too_many_rows`; `too_slow` once nobody waits for it any more.
pub fn read(bytes: &[u8]) -> Result<Grid, FileError> {
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Err(FileError::unreadable(
            "The workbook is protected by a password or in the old XLS format. Save it as XLSX without a password.",
        ));
    }
    read_within(bytes, &Limits::begin())
}

pub(super) fn read_within(bytes: &[u8], limits: &Limits) -> Result<Grid, FileError> {
    std::panic::catch_unwind(|| {
        let watch = Rc::new(Watch::new(bytes, limits)?);
        let grid = read_watched(bytes, &watch);
        watch.fault().map_or(grid, Err)
    })
    .unwrap_or_else(|_| Err(broken()))
}

fn broken() -> FileError {
    FileError::unreadable("The file is not a readable XLSX workbook.")
}

fn too_large() -> FileError {
    FileError::unreadable("The workbook is too large when unpacked.")
}

fn read_watched<'b>(bytes: &'b [u8], watch: &Rc<Watch<'b>>) -> Result<Grid, FileError> {
    let mut workbook: Xlsx<_> =
        Xlsx::new(Watched::new(bytes, Rc::clone(watch))).map_err(|_| broken())?;
    let mut sheets: Vec<(bool, String)> = workbook
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .map(|sheet| (sheet.visible != SheetVisible::Visible, sheet.name.clone()))
        .collect();
    sheets.sort_by_key(|(hidden, _)| *hidden);
    let mut first: Option<Grid> = None;
    for (_, name) in sheets.iter().take(MAX_SHEETS) {
        let grid = sheet(&mut workbook, name, watch)?;
        if columns::find_header(&grid.rows).is_some() {
            return Ok(grid);
        }
        if first.is_none() && !grid.rows.is_empty() {
            first = Some(grid);
        }
    }
    Ok(first.unwrap_or_default())
}

fn sheet(
    workbook: &mut Xlsx<Watched<'_>>,
    name: &str,
    watch: &Watch<'_>,
) -> Result<Grid, FileError> {
    let counts_from_1904 = workbook.has_1904_epoch();
    let mut reader = workbook
        .worksheet_cells_reader(name)
        .map_err(|_| broken())?;
    let mut cells = Cells::new();
    let mut text_size = 0usize;
    while let Some(cell) = reader.next_cell().map_err(|_| broken())? {
        watch.cell()?;
        let (row, column) = cell.get_position();
        let text = text(cell.get_value());
        text_size = text_size.saturating_add(text.len());
        if text_size > MAX_TEXT {
            return Err(too_large());
        }
        if text.trim().is_empty() {
            continue;
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
