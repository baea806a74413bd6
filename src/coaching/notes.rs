//! Notes of a coach about a client: private ones, and shared ones, such as an encouragement.

use actix_web::{HttpResponse, delete, get, patch, post};
use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use garde::Validate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::access::{self, Client};
use super::events::{self as told, Told};
use super::lists::{self, CoachingSort};
use super::queries::notes as queries;
use super::rules::{AccessView, Scope};
use crate::db::Tx;
use crate::db::schema::coach_notes;
use crate::events::{self, Event};
use crate::http::answer::{self, Answer, Versioned};
use crate::http::body::{Body, Patch};
use crate::http::caller::{Caller, Id};
use crate::http::error::Result;
use crate::http::page::{Page, Window};
use crate::http::params::Params;
use crate::http::rules::sane_instant;
use crate::{page_schema, text_enum};

text_enum! {
    /// Who reads a note.
    pub enum NoteVisibility {
        /// The coach alone.
        Private = "private",
        /// The client too.
        Shared = "shared",
    }
}

fn private() -> NoteVisibility {
    NoteVisibility::Private
}

/// What a coach writes: the body of POST, and what a PATCH is merged into.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema, Insertable, AsChangeset)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = coach_notes)]
#[schema(example = json!({"text": "Well done: the last letter was short and warm.", "visibility": "shared"}))]
pub struct CoachNoteFields {
    /// The note.
    #[garde(length(chars, min = 1, max = 10_000))]
    #[schema(
        min_length = 1,
        max_length = 10_000,
        example = "Well done: the last letter was short and warm."
    )]
    pub text: String,
    /// Who reads it; `private` without it. A shared note is an encouragement or whatever else the client should read.
    #[serde(default = "private")]
    #[garde(skip)]
    pub visibility: NoteVisibility,
}

/// A note of a coach about a client.
#[derive(Debug, Clone, Serialize, ToSchema, Queryable, Selectable)]
#[diesel(table_name = coach_notes, check_for_backend(Pg))]
pub struct CoachNote {
    /// Its id.
    #[schema(example = "019a6f60-2b3c-7d4e-8f50-6b7c8d9e0f1a")]
    pub id: Uuid,
    /// The client that it is about.
    #[schema(example = "019a6f0a-3c4d-7e5f-a061-7c8d9e0f1a2b")]
    pub seeker_id: Uuid,
    /// The coach who wrote it: the `coach_id` of a link.
    #[schema(example = "019a6f41-2b3c-7d4e-9f50-6b7c8d9e0f1a")]
    pub coach_id: Uuid,
    /// The note.
    #[schema(
        max_length = 10_000,
        example = "Well done: the last letter was short and warm."
    )]
    pub text: String,
    /// Who reads it.
    pub visibility: NoteVisibility,
    /// Counts the changes, from 1.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

impl Versioned for CoachNote {
    fn version(&self) -> i32 {
        self.version
    }
}

impl CoachNote {
    fn is_shared(&self) -> bool {
        self.visibility == NoteVisibility::Shared
    }
}

impl From<&CoachNote> for CoachNoteFields {
    fn from(note: &CoachNote) -> Self {
        Self {
            text: note.text.clone(),
            visibility: note.visibility,
        }
    }
}

page_schema!(CoachNotePage, CoachNote, "A page of notes.");

/// Which notes.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CoachNoteQuery {
    /// Created after this instant.
    #[garde(custom(sane_instant))]
    pub(super) created_after: Option<DateTime<Utc>>,
    /// Changed after this instant.
    #[garde(custom(sane_instant))]
    pub(super) updated_after: Option<DateTime<Utc>>,
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

impl CoachNoteQuery {
    fn window(&self) -> Result<Window> {
        CoachingSort::window(self.sort, self.limit, self.cursor.as_deref())
    }
}

fn page_of(notes: Vec<CoachNote>, window: &Window) -> Page<CoachNote> {
    window.page(notes, |note| {
        lists::place(window, note.id, note.created_at, note.updated_at)
    })
}

/// Writes into the coach's change log, and into the client's what came into sight or went out of it.
fn record(
    tx: &mut Tx<'_>,
    kind: &'static str,
    note: &CoachNote,
    was_shared: bool,
    is_shared: bool,
) -> Result<()> {
    events::record(tx, &Event::new(kind, note.id))?;
    let seen = match (was_shared, is_shared) {
        (_, true) => told::NOTE_SHARED,
        (true, false) => told::NOTE_GONE,
        (false, false) => return Ok(()),
    };
    let told = Told {
        user: note.seeker_id,
        kind: seen,
        resource: note.id,
        data: Value::Null,
    };
    told::want(tx, told)
}

/// Leaves a note about a client; 404 without a link, 403 without the scope.
pub fn leave(tx: &mut Tx<'_>, client: Uuid, fields: &CoachNoteFields) -> Result<CoachNote> {
    access::require(tx, client, Scope::Notes)?;
    let note = queries::insert(tx, client, fields)?;
    record(tx, "coach_note.created", &note, false, note.is_shared())?;
    Ok(note)
}

/// Leave a note about a client
///
/// Needs the scope `notes`. A private note is yours alone; a shared one is read by the client too.
#[utoipa::path(tag = "Coaching", params(("seeker_id" = Uuid, Path, description = "Id of the client.")),
    request_body = CoachNoteFields,
    responses(
        (status = 201, description = "The note.", body = CoachNote),
        (status = 403, description = "`scope_missing`: the client has not granted it.")))]
