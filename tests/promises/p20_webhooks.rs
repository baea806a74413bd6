//! Promise 20: webhooks are not lost, whatever a receiver answers and whoever is killed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::load::wait_until;
use super::stage::{Stage, application};
use crate::support::app::TestApp;
use crate::support::builders::User;
use crate::support::receiver::{Receiver, Reply};
use crate::support::wire::Call;
use crate::webhooks::{LOOPBACK, app_at, deliveries, hook, now, turn};

const NOON: &str = "2026-12-01T12:00:00Z";

/// A receiver whose status changes.
fn changing(first: u16) -> (Receiver, Arc<AtomicU16>) {
    let status = Arc::new(AtomicU16::new(first));
    let present = Arc::clone(&status);
    let receiver = Receiver::answering(move |_| Reply::Status(present.load(Ordering::SeqCst)));
    (receiver, status)
}

/// Moves the clock to the next attempt of the newest delivery; false when there is none.
fn go_to_next(app: &TestApp, user: &User<'_>, webhook: &str) -> bool {
    let newest = deliveries(user, webhook).remove(0);
    let Some(at) = newest["next_attempt_at"].as_str() else {
        return false;
    };
    app.set_clock(at);
    app.settle();
    true
}

#[test]
fn a_delivery_is_tried_ten_times_over_three_days_with_the_same_id() {
    let (app, (receiver, _)) = (app_at(NOON), changing(500));
    let user = app.user();
    let id = hook(&user, &receiver, &["application.created"]).id();
    user.application(json!({}));
    app.settle();
    while go_to_next(&app, &user, &id) {}
    let given_up = deliveries(&user, &id).remove(0);
    assert_eq!(
        (&given_up["state"], &given_up["attempt_count"]),
        (&json!("failed"), &json!(10))
    );
    let got = receiver.received();
    let ids: BTreeSet<&str> = got.iter().map(|it| it.header("webhook-id")).collect();
    assert_eq!((got.len(), ids.len()), (10, 1));
    let begin: DateTime<Utc> = NOON.parse().expect("an instant");
    let took = app.now() - begin;
    assert!(
        took >= chrono::Duration::hours(75) && took < chrono::Duration::hours(84),
        "{took}"
    );
    // It failed for three days, which is no reason yet to turn the endpoint off.
    assert_eq!(now(&user, &id)["status"], "active");
}

#[test]
fn a_receiver_that_comes_back_gets_what_it_missed() {
    let (app, (receiver, status)) = (app_at(NOON), changing(503));
    let user = app.user();
    let id = hook(&user, &receiver, &["application.created"]).id();
    for _ in 0..3 {
        user.application(json!({}));
    }
    app.settle();
    assert!(now(&user, &id)["failing_since"].is_string());
    app.set_clock("2026-12-01T12:00:30Z");
    app.settle();
    status.store(200, Ordering::SeqCst);
    app.set_clock("2026-12-01T12:10:00Z");
    app.settle();
    let states: Vec<Value> = deliveries(&user, &id)
        .iter()
        .map(|it| json!([it["state"], it["attempt_count"]]))
        .collect();
    assert_eq!(states, vec![json!(["delivered", 3]); 3]);
    assert_eq!(now(&user, &id)["failing_since"], Value::Null);
}

#[test]
fn a_redirect_is_a_failure_and_is_not_followed() {
    let elsewhere = Receiver::start();
    for status in [301, 302, 303, 307, 308] {
        let head = format!(
            "HTTP/1.1 {status} X\r\nLocation: {}\r\nContent-Length: 0\r\n\r\n",
            elsewhere.url("/")
        );
        let (app, receiver) = (
            app_at(NOON),
            Receiver::answering(move |_| Reply::Raw(head.clone())),
        );
        let user = app.user();
        let id = hook(&user, &receiver, &["application.created"]).id();
        user.application(json!({}));
        let tried = deliveries(&user, &id).remove(0);
        assert_eq!(tried["state"], "pending", "{status}");
        assert_eq!(tried["attempts"][0]["response_status"], status);
    }
    assert_eq!(elsewhere.connections(), 0);
}

