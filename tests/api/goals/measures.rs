//! Goals that count real records by themselves.

use serde_json::json;

use crate::support::app::TestApp;
use crate::support::builders::User;

fn measured(user: &User<'_>, measure: &str) -> String {
    user.goal(json!({"period": "week", "target_count": 2, "measure": measure}))
}

#[test]
fn applications_count_by_the_day_of_applying() {
    let app = TestApp::start();
    app.set_clock("2026-03-02T08:00:00Z");
    let user = app.user();
    user.application(json!({"applied_on": "2026-03-01"}));
    let goal = measured(&user, "applications_submitted");
    assert_eq!(user.progress(&goal)["done"], 0);
    app.set_clock("2026-03-05T08:00:00Z");
    let first = user.application(json!({"applied_on": "2026-03-02"})).id();
    let saved = user.application(json!({"status": "saved"})).id();
    assert_eq!(user.progress(&goal)["done"], 1);
    user.transition(&saved, json!({"to": "applied"}))
        .expect(200);
    let progress = user.progress(&goal);
    assert_eq!(
        (&progress["done"], &progress["met"]),
        (&json!(2), &json!(true))
    );
    assert_eq!(progress["streak"], json!({"current": 1, "longest": 1}));
    // What became of an application changes nothing; that it was never sent does.
    user.transition(&first, json!({"to": "rejected"}))
        .expect(200);
    assert_eq!(user.progress(&goal)["done"], 2);
    user.transition(&saved, json!({"to": "saved", "correction": true}))
        .expect(200);
    assert_eq!(user.progress(&goal)["done"], 1);
    user.patch(
        &format!("/v1/applications/{first}"),
        json!({"applied_on": "2026-03-01"}),
    )
    .expect(200);
    assert_eq!(user.progress(&goal)["done"], 0);
    // Another user's applications are another user's.
    app.user().application(json!({"applied_on": "2026-03-03"}));
    assert_eq!(user.progress(&goal)["done"], 0);
}

#[test]
fn interviews_count_by_the_day_of_preparing_and_not_ahead_of_time() {
    let app = TestApp::start();
    app.set_clock("2026-03-04T08:00:00Z");
    let user = app.user();
    let goal = measured(&user, "interviews_prepared");
    let application = user.application(json!({})).id();
    for prepared_on in [
        json!("2026-03-03"),
        json!("2026-03-04"),
        json!("2026-03-06"),
        json!(null),
    ] {
        let body = json!({
            "application_id": application, "kind": "technical", "scheduled_at": "2026-03-09T10:00:00Z",
            "prepared_on": prepared_on
        });
        user.post("/v1/interviews", body).expect(201);
    }
    assert_eq!(user.progress(&goal)["done"], 1);
    app.set_clock("2026-03-06T08:00:00Z");
    assert_eq!(user.progress(&goal)["done"], 2);
}

#[test]
fn being_in_touch_with_people_counts_by_its_day() {
    let app = TestApp::start();
    app.set_clock("2026-03-04T08:00:00Z");
    let user = app.user();
    let goal = measured(&user, "networking_activities");
    for occurred_on in ["2026-03-03", "2026-03-04", "2026-03-04"] {
        let body = json!({"kind": "coffee", "occurred_on": occurred_on});
        user.post("/v1/networking-activities", body).expect(201);
    }
    let progress = user.progress(&goal);
    assert_eq!(
        (&progress["done"], &progress["met"]),
        (&json!(2), &json!(true))
    );
}

#[test]
fn instants_count_on_the_local_day() {
    let app = TestApp::start();
    // In Auckland it is the 9th, a Monday, already.
    app.set_clock("2026-03-08T12:00:00Z");
    let user = app.user_in("Pacific/Auckland");
    let (written, sent) = (
        measured(&user, "reflections_written"),
        measured(&user, "feedback_requests_sent"),
    );
    let application = user.application(json!({})).id();
    // The last moment of the 8th there, and the first of the 9th.
    for (number, at) in ["2026-03-08T10:59:59Z", "2026-03-08T11:00:00Z"]
        .iter()
        .enumerate()
    {
        app.execute(&format!(
            "INSERT INTO reflections (owner_id, id, missing_skills, improvements, version, created_at, updated_at)
             VALUES ('{0}', gen_random_uuid(), '{{}}', '{{}}', 1, '{at}', '{at}');
             INSERT INTO feedback_requests (owner_id, id, application_id, status, sent_at, version, created_at, updated_at)
             VALUES ('{0}', gen_random_uuid(), '{application}', '{1}', '{at}', 1, '{at}', '{at}')",
            user.id,
            ["no_answer", "sent"][number],
        ));
    }
    for goal in [written, sent] {
        let progress = user.progress(&goal);
        assert_eq!(progress["period_start"], "2026-03-09");
        assert_eq!(progress["done"], 1);
    }
}

#[test]
fn a_measured_goal_takes_rests_and_nothing_else() {
    let app = TestApp::start();
    app.set_clock("2026-03-02T08:00:00Z");
    let user = app.user();
    let goal = user.goal(json!({"period": "day", "measure": "applications_submitted"}));
    user.check_in(&goal, json!({"occurred_on": "2026-03-02"}))
        .problem(409, "goal_is_measured");
    user.application(json!({"applied_on": "2026-03-02"}));
    app.set_clock("2026-03-03T08:00:00Z");
    user.check_in(&goal, json!({"occurred_on": "2026-03-03", "kind": "rest"}))
        .expect(201);
    app.set_clock("2026-03-04T08:00:00Z");
    assert_eq!(user.streak(&goal), (1, 1));
    user.application(json!({"applied_on": "2026-03-04"}));
    assert_eq!(user.streak(&goal), (2, 2));
}

#[test]
fn a_one_off_counts_records_too_until_it_ends() {
    let app = TestApp::start();
    app.set_clock("2026-03-02T08:00:00Z");
    let user = app.user();
    let goal = user
        .goal(json!({"kind": "one_off", "target_count": 2, "measure": "applications_submitted"}));
    user.application(json!({"applied_on": "2026-03-02"}));
    app.set_clock("2026-03-03T08:00:00Z");
    user.application(json!({"applied_on": "2026-03-03"}));
    assert_eq!(user.progress(&goal)["met"], true);
    user.move_goal(&goal, "completed").expect(200);
    app.set_clock("2026-03-04T08:00:00Z");
    user.application(json!({"applied_on": "2026-03-04"}));
    assert_eq!(user.progress(&goal)["done"], 2);
}
