//! The statements on contacts.

use chrono::NaiveDate;
use diesel::dsl::max;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Date, Nullable, Text};
use uuid::Uuid;

use crate::db::cached::{cached, kept_if};
use crate::db::keyset::{Direction, keyset};
use crate::db::pipeline::Select;
use crate::db::schema::{contacts, networking_activities};
use crate::db::{Tx, ids};
use crate::http::error::Result;
use crate::http::page::{Key, Window};
use crate::networking::contacts::ContactQuery;
use crate::networking::model::{Contact, ContactFields};

define_sql_function! {
    /// The text in lower case, as PostgreSQL sees it.
    fn lower(text: Text) -> Text;
}

define_sql_function! {
    /// A date, or another one in its place.
    #[sql_name = "coalesce"]
    fn date_or(date: Nullable<Date>, other: Date) -> Date;
}

/// Stands for *no date* when sorting: beyond every date that a contact can have, so that those without one
/// come last in either direction. The last of all days is the one that `touch_order` has.
fn no_date(direction: Direction) -> NaiveDate {
    let (year, month, day) = match direction {
        Direction::Ascending => (9999, 12, 31),
        Direction::Descending => (1, 1, 1),
    };
    NaiveDate::from_ymd_opt(year, month, day).expect("both days are in the calendar")
}

/// The rows of one owner: every statement starts here.
#[diesel::dsl::auto_type(no_type_alias)]
fn owned_by(owner: Uuid) -> _ {
    let mine: diesel::dsl::Eq<contacts::owner_id, Uuid> = contacts::owner_id.eq(owner);
    contacts::table.filter(mine)
}

/// One contact.
pub fn one(owner: Uuid, id: Uuid) -> impl Select<Contact> {
    owned_by(owner)
        .filter(contacts::id.eq(id))
        .select(Contact::as_select())
}

/// One contact, locked until the transaction ends.
pub fn lock(conn: &mut PgConnection, owner: Uuid, id: Uuid) -> Result<Contact> {
    Ok(owned_by(owner)
        .filter(contacts::id.eq(id))
        .select(Contact::as_select())
        .for_update()
        .first(conn)?)
}

/// A new contact, written down on a local day.
pub fn insert(tx: &mut Tx<'_>, fields: &ContactFields, added_on: NaiveDate) -> Result<Contact> {
    let statement = diesel::insert_into(contacts::table)
        .values((
            contacts::owner_id.eq(tx.owner),
            contacts::id.eq(ids::new_id(tx.now)),
            fields,
            contacts::added_on.eq(added_on),
            contacts::version.eq(1),
            contacts::created_at.eq(tx.now),
            contacts::updated_at.eq(tx.now),
        ))
        .returning(Contact::as_returning());
    Ok(statement.get_result(tx.conn)?)
}

/// Other fields for a contact.
pub fn update(tx: &mut Tx<'_>, id: Uuid, fields: &ContactFields) -> Result<Contact> {
    let statement = diesel::update(owned_by(tx.owner).filter(contacts::id.eq(id)))
        .set((
            fields,
            contacts::version.eq(contacts::version + 1),
            contacts::updated_at.eq(tx.now),
        ))
        .returning(Contact::as_returning());
    Ok(cached(statement).get_result(tx.conn)?)
}

/// Brings the latest day of a contact up to date with its activities; the owner's activities are locked. Tells
/// whether it is another day now.
///
/// The activity is what changed, not what the user wrote about the contact: its version stays.
pub fn refresh(tx: &mut Tx<'_>, id: Uuid) -> Result<bool> {
    let latest = networking_activities::table
        .filter(networking_activities::owner_id.eq(contacts::owner_id))
        .filter(networking_activities::contact_id.eq(contacts::id.nullable()))
        .select(max(networking_activities::occurred_on))
        .single_value();
    let stale = owned_by(tx.owner)
        .filter(contacts::id.eq(id))
        .filter(contacts::last_activity_on.is_distinct_from(latest));
    let changed = diesel::update(stale)
        .set(contacts::last_activity_on.eq(latest))
        .execute(tx.conn)?;
    Ok(changed == 1)
}

/// Removes a contact that no activity names any more.
pub fn delete(tx: &mut Tx<'_>, id: Uuid) -> Result<()> {
    diesel::delete(owned_by(tx.owner).filter(contacts::id.eq(id))).execute(tx.conn)?;
    Ok(())
}

/// A text that `ILIKE` takes for itself.
fn literal(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_")
}

/// A page of contacts; `today` is the user's own, given when the query asks who is due.
///
/// Who is due, and the order of the next touch, come from an index at any depth; backwards and by name the
/// owner's rows are sorted.
pub fn list(
    conn: &mut PgConnection,
    owner: Uuid,
    today: Option<NaiveDate>,
    filter: &ContactQuery,
    window: &Window,
) -> Result<Vec<Contact>> {
    let mut rows = owned_by(owner)
        .select(Contact::as_select())
        .limit(window.fetch())
        .into_boxed::<Pg>();
    if !filter.relationship.is_empty() {
        rows = rows.filter(contacts::relationship.eq_any(&filter.relationship));
    }
    match (filter.due, today) {
        (Some(true), Some(today)) => rows = rows.filter(contacts::touch_order.le(today)),
        (Some(false), Some(today)) => rows = rows.filter(contacts::touch_order.gt(today)),
        _ => {}
    }
    if let Some(q) = &filter.q {
        let pattern = format!("%{}%", literal(q));
        rows = rows.filter(
            contacts::name
                .ilike(pattern.clone())
                .nullable()
                .or(contacts::organization.ilike(pattern)),
        );
    }
    if let Some(after) = filter.created_after {
        rows = rows.filter(contacts::created_at.gt(after));
    }
    if let Some(after) = filter.updated_after {
        rows = rows.filter(contacts::updated_at.gt(after));
    }
    let (direction, column) = window.direction();
    let id = contacts::id;
    let backwards = date_or(contacts::next_touch_on, no_date(Direction::Descending));
    let rows = match (column, direction) {
        ("updated_at", _) => keyset!(rows, window.at_instant()?, (contacts::updated_at, id)),
        ("name", _) => keyset!(
            rows,
            window.at_text()?.map(lower),
            (lower(contacts::name), id)
        ),
        ("next_touch_on", Direction::Ascending) => {
            keyset!(rows, window.at_date()?, (contacts::touch_order, id))
        }
        ("next_touch_on", Direction::Descending) => {
            keyset!(rows, window.at_date()?, (backwards, id))
        }
        _ => keyset!(rows, window.at_instant()?, (contacts::created_at, id)),
    };
    Ok(kept_if(filter.is_usual(), rows).load(conn)?)
}

/// The place of a contact in a sorted list.
pub fn place(contact: &Contact, window: &Window) -> (Key, Uuid) {
    let (direction, column) = window.direction();
    let key = match column {
        "updated_at" => Key::Instant(contact.updated_at),
        "name" => Key::Text(contact.name.clone()),
        "next_touch_on" => Key::Date(contact.next_touch_on.unwrap_or_else(|| no_date(direction))),
        _ => Key::Instant(contact.created_at),
    };
    (key, contact.id)
}
