//! Tokens that are mailed to prove an address: each for one purpose, for a while, for one use.

use chrono::{DateTime, Duration, Utc};
use diesel::PgConnection;
use uuid::Uuid;

use super::opaque::{self, Opaque};
use super::queries;
use crate::config::Secret;
use crate::db::Tx;
use crate::http::error::{Error, Result};
use crate::http::problems;

/// What a mailed token is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Proves the address of a new account.
    VerifyEmail,
    /// Sets a new password.
    PasswordReset,
}

impl Purpose {
    /// The name in the database.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify_email",
            Self::PasswordReset => "password_reset",
        }
    }

    fn prefix(self) -> &'static str {
        match self {
            Self::VerifyEmail => "rbd_ev_",
            Self::PasswordReset => "rbd_pr_",
        }
    }

    /// How long a token is good for, in hours: the more it opens, the shorter.
    pub fn life_hours(self) -> i64 {
        match self {
            Self::VerifyEmail => 24,
            Self::PasswordReset => 1,
        }
    }
}

/// Makes a token for a user. Earlier ones stay good until one of them is used: mails overtake each other.
pub fn make(tx: &mut Tx<'_>, user_id: Uuid, purpose: Purpose) -> Result<Secret> {
    let token = Opaque::new(purpose.prefix());
    let expires_at = tx.now + Duration::hours(purpose.life_hours());
    queries::insert_email_token(tx.conn, &token.hash, user_id, purpose, expires_at)?;
    Ok(token.text)
}

/// Whose token it is, without using it up; 422 when it cannot be used.
pub fn owner(tx: &mut Tx<'_>, token: &str, purpose: Purpose) -> Result<Uuid> {
    queries::find_email_token(tx.conn, &opaque::hash(token), purpose, tx.now)?.ok_or_else(invalid)
}

/// Uses a token up, and with it all others of its user and purpose; 422 when it cannot be used.
pub fn redeem(tx: &mut Tx<'_>, token: &str, purpose: Purpose) -> Result<Uuid> {
    let user_id = queries::take_email_token(tx.conn, &opaque::hash(token), purpose, tx.now)?
        .ok_or_else(invalid)?;
    queries::delete_email_tokens(tx.conn, user_id, purpose)?;
    Ok(user_id)
}

/// Forgets tokens that can no longer be used, so many at the most; for housekeeping.
pub fn forget_expired(conn: &mut PgConnection, now: DateTime<Utc>, most: usize) -> Result<usize> {
    queries::delete_expired_email_tokens(conn, now, most)
}

fn invalid() -> Error {
    problems::INVALID_EMAIL_TOKEN
        .because("The token is unknown, was used or is too old.")
        .into()
}
