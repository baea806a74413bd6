//! The server's process: its command line, its start, whether it runs, its end.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::error::{EmbeddedError, io_error};
use super::folder::Folder;
use super::os_user::{OsUser, clean_command};
use super::socket;

/// How long a server may take until it is ready; recovery from a crash reads up to a few gigabytes of log.
const START_LIMIT: Duration = Duration::from_secs(60);

/// How long between two looks at a server that starts or stops.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// How the server is asked to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shutdown {
    /// Open transactions are rolled back, everything is written, the next start is quick.
    Fast,
    /// As in a crash: nothing is written, the next start recovers. Acknowledged writes survive if the cluster is durable.
    Immediate,
}

impl Shutdown {
    fn signal(self) -> Signal {
        match self {
            Self::Fast => Signal::INT,
            Self::Immediate => Signal::QUIT,
        }
    }

    /// A fast shutdown ends with a checkpoint, which takes its time on a slow disk.
    fn limit(self) -> Duration {
        match self {
            Self::Fast => Duration::from_secs(60),
            Self::Immediate => Duration::from_secs(15),
        }
    }
}

/// What the server is started with.
#[derive(Debug)]
pub(super) struct CommandLine {
    arguments: Vec<OsString>,
}

impl CommandLine {
    /// Settings on the command line win over those in the cluster's own files, and are on view in the process list.
    pub(super) fn new(
        folder: &Folder,
        socket_dir: &Path,
        max_connections: u16,
        durable: bool,
    ) -> Self {
        let mut line = Self {
            arguments: vec!["-D".into(), folder.cluster().into()],
        };
        line.set("listen_addresses", "");
        line.set("port", socket::PORT.to_string());
        line.set("unix_socket_directories", socket::list_item(socket_dir));
        line.set("unix_socket_permissions", "0700");
        line.set("hba_file", folder.hba_file());
        line.set("ident_file", folder.ident_file());
        line.set("cluster_name", "rebound");
        line.set("max_connections", max_connections.to_string());
        line.set("shared_buffers", "128MB");
        line.set("jit", "off");
        line.set("timezone", "UTC");
        let durable = if durable { "on" } else { "off" };
        for setting in ["fsync", "synchronous_commit", "full_page_writes"] {
            line.set(setting, durable);
        }
        // Errors of statements are the service's to log, which knows whose request it was: PostgreSQL's own words quote the
        // values, that is the user's text. What concerns the server itself (from LOG upwards) is kept.
        line.set("log_min_messages", "log");
        line.set("log_min_error_statement", "panic");
        line.set("log_error_verbosity", "terse");
        line.set("log_parameter_max_length", "0");
        line.set("log_parameter_max_length_on_error", "0");
        line.set("log_statement", "none");
        line.set("log_min_duration_statement", "-1");
        line.set("log_timezone", "UTC");
        // A file for each day of the week, emptied when its day comes round.
        line.set("logging_collector", "on");
        line.set("log_destination", "stderr");
        line.set("log_directory", folder.log_dir());
        line.set("log_filename", "postgresql-%a.log");
        line.set("log_rotation_age", "1d");
        line.set("log_rotation_size", "0");
        line.set("log_truncate_on_rotation", "on");
        line
    }

    fn set(&mut self, name: &str, value: impl AsRef<OsStr>) {
        let mut setting = OsString::from(name);
        setting.push("=");
        setting.push(value);
        self.arguments.extend(["-c".into(), setting]);
    }

    /// Whether the server of this cluster was started with these very arguments; it notes them in a file.
    fn was_used_for(&self, cluster: &Path) -> bool {
        let mut expected = Vec::new();
        for argument in &self.arguments {
            expected.extend_from_slice(b" \"");
            expected.extend_from_slice(argument.as_bytes());
            expected.push(b'"');
        }
        expected.push(b'\n');
        fs::read(cluster.join("postmaster.opts")).is_ok_and(|noted| noted.ends_with(&expected))
    }
}

/// What a running server notes about itself.
struct PidFile {
    pid: u32,
    socket_dir: PathBuf,
    status: String,
}

impl PidFile {
    /// `None` when there is none, or one that is still being written.
    fn read(cluster: &Path) -> Option<Self> {
        let bytes = fs::read(cluster.join("postmaster.pid")).ok()?;
        let mut lines = bytes.split(|&byte| byte == b'\n');
        let text = |line: &[u8]| String::from_utf8_lossy(line).trim().to_owned();
        let pid = text(lines.next()?).parse().ok()?;
        let socket_dir = PathBuf::from(OsString::from_vec(
            lines.nth(3).unwrap_or_default().to_vec(),
        ));
        let status = lines.nth(2).map(text).unwrap_or_default();
        Some(Self {
            pid,
            socket_dir,
            status,
        })
    }
}

/// A running server, started by us or found running.
#[derive(Debug)]
pub(super) struct Postmaster {
    pid: u32,
    /// `None` for a server that an earlier service started.
    child: Option<Child>,
    cluster: PathBuf,
}

impl Postmaster {
    /// Starts a server and waits until it is ready.
    pub(super) fn launch(
        program: &Path,
        line: &CommandLine,
        folder: &Folder,
        socket_dir: &Path,
        user: &OsUser,
    ) -> Result<Self, EmbeddedError> {
        // Servers whose postmaster was killed end by themselves within moments; until then the next one is refused.
        const RETRIES: u32 = 10;
        for _ in 0..RETRIES {
            match Self::launch_once(program, line, folder, socket_dir, user) {
                Err(EmbeddedError::Exited { log, .. })
                    if log.contains("pre-existing shared memory block") =>
                {
                    thread::sleep(Duration::from_millis(500));
                }
                other => return other,
            }
        }
        Self::launch_once(program, line, folder, socket_dir, user)
    }

