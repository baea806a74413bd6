//! What a goal is made of, how it changes, how goals are found.

use serde_json::{Value, json};

use crate::support::app::TestApp;

#[test]
fn a_goal_is_written_read_changed_and_removed() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T08:00:00Z");
    let user = app.user();
    let body = json!({
        "title": "  Two questions aloud ", "notes": "Standing.", "category": "interview_practice",
        "kind": "recurring", "target_count": 2, "period": "day"
    });
    let made = user.post("/v1/goals", body).expect(201);
    assert_eq!(made.body["title"], "Two questions aloud");
    assert_eq!(made.body["measure"], "check_ins");
    assert_eq!(made.body["status"], "active");
    assert_eq!(made.body["started_on"], "2026-03-05");
    assert_eq!(made.body["origin"], Value::Null);
    let path = made.header("location").to_owned();
    assert_eq!(user.get(&path).expect(200).body, made.body);
    let change =
        json!({"title": "One question", "notes": null, "target_count": 1, "category": "routine"});
    let changed = user.patch(&path, change).expect(200);
    assert_eq!(changed.body["title"], "One question");
    assert_eq!(changed.body["notes"], Value::Null);
    assert_eq!(changed.body["progress"]["target"], 1);
    assert_eq!(changed.body["version"], 2);
    user.delete(&path).expect(204);
    user.get(&path).problem(404, "not_found");
}

#[test]
fn a_recurring_goal_needs_a_period_and_only_a_one_off_is_due() {
    let app = TestApp::start();
    let user = app.user();
    for (members, faults) in [
        (json!({"kind": "recurring"}), vec![("/period", "required")]),
        (
            json!({"kind": "recurring", "due_on": "2026-03-31"}),
            vec![("/due_on", "not_for_recurring"), ("/period", "required")],
        ),
        (
            json!({"kind": "one_off", "period": "week"}),
            vec![("/period", "not_for_one_off")],
        ),
    ] {
        let mut body = json!({"title": "One small step", "category": "routine"});
        crate::support::builders::merge(&mut body, members);
        let refused = user.post("/v1/goals", body).problem(422, "invalid_fields");
        assert_eq!(refused.faults(), faults);
    }
    let goal = user.daily_goal();
    let refused = user
        .patch(
            &format!("/v1/goals/{goal}"),
            json!({"due_on": "2026-03-31"}),
        )
        .problem(422, "invalid_fields");
    assert_eq!(refused.faults(), [("/due_on", "not_for_recurring")]);
}

#[test]
fn what_a_goal_is_stays() {
    let app = TestApp::start();
    let user = app.user();
    let goal = user.daily_goal();
    for member in ["kind", "period", "measure", "origin", "started_on"] {
        let refused = user
            .patch(&format!("/v1/goals/{goal}"), json!({member: "week"}))
            .problem(422, "invalid_fields");
        assert_eq!(
            refused.faults(),
            [(format!("/{member}").as_str(), "unknown_member")]
        );
    }
}

#[test]
fn another_target_holds_for_the_past_too() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T08:00:00Z");
    let user = app.user();
    let goal = user.goal(json!({"period": "day", "target_count": 2}));
    user.done(&goal, &["2026-03-03", "2026-03-03", "2026-03-04"]);
    assert_eq!(user.streak(&goal), (0, 1));
    user.patch(&format!("/v1/goals/{goal}"), json!({"target_count": 1}))
        .expect(200);
    assert_eq!(user.streak(&goal), (2, 2));
}

#[test]
fn goals_are_found_by_status_category_and_time() {
    let app = TestApp::start();
    app.set_clock("2026-03-01T08:00:00Z");
    let user = app.user();
    let first = user.goal(json!({"period": "day", "category": "networking"}));
    app.set_clock("2026-03-02T08:00:00Z");
    let second = user.goal(json!({"period": "week", "category": "routine"}));
    app.set_clock("2026-03-03T08:00:00Z");
    let third = user.goal(json!({"kind": "one_off", "category": "profile"}));
    app.set_clock("2026-03-04T08:00:00Z");
    user.move_goal(&first, "paused").expect(200);
    user.move_goal(&second, "archived").expect(200);
    let found = |query: &str| {
        user.get(&format!("/v1/goals?{query}"))
            .expect(200)
            .each("id")
    };
    assert_eq!(
        found("limit=10"),
        [third.clone(), second.clone(), first.clone()]
    );
    assert_eq!(
        found("status=paused,active"),
        [third.clone(), first.clone()]
    );
    assert_eq!(
        found("category=routine&category=networking"),
        [second.clone(), first.clone()]
    );
    assert_eq!(
        found("created_after=2026-03-02T08:00:00Z"),
        std::slice::from_ref(&third)
    );
    assert_eq!(
        found("updated_after=2026-03-03T08:00:00Z&sort=created_at"),
        [first.clone(), second.clone()]
    );
    assert!(found("origin_type=reflection").is_empty());
    let pages = user.pages("/v1/goals?limit=1&sort=updated_at");
    let all: Vec<String> = pages.iter().flat_map(|page| page.each("id")).collect();
    assert_eq!(all, [third, first, second]);
    user.get("/v1/goals?status=failed")
        .problem(400, "invalid_query");
}
