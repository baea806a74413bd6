//! What the feed tells, and how one asks.

use std::collections::BTreeSet;

use rebound::auth::scopes;
use rebound::events::kinds;
use serde_json::{Value, json};

use super::{BEGINNING, each, now, read};
use crate::openapi_driven::world;
use crate::support::app::TestApp;
use crate::support::builders::User;
use crate::support::document::{DOCUMENT, operations};
use crate::support::sse::Sse;

#[test]
fn the_feed_tells_what_happened_in_its_order() {
    let app = TestApp::start();
    let user = app.user();
    let place = now(&user);
    let id = user.application(json!({})).id();
    let path = format!("/v1/applications/{id}");
    user.patch(&path, json!({"company": "Larch"})).expect(200);
    user.transition(&id, json!({"to": "applied"})).expect(200);
    user.delete(&path).expect(204);
    let (events, end) = read(&user, &place, "", 4);
    assert_eq!(
        each(&events, "/type"),
        [
            "application.created",
            "application.updated",
            "application.transitioned",
            "application.deleted"
        ]
    );
    for event in &events[..3] {
        let resource = json!({"type": "application", "id": id, "url": path});
        assert_eq!(event["resource"], resource);
    }
    assert_eq!(events[3]["resource"]["url"], Value::Null);
    assert_eq!(
        events[2]["data"],
        json!({"from": "saved", "to": "applied", "kind": "transition"})
    );
    assert_eq!(events[3]["data"], Value::Null);
    // Each id is a place, too.
    assert_eq!(events[3]["id"], *end);
    let (rest, _) = read(&user, events[1]["id"].as_str().expect("an id"), "", 2);
    assert_eq!(rest, events[2..]);
    // The place after the last one is there however often one asks.
    let page = user.get(&format!("/v1/events?after={end}")).expect(200);
    assert_eq!(page.body, json!({"data": [], "next_cursor": end}));
    assert_eq!(
        page.header("link"),
        format!("</v1/events?after={end}>; rel=\"next\"")
    );
}

#[test]
fn types_select_and_the_cursor_passes_over_the_others() {
    let app = TestApp::start();
    let user = app.user();
    let place = now(&user);
    let id = user.application(json!({})).id();
    let contact = user.post("/v1/contacts", json!({"name": "Ada Kowalczyk"}));
    contact.expect(201);
    user.transition(&id, json!({"to": "applied"})).expect(200);
    let (all, end) = read(&user, &place, "", 3);
    let of = |types: &str| {
        let page = user
            .get(&format!("/v1/events?after={place}&type={types}"))
            .expect(200);
        assert_eq!(page.text_at("/next_cursor"), end, "{types}");
        page.each("type")
    };
    assert_eq!(of("contact.created"), ["contact.created"]);
    assert_eq!(
        of("application.*"),
        ["application.created", "application.transitioned"]
    );
    assert_eq!(
        of("application.created&type=contact.*"),
        ["application.created", "contact.created"]
    );
    assert_eq!(of("goal.*").len(), 0);
    let first = user
        .get(&format!(
            "/v1/events?after={place}&type=application.*&limit=1"
        ))
        .expect(200);
    assert_eq!(first.body["next_cursor"], all[0]["id"]);
    for types in ["goal", "goal.vanished", "*", "goal.*,x.y", "goals.*"] {
        user.get(&format!("/v1/events?type={types}"))
            .problem(400, "invalid_query");
    }
}

#[test]
fn without_a_place_the_feed_begins_at_its_oldest_event() {
    let app = TestApp::start();
    let user = app.user();
    assert_eq!(now(&user), BEGINNING);
    let empty = user.get("/v1/events").expect(200);
    assert_eq!(empty.body, json!({"data": [], "next_cursor": BEGINNING}));
    user.application(json!({}));
    read(&user, BEGINNING, "", 1);
    assert_eq!(
        user.get("/v1/events").expect(200).each("type"),
        ["application.created"]
    );
    assert_ne!(now(&user), BEGINNING);
}

