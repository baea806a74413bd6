//! What can go wrong with the private server, each with the way out.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::db::tells_of_a_full_disk;

/// Why the private PostgreSQL could not be started, reached or stopped.
///
/// Every message is one sentence for the person at the terminal: what is the matter, and what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EmbeddedError {
    /// No usable installation was found anywhere.
    #[error(
        "PostgreSQL {minimum} or newer was found neither in the search path nor where packages put it: install it with \
         `make deps`, `apt install postgresql` or `brew install postgresql`, or set DATABASE_URL to a server that runs already"
    )]
    NotInstalled {
        /// The oldest major version that will do.
        minimum: u32,
    },

    /// The data was written by a major version that is not installed.
    #[error(
        "the database in {} was written by PostgreSQL {data}, but only PostgreSQL {installed} is installed: \
         install version {data} (for example `apt install postgresql-{data}`), or dump the data with it and \
         restore it into another --data-dir", folder.display()
    )]
    ForeignVersion {
        /// The folder of the cluster.
        folder: PathBuf,
        /// The major version that wrote it.
        data: u32,
        /// The major versions found, for reading.
        installed: String,
    },

    /// We are root, and the user to step down to does not exist.
    #[error(
        "PostgreSQL refuses to run as root and the system user `postgres` does not exist: create it with \
         `useradd --system postgres`, or start this program as an ordinary user"
    )]
    NoPostgresUser,

    /// The system has no name for the user we run as, so PostgreSQL cannot recognise it.
    #[error(
        "the user id {uid} has no name on this system, and PostgreSQL needs one: add it to /etc/passwd, \
         or start this program as a user that is listed there"
    )]
    NamelessUser {
        /// The effective user id of this process.
        uid: u32,
    },

    /// The user that runs PostgreSQL cannot get to the data folder.
    #[error(
        "PostgreSQL runs as the system user `postgres` when started by root, and that user may not enter {}, \
         so the data cannot live in {}: put it elsewhere, for example with --data-dir /var/lib/rebound \
         (`make run DATA_DIR=/var/lib/rebound`), or start as an ordinary user",
        blocking.display(), data_dir.display()
    )]
    Unreachable {
        /// The first folder on the way that shuts the user out.
        blocking: PathBuf,
        /// The data folder that was asked for.
        data_dir: PathBuf,
    },

    /// Something on the way to the data folder is a file.
    #[error(
        "{} is not a folder, so the data cannot live in {}: choose another --data-dir",
        file.display(), data_dir.display()
    )]
    NotAFolder {
        /// What is in the way.
        file: PathBuf,
        /// The data folder that was asked for.
        data_dir: PathBuf,
    },

    /// Another process holds the lock on the data folder.
    #[error(
        "the data folder {} is in use by another service{}: stop that one first, or choose another --data-dir",
        data_dir.display(), Holder(*pid)
    )]
    InUse {
        /// The data folder.
        data_dir: PathBuf,
        /// The process that holds it, when it left its number.
        pid: Option<u32>,
    },

    /// A server of this very folder runs, but does not talk to us.
    #[error(
        "a PostgreSQL server of {} is still running as process {pid} but does not answer ({why}): \
         stop it with `kill -INT {pid}` and start again", folder.display()
    )]
    NoAnswer {
        /// The folder of the cluster.
        folder: PathBuf,
        /// The server's process.
        pid: u32,
        /// What the attempt to talk to it ended with.
        why: String,
    },

    /// The folder of the cluster is not what PostgreSQL would have left there. It is never deleted.
    #[error(
        "{} is not a usable PostgreSQL data folder, because {why}: restore it from a backup, or move it away \
         to start with an empty database", folder.display()
    )]
    Broken {
        /// The folder of the cluster.
        folder: PathBuf,
        /// What is wrong, as half a sentence.
        why: String,
    },

    /// The folder of the cluster belongs to somebody else.
    #[error(
        "{} belongs to the user id {owner}, but PostgreSQL would run as the user id {server}: start this program \
         as the user that made the folder, or choose another --data-dir", folder.display()
    )]
    ForeignOwner {
        /// The folder of the cluster.
        folder: PathBuf,
        /// Whose it is.
        owner: u32,
        /// Whose it would have to be.
        server: u32,
    },

    /// Others may read or write the folder of the cluster; PostgreSQL insists that they may not.
    #[error(
        "{} is open to other users (mode {mode:04o}): close it with `chmod 0700 {}`",
        folder.display(), folder.display()
    )]
    OpenToOthers {
        /// The folder of the cluster.
        folder: PathBuf,
        /// Its permission bits.
        mode: u32,
    },

    /// There is no safe place for the socket.
    #[error("the socket of PostgreSQL cannot be put into {}, because {why}: {way_out}", dir.display())]
    Socket {
        /// The folder that was meant for it.
        dir: PathBuf,
        /// What is wrong, as half a sentence.
        why: &'static str,
        /// What to do about it, as half a sentence.
        way_out: &'static str,
    },

    /// `initdb` failed; nothing was left behind.
    #[error(
        "a new database could not be made in {}: {}. The last words of `initdb` were: {output}",
        folder.display(), way_out(output)
    )]
    Init {
        /// The folder that was to become the cluster.
        folder: PathBuf,
        /// The end of what it printed.
        output: String,
    },

    /// The server ended while it was starting.
    #[error(
        "PostgreSQL ended while starting: {}. Its last words, of which more is in {}, were: {log}",
        way_out(log), log_dir.display()
    )]
    Exited {
        /// Where the server's log is.
        log_dir: PathBuf,
        /// The end of the log.
        log: String,
    },

    /// The server is still not ready, usually because it recovers from a crash. It is left to go on.
    #[error(
        "PostgreSQL was not ready after {seconds} s and goes on starting in the background as process {pid}: \
         start this program again to go on waiting; the last lines of the log in {} are: {log}",
        log_dir.display()
    )]
    NotReady {
        /// How long was waited, in seconds.
        seconds: u64,
        /// The server's process.
        pid: u32,
        /// Where the server's log is.
        log_dir: PathBuf,
        /// The end of the log.
        log: String,
    },

    /// A statement that prepares roles and databases failed.
    #[error(
        "PostgreSQL refused to prepare its roles and databases: {}. It said: {output}",
        way_out(output)
    )]
    Sql {
        /// The end of what `psql` printed.
        output: String,
    },

    /// The server did not end when asked to.
    #[error(
        "PostgreSQL (process {pid}) did not stop within {seconds} s: see its log, then stop it with `kill -QUIT {pid}`"
    )]
    DoesNotStop {
        /// The server's process.
        pid: u32,
        /// How long was waited, in seconds.
        seconds: u64,
    },

    /// The operating system said no.
    #[error("cannot {action} {}: {source}; check the folder's owner, permissions and free space", path.display())]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system answered.
        source: io::Error,
    },
}

