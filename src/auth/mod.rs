//! Who is it? Passwords, access and refresh tokens, sessions, and the [`CurrentUser`] of a request.
//!
//! An access token is checked without the database and remembered until it ends; whether its session
//! still lives is asked at most once a second, so that a logout holds within one second everywhere.

pub mod email_tokens;
pub mod keys;
pub mod opaque;
pub mod passwords;
mod queries;
pub mod sessions;
pub mod throttle;
pub mod tokens;

use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderMap};
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use futures_util::future::LocalBoxFuture;
use uuid::Uuid;

use crate::http::caller::{database, services};
use crate::http::error::{Error, Result};
use crate::http::problems;
use crate::services::Services;

use tokens::AccessToken;

/// What the `Authorization` header of a request holds.
#[derive(Clone, Debug)]
pub enum Bearer {
    /// A token of ours that has not expired.
    Valid(Arc<AccessToken>),
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
        token
            .and_then(|token| {
                services
                    .verified
                    .check(token, &services.keys, services.clock.now())
            })
            .map_or(Self::Invalid, Self::Valid)
    }
}

/// The signed-in user of a request, whose session lives.
#[derive(Clone, Copy, Debug)]
pub struct CurrentUser {
    /// The user.
    pub id: Uuid,
    /// The session of the access token.
    pub session_id: Uuid,
}

impl FromRequest for CurrentUser {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let bearer = request.extensions().get::<Bearer>().cloned();
        let request = request.clone();
        Box::pin(async move {
            let token = match bearer {
                Some(Bearer::Valid(token)) => token,
                Some(Bearer::Invalid) => return Err(invalid_token()),
                Some(Bearer::Absent) | None => {
                    return Err(problems::UNAUTHENTICATED
                        .because("This needs an access token.")
                        .header("WWW-Authenticate", "Bearer realm=\"rebound\"")
                        .into());
                }
            };
            let user = Self {
                id: token.user_id,
                session_id: token.session_id,
            };
            let services = services(&request)?;
            if !services.sessions.is_fresh(user) {
                let alive = sessions::is_alive(&database(&request)?, user).await?;
                if !alive {
                    return Err(invalid_token());
                }
                services.sessions.remember(user);
            }
            Ok(user)
        })
    }
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
