//! What the columns of a sheet mean: found by their headers, checked against their contents.

use super::dates::{self, DateOrder};
use super::grid::{Grid, RawRow};
use super::problems::{FileError, FileErrorCode};
use super::synonyms::{self, Certainty, Field};
use super::{salary, status, text};

/// So many rows with titles or remarks may stand above the header row.
pub const MAX_TITLE_ROWS: usize = 10;

/// One column of the sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// The header as it stands in the file, at most 100 characters of it.
    pub header: String,
    /// What it means; nothing for a column whose values are kept in the notes.
    pub field: Option<Field>,
    /// How sure that is. Among several columns of one field the surest and leftmost value counts.
    pub certainty: Certainty,
    /// What the values of a date column prove about the order of month and day.
    pub date_order: Option<DateOrder>,
    /// The currency that the header names, as an ISO 4217 code.
    pub currency: Option<&'static str>,
    /// Whether a date in this column means that the application was rejected on that day.
    pub says_rejected: bool,
}

/// The columns of a sheet, by position.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Where the header row stands among the rows of the grid.
    pub header_row: usize,
    columns: Vec<Option<Column>>,
}

impl Plan {
    /// The column at a 0-based position; nothing where there is no header.
    pub fn column(&self, position: u32) -> Option<&Column> {
        let position = usize::try_from(position).ok()?;
        self.columns.get(position)?.as_ref()
    }

    /// All columns with a header, from left to right.
    #[cfg(test)]
    pub fn columns(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().flatten()
    }
}

/// Finds the header row and decides what each column means.
///
/// # Errors
/// `empty_file` for a sheet without anything, `no_known_columns` when the first rows name neither a
/// company nor a title.
pub fn plan(grid: &Grid) -> Result<Plan, FileError> {
    let Some(first) = grid.rows.first() else {
        return Err(FileError::new(
            FileErrorCode::EmptyFile,
            "The file holds no data.",
        ));
    };
    let Some(header_row) = find_header(&grid.rows) else {
        let seen: Vec<String> = first.cells().take(20).map(|(_, cell)| name(cell)).collect();
        return Err(FileError::new(
            FileErrorCode::NoKnownColumns,
            format!(
                "No column for the company or the job title was found. Headers seen: {}.",
                seen.join(", ")
            ),
        ));
    };
    let mut columns: Vec<Option<Column>> = Vec::new();
    for (position, header) in grid.rows[header_row].cells() {
        let position = usize::try_from(position).unwrap_or(usize::MAX);
        if position >= columns.len() {
            columns.resize(position.saturating_add(1), None);
        }
        columns[position] = Some(from_header(header));
    }
    let mut plan = Plan {
        header_row,
        columns,
    };
    check_contents(&mut plan, &grid.rows[header_row + 1..]);
    Ok(plan)
}

/// Where the header row stands: of the first rows the one with most known names, if it names a company
/// or a title.
pub fn find_header(rows: &[RawRow]) -> Option<usize> {
    let mut best = (0, None);
    for (index, row) in rows.iter().take(MAX_TITLE_ROWS + 1).enumerate() {
        let mut fields: Vec<Field> = row
            .cells()
            .filter_map(|(_, cell)| synonyms::lookup(cell))
            .map(|found| found.0)
            .collect();
        fields.sort_unstable();
        fields.dedup();
        let named = fields.contains(&Field::Company) || fields.contains(&Field::JobTitle);
        if named && fields.len() > best.0 {
            best = (fields.len(), Some(index));
        }
    }
    best.1
}

fn name(header: &str) -> String {
    text::clean(header).text.chars().take(100).collect()
}

fn from_header(header: &str) -> Column {
    let found = synonyms::lookup(header);
    let squashed = text::squash(&name(header));
    Column {
        header: name(header),
        field: found.map(|found| found.0),
        certainty: found.map_or(Certainty::Weak, |found| found.1),
        date_order: None,
        currency: salary::currency_in(header),
        says_rejected: squashed.contains("reject"),
    }
}

// Decides by the contents what headers leave open, in one walk over the rows for all columns.
fn check_contents(plan: &mut Plan, body: &[RawRow]) {
    let mut evidence: Vec<Evidence> = plan.columns.iter().map(|_| Evidence::default()).collect();
    for (index, row) in body.iter().enumerate() {
        for (position, cell) in row.cells() {
            let position = usize::try_from(position).unwrap_or(usize::MAX);
            let column = plan.columns.get(position).and_then(Option::as_ref);
            if let (Some(column), Some(evidence)) = (column, evidence.get_mut(position))
                && !text::is_absent(cell)
            {
                evidence.take(column, index, cell);
            }
        }
    }
    let surely_has = |field| {
        let mut columns = plan.columns.iter().flatten();
        columns.any(|column| column.field == Some(field) && column.certainty == Certainty::Sure)
    };
    let has_status = surely_has(Field::Status);
    for (column, evidence) in plan.columns.iter_mut().zip(evidence) {
        if let Some(column) = column {
            evidence.decide(column, has_status);
        }
    }
}

#[derive(Default)]
struct Evidence {
    values: usize,
    flags: usize,
    statuses: usize,
    // The number that the first row would have, and whether all rows count up from it.
    counts_from: Option<i64>,
    broken_count: bool,
    mdy: bool,
    dmy: bool,
}

