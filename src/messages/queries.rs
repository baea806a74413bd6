//! The statements on messages.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use uuid::Uuid;

use super::MessageKind;
use super::handlers::MessageQuery;
use super::model::{MessageFields, StoredMessage};
use super::rules::MessageStatus;
use crate::db::cached::{cached, kept_if};
use crate::db::constraint::OnConstraint;
use crate::db::keyset::keyset;
use crate::db::schema::messages;
use crate::db::{Tx, ids};
use crate::http::error::{Error, Result};
use crate::http::page::{Key, Window};

/// The rows of one owner: every statement starts here.
#[diesel::dsl::auto_type(no_type_alias)]
fn owned_by(owner: Uuid) -> _ {
    let mine: diesel::dsl::Eq<messages::owner_id, Uuid> = messages::owner_id.eq(owner);
    messages::table.filter(mine)
}

fn unknown_application() -> Error {
    Error::unknown_reference("/application_id")
}

fn unknown_request() -> Error {
    Error::unknown_reference("/feedback_request_id")
}

/// One message.
pub(super) fn get(conn: &mut PgConnection, owner: Uuid, id: Uuid) -> Result<StoredMessage> {
    Ok(owned_by(owner)
        .filter(messages::id.eq(id))
        .select(StoredMessage::as_select())
        .first(conn)?)
}

/// Those of these messages that are there, in any order.
pub(super) fn by_ids(
    conn: &mut PgConnection,
    owner: Uuid,
    ids: &[Uuid],
) -> Result<Vec<StoredMessage>> {
    Ok(owned_by(owner)
        .filter(messages::id.eq_any(ids))
        .select(StoredMessage::as_select())
        .load(conn)?)
}

/// One message, locked until the transaction ends.
pub(super) fn lock(conn: &mut PgConnection, owner: Uuid, id: Uuid) -> Result<StoredMessage> {
    Ok(owned_by(owner)
        .filter(messages::id.eq(id))
        .select(StoredMessage::as_select())
        .for_update()
        .first(conn)?)
}

/// A new draft; 404 when the owner has no such application or feedback request.
pub(super) fn insert(
    tx: &mut Tx<'_>,
    kind: MessageKind,
    template: Option<Uuid>,
    fields: &MessageFields,
) -> Result<StoredMessage> {
    let statement = diesel::insert_into(messages::table)
        .values((
            messages::owner_id.eq(tx.owner),
            messages::id.eq(ids::new_id(tx.now)),
            messages::kind.eq(kind),
            messages::status.eq(MessageStatus::Draft),
            messages::template_id.eq(template),
            fields,
            messages::version.eq(1),
            messages::created_at.eq(tx.now),
            messages::updated_at.eq(tx.now),
        ))
        .returning(StoredMessage::as_returning());
    statement
        .get_result(tx.conn)
        .on_constraint("messages_application_fkey", unknown_application)
        .on_constraint("messages_feedback_request_fkey", unknown_request)
}

/// Other fields for a message.
pub(super) fn update(tx: &mut Tx<'_>, id: Uuid, fields: &MessageFields) -> Result<StoredMessage> {
    let statement = diesel::update(owned_by(tx.owner).filter(messages::id.eq(id)))
        .set((
            fields,
            messages::version.eq(messages::version + 1),
            messages::updated_at.eq(tx.now),
        ))
        .returning(StoredMessage::as_returning());
    cached(statement)
        .get_result(tx.conn)
        .on_constraint("messages_application_fkey", unknown_application)
        .on_constraint("messages_feedback_request_fkey", unknown_request)
}

/// Sent at an instant, with the reason when a guard needed one.
pub(super) fn set_sent(
    tx: &mut Tx<'_>,
    id: Uuid,
    at: DateTime<Utc>,
    reason: Option<&str>,
) -> Result<StoredMessage> {
    let statement = diesel::update(owned_by(tx.owner).filter(messages::id.eq(id)))
        .set((
            messages::status.eq(MessageStatus::Sent),
            messages::sent_at.eq(at),
            messages::override_reason.eq(reason),
            messages::version.eq(messages::version + 1),
            messages::updated_at.eq(tx.now),
        ))
        .returning(StoredMessage::as_returning());
    Ok(cached(statement).get_result(tx.conn)?)
}

/// Another status for a message that is not sent.
pub(super) fn set_status(
    tx: &mut Tx<'_>,
    id: Uuid,
    status: MessageStatus,
) -> Result<StoredMessage> {
    let statement = diesel::update(owned_by(tx.owner).filter(messages::id.eq(id)))
        .set((
            messages::status.eq(status),
            messages::version.eq(messages::version + 1),
            messages::updated_at.eq(tx.now),
        ))
        .returning(StoredMessage::as_returning());
    Ok(cached(statement).get_result(tx.conn)?)
}

/// Removes a message.
pub(super) fn delete(tx: &mut Tx<'_>, id: Uuid) -> Result<()> {
    diesel::delete(owned_by(tx.owner).filter(messages::id.eq(id))).execute(tx.conn)?;
    Ok(())
}

/// A page of messages.
pub(super) fn list(
    conn: &mut PgConnection,
    owner: Uuid,
    filter: &MessageQuery,
    window: &Window,
) -> Result<Vec<StoredMessage>> {
    let mut rows = owned_by(owner)
        .select(StoredMessage::as_select())
        .limit(window.fetch())
        .into_boxed::<Pg>();
    if !filter.kind.is_empty() {
        rows = rows.filter(messages::kind.eq_any(&filter.kind));
    }
    if !filter.status.is_empty() {
        rows = rows.filter(messages::status.eq_any(&filter.status));
    }
    if let Some(application) = filter.application_id {
        rows = rows.filter(messages::application_id.eq(application));
    }
    if let Some(after) = filter.created_after {
        rows = rows.filter(messages::created_at.gt(after));
    }
    if let Some(after) = filter.updated_after {
        rows = rows.filter(messages::updated_at.gt(after));
    }
    let start = window.at_instant()?;
    let rows = match window.column() {
        "updated_at" => keyset!(rows, start, (messages::updated_at, messages::id)),
        _ => keyset!(rows, start, (messages::created_at, messages::id)),
    };
    Ok(kept_if(filter.is_usual(), rows).load(conn)?)
}

/// The place of a message in a sorted list.
pub(super) fn place(message: &StoredMessage, sort: &str) -> (Key, Uuid) {
    let at = match sort.trim_start_matches('-') {
        "updated_at" => message.updated_at,
        _ => message.created_at,
    };
    (Key::Instant(at), message.id)
}