#[test]
fn a_receiver_that_answers_nothing_or_nonsense_is_tried_again() {
    let (app, silent, rude) = (
        app_at(NOON),
        Receiver::answering(|_| Reply::Silence),
        Receiver::answering(|_| Reply::Raw("220 smtp ready\r\n".to_owned())),
    );
    let gone = Receiver::start();
    let user = app.user();
    let hooks = [&silent, &rude, &gone].map(|it| hook(&user, it, &["application.created"]).id());
    drop(gone);
    user.application(json!({}));
    let failure = |id: &String| {
        let path = format!("/v1/webhooks/{id}/deliveries");
        let found = user.get(&path).expect(200);
        found.body.pointer("/data/0/attempts/0/failure").cloned()
    };
    // Fifteen seconds are waited for an answer.
    wait_until("all three attempts", Duration::from_secs(30), || {
        hooks.iter().all(|id| failure(id).is_some())
    });
    let failures = hooks.each_ref().map(|id| failure(id).expect("a failure"));
    assert_eq!(
        failures,
        ["timeout", "connection_failed", "connection_failed"]
    );
    app.settle();
    for id in &hooks {
        let tried = deliveries(&user, id).remove(0);
        assert_eq!(
            (&tried["state"], &tried["attempt_count"]),
            (&json!("pending"), &json!(1))
        );
    }
    let took = &deliveries(&user, &hooks[0])[0]["attempts"][0]["duration_ms"];
    assert!(
        (14_000..20_000).contains(&took.as_i64().expect("a number")),
        "{took}"
    );
}

#[test]
fn a_receiver_that_asks_for_time_gets_it_within_bounds() {
    let receiver = Receiver::answering(|request| {
        let wish = if request.path == "/short" {
            "600"
        } else {
            "99999999"
        };
        Reply::Raw(format!(
            "HTTP/1.1 429 X\r\nRetry-After: {wish}\r\nContent-Length: 0\r\n\r\n"
        ))
    });
    let app = app_at(NOON);
    let user = app.user();
    let ids = ["/short", "/long"].map(|path| {
        let body = json!({"url": receiver.url(path), "event_types": ["application.created"]});
        user.post("/v1/webhooks", body).expect(201).id()
    });
    user.application(json!({}));
    let next = ids.map(|id| deliveries(&user, &id)[0]["next_attempt_at"].clone());
    assert_eq!(next, ["2026-12-01T12:10:00Z", "2026-12-02T12:00:00Z"]);
}

#[test]
fn an_endpoint_that_is_gone_is_turned_off_at_once_and_its_owner_is_told() {
    let mails = tempfile::tempdir().expect("a folder");
    let url = format!("file:{}", mails.path().display());
    let app = TestApp::with(&[&LOOPBACK[..], &["--mail-url", &url]].concat());
    let ((receiver, status), other) = (changing(410), Receiver::start());
    let user = app.user();
    let id = hook(&user, &receiver, &["application.created"]).id();
    hook(&user, &other, &["webhook.disabled"]);
    user.application(json!({}));
    receiver.wait_for(1);
    let told = other.wait_for(1).remove(0);
    app.settle();
    let off = now(&user, &id);
    assert_eq!(
        (&off["status"], &off["disabled_reason"]),
        (&json!("disabled"), &json!("gone"))
    );
    assert_eq!(told.json()["data"]["resource_id"], json!(id));
    assert_eq!(deliveries(&user, &id)[0]["state"], "failed");
    assert_eq!(
        only_mail(mails.path()).matches("It answered 410").count(),
        1
    );
    // Nothing comes any more, until the owner says so.
    user.application(json!({}));
    app.settle();
    assert_eq!(receiver.received().len(), 1);
    status.store(200, Ordering::SeqCst);
    turn(&user, &id, "active");
    user.application(json!({}));
    receiver.wait_for(2);
}

/// The one mail in a folder.
fn only_mail(folder: &std::path::Path) -> String {
    let files: Vec<_> = fs::read_dir(folder)
        .expect("the folder")
        .map(|entry| fs::read_to_string(entry.expect("an entry").path()).expect("a mail"))
        .collect();
    assert_eq!(files.len(), 1, "{files:?}");
    assert!(files[0].contains("Subject: Rebound: a webhook was turned off"));
    files[0].clone()
}

#[test]
fn an_endpoint_that_nothing_reaches_for_five_days_is_turned_off_and_its_owner_is_told() {
    let mails = tempfile::tempdir().expect("a folder");
    let url = format!("file:{}", mails.path().display());
    let app = TestApp::with(&[&LOOPBACK[..], &["--mail-url", &url]].concat());
    app.set_clock(NOON);
    let (receiver, _) = changing(500);
    let user = app.user();
    let id = hook(&user, &receiver, &["application.created"]).id();
    user.application(json!({}));
    app.settle();
    // After four days and 23 hours something else fails again and again: still no reason.
    app.set_clock("2026-12-06T11:00:00Z");
    user.application(json!({}));
    app.settle();
    for _ in 0..2 {
        go_to_next(&app, &user, &id);
    }
    assert_eq!(now(&user, &id)["status"], "active");
    // One hour later the five days are over.
    app.set_clock("2026-12-06T12:00:00Z");
    app.settle();
    let off = now(&user, &id);
    assert_eq!(
        (&off["status"], &off["disabled_reason"]),
        (&json!("disabled"), &json!("failing"))
    );
    assert_eq!(off["failing_since"], NOON);
    assert!(
        deliveries(&user, &id)
            .iter()
            .all(|it| it["state"] == "failed")
    );
    assert!(only_mail(mails.path()).contains("Nothing has reached it for five days"));
    let kinds = "SELECT count(*) FROM events WHERE kind = 'webhook.disabled'";
    assert_eq!(app.sql_value(kinds), 1);
}

