//! The timeline: append-only, in order, with times that can be true.

use serde_json::json;

use crate::support::app::TestApp;

const NOON: &str = "2026-03-10T12:00:00Z";

#[test]
fn the_first_step_lies_at_the_start_of_applied_on_in_the_users_zone() {
    let app = TestApp::start();
    app.set_clock(NOON);
    for (zone, day, instant) in [
        ("UTC", "2026-03-05", "2026-03-05T00:00:00Z"),
        ("America/New_York", "2026-03-05", "2026-03-05T05:00:00Z"),
        // Summer time began on 8 March there.
        ("America/New_York", "2026-03-09", "2026-03-09T04:00:00Z"),
        ("Pacific/Kiritimati", "2026-03-05", "2026-03-04T10:00:00Z"),
        ("Etc/GMT+12", "2026-03-05", "2026-03-05T12:00:00Z"),
        ("Asia/Kathmandu", "2026-03-05", "2026-03-04T18:15:00Z"),
        // Midnight was skipped there on that day.
        ("Asia/Beirut", "2022-03-27", "2022-03-26T22:00:00Z"),
    ] {
        let user = app.user_in(zone);
        let made = user.application(json!({"applied_on": day}));
        assert_eq!(made.text_at("/status"), "applied");
        assert_eq!(made.text_at("/applied_on"), day);
        assert_eq!(made.text_at("/status_since"), instant, "{zone}");
        let timeline = user
            .get(&format!("/v1/applications/{}/timeline", made.id()))
            .expect(200);
        let [first] = timeline.data() else {
            panic!("one entry: {timeline}");
        };
        assert_eq!(first["occurred_at"], instant, "{zone}");
        assert_eq!(first["recorded_at"], NOON);
        assert_eq!(first["seq"], 1);
        assert_eq!(first["kind"], "transition");
        assert_eq!(
            (first["from"].as_str(), first["to"].as_str()),
            (None, Some("applied"))
        );
    }
}

#[test]
fn without_a_day_the_first_step_happens_when_it_is_recorded() {
    let app = TestApp::start();
    app.set_clock("2026-03-10T23:30:00Z");
    let user = app.user_in("Asia/Tokyo");
    let saved = user.application(json!({}));
    assert_eq!(saved.text_at("/status_since"), "2026-03-10T23:30:00Z");
    assert!(saved.body["applied_on"].is_null());
    let applied = user.application(json!({"status": "applied"}));
    assert_eq!(applied.text_at("/applied_on"), "2026-03-11");
    assert_eq!(applied.text_at("/status_since"), "2026-03-10T23:30:00Z");
}

#[test]
fn the_day_of_applying_is_not_in_the_users_future() {
    let app = TestApp::start();
    // It is the 11th in Kiritimati (UTC+14) and the 9th at UTC-12, both at one instant.
    app.set_clock("2026-03-10T11:00:00Z");
    for (zone, today, tomorrow) in [
        ("Pacific/Kiritimati", "2026-03-11", "2026-03-12"),
        ("Etc/GMT+12", "2026-03-09", "2026-03-10"),
        ("UTC", "2026-03-10", "2026-03-11"),
    ] {
        let user = app.user_in(zone);
        let made = user.application(json!({"applied_on": today}));
        let one = format!("/v1/applications/{}", made.id());
        let late = json!({"company": "A", "job_title": "B", "applied_on": tomorrow});
        for request in [
            user.post("/v1/applications", late.clone()),
            user.put("/v1/applications/by-external-id/x", late),
            user.patch(&one, json!({"applied_on": tomorrow})),
        ] {
            let refused = request.problem(422, "invalid_fields");
            assert_eq!(refused.faults(), [("/applied_on", "in_future")], "{zone}");
        }
    }
}

#[test]
fn applying_says_the_day_in_the_users_zone() {
    let app = TestApp::start();
    app.set_clock(NOON);
    let user = app.user_in("Pacific/Auckland");
    let id = user.application(json!({})).id();
    let body = json!({"to": "applied", "occurred_at": "2026-03-09T11:30:00Z"});
    let applied = user.transition(&id, body).expect(200);
    assert_eq!(applied.text_at("/applied_on"), "2026-03-10");
    assert_eq!(applied.text_at("/status_since"), "2026-03-09T11:30:00Z");
}

#[test]
fn a_step_lies_neither_in_the_future_nor_before_the_step_before() {
    let app = TestApp::start();
    app.set_clock(NOON);
    let user = app.user();
    let id = user.application(json!({"applied_on": "2026-03-05"})).id();
    let at =
        |to: &str, instant: &str| user.transition(&id, json!({"to": to, "occurred_at": instant}));
    let early = at("screening", "2026-03-04T23:59:59.999Z").problem(422, "invalid_fields");
    assert_eq!(early.faults(), [("/occurred_at", "before_previous")]);
    let late = at("screening", "2026-03-10T12:00:00.000001Z").problem(422, "invalid_fields");
    assert_eq!(late.faults(), [("/occurred_at", "in_future")]);
    at("screening", "2026-03-05T00:00:00Z").expect(200);
    at("interviewing", NOON).expect(200);
    for insane in [
        "1899-12-31T23:59:59Z",
        "2200-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "-4713-01-01T00:00:00Z",
        "+12026-01-01T00:00:00Z",
        "yesterday",
        "2026-03-10",
        "2026-02-30T00:00:00Z",
    ] {
        at("offer", insane).problem(422, "invalid_fields");
    }
}

