//! PUT by external id: a script may run twice.

use serde_json::{Value, json};

use crate::support::app::TestApp;

const PATH: &str = "/v1/applications/by-external-id/sheet-17";

fn body(members: Value) -> Value {
    let mut body = json!({"company": "A", "job_title": "B"});
    crate::support::builders::merge(&mut body, members);
    body
}

#[test]
fn the_first_put_creates_and_the_second_replaces() {
    let app = TestApp::start();
    let user = app.user();
    let made = user
        .put(PATH, body(json!({"notes": "x", "tags": ["a"]})))
        .expect(201);
    assert_eq!(made.text_at("/external_id"), "sheet-17");
    assert_eq!(
        made.header("location"),
        format!("/v1/applications/{}", made.id())
    );
    let replaced = user.put(PATH, body(json!({"company": "C"}))).expect(200);
    assert_eq!(replaced.id(), made.id());
    assert_eq!(replaced.text_at("/company"), "C");
    assert!(
        replaced.body["notes"].is_null(),
        "a PUT replaces: what it leaves out is gone"
    );
    assert_eq!(replaced.body["tags"], json!([]));
    assert_eq!(user.get("/v1/applications").expect(200).data().len(), 1);
}

#[test]
fn a_repeated_put_leaves_the_timeline_and_the_day_alone() {
    let app = TestApp::start();
    app.set_clock("2026-03-10T12:00:00Z");
    let user = app.user();
    let made = user
        .put(
            PATH,
            body(json!({"status": "applied", "applied_on": "2026-03-05"})),
        )
        .expect(201);
    user.put(
        PATH,
        body(json!({"status": "applied", "applied_on": "2026-03-05"})),
    )
    .expect(200);
    let without = user.put(PATH, body(json!({}))).expect(200);
    assert_eq!(without.text_at("/status"), "applied");
    assert_eq!(without.text_at("/applied_on"), "2026-03-05");
    let timeline = user
        .get(&format!("/v1/applications/{}/timeline", made.id()))
        .expect(200);
    assert_eq!(timeline.data().len(), 1);
}

#[test]
fn another_status_runs_the_transition() {
    let app = TestApp::start();
    let user = app.user();
    let made = user
        .put(PATH, body(json!({"status": "applied"})))
        .expect(201);
    let moved = user
        .put(PATH, body(json!({"status": "interviewing", "notes": "n"})))
        .expect(200);
    assert_eq!(moved.text_at("/status"), "interviewing");
    assert_eq!(moved.text_at("/notes"), "n");
    let refused = user
        .put(PATH, body(json!({"status": "saved", "company": "Z"})))
        .problem(409, "illegal_transition");
    assert_eq!(
        refused.body["allowed"],
        json!(["offer", "rejected", "ghosted", "withdrawn"])
    );
    let after = user
        .get(&format!("/v1/applications/{}", made.id()))
        .expect(200);
    assert_eq!(
        after.text_at("/company"),
        "A",
        "a refused PUT changes nothing"
    );
    assert_eq!(after.body, moved.body);
}

#[test]
fn an_external_id_is_unique_for_each_user() {
    let app = TestApp::start();
    let (user, other) = (app.user(), app.user());
    user.put(PATH, body(json!({}))).expect(201);
    other.put(PATH, body(json!({}))).expect(201);
    let refused = user
        .post("/v1/applications", body(json!({"external_id": "sheet-17"})))
        .problem(409, "external_id_taken");
    assert_eq!(refused.faults(), [("/external_id", "taken")]);
    let second = user.application(json!({"external_id": "sheet-18"}));
    user.patch(
        &format!("/v1/applications/{}", second.id()),
        json!({"external_id": "sheet-17"}),
    )
    .problem(409, "external_id_taken");
}

#[test]
fn the_path_and_the_body_name_the_same_id() {
    let app = TestApp::start();
    let user = app.user();
    user.put(PATH, body(json!({"external_id": "sheet-17"})))
        .expect(201);
    let refused = user
        .put(PATH, body(json!({"external_id": "other"})))
        .expect(422);
    assert_eq!(refused.faults(), [("/external_id", "contradiction")]);
}

#[test]
fn an_external_id_may_hold_any_clean_text() {
    let app = TestApp::start();
    let user = app.user();
    let put = |encoded: &str| {
        user.put(
            &format!("/v1/applications/by-external-id/{encoded}"),
            body(json!({})),
        )
    };
    for (encoded, id) in [
        ("a%20b", "a b"),
        ("a%2Fb", "a/b"),
        ("%C3%A9", "\u{e9}"),
        ("%F0%9F%8F%B4", "\u{1f3f4}"),
        ("100%25", "100%"),
        ("a+b", "a+b"),
        ("e%CC%81x", "\u{e9}x"),
    ] {
        assert_eq!(put(encoded).expect(201).text_at("/external_id"), id);
    }
    let longest = "x".repeat(200);
    put(&longest).expect(201);
    for bad in ["%00", "a%0Ab%07", "%20", &"x".repeat(201)] {
        let refused = put(bad).problem(422, "invalid_fields");
        assert_eq!(
            refused.faults(),
            [("/external_id", "invalid_value")],
            "{bad}"
        );
    }
}

#[test]
fn two_first_puts_at_once_make_one_application() {
    let app = TestApp::start();
    let user = app.user();
    for round in 0..10 {
        let path = format!("/v1/applications/by-external-id/{round}");
        let send = || user.put(&path, body(json!({}))).send();
        let (first, second) = std::thread::scope(|scope| {
            let other = scope.spawn(send);
            (send(), other.join().expect("an answer"))
        });
        let mut statuses = [first.status, second.status];
        statuses.sort_unstable();
        assert!(
            [[200, 201], [201, 409]].contains(&statuses),
            "{first}\n{second}"
        );
    }
    assert_eq!(user.get("/v1/applications").expect(200).data().len(), 10);
}
