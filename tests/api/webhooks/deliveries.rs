//! What a user can see of deliveries, and do about them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use serde_json::{Value, json};

use super::{PATH, app, app_at, deliveries, hook, now, turn};
use crate::support::receiver::{Receiver, Reply};
use crate::support::victim::eventually;

/// A receiver whose status changes.
fn changing() -> (Receiver, Arc<AtomicU16>) {
    let status = Arc::new(AtomicU16::new(500));
    let present = Arc::clone(&status);
    let receiver = Receiver::answering(move |_| Reply::Status(present.load(Ordering::SeqCst)));
    (receiver, status)
}

#[test]
fn a_ping_is_sent_whatever_types_are_wanted_and_only_once() {
    let (app, receiver) = (app(), Receiver::answering(|_| Reply::Status(500)));
    let user = app.user();
    let id = hook(&user, &receiver, &["goal.created"]).id();
    let ping = user
        .post(&format!("{PATH}/{id}/ping"), json!({}))
        .expect(201);
    assert_eq!(ping.body["state"], "pending");
    let got = receiver.wait_for(1).remove(0);
    assert_eq!(got.header("webhook-id"), ping.id());
    let data = json!({"resource_type": "webhook", "resource_id": id});
    assert_eq!((got.kind().as_str(), &got.json()["data"]), ("ping", &data));
    app.settle();
    let seen = user.get(ping.header("location")).expect(200);
    assert_eq!(
        (&seen.body["state"], &seen.body["next_attempt_at"]),
        (&json!("failed"), &Value::Null)
    );
    assert_eq!(receiver.received().len(), 1);
}

#[test]
fn a_delivery_that_was_given_up_can_be_tried_again() {
    let (app, (receiver, status)) = (app(), changing());
    let user = app.user();
    let id = hook(&user, &receiver, &["goal.created"]).id();
    let ping = user
        .post(&format!("{PATH}/{id}/ping"), json!({}))
        .expect(201);
    app.settle();
    status.store(204, Ordering::SeqCst);
    let path = format!("{PATH}/{id}/deliveries/{}", ping.id());
    let waiting = user.post(&format!("{path}/retry"), json!({})).expect(200);
    assert_eq!(waiting.body["state"], "pending");
    app.settle();
    let done = user.get(&path).expect(200);
    assert_eq!(
        (&done.body["state"], &done.body["attempt_count"]),
        (&json!("delivered"), &json!(2))
    );
    let statuses: Vec<&Value> = done.body["attempts"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|attempt| &attempt["response_status"])
        .collect();
    assert_eq!(statuses, [&json!(500), &json!(204)]);
    let got = receiver.received();
    assert_eq!(got[0].body, got[1].body);
    assert_eq!(got[0].header("webhook-id"), got[1].header("webhook-id"));
    // What arrived can be sent again, too.
    user.post(&format!("{path}/retry"), json!({})).expect(200);
    app.settle();
    assert_eq!(receiver.received().len(), 3);
}

#[test]
fn a_retry_of_what_is_pending_comes_before_its_time_and_leaves_the_other_attempts() {
    let (app, (receiver, _)) = (app_at("2026-12-01T12:00:00Z"), changing());
    let user = app.user();
    let id = hook(&user, &receiver, &["application.created"]).id();
    user.application(json!({}));
    let first = deliveries(&user, &id).remove(0);
    assert_eq!(
        (&first["state"], &first["attempt_count"]),
        (&json!("pending"), &json!(1))
    );
    let path = format!(
        "{PATH}/{id}/deliveries/{}",
        first["id"].as_str().expect("an id")
    );
    user.post(&format!("{path}/retry"), json!({})).expect(200);
    let second = deliveries(&user, &id).remove(0);
    assert_eq!(
        (&second["state"], &second["attempt_count"]),
        (&json!("pending"), &json!(2))
    );
    let next = second["next_attempt_at"].as_str().expect("an instant");
    assert!(next >= "2026-12-01T12:05:00", "{next}");
}

#[test]
fn what_was_pending_when_a_webhook_was_turned_off_can_be_tried_again_later() {
    let (app, (receiver, status)) = (app(), changing());
    let user = app.user();
    let id = hook(&user, &receiver, &["application.created"]).id();
    user.application(json!({}));
    receiver.wait_for(1);
    app.settle();
    turn(&user, &id, "disabled");
    let left = deliveries(&user, &id).remove(0);
    assert_eq!(left["state"], "failed");
    let retry = format!(
        "{PATH}/{id}/deliveries/{}/retry",
        left["id"].as_str().expect("an id")
    );
    user.post(&retry, json!({}))
        .problem(409, "webhook_disabled");
    turn(&user, &id, "active");
    status.store(200, Ordering::SeqCst);
    user.post(&retry, json!({})).expect(200);
    app.settle();
    assert_eq!(deliveries(&user, &id)[0]["state"], "delivered");
}

