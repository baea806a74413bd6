//! Promise 14: a crash of PostgreSQL gives only 503s and heals.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::load::{assert_kept, companies, until, wait_until};
use super::pair::{METRICS, NOTICED_WITHIN, metric};
use super::stage::{Stage, application};
use crate::support::wire::Call;

const CLIENTS: usize = 12;
const HEALED_WITHIN: Duration = Duration::from_secs(5);

/// When a client was served last; that the service calls itself ready does not count.
struct Served {
    write: Instant,
    list: Instant,
}

impl Served {
    fn since(&self, instant: Instant) -> bool {
        self.write > instant && self.list > instant
    }
}

#[test]
fn a_crashed_database_gives_only_503s_and_the_service_heals_by_itself() {
    let stage = Stage::on_own_cluster(true);
    let mut service = stage.serve(&[]);
    let user = stage.user();
    let stop = AtomicBool::new(false);
    let seen: Mutex<BTreeMap<(u16, String), usize>> = Mutex::default();
    let now = Instant::now();
    let served: Vec<Mutex<Served>> = (0..CLIENTS)
        .map(|_| {
            Mutex::new(Served {
                write: now,
                list: now,
            })
        })
        .collect();
    // The companies that were acknowledged.
    let acknowledged: Mutex<Vec<String>> = Mutex::default();

    thread::scope(|scope| {
        for (number, served) in served.iter().enumerate() {
            let (mut wire, seen, stop, acknowledged) =
                (user.at(&service), &seen, &stop, &acknowledged);
            scope.spawn(move || {
                let mut count = 0;
                until(stop, || {
                    count += 1;
                    let company = format!("{number} {count}");
                    let call = match count % 4 {
                        0 => Call::new("GET", "/v1/applications?limit=5"),
                        1 => Call::new("GET", "/health/ready"),
                        2 => Call::new("POST", "/v1/applications").json(&application(&company)),
                        _ => Call::new("POST", "/v1/applications")
                            .header("Idempotency-Key", &company)
                            .json(&application(&company)),
                    };
                    let answer = match wire.send(&call) {
                        Ok(answer) => answer,
                        Err(fault) => {
                            stop.store(true, Ordering::Relaxed);
                            panic!("no answer: {fault:?}");
                        }
                    };
                    *lock(seen)
                        .entry((answer.status, answer.code()))
                        .or_default() += 1;
                    match answer.status {
                        200 if count % 4 == 0 => lock(served).list = Instant::now(),
                        201 => {
                            lock(served).write = Instant::now();
                            lock(acknowledged).push(company);
                        }
                        503 => assert!(
                            answer.header("retry-after").is_some(),
                            "503 without Retry-After"
                        ),
                        _ => {}
                    }
                });
            });
        }
        for round in 1..=3 {
            thread::sleep(Duration::from_millis(500));
            stage.cluster().stop_immediate();
            thread::sleep(Duration::from_millis(300 * round));
            stage.cluster().start();
            let started = Instant::now();
            let is_served = |client: &Mutex<Served>| lock(client).since(started);
            if stop.load(Ordering::Relaxed) {
                break;
            }
            let took = wait_until("every client writes and reads again", HEALED_WITHIN, || {
                stop.load(Ordering::Relaxed) || served.iter().all(is_served)
            });
            println!("round {round}: every client wrote and read {took:?} after the start");
        }
        stop.store(true, Ordering::Relaxed);
    });

    let seen = seen.into_inner().unwrap_or_else(PoisonError::into_inner);
    println!("{seen:?}");
    let unwanted: Vec<_> = seen
        .keys()
        .filter(|(status, _)| ![200, 201, 503].contains(status))
        .collect();
    assert!(unwanted.is_empty(), "{unwanted:?}\n{}", service.logs());
    assert!(
        seen.keys().any(|(status, _)| *status == 503),
        "the crash was not felt"
    );
    let stored = companies(&user, &service);
    let acknowledged = acknowledged
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    assert_kept(&acknowledged, &stored);
    assert!(service.is_running(), "it was never restarted");
    assert!(!service.log_lines().is_empty());
}

#[test]
fn the_metrics_tell_that_the_database_is_away_without_a_replica_too() {
    let stage = Stage::on_own_cluster(false);
    let service = stage.serve(&["--metrics-token", METRICS]);
    let answers = || metric(&service, "rebound_database_answers{server=\"primary\"}");
    assert_eq!(answers(), 1);
    stage.cluster().stop_immediate();
    wait_until("the loss", NOTICED_WITHIN, || answers() == 0);
    stage.cluster().start();
    wait_until("the return", NOTICED_WITHIN, || answers() == 1);
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
