//! A connection that takes several messages at once.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::TryStreamExt;
use futures_util::future::join3;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::{Client, Config, Error, NoTls, Row, Statement};

use super::select::{Name, Question};
use crate::db::tx::{self, Access, Owner};

/// How long a connection may take to be opened.
const OPENING: Duration = Duration::from_secs(2);

/// The way to a server that needs no encryption.
pub(super) struct Route(Config);

impl Route {
    /// None where what libpq would do cannot be done here: an encrypted connection, or a word that only it knows.
    pub(super) fn to(url: &str) -> Option<Self> {
        let mut config: Config = url.parse().ok()?;
        let (hosts, addresses) = (config.get_hosts(), config.get_hostaddrs());
        let is_private = config.get_ssl_mode() == SslMode::Disable
            || hosts.iter().all(is_on_this_machine) && addresses.iter().all(IpAddr::is_loopback);
        // Without a host libpq asks the environment.
        let is_named = !hosts.is_empty() || !addresses.is_empty();
        config
            .ssl_mode(SslMode::Disable)
            .application_name("rebound")
            .connect_timeout(OPENING)
            .tcp_user_timeout(Duration::from_secs(4))
            .keepalives_idle(Duration::from_secs(10))
            .keepalives_interval(Duration::from_secs(3))
            .keepalives_retries(3);
        (is_private && is_named).then_some(Self(config))
    }

    /// Opens a connection, which lives on the calling thread.
    pub(super) async fn open(&self) -> Option<Line> {
        let opened = tokio::time::timeout(OPENING, self.0.connect(NoTls)).await;
        let Ok(Ok((client, connection))) = opened else {
            log::debug!("no connection for reads in one trip can be opened");
            return None;
        };
        actix_web::rt::spawn(async move {
            if connection.await.is_err() {
                log::debug!("a connection for reads in one trip was lost");
            }
        });
        Some(Line {
            client,
            prepared: Mutex::default(),
        })
    }
}

fn is_on_this_machine(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
        }
        Host::Unix(_) => true,
    }
}

/// An open connection, and what is prepared on it.
pub(super) struct Line {
    client: Client,
    prepared: Mutex<HashMap<Name, Statement>>,
}

impl Line {
    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Asks in a transaction of its own.
    pub(super) async fn read(
        &self,
        owner: Owner,
        question: &Question<'_>,
    ) -> Result<Vec<Row>, Fault> {
        // Planned once: with its parameters unknown the server finds the same index, and planning takes as long as
        // reading.
        let opening = format!(
            "{};SET LOCAL plan_cache_mode=force_generic_plan",
            tx::opening(owner, Access::Read)
        );
        let name = question.name()?;
        let known = self
            .prepared
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&name)
            .cloned();
        let statement = match known {
            Some(statement) => statement,
            None => {
                let (sql, types) = (question.sql()?, question.types()?);
                let preparing = self.client.prepare_typed(&sql, &types);
                let statement = self.together(&opening, preparing).await?;
                let mut prepared = self.prepared.lock().unwrap_or_else(PoisonError::into_inner);
                prepared.insert(name, statement.clone());
                statement
            }
        };
        let binds = question.binds()?;
        let asking = async {
            let rows = self.client.query_raw(&statement, binds).await?;
            rows.try_collect().await
        };
        Ok(self.together(&opening, asking).await?)
    }

    /// Sends the opening, something and COMMIT, one right after the other. What came of it counts only when the
    /// opening succeeded.
    async fn together<T>(
        &self,
        opening: &str,
        something: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        // Each is sent when it is polled for the first time, and they are polled in this order. Nobody else's can
        // come between: all of it happens without a pause, on one thread.
        let (opened, outcome, ended) = join3(
            self.client.batch_execute(opening),
            something,
            self.client.batch_execute("COMMIT"),
        )
        .await;
        opened?;
        ended?;
        outcome
    }
}

/// Why nothing was read. The caller reads the plain way, and learns there what is to be told.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// The connection, which must not be used again, or the server behind it.
    Connection,
    /// The statement, which cannot go this way; the connection is as good as before.
    Statement,
}

impl From<Error> for Fault {
    fn from(_: Error) -> Self {
        Self::Connection
    }
}

impl From<diesel::result::Error> for Fault {
    fn from(_: diesel::result::Error) -> Self {
        Self::Statement
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stays_on_this_machine_or_is_said_to_need_none_goes_without_encryption() {
        for (url, taken) in [
            ("postgresql:///d?host=/run/postgresql&user=u", true),
            ("postgresql://u@localhost:5433/d", true),
            ("postgresql://u@127.0.0.1/d?sslmode=prefer", true),
            ("postgresql://u@[::1]/d", true),
            ("postgresql://u@db.example/d?sslmode=disable", true),
            ("postgresql:///d", false),
            ("postgresql://u@db.example/d", false),
            ("postgresql://u@db.example/d?sslmode=require", false),
            ("postgresql://u@localhost,db.example/d", false),
            ("postgresql://u@localhost/d?hostaddr=192.0.2.1", false),
            ("postgresql://u@localhost/d?sslmode=verify-full", false),
            ("postgresql://u@localhost/d?passfile=/etc/pgpass", false),
        ] {
            assert_eq!(Route::to(url).is_some(), taken, "{url}");
        }
    }
}
