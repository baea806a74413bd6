//! An account: register, prove an address, sign in and out, see and change who one is, leave without
//! a trace.
//!
//! Other features read a user's [`Preferences`] and name here. For the command line there are functions that make,
//! find, disable and erase a user by address.

pub mod handlers;
pub mod mails;
mod model;
mod proof;
mod queries;
mod reminding;
mod requests;
mod rules;
pub mod sign_in;
pub mod tokens;

use diesel::PgConnection;
use uuid::Uuid;

use crate::auth;
use crate::auth::{personal_tokens, sessions, throttle};
use crate::config::EmailVerification;
use crate::db::Tx;
use crate::events::{self, Event};
use crate::http::error::Result;
use crate::jobs;
use crate::services::Parting;

pub use model::{
    Choices, NewUser, Person, Preferences, Profile, Recipient, Session, SessionPage, User,
    WeekStart,
};
pub use reminding::{ReminderChoices, ReminderMail, Reminding};
pub use requests::{
    ChangePassword, ConfirmPasswordReset, DeleteAccount, Login, MailNotice, RefreshToken, Register,
    RequestPasswordReset, SignedIn, VerifyEmail,
};
pub use rules::is_time_zone;
pub use tokens::{NewPersonalToken, PersonalTokenFields, PersonalTokenName, PersonalTokenPage};

/// What a user chose; 401 when the account is gone in the meantime.
pub fn preferences(conn: &mut PgConnection, owner: Uuid) -> Result<Preferences> {
    let row = queries::preferences(conn, owner)?.ok_or_else(auth::invalid_token)?;
    Ok(row.into())
}

/// How a user wants to be called.
pub fn display_name(conn: &mut PgConnection, owner: Uuid) -> Result<Option<String>> {
    Ok(queries::find(conn, owner)?.and_then(|user| user.display_name))
}

/// Whom a mail to a user goes to; nobody when the account could not be used by whoever reads it.
pub fn recipient(
    conn: &mut PgConnection,
    owner: Uuid,
    verification: EmailVerification,
) -> Result<Option<Recipient>> {
    let recipient = queries::recipient(conn, owner)?;
    Ok(recipient.filter(|it| rules::may_sign_in(it.verified, it.disabled, verification)))
}

/// How these users are called and what they chose; those that are there.
pub fn people(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Person>> {
    queries::people(conn, ids)
}

/// The address of a user in lower case, once it may be taken for theirs.
///
/// One that waits for its proof is nobody's yet; with `proof_needed` neither is one without a proof.
pub fn own_address(
    conn: &mut PgConnection,
    id: Uuid,
    proof_needed: bool,
) -> Result<Option<String>> {
    queries::own_address(conn, id, proof_needed)
}

/// A user, as they see themselves; 401 when the account is gone in the meantime.
pub fn user(conn: &mut PgConnection, id: Uuid) -> Result<User> {
    queries::find(conn, id)?.ok_or_else(auth::invalid_token)
}

/// Makes what a user says of themselves theirs again. Until the transaction ends nobody else does the same;
/// what refers to the user may be written beside it.
pub fn adopt(tx: &mut Tx<'_>, profile: &Profile) -> Result<()> {
    user(tx.conn, tx.owner)?;
    queries::update(tx, tx.owner, profile)?;
    Ok(())
}

/// Tells the change log that the present user says something else of themselves.
pub fn record_update(tx: &mut Tx<'_>) -> Result<()> {
    events::record(tx, &Event::new("user.updated", tx.owner))
}

/// Makes a user; 409 `email_taken` when the address has one already.
pub fn create_user(tx: &mut Tx<'_>, user: &NewUser) -> Result<User> {
    queries::insert(tx, user)
}

/// Turns wellbeing check-ins on for the user of the transaction, as they would by their preferences.
pub fn enable_wellbeing(tx: &mut Tx<'_>) -> Result<()> {
    let id = tx.owner;
    let user = queries::lock(tx.conn, id)?.ok_or_else(auth::invalid_token)?;
    let mut profile = Profile::from(&user);
    profile.preferences.wellbeing_enabled = true;
    queries::update(tx, id, &profile)?;
    Ok(())
}

/// Ends all sessions and tokens of the user with this address and lets them open none; false when there is none.
pub fn disable_user(tx: &mut Tx<'_>, email: &str) -> Result<bool> {
    let Some(user) = queries::find_by_email(tx.conn, email)? else {
        return Ok(false);
    };
    queries::disable(tx, user.id)?;
    sessions::end_all(tx, user.id, None)?;
    personal_tokens::end_all(tx, user.id)?;
    Ok(true)
}

/// The user who has this address.
pub fn find_user(tx: &mut Tx<'_>, email: &str) -> Result<Option<Uuid>> {
    Ok(queries::find_by_email(tx.conn, email)?.map(|user| user.id))
}

/// Erases the user of the transaction and everything that was theirs, however long it takes.
pub fn erase_user(tx: &mut Tx<'_>, email: &str, partings: &[Parting]) -> Result<()> {
    tx.take_time()?;
    erase(tx, tx.owner, email, partings)
}

fn erase(tx: &mut Tx<'_>, id: Uuid, email: &str, partings: &[Parting]) -> Result<()> {
    for part in partings {
        part(tx)?;
    }
    throttle::forget_address(tx, email)?;
    jobs::forget(tx, mails::JOB, mails::ADDRESS, email)?;
    queries::delete(tx.conn, id)
}
