//! The pool: as many connections as threads, no query to test them, broken ones found by their error.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::connection::{AnsiTransactionManager, CacheSize, Connection, TransactionManager};
use diesel::{ConnectionError, PgConnection};
use url::Url;
use uuid::Uuid;

use super::tx::{self, Access, Owner, Tx};
use crate::config::Secret;
use crate::http::error::Error;

/// How connections are opened.
#[derive(Clone, Debug)]
pub struct ConnectionOptions {
    /// A libpq URL.
    pub url: Secret,
    /// Keep prepared statements; off for poolers that cannot.
    pub statement_cache: bool,
}

/// Opens one connection with the limits that every connection of ours has.
pub fn connect(options: &ConnectionOptions) -> Result<PgConnection, ConnectionError> {
    let mut conn = PgConnection::establish(&with_limits(options.url.expose()))?;
    if !options.statement_cache {
        conn.set_prepared_statement_cache_size(CacheSize::Disabled);
    }
    Ok(conn)
}

/// Adds what libpq needs to notice a peer that is gone or frozen, where the URL does not say.
fn with_limits(url: &str) -> String {
    let Ok(mut parsed) = Url::parse(url) else {
        return url.to_owned();
    };
    let given: Vec<String> = parsed
        .query_pairs()
        .map(|(name, _)| name.into_owned())
        .collect();
    let wanted = [
        ("connect_timeout", "2"),
        ("tcp_user_timeout", "4000"),
        ("keepalives_idle", "10"),
        ("keepalives_interval", "3"),
        ("keepalives_count", "3"),
        ("application_name", "rebound"),
    ];
    for (name, value) in wanted {
        if !given.iter().any(|known| known == name) {
            parsed.query_pairs_mut().append_pair(name, value);
        }
    }
    parsed.into()
}

/// A connection and whether it may be used again.
pub struct Pooled {
    conn: PgConnection,
    broken: bool,
}

/// Makes and judges connections for r2d2.
pub struct Manager {
    options: ConnectionOptions,
}

impl r2d2::ManageConnection for Manager {
    type Connection = Pooled;
    type Error = ConnectionError;

    fn connect(&self) -> Result<Pooled, ConnectionError> {
        connect(&self.options).map(|conn| Pooled {
            conn,
            broken: false,
        })
    }

    fn is_valid(&self, _: &mut Pooled) -> Result<(), ConnectionError> {
        Ok(())
    }

    fn has_broken(&self, pooled: &mut Pooled) -> bool {
        pooled.broken
            || std::thread::panicking()
            || AnsiTransactionManager::is_broken_transaction_manager(&mut pooled.conn)
    }
}

/// Logs why no connection could be made, once for each attempt, without the URL.
#[derive(Debug)]
struct LogFailures;

impl r2d2::HandleError<ConnectionError> for LogFailures {
    fn handle_error(&self, error: ConnectionError) {
        log::warn!(reason:% = connection_failure(&error); "cannot connect to the database");
    }
}

/// The reason of a failed connection without host, user or file names.
pub fn connection_failure(error: &ConnectionError) -> &'static str {
    let text = error.to_string();
    if text.contains("authentication failed") || text.contains("no password supplied") {
        "the server refused the user or password"
    } else if text.contains("does not exist") {
        "the database or role does not exist"
    } else if text.contains("too many") {
        "the server has no connection left"
    } else if text.contains("starting up") || text.contains("shutting down") {
        "the server is starting or stopping"
    } else if text.contains("no pg_hba.conf entry") {
        "the server lets nobody in from here; its pg_hba.conf decides"
    } else if text.contains("translate host name") {
        "the name of the server is unknown"
    } else {
        "the server cannot be reached"
    }
}

/// What is called after a transaction that wrote as a user was committed.
type Tell = Arc<dyn Fn(Uuid) + Send + Sync>;

/// A pool of connections. Cheap to clone.
#[derive(Clone)]
pub struct Pool {
    inner: r2d2::Pool<Manager>,
    tell: Option<Tell>,
}

/// Builds a pool without waiting for the first connection.
pub fn pool(options: ConnectionOptions, size: u32) -> Pool {
    let inner = r2d2::Pool::builder()
        .max_size(size)
        .min_idle(Some(0))
        .test_on_check_out(false)
        // r2d2 waits longer after each failed attempt, up to half of this: short, so that a server
        // that comes back is found at once.
        .connection_timeout(Duration::from_millis(1_000))
        .idle_timeout(Some(Duration::from_secs(600)))
        .max_lifetime(Some(Duration::from_secs(1_800)))
        .error_handler(Box::new(LogFailures))
        .build_unchecked(Manager { options });
    Pool { inner, tell: None }
}

/// A checked-out connection, with the pool it came from.
pub(super) struct Checkout<'p> {
    pool: &'p Pool,
    conn: r2d2::PooledConnection<Manager>,
}

impl Pool {
    /// The same pool, which tells of every user whose write was committed.
    #[must_use]
    pub fn telling(self, tell: impl Fn(Uuid) + Send + Sync + 'static) -> Self {
        Self {
            tell: Some(Arc::new(tell)),
            ..self
        }
    }

    pub(super) fn get(&self) -> Result<Checkout<'_>, Error> {
        Ok(Checkout {
            pool: self,
            conn: self.checkout()?,
        })
    }

    fn checkout(&self) -> Result<r2d2::PooledConnection<Manager>, Error> {
        self.inner
            .get()
            .map_err(|_| Error::Unreachable("no connection within the time"))
    }

    /// Connections in use and connections open, for the metrics.
    pub fn usage(&self) -> (u32, u32) {
        let state = self.inner.state();
        (
            state.connections - state.idle_connections,
            state.connections,
        )
    }

    /// Runs work in a transaction of this pool on the calling thread, for background threads.
    pub fn transaction<T>(
        &self,
        owner: Owner,
        access: Access,
        now: DateTime<Utc>,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.get()?.transaction(owner, access, now, work)
    }
}

impl Checkout<'_> {
    /// Opens a transaction and runs the work in it.
    ///
    /// A connection that died while idle shows at BEGIN, when nothing has been done yet: it is thrown
    /// away and another one is taken, at most once for each connection of the pool.
    pub(super) fn transaction<T>(
        mut self,
        owner: Owner,
        access: Access,
        now: DateTime<Utc>,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut spare = self.pool.inner.max_size();
        while let Err(error) = tx::begin(&mut self.conn.conn, owner, access) {
            self.conn.broken = true;
            if spare == 0 {
                return Err(error);
            }
            spare -= 1;
            log::debug!("a dead connection is replaced: {error}");
            drop(self.conn);
            self.conn = self.pool.checkout()?;
        }
        let result = tx::finish(&mut self.conn.conn, owner, now, work);
        if result.as_ref().is_err_and(Error::is_lost_connection) {
            self.conn.broken = true;
        }
        if let (Ok(_), Owner::User(user), Access::Write, Some(tell)) =
            (&result, owner, access, &self.pool.tell)
        {
            tell(user);
        }
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_added_where_the_url_names_none() {
        let url = with_limits("postgres://u@h/d?connect_timeout=9");
        assert!(url.contains("connect_timeout=9") && url.contains("tcp_user_timeout=4000"));
        assert_eq!(url.matches("connect_timeout").count(), 1);
    }
}
