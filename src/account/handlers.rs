//! The operations of a user on their own account.

use actix_web::{HttpResponse, delete, get, patch, post};
use garde::Validate;
use serde::Deserialize;
use utoipa::IntoParams;

use super::model::{Profile, Session, SessionPage, User};
use super::proof::{self, Whose};
use super::requests::{ChangePassword, DeleteAccount};
use super::{queries, rules};
use crate::auth;
use crate::auth::personal_tokens;
use crate::auth::sessions;
use crate::auth::throttle;
use crate::config::Secret;
use crate::http::answer::Answer;
use crate::http::body::{Body, Patch};
use crate::http::caller::{Caller, Id};
use crate::http::error::Result;
use crate::http::page::{Key, Page, Window};
use crate::http::params::Params;
use crate::http::visitor::Visitor;

/// Show the account
///
/// The profile with its preferences: time zone, week start, cool-off, what counts as silence.
#[utoipa::path(
    tag = "Accounts",
    responses((status = 200, description = "Who is signed in.", body = User))
)]
#[get("/v1/me")]
pub async fn get_account(caller: Caller) -> Result<HttpResponse> {
    let id = caller.id();
    caller
        .get(move |tx| queries::find(tx.conn, id)?.ok_or_else(auth::invalid_token))
        .await
}

/// Change the account
///
/// A merge patch on the name, the time zone and the preferences. A changed cool-off counts for rejections
/// that come later.
#[utoipa::path(
    tag = "Accounts",
    request_body(content(
        (Profile = "application/merge-patch+json"),
        (Profile = "application/json")
    )),
    responses((status = 200, description = "The changed account.", body = User))
)]
#[patch("/v1/me")]
pub async fn update_account(caller: Caller, patch: Patch<Profile>) -> Result<HttpResponse> {
    let id = caller.id();
    caller
        .change(move |tx, precondition| {
            let user = queries::lock(tx.conn, id)?.ok_or_else(auth::invalid_token)?;
            precondition.check(&user)?;
            let profile = patch.apply(&Profile::from(&user))?;
            let user = queries::update(tx, id, &profile)?;
            super::record_update(tx)?;
            Answer::resource(&user)
        })
        .await
}

/// Erase the account
///
/// Needs the password, and removes everything that was ever stored for this user, at once and for good. That of a very
/// large account takes its time, up to minutes.
#[utoipa::path(
    tag = "Accounts",
    request_body = DeleteAccount,
    responses(
        (status = 204, description = "Nothing is left."),
        (status = 403, description = "`wrong_password`: The password is wrong.")
    )
)]
#[delete("/v1/me")]
pub async fn delete_account(caller: Caller, body: Body<DeleteAccount>) -> Result<HttpResponse> {
    let visitor = Visitor::of(caller.request())?;
    let proof = proof::check(&visitor, Whose::User(caller.id()), body.value.password).await?;
    let owner = proof.owner.ok_or_else(proof::wrong_password)?;
    let partings = visitor.services.partings;
    let response = caller
        .delete_much(move |tx, precondition| {
            let Some(user) = queries::lock(tx.conn, owner.id)? else {
                return Ok(());
            };
            throttle::release(tx, &proof.reservation)?;
            precondition.check(&user)?;
            super::erase(tx, user.id, &user.email, partings)
        })
        .await?;
    visitor.services.sessions.forget_all();
    visitor.services.personal_tokens.forget_of(owner.id);
    Ok(response)
}

/// Change the password
///
/// Needs the present one, and ends all other sessions of the user and all personal access tokens.
#[utoipa::path(
    tag = "Accounts",
    request_body = ChangePassword,
    responses(
        (status = 204, description = "The new password counts; the other sessions and all tokens are over."),
        (status = 403, description = "`wrong_password`: The present password is wrong.")
    )
)]
#[post("/v1/me/password")]
pub async fn change_password(caller: Caller, body: Body<ChangePassword>) -> Result<HttpResponse> {
    let ChangePassword {
        current_password,
        new_password,
    } = body.value;
    let (id, kept) = (caller.id(), caller.user.session_id()?);
    let user = caller
        .read(move |tx| queries::find(tx.conn, id)?.ok_or_else(auth::invalid_token))
        .await?;
    rules::check_new_password("/new_password", &new_password, &user.words())?;
    let visitor = Visitor::of(caller.request())?;
    let passwords = &visitor.services.passwords;
    let fingerprint = passwords.fingerprint(body.fingerprint, id).await?;
    let proof = proof::check(&visitor, Whose::User(id), current_password).await?;
    let next = match &proof.owner {
        Some(_) => passwords.hash(Secret::from(new_password)).await?,
        None => String::new(),
    };
    let owner = proof.owner;
    // A repeated request finds its first answer before it is asked for the password, which has changed.
    let response = caller
        .post(fingerprint, move |tx, _| {
            let owner = owner.ok_or_else(proof::wrong_password)?;
            if !queries::replace_password(tx.conn, id, &owner.password_hash, &next)? {
                return Err(proof::wrong_password());
            }
            sessions::end_all(tx, id, Some(kept))?;
            personal_tokens::end_all(tx, id)?;
            Ok(Answer::no_content())
        })
        .await?;
    visitor.services.sessions.forget_all();
    visitor.services.personal_tokens.forget_of(id);
    visitor
        .write(move |tx| throttle::release(tx, &proof.reservation))
        .await?;
    Ok(response)
}

/// The order of the sessions: newest first.
const SESSION_ORDER: &str = "-created_at";

/// Which page.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SessionQuery {
    /// Rows on the page.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 25)]
    limit: Option<i64>,
    /// The next_cursor of the page before.
    #[garde(length(max = 2000))]
    #[param(max_length = 2000)]
    cursor: Option<String>,
}

/// List sessions
///
/// The places where you are signed in, newest first
#[utoipa::path(
    tag = "Accounts",
    params(SessionQuery),
    responses((status = 200, description = "A page of sessions.", body = SessionPage))
)]
#[get("/v1/me/sessions")]
pub async fn list_sessions(
    caller: Caller,
    Params(query): Params<SessionQuery>,
) -> Result<HttpResponse> {
    let (id, current) = (caller.id(), caller.user.session_id()?);
    let window = Window::new(query.limit, SESSION_ORDER, query.cursor.as_deref())?;
    caller
        .list(move |tx| {
            let rows = sessions::list(tx, id, &window)?;
            let page = window.page(rows, |row| (Key::Instant(row.created_at), row.id));
            let show = |session| Session::of(session, current);
            Ok(Page {
                data: page.data.into_iter().map(show).collect(),
                next_cursor: page.next_cursor,
            })
        })
        .await
}

/// End a session
///
/// Signs out there; it may be the session of this very request
#[utoipa::path(
    tag = "Accounts",
    params(("id" = Uuid, Path, description = "Id of the session.")),
    responses((status = 204, description = "It is over."))
)]
#[delete("/v1/me/sessions/{id}")]
pub async fn delete_session(caller: Caller, Id(id): Id) -> Result<HttpResponse> {
    let user = caller.id();
    let response = caller
        .delete(move |tx, precondition| sessions::end_one(tx, user, id, precondition))
        .await?;
    Visitor::of(caller.request())?.services.sessions.forget(id);
    Ok(response)
}
