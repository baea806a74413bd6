//! Who has written something a moment ago.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use uuid::Uuid;

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

    /// Takes some users out, to tell the queue of them.
    pub fn take(&self, most: usize) -> Option<Telling<'_>> {
        let mut state = self.state();
        let users: Vec<Uuid> = state.waiting.iter().take(most).copied().collect();
        if users.is_empty() {
            return None;
        }
        for user in &users {
            state.waiting.remove(user);
        }
        state.on_the_way = true;
        Some(Telling {
            touched: self,
            users,
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Users who are on their way to the queue. Unless it is [`done`](Self::done), they are told of later.
pub struct Telling<'a> {
    touched: &'a Touched,
    users: Vec<Uuid>,
}

impl Telling<'_> {
    /// Who they are.
    pub fn users(&self) -> &[Uuid] {
        &self.users
    }

    /// The queue knows of them: what told it has been committed.
    pub fn done(mut self) {
        self.users.clear();
    }
}

impl Drop for Telling<'_> {
    fn drop(&mut self) {
        let mut state = self.touched.state();
        state.on_the_way = false;
        state.waiting.extend(self.users.drain(..));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_forgotten_when_telling_fails() {
        let (touched, user) = (Touched::default(), Uuid::from_u128(7));
        touched.add(user);
        touched.add(user);
        let telling = touched.take(10).expect("somebody wrote");
        assert_eq!(telling.users(), [user]);
        assert!(!touched.is_told());
        drop(telling);
        assert!(!touched.is_told());

        let telling = touched.take(10).expect("somebody was not told of");
        // Who writes again meanwhile is told of again.
        touched.add(user);
        assert_eq!(telling.users(), [user]);
        telling.done();
        assert!(!touched.is_told());

        touched.take(10).expect("somebody wrote again").done();
        assert!(touched.is_told());
        assert!(touched.take(10).is_none());
    }

    #[test]
    fn only_some_are_told_of_at_a_time() {
        let touched = Touched::default();
        (0..5).for_each(|number| touched.add(Uuid::from_u128(number)));
        let mut seen = 0;
        while let Some(telling) = touched.take(2) {
            assert!(telling.users().len() <= 2);
            seen += telling.users().len();
            telling.done();
        }
        assert_eq!(seen, 5);
    }
}
