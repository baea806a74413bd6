//! The data folder: what lies where, whose it is, and in what state.
//!
//! ```text
//! <data_dir>/postgres.lock         held by the service that uses the folder; holds its process number
//! <data_dir>/postgres/             the cluster itself, owned by the server's user
//! <data_dir>/postgres.new-<pid>/   a cluster in the making, never used
//! <data_dir>/postgres-socket/      the socket, unless the path is too long for one
//! <data_dir>/postgres-log/         the server's log, a file for each day of the week
//! <data_dir>/postgres-start.log    what the server says before that log is open
//! <data_dir>/postgres-*.conf       who may connect; written anew at each start
//! ```
//!
//! Everything directly in the folder is ours and only read by the server: when we are root, a file written for the server's
//! user into a folder of that user's could be turned into a link to somewhere else meanwhile.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::error::{EmbeddedError, io_error, last_lines};
use super::os_user::OsUser;

/// The beginning of the name of a cluster in the making.
const LEFTOVER: &str = "postgres.new-";

/// Age at which a log file goes. The server empties a weekday's file only when it lives through midnight, which a
/// service on a laptop never may.
const LOG_AGE: Duration = Duration::from_secs(6 * 24 * 60 * 60);

/// What the folder of the cluster holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Nothing yet.
    Fresh,
    /// A cluster of this major version.
    Initialised(u32),
}

/// The data folder, as an absolute path free of links.
#[derive(Debug)]
pub(super) struct Folder {
    root: PathBuf,
}

impl Folder {
    /// Makes the data folder if need be.
    ///
    /// # Errors
    /// [`EmbeddedError::Unreachable`] before anything is made, when the server's user could not get there, and
    /// [`EmbeddedError::NotAFolder`] when nobody could.
    pub(super) fn open(data_dir: &Path, user: &OsUser) -> Result<Self, EmbeddedError> {
        let wanted = std::path::absolute(data_dir).map_err(io_error("resolve", data_dir))?;
        let existing = wanted
            .ancestors()
            .find(|folder| folder.exists())
            .unwrap_or(Path::new("/"));
        let existing = fs::canonicalize(existing).map_err(io_error("resolve", existing))?;
        if !existing.is_dir() {
            return Err(EmbeddedError::NotAFolder {
                file: existing,
                data_dir: wanted,
            });
        }
        user.check_reachable(&existing, &wanted)?;
        if !wanted.exists() {
            fs::create_dir_all(&wanted).map_err(io_error("make the folder", &wanted))?;
            set_mode(&wanted, user.passage_mode())?;
        }
        let root = fs::canonicalize(&wanted).map_err(io_error("resolve", &wanted))?;
        user.check_reachable(&root, &wanted)?;
        Ok(Self { root })
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn cluster(&self) -> PathBuf {
        self.root.join("postgres")
    }

    pub(super) fn log_dir(&self) -> PathBuf {
        self.root.join("postgres-log")
    }

    pub(super) fn start_log(&self) -> PathBuf {
        self.root.join("postgres-start.log")
    }

    pub(super) fn hba_file(&self) -> PathBuf {
        self.root.join("postgres-hba.conf")
    }

    pub(super) fn ident_file(&self) -> PathBuf {
        self.root.join("postgres-ident.conf")
    }

    /// Takes the folder for this process until the file is closed.
    ///
    /// # Errors
    /// [`EmbeddedError::InUse`] when another process has it.
    pub(super) fn lock(&self) -> Result<File, EmbeddedError> {
        let path = self.root.join("postgres.lock");
        // Not truncated yet: a holder's number has to stay readable.
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(io_error("open", &path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut pid = String::new();
                // Who holds it is a courtesy; that somebody does is certain.
                let pid = file
                    .read_to_string(&mut pid)
                    .ok()
                    .and_then(|_| pid.trim().parse().ok());
                return Err(EmbeddedError::InUse {
                    data_dir: self.root.clone(),
                    pid,
                });
            }
            Err(TryLockError::Error(source)) => return Err(io_error("lock", &path)(source)),
        }
        let note = |file: &mut File| {
            file.set_len(0)?;
            file.rewind()?;
            writeln!(file, "{}", std::process::id())
        };
        note(&mut file).map_err(io_error("write", &path))?;
        Ok(file)
    }

    /// Looks at the cluster without changing it.
    ///
    /// # Errors
    /// [`EmbeddedError::Broken`], [`EmbeddedError::ForeignOwner`] or [`EmbeddedError::OpenToOthers`] when PostgreSQL would
    /// refuse the folder, in words that say what to do.
    pub(super) fn state(&self, user: &OsUser) -> Result<State, EmbeddedError> {
        let folder = self.cluster();
        let broken = |why: &str| EmbeddedError::Broken {
            folder: folder.clone(),
            why: why.to_owned(),
        };
        let metadata = match fs::metadata(&folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(State::Fresh),
            other => other.map_err(io_error("look at", &folder))?,
        };
        if !metadata.is_dir() {
            return Err(broken("it is not a folder"));
        }
        let mut entries = fs::read_dir(&folder).map_err(io_error("read", &folder))?;
        if entries.next().is_none() {
            return Ok(State::Fresh);
        }
        if metadata.uid() != user.server_uid() {
            return Err(EmbeddedError::ForeignOwner {
                folder,
                owner: metadata.uid(),
                server: user.server_uid(),
            });
        }
        let mode = metadata.mode() & 0o7777;
        if mode & 0o027 != 0 || mode & 0o700 != 0o700 {
            return Err(EmbeddedError::OpenToOthers { folder, mode });
        }
        let version = match fs::read_to_string(folder.join("PG_VERSION")) {
            Ok(version) => version,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(broken("its file PG_VERSION is missing"));
            }
            Err(error) => return Err(io_error("read", &folder.join("PG_VERSION"))(error)),
        };
        let major = version
            .trim()
            .parse()
            .map_err(|_| broken("its file PG_VERSION holds no version"))?;
        for (file, why) in [
            (
                "global/pg_control",
                "its control file global/pg_control is missing",
            ),
            ("postgresql.conf", "its file postgresql.conf is missing"),
        ] {
            if !folder.join(file).is_file() {
                return Err(broken(why));
            }
        }
        Ok(State::Initialised(major))
    }

