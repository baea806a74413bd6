//! The statements of sessions, of the tokens that stand for them, and of what is limited; those of personal
//! access tokens are in `personal_tokens`.

pub(super) mod personal_tokens;

use chrono::{DateTime, Utc};
use diesel::dsl::{count_star, min};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use uuid::Uuid;

use super::email_tokens::Purpose;
use crate::db::aging;
use crate::db::cached::cached;
use crate::db::keyset::keyset;
use crate::db::schema::{email_tokens, refresh_tokens, sessions, throttles, users};
use crate::http::answer::Versioned;
use crate::http::error::Result;
use crate::http::page::Window;

define_sql_function! {
    /// Waits for the lock and keeps it until the transaction ends.
    fn pg_advisory_xact_lock(key: BigInt);
}

/// A session as the rules about refresh tokens see it.
#[derive(Queryable, Selectable)]
#[diesel(table_name = sessions, check_for_backend(Pg))]
pub(super) struct SessionState {
    pub user_id: Uuid,
    pub expires_at: DateTime<Utc>,
    pub revoked_at: Option<DateTime<Utc>>,
    pub last_used_hash: Option<Vec<u8>>,
    pub generation: i32,
}

/// A session as its user sees it.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = sessions, check_for_backend(Pg))]
pub struct LiveSession {
    /// Its id.
    pub id: Uuid,
    /// What the client called itself.
    pub device: Option<String>,
    /// When the user signed in.
    pub created_at: DateTime<Utc>,
    /// When it was last kept alive by a refresh token.
    pub last_used_at: DateTime<Utc>,
    /// When it ends by itself.
    pub expires_at: DateTime<Utc>,
    /// Counts its refreshes, from 0.
    pub generation: i32,
}

impl Versioned for LiveSession {
    fn version(&self) -> i32 {
        self.generation.saturating_add(1)
    }
}

#[derive(Insertable)]
#[diesel(table_name = sessions, treat_none_as_default_value = false)]
pub(super) struct NewSession<'a> {
    pub id: Uuid,
    pub user_id: Uuid,
    pub device: Option<&'a str>,
    pub created_at: DateTime<Utc>,
    pub last_used_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// Does the session live, and may its user sign in?
