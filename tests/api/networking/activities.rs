//! Networking activities: what was done when and with whom, and what that says about the contact.

use std::thread;

use serde_json::{Value, json};

use super::{activity, call, contact, touch};
use crate::openapi_driven::world;
use crate::support::app::TestApp;

const NOBODY: &str = "019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55";

fn days(last: &str, next: &str) -> (Value, Value) {
    (json!(last), json!(next))
}

#[test]
fn the_latest_activity_counts_in_whatever_order_they_come_and_go() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T12:00:00Z");
    let user = app.user();
    let id = contact(&user, json!({"keep_in_touch_days": 10}));
    let late = call(&user, &id, "2026-03-01");
    assert_eq!(touch(&user, &id), days("2026-03-01", "2026-03-11"));
    // One of long ago changes nothing.
    let early = call(&user, &id, "2025-12-24");
    assert_eq!(touch(&user, &id), days("2026-03-01", "2026-03-11"));
    user.patch(&activity(&early), json!({"occurred_on": "2026-03-03"}))
        .expect(200);
    assert_eq!(touch(&user, &id), days("2026-03-03", "2026-03-13"));
    user.patch(&activity(&early), json!({"occurred_on": "2026-02-03"}))
        .expect(200);
    assert_eq!(touch(&user, &id), days("2026-03-01", "2026-03-11"));
    user.delete(&activity(&late)).expect(204);
    assert_eq!(touch(&user, &id), days("2026-02-03", "2026-02-13"));
    user.delete(&activity(&early)).expect(204);
    assert_eq!(touch(&user, &id), (Value::Null, json!("2026-03-15")));
}

#[test]
fn an_activity_that_moves_counts_for_its_new_contact_only() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T12:00:00Z");
    let user = app.user();
    let (first, second) = (contact(&user, json!({})), contact(&user, json!({})));
    let moved = call(&user, &first, "2026-03-01");
    call(&user, &first, "2026-02-01");
    user.patch(&activity(&moved), json!({"contact_id": second}))
        .expect(200);
    assert_eq!(touch(&user, &first).0, "2026-02-01");
    assert_eq!(touch(&user, &second).0, "2026-03-01");
    user.patch(&activity(&moved), json!({"contact_id": null}))
        .expect(200);
    assert_eq!(touch(&user, &second).0, Value::Null);
}

#[test]
fn an_activity_is_written_read_changed_and_removed() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T12:00:00Z");
    let user = app.user();
    let body = json!({"kind": "event", "occurred_on": "2026-03-04", "title": "Meetup", "notes": "Crowded."});
    let created = user.post("/v1/networking-activities", body).expect(201);
    assert_eq!(created.body["contact_id"], Value::Null);
    let path = created.header("location").to_owned();
    assert_eq!(user.get(&path).expect(200).body, created.body);
    let changed = user
        .patch(&path, json!({"kind": "group", "notes": null}))
        .expect(200)
        .body;
    assert_eq!(changed["kind"], "group");
    assert_eq!(changed["notes"], Value::Null);
    assert_eq!(changed["title"], "Meetup");
    user.delete(&path).expect(204);
    user.get(&path).problem(404, "not_found");
}

#[test]
fn an_activity_does_not_lie_in_the_future_where_the_user_is() {
    let app = TestApp::start();
    // The 6th in Auckland.
    app.set_clock("2026-03-05T12:00:00Z");
    let user = app.user_in("Pacific/Auckland");
    let log = |on: &str| {
        let body = json!({"kind": "call", "occurred_on": on});
        user.post("/v1/networking-activities", body)
    };
    let today = log("2026-03-06").expect(201);
    for (on, code) in [
        ("2026-03-07", "in_future"),
        ("1899-12-31", "out_of_range"),
        ("2200-01-01", "out_of_range"),
    ] {
        let refused = log(on).problem(422, "invalid_fields");
        assert_eq!(refused.faults(), [("/occurred_on", code)]);
    }
    // Who flies to Honolulu, where it is the 5th, may still change the rest of it.
    user.patch("/v1/me", json!({"time_zone": "Pacific/Honolulu"}))
        .expect(200);
    let path = activity(&today.id());
    user.patch(&path, json!({"title": "On the phone"}))
        .expect(200);
    user.patch(&path, json!({"occurred_on": "2026-03-07"}))
        .problem(422, "invalid_fields");
}

