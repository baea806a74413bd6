//! Promise 17, before anything is lost: the metrics tell whether reads would go on.

use std::time::Duration;

use super::load::wait_until;
use super::pair::{NOTICED_WITHIN, Pair, metric, readiness};
use super::stage::application;
use crate::support::process::Service;

/// How far a replica may be behind, what it takes to see it, and as much again for a machine that is busy.
const TOO_FAR: Duration = Duration::from_secs(20);

fn usable(service: &Service) -> i64 {
    metric(service, "rebound_replica_usable")
}

#[test]
fn a_replica_that_nobody_could_read_from_is_told_of_before_the_primary_is_lost() {
    let mut pair = Pair::new();
    let service = pair.serve();
    let user = pair.stage.user();
    wait_until("a replica that is of use", NOTICED_WITHIN, || {
        usable(&service) == 1
    });

    // It answers and lacks a few bytes only, for too long.
    pair.standby.pause();
    let written = user
        .at(&service)
        .post("/v1/applications", &application("Company"));
    assert_eq!(written.expect("an answer").status, 201);
    wait_until("a replica that is behind", TOO_FAR, || {
        usable(&service) == 0
    });
    assert_eq!(
        metric(&service, "rebound_database_answers{server=\"replica\"}"),
        1
    );
    let lag = metric(&service, "rebound_replica_lag_bytes");
    assert!((1..10_000_000).contains(&lag), "{lag} bytes");
    pair.standby.resume();
    wait_until("a replica that has caught up", NOTICED_WITHIN, || {
        usable(&service) == 1
    });

    // So it was, and so it stays while the primary is away.
    pair.stage.cluster().stop_immediate();
    wait_until("the loss", NOTICED_WITHIN, || {
        readiness(&service) == (200, "read_only".to_owned())
    });
    assert_eq!(usable(&service), 1);
    pair.stage.cluster().start();

    pair.standby.stop_immediate();
    wait_until("the loss of the replica", NOTICED_WITHIN, || {
        usable(&service) == 0
    });
}
