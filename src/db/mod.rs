//! The way to PostgreSQL: a pool that fits the threads, a deadline around every call, one transaction
//! for each request with the owner set for row level security.
//!
//! A handler never sees a connection. It hands a closure to [`Db::read`] or [`Db::write`]; the closure
//! runs on a thread from the blocking pool inside a transaction that sees the rows of one owner only.
//! What goes wrong with the server (gone, frozen, full, too busy) becomes 503 with `Retry-After`.

pub mod aging;
pub mod cached;
pub mod constraint;
pub mod embedded;
pub mod ids;
pub mod keyset;
mod lengthy;
pub mod migrate;
pub mod pipeline;
mod pool;
mod pulse;
mod reading;
mod replica;
pub(crate) mod schema;
mod text_enum;
mod tx;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use diesel::PgConnection;
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::clock::Clock;
use crate::http::error::Error;
use pipeline::{Pipeline, Select};

pub use lengthy::{Desk, Lengthy, Patience};
pub use pool::{ConnectionOptions, Pool, connect, connection_failure, pool};
pub use pulse::Pulse;
pub use replica::{Reading, Replica, Server, Standing, watch_primary};
pub use tx::{Access, Owner, Tx};

/// Does PostgreSQL, or one of its programs, say that its disk is full?
fn tells_of_a_full_disk(words: &str) -> bool {
    [
        "No space left on device",
        "Check free disk space",
        "could not extend file",
    ]
    .iter()
    .any(|sign| words.contains(sign))
}

/// How long a request may wait for free connections, all its calls together, before it is told to come
/// again.
const WAIT_FOR_CONNECTION: Duration = Duration::from_millis(1_500);
/// How long the database may take for one request, all its calls together, its own timeout included.
const DEADLINE: Duration = Duration::from_millis(3_000);

/// What a read has left of both when it goes from one server to another one.
const SECOND_CHANCE: Duration = Duration::from_millis(1_500);

/// How long a thread may take for a request without asking the database.
const COMPUTING: Duration = Duration::from_secs(10);
/// How many threads of a worker do that at a time. They are none of those that ask the database: whoever lets
/// them compute takes no connection from others.
pub const COMPUTING_AT_ONCE: usize = 2;

/// A worker's door to the database. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    primary: Lane,
    replica: Option<(Lane, Arc<Replica>)>,
    pipeline: Option<Arc<Pipeline>>,
    computing: Arc<Semaphore>,
    clock: Clock,
    waited: Spent,
    worked: Spent,
}

/// What the service can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ability {
    /// Everything.
    Everything,
    /// Reading, on the replica: the primary is away.
    Reading,
}

/// A pool, and a worker's share of the threads that use it.
#[derive(Clone)]
struct Lane {
    pool: Pool,
    permits: Arc<Semaphore>,
}

impl Lane {
    fn new(pool: Pool, threads: usize) -> Self {
        Self {
            pool,
            permits: Arc::new(Semaphore::new(threads)),
        }
    }
}

/// Time that the calls of one request have taken, in microseconds. Clones count together.
#[derive(Clone, Default)]
struct Spent(Arc<AtomicU64>);

impl Spent {
    /// What is left of the time.
    fn left_of(&self, all: Duration) -> Duration {
        all.saturating_sub(Duration::from_micros(self.0.load(Ordering::Relaxed)))
    }

    fn add_since(&self, begin: Instant) {
        let micros = u64::try_from(begin.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.0.fetch_add(micros, Ordering::Relaxed);
    }
}

impl Db {
    /// A door for one worker, which has `threads` threads to run its calls on, and [`COMPUTING_AT_ONCE`] more.
    ///
    /// More calls than threads would wait unseen in the runtime's queue; here they wait where the
    /// wait has an end.
    pub fn new(pool: Pool, threads: usize, clock: Clock) -> Self {
        Self {
            primary: Lane::new(pool, threads),
            replica: None,
            pipeline: None,
            computing: Arc::new(Semaphore::new(COMPUTING_AT_ONCE)),
            clock,
            waited: Spent::default(),
            worked: Spent::default(),
        }
    }

