//! The door for the few works that take longer than a request may, such as a whole account in one
//! transaction. They have connections and threads of their own, so that requests do not wait for them,
//! and there are few of them at a time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use diesel::RunQueryDsl;
use tokio::sync::{Semaphore, oneshot};
use uuid::Uuid;

use super::WAIT_FOR_CONNECTION;
use super::pool::Pool;
use super::tx::{Access, Owner, Tx};
use crate::clock::Clock;
use crate::http::error::{Error, Result};

/// How long such a work may take. Each of its statements has the limit of any other, unless it takes its time.
pub(super) const LONGEST: Duration = Duration::from_secs(180);

/// Runs what takes long.
pub struct Lengthy {
    pool: Pool,
    places: Arc<Semaphore>,
    clock: Clock,
}

/// How long a work may still go on.
#[derive(Clone, Copy, Debug)]
pub struct Patience(Instant);

impl Patience {
    /// 503 once the time is over; asked between two steps of a work.
    pub fn check(self) -> Result<()> {
        match Instant::now() < self.0 {
            true => Ok(()),
            false => Err(Error::database_unavailable("a lengthy work took too long")),
        }
    }
}

impl Lengthy {
    /// A door for so many works at a time, each with a connection of this pool.
    pub fn new(pool: Pool, places: u32, clock: Clock) -> Self {
        Self {
            pool,
            places: Arc::new(Semaphore::new(places as usize)),
            clock,
        }
    }

    /// Runs a closure on a thread of its own; 503 when others are at it for too long. A client that goes
    /// away does not end the work.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Desk) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let place = Arc::clone(&self.places).acquire_owned();
        let place = tokio::time::timeout(WAIT_FOR_CONNECTION, place)
            .await
            .map_err(|_| Error::overloaded())?
            .map_err(|_| Error::overloaded())?;
        let desk = Desk {
            pool: self.pool.clone(),
            now: self.clock.now(),
            patience: Patience(Instant::now() + LONGEST),
        };
        let (tell, told) = oneshot::channel();
        let thread = std::thread::Builder::new().name("lengthy".to_owned());
        let started = thread.spawn(move || {
            let outcome = work(&desk);
            drop(place);
            // Nobody listens any more when the client went away.
            tell.send(outcome).ok();
        });
        started.map_err(|error| Error::internal(format!("no thread: {error}")))?;
        told.await
            .unwrap_or_else(|_| Err(Error::internal("a lengthy work panicked")))
    }
}

/// Where a lengthy work is done.
pub struct Desk {
    pool: Pool,
    now: DateTime<Utc>,
    /// How long it may still go on.
    pub patience: Patience,
}

impl Desk {
    /// Runs a closure in one transaction that sees the rows of `owner`. It may do other things between its
    /// statements for longer than a request.
    pub fn transaction<T>(
        &self,
        owner: Uuid,
        access: Access,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T>,
    ) -> Result<T> {
        let owner = Owner::User(owner);
        self.pool.transaction(owner, access, self.now, |tx| {
            diesel::sql_query("SET LOCAL idle_in_transaction_session_timeout=60000")
                .execute(tx.conn)?;
            work(tx)
        })
    }
}
