//! The statements on feedback requests and their items.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use uuid::Uuid;

use super::handlers::FeedbackRequestQuery;
use super::model::{FeedbackItem, FeedbackRequest, StoredRequest};
use super::requests::{FeedbackRequestChanges, FeedbackRequestFields};
use super::rules::{self, FeedbackStatus};
use crate::db::cached::{cached, kept_if};
use crate::db::constraint::OnConstraint;
use crate::db::keyset::keyset;
use crate::db::schema::{feedback_items, feedback_requests, messages};
use crate::db::{Tx, ids};
use crate::http::error::{Error, Result};
use crate::http::page::{Key, Window};
use crate::http::problems;

/// The rows of one owner: every statement starts here.
#[diesel::dsl::auto_type(no_type_alias)]
fn owned_by(owner: Uuid) -> _ {
    let mine: diesel::dsl::Eq<feedback_requests::owner_id, Uuid> =
        feedback_requests::owner_id.eq(owner);
    feedback_requests::table.filter(mine)
}

/// The items of one owner.
#[diesel::dsl::auto_type(no_type_alias)]
fn items_owned_by(owner: Uuid) -> _ {
    let mine: diesel::dsl::Eq<feedback_items::owner_id, Uuid> = feedback_items::owner_id.eq(owner);
    feedback_items::table.filter(mine)
}

/// What a step of the machine writes.
#[derive(AsChangeset)]
#[diesel(table_name = feedback_requests, treat_none_as_null = true)]
pub(super) struct State<'a> {
    /// The status after it.
    pub(super) status: FeedbackStatus,
    /// When it was sent.
    pub(super) sent_at: Option<DateTime<Utc>>,
    /// When it was answered, declined or cancelled.
    pub(super) closed_at: Option<DateTime<Utc>>,
    /// What was answered.
    pub(super) response_text: Option<&'a str>,
    /// Why it was sent inside a cool-off.
    pub(super) override_reason: Option<&'a str>,
}

/// Rows with their items, as they read at an instant.
fn with_items(
    conn: &mut PgConnection,
    owner: Uuid,
    now: DateTime<Utc>,
    rows: Vec<StoredRequest>,
) -> Result<Vec<FeedbackRequest>> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let found: Vec<(Uuid, FeedbackItem)> = items_owned_by(owner)
        .filter(feedback_items::feedback_request_id.eq_any(ids))
        .order((
            feedback_items::feedback_request_id,
            feedback_items::position,
        ))
        .select((
            feedback_items::feedback_request_id,
            FeedbackItem::as_select(),
        ))
        .load(conn)?;
    let mut items: HashMap<Uuid, Vec<FeedbackItem>> = HashMap::new();
    for (request, item) in found {
        items.entry(request).or_default().push(item);
    }
    Ok(rows
        .into_iter()
        .map(|row| {
            let items = items.remove(&row.id).unwrap_or_default();
            FeedbackRequest::new(row, items, now)
        })
        .collect())
}

fn whole(tx: &mut Tx<'_>, row: StoredRequest) -> Result<FeedbackRequest> {
    with_items(tx.conn, tx.owner, tx.now, vec![row])?
        .pop()
        .ok_or_else(Error::not_found)
}

/// One request.
pub(super) fn get(tx: &mut Tx<'_>, id: Uuid) -> Result<FeedbackRequest> {
    let row = owned_by(tx.owner)
        .filter(feedback_requests::id.eq(id))
        .select(StoredRequest::as_select())
        .first(tx.conn)?;
    whole(tx, row)
}

/// The application that a request is about.
pub fn application_of(conn: &mut PgConnection, owner: Uuid, id: Uuid) -> Result<Uuid> {
    Ok(owned_by(owner)
        .filter(feedback_requests::id.eq(id))
        .select(feedback_requests::application_id)
        .first(conn)?)
}

/// Those of these requests that are there, in any order.
pub fn by_ids(tx: &mut Tx<'_>, ids: &[Uuid]) -> Result<Vec<FeedbackRequest>> {
    let rows = owned_by(tx.owner)
        .filter(feedback_requests::id.eq_any(ids))
        .select(StoredRequest::as_select())
        .load(tx.conn)?;
    with_items(tx.conn, tx.owner, tx.now, rows)
}

