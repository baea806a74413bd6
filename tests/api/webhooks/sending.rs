//! What is sent, to whom, and that each event is sent once and in its order.

use diesel::connection::SimpleConnection;
use serde_json::{Value, json};

use super::{PATH, app, app_at, deliveries, hook, hook_with, now, turn};
use crate::support::app::open;
use crate::support::receiver::{Received, Receiver, Reply};
use crate::support::victim::eventually;

#[test]
fn an_event_arrives_within_seconds_signed_and_thin() {
    let (app, receiver) = (app(), Receiver::start());
    let user = app.user();
    let made = hook(&user, &receiver, &["application.created"]);
    let application = user.application(json!({"company": "Kite & Anchor", "notes": "my words"}));
    let got = receiver.wait_for(1).remove(0);
    let delivery = deliveries(&user, &made.id()).remove(0);
    assert_eq!(got.path, "/hook");
    assert_eq!(got.header("content-type"), "application/json");
    assert_eq!(got.header("webhook-id"), delivery["id"]);
    assert!(got.is_signed_with(made.text_at("/secret")));
    assert!(!got.is_signed_with("whsec_bm90IHRoaXMgb25lLCBub3QgdGhpcyBvbmU="));
    let at = &got.json()["timestamp"];
    let thin = json!({"resource_type": "application", "resource_id": application.id()});
    assert_eq!(
        got.json(),
        json!({"type": "application.created", "timestamp": at, "data": thin})
    );
    assert_eq!(delivery["payload"], got.body);
    assert_eq!(delivery["state"], "delivered");
    let attempt = &delivery["attempts"][0];
    assert_eq!(
        (&attempt["number"], &attempt["response_status"]),
        (&json!(1), &json!(200))
    );
    assert_eq!(
        (&attempt["response_body"], &attempt["failure"]),
        (&json!("ok"), &Value::Null)
    );
}

#[test]
fn only_what_was_asked_for_and_happened_afterwards_is_sent() {
    let (app, receiver) = (app(), Receiver::start());
    let (user, other) = (app.user(), app.user());
    user.application(json!({}));
    let made = hook(&user, &receiver, &["interview.*", "goal.created"]);
    let application = user.application(json!({"status": "interviewing"})).id();
    other.application(json!({}));
    let interview = json!({"application_id": application, "kind": "final", "scheduled_at": "2027-01-05T10:00:00Z"});
    user.post("/v1/interviews", interview).expect(201);
    app.settle();
    assert_eq!(receiver.kinds(), ["interview.created"]);
    let data = &receiver.received()[0].json()["data"];
    assert_eq!(data["application_id"], json!(application));
    // Other types count from now on.
    user.patch(
        &format!("{PATH}/{}", made.id()),
        json!({"event_types": ["application.*"]}),
    )
    .expect(200);
    user.application(json!({}));
    app.settle();
    assert_eq!(
        receiver.kinds(),
        ["interview.created", "application.created"]
    );
}

#[test]
fn how_one_is_and_what_one_wrote_is_never_sent_whatever_is_asked_for() {
    let (app, receiver) = (app(), Receiver::start());
    let user = app.user();
    user.patch(
        "/v1/me",
        json!({"preferences": {"wellbeing_enabled": true}}),
    )
    .expect(200);
    hook(&user, &receiver, &["*"]);
    let check_in = json!({"score": 1, "note": "canary", "tags": ["canary"]});
    user.post("/v1/wellbeing-check-ins", check_in).expect(201);
    user.delete("/v1/wellbeing-check-ins").expect(204);
    let text = json!({"company": "canary", "job_title": "canary", "notes": "canary", "external_id": "canary"});
    let application = user.application(text).id();
    user.transition(&application, json!({"to": "applied", "note": "canary"}))
        .expect(200);
    user.post(
        "/v1/goals",
        json!({"title": "canary", "category": "wellbeing", "kind": "one_off", "due_on": "2027-01-01"}),
    )
    .expect(201);
    user.rejection(json!({"reason_text": "canary"}));
    app.settle();
    let bodies: Vec<String> = receiver.received().into_iter().map(|it| it.body).collect();
    assert!(bodies.len() >= 5, "{bodies:?}");
    let all = bodies.join("\n");
    assert!(
        !all.contains("canary") && !all.contains("wellbeing"),
        "{all}"
    );
}

