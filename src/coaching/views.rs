//! What a coach may see of a client: the client's own lists, with the same filters and shapes, read only.

use actix_web::{HttpResponse, get};
use serde::Serialize;

use super::access::{self, Client};
use super::rules::{AccessView, Scope};
use crate::applications::{self, ApplicationPage, ApplicationQuery};
use crate::db::Tx;
use crate::feedback::{self, FeedbackRequestPage, FeedbackRequestQuery};
use crate::goals::{self, GoalPage, GoalQuery};
use crate::http::answer;
use crate::http::caller::Caller;
use crate::http::error::Result;
use crate::http::page::Page;
use crate::http::params::Params;
use crate::reflections::{self, ReflectionPage, ReflectionQuery};
use crate::wellbeing::{self, WellbeingCheckInPage, WellbeingCheckInQuery};

/// A page of something of a client. It writes the access log, so it is no mere read.
async fn view<T: Serialize + Send + 'static>(
    caller: &Caller,
    client: Client,
    scope: Scope,
    view: AccessView,
    work: impl FnOnce(&mut Tx<'_>) -> Result<Page<T>> + Send + 'static,
) -> Result<HttpResponse> {
    let page = caller
        .observe(move |tx| access::read(tx, client.0, scope, view, work))
        .await?;
    answer::page(caller.request(), &page)
}

/// List applications of a client
///
/// Needs the scope `applications`. With the same filters and the same shape as the client's own list. The read is in the client's access log.
#[utoipa::path(tag = "Coaching", params(("seeker_id" = Uuid, Path, description = "Id of the client."), ApplicationQuery),
    responses(
        (status = 200, description = "A page of applications.", body = ApplicationPage),
        (status = 403, description = "`scope_missing`: the client has not granted it.")))]
#[get("/v1/coach/clients/{seeker_id}/applications")]
pub async fn list_client_applications(
    caller: Caller,
    client: Client,
    Params(query): Params<ApplicationQuery>,
) -> Result<HttpResponse> {
    let (scope, kind) = (Scope::Applications, AccessView::Applications);
    let window = query.window()?;
    let work = move |tx: &mut Tx<'_>| applications::page(tx, &query, &window);
    view(&caller, client, scope, kind, work).await
}

/// List goals of a client
///
/// Needs the scope `goals`. Each with its progress. The read is in the client's access log.
#[utoipa::path(tag = "Coaching", params(("seeker_id" = Uuid, Path, description = "Id of the client."), GoalQuery),
    responses(
        (status = 200, description = "A page of goals.", body = GoalPage),
        (status = 403, description = "`scope_missing`: the client has not granted it.")))]
#[get("/v1/coach/clients/{seeker_id}/goals")]
pub async fn list_client_goals(
    caller: Caller,
    client: Client,
    Params(query): Params<GoalQuery>,
) -> Result<HttpResponse> {
    let (scope, kind) = (Scope::Goals, AccessView::Goals);
    let window = query.window()?;
    let work = move |tx: &mut Tx<'_>| goals::page(tx, &query, &window);
    view(&caller, client, scope, kind, work).await
}

/// List reflections of a client
///
/// Needs the scope `reflections`. Only when the client named the scope. The read is in the client's access log.
#[utoipa::path(tag = "Coaching", params(("seeker_id" = Uuid, Path, description = "Id of the client."), ReflectionQuery),
    responses(
        (status = 200, description = "A page of reflections.", body = ReflectionPage),
        (status = 403, description = "`scope_missing`: the client has not granted it.")))]
#[get("/v1/coach/clients/{seeker_id}/reflections")]
pub async fn list_client_reflections(
    caller: Caller,
    client: Client,
    Params(query): Params<ReflectionQuery>,
) -> Result<HttpResponse> {
    let (scope, kind) = (Scope::Reflections, AccessView::Reflections);
    let window = query.window()?;
    let work = move |tx: &mut Tx<'_>| reflections::page(tx, &query, &window);
    view(&caller, client, scope, kind, work).await
}

/// List feedback requests of a client
///
/// Needs the scope `feedback`. With what came back. Only when the client named the scope. The read is in the client's access log.
#[utoipa::path(tag = "Coaching", params(("seeker_id" = Uuid, Path, description = "Id of the client."), FeedbackRequestQuery),
    responses(
        (status = 200, description = "A page of feedback requests.", body = FeedbackRequestPage),
        (status = 403, description = "`scope_missing`: the client has not granted it.")))]
#[get("/v1/coach/clients/{seeker_id}/feedback-requests")]
pub async fn list_client_feedback_requests(
    caller: Caller,
    client: Client,
    Params(query): Params<FeedbackRequestQuery>,
) -> Result<HttpResponse> {
    let (scope, kind) = (Scope::Feedback, AccessView::FeedbackRequests);
    let window = query.window()?;
    let work = move |tx: &mut Tx<'_>| feedback::page(tx, &query, &window);
    view(&caller, client, scope, kind, work).await
}

/// List wellbeing check-ins of a client
///
/// Needs the scope `wellbeing`. Only when the client named the scope, and while the client notes how they are. The read is in the client's access log.
#[utoipa::path(tag = "Coaching", params(("seeker_id" = Uuid, Path, description = "Id of the client."), WellbeingCheckInQuery),
    responses(
        (status = 200, description = "A page of wellbeing check-ins.", body = WellbeingCheckInPage),
        (status = 403, description = "`scope_missing`: the client has not granted it.\n`wellbeing_disabled`: the client has turned check-ins off.")))]
#[get("/v1/coach/clients/{seeker_id}/wellbeing-check-ins")]
pub async fn list_client_wellbeing_check_ins(
    caller: Caller,
    client: Client,
    Params(query): Params<WellbeingCheckInQuery>,
) -> Result<HttpResponse> {
    let (scope, kind) = (Scope::Wellbeing, AccessView::WellbeingCheckIns);
    let window = query.window()?;
    let work = move |tx: &mut Tx<'_>| wellbeing::page(tx, &query, &window);
    view(&caller, client, scope, kind, work).await
}
