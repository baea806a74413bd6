//! A streaming replica of a cluster of the tests, made as operators make theirs: with `pg_basebackup`.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use diesel::PgConnection;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use rustix::process::{Signal, geteuid};

use super::app::open;
use super::cluster::{TestCluster, send};
use super::victim::{eventually, eventually_within};

/// Part of the name of the socket; the primary's is the usual one.
const PORT: u16 = 5433;

/// How long a start may take on a busy machine.
const START_LIMIT: Duration = Duration::from_secs(60);

/// A running replica; it ends when it is dropped, and at the latest with the folder of its primary.
pub struct Standby {
    server: Child,
    primary: TestCluster,
    folder: PathBuf,
}

/// A position in the write-ahead log.
#[derive(QueryableByName)]
struct Position {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

impl Standby {
    /// Copies the primary and follows it.
    pub fn of(primary: &TestCluster) -> Self {
        let folder = primary.folder().join("standby");
        as_server(&primary.programs().join("pg_basebackup"))
            .args([
                "--checkpoint=fast",
                "--wal-method=stream",
                "--write-recovery-conf",
            ])
            .args(["--create-slot", "--slot=standby"])
            .args(["--username=postgres", "--port=5432", "--host"])
            .arg(primary.socket_dir())
            .arg("--pgdata")
            .arg(data_of(&folder, primary))
            .output()
            .map(|output| {
                let said = String::from_utf8_lossy(&output.stderr).into_owned();
                assert!(output.status.success(), "pg_basebackup: {said}");
            })
            .expect("pg_basebackup runs");
        let standby = Self {
            server: launch(primary, &folder),
            primary: primary.clone(),
            folder,
        };
        standby.wait_until_ready();
        standby
    }

    /// A libpq URL for a role and a database.
    pub fn url(&self, role: &str, database: &str) -> String {
        let dir = self.folder.display();
        format!("postgresql:///{database}?host={dir}&port={PORT}&user={role}")
    }

    /// Where its socket is.
    pub fn socket(&self) -> PathBuf {
        self.folder.join(format!(".s.PGSQL.{PORT}"))
    }

    /// Keeps it where it is, although it goes on to receive.
    pub fn pause(&self) {
        self.admin("SELECT pg_wal_replay_pause()");
        eventually("a pause", || {
            self.number("(pg_get_wal_replay_pause_state() = 'paused')::int::bigint") == 1
        });
    }

    /// Undoes [`Standby::pause`].
    pub fn resume(&self) {
        self.admin("SELECT pg_wal_replay_resume()");
    }

    /// Waits until it has everything that its primary has now.
    pub fn catch_up(&self) {
        let primary = &mut open(&self.primary.url("postgres", "postgres"));
        let written = number(primary, "(pg_current_wal_flush_lsn() - '0/0')::bigint");
        eventually("the replica's catching up", || {
            self.number("(pg_last_wal_replay_lsn() - '0/0')::bigint") >= written
        });
    }

    /// Ends it as a crash would.
    pub fn stop_immediate(&mut self) {
        send(Signal::QUIT, &[self.server.id()]);
        self.server.wait().expect("it is our child");
    }

    /// Starts it again after [`Standby::stop_immediate`].
    pub fn start(&mut self) {
        self.server = launch(&self.primary, &self.folder);
        self.wait_until_ready();
    }

    fn wait_until_ready(&self) {
        eventually_within(START_LIMIT, "a replica that takes connections", || {
            PgConnection::establish(&self.url("postgres", "postgres")).is_ok()
        });
    }

    fn admin(&self, sql: &str) {
        let mut conn = open(&self.url("postgres", "postgres"));
        conn.batch_execute(sql)
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    fn number(&self, expression: &str) -> i64 {
        number(&mut open(&self.url("postgres", "postgres")), expression)
    }
}

impl Drop for Standby {
    fn drop(&mut self) {
        if matches!(self.server.try_wait(), Ok(None)) {
            self.stop_immediate();
        }
    }
}

fn number(conn: &mut PgConnection, expression: &str) -> i64 {
    diesel::sql_query(format!("SELECT {expression} AS n"))
        .get_result::<Position>(conn)
        .unwrap_or_else(|error| panic!("{expression}: {error}"))
        .n
}

/// The data of the replica, in a folder that the server's user can write to.
fn data_of(folder: &Path, primary: &TestCluster) -> PathBuf {
    if !folder.exists() {
        std::fs::create_dir(folder).expect("a folder for the replica");
        if let Some((uid, gid)) = server_user() {
            std::os::unix::fs::chown(folder, Some(uid), Some(gid)).expect("it is ours");
        }
        for file in ["hba_file", "ident_file"] {
            let rules = primary.admin_sql(&format!("SHOW {file};"));
            std::fs::copy(rules.trim(), folder.join(file)).expect("the rules of access");
        }
    }
    folder.join("data")
}

fn launch(primary: &TestCluster, folder: &Path) -> Child {
    let set = |name: &str, value: &str| format!("{name}={value}");
    let path = |name: &str| folder.join(name).display().to_string();
    let settings = [
        set("listen_addresses", ""),
        set("port", &PORT.to_string()),
        set("unix_socket_directories", &folder.display().to_string()),
        set("hba_file", &path("hba_file")),
        set("ident_file", &path("ident_file")),
        // At least those of the primary.
        set("max_connections", "200"),
        set("shared_buffers", "64MB"),
        set("hot_standby_feedback", "on"),
        set("wal_retrieve_retry_interval", "200ms"),
    ];
    let log = std::fs::File::create(folder.join("log")).expect("a log");
    as_server(&primary.programs().join("postgres"))
        .arg("-D")
        .arg(folder.join("data"))
        .args(settings.iter().flat_map(|setting| ["-c", setting]))
        .stderr(log)
        .spawn()
        .expect("a server")
}

/// A command that runs as the user whom PostgreSQL puts up with.
fn as_server(program: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    if let Some((uid, gid)) = server_user() {
        command.uid(uid).gid(gid);
    }
    command
}

/// The system user `postgres`, when we are root.
fn server_user() -> Option<(u32, u32)> {
    if !geteuid().is_root() {
        return None;
    }
    let ask = |flag| {
        let output = Command::new("id").args([flag, "postgres"]).output();
        let text = String::from_utf8_lossy(&output.expect("id").stdout).into_owned();
        text.trim().parse::<u32>().expect("a number")
    };
    Some((ask("-u"), ask("-g")))
}
