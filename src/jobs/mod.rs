//! The one queue for work that outlives a request: large imports, mails, reminders.
//!
//! A job is written in the transaction that wants it done, so it exists exactly when its cause does.
//! Workers of all replicas claim jobs with `SKIP LOCKED` under a lease; a job whose worker died is
//! claimed again when the lease ends. Features register what they run; the queue knows none of them.
//!
//! A *standing* job is one that each user has always one of: it ends by asking for the next one. What
//! its user writes brings it forward, without a statement in the user's way: [`Touched`] remembers who
//! wrote, and the runner tells the queue.

mod queries;
mod runner;
mod touched;

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::PgConnection;
use serde_json::Value;
use uuid::Uuid;

use crate::db::{Access, Owner, Pool, Tx};
use crate::http::error::{Error, Result};
use crate::http::metrics::Metrics;
use crate::services::Services;

pub use runner::Runner;
pub use touched::Touched;

/// Work to be done.
#[derive(Debug, Clone)]
pub struct NewJob {
    /// What is to be done; the name under which a feature registered it.
    pub kind: &'static str,
    /// The user it works for, with whom it is erased.
    pub user_id: Option<Uuid>,
    /// What the work needs to know: ids and codes.
    pub payload: Value,
    /// When, by the service's clock.
    pub run_at: DateTime<Utc>,
    /// Of two jobs with one key, only the first is kept.
    pub unique_key: Option<String>,
    /// How often it is tried.
    pub max_attempts: i32,
}

/// How often a standing job is tried before it waits for a chore to try it again: for half an hour.
const STANDING_ATTEMPTS: i32 = 8;

impl NewJob {
    /// The next standing job of a user.
    pub fn standing(kind: &'static str, user: Uuid, payload: Value, run_at: DateTime<Utc>) -> Self {
        Self {
            kind,
            user_id: Some(user),
            payload,
            run_at,
            unique_key: Some(format!("{kind}:{user}")),
            max_attempts: STANDING_ATTEMPTS,
        }
    }
}

/// A claimed job.
#[derive(Debug, Clone)]
pub struct Job {
    /// Its id.
    pub id: Uuid,
    /// The user it works for.
    pub user_id: Option<Uuid>,
    /// What the work needs to know.
    pub payload: Value,
    /// Which try this is, from 1.
    pub attempt: i32,
    /// How often it is tried.
    pub max_attempts: i32,
}

impl Job {
    /// Will it be given up when this try fails?
    pub fn is_last_attempt(&self) -> bool {
        self.attempt >= self.max_attempts
    }
}

/// What the work of a job has at hand.
pub struct Context {
    pool: Pool,
    /// What all workers share.
    pub services: Arc<Services>,
}

impl Context {
    /// Runs a closure in one transaction as the given owner.
    pub fn transaction<T>(
        &self,
        owner: Owner,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T>,
    ) -> Result<T> {
        self.pool
            .transaction(owner, Access::Write, self.services.clock.now(), work)
    }
}

/// The work of one kind of job. It must be able to run twice: a worker may die after it.
pub type Work = fn(&Context, &Job) -> Result<()>;
/// Something to tidy up every few minutes: does a part of so much at the most, and says how much it did.
pub type Tidying = fn(&mut PgConnection, DateTime<Utc>, usize) -> Result<usize>;

