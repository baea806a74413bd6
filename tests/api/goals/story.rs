//! A week of someone who looks for work.

use serde_json::json;

use super::excused;
use crate::support::app::TestApp;

#[test]
fn a_rejection_on_a_goal_day_does_not_break_the_streak_and_an_ordinary_missed_day_does() {
    let app = TestApp::start();
    app.set_clock("2026-03-02T08:00:00Z");
    let user = app.user_in("Europe/Berlin");
    let goal = user.daily_goal();
    let application = user.application(json!({"applied_on": "2026-03-01"})).id();
    user.done(&goal, &["2026-03-02"]);
    app.set_clock("2026-03-03T18:00:00Z");
    user.done(&goal, &["2026-03-03"]);

    // On Wednesday at noon the rejection comes, and nothing else happens that day nor the next.
    app.set_clock("2026-03-04T11:00:00Z");
    user.transition(&application, json!({"to": "rejected"}))
        .expect(200);
    let progress = user.progress(&goal);
    assert_eq!(progress["streak"]["current"], 2);
    assert_eq!(excused(&progress), [("2026-03-04", "cooloff")]);

    app.set_clock("2026-03-06T07:00:00Z");
    let progress = user.progress(&goal);
    assert_eq!(progress["streak"], json!({"current": 2, "longest": 2}));
    assert_eq!(
        excused(&progress),
        [("2026-03-04", "cooloff"), ("2026-03-05", "cooloff")]
    );
    user.done(&goal, &["2026-03-06"]);
    assert_eq!(user.streak(&goal), (3, 3));

    // The 7th is an ordinary day, and is missed.
    app.set_clock("2026-03-08T07:00:00Z");
    assert_eq!(user.streak(&goal), (0, 3));
    // Written down later, it is there again.
    user.done(&goal, &["2026-03-07"]);
    assert_eq!(user.streak(&goal), (4, 4));
}

#[test]
fn a_rejection_by_a_slip_of_the_finger_excuses_nothing_and_one_that_was_reopened_does() {
    let app = TestApp::start();
    app.set_clock("2026-03-02T08:00:00Z");
    let user = app.user();
    let (slip, reopened) = (user.daily_goal(), user.daily_goal());
    user.done(&slip, &["2026-03-02"]);
    let rejected = || {
        let id = user.application(json!({"applied_on": "2026-03-01"})).id();
        user.transition(&id, json!({"to": "rejected"})).expect(200);
        id
    };
    app.set_clock("2026-03-03T08:00:00Z");
    let application = rejected();
    app.set_clock("2026-03-05T08:00:00Z");
    assert_eq!(user.streak(&slip), (1, 1));
    user.transition(&application, json!({"to": "applied", "correction": true}))
        .expect(200);
    assert_eq!(user.streak(&slip), (0, 1));
    assert_eq!(excused(&user.progress(&slip)), []);

    user.done(&reopened, &["2026-03-05"]);
    app.set_clock("2026-03-06T08:00:00Z");
    let application = rejected();
    let note = json!({"to": "interviewing", "reopen": true, "note": "They called."});
    user.transition(&application, note).expect(200);
    app.set_clock("2026-03-08T08:00:00Z");
    assert_eq!(user.streak(&reopened), (1, 1));
}

#[test]
fn a_day_of_rest_holds_a_streak_and_adds_nothing() {
    let app = TestApp::start();
    app.set_clock("2026-03-02T08:00:00Z");
    let user = app.user();
    let goal = user.daily_goal();
    user.done(&goal, &["2026-03-02"]);
    app.set_clock("2026-03-03T08:00:00Z");
    let rest = json!({"occurred_on": "2026-03-03", "kind": "rest", "note": "A long walk."});
    let made = user.check_in(&goal, rest).expect(201);
    assert_eq!(
        (&made.body["kind"], &made.body["value"]),
        (&json!("rest"), &json!(0))
    );
    let progress = user.progress(&goal);
    assert_eq!(
        (&progress["done"], &progress["met"]),
        (&json!(0), &json!(false))
    );
    app.set_clock("2026-03-04T08:00:00Z");
    let progress = user.progress(&goal);
    assert_eq!(progress["streak"]["current"], 1);
    assert_eq!(excused(&progress), [("2026-03-03", "rest_day")]);
}

