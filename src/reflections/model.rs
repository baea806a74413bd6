//! What a reflection is.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::{AsChangeset, Insertable, Queryable, Selectable};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules;
use crate::db::schema::reflections;
use crate::http::answer::Versioned;
use crate::{page_schema, text_enum};

text_enum! {
    /// An answer to a question about oneself.
    pub enum Assessment {
        /// Yes.
        Yes = "yes",
        /// Partly.
        Partly = "partly",
        /// No.
        No = "no",
    }
}

text_enum! {
    /// What one wants to work on.
    pub enum ImprovementArea {
        /// The resume.
        ResumeReview = "resume_review",
        /// Interviews.
        InterviewPractice = "interview_practice",
        /// Skills.
        SkillDevelopment = "skill_development",
        /// Knowing the company.
        CompanyResearch = "company_research",
        /// People.
        Networking = "networking",
        /// How one is.
        Wellbeing = "wellbeing",
    }
}

/// What a client writes: the body of POST, and what a PATCH is merged into.
#[derive(
    Debug,
    Clone,
    Default,
    Serialize,
    Deserialize,
    Validate,
    ToSchema,
    Queryable,
    Selectable,
    Insertable,
    AsChangeset,
)]
#[serde(deny_unknown_fields)]
#[garde(custom(rules::says_something))]
#[diesel(table_name = reflections, treat_none_as_default_value = false, treat_none_as_null = true, check_for_backend(Pg))]
#[schema(example = json!({
    "application_id": "019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55", "resume_tailored": "partly",
    "company_researched": "yes", "skills_lacking": "yes", "missing_skills": ["kubernetes"],
    "what_went_well": "I stayed calm when I did not know an answer.", "improvements": ["interview_practice"]
}))]
pub struct ReflectionFields {
    /// The application that it is about; without it the reflection stands by itself.
    #[garde(skip)]
    #[schema(example = "019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55")]
    pub application_id: Option<Uuid>,
    /// Was the resume tailored to the job?
    #[garde(skip)]
    pub resume_tailored: Option<Assessment>,
    /// Was the company researched?
    #[garde(skip)]
    pub company_researched: Option<Assessment>,
    /// Were skills lacking? With `no` there are no missing_skills.
    #[garde(skip)]
    pub skills_lacking: Option<Assessment>,
    /// Which skills were missing. They speak for themselves: skills_lacking may be left out.
    #[serde(default)]
    #[garde(
        length(max = 20),
        inner(length(chars, min = 1, max = 100)),
        custom(rules::fits_lacking(self.skills_lacking))
    )]
    #[schema(value_type = Vec<MissingSkill>, max_items = 20, example = json!(["kubernetes"]))]
    pub missing_skills: Vec<String>,
    /// What nobody could have changed.
    #[garde(length(chars, min = 1, max = 10_000))]
    #[schema(
        min_length = 1,
        max_length = 10_000,
        example = "The position was filled from within."
    )]
    pub outside_my_control: Option<String>,
    /// What went well.
    #[garde(length(chars, min = 1, max = 10_000))]
    #[schema(
        min_length = 1,
        max_length = 10_000,
        example = "I stayed calm when I did not know an answer."
    )]
    pub what_went_well: Option<String>,
    /// What to work on, each once.
    #[serde(default)]
    #[garde(length(max = 6), custom(rules::each_once))]
    #[schema(value_type = std::collections::BTreeSet<ImprovementArea>, max_items = 6, example = json!(["interview_practice"]))]
    pub improvements: Vec<ImprovementArea>,
}

/// A skill that was missing, as the document shows it.
#[derive(ToSchema)]
#[schema(min_length = 1, max_length = 100, example = "kubernetes")]
#[expect(dead_code, reason = "only its schema is used")]
pub struct MissingSkill(String);

/// A reflection.
#[derive(Debug, Clone, Serialize, ToSchema, Queryable, Selectable)]
#[diesel(table_name = reflections, check_for_backend(Pg))]
pub struct Reflection {
    /// Its id.
    #[schema(example = "019a6f2a-5b6c-7d8e-9f01-23456789abcd")]
    pub id: Uuid,
    /// The application that it is about.
    #[schema(required, example = "019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55")]
    pub application_id: Option<Uuid>,
    /// Was the resume tailored to the job?
    #[schema(required)]
    pub resume_tailored: Option<Assessment>,
    /// Was the company researched?
    #[schema(required)]
    pub company_researched: Option<Assessment>,
    /// Were skills lacking?
    #[schema(required)]
    pub skills_lacking: Option<Assessment>,
    /// Which skills were missing.
    #[schema(value_type = Vec<MissingSkill>, max_items = 20, example = json!(["kubernetes"]))]
    pub missing_skills: Vec<String>,
    /// What nobody could have changed.
    #[schema(
        required,
        max_length = 10_000,
        example = "The position was filled from within."
    )]
    pub outside_my_control: Option<String>,
    /// What went well.
    #[schema(
        required,
        max_length = 10_000,
        example = "I stayed calm when I did not know an answer."
    )]
    pub what_went_well: Option<String>,
    /// What to work on.
    #[schema(value_type = std::collections::BTreeSet<ImprovementArea>, max_items = 6, example = json!(["interview_practice"]))]
    pub improvements: Vec<ImprovementArea>,
    /// Counts the changes, from 1.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

impl Versioned for Reflection {
    fn version(&self) -> i32 {
        self.version
    }
}

impl From<&Reflection> for ReflectionFields {
    fn from(row: &Reflection) -> Self {
        let row = row.clone();
        Self {
            application_id: row.application_id,
            resume_tailored: row.resume_tailored,
            company_researched: row.company_researched,
            skills_lacking: row.skills_lacking,
            missing_skills: row.missing_skills,
            outside_my_control: row.outside_my_control,
            what_went_well: row.what_went_well,
            improvements: row.improvements,
        }
    }
}

page_schema!(ReflectionPage, Reflection, "A page of reflections.");
