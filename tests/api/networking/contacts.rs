//! Contacts: who they are, and when to be in touch again.

use serde_json::{Value, json};

use super::{call, contact, touch};
use crate::support::app::TestApp;
use crate::support::builders::User;

/// The names on all pages of a list, one row a page.
fn names(user: &User<'_>, query: &str) -> Vec<String> {
    let pages = user.pages(&format!("/v1/contacts?{query}&limit=1"));
    pages.iter().flat_map(|page| page.each("name")).collect()
}

#[test]
fn a_contact_is_written_read_changed_and_removed() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T12:00:00Z");
    let user = app.user();
    let created = user
        .post(
            "/v1/contacts",
            json!({
                "name": "  Imani Okafor ", "organization": "Kite & Anchor", "role": "Engineering Manager",
                "relationship": "hiring_manager", "email": "imani@kite.example", "phone": "+49 30 123456",
                "profile_url": "https://network.example/imani", "keep_in_touch_days": 30, "notes": "Climbs."
            }),
        )
        .expect(201);
    assert_eq!(created.body["name"], "Imani Okafor");
    assert_eq!(created.body["last_activity_on"], Value::Null);
    let path = created.header("location").to_owned();
    assert_eq!(user.get(&path).expect(200).body, created.body);

    let change = json!({"relationship": "peer", "phone": null, "keep_in_touch_days": 10});
    let changed = user.patch(&path, change).expect(200).body;
    assert_eq!(changed["relationship"], "peer");
    assert_eq!(changed["phone"], Value::Null);
    assert_eq!(changed["organization"], "Kite & Anchor");
    assert_eq!(changed["next_touch_on"], "2026-03-15");
    assert_eq!(changed["version"], 2);

    user.delete(&path).expect(204);
    user.get(&path).problem(404, "not_found");
}

#[test]
fn a_contact_needs_nothing_but_a_name() {
    let app = TestApp::start();
    let user = app.user();
    let created = user.post("/v1/contacts", json!({"name": "Jo"})).expect(201);
    assert_eq!(created.body["relationship"], "other");
    assert_eq!(created.body["next_touch_on"], Value::Null);
}

#[test]
fn all_wrong_fields_of_a_contact_are_told_at_once() {
    let app = TestApp::start();
    let user = app.user();
    let body = json!({
        "name": "", "email": "imani@", "profile_url": "kite", "keep_in_touch_days": 3651,
        "last_activity_on": "2026-03-05"
    });
    let answer = user
        .post("/v1/contacts", body)
        .problem(422, "invalid_fields");
    let pointers: Vec<&str> = answer.faults().iter().map(|(at, _)| *at).collect();
    for at in ["/last_activity_on", "/name", "/email", "/profile_url"] {
        assert!(pointers.contains(&at), "{at}: {answer}");
    }
    assert!(pointers.contains(&"/keep_in_touch_days"), "{answer}");
}

#[test]
fn without_an_activity_the_days_are_counted_from_the_local_day_of_creation() {
    let app = TestApp::start();
    // In Auckland it is the 6th already.
    app.set_clock("2026-03-05T12:00:00Z");
    let user = app.user_in("Pacific/Auckland");
    let id = contact(&user, json!({"keep_in_touch_days": 1}));
    assert_eq!(touch(&user, &id), (Value::Null, json!("2026-03-07")));
}

#[test]
fn a_contact_is_due_when_its_day_comes_where_the_user_is() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T12:00:00Z");
    let user = app.user_in("America/New_York");
    contact(&user, json!({"name": "Due", "keep_in_touch_days": 7}));
    contact(&user, json!({"name": "Later", "keep_in_touch_days": 8}));
    contact(&user, json!({"name": "Never"}));
    let found = |query: &str| names(&user, &format!("sort=name&{query}"));
    assert_eq!(found("due=false"), ["Due", "Later", "Never"]);
    // The 12th in UTC, still the 11th in New York.
    app.set_clock("2026-03-12T03:00:00Z");
    assert!(found("due=true").is_empty());
    app.set_clock("2026-03-12T04:00:00Z");
    assert_eq!(found("due=true"), ["Due"]);
    assert_eq!(found("due=false"), ["Later", "Never"]);
}

