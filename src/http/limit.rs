//! Rate limits: so many requests a minute for each user and each personal access token, and for each network
//! that shows no token.
//!
//! They are counted in this process, on real time. Limits that must hold across replicas (logins,
//! registrations, mails) live in PostgreSQL, see `auth::throttle`.

use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};

use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};
use uuid::Uuid;

use super::error::Result;
use super::network::Network;
use super::problems;

/// Who is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Counted {
    /// A user, on all of their devices together.
    User(Uuid),
    /// A personal access token, beside its user.
    Token(Uuid),
    /// A network that shows no valid token.
    Network(Network),
}

type Keyed<K> = RateLimiter<K, DefaultKeyedStateStore<K>, DefaultClock, StateInformationMiddleware>;

/// After this many requests the counters of those who went away are dropped.
const SWEEP_EVERY: u64 = 10_000;

/// The counters of this process.
pub struct Limits {
    users: (NonZeroU32, Keyed<Uuid>),
    networks: (NonZeroU32, Keyed<Network>),
    requests: AtomicU64,
}

/// Where a caller stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Requests a minute.
    pub quota: u32,
    /// Requests left right now.
    pub remaining: u32,
    /// Seconds until the next request is allowed; 0 when it is.
    pub retry_after: u64,
    /// Name of the policy.
    pub policy: &'static str,
}

impl Standing {
    /// Is this request let through?
    pub fn allowed(&self) -> bool {
        self.retry_after == 0
    }

    /// 429 for a request that is not.
    pub fn check(&self) -> Result<()> {
        if self.allowed() {
            return Ok(());
        }
        Err(problems::RATE_LIMITED
            .because(format!("At most {} requests a minute.", self.quota))
            .header("Retry-After", self.retry_after.to_string())
            .into())
    }
}

impl Limits {
    /// Limits in requests a minute.
    pub fn new(user: NonZeroU32, network: NonZeroU32) -> Self {
        Self {
            users: (user, limiter(user)),
            networks: (network, limiter(network)),
            requests: AtomicU64::new(0),
        }
    }

    /// Counts one request.
    pub fn count(&self, who: Counted) -> Standing {
        if self.requests.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            self.users.1.retain_recent();
            self.networks.1.retain_recent();
        }
        match who {
            Counted::User(id) => standing(&self.users, &id, "user"),
            // No token has the id of a user.
            Counted::Token(id) => standing(&self.users, &id, "token"),
            Counted::Network(network) => standing(&self.networks, &network, "network"),
        }
    }
}

fn limiter<K: Hash + Eq + Clone>(per_minute: NonZeroU32) -> Keyed<K> {
    RateLimiter::keyed(Quota::per_minute(per_minute)).with_middleware()
}

fn standing<K: Hash + Eq + Clone>(
    (quota, limiter): &(NonZeroU32, Keyed<K>),
    key: &K,
    policy: &'static str,
) -> Standing {
    let (remaining, retry_after) = match limiter.check_key(key) {
        Ok(state) => (state.remaining_burst_capacity(), 0),
        Err(not_until) => {
            let wait = not_until.wait_time_from(DefaultClock::default().now());
            (0, wait.as_secs() + 1)
        }
    };
    Standing {
        quota: quota.get(),
        remaining,
        retry_after,
        policy,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_caller_has_a_quota_of_its_own() {
        let three = NonZeroU32::new(3).expect("not zero");
        let limits = Limits::new(three, three);
        let alice = Counted::User(Uuid::from_u128(1));
        let left: Vec<u32> = (0..3).map(|_| limits.count(alice).remaining).collect();
        assert_eq!(left, [2, 1, 0]);
        assert!(!limits.count(alice).allowed());
        assert!(limits.count(Counted::User(Uuid::from_u128(2))).allowed());
        assert!(limits.count(Counted::Token(Uuid::from_u128(3))).allowed());
    }
}
