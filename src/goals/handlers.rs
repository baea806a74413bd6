//! The operations on goals.

use actix_web::{HttpResponse, delete, get, patch, post};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::model::{Goal, GoalChanges, GoalFields, GoalOriginType, GoalPage};
use super::rules::GoalStatus;
use super::writes::{self, Outcome};
use super::{progress, queries};
use crate::account::preferences;
use crate::db::Tx;
use crate::http::answer::Answer;
use crate::http::body::{Body, Patch};
use crate::http::caller::{Caller, Id};
use crate::http::error::Result;
use crate::http::page::{Page, Window};
use crate::http::params::{Params, many};
use crate::http::rules::sane_instant;
use crate::suggestions::GoalCategory;
use crate::text_enum;

text_enum! {
    /// How a list of goals is sorted.
    pub enum GoalSort {
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

/// Which goals.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct GoalQuery {
    /// With one of these statuses; repeat it or separate by commas.
    #[serde(default, deserialize_with = "many")]
    #[garde(length(max = 4))]
    #[param(max_items = 4)]
    pub(super) status: Vec<GoalStatus>,
    /// About one of these; repeat it or separate by commas.
    #[serde(default, deserialize_with = "many")]
    #[garde(length(max = 10))]
    #[param(max_items = 10)]
    pub(super) category: Vec<GoalCategory>,
    /// Grown from this kind of thing, be it still there or not.
    #[garde(skip)]
    #[param(inline)]
    pub(super) origin_type: Option<GoalOriginType>,
    /// Created after this instant.
    #[garde(custom(sane_instant))]
    pub(super) created_after: Option<DateTime<Utc>>,
    /// Changed after this instant. A check-in does not change its goal.
    #[garde(custom(sane_instant))]
    pub(super) updated_after: Option<DateTime<Utc>>,
    /// The order; newest first without it.
    #[garde(skip)]
    #[param(inline)]
    sort: Option<GoalSort>,
    /// Rows on the page.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 25)]
    limit: Option<i64>,
    /// The next_cursor of the page before.
    #[garde(length(max = 2000))]
    #[param(max_length = 2000)]
    cursor: Option<String>,
}

impl GoalQuery {
    /// The page that is asked for.
    pub fn window(&self) -> Result<Window> {
        let sort = self.sort.unwrap_or(GoalSort::CreatedAtDescending);
        Window::new(self.limit, sort.as_str(), self.cursor.as_deref())
    }

    /// Is it one of the few combinations of filters that lists are asked for again and again?
    pub(super) fn is_usual(&self) -> bool {
        self.created_after.is_none() && self.updated_after.is_none()
    }
}

/// A move of a goal.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"to": "paused", "note": "A week off."}))]
pub struct GoalMove {
    /// Where to.
    #[garde(skip)]
    to: GoalStatus,
    /// What to remember of it; shown as `status_note` until the next move.
    #[garde(length(chars, min = 1, max = 5000))]
    #[schema(min_length = 1, max_length = 5000, example = "A week off.")]
    note: Option<String>,
}

/// Add a goal
///
/// `recurring` with a `target_count` for each `period`, or `one_off` with or without a `due_on`. A `measure`
/// other than `check_ins` makes it count real records by itself, from today on. The member `goal` of a
/// suggested goal is a body for this operation; the same suggestion becomes a goal once, and sent again
/// gives 200 with the goal that is there.
#[utoipa::path(tag = "Goals", request_body = GoalFields,
    responses(
        (status = 200, description = "The goal that the suggestion became before.", body = Goal),
        (status = 201, description = "The goal.", body = Goal),
        (status = 404, description = "`not_found`: there is no such origin.")))]
#[post("/v1/goals")]
pub async fn create_goal(caller: Caller, body: Body<GoalFields>) -> Result<HttpResponse> {
    caller
        .post(body.fingerprint, move |tx, _| {
            let preferences = preferences(tx.conn, tx.owner)?;
            match writes::create(tx, &body.value, &preferences)? {
                Outcome::Created(row) => {
                    let goal = progress::answer(tx, row)?;
                    Answer::created(format!("/v1/goals/{}", goal.id), &goal)
                }
                Outcome::Known(row) => Answer::resource(&progress::answer(tx, row)?),
            }
        })
        .await
}

