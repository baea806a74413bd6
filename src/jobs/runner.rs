//! The threads that run the jobs of this process: one for those that take a moment, one for lengthy ones.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::{Bell, Chore, Context, Job, Registry, queries};
use crate::clock::real_now;
use crate::db::{Access, Owner, Pool, Tx};
use crate::http::error::{Error, Result};
use crate::services::Services;

/// How often the queue is looked at when nobody rings.
const POLL: Duration = Duration::from_secs(1);
/// How long after a fault of the database the queue is looked at again.
const REST_AFTER_FAULT: Duration = Duration::from_secs(2);
/// How often the chores are done.
const TIDY_EVERY: Duration = Duration::from_secs(600);
/// How soon they go on when their time was over before they were done.
const TIDY_ON_AFTER: Duration = Duration::from_secs(5);
/// How long a chore goes on before it lets the jobs have their turn.
const LONGEST_CHORE: Duration = Duration::from_secs(1);
/// How often the metrics of the queue are brought up to date.
const MEASURE_EVERY: Duration = Duration::from_secs(15);
/// A job whose worker is silent for this long, in seconds, is claimed by another one.
const LEASE_SECONDS: i64 = 300;

/// How many users' standing jobs are brought forward at a time, so that writes without end leave the
/// queue time for other work.
const FORWARD_AT_ONCE: usize = 25;
/// After this time a standing job that was given up is tried again.
const GIVEN_UP_FOR: chrono::Duration = chrono::Duration::hours(1);

/// What the metrics call the kinds of jobs that no one runs here, such as those of a newer version.
const NOBODYS: &str = "unknown";

/// How long a stop waits for the present job.
const LONGEST_GOODBYE: Duration = Duration::from_secs(5);
/// How long between two looks at a thread that is to end.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// Running job threads; they end with [`Runner::stop`] or when dropped.
pub struct Runner {
    stopping: Arc<AtomicBool>,
    bell: Bell,
    threads: Vec<JoinHandle<()>>,
}

/// Which jobs a thread runs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lane {
    /// Those that take a moment. This thread also looks after the queue.
    Ordinary,
    /// Those that were registered as lengthy.
    Lengthy,
}

/// When the queue was looked after, and when it is to be tidied up again.
#[derive(Default)]
struct Care {
    tidy_at: Option<Instant>,
    told: Option<Instant>,
    measured: Option<Instant>,
}

impl Runner {
    /// Starts the threads. They have their own pool, so that jobs and requests do not wait for each other.
    pub fn start(registry: Registry, pool: Pool, services: Arc<Services>) -> std::io::Result<Self> {
        for kind in registry.works.keys().chain(&[NOBODYS]) {
            services.metrics.expect_jobs(kind);
        }
        let mut runner = Self {
            stopping: Arc::new(AtomicBool::new(false)),
            bell: services.jobs.clone(),
            threads: Vec::new(),
        };
        let shared = Arc::new((Context { pool, services }, registry));
        for (name, lane) in [("jobs", Lane::Ordinary), ("lengthy jobs", Lane::Lengthy)] {
            let (stop, shared) = (Arc::clone(&runner.stopping), Arc::clone(&shared));
            let thread = std::thread::Builder::new().name(name.to_owned());
            let thread = thread.spawn(move || run(&shared.0, &shared.1, lane, &stop))?;
            runner.threads.push(thread);
        }
        Ok(runner)
    }

    /// Lets the present jobs end and stops. A job that takes too long, such as one whose database does
    /// not answer, is given up with the process; someone claims it again when its lease ends.
    pub fn stop(&mut self) {
        self.stopping.store(true, Ordering::Relaxed);
        self.bell.wake();
        let begin = Instant::now();
        for thread in self.threads.drain(..) {
            while !thread.is_finished() && begin.elapsed() < LONGEST_GOODBYE {
                std::thread::sleep(LOOK_AGAIN);
            }
            if !thread.is_finished() {
                log::warn!("a job is left unfinished");
            } else if thread.join().is_err() {
                log::error!("a job thread panicked");
            }
        }
    }
}

/// Runs the jobs of a lane until it is to stop.
fn run(context: &Context, registry: &Registry, lane: Lane, stop: &AtomicBool) {
    let (mut care, mut heard) = (Care::default(), 0);
    let bell = &context.services.jobs;
    while !stop.load(Ordering::Relaxed) {
        if lane == Lane::Ordinary {
            care.take(context, registry, stop);
        }
        match run_next(context, registry, lane) {
            Ok(true) => {}
            Ok(false) => {
                bell.wait(&mut heard, POLL);
                care.told = None;
            }
            Err(error) => {
                log::warn!("the job queue cannot be read: {error}");
                bell.wait(&mut heard, REST_AFTER_FAULT);
            }
        }
    }
    if lane == Lane::Ordinary {
        // Another replica goes on at once with what was written last.
        bring_forward(context, registry, usize::MAX);
    }
}