    /// The same door with a replica, for which it has `threads` threads of its own: a primary that does not
    /// answer keeps the others busy.
    #[must_use]
    pub fn with_replica(self, replica: Option<Arc<Replica>>, threads: usize) -> Self {
        let lane = |replica: Arc<Replica>| (Lane::new(replica.pool.clone(), threads), replica);
        Self {
            replica: replica.map(lane),
            ..self
        }
    }

    /// The same door with a connection for reads in one trip, if it can have one.
    #[must_use]
    pub fn with_pipeline(self, pipeline: Option<Arc<Pipeline>>) -> Self {
        Self { pipeline, ..self }
    }

    /// The same door for one request, whose calls share the time that a request may take.
    #[must_use]
    pub fn for_request(&self) -> Self {
        Self {
            waited: Spent::default(),
            worked: Spent::default(),
            ..self.clone()
        }
    }

    /// Runs a closure in a read-only transaction on the primary that sees the rows of `owner`.
    pub async fn read<T: Send + 'static>(
        &self,
        owner: Uuid,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.run(&self.primary, Owner::User(owner), Access::Read, work)
            .await
    }

    /// What a statement finds among the rows of `owner` on the primary, in one trip; nothing when it must be read
    /// another way.
    pub async fn read_in_one_trip<T>(
        &self,
        owner: Uuid,
        statement: &impl Select<T>,
    ) -> Option<Vec<T>> {
        let pipeline = self.pipeline.as_ref().filter(|_| !self.is_primary_away())?;
        let question = statement.question();
        if !question.is_kept() {
            return None;
        }
        let begin = Instant::now();
        let wait = self.waited.left_of(WAIT_FOR_CONNECTION);
        let turn = tokio::time::timeout(wait, pipeline.turn()).await;
        self.waited.add_since(begin);
        let _turn = turn.ok()??;
        let begin = Instant::now();
        let patience = self.waited.left_of(WAIT_FOR_CONNECTION);
        let found = pipeline.read(owner, &question, patience).await;
        self.worked.add_since(begin);
        if found.is_none() {
            // Nobody waits longer for having tried.
            self.waited.add_since(begin);
        }
        let values = statement.values(&found?).ok()?;
        if let Some((_, replica)) = &self.replica {
            replica.primary.heard();
        }
        Some(values)
    }

