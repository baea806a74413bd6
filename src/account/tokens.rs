//! The operations of a user on their personal access tokens. None of them takes such a token.

use actix_web::{HttpResponse, delete, get, patch, post};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::rules;
use crate::auth::personal_tokens::{self, PersonalToken, TokenScope, Wish};
use crate::config::Secret;
use crate::http::answer::{Answer, Versioned};
use crate::http::body::{Draft, Patch};
use crate::http::caller::{Caller, Id};
use crate::http::error::Result;
use crate::http::page::{Key, Window};
use crate::http::params::Params;
use crate::http::rules::sane_instant;
use crate::http::visitor::Visitor;
use crate::page_schema;

/// What a new token is to be.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Backup script", "scopes": ["applications:read", "goals:read"]}))]
pub struct PersonalTokenFields {
    /// What it is for, so that you know it later.
    #[garde(length(chars, min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "Backup script")]
    name: String,
    /// What it may do, each once. An empty list grants nothing.
    #[garde(length(max = 200), custom(rules::each_once))]
    #[schema(value_type = Vec<TokenScope>, max_items = 200, example = json!(["applications:read", "goals:read"]))]
    scopes: Vec<String>,
    /// When it ends by itself, within a year; 90 days from now without it.
    #[garde(custom(sane_instant))]
    expires_at: Option<DateTime<Utc>>,
}

/// What can be changed of a token.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Backup script on the old laptop"}))]
pub struct PersonalTokenName {
    /// What it is for, so that you know it later.
    #[garde(length(chars, min = 1, max = 100))]
    #[schema(
        min_length = 1,
        max_length = 100,
        example = "Backup script on the old laptop"
    )]
    name: String,
}

/// A token that has just been made: the only time that it is shown.
#[derive(Serialize, ToSchema)]
pub struct NewPersonalToken {
    /// Its id.
    #[schema(example = "019a6f51-2b3c-7d4e-8f5a-6b7c8d9e0f1a")]
    id: Uuid,
    /// What it is for.
    #[schema(min_length = 1, max_length = 100, example = "Backup script")]
    name: String,
    /// What it may do.
    #[schema(value_type = Vec<TokenScope>, max_items = 200, example = json!(["applications:read", "goals:read"]))]
    scopes: Vec<String>,
    /// When it ends by itself.
    expires_at: DateTime<Utc>,
    /// Counts the changes, from 1.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    version: i32,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// For the header `Authorization: Bearer …`. Absent when the request is repeated with its
    /// `Idempotency-Key`: the service keeps only a hash.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(
        nullable = false,
        min_length = 46,
        max_length = 46,
        pattern = "^rbd_pat_[0-9A-Za-z]{38}$",
        example = "rbd_pat_00000000000000000000000000000000142htn"
    )]
    token: Option<String>,
    /// Is the token in this answer? If it got lost, remove it and make another one.
    secret_shown: bool,
}

impl NewPersonalToken {
    fn new(token: PersonalToken, secret: Option<&Secret>) -> Self {
        Self {
            id: token.id,
            name: token.name,
            scopes: token.scopes,
            expires_at: token.expires_at,
            version: token.version,
            created_at: token.created_at,
            token: secret.map(|secret| secret.expose().to_owned()),
            secret_shown: secret.is_some(),
        }
    }
}

impl Versioned for NewPersonalToken {
    fn version(&self) -> i32 {
        self.version
    }
}

page_schema!(
    PersonalTokenPage,
    PersonalToken,
    "A page of personal access tokens."
);

/// The order of the tokens: newest first.
const ORDER: &str = "-created_at";

/// Which page.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PersonalTokenQuery {
    /// Rows on the page.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 25)]
    limit: Option<i64>,
    /// The next_cursor of the page before.
    #[garde(length(max = 2000))]
    #[param(max_length = 2000)]
    cursor: Option<String>,
}

/// Make a personal access token
///
/// For scripts and for what you build. It does what its scopes say, on your own data, and never more than you
/// may: it makes no tokens, lets no coach in, and does not reach the password, the sessions or the account as
/// a whole. It is shown in this answer and never again; a retry with the same `Idempotency-Key` comes without
/// it. A new password ends it.
#[utoipa::path(tag = "Accounts", request_body = PersonalTokenFields,
    responses(
        (status = 201, description = "The token, shown this once.", body = NewPersonalToken),
        (status = 409, description = "`token_limit_reached`: you have 50 tokens.")))]