#[test]
fn saved_today_and_applied_last_week_is_fine() {
    let app = TestApp::start();
    app.set_clock(NOON);
    let user = app.user();
    let id = user.application(json!({})).id();
    let body = json!({"to": "applied", "occurred_at": "2026-03-03T09:00:00+01:00"});
    let applied = user.transition(&id, body).expect(200);
    assert_eq!(applied.text_at("/status_since"), "2026-03-03T08:00:00Z");
    assert_eq!(applied.text_at("/applied_on"), "2026-03-03");
}

#[test]
fn a_step_with_a_wrong_date_can_be_corrected() {
    let app = TestApp::start();
    app.set_clock(NOON);
    let user = app.user();
    let id = user.application(json!({"applied_on": "2026-03-09"})).id();
    let right = json!({"to": "applied", "occurred_at": "2026-03-02T10:00:00Z", "correction": true});
    let corrected = user.transition(&id, right).expect(200);
    assert_eq!(corrected.text_at("/applied_on"), "2026-03-02");
    let next = json!({"to": "screening", "occurred_at": "2026-03-04T10:00:00Z"});
    user.transition(&id, next).expect(200);
}

#[test]
fn notes_stand_in_the_timeline_and_change_no_status() {
    let app = TestApp::start();
    app.set_clock(NOON);
    let user = app.user();
    let made = user.application(json!({"applied_on": "2026-03-05"}));
    let (id, path) = (made.id(), format!("/v1/applications/{}/notes", made.id()));
    let note = user.post(
        &path,
        json!({"note": "Friendly.", "occurred_at": "2026-03-06T09:00:00Z"}),
    );
    let note = note.expect(201);
    assert_eq!(
        note.header("location"),
        format!("/v1/applications/{id}/timeline")
    );
    assert_eq!(note.body["kind"], "note");
    assert!(note.body["to"].is_null() && note.body["from"].is_null());
    // A note from earlier and a move from earlier do not hinder each other.
    user.post(
        &path,
        json!({"note": "Found it.", "occurred_at": "2026-02-01T09:00:00Z"}),
    )
    .expect(201);
    let moved = json!({"to": "screening", "occurred_at": "2026-03-05T12:00:00Z"});
    assert_eq!(
        user.transition(&id, moved).expect(200).text_at("/status"),
        "screening"
    );
    let timeline = user
        .get(&format!("/v1/applications/{id}/timeline"))
        .expect(200);
    assert_eq!(timeline.each("seq"), ["1", "2", "3", "4"]);
    assert_eq!(
        timeline.each("kind"),
        ["transition", "note", "note", "transition"]
    );
    assert_eq!(timeline.data()[1], note.body);
    let late = user.post(
        &path,
        json!({"note": "x", "occurred_at": "2026-03-10T12:00:01Z"}),
    );
    assert_eq!(late.expect(422).faults(), [("/occurred_at", "in_future")]);
    for bad in [
        json!({}),
        json!({"note": null}),
        json!({"note": " "}),
        json!({"note": "x".repeat(5_001)}),
    ] {
        user.post(&path, bad).problem(422, "invalid_fields");
    }
    user.post(&path, json!({"note": "x".repeat(5_000)}))
        .expect(201);
}

#[test]
fn the_timeline_comes_in_pages_oldest_first() {
    let app = TestApp::start();
    let user = app.user();
    let id = user.application(json!({})).id();
    for number in 0..6 {
        user.post(
            &format!("/v1/applications/{id}/notes"),
            json!({"note": format!("{number}")}),
        )
        .expect(201);
    }
    let pages = user.pages(&format!("/v1/applications/{id}/timeline?limit=3"));
    let sizes: Vec<usize> = pages.iter().map(|page| page.data().len()).collect();
    assert_eq!(sizes, [3, 3, 1]);
    let seqs: Vec<String> = pages.iter().flat_map(|page| page.each("seq")).collect();
    assert_eq!(seqs, ["1", "2", "3", "4", "5", "6", "7"]);
}

#[test]
fn nothing_in_the_timeline_can_be_changed() {
    let app = TestApp::start();
    let user = app.user();
    let id = user.application(json!({})).id();
    let path = format!("/v1/applications/{id}/timeline");
    for method in ["POST", "PUT", "PATCH", "DELETE"] {
        user.request(method, &path)
            .json(&json!({}))
            .problem(405, "method_not_allowed");
    }
    // Not even by a fault of ours: the role of the service has no right to it.
    let rights = app.sql(
        "SELECT privilege_type FROM information_schema.role_table_grants
         WHERE table_name = 'application_steps' AND grantee = 'rebound_app' ORDER BY 1",
    );
    assert_eq!(
        json!(rights),
        json!([{"privilege_type": "INSERT"}, {"privilege_type": "SELECT"}])
    );
}