    fn launch_once(
        program: &Path,
        line: &CommandLine,
        folder: &Folder,
        socket_dir: &Path,
        user: &OsUser,
    ) -> Result<Self, EmbeddedError> {
        let cluster = folder.cluster();
        let log = folder.new_start_log()?;
        let log_too = log
            .try_clone()
            .map_err(io_error("open", &folder.start_log()))?;
        let mut command: Command = user.server_command(program);
        command.args(&line.arguments).stdout(log_too).stderr(log);
        // Ctrl-C in a terminal goes to the whole group of processes, and must not end the database under the requests that
        // the service still has to answer.
        command.process_group(0);
        if let Some(stale) = PidFile::read(&cluster) {
            // The server takes any live process with the number in its old file for another server, though after a restart
            // of the machine it may be anything. This variable names the one process that is not; the caller has made sure.
            command.env("PG_GRANDPARENT_PID", stale.pid.to_string());
        }
        let child = command.spawn().map_err(io_error("run", program))?;
        let mut postmaster = Self {
            pid: child.id(),
            child: Some(child),
            cluster,
        };
        postmaster.wait_until_ready(folder, socket_dir)?;
        Ok(postmaster)
    }

    /// Finds a server of this cluster that is already running; a note about a process that is something else does not count.
    pub(super) fn find(cluster: &Path) -> Option<Self> {
        let pid = PidFile::read(cluster)?.pid;
        let found = Self {
            pid,
            child: None,
            cluster: cluster.to_owned(),
        };
        is_server_of(pid, cluster).then_some(found)
    }

    /// Whether the running server is the one we would start ourselves, so that it can stay.
    pub(super) fn is_as_wanted(&self, line: &CommandLine, socket_dir: &Path) -> bool {
        let note = PidFile::read(&self.cluster);
        note.is_some_and(|note| note.status != "stopping" && note.socket_dir == socket_dir)
            && line.was_used_for(&self.cluster)
    }

    pub(super) fn pid(&self) -> u32 {
        self.pid
    }

    pub(super) fn is_running(&mut self) -> bool {
        match &mut self.child {
            Some(child) => matches!(child.try_wait(), Ok(None)),
            None => is_server_of(self.pid, &self.cluster),
        }
    }

    /// Waits until the server says it is ready and takes connections.
    ///
    /// # Errors
    /// [`EmbeddedError::Exited`] when it ends instead, [`EmbeddedError::NotReady`] after a minute; it is left to go on
    /// then, for killing a recovery would only make the next one start from the beginning.
    pub(super) fn wait_until_ready(
        &mut self,
        folder: &Folder,
        socket_dir: &Path,
    ) -> Result<(), EmbeddedError> {
        let begin = Instant::now();
        loop {
            let ready = PidFile::read(&self.cluster)
                .is_some_and(|note| note.pid == self.pid && note.status == "ready");
            if ready && UnixStream::connect(socket::socket_path(socket_dir)).is_ok() {
                return Ok(());
            }
            if !self.is_running() {
                return Err(EmbeddedError::Exited {
                    log_dir: folder.log_dir(),
                    log: folder.last_words(),
                });
            }
            if begin.elapsed() > START_LIMIT {
                return Err(EmbeddedError::NotReady {
                    seconds: START_LIMIT.as_secs(),
                    pid: self.pid,
                    log_dir: folder.log_dir(),
                    log: folder.last_words(),
                });
            }
            thread::sleep(LOOK_AGAIN);
        }
    }

    /// Ends the server and waits for its end; does nothing when it has ended already.
    ///
    /// # Errors
    /// [`EmbeddedError::DoesNotStop`] when it still runs after a minute, or 15 s if it was to end at once.
    pub(super) fn stop(&mut self, how: Shutdown) -> Result<(), EmbeddedError> {
        let begin = Instant::now();
        if self.is_running() {
            self.signal(how.signal())?;
        }
        while self.is_running() {
            if begin.elapsed() > how.limit() {
                return Err(EmbeddedError::DoesNotStop {
                    pid: self.pid,
                    seconds: how.limit().as_secs(),
                });
            }
            thread::sleep(LOOK_AGAIN);
        }
        Ok(())
    }

    fn signal(&self, signal: Signal) -> Result<(), EmbeddedError> {
        let pid = i32::try_from(self.pid).ok().and_then(Pid::from_raw);
        match pid.map(|pid| kill_process(pid, signal)) {
            // It ended between the look and the signal, which is what was wanted.
            None | Some(Ok(()) | Err(rustix::io::Errno::SRCH)) => Ok(()),
            Some(Err(error)) => Err(io_error("signal the PostgreSQL server of", &self.cluster)(
                io::Error::from(error),
            )),
        }
    }
}

/// Whether a process is the server of this cluster: process numbers are given out again, so being alive is not enough.
fn is_server_of(pid: u32, cluster: &Path) -> bool {
    if Path::new("/proc/self/cwd").exists() {
        // The server works in the folder of its cluster. A dead process that nobody has waited for has no folder.
        let working_dir = fs::read_link(format!("/proc/{pid}/cwd"));
        return working_dir
            .is_ok_and(|dir| fs::canonicalize(cluster).is_ok_and(|cluster| dir == cluster));
    }
    // Elsewhere, such as on macOS: its command line names the folder.
    let output = clean_command("ps")
        .args(["-ww", "-o", "args=", "-p", &pid.to_string()])
        .output();
    output.is_ok_and(|output| {
        let mut wanted = b"postgres -D ".to_vec();
        wanted.extend_from_slice(cluster.as_os_str().as_bytes());
        output
            .stdout
            .windows(wanted.len())
            .any(|window| window == wanted)
    })
}
