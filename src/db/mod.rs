//! The way to PostgreSQL: a pool that fits the threads, a deadline around every call, one transaction
//! for each request with the owner set for row level security.
//!
//! A handler never sees a connection. It hands a closure to [`Db::read`] or [`Db::write`]; the closure
//! runs on a thread from the blocking pool inside a transaction that sees the rows of one owner only.
//! What goes wrong with the server (gone, frozen, full, too busy) becomes 503 with `Retry-After`.

pub mod cached;
pub mod constraint;
pub mod embedded;
pub mod ids;
pub mod keyset;
mod lengthy;
pub mod migrate;
mod pool;
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

pub use lengthy::{Desk, Lengthy, Patience};
pub use pool::{ConnectionOptions, Pool, connect, connection_failure, pool};
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

/// How long a thread may take for a request without asking the database.
const COMPUTING: Duration = Duration::from_secs(10);

/// A worker's door to the database. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    pool: Pool,
    permits: Arc<Semaphore>,
    clock: Clock,
    waited: Spent,
    worked: Spent,
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
    /// A door for one worker, which has `threads` threads to run its calls on.
    ///
    /// More calls than threads would wait unseen in the runtime's queue; here they wait where the
    /// wait has an end.
    pub fn new(pool: Pool, threads: usize, clock: Clock) -> Self {
        Self {
            pool,
            permits: Arc::new(Semaphore::new(threads)),
            clock,
            waited: Spent::default(),
            worked: Spent::default(),
        }
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

    /// Runs a closure in a read-only transaction that sees the rows of `owner`.
    pub async fn read<T: Send + 'static>(
        &self,
        owner: Uuid,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.run(Owner::User(owner), Access::Read, work).await
    }

    /// Runs a closure in a transaction that sees and changes the rows of `owner`; an error rolls it back.
    pub async fn write<T: Send + 'static>(
        &self,
        owner: Uuid,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.run(Owner::User(owner), Access::Write, work).await
    }

    /// Runs a closure without an owner: only global tables are visible. For `auth`, `jobs` and `http`.
    pub async fn system<T: Send + 'static>(
        &self,
        access: Access,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.run(Owner::Nobody, access, work).await
    }

    /// Runs a closure that takes long but asks no database, such as reading an uploaded file.
    pub async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.on_thread(COMPUTING, &Spent::default(), work)
            .await?
            .unwrap_or_else(|| Err(Error::overloaded()))
    }

    async fn run<T: Send + 'static>(
        &self,
        owner: Owner,
        access: Access,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let pool = self.pool.clone();
        let now = self.clock.now();
        let call = self.on_thread(self.worked.left_of(DEADLINE), &self.worked, move || {
            pool.get()?.transaction(owner, access, now, work)
        });
        call.await?
            .unwrap_or_else(|| Err(Error::database_unavailable("the deadline passed")))
    }

    /// What a closure returns; nothing when the deadline passed.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where blocking calls are made, with a deadline around them"
    )]
    async fn on_thread<T: Send + 'static>(
        &self,
        deadline: Duration,
        spent: &Spent,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<Option<Result<T, Error>>, Error> {
        let begin = Instant::now();
        let permit = tokio::time::timeout(
            self.waited.left_of(WAIT_FOR_CONNECTION),
            Arc::clone(&self.permits).acquire_owned(),
        )
        .await;
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

    /// Is the server there, and does its schema fit this code?
    pub async fn check(&self) -> Result<(), Error> {
        self.system(Access::Read, |tx| migrate::check(tx.conn))
            .await
    }

    /// The clock that transactions take their time from.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// A connection outside of any request, for background threads that set their own limits.
    pub fn pool(&self) -> &Pool {
        &self.pool
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
