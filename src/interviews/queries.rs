//! The statements on interviews.

use diesel::pg::Pg;
use diesel::prelude::*;
use uuid::Uuid;

use super::handlers::InterviewQuery;
use super::model::{Interview, InterviewFields};
use crate::db::cached::{cached, kept_if};
use crate::db::constraint::OnConstraint;
use crate::db::keyset::keyset;
use crate::db::pipeline::Select;
use crate::db::schema::interviews;
use crate::db::{Tx, ids};
use crate::http::error::{Error, Result};
use crate::http::page::{Key, Window};

/// The rows of one owner: every statement starts here.
#[diesel::dsl::auto_type(no_type_alias)]
fn owned_by(owner: Uuid) -> _ {
    let mine: diesel::dsl::Eq<interviews::owner_id, Uuid> = interviews::owner_id.eq(owner);
    interviews::table.filter(mine)
}

fn unknown_application() -> Error {
    Error::unknown_reference("/application_id")
}

/// One interview.
pub(super) fn one(owner: Uuid, id: Uuid) -> impl Select<Interview> {
    owned_by(owner)
        .filter(interviews::id.eq(id))
        .select(Interview::as_select())
}

/// One interview, locked until the transaction ends.
pub(super) fn lock(conn: &mut PgConnection, owner: Uuid, id: Uuid) -> Result<Interview> {
    Ok(owned_by(owner)
        .filter(interviews::id.eq(id))
        .select(Interview::as_select())
        .for_update()
        .first(conn)?)
}

/// Those of these interviews that are there, in any order.
pub fn by_ids(tx: &mut Tx<'_>, ids: &[Uuid]) -> Result<Vec<Interview>> {
    Ok(owned_by(tx.owner)
        .filter(interviews::id.eq_any(ids))
        .select(Interview::as_select())
        .load(tx.conn)?)
}

/// A new interview; 404 when the owner has no such application.
pub fn insert(tx: &mut Tx<'_>, fields: &InterviewFields) -> Result<Interview> {
    let statement = diesel::insert_into(interviews::table)
        .values((
            interviews::owner_id.eq(tx.owner),
            interviews::id.eq(ids::new_id(tx.now)),
            fields,
            interviews::version.eq(1),
            interviews::created_at.eq(tx.now),
            interviews::updated_at.eq(tx.now),
        ))
        .returning(Interview::as_returning());
    statement
        .get_result(tx.conn)
        .on_constraint("interviews_application_fkey", unknown_application)
}

/// Other fields for an interview.
pub(super) fn update(tx: &mut Tx<'_>, id: Uuid, fields: &InterviewFields) -> Result<Interview> {
    let statement = diesel::update(owned_by(tx.owner).filter(interviews::id.eq(id)))
        .set((
            fields,
            interviews::version.eq(interviews::version + 1),
            interviews::updated_at.eq(tx.now),
        ))
        .returning(Interview::as_returning());
    cached(statement)
        .get_result(tx.conn)
        .on_constraint("interviews_application_fkey", unknown_application)
}

/// Removes an interview.
pub(super) fn delete(tx: &mut Tx<'_>, id: Uuid) -> Result<()> {
    diesel::delete(owned_by(tx.owner).filter(interviews::id.eq(id))).execute(tx.conn)?;
    Ok(())
}

/// A page of interviews.
pub(super) fn list(
    owner: Uuid,
    filter: &InterviewQuery,
    window: &Window,
) -> Result<impl Select<Interview> + use<>> {
    let mut rows = owned_by(owner)
        .select(Interview::as_select())
        .limit(window.fetch())
        .into_boxed::<Pg>();
    if let Some(application) = filter.application_id {
        rows = rows.filter(interviews::application_id.eq(application));
    }
    if let Some(from) = filter.from {
        rows = rows.filter(interviews::scheduled_at.ge(from));
    }
    if let Some(to) = filter.to {
        rows = rows.filter(interviews::scheduled_at.le(to));
    }
    if !filter.outcome.is_empty() {
        rows = rows.filter(interviews::outcome.eq_any(filter.outcome.clone()));
    }
    if let Some(after) = filter.created_after {
        rows = rows.filter(interviews::created_at.gt(after));
    }
    if let Some(after) = filter.updated_after {
        rows = rows.filter(interviews::updated_at.gt(after));
    }
    let start = window.at_instant()?;
    let rows = match window.column() {
        "scheduled_at" => keyset!(rows, start, (interviews::scheduled_at, interviews::id)),
        _ => keyset!(rows, start, (interviews::created_at, interviews::id)),
    };
    Ok(kept_if(filter.is_usual(), rows))
}

/// The place of an interview in a sorted list.
pub(super) fn place(interview: &Interview, sort: &str) -> (Key, Uuid) {
    let at = match sort.trim_start_matches('-') {
        "scheduled_at" => interview.scheduled_at,
        _ => interview.created_at,
    };
    (Key::Instant(at), interview.id)
}
