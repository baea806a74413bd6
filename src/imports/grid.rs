//! Rows of cells, kept small: only cells that hold something, and where each row began.

use super::problems::{FileError, FileErrorCode};

/// More rows than this are refused.
pub const MAX_ROWS: usize = 20_000;
/// As many columns as a workbook can have; no honest sheet has more.
pub const MAX_COLUMNS: u32 = 16_384;

/// One row that holds something. Empty cells are not stored, so a cell far to the right costs nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawRow {
    line: u32,
    text: String,
    // The column of each cell and where its text ends in `text`.
    cells: Vec<(u32, usize)>,
}

impl RawRow {
    /// A row without cells that begins in this 1-based line (of a workbook: its row number).
    pub fn new(line: u32) -> Self {
        Self {
            line,
            text: String::new(),
            cells: Vec::new(),
        }
    }

    /// Adds a cell. Columns are expected in rising order; blank cells are passed over.
    pub fn push(&mut self, column: u32, cell: &str) {
        let cell = cell.trim();
        if !cell.is_empty() {
            self.text.push_str(cell);
            self.cells.push((column, self.text.len()));
        }
    }

    /// The 1-based line in which the row begins.
    pub fn line(&self) -> u32 {
        self.line
    }

    /// Whether every cell is blank.
    pub fn is_blank(&self) -> bool {
        self.cells.is_empty()
    }

    /// The cells that hold something, with their 0-based columns, from left to right.
    pub fn cells(&self) -> impl Iterator<Item = (u32, &str)> {
        let mut start = 0;
        self.cells.iter().map(move |(column, end)| {
            let cell = &self.text[start..*end];
            start = *end;
            (*column, cell)
        })
    }
}

/// All rows of a sheet that hold something.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Grid {
    /// The rows in the order of the file.
    pub rows: Vec<RawRow>,
    /// From this line on, quotation marks are plain text, since one there is never closed.
    pub unclosed_quote: Option<u32>,
    /// Whether the workbook counts days from 1904, so that bare serial numbers mean other dates.
    pub counts_from_1904: bool,
}

impl Grid {
    /// Adds a row unless it is blank.
    ///
    /// # Errors
    /// `too_many_rows` once there are more than headers, titles and [`MAX_ROWS`] explain.
    pub(super) fn push(&mut self, row: RawRow) -> Result<(), FileError> {
        if !row.is_blank() {
            self.rows.push(row);
        }
        if self.rows.len() > MAX_ROWS + super::columns::MAX_TITLE_ROWS + 1 {
            return Err(too_many_rows());
        }
        Ok(())
    }
}

pub(super) fn too_many_rows() -> FileError {
    FileError::new(
        FileErrorCode::TooManyRows,
        format!("The file has more than {MAX_ROWS} rows. Split it and import the parts."),
    )
}

/// Splits CSV text whose lines end with LF.
///
/// A quotation mark that is never closed would swallow the rest of the file into one cell. From the
/// record where that happens the text is split again with quotation marks as plain characters.
///
/// # Errors
/// `too_many_rows`, or `unreadable_file` for a row with more than [`MAX_COLUMNS`] cells.
pub fn from_csv(text: &str, delimiter: u8) -> Result<Grid, FileError> {
    let mut grid = Grid::default();
    let mut lines = Lines::new(text);
    if let Some(start) = split(text, 0, delimiter, true, &mut lines, &mut grid)? {
        let mut lines = Lines::new(text);
        grid.unclosed_quote = Some(lines.number_at(start));
        split(text, start, delimiter, false, &mut lines, &mut grid)?;
    }
    Ok(grid)
}

