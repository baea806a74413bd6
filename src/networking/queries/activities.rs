//! The statements on networking activities.

use diesel::pg::Pg;
use diesel::prelude::*;
use uuid::Uuid;

use crate::db::cached::{cached, kept_if};
use crate::db::constraint::OnConstraint;
use crate::db::keyset::keyset;
use crate::db::pipeline::Select;
use crate::db::schema::networking_activities;
use crate::db::{Tx, ids};
use crate::http::error::{Error, Result};
use crate::http::page::{Key, Window};
use crate::networking::activities::NetworkingActivityQuery;
use crate::networking::model::{NetworkingActivity, NetworkingActivityFields};

/// The rows of one owner: every statement starts here.
#[diesel::dsl::auto_type(no_type_alias)]
fn owned_by(owner: Uuid) -> _ {
    let mine: diesel::dsl::Eq<networking_activities::owner_id, Uuid> =
        networking_activities::owner_id.eq(owner);
    networking_activities::table.filter(mine)
}

fn unknown_contact() -> Error {
    Error::unknown_reference("/contact_id")
}

/// One activity.
pub fn one(owner: Uuid, id: Uuid) -> impl Select<NetworkingActivity> {
    owned_by(owner)
        .filter(networking_activities::id.eq(id))
        .select(NetworkingActivity::as_select())
}

/// One activity, locked until the transaction ends.
pub fn lock(conn: &mut PgConnection, owner: Uuid, id: Uuid) -> Result<NetworkingActivity> {
    Ok(owned_by(owner)
        .filter(networking_activities::id.eq(id))
        .select(NetworkingActivity::as_select())
        .for_update()
        .first(conn)?)
}

/// A new activity; 404 when the owner has no such contact.
pub fn insert(tx: &mut Tx<'_>, fields: &NetworkingActivityFields) -> Result<NetworkingActivity> {
    let statement = diesel::insert_into(networking_activities::table)
        .values((
            networking_activities::owner_id.eq(tx.owner),
            networking_activities::id.eq(ids::new_id(tx.now)),
            fields,
            networking_activities::version.eq(1),
            networking_activities::created_at.eq(tx.now),
            networking_activities::updated_at.eq(tx.now),
        ))
        .returning(NetworkingActivity::as_returning());
    statement
        .get_result(tx.conn)
        .on_constraint("networking_activities_contact_fkey", unknown_contact)
}

/// Other fields for an activity; 404 when the owner has no such contact.
pub fn update(
    tx: &mut Tx<'_>,
    id: Uuid,
    fields: &NetworkingActivityFields,
) -> Result<NetworkingActivity> {
    let statement = diesel::update(owned_by(tx.owner).filter(networking_activities::id.eq(id)))
        .set((
            fields,
            networking_activities::version.eq(networking_activities::version + 1),
            networking_activities::updated_at.eq(tx.now),
        ))
        .returning(NetworkingActivity::as_returning());
    cached(statement)
        .get_result(tx.conn)
        .on_constraint("networking_activities_contact_fkey", unknown_contact)
}

/// Takes a contact out of its activities: which ones had it.
pub fn detach(tx: &mut Tx<'_>, contact: Uuid) -> Result<Vec<Uuid>> {
    let theirs = owned_by(tx.owner).filter(networking_activities::contact_id.eq(contact));
    Ok(diesel::update(theirs)
        .set((
            networking_activities::contact_id.eq(None::<Uuid>),
            networking_activities::version.eq(networking_activities::version + 1),
            networking_activities::updated_at.eq(tx.now),
        ))
        .returning(networking_activities::id)
        .get_results(tx.conn)?)
}

/// Removes an activity.
pub fn delete(tx: &mut Tx<'_>, id: Uuid) -> Result<()> {
    diesel::delete(owned_by(tx.owner).filter(networking_activities::id.eq(id))).execute(tx.conn)?;
    Ok(())
}

/// A page of activities.
pub fn list(
    owner: Uuid,
    filter: &NetworkingActivityQuery,
    window: &Window,
) -> Result<impl Select<NetworkingActivity> + use<>> {
    let mut rows = owned_by(owner)
        .select(NetworkingActivity::as_select())
        .limit(window.fetch())
        .into_boxed::<Pg>();
    if let Some(contact) = filter.contact_id {
        rows = rows.filter(networking_activities::contact_id.eq(contact));
    }
    if !filter.kind.is_empty() {
        rows = rows.filter(networking_activities::kind.eq_any(filter.kind.clone()));
    }
    if let Some(from) = filter.from {
        rows = rows.filter(networking_activities::occurred_on.ge(from));
    }
    if let Some(to) = filter.to {
        rows = rows.filter(networking_activities::occurred_on.le(to));
    }
    if let Some(after) = filter.created_after {
        rows = rows.filter(networking_activities::created_at.gt(after));
    }
    if let Some(after) = filter.updated_after {
        rows = rows.filter(networking_activities::updated_at.gt(after));
    }
    let id = networking_activities::id;
    let rows = match window.column() {
        "occurred_on" => keyset!(
            rows,
            window.at_date()?,
            (networking_activities::occurred_on, id)
        ),
        _ => keyset!(
            rows,
            window.at_instant()?,
            (networking_activities::created_at, id)
        ),
    };
    Ok(kept_if(filter.is_usual(), rows))
}

/// The place of an activity in a sorted list.
pub fn place(activity: &NetworkingActivity, sort: &str) -> (Key, Uuid) {
    let key = match sort.trim_start_matches('-') {
        "occurred_on" => Key::Date(activity.occurred_on),
        _ => Key::Instant(activity.created_at),
    };
    (key, activity.id)
}
