//! The seeker's side of links: invite, look, change, revoke, see what was read.

use actix_web::{HttpResponse, get, patch, post};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;

use super::events::{self as told, Told};
use super::lists::{self, CoachingSort};
use super::mails;
use super::model::{
    CoachAccessPage, CoachLink, CoachLinkChanges, CoachLinkFields, CoachLinkMove, CoachLinkPage,
    LinkRow,
};
use super::queries::{self, LinkFilter};
use super::rules::{LinkStatus, end_fault, illegal};
use crate::account;
use crate::auth::throttle::{self, Limit};
use crate::db::Tx;
use crate::events::{self, Event};
use crate::http::answer::Answer;
use crate::http::body::{Body, Patch};
use crate::http::caller::{Caller, Id};
use crate::http::error::{Error, FieldError, Result};
use crate::http::page::{Key, Window};
use crate::http::params::{Params, many};
use crate::http::problems;
use crate::http::rules::sane_instant;
use crate::http::visitor::Visitor;
use crate::text_enum;

/// Which links.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CoachLinkQuery {
    /// With one of these statuses, as they read now; repeat it or separate by commas.
    #[serde(default, deserialize_with = "many")]
    #[garde(length(max = 5))]
    #[param(max_items = 5)]
    status: Vec<LinkStatus>,
    /// Created after this instant.
    #[garde(custom(sane_instant))]
    created_after: Option<DateTime<Utc>>,
    /// Changed after this instant; what time alone ends is not changed by it.
    #[garde(custom(sane_instant))]
    updated_after: Option<DateTime<Utc>>,
    /// The order; newest first without it.
    #[garde(skip)]
    #[param(inline)]
    sort: Option<CoachingSort>,
    /// Rows on the page.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 25)]
    limit: Option<i64>,
    /// The next_cursor of the page before.
    #[garde(length(max = 2000))]
    #[param(max_length = 2000)]
    cursor: Option<String>,
}

impl CoachLinkQuery {
    /// The filter and the page that are asked for.
    pub(super) fn split(self) -> Result<(LinkFilter, Window)> {
        let window = CoachingSort::window(self.sort, self.limit, self.cursor.as_deref())?;
        let filter = LinkFilter {
            status: self.status,
            created_after: self.created_after,
            updated_after: self.updated_after,
        };
        Ok((filter, window))
    }
}

text_enum! {
    /// How an access log is sorted.
    pub enum CoachAccessSort {
        /// The latest read first.
        OccurredAtDescending = "-occurred_at",
        /// The earliest read first.
        OccurredAt = "occurred_at",
    }
}

/// Which part of an access log.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CoachAccessQuery {
    /// At this instant or later.
    #[garde(custom(sane_instant))]
    pub(super) from: Option<DateTime<Utc>>,
    /// At this instant or earlier.
    #[garde(custom(sane_instant))]
    pub(super) to: Option<DateTime<Utc>>,
    /// The order; the latest read first without it.
    #[garde(skip)]
    #[param(inline)]
    sort: Option<CoachAccessSort>,
    /// Rows on the page.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 25)]
    limit: Option<i64>,
    /// The next_cursor of the page before.
    #[garde(length(max = 2000))]
    #[param(max_length = 2000)]
    cursor: Option<String>,
}

/// The place of a link in its list.
pub(super) fn place(row: &LinkRow, window: &Window) -> (Key, uuid::Uuid) {
    lists::place(window, row.id, row.created_at, row.updated_at)
}

/// Invites a coach. Nobody looks whether the address has an account, so nothing can tell.
pub fn invite(tx: &mut Tx<'_>, fields: &CoachLinkFields) -> Result<CoachLink> {
    let own = account::people(tx.conn, &[tx.owner])?;
    let theirs = fields.coach_email.to_lowercase();
    let mut faults: Vec<FieldError> = end_fault(fields.ends_at, tx.now).into_iter().collect();
    if own.iter().any(|it| it.email.to_lowercase() == theirs) {
        let words = "This is your own address.";
        faults.push(FieldError::new("/coach_email", "own_address", words));
    }
    if !faults.is_empty() {
        return Err(Error::invalid(faults));
    }
    queries::close_ended(tx, &fields.coach_email)?;
    let link = queries::insert(tx, fields)?;
    mails::want(tx, link.id)?;
    record(tx, "coach_link.created", &link)?;
    Ok(CoachLink::at(link, tx.now))
}

