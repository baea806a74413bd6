//! Promise 16: an exhausted pool answers fast.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;

use super::load::until;
use super::stage::{Stage, application, percentile};
use crate::support::wire::{Answer, Call, Wire};

const CLIENTS: usize = 32;
const LOCKED_FOR: Duration = Duration::from_secs(6);
/// Who waits for a connection is told so within this time.
const TURNED_AWAY_WITHIN: Duration = Duration::from_secs(2);
/// Who has a connection and waits for a row, is told so within this.
const ANSWERED_WITHIN: Duration = Duration::from_secs(5);
/// Of a hundred looks at `/health/live`, 99 are answered within this.
const QUICK: Duration = Duration::from_millis(50);
/// And each of them within this: a machine that is busy with other tests may hold up one.
const ALWAYS: Duration = Duration::from_millis(500);

#[test]
fn an_exhausted_pool_turns_people_away_fast() {
    let stage = Stage::shared();
    let service = stage.serve(&[]);
    let user = stage.user();
    let created = user
        .at(&service)
        .post("/v1/applications", &application("Company"))
        .expect("an answer");
    let path = created.header("location").expect("a place").to_owned();
    let mut outsider = stage.owner();
    outsider
        .batch_execute("BEGIN; LOCK TABLE applications IN ACCESS EXCLUSIVE MODE")
        .expect("the lock");

    let stop = AtomicBool::new(false);
    let (answers, mut alive) = thread::scope(|scope| {
        let senders: Vec<_> = (0..CLIENTS)
            .map(|number| {
                let (mut wire, stop, path) = (user.at(&service), &stop, path.clone());
                scope.spawn(move || {
                    let mut answers: Vec<Answer> = Vec::new();
                    // Not all at once: some come while others have been waiting for long.
                    thread::sleep(Duration::from_millis(
                        u64::try_from(number).expect("small") * 97,
                    ));
                    until(stop, || {
                        let call = match (number + answers.len()) % 3 {
                            0 => Call::new("GET", path.clone()),
                            1 => Call::new("GET", "/v1/applications"),
                            _ => {
                                Call::new("POST", "/v1/applications").json(&application("Company"))
                            }
                        };
                        answers.push(wire.send(&call).expect("an answer"));
                    });
                    answers
                })
            })
            .collect();
        let mut alive = Vec::new();
        let (begin, mut wire) = (Instant::now(), Wire::to(service.address));
        while begin.elapsed() < LOCKED_FOR {
            let answer = wire.get("/health/live").expect("an answer");
            assert_eq!(answer.status, 200);
            alive.push(answer.took);
            thread::sleep(Duration::from_millis(20));
        }
        stop.store(true, Ordering::Relaxed);
        let answers: Vec<Answer> = senders
            .into_iter()
            .flat_map(|sender| sender.join().expect("answers"))
            .collect();
        (answers, alive)
    });

    let [quick, longest] = [99, 100].map(|percent| percentile(&mut alive, percent));
    let (mut busy, mut locked) = (Vec::new(), Vec::new());
    for answer in &answers {
        assert_eq!(answer.status, 503, "{}", answer.text());
        assert!(
            answer.header("retry-after").is_some(),
            "503 without Retry-After"
        );
        match answer.member("detail").as_str() {
            "The service is busy." => busy.push(answer.took),
            _ => locked.push(answer.took),
        }
    }
    let slowest = |times: &[Duration]| times.iter().max().copied().expect("some");
    println!(
        "turned away: {} within {:?}; locked out: {} within {:?}; /health/live {quick:?}, {longest:?} at most",
        busy.len(),
        slowest(&busy),
        locked.len(),
        slowest(&locked)
    );
    assert!(quick < QUICK, "99 % of /health/live within {quick:?}");
    assert!(longest < ALWAYS, "/health/live took {longest:?}");
    assert!(
        slowest(&busy) < TURNED_AWAY_WITHIN,
        "turned away only after {:?}",
        slowest(&busy)
    );
    assert!(
        slowest(&locked) < ANSWERED_WITHIN,
        "answered only after {:?}",
        slowest(&locked)
    );

    outsider
        .batch_execute("ROLLBACK")
        .expect("the end of the lock");
    assert_eq!(user.at(&service).get(&path).expect("an answer").status, 200);
    assert_eq!(
        user.at(&service)
            .post("/v1/applications", &application("Company"))
            .expect("an answer")
            .status,
        201
    );
}
