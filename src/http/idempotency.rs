//! `Idempotency-Key`: a POST that is sent again gets its first answer again.
//!
//! The answer is stored in the transaction that does the work: both stay or neither does. An advisory
//! lock keeps a second request from running beside the first one without holding a connection. A secret that
//! is shown once is not stored; the answer to the retry comes without it.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use chrono::{DateTime, Duration, Utc};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::answer::Answer;
use super::body::Fingerprint;
use super::error::{Error, Result};
use super::problems;
use crate::db::schema::idempotency_keys;
use crate::db::{Tx, aging};

/// How long a key is kept, in hours.
pub const KEPT_HOURS: i64 = 24;
/// Longest key, in characters.
const LONGEST: usize = 255;

/// The key of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key(String);

impl Key {
    /// Reads the header; a malformed key is 400.
    pub fn of(request: &HttpRequest) -> Result<Option<Self>> {
        let Some(value) = request.headers().get("Idempotency-Key") else {
            return Ok(None);
        };
        let key = value.to_str().unwrap_or_default();
        let printable = key.chars().all(|c| c.is_ascii_graphic() || c == ' ');
        if key.is_empty() || key.len() > LONGEST || !printable {
            return Err(problems::MALFORMED
                .because("Idempotency-Key must have 1 to 255 printable ASCII characters.")
                .into());
        }
        Ok(Some(Self(key.to_owned())))
    }

    /// The number that the advisory lock is taken on.
    fn lock(&self, owner: Uuid) -> i64 {
        let mut hash = Sha256::new();
        hash.update(owner.as_bytes());
        hash.update(self.0.as_bytes());
        let bytes: [u8; 32] = hash.finalize().into();
        let [a, b, c, d, e, f, g, h, ..] = bytes;
        i64::from_be_bytes([a, b, c, d, e, f, g, h])
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = idempotency_keys, check_for_backend(diesel::pg::Pg))]
struct Stored {
    fingerprint: Vec<u8>,
    status: i16,
    location: Option<String>,
    version: Option<i32>,
    body: Vec<u8>,
    created_at: DateTime<Utc>,
}

#[derive(Insertable)]
#[diesel(table_name = idempotency_keys, treat_none_as_default_value = false)]
struct NewKey<'a> {
    user_id: Uuid,
    key: &'a str,
    fingerprint: &'a [u8],
    status: i16,
    location: Option<&'a str>,
    version: Option<i32>,
    body: &'a [u8],
    created_at: DateTime<Utc>,
}

define_sql_function! {
    /// Takes the lock until the transaction ends, or says that someone else has it.
    fn pg_try_advisory_xact_lock(key: BigInt) -> Bool;
}

/// An answer, and whether it is a stored one.
pub struct Outcome {
    /// The answer.
    pub answer: Answer,
    /// Was the work done before, by an earlier request?
    pub replayed: bool,
}

/// Does the work once for each key of a user.
pub fn once(
    tx: &mut Tx<'_>,
    key: &Key,
    fingerprint: Fingerprint,
    work: impl FnOnce(&mut Tx<'_>) -> Result<Answer>,
) -> Result<Outcome> {
    let locked: bool =
        diesel::select(pg_try_advisory_xact_lock(key.lock(tx.owner))).get_result(tx.conn)?;
    if !locked {
        return Err(problems::REQUEST_IN_PROGRESS
            .because("The first request with this Idempotency-Key has not been answered yet.")
            .header("Retry-After", "1")
            .into());
    }
    let stored = idempotency_keys::table
        .find((tx.owner, &key.0))
        .select(Stored::as_select())
        .first(tx.conn)
        .optional()?;
    match stored {
        Some(stored) if stored.created_at > tx.now - Duration::hours(KEPT_HOURS) => {
            replay(stored, fingerprint)
        }
        outdated => {
            if outdated.is_some() {
                diesel::delete(idempotency_keys::table.find((tx.owner, &key.0)))
                    .execute(tx.conn)?;
            }
            let answer = work(tx)?;
            store(tx, key, fingerprint, &answer)?;
            Ok(Outcome {
                answer,
                replayed: false,
            })
        }
    }
}

fn replay(stored: Stored, fingerprint: Fingerprint) -> Result<Outcome> {
    if stored.fingerprint != fingerprint.0 {
        return Err(problems::IDEMPOTENCY_KEY_REUSED
            .because("This Idempotency-Key belongs to another request.")
            .into());
    }
    let status = u16::try_from(stored.status)
        .ok()
        .and_then(|status| StatusCode::from_u16(status).ok())
        .ok_or_else(|| Error::internal("a stored answer has no valid status"))?;
    let answer = Answer::stored(status, stored.location, stored.version, stored.body);
    Ok(Outcome {
        answer,
        replayed: true,
    })
}

fn store(tx: &mut Tx<'_>, key: &Key, fingerprint: Fingerprint, answer: &Answer) -> Result<()> {
    diesel::insert_into(idempotency_keys::table)
        .values(NewKey {
            user_id: tx.owner,
            key: &key.0,
            fingerprint: &fingerprint.0,
            status: i16::try_from(answer.status.as_u16()).unwrap_or(200),
            location: answer.location.as_deref(),
            version: answer.version,
            body: answer.storable(),
            created_at: tx.now,
        })
        .execute(tx.conn)?;
    Ok(())
}

/// Forgets the answers of this user that say where a resource is, by a pattern of LIKE for its path: what a
/// user erases at once must not stay behind in them. A retry with such a key is a new request.
pub fn forget_answers(tx: &mut Tx<'_>, location: &str) -> Result<()> {
    let theirs = idempotency_keys::table
        .filter(idempotency_keys::user_id.eq(tx.owner))
        .filter(idempotency_keys::location.like(location));
    diesel::delete(theirs).execute(tx.conn)?;
    Ok(())
}

/// Forgets keys that are too old to be asked for again, so many at the most; for housekeeping.
pub fn forget(conn: &mut PgConnection, now: DateTime<Utc>, most: usize) -> Result<usize> {
    let until = now - Duration::hours(KEPT_HOURS);
    aging::remove_part(conn, "idempotency_keys", "created_at", until, most)
}
