//! The threads that read uploaded files. To read one may take seconds, whoever sent it: so it takes no thread of
//! those that others need, few are read at a time, and of one user one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use uuid::Uuid;

use super::error::{Error, Result};
use super::problems;

/// How long a reading may take. Whoever reads keeps to it, since a thread cannot be stopped.
pub const LONGEST: Duration = Duration::from_secs(10);
/// How many files are read at a time; each may take a few hundred megabytes of memory while it is.
const AT_ONCE: usize = 2;
/// How long a request waits for its turn, and then for a thread, before it is told to come again.
const WAIT: Duration = Duration::from_millis(1_500);

/// The readers of a process.
pub struct Files {
    places: Arc<Semaphore>,
    turns: Mutex<HashMap<Uuid, Arc<Semaphore>>>,
}

impl Default for Files {
    fn default() -> Self {
        Self {
            places: Arc::new(Semaphore::new(AT_ONCE)),
            turns: Mutex::default(),
        }
    }
}

impl Files {
    /// Reads a file of a user: 429 while another one of theirs is read, 503 while those of others are. Who goes
    /// away does not end the reading, and it counts until it has ended.
    pub async fn read<T: Send + 'static>(
        &self,
        user: Uuid,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let turn = acquire(self.turn(user)).await.ok_or_else(|| {
            problems::RATE_LIMITED
                .because("Of each user one file is read at a time.")
                .header("Retry-After", "1")
        })?;
        let place = acquire(Arc::clone(&self.places)).await;
        let place = place.ok_or_else(Error::overloaded)?;
        let (tell, told) = oneshot::channel();
        let thread = std::thread::Builder::new().name("file".to_owned());
        let started = thread.spawn(move || {
            let outcome = work();
            drop((place, turn));
            // Nobody listens any more when the client went away.
            tell.send(outcome).ok();
        });
        started.map_err(|error| Error::internal(format!("no thread: {error}")))?;
        match tokio::time::timeout(LONGEST, told).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Err(Error::internal("reading a file panicked")),
            Err(_) => Err(Error::overloaded()),
        }
    }

    /// What a user's readings take turns by.
    fn turn(&self, user: Uuid) -> Arc<Semaphore> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        // Nobody waits for those that are held here only.
        turns.retain(|_, turn| Arc::strong_count(turn) > 1);
        let turn = turns.entry(user);
        Arc::clone(turn.or_insert_with(|| Arc::new(Semaphore::new(1))))
    }
}

async fn acquire(places: Arc<Semaphore>) -> Option<OwnedSemaphorePermit> {
    let place = tokio::time::timeout(WAIT, places.acquire_owned()).await;
    place.ok()?.ok()
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    const ALICE: Uuid = Uuid::from_u128(1);
    const BOB: Uuid = Uuid::from_u128(2);

    fn status<T>(outcome: Result<T>) -> Option<u16> {
        outcome.err().map(|error| error.to_problem().kind.status)
    }

    #[test]
    fn of_a_user_one_file_is_read_at_a_time_and_others_do_not_wait_for_it() {
        actix_web::rt::System::new().block_on(async {
            let files = Files::default();
            let (release, released) = mpsc::channel::<()>();
            let long = files.read(ALICE, move || Ok(released.recv().ok()));
            let meanwhile = async {
                // She cannot have had a turn yet: the first one does not end before the end of this.
                assert_eq!(status(files.read(ALICE, || Ok(())).await), Some(429));
                assert_eq!(status(files.read(BOB, || Ok(())).await), None);
                assert_eq!(files.turns.lock().expect("nobody panicked").len(), 2);
                release.send(()).expect("somebody waits");
            };
            let (outcome, ()) = futures_util::future::join(long, meanwhile).await;
            assert_eq!(outcome.expect("read"), Some(()));
            assert_eq!(status(files.read(ALICE, || Ok(())).await), None);
            assert_eq!(files.turns.lock().expect("nobody panicked").len(), 1);
        });
    }

    #[test]
    fn a_reading_whose_client_went_away_counts_until_it_ends() {
        actix_web::rt::System::new().block_on(async {
            let files = Files::default();
            let (release, released) = mpsc::channel::<()>();
            let (begin, begun) = oneshot::channel();
            let long = files.read(ALICE, move || {
                begin.send(()).ok();
                Ok(released.recv().ok())
            });
            tokio::select! {
                _ = long => panic!("it waits"),
                _ = begun => {}
            }
            assert_eq!(status(files.read(ALICE, || Ok(())).await), Some(429));
            release.send(()).expect("somebody waits");
            assert_eq!(status(files.read(ALICE, || Ok(())).await), None);
        });
    }

    #[test]
    fn a_reading_that_panics_gives_its_place_back() {
        actix_web::rt::System::new().block_on(async {
            let files = Files::default();
            for _ in 0..=AT_ONCE {
                let outcome = files.read(ALICE, || -> Result<()> { panic!("a fault") });
                assert_eq!(status(outcome.await), Some(500));
            }
        });
    }
}
