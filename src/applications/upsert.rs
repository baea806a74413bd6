//! Creating or replacing an application by the client's own id.

use actix_web::web::Path;
use actix_web::{HttpResponse, put};

use super::handlers::location;
use super::model::{Application, ApplicationFields};
use super::moves::{self, WantedMove};
use super::queries;
use crate::account::{Preferences, preferences};
use crate::db::Tx;
use crate::http::answer::{Answer, Precondition};
use crate::http::body::Body;
use crate::http::caller::Caller;
use crate::http::error::{Error, Result};
use crate::http::text;

/// Create or replace an application by your own id
///
/// Safe to repeat: the second time replaces the fields and leaves the timeline alone. A status that
/// differs runs the transition, with the same rules as `POST /v1/applications/{id}/transitions`. With
/// `If-None-Match: *` it only creates.
#[utoipa::path(tag = "Applications",
    params(("external_id" = String, Path, min_length = 1, max_length = 200, description = "Your own id for it.", example = "lever-4711")),
    request_body = ApplicationFields,
    responses(
        (status = 200, description = "It was there and was replaced.", body = Application),
        (status = 201, description = "It is new.", body = Application),
        (status = 409, description = "`illegal_transition`: the status cannot become this one.")))]
#[put("/v1/applications/by-external-id/{external_id}")]
pub async fn put_application(
    caller: Caller,
    // Not `match_info`, which leaves an encoded slash, percent or plus sign as it came.
    path: Path<String>,
    body: Body<ApplicationFields>,
) -> Result<HttpResponse> {
    let mut fields = body.value;
    let external_id = external_id(&path, &fields)?;
    fields.external_id = Some(external_id.clone());
    caller
        .change(move |tx, precondition| upsert(tx, precondition, &external_id, &fields))
        .await
}

fn external_id(path: &str, fields: &ApplicationFields) -> Result<String> {
    let given = text::cleaned(path)
        .filter(|id| (1..=200).contains(&id.chars().count()))
        .ok_or_else(|| {
            Error::invalid_field(
                "/external_id",
                "invalid_value",
                "1 to 200 characters in the path.",
            )
        })?;
    match &fields.external_id {
        Some(other) if *other != given => Err(Error::invalid_field(
            "/external_id",
            "contradiction",
            "The path names another external_id.",
        )),
        _ => Ok(given),
    }
}

fn upsert(
    tx: &mut Tx<'_>,
    precondition: &Precondition,
    external_id: &str,
    fields: &ApplicationFields,
) -> Result<Answer> {
    let preferences = preferences(tx.conn, tx.owner)?;
    if let Some(current) = queries::lock_external(tx.conn, tx.owner, external_id)? {
        return replace(tx, precondition, &current, fields, &preferences);
    }
    precondition.check_absent()?;
    let created = tx.savepoint(|tx| moves::create(tx, fields.clone(), &preferences));
    match created {
        Ok(created) => Answer::created(location(&created), &created),
        // Another request created it at the same moment: now it is there to be replaced.
        Err(error) => match queries::lock_external(tx.conn, tx.owner, external_id)? {
            Some(current) => replace(tx, precondition, &current, fields, &preferences),
            None => Err(error),
        },
    }
}

fn replace(
    tx: &mut Tx<'_>,
    precondition: &Precondition,
    current: &Application,
    fields: &ApplicationFields,
    preferences: &Preferences,
) -> Result<Answer> {
    precondition.check(current)?;
    let mut fields = fields.clone();
    // The day of applying is in the timeline: leaving it out of a repeated PUT does not unsay it.
    fields.applied_on = fields.applied_on.or(current.applied_on);
    let replaced = moves::update(tx, current.id, &fields, preferences)?;
    match fields.status.filter(|status| *status != replaced.status) {
        None => Answer::resource(&replaced),
        Some(to) => {
            let wanted = WantedMove::to(to);
            Answer::resource(&moves::record_move(tx, &replaced, &wanted, preferences)?)
        }
    }
}
