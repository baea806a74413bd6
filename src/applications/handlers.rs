//! The operations on applications.

use actix_web::{HttpResponse, delete, get, patch, post};
use chrono::{DateTime, NaiveDate, Utc};
use garde::Validate;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::model::{Application, ApplicationFields, ApplicationPage};
use super::moves::{self, WantedMove};
use super::queries;
use super::rules::{Status, StepKind};
use crate::account::preferences;
use crate::db::Tx;
use crate::db::pipeline::Select;
use crate::http::answer::Answer;
use crate::http::body::{Body, Patch};
use crate::http::caller::{Caller, Id};
use crate::http::error::Result;
use crate::http::page::{Page, Window};
use crate::http::params::{Params, many};
use crate::http::rules::{sane_date, sane_instant};
use crate::text_enum;

text_enum! {
    /// How a list of applications is sorted.
    pub enum ApplicationSort {
        /// Newest first.
        CreatedAtDescending = "-created_at",
        /// Oldest first.
        CreatedAt = "created_at",
        /// Changed last first.
        UpdatedAtDescending = "-updated_at",
        /// Changed last at the end.
        UpdatedAt = "updated_at",
        /// Applied for last first; without a date at the end.
        AppliedOnDescending = "-applied_on",
        /// Applied for first; without a date first.
        AppliedOn = "applied_on",
        /// By company.
        Company = "company",
        /// By company, backwards.
        CompanyDescending = "-company",
    }
}

/// Which applications.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ApplicationQuery {
    /// With one of these statuses; repeat it or separate by commas.
    #[serde(default, deserialize_with = "many")]
    #[garde(length(max = 10))]
    #[param(max_items = 10)]
    pub(super) status: Vec<Status>,
    /// Still going on, or not.
    #[garde(skip)]
    pub(super) live: Option<bool>,
    /// At this company, in any case.
    #[garde(length(chars, max = 200))]
    #[param(max_length = 200)]
    pub(super) company: Option<String>,
    /// From this source, in any case.
    #[garde(length(chars, max = 100))]
    #[param(max_length = 100)]
    pub(super) source: Option<String>,
    /// With this tag.
    #[garde(length(chars, max = 50))]
    #[param(max_length = 50)]
    pub(super) tag: Option<String>,
    /// With each of these words, at most 8, in company, title, location or notes.
    #[garde(length(chars, max = 200), custom(few_words))]
    #[param(max_length = 200)]
    pub(super) q: Option<String>,
    /// Applied for on this day or later.
    #[garde(custom(sane_date))]
    pub(super) applied_from: Option<NaiveDate>,
    /// Applied for on this day or earlier.
    #[garde(custom(sane_date))]
    pub(super) applied_to: Option<NaiveDate>,
    /// Applied for, and nothing heard for so many days.
    #[garde(range(min = 1, max = 3650))]
    #[param(minimum = 1, maximum = 3650)]
    pub(super) silent_for_days: Option<i32>,
    /// Created after this instant.
    #[garde(custom(sane_instant))]
    pub(super) created_after: Option<DateTime<Utc>>,
    /// Changed after this instant.
    #[garde(custom(sane_instant))]
    pub(super) updated_after: Option<DateTime<Utc>>,
    /// The order; newest first without it.
    #[garde(skip)]
    #[param(inline)]
    sort: Option<ApplicationSort>,
    /// Rows on the page.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 25)]
    limit: Option<i64>,
    /// The next_cursor of the page before.
    #[garde(length(max = 2000))]
    #[param(max_length = 2000)]
    cursor: Option<String>,
}

/// Words of a search; each is looked for in every row.
const MOST_WORDS: usize = 8;

fn few_words(q: &Option<String>, _: &()) -> garde::Result {
    match q {
        Some(q) if q.split_whitespace().count() > MOST_WORDS => {
            Err(garde::Error::new("too_long: At most 8 words."))
        }
        _ => Ok(()),
    }
}

