//! What was done week by week.

use serde_json::{Value, json};

use super::{counts, insight};
use crate::support::app::TestApp;
use crate::support::builders::User;

fn week(document: &Value, starts_on: &str) -> Value {
    let weeks = document["weeks"].as_array().expect("weeks");
    let found = weeks.iter().find(|week| week["starts_on"] == starts_on);
    found.unwrap_or_else(|| panic!("no week {starts_on}: {document:#}"))["done"].clone()
}

/// One deed of each kind on a day, whose noon in UTC is the instant for what has one.
fn busy(user: &User<'_>, day: &str) {
    let application = user.application(json!({"applied_on": day})).id();
    user.post(
        "/v1/networking-activities",
        json!({"kind": "call", "occurred_on": day}),
    )
    .expect(201);
    let request = user
        .post(
            "/v1/feedback-requests",
            json!({"application_id": application}),
        )
        .expect(201)
        .id();
    let body = json!({"to": "sent", "occurred_at": format!("{day}T12:00:00Z")});
    user.post(
        &format!("/v1/feedback-requests/{request}/transitions"),
        body,
    )
    .expect(200);
}

fn goal(user: &User<'_>) -> String {
    let body =
        json!({"title": "A walk", "category": "wellbeing", "kind": "recurring", "period": "day"});
    user.post("/v1/goals", body).expect(201).id()
}

#[test]
fn deeds_are_counted_by_week() {
    let app = TestApp::start();
    // A Thursday.
    app.set_clock("2026-03-05T23:00:00Z");
    let user = app.user();
    busy(&user, "2026-03-05");
    busy(&user, "2026-03-02");
    busy(&user, "2026-03-01");
    user.application(json!({}));
    let goal = goal(&user);
    for (day, kind) in [
        ("2026-03-03", "done"),
        ("2026-03-04", "rest"),
        ("2026-03-01", "done"),
    ] {
        let body = json!({"occurred_on": day, "kind": kind});
        user.post(&format!("/v1/goals/{goal}/check-ins"), body)
            .expect(201);
    }
    let it = insight(&user, "activity");
    assert_eq!(
        (&it["from"], &it["to"]),
        (&json!("2025-12-15"), &json!("2026-03-08"))
    );
    assert_eq!(it["weeks"].as_array().map(Vec::len), Some(12));
    let deeds = |times: i64, check_ins: i64| json!({"applications": times, "networking_activities": times, "feedback_requests_sent": times, "goal_check_ins": check_ins});
    assert_eq!(week(&it, "2026-03-02"), deeds(2, 1));
    assert_eq!(week(&it, "2026-02-23"), deeds(1, 1));
    assert_eq!(week(&it, "2026-02-16"), deeds(0, 0));
    assert_eq!(it["total"], deeds(3, 2));
    // Eleven weeks are over, and one of them was used.
    assert_eq!(counts(&it["active_weeks"]), (1, 11, 1));
}

#[test]
fn weeks_begin_on_the_users_day_and_instants_fall_on_the_users_days() {
    let app = TestApp::start();
    app.set_clock("2026-03-12T12:00:00Z");
    let user = app.user_in("Pacific/Auckland");
    user.patch(
        "/v1/me",
        json!({"preferences": {"week_starts_on": "sunday"}}),
    )
    .expect(200);
    // 13 hours ahead: this Saturday noon is Sunday there.
    busy(&user, "2026-03-07");
    let it = insight(&user, "activity?from=2026-03-04&to=2026-03-08");
    assert_eq!(
        (&it["from"], &it["to"]),
        (&json!("2026-03-01"), &json!("2026-03-14"))
    );
    assert_eq!(week(&it, "2026-03-01")["applications"], 1);
    assert_eq!(week(&it, "2026-03-01")["feedback_requests_sent"], 0);
    assert_eq!(week(&it, "2026-03-08")["feedback_requests_sent"], 1);
}

#[test]
fn nothing_is_counted_ahead_of_today() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T12:00:00Z");
    let user = app.user();
    for day in ["2026-03-05", "2026-03-06", "2026-03-12"] {
        let body = json!({"kind": "event", "occurred_on": day});
        // Whether a planned event may be written down is not decided here.
        user.post("/v1/networking-activities", body).send();
    }
    app.execute(&format!(
        "INSERT INTO networking_activities (owner_id, id, kind, occurred_on, version, created_at, updated_at)
         VALUES ('{}', gen_random_uuid(), 'event', '2026-03-06', 1, now(), now())",
        user.id
    ));
    let it = insight(&user, "activity?from=2026-03-02&to=2026-03-15");
    assert_eq!(it["total"]["networking_activities"], 1);
    assert_eq!(it["weeks"].as_array().map(Vec::len), Some(2));
    assert_eq!(counts(&it["active_weeks"]), (0, 0, 2));
}

#[test]
fn two_years_are_the_most() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T12:00:00Z");
    let user = app.user();
    let path = |from: &str| format!("/v1/insights/activity?from={from}");
    let two_years = user.get(&path("2024-03-11")).expect(200);
    assert_eq!(two_years.body["weeks"].as_array().map(Vec::len), Some(104));
    user.get(&path("2024-03-10")).problem(400, "invalid_query");
    user.get(&path("1900-01-01")).problem(400, "invalid_query");
    // The calendar's ends are no trap.
    user.get("/v1/insights/activity?from=2199-12-31&to=2199-12-31")
        .expect(200);
    user.get("/v1/insights/activity?to=1900-01-01").expect(200);
}
