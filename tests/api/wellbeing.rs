//! Wellbeing check-ins: how one is, for those who choose to note it.

use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::builders::User;

const PATH: &str = "/v1/wellbeing-check-ins";

fn turn(user: &User<'_>, on: bool) {
    let preferences = json!({"preferences": {"wellbeing_enabled": on}});
    user.patch("/v1/me", preferences).expect(200);
}

/// A user who turned check-ins on.
fn user(app: &TestApp) -> User<'_> {
    let user = app.user();
    turn(&user, true);
    user
}

fn check_in(user: &User<'_>, body: Value) -> String {
    user.post(PATH, body).expect(201).id()
}

fn one(id: &str) -> String {
    format!("{PATH}/{id}")
}

#[test]
fn a_check_in_is_written_read_changed_and_erased() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T18:00:00Z");
    let user = user(&app);
    let body = json!({"score": 2, "tags": ["tired"], "note": "A long day."});
    let created = user.post(PATH, body).expect(201);
    assert_eq!(created.body["occurred_at"], "2026-03-05T18:00:00Z");
    let path = created.header("location").to_owned();
    assert_eq!(user.get(&path).expect(200).body, created.body);
    let change = json!({"score": 4, "note": null, "occurred_at": "2026-03-04T18:00:00Z"});
    let changed = user.patch(&path, change).expect(200).body;
    assert_eq!(changed["score"], 4);
    assert_eq!(changed["tags"], json!(["tired"]));
    assert_eq!(changed["note"], Value::Null);
    assert_eq!(changed["occurred_at"], "2026-03-04T18:00:00Z");
    assert_eq!(changed["version"], 2);
    user.delete(&path).expect(204);
    user.get(&path).problem(404, "not_found");
    user.delete(&path).problem(404, "not_found");
}

#[test]
fn what_is_wrong_with_a_check_in_is_told_at_once() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T18:00:00Z");
    let user = user(&app);
    let body = json!({"score": 6, "tags": [""], "note": "x".repeat(5001), "mood": "fine"});
    let answer = user.post(PATH, body).problem(422, "invalid_fields");
    let pointers: Vec<&str> = answer.faults().iter().map(|(at, _)| *at).collect();
    assert_eq!(pointers, ["/mood", "/note", "/score", "/tags/0"]);
    let many = json!({"score": 1, "tags": vec!["x"; 21]});
    user.post(PATH, many).problem(422, "invalid_fields");
    let ahead = json!({"score": 1, "occurred_at": "2026-03-05T18:00:01Z"});
    let refused = user.post(PATH, ahead).problem(422, "invalid_fields");
    assert_eq!(refused.faults(), [("/occurred_at", "in_future")]);
}

#[test]
fn nothing_is_noted_or_shown_until_the_user_turns_it_on() {
    let app = TestApp::start();
    let user = app.user();
    assert_eq!(
        user.get("/v1/me").expect(200).body["preferences"]["wellbeing_enabled"],
        false
    );
    let id = "019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55";
    user.post(PATH, json!({"score": 3}))
        .problem(403, "wellbeing_disabled");
    user.get(PATH).problem(403, "wellbeing_disabled");
    user.get(&one(id)).problem(403, "wellbeing_disabled");
    user.patch(&one(id), json!({"score": 3}))
        .problem(403, "wellbeing_disabled");
    assert_eq!(app.sql_value("SELECT count(*) FROM wellbeing_check_ins"), 0);
}

#[test]
fn turning_it_off_hides_everything_and_deletes_nothing() {
    let app = TestApp::start();
    let user = user(&app);
    let id = check_in(&user, json!({"score": 3}));
    let before = user.get(&one(&id)).expect(200).body;
    turn(&user, false);
    user.get(&one(&id)).problem(403, "wellbeing_disabled");
    user.get(PATH).problem(403, "wellbeing_disabled");
    user.patch(&one(&id), json!({"score": 5}))
        .problem(403, "wellbeing_disabled");
    turn(&user, true);
    assert_eq!(user.get(&one(&id)).expect(200).body, before);
}

#[test]
fn whoever_turned_it_off_can_still_erase_one_and_all() {
    let app = TestApp::start();
    let user = user(&app);
    let first = check_in(&user, json!({"score": 1}));
    check_in(&user, json!({"score": 2}));
    turn(&user, false);
    user.delete(&one(&first)).expect(204);
    assert_eq!(app.sql_value("SELECT count(*) FROM wellbeing_check_ins"), 1);
    user.delete(PATH).expect(204);
    assert_eq!(app.sql_value("SELECT count(*) FROM wellbeing_check_ins"), 0);
}

