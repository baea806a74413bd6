//! The one door through which a coach sees anything of a client.
//!
//! In one transaction, on the primary: the link and its scope are read as they are now, only then the
//! client's rows become visible, and the read is written into the client's access log. The transaction
//! stays the coach's, so nothing of the client's can be written.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use uuid::Uuid;

use super::model::LinkRow;
use super::queries;
use super::rules::{AccessView, Scope, check_scope};
use crate::db::Tx;
use crate::http::error::{Error, Result};

/// The client in the path. What is no id is as unknown as a random one.
pub struct Client(pub Uuid);

impl FromRequest for Client {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let id = request.match_info().get("seeker_id");
        let id = id.and_then(|text| Uuid::try_parse(text).ok());
        ready(id.map(Self).ok_or_else(Error::not_found))
    }
}

/// The active link to a client; 404 without one, 403 when it does not grant the scope.
pub fn require(tx: &mut Tx<'_>, client: Uuid, scope: Scope) -> Result<LinkRow> {
    let link = queries::active(tx, client)?.ok_or_else(Error::not_found)?;
    check_scope(&link.scopes, scope)?;
    Ok(link)
}

/// Reads something of a client and writes down that it was read.
pub fn read<T>(
    tx: &mut Tx<'_>,
    client: Uuid,
    scope: Scope,
    view: AccessView,
    work: impl FnOnce(&mut Tx<'_>) -> Result<T>,
) -> Result<T> {
    let link = require(tx, client, scope)?;
    let value = tx.reading_as(client, work)?;
    queries::log_accesses(tx, &[&link], view)?;
    Ok(value)
}

/// The same for what the coach wrote about a client: nothing of the client's becomes visible.
pub fn read_own<T>(
    tx: &mut Tx<'_>,
    client: Uuid,
    scope: Scope,
    view: AccessView,
    work: impl FnOnce(&mut Tx<'_>) -> Result<T>,
) -> Result<T> {
    let link = require(tx, client, scope)?;
    let value = work(tx)?;
    queries::log_accesses(tx, &[&link], view)?;
    Ok(value)
}
