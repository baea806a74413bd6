//! The timeline: every step of an application and every note on the way, append-only.

use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, Utc};
use diesel::prelude::{Queryable, Selectable};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::rules::{Status, StepKind};
use super::{moves, queries};
use crate::db::schema::application_steps;
use crate::http::answer::{self, Answer};
use crate::http::body::Body;
use crate::http::caller::{Caller, Id};
use crate::http::error::{Error, Result};
use crate::http::page::{Key, Window};
use crate::http::params::Params;
use crate::http::rules::sane_instant;
use crate::page_schema;

/// An entry of a timeline.
#[derive(Debug, Clone, Serialize, ToSchema, Queryable, Selectable)]
#[diesel(table_name = application_steps, check_for_backend(diesel::pg::Pg))]
pub struct TimelineEntry {
    /// Its id.
    pub id: Uuid,
    /// Its place in the timeline, from 1.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 2)]
    pub seq: i32,
    /// A move, or a note.
    pub kind: StepKind,
    /// Where the application came from; null for the first step and for notes.
    #[diesel(column_name = from_status)]
    #[schema(required)]
    pub from: Option<Status>,
    /// Where it went; null for notes.
    #[diesel(column_name = to_status)]
    #[schema(required)]
    pub to: Option<Status>,
    /// When it happened.
    pub occurred_at: DateTime<Utc>,
    /// When it was written down.
    pub recorded_at: DateTime<Utc>,
    /// What was noted.
    #[schema(required, max_length = 5000, example = "They called back.")]
    pub note: Option<String>,
    /// The entry that this correction takes out of every statistic.
    #[schema(required)]
    pub corrects_id: Option<Uuid>,
}

page_schema!(TimelinePage, TimelineEntry, "A page of a timeline.");

/// A note for the timeline.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewNote {
    /// What to remember.
    #[garde(length(chars, min = 1, max = 5000))]
    #[schema(
        min_length = 1,
        max_length = 5000,
        example = "The recruiter was friendly and promised an answer by Friday."
    )]
    pub note: String,
    /// When it happened, if not now; not in the future.
    #[garde(custom(sane_instant))]
    #[schema(example = "2026-03-06T09:30:00Z")]
    pub occurred_at: Option<DateTime<Utc>>,
}

/// Which part of a timeline.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TimelineQuery {
    /// Entries on the page.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 25)]
    limit: Option<i64>,
    /// The next_cursor of the page before.
    #[garde(length(max = 2000))]
    #[param(max_length = 2000)]
    cursor: Option<String>,
}

/// Show the timeline of an application
///
/// Oldest entry first. Nothing in it is ever changed: a correction is an entry of its own and names the
/// one it takes out.
#[utoipa::path(tag = "Applications", params(("id" = Uuid, Path, description = "Id of the application."), TimelineQuery),
    responses((status = 200, description = "A page of the timeline.", body = TimelinePage)))]
#[get("/v1/applications/{id}/timeline")]
pub async fn list_timeline(
    caller: Caller,
    Id(id): Id,
    Params(query): Params<TimelineQuery>,
) -> Result<HttpResponse> {
    let window = Window::new(query.limit, "seq", query.cursor.as_deref())?;
    let select = move |owner, _, window: &Window| queries::timeline(owner, id, window);
    let place = |entry: &TimelineEntry, _: &str| (Key::Number(entry.seq.into()), entry.id);
    let page = caller.find_page(window, select, place).await?;
    if page.data.is_empty() {
        // After the end of a timeline, or of an application that is not there.
        caller
            .find_one(move |owner| queries::one(owner, id))
            .await?;
    }
    answer::page(caller.request(), &page)
}

/// Add a note to the timeline
///
/// Notes do not change the status. They cannot be edited; add another one.
#[utoipa::path(tag = "Applications", params(("id" = Uuid, Path, description = "Id of the application.")),
    request_body = NewNote,
    responses((status = 201, description = "The note.", body = TimelineEntry)))]
#[post("/v1/applications/{id}/notes")]
pub async fn create_note(caller: Caller, Id(id): Id, body: Body<NewNote>) -> Result<HttpResponse> {
    let note = body.value;
    caller
        .post(body.fingerprint, move |tx, _| {
            if note.occurred_at.is_some_and(|at| at > tx.now) {
                return Err(Error::invalid_field(
                    "/occurred_at",
                    "in_future",
                    "Not in the future.",
                ));
            }
            let entry = moves::add_note(tx, id, &note)?;
            let answer = Answer::document(actix_web::http::StatusCode::CREATED, &entry)?;
            Ok(answer.at(format!("/v1/applications/{id}/timeline")))
        })
        .await
}
