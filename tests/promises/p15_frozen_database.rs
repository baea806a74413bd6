//! Promise 15: a frozen PostgreSQL hangs nobody.

use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use serde_json::json;

use super::load::wait_until;
use super::stage::{Stage, User, application, median};
use crate::support::process::Service;
use crate::support::wire::{Answer, Call, Wire};

const PARALLEL: usize = 64;
const ANSWERED_WITHIN: Duration = Duration::from_secs(5);
const QUICK: Duration = Duration::from_millis(50);

/// Reads, writes and lists, all at the same time.
fn storm(service: &Service, user: &User, path: &str) -> Vec<Answer> {
    let start = Barrier::new(PARALLEL);
    thread::scope(|scope| {
        let senders: Vec<_> = (0..PARALLEL)
            .map(|number| {
                let call = match number % 6 {
                    0 => Call::new("GET", path),
                    1 => Call::new("GET", "/v1/applications"),
                    2 => Call::new("POST", "/v1/applications").json(&application("Company")),
                    3 => Call::new("PATCH", path).json(&json!({"notes": "changed"})),
                    4 => Call::new("POST", "/v1/applications")
                        .header("Idempotency-Key", &format!("{number}"))
                        .json(&application("Company")),
                    _ => Call::new("GET", "/health/ready"),
                };
                let (mut wire, start) = (user.at(service), &start);
                scope.spawn(move || {
                    start.wait();
                    wire.send(&call).expect("an answer")
                })
            })
            .collect();
        senders
            .into_iter()
            .map(|sender| sender.join().expect("an answer"))
            .collect()
    })
}

fn assert_turned_away(answers: &[Answer]) {
    for answer in answers {
        assert_eq!(answer.status, 503, "{}", answer.text());
        assert!(
            answer.header("retry-after").is_some(),
            "503 without Retry-After"
        );
        assert!(
            answer.took < ANSWERED_WITHIN,
            "answered after {:?}",
            answer.took
        );
    }
    let slowest = answers.iter().map(|answer| answer.took).max();
    println!("slowest of {}: {slowest:?}", answers.len());
}

#[test]
fn a_frozen_database_hangs_nobody() {
    let stage = Stage::on_own_cluster(false);
    let mut service = stage.serve(&[]);
    let user = stage.user();
    let created = user
        .at(&service)
        .post("/v1/applications", &application("Company"))
        .expect("an answer");
    let path = created.header("location").expect("a place").to_owned();
    // Every connection of the pool is open, and the session known.
    assert!(
        storm(&service, &user, &path)
            .iter()
            .all(|answer| answer.status < 300)
    );

    stage.cluster().freeze();
    let (first, alive) = thread::scope(|scope| {
        let storm = scope.spawn(|| storm(&service, &user, &path));
        let mut wire = Wire::to(service.address);
        let mut alive = Vec::new();
        while !storm.is_finished() && alive.len() < 1_000 {
            let answer = wire.get("/health/live").expect("an answer");
            assert_eq!(answer.status, 200);
            alive.push(answer.took);
            thread::sleep(Duration::from_millis(10));
        }
        (storm.join().expect("answers"), alive)
    });
    assert_turned_away(&first);
    let typical = median(alive);
    println!("/health/live: {typical:?}");
    assert!(typical < QUICK, "/health/live took {typical:?}");
    // By now every thread of the service waits for the database, and the session is no longer believed in.
    assert_turned_away(&storm(&service, &user, &path));

    stage.cluster().thaw();
    let took = wait_until("the service works again", ANSWERED_WITHIN, || {
        storm(&service, &user, &path)
            .iter()
            .all(|answer| answer.status < 300)
    });
    println!("healed in {took:?}");
    assert!(service.is_running());
    assert!(!service.log_lines().is_empty());
}

#[test]
fn a_frozen_database_does_not_keep_the_service_from_ending() {
    let stage = Stage::on_own_cluster(false);
    let mut service = stage.serve(&[]);
    let user = stage.user();
    assert_eq!(
        user.at(&service)
            .get("/v1/applications")
            .expect("an answer")
            .status,
        200
    );
    stage.cluster().freeze();
    assert_eq!(
        user.at(&service)
            .get("/v1/applications")
            .expect("an answer")
            .status,
        503
    );
    service.terminate();
    let status = service.wait(Duration::from_secs(15));
    stage.cluster().thaw();
    assert!(
        status.is_some_and(|status| status.success()),
        "{status:?}: {}",
        service.logs()
    );
}
