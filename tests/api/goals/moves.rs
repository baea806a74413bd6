//! The state machine, written down a second time.

use serde_json::json;

use crate::support::app::TestApp;
use crate::support::builders::User;

const MOVES: [(&str, &[&str]); 4] = [
    ("active", &["paused", "completed", "archived"]),
    ("paused", &["active", "completed", "archived"]),
    ("completed", &[]),
    ("archived", &[]),
];

fn at(user: &User<'_>, status: &str) -> String {
    let goal = user.daily_goal();
    if status != "active" {
        user.move_goal(&goal, status).expect(200);
    }
    goal
}

#[test]
fn each_move_is_allowed_or_refused_as_the_table_says() {
    let app = TestApp::start();
    app.set_clock("2026-03-02T08:00:00Z");
    let user = app.user();
    for (from, allowed) in MOVES {
        for (to, _) in MOVES {
            let goal = at(&user, from);
            let before = user.show_goal(&goal);
            assert_eq!(before.body["status"], from);
            assert_eq!(before.body["allowed_transitions"], json!(allowed));
            let request = user.move_goal(&goal, to);
            if allowed.contains(&to) {
                let after = request.expect(200);
                assert_eq!(after.body["status"], to, "{from} to {to}");
                assert_eq!(
                    after.body["version"],
                    before.body["version"].as_i64().expect("a number") + 1
                );
                continue;
            }
            let refused = request.problem(409, "illegal_transition");
            assert_eq!(refused.body["from"], from);
            assert_eq!(refused.body["to"], to);
            assert_eq!(refused.body["allowed"], json!(allowed));
            assert_eq!(user.show_goal(&goal).body, before.body, "{from} to {to}");
        }
    }
}

#[test]
fn a_goal_is_never_failed() {
    let app = TestApp::start();
    let user = app.user();
    let goal = user.daily_goal();
    let refused = user
        .move_goal(&goal, "failed")
        .problem(422, "invalid_fields");
    assert_eq!(refused.faults()[0].0, "/to");
}

#[test]
fn a_note_tells_of_the_last_move() {
    let app = TestApp::start();
    app.set_clock("2026-03-02T08:00:00Z");
    let user = app.user();
    let goal = user.daily_goal();
    let path = format!("/v1/goals/{goal}/transitions");
    let paused = user
        .post(&path, json!({"to": "paused", "note": "A week off."}))
        .expect(200);
    assert_eq!(paused.body["status_note"], "A week off.");
    assert_eq!(paused.body["status_since"], "2026-03-02T08:00:00Z");
    let active = user.post(&path, json!({"to": "active"})).expect(200);
    assert_eq!(active.body["status_note"], json!(null));
}

#[test]
fn a_closed_goal_takes_no_check_in() {
    let app = TestApp::start();
    let user = app.user();
    for status in ["completed", "archived"] {
        let goal = at(&user, status);
        user.check_in(&goal, json!({"occurred_on": "2026-01-05"}))
            .problem(409, "goal_closed");
    }
}

#[test]
fn of_two_moves_at_once_one_wins() {
    let app = TestApp::start();
    let user = app.user();
    for round in 0..5 {
        let goal = user.daily_goal();
        let send = |to: &'static str| user.move_goal(&goal, to).send().status;
        let (first, second) = std::thread::scope(|scope| {
            let other = scope.spawn(|| send("completed"));
            (send("archived"), other.join().expect("an answer"))
        });
        let mut statuses = [first, second];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "round {round}");
    }
}

#[test]
fn a_stale_etag_moves_nothing() {
    let app = TestApp::start();
    let user = app.user();
    let goal = user.daily_goal();
    let tag = user.show_goal(&goal).header("etag").to_owned();
    // A check-in changes what is shown, and is no change of the goal.
    user.done(&goal, &["2026-01-05"]);
    let fresh = user.show_goal(&goal);
    assert_ne!(fresh.header("etag"), tag);
    user.move_goal(&goal, "paused")
        .header("if-match", &tag)
        .expect(200);
    user.move_goal(&goal, "active")
        .header("if-match", &tag)
        .problem(412, "precondition_failed");
}
