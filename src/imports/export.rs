//! Applications as CSV: the columns that the import reads, so that a file written here comes back
//! without loss, and opens in a spreadsheet without running anything.

use std::io::{self, Write};

use chrono::NaiveDate;

use super::status::Status;
use super::synonyms::Field;
use super::text::protect;
use crate::applications::{EmploymentType, SalaryPeriod, WorkMode};

/// The columns of the export, in their order.
pub const COLUMNS: [Field; 24] = [
    Field::ExternalId,
    Field::Company,
    Field::JobTitle,
    Field::Status,
    Field::FurthestStage,
    Field::AppliedOn,
    Field::AnsweredOn,
    Field::NextActionOn,
    Field::Url,
    Field::Location,
    Field::WorkMode,
    Field::EmploymentType,
    Field::Source,
    Field::SalaryMin,
    Field::SalaryMax,
    Field::SalaryCurrency,
    Field::SalaryPeriod,
    Field::Contact,
    Field::Tailored,
    Field::ResumeVersion,
    Field::Tags,
    Field::RequiredSkills,
    Field::OwnSkills,
    Field::Notes,
];

/// One application as the export writes it. Texts follow the API's rule for text: trimmed, NFC, without
/// control characters but newline and tab.
#[derive(Debug, Clone, PartialEq)]
pub struct ExportRow {
    /// The id in another system.
    pub external_id: Option<String>,
    /// The employer.
    pub company: String,
    /// The position.
    pub job_title: String,
    /// How it stands.
    pub status: Status,
    /// The furthest live status it reached.
    pub furthest_stage: Option<Status>,
    /// The day of applying.
    pub applied_on: Option<NaiveDate>,
    /// The day of the employer's last answer.
    pub answered_on: Option<NaiveDate>,
    /// The day of the next step.
    pub next_action_on: Option<NaiveDate>,
    /// The address of the posting.
    pub url: Option<String>,
    /// Where the work is.
    pub location: Option<String>,
    /// On site, hybrid or remote.
    pub work_mode: Option<WorkMode>,
    /// Full time, part time and so on.
    pub employment_type: Option<EmploymentType>,
    /// Where the posting was found.
    pub source: Option<String>,
    /// The lower end of the pay, in whole units.
    pub salary_min: Option<i64>,
    /// The upper end of the pay, in whole units.
    pub salary_max: Option<i64>,
    /// ISO 4217 code.
    pub salary_currency: Option<String>,
    /// The time that the pay is for.
    pub salary_period: Option<SalaryPeriod>,
    /// A person at the employer.
    pub contact: Option<String>,
    /// Whether the resume was tailored.
    pub tailored: Option<bool>,
    /// Which resume was sent.
    pub resume_version: Option<String>,
    /// Labels.
    pub tags: Vec<String>,
    /// Skills that the posting asks for.
    pub required_skills: Vec<String>,
    /// Which of them the seeker has.
    pub own_skills: Vec<String>,
    /// Free text.
    pub notes: Option<String>,
}

/// Writes a CSV file row by row, so that memory does not grow with it.
pub struct Exporter<W: Write> {
    writer: csv::Writer<W>,
}

impl<W: Write> Exporter<W> {
    /// Begins a file: a byte order mark, without which Excel does not read UTF-8, and the header row.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn new(mut out: W) -> io::Result<Self> {
        out.write_all("\u{feff}".as_bytes())?;
        let mut exporter = Self::go_on(out);
        exporter
            .writer
            .write_record(COLUMNS.map(Field::as_str))
            .map_err(io::Error::from)?;
        Ok(exporter)
    }

    /// Goes on with a file whose beginning was written before: no mark, no headers.
    pub fn go_on(out: W) -> Self {
        let writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer(out);
        Self { writer }
    }

    /// Writes one application.
    ///
    /// # Errors
    /// Those of the output.
    pub fn write(&mut self, row: &ExportRow) -> io::Result<()> {
        for column in COLUMNS {
            let value = cell(row, column);
            self.writer.write_field(protect(&value).as_ref())?;
        }
        self.writer.write_record(None::<&[u8]>)?;
        Ok(())
    }

    /// Ends the file and gives the output back.
    ///
    /// # Errors
    /// Those of the output.
    pub fn finish(self) -> io::Result<W> {
        self.writer.into_inner().map_err(|error| error.into_error())
    }
}

