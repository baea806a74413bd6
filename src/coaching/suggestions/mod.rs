//! Goals that a coach suggests, and the seeker's answer. Accepting one makes a goal, once however often.

mod model;

use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;
use uuid::Uuid;

use super::access::{self, Client};
use super::events::{self as told, Told};
use super::lists::{self, CoachingSort};
use super::queries::grants;
use super::queries::suggestions::{self as queries, SuggestionFilter};
use super::rules::{AccessView, Scope};
use crate::account::preferences;
use crate::db::Tx;
use crate::events::{self, Event};
use crate::goals;
use crate::http::answer::{self, Answer};
use crate::http::body::Body;
use crate::http::caller::{Caller, Id};
use crate::http::error::{Error, Result};
use crate::http::page::{Page, Window};
use crate::http::params::{Params, many};
use crate::http::problems;
use crate::http::rules::sane_instant;

pub use model::{
    GoalSuggestion, GoalSuggestionFields, GoalSuggestionMove, GoalSuggestionPage, StoredSuggestion,
    SuggestionStatus,
};

/// Which suggestions.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct GoalSuggestionQuery {
    /// With one of these statuses; repeat it or separate by commas.
    #[serde(default, deserialize_with = "many")]
    #[garde(length(max = 3))]
    #[param(max_items = 3)]
    status: Vec<SuggestionStatus>,
    /// Created after this instant.
    #[garde(custom(sane_instant))]
    created_after: Option<DateTime<Utc>>,
    /// Changed after this instant.
    #[garde(custom(sane_instant))]
    updated_after: Option<DateTime<Utc>>,
    /// The order; newest first without it.
    #[garde(skip)]
    #[param(inline)]
    sort: Option<CoachingSort>,
    /// Rows on the page.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 25)]
    limit: Option<i64>,
    /// The next_cursor of the page before.
    #[garde(length(max = 2000))]
    #[param(max_length = 2000)]
    cursor: Option<String>,
}

impl GoalSuggestionQuery {
    fn split(self) -> Result<(SuggestionFilter, Window)> {
        let window = CoachingSort::window(self.sort, self.limit, self.cursor.as_deref())?;
        let filter = SuggestionFilter {
            status: self.status,
            created_after: self.created_after,
            updated_after: self.updated_after,
        };
        Ok((filter, window))
    }
}

fn page_of(rows: Vec<GoalSuggestion>, window: &Window) -> Page<GoalSuggestion> {
    window.page(rows, |row| {
        lists::place(window, row.id, row.created_at, row.updated_at)
    })
}

/// Suggests a goal to a client; 404 without a link, 403 without the scope.
pub fn suggest(
    tx: &mut Tx<'_>,
    client: Uuid,
    fields: &GoalSuggestionFields,
) -> Result<GoalSuggestion> {
    access::require(tx, client, Scope::SuggestGoals)?;
    let made = queries::insert(tx, client, fields)?;
    let data = json!({"category": made.category, "kind": made.kind});
    let event = Event::new("client_goal_suggestion.created", made.id).with(data.clone());
    events::record(tx, &event)?;
    let told = Told {
        user: client,
        kind: told::GOAL_SUGGESTED,
        resource: made.id,
        data,
    };
    told::want(tx, told)?;
    Ok(made)
}

/// Suggest a goal to a client
///
/// Needs the scope `suggest_goals`. The client accepts or declines it.
#[utoipa::path(tag = "Coaching", params(("seeker_id" = Uuid, Path, description = "Id of the client.")),
    request_body = GoalSuggestionFields,
    responses(
        (status = 201, description = "The suggestion.", body = GoalSuggestion),
        (status = 403, description = "`scope_missing`: the client has not granted it.")))]
#[post("/v1/coach/clients/{seeker_id}/goal-suggestions")]
pub async fn suggest_goal_to_client(
    caller: Caller,
    Client(client): Client,
    body: Body<GoalSuggestionFields>,
) -> Result<HttpResponse> {
    caller
        .post(body.fingerprint, move |tx, _| {
            let made = suggest(tx, client, &body.value)?;
            let path = format!("/v1/coach/clients/{client}/goal-suggestions/{}", made.id);
            Answer::created(path, &made)
        })
        .await
}

/// List your suggestions to a client
///
/// With what became of them, newest first. Needs the scope `suggest_goals`.
#[utoipa::path(tag = "Coaching", params(("seeker_id" = Uuid, Path, description = "Id of the client."), GoalSuggestionQuery),
    responses(
        (status = 200, description = "A page of suggestions.", body = GoalSuggestionPage),
        (status = 403, description = "`scope_missing`: the client has not granted it.")))]
#[get("/v1/coach/clients/{seeker_id}/goal-suggestions")]
pub async fn list_suggestions_to_client(
    caller: Caller,
    Client(client): Client,
    Params(query): Params<GoalSuggestionQuery>,
) -> Result<HttpResponse> {
    let (filter, window) = query.split()?;
    let (scope, view) = (Scope::SuggestGoals, AccessView::GoalSuggestions);
    let page = caller
        .observe(move |tx| {
            access::read_own(tx, client, scope, view, |tx| {
                let rows = queries::list_of_coach(tx, client, &filter, &window)?;
                Ok(page_of(rows, &window))
            })
        })
        .await?;
    answer::page(caller.request(), &page)
}

