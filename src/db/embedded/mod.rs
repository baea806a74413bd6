//! The private PostgreSQL that `rebound serve` runs when no DATABASE_URL is given, so that one command is enough to start.
//!
//! It drives the installed `initdb`, `postgres` and `psql`; its data lives under the data folder of the service, and only a
//! socket that nobody else can enter leads to it. No other cluster of the machine is ever touched.
//!
//! - The first start makes the cluster, so that a crash half way leaves nothing that looks like one.
//! - The server ends with the service, fast and clean. When the service is killed, the server goes on, and the next start
//!   takes it over; acknowledged writes are on disk in any case.
//! - PostgreSQL refuses root: then it runs as the system user `postgres`, which also owns the data.
//!
//! Hands out: [`Cluster`], its [`Options`], the names of roles and database, and [`EmbeddedError`], whose messages are for the
//! person at the terminal.

mod binaries;
mod error;
mod folder;
mod init;
mod os_user;
mod postmaster;
mod roles;
mod socket;

use std::fs::File;
use std::path::{Path, PathBuf};

pub use error::EmbeddedError;
pub use postmaster::Shutdown;
pub use roles::{APP_ROLE, DATABASE, OWNER_ROLE};

use binaries::Binaries;
use folder::{Folder, State};
use os_user::OsUser;
use postmaster::{CommandLine, Postmaster};

/// How a private cluster is to run.
#[derive(Debug, Clone)]
pub struct Options {
    /// The data folder of the service; made if need be. The cluster takes names that begin with `postgres` in it.
    pub data_dir: PathBuf,
    /// How many connections the server takes, three of which it keeps for the superuser.
    pub max_connections: u16,
    /// Whether an acknowledged write survives a power cut. Only throw-away clusters of tests do without.
    pub durable: bool,
    /// Whether the role that owns the database may make further databases and roles; the service has no need to.
    pub owner_may_create: bool,
}

impl Options {
    /// What the service runs with: durable, 60 connections.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            max_connections: 60,
            durable: true,
            owner_may_create: false,
        }
    }
}

/// A private cluster that runs, with roles and database in place. Dropping it stops the server and waits for its end.
#[derive(Debug)]
pub struct Cluster {
    postmaster: Postmaster,
    binaries: Binaries,
    command_line: CommandLine,
    user: OsUser,
    socket_dir: PathBuf,
    folder: Folder,
    /// Held until everything else is gone; the last field is dropped last.
    _lock: File,
}

impl Cluster {
    /// Makes the cluster if there is none, starts its server or takes over the one that a killed service left running, and
    /// makes sure that roles and database exist. Blocks until all that is done.
    ///
    /// A server left running with other settings is stopped and started anew.
    ///
    /// # Errors
    /// Any [`EmbeddedError`]; existing data is never changed or removed by a failure.
    pub fn start(options: &Options) -> Result<Self, EmbeddedError> {
        let installed = binaries::Places::usual().find()?;
        let user = OsUser::detect()?;
        let folder = Folder::open(&options.data_dir, &user)?;
        let lock = folder.lock()?;
        let state = folder.state(&user)?;
        let data_version = match state {
            State::Initialised(major) => Some(major),
            State::Fresh => None,
        };
        let binaries = binaries::choose(&installed, data_version, &folder.cluster())?;
        folder.remove_leftovers();
        if state == State::Fresh {
            log::info!(folder:% = folder.cluster().display(), version = binaries.major(); "making a new database cluster");
            init::initialise(&folder, &user, &binaries, options.durable)?;
        }
        roles::write_access_rules(&folder, &user)?;
        folder.prepare_log(&user)?;
        let socket_dir = socket::prepare(&folder, &user)?;
        let command_line = CommandLine::new(
            &folder,
            &socket_dir,
            options.max_connections,
            options.durable,
        );
        let postmaster = adopt_or_launch(&folder, &user, &binaries, &command_line, &socket_dir)?;
        let cluster = Self {
            postmaster,
            binaries,
            command_line,
            user,
            socket_dir,
            folder,
            _lock: lock,
        };
        // From here on an error drops the cluster, which stops the server.
        roles::provision(
            &cluster.binaries,
            &cluster.socket_dir,
            options.owner_may_create,
        )?;
        Ok(cluster)
    }