fn cell(row: &ExportRow, column: Field) -> String {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let date = |value: Option<NaiveDate>| value.map(|date| date.to_string()).unwrap_or_default();
    let number = |value: Option<i64>| value.map(|value| value.to_string()).unwrap_or_default();
    match column {
        Field::ExternalId => text(&row.external_id),
        Field::Company => row.company.clone(),
        Field::JobTitle => row.job_title.clone(),
        Field::Status => row.status.as_str().to_owned(),
        Field::FurthestStage => row
            .furthest_stage
            .map(Status::as_str)
            .unwrap_or_default()
            .to_owned(),
        Field::AppliedOn => date(row.applied_on),
        Field::AnsweredOn => date(row.answered_on),
        Field::NextActionOn => date(row.next_action_on),
        Field::Url => text(&row.url),
        Field::Location => text(&row.location),
        Field::WorkMode => row
            .work_mode
            .map(WorkMode::as_str)
            .unwrap_or_default()
            .to_owned(),
        Field::EmploymentType => row
            .employment_type
            .map(EmploymentType::as_str)
            .unwrap_or_default()
            .to_owned(),
        Field::Source => text(&row.source),
        Field::SalaryMin => number(row.salary_min),
        Field::SalaryMax => number(row.salary_max),
        Field::SalaryCurrency => text(&row.salary_currency),
        Field::Contact => text(&row.contact),
        Field::Tailored => match row.tailored {
            Some(true) => "yes".to_owned(),
            Some(false) => "no".to_owned(),
            None => String::new(),
        },
        Field::ResumeVersion => text(&row.resume_version),
        Field::SalaryPeriod => row
            .salary_period
            .map(SalaryPeriod::as_str)
            .unwrap_or_default()
            .to_owned(),
        Field::Tags => join_list(&row.tags),
        Field::RequiredSkills => join_list(&row.required_skills),
        Field::OwnSkills => join_list(&row.own_skills),
        Field::Notes => text(&row.notes),
        // Only the import knows these: what they say is in other columns here.
        Field::AppliedFlag | Field::Salary | Field::Counter => String::new(),
    }
}

/// Joins tags or skills with `;`. A backslash stands before `;`, `,` and backslashes of their own.
pub fn join_list(items: &[String]) -> String {
    let escape = |item: &String| {
        let item = item.replace('\\', "\\\\");
        item.replace(';', "\\;").replace(',', "\\,")
    };
    items.iter().map(escape).collect::<Vec<_>>().join(";")
}

/// Splits a cell of tags or skills at `;` and `,`, undoing [`join_list`]. Empty and repeated ones are dropped.
pub fn split_list(cell: &str) -> Vec<String> {
    let mut tags: Vec<String> = vec![String::new()];
    let mut chars = cell.chars().peekable();
    while let Some(c) = chars.next() {
        let escaped = c == '\\'
            && chars
                .peek()
                .is_some_and(|next| matches!(next, '\\' | ';' | ','));
        let last = tags
            .last_mut()
            .expect("begins with one tag and only ever gains");
        match c {
            '\\' if escaped => last.extend(chars.next()),
            ';' | ',' => tags.push(String::new()),
            _ => last.push(c),
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    tags.into_iter()
        .map(|tag| tag.trim().to_owned())
        .filter(|tag| !tag.is_empty() && seen.insert(tag.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_with_delimiters_of_their_own_come_back() {
        let tags = ["a;b", "c,d", "e\\", "\\;", "plain"].map(str::to_owned);
        assert_eq!(split_list(&join_list(&tags)), tags);
    }

    #[test]
    fn tags_of_other_peoples_sheets_are_split_at_commas_too() {
        assert_eq!(
            split_list("rust, remote; rust ;; C\\C++"),
            ["rust", "remote", "C\\C++"]
        );
    }
}
