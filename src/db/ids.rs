//! Ids and random bytes: the one place for randomness.

use std::sync::Mutex;

use aws_lc_rs::rand::SystemRandom;
use chrono::{DateTime, Utc};
use uuid::{ContextV7, Timestamp, Uuid};

/// Keeps ids of one millisecond in the order in which they were made.
static CONTEXT: Mutex<ContextV7> = Mutex::new(ContextV7::new());

/// A UUIDv7 whose time is `now`, so that ids sort as they were made.
pub fn new_id(now: DateTime<Utc>) -> Uuid {
    let context = CONTEXT
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let seconds = u64::try_from(now.timestamp()).unwrap_or(0);
    Uuid::new_v7(Timestamp::from_unix(
        &*context,
        seconds,
        now.timestamp_subsec_nanos(),
    ))
}

/// Random bytes from the operating system, for tokens.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    aws_lc_rs::rand::SecureRandom::fill(&SystemRandom::new(), &mut bytes)
        .expect("the operating system gives random bytes");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_as_they_were_made_within_one_millisecond() {
        let now = "2026-11-01T10:00:00Z".parse().expect("an instant");
        let ids: Vec<Uuid> = (0..1_000).map(|_| new_id(now)).collect();
        assert!(ids.is_sorted());
    }
}
