//! The database that a command works on: the one of the URL, or the embedded one, started if need be.

use diesel::PgConnection;

use super::Failure;
use super::user::explain;
use crate::clock::real_now;
use crate::config::{DatabaseSettings, Secret};
use crate::db::embedded::{
    APP_ROLE, Cluster, DATABASE, EmbeddedError, OWNER_ROLE, Options, running_url,
};
use crate::db::{
    Access, ConnectionOptions, Owner, Tx, connect, connection_failure, in_transaction, migrate,
};
use crate::events::epochs;

/// Connections of the embedded server beside those of the service: commands, backups, a curious person.
const SPARE_CONNECTIONS: u32 = 30;

/// A database at hand. The embedded server, when it was started for this, stops when this is dropped.
pub struct Database {
    /// For requests.
    pub app: ConnectionOptions,
    owner: ConnectionOptions,
    /// The embedded server, when it is ours.
    pub cluster: Option<Cluster>,
}

/// Opens the database that the settings name.
pub fn open(
    settings: &DatabaseSettings,
    connections: u32,
    statement_cache: bool,
) -> Result<Database, Failure> {
    let options = |url: Secret| ConnectionOptions {
        url,
        statement_cache,
    };
    if let Some(url) = settings.external_url() {
        let owner = settings
            .migrate_database_url
            .clone()
            .unwrap_or_else(|| url.clone());
        return Ok(Database {
            app: options(url),
            owner: options(owner),
            cluster: None,
        });
    }
    let wanted = Options {
        max_connections: u16::try_from(connections.saturating_add(SPARE_CONNECTIONS))
            .unwrap_or(u16::MAX),
        ..Options::new(&settings.data_dir)
    };
    let cluster = Cluster::start(&wanted)?;
    Ok(Database {
        app: options(Secret::from(cluster.url(APP_ROLE, DATABASE))),
        owner: options(Secret::from(cluster.url(OWNER_ROLE, DATABASE))),
        cluster: Some(cluster),
    })
}

/// Opens the database for a command that may run beside a service on the same data folder.
pub fn open_beside(settings: &DatabaseSettings) -> Result<Database, Failure> {
    match open(settings, 4, true) {
        Err(failure) if matches!(failure.downcast_ref(), Some(EmbeddedError::InUse { .. })) => {
            let url = |role| running_url(&settings.data_dir, role, DATABASE).map(Secret::from);
            let options = |url| ConnectionOptions {
                url,
                statement_cache: true,
            };
            Ok(Database {
                app: options(url(APP_ROLE)?),
                owner: options(url(OWNER_ROLE)?),
                cluster: None,
            })
        }
        other => other,
    }
}

impl Database {
    /// A connection for the statements of a command.
    pub fn connect(&self) -> Result<PgConnection, Failure> {
        connect_or_explain(&self.app)
    }

    /// Fails when the URL of a replica cannot be meant. The replica itself need not be there.
    pub fn check_replica(&self, url: &Secret) -> Result<(), Failure> {
        if self.cluster.is_some() {
            return Err("--replica-database-url goes with --database-url: the embedded PostgreSQL has no replica.".into());
        }
        if !looks_like_postgres(url.expose()) {
            return Err("--replica-database-url: write it like postgresql://user:password@host:5432/database.".into());
        }
        Ok(())
    }

    /// Applies pending migrations and says how many there were.
    pub fn migrate(&self) -> Result<usize, Failure> {
        let mut owner = connect_or_explain(&self.owner)?;
        let count = migrate::migrate(&mut owner)?;
        if epochs::begin(&mut owner)? {
            log::info!("events have come in from another database: an epoch begins");
        }
        Ok(count)
    }

    /// Fails unless the schema is the one of this version. It asks as requests do: the login of the service need not
    /// be able to do anything else.
    pub fn verify(&self) -> Result<(), Failure> {
        let mut connection = self.connect()?;
        migrate::verify_made(&mut connection)?;
        let read = |tx: &mut Tx<'_>| Ok((migrate::verify(tx.conn), epochs::is_begun(tx.conn)?));
        let (schema, is_begun) = in_transaction(
            &mut connection,
            Owner::Nobody,
            Access::Read,
            real_now(),
            read,
        )
        .map_err(explain)?;
        schema?;
        match is_begun {
            true => Ok(()),
            false => Err("The data was restored from another database. Run `rebound migrate` once, or start without --no-migrate.".into()),
        }
    }
}

fn connect_or_explain(options: &ConnectionOptions) -> Result<PgConnection, Failure> {
    if !looks_like_postgres(options.url.expose()) {
        let hint = "The database URL is none of PostgreSQL. Write it like postgresql://user:password@host:5432/database, \
            or leave it out to use the embedded one.";
        return Err(hint.into());
    }
    connect(options).map_err(|error| {
        format!(
            "The database cannot be used: {}. Check DATABASE_URL, or leave it out to use the embedded one.",
            connection_failure(&error)
        )
        .into()
    })
}

/// Is this a URL, or a list of `name=value`, for PostgreSQL's client library?
fn looks_like_postgres(url: &str) -> bool {
    match url.split_once("://") {
        Some((scheme, _)) => ["postgres", "postgresql"].contains(&scheme),
        None => url.contains('='),
    }
}