impl Care {
    /// Does what is to be done now and then.
    fn take(&mut self, context: &Context, registry: &Registry, stop: &AtomicBool) {
        if self.tidy_at.is_none_or(|at| Instant::now() > at) {
            let pause = match tidy(context, registry, stop) {
                true => TIDY_EVERY,
                false => TIDY_ON_AFTER,
            };
            self.tidy_at = Some(Instant::now() + pause);
        }
        if self.told.is_none_or(|at| at.elapsed() > POLL) {
            bring_forward(context, registry, FORWARD_AT_ONCE);
            self.told = Some(Instant::now());
        }
        if self.measured.is_none_or(|at| at.elapsed() > MEASURE_EVERY) {
            measure(context, registry);
            self.measured = Some(Instant::now());
        }
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Tells the queue who has written something.
fn bring_forward(context: &Context, registry: &Registry, most: usize) {
    let Some(telling) = context.services.touched.take(most) else {
        return;
    };
    let told = context.transaction(Owner::Nobody, |tx| {
        let mut kinds = registry.standing.iter();
        kinds.try_for_each(|kind| queries::bring_forward(tx, kind, telling.users()))
    });
    match told {
        Ok(()) => telling.done(),
        Err(error) => log::warn!("standing jobs could not be brought forward: {error}"),
    }
}

/// Brings the metrics of this queue and of those that features have up to date.
fn measure(context: &Context, registry: &Registry) {
    let metrics = &context.services.metrics;
    let measured = context.transaction(Owner::Nobody, |tx| {
        let oldest = queries::oldest_due(tx)?;
        let waiting = oldest.map_or_else(chrono::Duration::zero, |since| tx.now - since);
        metrics.set_oldest_job(waiting);
        let mut others = registry.measures.iter();
        others.try_for_each(|measure| measure(tx, metrics))
    });
    match measured {
        Ok(()) => metrics.queues_measured(),
        Err(error) => log::warn!("the queues could not be measured: {error}"),
    }
}

/// Does the chores; false when one of them is not done yet.
fn tidy(context: &Context, registry: &Registry, stop: &AtomicBool) -> bool {
    for kind in registry.standing.iter().chain(&registry.lasting) {
        let outcome = context.transaction(Owner::Nobody, |tx| {
            let given_up = tx.now - GIVEN_UP_FOR;
            Ok(queries::seed(tx, kind)? + queries::revive(tx, kind, given_up)?)
        });
        match outcome {
            Ok(0) => {}
            Ok(count) => log::info!(kind = *kind, count; "standing jobs were set up"),
            Err(error) => log::warn!(kind = *kind; "could not set up standing jobs: {error}"),
        }
    }
    let mut all_done = true;
    for chore in &registry.chores {
        all_done &= tidy_up(context, chore, stop);
    }
    all_done
}

/// Does a chore part by part, each in a transaction of its own, so that what was done stays done; false when its
/// time was over first.
fn tidy_up(context: &Context, chore: &Chore, stop: &AtomicBool) -> bool {
    let (begin, now) = (Instant::now(), context.services.clock.now());
    let (name, mut count) = (chore.name, 0);
    let mut done = false;
    while !done && begin.elapsed() < LONGEST_CHORE && !stop.load(Ordering::Relaxed) {
        let work = |tx: &mut Tx<'_>| (chore.work)(tx.conn, now, chore.part);
        match context.transaction(Owner::Nobody, work) {
            Ok(part) => {
                count += part;
                done = part < chore.part;
            }
            Err(error) => {
                log::warn!(chore = name; "could not tidy up: {error}");
                done = true;
            }
        }
    }
    if count > 0 {
        log::info!(chore = name, count; "tidied up");
    }
    done
}

/// Runs one due job of a lane; false when there is none.
fn run_next(context: &Context, registry: &Registry, lane: Lane) -> Result<bool> {
    let kinds = (registry.lengthy.as_slice(), lane == Lane::Lengthy);
    let (now, real) = (context.services.clock.now(), real_now());
    let until = real + chrono::Duration::seconds(LEASE_SECONDS);
    let claimed = context
        .pool
        .transaction(Owner::Nobody, Access::Write, now, |tx| {
            queries::claim(tx.conn, kinds, now, real, until)
        })?;
    let Some((kind, job)) = claimed else {
        return Ok(false);
    };
    let known = registry.works.get_key_value(kind.as_str());
    let outcome = match known {
        Some((_, work)) => {
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(context, &job)))
                .unwrap_or_else(|_| Err(Error::internal("the job panicked")))
        }
        None => Err(Error::internal("no one runs jobs of this kind")),
    };
    if outcome.is_err() && job.is_last_attempt() {
        let counted_as = known.map_or(NOBODYS, |(kind, _)| *kind);
        context.services.metrics.job_failed(counted_as);
    }
    settle(context, &kind, &job, outcome)?;
    Ok(true)
}

fn settle(context: &Context, kind: &str, job: &Job, outcome: Result<()>) -> Result<()> {
    let now = context.services.clock.now();
    context.transaction(Owner::Nobody, |tx| match &outcome {
        // It may have ended itself in the transaction of its effect.
        Ok(()) => queries::delete(tx.conn, job.id).map(drop),
        Err(error) if job.is_last_attempt() => {
            log::error!(kind, attempt = job.attempt; "a job was given up: {error}");
            queries::give_up(tx.conn, job.id, now, &reason(error))
        }
        Err(error) => {
            log::warn!(kind, attempt = job.attempt; "a job failed and is tried again: {error}");
            let wait = i64::from(job.attempt).pow(2) * 10;
            let run_at = now + chrono::Duration::seconds(wait);
            queries::retry(tx.conn, job.id, run_at, &reason(error))
        }
    })
}

/// The reason as it is stored; errors name places and codes, never a user's text.
fn reason(error: &Error) -> String {
    error.to_string().chars().take(500).collect()
}
