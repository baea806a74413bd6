//! What this process knows of the life of sessions, so that not every request asks the database.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock, RwLockWriteGuard};
use std::time::{Duration, Instant};

use uuid::Uuid;

/// For how long a session that was alive is believed to be so (promise 8: one second).
pub(super) const BELIEVED: Duration = Duration::from_secs(1);
/// No answer of the database comes later than this.
const LATEST_ANSWER: Duration = Duration::from_secs(10);
/// Sessions that are remembered at the most.
const REMEMBERED: usize = 100_000;

/// Sessions that the database called alive when it was asked last, and those that ended here a moment ago: an
/// answer may come late, and what was learnt after the question counts more.
#[derive(Default)]
pub struct LiveSessions(RwLock<Known>);

#[derive(Default)]
struct Known {
    sessions: HashMap<Uuid, Word>,
    /// When everything was forgotten that was known then.
    emptied: Option<Instant>,
}

/// What is known of a session.
#[derive(Clone, Copy)]
struct Word {
    /// Whose it is; nobody's when it has ended.
    alive_for: Option<Uuid>,
    /// Since when: the instant at which the database was asked, or at which it ended here.
    since: Instant,
}

impl LiveSessions {
    /// Was the session of this user alive less than a second ago?
    pub fn is_fresh(&self, user_id: Uuid, session: Uuid) -> bool {
        self.seen(user_id, session)
            .is_some_and(|seen| seen.elapsed() < BELIEVED)
    }

    /// Was it alive when the database was asked last, whenever that was?
    pub fn was_alive(&self, user_id: Uuid, session: Uuid) -> bool {
        self.seen(user_id, session).is_some()
    }

    fn seen(&self, user_id: Uuid, session: Uuid) -> Option<Instant> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let word = known.sessions.get(&session)?;
        (word.alive_for == Some(user_id)).then_some(word.since)
    }

    /// The database, asked at this instant, called it alive.
    pub fn remember(&self, user_id: Uuid, session: Uuid, asked: Instant) {
        let mut known = self.write();
        let last = known.sessions.get(&session).map(|word| word.since);
        if last.max(known.emptied).is_none_or(|since| since < asked) {
            known.learn(session, Some(user_id), asked);
        }
    }

    /// The session has ended here and now.
    pub fn forget(&self, session: Uuid) {
        self.write().learn(session, None, Instant::now());
    }

    /// These sessions have ended here and now.
    pub fn forget_these(&self, sessions: &[Uuid]) {
        for session in sessions {
            self.forget(*session);
        }
    }

    /// Everything may have ended, as after a change of password.
    pub fn forget_all(&self) {
        *self.write() = Known {
            sessions: HashMap::new(),
            emptied: Some(Instant::now()),
        };
    }

    fn write(&self) -> RwLockWriteGuard<'_, Known> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn learn(&mut self, session: Uuid, alive_for: Option<Uuid>, since: Instant) {
        if self.sessions.len() >= REMEMBERED {
            self.sessions.retain(|_, word| word.is_needed());
        }
        self.sessions.insert(session, Word { alive_for, since });
    }
}

impl Word {
    fn is_needed(&self) -> bool {
        let age = self.since.elapsed();
        match self.alive_for {
            Some(_) => age < BELIEVED,
            None => age < LATEST_ANSWER,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: Uuid = Uuid::from_u128(1);
    const SESSION: Uuid = Uuid::from_u128(2);

    #[test]
    fn a_session_is_believed_for_a_second_from_when_it_was_asked_for() {
        let known = LiveSessions::default();
        let Some(asked) = Instant::now().checked_sub(BELIEVED) else {
            return;
        };
        known.remember(ADA, SESSION, asked);
        assert!(!known.is_fresh(ADA, SESSION) && known.was_alive(ADA, SESSION));
        known.remember(ADA, SESSION, Instant::now());
        assert!(known.is_fresh(ADA, SESSION) && !known.was_alive(Uuid::nil(), SESSION));
    }

    #[test]
    fn a_late_answer_does_not_bring_back_what_ended_after_the_question() {
        let ends: [fn(&LiveSessions); 3] = [
            |known| known.forget(SESSION),
            |known| known.forget_these(&[Uuid::nil(), SESSION]),
            LiveSessions::forget_all,
        ];
        for end in ends {
            let known = LiveSessions::default();
            let asked = Instant::now();
            end(&known);
            known.remember(ADA, SESSION, asked);
            assert!(!known.was_alive(ADA, SESSION));
            // Others are none the worse for it, nor is what is asked from now on.
            let again = a_moment_later();
            known.remember(ADA, Uuid::max(), again);
            known.remember(ADA, SESSION, again);
            assert!(known.is_fresh(ADA, Uuid::max()) && known.is_fresh(ADA, SESSION));
        }
    }

    #[test]
    fn of_two_answers_the_one_to_the_later_question_counts() {
        let known = LiveSessions::default();
        let first = Instant::now();
        let Some(earlier) = first.checked_sub(BELIEVED) else {
            return;
        };
        known.remember(ADA, SESSION, first);
        known.remember(ADA, SESSION, earlier);
        assert!(known.is_fresh(ADA, SESSION));
    }

    #[test]
    fn sessions_that_nobody_uses_make_room_and_those_that_just_ended_stay_ended() {
        let known = LiveSessions::default();
        let asked = Instant::now();
        let Some(old) = asked.checked_sub(BELIEVED) else {
            return;
        };
        known.forget(SESSION);
        for number in 1..REMEMBERED as u128 {
            known.remember(ADA, Uuid::from_u128(number + 10), old);
        }
        known.remember(ADA, Uuid::max(), Instant::now());
        known.remember(ADA, SESSION, asked);
        assert!(!known.was_alive(ADA, SESSION) && known.is_fresh(ADA, Uuid::max()));
        assert_eq!(known.write().sessions.len(), 2);
    }

    fn a_moment_later() -> Instant {
        let now = Instant::now();
        loop {
            let later = Instant::now();
            if later > now {
                return later;
            }
        }
    }
}
