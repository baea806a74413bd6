//! Does a server answer, and how far is it? Asked twice a second, so that no request finds out by waiting, and whoever
//! watches over the service is told.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::Thread;
use std::time::{Duration, Instant};

use diesel::PgConnection;

use super::pool::{ConnectionOptions, connect, connection_failure};
use super::tx::{self, Access, Owner};
use crate::clock::Clock;
use crate::http::error::Result;

/// How often a server is asked.
const EVERY: Duration = Duration::from_millis(500);
/// A server that keeps silent for so long is away. A request that waits for it has time left for another one.
const SILENCE: Duration = Duration::from_secs(2);
/// How often a request that waits for a server looks whether that is of any use.
const LOOK_AGAIN: Duration = Duration::from_millis(100);
/// How old the oldest position is that is kept, before the last one.
const KEPT: Duration = Duration::from_secs(5);

/// What a server is asked: its position in the write-ahead log; nothing when it has none of the kind.
pub(super) type Question = fn(&mut PgConnection) -> Result<Option<i64>>;

/// A thread that asks one server, on a connection of its own. It ends when this is dropped.
pub struct Pulse {
    shared: Arc<Shared>,
    thread: Thread,
}

struct Shared {
    name: &'static str,
    state: Mutex<State>,
    stopping: AtomicBool,
}

struct State {
    /// What came of the last question that was answered or failed.
    answered: bool,
    /// Since when a question is open.
    asked: Option<Instant>,
    /// When the last question was asked that is open no more.
    done: Option<Instant>,
    /// When somebody else heard of the server last.
    heard: Option<Instant>,
    /// What everybody was told last.
    believed: bool,
    /// When it was where: the last position, and those before it back to the newest that is older than [`KEPT`].
    positions: VecDeque<(Instant, i64)>,
}

impl State {
    /// Does the server answer?
    fn answers(&self, now: Instant) -> bool {
        let silent = |since: Instant| now.saturating_duration_since(since) > SILENCE;
        self.answered && !(self.asked.is_some_and(silent) && self.heard.is_none_or(silent))
    }

    fn learn(&mut self, now: Instant, answer: Option<i64>) {
        self.done = self.asked.take();
        self.answered = answer.is_some();
        let Some(position) = answer else { return };
        self.positions.push_back((now, position));
        let old = |at: Instant| now.saturating_duration_since(at) >= KEPT;
        while self.positions.get(1).is_some_and(|(at, _)| old(*at)) {
            self.positions.pop_front();
        }
    }
}

impl Pulse {
    /// Starts to ask. Until the first answer the server is `believed` to be there, or not.
    pub(super) fn start(
        name: &'static str,
        options: ConnectionOptions,
        question: Question,
        clock: Clock,
        believed: bool,
    ) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            name,
            state: Mutex::new(State {
                answered: believed,
                asked: None,
                done: None,
                heard: None,
                believed,
                positions: VecDeque::new(),
            }),
            stopping: AtomicBool::new(false),
        });
        let told = Arc::clone(&shared);
        let handle = std::thread::Builder::new()
            .name(format!("{name} pulse"))
            .spawn(move || {
                let mut conn = None;
                while !told.stopping.load(Ordering::Relaxed) {
                    told.state().asked = Some(Instant::now());
                    let answer = ask(&mut conn, &options, question, &clock);
                    told.state().learn(Instant::now(), answer);
                    told.answers();
                    std::thread::park_timeout(EVERY);
                }
            })?;
        Ok(Self {
            shared,
            thread: handle.thread().clone(),
        })
    }

    /// Does the server answer?
    pub fn answers(&self) -> bool {
        self.shared.answers()
    }

    /// Somebody else has just heard of the server: it is not away, however slowly it answers here.
    pub(super) fn heard(&self) {
        self.shared.state().heard = Some(Instant::now());
    }

    /// Asks anew, for somebody who could not reach the server: is it away?
    pub(super) async fn is_gone(&self) -> bool {
        let begin = Instant::now();
        while self.answers() {
            if self.shared.state().done.is_some_and(|asked| asked >= begin) {
                return false;
            }
            self.thread.unpark();
            tokio::time::sleep(LOOK_AGAIN / 5).await;
        }
        true
    }

    /// Ends when the server does not answer.
    pub(super) async fn silence(&self) {
        while self.answers() {
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// Where the server was when it answered last.
    pub(super) fn last_position(&self) -> Option<i64> {
        self.shared.state().positions.back().map(|(_, at)| *at)
    }

    /// Where the server was some seconds before it answered last.
    pub(super) fn earlier_position(&self) -> Option<i64> {
        self.shared.state().positions.front().map(|(_, at)| *at)
    }
}

impl Drop for Pulse {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::Relaxed);
        // Not waited for: it may wait for a server that does not answer.
        self.thread.unpark();
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does the server answer? Says so in the log when that has changed.
    fn answers(&self) -> bool {
        let mut state = self.state();
        let answers = state.answers(Instant::now());
        if answers != state.believed {
            state.believed = answers;
            drop(state);
            match answers {
                true => log::info!(server = self.name; "the database server answers"),
                false => log::warn!(server = self.name; "the database server does not answer"),
            }
        }
        answers
    }
}

