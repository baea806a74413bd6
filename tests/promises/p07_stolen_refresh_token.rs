//! Promise 7: a stolen refresh token is contained.

use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use serde_json::json;

use super::stage::Stage;
use crate::support::process::Service;
use crate::support::wire::{Answer, Wire};

const AT_ONCE: usize = 20;

/// What a sign-in gives.
struct Tokens {
    access: String,
    refresh: String,
}

impl Tokens {
    fn of(answer: &Answer) -> Self {
        Self {
            access: answer.member("access_token"),
            refresh: answer.member("refresh_token"),
        }
    }
}

fn register(service: &Service, name: &str) -> Tokens {
    let account =
        json!({"email": format!("{name}@example.org"), "password": "a password of some length"});
    let answer = Wire::to(service.address)
        .post("/v1/auth/register", &account)
        .expect("an answer");
    assert_eq!(answer.status, 201, "{}", answer.text());
    Tokens::of(&answer)
}

fn refresh(service: &Service, token: &str) -> Answer {
    let body = json!({"refresh_token": token});
    Wire::to(service.address)
        .post("/v1/auth/refresh", &body)
        .expect("an answer")
}

fn renew(service: &Service, token: &str) -> Tokens {
    let answer = refresh(service, token);
    assert_eq!(answer.status, 200, "{}", answer.text());
    Tokens::of(&answer)
}

fn works(service: &Service, tokens: &Tokens) -> bool {
    let status = Wire::with_token(service.address, &tokens.access)
        .get("/v1/applications")
        .expect("an answer")
        .status;
    assert!([200, 401].contains(&status), "{status}");
    status == 200
}

fn assert_refused(answer: &Answer, code: &str) {
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (401, code),
        "{}",
        answer.text()
    );
    assert!(answer.header("www-authenticate").is_some());
}

#[test]
fn a_second_use_of_a_refresh_token_ends_the_session() {
    let stage = Stage::shared();
    let replicas = [stage.serve(&[]), stage.serve(&[])];
    let first = register(&replicas[0], "someone");
    let bystander = register(&replicas[0], "bystander");
    let second = renew(&replicas[1], &first.refresh);
    let third = renew(&replicas[0], &second.refresh);
    assert!(works(&replicas[0], &third) && works(&replicas[1], &third));

    // Whoever shows the first one now, is not the one who was given the third.
    assert_refused(&refresh(&replicas[1], &first.refresh), "token_reused");
    // A session that was alive is believed in for a second (promise 8).
    thread::sleep(Duration::from_secs(1));
    for (tokens, replica) in [(&first, 0), (&second, 1), (&third, 0), (&third, 1)] {
        assert!(
            !works(&replicas[replica], tokens),
            "an access token of the session still works"
        );
    }
    for tokens in [&second, &third] {
        assert_eq!(refresh(&replicas[0], &tokens.refresh).status, 401);
    }
    assert!(works(&replicas[1], &bystander), "other sessions live on");
}

#[test]
fn a_lost_answer_may_be_asked_for_again_until_the_next_token_is_used() {
    let stage = Stage::shared();
    let service = stage.serve(&[]);
    let first = register(&service, "someone");
    let lost = renew(&service, &first.refresh);
    let again = renew(&service, &first.refresh);
    assert!(works(&service, &again));
    let next = renew(&service, &again.refresh);
    assert!(works(&service, &next));
    // The answer was not lost after all: someone else has it.
    assert_refused(&refresh(&service, &lost.refresh), "token_reused");
    assert_eq!(refresh(&service, &next.refresh).status, 401);
}

#[test]
fn twenty_uses_at_once_leave_one_live_session() {
    let stage = Stage::shared();
    let replicas = [stage.serve(&[]), stage.serve(&[])];
    let first = register(&replicas[0], "someone");
    let start = Barrier::new(AT_ONCE);
    let answers: Vec<Answer> = thread::scope(|scope| {
        let uses: Vec<_> = (0..AT_ONCE)
            .map(|number| {
                let (replica, start, token) = (&replicas[number % 2], &start, &first.refresh);
                scope.spawn(move || {
                    start.wait();
                    refresh(replica, token)
                })
            })
            .collect();
        uses.into_iter()
            .map(|one| one.join().expect("an answer"))
            .collect()
    });
    for answer in &answers {
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    let live = "SELECT count(*) AS n FROM sessions WHERE revoked_at IS NULL AND expires_at > now()";
    assert_eq!(stage.count(live), 1);
    let last = renew(&replicas[0], &Tokens::of(&answers[0]).refresh);
    assert!(works(&replicas[1], &last));
    // From here on the other nineteen are a thief's.
    assert_refused(
        &refresh(&replicas[1], &Tokens::of(&answers[1]).refresh),
        "token_reused",
    );
    assert_eq!(stage.count(live), 0);
}
