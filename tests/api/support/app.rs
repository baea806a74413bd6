//! The service for a test: in this process, on a port of its own, with a database of its own.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::mpsc;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use chrono::{DateTime, Utc};
use clap::Parser;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use rebound::auth::keys::Keys;
use rebound::clock::Clock;
use rebound::config::{Secret, Settings};
use rebound::db::{ConnectionOptions, connect, migrate};
use rebound::http::document::Document;
use rebound::server;
use rebound::services::Services;
use rebound::webhooks::Names;
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::client::{Client, Request};
use super::cluster::{TestCluster, TestDb};
use super::victim::eventually;

/// Settings as the product has them by default, but for what keeps tests apart and quick.
const FLAGS: &[&str] = &[
    "rebound",
    "--listen",
    "127.0.0.1:0",
    "--test-clock",
    "--workers",
    "1",
    "--database-connections",
    "3",
    "--email-verification",
    "off",
    "--rate-limit-network",
    "100000",
    "--rate-limit-user",
    "100000",
    "--register-limit",
    "100000",
];

/// A later flag wins over an earlier one.
#[derive(Parser)]
#[command(args_override_self = true)]
struct Line {
    #[command(flatten)]
    settings: Settings,
}

/// A running service. It stops and takes its database along when it is dropped, after a panic too.
pub struct TestApp {
    // Dropped in this order: nobody may hold the database when it goes.
    client: Client,
    server: Server,
    owner: Mutex<PgConnection>,
    database: TestDb,
    folder: Folder,
    clock: Clock,
    keys: Keys,
}

/// The template has the schema of the migrations.
pub fn shared_cluster() -> &'static TestCluster {
    TestCluster::shared(|url| {
        let mut connection = open(url);
        migrate::migrate(&mut connection).unwrap_or_else(|error| panic!("{error}"));
    })
}

/// A connection outside of the service.
pub fn open(url: &str) -> PgConnection {
    connect(&options(url)).unwrap_or_else(|error| panic!("{error}"))
}

/// Nobody's name server is asked.
fn nobody() -> Names {
    Names::by(|_| Err(std::io::ErrorKind::NotFound.into()))
}

fn options(url: &str) -> ConnectionOptions {
    ConnectionOptions {
        url: Secret::from(url.to_owned()),
        statement_cache: true,
    }
}

impl TestApp {
    /// The service as it is by default, with a test clock and without rate limits.
    pub fn start() -> Self {
        Self::with(&[])
    }

    /// The same with further flags of `rebound serve`.
    pub fn with(flags: &[&str]) -> Self {
        Self::on(shared_cluster().new_database(), flags)
    }

    /// The same where receivers of webhooks have names that lead somewhere.
    pub fn knowing(names: &Names, flags: &[&str]) -> Self {
        Self::set_up(
            shared_cluster().new_database(),
            flags,
            names,
            server::document(),
        )
    }

    /// A service on a certain database, which is migrated already.
    pub fn on(database: TestDb, flags: &[&str]) -> Self {
        Self::set_up(database, flags, &nobody(), server::document())
    }

    /// The service with another document, of which its edge takes what it has to know of the operations.
    pub fn with_document(document: Document) -> Self {
        Self::set_up(shared_cluster().new_database(), &[], &nobody(), document)
    }