#[test]
fn an_answer_is_kept_as_inert_text_and_only_its_beginning() {
    let long = format!("<b>\u{1b}[31m\u{0}{}", "x".repeat(3_000));
    let head = format!(
        "HTTP/1.1 500 X\r\nContent-Length: {}\r\n\r\n{long}",
        long.len()
    );
    let (app, receiver) = (
        app(),
        Receiver::answering(move |_| Reply::Raw(head.clone())),
    );
    let user = app.user();
    let id = hook(&user, &receiver, &["application.created"]).id();
    user.application(json!({}));
    let kept = deliveries(&user, &id).remove(0);
    let body = kept["attempts"][0]["response_body"]
        .as_str()
        .expect("a text");
    assert!(body.starts_with("<b>\u{fffd}[31m\u{fffd}xxx"), "{body}");
    assert!(body.len() <= 1_040 && body.chars().count() <= 1_024);
}

#[test]
fn an_answer_without_an_end_has_arrived_when_its_status_is_good() {
    // The body never comes whole, and the connection stays open.
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nbegin";
    let (app, receiver) = (
        app(),
        Receiver::answering(move |_| Reply::Raw(head.to_owned())),
    );
    let user = app.user();
    let id = hook(&user, &receiver, &["application.created"]).id();
    user.application(json!({}));
    let kept = deliveries(&user, &id).remove(0);
    assert_eq!(kept["state"], "delivered");
    assert_eq!(kept["attempts"][0]["response_body"], "begin");
}

#[test]
fn deliveries_are_filtered_and_paged() {
    let (app, receiver) = (app_at("2026-12-01T12:00:00Z"), Receiver::start());
    let user = app.user();
    let id = hook(&user, &receiver, &["application.*"]).id();
    for _ in 0..3 {
        user.application(json!({}));
    }
    user.post(&format!("{PATH}/{id}/ping"), json!({}))
        .expect(201);
    app.settle();
    let path = format!("{PATH}/{id}/deliveries");
    let ask = |query: &str| {
        user.get(&format!("{path}?{query}"))
            .expect(200)
            .data()
            .len()
    };
    assert_eq!(
        (ask("state=delivered"), ask("state=failed,pending")),
        (4, 0)
    );
    assert_eq!(
        (
            ask("event_type=ping"),
            ask("event_type=application.created")
        ),
        (1, 3)
    );
    assert_eq!(ask("created_after=2026-12-01T12:00:01Z"), 0);
    let pages = user.pages(&format!("{path}?limit=2&sort=created_at"));
    let all: Vec<String> = pages
        .iter()
        .flat_map(|page| page.each("event_type"))
        .collect();
    assert_eq!(pages.len(), 2);
    assert_eq!(all.len(), 4);
    let others = app.user();
    others.get(&path).problem(404, "not_found");
}

#[test]
fn deliveries_are_kept_for_thirty_days() {
    let (app, receiver) = (app_at("2026-12-01T12:00:00Z"), Receiver::start());
    let user = app.user();
    let made = hook(&user, &receiver, &["application.created"]);
    let id = made.id();
    user.post(&format!("{PATH}/{id}/rotate-secret"), json!({}))
        .expect(200);
    user.application(json!({}));
    app.settle();
    app.set_clock("2026-12-20T12:00:00Z");
    user.application(json!({}));
    app.settle();
    assert_eq!(deliveries(&user, &id).len(), 2);
    app.set_clock("2027-01-01T12:00:01Z");
    eventually("the end of the old one", || {
        app.sql_value("SELECT count(*) FROM webhook_deliveries") == 1
    });
    let attempts = "SELECT count(*) FROM webhook_attempts";
    assert_eq!(app.sql_value(attempts), 1);
    let kept = "SELECT count(*) FROM webhooks WHERE previous_secret IS NULL AND previous_secret_until IS NULL";
    assert_eq!(app.sql_value(kept), 1);
}

#[test]
fn what_changes_by_itself_makes_no_condition_of_a_change_fail() {
    let (app, receiver) = (app(), Receiver::answering(|_| Reply::Status(500)));
    let user = app.user();
    let made = hook(&user, &receiver, &["application.created"]);
    user.application(json!({}));
    receiver.wait_for(1);
    app.settle();
    let path = format!("{PATH}/{}", made.id());
    assert!(now(&user, &made.id())["failing_since"].is_string());
    let seen = user.get(&path).expect(200);
    assert_ne!(seen.header("etag"), made.header("etag"));
    user.patch(&path, json!({"description": "x"}))
        .header("If-Match", made.header("etag"))
        .expect(200);
}
