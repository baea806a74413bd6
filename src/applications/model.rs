//! What an application is: its row, what a client may write, what the API answers.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::{AsChangeset, Insertable};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::{Stage, Status};
use crate::db::schema::applications;
use crate::http::answer::{Versioned, instant};
use crate::http::rules::{currency, sane_date, web_address};
use crate::{page_schema, text_enum};

text_enum! {
    /// Where the work is done.
    pub enum WorkMode {
        /// At the company.
        OnSite = "on_site",
        /// Partly at the company.
        Hybrid = "hybrid",
        /// Anywhere.
        Remote = "remote",
    }
}

text_enum! {
    /// The kind of contract.
    pub enum EmploymentType {
        /// Full time.
        FullTime = "full_time",
        /// Part time.
        PartTime = "part_time",
        /// As a contractor.
        Contract = "contract",
        /// For a limited time.
        Temporary = "temporary",
        /// Internship.
        Internship = "internship",
        /// Apprenticeship.
        Apprenticeship = "apprenticeship",
        /// Without pay.
        Volunteer = "volunteer",
        /// Something else.
        Other = "other",
    }
}

text_enum! {
    /// The time that a salary is paid for.
    pub enum SalaryPeriod {
        /// An hour.
        Hour = "hour",
        /// A day.
        Day = "day",
        /// A week.
        Week = "week",
        /// A month.
        Month = "month",
        /// A year.
        Year = "year",
    }
}

/// What a client writes: the body of POST and PUT, and what a PATCH is merged into.
#[derive(
    Debug, Clone, Default, Serialize, Deserialize, Validate, ToSchema, Insertable, AsChangeset,
)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = applications, treat_none_as_default_value = false, treat_none_as_null = true)]
#[schema(example = json!({
    "company": "Kite & Anchor", "job_title": "Backend Engineer", "source": "Referral", "location": "Lyon",
    "work_mode": "hybrid", "applied_on": "2026-03-05", "tags": ["rust"], "tailored": true
}))]
pub struct ApplicationFields {
    /// Your own id for it; unique among your applications.
    #[garde(length(chars, min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "sheet-17")]
    pub external_id: Option<String>,
    /// The company.
    #[garde(length(chars, min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "Kite & Anchor")]
    pub company: String,
    /// The position.
    #[garde(length(chars, min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "Backend Engineer")]
    pub job_title: String,
    /// The posting.
    #[garde(length(chars, min = 1, max = 2000), custom(web_address))]
    #[schema(
        min_length = 1,
        max_length = 2000,
        format = "url",
        pattern = "^https?://",
        example = "https://jobs.example/x/1"
    )]
    pub url: Option<String>,
    /// Where it was found.
    #[garde(length(chars, min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "Referral")]
    pub source: Option<String>,
    /// Where the work is.
    #[garde(length(chars, min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "Lyon")]
    pub location: Option<String>,
    /// Where the work is done.
    #[garde(skip)]
    pub work_mode: Option<WorkMode>,
    /// The kind of contract.
    #[garde(skip)]
    pub employment_type: Option<EmploymentType>,
    /// Lower end of the salary, in whole units of the currency.
    #[garde(range(min = 0, max = 1_000_000_000_000))]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64, example = 55_000)]
    pub salary_min: Option<i64>,
    /// Upper end of the salary, not below the lower one.
    #[garde(range(min = 0, max = 1_000_000_000_000), custom(not_below(self.salary_min)))]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64, example = 65_000)]
    pub salary_max: Option<i64>,
    /// Currency of the salary (ISO 4217).
    #[garde(custom(currency))]
    #[schema(
        min_length = 3,
        max_length = 3,
        pattern = "^[A-Z]{3}$",
        example = "EUR"
    )]
    pub salary_currency: Option<String>,
    /// The time that the salary is paid for.
    #[garde(skip)]
    pub salary_period: Option<SalaryPeriod>,
    /// Which version of the resume was sent.
    #[garde(length(chars, min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "2026-02 backend")]
    pub resume_version: Option<String>,
    /// Was the resume tailored to this job?
    #[garde(skip)]
    pub tailored: Option<bool>,
    /// Skills that the posting asks for.
    #[serde(default)]
    #[garde(length(max = 50), inner(length(chars, min = 1, max = 100)))]
    #[schema(value_type = Vec<Skill>, max_items = 50, example = json!(["rust", "sql"]))]
    pub required_skills: Vec<String>,
    /// Which of them one has.
    #[serde(default)]
    #[garde(length(max = 50), inner(length(chars, min = 1, max = 100)))]
    #[schema(value_type = Vec<Skill>, max_items = 50, example = json!(["rust"]))]
    pub own_skills: Vec<String>,
    /// The local day on which one applied; not in the future.
    #[garde(custom(sane_date))]
    #[schema(example = "2026-03-05")]
    pub applied_on: Option<NaiveDate>,
    /// The local day on which to look at it again.
    #[garde(custom(sane_date))]
    #[schema(example = "2026-03-19")]
    pub next_action_on: Option<NaiveDate>,
    /// Who to talk to.
    #[garde(length(chars, min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "Ms. Okafor, talent team")]
    pub contact: Option<String>,
    /// Anything worth keeping.
    #[garde(length(chars, min = 1, max = 10_000))]
    #[schema(
        min_length = 1,
        max_length = 10_000,
        example = "They value plain writing."
    )]
    pub notes: Option<String>,
    /// Your own words to sort by.
    #[serde(default)]
    #[garde(length(max = 20), inner(length(chars, min = 1, max = 50)))]
    #[schema(value_type = Vec<Tag>, max_items = 20, example = json!(["rust", "dream job"]))]
    pub tags: Vec<String>,
    /// Where it stands. Without it `applied` when applied_on is given, else `saved`. A PATCH refuses it.
    #[garde(skip)]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[diesel(skip_insertion, skip_update)]
    pub status: Option<Status>,
}