impl ApplicationQuery {
    /// The page that is asked for.
    pub fn window(&self) -> Result<Window> {
        let sort = self.sort.unwrap_or(ApplicationSort::CreatedAtDescending);
        Window::new(self.limit, sort.as_str(), self.cursor.as_deref())
    }

    /// Is it one of the few combinations of filters that lists are asked for again and again?
    pub(super) fn is_usual(&self) -> bool {
        let rare = [
            self.company.is_some(),
            self.source.is_some(),
            self.tag.is_some(),
            self.q.is_some(),
            self.applied_from.is_some(),
            self.applied_to.is_some(),
            self.silent_for_days.is_some(),
            self.created_after.is_some(),
            self.updated_after.is_some(),
        ];
        !rare.contains(&true)
    }
}

/// A move through the state machine.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"to": "interviewing", "occurred_at": "2026-03-12T09:00:00Z", "note": "Two rounds next week."}))]
pub struct ApplicationMove {
    /// Where to.
    #[garde(skip)]
    to: Status,
    /// When it happened, if not now: neither in the future nor before the step before it.
    #[garde(custom(sane_instant))]
    occurred_at: Option<DateTime<Utc>>,
    /// What to remember of it; required for a reopen.
    #[garde(length(chars, min = 1, max = 5000))]
    #[schema(min_length = 1, max_length = 5000)]
    note: Option<String>,
    /// The company came back after the end.
    #[garde(skip)]
    reopen: Option<bool>,
    /// The last step was a slip of the finger: it counts nowhere, and this one takes its place.
    #[garde(custom(not_both(self.reopen)))]
    correction: Option<bool>,
}

fn not_both(reopen: Option<bool>) -> impl FnOnce(&Option<bool>, &()) -> garde::Result {
    move |correction, ()| match (reopen, correction) {
        (Some(true), Some(true)) => Err(garde::Error::new(
            "contradiction: Either a reopen or a correction, not both.",
        )),
        _ => Ok(()),
    }
}

impl From<ApplicationMove> for WantedMove {
    fn from(wanted: ApplicationMove) -> Self {
        let kind = match (wanted.reopen, wanted.correction) {
            (Some(true), _) => StepKind::Reopen,
            (_, Some(true)) => StepKind::Correction,
            _ => StepKind::Transition,
        };
        Self {
            kind,
            occurred_at: wanted.occurred_at,
            note: wanted.note,
            ..Self::to(wanted.to)
        }
    }
}

/// Add an application
///
/// With `applied_on` its first step lies at the start of that day in your time zone; without, now. The
/// same posting may be added twice; give an `external_id` to make a script safe to repeat.
#[utoipa::path(tag = "Applications", request_body = ApplicationFields,
    responses(
        (status = 201, description = "The application.", body = Application),
        (status = 409, description = "`external_id_taken`: another application of yours has the external_id.")))]
#[post("/v1/applications")]
pub async fn create_application(
    caller: Caller,
    body: Body<ApplicationFields>,
) -> Result<HttpResponse> {
    caller
        .post(body.fingerprint, move |tx, _| {
            let preferences = preferences(tx.conn, tx.owner)?;
            let application = moves::create(tx, body.value, &preferences)?;
            Answer::created(location(&application), &application)
        })
        .await
}

pub(super) fn location(application: &Application) -> String {
    format!("/v1/applications/{}", application.id)
}

/// A page of applications.
pub fn page(
    tx: &mut Tx<'_>,
    query: &ApplicationQuery,
    window: &Window,
) -> Result<Page<Application>> {
    let rows = queries::list(tx.owner, tx.now, query, window)?.rows(tx.conn)?;
    Ok(window.page(rows, |row| queries::place(row, &window.sort)))
}

/// List applications
///
/// Newest first unless sorted otherwise. The filters narrow the list together.
#[utoipa::path(tag = "Applications", params(ApplicationQuery),
    responses((status = 200, description = "A page of applications.", body = ApplicationPage)))]
