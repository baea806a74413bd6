//! Tokens that were good when the database was asked last.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Instant;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::format::TokenHash;
use crate::auth::live_sessions::BELIEVED;
use crate::auth::scopes::Scope;

/// Tokens that are remembered at the most; one takes a few hundred bytes.
const REMEMBERED: usize = 10_000;

/// A token that is good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoodToken {
    /// Its id, by which its requests are counted.
    pub id: Uuid,
    /// Whose it is.
    pub user_id: Uuid,
    /// What it is found by.
    pub hash: TokenHash,
    /// The end of its life.
    pub expires_at: DateTime<Utc>,
    pub(super) scopes: Vec<String>,
}

impl GoodToken {
    /// May it do this?
    pub fn may(&self, scope: &Scope) -> bool {
        self.scopes.iter().any(|granted| granted == scope.as_str())
    }
}

/// The tokens that this process knows, until they end. Whether one is still there is asked again after a
/// second, as for sessions.
#[derive(Default)]
pub struct KnownTokens(RwLock<HashMap<TokenHash, (Arc<GoodToken>, Instant)>>);

impl KnownTokens {
    /// The token with this hash, as it was when the database was asked last.
    pub fn get(&self, hash: &TokenHash, now: DateTime<Utc>) -> Option<Arc<GoodToken>> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let (token, _) = known.get(hash)?;
        (token.expires_at > now).then(|| Arc::clone(token))
    }

    /// Was it good less than a second ago?
    pub fn is_fresh(&self, hash: &TokenHash) -> bool {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(hash)
            .is_some_and(|(_, asked)| asked.elapsed() < BELIEVED)
    }

    /// The database, asked at this instant, called it good.
    pub fn remember(&self, token: Arc<GoodToken>, asked: Instant) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.retain(|_, (_, asked)| asked.elapsed() < BELIEVED);
        }
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(token.hash, (token, asked));
    }

    /// There is no such token any more.
    pub fn forget(&self, hash: &TokenHash) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.remove(hash);
    }

    /// This token has ended here and now.
    pub fn forget_id(&self, id: Uuid) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, (token, _)| token.id != id);
    }

    /// All tokens of a user have ended here and now.
    pub fn forget_of(&self, user_id: Uuid) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, (token, _)| token.user_id != user_id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(number: u128, scopes: &[&str]) -> Arc<GoodToken> {
        let mut hash = [0; 32];
        hash[..16].copy_from_slice(&number.to_be_bytes());
        Arc::new(GoodToken {
            id: Uuid::from_u128(number),
            user_id: Uuid::from_u128(number % 2),
            hash: TokenHash(hash),
            expires_at: at("2026-11-01T10:00:00Z"),
            scopes: scopes.iter().map(|it| (*it).to_owned()).collect(),
        })
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    #[test]
    fn a_token_is_known_until_it_ends_or_is_forgotten() {
        let known = KnownTokens::default();
        let (early, end) = (at("2026-11-01T09:59:59Z"), at("2026-11-01T10:00:00Z"));
        for number in 1..=3 {
            known.remember(token(number, &[]), Instant::now());
        }
        let knows = |number, now| known.get(&token(number, &[]).hash, now).is_some();
        assert!(knows(1, early) && known.is_fresh(&token(1, &[]).hash));
        assert!(!knows(1, end));
        known.forget_id(Uuid::from_u128(1));
        assert!(!knows(1, early) && !known.is_fresh(&token(1, &[]).hash));
        known.forget_of(Uuid::from_u128(0));
        assert!(!knows(2, early) && knows(3, early));
        known.forget(&token(3, &[]).hash);
        assert!(!knows(3, early));
    }

    #[test]
    fn a_token_is_believed_for_a_second_from_when_it_was_asked_for() {
        let known = KnownTokens::default();
        let Some(asked) = Instant::now().checked_sub(BELIEVED) else {
            return;
        };
        known.remember(token(1, &[]), asked);
        assert!(!known.is_fresh(&token(1, &[]).hash));
    }

    #[test]
    fn there_is_an_end_to_what_is_remembered() {
        let known = KnownTokens::default();
        for number in 0..=REMEMBERED as u128 {
            known.remember(token(number, &[]), Instant::now());
        }
        let kept = known.0.read().expect("tokens").len();
        assert!(kept <= REMEMBERED, "{kept}");
    }

    #[test]
    fn a_token_may_do_what_its_scopes_say_and_nothing_without_any() {
        let reads = token(1, &["goals:read"]);
        assert!(reads.may(&Scope::read("goals")));
        assert!(!reads.may(&Scope::write("goals")) && !reads.may(&Scope::read("me")));
        assert!(!token(2, &[]).may(&Scope::read("goals")));
    }
}
