//! The operations of someone who is not signed in: register, prove an address, sign in, stay signed in,
//! sign out, set a new password.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post};

use super::mails::{self, Occasion};
use super::model::{NewUser, User};
use super::proof::{self, Whose};
use super::requests::{
    ConfirmPasswordReset, Login, MailNotice, RefreshToken, Register, RequestPasswordReset,
    SignedIn, VerifyEmail,
};
use super::{queries, rules};
use crate::auth;
use crate::auth::email_tokens::{self, Purpose};
use crate::auth::keys::JwkSet;
use crate::auth::personal_tokens;
use crate::auth::sessions::{self, Opened, Renewal};
use crate::auth::throttle::{self, Limit};
use crate::auth::tokens;
use crate::config::{EmailVerification, Secret};
use crate::http::answer::Answer;
use crate::http::body::Body;
use crate::http::caller::services;
use crate::http::error::{Error, Result};
use crate::http::problems;
use crate::http::visitor::Visitor;
use crate::services::Services;

/// The one answer to a registration that has to be proved by a mail.
const REGISTERED: MailNotice = MailNotice {
    message: "A mail is on its way to this address. It says how to go on.",
};
/// The one answer to someone who wants a new password.
const RESET_ASKED: MailNotice = MailNotice {
    message: "If there is an account with this address, a mail is on its way.",
};

/// Register
///
/// Where addresses need no proof, the account works at once and this signs in. Where they do, the answer
/// is always the same 202, whether or not the address has an account, and a mail says how to go on.
/// Registrations are limited for each network. An `Idempotency-Key` is ignored.
#[utoipa::path(
    tag = "Accounts",
    request_body = Register,
    responses(
        (status = 201, description = "The account is there and signed in.", body = SignedIn),
        (status = 202, description = "A mail says how to go on; the same for every address.", body = MailNotice),
        (status = 409, description = "`email_taken`: The address has an account already; only where addresses need no proof.")
    )
)]
#[post("/v1/auth/register")]
pub async fn register_account(visitor: Visitor, body: Body<Register>) -> Result<HttpResponse> {
    let request = body.value;
    let proof_needed = visitor.services.settings.verification() == EmailVerification::Required;
    count_registration(&visitor, &request.email, proof_needed).await?;
    let password = Secret::from(request.password);
    let user = NewUser {
        password_hash: visitor.services.passwords.hash(password).await?,
        email: request.email,
        display_name: request.display_name,
        time_zone: request.time_zone,
        verified: false,
    };
    let answer = if proof_needed {
        visitor
            .write(move |tx| {
                queries::insert_quietly(tx, &user)?;
                mails::want(tx, &user.email, Occasion::Registration)
            })
            .await?;
        Answer::document(StatusCode::ACCEPTED, &REGISTERED)?
    } else {
        let device = visitor.device();
        let (user, session) = visitor
            .write(move |tx| {
                let user = queries::insert(tx, &user)?;
                let session = sessions::open(tx, user.id, device.as_deref())?;
                Ok((user, session))
            })
            .await?;
        let signed_in = signed_in(&visitor.services, user, &session)?;
        Answer::document(StatusCode::CREATED, &signed_in)?.at("/v1/me".to_owned())
    };
    Ok(visitor.respond(answer))
}

async fn count_registration(visitor: &Visitor, email: &str, with_mail: bool) -> Result<()> {
    let settings = &visitor.services.settings;
    let mut limits = vec![Limit::registrations_from(settings, visitor.network)];
    if with_mail {
        limits.push(Limit::mails_to(settings, email));
    }
    visitor.write(move |tx| throttle::count(tx, &limits)).await
}