// Returns where the record with the unclosed quotation mark begins, if there is one.
fn split(
    text: &str,
    from: usize,
    delimiter: u8,
    quoting: bool,
    lines: &mut Lines<'_>,
    grid: &mut Grid,
) -> Result<Option<usize>, FileError> {
    // A record of its own behind the end shows whether the last quotation mark was closed: if not,
    // it is part of the last record.
    const SENTINEL: &[u8] = b"\n\x01";
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .quoting(quoting)
        .from_reader(std::io::Read::chain(&text.as_bytes()[from..], SENTINEL));
    let mut record = csv::StringRecord::new();
    loop {
        let more = reader.read_record(&mut record).map_err(|_| {
            FileError::unreadable("The file could not be split into rows and cells.")
        })?;
        let offset = record.position().map_or(0, csv::Position::byte);
        let start = usize::try_from(offset).map_or(text.len(), |offset| from + offset);
        if !more || start >= text.len() {
            return Ok(None);
        }
        // The reader counts blank lines before a record as part of it.
        let rest = &text.as_bytes()[start..];
        let blank = rest.iter().take_while(|byte| **byte == b'\n').count();
        let start = start + blank;
        if start >= text.len() {
            return Ok(None);
        }
        let read = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX);
        if quoting && read >= text.len() - from + SENTINEL.len() {
            return Ok(Some(start));
        }
        let mut row = RawRow::new(lines.number_at(start));
        for (column, cell) in (0u32..).zip(&record) {
            if column >= MAX_COLUMNS && !cell.trim().is_empty() {
                return Err(FileError::unreadable(format!(
                    "A row has more than {MAX_COLUMNS} cells."
                )));
            }
            row.push(column, cell);
        }
        grid.push(row)?;
    }
}

// Line numbers of rising positions, counted once over the whole text.
struct Lines<'a> {
    text: &'a str,
    counted: usize,
    line: u32,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            counted: 0,
            line: 1,
        }
    }

    fn number_at(&mut self, position: usize) -> u32 {
        let passed = &self.text.as_bytes()[self.counted..position];
        let ends = passed.iter().filter(|byte| **byte == b'\n').count();
        self.counted = position;
        self.line = self
            .line
            .saturating_add(u32::try_from(ends).unwrap_or(u32::MAX));
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<(u32, Vec<(u32, String)>)> {
        let grid = from_csv(text, b',').expect("readable");
        let cells = |row: &RawRow| {
            row.cells()
                .map(|(column, cell)| (column, cell.to_owned()))
                .collect()
        };
        grid.rows
            .iter()
            .map(|row| (row.line(), cells(row)))
            .collect()
    }

    fn cell(column: u32, text: &str) -> (u32, String) {
        (column, text.to_owned())
    }

    #[test]
    fn lines_are_counted_through_quoted_line_ends_and_blank_lines() {
        let found = rows("\n\na,\"b\nc\"\n\n,\n\"d\",e");
        assert_eq!(
            found,
            [
                (3, vec![cell(0, "a"), cell(1, "b\nc")]),
                (7, vec![cell(0, "d"), cell(1, "e")]),
            ]
        );
    }

    #[test]
    fn a_quote_that_is_never_closed_loses_no_row() {
        let text = "a,\"b,c\"\nd,\"e\nf,g\nh,i";
        let grid = from_csv(text, b',').expect("readable");
        assert_eq!(grid.unclosed_quote, Some(2));
        let found = rows(text);
        assert_eq!(found.len(), 4);
        assert_eq!(found[1], (2, vec![cell(0, "d"), cell(1, "\"e")]));
        assert_eq!(found[3], (4, vec![cell(0, "h"), cell(1, "i")]));
    }

    #[test]
    fn closed_quotes_at_the_very_end_are_closed() {
        for text in [
            "a,\"b\"",
            "a,\"b\"\n",
            "a,\"b\"\n\n",
            "\"\"\"a\"\"\"\n",
            "\u{1}\n\u{1}",
            "",
        ] {
            let grid = from_csv(text, b',').expect("readable");
            assert_eq!(grid.unclosed_quote, None, "{text:?}");
        }
    }

    #[test]
    fn a_row_wider_than_any_sheet_is_refused() {
        let wide = format!("a{}b", ",".repeat(20_000));
        assert!(from_csv(&wide, b',').is_err());
        let empty = format!("a{}", ",".repeat(20_000));
        assert!(from_csv(&empty, b',').is_ok());
    }
}
