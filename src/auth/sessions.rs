//! Sessions: opened by a sign-in, kept alive by refresh tokens, ended by whoever holds them.
//!
//! A refresh token works once. Its answer may get lost, so the token that was used last may be used
//! again until its successor is used. Any other second use means that two parties hold tokens of one
//! session, and nobody can tell which of them is the thief: the session ends.

use chrono::{DateTime, Utc};
use diesel::PgConnection;
use uuid::Uuid;

use super::opaque::{self, Opaque};
use super::queries::{self, NewSession, SessionState};
use crate::config::Secret;
use crate::db::{Db, Owner, Reading, Server, Tx, ids};
use crate::http::answer::Precondition;
use crate::http::error::Result;
use crate::http::page::Window;

pub use super::queries::LiveSession;

/// How long a session lives without being used, in days.
const LIFE_DAYS: i64 = 30;
/// What every refresh token begins with.
const PREFIX: &str = "rbd_rt_";
/// Generations of refresh tokens that are recognised: as many as 30 days of an access token each make.
const RECOGNISED: i32 = 3_000;
/// After so many generations the older ones are cleared away.
const TRIM_EVERY: i32 = 100;

/// Asks the database whether the session lives and its user may sign in, and says which server knew.
pub async fn is_alive(
    db: &Db,
    user_id: Uuid,
    session: Uuid,
    place: Reading,
) -> Result<(bool, Server)> {
    db.read_somewhere(Owner::Nobody, place, move |tx| {
        queries::is_alive(tx.conn, user_id, session, tx.now)
    })
    .await
}

/// A session with the refresh token that may be used next.
pub struct Opened {
    /// The session.
    pub id: Uuid,
    /// Whose it is.
    pub user_id: Uuid,
    /// For the client, once.
    pub refresh_token: Secret,
}

/// Opens a session.
pub fn open(tx: &mut Tx<'_>, user_id: Uuid, device: Option<&str>) -> Result<Opened> {
    let session = NewSession {
        id: ids::new_id(tx.now),
        user_id,
        device,
        created_at: tx.now,
        last_used_at: tx.now,
        expires_at: end(tx.now),
    };
    queries::insert_session(tx.conn, &session)?;
    issue(tx, session.id, user_id, 0)
}

/// What became of a refresh token that was presented.
pub enum Renewal {
    /// The session goes on with a new token.
    Renewed(Opened),
    /// The token had been replaced, so this session was ended. The transaction must be committed.
    Reused(Uuid),
    /// There is no such token, or its session has ended.
    Unknown,
}

/// Presents a refresh token.
pub fn renew(tx: &mut Tx<'_>, token: &str) -> Result<Renewal> {
    let hash = opaque::hash(token);
    let Some((id, generation)) = queries::find_refresh_token(tx.conn, &hash)? else {
        return Ok(Renewal::Unknown);
    };
    let Some(session) = queries::lock_session(tx.conn, id)? else {
        return Ok(Renewal::Unknown);
    };
    if session.revoked_at.is_some() || session.expires_at <= tx.now {
        return Ok(Renewal::Unknown);
    }
    let next = match judge(&session, &hash, generation) {
        Verdict::Next => session.generation + 1,
        Verdict::Again => session.generation,
        Verdict::Stolen => {
            queries::revoke_session(tx.conn, id, tx.now)?;
            return Ok(Renewal::Reused(id));
        }
    };
    queries::advance_session(tx.conn, id, &hash, next, tx.now, end(tx.now))?;
    if next % TRIM_EVERY == 0 {
        queries::trim_refresh_tokens(tx.conn, id, next - RECOGNISED)?;
    }
    Ok(Renewal::Renewed(issue(tx, id, session.user_id, next)?))
}

#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    /// A token of the present generation: a new generation begins.
    Next,
    /// The token that was used last, whose answer was lost: its successor has not been used.
    Again,
    /// Any other token.
    Stolen,
}

fn judge(session: &SessionState, hash: &[u8], generation: i32) -> Verdict {
    if generation == session.generation {
        Verdict::Next
    } else if session.last_used_hash.as_deref() == Some(hash) {
        Verdict::Again
    } else {
        Verdict::Stolen
    }
}

fn issue(tx: &mut Tx<'_>, id: Uuid, user_id: Uuid, generation: i32) -> Result<Opened> {
    let token = Opaque::new(PREFIX);
    queries::insert_refresh_token(tx.conn, &token.hash, id, generation)?;
    Ok(Opened {
        id,
        user_id,
        refresh_token: token.text,
    })
}