/// A registered [`Tidying`].
struct Chore {
    name: &'static str,
    /// How much is done in one transaction, so that none takes too long however much there is.
    part: usize,
    work: Tidying,
}
/// Brings a metric of a feature up to date.
pub type Measure = fn(&mut Tx<'_>, &Metrics) -> Result<()>;

/// What the queue can run.
#[derive(Default)]
pub struct Registry {
    works: HashMap<&'static str, Work>,
    standing: Vec<&'static str>,
    lasting: Vec<&'static str>,
    lengthy: Vec<&'static str>,
    chores: Vec<Chore>,
    measures: Vec<Measure>,
}

impl Registry {
    /// Registers the work of a kind of job.
    #[must_use]
    pub fn on(mut self, kind: &'static str, work: Work) -> Self {
        self.works.insert(kind, work);
        self
    }

    /// Registers the work of a standing job.
    #[must_use]
    pub fn on_standing(mut self, kind: &'static str, work: Work) -> Self {
        self.standing.push(kind);
        self.on(kind, work)
    }

    /// Registers the work of a standing job that nobody's writes bring forward.
    #[must_use]
    pub fn on_lasting(mut self, kind: &'static str, work: Work) -> Self {
        self.lasting.push(kind);
        self.on(kind, work)
    }

    /// Registers the work of jobs that may take seconds each: a thread of its own runs them, so that mails and
    /// reminders do not wait for them.
    #[must_use]
    pub fn on_lengthy(mut self, kind: &'static str, work: Work) -> Self {
        self.lengthy.push(kind);
        self.on(kind, work)
    }

    /// Registers something to tidy up, in parts of so much; its name is for the log.
    #[must_use]
    pub fn tidy(mut self, name: &'static str, part: usize, work: Tidying) -> Self {
        self.chores.push(Chore { name, part, work });
        self
    }

    /// Registers something to measure, several times a minute.
    #[must_use]
    pub fn measure(mut self, measure: Measure) -> Self {
        self.measures.push(measure);
        self
    }
}

/// Adds a job in the running transaction; false when one with the same unique key is there already.
pub fn enqueue(tx: &mut Tx<'_>, job: &NewJob) -> Result<bool> {
    queries::insert(tx, job)
}

/// Adds many jobs in the running transaction, in few statements.
pub fn enqueue_many(tx: &mut Tx<'_>, jobs: &[NewJob]) -> Result<()> {
    queries::insert_many(tx, jobs)
}

/// Forgets the jobs of a kind whose payload has this text as a member, in any case; for an erasure.
pub fn forget(tx: &mut Tx<'_>, kind: &str, member: &str, text: &str) -> Result<()> {
    queries::delete_like(tx.conn, kind, member, text)
}

/// Ends a job in the transaction of its effect, so that neither happens without the other.
///
/// Fails when someone else has ended it: a worker that was silent for longer than its lease must not do
/// again what was done in its place. Called first, it also keeps others from doing the same meanwhile.
pub fn complete(tx: &mut Tx<'_>, job: &Job) -> Result<()> {
    // The user comes before the job: an erasure locks them in this order, too.
    let user = job
        .user_id
        .map_or(Ok(true), |user| queries::hold_user(tx.conn, user))?;
    match user && queries::delete(tx.conn, job.id)? {
        true => Ok(()),
        false => Err(Error::internal("someone else has ended this job")),
    }
}

/// Keeps a user from being erased before the transaction ends; false when there is none.
///
/// Who locks something of a user's and then writes what refers to the user calls this first: an erasure
/// locks in this order, too.
pub fn hold_user(tx: &mut Tx<'_>, user: Uuid) -> Result<bool> {
    queries::hold_user(tx.conn, user)
}

/// Wakes the runner of this process before it would look by itself. It counts how often it rang, so that each
/// thread hears it.
#[derive(Clone, Default)]
pub struct Bell(Arc<(Mutex<u64>, Condvar)>);

impl Bell {
    /// There may be something to do.
    pub fn wake(&self) {
        let (rings, changed) = &*self.0;
        *rings
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner) += 1;
        changed.notify_all();
    }

    /// Waits until the bell rings once more than a thread has `heard` it, at most as long as said.
    fn wait(&self, heard: &mut u64, most: Duration) {
        let (rings, changed) = &*self.0;
        let guard = rings
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let (rings, _) = changed
            .wait_timeout_while(guard, most, |rings| *rings == *heard)
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        *heard = *rings;
    }
}
