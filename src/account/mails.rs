//! The mails of an account, and the job that sends them.
//!
//! A request only notes that a mail is wanted, for known and unknown addresses alike. The job finds out
//! whether there is an account, and makes the token right before it sends it: no secret waits in a queue.

use serde_json::json;
use uuid::Uuid;

use super::model::Credentials;
use super::queries;
use crate::auth::email_tokens::{self, Purpose};
use crate::auth::passwords::UNUSABLE;
use crate::config::Settings;
use crate::db::{Owner, Tx};
use crate::http::error::{Error, Result};
use crate::jobs::{self, Context, Job, NewJob};
use crate::mail::{Mail, message_id};

/// The kind of the job.
pub const JOB: &str = "account.mail";
/// The member of the payload that holds the address.
pub(super) const ADDRESS: &str = "email";
/// Spread over about half an hour.
const MOST_ATTEMPTS: i32 = 8;

/// Why a mail is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Occasion {
    /// Someone registered the address.
    Registration,
    /// Someone cannot remember the password.
    PasswordReset,
}

impl Occasion {
    const ALL: [Self; 2] = [Self::Registration, Self::PasswordReset];

    fn name(self) -> &'static str {
        match self {
            Self::Registration => "registration",
            Self::PasswordReset => "password_reset",
        }
    }
}

/// Notes in the running transaction that a mail is wanted.
///
/// The queue is not woken: it looks by itself within a second, so that the work for a known address
/// falls on no particular request and cannot be felt.
pub(super) fn want(tx: &mut Tx<'_>, email: &str, occasion: Occasion) -> Result<()> {
    let job = NewJob {
        kind: JOB,
        user_id: None,
        payload: json!({ADDRESS: email, "occasion": occasion.name()}),
        run_at: tx.now,
        unique_key: None,
        max_attempts: MOST_ATTEMPTS,
    };
    jobs::enqueue(tx, &job)?;
    Ok(())
}

/// The work of the job.
pub fn send(context: &Context, job: &Job) -> Result<()> {
    let email = job.payload[ADDRESS].as_str();
    let occasion = Occasion::ALL
        .into_iter()
        .find(|occasion| job.payload["occasion"] == occasion.name());
    let (Some(email), Some(occasion)) = (email, occasion) else {
        return Err(Error::internal("a mail without address or occasion"));
    };
    let settings = &context.services.settings;
    let mail = context.transaction(Owner::Nobody, |tx| {
        write(tx, settings, job.id, email, occasion)
    })?;
    match mail {
        Some(mail) => context.services.mailer.send(&mail),
        None => Ok(()),
    }
}

/// The mail that suits the account; none when there is no account that could be used.
fn write(
    tx: &mut Tx<'_>,
    settings: &Settings,
    job: Uuid,
    email: &str,
    occasion: Occasion,
) -> Result<Option<Mail>> {
    let Some(user) = queries::find_by_email(tx.conn, email)?.filter(|user| !user.disabled) else {
        return Ok(None);
    };
    let address = settings.address();
    let (subject, text) = match letter(&user, occasion) {
        Letter::Known => ("You have a Rebound account already", known(&address)),
        Letter::SetPassword => {
            let token = email_tokens::make(tx, user.id, Purpose::PasswordReset)?;
            (
                "Set your password for Rebound",
                set_password(&address, token.expose()),
            )
        }
        Letter::Token(purpose) => {
            let token = email_tokens::make(tx, user.id, purpose)?;
            match purpose {
                Purpose::VerifyEmail => (
                    "Confirm your address for Rebound",
                    verification(&address, token.expose()),
                ),
                Purpose::PasswordReset => (
                    "A new password for Rebound",
                    reset(&address, token.expose()),
                ),
            }
        }
    };
    Ok(Some(Mail {
        to: user.email,
        subject: subject.to_owned(),
        text,
        message_id: message_id(&job.to_string(), &address),
    }))
}

#[derive(Debug, PartialEq, Eq)]
enum Letter {
    /// The address has an account that works.
    Known,
    /// The address was registered more than once before it was proved: its owner sets the password.
    SetPassword,
    /// A token for a purpose.
    Token(Purpose),
}