#[post("/v1/coach/clients/{seeker_id}/notes")]
pub async fn create_note_about_client(
    caller: Caller,
    Client(client): Client,
    body: Body<CoachNoteFields>,
) -> Result<HttpResponse> {
    caller
        .post(body.fingerprint, move |tx, _| {
            let note = leave(tx, client, &body.value)?;
            let path = format!("/v1/coach/clients/{client}/notes/{}", note.id);
            Answer::created(path, &note)
        })
        .await
}

/// List your notes about a client
///
/// Newest first. Needs the scope `notes`.
#[utoipa::path(tag = "Coaching", params(("seeker_id" = Uuid, Path, description = "Id of the client."), CoachNoteQuery),
    responses(
        (status = 200, description = "A page of notes.", body = CoachNotePage),
        (status = 403, description = "`scope_missing`: the client has not granted it.")))]
#[get("/v1/coach/clients/{seeker_id}/notes")]
pub async fn list_notes_about_client(
    caller: Caller,
    Client(client): Client,
    Params(query): Params<CoachNoteQuery>,
) -> Result<HttpResponse> {
    let window = query.window()?;
    let page = caller
        .observe(move |tx| {
            access::read_own(tx, client, Scope::Notes, AccessView::Notes, |tx| {
                let notes = queries::list(tx, client, &query, &window)?;
                Ok(page_of(notes, &window))
            })
        })
        .await?;
    answer::page(caller.request(), &page)
}

/// Show a note about a client
///
/// One of the coach's own notes, private or shared.
#[utoipa::path(tag = "Coaching", params(("seeker_id" = Uuid, Path, description = "Id of the client."), ("id" = Uuid, Path, description = "Id of the note.")),
    responses(
        (status = 200, description = "The note.", body = CoachNote),
        (status = 403, description = "`scope_missing`: the client has not granted it.")))]
#[get("/v1/coach/clients/{seeker_id}/notes/{id}")]
pub async fn get_note_about_client(
    caller: Caller,
    Client(client): Client,
    Id(id): Id,
) -> Result<HttpResponse> {
    let note = caller
        .observe(move |tx| {
            access::read_own(tx, client, Scope::Notes, AccessView::Notes, |tx| {
                queries::get(tx, client, id)
            })
        })
        .await?;
    Ok(Answer::resource(&note)?.respond(caller.request()))
}

/// Change a note about a client
///
/// A merge patch. A note that becomes private is out of the client's sight.
#[utoipa::path(tag = "Coaching", params(("seeker_id" = Uuid, Path, description = "Id of the client."), ("id" = Uuid, Path, description = "Id of the note.")),
    request_body(content((CoachNoteFields = "application/merge-patch+json"), (CoachNoteFields = "application/json"))),
    responses(
        (status = 200, description = "The note.", body = CoachNote),
        (status = 403, description = "`scope_missing`: the client has not granted it.")))]
#[patch("/v1/coach/clients/{seeker_id}/notes/{id}")]
pub async fn update_note_about_client(
    caller: Caller,
    Client(client): Client,
    Id(id): Id,
    patch: Patch<CoachNoteFields>,
) -> Result<HttpResponse> {
    caller
        .change(move |tx, precondition| {
            access::require(tx, client, Scope::Notes)?;
            let current = queries::lock(tx, client, id)?;
            precondition.check(&current)?;
            let fields = patch.apply(&CoachNoteFields::from(&current))?;
            let note = queries::update(tx, client, id, &fields)?;
            record(
                tx,
                "coach_note.updated",
                &note,
                current.is_shared(),
                note.is_shared(),
            )?;
            Answer::resource(&note)
        })
        .await
}

/// Remove a note about a client
///
/// A shared note disappears for the seeker too.
#[utoipa::path(tag = "Coaching", params(("seeker_id" = Uuid, Path, description = "Id of the client."), ("id" = Uuid, Path, description = "Id of the note.")),
    responses(
        (status = 204, description = "It is gone."),
        (status = 403, description = "`scope_missing`: the client has not granted it.")))]
#[delete("/v1/coach/clients/{seeker_id}/notes/{id}")]
pub async fn delete_note_about_client(
    caller: Caller,
    Client(client): Client,
    Id(id): Id,
) -> Result<HttpResponse> {
    caller
        .delete(move |tx, precondition| {
            access::require(tx, client, Scope::Notes)?;
            let current = queries::lock(tx, client, id)?;
            precondition.check(&current)?;
            queries::delete(tx, client, id)?;
            record(
                tx,
                "coach_note.deleted",
                &current,
                current.is_shared(),
                false,
            )
        })
        .await
}

/// List notes of your coaches
///
/// Those that they shared with you, newest first. They stay after a link has ended.
#[utoipa::path(tag = "Coaching", params(CoachNoteQuery),
    responses((status = 200, description = "A page of shared notes.", body = CoachNotePage)))]
#[get("/v1/coach-notes")]
pub async fn list_coach_notes(
    caller: Caller,
    Params(query): Params<CoachNoteQuery>,
) -> Result<HttpResponse> {
    let window = query.window()?;
    caller
        .list(move |tx| {
            let notes = queries::list_shared(tx, &query, &window)?;
            Ok(page_of(notes, &window))
        })
        .await
}

/// Show a note of a coach
///
/// A note that the coach shared. Private notes of a coach are not found here.
#[utoipa::path(tag = "Coaching", params(("id" = Uuid, Path, description = "Id of the note.")),
    responses((status = 200, description = "The shared note.", body = CoachNote)))]
#[get("/v1/coach-notes/{id}")]
pub async fn get_coach_note(caller: Caller, Id(id): Id) -> Result<HttpResponse> {
    caller.get(move |tx| queries::get_shared(tx, id)).await
}
