//! PostgreSQL for the tests: a throw-away cluster for each test process, a database for each test.
//!
//! Whatever ends the process, a panic or a SIGKILL included, a watchdog notices, ends the server and removes the folder.
//! Tests that hurt the server take a cluster of their own with [`TestCluster::separate`].

use std::env;
use std::fs::DirBuilder;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio, id};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{
    Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
};

use rustix::process::{Pid, Signal, geteuid, kill_process};

use rebound::db::embedded::{APP_ROLE, Cluster, DATABASE, OWNER_ROLE, Options, Shutdown};

static SHARED: OnceLock<TestCluster> = OnceLock::new();

/// A cluster that vanishes with its last handle or with the process.
#[derive(Clone)]
pub struct TestCluster(Arc<Inner>);

struct Inner {
    /// Dropped first: it ends the server without ado, so that dropping the cluster finds nothing left to do.
    watchdog: Watchdog,
    cluster: RwLock<Cluster>,
    /// A template can be copied by one session at a time. A test that panics leaves this and the cluster as good as they
    /// were, so that poison is of no interest.
    copying: Mutex<()>,
    databases: AtomicU32,
}

impl TestCluster {
    /// The cluster of this process, fast and forgetful. The first caller's `migrate` builds the template; it gets the URL of
    /// the owner, and may leave connections open.
    pub fn shared(migrate: impl FnOnce(&str)) -> &'static Self {
        SHARED.get_or_init(|| {
            let cluster = Self::separate(false);
            cluster.build_template(migrate);
            cluster
        })
    }

    /// A cluster of one's own, to be stopped and frozen. `durable` is for tests of what survives a crash of the machine's
    /// software; without it the server skips every wait for the disk.
    pub fn separate(durable: bool) -> Self {
        Self::in_folder(Scratch::new(), durable)
    }

    /// A cluster of one's own in a certain folder.
    pub fn in_folder(folder: Scratch, durable: bool) -> Self {
        let Scratch(watchdog) = folder;
        let options = Options {
            durable,
            owner_may_create: true,
            max_connections: 200,
            ..Options::new(&watchdog.folder)
        };
        let cluster = Cluster::start(&options).unwrap_or_else(|error| panic!("{error}"));
        Self(Arc::new(Inner {
            watchdog,
            cluster: RwLock::new(cluster),
            copying: Mutex::new(()),
            databases: AtomicU32::new(0),
        }))
    }

    /// Fills the database that [`TestCluster::new_database`] copies.
    pub fn build_template(&self, migrate: impl FnOnce(&str)) {
        migrate(&self.url(OWNER_ROLE, DATABASE));
        // A template with a session in it cannot be copied, and nobody is to open another one.
        self.admin_sql(&format!(
            "ALTER DATABASE {DATABASE} ALLOW_CONNECTIONS false;
             SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{DATABASE}';"
        ));
    }

    /// A fresh copy of the template, dropped with the handle.
    pub fn new_database(&self) -> TestDb {
        let number = self.0.databases.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{number}");
        let _turn = self.one_at_a_time();
        self.admin_sql(&format!(
            "CREATE DATABASE {name} OWNER {OWNER_ROLE} TEMPLATE {DATABASE};"
        ));
        TestDb {
            cluster: self.clone(),
            name,
        }
    }

    /// A libpq URL.
    pub fn url(&self, role: &str, database: &str) -> String {
        self.cluster().url(role, database)
    }

    /// Runs a script of `psql` as the superuser, and gives back the rows with columns parted by `|`.
    pub fn admin_sql(&self, script: &str) -> String {
        self.sql_in("postgres", script)
    }

    /// The same in a certain database.
    pub fn sql_in(&self, database: &str, script: &str) -> String {
        let answer = self.cluster().admin_sql(database, script);
        answer.unwrap_or_else(|error| panic!("{error}"))
    }

    /// The folder of the PostgreSQL programs that fit this cluster, `pg_dump` among them.
    pub fn programs(&self) -> PathBuf {
        self.cluster().bin_dir().to_owned()
    }

    /// The folder of its socket.
    pub fn socket_dir(&self) -> PathBuf {
        let dir = self.admin_sql("SHOW unix_socket_directories;");
        PathBuf::from(dir.trim().trim_matches('"'))
    }

    /// The process number of the server.
    pub fn pid(&self) -> u32 {
        self.cluster().pid()
    }

    /// The folder that vanishes.
    pub fn folder(&self) -> &Path {
        &self.0.watchdog.folder
    }

    /// Ends the server as a crash would.
    pub fn stop_immediate(&self) {
        self.cluster_mut()
            .halt(Shutdown::Immediate)
            .expect("the server ends");
    }

    /// Starts the server again after [`TestCluster::stop_immediate`], on the same socket.
    pub fn start(&self) {
        let started = self
            .cluster_mut()
            .revive()
            .unwrap_or_else(|error| panic!("{error}"));
        assert!(started, "the server was still running");
    }

    /// Stops the server and all its processes in their tracks: connections stay open and nobody answers.
    pub fn freeze(&self) {
        let postmaster = self.pid();
        // The parent first, so that it makes no further child.
        send(Signal::STOP, &[postmaster]);
        send(Signal::STOP, &children_of(postmaster));
    }

    /// Undoes [`TestCluster::freeze`].
    pub fn thaw(&self) {
        let postmaster = self.pid();
        send(Signal::CONT, &children_of(postmaster));
        send(Signal::CONT, &[postmaster]);
    }

    fn cluster(&self) -> RwLockReadGuard<'_, Cluster> {
        self.0
            .cluster
            .read()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn cluster_mut(&self) -> RwLockWriteGuard<'_, Cluster> {
        self.0
            .cluster
            .write()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn one_at_a_time(&self) -> MutexGuard<'_, ()> {
        self.0
            .copying
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// A database of one test.
pub struct TestDb {
    cluster: TestCluster,
    name: String,
}

