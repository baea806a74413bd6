//! The operations on templates.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, delete, get, patch, post};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::model::{PlaceholderName, Template, TemplateFields, TemplatePage};
use super::variables::Variables;
use super::{built_in, fill_in, find, queries};
use crate::events::{self, Event};
use crate::http::answer::Answer;
use crate::http::body::{Body, Patch};
use crate::http::caller::{Caller, Id};
use crate::http::error::{Error, Result};
use crate::http::page::Window;
use crate::http::params::{Params, many};
use crate::http::problems;
use crate::http::rules::sane_instant;
use crate::messages::MessageKind;
use crate::text_enum;

text_enum! {
    /// How a list of templates is sorted.
    pub enum TemplateSort {
        /// Newest first.
        CreatedAtDescending = "-created_at",
        /// Oldest first.
        CreatedAt = "created_at",
        /// Changed last first.
        UpdatedAtDescending = "-updated_at",
        /// Changed last at the end.
        UpdatedAt = "updated_at",
    }
}

/// Which templates.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TemplateQuery {
    /// For one of these kinds of message; repeat it or separate by commas.
    #[serde(default, deserialize_with = "many")]
    #[garde(length(max = 4))]
    #[param(max_items = 4)]
    pub(super) kind: Vec<MessageKind>,
    /// Only those that come with the service, or only your own.
    #[garde(skip)]
    built_in: Option<bool>,
    /// Created after this instant.
    #[garde(custom(sane_instant))]
    pub(super) created_after: Option<DateTime<Utc>>,
    /// Changed after this instant.
    #[garde(custom(sane_instant))]
    pub(super) updated_after: Option<DateTime<Utc>>,
    /// The order; newest first without it.
    #[garde(skip)]
    #[param(inline)]
    sort: Option<TemplateSort>,
    /// Rows on the page.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 25)]
    limit: Option<i64>,
    /// The next_cursor of the page before.
    #[garde(length(max = 2000))]
    #[param(max_length = 2000)]
    cursor: Option<String>,
}

impl TemplateQuery {
    /// Is it one of the few combinations of filters that lists are asked for again and again?
    pub(super) fn is_usual(&self) -> bool {
        self.created_after.is_none() && self.updated_after.is_none()
    }

    /// Do the filters let a template through?
    pub(super) fn takes(&self, template: &Template) -> bool {
        self.built_in.is_none_or(|it| it == template.built_in)
            && (self.kind.is_empty() || self.kind.contains(&template.kind))
            && self.created_after.is_none_or(|it| template.created_at > it)
            && self.updated_after.is_none_or(|it| template.updated_at > it)
    }
}

/// Values for a template.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"variables": {"recipient_name": "Ms. Okafor", "job_title": "Backend Engineer"}}))]
pub struct RenderTemplate {
    /// Values by the name of their placeholder. One that the subject uses has one line.
    #[garde(dive)]
    variables: Variables,
}

/// A template with the values in it.
#[derive(Debug, Serialize, ToSchema)]
pub struct RenderedTemplate {
    /// The subject.
    #[schema(
        required,
        max_length = 200,
        example = "Thank you for the call, Ms. Okafor"
    )]
    subject: Option<String>,
    /// The text.
    #[schema(
        max_length = 20_000,
        example = "Dear Ms. Okafor,\n\nThank you for the call.\n\nKind regards,\n{{ sender_name }}"
    )]
    body: String,
    /// Placeholders without a value; they are still in the text.
    #[schema(value_type = Vec<PlaceholderName>, max_items = 50, example = json!(["sender_name"]))]
    missing: Vec<String>,
    /// Values without a placeholder.
    #[schema(value_type = Vec<PlaceholderName>, max_items = 50, example = json!([]))]
    unknown: Vec<String>,
}

fn read_only() -> Error {
    problems::TEMPLATE_READ_ONLY
        .because("This template comes with the service; make one of your own from its text.")
        .into()
}

/// Add a template
///
/// Its subject and text may hold placeholders such as `{{ company }}`: a name in lower snake case between
/// double braces. There is no logic in a template. `company`, `job_title`, `recipient_name` and
/// `sender_name` are filled in by themselves when a message is made from it.
#[utoipa::path(tag = "Templates", request_body = TemplateFields,
    responses((status = 201, description = "The template.", body = Template)))]
#[post("/v1/templates")]
pub async fn create_template(caller: Caller, body: Body<TemplateFields>) -> Result<HttpResponse> {
    caller
        .post(body.fingerprint, move |tx, _| {
            let template = queries::insert(tx, &body.value)?;
            events::record(tx, &Event::new("template.created", template.id))?;
            Answer::created(format!("/v1/templates/{}", template.id), &template)
        })
        .await
}

