//! A whole file: from bytes to one outcome for each row.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::columns::{self, Plan};
use super::convert;
use super::dates::DateOrder;
use super::decode;
use super::fields::ImportRow;
use super::grid::{self, Grid};
use super::problems::{FileError, RowRefusal};
use super::xlsx;
use crate::text_enum;

pub use super::grid::MAX_ROWS;

text_enum! {
    /// What kind of file the bytes are; the caller knows it from the content type.
    pub enum FileKind {
        /// Text with a delimiter: comma, semicolon or tab.
        Csv = "csv",
        /// A workbook of Excel 2007 or later.
        Xlsx = "xlsx",
    }
}

/// What the file itself does not say.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ReadOptions {
    /// How to read dates that could be either way round. None: each column decides for itself.
    pub date_order: Option<DateOrder>,
    /// The user's local date: nothing is said to have happened after it.
    pub today: NaiveDate,
}

/// The outcome for one row.
#[derive(Debug, Clone, PartialEq)]
pub struct ParsedRow {
    /// The 1-based line in which the row begins; of a workbook, its row number.
    pub line: u32,
    /// What to create, or why not.
    pub outcome: Result<ImportRow, RowRefusal>,
}

/// A file that was understood as a whole. Rows are worked out as they are asked for, so that memory
/// grows with the file and not with what becomes of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    grid: Grid,
    plan: Plan,
    options: ReadOptions,
    encoding: Option<&'static str>,
    delimiter: Option<u8>,
}

impl Sheet {
    /// The outcomes of all rows in the order of the file. Rows without any value do not appear.
    pub fn rows(&self) -> impl Iterator<Item = ParsedRow> + '_ {
        self.grid.rows[self.plan.header_row + 1..]
            .iter()
            .map(|row| ParsedRow {
                line: row.line(),
                outcome: convert::convert(&self.plan, &self.grid, row, &self.options),
            })
    }

    /// How many rows [`Sheet::rows`] gives.
    pub fn total(&self) -> usize {
        self.grid.rows.len() - self.plan.header_row - 1
    }

    /// The encoding of a CSV file, such as `UTF-8` or `windows-1252`.
    pub fn encoding(&self) -> Option<&'static str> {
        self.encoding
    }

    /// The delimiter of a CSV file.
    pub fn delimiter(&self) -> Option<char> {
        self.delimiter.map(char::from)
    }
}

/// Reads a file of applications.
///
/// # Errors
/// `empty_file`, `unreadable_file`, `no_known_columns`, `too_many_rows`. Whatever is wrong with a single
/// row is that row's outcome instead.
pub fn read(bytes: &[u8], kind: FileKind, options: ReadOptions) -> Result<Sheet, FileError> {
    let (grid, encoding, delimiter) = match kind {
        FileKind::Csv => {
            let decoded = decode::decode(bytes)?;
            let delimiter = decode::detect_delimiter(&decoded.text);
            let grid = grid::from_csv(&decoded.text, delimiter)?;
            (grid, Some(decoded.encoding), Some(delimiter))
        }
        FileKind::Xlsx if bytes.is_empty() => (Grid::default(), None, None),
        FileKind::Xlsx => (xlsx::read(bytes)?, None, None),
    };
    let plan = columns::plan(&grid)?;
    let sheet = Sheet {
        grid,
        plan,
        options,
        encoding,
        delimiter,
    };
    if sheet.total() > MAX_ROWS {
        return Err(grid::too_many_rows());
    }
    Ok(sheet)
}
