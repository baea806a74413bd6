//! The coach's side of links: see invitations and answer them.

use std::collections::HashMap;

use actix_web::{HttpResponse, get, post};
use serde_json::json;
use uuid::Uuid;

use super::events::{self as told, Told};
use super::links::{CoachLinkQuery, place};
use super::model::{Invitation, InvitationMove, InvitationPage, LinkRow};
use super::queries;
use super::rules::{LinkStatus, illegal};
use crate::account::{self, Person};
use crate::config::EmailVerification;
use crate::db::Tx;
use crate::events::{self, Event};
use crate::http::answer::Answer;
use crate::http::body::Body;
use crate::http::caller::{Caller, Id, services};
use crate::http::error::{Error, Result};
use crate::http::params::Params;

/// Must an address be proved before it is somebody's?
fn proof_needed(caller: &Caller) -> Result<bool> {
    let settings = &services(caller.request())?.settings;
    Ok(settings.verification() == EmailVerification::Required)
}

/// The seekers of some links.
fn seekers(tx: &mut Tx<'_>, links: &[LinkRow]) -> Result<HashMap<Uuid, Person>> {
    let ids: Vec<Uuid> = links.iter().map(|link| link.seeker_id).collect();
    let people = account::people(tx.conn, &ids)?;
    Ok(people.into_iter().map(|it| (it.id, it)).collect())
}

fn shown(tx: &mut Tx<'_>, link: LinkRow) -> Result<Invitation> {
    let seekers = seekers(tx, std::slice::from_ref(&link))?;
    let seeker = seekers.get(&link.seeker_id).ok_or_else(Error::not_found)?;
    Ok(Invitation::at(link, seeker, tx.now))
}

/// Answers an invitation to the user whose transaction it is: `active` or `declined`.
pub fn answer(tx: &mut Tx<'_>, id: Uuid, to: LinkStatus, proof_needed: bool) -> Result<Invitation> {
    let address = account::own_address(tx.conn, tx.owner, proof_needed)?;
    let link = queries::invitation(tx, address, id)?;
    answer_one(tx, &link, to)
}

fn answer_one(tx: &mut Tx<'_>, link: &LinkRow, to: LinkStatus) -> Result<Invitation> {
    let from = link.status(tx.now);
    let allowed = from.allowed_to_coach();
    if !allowed.contains(&to) {
        return Err(illegal(from, to, allowed));
    }
    let Some(link) = queries::answer(tx, link, to)? else {
        // The seeker took it back at the same moment.
        return Err(illegal(LinkStatus::Revoked, to, &[]));
    };
    let data = json!({"status": to});
    let event = Event::new("coach_invitation.transitioned", link.id).with(data.clone());
    events::record(tx, &event)?;
    let told = Told {
        user: link.seeker_id,
        kind: told::LINK_MOVED,
        resource: link.id,
        data,
    };
    told::want(tx, told)?;
    shown(tx, link)
}

/// List invitations
///
/// Those to your address, and those that you answered, newest first.
#[utoipa::path(tag = "Coaching", params(CoachLinkQuery),
    responses((status = 200, description = "A page of invitations.", body = InvitationPage)))]
#[get("/v1/coach/invitations")]
pub async fn list_invitations(
    caller: Caller,
    Params(query): Params<CoachLinkQuery>,
) -> Result<HttpResponse> {
    let (filter, window) = query.split()?;
    let proof_needed = proof_needed(&caller)?;
    caller
        .list(move |tx| {
            let address = account::own_address(tx.conn, tx.owner, proof_needed)?;
            let rows = queries::invitations(tx, address, &filter, &window)?;
            let seekers = seekers(tx, &rows)?;
            let now = tx.now;
            let mut page = window.page(rows, |row| place(row, &window));
            page.data
                .retain(|link| seekers.contains_key(&link.seeker_id));
            Ok(page.map(|link| {
                let seeker = &seekers[&link.seeker_id];
                Invitation::at(link, seeker, now)
            }))
        })
        .await
}

/// Show an invitation
///
/// Who invites, and what the seeker would let the coach see. Nothing can be read before it is accepted.
#[utoipa::path(tag = "Coaching", params(("id" = Uuid, Path, description = "Id of the invitation.")),
    responses((status = 200, description = "The invitation.", body = Invitation)))]
#[get("/v1/coach/invitations/{id}")]
pub async fn get_invitation(caller: Caller, Id(id): Id) -> Result<HttpResponse> {
    let proof_needed = proof_needed(&caller)?;
    caller
        .get(move |tx| {
            let address = account::own_address(tx.conn, tx.owner, proof_needed)?;
            let link = queries::invitation(tx, address, id)?;
            shown(tx, link)
        })
        .await
}

/// Answer an invitation
///
/// `active` accepts it: the seeker is among your clients from then on. `declined` says no.
#[utoipa::path(tag = "Coaching", params(("id" = Uuid, Path, description = "Id of the invitation.")),
    request_body = InvitationMove,
    responses(
        (status = 200, description = "The invitation after the answer.", body = Invitation),
        (status = 409, description = "`illegal_transition`: the move is not allowed; the answer has `from`, `to` and `allowed`.")))]
#[post("/v1/coach/invitations/{id}/transitions")]
pub async fn transition_invitation(
    caller: Caller,
    Id(id): Id,
    body: Body<InvitationMove>,
) -> Result<HttpResponse> {
    let to = body.value.to;
    let proof_needed = proof_needed(&caller)?;
    caller
        .post(body.fingerprint, move |tx, precondition| {
            let address = account::own_address(tx.conn, tx.owner, proof_needed)?;
            let link = queries::invitation(tx, address, id)?;
            precondition.check(&link)?;
            Answer::resource(&answer_one(tx, &link, to)?)
        })
        .await
}