/// A skill, as the document shows it.
#[derive(ToSchema)]
#[schema(min_length = 1, max_length = 100, example = "rust")]
#[expect(dead_code, reason = "only its schema is used")]
pub struct Skill(String);

/// A word of one's own to sort by, as the document shows it.
#[derive(ToSchema)]
#[schema(min_length = 1, max_length = 50, example = "dream job")]
#[expect(dead_code, reason = "only its schema is used")]
pub struct Tag(String);

fn not_below(least: Option<i64>) -> impl FnOnce(&Option<i64>, &()) -> garde::Result {
    move |most, ()| match (least, most) {
        (Some(least), Some(most)) if *most < least => {
            Err(garde::Error::new("too_small: Not below salary_min."))
        }
        _ => Ok(()),
    }
}

/// An application.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Application {
    /// Its id.
    #[schema(example = "019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55")]
    pub id: Uuid,
    /// Your own id for it.
    #[schema(required, max_length = 200, example = "sheet-17")]
    pub external_id: Option<String>,
    /// The company.
    #[schema(max_length = 200, example = "Kite & Anchor")]
    pub company: String,
    /// The position.
    #[schema(max_length = 200, example = "Backend Engineer")]
    pub job_title: String,
    /// Where it stands.
    #[schema(example = "interviewing")]
    pub status: Status,
    /// When the present status began.
    #[serde(serialize_with = "instant")]
    pub status_since: DateTime<Utc>,
    /// How far it got, whatever became of it.
    #[schema(example = "interviewing")]
    pub furthest_stage: Stage,
    /// Where it may go by an ordinary move.
    #[schema(value_type = Vec<Status>, max_items = 10, example = json!(["offer", "rejected", "ghosted", "withdrawn"]))]
    pub allowed_transitions: &'static [Status],
    /// Where it may go by a reopen with a note.
    #[schema(value_type = Vec<Status>, max_items = 10, example = json!([]))]
    pub allowed_by_reopen: &'static [Status],
    /// The posting.
    #[schema(required, max_length = 2000, example = "https://jobs.example/x/1")]
    pub url: Option<String>,
    /// Where it was found.
    #[schema(required, max_length = 100, example = "Referral")]
    pub source: Option<String>,
    /// Where the work is.
    #[schema(required, max_length = 200, example = "Lyon")]
    pub location: Option<String>,
    /// Where the work is done.
    #[schema(required)]
    pub work_mode: Option<WorkMode>,
    /// The kind of contract.
    #[schema(required)]
    pub employment_type: Option<EmploymentType>,
    /// Lower end of the salary.
    #[schema(
        required,
        minimum = 0,
        maximum = 1_000_000_000_000_i64,
        example = 55_000
    )]
    pub salary_min: Option<i64>,
    /// Upper end of the salary.
    #[schema(
        required,
        minimum = 0,
        maximum = 1_000_000_000_000_i64,
        example = 65_000
    )]
    pub salary_max: Option<i64>,
    /// Currency of the salary (ISO 4217).
    #[schema(required, max_length = 3, example = "EUR")]
    pub salary_currency: Option<String>,
    /// The time that the salary is paid for.
    #[schema(required)]
    pub salary_period: Option<SalaryPeriod>,
    /// Which version of the resume was sent.
    #[schema(required, max_length = 100, example = "2026-02 backend")]
    pub resume_version: Option<String>,
    /// Was the resume tailored to this job?
    #[schema(required)]
    pub tailored: Option<bool>,
    /// Skills that the posting asks for.
    #[schema(value_type = Vec<Skill>, max_items = 50, example = json!(["rust", "sql"]))]
    pub required_skills: Vec<String>,
    /// Which of them one has.
    #[schema(value_type = Vec<Skill>, max_items = 50, example = json!(["rust"]))]
    pub own_skills: Vec<String>,
    /// How well the skills fit.
    pub fit: Fit,
    /// The local day on which one applied.
    #[schema(required, example = "2026-03-05")]
    pub applied_on: Option<NaiveDate>,
    /// The local day on which to look at it again.
    #[schema(required, example = "2026-03-19")]
    pub next_action_on: Option<NaiveDate>,
    /// Who to talk to.
    #[schema(required, max_length = 200, example = "Ms. Okafor, talent team")]
    pub contact: Option<String>,
    /// Anything worth keeping.
    #[schema(required, max_length = 10_000, example = "They value plain writing.")]
    pub notes: Option<String>,
    /// Your own words to sort by.
    #[schema(value_type = Vec<Tag>, max_items = 20, example = json!(["rust", "dream job"]))]
    pub tags: Vec<String>,
    /// Counts the changes, from 1.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// When it was created.
    #[serde(serialize_with = "instant")]
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    #[serde(serialize_with = "instant")]
    pub updated_at: DateTime<Utc>,
}

