//! The statements on reflections.

use diesel::pg::Pg;
use diesel::prelude::*;
use uuid::Uuid;

use super::handlers::ReflectionQuery;
use super::model::{Reflection, ReflectionFields};
use crate::db::cached::{cached, kept_if};
use crate::db::constraint::OnConstraint;
use crate::db::keyset::keyset;
use crate::db::pipeline::Select;
use crate::db::schema::reflections;
use crate::db::{Tx, ids};
use crate::http::error::{Error, Result};
use crate::http::page::{Key, Window};

/// The rows of one owner: every statement starts here.
#[diesel::dsl::auto_type(no_type_alias)]
fn owned_by(owner: Uuid) -> _ {
    let mine: diesel::dsl::Eq<reflections::owner_id, Uuid> = reflections::owner_id.eq(owner);
    reflections::table.filter(mine)
}

fn unknown_application() -> Error {
    Error::unknown_reference("/application_id")
}

/// One reflection.
pub(super) fn one(owner: Uuid, id: Uuid) -> impl Select<Reflection> {
    owned_by(owner)
        .filter(reflections::id.eq(id))
        .select(Reflection::as_select())
}

/// Those of these reflections that are there, in any order.
pub fn by_ids(tx: &mut Tx<'_>, ids: &[Uuid]) -> Result<Vec<Reflection>> {
    Ok(owned_by(tx.owner)
        .filter(reflections::id.eq_any(ids))
        .select(Reflection::as_select())
        .load(tx.conn)?)
}

/// One reflection, locked until the transaction ends.
pub(super) fn lock(conn: &mut PgConnection, owner: Uuid, id: Uuid) -> Result<Reflection> {
    Ok(owned_by(owner)
        .filter(reflections::id.eq(id))
        .select(Reflection::as_select())
        .for_update()
        .first(conn)?)
}

/// A new reflection; 404 when the owner has no such application.
pub(super) fn insert(tx: &mut Tx<'_>, fields: &ReflectionFields) -> Result<Reflection> {
    let statement = diesel::insert_into(reflections::table)
        .values((
            reflections::owner_id.eq(tx.owner),
            reflections::id.eq(ids::new_id(tx.now)),
            fields,
            reflections::version.eq(1),
            reflections::created_at.eq(tx.now),
            reflections::updated_at.eq(tx.now),
        ))
        .returning(Reflection::as_returning());
    statement
        .get_result(tx.conn)
        .on_constraint("reflections_application_fkey", unknown_application)
}

/// Other fields for a reflection.
pub(super) fn update(tx: &mut Tx<'_>, id: Uuid, fields: &ReflectionFields) -> Result<Reflection> {
    let statement = diesel::update(owned_by(tx.owner).filter(reflections::id.eq(id)))
        .set((
            fields,
            reflections::version.eq(reflections::version + 1),
            reflections::updated_at.eq(tx.now),
        ))
        .returning(Reflection::as_returning());
    cached(statement)
        .get_result(tx.conn)
        .on_constraint("reflections_application_fkey", unknown_application)
}

/// Removes a reflection.
pub(super) fn delete(tx: &mut Tx<'_>, id: Uuid) -> Result<()> {
    diesel::delete(owned_by(tx.owner).filter(reflections::id.eq(id))).execute(tx.conn)?;
    Ok(())
}

/// A page of reflections.
pub(super) fn list(
    owner: Uuid,
    filter: &ReflectionQuery,
    window: &Window,
) -> Result<impl Select<Reflection> + use<>> {
    let mut rows = owned_by(owner)
        .select(Reflection::as_select())
        .limit(window.fetch())
        .into_boxed::<Pg>();
    if let Some(application) = filter.application_id {
        rows = rows.filter(reflections::application_id.eq(application));
    }
    if let Some(after) = filter.created_after {
        rows = rows.filter(reflections::created_at.gt(after));
    }
    if let Some(after) = filter.updated_after {
        rows = rows.filter(reflections::updated_at.gt(after));
    }
    let start = window.at_instant()?;
    let rows = match window.column() {
        "updated_at" => keyset!(rows, start, (reflections::updated_at, reflections::id)),
        _ => keyset!(rows, start, (reflections::created_at, reflections::id)),
    };
    Ok(kept_if(filter.is_usual(), rows))
}

/// The place of a reflection in a sorted list.
pub(super) fn place(reflection: &Reflection, sort: &str) -> (Key, Uuid) {
    let at = match sort.trim_start_matches('-') {
        "updated_at" => reflection.updated_at,
        _ => reflection.created_at,
    };
    (Key::Instant(at), reflection.id)
}