    /// A libpq URL for a role and a database of this cluster, such as [`APP_ROLE`] and [`DATABASE`]. It holds no secret:
    /// the kernel tells the server who is calling.
    pub fn url(&self, role: &str, database: &str) -> String {
        socket::url(&self.socket_dir, role, database)
    }

    /// The process number of the server.
    pub fn pid(&self) -> u32 {
        self.postmaster.pid()
    }

    /// The folder of the PostgreSQL programs that fit this cluster, `pg_dump` among them.
    pub fn bin_dir(&self) -> &Path {
        self.binaries.dir()
    }

    /// Runs a short script of `psql` as the superuser, and gives back the rows it printed with columns parted by `|`.
    /// Blocks; meant for administration and tests, not for requests.
    ///
    /// # Errors
    /// [`EmbeddedError::Sql`] with the server's answer to the first statement that failed.
    pub fn admin_sql(&self, database: &str, script: &str) -> Result<String, EmbeddedError> {
        roles::run_sql(&self.binaries, &self.socket_dir, database, script)
    }

    /// Starts the server again when it is no longer running, and says whether that was so. Cheap when it runs.
    ///
    /// # Errors
    /// Those of a start.
    pub fn revive(&mut self) -> Result<bool, EmbeddedError> {
        if self.postmaster.is_running() {
            return Ok(false);
        }
        log::warn!(pid = self.pid(); "the database server is gone and is started again");
        self.postmaster = adopt_or_launch(
            &self.folder,
            &self.user,
            &self.binaries,
            &self.command_line,
            &self.socket_dir,
        )?;
        Ok(true)
    }

    /// Stops the server, waits for its end, and keeps the folder locked; [`Cluster::revive`] starts it again.
    ///
    /// # Errors
    /// [`EmbeddedError::DoesNotStop`] when it does not end in time.
    pub fn halt(&mut self, how: Shutdown) -> Result<(), EmbeddedError> {
        self.postmaster.stop(how)
    }

    /// Stops the server fast, waits for its end, and lets go of the folder. Dropping does the same but can only log an error.
    ///
    /// # Errors
    /// [`EmbeddedError::DoesNotStop`] when it still runs after a minute.
    pub fn stop(mut self) -> Result<(), EmbeddedError> {
        self.halt(Shutdown::Fast)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        match self.halt(Shutdown::Fast) {
            Ok(()) => socket::clean_up(&self.socket_dir, &self.folder),
            Err(error) => log::error!(error:% = error; "the database server was left running"),
        }
    }
}

/// A libpq URL of the cluster of a data folder that another process of ours is running; for commands beside a service.
///
/// # Errors
/// Any [`EmbeddedError`] of finding the folder and its socket. Whether the server answers shows when connecting.
pub fn running_url(data_dir: &Path, role: &str, database: &str) -> Result<String, EmbeddedError> {
    let user = OsUser::detect()?;
    let folder = Folder::open(data_dir, &user)?;
    let socket_dir = socket::prepare(&folder, &user)?;
    Ok(socket::url(&socket_dir, role, database))
}

/// The server that is already running for this cluster, if it fits, or else a new one.
fn adopt_or_launch(
    folder: &Folder,
    user: &OsUser,
    binaries: &Binaries,
    line: &CommandLine,
    socket_dir: &Path,
) -> Result<Postmaster, EmbeddedError> {
    if let Some(mut found) = Postmaster::find(&folder.cluster()) {
        if found.is_as_wanted(line, socket_dir) {
            log::info!(pid = found.pid(); "taking over the database server that is already running");
            found.wait_until_ready(folder, socket_dir)?;
            roles::run_sql(binaries, socket_dir, DEFAULT_DATABASE, "SELECT 1;").map_err(
                |error| EmbeddedError::NoAnswer {
                    folder: folder.cluster(),
                    pid: found.pid(),
                    why: error.to_string(),
                },
            )?;
            return Ok(found);
        }
        log::info!(pid = found.pid(); "stopping a database server that runs with other settings");
        found.stop(Shutdown::Fast)?;
    }
    Postmaster::launch(
        &binaries.program("postgres"),
        line,
        folder,
        socket_dir,
        user,
    )
}

/// A database that every cluster has.
const DEFAULT_DATABASE: &str = "postgres";
