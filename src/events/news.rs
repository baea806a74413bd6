//! Who has news, and who waits for them in this process.
//!
//! Whoever commits a write tells of it here. Streams of the same user are woken at once; the [`super::Herald`]
//! tells the other processes. Nothing is lost when a word gets lost: streams look by themselves now and then.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::auth::CurrentUser;
use crate::http::connections::Connection;
use crate::http::error::{Error, Result};
use crate::http::problems;

/// A client that acknowledges nothing for so long has vanished.
const SILENT_FOR: Duration = Duration::from_secs(60);
/// Streams that a user may have in one process.
const MOST_STREAMS: usize = 10;

/// The one place of a process where news come in and go out. Cheap to clone.
#[derive(Clone, Default)]
pub struct News(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    seats: HashMap<Uuid, Vec<Arc<OpenStream>>>,
    /// Whose writes the other processes do not know of yet.
    wrote: BTreeSet<Uuid>,
    closed: bool,
    ended: bool,
}

/// A stream, while it waits.
pub(super) struct OpenStream {
    /// Whose stream it is.
    pub user: CurrentUser,
    until: Option<DateTime<Utc>>,
    connection: Option<Arc<Connection>>,
    over: AtomicBool,
    bell: Notify,
}

impl OpenStream {
    /// The stream is to end.
    pub fn end(&self) {
        self.over.store(true, Ordering::Relaxed);
        self.bell.notify_one();
    }

    /// Has the token of the stream ended?
    pub fn is_late(&self, now: DateTime<Utc>) -> bool {
        self.until.is_some_and(|until| until <= now)
    }

    /// Has its client gone?
    pub fn is_left(&self) -> bool {
        self.connection.as_deref().is_some_and(Connection::is_left)
    }
}

/// A stream's place, which it has until this is dropped.
pub(super) struct Seat {
    news: News,
    stream: Arc<OpenStream>,
}

impl Seat {
    /// Whose stream it is.
    pub fn user(&self) -> &CurrentUser {
        &self.stream.user
    }

    /// Is the stream to end?
    pub fn is_over(&self) -> bool {
        self.stream.over.load(Ordering::Relaxed)
    }

    /// Waits for news, or for the end.
    pub async fn news(&self) {
        self.stream.bell.notified().await;
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let owner = self.user().id;
        let mut state = self.news.state();
        if let Some(seats) = state.seats.get_mut(&owner) {
            seats.retain(|it| !Arc::ptr_eq(it, &self.stream));
            if seats.is_empty() {
                state.seats.remove(&owner);
            }
        }
    }
}

impl News {
    /// A user's write was committed: here, and nobody else knows yet.
    pub fn tell(&self, owner: Uuid) {
        let mut state = self.state();
        state.ring(owner);
        if state.wrote.insert(owner) && state.wrote.len() == 1 {
            self.0.changed.notify_all();
        }
    }

    /// Another process told of a user's write.
    pub(super) fn hear(&self, owner: Uuid) {
        self.state().ring(owner);
    }

    /// Nobody knows what was missed: all look.
    pub(super) fn ring_all(&self) {
        for stream in self.open() {
            stream.bell.notify_one();
        }
    }

    /// Gives a stream its place, until the token ends; 429 when the user has enough of them.
    pub(super) fn seat(
        &self,
        user: CurrentUser,
        until: Option<DateTime<Utc>>,
        connection: Option<Arc<Connection>>,
    ) -> Result<Seat> {
        if let Some(connection) = &connection {
            connection.notice_silence(SILENT_FOR);
        }
        let owner = user.id;
        let stream = Arc::new(OpenStream {
            user,
            until,
            connection,
            over: AtomicBool::new(false),
            bell: Notify::new(),
        });
        let mut state = self.state();
        if state.closed {
            return Err(Error::overloaded());
        }
        let seats = state.seats.entry(owner).or_default();
        if seats.len() >= MOST_STREAMS {
            return Err(problems::TOO_MANY_STREAMS
                .because(format!(
                    "You have {MOST_STREAMS} streams open here; close one."
                ))
                .header("Retry-After", "15")
                .into());
        }
        seats.push(Arc::clone(&stream));
        drop(state);
        // From now on somebody listens.
        self.0.changed.notify_all();
        Ok(Seat {
            news: self.clone(),
            stream,
        })
    }

    /// Ends all streams, and lets no further one begin.
    pub fn close(&self) {
        self.state().closed = true;
        for stream in self.open() {
            stream.end();
        }
    }

    /// How many streams are open.
    pub fn streams(&self) -> usize {
        self.state().seats.values().map(Vec::len).sum()
    }

    /// The streams that are open.
    pub(super) fn open(&self) -> Vec<Arc<OpenStream>> {
        self.state().seats.values().flatten().cloned().collect()
    }

    /// Waits until somebody wrote: for a short time when there are streams, for a long one otherwise. Gives
    /// those that wrote.
    pub(super) fn wait(&self, short: Duration, long: Duration) -> Vec<Uuid> {
        let state = self.state();
        let idle = state.seats.is_empty();
        let most = if idle { long } else { short };
        let nothing_new = |state: &mut State| {
            state.wrote.is_empty() && state.seats.is_empty() == idle && !state.ended
        };
        let (mut state, _) = self
            .0
            .changed
            .wait_timeout_while(state, most, nothing_new)
            .unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut state.wrote).into_iter().collect()
    }

    /// Nobody is to wait any more.
    pub(super) fn end(&self) {
        self.state().ended = true;
        self.0.changed.notify_all();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn ring(&self, owner: Uuid) {
        for stream in self.seats.get(&owner).into_iter().flatten() {
            stream.bell.notify_one();
        }
    }
}
