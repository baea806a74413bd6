//! The statements on notes.

use diesel::pg::Pg;
use diesel::prelude::*;
use uuid::Uuid;

use crate::coaching::notes::{CoachNote, CoachNoteFields, CoachNoteQuery, NoteVisibility};
use crate::db::cached::cached;
use crate::db::keyset::keyset;
use crate::db::schema::coach_notes;
use crate::db::{Tx, ids};
use crate::http::error::Result;
use crate::http::page::Window;

/// The notes of one coach about one client.
#[diesel::dsl::auto_type(no_type_alias)]
fn written_by(coach: Uuid, client: Uuid) -> _ {
    let mine: diesel::dsl::Eq<coach_notes::coach_id, Uuid> = coach_notes::coach_id.eq(coach);
    let about: diesel::dsl::Eq<coach_notes::seeker_id, Uuid> = coach_notes::seeker_id.eq(client);
    coach_notes::table.filter(mine).filter(about)
}

/// The notes that were shared with a seeker.
#[diesel::dsl::auto_type(no_type_alias)]
fn shared_with(seeker: Uuid) -> _ {
    let mine: diesel::dsl::Eq<coach_notes::seeker_id, Uuid> = coach_notes::seeker_id.eq(seeker);
    let shared: diesel::dsl::Eq<coach_notes::visibility, NoteVisibility> =
        coach_notes::visibility.eq(NoteVisibility::Shared);
    coach_notes::table.filter(mine).filter(shared)
}

fn page_of(
    conn: &mut PgConnection,
    mut rows: coach_notes::BoxedQuery<'_, Pg>,
    filter: &CoachNoteQuery,
    window: &Window,
) -> Result<Vec<CoachNote>> {
    if let Some(after) = filter.created_after {
        rows = rows.filter(coach_notes::created_at.gt(after));
    }
    if let Some(after) = filter.updated_after {
        rows = rows.filter(coach_notes::updated_at.gt(after));
    }
    let start = window.at_instant()?;
    let rows = match window.column() {
        "updated_at" => keyset!(rows, start, (coach_notes::updated_at, coach_notes::id)),
        _ => keyset!(rows, start, (coach_notes::created_at, coach_notes::id)),
    };
    Ok(rows
        .limit(window.fetch())
        .select(CoachNote::as_select())
        .load(conn)?)
}

/// A page of a coach's notes about a client.
pub fn list(
    tx: &mut Tx<'_>,
    client: Uuid,
    filter: &CoachNoteQuery,
    window: &Window,
) -> Result<Vec<CoachNote>> {
    let rows = written_by(tx.owner, client).into_boxed();
    page_of(tx.conn, rows, filter, window)
}

/// A page of the notes that were shared with a seeker.
pub fn list_shared(
    tx: &mut Tx<'_>,
    filter: &CoachNoteQuery,
    window: &Window,
) -> Result<Vec<CoachNote>> {
    let rows = shared_with(tx.owner).into_boxed();
    page_of(tx.conn, rows, filter, window)
}

/// A note that was shared with a seeker.
pub fn get_shared(tx: &mut Tx<'_>, id: Uuid) -> Result<CoachNote> {
    Ok(shared_with(tx.owner)
        .filter(coach_notes::id.eq(id))
        .select(CoachNote::as_select())
        .first(tx.conn)?)
}

/// A note of a coach about a client.
pub fn get(tx: &mut Tx<'_>, client: Uuid, id: Uuid) -> Result<CoachNote> {
    Ok(written_by(tx.owner, client)
        .filter(coach_notes::id.eq(id))
        .select(CoachNote::as_select())
        .first(tx.conn)?)
}

/// The same, locked until the transaction ends.
pub fn lock(tx: &mut Tx<'_>, client: Uuid, id: Uuid) -> Result<CoachNote> {
    Ok(written_by(tx.owner, client)
        .filter(coach_notes::id.eq(id))
        .select(CoachNote::as_select())
        .for_update()
        .first(tx.conn)?)
}

/// A new note.
pub fn insert(tx: &mut Tx<'_>, client: Uuid, fields: &CoachNoteFields) -> Result<CoachNote> {
    Ok(diesel::insert_into(coach_notes::table)
        .values((
            coach_notes::seeker_id.eq(client),
            coach_notes::id.eq(ids::new_id(tx.now)),
            coach_notes::coach_id.eq(tx.owner),
            fields,
            coach_notes::version.eq(1),
            coach_notes::created_at.eq(tx.now),
            coach_notes::updated_at.eq(tx.now),
        ))
        .returning(CoachNote::as_returning())
        .get_result(tx.conn)?)
}

/// Other words for a note.
pub fn update(
    tx: &mut Tx<'_>,
    client: Uuid,
    id: Uuid,
    fields: &CoachNoteFields,
) -> Result<CoachNote> {
    let note = written_by(tx.owner, client).filter(coach_notes::id.eq(id));
    let statement = diesel::update(note)
        .set((
            fields,
            coach_notes::version.eq(coach_notes::version + 1),
            coach_notes::updated_at.eq(tx.now),
        ))
        .returning(CoachNote::as_returning());
    Ok(cached(statement).get_result(tx.conn)?)
}

/// Removes a note.
pub fn delete(tx: &mut Tx<'_>, client: Uuid, id: Uuid) -> Result<()> {
    let note = written_by(tx.owner, client).filter(coach_notes::id.eq(id));
    diesel::delete(note).execute(tx.conn)?;
    Ok(())
}
