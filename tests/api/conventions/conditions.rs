//! Conditional requests: an ETag saves a download and prevents a lost update.

use serde_json::json;

use crate::support::app::TestApp;
use crate::support::document::operations;

#[test]
fn every_single_resource_has_a_strong_etag() {
    let app = TestApp::start();
    let user = app.user();
    let made = user.application(json!({}));
    let one = format!("/v1/applications/{}", made.id());
    assert_eq!(made.header("location"), one);
    let etag = made.header("etag");
    assert!(etag.starts_with("\"v1-") && etag.ends_with('"'), "{etag}");
    assert_eq!(user.get(&one).expect(200).header("etag"), etag);
    let patched = user.patch(&one, json!({"notes": "x"})).expect(200);
    assert!(patched.header("etag").starts_with("\"v2-"));
    let moved = user
        .transition(&made.id(), json!({"to": "applied"}))
        .expect(200);
    assert!(moved.header("etag").starts_with("\"v3-"));
}

#[test]
fn a_copy_that_is_still_the_same_is_not_sent_again() {
    let app = TestApp::start();
    let user = app.user();
    let made = user.application(json!({}));
    let (one, etag) = (
        format!("/v1/applications/{}", made.id()),
        made.header("etag"),
    );
    for tags in [etag, "*", &format!("W/{etag}"), &format!("\"x\", {etag}")] {
        let answer = user.get(&one).header("If-None-Match", tags).expect(304);
        assert!(answer.bytes.is_empty());
        assert_eq!(answer.header("etag"), etag);
    }
    user.get(&one)
        .header("If-None-Match", "\"v1-0\"")
        .expect(200);
    user.patch(&one, json!({"notes": "x"})).expect(200);
    user.get(&one).header("If-None-Match", etag).expect(200);
}

#[test]
fn a_stale_etag_changes_nothing() {
    let app = TestApp::start();
    let user = app.user();
    let made = user.application(json!({"external_id": "x"}));
    let (one, stale) = (
        format!("/v1/applications/{}", made.id()),
        made.header("etag"),
    );
    let current = user
        .patch(&one, json!({"notes": "first"}))
        .header("If-Match", stale)
        .expect(200);
    let put = json!({"company": "Z", "job_title": "Z"});
    for request in [
        user.patch(&one, json!({"notes": "second"})),
        user.delete(&one),
        user.transition(&made.id(), json!({"to": "applied"})),
        user.put("/v1/applications/by-external-id/x", put.clone()),
    ] {
        request
            .header("If-Match", stale)
            .problem(412, "precondition_failed");
    }
    assert_eq!(user.get(&one).expect(200).body, current.body);
    for good in [
        current.header("etag"),
        "*",
        &format!("{stale}, {}", current.header("etag")),
    ] {
        user.patch(&one, json!({"notes": good}))
            .header("If-Match", good)
            .send();
    }
    // If-Match on what is not there yet: nothing matches.
    user.put("/v1/applications/by-external-id/new", put)
        .header("If-Match", "*")
        .problem(412, "precondition_failed");
    user.delete(&one).header("If-Match", "*").expect(204);
}

#[test]
fn what_must_not_be_there_yet_is_made_once_and_never_replaced() {
    let app = TestApp::start();
    let user = app.user();
    let path = "/v1/applications/by-external-id/x";
    let put = |title: &str, tags: &str| {
        user.put(path, json!({"company": "Z", "job_title": title}))
            .header("If-None-Match", tags)
    };
    // There is nothing yet that a tag could name.
    let made = put("first", "\"v1-0\", *").expect(201);
    let etag = made.header("etag");
    for tags in ["*", etag, &format!("W/{etag}"), &format!("\"x\", {etag}")] {
        put("second", tags).problem(412, "precondition_failed");
    }
    let one = format!("/v1/applications/{}", made.id());
    assert_eq!(user.get(&one).expect(200).body, made.body);
    let replaced = put("third", "\"v2-0\", W/\"v3-0\"").expect(200);
    assert_eq!(replaced.body["job_title"], "third");
}

#[test]
fn of_two_puts_that_only_create_one_does() {
    let app = TestApp::start();
    let user = app.user();
    for round in 0..10 {
        let path = format!("/v1/applications/by-external-id/{round}");
        let put = || {
            user.put(&path, json!({"company": "Z", "job_title": "Z"}))
                .header("If-None-Match", "*")
                .send()
                .status
        };
        let mut statuses = std::thread::scope(|scope| {
            let other = scope.spawn(put);
            [put(), other.join().expect("an answer")]
        });
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 412], "round {round}");
    }
}

#[test]
fn a_change_spares_the_version_that_it_must_not_meet() {
    let app = TestApp::start();
    let user = app.user();
    let made = user.application(json!({}));
    let (one, etag) = (
        format!("/v1/applications/{}", made.id()),
        made.header("etag"),
    );
    for tags in [etag, "*"] {
        for request in [
            user.patch(&one, json!({"notes": "x"})),
            user.delete(&one),
            user.transition(&made.id(), json!({"to": "applied"})),
        ] {
            request
                .header("If-None-Match", tags)
                .problem(412, "precondition_failed");
        }
    }
    assert_eq!(user.get(&one).expect(200).body, made.body);
    let change = |text: &str| user.patch(&one, json!({"notes": text}));
    change("y").header("If-None-Match", "\"v2-0\"").expect(200);
    // Now it has another one, which both headers may speak of.
    change("z")
        .header("If-Match", "*")
        .header("If-None-Match", etag)
        .expect(200);
    change("z")
        .header("If-Match", etag)
        .header("If-None-Match", etag)
        .problem(412, "precondition_failed");
    user.delete(&one).header("If-None-Match", etag).expect(204);
}

#[test]
fn every_change_that_takes_one_condition_documents_both() {
    let mut conditional = 0;
    for operation in operations() {
        let headers = operation.parameters("header");
        let takes = |wanted: &str| headers.iter().any(|(name, _)| *name == wanted);
        if takes("If-Match") {
            conditional += 1;
            assert!(takes("If-None-Match"), "{}", operation.id());
        }
    }
    assert!(conditional > 30, "{conditional}");
}

#[test]
fn a_weak_etag_does_not_allow_a_change() {
    let app = TestApp::start();
    let user = app.user();
    let made = user.application(json!({}));
    user.patch(
        &format!("/v1/applications/{}", made.id()),
        json!({"notes": "x"}),
    )
    .header("If-Match", format!("W/{}", made.header("etag")))
    .problem(412, "precondition_failed");
}

#[test]
fn of_two_changes_with_one_etag_one_wins() {
    let app = TestApp::start();
    let user = app.user();
    for round in 0..10 {
        let made = user.application(json!({}));
        let (one, etag) = (
            format!("/v1/applications/{}", made.id()),
            made.header("etag"),
        );
        let change = |text: &'static str| {
            user.patch(&one, json!({"notes": text}))
                .header("If-Match", etag)
                .send()
        };
        let (first, second) = std::thread::scope(|scope| {
            let other = scope.spawn(|| change("b"));
            (change("a"), other.join().expect("an answer"))
        });
        let mut statuses = [first.status, second.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412], "round {round}");
        let winner = if first.status == 200 { first } else { second };
        assert_eq!(user.get(&one).expect(200).body, winner.body);
    }
}