    /// A folder for a cluster in the making, beside the final one so that a rename is enough.
    pub(super) fn cluster_in_the_making(&self, user: &OsUser) -> Result<PathBuf, EmbeddedError> {
        let path = self.root.join(format!("{LEFTOVER}{}", std::process::id()));
        DirBuilder::new()
            .mode(0o700)
            .create(&path)
            .map_err(io_error("make the folder", &path))?;
        user.give_to_server(&path)?;
        Ok(path)
    }

    /// Removes what a start that was killed half way left behind.
    pub(super) fn remove_leftovers(&self) {
        for entry in fs::read_dir(&self.root).into_iter().flatten().flatten() {
            if !entry.file_name().to_string_lossy().starts_with(LEFTOVER) {
                continue;
            }
            // An `initdb` that outlived its service may still be writing there; what it leaves goes at the next start.
            if let Err(error) = fs::remove_dir_all(entry.path()) {
                log::warn!(path:% = entry.path().display(), error:% = error; "leftover not removed");
            }
        }
    }

    /// Makes the folder of the log if need be, and removes files that are older than a week.
    pub(super) fn prepare_log(&self, user: &OsUser) -> Result<(), EmbeddedError> {
        let dir = self.log_dir();
        private_dir(&dir, user)?;
        for entry in fs::read_dir(&dir)
            .map_err(io_error("read", &dir))?
            .flatten()
        {
            let age = entry
                .metadata()
                .and_then(|metadata| metadata.modified())
                .map(|time| time.elapsed());
            if matches!(age, Ok(Ok(age)) if age > LOG_AGE) {
                fs::remove_file(entry.path()).map_err(io_error("remove", &entry.path()))?;
            }
        }
        Ok(())
    }

    /// The file that takes the server's output until its log is open; of this start only.
    pub(super) fn new_start_log(&self) -> Result<File, EmbeddedError> {
        let path = self.start_log();
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(io_error("remove", &path)(error));
            }
            _ => {}
        }
        OpenOptions::new()
            .append(true)
            .create_new(true)
            .open(&path)
            .map_err(io_error("make", &path))
    }

    /// The server's last words: those of its start, then those of its newest log file if it got as far as writing one.
    pub(super) fn last_words(&self) -> String {
        let modified = |path: &Path| {
            fs::metadata(path)
                .and_then(|metadata| metadata.modified())
                .ok()
        };
        let started = modified(&self.start_log());
        let newest = fs::read_dir(self.log_dir())
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| (modified(&entry.path()), entry.path()))
            .max();
        let mut words = last_lines(&tail(&self.start_log()));
        // An older file would tell of an earlier run.
        if let Some((time, path)) = newest
            && time >= started
        {
            words.push_str(" / ");
            words.push_str(&last_lines(&tail(&path)));
        }
        words
    }
}

/// A folder that only the server's user may use.
pub(super) fn private_dir(dir: &Path, user: &OsUser) -> Result<(), EmbeddedError> {
    match DirBuilder::new().mode(0o700).create(dir) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(io_error("make the folder", dir)(error)),
    }
    set_mode(dir, 0o700)?;
    user.give_to_server(dir)
}

/// Replaces a file that the server's user may read, in one step, so that no reader ever sees half of it.
pub(super) fn replace_file(path: &Path, text: &str) -> Result<(), EmbeddedError> {
    let new = path.with_extension("new");
    fs::write(&new, text).map_err(io_error("write", &new))?;
    set_mode(&new, 0o644)?;
    fs::rename(&new, path).map_err(io_error("replace", path))
}

/// Makes sure that what was renamed in a folder is still there after a power cut.
pub(super) fn sync_dir(dir: &Path) -> Result<(), EmbeddedError> {
    File::open(dir)
        .and_then(|dir| dir.sync_all())
        .map_err(io_error("write", dir))
}

fn set_mode(path: &Path, mode: u32) -> Result<(), EmbeddedError> {
    fs::set_permissions(path, Permissions::from_mode(mode))
        .map_err(io_error("set the permissions of", path))
}

/// The end of a text file; empty when there is none.
fn tail(path: &Path) -> String {
    const BYTES: u64 = 4096;
    let read = || -> io::Result<Vec<u8>> {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        file.seek(io::SeekFrom::Start(length.saturating_sub(BYTES)))?;
        let mut bytes = Vec::new();
        file.take(BYTES).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    read()
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .unwrap_or_default()
}
