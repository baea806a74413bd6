//! The operations of a user on their own account.

use actix_web::{HttpResponse, delete, get, patch, post};

use super::model::{Profile, Session, SessionPage, UpdateAccount, User};
use super::proof::{self, Whose};
use super::requests::{ChangePassword, DeleteAccount};
use super::{queries, rules};
use crate::auth;
use crate::auth::sessions::{self, LiveSession};
use crate::auth::throttle;
use crate::config::Secret;
use crate::http::answer::Answer;
use crate::http::body::{Body, Patch};
use crate::http::caller::{Caller, Id};
use crate::http::error::Result;
use crate::http::page::{Key, Page, Window};
use crate::http::params::{Paging, Params};
use crate::http::visitor::Visitor;

/// Show the account.
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

/// Change the account.
///
/// A merge patch on the name, the time zone and the preferences. A changed cool-off counts for rejections
/// that come later.
#[utoipa::path(
    tag = "Accounts",
    request_body(content(
        (UpdateAccount = "application/merge-patch+json"),
        (UpdateAccount = "application/json")
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
            Answer::resource(&queries::update(tx, id, &profile)?)
        })
        .await
}

/// Erase the account.
///
/// Needs the password, and removes everything that was ever stored for this user, at once and for good.
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
    let response = caller
        .delete(move |tx, precondition| {
            let user = queries::lock(tx.conn, owner.id)?.ok_or_else(auth::invalid_token)?;
            throttle::release(tx, &proof.reservation)?;
            precondition.check(&user)?;
            super::erase(tx, user.id, &user.email)
        })
        .await?;
    visitor.services.sessions.forget_all();
    Ok(response)
}

/// Change the password.
///
/// Needs the present one, and ends all other sessions of the user.
#[utoipa::path(
    tag = "Accounts",
    request_body = ChangePassword,
    responses(
        (status = 204, description = "The new password counts; the other sessions are over."),
        (status = 403, description = "`wrong_password`: The present password is wrong.")
    )
)]
#[post("/v1/me/password")]
pub async fn change_password(caller: Caller, body: Body<ChangePassword>) -> Result<HttpResponse> {
    let ChangePassword { current_password, new_password } = body.value;
    let (id, kept) = (caller.id(), caller.user.session_id);
    let user = caller
        .read(move |tx| queries::find(tx.conn, id)?.ok_or_else(auth::invalid_token))
        .await?;
    rules::check_new_password("/new_password", &new_password, &user.words())?;
    let visitor = Visitor::of(caller.request())?;
    let passwords = &visitor.services.passwords;
    let fingerprint = passwords.fingerprint(&caller, body.fingerprint).await?;
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
            Ok(Answer::no_content())
        })
        .await?;
    visitor.services.sessions.forget_all();
    visitor
        .write(move |tx| throttle::release(tx, &proof.reservation))
        .await?;
    Ok(response)
}
