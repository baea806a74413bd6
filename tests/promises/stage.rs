//! Where the experiments take place: a database, a folder, users with tokens, and services on all of that.

use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};

use diesel::prelude::*;
use diesel::sql_types::{Text, Uuid as SqlUuid};
use rebound::auth::keys::Keys;
use rebound::auth::tokens;
use rebound::clock::real_now;
use rebound::config::Secret;
use rebound::db::embedded::{DATABASE, OWNER_ROLE, running_url};
use rebound::db::ids::new_id;
use rebound::db::{ConnectionOptions, connect, migrate};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::app::shared_cluster;
use crate::support::cluster::{Scratch, TestCluster, TestDb};
use crate::support::process::Service;
use crate::support::wire::Wire;

/// What every experiment starts its service with, unless it is about just this.
pub const FLAGS: &[&str] = &[
    "--email-verification",
    "off",
    "--rate-limit-user",
    "1000000",
    "--rate-limit-network",
    "1000000",
    "--database-connections",
    "4",
    "--workers",
    "2",
];

static TURN: Mutex<()> = Mutex::new(());

/// A place for one experiment.
pub struct Stage {
    /// `None` when the service runs its own database.
    database: Option<TestDb>,
    folder: Scratch,
    /// Dropped last: faults and load of one experiment must not be measured by another.
    _turn: MutexGuard<'static, ()>,
}

/// A user with a session, and nothing else.
pub struct User {
    /// The user's id.
    pub id: Uuid,
    /// The session's id.
    pub session: Uuid,
    /// An access token of the session.
    pub token: String,
}

impl Stage {
    /// A database of the cluster that all experiments share.
    pub fn shared() -> Self {
        let cluster = shared_cluster();
        Self::new(Some(cluster.new_database()))
    }

    /// A database of a cluster of its own, to be stopped and frozen.
    pub fn on_own_cluster(durable: bool) -> Self {
        let cluster = TestCluster::separate(durable);
        cluster.build_template(migrate_template);
        Self::new(Some(cluster.new_database()))
    }

    /// The same in a certain folder.
    pub fn on_cluster_in(folder: Scratch) -> Self {
        let cluster = TestCluster::in_folder(folder, true);
        cluster.build_template(migrate_template);
        Self::new(Some(cluster.new_database()))
    }

    /// Goes on with a new server that has the contents of a backup, and with the same keys.
    pub fn restore(self, backup: &Path) -> Self {
        let cluster = TestCluster::separate(false);
        cluster.build_template(|url| {
            let status = Command::new(cluster.programs().join("pg_restore"))
                .args(["--no-owner", "--exit-on-error", "--dbname", url])
                .arg(backup)
                .status()
                .expect("pg_restore runs");
            assert!(status.success());
        });
        Self {
            database: Some(cluster.new_database()),
            ..self
        }
    }

    /// The service runs its own database.
    pub fn embedded() -> Self {
        Self::new(None)
    }

    /// The same in a certain folder.
    pub fn embedded_in(folder: Scratch) -> Self {
        Self {
            folder,
            ..Self::new(None)
        }
    }

    fn new(database: Option<TestDb>) -> Self {
        Self {
            database,
            folder: Scratch::new(),
            _turn: turn(),
        }
    }

    /// Starts a service with further flags; a second one is a replica of the first.
    pub fn serve(&self, flags: &[&str]) -> Service {
        let url = self.database.as_ref().map(TestDb::app_url);
        self.serve_on(url.as_deref(), flags)
    }

    /// The same with its requests on another way to the database.
    pub fn serve_on(&self, url: Option<&str>, flags: &[&str]) -> Service {
        let keys = self.folder.path().join("keys").display().to_string();
        let owner_url = self.database.as_ref().map(TestDb::owner_url);
        let urls = url.zip(owner_url.as_deref());
        // A flag is taken once: what the experiment says itself wins.
        let usual = FLAGS
            .chunks(2)
            .filter(|pair| !flags.contains(&pair[0]))
            .flatten();
        let flags: Vec<&str> = usual
            .chain(&["--signing-keys", keys.as_str()])
            .chain(flags)
            .copied()
            .collect();
        Service::start(self.folder.path(), urls, &flags)
    }