fn record(tx: &mut Tx<'_>, kind: &'static str, link: &LinkRow) -> Result<()> {
    let data = json!({"scopes": link.scopes, "status": link.status(tx.now)});
    events::record(tx, &Event::new(kind, link.id).with(data))
}

/// Writes into the seeker's change log, and into that of the coach who answered.
fn record_for_both(
    tx: &mut Tx<'_>,
    kind: &'static str,
    kind_for_coach: &'static str,
    link: &LinkRow,
) -> Result<()> {
    record(tx, kind, link)?;
    let Some(coach) = link.coach_id else {
        return Ok(());
    };
    let told = Told {
        user: coach,
        kind: kind_for_coach,
        resource: link.id,
        data: json!({"scopes": link.scopes, "status": link.status(tx.now)}),
    };
    told::want(tx, told)
}

/// Invite a coach
///
/// By e-mail, with what the coach may do and, if you like, until when. Nothing here tells whether the address
/// has an account: one that has none yet waits until it registers. A mail tells of the invitation; mails are
/// limited for each network and each address.
#[utoipa::path(tag = "Coaching", request_body = CoachLinkFields,
    responses(
        (status = 201, description = "The link: an invitation.", body = CoachLink),
        (status = 409, description = "`coach_link_open`: a link to this address is open."),
        (status = 422, description = "`invalid_fields`: also with `own_address` at `/coach_email`, and with `in_past` at `/ends_at`.")))]
#[post("/v1/coach-links")]
pub async fn create_coach_link(
    caller: Caller,
    body: Body<CoachLinkFields>,
) -> Result<HttpResponse> {
    let visitor = Visitor::of(caller.request())?;
    let fields = body.value;
    let limits = [
        Limit::mails_to(&visitor.services.settings, &fields.coach_email),
        Limit::mails_for(&visitor.services.settings, visitor.network),
    ];
    caller
        .post(body.fingerprint, move |tx, _| {
            throttle::count(tx, &limits)?;
            let link = invite(tx, &fields)?;
            Answer::created(format!("/v1/coach-links/{}", link.id), &link)
        })
        .await
}

/// List coach links
///
/// Newest first. The status is the one that is read: what has ended by time is found as `expired`.
#[utoipa::path(tag = "Coaching", params(CoachLinkQuery),
    responses((status = 200, description = "A page of links.", body = CoachLinkPage)))]
#[get("/v1/coach-links")]
pub async fn list_coach_links(
    caller: Caller,
    Params(query): Params<CoachLinkQuery>,
) -> Result<HttpResponse> {
    let (filter, window) = query.split()?;
    caller
        .list(move |tx| {
            let rows = queries::list(tx.conn, tx.owner, &filter, &window, tx.now)?;
            let now = tx.now;
            let page = window.page(rows, |row| place(row, &window));
            Ok(page.map(|row| CoachLink::at(row, now)))
        })
        .await
}

/// Show a coach link
///
/// Whom the seeker invited, what the coach may see, and whether the link holds.
#[utoipa::path(tag = "Coaching", params(("id" = Uuid, Path, description = "Id of the link.")),
    responses((status = 200, description = "The link.", body = CoachLink)))]
#[get("/v1/coach-links/{id}")]
pub async fn get_coach_link(caller: Caller, Id(id): Id) -> Result<HttpResponse> {
    caller
        .get(move |tx| {
            let row = queries::get(tx.conn, tx.owner, id)?;
            Ok(CoachLink::at(row, tx.now))
        })
        .await
}

