//! One row of cells becomes one application, or a reason why not.
//!
//! The rule of this file: nothing that a cell says is lost without a word. What has no field of its own,
//! or does not fit it, goes to the notes as `Header: value`; what does not fit there refuses the row.

use chrono::NaiveDate;

use super::cells::{Cells, Value};
use super::columns::Plan;
use super::dates::{self, DateProblem};
use super::fields::{
    self, ImportRow, MAX_NAME, MAX_SKILL, MAX_SKILLS, MAX_SOURCE, MAX_TAG, MAX_TAGS,
};
use super::grid::{Grid, RawRow};
use super::problems::{RefusalCode, RowRefusal, WarningCode};
use super::rows::ReadOptions;
use super::status::{self, Reading, Status};
use super::synonyms::Field;
use super::text::{excerpt, yes_or_no};

/// Works out one row.
///
/// # Errors
/// The first reason, in the order of [`RefusalCode`], why the row cannot be imported.
pub(super) fn convert(
    plan: &Plan,
    grid: &Grid,
    row: &RawRow,
    options: &ReadOptions,
) -> Result<ImportRow, RowRefusal> {
    let mut cells = Cells::gather(plan, row);
    if grid.unclosed_quote.is_some_and(|line| row.line() >= line) {
        let detail = "A quotation mark is never closed; from there on they are read as plain text.";
        cells.warn(WarningCode::UnclosedQuote, detail);
    }
    let company = cells.short_text(Field::Company, MAX_NAME);
    let job_title = cells.short_text(Field::JobTitle, MAX_NAME);
    let (Some(company), Some(job_title)) = (company, job_title) else {
        return Err(RowRefusal::new(
            RefusalCode::MissingCompanyOrTitle,
            "The row needs both a company and a job title.",
        ));
    };
    let dates = cells.dates(grid, options)?;
    let standing = cells.standing(&dates);
    let answered_on = cells.answer(&dates, &standing);
    let pay = cells.pay();
    let url = cells.url();
    let location = cells.short_text(Field::Location, MAX_NAME);
    let work_mode = cells.understood(Field::WorkMode, fields::work_mode);
    let employment_type = cells.understood(Field::EmploymentType, fields::employment_type);
    let source = cells.short_text(Field::Source, MAX_SOURCE);
    let tags = cells.list(Field::Tags, MAX_TAGS, MAX_TAG);
    let required_skills = cells.list(Field::RequiredSkills, MAX_SKILLS, MAX_SKILL);
    let own_skills = cells.list(Field::OwnSkills, MAX_SKILLS, MAX_SKILL);
    let external_id = cells.external_id()?;
    let contact = cells.short_text(Field::Contact, MAX_NAME);
    let tailored = cells.understood(Field::Tailored, yes_or_no);
    let resume_version = cells.short_text(Field::ResumeVersion, MAX_SOURCE);
    Ok(ImportRow {
        company,
        job_title,
        status: standing.status,
        path: standing.path,
        applied_on: dates.applied_on,
        answered_on,
        next_action_on: dates.next_action_on,
        url,
        location,
        work_mode,
        employment_type,
        source,
        salary_min: pay.min,
        salary_max: pay.max,
        salary_currency: pay.currency,
        salary_period: pay.period,
        notes: cells.notes()?,
        tags,
        required_skills,
        own_skills,
        external_id,
        contact,
        tailored,
        resume_version,
        warnings: cells.warnings,
    })
}

struct Dates<'a> {
    applied_on: Option<NaiveDate>,
    // The day of the last answer, with its cell.
    answered: Option<(NaiveDate, Value<'a>)>,
    next_action_on: Option<NaiveDate>,
    // What a column of yes and no, or a yes in a date column, says about having applied.
    flag: Option<bool>,
    says_rejected: bool,
}

struct Standing {
    status: Status,
    path: Vec<Status>,
}