/// Sign in
///
/// Failed attempts are limited for each account and for each network; over the limit, even the right
/// password is answered with 429. An `Idempotency-Key` is ignored.
#[utoipa::path(
    tag = "Accounts",
    request_body = Login,
    responses(
        (status = 200, description = "A new session.", body = SignedIn),
        (status = 401, description = "`invalid_credentials`: Address and password do not fit, or the account cannot be used.")
    )
)]
#[post("/v1/auth/login")]
pub async fn open_session(visitor: Visitor, body: Body<Login>) -> Result<HttpResponse> {
    let Login { email, password } = body.value;
    let proof = proof::check(&visitor, Whose::Address(email), password).await?;
    let verification = visitor.services.settings.verification();
    let owner = proof.owner.ok_or_else(proof::invalid_credentials)?;
    if !rules::may_sign_in(owner.verified, owner.disabled, verification) {
        proof::fail(&visitor, proof.reservation).await?;
        return Err(proof::invalid_credentials());
    }
    let device = visitor.device();
    let (user, session) = visitor
        .write(move |tx| {
            let user = queries::find_unchanged(tx.conn, owner.id, &owner.password_hash)?
                .ok_or_else(proof::invalid_credentials)?;
            throttle::release(tx, &proof.reservation)?;
            let session = sessions::open(tx, user.id, device.as_deref())?;
            Ok((user, session))
        })
        .await?;
    let signed_in = signed_in(&visitor.services, user, &session)?;
    Ok(visitor.respond(Answer::document(StatusCode::OK, &signed_in)?))
}

/// Stay signed in
///
/// Gives a new pair of tokens for a refresh token, which works once and for 30 days. When the answer gets
/// lost, the same token may be sent again until its successor is used. Any other reuse means that a token
/// was stolen, and ends the session. An `Idempotency-Key` is ignored.
#[utoipa::path(
    tag = "Accounts",
    request_body = RefreshToken,
    responses(
        (status = 200, description = "The session goes on with new tokens.", body = SignedIn),
        (status = 401, description = "`token_reused`: The token was replaced by one that has been used; the session is ended.\n`invalid_token`: The token is unknown or too old, or its session has ended.")
    )
)]
#[post("/v1/auth/refresh")]
pub async fn refresh_session(visitor: Visitor, body: Body<RefreshToken>) -> Result<HttpResponse> {
    let token = body.value.refresh_token;
    let renewal = visitor
        .write(move |tx| {
            let renewal = sessions::renew(tx, &token)?;
            Ok(match renewal {
                Renewal::Renewed(session) => {
                    let user = queries::find(tx.conn, session.user_id)?;
                    Ok((user.ok_or_else(auth::invalid_token)?, session))
                }
                Renewal::Reused(id) => Err(Some(id)),
                Renewal::Unknown => Err(None),
            })
        })
        .await?;
    match renewal {
        Ok((user, session)) => {
            let signed_in = signed_in(&visitor.services, user, &session)?;
            Ok(visitor.respond(Answer::document(StatusCode::OK, &signed_in)?))
        }
        Err(Some(ended)) => {
            visitor.services.sessions.forget(ended);
            Err(token_reused())
        }
        Err(None) => Err(unknown_refresh_token()),
    }
}

/// Sign out
///
/// Ends the session of a refresh token. A token that is unknown or whose session has ended is answered
/// alike, so this can be repeated. An `Idempotency-Key` is ignored.
#[utoipa::path(
    tag = "Accounts",
    request_body = RefreshToken,
    responses((status = 204, description = "The session is over."))
)]
#[post("/v1/auth/logout")]
pub async fn end_session(visitor: Visitor, body: Body<RefreshToken>) -> Result<HttpResponse> {
    let token = body.value.refresh_token;
    let ended = visitor.write(move |tx| sessions::close(tx, &token)).await?;
    if let Some(session) = ended {
        visitor.services.sessions.forget(session);
    }
    Ok(visitor.respond(Answer::no_content()))
}

/// Ask for a new password
///
/// Sends a mail with a token that sets a new password within an hour. The answer is the same whether or
/// not the address has an account. Mails are limited for each network and for each address. An
/// `Idempotency-Key` is ignored.
#[utoipa::path(
    tag = "Accounts",
    request_body = RequestPasswordReset,
    responses((status = 202, description = "A mail is on its way if there is an account; the same for every address.", body = MailNotice))
)]
#[post("/v1/auth/password-reset")]
pub async fn request_password_reset(
    visitor: Visitor,
    body: Body<RequestPasswordReset>,
) -> Result<HttpResponse> {
    let email = body.value.email;
    let limits = [
        Limit::mails_to(&visitor.services.settings, &email),
        Limit::mails_for(&visitor.services.settings, visitor.network),
    ];
    visitor
        .write(move |tx| {
            throttle::count(tx, &limits)?;
            mails::want(tx, &email, Occasion::PasswordReset)
        })
        .await?;
    Ok(visitor.respond(Answer::document(StatusCode::ACCEPTED, &RESET_ASKED)?))
}

