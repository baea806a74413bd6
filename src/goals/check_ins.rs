//! Check-ins: that something was done for a goal on a day, or that the day is one of rest. They are never
//! edited: one is taken back and made anew.

use actix_web::{HttpResponse, delete, get, post};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::{Queryable, Selectable};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::queries::{self, check_ins as check_in_queries};
use super::writes::{self, Outcome};
use crate::account::preferences;
use crate::db::schema::goal_check_ins;
use crate::http::answer::{Answer, Versioned};
use crate::http::body::Body;
use crate::http::caller::{Caller, Id};
use crate::http::error::{Error, FieldError, Result};
use crate::http::page::{Key, Window};
use crate::http::params::Params;
use crate::http::problems;
use crate::http::rules::{sane_date, sane_instant, sane_required_date};
use crate::{page_schema, text_enum};

text_enum! {
    /// What a check-in says of its day.
    pub enum CheckInKind {
        /// Something was done.
        Done = "done",
        /// It is a day of rest: it adds nothing, and does not break the streak of a goal for each day.
        Rest = "rest",
    }
}

fn done() -> CheckInKind {
    CheckInKind::Done
}

/// A new check-in.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"occurred_on": "2026-03-05", "value": 1, "note": "The one about conflict."}))]
pub struct NewCheckIn {
    /// The local day that it is about; not in the future. It stays this day when the time zone changes.
    #[garde(custom(sane_required_date))]
    #[schema(example = "2026-03-05")]
    pub occurred_on: NaiveDate,
    /// How much was done; 1 without it. A rest has none.
    #[garde(range(min = 1, max = 1000), custom(not_for_rest(self.kind)))]
    #[schema(minimum = 1, maximum = 1000, example = 1)]
    pub value: Option<i32>,
    /// Something done, or a rest; `done` without it. A goal that counts real records takes rests only.
    #[serde(default = "done")]
    #[garde(skip)]
    pub kind: CheckInKind,
    /// Anything worth keeping.
    #[garde(length(chars, min = 1, max = 5000))]
    #[schema(min_length = 1, max_length = 5000, example = "The one about conflict.")]
    pub note: Option<String>,
    /// Your own id for it, unique in the goal: sent again, it gives the check-in that is there.
    #[garde(length(chars, min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "watch-2026-03-05")]
    pub external_id: Option<String>,
}

fn not_for_rest(kind: CheckInKind) -> impl FnOnce(&Option<i32>, &()) -> garde::Result {
    move |value, ()| match (kind, value) {
        (CheckInKind::Rest, Some(_)) => Err(garde::Error::new(
            "not_for_rest: A rest adds nothing, so it has no value.",
        )),
        _ => Ok(()),
    }
}

impl NewCheckIn {
    /// What it adds to a sum.
    pub fn worth(&self) -> i32 {
        match self.kind {
            CheckInKind::Done => self.value.unwrap_or(1),
            CheckInKind::Rest => 0,
        }
    }

    /// Does it say what a stored one says?
    pub(super) fn is_same_as(&self, stored: &CheckIn) -> bool {
        self.occurred_on == stored.occurred_on
            && self.kind == stored.kind
            && self.worth() == stored.value
            && self.note == stored.note
    }
}

/// A check-in.
#[derive(Debug, Clone, Serialize, ToSchema, Queryable, Selectable)]
#[diesel(table_name = goal_check_ins, check_for_backend(diesel::pg::Pg))]
pub struct CheckIn {
    /// Its id.
    #[schema(example = "019a6f10-1c2d-7d4e-9b8a-2f3c4d5e6f70")]
    pub id: Uuid,
    /// The goal that it belongs to.
    #[schema(example = "019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55")]
    pub goal_id: Uuid,
    /// The local day that it is about.
    #[schema(example = "2026-03-05")]
    pub occurred_on: NaiveDate,
    /// Something done, or a rest.
    pub kind: CheckInKind,
    /// What it adds: 0 for a rest.
    #[schema(minimum = 0, maximum = 1000, example = 1)]
    pub value: i32,
    /// What was noted.
    #[schema(required, max_length = 5000, example = "The one about conflict.")]
    pub note: Option<String>,
    /// Your own id for it.
    #[schema(required, max_length = 200, example = "watch-2026-03-05")]
    pub external_id: Option<String>,
    /// When it was written down.
    pub created_at: DateTime<Utc>,
}

impl Versioned for CheckIn {
    /// It never changes.
    fn version(&self) -> i32 {
        1
    }
}

page_schema!(CheckInPage, CheckIn, "A page of check-ins.");

/// 409 for an external id that belongs to another check-in of the goal.
pub(super) fn external_id_taken() -> Error {
    let why = "Another check-in of this goal has this external_id.";
    let mut problem = problems::EXTERNAL_ID_TAKEN.because(why);
    problem
        .errors
        .push(FieldError::new("/external_id", "taken", why));
    problem.into()
}

text_enum! {
    /// How a list of check-ins is sorted.
    pub enum CheckInSort {
        /// The latest day first.
        OccurredOnDescending = "-occurred_on",
        /// The earliest day first.
        OccurredOn = "occurred_on",
    }
}

