//! The workers that reach endpoints: a thread of their own with connections of their own, so that neither requests
//! nor jobs wait for a receiver, however slow it is.
//!
//! An endpoint is looked after by one worker at a time, of whichever replica, under a lease that is prolonged with
//! each step. So its deliveries come one after the other, and a slow one holds up nobody but itself.

use std::collections::BTreeSet;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use tokio::runtime::Builder;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::address::Reach;
use super::delivering::{self, Next};
use super::names::Names;
use super::queries::queue::{Lease, Place, Then};
use super::queries::{self, queue};
use super::sender::{LOOKUPS, Letter, Sender, SenderError};
use crate::clock::real_now;
use crate::db::{self, Access, ConnectionOptions, Db, Tx};
use crate::http::error::Result;
use crate::http::metrics::Metrics;
use crate::services::Services;

/// Threads that ask the database, each with a connection.
const CONNECTIONS: u8 = 2;
/// Endpoints that are looked after at the same time.
const AT_ONCE: usize = 128;
/// How often it is looked whether somebody wrote something.
const TICK: Duration = Duration::from_millis(200);
/// How often the queue is looked at when nobody did.
const POLL: Duration = Duration::from_secs(1);
/// How often it is looked for events that nobody told of, such as those of a process that was killed, and for
/// deliveries that are too old.
const SWEEP: Duration = Duration::from_secs(5);
/// How long after a fault of the database the queue is looked at again.
const REST_AFTER_FAULT: Duration = Duration::from_secs(2);
/// An endpoint whose worker was not heard of for so long is claimed by another one.
const LEASE: chrono::Duration = chrono::Duration::seconds(60);
/// After so long others are served first, if there are any.
const TURN: Duration = Duration::from_secs(10);
/// How long after it a look is repeated that found something that cannot be read yet.
const AGAIN: Duration = Duration::from_millis(100);
/// So many users or endpoints are asked after in one statement.
const BATCH: i64 = 500;
/// After so many endpoints it is tidied up at a time.
const TIDIED_AT_ONCE: i64 = 20;
/// How long a stop waits for what is under way.
const LONGEST_GOODBYE: Duration = Duration::from_secs(5);
/// How long between two looks at a thread that is to end.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// Why the workers do not start.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// The operating system gives no thread.
    #[error("a thread could not be started: {0}")]
    Thread(#[from] io::Error),
    /// The client.
    #[error(transparent)]
    Sender(#[from] SenderError),
}

/// The running workers; they end with [`Worker::stop`] or when dropped.
pub struct Worker {
    stopping: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// Starts the thread.
    pub fn start(
        database: ConnectionOptions,
        services: Arc<Services>,
        names: &Names,
    ) -> std::result::Result<Self, WorkerError> {
        let reach = Reach::new(&services.settings.webhook_allowed_networks);
        let sender = Sender::new(names, reach)?;
        let runtime = Builder::new_current_thread()
            .enable_all()
            .max_blocking_threads(usize::from(CONNECTIONS) + 2 * LOOKUPS)
            .thread_name(THREAD)
            .build()?;
        let stopping = Arc::new(AtomicBool::new(false));
        // What is written here is no news, but for what is told of explicitly: else the workers would wake themselves.
        let pool = db::pool(database, CONNECTIONS.into());
        let office = Arc::new(Office {
            db: Db::new(pool, CONNECTIONS.into(), services.clock.clone()),
            services,
            sender,
            leases: Mutex::default(),
            stopping: Arc::clone(&stopping),
        });
        let thread = std::thread::Builder::new()
            .name(THREAD.to_owned())
            .spawn(move || {
                runtime.block_on(office.serve());
                // A lookup that hangs holds nobody up.
                runtime.shutdown_background();
            })?;
        Ok(Self {
            stopping,
            thread: Some(thread),
        })
    }

    /// Says that it is over; what is under way goes on for a moment.
    pub fn ask_to_stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// Lets what is under way end and stops. What takes too long is given up; it is sent again, by whoever comes
    /// next.
    pub fn stop(&mut self) {
        self.ask_to_stop();
        let Some(thread) = self.thread.take() else {
            return;
        };
        let begin = Instant::now();
        while !thread.is_finished() {
            // The thread itself ends in time, unless the database does not answer.
            if begin.elapsed() > 2 * LONGEST_GOODBYE {
                log::warn!("the workers of webhooks are left behind");
                return;
            }
            std::thread::sleep(LOOK_AGAIN);
        }
        if thread.join().is_err() {
            log::error!("the workers of webhooks panicked");
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Tells the metrics for how long the endpoint has been waiting that waits longest.
pub fn measure(tx: &mut Tx<'_>, metrics: &Metrics) -> Result<()> {
    let waiting = queue::longest_wait(tx, real_now())?;
    metrics.set_oldest_webhook(waiting);
    Ok(())
}

/// The name of the threads.
const THREAD: &str = "webhooks";

/// What all workers of this process share.
struct Office {
    db: Db,
    services: Arc<Services>,
    sender: Sender,
    /// Under which names this process looks after endpoints.
    leases: Mutex<BTreeSet<Uuid>>,
    stopping: Arc<AtomicBool>,
}

impl Office {
    /// Serves until it is told to stop.
    async fn serve(self: &Arc<Self>) {
        let mut work = JoinSet::new();
        let (mut polled, mut swept) = (None, None);
        while !self.stopping.load(Ordering::Relaxed) {
            let outcome = self.round(&mut work, &mut polled, &mut swept).await;
            if let Err(error) = outcome {
                log::warn!("the queue of webhooks cannot be read: {error}");
                tokio::time::sleep(REST_AFTER_FAULT).await;
            }
            tokio::time::sleep(TICK).await;
            while let Some(ended) = work.try_join_next() {
                // Whoever had to wait for a free place is served at once.
                polled = None;
                report(ended);
            }
        }
        // Another replica goes on at once with what was written last.
        if let Err(error) = self.wake(usize::MAX).await {
            log::warn!("webhooks could not be woken: {error}");
        }
        let rest = async {
            while let Some(ended) = work.join_next().await {
                report(ended);
            }
        };
        if tokio::time::timeout(LONGEST_GOODBYE, rest).await.is_err() {
            log::info!(count = work.len(); "deliveries are left to another replica");
            work.shutdown().await;
            let leases: Vec<Uuid> = self.leases().iter().copied().collect();
            let released = self.system(move |tx| queue::release_all(tx, &leases));
            if let Err(error) = released.await {
                log::warn!("webhooks could not be given back: {error}");
            }
        }
    }

    /// One look at everything whose time has come.
    async fn round(
        self: &Arc<Self>,
        work: &mut JoinSet<Result<()>>,
        polled: &mut Option<Instant>,
        swept: &mut Option<Instant>,
    ) -> Result<()> {
        let is_time = |last: &Option<Instant>, pause| last.is_none_or(|at| at.elapsed() >= pause);
        let woken = self
            .wake(usize::try_from(BATCH).unwrap_or(usize::MAX))
            .await?;
        if is_time(swept, SWEEP) {
            self.sweep().await?;
            self.tidy().await?;
            *swept = Some(Instant::now());
        }
        let free = AT_ONCE.saturating_sub(work.len());
        if free > 0 && (woken || is_time(polled, POLL)) {
            self.claim(work, free).await?;
            *polled = Some(Instant::now());
        }
        Ok(())
    }

    /// Has the endpoints of those looked after who wrote something; was there anybody?
    async fn wake(self: &Arc<Self>, most: usize) -> Result<bool> {
        let Some(telling) = self.services.heard.take(most) else {
            return Ok(false);
        };
        let users = telling.users().to_vec();
        self.system(move |tx| queue::wake_all(tx, &users)).await?;
        telling.done();
        Ok(true)
    }

    /// Looks for endpoints that have not heard of everything although nobody said so.
    async fn sweep(&self) -> Result<()> {
        let mut after = Place {
            user: Uuid::nil(),
            webhook: Uuid::nil(),
        };
        loop {
            let idle = self
                .system(move |tx| {
                    let idle = queue::idle(tx, after, BATCH)?;
                    if idle.is_empty() {
                        return Ok(idle);
                    }
                    let owners: Vec<Uuid> = idle.iter().map(|it| it.user).collect();
                    let webhooks: Vec<Uuid> = idle.iter().map(|it| it.webhook).collect();
                    let behind =
                        tx.reading(&owners, |conn| queries::behind(conn, &owners, &webhooks))?;
                    if !behind.is_empty() {
                        let users: Vec<Uuid> = behind.iter().map(|(user, _)| *user).collect();
                        queue::wake_all(tx, &users)?;
                    }
                    Ok(idle)
                })
                .await?;
            let full = i64::try_from(idle.len()).is_ok_and(|count| count == BATCH);
            match idle.last() {
                Some(last) if full => after = *last,
                _ => return Ok(()),
            }
        }
    }

    /// Tidies up after some endpoints, each once a day.
    async fn tidy(&self) -> Result<()> {
        let taken = self
            .system(|tx| {
                queue::take_untidied(tx, tx.now - chrono::Duration::days(1), TIDIED_AT_ONCE)
            })
            .await?;
        for place in taken {
            while self
                .owned(place.user, move |tx| delivering::tidy(tx, place.webhook))
                .await?
            {}
        }
        Ok(())
    }

    /// Claims endpoints and looks after each.
    async fn claim(self: &Arc<Self>, work: &mut JoinSet<Result<()>>, free: usize) -> Result<()> {
        let most = i64::try_from(free).unwrap_or(1);
        let claimed = self
            .system(move |tx| {
                let now = real_now();
                queue::claim(tx, now, now + LEASE, most)
            })
            .await?;
        for (place, lease) in claimed {
            let office = Arc::clone(self);
            self.leases().insert(lease);
            work.spawn(async move {
                let outcome = office.look_after(place, lease).await;
                office.leases().remove(&lease);
                outcome
            });
        }
        Ok(())
    }

    fn leases(&self) -> MutexGuard<'_, BTreeSet<Uuid>> {
        self.leases.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does what is to be done for one endpoint, until there is nothing or others wait.
    async fn look_after(self: &Arc<Self>, place: Place, lease: Uuid) -> Result<()> {
        let begin = Instant::now();
        let then = loop {
            if self.stopping.load(Ordering::Relaxed) || begin.elapsed() > TURN {
                break Then::Next(Some(self.services.clock.now()));
            }
            let office = Arc::clone(self);
            let held = Lease {
                id: lease,
                until: real_now() + LEASE,
            };
            let next = self
                .owned(place.user, move |tx| {
                    delivering::next(tx, place.webhook, held, &office.services.seal)
                })
                .await?;
            match next {
                Next::Leave => return Ok(()),
                Next::Rest(at) => break Then::Next(at),
                Next::Again => tokio::time::sleep(AGAIN).await,
                Next::Send(letter) => {
                    if let Some(until) = self.deliver(place, *letter).await? {
                        break Then::Rest(until);
                    }
                }
            }
        };
        self.system(move |tx| queue::release(tx, place, lease, then))
            .await
    }

    /// Makes one attempt; until when the endpoint is left alone now.
    async fn deliver(&self, place: Place, letter: Letter) -> Result<Option<DateTime<Utc>>> {
        let (outcome, duration) = self.sender.send(&letter).await;
        let settled = self
            .owned(place.user, move |tx| {
                delivering::settle(tx, place.webhook, letter.id, &outcome, duration)
            })
            .await?;
        if settled.turned_off {
            self.services.tell(place.user);
        }
        Ok(settled.rests_until)
    }

    async fn system<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.db.for_request().system(Access::Write, work).await
    }

    async fn owned<T: Send + 'static>(
        &self,
        owner: Uuid,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.db.for_request().write(owner, work).await
    }
}

/// Says what went wrong while an endpoint was looked after. Its lease ends, and somebody tries again.
fn report(ended: std::result::Result<Result<()>, tokio::task::JoinError>) {
    match ended {
        Ok(Ok(())) => {}
        Ok(Err(error)) => log::warn!("a webhook could not be looked after: {error}"),
        Err(error) => log::error!("a worker of webhooks ended badly: {error}"),
    }
}