/// Set a new password
///
/// Takes the token of the mail, which works once, and ends all sessions and personal access tokens of the
/// user. It also proves the address. An `Idempotency-Key` is ignored.
#[utoipa::path(
    tag = "Accounts",
    request_body = ConfirmPasswordReset,
    responses(
        (status = 204, description = "The password is set; sign in with it."),
        (status = 422, description = "`invalid_email_token`: The token is unknown, was used or is too old.")
    )
)]
#[post("/v1/auth/password-reset/confirm")]
pub async fn confirm_password_reset(
    visitor: Visitor,
    body: Body<ConfirmPasswordReset>,
) -> Result<HttpResponse> {
    let ConfirmPasswordReset {
        token,
        new_password,
    } = body.value;
    let known = token.clone();
    let user = visitor
        .write(move |tx| {
            let id = email_tokens::owner(tx, &known, Purpose::PasswordReset)?;
            queries::find(tx.conn, id)?.ok_or_else(Error::not_found)
        })
        .await?;
    rules::check_new_password("/new_password", &new_password, &user.words())?;
    let hash = visitor
        .services
        .passwords
        .hash(Secret::from(new_password))
        .await?;
    let (id, ended) = visitor
        .write(move |tx| {
            let id = email_tokens::redeem(tx, &token, Purpose::PasswordReset)?;
            queries::reset_password(tx, id, &hash)?;
            throttle::forgive_logins(tx, &user.email)?;
            let ended = sessions::end_all(tx, id, None)?;
            personal_tokens::end_all(tx, id)?;
            Ok((id, ended))
        })
        .await?;
    visitor.services.sessions.forget_these(&ended);
    visitor.services.personal_tokens.forget_of(id);
    Ok(visitor.respond(Answer::no_content()))
}

/// Prove an address
///
/// Takes the token of the mail, which works once, within 24 hours. Signs nobody in: the token may have
/// been read by a mail scanner. An `Idempotency-Key` is ignored.
#[utoipa::path(
    tag = "Accounts",
    request_body = VerifyEmail,
    responses(
        (status = 204, description = "The address is proved; sign in."),
        (status = 422, description = "`invalid_email_token`: The token is unknown, was used or is too old.")
    )
)]
#[post("/v1/auth/verify-email")]
pub async fn verify_email(visitor: Visitor, body: Body<VerifyEmail>) -> Result<HttpResponse> {
    let token = body.value.token;
    visitor
        .write(move |tx| {
            let id = email_tokens::redeem(tx, &token, Purpose::VerifyEmail)?;
            queries::verify_email(tx, id)
        })
        .await?;
    Ok(visitor.respond(Answer::no_content()))
}

/// List the public keys
///
/// The keys that access tokens are signed with, as a JSON Web Key Set (RFC 7517), for services that check
/// tokens by themselves.
#[utoipa::path(
    tag = "Accounts",
    responses((status = 200, description = "Every key that a valid token may be signed with.", body = JwkSet))
)]
#[get("/.well-known/jwks.json")]
pub async fn list_signing_keys(request: HttpRequest) -> Result<HttpResponse> {
    let keys = services(&request)?.keys.jwks();
    Ok(HttpResponse::Ok()
        .insert_header(("Cache-Control", "public, max-age=300"))
        .json(keys))
}

fn signed_in(services: &Services, user: User, session: &Opened) -> Result<SignedIn> {
    let now = services.clock.now();
    let access_token = tokens::issue(&services.keys, user.id, session.id, now)
        .map_err(|error| Error::internal(format!("a token cannot be signed: {error}")))?;
    Ok(SignedIn {
        user,
        access_token,
        refresh_token: session.refresh_token.expose().to_owned(),
        token_type: "Bearer",
        expires_in: tokens::LIFE,
    })
}

fn token_reused() -> Error {
    problems::TOKEN_REUSED
        .because("This refresh token had been replaced. The session is ended; sign in again.")
        .header(
            "WWW-Authenticate",
            "Bearer realm=\"rebound\", error=\"invalid_token\"",
        )
        .into()
}

fn unknown_refresh_token() -> Error {
    problems::INVALID_TOKEN
        .because("The refresh token is not valid. Sign in again.")
        .header(
            "WWW-Authenticate",
            "Bearer realm=\"rebound\", error=\"invalid_token\"",
        )
        .into()
}
