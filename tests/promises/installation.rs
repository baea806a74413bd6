//! The whole installation of `scripts/stage.sh`, for experiments on several services and all that stands around them.

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::Command;
use std::sync::MutexGuard;

use diesel::PgConnection;
use rebound::auth::keys::Keys;

use super::stage::{User, new_user, turn};
use crate::support::app::open;
use crate::support::cluster::Scratch;
use crate::support::wire::Wire;

/// Ports that it takes, one after the other.
const PORTS: u16 = 8;

/// Two services behind a balancer, PostgreSQL with a replica, each behind a pooler.
pub struct Installation {
    folder: Scratch,
    port: u16,
    flags: String,
    _turn: MutexGuard<'static, ()>,
}

impl Installation {
    /// Starts all of it, with further flags of the services.
    pub fn up(flags: &[&str]) -> Self {
        let all = Self {
            folder: Scratch::new(),
            port: free_ports(),
            flags: flags.join(" "),
            _turn: turn(),
        };
        all.script(&["up"]);
        all
    }

    /// Ends a part as a supervisor does.
    pub fn stop(&self, part: &str) {
        self.script(&["stop", part]);
    }

    /// Ends a part as a crash does.
    pub fn kill(&self, part: &str) {
        self.script(&["kill", part]);
    }

    /// Starts a part again.
    pub fn start(&self, part: &str) {
        self.script(&["start", part]);
    }

    fn script(&self, arguments: &[&str]) {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/stage.sh");
        // What it starts must not hold a pipe of ours.
        let words = self.folder.path().join("words");
        let said = std::fs::File::create(&words).expect("a file");
        let status = Command::new(script)
            .arg(self.folder.path())
            .args(arguments)
            .env("STAGE_PORT", self.port.to_string())
            .env("STAGE_FLAGS", &self.flags)
            .env("STAGE_REBOUND", env!("CARGO_BIN_EXE_rebound"))
            .stdout(said.try_clone().expect("a file"))
            .stderr(said)
            .status()
            .expect("the script runs");
        let words = std::fs::read_to_string(words).unwrap_or_default();
        assert!(status.success(), "stage.sh {arguments:?}: {words}");
    }

    /// Where people reach it.
    pub fn address(&self) -> SocketAddr {
        ([127, 0, 0, 1], self.port).into()
    }

    /// Where one of the services listens, for those who go past the balancer.
    pub fn service(&self, number: u16) -> SocketAddr {
        ([127, 0, 0, 1], self.port + 1 + number).into()
    }

    /// The folder that mails are put into.
    pub fn mails(&self) -> PathBuf {
        self.folder.path().join("mails")
    }

    /// A connection to the primary as the owner of the tables.
    pub fn owner(&self) -> PgConnection {
        open(&format!(
            "postgresql://rebound_owner@127.0.0.1:{}/rebound",
            self.port + 5
        ))
    }

    /// A user who is signed in.
    pub fn user(&self) -> User {
        let keys = self.folder.path().join("keys");
        let keys = Keys::open(&keys).unwrap_or_else(|error| panic!("{error}"));
        new_user(&mut self.owner(), &keys)
    }

    /// A client of a user.
    pub fn client(&self, user: &User) -> Wire {
        Wire::with_token(self.address(), &user.token)
    }

    /// Does the balancer send requests to a service?
    pub fn is_in_use(&self, service: &str) -> bool {
        let page = Wire::to(([127, 0, 0, 1], self.port + 7).into()).get("/;csv");
        let page = page.expect("the balancer's page").text();
        let line = page
            .lines()
            .find(|line| line.starts_with(&format!("rebound,{service},")));
        line.and_then(|line| line.split(',').nth(17))
            .is_some_and(|status| status.starts_with("UP"))
    }
}

impl Drop for Installation {
    fn drop(&mut self) {
        if std::thread::panicking() {
            // The last words of everybody, for whoever has to find out.
            for part in ["one", "two", "pooler", "balancer", "primary", "standby"] {
                let log = std::fs::read_to_string(self.folder.path().join("log").join(part));
                let log = log.unwrap_or_default();
                let last: Vec<&str> = log.lines().rev().take(5).collect();
                println!("{part}: {last:#?}");
            }
            return;
        }
        self.script(&["down"]);
    }
}

/// The first of some ports that nobody uses.
fn free_ports() -> u16 {
    let is_free = |port: u16| TcpListener::bind(("127.0.0.1", port)).is_ok();
    (0..500)
        .map(|step| 21_000 + step * 16)
        .find(|first| (*first..first + PORTS).all(is_free))
        .expect("free ports")
}