/// Which check-ins of the goal.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CheckInQuery {
    /// On this day or later.
    #[garde(custom(sane_date))]
    pub(super) from: Option<NaiveDate>,
    /// On this day or earlier.
    #[garde(custom(sane_date))]
    pub(super) to: Option<NaiveDate>,
    /// Created after this instant.
    #[garde(custom(sane_instant))]
    pub(super) created_after: Option<DateTime<Utc>>,
    /// The order; the latest day first without it.
    #[garde(skip)]
    #[param(inline)]
    sort: Option<CheckInSort>,
    /// Rows on the page.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 25)]
    limit: Option<i64>,
    /// The next_cursor of the page before.
    #[garde(length(max = 2000))]
    #[param(max_length = 2000)]
    cursor: Option<String>,
}

impl CheckInQuery {
    /// Is it one of the few combinations of filters that lists are asked for again and again?
    pub(super) fn is_usual(&self) -> bool {
        self.created_after.is_none()
    }
}

fn location(check_in: &CheckIn) -> String {
    format!("/v1/goals/{}/check-ins/{}", check_in.goal_id, check_in.id)
}

/// The second id of the path. What is no id is as unknown as a random one.
fn check_in_id(caller: &Caller) -> Result<Uuid> {
    let text = caller.request().match_info().get("check_in_id");
    text.and_then(|text| Uuid::try_parse(text).ok())
        .ok_or_else(Error::not_found)
}

/// Check in
///
/// Says that something was done for the goal on a day, today or before, or that the day is one of rest.
/// Several check-ins on one day add up. With an `external_id` it is safe to repeat: the same again gives
/// 200 with the check-in that is there.
#[utoipa::path(tag = "Goals", params(("id" = Uuid, Path, description = "Id of the goal.")),
    request_body = NewCheckIn,
    responses(
        (status = 200, description = "The check-in that has the external_id already.", body = CheckIn),
        (status = 201, description = "The check-in.", body = CheckIn),
        (status = 409, description = "`goal_paused` or `goal_closed`: the goal takes no check-ins now. `goal_is_measured`: it counts real records and takes rests only. `external_id_taken`: another check-in of the goal has it.")))]
#[post("/v1/goals/{id}/check-ins")]
pub async fn create_check_in(
    caller: Caller,
    Id(id): Id,
    body: Body<NewCheckIn>,
) -> Result<HttpResponse> {
    caller
        .post(body.fingerprint, move |tx, _| {
            let goal = queries::lock(tx.conn, tx.owner, id)?;
            let preferences = preferences(tx.conn, tx.owner)?;
            match writes::check_in(tx, &goal, &body.value, &preferences)? {
                Outcome::Created(made) => Answer::created(location(&made), &made),
                Outcome::Known(known) => Answer::resource(&known),
            }
        })
        .await
}

/// List check-ins
///
/// Of one goal, the latest day first unless sorted otherwise.
#[utoipa::path(tag = "Goals", params(("id" = Uuid, Path, description = "Id of the goal."), CheckInQuery),
    responses((status = 200, description = "A page of check-ins.", body = CheckInPage)))]
#[get("/v1/goals/{id}/check-ins")]
pub async fn list_check_ins(
    caller: Caller,
    Id(id): Id,
    Params(query): Params<CheckInQuery>,
) -> Result<HttpResponse> {
    let sort = query.sort.unwrap_or(CheckInSort::OccurredOnDescending);
    let window = Window::new(query.limit, sort.as_str(), query.cursor.as_deref())?;
    caller
        .list(move |tx| {
            queries::get(tx.conn, tx.owner, id)?;
            let rows = check_in_queries::list(tx.conn, tx.owner, id, &query, &window)?;
            Ok(window.page(rows, |row| (Key::Date(row.occurred_on), row.id)))
        })
        .await
}

/// Show a check-in
///
/// One entry of a goal, on the local day that it was made for.
#[utoipa::path(tag = "Goals",
    params(("id" = Uuid, Path, description = "Id of the goal."), ("check_in_id" = Uuid, Path, description = "Id of the check-in.")),
    responses((status = 200, description = "The check-in.", body = CheckIn)))]
#[get("/v1/goals/{id}/check-ins/{check_in_id}")]
pub async fn get_check_in(caller: Caller, Id(id): Id) -> Result<HttpResponse> {
    let check_in = check_in_id(&caller)?;
    caller
        .get(move |tx| check_in_queries::get(tx.conn, tx.owner, id, check_in))
        .await
}

/// Take a check-in back
///
/// Also when the goal is paused or has ended. Its progress follows.
#[utoipa::path(tag = "Goals",
    params(("id" = Uuid, Path, description = "Id of the goal."), ("check_in_id" = Uuid, Path, description = "Id of the check-in.")),
    responses((status = 204, description = "It is gone.")))]
#[delete("/v1/goals/{id}/check-ins/{check_in_id}")]
pub async fn delete_check_in(caller: Caller, Id(id): Id) -> Result<HttpResponse> {
    let check_in = check_in_id(&caller)?;
    caller
        .delete(move |tx, precondition| {
            let goal = queries::lock(tx.conn, tx.owner, id)?;
            let current = check_in_queries::get(tx.conn, tx.owner, id, check_in)?;
            precondition.check(&current)?;
            writes::take_back(tx, &goal, &current)
        })
        .await
}