/// List templates
///
/// Your own and those that come with the service, in one order.
#[utoipa::path(tag = "Templates", params(TemplateQuery),
    responses((status = 200, description = "A page of templates.", body = TemplatePage)))]
#[get("/v1/templates")]
pub async fn list_templates(
    caller: Caller,
    Params(query): Params<TemplateQuery>,
) -> Result<HttpResponse> {
    let sort = query.sort.unwrap_or(TemplateSort::CreatedAtDescending);
    let window = Window::new(query.limit, sort.as_str(), query.cursor.as_deref())?;
    caller
        .list(move |tx| {
            let own = match query.built_in {
                Some(true) => Vec::new(),
                _ => queries::list(tx.conn, tx.owner, &query, &window)?,
            };
            let rows = built_in::merged(own, &query, &window)?;
            Ok(window.page(rows, |row| built_in::place(row, &window.sort)))
        })
        .await
}

/// Show a template
///
/// A built-in one or one of your own, with the variables that its text asks for.
#[utoipa::path(tag = "Templates", params(("id" = Uuid, Path, description = "Id of the template.")),
    responses((status = 200, description = "The template.", body = Template)))]
#[get("/v1/templates/{id}")]
pub async fn get_template(caller: Caller, Id(id): Id) -> Result<HttpResponse> {
    caller.get(move |tx| find(tx.conn, tx.owner, id)).await
}

/// Change a template
///
/// A merge patch: null clears a field, an absent one keeps its value. Messages that were made from it
/// stay as they are.
#[utoipa::path(tag = "Templates", params(("id" = Uuid, Path, description = "Id of the template.")),
    request_body(content((TemplateFields = "application/merge-patch+json"), (TemplateFields = "application/json"))),
    responses(
        (status = 200, description = "The template.", body = Template),
        (status = 403, description = "`template_read_only`: it comes with the service.")))]
#[patch("/v1/templates/{id}")]
pub async fn update_template(
    caller: Caller,
    Id(id): Id,
    patch: Patch<TemplateFields>,
) -> Result<HttpResponse> {
    caller
        .change(move |tx, precondition| {
            if built_in::find(id).is_some() {
                return Err(read_only());
            }
            let current = queries::lock(tx.conn, tx.owner, id)?;
            precondition.check(&current)?;
            let fields = patch.apply(&TemplateFields::from(&current))?;
            let template = queries::update(tx, id, &fields)?;
            events::record(tx, &Event::new("template.updated", id))?;
            Answer::resource(&template)
        })
        .await
}

/// Remove a template
///
/// Messages that were made from it stay.
#[utoipa::path(tag = "Templates", params(("id" = Uuid, Path, description = "Id of the template.")),
    responses(
        (status = 204, description = "It is gone."),
        (status = 403, description = "`template_read_only`: it comes with the service.")))]
#[delete("/v1/templates/{id}")]
pub async fn delete_template(caller: Caller, Id(id): Id) -> Result<HttpResponse> {
    caller
        .delete(move |tx, precondition| {
            if built_in::find(id).is_some() {
                return Err(read_only());
            }
            let current = queries::lock(tx.conn, tx.owner, id)?;
            precondition.check(&current)?;
            queries::delete(tx, id)?;
            events::record(tx, &Event::new("template.deleted", id))
        })
        .await
}

/// Fill in a template
///
/// Shows what a message from it would say. A value goes in as it is: braces inside of a value are a text
/// like any other. Placeholders without a value stay in the text. Nothing is kept.
#[utoipa::path(tag = "Templates", params(("id" = Uuid, Path, description = "Id of the template.")),
    request_body = RenderTemplate,
    responses((status = 200, description = "The texts.", body = RenderedTemplate)))]
#[post("/v1/templates/{id}/render")]
pub async fn render_template(
    caller: Caller,
    Id(id): Id,
    body: Body<RenderTemplate>,
) -> Result<HttpResponse> {
    let Variables(values) = body.value.variables;
    caller
        .post(body.fingerprint, move |tx, _| {
            let template = find(tx.conn, tx.owner, id)?;
            let filled = fill_in(template.subject.as_deref(), &template.body, &values)
                .map_err(Error::invalid)?;
            let rendered = RenderedTemplate {
                subject: filled.subject,
                body: filled.body,
                missing: filled.missing,
                unknown: filled.unknown,
            };
            Answer::document(StatusCode::OK, &rendered)
        })
        .await
}
