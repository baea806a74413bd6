//! Limits that hold across replicas: failed logins, registrations, mails.
//!
//! An attempt is written down *before* it is made, under a lock on what is limited; so however many come
//! at once, no more than the limit get through. It is pending until it is known to have failed, and is
//! struck out when it turns out to be harmless; while the limit is full only with pending ones, the next
//! one has to wait for them. Real time counts, whatever a test clock shows. Addresses and networks are
//! kept as hashes.

use chrono::{DateTime, Duration, Utc};
use diesel::PgConnection;
use sha2::{Digest, Sha256};

use super::queries;
use crate::clock::real_now;
use crate::config::Settings;
use crate::db::Tx;
use crate::http::error::{Error, Result};
use crate::http::network::Network;
use crate::http::problems;

const LOGINS_OF_ACCOUNT: &str = "login_account";
const LOGINS_FROM_NETWORK: &str = "login_network";
const REGISTRATIONS: &str = "register_network";
const MAILS_TO_ADDRESS: &str = "mail_address";
const MAILS_FOR_NETWORK: &str = "mail_network";
/// What is counted for an email address.
const OF_ADDRESSES: &[&str] = &[LOGINS_OF_ACCOUNT, MAILS_TO_ADDRESS];

/// Minutes in which failed logins count.
const LOGIN_MINUTES: i64 = 15;
/// Minutes in which registrations and mails count.
const HOUR_MINUTES: i64 = 60;
/// Seconds after which a pending attempt counts as failed: whoever made it is gone.
const PENDING_SECONDS: i64 = 30;

/// So many attempts of a kind, by or at a subject, within so many minutes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    kind: &'static str,
    subject: Vec<u8>,
    most: u32,
    minutes: i64,
}

impl Limit {
    /// Failed logins at an account, whether or not there is one.
    pub fn logins_of(settings: &Settings, email: &str) -> Self {
        let most = settings.login_limit_account;
        Self::new(LOGINS_OF_ACCOUNT, of_email(email), most, LOGIN_MINUTES)
    }

    /// Failed logins from a network.
    pub fn logins_from(settings: &Settings, network: Network) -> Self {
        let most = settings.login_limit_network;
        Self::new(
            LOGINS_FROM_NETWORK,
            of_network(network),
            most,
            LOGIN_MINUTES,
        )
    }

    /// Registrations from a network.
    pub fn registrations_from(settings: &Settings, network: Network) -> Self {
        let most = settings.register_limit;
        Self::new(REGISTRATIONS, of_network(network), most, HOUR_MINUTES)
    }

    /// Mails to an address, whether or not it has an account.
    pub fn mails_to(settings: &Settings, email: &str) -> Self {
        let most = settings.mail_limit;
        Self::new(MAILS_TO_ADDRESS, of_email(email), most, HOUR_MINUTES)
    }

    /// Mails that a network asks for.
    pub fn mails_for(settings: &Settings, network: Network) -> Self {
        let most = settings.mail_limit;
        Self::new(MAILS_FOR_NETWORK, of_network(network), most, HOUR_MINUTES)
    }

    fn new(kind: &'static str, subject: Vec<u8>, most: u32, minutes: i64) -> Self {
        Self {
            kind,
            subject,
            most,
            minutes,
        }
    }

    /// The number that the lock is taken on.
    fn lock(&self) -> i64 {
        let mut hash = Sha256::new();
        hash.update(self.kind);
        hash.update([0]);
        hash.update(&self.subject);
        let bytes: [u8; 32] = hash.finalize().into();
        let [a, b, c, d, e, f, g, h, ..] = bytes;
        i64::from_be_bytes([a, b, c, d, e, f, g, h])
    }

    /// How many attempts count now, pending ones among them, and when the first was made.
    fn made(&self, tx: &mut Tx<'_>, now: DateTime<Utc>) -> Result<(i64, Option<DateTime<Utc>>)> {
        let since = now - Duration::minutes(self.minutes);
        queries::count_attempts(tx.conn, self.kind, &self.subject, since)
    }