#[get("/v1/applications")]
pub async fn list_applications(
    caller: Caller,
    Params(query): Params<ApplicationQuery>,
) -> Result<HttpResponse> {
    let window = query.window()?;
    let select = move |owner, now, window: &Window| queries::list(owner, now, &query, window);
    caller.list_found(window, select, queries::place).await
}

/// Show an application
///
/// With where it stands (`status`), how far it got (`furthest_stage`) and where it may go from here
/// (`allowed_transitions`). Its history is the timeline, everything around it the journey.
#[utoipa::path(tag = "Applications", params(("id" = Uuid, Path, description = "Id of the application.")),
    responses((status = 200, description = "The application.", body = Application)))]
#[get("/v1/applications/{id}")]
pub async fn get_application(caller: Caller, Id(id): Id) -> Result<HttpResponse> {
    caller.get_one(move |owner| queries::one(owner, id)).await
}

/// Change an application
///
/// A merge patch: null clears a field, an absent one keeps its value. The status changes by
/// `POST /v1/applications/{id}/transitions` only.
#[utoipa::path(tag = "Applications", params(("id" = Uuid, Path, description = "Id of the application.")),
    request_body(content((ApplicationFields = "application/merge-patch+json"), (ApplicationFields = "application/json"))),
    responses(
        (status = 200, description = "The application.", body = Application),
        (status = 409, description = "`external_id_taken`: another application of yours has the external_id.")))]
#[patch("/v1/applications/{id}")]
pub async fn update_application(
    caller: Caller,
    Id(id): Id,
    patch: Patch<ApplicationFields>,
) -> Result<HttpResponse> {
    caller
        .change(move |tx, precondition| {
            let current = queries::lock(tx.conn, tx.owner, id)?;
            precondition.check(&current)?;
            let fields = patch.apply(&ApplicationFields::from(&current))?;
            let preferences = preferences(tx.conn, tx.owner)?;
            Answer::resource(&moves::update(tx, id, &fields, &preferences)?)
        })
        .await
}

/// Remove an application
///
/// Its timeline, interviews and everything else about it go along, each with an event of its own. Goals that grew from it stay.
#[utoipa::path(tag = "Applications", params(("id" = Uuid, Path, description = "Id of the application.")),
    responses((status = 204, description = "It is gone.")))]
#[delete("/v1/applications/{id}")]
pub async fn delete_application(caller: Caller, Id(id): Id) -> Result<HttpResponse> {
    caller
        .delete(move |tx, precondition| {
            let current = queries::lock(tx.conn, tx.owner, id)?;
            precondition.check(&current)?;
            moves::remove(tx, id)
        })
        .await
}

/// Move an application
///
/// Live statuses move forward and may skip; see `allowed_transitions` of the application. What is closed
/// comes back by `reopen` with a note, a slip of the finger is mended by `correction`, which may go
/// anywhere and takes the last step out of every statistic. Each move is a step of the timeline. Becoming
/// `rejected` opens a rejection, which cools off first; a reopen or a correction ends it.
#[utoipa::path(tag = "Applications", params(("id" = Uuid, Path, description = "Id of the application.")),
    request_body = ApplicationMove,
    responses(
        (status = 200, description = "The application after the move.", body = Application),
        (status = 409, description = "`illegal_transition`: the move is not allowed; the answer has `from`, `to`, `allowed` and `allowed_by_reopen`.")))]
#[post("/v1/applications/{id}/transitions")]
pub async fn transition_application(
    caller: Caller,
    Id(id): Id,
    body: Body<ApplicationMove>,
) -> Result<HttpResponse> {
    let wanted = WantedMove::from(body.value);
    caller
        .post(body.fingerprint, move |tx, precondition| {
            let current = queries::lock(tx.conn, tx.owner, id)?;
            precondition.check(&current)?;
            let preferences = preferences(tx.conn, tx.owner)?;
            Answer::resource(&moves::record_move(tx, &current, &wanted, &preferences)?)
        })
        .await
}