#[test]
fn two_replicas_deliver_everything_once_although_one_is_killed() {
    const WRITES: usize = 150;
    let stage = Stage::shared();
    // Each answer takes a moment, so that somebody is on the way when the end comes.
    let receiver = Receiver::answering(|_| {
        std::thread::sleep(Duration::from_millis(5));
        Reply::Status(200)
    });
    let serve = || stage.serve(&LOOPBACK);
    let (mut first, mut second) = (serve(), serve());
    let users = [stage.user(), stage.user(), stage.user()];
    for user in &users {
        let body = json!({"url": receiver.url("/"), "event_types": ["application.created"]});
        for _ in 0..2 {
            let call = Call::new("POST", "/v1/webhooks").json(&body);
            assert_eq!(user.at(&second).send(&call).expect("an answer").status, 201);
        }
    }
    let mut written = Vec::new();
    let mut write = |service: &crate::support::process::Service, count: usize| {
        for number in 0..count {
            let user = &users[number % users.len()];
            let call = Call::new("POST", "/v1/applications").json(&application("Kite"));
            let answer = user.at(service).send(&call).expect("an answer");
            assert_eq!(answer.status, 201, "{}", answer.text());
            written.push(answer.member("id"));
        }
    };
    // A third each: through the one that is killed, through the other one, through who comes in its place.
    write(&first, WRITES / 3);
    first.kill();
    write(&second, WRITES / 3);
    let third = serve();
    second.kill();
    write(&third, WRITES / 3);
    // What the dead ones held is taken over when their lease ends: here a minute passes at once, for the living
    // one, too, as if it had been frozen.
    stage.execute("UPDATE webhook_queue SET leased_until = now() - interval '1 second' WHERE leased_until IS NOT NULL");
    let open = "SELECT count(*) AS n FROM webhook_deliveries WHERE state <> 'delivered'";
    let all = i64::try_from(2 * WRITES).expect("a number");
    let made = "SELECT count(*) AS n FROM webhook_deliveries";
    wait_until("all deliveries", Duration::from_secs(60), || {
        stage.count(made) == all && stage.count(open) == 0
    });
    // On the wire: nothing is missing, and what came twice came under one id.
    let mut of_each: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let got = receiver.received();
    for request in &got {
        let resource = request.json()["data"]["resource_id"].clone();
        let resource = resource.as_str().expect("an id").to_owned();
        of_each
            .entry(resource)
            .or_default()
            .insert(request.header("webhook-id").to_owned());
    }
    let sent: BTreeSet<&String> = of_each.keys().collect();
    assert_eq!(
        sent,
        written.iter().collect::<BTreeSet<_>>(),
        "none is lost"
    );
    assert!(
        of_each.values().all(|ids| ids.len() == 2),
        "one id for each endpoint"
    );
    // At most what each of the six endpoints was just sent when its worker was killed or lost its lease.
    assert!(got.len() <= 2 * WRITES + 18, "{} requests", got.len());
    let twice = "SELECT count(*) AS n FROM webhook_deliveries GROUP BY webhook_id, event_id HAVING count(*) > 1";
    assert_eq!(
        stage.count(&format!("SELECT count(*) AS n FROM ({twice}) AS x")),
        0
    );
    drop(third);
}

#[test]
fn a_stop_leaves_what_is_under_way_to_the_next_one() {
    let stage = Stage::shared();
    let receiver = Receiver::answering(|_| Reply::Silence);
    let mut service = stage.serve(&LOOPBACK);
    let user = stage.user();
    let body = json!({"url": receiver.url("/"), "event_types": ["application.created"]});
    let call = Call::new("POST", "/v1/webhooks").json(&body);
    assert_eq!(
        user.at(&service).send(&call).expect("an answer").status,
        201
    );
    let call = Call::new("POST", "/v1/applications").json(&application("Kite"));
    assert_eq!(
        user.at(&service).send(&call).expect("an answer").status,
        201
    );
    receiver.wait_for(1);
    service.terminate();
    let status = service
        .wait(Duration::from_secs(10))
        .expect("it ends in time");
    assert!(status.success(), "{status}");
    let errors = service
        .log_lines()
        .into_iter()
        .filter(|line| line["level"] == "ERROR");
    assert_eq!(errors.count(), 0);
    // Nobody has to wait for the end of a lease.
    let _next = stage.serve(&LOOPBACK);
    receiver.wait_for(2);
    let got = receiver.received();
    assert_eq!(got[0].header("webhook-id"), got[1].header("webhook-id"));
}
