//! Who has written something a moment ago.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use uuid::Uuid;

use crate::http::error::Result;

/// Users whose standing jobs are to be brought forward. It lives in memory: when the process dies, these
/// jobs run at the time they would have run anyway.
#[derive(Default)]
pub struct Touched(Mutex<State>);

#[derive(Default)]
struct State {
    waiting: BTreeSet<Uuid>,
    /// Were some taken out and are on their way to the queue?
    on_the_way: bool,
}

impl Touched {
    /// A user has written something.
    pub fn add(&self, user: Uuid) {
        self.state().waiting.insert(user);
    }

    /// Has the queue been told of everybody?
    pub fn is_told(&self) -> bool {
        let state = self.state();
        state.waiting.is_empty() && !state.on_the_way
    }

    /// Tells of some users; those of whom telling failed are told of later.
    pub fn tell(&self, most: usize, tell: impl FnOnce(&[Uuid]) -> Result<()>) -> Result<()> {
        let users: Vec<Uuid> = {
            let mut state = self.state();
            let users: Vec<Uuid> = state.waiting.iter().take(most).copied().collect();
            for user in &users {
                state.waiting.remove(user);
            }
            state.on_the_way = !users.is_empty();
            users
        };
        if users.is_empty() {
            return Ok(());
        }
        let outcome = tell(&users);
        let mut state = self.state();
        state.on_the_way = false;
        if outcome.is_err() {
            state.waiting.extend(users);
        }
        outcome
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::error::Error;

    #[test]
    fn nobody_is_forgotten_when_telling_fails() {
        let (touched, user) = (Touched::default(), Uuid::from_u128(7));
        touched.add(user);
        touched.add(user);
        let failed = touched.tell(10, |users| {
            assert_eq!(users, [user]);
            assert!(!touched.is_told());
            Err(Error::internal("away"))
        });
        assert!(failed.is_err() && !touched.is_told());
        let told = touched.tell(10, |users| {
            // Who writes again meanwhile is told of again.
            touched.add(user);
            assert_eq!(users, [user]);
            Ok(())
        });
        assert!(told.is_ok() && !touched.is_told());
        assert!(touched.tell(10, |_| Ok(())).is_ok() && touched.is_told());
    }

    #[test]
    fn only_some_are_told_of_at_a_time() {
        let touched = Touched::default();
        (0..5).for_each(|number| touched.add(Uuid::from_u128(number)));
        let mut seen = 0;
        while !touched.is_told() {
            let told = touched.tell(2, |users| {
                assert!(users.len() <= 2);
                seen += users.len();
                Ok(())
            });
            assert!(told.is_ok());
        }
        assert_eq!(seen, 5);
    }
}