#[test]
fn a_place_that_the_feed_never_had_is_told_apart_from_an_empty_one() {
    let app = TestApp::start();
    let (user, other) = (app.user(), app.user());
    user.application(json!({}));
    other.application(json!({}));
    let (theirs, _) = read(&other, BEGINNING, "", 1);
    let theirs = theirs[0]["id"].as_str().expect("an id").to_owned();
    for path in ["/v1/events", "/v1/events/stream"] {
        user.get(&format!("{path}?after={theirs}"))
            .problem(410, "cursor_expired");
        for text in ["x", "1-2-3", "AAAA", "-AAAAQAAAAAAAALsAAAAAAAAAAE"] {
            user.get(&format!("{path}?after={text}"))
                .problem(400, "invalid_cursor");
        }
    }
    user.get("/v1/events/stream")
        .header("Last-Event-ID", b"\xff")
        .problem(400, "invalid_cursor");
    app.get("/problems/cursor_expired").expect(200);
}

#[test]
fn the_feed_shows_nothing_of_another_user() {
    let app = TestApp::start();
    let (user, other) = (app.user(), app.user());
    other.application(json!({}));
    read(&other, BEGINNING, "", 1);
    assert_eq!(user.get("/v1/events").expect(200).data().len(), 0);
}

#[test]
fn whatever_goes_along_with_an_application_has_a_tombstone() {
    let app = TestApp::start();
    let user = user_with_a_rejection(&app);
    let (user, application) = (user.0, user.1);
    let mut expected = BTreeSet::new();
    for operation in operations() {
        let hangs_on = world::references(&operation)
            .iter()
            .any(|it| it.name() == "application_id");
        // The rejection is there already.
        if operation.method != "POST" || !hangs_on || operation.path == "/v1/rejections" {
            continue;
        }
        let mut body = world::own_body(&user, &operation).expect("a body");
        body["application_id"] = json!(application);
        let made = user.post(&operation.path, body).expect(201);
        expected.insert(made.id());
    }
    let rejections = user
        .get(&format!("/v1/rejections?application_id={application}"))
        .expect(200);
    expected.extend(rejections.each("id"));
    assert!(expected.len() >= 5, "{expected:?}");
    app.settle();
    let place = settled_end(&user);
    user.delete(&format!("/v1/applications/{application}"))
        .expect(204);
    let (gone, _) = read(&user, &place, "", expected.len() + 1);
    let (last, along) = gone.split_last().expect("events");
    assert_eq!(last["type"], "application.deleted");
    for event in along {
        assert!(
            event["type"]
                .as_str()
                .is_some_and(|it| it.ends_with(".deleted")),
            "{event}"
        );
        assert_eq!(event["data"]["application_id"], *application);
    }
    let told: BTreeSet<String> = each(along, "/resource/id")
        .into_iter()
        .map(str::to_owned)
        .collect();
    assert_eq!(told, expected);
    // Nothing that the database takes along is forgotten here.
    let cascades = app.sql_value(
        "SELECT count(*) FROM pg_constraint WHERE confrelid = 'applications'::regclass AND confdeltype = 'c'",
    );
    assert_eq!(cascades, 5 + 1, "five resources, and the timeline");
}

fn user_with_a_rejection(app: &TestApp) -> (User<'_>, String) {
    let user = world::user(app);
    let rejection = user.rejection(json!({"channel": "email", "reply_address": "person"}));
    let application = rejection.text_at("/application_id").to_owned();
    (user, application)
}

/// The end of the feed once everything that was written shows.
fn settled_end(user: &User<'_>) -> String {
    let written = user.app.sql_value(&format!(
        "SELECT count(*) FROM events WHERE owner_id = '{}'",
        user.id
    ));
    let count = usize::try_from(written.as_u64().expect("a number")).expect("few");
    read(user, BEGINNING, "&limit=100", count).1
}

#[test]
fn a_goal_takes_its_check_ins_along() {
    let app = TestApp::start();
    let user = app.user();
    let goal = json!({"title": "Practise", "category": "interview_practice", "kind": "recurring", "period": "week", "target_count": 2});
    let goal = user.post("/v1/goals", goal).expect(201).id();
    let path = format!("/v1/goals/{goal}/check-ins");
    let day = app.now().date_naive();
    let made: Vec<String> = (0..3)
        .map(|_| {
            user.post(&path, json!({"occurred_on": day}))
                .expect(201)
                .id()
        })
        .collect();
    let place = settled_end(&user);
    user.delete(&format!("/v1/goals/{goal}")).expect(204);
    let (gone, _) = read(&user, &place, "", 4);
    assert_eq!(each(&gone[..3], "/resource/id"), made);
    assert_eq!(
        each(&gone, "/type"),
        [
            "goal_check_in.deleted",
            "goal_check_in.deleted",
            "goal_check_in.deleted",
            "goal.deleted"
        ]
    );
}

