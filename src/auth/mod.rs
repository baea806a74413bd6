//! Who is it, and may they? Passwords, access and refresh tokens, sessions, personal access tokens and their
//! scopes, and the [`CurrentUser`] of a request.
//!
//! An access token is checked without the database and remembered until it ends; whether its session
//! still lives is asked at most once a second, so that a logout holds within one second everywhere. The same
//! goes for personal access tokens.

pub mod email_tokens;
pub mod keys;
pub mod live_sessions;
pub mod opaque;
pub mod passwords;
pub mod personal_tokens;
mod queries;
pub mod scopes;
pub mod seal;
pub mod sessions;
pub mod throttle;
pub mod tokens;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap};
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use chrono::{DateTime, Utc};
use futures_util::future::LocalBoxFuture;
use uuid::Uuid;

use crate::db::{Reading, Server, Tx};
use crate::http::caller::{database, services};
use crate::http::error::{Error, Result};
use crate::http::limit::Counted;
use crate::http::problems;
use crate::services::Services;

use personal_tokens::{GoodToken, TokenHash};
use scopes::{Demand, Scope};
use tokens::AccessToken;

/// What the `Authorization` header of a request holds.
#[derive(Clone, Debug)]
pub enum Bearer {
    /// An access token of ours that has not expired.
    Access(Arc<AccessToken>),
    /// A personal access token that was good when the database was asked last.
    Personal(Arc<GoodToken>),
    /// Something with the form of a personal access token, which anyone can make.
    Unproved(TokenHash),
    /// Something else.
    Invalid,
    /// Nothing.
    Absent,
}

impl Bearer {
    /// Reads and checks the header; asks no database.
    pub fn of(headers: &HeaderMap, services: &Services) -> Self {
        let Some(value) = headers.get(header::AUTHORIZATION) else {
            return Self::Absent;
        };
        let token = value.to_str().ok().and_then(|value| {
            let (scheme, token) = value.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
        });
        let Some(token) = token else {
            return Self::Invalid;
        };
        let now = services.clock.now();
        if token.starts_with(personal_tokens::PREFIX) {
            return match personal_tokens::read(token) {
                None => Self::Invalid,
                Some(hash) => match services.personal_tokens.get(&hash, now) {
                    Some(good) => Self::Personal(good),
                    None => Self::Unproved(hash),
                },
            };
        }
        services
            .verified
            .check(token, &services.keys, now)
            .map_or(Self::Invalid, Self::Access)
    }

    /// The end of the token's life; nothing when it is not known to be good.
    pub fn expires_at(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Access(token) => Some(token.expires_at),
            Self::Personal(token) => Some(token.expires_at),
            Self::Unproved(_) | Self::Invalid | Self::Absent => None,
        }
    }
}

/// The user of a request: signed in with a session that lives, or by a personal access token that is good
/// and has the scopes of the operation.
#[derive(Clone, Debug)]
pub struct CurrentUser {
    /// The user.
    pub id: Uuid,
    credential: Credential,
}

#[derive(Clone, Debug)]
enum Credential {
    /// The session of the access token.
    Session(Uuid),
    /// A personal access token.
    Token(Arc<GoodToken>),
}

impl CurrentUser {
    /// The session; 403 for a personal access token, which has none.
    pub fn session_id(&self) -> Result<Uuid> {
        match &self.credential {
            Credential::Session(id) => Ok(*id),
            Credential::Token(_) => Err(sign_in_needed()),
        }
    }

    /// May this caller see resources of a type as events name it, such as `wellbeing_check_in`? Whoever is
    /// signed in may; a token needs the scope.
    ///
    /// Each operation asks for its own scopes by itself; this is for answers that show things of several kinds.
    pub fn may_see(&self, resource_type: &str) -> bool {
        match &self.credential {
            Credential::Session(_) => true,
            Credential::Token(token) => token.may(&scopes::to_see(resource_type)),
        }
    }

    /// What has to live on for this caller to go on: the session or the token.
    fn credential_id(&self) -> Uuid {
        match &self.credential {
            Credential::Session(id) => *id,
            Credential::Token(token) => token.id,
        }
    }
}

/// Of each of these callers, in their order: is the session, or the token, still good? For what outlives a
/// request.
pub fn which_live(tx: &mut Tx<'_>, users: &[CurrentUser]) -> Result<Vec<bool>> {
    let ids: Vec<Uuid> = users.iter().map(CurrentUser::credential_id).collect();
    // No session has the id of a token.
    let mut live: HashSet<Uuid> = queries::live_among(tx.conn, &ids, tx.now)?
        .into_iter()
        .collect();
    live.extend(queries::personal_tokens::good_among(tx.conn, &ids, tx.now)?);
    Ok(ids.iter().map(|id| live.contains(id)).collect())
}