#[test]
fn an_activity_with_an_unknown_contact_is_404() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T12:00:00Z");
    let (user, stranger) = (app.user(), app.user());
    let foreign = contact(&stranger, json!({}));
    let own = call(&user, &contact(&user, json!({})), "2026-03-01");
    for id in [foreign.as_str(), NOBODY] {
        let body = json!({"kind": "call", "occurred_on": "2026-03-01", "contact_id": id});
        let answers = [
            user.post("/v1/networking-activities", body),
            user.patch(&activity(&own), json!({"contact_id": id})),
        ];
        for answer in answers {
            let answer = answer.problem(404, "not_found");
            assert_eq!(answer.body["errors"][0]["pointer"], "/contact_id");
        }
    }
    assert_eq!(touch(&stranger, &foreign).0, Value::Null);
}

#[test]
fn activities_are_found_by_contact_kind_and_day() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T12:00:00Z");
    let user = app.user();
    let id = contact(&user, json!({}));
    let log = |kind: &str, on: &str, contact: Option<&str>| {
        let body = json!({"kind": kind, "occurred_on": on, "contact_id": contact});
        user.post("/v1/networking-activities", body)
            .expect(201)
            .id()
    };
    let coffee = log("coffee", "2026-02-10", Some(&id));
    let event = log("event", "2026-01-10", None);
    let message = log("message", "2026-02-10", None);
    let found = |query: &str| {
        let pages = user.pages(&format!("/v1/networking-activities?limit=1&{query}"));
        pages
            .iter()
            .flat_map(|page| page.each("id"))
            .collect::<Vec<_>>()
    };
    let all = |ids: [&String; 3]| ids.map(String::clone);
    assert_eq!(found("sort=occurred_on"), all([&event, &coffee, &message]));
    assert_eq!(found("sort=-occurred_on"), all([&message, &coffee, &event]));
    assert_eq!(found("sort=created_at"), all([&coffee, &event, &message]));
    assert_eq!(found("sort=-created_at"), all([&message, &event, &coffee]));
    assert_eq!(
        found(&format!("contact_id={id}")),
        std::slice::from_ref(&coffee)
    );
    assert_eq!(
        found("kind=coffee,event&sort=occurred_on"),
        [event.clone(), coffee.clone()]
    );
    assert_eq!(found("from=2026-01-10&to=2026-02-09"), [event]);
    assert_eq!(
        found("from=2026-02-10&to=2026-02-10&sort=created_at"),
        [coffee, message]
    );
    assert!(found("updated_after=2026-03-05T12:00:00Z").is_empty());
}

#[test]
fn the_activities_of_a_removed_contact_stay() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T12:00:00Z");
    let user = app.user();
    let (gone, other) = (contact(&user, json!({})), contact(&user, json!({})));
    let kept = call(&user, &gone, "2026-03-01");
    let others = call(&user, &other, "2026-03-02");
    app.set_clock("2026-03-06T12:00:00Z");
    user.delete(&format!("/v1/contacts/{gone}")).expect(204);
    let left = user.get(&activity(&kept)).expect(200).body;
    assert_eq!(left["contact_id"], Value::Null);
    assert_eq!(left["occurred_on"], "2026-03-01");
    assert_eq!(left["version"], 2);
    assert_eq!(left["updated_at"], "2026-03-06T12:00:00Z");
    let untouched = user.get(&activity(&others)).expect(200).body;
    assert_eq!(untouched["contact_id"], json!(other));
    assert_eq!(untouched["version"], 1);
    // A phone that follows the events learns of both.
    let events = app.sql(
        "SELECT kind, resource_id, data FROM events WHERE occurred_at = '2026-03-06T12:00:00Z' ORDER BY id",
    );
    assert_eq!(
        json!(events),
        json!([
            {"kind": "networking_activity.updated", "resource_id": kept, "data": {"contact_id": null}},
            {"kind": "contact.deleted", "resource_id": gone, "data": null},
        ])
    );
}