fn letter(user: &Credentials, occasion: Occasion) -> Letter {
    match occasion {
        Occasion::PasswordReset => Letter::Token(Purpose::PasswordReset),
        Occasion::Registration if user.verified => Letter::Known,
        Occasion::Registration if user.password_hash == UNUSABLE => Letter::SetPassword,
        Occasion::Registration => Letter::Token(Purpose::VerifyEmail),
    }
}

fn verification(address: &str, token: &str) -> String {
    format!(
        "Hello,\n\n\
         someone, hopefully you, registered this address with Rebound:\n\n    {address}\n\n\
         Confirm it within {hours} hours with this code:\n\n    {token}\n\n\
         Paste it where your app asks for it, or send it as {{\"token\": \"<code>\"}} to\n\
         POST {address}/v1/auth/verify-email\n\n\
         If it was not you, do nothing: without the code nobody can use the account.\n",
        hours = Purpose::VerifyEmail.life_hours(),
    )
}

fn set_password(address: &str, token: &str) -> String {
    format!(
        "Hello,\n\n\
         someone, hopefully you, registered this address again before it was\n\
         confirmed at Rebound:\n\n    {address}\n\n\
         So that nobody else's password counts, set yours with this code, within the\n\
         next hour. It confirms the address as well:\n\n    {token}\n\n\
         Paste it where your app asks for it, or send it as\n\
         {{\"token\": \"<code>\", \"new_password\": \"<password>\"}} to\n\
         POST {address}/v1/auth/password-reset/confirm\n\n\
         If it was not you, do nothing: without the code nobody can use the account.\n"
    )
}

fn known(address: &str) -> String {
    format!(
        "Hello,\n\n\
         someone, hopefully you, tried to register this address with Rebound:\n\n    {address}\n\n\
         You have an account already, and nothing about it has changed:\n\
         just sign in.\n\n\
         If you cannot remember the password, ask for a new one in your app or at\n\
         POST {address}/v1/auth/password-reset\n\n\
         If it was not you, do nothing. Whoever it was has not been told that you\n\
         have an account.\n"
    )
}

fn reset(address: &str, token: &str) -> String {
    format!(
        "Hello,\n\n\
         someone, hopefully you, asked for a new password for Rebound:\n\n    {address}\n\n\
         This code sets one, within the next hour:\n\n    {token}\n\n\
         Paste it where your app asks for it, or send it as\n\
         {{\"token\": \"<code>\", \"new_password\": \"<password>\"}} to\n\
         POST {address}/v1/auth/password-reset/confirm\n\n\
         You will be signed out everywhere, your access tokens end as well, and you\n\
         sign in with the new password.\n\n\
         If it was not you, do nothing: your password stays as it is.\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(verified: bool) -> Credentials {
        Credentials {
            id: Uuid::nil(),
            email: "ada@example.com".to_owned(),
            password_hash: String::new(),
            verified,
            disabled: false,
        }
    }

    #[test]
    fn an_address_that_is_not_proved_yet_gets_a_new_token() {
        let letter = |verified, occasion| super::letter(&user(verified), occasion);
        assert_eq!(
            letter(false, Occasion::Registration),
            Letter::Token(Purpose::VerifyEmail)
        );
        assert_eq!(letter(true, Occasion::Registration), Letter::Known);
        let twice = Credentials {
            password_hash: UNUSABLE.to_owned(),
            ..user(false)
        };
        assert_eq!(
            super::letter(&twice, Occasion::Registration),
            Letter::SetPassword
        );
        assert_eq!(
            letter(true, Occasion::PasswordReset),
            Letter::Token(Purpose::PasswordReset)
        );
    }

    #[test]
    fn a_token_stands_alone_on_its_line_and_no_line_is_folded() {
        let text = verification("https://rebound.example", "rbd_ev_x");
        assert!(text.lines().any(|line| line.trim() == "rbd_ev_x"));
        assert!(text.is_ascii() && text.lines().all(|line| line.len() <= 76));
        for text in [
            reset("https://rebound.example", "rbd_pr_x"),
            set_password("https://rebound.example", "rbd_pr_x"),
        ] {
            assert!(text.lines().any(|line| line.trim() == "rbd_pr_x"));
            assert!(text.is_ascii() && text.lines().all(|line| line.len() <= 76));
        }
        let text = known("https://rebound.example");
        assert!(text.is_ascii() && text.lines().all(|line| line.len() <= 76));
    }
}