/// One request, locked until the transaction ends.
pub(super) fn lock(tx: &mut Tx<'_>, id: Uuid) -> Result<FeedbackRequest> {
    let row = owned_by(tx.owner)
        .filter(feedback_requests::id.eq(id))
        .select(StoredRequest::as_select())
        .for_update()
        .first(tx.conn)?;
    whole(tx, row)
}

/// A new draft; 404 when the owner has no such application, 409 when another request is open.
pub(super) fn insert(tx: &mut Tx<'_>, fields: &FeedbackRequestFields) -> Result<FeedbackRequest> {
    let statement = diesel::insert_into(feedback_requests::table)
        .values((
            feedback_requests::owner_id.eq(tx.owner),
            feedback_requests::id.eq(ids::new_id(tx.now)),
            fields,
            feedback_requests::status.eq(FeedbackStatus::Draft),
            feedback_requests::version.eq(1),
            feedback_requests::created_at.eq(tx.now),
            feedback_requests::updated_at.eq(tx.now),
        ))
        .returning(StoredRequest::as_returning());
    let row = statement
        .get_result(tx.conn)
        .on_constraint("feedback_requests_application_fkey", || {
            Error::unknown_reference("/application_id")
        })
        .on_constraint("feedback_requests_open_key", || {
            problems::FEEDBACK_REQUEST_OPEN
                .because("A feedback request for this application is open.")
                .into()
        })?;
    Ok(FeedbackRequest::new(row, Vec::new(), tx.now))
}

/// The open request of an application.
pub(super) fn open_one(
    conn: &mut PgConnection,
    owner: Uuid,
    application: Uuid,
) -> Result<Option<Uuid>> {
    Ok(owned_by(owner)
        .filter(feedback_requests::application_id.eq(application))
        .filter(feedback_requests::status.eq_any([FeedbackStatus::Draft, FeedbackStatus::Sent]))
        .select(feedback_requests::id)
        .first(conn)
        .optional()?)
}

/// Writes down that what was sent long ago had no answer; the requests that this is true of.
pub(super) fn close_silent(tx: &mut Tx<'_>, application: Uuid) -> Result<Vec<Uuid>> {
    let silent = owned_by(tx.owner)
        .filter(feedback_requests::application_id.eq(application))
        .filter(feedback_requests::status.eq(FeedbackStatus::Sent))
        .filter(feedback_requests::sent_at.le(rules::silent_since(tx.now)));
    Ok(diesel::update(silent)
        .set((
            feedback_requests::status.eq(FeedbackStatus::NoAnswer),
            feedback_requests::version.eq(feedback_requests::version + 1),
            feedback_requests::updated_at.eq(tx.now),
        ))
        .returning(feedback_requests::id)
        .get_results(tx.conn)?)
}

/// Another state for a request.
pub(super) fn set_state(tx: &mut Tx<'_>, id: Uuid, state: &State<'_>) -> Result<FeedbackRequest> {
    let statement = diesel::update(owned_by(tx.owner).filter(feedback_requests::id.eq(id)))
        .set((
            state,
            feedback_requests::version.eq(feedback_requests::version + 1),
            feedback_requests::updated_at.eq(tx.now),
        ))
        .returning(StoredRequest::as_returning());
    let row = cached(statement).get_result(tx.conn)?;
    whole(tx, row)
}

/// Other fields for a request.
pub(super) fn update(
    tx: &mut Tx<'_>,
    id: Uuid,
    changes: &FeedbackRequestChanges,
) -> Result<FeedbackRequest> {
    let statement = diesel::update(owned_by(tx.owner).filter(feedback_requests::id.eq(id)))
        .set((
            changes,
            feedback_requests::version.eq(feedback_requests::version + 1),
            feedback_requests::updated_at.eq(tx.now),
        ))
        .returning(StoredRequest::as_returning());
    let row = cached(statement).get_result(tx.conn)?;
    whole(tx, row)
}

/// When a request was nudged.
pub(super) fn set_nudged(tx: &mut Tx<'_>, id: Uuid, at: DateTime<Utc>) -> Result<FeedbackRequest> {
    let row = diesel::update(owned_by(tx.owner).filter(feedback_requests::id.eq(id)))
        .set((
            feedback_requests::nudged_at.eq(at),
            feedback_requests::version.eq(feedback_requests::version + 1),
            feedback_requests::updated_at.eq(tx.now),
        ))
        .returning(StoredRequest::as_returning())
        .get_result(tx.conn)?;
    whole(tx, row)
}

