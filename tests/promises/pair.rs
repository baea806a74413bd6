//! A primary and its replica, for experiments about losing one of them.

use std::time::Duration;

use rebound::db::embedded::APP_ROLE;

use super::stage::Stage;
use crate::support::process::Service;
use crate::support::proxy::Proxy;
use crate::support::standby::Standby;
use crate::support::wire::{Answer, Wire};

/// Opens the metrics of a service.
pub const METRICS: &str = "a token for the metrics";
/// For a service to see that a server is away or back, on a busy machine.
pub const NOTICED_WITHIN: Duration = Duration::from_secs(15);
/// Nobody waits longer than this for any answer.
pub const ANSWERED_WITHIN: Duration = Duration::from_secs(5);

/// A primary, its replica, and what leads to them.
pub struct Pair {
    /// Dropped first.
    pub standby: Standby,
    /// Where the primary is.
    pub stage: Stage,
}

impl Pair {
    /// Both on a machine of their own.
    pub fn new() -> Self {
        let stage = Stage::on_own_cluster(true);
        let standby = Standby::of(stage.cluster());
        Self { standby, stage }
    }

    /// A service whose reads may take place on the replica.
    pub fn serve(&self) -> Service {
        let replica = self.standby.url(APP_ROLE, self.stage.database());
        self.stage.serve(&[
            "--replica-database-url",
            &replica,
            "--metrics-token",
            METRICS,
        ])
    }

    /// A service with the weather between it and both servers.
    pub fn serve_through(&self, primary: &Proxy, replica: &Proxy) -> Service {
        let url = |proxy: &Proxy| {
            let database = self.stage.database();
            format!("postgresql://{APP_ROLE}@{}/{database}", proxy.address)
        };
        self.stage.serve_on(
            Some(&url(primary)),
            &[
                "--replica-database-url",
                &url(replica),
                "--metrics-token",
                METRICS,
            ],
        )
    }

    /// The ways to the primary and to the replica.
    pub fn proxies(&self) -> (Proxy, Proxy) {
        let primary = self.stage.cluster().socket_dir().join(".s.PGSQL.5432");
        (Proxy::to(&primary), Proxy::to(&self.standby.socket()))
    }
}

/// A figure of the service; of several series, the one with this label.
pub fn metric(service: &Service, name: &str) -> i64 {
    let page = Wire::with_token(service.address, METRICS)
        .get("/metrics")
        .expect("the metrics")
        .text();
    let line = page
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.and_then(|value| value.parse().ok())
        .unwrap_or_else(|| panic!("no {name} in {page}"))
}

/// Told to come again, and soon enough.
pub fn assert_unavailable(answer: &Answer) {
    assert_eq!(answer.status, 503, "{}", answer.text());
    assert!(answer.header("retry-after").is_some());
    assert!(answer.took < ANSWERED_WITHIN, "{:?}", answer.took);
}

/// What `/health/ready` says.
pub fn readiness(service: &Service) -> (u16, String) {
    let answer = Wire::to(service.address)
        .get("/health/ready")
        .expect("an answer");
    let status = answer.json()["status"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    (answer.status, status)
}
