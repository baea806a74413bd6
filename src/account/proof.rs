//! Checking a password: limited, and as slow for an unknown address as for a known one.

use std::time::Duration;

use uuid::Uuid;

use super::model::Credentials;
use super::queries;
use crate::auth;
use crate::auth::throttle::{self, Limit, Reservation};
use crate::config::Secret;
use crate::http::error::{Error, Result};
use crate::http::problems;
use crate::http::visitor::Visitor;

/// Whose password it should be.
#[derive(Clone)]
pub(super) enum Whose {
    /// Of the account with this address, if there is one.
    Address(String),
    /// Of a user who is signed in.
    User(Uuid),
}

/// The outcome of a check.
pub(super) struct Proof {
    /// The account, when the password fits; nothing when this was counted as a failed attempt.
    pub owner: Option<Credentials>,
    /// The attempt as it was written down. Whoever takes the password for good releases it; else it
    /// counts as failed in the end.
    pub reservation: Reservation,
}

/// How long an attempt waits for those of the same account or network that are being checked, in
/// milliseconds and turn by turn.
const TURNS: [u64; 7] = [20, 40, 80, 160, 300, 400, 500];

/// Checks a password; 429 after too many wrong ones, even for the right one.
pub(super) async fn check(visitor: &Visitor, whose: Whose, password: String) -> Result<Proof> {
    let (found, reservation) = wait_for_turn(visitor, &whose).await?;
    let stored = found.as_ref().map(|found| found.password_hash.clone());
    let passwords = &visitor.services.passwords;
    match passwords.verify(Secret::from(password), stored).await {
        Ok(true) => Ok(Proof {
            owner: found,
            reservation,
        }),
        Ok(false) => {
            fail(visitor, reservation.clone()).await?;
            Ok(Proof {
                owner: None,
                reservation,
            })
        }
        // Nothing was learned from an attempt that the service had no time for.
        Err(error) => {
            visitor
                .write(move |tx| throttle::release(tx, &reservation))
                .await?;
            Err(error)
        }
    }
}

/// Counts an attempt as failed.
pub(super) async fn fail(visitor: &Visitor, reservation: Reservation) -> Result<()> {
    visitor
        .write(move |tx| throttle::settle(tx, &reservation))
        .await
}

/// Finds the account and writes the attempt down, as soon as the limits have room for it.
async fn wait_for_turn(
    visitor: &Visitor,
    whose: &Whose,
) -> Result<(Option<Credentials>, Reservation)> {
    for pause in TURNS {
        let (found, reservation) = reserve(visitor, whose.clone()).await?;
        if let Some(reservation) = reservation {
            return Ok((found, reservation));
        }
        tokio::time::sleep(Duration::from_millis(pause)).await;
    }
    Err(Error::overloaded())
}

async fn reserve(
    visitor: &Visitor,
    whose: Whose,
) -> Result<(Option<Credentials>, Option<Reservation>)> {
    let (services, network) = (visitor.services.clone(), visitor.network);
    visitor
        .write(move |tx| {
            let (found, email) = match whose {
                Whose::Address(email) => (queries::find_by_email(tx.conn, &email)?, email),
                Whose::User(id) => {
                    let found = queries::find_credentials(tx.conn, id)?;
                    let found = found.ok_or_else(auth::invalid_token)?;
                    let email = found.email.clone();
                    (Some(found), email)
                }
            };
            let limits = [
                Limit::logins_of(&services.settings, &email),
                Limit::logins_from(&services.settings, network),
            ];
            Ok((found, throttle::reserve(tx, &limits)?))
        })
        .await
}

/// 401 for a sign-in; whether address or password is wrong stays unsaid.
pub(super) fn invalid_credentials() -> Error {
    problems::INVALID_CREDENTIALS
        .because("Address and password do not fit.")
        .header("WWW-Authenticate", "Bearer realm=\"rebound\"")
        .into()
}

/// 403 for someone who is signed in.
pub(super) fn wrong_password() -> Error {
    problems::WRONG_PASSWORD
        .because("The password does not fit.")
        .into()
}
