//! The statements on links and the access log. Each names the party that it is for; row level security
//! shows a row to its seeker and its coach only.

pub mod notes;
pub mod suggestions;

use chrono::{DateTime, Utc};
use diesel::dsl::{exists, sql};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Text, Timestamptz};
use uuid::Uuid;

use super::links::CoachAccessQuery;
use super::model::{CoachAccess, CoachLinkChanges, CoachLinkFields, LinkRow};
use super::rules::{AccessView, LinkStatus, Scope};
use crate::db::cached::cached;
use crate::db::constraint::OnConstraint;
use crate::db::keyset::keyset;
use crate::db::schema::{coach_accesses, coach_links};
use crate::db::{Tx, ids};
use crate::http::error::Result;
use crate::http::page::Window;
use crate::http::problems;

define_sql_function! {
    /// The text in lower case, as PostgreSQL sees it.
    fn lower(text: Text) -> Text;
}

/// The links of one seeker.
#[diesel::dsl::auto_type(no_type_alias)]
fn links_of_seeker(seeker: Uuid) -> _ {
    let theirs: diesel::dsl::Eq<coach_links::seeker_id, Uuid> = coach_links::seeker_id.eq(seeker);
    coach_links::table.filter(theirs)
}

/// What narrows a list of links.
pub struct LinkFilter {
    /// With one of these statuses, as they read now; with any when there is none.
    pub status: Vec<LinkStatus>,
    /// Created after this instant.
    pub created_after: Option<DateTime<Utc>>,
    /// Changed after this instant.
    pub updated_after: Option<DateTime<Utc>>,
}

/// A page of links; those of a seeker, or those that a coach was invited to.
fn page_of(
    conn: &mut PgConnection,
    mut rows: coach_links::BoxedQuery<'_, Pg>,
    filter: &LinkFilter,
    window: &Window,
    now: DateTime<Utc>,
) -> Result<Vec<LinkRow>> {
    if !filter.status.is_empty() {
        // As `rules::status_at` has it.
        let status = sql::<Text>(
            "CASE WHEN status = 'active' AND coach_id IS NULL THEN 'revoked'
             WHEN status IN ('invited', 'active') AND ends_at <= ",
        )
        .bind::<Timestamptz, _>(now)
        .sql(" THEN 'expired' ELSE status END");
        rows = rows.filter(status.eq_any(filter.status.clone()));
    }
    if let Some(after) = filter.created_after {
        rows = rows.filter(coach_links::created_at.gt(after));
    }
    if let Some(after) = filter.updated_after {
        rows = rows.filter(coach_links::updated_at.gt(after));
    }
    let start = window.at_instant()?;
    let rows = match window.column() {
        "updated_at" => keyset!(rows, start, (coach_links::updated_at, coach_links::id)),
        _ => keyset!(rows, start, (coach_links::created_at, coach_links::id)),
    };
    Ok(rows
        .limit(window.fetch())
        .select(LinkRow::as_select())
        .load(conn)?)
}

/// A page of a seeker's links.
pub fn list(
    conn: &mut PgConnection,
    seeker: Uuid,
    filter: &LinkFilter,
    window: &Window,
    now: DateTime<Utc>,
) -> Result<Vec<LinkRow>> {
    page_of(
        conn,
        links_of_seeker(seeker).into_boxed(),
        filter,
        window,
        now,
    )
}

/// One link of a seeker.
pub fn get(conn: &mut PgConnection, seeker: Uuid, id: Uuid) -> Result<LinkRow> {
    Ok(links_of_seeker(seeker)
        .filter(coach_links::id.eq(id))
        .select(LinkRow::as_select())
        .first(conn)?)
}

/// One link of a seeker, locked until the transaction ends.
pub fn lock(conn: &mut PgConnection, seeker: Uuid, id: Uuid) -> Result<LinkRow> {
    Ok(links_of_seeker(seeker)
        .filter(coach_links::id.eq(id))
        .select(LinkRow::as_select())
        .for_update()
        .first(conn)?)
}

/// Writes down what time or an erasure ended, so that the address can be invited again.
pub fn close_ended(tx: &mut Tx<'_>, coach_email: &str) -> Result<()> {
    let open = || {
        links_of_seeker(tx.owner)
            .filter(coach_links::coach_email.eq(lower(coach_email.to_owned()).nullable()))
            .filter(coach_links::status.eq_any([LinkStatus::Invited, LinkStatus::Active]))
    };
    let closed = |status| {
        (
            coach_links::status.eq(status),
            coach_links::version.eq(coach_links::version + 1),
            coach_links::updated_at.eq(tx.now),
        )
    };
    let orphaned = open()
        .filter(coach_links::status.eq(LinkStatus::Active))
        .filter(coach_links::coach_id.is_null());
    diesel::update(orphaned)
        .set(closed(LinkStatus::Revoked))
        .execute(tx.conn)?;
    let expired = open().filter(coach_links::ends_at.le(tx.now));
    diesel::update(expired)
        .set(closed(LinkStatus::Expired))
        .execute(tx.conn)?;
    Ok(())
}