/// Turns an I/O error into a sentence that names what was done to which path.
pub(super) fn io_error(
    action: &'static str,
    path: &Path,
) -> impl FnOnce(io::Error) -> EmbeddedError {
    move |source| EmbeddedError::Io {
        action,
        path: path.to_owned(),
        source,
    }
}

/// The last lines of a text as one line, so that they fit into a sentence and a log event.
pub(super) fn last_lines(text: &str) -> String {
    const LINES: usize = 8;
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    if lines.is_empty() {
        return "(nothing)".to_owned();
    }
    lines[lines.len().saturating_sub(LINES)..].join(" / ")
}

/// What to do about a failure that PostgreSQL's programs tell in their own words.
fn way_out(words: &str) -> &'static str {
    if tells_of_a_full_disk(words) {
        "the disk is full; free 100 MB at least, or choose another --data-dir, and start again"
    } else if words.contains("Permission denied") {
        "it may not use the folder; check its owner, or choose another --data-dir"
    } else {
        "remove the cause, which may be a full disk, and start again"
    }
}

struct Holder(Option<u32>);

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(pid) => write!(f, " (process {pid})"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_named_whatever_program_met_it() {
        for words in [
            "FATAL: could not write to file \"pg_wal/xlogtemp.1\": No space left on device",
            "ERROR: could not extend file \"base/16386/3541\": wrote only 4096 of 8192 bytes / HINT: Check free disk space.",
        ] {
            let init = EmbeddedError::Init {
                folder: "/data/postgres".into(),
                output: words.to_owned(),
            };
            let sql = EmbeddedError::Sql {
                output: words.to_owned(),
            };
            for error in [init, sql] {
                let sentence = error.to_string();
                assert!(
                    sentence.contains("the disk is full; free 100 MB at least"),
                    "{sentence}"
                );
            }
        }
    }
}
