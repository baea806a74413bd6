//! Check-ins: written once, listed by day, taken back.

use serde_json::json;

use crate::support::app::TestApp;

#[test]
fn a_check_in_is_written_shown_and_taken_back() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T08:00:00Z");
    let user = app.user();
    let goal = user.daily_goal();
    let body = json!({"occurred_on": "2026-03-05", "value": 3, "note": "The one about conflict."});
    let made = user.check_in(&goal, body).expect(201);
    assert_eq!(made.body["goal_id"], goal);
    assert_eq!(made.body["kind"], "done");
    assert_eq!(made.body["value"], 3);
    let path = made.header("location").to_owned();
    assert_eq!(user.get(&path).expect(200).body, made.body);
    assert_eq!(user.progress(&goal)["done"], 3);
    user.delete(&path).expect(204);
    user.get(&path).problem(404, "not_found");
    assert_eq!(user.progress(&goal)["done"], 0);
    // A check-in belongs to its goal.
    let other = user.daily_goal();
    let made = user
        .check_in(&goal, json!({"occurred_on": "2026-03-05"}))
        .expect(201);
    user.get(&format!("/v1/goals/{other}/check-ins/{}", made.id()))
        .problem(404, "not_found");
}

#[test]
fn the_same_external_id_gives_the_same_check_in() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T08:00:00Z");
    let user = app.user();
    let goal = user.daily_goal();
    let body = json!({"occurred_on": "2026-03-05", "external_id": "watch-1"});
    let first = user.check_in(&goal, body.clone()).expect(201);
    let second = user.check_in(&goal, body.clone()).expect(200);
    assert_eq!(first.body, second.body);
    assert_eq!(user.progress(&goal)["done"], 1);
    for (member, value) in [
        ("occurred_on", json!("2026-03-04")),
        ("value", json!(2)),
        ("kind", json!("rest")),
        ("note", json!("Other words.")),
    ] {
        let mut other = body.clone();
        other[member] = value;
        let refused = user
            .check_in(&goal, other)
            .problem(409, "external_id_taken");
        assert_eq!(refused.faults(), [("/external_id", "taken")], "{member}");
    }
    // Another goal has ids of its own.
    let other = user.daily_goal();
    user.check_in(&other, body.clone()).expect(201);
    // The answer that got lost can be asked for again, whatever became of the goal.
    user.move_goal(&goal, "completed").expect(200);
    user.check_in(&goal, body).expect(200);
}

#[test]
fn parallel_check_ins_with_one_external_id_are_one() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T08:00:00Z");
    let user = app.user();
    let goal = user.daily_goal();
    let body = json!({"occurred_on": "2026-03-05", "external_id": "watch-1"});
    let mut statuses: Vec<u16> = std::thread::scope(|scope| {
        let sent: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| user.check_in(&goal, body.clone()).send().status))
            .collect();
        sent.into_iter()
            .map(|it| it.join().expect("an answer"))
            .collect()
    });
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 200, 200, 200, 200, 200, 201]);
    assert_eq!(user.progress(&goal)["done"], 1);
}

#[test]
fn what_a_check_in_cannot_be_is_refused_all_at_once() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T08:00:00Z");
    let user = app.user();
    let goal = user.daily_goal();
    let refuse = |body| user.check_in(&goal, body).problem(422, "invalid_fields");
    let wrong = refuse(
        json!({"occurred_on": "1800-01-01", "value": 0, "note": "", "external_id": "x".repeat(201)}),
    );
    let pointers: Vec<&str> = wrong.faults().iter().map(|(pointer, _)| *pointer).collect();
    assert_eq!(
        pointers,
        ["/external_id", "/note", "/occurred_on", "/value"]
    );
    let future = refuse(json!({"occurred_on": "2026-03-06"}));
    assert_eq!(future.faults(), [("/occurred_on", "in_future")]);
    let worth = refuse(json!({"occurred_on": "2026-03-05", "kind": "rest", "value": 1}));
    assert_eq!(worth.faults(), [("/value", "not_for_rest")]);
    assert_eq!(user.progress(&goal)["done"], 0);
}

#[test]
fn check_ins_are_listed_by_day_in_pages() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T08:00:00Z");
    let user = app.user();
    let (goal, other) = (user.daily_goal(), user.daily_goal());
    user.done(
        &goal,
        &[
            "2026-03-01",
            "2026-03-05",
            "2026-03-03",
            "2026-03-03",
            "2026-03-02",
        ],
    );
    user.done(&other, &["2026-03-04"]);
    let days = |query: &str| -> Vec<String> {
        let pages = user.pages(&format!("/v1/goals/{goal}/check-ins?limit=2{query}"));
        pages
            .iter()
            .flat_map(|page| page.each("occurred_on"))
            .collect()
    };
    let latest_first = [
        "2026-03-05",
        "2026-03-03",
        "2026-03-03",
        "2026-03-02",
        "2026-03-01",
    ];
    assert_eq!(days(""), latest_first);
    assert_eq!(days("&sort=-occurred_on"), latest_first);
    let mut earliest_first = latest_first;
    earliest_first.reverse();
    assert_eq!(days("&sort=occurred_on"), earliest_first);
    assert_eq!(days("&from=2026-03-02&to=2026-03-03"), latest_first[1..4]);
    user.get(&format!("/v1/goals/{goal}/check-ins?sort=value"))
        .problem(400, "invalid_query");
}

#[test]
fn check_ins_go_with_their_goal() {
    let app = TestApp::start();
    let user = app.user();
    let goal = user.daily_goal();
    user.done(&goal, &["2026-01-05"]);
    user.move_goal(&goal, "paused").expect(200);
    user.delete(&format!("/v1/goals/{goal}")).expect(204);
    user.get(&format!("/v1/goals/{goal}/check-ins"))
        .problem(404, "not_found");
    for table in ["goals", "goal_check_ins", "goal_pauses"] {
        assert_eq!(
            app.sql_value(&format!("SELECT count(*) FROM {table}")),
            0,
            "{table}"
        );
    }
}

#[test]
fn each_change_is_told_in_the_log_without_a_users_text() {
    let app = TestApp::start();
    let user = app.user();
    let goal = user.daily_goal();
    user.patch(&format!("/v1/goals/{goal}"), json!({"title": "Secret"}))
        .expect(200);
    let made = user
        .check_in(
            &goal,
            json!({"occurred_on": "2026-01-05", "note": "Secret"}),
        )
        .expect(201);
    user.delete(made.header("location")).expect(204);
    user.move_goal(&goal, "paused").expect(200);
    user.delete(&format!("/v1/goals/{goal}")).expect(204);
    let kinds = app.sql("SELECT kind, data FROM events ORDER BY id");
    let found: Vec<&str> = kinds.iter().filter_map(|it| it["kind"].as_str()).collect();
    assert_eq!(
        found,
        [
            "goal.created",
            "goal.updated",
            "goal_check_in.created",
            "goal_check_in.deleted",
            "goal.transitioned",
            "goal.deleted"
        ]
    );
    assert_eq!(kinds[2]["data"], json!({"goal_id": goal}));
    assert_eq!(kinds[4]["data"], json!({"from": "active", "to": "paused"}));
    assert!(!json!(kinds).to_string().contains("Secret"));
}