/// A new invitation; 409 when a link to the address is open. Nobody looks whether it has an account.
pub fn insert(tx: &mut Tx<'_>, fields: &CoachLinkFields) -> Result<LinkRow> {
    diesel::insert_into(coach_links::table)
        .values((
            coach_links::seeker_id.eq(tx.owner),
            coach_links::id.eq(ids::new_id(tx.now)),
            coach_links::coach_email.eq(lower(fields.coach_email.clone()).nullable()),
            coach_links::scopes.eq(&fields.scopes),
            coach_links::status.eq(LinkStatus::Invited),
            coach_links::status_since.eq(tx.now),
            coach_links::ends_at.eq(fields.ends_at),
            coach_links::version.eq(1),
            coach_links::created_at.eq(tx.now),
            coach_links::updated_at.eq(tx.now),
        ))
        .returning(LinkRow::as_returning())
        .get_result(tx.conn)
        .on_constraint("coach_links_open_key", || {
            problems::COACH_LINK_OPEN
                .because("A link to this address is open.")
                .into()
        })
}

/// Other scopes or another end for a link.
pub fn update(tx: &mut Tx<'_>, id: Uuid, changes: &CoachLinkChanges) -> Result<LinkRow> {
    let statement = diesel::update(links_of_seeker(tx.owner).filter(coach_links::id.eq(id)))
        .set((
            changes,
            coach_links::version.eq(coach_links::version + 1),
            coach_links::updated_at.eq(tx.now),
        ))
        .returning(LinkRow::as_returning());
    Ok(cached(statement).get_result(tx.conn)?)
}

/// The seeker takes a link back.
pub fn revoke(tx: &mut Tx<'_>, id: Uuid) -> Result<LinkRow> {
    let statement = diesel::update(links_of_seeker(tx.owner).filter(coach_links::id.eq(id)))
        .set((
            coach_links::status.eq(LinkStatus::Revoked),
            coach_links::status_since.eq(tx.now),
            coach_links::version.eq(coach_links::version + 1),
            coach_links::updated_at.eq(tx.now),
        ))
        .returning(LinkRow::as_returning());
    Ok(cached(statement).get_result(tx.conn)?)
}

/// The links that somebody was invited to: as the coach, or by an address that is theirs.
fn links_of_coach<'a>(coach: Uuid, address: Option<String>) -> coach_links::BoxedQuery<'a, Pg> {
    let answered = coach_links::coach_id.eq(coach).assume_not_null();
    let rows = coach_links::table.into_boxed();
    match address {
        None => rows.filter(answered),
        Some(address) => rows.filter(
            answered.or(coach_links::coach_id
                .is_null()
                .and(coach_links::status.eq(LinkStatus::Invited))
                .and(coach_links::coach_email.eq(address))),
        ),
    }
}

/// A page of the links that somebody was invited to.
pub fn invitations(
    tx: &mut Tx<'_>,
    address: Option<String>,
    filter: &LinkFilter,
    window: &Window,
) -> Result<Vec<LinkRow>> {
    let rows = links_of_coach(tx.owner, address);
    page_of(tx.conn, rows, filter, window, tx.now)
}

/// One link that somebody was invited to.
pub fn invitation(tx: &mut Tx<'_>, address: Option<String>, id: Uuid) -> Result<LinkRow> {
    Ok(links_of_coach(tx.owner, address)
        .filter(coach_links::id.eq(id))
        .select(LinkRow::as_select())
        .first(tx.conn)?)
}

/// Answers an invitation as long as it is unanswered; nothing when somebody was quicker.
pub fn answer(tx: &mut Tx<'_>, link: &LinkRow, to: LinkStatus) -> Result<Option<LinkRow>> {
    let unanswered = links_of_seeker(link.seeker_id)
        .filter(coach_links::id.eq(link.id))
        .filter(coach_links::status.eq(LinkStatus::Invited))
        .filter(coach_links::coach_id.is_null());
    Ok(diesel::update(unanswered)
        .set((
            coach_links::coach_id.eq(tx.owner),
            coach_links::status.eq(to),
            coach_links::status_since.eq(tx.now),
            coach_links::version.eq(coach_links::version + 1),
            coach_links::updated_at.eq(tx.now),
        ))
        .returning(LinkRow::as_returning())
        .get_result(tx.conn)
        .optional()?)
}

