//! The operations on the change feed.

use actix_web::{HttpMessage, HttpRequest, HttpResponse, get};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::Deserialize;
use utoipa::IntoParams;

use super::feed;
use super::kinds::{self, Wanted};
use super::model::{EventPage, ShownEvent};
use super::place::Place;
use super::stream::{self, Follower};
use crate::auth::Bearer;
use crate::http::answer;
use crate::http::caller::{Caller, database, services};
use crate::http::connections::Open;
use crate::http::error::{Error, Result};
use crate::http::page::{DEFAULT_LIMIT, wrong_cursor};
use crate::http::params::{Params, many};
use crate::http::problems;

/// Stands for the end of the feed in place of a cursor.
const NOW: &str = "now";

/// Which events.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EventQuery {
    /// Those after this place: a next_cursor, or the id of an event. `now` is the end of the feed. Without it the feed begins at the oldest event that is kept.
    #[garde(length(max = 2000))]
    #[param(max_length = 2000)]
    after: Option<String>,
    /// Of these types, such as `application.created` or `goal.*`; repeat it or separate by commas.
    #[serde(default, rename = "type", deserialize_with = "many")]
    #[garde(length(max = 100))]
    #[param(inline, max_items = 100)]
    kinds: Vec<Wanted>,
    /// Rows on the page.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 25)]
    limit: Option<i64>,
}

/// Which events are streamed.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StreamQuery {
    /// Those after this place: a next_cursor, or the id of an event. Without it, or with `now`, those that happen from now on. The header Last-Event-ID goes before it.
    #[garde(length(max = 2000))]
    #[param(max_length = 2000)]
    after: Option<String>,
    /// Of these types, such as `application.created` or `goal.*`; repeat it or separate by commas.
    #[serde(default, rename = "type", deserialize_with = "many")]
    #[garde(length(max = 100))]
    #[param(inline, max_items = 100)]
    kinds: Vec<Wanted>,
}

/// The types that this caller asks for and may see: a token that may not read a resource is told nothing of it.
fn visible(caller: &Caller, wanted: &[Wanted]) -> Vec<&'static str> {
    kinds::chosen(wanted, |resource| caller.user.may_see(resource))
}

fn place(text: &str) -> Result<Place> {
    Place::decode(text).ok_or_else(wrong_cursor)
}

/// 410 for a place that the feed does not have any more.
fn expired() -> Error {
    problems::CURSOR_EXPIRED
        .because("What followed this place is not kept any more.")
        .into()
}

/// Show the change feed
///
/// What happened to your things, the oldest first: enough to keep a copy of them up to date. Each event names a
/// resource; read it at its `url`, and forget it when the type ends in `.deleted`. Whatever goes along with
/// something else has an event of its own. Go on from `next_cursor`, also when the page is empty; nothing is skipped
/// and nothing comes twice. An event shows up as soon as no transaction that began before it still runs, which is a
/// moment after the change. What time alone changes has no event. A personal access token is told only of the
/// resources that it may read. Events are kept for 90 days, if the service is not
/// set up otherwise. A copy begins with `after=now`: keep that cursor, list everything, then go on from it.
#[utoipa::path(tag = "Events", params(EventQuery),
    responses(
        (status = 200, description = "A part of the feed.", body = EventPage),
        (status = 410, description = "`cursor_expired`: what followed this place is not kept any more.")))]
#[get("/v1/events")]
pub async fn list_events(
    caller: Caller,
    Params(query): Params<EventQuery>,
) -> Result<HttpResponse> {
    let kinds = visible(&caller, &query.kinds);
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    let page = match query.after.as_deref() {
        Some(NOW) => EventPage {
            data: Vec::new(),
            next_cursor: caller
                .read(|tx| feed::end(tx.conn, tx.owner))
                .await?
                .encode(),
        },
        after => {
            let after = after.map(place).transpose()?;
            let part = caller
                .read(move |tx| feed::read(tx.conn, tx.owner, after, &kinds, limit))
                .await?
                .ok_or_else(expired)?;
            EventPage {
                data: part.events.into_iter().map(ShownEvent::from).collect(),
                next_cursor: part.next.encode(),
            }
        }
    };
    answer::continued(caller.request(), "after", Some(&page.next_cursor), &page)
}

/// Stream the change feed
///
/// The same events as they happen, as Server-Sent Events: `id` is the place, `event` the type, `data` the event as
/// the feed shows it. A connection that broke is taken up again with `Last-Event-ID`, and nothing is missed. A
/// comment comes every 15 seconds when nothing else does. The stream ends with the access token and with its
/// session, and when the service stops: open it again. A user has up to 10 streams at a time on a replica. The
/// `EventSource` of browsers sends no `Authorization`: read the stream with `fetch`.
#[utoipa::path(tag = "Events",
    params(
        StreamQuery,
        ("Last-Event-ID" = Option<String>, Header, description = "The id of the last event that came; goes before `after`.", max_length = 2000)
    ),
    responses(
        (status = 200, description = "The stream.", content_type = "text/event-stream", body = stream::EventStream),
        (status = 410, description = "`cursor_expired`: what followed this place is not kept any more."),
        (status = 429, description = "`too_many_streams`: the user has as many streams as one may have.")))]
#[get("/v1/events/stream")]
pub async fn stream_events(
    caller: Caller,
    Params(query): Params<StreamQuery>,
) -> Result<HttpResponse> {
    let services = services(caller.request())?;
    if services.is_draining() {
        return Err(Error::overloaded());
    }
    let kinds = visible(&caller, &query.kinds);
    let after = match last_event_id(caller.request())? {
        Some(seen) => Some(seen),
        None => query.after.filter(|after| after != NOW),
    };
    let request = caller.request();
    let connection = request.conn_data::<Open>().map(Open::connection);
    let seat = services
        .news
        .seat(caller.user.clone(), token_end(request), connection)?;
    let after = after.as_deref().map(place).transpose()?;
    let from = caller
        .read(move |tx| match after {
            None => feed::end(tx.conn, tx.owner).map(Some),
            Some(after) => Ok(feed::has(tx.conn, tx.owner, after)?.then_some(after)),
        })
        .await?
        .ok_or_else(expired)?;
    let db = database(caller.request())?;
    Ok(stream::answer(Follower::new(db, seat, kinds, from)))
}

/// The place that a client says it has seen before the connection broke.
fn last_event_id(request: &HttpRequest) -> Result<Option<String>> {
    let Some(value) = request.headers().get("Last-Event-ID") else {
        return Ok(None);
    };
    let text = value.to_str().map_err(|_| wrong_cursor())?;
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// When the token of the request ends.
fn token_end(request: &HttpRequest) -> Option<DateTime<Utc>> {
    request
        .extensions()
        .get::<Bearer>()
        .and_then(Bearer::expires_at)
}
