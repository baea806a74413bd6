//! Promise 32: memory is flat.

use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::json;

use super::load::wait_until;
use super::stage::{Stage, application};
use crate::support::process::Service;
use crate::support::wire::Call;

const CLIENTS: usize = 8;
/// How much more than after the first tenth there may be at the end.
const PERCENT: u64 = 5;
/// What the allocator holds more or less of at any time, in KiB.
const PLAY: u64 = 4 * 1024;
/// For how long a request is sent again on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(60);
/// Users take turns, so that what is kept for each of them is kept for many.
const USERS: usize = 40;

/// What a process has in memory of its own, in KiB: what it has of its program file does not leak, and would hide what does.
fn resident(service: &Service) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", service.pid())).expect("it runs");
    let line = status.lines().find(|line| line.starts_with("RssAnon:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
    kilobytes.unwrap_or_else(|| panic!("{status}"))
}

/// Sends so many requests of many kinds; how much memory there was after a tenth of them, and at the end.
fn growth(requests: usize) -> (u64, u64) {
    let stage = Stage::shared();
    let service = stage.serve(&[]);
    let users: Vec<_> = (0..USERS).map(|_| stage.user()).collect();
    let paths: Vec<String> = users
        .iter()
        .map(|user| {
            let created = user
                .at(&service)
                .post("/v1/applications", &application("First"));
            let created = created.expect("an answer");
            created.header("location").expect("a place").to_owned()
        })
        .collect();
    let number = AtomicUsize::new(0);
    let run = |until: usize| {
        thread::scope(|scope| {
            for _ in 0..CLIENTS {
                scope.spawn(|| {
                    let mut wires: Vec<_> = users.iter().map(|user| user.at(&service)).collect();
                    loop {
                        let count = number.fetch_add(1, Ordering::Relaxed);
                        if count >= until {
                            break;
                        }
                        let user = count / 100 % USERS;
                        let call = call(count, &paths[user]);
                        // A busy machine turns requests away; that is another promise.
                        wait_until("an answer", PATIENCE, || {
                            let answer = wires[user].send(&call).expect("an answer");
                            let is_busy = answer.status == 503;
                            assert!(
                                is_busy || answer.status < 500,
                                "{call:?}: {}",
                                answer.text()
                            );
                            !is_busy
                        });
                        if count.is_multiple_of(997) {
                            wires[user].hang_up();
                        }
                    }
                });
            }
        });
        resident(&service)
    };
    (run(requests / 10), run(requests))
}

/// One request of those that people send: mostly reads, now and then a write, a slip, a search.
fn call(count: usize, path: &str) -> Call {
    let get = |target: &str| Call::new("GET", target);
    match count % 20 {
        0 => Call::new("PATCH", path).json(&json!({"notes": format!("note {count}")})),
        1 => Call::new("POST", "/v1/applications").json(&json!({"company": ""})),
        2 => get("/v1/applications/no-such-thing"),
        3 => get(&format!("/v1/applications?q=word{count}")),
        4 => get("/v1/insights/pipeline"),
        5 => get("/v1/me"),
        6 => Call::new("POST", "/v1/tone-checks")
            .json(&json!({"kind": "thank_you", "text": format!("Dear Nell, thank you. {count}")})),
        7 => get("/health/ready"),
        8..13 => get("/v1/applications?limit=20"),
        _ => get(path),
    }
}

fn assert_flat(requests: usize) {
    let (early, late) = growth(requests);
    println!("{requests} requests: {early} KiB after a tenth, {late} KiB at the end");
    assert!(
        late < early + PLAY.max(early * PERCENT / 100),
        "{early} KiB became {late} KiB"
    );
}

#[test]
fn memory_stays_flat_over_thirty_thousand_requests() {
    assert_flat(30_000);
}

/// The promise in full: `make soak`.
#[test]
#[ignore = "takes long; the shorter form runs each time"]
fn memory_stays_flat_over_a_million_requests() {
    assert_flat(1_000_000);
}
