//! The service as its users run it: a process of the program, with flags, a port and logs of its own.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::wire::Wire;

/// How long a start may take: the embedded database makes its cluster first, on a busy machine.
const START_LIMIT: Duration = Duration::from_secs(60);
/// The beginning of the line that names the address.
const ADDRESS_LINE: &str = "API        http://";

/// A running service. It is killed when it is dropped; the folder's watchdog does so when the test process itself is killed.
pub struct Service {
    process: Child,
    /// Where it listens.
    pub address: SocketAddr,
    log: PathBuf,
}

impl Service {
    /// Starts `rebound serve` with its data in a folder, on a port that is free, and waits until it takes requests.
    ///
    /// Without a `database` it runs its own one in the folder.
    pub fn start(folder: &Path, database: Option<(&str, &str)>, flags: &[&str]) -> Self {
        let number = fs::read_dir(folder).expect("the folder is there").count();
        let log = folder.join(format!("service-{number}.log"));
        let mut command = Command::new(env!("CARGO_BIN_EXE_rebound"));
        command.env_clear();
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        if let Some((url, owner_url)) = database {
            command
                .env("DATABASE_URL", url)
                .env("REBOUND_MIGRATE_DATABASE_URL", owner_url);
        }
        // The data folder comes first: by it the watchdog knows whom to end.
        command
            .arg("serve")
            .arg("--data-dir")
            .arg(folder.join("data"));
        // A flag is taken once: what the experiment says itself wins.
        for usual in [["--listen", "127.0.0.1:0"], ["--log-format", "json"]] {
            if !flags.contains(&usual[0]) {
                command.args(usual);
            }
        }
        let mut process = command
            .args(flags)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(&log).expect("a file for the log"))
            .spawn()
            .expect("the program starts");
        let stdout = process.stdout.take().expect("a pipe was asked for");
        let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
        let address = lines
            .find_map(|line| {
                line.split_once(ADDRESS_LINE)
                    .map(|(_, rest)| rest.trim_end_matches("/v1").to_owned())
            })
            .and_then(|address| address.parse().ok());
        let Some(address) = address else {
            process.kill().ok();
            process.wait().ok();
            panic!(
                "the service does not start: {}",
                fs::read_to_string(&log).unwrap_or_default()
            );
        };
        // Nobody reads it any further, but a full or broken pipe must not trouble the service.
        thread::spawn(move || lines.for_each(drop));
        let mut service = Self {
            process,
            address,
            log,
        };
        service.wait_until_ready();
        service
    }

    fn wait_until_ready(&mut self) {
        let begin = Instant::now();
        while !Wire::to(self.address)
            .get("/health/ready")
            .is_ok_and(|answer| answer.status == 200)
        {
            assert!(
                begin.elapsed() < START_LIMIT && self.is_running(),
                "not ready: {}",
                self.logs()
            );
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// The process number.
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Asks it to end, as a supervisor does.
    pub fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    /// Asks it to end, as Ctrl-C does.
    pub fn interrupt(&self) {
        self.signal(Signal::INT);
    }

    fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.pid())
            .ok()
            .and_then(Pid::from_raw)
            .expect("a process number");
        kill_process(pid, signal).expect("it runs");
    }

    /// Ends it with SIGKILL, which it cannot notice.
    pub fn kill(&mut self) {
        self.process.kill().expect("it runs");
        self.process.wait().expect("it is our child");
    }

    /// Whether the process lives.
    pub fn is_running(&mut self) -> bool {
        matches!(self.process.try_wait(), Ok(None))
    }

    /// Waits for its end; `None` when it still runs after the limit.
    pub fn wait(&mut self, limit: Duration) -> Option<ExitStatus> {
        let begin = Instant::now();
        loop {
            if let Some(status) = self.process.try_wait().expect("it is our child") {
                return Some(status);
            }
            if begin.elapsed() > limit {
                return None;
            }
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Everything it has logged so far.
    pub fn logs(&self) -> String {
        fs::read_to_string(&self.log).expect("the log is text")
    }

    /// Its log lines, each of which has to be one JSON object.
    pub fn log_lines(&self) -> Vec<Value> {
        let logs = self.logs();
        let parse = |line: &str| match serde_json::from_str(line) {
            Ok(Value::Object(line)) => Value::Object(line),
            _ => panic!("no JSON object: {line}"),
        };
        logs.lines().map(parse).collect()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}
