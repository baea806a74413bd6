//! At which moment a reminder comes: zones, daylight saving, quiet hours.

use serde_json::json;

use super::{app_at, at, follow_up, interview, only, pair, reminders, schedule};

#[test]
fn a_follow_up_comes_at_nine_in_the_morning_where_the_user_is() {
    for (zone, instant) in [
        ("Europe/Berlin", "2026-12-02T08:00:00Z"),
        ("America/New_York", "2026-12-02T14:00:00Z"),
        ("Pacific/Kiritimati", "2026-12-01T19:00:00Z"),
        ("Pacific/Pago_Pago", "2026-12-02T20:00:00Z"),
    ] {
        let app = app_at("2026-12-01T10:00:00Z");
        let user = app.user_in(zone);
        let application = follow_up(&user, "2026-12-02");
        let reminder = only(&user);
        assert_eq!(reminder["remind_at"], instant, "{zone}");
        assert_eq!(reminder["kind"], "follow_up");
        assert_eq!(reminder["status"], "scheduled");
        assert_eq!(reminder["about"], "Kite & Anchor, Backend Engineer");
        assert_eq!(reminder["application_id"], json!(application));
        assert_eq!(
            reminder["resource"],
            json!({"type": "application", "id": application, "href": format!("/v1/applications/{application}")})
        );
    }
}

#[test]
fn nine_in_the_morning_moves_with_daylight_saving() {
    let app = app_at("2026-10-23T12:00:00Z");
    let user = app.user_in("Europe/Berlin");
    follow_up(&user, "2026-10-24");
    follow_up(&user, "2026-10-25");
    assert_eq!(
        schedule(&user),
        [
            pair("2026-10-24T07:00:00Z", "scheduled"),
            pair("2026-10-25T08:00:00Z", "scheduled")
        ]
    );
    let app = app_at("2027-03-27T12:00:00Z");
    let user = app.user_in("Europe/Berlin");
    follow_up(&user, "2027-03-28");
    assert_eq!(schedule(&user), [pair("2027-03-28T07:00:00Z", "scheduled")]);
}

#[test]
fn a_new_time_zone_moves_what_is_planned() {
    let app = app_at("2026-12-01T10:00:00Z");
    let user = app.user_in("Europe/Berlin");
    follow_up(&user, "2026-12-02");
    assert_eq!(schedule(&user), [pair("2026-12-02T08:00:00Z", "scheduled")]);
    user.patch("/v1/me", json!({"time_zone": "Asia/Tokyo"}))
        .expect(200);
    assert_eq!(schedule(&user), [pair("2026-12-02T00:00:00Z", "scheduled")]);
}

#[test]
fn a_reminder_is_due_at_its_moment_and_not_before() {
    let app = app_at("2026-12-01T10:00:00Z");
    let user = app.user();
    follow_up(&user, "2026-12-02");
    reminders(&user, "");
    at(&app, "2026-12-02T08:59:59.999999Z");
    assert_eq!(only(&user)["status"], "scheduled");
    at(&app, "2026-12-02T09:00:00Z");
    let due = only(&user);
    assert_eq!(due["status"], "due");
    assert_eq!(due["fired_at"], "2026-12-02T09:00:00Z");
    // Once is enough.
    at(&app, "2026-12-03T09:00:00Z");
    assert_eq!(only(&user), due);
    let told = super::events(&app);
    let kinds: Vec<_> = told.iter().map(|event| &event["kind"]).collect();
    assert_eq!(kinds, ["reminder.created", "reminder.due"]);
}

#[test]
fn an_interview_is_reminded_of_a_day_and_an_hour_before() {
    let app = app_at("2026-12-01T10:00:00Z");
    let user = app.user_in("Europe/Berlin");
    // In the quiet hours, too.
    interview(&user, "2026-12-02T22:30:00Z");
    assert_eq!(
        schedule(&user),
        [
            pair("2026-12-01T22:30:00Z", "scheduled"),
            pair("2026-12-02T21:30:00Z", "scheduled")
        ]
    );
    at(&app, "2026-12-02T21:30:00Z");
    let found = reminders(&user, "");
    assert_eq!(found.each("status"), ["due", "due"]);
    // When it has begun, there is nothing to remind of.
    at(&app, "2026-12-02T22:30:00Z");
    assert_eq!(reminders(&user, "").each("status"), ["done", "done"]);
}

#[test]
fn nobody_is_told_at_once_of_the_interview_that_was_just_written_down() {
    let app = app_at("2026-12-01T10:00:00Z");
    let user = app.user();
    interview(&user, "2026-12-01T10:30:00Z");
    assert!(schedule(&user).is_empty());
    interview(&user, "2026-12-01T15:00:00Z");
    assert_eq!(schedule(&user), [pair("2026-12-01T14:00:00Z", "scheduled")]);
}

#[test]
fn the_window_for_a_reply_opens_when_the_cool_off_ends() {
    let app = app_at("2026-12-01T10:00:00Z");
    let user = app.user();
    let rejection = user.rejection(json!({"reply_address": "person"})).id();
    let reminder = only(&user);
    assert_eq!(reminder["kind"], "reply_window");
    assert_eq!(reminder["remind_at"], "2026-12-02T10:00:00Z");
    assert_eq!(reminder["resource"]["type"], "rejection");
    assert_eq!(reminder["resource"]["id"], json!(rejection));
    at(&app, "2026-12-02T10:00:00Z");
    assert_eq!(only(&user)["status"], "due");
}

