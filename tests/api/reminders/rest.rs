//! While the user rests, nudges keep silent and appointments do not.

use serde_json::json;

use super::{app_at, at, follow_up, interview, pair, schedule};

#[test]
fn a_rejection_today_holds_nudges_until_the_next_morning() {
    let app = app_at("2026-12-01T07:00:00Z");
    let user = app.user_in("Europe/Berlin");
    follow_up(&user, "2026-12-01");
    assert_eq!(schedule(&user), [pair("2026-12-01T08:00:00Z", "scheduled")]);
    user.rejection(json!({"reply_address": "no_reply"}));
    let held = [pair("2026-12-02T08:00:00Z", "scheduled")];
    assert_eq!(schedule(&user), held);
    at(&app, "2026-12-01T20:00:00Z");
    assert_eq!(schedule(&user), held);
    at(&app, "2026-12-02T08:00:00Z");
    assert_eq!(schedule(&user), [pair("2026-12-02T08:00:00Z", "due")]);
}

#[test]
fn an_interview_is_reminded_of_on_a_day_of_rest() {
    let app = app_at("2026-12-01T07:00:00Z");
    let user = app.user();
    interview(&user, "2026-12-01T15:00:00Z");
    user.rejection(json!({"reply_address": "no_reply"}));
    assert_eq!(schedule(&user), [pair("2026-12-01T14:00:00Z", "scheduled")]);
    at(&app, "2026-12-01T14:00:00Z");
    assert_eq!(schedule(&user), [pair("2026-12-01T14:00:00Z", "due")]);
}

#[test]
fn today_is_the_day_of_the_user_and_not_of_the_server() {
    // In New York the rejection came yesterday, in the evening.
    let app = app_at("2026-12-02T03:00:00Z");
    let user = app.user_in("America/New_York");
    user.rejection(json!({"reply_address": "no_reply"}));
    follow_up(&user, "2026-12-02");
    assert_eq!(schedule(&user), [pair("2026-12-02T14:00:00Z", "scheduled")]);
    // In Berlin it came today.
    let other = app.user_in("Europe/Berlin");
    other.rejection(json!({"reply_address": "no_reply"}));
    follow_up(&other, "2026-12-02");
    assert_eq!(
        schedule(&other),
        [pair("2026-12-03T08:00:00Z", "scheduled")]
    );
}

#[test]
fn a_rejection_that_was_a_slip_of_the_finger_is_no_reason_to_rest() {
    let app = app_at("2026-12-01T07:00:00Z");
    let user = app.user();
    follow_up(&user, "2026-12-01");
    let rejection = user.rejection(json!({"reply_address": "no_reply"}));
    assert_eq!(schedule(&user), [pair("2026-12-02T09:00:00Z", "scheduled")]);
    let application = rejection.text_at("/application_id");
    let slip = json!({"to": "applied", "correction": true});
    user.transition(application, slip).expect(200);
    assert_eq!(schedule(&user), [pair("2026-12-01T09:00:00Z", "scheduled")]);
}

#[test]
fn a_rejection_of_yesterday_is_no_reason_to_rest() {
    let app = app_at("2026-12-01T07:00:00Z");
    let user = app.user();
    follow_up(&user, "2026-12-01");
    let received = json!({"reply_address": "no_reply", "received_at": "2026-11-30T23:59:59Z"});
    let application = user
        .application(json!({"status": "applied", "applied_on": "2026-11-01"}))
        .id();
    let mut body = received;
    body["application_id"] = json!(application);
    user.post("/v1/rejections", body).expect(201);
    assert_eq!(schedule(&user), [pair("2026-12-01T09:00:00Z", "scheduled")]);
}
