//! What a template is.

use chrono::{DateTime, Utc};
use diesel::deserialize;
use diesel::dsl::AsExprOf;
use diesel::pg::Pg;
use diesel::prelude::{AsChangeset, Insertable, IntoSql, Queryable, Selectable};
use diesel::sql_types::{Bool, Nullable, Text};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::{self, few_names, well_formed};
use crate::db::schema::templates;
use crate::http::answer::Versioned;
use crate::http::rules::one_line;
use crate::messages::MessageKind;
use crate::page_schema;

/// What a client writes: the body of POST, and what a PATCH is merged into.
#[derive(
    Debug,
    Clone,
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
#[diesel(table_name = templates, treat_none_as_default_value = false, treat_none_as_null = true, check_for_backend(Pg))]
#[schema(example = json!({
    "kind": "thank_you", "name": "After a first call", "subject": "Thank you for the call, {{ recipient_name }}",
    "body": "Dear {{ recipient_name }},\n\nThank you for the call about the {{ job_title }} position. I look forward to the next step.\n\nKind regards,\n{{ sender_name }}"
}))]
pub struct TemplateFields {
    /// What messages it is for.
    #[garde(skip)]
    pub kind: MessageKind,
    /// What it is called.
    #[garde(length(chars, min = 1, max = 100), custom(one_line))]
    #[schema(min_length = 1, max_length = 100, example = "After a first call")]
    pub name: String,
    /// The subject, on one line; may hold placeholders.
    #[garde(
        length(chars, min = 1, max = 200),
        inner(custom(one_line)),
        inner(custom(well_formed))
    )]
    #[schema(
        min_length = 1,
        max_length = 200,
        example = "Thank you for the call, {{ recipient_name }}"
    )]
    pub subject: Option<String>,
    /// The text; may hold placeholders such as `{{ company }}`, at most 50 different ones with the subject's.
    #[garde(
        length(chars, min = 1, max = 20_000),
        custom(well_formed),
        custom(few_names(self.subject.as_deref()))
    )]
    #[schema(
        min_length = 1,
        max_length = 20_000,
        example = "Dear {{ recipient_name }},\n\nThank you for the call.\n\nKind regards,\n{{ sender_name }}"
    )]
    pub body: String,
}

/// A template.
#[derive(Debug, Clone, Serialize, ToSchema, Queryable, Selectable)]
#[diesel(table_name = templates, check_for_backend(Pg))]
pub struct Template {
    /// Its id.
    #[schema(example = "019a6f11-5b7e-7a21-8c3d-4e5f60718293")]
    pub id: Uuid,
    /// What messages it is for.
    pub kind: MessageKind,
    /// What it is called.
    #[schema(max_length = 100, example = "After a first call")]
    pub name: String,
    /// The subject.
    #[schema(
        required,
        max_length = 200,
        example = "Thank you for the call, {{ recipient_name }}"
    )]
    pub subject: Option<String>,
    /// The text.
    #[schema(
        max_length = 20_000,
        example = "Dear {{ recipient_name }},\n\nThank you for the call.\n\nKind regards,\n{{ sender_name }}"
    )]
    pub body: String,
    /// The names of its placeholders in the order in which they appear.
    #[diesel(embed)]
    #[schema(value_type = Vec<PlaceholderName>, max_items = 50, example = json!(["recipient_name", "sender_name"]))]
    pub placeholders: Placeholders,
    /// Does it come with the service? Such a template is for everyone and cannot be changed.
    #[diesel(select_expression = false.into_sql::<Bool>(), select_expression_type = AsExprOf<bool, Bool>)]
    pub built_in: bool,
    /// Counts the changes, from 1.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

impl Versioned for Template {
    fn version(&self) -> i32 {
        self.version
    }
}

impl From<&Template> for TemplateFields {
    fn from(row: &Template) -> Self {
        Self {
            kind: row.kind,
            name: row.name.clone(),
            subject: row.subject.clone(),
            body: row.body.clone(),
        }
    }
}

page_schema!(TemplatePage, Template, "A page of templates.");

/// The name of a placeholder, as the document shows it.
#[derive(ToSchema)]
#[schema(max_length = 50, pattern = "^[a-z][a-z0-9_]*$", example = "company")]
#[expect(dead_code, reason = "only its schema is used")]
pub struct PlaceholderName(String);

/// The names of the placeholders of a template, read from its texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Placeholders(Vec<String>);

impl Placeholders {
    pub(super) fn of(subject: Option<&str>, body: &str) -> Self {
        Self(rules::names(subject, body))
    }

    /// Is there one with this name?
    pub fn contains(&self, name: &str) -> bool {
        self.0.iter().any(|known| known == name)
    }
}

impl Queryable<(Nullable<Text>, Text), Pg> for Placeholders {
    type Row = (Option<String>, String);

    fn build((subject, body): Self::Row) -> deserialize::Result<Self> {
        Ok(Self::of(subject.as_deref(), &body))
    }
}

impl Selectable<Pg> for Placeholders {
    type SelectExpression = (templates::subject, templates::body);

    fn construct_selection() -> Self::SelectExpression {
        (templates::subject, templates::body)
    }
}
