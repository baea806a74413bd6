//! Promise 10: guessing is slow.

use serde_json::json;

use super::stage::Stage;
use crate::support::process::Service;
use crate::support::wire::{Answer, Call, Wire};

const PASSWORD: &str = "a password of some length";

/// One attempt, which claims to come from elsewhere each time.
fn attempt(service: &Service, number: usize, email: &str, password: &str) -> Answer {
    let elsewhere = format!("203.0.113.{}, 198.51.100.{}", number % 250, number / 250);
    let call = Call::new("POST", "/v1/auth/login")
        .header("X-Forwarded-For", &elsewhere)
        .header("X-Real-IP", &elsewhere)
        .header("Forwarded", &format!("for={elsewhere}"))
        .json(&json!({"email": email, "password": password}));
    Wire::to(service.address).send(&call).expect("an answer")
}

fn assert_refused(answer: &Answer) {
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (429, "rate_limited"),
        "{}",
        answer.text()
    );
    let wait = answer
        .header("retry-after")
        .and_then(|seconds| seconds.parse::<u32>().ok());
    assert!(
        wait.is_some_and(|seconds| (1..=15 * 60 + 1).contains(&seconds)),
        "{wait:?}"
    );
}

#[test]
fn as_many_guesses_get_through_at_once_as_one_after_the_other() {
    let stage = Stage::shared();
    let limits = ["--login-limit-account", "5"];
    let replicas = [stage.serve(&limits), stage.serve(&limits)];
    let account = json!({"email": "someone@example.org", "password": PASSWORD});
    let registered = Wire::to(replicas[0].address)
        .post("/v1/auth/register", &account)
        .expect("an answer");
    assert_eq!(registered.status, 201, "{}", registered.text());

    let mut statuses: Vec<u16> = std::thread::scope(|scope| {
        let guesses: Vec<_> = (0..30)
            .map(|number| {
                let replica = &replicas[number % 2];
                scope.spawn(move || {
                    attempt(replica, number, "someone@example.org", "a wrong password").status
                })
            })
            .collect();
        guesses
            .into_iter()
            .map(|guess| guess.join().expect("an answer"))
            .collect()
    });
    statuses.sort_unstable();
    let (looked_at, others) = statuses.split_at(5);
    assert_eq!(looked_at, [401; 5], "{others:?}");
    // 503: nobody had the time to find out.
    assert!(
        others.iter().all(|status| [429, 503].contains(status)),
        "{others:?}"
    );
    assert_refused(&attempt(&replicas[0], 31, "someone@example.org", PASSWORD));
}

#[test]
fn attempts_at_an_account_and_from_a_network_are_limited_across_replicas() {
    let stage = Stage::shared();
    let limits = ["--login-limit-account", "5", "--login-limit-network", "12"];
    let replicas = [stage.serve(&limits), stage.serve(&limits)];
    let account = json!({"email": "someone@example.org", "password": PASSWORD});
    let registered = Wire::to(replicas[0].address)
        .post("/v1/auth/register", &account)
        .expect("an answer");
    assert_eq!(registered.status, 201, "{}", registered.text());

    for number in 0..5 {
        let answer = attempt(
            &replicas[number % 2],
            number,
            "someone@example.org",
            "a wrong password",
        );
        assert_eq!(answer.status, 401, "attempt {number}: {}", answer.text());
    }
    for replica in &replicas {
        assert_refused(&attempt(
            replica,
            5,
            "someone@example.org",
            "a wrong password",
        ));
        assert_refused(&attempt(
            replica,
            6,
            "SomeOne@Example.org",
            "a wrong password",
        ));
        // Else the right one would be told by its answer.
        assert_refused(&attempt(replica, 7, "someone@example.org", PASSWORD));
    }
    // Other accounts, known or not, are tried until the network has used up its own.
    for number in 5..12 {
        let answer = attempt(
            &replicas[number % 2],
            number,
            &format!("other-{number}@example.org"),
            PASSWORD,
        );
        assert_eq!(answer.status, 401, "attempt {number}: {}", answer.text());
    }
    for replica in &replicas {
        assert_refused(&attempt(replica, 12, "another@example.org", PASSWORD));
    }
}
