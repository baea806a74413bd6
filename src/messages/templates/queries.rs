//! The statements on templates.

use diesel::pg::Pg;
use diesel::prelude::*;
use uuid::Uuid;

use super::handlers::TemplateQuery;
use super::model::{Template, TemplateFields};
use crate::db::cached::{cached, kept_if};
use crate::db::keyset::keyset;
use crate::db::schema::templates;
use crate::db::{Tx, ids};
use crate::http::error::Result;
use crate::http::page::Window;

/// The rows of one owner: every statement starts here.
#[diesel::dsl::auto_type(no_type_alias)]
fn owned_by(owner: Uuid) -> _ {
    let mine: diesel::dsl::Eq<templates::owner_id, Uuid> = templates::owner_id.eq(owner);
    templates::table.filter(mine)
}

/// One template of the owner's own.
pub(super) fn get(conn: &mut PgConnection, owner: Uuid, id: Uuid) -> Result<Template> {
    Ok(owned_by(owner)
        .filter(templates::id.eq(id))
        .select(Template::as_select())
        .first(conn)?)
}

/// One template of the owner's own, locked until the transaction ends.
pub(super) fn lock(conn: &mut PgConnection, owner: Uuid, id: Uuid) -> Result<Template> {
    Ok(owned_by(owner)
        .filter(templates::id.eq(id))
        .select(Template::as_select())
        .for_update()
        .first(conn)?)
}

/// A new template.
pub(super) fn insert(tx: &mut Tx<'_>, fields: &TemplateFields) -> Result<Template> {
    let statement = diesel::insert_into(templates::table)
        .values((
            templates::owner_id.eq(tx.owner),
            templates::id.eq(ids::new_id(tx.now)),
            fields,
            templates::version.eq(1),
            templates::created_at.eq(tx.now),
            templates::updated_at.eq(tx.now),
        ))
        .returning(Template::as_returning());
    Ok(statement.get_result(tx.conn)?)
}

/// Other fields for a template.
pub(super) fn update(tx: &mut Tx<'_>, id: Uuid, fields: &TemplateFields) -> Result<Template> {
    let statement = diesel::update(owned_by(tx.owner).filter(templates::id.eq(id)))
        .set((
            fields,
            templates::version.eq(templates::version + 1),
            templates::updated_at.eq(tx.now),
        ))
        .returning(Template::as_returning());
    Ok(cached(statement).get_result(tx.conn)?)
}

/// Removes a template. Messages that were made from it stay.
pub(super) fn delete(tx: &mut Tx<'_>, id: Uuid) -> Result<()> {
    diesel::delete(owned_by(tx.owner).filter(templates::id.eq(id))).execute(tx.conn)?;
    Ok(())
}

/// The owner's own templates for a page.
pub(super) fn list(
    conn: &mut PgConnection,
    owner: Uuid,
    filter: &TemplateQuery,
    window: &Window,
) -> Result<Vec<Template>> {
    let mut rows = owned_by(owner)
        .select(Template::as_select())
        .limit(window.fetch())
        .into_boxed::<Pg>();
    if !filter.kind.is_empty() {
        rows = rows.filter(templates::kind.eq_any(&filter.kind));
    }
    if let Some(after) = filter.created_after {
        rows = rows.filter(templates::created_at.gt(after));
    }
    if let Some(after) = filter.updated_after {
        rows = rows.filter(templates::updated_at.gt(after));
    }
    let start = window.at_instant()?;
    let rows = match window.column() {
        "updated_at" => keyset!(rows, start, (templates::updated_at, templates::id)),
        _ => keyset!(rows, start, (templates::created_at, templates::id)),
    };
    Ok(kept_if(filter.is_usual(), rows).load(conn)?)
}