    fn set_up(database: TestDb, flags: &[&str], names: &Names, document: Document) -> Self {
        let folder = Folder::for_database(&database);
        let data_dir = folder.0.display().to_string();
        let line = Line::parse_from(
            FLAGS
                .iter()
                .copied()
                .chain(["--data-dir", &data_dir])
                .chain(flags.iter().copied()),
        );
        if std::env::var_os("REBOUND_TEST_LOG").is_some() {
            rebound::logging::init(&line.settings.log);
        }
        let keys = Keys::open(&line.settings.keys_folder()).unwrap_or_else(|e| panic!("{e}"));
        let clock = Clock::default();
        let options = options(&database.app_url());
        let names = names.clone();
        let server = Server::start(line.settings, options, clock.clone(), names, document);
        Self {
            client: Client::new(server.address),
            server,
            owner: Mutex::new(open(&database.owner_url())),
            database,
            folder,
            clock,
            keys,
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.server.address
    }

    /// The database behind it.
    pub fn database(&self) -> &TestDb {
        &self.database
    }

    /// The folder for its files.
    pub fn folder(&self) -> &std::path::Path {
        &self.folder.0
    }

    /// The keys that sign its access tokens.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Waits until the service has done what follows by itself from what was written.
    pub fn settle(&self) {
        let services = &self.server.services;
        eventually("an empty queue", || {
            services.jobs.wake();
            let now = self.now();
            services.touched.is_told()
                && services.heard.is_told()
                && self.sql_value(&format!(
                    "SELECT (SELECT count(*) FROM jobs WHERE failed_at IS NULL AND run_at <= '{now}')
                          + (SELECT count(*) FROM webhook_queue WHERE run_at <= '{now}' OR lease IS NOT NULL)"
                )) == 0
        });
    }

    /// The service's time.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Stops the service's clock at an instant.
    pub fn set_clock(&self, instant: &str) {
        self.put("/v1/test-clock", json!({"now": instant}))
            .expect(200);
    }

    /// A request without a sign-in and without a body.
    pub fn request(&self, method: &str, path: &str) -> Request {
        self.client.request(method, path)
    }

    /// GET without a sign-in.
    pub fn get(&self, path: &str) -> Request {
        self.request("GET", path)
    }

    /// PUT without a sign-in.
    pub fn put(&self, path: &str, body: Value) -> Request {
        self.request("PUT", path).json(&body)
    }

    /// DELETE without a sign-in.
    pub fn delete(&self, path: &str) -> Request {
        self.request("DELETE", path)
    }

    /// The rows of a SELECT, read as the owner of the tables: row level security hides nothing.
    pub fn sql(&self, select: &str) -> Vec<Value> {
        #[derive(QueryableByName)]
        struct Rows {
            #[diesel(sql_type = Text)]
            rows: String,
        }
        let query =
            format!("SELECT coalesce(json_agg(r), '[]')::text AS rows FROM ({select}) AS r");
        let found: Rows = self.with_owner(|owner| {
            diesel::sql_query(query)
                .get_result(owner)
                .unwrap_or_else(|error| panic!("{select}: {error}"))
        });
        serde_json::from_str(&found.rows).expect("json_agg gives an array")
    }

    /// The first column of the first row of a SELECT.
    pub fn sql_value(&self, select: &str) -> Value {
        let rows = self.sql(select);
        let row = rows.first().and_then(Value::as_object);
        row.and_then(|row| row.values().next().cloned())
            .unwrap_or_else(|| panic!("{select}: no row"))
    }

    /// Runs statements as the owner of the tables.
    pub fn execute(&self, statements: &str) {
        self.with_owner(|owner| {
            owner
                .batch_execute(statements)
                .unwrap_or_else(|error| panic!("{statements}: {error}"));
        });
    }

    /// From now on each application takes longer to erase than a statement of a request may.
    pub fn erase_slowly(&self) {
        self.execute(
            "CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN PERFORM pg_sleep(2.7); RETURN OLD; END $$;
             CREATE TRIGGER dawdle BEFORE DELETE ON applications FOR EACH ROW EXECUTE FUNCTION dawdle()",
        );
    }

    fn with_owner<T>(&self, work: impl FnOnce(&mut PgConnection) -> T) -> T {
        // A test that panicked here does not use the connection again.
        work(&mut self.owner.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The service's own thread, with the runtime that it needs.
struct Server {
    address: SocketAddr,
    services: Arc<Services>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    fn start(
        settings: Settings,
        database: ConnectionOptions,
        clock: Clock,
        names: Names,
        document: Document,
    ) -> Self {
        let (started, outcome) = mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let thread = thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                match server::start_with(settings, &database, clock, &names, document) {
                    Ok(running) => {
                        let services = Arc::clone(&running.services);
                        started.send(Ok((running.address, services))).ok();
                        stopped.await.ok();
                        running.stop().await;
                    }
                    Err(error) => {
                        started.send(Err(error.to_string())).ok();
                    }
                }
            });
        });
        let (address, services) = outcome
            .recv()
            .expect("the server says how it went")
            .unwrap_or_else(|error| panic!("the service does not start: {error}"));
        Self {
            address,
            services,
            stop: Some(stop),
            thread: Some(thread),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // What made the server panic has been printed; a second panic here would end the process.
            thread.join().ok();
        }
    }
}

/// A folder inside the cluster's, so that it vanishes with the process at the latest.
struct Folder(PathBuf);

impl Folder {
    fn for_database(database: &TestDb) -> Self {
        let path = database
            .cluster()
            .folder()
            .join(format!("app-{}", database.name()));
        // A second service on the same database shares the keys of the first one.
        fs::create_dir_all(&path).expect("a folder for the service");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}