#[test]
fn an_activity_changes_the_etag_of_its_contact_and_not_the_version() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T12:00:00Z");
    let user = app.user();
    let id = contact(&user, json!({"keep_in_touch_days": 10}));
    let path = format!("/v1/contacts/{id}");
    let before = user.get(&path).expect(200);
    app.set_clock("2026-03-06T12:00:00Z");
    call(&user, &id, "2026-03-05");
    let after = user
        .get(&path)
        .header("If-None-Match", before.header("etag"))
        .expect(200);
    assert_ne!(after.header("etag"), before.header("etag"));
    for member in ["version", "updated_at"] {
        assert_eq!(after.body[member], before.body[member]);
    }
    user.patch(&path, json!({"role": "Manager"}))
        .header("If-Match", before.header("etag"))
        .expect(200);
    user.delete(&path)
        .header("If-Match", before.header("etag"))
        .problem(412, "precondition_failed");
}

#[test]
fn contacts_are_found_by_relationship_words_and_time() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T12:00:00Z");
    let user = app.user();
    contact(
        &user,
        json!({"name": "Ada", "relationship": "mentor", "organization": "100% Ölwerk"}),
    );
    app.set_clock("2026-03-06T12:00:00Z");
    let bo = contact(&user, json!({"name": "Bo", "relationship": "peer"}));
    contact(&user, json!({"name": "Cy", "organization": "Bolt_on"}));
    let found = |query: &str| names(&user, &format!("sort=name&{query}"));
    assert_eq!(found("relationship=mentor,peer"), ["Ada", "Bo"]);
    assert_eq!(
        found("relationship=peer&relationship=other&q=b"),
        ["Bo", "Cy"]
    );
    // Signs of a pattern stand for themselves, capital letters make no difference.
    assert_eq!(found("q=0%25+%C3%B6l"), ["Ada"]);
    assert_eq!(found("q=_"), ["Cy"]);
    assert_eq!(found("created_after=2026-03-06T00:00:00Z"), ["Bo", "Cy"]);
    app.set_clock("2026-03-07T12:00:00Z");
    user.patch(&format!("/v1/contacts/{bo}"), json!({"notes": "x"}))
        .expect(200);
    assert_eq!(found("updated_after=2026-03-07T00:00:00Z"), ["Bo"]);
    user.get("/v1/contacts?relationship=friend")
        .problem(400, "invalid_query");
    user.get("/v1/contacts?due=maybe")
        .problem(400, "invalid_query");
}

#[test]
fn contacts_are_sorted_and_those_without_a_next_touch_come_last_in_either_direction() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T12:00:00Z");
    let user = app.user();
    for (name, days) in [
        ("bela", json!(30)),
        ("Ada", json!(null)),
        ("Dee", json!(5)),
        ("Cy", json!(null)),
        ("Eve", json!(5)),
    ] {
        contact(&user, json!({"name": name, "keep_in_touch_days": days}));
    }
    let sorted = |sort: &str| names(&user, &format!("sort={sort}"));
    assert_eq!(sorted("name"), ["Ada", "bela", "Cy", "Dee", "Eve"]);
    assert_eq!(sorted("-name"), ["Eve", "Dee", "Cy", "bela", "Ada"]);
    assert_eq!(sorted("next_touch_on"), ["Dee", "Eve", "bela", "Ada", "Cy"]);
    assert_eq!(
        sorted("-next_touch_on"),
        ["bela", "Eve", "Dee", "Cy", "Ada"]
    );
    assert_eq!(sorted("created_at"), ["bela", "Ada", "Dee", "Cy", "Eve"]);
    assert_eq!(sorted("-updated_at"), ["Eve", "Cy", "Dee", "Ada", "bela"]);
    assert_eq!(sorted("-created_at&due=false").len(), 5);
    let cursor = user.get("/v1/contacts?limit=1").expect(200).body["next_cursor"].clone();
    let cursor = cursor.as_str().expect("a cursor");
    user.get(&format!("/v1/contacts?sort=name&cursor={cursor}"))
        .problem(400, "invalid_cursor");
}