impl<'a> Cells<'a> {
    fn dates(&mut self, grid: &Grid, options: &ReadOptions) -> Result<Dates<'a>, RowRefusal> {
        let mut flag = self
            .take(Field::AppliedFlag)
            .and_then(|value| yes_or_no(&value.text));
        let mut applied_on = None;
        if let Some(value) = self.take(Field::AppliedOn) {
            match yes_or_no(&value.text) {
                Some(answer) => flag = flag.or(Some(answer)),
                None => applied_on = Some(read(&value, grid, options)?),
            }
        }
        let says_rejected = |value: &Value<'_>| value.column.says_rejected;
        let rejected = self
            .values
            .get(&Field::AnsweredOn)
            .and_then(|values| values.first());
        let says_rejected = rejected.is_some_and(says_rejected);
        let answered = self.date_or_note(Field::AnsweredOn, grid, options)?;
        let next_action_on = self
            .date_or_note(Field::NextActionOn, grid, options)?
            .map(|found| found.0);
        for happened in [applied_on, answered.as_ref().map(|found| found.0)]
            .into_iter()
            .flatten()
        {
            if happened > options.today {
                return Err(RowRefusal::new(
                    RefusalCode::DateInFuture,
                    format!("{happened} has not come yet."),
                ));
            }
        }
        let answered = match (applied_on, answered) {
            (Some(applied), Some((answered, value))) if answered < applied => {
                let code = WarningCode::AnswerBeforeApplication;
                self.keep_and_warn(code, &value, "lies before the application");
                None
            }
            (_, answered) => answered,
        };
        Ok(Dates {
            applied_on,
            says_rejected: says_rejected && answered.is_some(),
            answered,
            next_action_on,
            flag,
        })
    }

    // Words in a column such as "next action" are no failed date: they go to the notes.
    fn date_or_note(
        &mut self,
        field: Field,
        grid: &Grid,
        options: &ReadOptions,
    ) -> Result<Option<(NaiveDate, Value<'a>)>, RowRefusal> {
        let Some(value) = self.take(field) else {
            return Ok(None);
        };
        match read(&value, grid, options) {
            Ok(date) => Ok(Some((date, value))),
            Err(refusal) if refusal.code == RefusalCode::AmbiguousDate => Err(refusal),
            Err(_) if value.text.chars().any(char::is_alphabetic) => {
                self.keep_and_warn(WarningCode::NotUnderstood, &value, "is not a date");
                Ok(None)
            }
            Err(refusal) => Err(refusal),
        }
    }

    // The day of the last move. Where nothing followed the first one it is no answer but a remark.
    fn answer(&mut self, dates: &Dates<'_>, standing: &Standing) -> Option<NaiveDate> {
        let (day, value) = dates.answered.as_ref()?;
        let is_remark = standing.path.len() == 1 && dates.applied_on.is_some_and(|on| on != *day);
        if is_remark {
            self.keep(&value.column.header, &value.text);
        }
        (!is_remark).then_some(*day)
    }

    fn standing(&mut self, dates: &Dates<'_>) -> Standing {
        let mut reading: Option<Reading> = None;
        let mut unknown = Vec::new();
        for value in self.values.remove(&Field::Status).unwrap_or_default() {
            match (status::understand(&value.text), reading) {
                (Some(found), None) => reading = Some(found),
                (Some(found), Some(earlier)) => match status::merge(earlier, found) {
                    Some(both) => reading = Some(both),
                    None => self.keep(&value.column.header, &value.text),
                },
                (None, _) => unknown.push(value),
            }
        }
        let mut claimed = None;
        if let Some(value) = self.take(Field::FurthestStage) {
            claimed = status::understand(&value.text).filter(|found| found.status.is_live());
            if claimed.is_none() {
                self.keep_and_warn(WarningCode::NotUnderstood, &value, "is not a stage");
            }
        }
        let claimed = claimed.map(|found| found.status);
        for value in unknown {
            if reading.is_some() {
                self.keep(&value.column.header, &value.text);
            } else {
                self.keep_and_warn(
                    WarningCode::UnknownStatus,
                    &value,
                    "is not a known status: it counts as applied",
                );
                reading = Some(Reading::plain(Status::Applied));
            }
        }
        // Without a status, what else is known decides: no application is without one.
        let by_date = dates.applied_on.is_some() || dates.flag == Some(true);
        let assumed = match claimed {
            Some(stage) => stage,
            None if dates.says_rejected => Status::Rejected,
            None if by_date => Status::Applied,
            None => Status::Saved,
        };
        let mut found = reading.unwrap_or(Reading::plain(assumed));
        if dates.says_rejected && found.status.is_live() {
            self.warn(
                WarningCode::StatusFromRejectionDate,
                "The row has the date of a rejection, so it counts as rejected.",
            );
            found.status = Status::Rejected;
        }
        let status = found.status;
        let path = status::path(status, found.furthest.max(claimed));
        let reached = path.iter().copied().filter(|status| status.is_live()).max();
        if claimed > reached {
            let stage = claimed.map(Status::as_str).unwrap_or_default();
            self.keep("Furthest stage", stage);
            let detail = format!(
                "The furthest stage “{stage}” does not go with the status; it is in the notes."
            );
            self.warn(WarningCode::FurthestStageNotKept, detail);
        }
        // "Applied: No" beside "rejected" contradicts; what agrees says nothing new.
        match dates.flag {
            Some(true) if status == Status::Saved => self.keep("Applied", "yes"),
            Some(false) if status != Status::Saved => self.keep("Applied", "no"),
            _ => {}
        }
        Standing { status, path }
    }
}

fn read(value: &Value<'_>, grid: &Grid, options: &ReadOptions) -> Result<NaiveDate, RowRefusal> {
    let text = &value.text;
    // A bare serial number is off by four years in a workbook that counts from 1904.
    let whole = text
        .split_once('.')
        .map_or(text.as_str(), |(whole, _)| whole);
    let bare_number = whole.len() == 5 && text.parse::<f64>().is_ok();
    let found = if grid.counts_from_1904 && bare_number {
        Err(DateProblem::Invalid)
    } else {
        dates::read_date(text, options.date_order.or(value.column.date_order))
    };
    found.map_err(|problem| {
        let (text, header) = (excerpt(text, 40), excerpt(&value.column.header, 40));
        match problem {
            DateProblem::Ambiguous => RowRefusal::new(
                RefusalCode::AmbiguousDate,
                format!("“{text}” in {header} may be either way round; say date_order=mdy or date_order=dmy."),
            ),
            DateProblem::Invalid => RowRefusal::new(
                RefusalCode::InvalidDate,
                format!("“{text}” in {header} is not a date between 1900 and 2199."),
            ),
        }
    })
}