/// A page of goals.
pub fn page(tx: &mut Tx<'_>, query: &GoalQuery, window: &Window) -> Result<Page<Goal>> {
    let rows = queries::list(tx.conn, tx.owner, query, window)?;
    let Page { data, next_cursor } = window.page(rows, |row| queries::place(row, &window.sort));
    let data = progress::answers(tx, data)?;
    Ok(Page { data, next_cursor })
}

/// List goals
///
/// Newest first unless sorted otherwise, each with its progress.
#[utoipa::path(tag = "Goals", params(GoalQuery),
    responses((status = 200, description = "A page of goals.", body = GoalPage)))]
#[get("/v1/goals")]
pub async fn list_goals(caller: Caller, Params(query): Params<GoalQuery>) -> Result<HttpResponse> {
    let window = query.window()?;
    caller.list(move |tx| page(tx, &query, &window)).await
}

/// Show a goal
///
/// With its progress: what was done in the running period, the streak, and which periods are excused and why.
#[utoipa::path(tag = "Goals", params(("id" = Uuid, Path, description = "Id of the goal.")),
    responses((status = 200, description = "The goal.", body = Goal)))]
#[get("/v1/goals/{id}")]
pub async fn get_goal(caller: Caller, Id(id): Id) -> Result<HttpResponse> {
    caller
        .get(move |tx| {
            let row = queries::get(tx.conn, tx.owner, id)?;
            progress::answer(tx, row)
        })
        .await
}

/// Change a goal
///
/// A merge patch: null clears a field, an absent one keeps its value. Kind, period, measure and origin stay
/// as they are. Another `target_count` holds for past periods too, so the streak may change.
#[utoipa::path(tag = "Goals", params(("id" = Uuid, Path, description = "Id of the goal.")),
    request_body(content((GoalChanges = "application/merge-patch+json"), (GoalChanges = "application/json"))),
    responses((status = 200, description = "The goal.", body = Goal)))]
#[patch("/v1/goals/{id}")]
pub async fn update_goal(
    caller: Caller,
    Id(id): Id,
    patch: Patch<GoalChanges>,
) -> Result<HttpResponse> {
    caller
        .change(move |tx, precondition| {
            let current = queries::lock(tx.conn, tx.owner, id)?;
            precondition.check(&current)?;
            let fields = patch.apply(&GoalChanges::from(&current))?;
            let row = writes::update(tx, &current, &fields)?;
            Answer::resource(&progress::answer(tx, row)?)
        })
        .await
}

/// Remove a goal
///
/// Its check-ins go along. To keep them, archive it instead.
#[utoipa::path(tag = "Goals", params(("id" = Uuid, Path, description = "Id of the goal.")),
    responses((status = 204, description = "It is gone.")))]
#[delete("/v1/goals/{id}")]
pub async fn delete_goal(caller: Caller, Id(id): Id) -> Result<HttpResponse> {
    caller
        .delete(move |tx, precondition| {
            let current = queries::lock(tx.conn, tx.owner, id)?;
            precondition.check(&current)?;
            writes::delete(tx, id)
        })
        .await
}

/// Move a goal
///
/// Pause it and go on with it, complete it or put it away; see `allowed_transitions` of the goal. While it is
/// paused its streak holds. A goal that has ended shows its progress as it stood on that day.
#[utoipa::path(tag = "Goals", params(("id" = Uuid, Path, description = "Id of the goal.")),
    request_body = GoalMove,
    responses(
        (status = 200, description = "The goal after the move.", body = Goal),
        (status = 409, description = "`illegal_transition`: the move is not allowed; the answer has `from`, `to` and `allowed`.")))]
#[post("/v1/goals/{id}/transitions")]
pub async fn transition_goal(
    caller: Caller,
    Id(id): Id,
    body: Body<GoalMove>,
) -> Result<HttpResponse> {
    let wanted = body.value;
    caller
        .post(body.fingerprint, move |tx, precondition| {
            let current = queries::lock(tx.conn, tx.owner, id)?;
            precondition.check(&current)?;
            let preferences = preferences(tx.conn, tx.owner)?;
            let note = wanted.note.as_deref();
            let row = writes::transition(tx, &current, wanted.to, note, &preferences)?;
            Answer::resource(&progress::answer(tx, row)?)
        })
        .await
}
