//! Passwords: which ones are good enough (NIST SP 800-63B: length and a look at what is guessed first,
//! no composition rules), and how they are hashed (Argon2id).

use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::config::Secret;
use crate::http::body::Fingerprint;
use crate::http::error::{Error, Result};

/// From this length on any password is taken, in characters.
const LONG_ENOUGH: usize = 15;
/// The shortest password, in characters.
const SHORTEST: usize = 10;
/// The longest password, in characters: hashing costs time for each.
pub const LONGEST: usize = 200;

/// Stands where a hash would: no password fits it.
pub const UNUSABLE: &str = "!";

/// Stands where there is no hash, for the login of an unknown address to take as long. The parameters are
/// those of [`hash`], and no password is known to give these bytes.
const DECOY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm8gcGFzc3dvcmQgaXM$dGhpcyBpcyB0aGUgaGFzaCBvZiBubyBwYXNzd29yZC4";

/// Says what is wrong with a new password, as code and sentence. `known` are words that anyone would try
/// first for this user, such as the address.
pub fn weakness(password: &str, known: &[&str]) -> Option<(&'static str, &'static str)> {
    let length = password.chars().count();
    if length < SHORTEST {
        return Some((
            "too_short",
            "At least 15 characters, or 10 that are hard to guess.",
        ));
    }
    if length > LONGEST {
        return Some(("too_long", "At most 200 characters."));
    }
    let own = known.iter().any(|word| word.eq_ignore_ascii_case(password));
    if length >= LONG_ENOUGH && !own {
        return None;
    }
    let guessable = own || zxcvbn::zxcvbn(password, known).score() < zxcvbn::Score::Three;
    guessable.then_some((
        "guessable",
        "This is too easy to guess. A few unrelated words do well.",
    ))
}

/// Hashes passwords on threads of its own: half a second of work at a time must not hold up queries.
pub struct Passwords {
    runtime: Option<tokio::runtime::Runtime>,
    places: Arc<Semaphore>,
}

/// How long a request waits for a place before it is told to come again.
const WAIT: std::time::Duration = std::time::Duration::from_millis(1_500);

impl Passwords {
    /// Starts as many threads as there are cores.
    pub fn new() -> Self {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .max_blocking_threads(threads)
            .thread_name("passwords")
            .build()
            .expect("the operating system gives threads");
        Self {
            runtime: Some(runtime),
            places: Arc::new(Semaphore::new(threads)),
        }
    }

    /// The PHC string of a password.
    pub async fn hash(&self, password: Secret) -> Result<String> {
        self.run(move || hash(password.expose())).await?
    }

    /// Does the password fit? An absent or unusable hash takes as long and never fits.
    pub async fn verify(&self, password: Secret, stored: Option<String>) -> Result<bool> {
        let stored = stored.filter(|stored| PasswordHash::new(stored).is_ok());
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| DECOY.to_owned());
        let fits = self
            .run(move || {
                PasswordHash::new(&stored).is_ok_and(|stored| {
                    Argon2::default()
                        .verify_password(password.expose().as_bytes(), &stored)
                        .is_ok()
                })
            })
            .await?;
        Ok(known && fits)
    }

    /// Tells one body with a password from another, for `Idempotency-Key`.
    ///
    /// The fingerprint is stored, so it has to be as slow to guess as the password itself.
    pub async fn fingerprint(&self, fast: Fingerprint, user: Uuid) -> Result<Fingerprint> {
        self.run(move || {
            let mut slow = [0; 32];
            Argon2::default()
                .hash_password_into(&fast.0, user.as_bytes(), &mut slow)
                .map(|()| Fingerprint(slow))
                .map_err(|error| Error::internal(format!("a fingerprint failed: {error}")))
        })
        .await?
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let runtime = self.runtime.as_ref().ok_or_else(Error::overloaded)?;
        let place = tokio::time::timeout(WAIT, Arc::clone(&self.places).acquire_owned())
            .await
            .map_err(|_| Error::overloaded())?
            .map_err(|_| Error::overloaded())?;
        runtime
            .spawn_blocking(move || {
                let _place = place;
                work()
            })
            .await
            .map_err(|_| Error::internal("hashing a password panicked"))
    }
}

impl Default for Passwords {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Passwords {
    fn drop(&mut self) {
        // A runtime must not be dropped on an asynchronous thread by waiting for its work.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// The PHC string of a password; takes a while and blocks.
pub fn hash(password: &str) -> Result<String> {
    Argon2::default()
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|error| Error::internal(format!("a password cannot be hashed: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_address_is_judged_as_slowly_as_a_known_one() {
        let decoy = PasswordHash::new(DECOY).expect("a PHC string");
        let real = hash("correct horse battery staple").expect("a hash");
        let real = PasswordHash::new(&real).expect("a PHC string");
        assert_eq!(decoy.algorithm, real.algorithm);
        assert_eq!(decoy.version, real.version);
        assert_eq!(decoy.params, real.params);
        let length = |it: &PasswordHash| it.hash.as_ref().map(|hash| hash.as_bytes().len());
        assert_eq!(length(&decoy), length(&real));
    }

    #[test]
    fn length_alone_makes_a_password_good() {
        assert_eq!(weakness("correct horse battery", &[]), None);
        assert_eq!(weakness("Tr0ub4dor!x9#q", &[]), None);
        assert_eq!(weakness("short", &[]).map(|w| w.0), Some("too_short"));
        assert_eq!(weakness("password123", &[]).map(|w| w.0), Some("guessable"));
        let address = "ada.lovelace@example.com";
        assert_eq!(weakness(address, &[]), None);
        assert_eq!(
            weakness(address, &[address]).map(|w| w.0),
            Some("guessable")
        );
        assert_eq!(
            weakness(&"x".repeat(201), &[]).map(|w| w.0),
            Some("too_long")
        );
    }
}