impl TestDb {
    /// A URL for the role that requests run under.
    pub fn app_url(&self) -> String {
        self.cluster.url(APP_ROLE, &self.name)
    }

    /// A URL for the role that owns the tables.
    pub fn owner_url(&self) -> String {
        self.cluster.url(OWNER_ROLE, &self.name)
    }

    /// The name of the database.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it lives.
    pub fn cluster(&self) -> &TestCluster {
        &self.cluster
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        // The server may be down on purpose; the database goes with the cluster then.
        let drop_it = format!("DROP DATABASE {} WITH (FORCE);", self.name);
        let _turn = self.cluster.one_at_a_time();
        self.cluster.cluster().admin_sql("postgres", &drop_it).ok();
    }
}

/// A folder for one test's files. It vanishes with the handle or with the process, and whatever was started in it ends first:
/// database servers, and services whose data folder lies there.
pub struct Scratch(Watchdog);

impl Scratch {
    /// Makes an empty one.
    pub fn new() -> Self {
        let folder = new_folder_name();
        let watchdog = Watchdog::start(folder.clone());
        make_folder(&folder);
        Self(watchdog)
    }

    /// Makes an empty one on a disk of its own that has no room for more than this; or says why that cannot be.
    pub fn on_small_disk(megabytes: u32) -> Result<Self, String> {
        let small = Self::new();
        let mount = |program: &str, arguments: &[&str]| {
            let output = Command::new(program)
                .args(arguments)
                .args(["-t", "tmpfs", "-o"])
                .arg(format!(
                    "size={megabytes}m,mode=0711,uid={}",
                    geteuid().as_raw()
                ))
                .arg("tmpfs")
                .arg(&small.0.folder)
                .stdin(Stdio::null())
                .output()
                .map_err(|error| format!("{program}: {error}"))?;
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            output.status.success().then_some(()).ok_or(said)
        };
        match geteuid().is_root() {
            true => mount("mount", &[]),
            false => mount("sudo", &["-n", "mount"]),
        }?;
        Ok(small)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0.folder
    }
}

/// A shell that outlives this process by a moment, to clear up after it.
struct Watchdog {
    shell: Child,
    folder: PathBuf,
}

impl Watchdog {
    /// Only this process holds the pipe's other end: the standard library closes it in every other child.
    fn start(folder: PathBuf) -> Self {
        let shell = Command::new("sh")
            .args(["-c", include_str!("watchdog.sh")])
            // Not an argument: it looks for servers by this path in the list of processes, and must not find itself.
            .env("FOLDER", &folder)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // Ctrl-C ends the tests, not the one who clears up.
            .process_group(0)
            .spawn()
            .expect("a shell");
        Self { shell, folder }
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        self.shell.wait().expect("the shell is our child");
    }
}

/// A name nobody else uses; the folder is made after the watchdog, so that there is never one without the other.
fn new_folder_name() -> PathBuf {
    // Each hasher is seeded at random.
    let random = RandomState::new().build_hasher().finish();
    let temp = env::temp_dir()
        .canonicalize()
        .expect("a folder for temporary files");
    temp.join(format!("rebound-test-{}-{random:016x}", id()))
}

/// The server's user has to get through.
fn make_folder(folder: &Path) {
    DirBuilder::new()
        .mode(0o711)
        .create(folder)
        .expect("a folder for the test");
}

fn children_of(parent: u32) -> Vec<u32> {
    let output = Command::new("ps")
        .args(["-A", "-o", "ppid=", "-o", "pid="])
        .output()
        .expect("ps");
    let list = String::from_utf8_lossy(&output.stdout).into_owned();
    list.lines()
        .filter_map(|line| {
            let mut numbers = line.split_whitespace().map(str::parse::<u32>);
            let (ppid, pid) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
            (ppid == parent).then_some(pid)
        })
        .collect()
}

/// Sends a signal to processes.
pub fn send(signal: Signal, pids: &[u32]) {
    for &pid in pids {
        let pid = i32::try_from(pid)
            .ok()
            .and_then(Pid::from_raw)
            .expect("a process number");
        // A child may have ended since the list was made.
        kill_process(pid, signal).ok();
    }
}