impl FromRequest for CurrentUser {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let bearer = request.extensions().get::<Bearer>().cloned();
        let request = request.clone();
        Box::pin(async move {
            match bearer {
                Some(Bearer::Access(token)) => by_session(&request, &token).await,
                Some(Bearer::Personal(token)) => by_known_token(&request, token).await,
                Some(Bearer::Unproved(hash)) => by_new_token(&request, hash).await,
                Some(Bearer::Invalid) => Err(invalid_token()),
                Some(Bearer::Absent) | None => Err(problems::UNAUTHENTICATED
                    .because("This needs an access token.")
                    .header("WWW-Authenticate", "Bearer realm=\"rebound\"")
                    .into()),
            }
        })
    }
}

async fn by_session(request: &HttpRequest, token: &AccessToken) -> Result<CurrentUser> {
    let (user_id, session) = (token.user_id, token.session_id);
    let services = services(request)?;
    let known = &services.sessions;
    if !known.is_fresh(user_id, session) {
        let place = place(request, known.was_alive(user_id, session));
        let asked = Instant::now();
        match sessions::is_alive(&database(request)?, user_id, session, place).await? {
            (true, Server::Primary) => known.remember(user_id, session, asked),
            (true, Server::Replica) => {}
            (false, _) => {
                known.forget(session);
                return Err(invalid_token());
            }
        }
    }
    Ok(CurrentUser {
        id: user_id,
        credential: Credential::Session(session),
    })
}

/// Where to ask whether a session or a token is still good. While the primary is away, the replica's word is
/// enough for reading, if the primary called it good when it was asked last.
fn place(request: &HttpRequest, was_good: bool) -> Reading {
    // The edge has made a GET of each HEAD.
    match was_good && request.method() == Method::GET {
        true => Reading::Ordinary,
        false => Reading::Strict,
    }
}

/// A token that was good a while ago, whose request was counted as its own.
async fn by_known_token(request: &HttpRequest, token: Arc<GoodToken>) -> Result<CurrentUser> {
    let services = services(request)?;
    let known = &services.personal_tokens;
    if !known.is_fresh(&token.hash) {
        let place = place(request, true);
        let found = personal_tokens::check(&database(request)?, known, token.hash, place).await?;
        found.ok_or_else(invalid_token)?;
    }
    within_scopes(request, token)
}

/// A token that this process has not met. Until here its request was counted for the network, like that of
/// anyone who tries tokens; from now on it has a limit of its own.
async fn by_new_token(request: &HttpRequest, hash: TokenHash) -> Result<CurrentUser> {
    let services = services(request)?;
    let known = &services.personal_tokens;
    let place = Reading::Strict;
    let found = personal_tokens::check(&database(request)?, known, hash, place).await?;
    let token = found.ok_or_else(invalid_token)?;
    let standing = services.limits.count(Counted::Token(token.id));
    let mut extensions = request.extensions_mut();
    extensions.insert(Bearer::Personal(Arc::clone(&token)));
    extensions.insert(standing);
    drop(extensions);
    standing.check()?;
    within_scopes(request, token)
}

/// The user of a token that may do what the request wants.
fn within_scopes(request: &HttpRequest, token: Arc<GoodToken>) -> Result<CurrentUser> {
    let pattern = request.match_pattern().unwrap_or_default();
    match scopes::demand(request.method().as_str(), &pattern) {
        Demand::SignIn => Err(sign_in_needed()),
        Demand::Scopes(needed) if needed.iter().all(|scope| token.may(scope)) => Ok(CurrentUser {
            id: token.user_id,
            credential: Credential::Token(token),
        }),
        Demand::Scopes(needed) => Err(insufficient_scope(&needed)),
    }
}

/// 403 for a personal access token that lacks a scope (RFC 6750, section 3.1).
fn insufficient_scope(needed: &[Scope]) -> Error {
    let names: Vec<&str> = needed.iter().map(Scope::as_str).collect();
    let scope = names.join(" ");
    let challenge =
        format!("Bearer realm=\"rebound\", error=\"insufficient_scope\", scope=\"{scope}\"");
    problems::INSUFFICIENT_SCOPE
        .because(format!("The token lacks what this needs: {scope}."))
        .with("required_scopes", names)
        .header("WWW-Authenticate", challenge)
        .into()
}

/// 403 for what no personal access token may do, whatever its scopes.
fn sign_in_needed() -> Error {
    problems::INSUFFICIENT_SCOPE
        .because("No personal access token may do this, whatever its scopes. Sign in.")
        .header(
            "WWW-Authenticate",
            "Bearer realm=\"rebound\", error=\"insufficient_scope\"",
        )
        .into()
}

/// 401 for a token that is wrong, expired, or whose session has ended.
pub fn invalid_token() -> Error {
    problems::INVALID_TOKEN
        .because("The access token is not valid.")
        .header(
            "WWW-Authenticate",
            "Bearer realm=\"rebound\", error=\"invalid_token\"",
        )
        .into()
}
