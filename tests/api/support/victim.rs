//! A process to be killed: this test program again, running one ignored test that says who it is and then waits.

use std::env;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// The variable that tells the ignored test what to work on.
const SUBJECT: &str = "REBOUND_TEST_VICTIM";
/// The beginning of the line by which the ignored test tells how it came along.
const READY: &str = "victim is ready: ";

/// A process that lives until it is killed.
pub struct Victim {
    process: Child,
    /// What the ignored test told.
    pub word: String,
}

impl Victim {
    /// Runs the ignored test of this name and waits for its word.
    pub fn start(test: &str, subject: &Path) -> Self {
        let mut victim = Self::spawn(test, subject);
        let stdout = victim
            .process
            .stdout
            .take()
            .expect("the output was asked for as a pipe");
        let word = BufReader::new(stdout)
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.split_once(READY).map(|(_, word)| word.to_owned()));
        victim.word = word.expect("the victim says that it is ready");
        victim
    }

    /// Runs the ignored test of this name without waiting for anything.
    pub fn spawn(test: &str, subject: &Path) -> Self {
        let process = Command::new(env::current_exe().expect("this program has a path"))
            .args(["--exact", test, "--ignored", "--nocapture"])
            .env(SUBJECT, subject)
            .stdout(Stdio::piped())
            .spawn()
            .expect("this program runs");
        Self {
            process,
            word: String::new(),
        }
    }

    /// Ends it with SIGKILL, which it cannot notice.
    pub fn kill(&mut self) {
        self.process.kill().expect("it runs");
        self.process.wait().expect("it is our child");
    }

    /// The process number.
    pub fn pid(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Victim {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// The victim's side: what it was given to work on; `None` when somebody runs ignored tests by hand.
pub fn subject() -> Option<std::path::PathBuf> {
    env::var_os(SUBJECT).map(Into::into)
}

/// The victim's side: tells its parent something and waits for the end. Gives up after a minute, in case the parent is gone.
pub fn wait_for_death(word: &str) {
    println!("{READY}{word}");
    thread::sleep(Duration::from_secs(60));
}

/// Whether a process of this number lives; one that is dead and not yet waited for does not count.
pub fn is_alive(pid: u32) -> bool {
    let output = Command::new("ps")
        .args(["-o", "stat=", "-p", &pid.to_string()])
        .output()
        .expect("ps");
    let state = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    !state.is_empty() && !state.starts_with('Z')
}

/// Waits until something is so, for at most ten seconds.
pub fn eventually(what: &str, is_so: impl Fn() -> bool) {
    eventually_within(Duration::from_secs(10), what, is_so);
}

/// Waits until something is so, at most as long as said.
pub fn eventually_within(limit: Duration, what: &str, is_so: impl Fn() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(
            begin.elapsed() < limit,
            "{what} did not come about within {limit:?}"
        );
        thread::sleep(Duration::from_millis(20));
    }
}
