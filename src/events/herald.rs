//! The thread that carries news between processes, over a connection of its own.
//!
//! It says who wrote here and hears who wrote elsewhere, by NOTIFY and LISTEN. A NOTIFY in the writer's own
//! transaction would be exact, but its commit holds a lock of the whole server: in pgbench with 8 clients
//! throughput fell to an eighth, by a trigger to a tenth. So the word follows the commit, one for all who
//! wrote meanwhile. If it gets lost, because a process dies in between, streams still look every 15 seconds;
//! while there is no connection, every 2.
//!
//! Once a second it asks in one statement which sessions of open streams have ended.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use diesel::PgConnection;
use uuid::Uuid;

use super::news::News;
use super::queries;
use crate::auth::{self, CurrentUser};
use crate::db::{Access, ConnectionOptions, Owner, connect, connection_failure, in_transaction};
use crate::http::error::{Error, Result};
use crate::services::Services;

/// The channel.
const CHANNEL: &str = "rebound_events";
/// How often the connection is read while streams are open; libpq has to be asked.
const LISTEN_EVERY: Duration = Duration::from_millis(50);
/// How long nothing is looked at when no stream is open and nobody writes.
const IDLE: Duration = Duration::from_secs(1);
/// A word is not followed by another one sooner: who writes meanwhile is in the next one.
const GATHER: Duration = Duration::from_millis(20);
/// Users in one word, whose length is limited to 8,000 bytes.
const AT_ONCE: usize = 200;
/// How often sessions are asked for (promise 8: one second).
const CHECK_EVERY: Duration = Duration::from_millis(900);
/// How often streams are told to look when there is no connection, and how often one is tried.
const WITHOUT_CONNECTION: Duration = Duration::from_secs(2);
/// How long a stop waits for the thread.
const LONGEST_GOODBYE: Duration = Duration::from_secs(2);
/// How long between two looks at a thread that is to end.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// The running thread; it ends with [`Herald::stop`] or when dropped.
pub struct Herald {
    stopping: Arc<AtomicBool>,
    news: News,
    thread: Option<JoinHandle<()>>,
}

impl Herald {
    /// Starts the thread. The connection has to be a direct one: behind a transaction pooler LISTEN hears nothing.
    pub fn start(options: ConnectionOptions, services: Arc<Services>) -> std::io::Result<Self> {
        let stopping = Arc::new(AtomicBool::new(false));
        let news = services.news.clone();
        let stop = Arc::clone(&stopping);
        let thread = std::thread::Builder::new()
            .name("events".to_owned())
            .spawn(move || Post::new(options, services).run(&stop))?;
        Ok(Self {
            stopping,
            news,
            thread: Some(thread),
        })
    }

    /// Ends the thread. One whose database does not answer ends with the process.
    pub fn stop(&mut self) {
        self.stopping.store(true, Ordering::Relaxed);
        self.news.end();
        let Some(thread) = self.thread.take() else {
            return;
        };
        let begin = Instant::now();
        while !thread.is_finished() {
            if begin.elapsed() > LONGEST_GOODBYE {
                log::debug!("the thread for news is left behind");
                return;
            }
            std::thread::sleep(LOOK_AGAIN);
        }
        if thread.join().is_err() {
            log::error!("the thread for news panicked");
        }
    }
}

impl Drop for Herald {
    fn drop(&mut self) {
        self.stop();
    }
}

/// What the thread works with.
struct Post {
    options: ConnectionOptions,
    services: Arc<Services>,
    line: Option<Line>,
    tried: Option<Instant>,
    checked: Instant,
    counted: Instant,
}

/// A connection that listens, and its number.
struct Line {
    conn: PgConnection,
    number: i32,
}

impl Post {
    fn new(options: ConnectionOptions, services: Arc<Services>) -> Self {
        Self {
            options,
            services,
            line: None,
            tried: None,
            checked: Instant::now(),
            counted: Instant::now(),
        }
    }

    fn run(&mut self, stop: &AtomicBool) {
        let news = self.services.news.clone();
        while !stop.load(Ordering::Relaxed) {
            let wrote = news.wait(LISTEN_EVERY, IDLE);
            self.end_late();
            self.connect();
            if let Err(error) = self.carry(&wrote) {
                log::warn!("news do not come through for now: {error}");
                self.line = None;
                self.tried = Some(Instant::now());
            }
            std::thread::sleep(GATHER);
        }
        // What was written last.
        let wrote = news.wait(Duration::ZERO, Duration::ZERO);
        if let Err(error) = self.carry(&wrote) {
            log::debug!("the last news did not come through: {error}");
        }
    }

    /// Ends the streams whose token has ended or whose client has gone.
    fn end_late(&mut self) {
        if self.counted.elapsed() < CHECK_EVERY {
            return;
        }
        self.counted = Instant::now();
        let now = self.services.clock.now();
        for stream in self.services.news.open() {
            if stream.is_late(now) || stream.is_left() {
                stream.end();
            }
        }
    }

    fn connect(&mut self) {
        let is_early = self
            .tried
            .is_some_and(|at| at.elapsed() < WITHOUT_CONNECTION);
        if self.line.is_some() || is_early {
            return;
        }
        let first = self.tried.is_none();
        match listen(&self.options) {
            Ok(line) => self.line = Some(line),
            Err(reason) if first => log::warn!(reason; "cannot listen to news"),
            Err(reason) => log::debug!(reason; "still cannot listen to news"),
        }
        self.tried = Some(Instant::now());
        // Without a connection nothing is heard; with a new one it is unknown what was missed.
        self.services.news.ring_all();
    }

    /// Says and hears what there is, and ends the streams of sessions that have ended.
    fn carry(&mut self, wrote: &[Uuid]) -> Result<()> {
        let Some(line) = &mut self.line else {
            return Ok(());
        };
        let (news, now) = (&self.services.news, self.services.clock.now());
        for part in wrote.chunks(AT_ONCE) {
            let owners: Vec<String> = part.iter().map(Uuid::to_string).collect();
            in_transaction(&mut line.conn, Owner::Nobody, Access::Write, now, |tx| {
                queries::notify(tx.conn, CHANNEL, &owners.join(","))
            })?;
        }
        for word in line.conn.notifications_iter() {
            let word = word?;
            if word.process_id != line.number {
                for owner in word.payload.split(',').flat_map(Uuid::try_parse) {
                    news.hear(owner);
                }
            }
        }
        let open = news.open();
        if open.is_empty() || self.checked.elapsed() < CHECK_EVERY {
            return Ok(());
        }
        self.checked = Instant::now();
        let users: Vec<CurrentUser> = open.iter().map(|it| it.user.clone()).collect();
        let live = in_transaction(&mut line.conn, Owner::Nobody, Access::Read, now, |tx| {
            auth::which_live(tx, &users)
        })?;
        for (stream, live) in open.iter().zip(live) {
            if !live {
                stream.end();
            }
        }
        Ok(())
    }
}

fn listen(options: &ConnectionOptions) -> std::result::Result<Line, &'static str> {
    let mut conn = connect(options).map_err(|error| connection_failure(&error))?;
    let number = queries::listen(&mut conn, CHANNEL).map_err(|error| {
        log::debug!("LISTEN: {}", Error::from(error));
        "the server refuses LISTEN"
    })?;
    Ok(Line { conn, number })
}