#[post("/v1/me/tokens")]
pub async fn create_personal_token(
    caller: Caller,
    body: Draft<PersonalTokenFields>,
) -> Result<HttpResponse> {
    let (user, session) = (caller.id(), caller.user.session_id()?);
    let visitor = Visitor::of(caller.request())?;
    caller
        .post(body.fingerprint, move |tx, _| {
            let known = &visitor.services.document.scopes;
            let fields = body.settle(|fields| {
                rules::token_faults(&fields.scopes, known, fields.expires_at, tx.now)
            })?;
            let wish = Wish {
                name: fields.name,
                scopes: fields.scopes,
                expires_at: fields.expires_at.unwrap_or(tx.now + personal_tokens::LIFE),
            };
            let (token, secret) = personal_tokens::make(tx, user, session, &wish)?;
            let location = format!("/v1/me/tokens/{}", token.id);
            let again = NewPersonalToken::new(token.clone(), None);
            let shown = NewPersonalToken::new(token, Some(&secret));
            Answer::created(location, &shown)?.once(&again)
        })
        .await
}

/// List personal access tokens
///
/// Those that are good, newest first. A token that has ended is gone.
#[utoipa::path(tag = "Accounts", params(PersonalTokenQuery),
    responses((status = 200, description = "A page of tokens, without their secrets.", body = PersonalTokenPage)))]
#[get("/v1/me/tokens")]
pub async fn list_personal_tokens(
    caller: Caller,
    Params(query): Params<PersonalTokenQuery>,
) -> Result<HttpResponse> {
    let window = Window::new(query.limit, ORDER, query.cursor.as_deref())?;
    caller
        .list(move |tx| {
            let rows = personal_tokens::list(tx, tx.owner, &window)?;
            Ok(window.page(rows, |row| (Key::Instant(row.created_at), row.id)))
        })
        .await
}

/// Show a personal access token
///
/// What it may do and when it was last used; never the token itself
#[utoipa::path(tag = "Accounts", params(("id" = Uuid, Path, description = "Id of the token.")),
    responses((status = 200, description = "The token, without its secret.", body = PersonalToken)))]
#[get("/v1/me/tokens/{id}")]
pub async fn get_personal_token(caller: Caller, Id(id): Id) -> Result<HttpResponse> {
    caller
        .get(move |tx| personal_tokens::get(tx, tx.owner, id))
        .await
}

/// Rename a personal access token
///
/// What it may do, and when it ends, stays as it was made; for anything else make another one.
#[utoipa::path(tag = "Accounts", params(("id" = Uuid, Path, description = "Id of the token.")),
    request_body(content((PersonalTokenName = "application/merge-patch+json"), (PersonalTokenName = "application/json"))),
    responses((status = 200, description = "The token, without its secret.", body = PersonalToken)))]
#[patch("/v1/me/tokens/{id}")]
pub async fn update_personal_token(
    caller: Caller,
    Id(id): Id,
    patch: Patch<PersonalTokenName>,
) -> Result<HttpResponse> {
    caller
        .change(move |tx, precondition| {
            let token = personal_tokens::lock(tx, tx.owner, id)?;
            precondition.check(&token)?;
            let present = PersonalTokenName {
                name: token.name.clone(),
            };
            let next = patch.apply(&present)?;
            Answer::resource(&personal_tokens::rename(tx, &token, &next.name)?)
        })
        .await
}

/// Remove a personal access token
///
/// It ends at once; within a second on every replica
#[utoipa::path(tag = "Accounts", params(("id" = Uuid, Path, description = "Id of the token.")),
    responses((status = 204, description = "It opens nothing any more.")))]
#[delete("/v1/me/tokens/{id}")]
pub async fn delete_personal_token(caller: Caller, Id(id): Id) -> Result<HttpResponse> {
    let response = caller
        .delete(move |tx, precondition| personal_tokens::end_one(tx, tx.owner, id, precondition))
        .await?;
    let visitor = Visitor::of(caller.request())?;
    visitor.services.personal_tokens.forget_id(id);
    Ok(response)
}
