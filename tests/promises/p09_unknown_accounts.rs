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

/// The same of an invitation, without what is different in every one. A time that happens to fall on a whole
/// millisecond is written shorter, so the length is compared without those members.
fn visible_invitation(answer: &Answer) -> (u16, Value, Vec<Option<String>>) {
    let (status, mut body, headers) = visible(answer);
    let (id, email) = (answer.member("id"), answer.member("coach_email"));
    assert_eq!(email.len(), address("known", 1).len());
    let mut differing = 0;
    for member in [
        "id",
        "coach_email",
        "created_at",
        "updated_at",
        "status_since",
    ] {
        differing += body[member].to_string().len();
        body[member] = Value::Null;
    }
    let headers = headers.into_iter().map(|it| {
        let it = it?;
        Some(match it.parse::<usize>() {
            Ok(length) => (length - differing).to_string(),
            Err(_) => it.replace(&id, "<id>"),
        })
    });
    (status, body, headers.collect())
}

/// Asks for known and unknown addresses by turns, and compares answers and times.
fn compare<T: PartialEq + Clone + std::fmt::Debug>(
    what: &str,
    pairs: usize,
    visible: impl Fn(&Answer) -> T,
    mut ask: impl FnMut(&str) -> Answer,
) {
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

    compare("login", HASHING, visible, |email| {
        let body = json!({"email": email, "password": "a wrong password of some length"});
        let answer = wire.post("/v1/auth/login", &body).expect("an answer");
        assert_eq!(answer.status, 401, "{}", answer.text());
        answer
    });
    compare("register", HASHING, visible, |email| {
        let answer = wire
            .post("/v1/auth/register", &register(email))
            .expect("an answer");
        assert_eq!(answer.status, 202, "{}", answer.text());
        answer
    });
    // Those that have just registered are known now.
    stage.execute("DELETE FROM users WHERE email LIKE 'other-%'");
    compare("reset", QUICK, visible, |email| {
        let answer = wire
            .post("/v1/auth/password-reset", &json!({"email": email}))
            .expect("an answer");
        assert_eq!(answer.status, 202, "{}", answer.text());
        answer
    });
}

#[test]
fn an_invited_address_does_not_tell_whether_it_has_an_account() {
    let stage = Stage::shared();
    let service = stage.serve(&["--mail-limit", "1000000"]);
    let seeker = stage.user();
    let mut wire = seeker.at(&service);
    // An address is invited once, so there is an account for each turn: with the rows that an account has.
    let most = QUICK * MEASURINGS;
    stage.execute(&format!(
        "INSERT INTO users (id, email, password_hash, time_zone, created_at, updated_at, email_verified_at)
         SELECT gen_random_uuid(), 'known-' || lpad(n::text, 8, '0') || '@example.org', 'none', 'UTC', now(), now(), now()
         FROM generate_series(1, {most}) n"
    ));
    let mut turn = 0;
    compare("invite", QUICK, visible_invitation, |email| {
        let mut email = email.to_owned();
        if email.starts_with("known") {
            turn += 1;
            email = address("known", turn);
        }
        let answer = wire
            .post("/v1/coach-links", &json!({"coach_email": email}))
            .expect("an answer");
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer
    });
    let known = "SELECT count(*) AS n FROM coach_links JOIN users ON lower(email) = coach_email";
    assert!(stage.count(known) >= i64::try_from(QUICK).expect("a small number"));
}
