//! Promise 11: a retried POST makes one row.

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use super::stage::{Stage, application};
use crate::support::wire::{Answer, Call, Wire};

const PARALLEL: usize = 50;
const ROUNDS: usize = 4;

/// Sends until the request with this key is no longer in progress.
fn insist(wire: &mut Wire, call: &Call) -> Answer {
    let begin = Instant::now();
    loop {
        let answer = wire.send(call).expect("an answer");
        if answer.status != 409 {
            return answer;
        }
        assert_eq!(answer.code(), "request_in_progress", "{}", answer.text());
        assert!(answer.header("retry-after").is_some());
        assert!(
            begin.elapsed() < Duration::from_secs(10),
            "still in progress after 10 s"
        );
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn fifty_equal_posts_on_two_replicas_make_one_row() {
    let stage = Stage::shared();
    let replicas = [stage.serve(&[]), stage.serve(&[])];
    let user = stage.user();
    for round in 0..ROUNDS {
        let call = Call::new("POST", "/v1/applications")
            .header("Idempotency-Key", &format!("key {round}"))
            .json(&application(&format!("Company {round}")));
        let start = Barrier::new(PARALLEL);
        let answers: Vec<Answer> = thread::scope(|scope| {
            let senders: Vec<_> = (0..PARALLEL)
                .map(|number| {
                    let (mut wire, start, call) = (user.at(&replicas[number % 2]), &start, &call);
                    scope.spawn(move || {
                        start.wait();
                        insist(&mut wire, call)
                    })
                })
                .collect();
            senders
                .into_iter()
                .map(|sender| sender.join().expect("an answer"))
                .collect()
        });
        let first = &answers[0];
        for answer in &answers {
            assert_eq!(answer.status, 201, "{}", answer.text());
            assert_eq!(answer.text(), first.text());
            assert_eq!(answer.header("location"), first.header("location"));
            assert_eq!(answer.header("etag"), first.header("etag"));
        }
        let fresh = answers
            .iter()
            .filter(|answer| answer.header("idempotent-replayed").is_none());
        assert_eq!(fresh.count(), 1, "one did it, the others were told of it");
        let rows =
            format!("SELECT count(*) AS n FROM applications WHERE company = 'Company {round}'");
        assert_eq!(stage.count(&rows), 1);
    }
    assert_eq!(
        stage.count("SELECT count(*) AS n FROM application_steps"),
        i64::try_from(ROUNDS).expect("small")
    );
}
