//! Goals that are still open when their day ends.

use serde_json::{Value, json};

use super::{app_at, at, only, pair, schedule};
use crate::support::builders::User;

fn goal(user: &User<'_>, members: Value) -> String {
    let mut body = json!({"title": "Read one posting", "category": "routine"});
    crate::support::builders::merge(&mut body, members);
    user.post("/v1/goals", body).expect(201).id()
}

fn check_in(user: &User<'_>, goal: &str, on: &str, kind: &str) {
    let body = json!({"occurred_on": on, "kind": kind});
    user.post(&format!("/v1/goals/{goal}/check-ins"), body)
        .expect(201);
}

#[test]
fn a_goal_for_each_day_is_reminded_of_in_the_evening_while_it_is_open() {
    let app = app_at("2026-12-01T10:00:00Z");
    let user = app.user_in("Europe/Berlin");
    let id = goal(&user, json!({"kind": "recurring", "period": "day"}));
    let reminder = only(&user);
    assert_eq!(reminder["kind"], "goal_day");
    assert_eq!(reminder["remind_at"], "2026-12-01T17:00:00Z");
    assert_eq!(reminder["about"], "Read one posting");
    assert_eq!(
        reminder["resource"]["href"],
        json!(format!("/v1/goals/{id}"))
    );
    check_in(&user, &id, "2026-12-01", "done");
    assert!(schedule(&user).is_empty());
    at(&app, "2026-12-02T17:00:00Z");
    assert_eq!(schedule(&user), [pair("2026-12-02T17:00:00Z", "due")]);
    check_in(&user, &id, "2026-12-02", "done");
    assert_eq!(only(&user)["status"], "done");
}

#[test]
fn a_goal_of_the_week_is_reminded_of_on_its_last_day() {
    // A Wednesday; the week ends on Sunday.
    let app = app_at("2026-12-02T10:00:00Z");
    let user = app.user();
    goal(
        &user,
        json!({"kind": "recurring", "period": "week", "target_count": 3}),
    );
    assert!(schedule(&user).is_empty());
    at(&app, "2026-12-05T10:00:00Z");
    assert_eq!(schedule(&user), [pair("2026-12-06T18:00:00Z", "scheduled")]);
}

#[test]
fn a_single_goal_is_reminded_of_on_the_day_it_is_due() {
    let app = app_at("2026-12-02T10:00:00Z");
    let user = app.user();
    let id = goal(&user, json!({"kind": "one_off", "due_on": "2026-12-03"}));
    assert_eq!(schedule(&user), [pair("2026-12-03T18:00:00Z", "scheduled")]);
    let pause = json!({"to": "paused"});
    user.post(&format!("/v1/goals/{id}/transitions"), pause)
        .expect(200);
    assert!(schedule(&user).is_empty());
}

#[test]
fn a_day_off_silences_every_nudge_of_the_day() {
    let app = app_at("2026-12-01T10:00:00Z");
    let user = app.user();
    let off = goal(&user, json!({"kind": "recurring", "period": "day"}));
    super::follow_up(&user, "2026-12-02");
    goal(
        &user,
        json!({"kind": "recurring", "period": "day", "title": "Walk"}),
    );
    check_in(&user, &off, "2026-12-01", "rest");
    // The goal that rests asks for nothing, the other one tomorrow morning.
    assert_eq!(
        schedule(&user),
        [
            pair("2026-12-02T09:00:00Z", "scheduled"),
            pair("2026-12-02T09:00:00Z", "scheduled")
        ]
    );
    at(&app, "2026-12-01T18:00:00Z");
    assert!(
        schedule(&user)
            .iter()
            .all(|(_, status)| status == "scheduled")
    );
}
