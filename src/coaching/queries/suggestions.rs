//! The statements on suggested goals.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use uuid::Uuid;

use crate::coaching::suggestions::{
    GoalSuggestion, GoalSuggestionFields, StoredSuggestion, SuggestionStatus,
};
use crate::db::cached::cached;
use crate::db::keyset::keyset;
use crate::db::schema::goal_suggestions;
use crate::db::{Tx, ids};
use crate::http::error::Result;
use crate::http::page::Window;

/// What narrows a list of suggestions.
pub struct SuggestionFilter {
    /// With one of these statuses; with any when there is none.
    pub status: Vec<SuggestionStatus>,
    /// Created after this instant.
    pub created_after: Option<DateTime<Utc>>,
    /// Changed after this instant.
    pub updated_after: Option<DateTime<Utc>>,
}

/// The suggestions to one seeker.
#[diesel::dsl::auto_type(no_type_alias)]
fn made_to(seeker: Uuid) -> _ {
    let theirs: diesel::dsl::Eq<goal_suggestions::seeker_id, Uuid> =
        goal_suggestions::seeker_id.eq(seeker);
    goal_suggestions::table.filter(theirs)
}

/// The suggestions of one coach to one client.
#[diesel::dsl::auto_type(no_type_alias)]
fn made_by(coach: Uuid, client: Uuid) -> _ {
    let mine: diesel::dsl::Eq<goal_suggestions::coach_id, Uuid> =
        goal_suggestions::coach_id.eq(coach);
    let theirs: diesel::dsl::Eq<goal_suggestions::seeker_id, Uuid> =
        goal_suggestions::seeker_id.eq(client);
    goal_suggestions::table.filter(mine).filter(theirs)
}

fn page_of(
    conn: &mut PgConnection,
    mut rows: goal_suggestions::BoxedQuery<'_, Pg>,
    filter: &SuggestionFilter,
    window: &Window,
) -> Result<Vec<GoalSuggestion>> {
    if !filter.status.is_empty() {
        rows = rows.filter(goal_suggestions::status.eq_any(filter.status.clone()));
    }
    if let Some(after) = filter.created_after {
        rows = rows.filter(goal_suggestions::created_at.gt(after));
    }
    if let Some(after) = filter.updated_after {
        rows = rows.filter(goal_suggestions::updated_at.gt(after));
    }
    let start = window.at_instant()?;
    let id = goal_suggestions::id;
    let rows = match window.column() {
        "updated_at" => keyset!(rows, start, (goal_suggestions::updated_at, id)),
        _ => keyset!(rows, start, (goal_suggestions::created_at, id)),
    };
    let rows: Vec<StoredSuggestion> = rows
        .limit(window.fetch())
        .select(StoredSuggestion::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(GoalSuggestion::from).collect())
}

/// A page of the suggestions to a seeker.
pub fn list(
    tx: &mut Tx<'_>,
    filter: &SuggestionFilter,
    window: &Window,
) -> Result<Vec<GoalSuggestion>> {
    page_of(tx.conn, made_to(tx.owner).into_boxed(), filter, window)
}

/// A page of a coach's suggestions to a client.
pub fn list_of_coach(
    tx: &mut Tx<'_>,
    client: Uuid,
    filter: &SuggestionFilter,
    window: &Window,
) -> Result<Vec<GoalSuggestion>> {
    let rows = made_by(tx.owner, client).into_boxed();
    page_of(tx.conn, rows, filter, window)
}

/// A suggestion to a seeker.
pub fn get(tx: &mut Tx<'_>, id: Uuid) -> Result<GoalSuggestion> {
    let row = made_to(tx.owner)
        .filter(goal_suggestions::id.eq(id))
        .select(StoredSuggestion::as_select())
        .first(tx.conn)?;
    Ok(row.into())
}

/// The same, locked until the transaction ends.
pub fn lock(tx: &mut Tx<'_>, id: Uuid) -> Result<GoalSuggestion> {
    let row = made_to(tx.owner)
        .filter(goal_suggestions::id.eq(id))
        .select(StoredSuggestion::as_select())
        .for_update()
        .first(tx.conn)?;
    Ok(row.into())
}

/// A suggestion of a coach to a client.
pub fn get_of_coach(tx: &mut Tx<'_>, client: Uuid, id: Uuid) -> Result<GoalSuggestion> {
    let row = made_by(tx.owner, client)
        .filter(goal_suggestions::id.eq(id))
        .select(StoredSuggestion::as_select())
        .first(tx.conn)?;
    Ok(row.into())
}

/// A new suggestion to a client.
pub fn insert(
    tx: &mut Tx<'_>,
    client: Uuid,
    fields: &GoalSuggestionFields,
) -> Result<GoalSuggestion> {
    let row = diesel::insert_into(goal_suggestions::table)
        .values((
            goal_suggestions::seeker_id.eq(client),
            goal_suggestions::id.eq(ids::new_id(tx.now)),
            goal_suggestions::coach_id.eq(tx.owner),
            fields,
            goal_suggestions::status.eq(SuggestionStatus::Open),
            goal_suggestions::status_since.eq(tx.now),
            goal_suggestions::version.eq(1),
            goal_suggestions::created_at.eq(tx.now),
            goal_suggestions::updated_at.eq(tx.now),
        ))
        .returning(StoredSuggestion::as_returning())
        .get_result(tx.conn)?;
    Ok(row.into())
}

/// The seeker's answer to a suggestion, whose row is locked.
pub fn answer(
    tx: &mut Tx<'_>,
    id: Uuid,
    to: SuggestionStatus,
    goal: Option<Uuid>,
) -> Result<GoalSuggestion> {
    let suggestion = made_to(tx.owner).filter(goal_suggestions::id.eq(id));
    let statement = diesel::update(suggestion)
        .set((
            goal_suggestions::status.eq(to),
            goal_suggestions::status_since.eq(tx.now),
            goal_suggestions::goal_id.eq(goal),
            goal_suggestions::version.eq(goal_suggestions::version + 1),
            goal_suggestions::updated_at.eq(tx.now),
        ))
        .returning(StoredSuggestion::as_returning());
    let row: StoredSuggestion = cached(statement).get_result(tx.conn)?;
    Ok(row.into())
}