fn end(now: DateTime<Utc>) -> DateTime<Utc> {
    now + chrono::Duration::days(LIFE_DAYS)
}

/// Ends the session of a refresh token, whichever of its tokens it is; the session that ended.
pub fn close(tx: &mut Tx<'_>, token: &str) -> Result<Option<Uuid>> {
    let Some((id, _)) = queries::find_refresh_token(tx.conn, &opaque::hash(token))? else {
        return Ok(None);
    };
    if let Some(session) = queries::lock_session(tx.conn, id)? {
        queries::delete_session(tx.conn, id, session.user_id)?;
    }
    Ok(Some(id))
}

/// Ends one session of a user; 404 when it is unknown, has ended or is someone else's.
pub fn end_one(
    tx: &mut Tx<'_>,
    user_id: Uuid,
    id: Uuid,
    precondition: &Precondition,
) -> Result<()> {
    let session = queries::find_session(tx.conn, id, user_id, tx.now)?;
    precondition.check(&session)?;
    queries::delete_session(tx.conn, id, user_id)?;
    Ok(())
}

/// Ends all sessions of a user, but the one to keep; which ones ended.
pub fn end_all(tx: &mut Tx<'_>, user_id: Uuid, kept: Option<Uuid>) -> Result<Vec<Uuid>> {
    queries::delete_sessions(tx.conn, user_id, kept)
}

/// The live sessions of a user, newest first.
pub fn list(tx: &mut Tx<'_>, user_id: Uuid, window: &Window) -> Result<Vec<LiveSession>> {
    queries::list_sessions(tx.conn, user_id, tx.now, window)
}

/// Forgets sessions that ended by themselves, so many at the most; for housekeeping.
pub fn forget_expired(conn: &mut PgConnection, now: DateTime<Utc>, most: usize) -> Result<usize> {
    queries::delete_expired_sessions(conn, now, most)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A session that stands for the database: what it stores, and which tokens it gave out.
    struct Story {
        session: SessionState,
        issued: Vec<(Vec<u8>, i32)>,
    }

    impl Story {
        fn begin() -> Self {
            let now: DateTime<Utc> = "2026-11-01T10:00:00Z".parse().expect("an instant");
            Self {
                session: SessionState {
                    user_id: Uuid::nil(),
                    expires_at: end(now),
                    revoked_at: None,
                    last_used_hash: None,
                    generation: 0,
                },
                issued: vec![(vec![0], 0)],
            }
        }

        /// Presents the token that was issued as number `token`; the new one is the last.
        fn present(&mut self, token: usize) -> Verdict {
            let (hash, generation) = self.issued[token].clone();
            let verdict = judge(&self.session, &hash, generation);
            if verdict == Verdict::Next {
                self.session.generation += 1;
            }
            self.session.last_used_hash = Some(hash);
            let name = u8::try_from(self.issued.len()).expect("a short story");
            self.issued.push((vec![name], self.session.generation));
            verdict
        }
    }

    #[test]
    fn each_token_is_followed_by_the_next() {
        let mut story = Story::begin();
        assert_eq!(story.present(0), Verdict::Next);
        assert_eq!(story.present(1), Verdict::Next);
        assert_eq!(story.present(2), Verdict::Next);
    }

    #[test]
    fn a_lost_answer_may_be_asked_for_again_until_its_successor_is_used() {
        let mut story = Story::begin();
        assert_eq!(story.present(0), Verdict::Next);
        assert_eq!(story.present(0), Verdict::Again);
        assert_eq!(story.present(0), Verdict::Again);
        assert_eq!(story.present(3), Verdict::Next);
        assert_eq!(story.present(0), Verdict::Stolen);
    }

    #[test]
    fn a_replaced_token_is_stolen_once_its_successor_was_used() {
        let mut story = Story::begin();
        story.present(0);
        story.present(1);
        assert_eq!(story.present(0), Verdict::Stolen);
    }

    #[test]
    fn of_two_answers_to_one_token_only_one_can_be_used() {
        let mut story = Story::begin();
        story.present(0);
        story.present(0);
        assert_eq!(story.present(1), Verdict::Next);
        assert_eq!(story.present(2), Verdict::Stolen);
    }
}