#[test]
fn each_change_is_an_event_that_repeats_no_text() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T12:00:00Z");
    let user = app.user();
    let id = contact(
        &user,
        json!({"notes": "canary", "email": "canary@kite.example"}),
    );
    user.patch(&format!("/v1/contacts/{id}"), json!({"role": "canary"}))
        .expect(200);
    let body =
        json!({"kind": "call", "occurred_on": "2026-03-01", "contact_id": id, "title": "canary"});
    let logged = user
        .post("/v1/networking-activities", body)
        .expect(201)
        .id();
    user.patch(&activity(&logged), json!({"notes": "canary"}))
        .expect(200);
    user.delete(&activity(&logged)).expect(204);
    user.delete(&format!("/v1/contacts/{id}")).expect(204);
    let events = app.sql("SELECT kind, data FROM events ORDER BY id");
    let kinds: Vec<&str> = events
        .iter()
        .filter_map(|event| event["kind"].as_str())
        .collect();
    assert_eq!(
        kinds,
        [
            "contact.created",
            "contact.updated",
            // It has another latest day now.
            "contact.updated",
            "networking_activity.created",
            "networking_activity.updated",
            "contact.updated",
            "networking_activity.deleted",
            "contact.deleted",
        ]
    );
    let of_activities = events.iter().filter(|event| {
        event["kind"]
            .as_str()
            .is_some_and(|it| it.starts_with("networking"))
    });
    for event in of_activities {
        assert_eq!(event["data"], json!({"contact_id": id}));
    }
    assert!(!json!(events).to_string().contains("canary"));
}

#[test]
fn an_account_is_erased_with_its_contacts_and_activities() {
    let app = world::app();
    let user = world::user(&app);
    let id = contact(&user, json!({}));
    call(&user, &id, "2020-01-01");
    user.delete("/v1/me")
        .json(&json!({"password": world::PASSWORD}))
        .expect(204);
    for table in ["contacts", "networking_activities"] {
        assert_eq!(app.sql_value(&format!("SELECT count(*) FROM {table}")), 0);
    }
}

#[test]
fn the_latest_day_is_right_after_changes_at_the_same_time() {
    let app = TestApp::start();
    app.set_clock("2026-03-31T12:00:00Z");
    let user = app.user();
    let elsewhere = contact(&user, json!({}));
    for _ in 0..30 {
        let id = contact(&user, json!({}));
        let latest = call(&user, &id, "2026-03-30");
        // This one goes while others write about it.
        let doomed = contact(&user, json!({}));
        thread::scope(|scope| {
            scope.spawn(|| {
                user.patch(&activity(&latest), json!({"contact_id": elsewhere}))
                    .expect(200);
                user.delete(&format!("/v1/contacts/{doomed}")).expect(204);
            });
            for on in ["2026-03-11", "2026-03-12", "2026-03-13"] {
                let (user, id, doomed) = (&user, &id, &doomed);
                scope.spawn(move || {
                    call(user, id, on);
                    let body = json!({"kind": "call", "occurred_on": on, "contact_id": doomed});
                    let late = user.post("/v1/networking-activities", body).send();
                    assert!([201, 404].contains(&late.status), "{late}");
                });
            }
        });
    }
    let wrong = app.sql(
        "SELECT c.id, c.last_activity_on, a.latest FROM contacts c
         LEFT JOIN (SELECT contact_id, max(occurred_on) AS latest FROM networking_activities GROUP BY 1) a ON a.contact_id = c.id
         WHERE c.last_activity_on IS DISTINCT FROM a.latest OR a.latest IS NULL",
    );
    assert_eq!(json!(wrong), json!([]));
}
