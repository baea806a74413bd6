//! What a row of a file becomes: which rows are the same, and what an application's past was. Pure
//! functions.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use super::fields::ImportRow;
use crate::applications::ApplicationFields;
use crate::applications::rules::Status;
use crate::clock::start_of_day;

/// What an application is called, in any case, and when one applied.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Name {
    company: String,
    job_title: String,
    applied_on: Option<NaiveDate>,
}

impl Name {
    /// The name of an application.
    pub fn new(company: &str, job_title: &str, applied_on: Option<NaiveDate>) -> Self {
        Self {
            company: company.to_lowercase(),
            job_title: job_title.to_lowercase(),
            applied_on,
        }
    }
}

/// Applications that are there already.
///
/// Two are the same when they have the same external id, or the same company, title and day of applying;
/// but not when they have different external ids, which says that they are two.
#[derive(Debug, Default)]
pub struct Present {
    external_ids: HashSet<String>,
    /// Is there one of this name without an external id?
    names: HashMap<Name, bool>,
}

impl Present {
    /// Is this one of them?
    pub fn has(&self, external_id: Option<&str>, name: &Name) -> bool {
        match (external_id, self.names.get(name)) {
            (Some(id), _) if self.external_ids.contains(id) => true,
            (Some(_), Some(without_id)) => *without_id,
            (None, Some(_)) => true,
            (_, None) => false,
        }
    }

    /// Adds one.
    pub fn add(&mut self, external_id: Option<&str>, name: Name) {
        *self.names.entry(name).or_insert(false) |= external_id.is_none();
        self.external_ids.extend(external_id.map(str::to_owned));
    }
}

/// The steps of an application's timeline.
///
/// The first ones happened at the start of applied_on, the last one at the start of answered_on. What is
/// not known is taken from the other one, else it happened just now; nothing happens in the future.
pub fn past(row: &ImportRow, zone: Tz, now: DateTime<Utc>) -> Vec<(Status, DateTime<Utc>)> {
    let instant = |day: NaiveDate| start_of_day(day, zone).min(now);
    let begun = row.applied_on.or(row.answered_on).map_or(now, instant);
    let ended = row.answered_on.map_or(begun, instant).max(begun);
    let last = row.path.len().saturating_sub(1);
    row.path
        .iter()
        .enumerate()
        .map(|(index, status)| match index {
            0 => (*status, begun),
            index if index == last => (*status, ended),
            _ => (*status, begun),
        })
        .collect()
}

/// When the rejection came that the row ends with. A row that does not say on which day there was an answer
/// tells nothing: the day of the last step is a guess then.
pub fn rejected_at(row: &ImportRow, steps: &[(Status, DateTime<Utc>)]) -> Option<DateTime<Utc>> {
    let (last, at) = *steps.last()?;
    (last == Status::Rejected && row.answered_on.is_some()).then_some(at)
}

/// What a client would have written for this row.
pub fn fields(row: ImportRow) -> ApplicationFields {
    ApplicationFields {
        external_id: row.external_id,
        company: row.company,
        job_title: row.job_title,
        url: row.url,
        source: row.source,
        location: row.location,
        work_mode: row.work_mode,
        employment_type: row.employment_type,
        salary_min: row.salary_min,
        salary_max: row.salary_max,
        salary_currency: row.salary_currency,
        salary_period: row.salary_period,
        resume_version: row.resume_version,
        tailored: row.tailored,
        required_skills: row.required_skills,
        own_skills: row.own_skills,
        applied_on: row.applied_on,
        next_action_on: row.next_action_on,
        contact: row.contact,
        notes: row.notes,
        tags: row.tags,
        status: Some(row.status),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn now() -> DateTime<Utc> {
        "2026-11-01T12:00:00Z".parse().expect("an instant")
    }

    fn name(company: &str) -> Name {
        Name::new(company, "Cook", None)
    }

    fn row(path: &[Status], applied_on: Option<&str>, answered_on: Option<&str>) -> ImportRow {
        ImportRow {
            status: *path.last().expect("a path has a step"),
            path: path.to_vec(),
            applied_on: applied_on.map(day),
            answered_on: answered_on.map(day),
            ..super::super::rows_tests::plain_row()
        }
    }

    fn instants(row: &ImportRow) -> Vec<String> {
        past(row, chrono_tz::America::New_York, now())
            .into_iter()
            .map(|(_, at)| at.format("%m-%dT%H").to_string())
            .collect()
    }

    #[test]
    fn names_are_compared_without_regard_to_case() {
        let mut present = Present::default();
        present.add(None, name("Ärzte AG"));
        assert!(present.has(None, &name("ÄRZTE ag")));
        assert!(!present.has(
            None,
            &Name::new("Ärzte AG", "Cook", Some(day("2026-03-05")))
        ));
    }

    #[test]
    fn different_external_ids_say_that_two_rows_are_two() {
        let mut present = Present::default();
        present.add(Some("1"), name("A"));
        assert!(!present.has(Some("2"), &name("A")));
        assert!(present.has(Some("1"), &name("B")));
        assert!(present.has(None, &name("A")));
        present.add(None, name("A"));
        assert!(present.has(Some("2"), &name("A")));
    }

    #[test]
    fn steps_begin_on_the_day_of_applying_and_end_on_the_day_of_the_answer() {
        use Status::{Applied, Interviewing, Rejected};
        let path = [Applied, Interviewing, Rejected];
        assert_eq!(
            instants(&row(&path, Some("2026-03-05"), Some("2026-04-01"))),
            ["03-05T05", "03-05T05", "04-01T04"]
        );
        assert_eq!(
            instants(&row(&path, Some("2026-03-05"), None)),
            ["03-05T05", "03-05T05", "03-05T05"]
        );
        assert_eq!(
            instants(&row(&path, None, Some("2026-04-01"))),
            ["04-01T04", "04-01T04", "04-01T04"]
        );
        assert_eq!(instants(&row(&[Applied], None, None)), ["11-01T12"]);
    }

    #[test]
    fn no_step_lies_in_the_future() {
        // The day has begun in the user's zone only some hours later.
        let row = row(&[Status::Applied], Some("2026-11-02"), None);
        assert_eq!(instants(&row), ["11-01T12"]);
    }

    #[test]
    fn every_path_is_one_that_the_state_machine_allows() {
        for status in Status::ALL {
            for furthest in Status::ALL.iter().filter(|status| status.is_live()) {
                let path = super::super::status::path(*status, Some(*furthest));
                assert_eq!(path.last(), Some(status));
                for step in path.windows(2) {
                    assert!(step[0].allowed().contains(&step[1]), "{path:?}");
                }
            }
        }
    }
}