    /// Runs a closure in a transaction that sees and changes the rows of `owner`; an error rolls it back.
    pub async fn write<T: Send + 'static>(
        &self,
        owner: Uuid,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.run(&self.primary, Owner::User(owner), Access::Write, work)
            .await
    }

    /// Runs a closure on the primary without an owner: only global tables are visible. For `auth`, `jobs` and `http`.
    pub async fn system<T: Send + 'static>(
        &self,
        access: Access,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.run(&self.primary, Owner::Nobody, access, work).await
    }

    /// Runs a closure that blocks or computes for a moment but asks no database.
    pub async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let wait = self.waited.left_of(WAIT_FOR_CONNECTION);
        self.on_thread(&self.computing, wait, COMPUTING, &Spent::default(), work)
            .await?
            .unwrap_or_else(|| Err(Error::overloaded()))
    }

    async fn run<T: Send + 'static>(
        &self,
        lane: &Lane,
        owner: Owner,
        access: Access,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let pool = lane.pool.clone();
        let now = self.clock.now();
        let wait = self.left_on(lane, &self.waited, WAIT_FOR_CONNECTION);
        let deadline = self.left_on(lane, &self.worked, DEADLINE);
        let call = self.on_thread(&lane.permits, wait, deadline, &self.worked, move || {
            pool.get()?.transaction(owner, access, now, work)
        });
        let outcome = call
            .await?
            .unwrap_or_else(|| Err(Error::database_unavailable("the deadline passed")));
        if let Some((_, replica)) = &self.replica
            && outcome.is_ok()
        {
            match self.is_primary(lane) {
                true => replica.primary.heard(),
                false => replica.pulse.heard(),
            }
        }
        outcome
    }

    fn is_primary(&self, lane: &Lane) -> bool {
        Arc::ptr_eq(&lane.permits, &self.primary.permits)
    }

    /// What is left of a request's time: on the replica something always is, since the primary may have
    /// used it up.
    fn left_on(&self, lane: &Lane, spent: &Spent, all: Duration) -> Duration {
        let left = spent.left_of(all);
        match self.is_primary(lane) {
            true => left,
            false => left.max(SECOND_CHANCE),
        }
    }

    /// What a closure returns; nothing when the deadline passed.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where blocking calls are made, with a deadline around them"
    )]
    async fn on_thread<T: Send + 'static>(
        &self,
        permits: &Arc<Semaphore>,
        wait: Duration,
        deadline: Duration,
        spent: &Spent,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<Option<Result<T, Error>>, Error> {
        let begin = Instant::now();
        let permit = tokio::time::timeout(wait, Arc::clone(permits).acquire_owned()).await;
        self.waited.add_since(begin);
        let permit = permit
            .map_err(|_| Error::overloaded())?
            .map_err(|_| Error::overloaded())?;
        let call = actix_web::web::block(move || {
            // The permit goes along: when the deadline passes, the thread is still busy until
            // the server answers, and nobody else may count on it before.
            let _permit = permit;
            work()
        });
        let begin = Instant::now();
        let outcome = tokio::time::timeout(deadline, call).await;
        spent.add_since(begin);
        match outcome {
            Ok(Ok(result)) => Ok(Some(result)),
            Ok(Err(_)) => Err(Error::internal("a blocking call panicked")),
            Err(_) => Ok(None),
        }
    }

    /// Is the server there, and does its schema fit this code? What the service can do then.
    pub async fn check(&self) -> Result<Ability, Error> {
        if !self.is_primary_away() {
            let checked = self
                .system(Access::Read, |tx| migrate::check(tx.conn))
                .await;
            if checked.is_ok() || !self.is_primary_away() {
                return checked.map(|()| Ability::Everything);
            }
        }
        let Some((lane, replica)) = &self.replica else {
            return Err(Error::Unreachable("the primary does not answer"));
        };
        let checked = self.read_instead(lane, replica, Owner::Nobody, |tx| migrate::check(tx.conn));
        checked.await.map(|()| Ability::Reading)
    }

    /// Do reads take place on the replica, because the primary does not answer?
    pub fn is_primary_away(&self) -> bool {
        let replica = self.replica.as_ref();
        replica.is_some_and(|(_, replica)| !replica.primary.answers())
    }

    /// What is known of the replica, if there is one.
    pub fn replica(&self) -> Option<&Replica> {
        self.replica.as_ref().map(|(_, replica)| &**replica)
    }

    /// The clock that transactions take their time from.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// A connection outside of any request, for background threads that set their own limits.
    pub fn pool(&self) -> &Pool {
        &self.primary.pool
    }
}

/// Runs one statement in a transaction as the given owner on a connection of one's own; for commands
/// and background threads.
pub fn in_transaction<T>(
    connection: &mut PgConnection,
    owner: Owner,
    access: Access,
    now: chrono::DateTime<chrono::Utc>,
    work: impl FnOnce(&mut Tx<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    tx::run(connection, owner, access, now, work)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use futures_util::future;

    use super::*;
    use crate::config::Secret;

    #[test]
    fn whoever_computes_takes_no_thread_from_the_database() {
        actix_web::rt::System::new().block_on(async {
            let options = ConnectionOptions {
                url: Secret::from("postgres://nobody@127.0.0.1:1/nothing".to_owned()),
                statement_cache: true,
            };
            let db = Db::new(pool(options, 1), 1, Clock::default());
            let waiting: Vec<_> = (0..COMPUTING_AT_ONCE).map(|_| mpsc::channel()).collect();
            let (releases, waiting): (Vec<mpsc::Sender<()>>, Vec<_>) = waiting.into_iter().unzip();
            let busy = waiting
                .into_iter()
                .map(|released| db.compute(move || Ok(released.recv().ok())));
            let meanwhile = async {
                // It has a thread: what it lacks is a server.
                let asked = db.system(Access::Read, |_| Ok(())).await;
                assert!(matches!(asked, Err(Error::Unreachable(_))), "{asked:?}");
                let computed = db.compute(|| Ok(())).await;
                assert!(computed.is_err_and(|error| error.is_passing()));
                drop(releases);
            };
            let (computed, ()) = future::join(future::join_all(busy), meanwhile).await;
            assert!(computed.iter().all(Result::is_ok), "{computed:?}");
        });
    }
}