/// Asks on the open connection, or a new one when there is none or it has died.
fn ask(
    conn: &mut Option<PgConnection>,
    options: &ConnectionOptions,
    question: Question,
    clock: &Clock,
) -> Option<i64> {
    if let Some(open) = conn.take()
        && let Ok(answer) = ask_on(conn, open, question, clock)
    {
        return answer;
    }
    let answer = match connect(options) {
        Ok(open) => ask_on(conn, open, question, clock).map_err(|error| error.to_string()),
        Err(error) => Err(connection_failure(&error).to_owned()),
    };
    answer.unwrap_or_else(|reason| {
        log::debug!(reason; "a database server cannot be asked");
        None
    })
}

/// Asks on a connection, which is kept when it still works.
fn ask_on(
    conn: &mut Option<PgConnection>,
    mut open: PgConnection,
    question: Question,
    clock: &Clock,
) -> Result<Option<i64>> {
    let (owner, now) = (Owner::Nobody, clock.now());
    let answer = tx::run(&mut open, owner, Access::Read, now, |tx| question(tx.conn))?;
    *conn = Some(open);
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(begin: Instant) -> State {
        let mut state = State {
            answered: true,
            asked: None,
            done: None,
            heard: None,
            believed: true,
            positions: VecDeque::new(),
        };
        for step in 0..20 {
            state.learn(begin + EVERY * step, Some(i64::from(step)));
        }
        state
    }

    #[test]
    fn a_question_that_stays_open_is_silence() {
        let begin = Instant::now();
        let mut state = state(begin);
        state.asked = Some(begin);
        assert!(state.answers(begin + SILENCE));
        assert!(!state.answers(begin + SILENCE + LOOK_AGAIN));
        // Others may have more luck.
        state.heard = Some(begin + SILENCE);
        assert!(state.answers(begin + SILENCE + LOOK_AGAIN));
        assert!(!state.answers(begin + SILENCE * 3));
        state.learn(begin, Some(1));
        assert!(state.answers(begin + SILENCE * 9));
        state.learn(begin, None);
        assert!(!state.answers(begin));
    }

    #[test]
    fn an_earlier_position_is_at_least_so_old_and_hardly_older() {
        let state = state(Instant::now());
        let (first, last) = (
            state.positions[0],
            state.positions[state.positions.len() - 1],
        );
        assert_eq!(last.1, 19);
        let age = last.0 - first.0;
        assert!(age >= KEPT && age < KEPT + EVERY * 2, "{age:?}");
    }

    #[test]
    fn a_failure_leaves_the_positions_as_they_are() {
        let begin = Instant::now();
        let mut state = state(begin);
        let kept = state.positions.clone();
        state.learn(begin + SILENCE * 90, None);
        assert_eq!(state.positions, kept);
    }
}