    /// Seconds until an attempt is allowed again; nothing when it is allowed now.
    fn wait(&self, made: i64, first: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Option<i64> {
        if made < i64::from(self.most) {
            return None;
        }
        let free_at = first.unwrap_or(now) + Duration::minutes(self.minutes);
        Some((free_at - now).num_seconds().max(0) + 1)
    }
}

/// Attempts that were written down and are pending.
#[derive(Debug, Clone, Default)]
pub struct Reservation(Vec<i64>);

/// Counts something under each limit for good, or refuses it with 429 and counts nothing.
pub fn count(tx: &mut Tx<'_>, limits: &[Limit]) -> Result<()> {
    let now = take_locks(tx, limits)?;
    for limit in limits {
        let (made, first) = limit.made(tx, now)?;
        if let Some(seconds) = limit.wait(made, first, now) {
            return Err(too_many(seconds));
        }
        queries::insert_attempt(tx.conn, limit.kind, &limit.subject, now, false)?;
    }
    Ok(())
}

/// Writes an attempt down under each limit, to be settled or released when it is known how it went.
///
/// Refuses it with 429 and writes nothing when too many have failed; `None` when it depends on those that
/// are pending.
pub fn reserve(tx: &mut Tx<'_>, limits: &[Limit]) -> Result<Option<Reservation>> {
    let now = take_locks(tx, limits)?;
    let mut full = false;
    for limit in limits {
        let (made, first) = limit.made(tx, now)?;
        if limit.wait(made, first, now).is_some() {
            let pending_since = now - Duration::seconds(PENDING_SECONDS);
            let (kind, subject) = (limit.kind, &limit.subject);
            let pending = queries::count_pending(tx.conn, kind, subject, pending_since)?;
            if let Some(seconds) = limit.wait(made - pending, first, now) {
                return Err(too_many(seconds));
            }
            full = true;
        }
    }
    if full {
        return Ok(None);
    }
    let attempts = limits
        .iter()
        .map(|limit| queries::insert_attempt(tx.conn, limit.kind, &limit.subject, now, true))
        .collect::<Result<_>>()?;
    Ok(Some(Reservation(attempts)))
}

/// Keeps everyone else from counting under these limits until the transaction ends; gives the time then.
fn take_locks(tx: &mut Tx<'_>, limits: &[Limit]) -> Result<DateTime<Utc>> {
    // Everyone takes the locks in the same order, so that no two wait for each other.
    let mut keys: Vec<i64> = limits.iter().map(Limit::lock).collect();
    keys.sort_unstable();
    for key in keys {
        queries::lock(tx.conn, key)?;
    }
    Ok(real_now())
}

/// Lets attempts count for good, because they failed.
pub fn settle(tx: &mut Tx<'_>, reservation: &Reservation) -> Result<()> {
    queries::settle_attempts(tx.conn, &reservation.0)
}

/// Strikes attempts out, because they were none.
pub fn release(tx: &mut Tx<'_>, reservation: &Reservation) -> Result<()> {
    queries::delete_attempts(tx.conn, &reservation.0)
}

/// Lets the owner of an address try again, who has proved to be it.
pub fn forgive_logins(tx: &mut Tx<'_>, email: &str) -> Result<()> {
    queries::delete_attempts_of(tx.conn, &[LOGINS_OF_ACCOUNT], &of_email(email))
}

/// Forgets everything that was counted for an address.
pub fn forget_address(tx: &mut Tx<'_>, email: &str) -> Result<()> {
    queries::delete_attempts_of(tx.conn, OF_ADDRESSES, &of_email(email))
}

/// Forgets attempts that no limit counts any more, so many at the most; for housekeeping, on real time.
pub fn forget_old(conn: &mut PgConnection, _: DateTime<Utc>, most: usize) -> Result<usize> {
    let longest = Duration::minutes(HOUR_MINUTES.max(LOGIN_MINUTES));
    queries::delete_old_attempts(conn, real_now() - longest, most)
}

fn of_email(email: &str) -> Vec<u8> {
    Sha256::digest(email.to_lowercase()).to_vec()
}

fn of_network(network: Network) -> Vec<u8> {
    Sha256::digest(network.to_string()).to_vec()
}

fn too_many(seconds: i64) -> Error {
    problems::RATE_LIMITED
        .because("There were too many attempts. Wait for the time in Retry-After.")
        .header("Retry-After", seconds.to_string())
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(subject: &str) -> Limit {
        Limit::new(LOGINS_OF_ACCOUNT, of_email(subject), 3, 15)
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    #[test]
    fn the_spelling_of_an_address_gives_no_further_attempts() {
        assert_eq!(limit("Ada@Example.com"), limit("ada@example.COM"));
        assert_ne!(
            limit("ada@example.com").lock(),
            limit("bob@example.com").lock()
        );
    }

    #[test]
    fn one_waits_until_the_first_attempt_is_too_old_to_count() {
        let now = at("2026-11-01T10:00:00Z");
        let first = Some(at("2026-11-01T09:50:00Z"));
        assert_eq!(limit("a@b.c").wait(2, first, now), None);
        assert_eq!(limit("a@b.c").wait(3, first, now), Some(5 * 60 + 1));
    }

    #[test]
    fn a_limit_of_none_refuses_everything() {
        let now = at("2026-11-01T10:00:00Z");
        let none = Limit::new(REGISTRATIONS, Vec::new(), 0, 60);
        assert_eq!(none.wait(0, None, now), Some(3_601));
    }
}
