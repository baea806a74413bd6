//! The operations on a whole account.

use actix_web::body::SizedStream;
use actix_web::http::header;
use actix_web::web::Payload;
use actix_web::{HttpResponse, get, post};
use futures_util::stream;

use super::model::{AccountDocument, AccountImport};
use super::{export, import};
use crate::http::caller::{Caller, services};
use crate::http::error::{Error, Result};
use crate::http::upload;

const MEGABYTE: u64 = 1024 * 1024;

/// Export the account
///
/// One JSON document with everything that you have here, as of one instant: to read, to keep, or to take to
/// another server by `POST /v1/me/import`. What opens a door is not in it: the password, tokens, secret
/// addresses. Of coaching it has what you see of it yourself.
#[utoipa::path(tag = "Accounts",
    responses((status = 200, description = "The document, as an attachment named rebound-account.json.", body = AccountDocument)))]
#[get("/v1/me/export")]
pub async fn export_account(caller: Caller) -> Result<HttpResponse> {
    let owner = caller.id();
    let (file, length) = caller
        .at_length(move |desk| export::write(desk, owner))
        .await?;
    let chunks = stream::try_unfold((caller, file), |(caller, mut file)| async move {
        let read = move || {
            let bytes = export::chunk(&mut file)?;
            Ok((bytes, file))
        };
        let (bytes, file) = caller.compute(read).await?;
        Ok::<_, Error>((!bytes.is_empty()).then_some((bytes, (caller, file))))
    });
    Ok(HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"rebound-account.json\"",
        ))
        .body(SizedStream::new(length, chunks)))
}

/// Import an account
///
/// Takes a document of `GET /v1/me/export`, of this or another server, into an account without any records:
/// all of it or nothing. Ids, timelines, cool-offs, versions and the change log stay as they were; name, time
/// zone and preferences become those of the document; address and password stay yours. What opens a
/// door (sessions, tokens, webhooks, calendar feeds) and what needs the consent of others (links to coaches,
/// their notes and suggestions) is left out. Of a
/// document that is not valid the first hundred faults are told, each with its place. It is answered when all
/// is written, which for a very large account takes a minute or two.
#[utoipa::path(tag = "Accounts", request_body = AccountDocument,
    responses(
        (status = 200, description = "What was taken.", body = AccountImport),
        (status = 409, description = "`account_not_empty`: there are records in this account already.")))]
#[post("/v1/me/import")]
pub async fn import_account(caller: Caller, payload: Payload) -> Result<HttpResponse> {
    let limit = services(caller.request())?.settings.account_document_limit;
    let most = u64::from(limit) * MEGABYTE;
    let upload = upload::receive_json(&caller, payload, most).await?;
    let file = upload.file;
    caller
        .post_at_length(
            upload.fingerprint,
            move |desk| import::check(file, desk.patience),
            import::write,
        )
        .await
}