impl Versioned for Application {
    fn version(&self) -> i32 {
        self.version
    }
}

impl From<&Application> for ApplicationFields {
    fn from(row: &Application) -> Self {
        let row = row.clone();
        Self {
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
            status: None,
        }
    }
}

page_schema!(ApplicationPage, Application, "A page of applications.");

/// How well one's skills fit what a posting asks for; compared without regard to case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Fit {
    /// Skills that the posting asks for.
    #[schema(minimum = 0, maximum = 50, example = 2)]
    required: usize,
    /// How many of them one has.
    #[schema(minimum = 0, maximum = 50, example = 1)]
    covered: usize,
    /// Those that are missing.
    #[schema(value_type = Vec<Skill>, max_items = 50, example = json!(["sql"]))]
    missing: Vec<String>,
}

impl Fit {
    pub(super) fn of(required: &[String], own: &[String]) -> Self {
        let own: Vec<String> = own.iter().map(|skill| skill.to_lowercase()).collect();
        let is_missing = |skill: &&String| !own.contains(&skill.to_lowercase());
        let missing: Vec<String> = required.iter().filter(is_missing).cloned().collect();
        Self {
            required: required.len(),
            covered: required.len() - missing.len(),
            missing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skills_are_compared_without_regard_to_case() {
        let fit = Fit::of(
            &["Rust".into(), "SQL".into()],
            &["rust".into(), "go".into()],
        );
        assert_eq!(
            fit,
            Fit {
                required: 2,
                covered: 1,
                missing: vec!["SQL".into()]
            }
        );
    }
}