impl Evidence {
    fn take(&mut self, column: &Column, row: usize, cell: &str) {
        self.values += 1;
        match (column.field, column.certainty) {
            (Some(Field::AppliedOn), _) => {
                self.flags += usize::from(text::yes_or_no(cell).is_some());
                self.take_date(cell);
            }
            (Some(Field::AnsweredOn | Field::NextActionOn), _) => self.take_date(cell),
            (Some(Field::Status), Certainty::IfContentsAgree) => {
                self.statuses += usize::from(status::understand(cell).is_some());
            }
            (Some(Field::Counter), _) | (Some(Field::ExternalId), Certainty::Weak) => {
                let row = i64::try_from(row).unwrap_or(i64::MAX);
                let number: Option<i64> = cell.parse().ok().filter(|n| (0..1_000_000).contains(n));
                match (number, self.counts_from) {
                    (Some(number), None) => self.counts_from = Some(number - row),
                    (Some(number), Some(from)) => self.broken_count |= number - row != from,
                    (None, _) => self.broken_count = true,
                }
            }
            _ => {}
        }
    }

    fn take_date(&mut self, cell: &str) {
        match dates::column_order([cell]) {
            Some(DateOrder::Mdy) => self.mdy = true,
            Some(DateOrder::Dmy) => self.dmy = true,
            None => {}
        }
    }

    fn decide(&self, column: &mut Column, has_status: bool) {
        column.date_order = match (self.mdy, self.dmy) {
            (true, false) => Some(DateOrder::Mdy),
            (false, true) => Some(DateOrder::Dmy),
            _ => None,
        };
        match (column.field, column.certainty) {
            // "Applied: Yes" is no date. A column with any other value is one.
            (Some(Field::AppliedOn), _) if self.values > 0 && self.flags == self.values => {
                column.field = Some(Field::AppliedFlag);
            }
            (Some(Field::Status), Certainty::IfContentsAgree) => {
                let agree = self.statuses * 2 > self.values && !has_status;
                column.field = agree.then_some(Field::Status);
            }
            // 1, 2, 3… under "id" would make the first row of every sheet the same application.
            (Some(Field::Counter | Field::ExternalId), certainty)
                if certainty != Certainty::Sure =>
            {
                let counts = !self.broken_count && matches!(self.counts_from, Some(0 | 1));
                column.field = match (counts, column.field) {
                    (true, _) => Some(Field::Counter),
                    (false, Some(Field::ExternalId)) => Some(Field::ExternalId),
                    (false, _) => None,
                };
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::grid::from_csv;
    use super::*;

    fn fields(csv: &str) -> Vec<Option<Field>> {
        let grid = from_csv(csv, b',').expect("readable");
        let plan = plan(&grid).expect("known columns");
        plan.columns().map(|column| column.field).collect()
    }

    #[test]
    fn a_column_of_yes_and_no_is_not_a_date() {
        let with_flag = fields("applied,appliedDate,company\nYes,2026-03-02,A\nNo,N/A,B\n");
        assert_eq!(with_flag[0], Some(Field::AppliedFlag));
        assert_eq!(with_flag[1], Some(Field::AppliedOn));
        let with_dates = fields("applied,company\n\"Mar 3, 2026\",A\nno,B\n");
        assert_eq!(with_dates[0], Some(Field::AppliedOn));
    }

    #[test]
    fn row_numbers_are_neither_ids_nor_notes() {
        assert_eq!(fields("id,company\n1,A\n2,B\n")[0], Some(Field::Counter));
        assert_eq!(fields("index,company\n0,A\n1,B\n")[0], Some(Field::Counter));
        assert_eq!(
            fields("id,company\n17,A\n4,B\n")[0],
            Some(Field::ExternalId)
        );
        assert_eq!(
            fields("external_id,company\n1,A\n2,B\n")[0],
            Some(Field::ExternalId)
        );
        assert_eq!(fields("number,company\n7,A\n9,B\n")[0], None);
    }

    #[test]
    fn a_doubtful_status_column_needs_status_words() {
        assert_eq!(
            fields("company,response\nA,Rejected\nB,No reply\n")[1],
            Some(Field::Status)
        );
        assert_eq!(fields("company,state\nA,CA\nB,TX\n")[1], None);
        assert_eq!(
            fields("company,response,status\nA,Rejected,Applied\n")[1],
            None
        );
    }

    #[test]
    fn titles_above_the_header_are_skipped() {
        let csv = "My job search 2026\n\nJob,hunt\nCompany,Role,Status\nA,B,Applied\n";
        let grid = from_csv(csv, b',').expect("readable");
        assert_eq!(plan(&grid).expect("known columns").header_row, 2);
    }

    #[test]
    fn unknown_headers_are_named_in_the_error_but_not_at_any_length() {
        let grid = from_csv(&format!("foo,{}\n1,2\n", "x".repeat(500)), b',').expect("readable");
        let error = plan(&grid).expect_err("no known columns");
        assert_eq!(error.code, FileErrorCode::NoKnownColumns);
        assert!(error.detail.contains("foo, xxx") && error.detail.len() < 300);
    }

    #[test]
    fn each_date_column_decides_for_itself() {
        let csv = "company,applied,follow-up\nA,3/25/2026,25/3/2026\n";
        let grid = from_csv(csv, b',').expect("readable");
        let orders: Vec<_> = plan(&grid)
            .expect("known")
            .columns()
            .map(|c| c.date_order)
            .collect();
        assert_eq!(orders, [None, Some(DateOrder::Mdy), Some(DateOrder::Dmy)]);
    }
}
