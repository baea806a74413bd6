//! What a goal grew from, and what is left of that.

use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::builders::User;

/// A reflection, put straight into the database.
fn reflection(user: &User<'_>) -> String {
    let id = user.app.sql_value("SELECT gen_random_uuid()::text");
    let id = id.as_str().expect("an id").to_owned();
    user.app.execute(&format!(
        "INSERT INTO reflections (owner_id, id, missing_skills, improvements, version, created_at, updated_at)
         VALUES ('{}', '{id}', '{{}}', '{{}}', 1, now(), now())",
        user.id
    ));
    id
}

/// A request for feedback, put straight into the database.
fn feedback_request(user: &User<'_>) -> String {
    let application = user.application(json!({})).id();
    user.app.execute(&format!(
        "INSERT INTO feedback_requests (owner_id, id, application_id, status, version, created_at, updated_at)
         VALUES ('{}', '{application}', '{application}', 'draft', 1, now(), now())",
        user.id
    ));
    application
}

fn goal(origin: Value) -> Value {
    json!({
        "title": "Tailor one resume", "category": "resume_review", "kind": "recurring", "target_count": 1,
        "period": "week", "measure": "check_ins", "origin": origin
    })
}

#[test]
fn a_goal_remembers_what_it_grew_from_and_outlives_it() {
    let app = TestApp::start();
    let user = app.user();
    for (kind, id, table) in [
        ("reflection", reflection(&user), "reflections"),
        (
            "feedback_request",
            feedback_request(&user),
            "feedback_requests",
        ),
    ] {
        let made = user
            .post("/v1/goals", goal(json!({"type": kind, "id": id})))
            .expect(201);
        let there = json!({"type": kind, "id": id, "suggestion": null, "deleted": false});
        assert_eq!(made.body["origin"], there);
        app.execute(&format!("DELETE FROM {table}"));
        let gone = json!({"type": kind, "id": id, "suggestion": null, "deleted": true});
        assert_eq!(user.show_goal(&made.id()).body["origin"], gone);
        let found = user
            .get(&format!("/v1/goals?origin_type={kind}"))
            .expect(200);
        assert_eq!(found.each("id"), [made.id()]);
        assert_eq!(found.data()[0]["origin"], gone);
    }
}

#[test]
fn every_suggestion_of_a_reflection_is_a_goal_as_it_stands() {
    let app = TestApp::start();
    let user = app.user();
    let body = json!({
        "resume_tailored": "partly", "company_researched": "no", "skills_lacking": "yes",
        "missing_skills": ["Kubernetes", "Portuguese"], "improvements": ["networking", "wellbeing"]
    });
    let reflection = user.post("/v1/reflections", body).expect(201).id();
    let path = format!("/v1/reflections/{reflection}/suggested-goals");
    let suggested = user.get(&path).expect(200);
    assert!(suggested.data().len() >= 4, "{suggested}");
    for suggestion in suggested.data() {
        let made = user
            .post("/v1/goals", suggestion["goal"].clone())
            .expect(201);
        assert_eq!(made.body["title"], suggestion["goal"]["title"]);
        assert_eq!(made.body["origin"]["suggestion"], suggestion["suggestion"]);
        let again = user
            .post("/v1/goals", suggestion["goal"].clone())
            .expect(200);
        assert_eq!(again.id(), made.id());
    }
    // The goals outlive the reflection.
    user.delete(&format!("/v1/reflections/{reflection}"))
        .expect(204);
    let goals = user.get("/v1/goals").expect(200);
    assert_eq!(goals.data().len(), suggested.data().len());
    assert!(
        goals
            .data()
            .iter()
            .all(|it| it["origin"]["deleted"] == true)
    );
}

#[test]
fn an_origin_that_is_not_there_or_someone_elses_is_unknown() {
    let app = TestApp::start();
    let (user, stranger) = (app.user(), app.user());
    let own = reflection(&user);
    for (kind, id) in [
        ("reflection", reflection(&stranger)),
        (
            "reflection",
            "019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55".to_owned(),
        ),
        ("feedback_request", own),
        ("feedback_request", feedback_request(&stranger)),
    ] {
        for suggestion in [json!(null), json!("tailor_resume")] {
            let origin = json!({"type": kind, "id": id, "suggestion": suggestion});
            let refused = user
                .post("/v1/goals", goal(origin))
                .problem(404, "not_found");
            assert_eq!(refused.faults(), [("/origin/id", "unknown_reference")]);
        }
    }
    assert_eq!(app.sql_value("SELECT count(*) FROM goals"), 0);
}

#[test]
fn a_suggestion_becomes_a_goal_once() {
    let app = TestApp::start();
    let user = app.user();
    let (id, other) = (reflection(&user), reflection(&user));
    let body = goal(json!({"type": "reflection", "id": id, "suggestion": "tailor_resume"}));
    let first = user.post("/v1/goals", body.clone()).expect(201);
    let again = user.post("/v1/goals", body.clone()).expect(200);
    assert_eq!(again.body, first.body);
    assert_eq!(again.header("etag"), first.header("etag"));
    // Another suggestion, another reflection, or none of them is another goal.
    for origin in [
        json!({"type": "reflection", "id": id, "suggestion": "learn_skill_1"}),
        json!({"type": "reflection", "id": other, "suggestion": "tailor_resume"}),
        json!({"type": "reflection", "id": id}),
        json!({"type": "reflection", "id": id}),
    ] {
        user.post("/v1/goals", goal(origin)).expect(201);
    }
    // It stays accepted when the reflection is gone, and can be accepted anew when the goal is gone.
    app.execute(&format!("DELETE FROM reflections WHERE id = '{id}'"));
    user.post("/v1/goals", body.clone()).expect(200);
    user.delete(&format!("/v1/goals/{}", first.id()))
        .expect(204);
    user.post("/v1/goals", body).problem(404, "not_found");
}

#[test]
fn a_suggestion_that_is_accepted_many_times_at_once_becomes_one_goal() {
    let app = TestApp::start();
    let user = app.user();
    let id = reflection(&user);
    let body = goal(json!({"type": "reflection", "id": id, "suggestion": "tailor_resume"}));
    let answers: Vec<_> = std::thread::scope(|scope| {
        let sent: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| user.post("/v1/goals", body.clone()).send()))
            .collect();
        sent.into_iter()
            .map(|it| it.join().expect("an answer"))
            .collect()
    });
    let mut statuses: Vec<u16> = answers.iter().map(|it| it.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 200, 200, 200, 200, 200, 201]);
    assert!(answers.iter().all(|it| it.id() == answers[0].id()));
    assert_eq!(app.sql_value("SELECT count(*) FROM goals"), 1);
    assert_eq!(
        app.sql_value("SELECT count(*) FROM events WHERE kind = 'goal.created'"),
        1
    );
}

#[test]
fn the_key_of_a_suggestion_is_no_text() {
    let app = TestApp::start();
    let user = app.user();
    let id = reflection(&user);
    for key in ["Learn Rust", "é", "a-b"] {
        let origin = json!({"type": "reflection", "id": id, "suggestion": key});
        let refused = user
            .post("/v1/goals", goal(origin))
            .problem(422, "invalid_fields");
        assert_eq!(
            refused.faults(),
            [("/origin/suggestion", "invalid_suggestion")]
        );
    }
}