/// Change a coach link
///
/// A merge patch of what the coach may do and until when. It holds from the coach's next request on.
#[utoipa::path(tag = "Coaching", params(("id" = Uuid, Path, description = "Id of the link.")),
    request_body(content((CoachLinkChanges = "application/merge-patch+json"), (CoachLinkChanges = "application/json"))),
    responses(
        (status = 200, description = "The link.", body = CoachLink),
        (status = 409, description = "`coach_link_closed`: the link was declined, revoked or has expired."),
        (status = 422, description = "`invalid_fields`: also with `in_past` at `/ends_at`; use `revoked` to end it now.")))]
#[patch("/v1/coach-links/{id}")]
pub async fn update_coach_link(
    caller: Caller,
    Id(id): Id,
    patch: Patch<CoachLinkChanges>,
) -> Result<HttpResponse> {
    caller
        .change(move |tx, precondition| {
            let current = queries::lock(tx.conn, tx.owner, id)?;
            precondition.check(&current)?;
            check_open(&current, tx.now)?;
            let present = CoachLinkChanges::from(&current);
            let changes = patch.apply_with(&present, |changes| {
                end_fault(changes.ends_at, tx.now).into_iter().collect()
            })?;
            let link = queries::update(tx, id, &changes)?;
            record_for_both(tx, "coach_link.updated", told::INVITATION_UPDATED, &link)?;
            Answer::resource(&CoachLink::at(link, tx.now))
        })
        .await
}

fn check_open(link: &LinkRow, now: DateTime<Utc>) -> Result<()> {
    if link.status(now).is_open() {
        return Ok(());
    }
    Err(problems::COACH_LINK_CLOSED
        .because("The link has ended; invite the coach again.")
        .into())
}

/// Move a coach link
///
/// To `revoked`: the coach sees nothing any more from the next request on. Notes that were shared with you
/// and suggested goals stay.
#[utoipa::path(tag = "Coaching", params(("id" = Uuid, Path, description = "Id of the link.")),
    request_body = CoachLinkMove,
    responses(
        (status = 200, description = "The link after the move.", body = CoachLink),
        (status = 409, description = "`illegal_transition`: the move is not allowed; the answer has `from`, `to` and `allowed`.")))]
#[post("/v1/coach-links/{id}/transitions")]
pub async fn transition_coach_link(
    caller: Caller,
    Id(id): Id,
    body: Body<CoachLinkMove>,
) -> Result<HttpResponse> {
    let to = body.value.to;
    caller
        .post(body.fingerprint, move |tx, precondition| {
            let current = queries::lock(tx.conn, tx.owner, id)?;
            precondition.check(&current)?;
            let from = current.status(tx.now);
            if !from.allowed_to_seeker().contains(&to) {
                return Err(illegal(from, to, from.allowed_to_seeker()));
            }
            let link = queries::revoke(tx, id)?;
            record_for_both(tx, "coach_link.transitioned", told::INVITATION_MOVED, &link)?;
            Answer::resource(&CoachLink::at(link, tx.now))
        })
        .await
}

/// Show the access log of a coach link
///
/// Every read by the coach: what was looked at and when, the latest first. It stays after the link has ended.
#[utoipa::path(tag = "Coaching", params(("id" = Uuid, Path, description = "Id of the link."), CoachAccessQuery),
    responses((status = 200, description = "A page of the access log.", body = CoachAccessPage)))]
#[get("/v1/coach-links/{id}/access-log")]
pub async fn list_coach_accesses(
    caller: Caller,
    Id(id): Id,
    Params(query): Params<CoachAccessQuery>,
) -> Result<HttpResponse> {
    let sort = query.sort.unwrap_or(CoachAccessSort::OccurredAtDescending);
    let window = Window::new(query.limit, sort.as_str(), query.cursor.as_deref())?;
    caller
        .list(move |tx| {
            queries::get(tx.conn, tx.owner, id)?;
            let rows = queries::accesses(tx, id, &query, &window)?;
            Ok(window.page(rows, |row| (Key::Instant(row.occurred_at), row.id)))
        })
        .await
}
