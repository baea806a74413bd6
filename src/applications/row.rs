//! An application as it is stored: without what follows from its status and its skills.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::deserialize::{self, Queryable};
use diesel::pg::Pg;
use diesel::prelude::Selectable;
use uuid::Uuid;

use super::model::{Application, EmploymentType, Fit, SalaryPeriod, WorkMode};
use super::rules::{Stage, Status};
use crate::db::schema::applications;

/// The columns that an [`Application`] is made of, each read once.
#[derive(Queryable, Selectable)]
#[diesel(table_name = applications, check_for_backend(Pg))]
pub struct ApplicationRow {
    id: Uuid,
    external_id: Option<String>,
    company: String,
    job_title: String,
    status: Status,
    status_since: DateTime<Utc>,
    furthest_stage: Stage,
    url: Option<String>,
    source: Option<String>,
    location: Option<String>,
    work_mode: Option<WorkMode>,
    employment_type: Option<EmploymentType>,
    salary_min: Option<i64>,
    salary_max: Option<i64>,
    salary_currency: Option<String>,
    salary_period: Option<SalaryPeriod>,
    resume_version: Option<String>,
    tailored: Option<bool>,
    required_skills: Vec<String>,
    own_skills: Vec<String>,
    applied_on: Option<NaiveDate>,
    next_action_on: Option<NaiveDate>,
    contact: Option<String>,
    notes: Option<String>,
    tags: Vec<String>,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<ApplicationRow> for Application {
    fn from(row: ApplicationRow) -> Self {
        Self {
            allowed_transitions: row.status.allowed(),
            allowed_by_reopen: row.status.allowed_by_reopen(),
            fit: Fit::of(&row.required_skills, &row.own_skills),
            id: row.id,
            external_id: row.external_id,
            company: row.company,
            job_title: row.job_title,
            status: row.status,
            status_since: row.status_since,
            furthest_stage: row.furthest_stage,
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
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

impl<ST> Queryable<ST, Pg> for Application
where
    ApplicationRow: Queryable<ST, Pg>,
{
    type Row = <ApplicationRow as Queryable<ST, Pg>>::Row;

    fn build(row: Self::Row) -> deserialize::Result<Self> {
        Ok(ApplicationRow::build(row)?.into())
    }
}

impl Selectable<Pg> for Application {
    type SelectExpression = <ApplicationRow as Selectable<Pg>>::SelectExpression;

    fn construct_selection() -> Self::SelectExpression {
        <ApplicationRow as Selectable<Pg>>::construct_selection()
    }
}