    /// The name of the database.
    pub fn database(&self) -> &str {
        self.database
            .as_ref()
            .expect("this stage has a cluster")
            .name()
    }

    /// The cluster of the database.
    pub fn cluster(&self) -> &TestCluster {
        self.database
            .as_ref()
            .expect("this stage has a cluster")
            .cluster()
    }

    /// The folder of its files.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// A URL for the role that owns the tables.
    pub fn owner_url(&self) -> String {
        self.database
            .as_ref()
            .expect("this stage has a cluster")
            .owner_url()
    }

    /// A URL for the role that requests run under.
    pub fn app_url(&self) -> String {
        self.database
            .as_ref()
            .expect("this stage has a cluster")
            .app_url()
    }

    /// The keys of its services.
    pub fn keys(&self) -> Keys {
        Keys::open(&self.folder.path().join("keys")).unwrap_or_else(|error| panic!("{error}"))
    }

    /// A connection as the owner of the tables.
    pub fn owner(&self) -> PgConnection {
        let url = match &self.database {
            Some(database) => database.owner_url(),
            None => running_url(&self.folder.path().join("data"), OWNER_ROLE, DATABASE)
                .unwrap_or_else(|error| panic!("{error}")),
        };
        open(&url)
    }

    /// Runs a statement as the owner of the tables.
    pub fn execute(&self, sql: &str) {
        diesel::sql_query(sql)
            .execute(&mut self.owner())
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// Counts by a statement that calls its one number `n`.
    pub fn count(&self, sql: &str) -> i64 {
        #[derive(QueryableByName)]
        struct Count {
            #[diesel(sql_type = diesel::sql_types::BigInt)]
            n: i64,
        }
        let found = diesel::sql_query(sql).get_result::<Count>(&mut self.owner());
        found.unwrap_or_else(|error| panic!("{sql}: {error}")).n
    }

    /// A new user who is signed in; there has to be a service or its keys.
    pub fn user(&self) -> User {
        new_user(&mut self.owner(), &self.keys())
    }
}

impl User {
    /// A client of a service that shows this user's token.
    pub fn at(&self, service: &Service) -> Wire {
        Wire::with_token(service.address, &self.token)
    }
}

/// Puts a user with a session into a database.
pub fn new_user(conn: &mut PgConnection, keys: &Keys) -> User {
    let (id, session) = (new_id(real_now()), new_id(real_now()));
    diesel::sql_query(
        "INSERT INTO users (id, email, password_hash, time_zone, created_at, updated_at)
         VALUES ($1, $2, 'none', 'UTC', now(), now())",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Text, _>(format!("{id}@example.org"))
    .execute(conn)
    .expect("a user");
    diesel::sql_query(
        "INSERT INTO sessions (id, user_id, created_at, last_used_at, expires_at)
         VALUES ($1, $2, now(), now(), now() + interval '30 days')",
    )
    .bind::<SqlUuid, _>(session)
    .bind::<SqlUuid, _>(id)
    .execute(conn)
    .expect("a session");
    User {
        id,
        session,
        token: tokens::issue(keys, id, session, real_now()).expect("a token"),
    }
}

/// Waits for the end of the experiments before this one.
pub fn turn() -> MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn migrate_template(url: &str) {
    migrate::migrate(&mut open(url)).unwrap_or_else(|error| panic!("{error}"));
}

fn open(url: &str) -> PgConnection {
    let options = ConnectionOptions {
        url: Secret::from(url.to_owned()),
        statement_cache: true,
    };
    connect(&options).unwrap_or_else(|error| panic!("{error}"))
}

/// The body of an application at a company.
pub fn application(company: &str) -> Value {
    json!({"company": company, "job_title": "Engineer"})
}

/// The middle one of some measurements.
pub fn median<T: Ord + Copy>(mut values: Vec<T>) -> T {
    values.sort_unstable();
    values[values.len() / 2]
}

/// The measurement that so many percent of them do not exceed; 100 gives the largest.
pub fn percentile<T: Ord + Copy>(values: &mut [T], percent: usize) -> T {
    values.sort_unstable();
    values[(values.len() * percent).div_ceil(100) - 1]
}