pub(super) fn is_alive(
    conn: &mut PgConnection,
    user_id: Uuid,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<bool> {
    let found = sessions::table
        .inner_join(users::table)
        .filter(sessions::id.eq(id))
        .filter(sessions::user_id.eq(user_id))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .filter(users::disabled_at.is_null())
        .select(sessions::id)
        .first::<Uuid>(conn)
        .optional()?;
    Ok(found.is_some())
}

/// Those of some sessions that live, and whose users may sign in.
pub(super) fn live_among(
    conn: &mut PgConnection,
    ids: &[Uuid],
    now: DateTime<Utc>,
) -> Result<Vec<Uuid>> {
    let found = sessions::table
        .inner_join(users::table)
        .filter(sessions::id.eq_any(ids))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .filter(users::disabled_at.is_null())
        .select(sessions::id);
    Ok(found.load(conn)?)
}

/// Does the session live? If it does, it cannot end before the transaction does.
pub(super) fn hold_session(
    conn: &mut PgConnection,
    user_id: Uuid,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<bool> {
    let found = sessions::table
        .find(id)
        .filter(sessions::user_id.eq(user_id))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .select(sessions::id)
        .for_share()
        .first::<Uuid>(conn)
        .optional()?;
    Ok(found.is_some())
}

pub(super) fn insert_session(conn: &mut PgConnection, session: &NewSession<'_>) -> Result<()> {
    cached(diesel::insert_into(sessions::table).values(session)).execute(conn)?;
    Ok(())
}

/// Locks a session until the transaction ends.
pub(super) fn lock_session(conn: &mut PgConnection, id: Uuid) -> Result<Option<SessionState>> {
    Ok(sessions::table
        .find(id)
        .select(SessionState::as_select())
        .for_update()
        .first(conn)
        .optional()?)
}

/// Notes that a refresh token was used and from which generation the next ones are.
pub(super) fn advance_session(
    conn: &mut PgConnection,
    id: Uuid,
    used: &[u8],
    generation: i32,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<()> {
    let statement = diesel::update(sessions::table.find(id)).set((
        sessions::last_used_hash.eq(used),
        sessions::generation.eq(generation),
        sessions::last_used_at.eq(now),
        sessions::expires_at.eq(expires_at),
    ));
    cached(statement).execute(conn)?;
    Ok(())
}

/// Ends a session but keeps it, so that its tokens are still recognised.
pub(super) fn revoke_session(conn: &mut PgConnection, id: Uuid, now: DateTime<Utc>) -> Result<()> {
    diesel::update(sessions::table.find(id))
        .set(sessions::revoked_at.eq(now))
        .execute(conn)?;
    Ok(())
}

/// Ends a session for good; false when it is unknown or someone else's.
pub(super) fn delete_session(conn: &mut PgConnection, id: Uuid, user_id: Uuid) -> Result<bool> {
    let deleted = diesel::delete(
        sessions::table
            .find(id)
            .filter(sessions::user_id.eq(user_id)),
    )
    .execute(conn)?;
    Ok(deleted == 1)
}

/// Ends the sessions of a user but one; which ones ended.
pub(super) fn delete_sessions(
    conn: &mut PgConnection,
    user_id: Uuid,
    kept: Option<Uuid>,
) -> Result<Vec<Uuid>> {
    // No session has the nil id.
    let kept = kept.unwrap_or(Uuid::nil());
    Ok(diesel::delete(
        sessions::table
            .filter(sessions::user_id.eq(user_id))
            .filter(sessions::id.ne(kept)),
    )
    .returning(sessions::id)
    .get_results(conn)?)
}

/// The live sessions of a user, newest first.
pub(super) fn list_sessions(
    conn: &mut PgConnection,
    user_id: Uuid,
    now: DateTime<Utc>,
    window: &Window,
) -> Result<Vec<LiveSession>> {
    let query = sessions::table
        .filter(sessions::user_id.eq(user_id))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .select(LiveSession::as_select())
        .limit(window.fetch())
        .into_boxed::<Pg>();
    let query = keyset!(
        query,
        window.at_instant()?,
        (sessions::created_at, sessions::id)
    );
    Ok(query.load(conn)?)
}

/// A live session of a user, locked.
pub(super) fn find_session(
    conn: &mut PgConnection,
    id: Uuid,
    user_id: Uuid,
    now: DateTime<Utc>,
) -> Result<LiveSession> {
    Ok(sessions::table
        .find(id)
        .filter(sessions::user_id.eq(user_id))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .select(LiveSession::as_select())
        .for_update()
        .first(conn)?)
}

/// Forgets sessions that ended by themselves, and revoked ones that nobody can try to use any more.
pub(super) fn delete_expired_sessions(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    most: usize,
) -> Result<usize> {
    aging::remove_part(conn, "sessions", "expires_at", now, most)
}

pub(super) fn insert_refresh_token(
    conn: &mut PgConnection,
    hash: &[u8],
    session_id: Uuid,
    generation: i32,
) -> Result<()> {
    diesel::insert_into(refresh_tokens::table)
        .values((
            refresh_tokens::hash.eq(hash),
            refresh_tokens::session_id.eq(session_id),
            refresh_tokens::generation.eq(generation),
        ))
        .execute(conn)?;
    Ok(())
}

/// The session and the generation of a refresh token.
pub(super) fn find_refresh_token(
    conn: &mut PgConnection,
    hash: &[u8],
) -> Result<Option<(Uuid, i32)>> {
    Ok(refresh_tokens::table
        .find(hash)
        .select((refresh_tokens::session_id, refresh_tokens::generation))
        .first(conn)
        .optional()?)
}

/// Forgets the refresh tokens of a session that are older than a generation.
pub(super) fn trim_refresh_tokens(
    conn: &mut PgConnection,
    session_id: Uuid,
    generation: i32,
) -> Result<()> {
    diesel::delete(
        refresh_tokens::table
            .filter(refresh_tokens::session_id.eq(session_id))
            .filter(refresh_tokens::generation.lt(generation)),
    )
    .execute(conn)?;
    Ok(())
}

pub(super) fn insert_email_token(
    conn: &mut PgConnection,
    hash: &[u8],
    user_id: Uuid,
    purpose: Purpose,
    expires_at: DateTime<Utc>,
) -> Result<()> {
    diesel::insert_into(email_tokens::table)
        .values((
            email_tokens::hash.eq(hash),
            email_tokens::user_id.eq(user_id),
            email_tokens::purpose.eq(purpose.name()),
            email_tokens::expires_at.eq(expires_at),
        ))
        .execute(conn)?;
    Ok(())
}

/// Whose token of a mail it is, while it may be used.
pub(super) fn find_email_token(
    conn: &mut PgConnection,
    hash: &[u8],
    purpose: Purpose,
    now: DateTime<Utc>,
) -> Result<Option<Uuid>> {
    Ok(email_tokens::table
        .find(hash)
        .filter(email_tokens::purpose.eq(purpose.name()))
        .filter(email_tokens::expires_at.gt(now))
        .select(email_tokens::user_id)
        .first(conn)
        .optional()?)
}

/// Removes a token that may be used; of several at once, one gets the user.
pub(super) fn take_email_token(
    conn: &mut PgConnection,
    hash: &[u8],
    purpose: Purpose,
    now: DateTime<Utc>,
) -> Result<Option<Uuid>> {
    Ok(diesel::delete(
        email_tokens::table
            .find(hash)
            .filter(email_tokens::purpose.eq(purpose.name()))
            .filter(email_tokens::expires_at.gt(now)),
    )
    .returning(email_tokens::user_id)
    .get_result(conn)
    .optional()?)
}

/// Forgets all tokens that were mailed to a user for a purpose.
pub(super) fn delete_email_tokens(
    conn: &mut PgConnection,
    user_id: Uuid,
    purpose: Purpose,
) -> Result<()> {
    diesel::delete(
        email_tokens::table
            .filter(email_tokens::user_id.eq(user_id))
            .filter(email_tokens::purpose.eq(purpose.name())),
    )
    .execute(conn)?;
    Ok(())
}

/// Forgets tokens of mails that can no longer be used.
pub(super) fn delete_expired_email_tokens(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    most: usize,
) -> Result<usize> {
    aging::remove_part(conn, "email_tokens", "expires_at", now, most)
}

/// Keeps everyone else from counting or adding to what the key stands for.
pub(super) fn lock(conn: &mut PgConnection, key: i64) -> Result<()> {
    diesel::select(pg_advisory_xact_lock(key)).execute(conn)?;
    Ok(())
}

/// How many attempts there were since an instant, and the first of them.
pub(super) fn count_attempts(
    conn: &mut PgConnection,
    kind: &str,
    subject: &[u8],
    since: DateTime<Utc>,
) -> Result<(i64, Option<DateTime<Utc>>)> {
    Ok(throttles::table
        .filter(throttles::kind.eq(kind))
        .filter(throttles::subject.eq(subject))
        .filter(throttles::at.gt(since))
        .select((count_star(), min(throttles::at)))
        .first(conn)?)
}

/// How many attempts since an instant are pending.
pub(super) fn count_pending(
    conn: &mut PgConnection,
    kind: &str,
    subject: &[u8],
    since: DateTime<Utc>,
) -> Result<i64> {
    Ok(throttles::table
        .filter(throttles::kind.eq(kind))
        .filter(throttles::subject.eq(subject))
        .filter(throttles::at.gt(since))
        .filter(throttles::pending)
        .count()
        .get_result(conn)?)
}

pub(super) fn insert_attempt(
    conn: &mut PgConnection,
    kind: &str,
    subject: &[u8],
    at: DateTime<Utc>,
    pending: bool,
) -> Result<i64> {
    Ok(diesel::insert_into(throttles::table)
        .values((
            throttles::kind.eq(kind),
            throttles::subject.eq(subject),
            throttles::at.eq(at),
            throttles::pending.eq(pending),
        ))
        .returning(throttles::id)
        .get_result(conn)?)
}

pub(super) fn settle_attempts(conn: &mut PgConnection, ids: &[i64]) -> Result<()> {
    let settled = diesel::update(throttles::table.filter(throttles::id.eq_any(ids)))
        .set(throttles::pending.eq(false));
    cached(settled).execute(conn)?;
    Ok(())
}

pub(super) fn delete_attempts(conn: &mut PgConnection, ids: &[i64]) -> Result<()> {
    diesel::delete(throttles::table.filter(throttles::id.eq_any(ids))).execute(conn)?;
    Ok(())
}

/// Forgets the attempts of one kind, or of every kind, that a subject made or suffered.
pub(super) fn delete_attempts_of(
    conn: &mut PgConnection,
    kinds: &[&str],
    subject: &[u8],
) -> Result<()> {
    diesel::delete(
        throttles::table
            .filter(throttles::kind.eq_any(kinds))
            .filter(throttles::subject.eq(subject)),
    )
    .execute(conn)?;
    Ok(())
}

/// Forgets attempts that no limit counts any more.
pub(super) fn delete_old_attempts(
    conn: &mut PgConnection,
    until: DateTime<Utc>,
    most: usize,
) -> Result<usize> {
    aging::remove_part(conn, "throttles", "at", until, most)
}