#[test]
fn a_hundred_events_arrive_once_each_and_in_their_order() {
    let (app, receiver) = (app(), Receiver::start());
    let user = app.user();
    let made = hook(&user, &receiver, &["application.created"]);
    let rows: Vec<Value> = (0..100)
        .map(|number| json!({"company": format!("Company {number}"), "job_title": "Engineer"}))
        .collect();
    let batch = user.post("/v1/applications/batch", json!({"applications": rows}));
    let batch = batch.expect(200);
    let results = batch.body["results"].as_array().expect("results");
    let expected: Vec<Value> = results
        .iter()
        .map(|result| result["application"]["id"].clone())
        .collect();
    let got = receiver.wait_for(100);
    app.settle();
    let ids: Vec<Value> = got
        .iter()
        .map(|it| it.json()["data"]["resource_id"].clone())
        .collect();
    assert_eq!(ids, expected);
    assert_eq!(receiver.received().len(), 100);
    let stored = format!(
        "SELECT count(*) FROM webhook_deliveries WHERE webhook_id = '{}'",
        made.id()
    );
    assert_eq!(app.sql_value(&stored), 100);
}

#[test]
fn a_write_of_which_nobody_told_is_found_all_the_same() {
    let (app, receiver) = (app(), Receiver::start());
    let user = app.user();
    hook(&user, &receiver, &["contact.created"]);
    app.settle();
    // As if the process had been killed between the write and its word.
    app.execute(&format!(
        "INSERT INTO events (owner_id, kind, resource_type, resource_id, occurred_at, data)
         VALUES ('{}', 'contact.created', 'contact', gen_random_uuid(), now(), 'null')",
        user.id
    ));
    assert_eq!(receiver.wait_for(1)[0].kind(), "contact.created");
}

#[test]
fn an_event_that_is_committed_late_is_neither_lost_nor_overtaken() {
    let (app, receiver) = (app(), Receiver::start());
    let user = app.user();
    let made = hook(&user, &receiver, &["contact.*"]);
    app.settle();
    let mut late = open(&app.database().owner_url());
    late.batch_execute(&format!(
        "BEGIN; INSERT INTO events (owner_id, kind, resource_type, resource_id, occurred_at, data)
         VALUES ('{}', 'contact.deleted', 'contact', gen_random_uuid(), now(), 'null')",
        user.id
    ))
    .expect("an open transaction");
    user.post("/v1/contacts", json!({"name": "Ada"}))
        .expect(201);
    // It waits for whom it must not overtake: its worker has looked and found it, and sends nothing.
    eventually("a look at it", || {
        let held = "SELECT count(*) FROM webhook_queue WHERE lease IS NOT NULL";
        app.sql_value(held) == 1
    });
    assert!(receiver.received().is_empty());
    late.batch_execute("COMMIT").expect("committed");
    receiver.wait_for(2);
    app.settle();
    assert_eq!(receiver.kinds(), ["contact.deleted", "contact.created"]);
    assert_eq!(deliveries(&user, &made.id()).len(), 2);
}

