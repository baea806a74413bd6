//! The statements of personal access tokens. One that has ended is no token any more: no statement shows it.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use uuid::Uuid;

use crate::auth::personal_tokens::PersonalToken;
use crate::db::aging;
use crate::db::keyset::{Direction, beyond};
use crate::db::schema::{personal_tokens, users};
use crate::http::error::Result;
use crate::http::page::{Key, Window, wrong_cursor};

/// What a request has to know of the token that it shows.
#[derive(Queryable, Selectable)]
#[diesel(table_name = personal_tokens, check_for_backend(Pg))]
pub(in crate::auth) struct ShownToken {
    pub id: Uuid,
    pub user_id: Uuid,
    pub scopes: Vec<String>,
    pub expires_at: DateTime<Utc>,
    pub last_used_at: Option<DateTime<Utc>>,
}

/// The token with this hash, while it is good and its user may sign in.
pub(in crate::auth) fn find_by_hash(
    conn: &mut PgConnection,
    hash: &[u8],
    now: DateTime<Utc>,
) -> Result<Option<ShownToken>> {
    Ok(personal_tokens::table
        .inner_join(users::table)
        .filter(personal_tokens::hash.eq(hash))
        .filter(personal_tokens::expires_at.gt(now))
        .filter(users::disabled_at.is_null())
        .select(ShownToken::as_select())
        .first(conn)
        .optional()?)
}

/// Those of some tokens that are good, and whose users may sign in.
pub(in crate::auth) fn good_among(
    conn: &mut PgConnection,
    ids: &[Uuid],
    now: DateTime<Utc>,
) -> Result<Vec<Uuid>> {
    let found = personal_tokens::table
        .inner_join(users::table)
        .filter(personal_tokens::id.eq_any(ids))
        .filter(personal_tokens::expires_at.gt(now))
        .filter(users::disabled_at.is_null())
        .select(personal_tokens::id);
    Ok(found.load(conn)?)
}

/// Notes a use, unless one was noted since `before`.
pub(in crate::auth) fn note_use(
    conn: &mut PgConnection,
    id: Uuid,
    now: DateTime<Utc>,
    before: DateTime<Utc>,
) -> Result<()> {
    let due = personal_tokens::last_used_at
        .is_null()
        .or(personal_tokens::last_used_at.le(before));
    diesel::update(personal_tokens::table.find(id).filter(due))
        .set(personal_tokens::last_used_at.eq(now))
        .execute(conn)?;
    Ok(())
}

/// Lets nobody else make tokens for the user until the transaction ends.
pub(in crate::auth) fn lock_user(conn: &mut PgConnection, user_id: Uuid) -> Result<()> {
    users::table
        .find(user_id)
        .select(users::id)
        .for_no_key_update()
        .first::<Uuid>(conn)?;
    Ok(())
}

/// How many tokens a user has.
pub(in crate::auth) fn count(
    conn: &mut PgConnection,
    user_id: Uuid,
    now: DateTime<Utc>,
) -> Result<i64> {
    Ok(personal_tokens::table
        .filter(personal_tokens::user_id.eq(user_id))
        .filter(personal_tokens::expires_at.gt(now))
        .count()
        .get_result(conn)?)
}

/// A token that is about to be.
#[derive(Insertable)]
#[diesel(table_name = personal_tokens)]
pub(in crate::auth) struct TokenRow<'a> {
    pub id: Uuid,
    pub user_id: Uuid,
    pub hash: &'a [u8],
    pub name: &'a str,
    pub scopes: &'a [String],
    pub expires_at: DateTime<Utc>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

pub(in crate::auth) fn insert(
    conn: &mut PgConnection,
    row: &TokenRow<'_>,
) -> Result<PersonalToken> {
    Ok(diesel::insert_into(personal_tokens::table)
        .values(row)
        .returning(PersonalToken::as_returning())
        .get_result(conn)?)
}

/// The tokens of a user, newest first.
pub(in crate::auth) fn list(
    conn: &mut PgConnection,
    user_id: Uuid,
    now: DateTime<Utc>,
    window: &Window,
) -> Result<Vec<PersonalToken>> {
    let mut query = personal_tokens::table
        .filter(personal_tokens::user_id.eq(user_id))
        .filter(personal_tokens::expires_at.gt(now))
        .select(PersonalToken::as_select())
        .order((
            personal_tokens::created_at.desc(),
            personal_tokens::id.desc(),
        ))
        .limit(window.fetch())
        .into_boxed();
    if let Some(after) = &window.after {
        let Key::Instant(created_at) = after.key else {
            return Err(wrong_cursor());
        };
        query = query.filter(beyond(
            (personal_tokens::created_at, personal_tokens::id),
            (created_at, after.id),
            Direction::Descending,
        ));
    }
    Ok(query.load(conn)?)
}

/// A token of a user.
pub(in crate::auth) fn get(
    conn: &mut PgConnection,
    user_id: Uuid,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<PersonalToken> {
    Ok(personal_tokens::table
        .find(id)
        .filter(personal_tokens::user_id.eq(user_id))
        .filter(personal_tokens::expires_at.gt(now))
        .select(PersonalToken::as_select())
        .first(conn)?)
}

/// The same, locked until the transaction ends.
pub(in crate::auth) fn lock(
    conn: &mut PgConnection,
    user_id: Uuid,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<PersonalToken> {
    Ok(personal_tokens::table
        .find(id)
        .filter(personal_tokens::user_id.eq(user_id))
        .filter(personal_tokens::expires_at.gt(now))
        .select(PersonalToken::as_select())
        .for_update()
        .first(conn)?)
}

/// Gives a token another name.
pub(in crate::auth) fn rename(
    conn: &mut PgConnection,
    id: Uuid,
    name: &str,
    now: DateTime<Utc>,
) -> Result<PersonalToken> {
    Ok(diesel::update(personal_tokens::table.find(id))
        .set((
            personal_tokens::name.eq(name),
            personal_tokens::version.eq(personal_tokens::version + 1),
            personal_tokens::updated_at.eq(now),
        ))
        .returning(PersonalToken::as_returning())
        .get_result(conn)?)
}

pub(in crate::auth) fn delete(conn: &mut PgConnection, id: Uuid) -> Result<()> {
    diesel::delete(personal_tokens::table.find(id)).execute(conn)?;
    Ok(())
}

/// Removes all tokens of a user.
pub(in crate::auth) fn delete_all(conn: &mut PgConnection, user_id: Uuid) -> Result<()> {
    diesel::delete(personal_tokens::table.filter(personal_tokens::user_id.eq(user_id)))
        .execute(conn)?;
    Ok(())
}

/// Removes tokens that have ended.
pub(in crate::auth) fn delete_expired(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    most: usize,
) -> Result<usize> {
    aging::remove_part(conn, "personal_tokens", "expires_at", now, most)
}
