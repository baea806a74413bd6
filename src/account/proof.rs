//! Checking a password: limited, and as slow for an unknown address as for a known one.

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
pub(super) enum Whose {
    /// Of the account with this address, if there is one.
    Address(String),
    /// Of a user who is signed in.
    User(Uuid),
}

/// The outcome of a check. Unless its reservation is released, it counts as a failed attempt.
pub(super) struct Proof {
    /// The account, when the password fits.
    pub owner: Option<Credentials>,
    /// The attempt as it was counted.
    pub reservation: Reservation,
}

/// Checks a password; 429 after too many wrong ones, even for the right one.
pub(super) async fn check(visitor: &Visitor, whose: Whose, password: String) -> Result<Proof> {
    let (services, network) = (visitor.services.clone(), visitor.network);
    let (found, reservation) = visitor
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
        .await?;
    let stored = found.as_ref().map(|found| found.password_hash.clone());
    match visitor
        .services
        .passwords
        .verify(Secret::from(password), stored)
        .await
    {
        Ok(fits) => Ok(Proof {
            owner: found.filter(|_| fits),
            reservation,
        }),
        // Nothing was learned from an attempt that the service had no time for.
        Err(error) => {
            visitor
                .write(move |tx| throttle::release(tx, &reservation))
                .await?;
            Err(error)
        }
    }
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
