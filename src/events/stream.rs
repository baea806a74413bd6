//! The change feed as Server-Sent Events.
//!
//! A stream holds no connection and keeps no events. It reads the feed from its place on, one page at a
//! time, when its client has taken the one before; news only tell it when to look. So a slow client makes
//! its own stream late and costs nobody memory.

use std::convert::Infallible;
use std::fmt::Write;
use std::time::{Duration, Instant};

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_ENCODING, ContentEncoding};
use bytes::Bytes;
use futures_util::stream;
use utoipa::ToSchema;

use super::feed::{self, Part, Recorded};
use super::model::ShownEvent;
use super::news::Seat;
use super::place::Place;
use crate::auth;
use crate::db::Db;
use crate::http::error::Result;

/// A comment comes after so much silence, and the stream looks by itself.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How soon it looks again for what is committed but not settled; each time later, until [`SETTLES_LATE`].
const SETTLES_SOON: Duration = Duration::from_millis(20);
const SETTLES_LATE: Duration = Duration::from_secs(2);
/// How soon it looks again when the database did not answer.
const AFTER_FAULT: Duration = Duration::from_secs(2);
/// Events of one page.
const AT_ONCE: i64 = 100;
/// How soon a client is to come back, in milliseconds.
const COME_BACK: u32 = 2_000;

/// Server-Sent Events: blocks of `id`, `event` and `data`, each ended by an empty line. `data` is an `Event` as JSON.
#[derive(ToSchema)]
#[schema(value_type = String, format = "event-stream", example = "id: AAAAAQAAAAAAAAMgAAAAAAAAACo\nevent: application.created\ndata: {…}\n\n")]
#[expect(dead_code, reason = "only its schema is used")]
pub struct EventStream(String);

/// A stream on its way through the feed.
pub(super) struct Follower {
    db: Db,
    seat: Seat,
    kinds: Vec<&'static str>,
    /// Where it is.
    place: Place,
    /// The last place that the client was told; none before the first word.
    told: Option<Place>,
    look_at: Instant,
    beat_at: Instant,
    /// How long it waits next for what is not settled.
    patience: Duration,
}

impl Follower {
    /// Follows the events of some types from a place on.
    pub fn new(db: Db, seat: Seat, kinds: Vec<&'static str>, place: Place) -> Self {
        let now = Instant::now();
        Self {
            db,
            seat,
            kinds,
            place,
            told: None,
            look_at: now,
            beat_at: now + HEARTBEAT,
            patience: SETTLES_SOON,
        }
    }

    /// The next piece of the stream, as soon as there is one; nothing at its end.
    async fn next(mut self) -> Option<(Result<Bytes, Infallible>, Self)> {
        if self.told.is_none() {
            // A client that is cut off before the first event has a place to go on from, too.
            let hello = format!("retry: {COME_BACK}\nid: {}\n\n", self.place.encode());
            return Some((Ok(self.say(hello, self.place)), self));
        }
        while !self.seat.is_over() {
            let now = Instant::now();
            if now >= self.look_at {
                let events = self.look(now).await?;
                if let Some(last) = events.last().map(|event| event.place) {
                    return Some((Ok(self.say(blocks(events), last)), self));
                }
            } else if now >= self.beat_at {
                let beat = self.beat();
                return Some((Ok(self.say(beat, self.place)), self));
            } else {
                let until = self.look_at.min(self.beat_at);
                let news = tokio::time::timeout_at(until.into(), self.seat.news()).await;
                if news.is_ok() {
                    self.look_at = Instant::now();
                }
            }
        }
        None
    }

    /// Reads a page, and decides when to look again; nothing when the stream is to end.
    async fn look(&mut self, now: Instant) -> Option<Vec<Recorded>> {
        match self.read().await {
            Ok(part) => {
                let part = part?;
                self.place = part.next;
                let wait = match (part.pending, part.events.is_empty()) {
                    (true, _) => {
                        let wait = self.patience;
                        self.patience = (wait * 2).min(SETTLES_LATE);
                        wait
                    }
                    (false, empty) => {
                        self.patience = SETTLES_SOON;
                        // There may be another page.
                        if empty { HEARTBEAT } else { Duration::ZERO }
                    }
                };
                self.look_at = now + wait;
                Some(part.events)
            }
            Err(error) => {
                log::debug!("a stream waits for the database: {error}");
                self.look_at = now + AFTER_FAULT;
                Some(Vec::new())
            }
        }
    }

    /// The page from the place on; nothing when the place is gone, or the right to see it.
    async fn read(&self) -> Result<Option<Part>> {
        let (place, kinds) = (self.place, self.kinds.clone());
        let users = [self.seat.user().clone()];
        let db = self.db.for_request();
        db.read(users[0].id, move |tx| {
            // Whoever watches over the streams may be out of touch.
            if auth::which_live(tx, &users)? != [true] {
                return Ok(None);
            }
            feed::read(tx.conn, tx.owner, Some(place), &kinds, AT_ONCE)
        })
        .await
    }

    /// A sign of life, and the place when events of other types were passed over.
    fn beat(&self) -> String {
        match self.told == Some(self.place) {
            true => ":\n\n".to_owned(),
            false => format!(":\nid: {}\n\n", self.place.encode()),
        }
    }

    fn say(&mut self, words: String, told: Place) -> Bytes {
        self.told = Some(told);
        self.beat_at = Instant::now() + HEARTBEAT;
        words.into()
    }
}

/// Events in the form of the stream.
fn blocks(events: Vec<Recorded>) -> String {
    let mut text = String::new();
    for event in events.into_iter().map(ShownEvent::from) {
        let data = serde_json::to_string(&event).expect("an event has only text keys");
        write!(
            text,
            "id: {}\nevent: {}\ndata: {data}\n\n",
            event.id, event.kind
        )
        .expect("a text takes everything");
    }
    text
}

/// The answer whose body is the stream.
pub(super) fn answer(follower: Follower) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((CONTENT_ENCODING, ContentEncoding::Identity))
        // nginx would hold events back until a buffer is full.
        .insert_header(("X-Accel-Buffering", "no"))
        .streaming(stream::unfold(follower, Follower::next))
}
