//! Interviews: the rounds of an application.

use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::builders::User;

fn interview(user: &User<'_>, application: &str, at: &str) -> Value {
    let body = json!({"application_id": application, "kind": "technical", "scheduled_at": at});
    user.post("/v1/interviews", body).expect(201).body
}

#[test]
fn an_interview_is_written_read_changed_and_removed() {
    let app = TestApp::start();
    let user = app.user();
    let application = user.application(json!({"status": "applied"})).id();
    let created = user
        .post(
            "/v1/interviews",
            json!({
                "application_id": application, "kind": "panel", "scheduled_at": "2026-12-01T10:00:00+01:00",
                "duration_minutes": 90, "link": "https://meet.example/x", "notes": "Bring questions."
            }),
        )
        .expect(201);
    assert_eq!(created.body["scheduled_at"], "2026-12-01T09:00:00Z");
    assert_eq!(created.body["outcome"], "pending");
    let path = created.header("location").to_owned();
    assert_eq!(user.get(&path).expect(200).body, created.body);

    let change = json!({"outcome": "passed", "notes": null, "prepared_on": "2026-11-30"});
    let changed = user.patch(&path, change).expect(200);
    assert_eq!(changed.body["outcome"], "passed");
    assert_eq!(changed.body["notes"], Value::Null);
    assert_eq!(changed.body["duration_minutes"], 90);
    assert_eq!(changed.body["version"], 2);

    user.delete(&path).expect(204);
    user.get(&path).problem(404, "not_found");
}

#[test]
fn an_interview_of_an_unknown_application_is_404() {
    let app = TestApp::start();
    let user = app.user();
    let stranger = app.user();
    let foreign = stranger.application(json!({})).id();
    for id in [foreign.as_str(), "019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55"] {
        let body =
            json!({"application_id": id, "kind": "final", "scheduled_at": "2026-12-01T10:00:00Z"});
        let answer = user.post("/v1/interviews", body).problem(404, "not_found");
        assert_eq!(answer.body["errors"][0]["pointer"], "/application_id");
    }
}

#[test]
fn interviews_are_found_by_application_time_and_outcome() {
    let app = TestApp::start();
    let user = app.user();
    let first = user.application(json!({})).id();
    let second = user.application(json!({})).id();
    let early = interview(&user, &first, "2026-12-01T10:00:00Z");
    let late = interview(&user, &first, "2026-12-09T10:00:00Z");
    let other = interview(&user, &second, "2026-12-05T10:00:00Z");
    user.patch(
        &format!("/v1/interviews/{}", late["id"].as_str().expect("an id")),
        json!({"outcome": "cancelled"}),
    )
    .expect(200);
    let found = |query: &str| {
        user.get(&format!("/v1/interviews?{query}"))
            .expect(200)
            .each("id")
    };
    let id = |value: &Value| value["id"].as_str().expect("an id").to_owned();
    assert_eq!(
        found("sort=scheduled_at"),
        [id(&early), id(&other), id(&late)]
    );
    assert_eq!(found(&format!("application_id={second}")), [id(&other)]);
    assert_eq!(
        found("from=2026-12-02T00:00:00Z&to=2026-12-06T00:00:00Z"),
        [id(&other)]
    );
    assert_eq!(found("outcome=cancelled,failed"), [id(&late)]);
    let pages = user.pages("/v1/interviews?sort=-scheduled_at&limit=1");
    let all: Vec<String> = pages.iter().flat_map(|page| page.each("id")).collect();
    assert_eq!(all, [id(&late), id(&other), id(&early)]);
}

#[test]
fn an_interview_goes_with_its_application() {
    let app = TestApp::start();
    let user = app.user();
    let application = user.application(json!({})).id();
    interview(&user, &application, "2026-12-01T10:00:00Z");
    user.delete(&format!("/v1/applications/{application}"))
        .expect(204);
    assert!(user.get("/v1/interviews").expect(200).data().is_empty());
}

#[test]
fn an_application_with_an_interview_ahead_is_not_silent() {
    let app = TestApp::start();
    app.set_clock("2026-12-01T12:00:00Z");
    let user = app.user();
    let silent = user.application(json!({"applied_on": "2026-10-01"})).id();
    let talking = user.application(json!({"applied_on": "2026-10-01"})).id();
    interview(&user, &talking, "2026-12-03T10:00:00Z");
    let found = user.get("/v1/applications?silent_for_days=30").expect(200);
    assert_eq!(found.each("id"), [silent]);
}