/// The links of a coach that are active now.
fn active_links<'a>(coach: Uuid, now: DateTime<Utc>) -> coach_links::BoxedQuery<'a, Pg> {
    let goes_on = coach_links::ends_at
        .is_null()
        .or(coach_links::ends_at.gt(now));
    coach_links::table
        .filter(coach_links::coach_id.eq(coach))
        .filter(coach_links::status.eq(LinkStatus::Active))
        .filter(goes_on)
        .into_boxed()
}

/// The link by which a coach may see a client now.
pub fn active(tx: &mut Tx<'_>, seeker: Uuid) -> Result<Option<LinkRow>> {
    Ok(active_links(tx.owner, tx.now)
        .filter(coach_links::seeker_id.eq(seeker))
        .select(LinkRow::as_select())
        .first(tx.conn)
        .optional()?)
}

/// The links to all clients that a coach has now.
pub fn all_active(tx: &mut Tx<'_>) -> Result<Vec<LinkRow>> {
    Ok(active_links(tx.owner, tx.now)
        .select(LinkRow::as_select())
        .load(tx.conn)?)
}

/// May a coach do this with the user, as it is now?
pub fn grants(tx: &mut Tx<'_>, coach: Uuid, scope: Scope) -> Result<bool> {
    let granting = active_links(coach, tx.now)
        .filter(coach_links::seeker_id.eq(tx.owner))
        .filter(coach_links::scopes.contains(vec![scope]));
    Ok(diesel::select(exists(granting)).get_result(tx.conn)?)
}

/// The links of a coach, for changes.
#[diesel::dsl::auto_type(no_type_alias)]
fn answered_by(coach: Uuid) -> _ {
    let theirs: diesel::dsl::Eq<coach_links::coach_id, Uuid> = coach_links::coach_id.eq(coach);
    coach_links::table.filter(theirs)
}

/// Ends what the user answered as a coach and forgets their address: the links as they are now.
pub fn end_as_coach(tx: &mut Tx<'_>) -> Result<Vec<LinkRow>> {
    let active = answered_by(tx.owner).filter(coach_links::status.eq(LinkStatus::Active));
    // What time has ended was not ended by this.
    diesel::update(active.filter(coach_links::ends_at.le(tx.now)))
        .set((
            coach_links::status.eq(LinkStatus::Expired),
            coach_links::status_since.eq(coach_links::ends_at.assume_not_null()),
        ))
        .execute(tx.conn)?;
    diesel::update(active)
        .set((
            coach_links::status.eq(LinkStatus::Revoked),
            coach_links::status_since.eq(tx.now),
        ))
        .execute(tx.conn)?;
    Ok(diesel::update(answered_by(tx.owner))
        .set((
            coach_links::coach_email.eq(None::<String>),
            coach_links::version.eq(coach_links::version + 1),
            coach_links::updated_at.eq(tx.now),
        ))
        .returning(LinkRow::as_returning())
        .get_results(tx.conn)?)
}

/// The links of the user as a seeker that somebody answered.
pub fn answered(tx: &mut Tx<'_>) -> Result<Vec<LinkRow>> {
    Ok(links_of_seeker(tx.owner)
        .filter(coach_links::coach_id.is_not_null())
        .select(LinkRow::as_select())
        .load(tx.conn)?)
}

/// Writes into the access logs of these links that their coach looked at something.
pub fn log_accesses(tx: &mut Tx<'_>, links: &[&LinkRow], view: AccessView) -> Result<()> {
    let rows: Vec<_> = links
        .iter()
        .map(|link| {
            (
                coach_accesses::seeker_id.eq(link.seeker_id),
                coach_accesses::id.eq(ids::new_id(tx.now)),
                coach_accesses::link_id.eq(link.id),
                coach_accesses::coach_id.eq(tx.owner),
                coach_accesses::view.eq(view),
                coach_accesses::occurred_at.eq(tx.now),
            )
        })
        .collect();
    if !rows.is_empty() {
        diesel::insert_into(coach_accesses::table)
            .values(rows)
            .execute(tx.conn)?;
    }
    Ok(())
}

/// A page of the access log of a link.
pub fn accesses(
    tx: &mut Tx<'_>,
    link: Uuid,
    filter: &CoachAccessQuery,
    window: &Window,
) -> Result<Vec<CoachAccess>> {
    let mut rows = coach_accesses::table
        .filter(coach_accesses::seeker_id.eq(tx.owner))
        .filter(coach_accesses::link_id.eq(link))
        .into_boxed::<Pg>();
    if let Some(from) = filter.from {
        rows = rows.filter(coach_accesses::occurred_at.ge(from));
    }
    if let Some(to) = filter.to {
        rows = rows.filter(coach_accesses::occurred_at.le(to));
    }
    let key = (coach_accesses::occurred_at, coach_accesses::id);
    Ok(keyset!(rows, window.at_instant()?, key)
        .limit(window.fetch())
        .select(CoachAccess::as_select())
        .load(tx.conn)?)
}
