//! Sessions: is one still alive?

use std::collections::HashMap;
use std::sync::RwLock;
use std::time::{Duration, Instant};

use diesel::prelude::*;
use uuid::Uuid;

use super::CurrentUser;
use crate::db::schema::{sessions, users};
use crate::db::{Access, Db};
use crate::http::error::Result;

/// For how long a session that was alive is believed to be so (promise 8: one second).
const BELIEVED: Duration = Duration::from_secs(1);
/// Sessions that are remembered at the most.
const REMEMBERED: usize = 100_000;

/// Sessions that the database called alive less than a second ago.
#[derive(Default)]
pub struct LiveSessions(RwLock<HashMap<Uuid, Instant>>);

impl LiveSessions {
    /// Was the session alive less than a second ago?
    pub fn is_fresh(&self, session: Uuid) -> bool {
        self.0
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .get(&session)
            .is_some_and(|seen| seen.elapsed() < BELIEVED)
    }

    /// The database just called it alive.
    pub fn remember(&self, session: Uuid) {
        let mut sessions = self
            .0
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if sessions.len() >= REMEMBERED {
            sessions.retain(|_, seen| seen.elapsed() < BELIEVED);
        }
        sessions.insert(session, Instant::now());
    }

    /// The session has ended here and now.
    pub fn forget(&self, session: Uuid) {
        self.0
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .remove(&session);
    }

    /// Everything may have ended, as after a change of password.
    pub fn forget_all(&self) {
        self.0
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clear();
    }
}

/// Asks the database whether the session lives and its user may sign in.
pub async fn is_alive(db: &Db, user: CurrentUser) -> Result<bool> {
    db.system(Access::Read, move |tx| {
        let found = sessions::table
            .inner_join(users::table)
            .filter(sessions::id.eq(user.session_id))
            .filter(sessions::user_id.eq(user.id))
            .filter(sessions::revoked_at.is_null())
            .filter(sessions::expires_at.gt(tx.now))
            .filter(users::disabled_at.is_null())
            .select(sessions::id)
            .first::<Uuid>(tx.conn)
            .optional()?;
        Ok(found.is_some())
    })
    .await
}
