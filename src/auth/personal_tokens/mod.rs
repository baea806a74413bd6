//! Personal access tokens: for scripts and for what others build, with scopes and an end.
//!
//! A token is shown once and stored as a hash; 190 random bits need no slow one. It belongs to its user and
//! to no session: signing out leaves it alone, a new password ends it.

mod format;
mod known;

use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, Duration, Utc};
use diesel::PgConnection;
use diesel::pg::Pg;
use diesel::prelude::{Queryable, Selectable};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::queries::{self, personal_tokens as statements};
use crate::config::Secret;
use crate::db::schema::personal_tokens;
use crate::db::{Access, Db, Owner, Reading, Server, Tx, ids};
use crate::http::answer::{Precondition, Versioned};
use crate::http::error::Result;
use crate::http::page::Window;
use crate::http::problems;

pub use format::{PREFIX, TokenHash, read};
pub use known::{GoodToken, KnownTokens};

/// Tokens of a user at the same time.
pub const MOST: i64 = 50;
/// How long a token lives unless its user says otherwise.
pub const LIFE: Duration = Duration::days(90);
/// How long a token may live: a year, a leap day included.
pub const LONGEST_LIFE: Duration = Duration::days(366);
/// A use is noted once in so many seconds.
const NOTED_EVERY: i64 = 60;

/// A personal access token, as its user sees it: everything but the token itself.
#[derive(Debug, Clone, Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = personal_tokens, check_for_backend(Pg))]
pub struct PersonalToken {
    /// Its id.
    #[schema(example = "019a6f51-2b3c-7d4e-8f5a-6b7c8d9e0f1a")]
    pub id: Uuid,
    /// What it is for.
    #[schema(min_length = 1, max_length = 100, example = "Backup script")]
    pub name: String,
    /// What it may do; nothing when the list is empty.
    #[schema(value_type = Vec<TokenScope>, max_items = 200, example = json!(["applications:read", "goals:write"]))]
    pub scopes: Vec<String>,
    /// When it ends by itself.
    pub expires_at: DateTime<Utc>,
    /// When it was last used, to a minute; null until then.
    #[schema(required)]
    pub last_used_at: Option<DateTime<Utc>>,
    /// Counts the changes, from 1.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When its name was changed last.
    pub updated_at: DateTime<Utc>,
}

impl Versioned for PersonalToken {
    fn version(&self) -> i32 {
        self.version
    }
}

/// What a personal access token may do: `<resource>:read` or `<resource>:write`, as the operations of this
/// document ask for it. `write` does not include `read`.
// The values are filled in from the operations, see `http/document`.
#[derive(ToSchema)]
#[schema(as = TokenScope, value_type = String, example = "applications:read")]
pub struct TokenScope(#[expect(dead_code, reason = "only its schema is used")] String);

/// What a user wants of a new token.
pub struct Wish {
    /// What it is for.
    pub name: String,
    /// What it may do; each is known to the API.
    pub scopes: Vec<String>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

/// Makes a token for the user of a session. 401 when the session has ended meanwhile: whoever makes a token
/// with a session that was taken from them must not keep a way in. 409 when there are too many.
pub fn make(
    tx: &mut Tx<'_>,
    user_id: Uuid,
    session: Uuid,
    wish: &Wish,
) -> Result<(PersonalToken, Secret)> {
    statements::lock_user(tx.conn, user_id)?;
    if !queries::hold_session(tx.conn, user_id, session, tx.now)? {
        return Err(super::invalid_token());
    }
    if statements::count(tx.conn, user_id, tx.now)? >= MOST {
        return Err(problems::TOKEN_LIMIT_REACHED
            .because(format!(
                "You have {MOST} tokens. Remove one that is not needed."
            ))
            .into());
    }
    let text = format::generate();
    let hash = read(text.expose()).expect("what was just made has the form of a token");
    let row = statements::TokenRow {
        id: ids::new_id(tx.now),
        user_id,
        hash: &hash.0,
        name: &wish.name,
        scopes: &wish.scopes,
        expires_at: wish.expires_at,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    Ok((statements::insert(tx.conn, &row)?, text))
}

/// The tokens of a user, newest first.
pub fn list(tx: &mut Tx<'_>, user_id: Uuid, window: &Window) -> Result<Vec<PersonalToken>> {
    statements::list(tx.conn, user_id, tx.now, window)
}

/// One token of a user; 404 when it is unknown, has ended or is someone else's.
pub fn get(tx: &mut Tx<'_>, user_id: Uuid, id: Uuid) -> Result<PersonalToken> {
    statements::get(tx.conn, user_id, id, tx.now)
}

/// The same, locked for a change.
pub fn lock(tx: &mut Tx<'_>, user_id: Uuid, id: Uuid) -> Result<PersonalToken> {
    statements::lock(tx.conn, user_id, id, tx.now)
}

/// Gives a token that was locked another name.
pub fn rename(tx: &mut Tx<'_>, token: &PersonalToken, name: &str) -> Result<PersonalToken> {
    statements::rename(tx.conn, token.id, name, tx.now)
}

/// Ends one token of a user; 404 as for [`get`].
pub fn end_one(
    tx: &mut Tx<'_>,
    user_id: Uuid,
    id: Uuid,
    precondition: &Precondition,
) -> Result<()> {
    let token = lock(tx, user_id, id)?;
    precondition.check(&token)?;
    statements::delete(tx.conn, token.id)
}

/// Ends all tokens of a user. After their sessions, so that none of these makes another one meanwhile.
pub fn end_all(tx: &mut Tx<'_>, user_id: Uuid) -> Result<()> {
    statements::delete_all(tx.conn, user_id)
}

/// Forgets tokens that ended by themselves, so many at the most; for housekeeping.
pub fn forget_expired(conn: &mut PgConnection, now: DateTime<Utc>, most: usize) -> Result<usize> {
    statements::delete_expired(conn, now, most)
}

/// Asks the database for the token with this hash and remembers it; nothing when it is not good.
pub async fn check(
    db: &Db,
    known: &KnownTokens,
    hash: TokenHash,
    place: Reading,
) -> Result<Option<Arc<GoodToken>>> {
    let asked = Instant::now();
    let (found, server) = db
        .read_somewhere(Owner::Nobody, place, move |tx| {
            let found = statements::find_by_hash(tx.conn, &hash.0, tx.now)?;
            Ok(found.map(|token| (token, tx.now)))
        })
        .await?;
    let Some((found, now)) = found else {
        known.forget(&hash);
        return Ok(None);
    };
    let before = now - Duration::seconds(NOTED_EVERY);
    let on_primary = server == Server::Primary;
    if on_primary && found.last_used_at.is_none_or(|at| at <= before) {
        note_use(db, found.id, before);
    }
    let token = Arc::new(GoodToken {
        id: found.id,
        user_id: found.user_id,
        hash,
        expires_at: found.expires_at,
        scopes: found.scopes,
    });
    if on_primary {
        known.remember(Arc::clone(&token), asked);
    }
    Ok(Some(token))
}

/// Notes that a token is used. Nobody waits for it, and no request fails with it.
fn note_use(db: &Db, id: Uuid, before: DateTime<Utc>) {
    let db = db.for_request();
    actix_web::rt::spawn(async move {
        let noted = db.system(Access::Write, move |tx| {
            statements::note_use(tx.conn, id, tx.now, before)
        });
        if let Err(error) = noted.await {
            log::warn!(error:%; "the use of a token was not noted");
        }
    });
}