/// Show a suggestion to a client
///
/// One of the coach's own suggestions, with the seeker's answer so far.
#[utoipa::path(tag = "Coaching", params(("seeker_id" = Uuid, Path, description = "Id of the client."), ("id" = Uuid, Path, description = "Id of the suggestion.")),
    responses(
        (status = 200, description = "The suggestion.", body = GoalSuggestion),
        (status = 403, description = "`scope_missing`: the client has not granted it.")))]
#[get("/v1/coach/clients/{seeker_id}/goal-suggestions/{id}")]
pub async fn get_suggestion_to_client(
    caller: Caller,
    Client(client): Client,
    Id(id): Id,
) -> Result<HttpResponse> {
    let (scope, view) = (Scope::SuggestGoals, AccessView::GoalSuggestions);
    let suggestion = caller
        .observe(move |tx| {
            access::read_own(tx, client, scope, view, |tx| {
                queries::get_of_coach(tx, client, id)
            })
        })
        .await?;
    Ok(Answer::resource(&suggestion)?.respond(caller.request()))
}

/// List goals that your coaches suggest
///
/// Newest first.
#[utoipa::path(tag = "Coaching", params(GoalSuggestionQuery),
    responses((status = 200, description = "A page of suggestions.", body = GoalSuggestionPage)))]
#[get("/v1/goal-suggestions")]
pub async fn list_goal_suggestions(
    caller: Caller,
    Params(query): Params<GoalSuggestionQuery>,
) -> Result<HttpResponse> {
    let (filter, window) = query.split()?;
    caller
        .list(move |tx| {
            let rows = queries::list(tx, &filter, &window)?;
            Ok(page_of(rows, &window))
        })
        .await
}

/// Show a suggested goal
///
/// What the coach suggests and why. Accepting it makes a goal that remembers where it came from.
#[utoipa::path(tag = "Coaching", params(("id" = Uuid, Path, description = "Id of the suggestion.")),
    responses((status = 200, description = "The suggestion.", body = GoalSuggestion)))]
#[get("/v1/goal-suggestions/{id}")]
pub async fn get_goal_suggestion(caller: Caller, Id(id): Id) -> Result<HttpResponse> {
    caller.get(move |tx| queries::get(tx, id)).await
}

/// Answer a suggested goal
///
/// `accepted` makes a goal of it, whose origin is the suggestion; once, however often it is sent. `declined`
/// says no.
#[utoipa::path(tag = "Coaching", params(("id" = Uuid, Path, description = "Id of the suggestion.")),
    request_body = GoalSuggestionMove,
    responses(
        (status = 200, description = "The suggestion after the answer.", body = GoalSuggestion),
        (status = 409, description = "`illegal_transition`: it was answered before; the answer has `from`, `to` and `allowed`.")))]
#[post("/v1/goal-suggestions/{id}/transitions")]
pub async fn transition_goal_suggestion(
    caller: Caller,
    Id(id): Id,
    body: Body<GoalSuggestionMove>,
) -> Result<HttpResponse> {
    let to = body.value.to;
    caller
        .post(body.fingerprint, move |tx, precondition| {
            let current = queries::lock(tx, id)?;
            precondition.check(&current)?;
            Answer::resource(&answer_suggestion(tx, &current, to)?)
        })
        .await
}

fn answer_suggestion(
    tx: &mut Tx<'_>,
    current: &GoalSuggestion,
    to: SuggestionStatus,
) -> Result<GoalSuggestion> {
    if !current.status.allowed().contains(&to) {
        return Err(illegal(current.status, to));
    }
    let goal = match to {
        SuggestionStatus::Accepted => {
            let preferences = preferences(tx.conn, tx.owner)?;
            let made = goals::create(tx, &current.goal(), &preferences)?;
            Some(made.into_inner().id())
        }
        _ => None,
    };
    let answered = queries::answer(tx, current.id, to, goal)?;
    let event = Event::new("goal_suggestion.transitioned", current.id)
        .with(json!({"from": current.status, "to": to, "goal_id": goal}));
    events::record(tx, &event)?;
    // A coach who may not see the answer any more does not hear of it.
    if grants(tx, current.coach_id, Scope::SuggestGoals)? {
        let told = Told {
            user: current.coach_id,
            kind: told::SUGGESTION_ANSWERED,
            resource: current.id,
            data: json!({"from": current.status, "to": to}),
        };
        told::want(tx, told)?;
    }
    Ok(answered)
}

fn illegal(from: SuggestionStatus, to: SuggestionStatus) -> Error {
    problems::ILLEGAL_TRANSITION
        .because(format!(
            "A suggestion that is {} cannot become {}.",
            from.as_str(),
            to.as_str()
        ))
        .with("from", from.as_str())
        .with("to", to.as_str())
        .with("allowed", json!(from.allowed()))
        .into()
}
