//! Promise 9: who has an account stays unknown.

use std::time::Duration;

use serde_json::{Value, json};

use super::stage::{Stage, median};
use crate::support::wire::{Answer, Wire};

/// Pairs in one measuring; the fast operation needs more of them for a steady median.
const HASHING: usize = 30;
const QUICK: usize = 120;
/// How often it is measured at the most: a busy machine spoils a measuring, a leak spoils all.
const MEASURINGS: usize = 6;
/// How far apart the medians may be.
const APART: f64 = 0.10;

/// An address that is as long as all others.
fn address(kind: &str, number: usize) -> String {
    format!("{kind}-{number:08}@example.org")
}

/// What everyone may see of an answer.
fn visible(answer: &Answer) -> (u16, Value, Vec<Option<String>>) {
    let mut body = answer.json();
    if let Some(members) = body.as_object_mut() {
        members.shift_remove("request_id");
    }
    let headers = [
        "content-type",
        "content-length",
        "www-authenticate",
        "retry-after",
        "location",
        "set-cookie",
    ];
    let headers = headers
        .map(|name| answer.header(name).map(str::to_owned))
        .to_vec();
    (answer.status, body, headers)
}

/// Asks for known and unknown addresses by turns, and compares answers and times.
fn compare(what: &str, pairs: usize, mut ask: impl FnMut(&str) -> Answer) {
    let (mut apart, mut fresh) = (f64::MAX, 0);
    for _ in 0..MEASURINGS {
        let mut times: [Vec<Duration>; 2] = [Vec::new(), Vec::new()];
        let mut expected = None;
        for pair in 0..pairs {
            fresh += 1;
            // Who comes first changes too.
            for turn in [pair % 2, 1 - pair % 2] {
                let address = if turn == 0 {
                    address("known", 1)
                } else {
                    address("other", fresh)
                };
                let answer = ask(&address);
                let seen = visible(&answer);
                assert_eq!(
                    expected.get_or_insert_with(|| seen.clone()),
                    &seen,
                    "{what} of {address}"
                );
                times[turn].push(answer.took);
            }
        }
        let [known, unknown] = times.map(|times| median(times).as_secs_f64());
        apart = (known / unknown - 1.0).abs();
        println!(
            "{what}: known {:.2} ms, unknown {:.2} ms, {:.1} % apart",
            known * 1e3,
            unknown * 1e3,
            apart * 100.0
        );
        if apart < APART {
            return;
        }
    }
    panic!("{what}: the medians are {:.1} % apart", apart * 100.0);
}

#[test]
fn known_and_unknown_addresses_are_answered_alike_and_as_fast() {
    let stage = Stage::shared();
    let service = stage.serve(&[
        "--email-verification",
        "required",
        "--login-limit-account",
        "1000000",
        "--login-limit-network",
        "1000000",
        "--register-limit",
        "1000000",
        "--mail-limit",
        "1000000",
    ]);
    let mut wire = Wire::to(service.address);
    let register = |email: &str| json!({"email": email, "password": "a password of some length"});
    assert_eq!(
        wire.post("/v1/auth/register", &register(&address("known", 1)))
            .expect("an answer")
            .status,
        202
    );
    stage.execute("UPDATE users SET email_verified_at = now()");

    compare("login", HASHING, |email| {
        let body = json!({"email": email, "password": "a wrong password of some length"});
        let answer = wire.post("/v1/auth/login", &body).expect("an answer");
        assert_eq!(answer.status, 401, "{}", answer.text());
        answer
    });
    compare("register", HASHING, |email| {
        let answer = wire
            .post("/v1/auth/register", &register(email))
            .expect("an answer");
        assert_eq!(answer.status, 202, "{}", answer.text());
        answer
    });
    // Those that have just registered are known now.
    stage.execute("DELETE FROM users WHERE email LIKE 'other-%'");
    compare("reset", QUICK, |email| {
        let answer = wire
            .post("/v1/auth/password-reset", &json!({"email": email}))
            .expect("an answer");
        assert_eq!(answer.status, 202, "{}", answer.text());
        answer
    });
}