/// All items of a request anew, in their order.
pub(super) fn replace_items(tx: &mut Tx<'_>, id: Uuid, items: &[FeedbackItem]) -> Result<()> {
    diesel::delete(items_owned_by(tx.owner).filter(feedback_items::feedback_request_id.eq(id)))
        .execute(tx.conn)?;
    let rows: Vec<_> = (1..)
        .zip(items)
        .map(|(position, item)| {
            (
                feedback_items::owner_id.eq(tx.owner),
                feedback_items::id.eq(ids::new_id(tx.now)),
                feedback_items::feedback_request_id.eq(id),
                feedback_items::position.eq(position),
                item,
            )
        })
        .collect();
    if !rows.is_empty() {
        diesel::insert_into(feedback_items::table)
            .values(rows)
            .execute(tx.conn)?;
    }
    Ok(())
}

/// The messages that name a request.
pub(super) fn messages_naming(conn: &mut PgConnection, owner: Uuid, id: Uuid) -> Result<Vec<Uuid>> {
    Ok(messages::table
        .filter(messages::owner_id.eq(owner))
        .filter(messages::feedback_request_id.eq(id))
        .order(messages::id)
        .select(messages::id)
        .load(conn)?)
}

/// Removes a request with its items.
pub(super) fn delete(tx: &mut Tx<'_>, id: Uuid) -> Result<()> {
    diesel::delete(owned_by(tx.owner).filter(feedback_requests::id.eq(id))).execute(tx.conn)?;
    Ok(())
}

/// A page of requests.
pub(super) fn list(
    tx: &mut Tx<'_>,
    filter: &FeedbackRequestQuery,
    window: &Window,
) -> Result<Vec<FeedbackRequest>> {
    let mut rows = owned_by(tx.owner)
        .select(StoredRequest::as_select())
        .limit(window.fetch())
        .into_boxed::<Pg>();
    if let Some(application) = filter.application_id {
        rows = rows.filter(feedback_requests::application_id.eq(application));
    }
    if !filter.status.is_empty() {
        let wants = |status| filter.status.contains(&status);
        let sent_at = feedback_requests::sent_at.assume_not_null();
        let since = rules::silent_since(tx.now);
        let is_sent = feedback_requests::status.eq(FeedbackStatus::Sent);
        // What was sent reads as sent or as no_answer, by the time alone.
        let others = filter
            .status
            .iter()
            .filter(|it| **it != FeedbackStatus::Sent);
        let others: Vec<FeedbackStatus> = others.copied().collect();
        let stored = feedback_requests::status.eq_any(others);
        rows = match (wants(FeedbackStatus::Sent), wants(FeedbackStatus::NoAnswer)) {
            (true, true) => rows.filter(stored.or(is_sent)),
            (true, false) => rows.filter(stored.or(is_sent.and(sent_at.gt(since)))),
            (false, true) => rows.filter(stored.or(is_sent.and(sent_at.le(since)))),
            (false, false) => rows.filter(stored),
        };
    }
    if let Some(after) = filter.created_after {
        rows = rows.filter(feedback_requests::created_at.gt(after));
    }
    if let Some(after) = filter.updated_after {
        rows = rows.filter(feedback_requests::updated_at.gt(after));
    }
    let start = window.at_instant()?;
    let rows = match window.column() {
        "updated_at" => keyset!(
            rows,
            start,
            (feedback_requests::updated_at, feedback_requests::id)
        ),
        _ => keyset!(
            rows,
            start,
            (feedback_requests::created_at, feedback_requests::id)
        ),
    };
    let rows = kept_if(filter.is_usual(), rows).load(tx.conn)?;
    with_items(tx.conn, tx.owner, tx.now, rows)
}

/// The place of a request in a sorted list.
pub(super) fn place(request: &FeedbackRequest, sort: &str) -> (Key, Uuid) {
    let at = match sort.trim_start_matches('-') {
        "updated_at" => request.updated_at,
        _ => request.created_at,
    };
    (Key::Instant(at), request.id)
}
