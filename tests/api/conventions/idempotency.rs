//! `Idempotency-Key`: a POST that is sent again does its work once.

use serde_json::json;

use crate::support::app::TestApp;
use crate::support::builders::User;
use crate::support::client::Request;

const PATH: &str = "/v1/applications";

fn post(user: &User<'_>, key: &str, company: &str) -> Request {
    user.post(PATH, json!({"company": company, "job_title": "x"}))
        .header("Idempotency-Key", key)
}

fn count(user: &User<'_>) -> usize {
    user.get("/v1/applications?limit=100")
        .expect(200)
        .data()
        .len()
}

#[test]
fn a_repeated_post_gets_the_first_answer_again() {
    let app = TestApp::start();
    let user = app.user();
    let first = post(&user, "k", "A").expect(201);
    assert!(first.headers.get("idempotent-replayed").is_none());
    for _ in 0..2 {
        let again = post(&user, "k", "A").expect(201);
        assert_eq!(again.bytes, first.bytes);
        assert_eq!(again.header("idempotent-replayed"), "true");
        for name in ["location", "etag", "content-type"] {
            assert_eq!(again.header(name), first.header(name), "{name}");
        }
    }
    assert_eq!(count(&user), 1);
}

#[test]
fn a_repeated_move_is_made_once() {
    let app = TestApp::start();
    let user = app.user();
    let id = user.application(json!({})).id();
    let send = || {
        user.transition(&id, json!({"to": "applied"}))
            .header("Idempotency-Key", "m")
    };
    let first = send().expect(200);
    assert_eq!(send().expect(200).bytes, first.bytes);
    let timeline = user.get(&format!("{PATH}/{id}/timeline")).expect(200);
    assert_eq!(timeline.data().len(), 2);
}

#[test]
fn a_key_belongs_to_one_request() {
    let app = TestApp::start();
    let user = app.user();
    let id = user.application(json!({})).id();
    post(&user, "k", "A").expect(201);
    post(&user, "k", "B").problem(422, "idempotency_key_reused");
    user.post(
        &format!("{PATH}/{id}/notes"),
        json!({"company": "A", "job_title": "x"}),
    )
    .header("Idempotency-Key", "k")
    .expect(422);
    user.post(&format!("{PATH}/{id}/notes"), json!({"note": "A"}))
        .header("Idempotency-Key", "k")
        .problem(422, "idempotency_key_reused");
    assert_eq!(count(&user), 2);
}

#[test]
fn a_key_is_each_users_own() {
    let app = TestApp::start();
    let (user, other) = (app.user(), app.user());
    let first = post(&user, "k", "A").expect(201);
    let second = post(&other, "k", "A").expect(201);
    assert_ne!(first.id(), second.id());
    assert!(second.headers.get("idempotent-replayed").is_none());
}

#[test]
fn a_malformed_key_is_refused() {
    let app = TestApp::start();
    let user = app.user();
    let long = "k".repeat(256);
    for bad in ["", "é", "a\tb", &long] {
        post(&user, bad, "A").problem(400, "malformed_request");
    }
    assert_eq!(count(&user), 0);
    let longest = "k".repeat(255);
    for good in ["a b", "~!@#$%^&*()", &longest] {
        post(&user, good, "A").expect(201);
    }
}

#[test]
fn a_refusal_is_not_remembered_and_leaves_nothing_behind() {
    let app = TestApp::start();
    let user = app.user();
    post(&user, "k", "").problem(422, "invalid_fields");
    user.application(json!({"external_id": "taken"}));
    let clash = json!({"company": "A", "job_title": "x", "external_id": "taken"});
    user.post(PATH, clash)
        .header("Idempotency-Key", "k")
        .problem(409, "external_id_taken");
    assert_eq!(app.sql_value("SELECT count(*) FROM idempotency_keys"), 0);
    post(&user, "k", "A").expect(201);
    assert_eq!(count(&user), 2);
}

#[test]
fn a_key_is_forgotten_after_a_day() {
    let app = TestApp::start();
    let user = app.user();
    app.set_clock("2026-03-01T12:00:00Z");
    let first = post(&user, "k", "A").expect(201);
    app.set_clock("2026-03-02T11:59:59Z");
    assert_eq!(post(&user, "k", "A").expect(201).id(), first.id());
    app.set_clock("2026-03-02T12:00:00Z");
    assert_ne!(post(&user, "k", "A").expect(201).id(), first.id());
}

#[test]
fn many_at_once_make_one_row() {
    let app = TestApp::start();
    let user = app.user();
    let answers: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..20)
            .map(|_| scope.spawn(|| post(&user, "k", "A").send()))
            .collect();
        threads
            .into_iter()
            .map(|it| it.join().expect("an answer"))
            .collect()
    });
    let made: Vec<_> = answers
        .iter()
        .filter(|answer| answer.status == 201)
        .collect();
    assert!(!made.is_empty());
    assert!(made.iter().all(|answer| answer.bytes == made[0].bytes));
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        let answer = answer.clone().problem(409, "request_in_progress");
        assert_eq!(answer.header("retry-after"), "1");
    }
    assert_eq!(count(&user), 1);
}

#[test]
fn a_batch_happens_once_as_a_whole() {
    let app = TestApp::start();
    let user = app.user();
    let body = json!({"applications": [{"company": "A", "job_title": "x"}, {"company": ""}]});
    let send = || {
        user.post("/v1/applications/batch", body.clone())
            .header("Idempotency-Key", "b")
    };
    let first = send().expect(200);
    assert_eq!(send().expect(200).bytes, first.bytes);
    assert_eq!(count(&user), 1);
}