#[test]
fn both_secrets_sign_for_a_day_after_a_rotation() {
    let (app, receiver) = (app_at("2026-12-01T12:00:00Z"), Receiver::start());
    let user = app.user();
    let made = hook(&user, &receiver, &["application.created"]);
    let old = made.text_at("/secret").to_owned();
    let rotated = user.post(&format!("{PATH}/{}/rotate-secret", made.id()), json!({}));
    let new = rotated.expect(200).text_at("/secret").to_owned();
    let send = |number: usize| -> Received {
        user.application(json!({}));
        receiver.wait_for(number).remove(number - 1)
    };
    let first = send(1);
    assert_eq!(first.header("webhook-signature").split(' ').count(), 2);
    assert!(first.is_signed_with(&old) && first.is_signed_with(&new));
    app.set_clock("2026-12-02T11:59:59Z");
    assert!(send(2).is_signed_with(&old));
    app.set_clock("2026-12-02T12:00:00Z");
    let last = send(3);
    assert!(!last.is_signed_with(&old) && last.is_signed_with(&new));
}

#[test]
fn nothing_is_sent_while_a_webhook_is_disabled_nor_afterwards() {
    let (app, receiver) = (app(), Receiver::start());
    let user = app.user();
    let id = hook(&user, &receiver, &["application.created"]).id();
    turn(&user, &id, "disabled");
    user.application(json!({}));
    app.settle();
    turn(&user, &id, "active");
    let later = user.application(json!({})).id();
    receiver.wait_for(1);
    app.settle();
    let got = receiver.received();
    assert_eq!(got.len(), 1);
    assert_eq!(got[0].json()["data"]["resource_id"], json!(later));
}

#[test]
fn a_removed_webhook_is_sent_nothing_and_leaves_nothing() {
    let (app, receiver) = (app(), Receiver::answering(|_| Reply::Status(500)));
    let user = app.user();
    let id = hook(&user, &receiver, &["*"]).id();
    user.application(json!({}));
    receiver.wait_for(1);
    user.delete(&format!("{PATH}/{id}")).expect(204);
    app.settle();
    let sent = receiver.received().len();
    user.application(json!({}));
    app.settle();
    assert_eq!(receiver.received().len(), sent);
    for table in [
        "webhooks",
        "webhook_deliveries",
        "webhook_attempts",
        "webhook_queue",
    ] {
        assert_eq!(
            app.sql_value(&format!("SELECT count(*) FROM {table}")),
            0,
            "{table}"
        );
    }
}

#[test]
fn an_erased_user_leaves_nothing_although_something_was_on_its_way() {
    let (app, receiver) = (app(), Receiver::answering(|_| Reply::Status(500)));
    let user = app.user();
    hook(&user, &receiver, &["*"]);
    user.application(json!({}));
    receiver.wait_for(1);
    app.execute(&format!("DELETE FROM users WHERE id = '{}'", user.id));
    for table in [
        "webhooks",
        "webhook_deliveries",
        "webhook_attempts",
        "webhook_queue",
    ] {
        assert_eq!(
            app.sql_value(&format!("SELECT count(*) FROM {table}")),
            0,
            "{table}"
        );
    }
}

#[test]
fn a_secret_that_cannot_be_read_any_more_is_said_and_mended_by_a_rotation() {
    let (app, receiver) = (app(), Receiver::start());
    let user = app.user();
    let made = hook_with(
        &user,
        json!({"url": receiver.url("/"), "event_types": ["goal.created"]}),
    );
    app.execute("UPDATE webhooks SET secret = '\\x01ff'");
    let ping = format!("{PATH}/{}/ping", made.id());
    user.post(&ping, json!({})).expect(201);
    let failed = deliveries(&user, &made.id()).remove(0);
    assert_eq!(failed["attempts"][0]["failure"], "secret_lost");
    assert_eq!(receiver.connections(), 0);
    assert!(now(&user, &made.id())["failing_since"].is_string());
    let rotate = format!("{PATH}/{}/rotate-secret", made.id());
    let new = user.post(&rotate, json!({})).expect(200);
    user.post(&ping, json!({})).expect(201);
    let got = receiver.wait_for(1).remove(0);
    assert!(got.is_signed_with(new.text_at("/secret")));
    app.settle();
    assert_eq!(now(&user, &made.id())["failing_since"], Value::Null);
}