#[test]
fn a_contact_tells_that_another_activity_is_its_latest() {
    let app = TestApp::start();
    let user = app.user();
    let contact = user.post("/v1/contacts", json!({"name": "Ada Kowalczyk"}));
    let contact = contact.expect(201).id();
    let place = settled_end(&user);
    let activity = |days: i64| {
        let on = app.now().date_naive() - chrono::Duration::days(days);
        let body = json!({"kind": "call", "occurred_on": on, "contact_id": contact});
        user.post("/v1/networking-activities", body).expect(201);
    };
    activity(1);
    activity(2);
    let (events, _) = read(&user, &place, "", 3);
    assert_eq!(
        each(&events, "/type"),
        [
            "contact.updated",
            "networking_activity.created",
            "networking_activity.created"
        ]
    );
}

#[test]
fn every_address_of_an_event_is_one_of_the_document() {
    let known: BTreeSet<String> = operations()
        .into_iter()
        .filter(|it| it.method == "GET")
        .map(|it| names(&it.path))
        .collect();
    for resource in kinds::ALL {
        assert!(known.contains(&names(resource.path)), "{}", resource.path);
    }
}

#[test]
fn a_personal_token_is_told_only_of_what_it_may_read() {
    let app = TestApp::start();
    let user = world::user(&app);
    let mood = json!({"score": 2});
    user.post("/v1/wellbeing-check-ins", mood).expect(201);
    let id = user.application(json!({})).id();
    let (all, end) = read(&user, BEGINNING, "", 2);
    assert_eq!(all[0]["resource"]["type"], "wellbeing_check_in");
    let told = |scopes: &[&str], query: &str| {
        let token = user.personal_token(scopes);
        let page = app
            .get(&format!("/v1/events{query}"))
            .bearer(&token)
            .expect(200);
        // It passes over what it may not see, to the end.
        assert_eq!(page.text_at("/next_cursor"), end);
        page.each("type")
    };
    let some = told(&["events:read", "applications:read"], "");
    assert_eq!(some, ["application.created"]);
    assert!(told(&["events:read"], "").is_empty());
    let asked = told(
        &["events:read", "applications:read"],
        "?type=wellbeing_check_in.*",
    );
    assert!(asked.is_empty());
    let both = told(&["events:read", "wellbeing-check-ins:read"], "");
    assert_eq!(both, ["wellbeing_check_in.created"]);
    let blind = user.personal_token(&["applications:read"]);
    for path in ["/v1/events", "/v1/events/stream"] {
        app.get(path)
            .bearer(&blind)
            .problem(403, "insufficient_scope");
    }
    // The stream of a token shows as little, and ends with it.
    let token = user.personal_token(&["events:read", "applications:read"]);
    let target = format!("/v1/events/stream?after={BEGINNING}");
    let mut stream = Sse::open(app.address(), &token, &target, None);
    let event = stream.event().expect("an event");
    assert_eq!(event.data["resource"]["id"], *id);
    app.execute("UPDATE personal_tokens SET expires_at = '2000-01-01Z'");
    assert_eq!(stream.rest(), []);
}

#[test]
fn every_resource_has_a_scope_by_which_a_token_is_told_of_it() {
    let known = DOCUMENT.pointer("/components/schemas/TokenScope/enum");
    let known = known.and_then(Value::as_array).expect("scopes");
    for resource in kinds::ALL {
        let scope = scopes::to_see(resource.name);
        assert!(known.contains(&json!(scope.as_str())), "{scope}");
    }
}

/// A path whatever its parameters are called.
fn names(path: &str) -> String {
    let segments = path.split('/');
    let same = segments.map(|it| if it.starts_with('{') { "{}" } else { it });
    same.collect::<Vec<_>>().join("/")
}
