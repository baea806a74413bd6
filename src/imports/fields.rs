//! What a row can say about an application, and the limits of each field (those of the API's schema).

use chrono::NaiveDate;

use super::problems::Warning;
use super::status::Status;
use super::text::squash;

/// The longest company, title and location, in characters.
pub const MAX_NAME: usize = 200;
/// The longest source and resume version, in characters.
pub const MAX_SOURCE: usize = 100;
/// The longest external id, in characters.
pub const MAX_EXTERNAL_ID: usize = 255;
/// The longest address, in characters.
pub const MAX_URL: usize = 2000;
/// The longest notes, in characters, with all that was moved there.
pub const MAX_NOTES: usize = 10_000;
/// The most tags.
pub const MAX_TAGS: usize = 20;
/// The longest tag, in characters.
pub const MAX_TAG: usize = 50;

/// Where the work is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkMode {
    /// At the employer's.
    Onsite,
    /// Partly at home.
    Hybrid,
    /// From anywhere or at home.
    Remote,
}

impl WorkMode {
    /// The value as the API spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Onsite => "onsite",
            Self::Hybrid => "hybrid",
            Self::Remote => "remote",
        }
    }

    /// Reads everyday words; "yes" answers a column that asks whether it is remote.
    pub fn understand(text: &str) -> Option<Self> {
        Some(match squash(text).as_str() {
            "onsite" | "office" | "inoffice" | "inperson" => Self::Onsite,
            "hybrid" | "partlyremote" | "partiallyremote" => Self::Hybrid,
            "remote" | "fullyremote" | "fullremote" | "remotely" | "wfh" | "workfromhome"
            | "homeoffice" | "100remote" | "yes" | "y" | "true" => Self::Remote,
            _ => return None,
        })
    }
}

/// What kind of employment it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmploymentType {
    /// Full time.
    FullTime,
    /// Part time.
    PartTime,
    /// A contract for a project or a term.
    Contract,
    /// Temporary or seasonal.
    Temporary,
    /// An internship, traineeship or apprenticeship.
    Internship,
    /// Freelance.
    Freelance,
}

impl EmploymentType {
    /// The value as the API spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FullTime => "full_time",
            Self::PartTime => "part_time",
            Self::Contract => "contract",
            Self::Temporary => "temporary",
            Self::Internship => "internship",
            Self::Freelance => "freelance",
        }
    }

    /// Reads everyday words.
    pub fn understand(text: &str) -> Option<Self> {
        Some(match squash(text).as_str() {
            "fulltime" | "ft" | "permanent" | "fulltimepermanent" | "permanentfulltime" => {
                Self::FullTime
            }
            "parttime" | "pt" => Self::PartTime,
            "contract" | "contractor" | "fixedterm" | "fixedtermcontract" => Self::Contract,
            "temporary" | "temp" | "seasonal" => Self::Temporary,
            "internship" | "intern" | "traineeship" | "apprenticeship" => Self::Internship,
            "freelance" | "freelancer" | "selfemployed" => Self::Freelance,
            _ => return None,
        })
    }
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
    /// Free text, with all that has no field of its own.
    pub notes: Option<String>,
    /// Labels, each once.
    pub tags: Vec<String>,
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
