//! The operations on calendar feeds.

use actix_web::{HttpResponse, delete, get, patch, post};
use garde::Validate;
use serde::Deserialize;
use utoipa::IntoParams;

use super::model::{CalendarFeed, CalendarFeedFields, CalendarFeedPage, NewCalendarFeed};
use super::{queries, token};
use crate::db::Tx;
use crate::events::{self, Event};
use crate::http::answer::Answer;
use crate::http::body::{Body, Patch};
use crate::http::caller::{Caller, Id, services};
use crate::http::error::Result;
use crate::http::page::{Key, Window};
use crate::http::params::Params;

/// Which page.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CalendarFeedQuery {
    /// Rows on the page.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 25)]
    limit: Option<i64>,
    /// The next_cursor of the page before.
    #[garde(length(max = 2000))]
    #[param(max_length = 2000)]
    cursor: Option<String>,
}

fn record(tx: &mut Tx<'_>, kind: &'static str, feed: &CalendarFeed) -> Result<()> {
    events::record(tx, &Event::new(kind, feed.id))
}

/// Make a calendar feed
///
/// The answer holds a secret address for a calendar program. It is shown this once: a retry with the same
/// `Idempotency-Key` comes without it and says `secret_shown: false`.
#[utoipa::path(tag = "Calendar", request_body = CalendarFeedFields,
    responses((status = 201, description = "The feed with its address.", body = NewCalendarFeed)))]
#[post("/v1/calendar-feeds")]
pub async fn create_calendar_feed(
    caller: Caller,
    body: Body<CalendarFeedFields>,
) -> Result<HttpResponse> {
    let address = services(caller.request())?.settings.address();
    caller
        .post(body.fingerprint, move |tx, _| {
            let (secret, hash) = token::new(tx.owner);
            let feed = queries::insert(tx, &body.value, &hash)?;
            record(tx, "calendar_feed.created", &feed)?;
            let url = format!("{address}/calendar/{}.ics", secret.expose());
            let location = format!("/v1/calendar-feeds/{}", feed.id);
            let again = NewCalendarFeed::new(feed.clone(), None);
            Answer::created(location, &NewCalendarFeed::new(feed, Some(url)))?.once(&again)
        })
        .await
}

/// List calendar feeds
///
/// Newest first, without their addresses.
#[utoipa::path(tag = "Calendar", params(CalendarFeedQuery),
    responses((status = 200, description = "A page of calendar feeds.", body = CalendarFeedPage)))]
#[get("/v1/calendar-feeds")]
pub async fn list_calendar_feeds(
    caller: Caller,
    Params(query): Params<CalendarFeedQuery>,
) -> Result<HttpResponse> {
    let window = Window::new(query.limit, "-created_at", query.cursor.as_deref())?;
    caller
        .list(move |tx| {
            let rows = queries::list(tx.conn, tx.owner, &window)?;
            Ok(window.page(rows, |row| (Key::Instant(row.created_at), row.id)))
        })
        .await
}

/// Show a calendar feed
///
/// What it contains and how much it tells. Its address is shown by the operation that made it, and nowhere else.
#[utoipa::path(tag = "Calendar", params(("id" = Uuid, Path, description = "Id of the feed.")),
    responses((status = 200, description = "The feed, without its address.", body = CalendarFeed)))]
#[get("/v1/calendar-feeds/{id}")]
pub async fn get_calendar_feed(caller: Caller, Id(id): Id) -> Result<HttpResponse> {
    caller
        .get(move |tx| queries::get(tx.conn, tx.owner, id))
        .await
}

/// Change a calendar feed
///
/// A merge patch. The address stays; calendar programs show the change when they look again.
#[utoipa::path(tag = "Calendar", params(("id" = Uuid, Path, description = "Id of the feed.")),
    request_body(content((CalendarFeedFields = "application/merge-patch+json"), (CalendarFeedFields = "application/json"))),
    responses((status = 200, description = "The feed.", body = CalendarFeed)))]
#[patch("/v1/calendar-feeds/{id}")]
pub async fn update_calendar_feed(
    caller: Caller,
    Id(id): Id,
    patch: Patch<CalendarFeedFields>,
) -> Result<HttpResponse> {
    caller
        .change(move |tx, precondition| {
            let current = queries::lock(tx.conn, tx.owner, id)?;
            precondition.check(&current)?;
            let fields = patch.apply(&CalendarFeedFields::from(&current))?;
            let feed = queries::update(tx, id, &fields)?;
            record(tx, "calendar_feed.updated", &feed)?;
            Answer::resource(&feed)
        })
        .await
}

/// Remove a calendar feed
///
/// Its address is unknown from then on.
#[utoipa::path(tag = "Calendar", params(("id" = Uuid, Path, description = "Id of the feed.")),
    responses((status = 204, description = "It is gone.")))]
#[delete("/v1/calendar-feeds/{id}")]
pub async fn delete_calendar_feed(caller: Caller, Id(id): Id) -> Result<HttpResponse> {
    caller
        .delete(move |tx, precondition| {
            let current = queries::lock(tx.conn, tx.owner, id)?;
            precondition.check(&current)?;
            queries::delete(tx, id)?;
            record(tx, "calendar_feed.deleted", &current)
        })
        .await
}