#[test]
fn erasing_all_takes_ones_own_only_and_works_when_there_are_none() {
    let app = TestApp::start();
    let (leaving, staying) = (user(&app), user(&app));
    leaving.delete(PATH).expect(204);
    for score in 1..=3 {
        check_in(&leaving, json!({"score": score}));
    }
    let kept = check_in(&staying, json!({"score": 5}));
    leaving.delete(PATH).expect(204);
    assert!(leaving.get(PATH).expect(200).data().is_empty());
    assert_eq!(staying.get(PATH).expect(200).each("id"), [kept]);
    let tombstones = app.sql_value(&format!(
        "SELECT count(*) FROM events WHERE kind = 'wellbeing_check_in.deleted' AND owner_id = '{}'",
        leaving.id
    ));
    assert_eq!(tombstones, 3);
}

#[test]
fn what_was_erased_is_left_nowhere() {
    let app = TestApp::start();
    let user = user(&app);
    let note = |key: &str| {
        user.post(PATH, json!({"score": 3, "note": "canary"}))
            .header("Idempotency-Key", key)
            .expect(201)
    };
    let first = note("one").id();
    assert_eq!(note("one").header("idempotent-replayed"), "true");
    let second = note("two").id();
    let kept = || {
        app.sql_value(
            "SELECT coalesce(string_agg(convert_from(body, 'UTF8'), ' '), '') FROM idempotency_keys",
        )
        .to_string()
    };
    assert!(kept().contains("canary") && kept().contains(&first));
    user.delete(&one(&first)).expect(204);
    assert!(!kept().contains(&first) && kept().contains(&second));
    user.delete(PATH).expect(204);
    assert!(!kept().contains("canary"), "{}", kept());
}

#[test]
fn answers_about_other_things_outlive_the_erasure() {
    let app = TestApp::start();
    let user = user(&app);
    let add = || {
        user.post("/v1/contacts", json!({"name": "Imani"}))
            .header("Idempotency-Key", "contact")
            .expect(201)
    };
    let first = add();
    user.delete(PATH).expect(204);
    assert_eq!(add().id(), first.id());
}

#[test]
fn an_event_names_a_check_in_and_says_nothing_of_it() {
    let app = TestApp::start();
    let user = user(&app);
    let id = check_in(
        &user,
        json!({"score": 1, "tags": ["canary"], "note": "canary"}),
    );
    user.patch(&one(&id), json!({"score": 2})).expect(200);
    user.delete(&one(&id)).expect(204);
    let events = app.sql(
        "SELECT kind, resource_type, resource_id, data FROM events WHERE resource_type = 'wellbeing_check_in' ORDER BY id",
    );
    let told = |kind: &str| {
        json!({
            "kind": format!("wellbeing_check_in.{kind}"), "resource_type": "wellbeing_check_in",
            "resource_id": id, "data": null
        })
    };
    assert_eq!(
        json!(events),
        json!([told("created"), told("updated"), told("deleted")])
    );
}

#[test]
fn check_ins_are_found_by_time_and_sorted() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T12:00:00Z");
    let user = user(&app);
    let at = |instant: &str| check_in(&user, json!({"score": 3, "occurred_at": instant}));
    let late = at("2026-03-05T10:00:00Z");
    let early = at("2026-03-01T10:00:00Z");
    let middle = at("2026-03-03T12:00:00+02:00");
    let found = |query: &str| {
        let pages = user.pages(&format!("{PATH}?limit=1&{query}"));
        pages
            .iter()
            .flat_map(|page| page.each("id"))
            .collect::<Vec<_>>()
    };
    let all = |ids: [&String; 3]| ids.map(String::clone);
    assert_eq!(found("sort=occurred_at"), all([&early, &middle, &late]));
    assert_eq!(found("sort=-occurred_at"), all([&late, &middle, &early]));
    assert_eq!(found("sort=created_at"), all([&late, &early, &middle]));
    assert_eq!(
        user.get(PATH).expect(200).each("id"),
        all([&middle, &early, &late])
    );
    assert_eq!(
        found("from=2026-03-03T10:00:00Z&to=2026-03-05T09:59:59Z"),
        [middle]
    );
    assert!(found("created_after=2026-03-05T12:00:00Z").is_empty());
}
