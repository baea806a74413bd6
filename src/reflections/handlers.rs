//! The operations on reflections.

use actix_web::{HttpResponse, delete, get, patch, post};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::model::{Reflection, ReflectionFields, ReflectionPage};
use super::{create, queries, record, rules};
use crate::db::Tx;
use crate::db::pipeline::Select;
use crate::http::answer::Answer;
use crate::http::body::{Body, Patch};
use crate::http::caller::{Caller, Id};
use crate::http::error::Result;
use crate::http::page::{Page, Window};
use crate::http::params::Params;
use crate::http::rules::sane_instant;
use crate::suggestions::{self, SuggestedGoalPage, SuggestionSource};
use crate::text_enum;

text_enum! {
    /// How a list of reflections is sorted.
    pub enum ReflectionSort {
        /// Written last first.
        CreatedAtDescending = "-created_at",
        /// Written first first.
        CreatedAt = "created_at",
        /// Changed last first.
        UpdatedAtDescending = "-updated_at",
        /// Changed last at the end.
        UpdatedAt = "updated_at",
    }
}

/// Which reflections.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReflectionQuery {
    /// About this application.
    #[garde(skip)]
    pub(super) application_id: Option<Uuid>,
    /// Created after this instant.
    #[garde(custom(sane_instant))]
    pub(super) created_after: Option<DateTime<Utc>>,
    /// Changed after this instant.
    #[garde(custom(sane_instant))]
    pub(super) updated_after: Option<DateTime<Utc>>,
    /// The order; written last first without it.
    #[garde(skip)]
    #[param(inline)]
    sort: Option<ReflectionSort>,
    /// Rows on the page.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 25)]
    limit: Option<i64>,
    /// The next_cursor of the page before.
    #[garde(length(max = 2000))]
    #[param(max_length = 2000)]
    cursor: Option<String>,
}

impl ReflectionQuery {
    /// The page that is asked for.
    pub fn window(&self) -> Result<Window> {
        let sort = self.sort.unwrap_or(ReflectionSort::CreatedAtDescending);
        Window::new(self.limit, sort.as_str(), self.cursor.as_deref())
    }

    /// Is it one of the few combinations of filters that lists are asked for again and again?
    pub(super) fn is_usual(&self) -> bool {
        self.created_after.is_none() && self.updated_after.is_none()
    }
}

/// Write a reflection
///
/// What one takes from it: about one of your applications, or free-standing. Every question may stay
/// open, but one of them is answered. Skills that are missing speak for themselves; with
/// `skills_lacking: no` there are none.
#[utoipa::path(tag = "Reflections", request_body = ReflectionFields,
    responses(
        (status = 201, description = "The reflection.", body = Reflection),
        (status = 404, description = "`not_found`: there is no such application.")))]
#[post("/v1/reflections")]
pub async fn create_reflection(
    caller: Caller,
    body: Body<ReflectionFields>,
) -> Result<HttpResponse> {
    caller
        .post(body.fingerprint, move |tx, _| {
            let reflection = create(tx, &body.value)?;
            Answer::created(format!("/v1/reflections/{}", reflection.id), &reflection)
        })
        .await
}

/// A page of reflections.
pub fn page(tx: &mut Tx<'_>, query: &ReflectionQuery, window: &Window) -> Result<Page<Reflection>> {
    let rows = queries::list(tx.owner, query, window)?.rows(tx.conn)?;
    Ok(window.page(rows, |row| queries::place(row, &window.sort)))
}

/// List reflections
///
/// All of them, or those about one application.
#[utoipa::path(tag = "Reflections", params(ReflectionQuery),
    responses((status = 200, description = "A page of reflections.", body = ReflectionPage)))]
#[get("/v1/reflections")]
pub async fn list_reflections(
    caller: Caller,
    Params(query): Params<ReflectionQuery>,
) -> Result<HttpResponse> {
    let window = query.window()?;
    let select = move |owner, _, window: &Window| queries::list(owner, &query, window);
    caller.list_found(window, select, queries::place).await
}

/// Show a reflection
///
/// What one took from an application, or from the search as a whole. The small goals that follow from it are
/// at `/v1/reflections/{id}/suggested-goals`.
#[utoipa::path(tag = "Reflections", params(("id" = Uuid, Path, description = "Id of the reflection.")),
    responses((status = 200, description = "The reflection.", body = Reflection)))]
#[get("/v1/reflections/{id}")]
pub async fn get_reflection(caller: Caller, Id(id): Id) -> Result<HttpResponse> {
    caller.get_one(move |owner| queries::one(owner, id)).await
}

/// Change a reflection
///
/// A merge patch: null clears a field, an absent one keeps its value. It may also be moved to another
/// application, or away from one.
#[utoipa::path(tag = "Reflections", params(("id" = Uuid, Path, description = "Id of the reflection.")),
    request_body(content((ReflectionFields = "application/merge-patch+json"), (ReflectionFields = "application/json"))),
    responses((status = 200, description = "The reflection.", body = Reflection)))]
#[patch("/v1/reflections/{id}")]
pub async fn update_reflection(
    caller: Caller,
    Id(id): Id,
    patch: Patch<ReflectionFields>,
) -> Result<HttpResponse> {
    caller
        .change(move |tx, precondition| {
            let current = queries::lock(tx.conn, tx.owner, id)?;
            precondition.check(&current)?;
            let fields = patch.apply(&ReflectionFields::from(&current))?;
            let reflection = queries::update(tx, id, &fields)?;
            record(tx, "reflection.updated", &reflection)?;
            Answer::resource(&reflection)
        })
        .await
}

/// Remove a reflection
///
/// Goals that grew from it stay.
#[utoipa::path(tag = "Reflections", params(("id" = Uuid, Path, description = "Id of the reflection.")),
    responses((status = 204, description = "It is gone.")))]
#[delete("/v1/reflections/{id}")]
pub async fn delete_reflection(caller: Caller, Id(id): Id) -> Result<HttpResponse> {
    caller
        .delete(move |tx, precondition| {
            let current = queries::lock(tx.conn, tx.owner, id)?;
            precondition.check(&current)?;
            queries::delete(tx, id)?;
            record(tx, "reflection.deleted", &current)
        })
        .await
}

/// Suggest goals from a reflection
///
/// At most six small goals, each with its reason in what was said; the same words always give the same
/// ones. What went as it should suggests nothing. To accept one, send its `goal` to `POST /v1/goals`.
#[utoipa::path(tag = "Reflections", params(("id" = Uuid, Path, description = "Id of the reflection.")),
    responses((status = 200, description = "The suggested goals, all on one page.", body = SuggestedGoalPage)))]
#[get("/v1/reflections/{id}/suggested-goals")]
pub async fn suggest_goals_from_reflection(caller: Caller, Id(id): Id) -> Result<HttpResponse> {
    caller
        .list(move |tx| {
            let reflection = queries::one(tx.owner, id).row(tx.conn)?;
            let ideas = rules::suggest(&ReflectionFields::from(&reflection));
            Ok(suggestions::page(ideas, SuggestionSource::Reflection, id))
        })
        .await
}