#[test]
fn nobody_is_reminded_of_a_reply_that_nobody_would_read() {
    let app = app_at("2026-12-01T10:00:00Z");
    let user = app.user();
    user.rejection(json!({"reply_address": "no_reply"}));
    assert!(schedule(&user).is_empty());
}

#[test]
fn a_nudge_is_in_place_five_days_after_sending() {
    let app = app_at("2026-12-01T10:00:00Z");
    let user = app.user();
    let application = user.application(json!({"status": "applied"})).id();
    let request = json!({"application_id": application});
    let request = user.post("/v1/feedback-requests", request).expect(201).id();
    let path = format!("/v1/feedback-requests/{request}");
    user.post(&format!("{path}/transitions"), json!({"to": "sent"}))
        .expect(200);
    assert!(schedule(&user).is_empty(), "it is too far ahead");
    at(&app, "2026-12-05T10:00:00Z");
    assert_eq!(schedule(&user), [pair("2026-12-06T10:00:00Z", "scheduled")]);
    at(&app, "2026-12-06T10:00:00Z");
    assert_eq!(only(&user)["status"], "due");
    user.post(&format!("{path}/nudges"), json!({})).expect(200);
    assert_eq!(only(&user)["status"], "done");
}

#[test]
fn a_contact_is_reminded_of_on_the_morning_of_its_day() {
    let app = app_at("2026-12-01T10:00:00Z");
    let user = app.user();
    let contact =
        json!({"name": "Ms. Okafor", "relationship": "recruiter", "keep_in_touch_days": 2});
    let contact = user.post("/v1/contacts", contact).expect(201).id();
    let reminder = only(&user);
    assert_eq!(reminder["kind"], "touch_due");
    assert_eq!(reminder["remind_at"], "2026-12-03T09:00:00Z");
    assert_eq!(reminder["about"], "Ms. Okafor");
    assert_eq!(reminder["resource"]["id"], json!(contact));
    at(&app, "2026-12-03T09:00:00Z");
    assert_eq!(only(&user)["status"], "due");
    let call = json!({"contact_id": contact, "kind": "call", "occurred_on": "2026-12-03"});
    user.post("/v1/networking-activities", call).expect(201);
    assert_eq!(
        schedule(&user),
        [
            pair("2026-12-03T09:00:00Z", "done"),
            pair("2026-12-05T09:00:00Z", "scheduled")
        ]
    );
}

#[test]
fn quiet_hours_put_a_nudge_off_until_they_end() {
    let app = app_at("2026-12-01T10:00:00Z");
    let user = app.user();
    let quiet = |from: &str, to: &str| {
        let reminders = json!({"quiet_from": from, "quiet_to": to});
        let patch = json!({"preferences": {"reminders": reminders}});
        user.patch("/v1/me", patch).expect(200);
    };
    follow_up(&user, "2026-12-02");
    quiet("22:00", "10:30");
    assert_eq!(schedule(&user), [pair("2026-12-02T10:30:00Z", "scheduled")]);
    quiet("08:00", "20:00");
    assert_eq!(schedule(&user), [pair("2026-12-02T20:00:00Z", "scheduled")]);
    quiet("00:00", "00:00");
    assert_eq!(schedule(&user), [pair("2026-12-02T09:00:00Z", "scheduled")]);
}

#[test]
fn what_is_overdue_comes_after_the_quiet_hours() {
    let app = app_at("2026-12-01T22:00:00Z");
    let user = app.user();
    follow_up(&user, "2026-12-01");
    assert_eq!(schedule(&user), [pair("2026-12-02T08:00:00Z", "scheduled")]);
    at(&app, "2026-12-02T08:00:00Z");
    assert_eq!(only(&user)["status"], "due");
}

#[test]
fn what_was_overdue_long_ago_is_left_alone() {
    let app = app_at("2026-12-10T10:00:00Z");
    let user = app.user();
    follow_up(&user, "2026-12-06");
    follow_up(&user, "2026-12-08");
    assert_eq!(schedule(&user), [pair("2026-12-08T09:00:00Z", "due")]);
}

#[test]
fn how_to_be_reminded_is_a_part_of_the_preferences() {
    let app = app_at("2026-12-01T10:00:00Z");
    let user = app.user();
    let shown = user.get("/v1/me").expect(200);
    assert_eq!(
        shown.body["preferences"]["reminders"],
        json!({"mail": "off", "digest_time": "08:00", "quiet_from": "21:00", "quiet_to": "08:00"})
    );
    let patch = |reminders| user.patch("/v1/me", json!({"preferences": {"reminders": reminders}}));
    let changed = patch(json!({"mail": "each", "quiet_to": "07:45"})).expect(200);
    assert_eq!(
        changed.body["preferences"]["reminders"],
        json!({"mail": "each", "digest_time": "08:00", "quiet_from": "21:00", "quiet_to": "07:45"})
    );
    assert_eq!(changed.body["preferences"]["cooloff_hours"], 24);
    let wrong = json!({"mail": "weekly", "digest_time": "8:00", "quiet_from": "24:00", "noise": 1});
    let refused = patch(wrong).problem(422, "invalid_fields");
    let places = refused.faults().into_iter().map(|(pointer, _)| pointer);
    assert_eq!(
        places.collect::<Vec<_>>(),
        [
            "/preferences/reminders/digest_time",
            "/preferences/reminders/mail",
            "/preferences/reminders/noise",
            "/preferences/reminders/quiet_from"
        ]
    );
}
