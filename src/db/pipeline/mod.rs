//! Reads in one trip: what opens the transaction and one statement go to PostgreSQL together.
//!
//! A transaction of one statement takes three round trips where each part waits for the answer of the one before,
//! and a hand-over to a thread that may be kept waiting. Diesel's connection can do no other. So each worker has a
//! connection beside the pool, and what Diesel makes of a statement is sent on that one. All such reads of the
//! worker share it, and none waits until the one before was answered. tokio-postgres signs in; what is said
//! afterwards are a few messages of postgres-protocol, since every client at hand ends each statement with a Sync, at
//! which PostgreSQL ends the transaction, sends what it has and wakes the service.
//!
//! **It fails closed.** Row level security needs the role and the owner. The statement that sets them stands in the
//! same transaction right before the one that reads, where PostgreSQL passes over everything that follows an error;
//! and rows are handed out only when both came to their end and PostgreSQL repeated whose rows they are.
//!
//! **It is an attempt.** Whatever goes wrong, a server that is away, an error, too long a wait, gives nothing, and
//! the caller reads the plain way, which knows of replicas, deadlines and the words for what happened. A
//! connection that failed is given up, and another one is opened for those who come later.

mod line;
mod route;
mod rows;
mod select;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use prometheus::IntCounter;
use tokio::sync::{Semaphore, SemaphorePermit};
use uuid::Uuid;

use super::pool::ConnectionOptions;
use crate::config;
use line::{Fault, Line};
use route::Route;

pub use rows::Found;
pub use select::{Question, Select};

/// So many reads are on their way at once, for each worker; others wait. With twice as many the rate fell by a quarter
/// at 32 connections: the server and the service then wait for each other in turns.
const AT_ONCE: usize = 8;
/// How long a read may take before its connection is given up.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long nobody tries to open a connection after one was lost.
const AFTER_A_LOSS: Duration = Duration::from_millis(500);
/// How long nobody tries after one could not be opened.
const AFTER_A_FAILURE: Duration = Duration::from_secs(5);
/// How old a connection gets, as in the pool.
const LIFETIME: Duration = Duration::from_secs(1_800);

/// A worker's connection for reads in one trip.
pub struct Pipeline {
    route: Route,
    state: Mutex<State>,
    permits: Semaphore,
    trips: IntCounter,
}

enum State {
    Closed { until: Instant },
    Opening,
    Open { line: Arc<Line>, since: Instant },
}

impl Pipeline {
    /// None where the connection would have to be encrypted, where statements must not stay prepared, or where the
    /// URL or the environment says what only libpq understands. `trips` counts the reads of all workers.
    pub fn new(options: &ConnectionOptions, trips: IntCounter) -> Option<Arc<Self>> {
        if !options.statement_cache || config::is_libpq_told_more() {
            return None;
        }
        let route = Route::to(options.url.expose())?;
        Some(Arc::new(Self {
            route,
            state: Mutex::new(State::Closed {
                until: Instant::now(),
            }),
            permits: Semaphore::new(AT_ONCE),
            trips,
        }))
    }

    /// Waits until it is one's turn.
    pub(super) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        self.permits.acquire().await.ok()
    }

    /// The rows that a statement finds among those of an owner; nothing when they cannot be had this way.
    pub(super) async fn read(
        self: &Arc<Self>,
        owner: Uuid,
        question: &Question<'_>,
        patience: Duration,
    ) -> Option<Found> {
        let line = self.line()?;
        let reading = line.read(owner, question);
        let found = tokio::time::timeout(PATIENCE.min(patience), reading).await;
        match found {
            Ok(Ok(found)) => {
                self.trips.inc();
                return Some(found);
            }
            Ok(Err(Fault::Connection)) => self.give_up(&line),
            Ok(Err(Fault::Statement)) => {}
            Err(_) if patience >= PATIENCE => self.give_up(&line),
            // Whoever had no time left says nothing of the connection.
            Err(_) => {}
        }
        None
    }

    /// The open connection. Where there is none one is opened, but nobody waits for it.
    fn line(self: &Arc<Self>) -> Option<Arc<Line>> {
        let mut state = self.state();
        let now = Instant::now();
        match &*state {
            State::Open { line, since } if !line.is_closed() && now < *since + LIFETIME => {
                return Some(Arc::clone(line));
            }
            State::Opening => return None,
            State::Closed { until } if now < *until => return None,
            State::Open { .. } | State::Closed { .. } => {}
        }
        *state = State::Opening;
        let pipeline = Arc::clone(self);
        actix_web::rt::spawn(async move {
            let opened = pipeline.route.open().await;
            let now = Instant::now();
            *pipeline.state() = match opened {
                Some(line) => State::Open {
                    line: Arc::new(line),
                    since: now,
                },
                None => State::Closed {
                    until: now + AFTER_A_FAILURE,
                },
            };
        });
        None
    }

    fn give_up(&self, lost: &Arc<Line>) {
        log::debug!("a read in one trip failed, its connection is given up");
        let mut state = self.state();
        if let State::Open { line, .. } = &*state
            && Arc::ptr_eq(line, lost)
        {
            *state = State::Closed {
                until: Instant::now() + AFTER_A_LOSS,
            };
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
