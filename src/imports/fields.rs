//! What a row can say about an application, and the limits of each field (those of the API's schema).

use chrono::NaiveDate;

use super::problems::Warning;
use super::status::Status;
use super::text::squash;
use crate::applications::{EmploymentType, SalaryPeriod, WorkMode};

/// The longest company, title and location, in characters.
pub const MAX_NAME: usize = 200;
/// The longest source and resume version, in characters.
pub const MAX_SOURCE: usize = 100;
/// The longest external id, in characters.
pub const MAX_EXTERNAL_ID: usize = 200;
/// The longest address, in characters.
pub const MAX_URL: usize = 2000;
/// The longest notes, in characters, with all that was moved there.
pub const MAX_NOTES: usize = 10_000;
/// The most tags.
pub const MAX_TAGS: usize = 20;
/// The longest tag, in characters.
pub const MAX_TAG: usize = 50;

/// The most skills of a kind.
pub const MAX_SKILLS: usize = 50;
/// The longest skill, in characters.
pub const MAX_SKILL: usize = 100;

/// Reads everyday words for where the work is done; "yes" answers a column that asks whether it is remote.
pub fn work_mode(text: &str) -> Option<WorkMode> {
    Some(match squash(text).as_str() {
        "onsite" | "office" | "inoffice" | "inperson" => WorkMode::OnSite,
        "hybrid" | "partlyremote" | "partiallyremote" => WorkMode::Hybrid,
        "remote" | "fullyremote" | "fullremote" | "remotely" | "wfh" | "workfromhome"
        | "homeoffice" | "100remote" | "yes" | "y" | "true" => WorkMode::Remote,
        _ => return None,
    })
}

/// Reads everyday words for the kind of contract.
pub fn employment_type(text: &str) -> Option<EmploymentType> {
    Some(match squash(text).as_str() {
        "fulltime" | "ft" | "permanent" | "fulltimepermanent" | "permanentfulltime" => {
            EmploymentType::FullTime
        }
        "parttime" | "pt" => EmploymentType::PartTime,
        "contract" | "contractor" | "fixedterm" | "fixedtermcontract" | "freelance"
        | "freelancer" | "selfemployed" => EmploymentType::Contract,
        "temporary" | "temp" | "seasonal" => EmploymentType::Temporary,
        "internship" | "intern" | "traineeship" | "trainee" => EmploymentType::Internship,
        "apprenticeship" | "apprentice" => EmploymentType::Apprenticeship,
        "volunteer" | "volunteering" | "voluntary" | "unpaid" => EmploymentType::Volunteer,
        "other" => EmploymentType::Other,
        _ => return None,
    })
}

/// Reads everyday words for the time that a salary is paid for.
pub fn salary_period(text: &str) -> Option<SalaryPeriod> {
    let word = squash(text);
    Some(match word.strip_prefix("per").unwrap_or(&word) {
        "hour" | "hourly" | "h" | "hr" | "anhour" => SalaryPeriod::Hour,
        "day" | "daily" | "aday" => SalaryPeriod::Day,
        "week" | "weekly" | "aweek" => SalaryPeriod::Week,
        "month" | "monthly" | "amonth" => SalaryPeriod::Month,
        "year" | "yearly" | "annual" | "annually" | "annum" | "ayear" | "yr" | "pa" => {
            SalaryPeriod::Year
        }
        _ => return None,
    })
}

/// One application as the file tells it.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportRow {
    /// The employer.
    pub company: String,
    /// The position.
    pub job_title: String,
    /// How it stands; the last of `path`.
    pub status: Status,
    /// The plain moves to get there. The first happened on `applied_on`, the last on `answered_on`, as far
    /// as these are known.
    pub path: Vec<Status>,
    /// The day of applying.
    pub applied_on: Option<NaiveDate>,
    /// The day of the last known answer or change.
    pub answered_on: Option<NaiveDate>,
    /// The day of the next step.
    pub next_action_on: Option<NaiveDate>,
    /// The address of the posting, http or https.
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
    /// Free text, with all that has no field of its own.
    pub notes: Option<String>,
    /// Labels, each once.
    pub tags: Vec<String>,
    /// Skills that the posting asks for, each once.
    pub required_skills: Vec<String>,
    /// Which of them the seeker has, each once.
    pub own_skills: Vec<String>,
    /// The id in another system.
    pub external_id: Option<String>,
    /// A person at the employer.
    pub contact: Option<String>,
    /// Whether the resume was tailored.
    pub tailored: Option<bool>,
    /// Which resume was sent.
    pub resume_version: Option<String>,
    /// What to look at.
    pub warnings: Vec<Warning>,
}

#[cfg(test)]
impl ImportRow {
    /// The furthest live status of the path.
    pub fn furthest_stage(&self) -> Option<Status> {
        self.path
            .iter()
            .copied()
            .filter(|status| status.is_live())
            .max()
    }
}