#[test]
fn a_paused_goal_takes_nothing_and_its_streak_waits() {
    let app = TestApp::start();
    app.set_clock("2026-03-02T08:00:00Z");
    let user = app.user();
    let goal = user.daily_goal();
    user.done(&goal, &["2026-03-02"]);
    app.set_clock("2026-03-03T08:00:00Z");
    user.move_goal(&goal, "paused").expect(200);
    for kind in ["done", "rest"] {
        let body = json!({"occurred_on": "2026-03-03", "kind": kind});
        user.check_in(&goal, body).problem(409, "goal_paused");
    }
    app.set_clock("2026-03-12T08:00:00Z");
    assert_eq!(user.streak(&goal), (1, 1));
    user.move_goal(&goal, "active").expect(200);
    app.set_clock("2026-03-13T08:00:00Z");
    let progress = user.progress(&goal);
    assert_eq!(progress["streak"]["current"], 1);
    let excuses = excused(&progress);
    assert_eq!(excuses.len(), 10, "{excuses:?}");
    assert_eq!(excuses[0], ("2026-03-03", "paused"));
    assert_eq!(excuses[9], ("2026-03-12", "paused"));
    user.done(&goal, &["2026-03-13"]);
    assert_eq!(user.streak(&goal), (2, 2));
    // The 14th is missed.
    app.set_clock("2026-03-15T08:00:00Z");
    assert_eq!(user.streak(&goal), (0, 2));
}

#[test]
fn a_weekly_goal_counts_the_sum_of_its_week() {
    let app = TestApp::start();
    app.set_clock("2026-03-02T08:00:00Z");
    let user = app.user();
    let goal = user.goal(json!({"period": "week", "target_count": 3}));
    user.check_in(&goal, json!({"occurred_on": "2026-03-02", "value": 2}))
        .expect(201);
    let progress = user.progress(&goal);
    let expected = json!({
        "period_start": "2026-03-02", "period_end": "2026-03-08", "done": 2, "target": 3, "met": false,
        "streak": {"current": 0, "longest": 0}, "excused": []
    });
    assert_eq!(progress, expected);
    app.set_clock("2026-03-08T23:59:59Z");
    user.done(&goal, &["2026-03-08"]);
    let progress = user.progress(&goal);
    assert_eq!(
        (&progress["done"], &progress["met"]),
        (&json!(3), &json!(true))
    );
    assert_eq!(progress["streak"], json!({"current": 1, "longest": 1}));
    app.set_clock("2026-03-09T00:00:00Z");
    let progress = user.progress(&goal);
    assert_eq!(
        (&progress["period_start"], &progress["done"]),
        (&json!("2026-03-09"), &json!(0))
    );
    assert_eq!(progress["streak"], json!({"current": 1, "longest": 1}));
}

#[test]
fn a_one_off_goal_is_reached_once_and_late_is_not_lost() {
    let app = TestApp::start();
    app.set_clock("2026-03-02T08:00:00Z");
    let user = app.user();
    let goal = user.goal(json!({"kind": "one_off", "target_count": 2, "due_on": "2026-03-05"}));
    user.done(&goal, &["2026-02-27"]);
    let progress = user.progress(&goal);
    let expected = json!({
        "period_start": "2026-02-27", "period_end": "2026-03-05", "done": 1, "target": 2, "met": false,
        "streak": {"current": 0, "longest": 0}, "excused": []
    });
    assert_eq!(progress, expected);
    app.set_clock("2026-03-09T08:00:00Z");
    user.done(&goal, &["2026-03-09"]);
    let late = user.show_goal(&goal);
    assert_eq!(late.body["progress"]["met"], true);
    assert_eq!(late.body["status"], "active");
    let open = user.goal(json!({"kind": "one_off"}));
    assert_eq!(user.progress(&open)["period_end"], json!(null));
}

#[test]
fn a_goal_that_ended_shows_how_it_stood() {
    let app = TestApp::start();
    app.set_clock("2026-03-02T08:00:00Z");
    let user = app.user();
    let goal = user.daily_goal();
    user.done(&goal, &["2026-03-01", "2026-03-02"]);
    let ended = user.move_goal(&goal, "completed").expect(200);
    assert_eq!(ended.body["closed_on"], "2026-03-02");
    app.set_clock("2026-05-02T08:00:00Z");
    assert_eq!(user.progress(&goal), ended.body["progress"]);
    assert_eq!(user.streak(&goal), (2, 2));
}
