//! The machine of a reminder: snooze, done, dismiss.

use serde_json::{Value, json};

use super::{PATH, app_at, at, events, follow_up, id_of, interview, moved, only, reminders};
use crate::support::builders::User;

/// Each status with where it may go, written down a second time.
const MOVES: [(&str, &[&str]); 5] = [
    ("scheduled", &["snoozed", "done", "dismissed"]),
    ("due", &["snoozed", "done", "dismissed"]),
    ("snoozed", &["snoozed", "done", "dismissed"]),
    ("done", &[]),
    ("dismissed", &[]),
];

/// The body of a move; a snooze has an end.
fn to(status: &str) -> Value {
    match status {
        "snoozed" => json!({"to": status, "snooze_until": "2026-12-01T15:00:00Z"}),
        _ => json!({"to": status}),
    }
}

/// A reminder with a status, at noon of the first of December.
fn with_status(user: &User<'_>, status: &str) -> String {
    let day = if status == "scheduled" {
        "2026-12-02"
    } else {
        "2026-12-01"
    };
    let application = follow_up(user, day);
    let found = reminders(user, &format!("application_id={application}"));
    let id = id_of(&found.data()[0]);
    if !["scheduled", "due"].contains(&status) {
        moved(user, &id, to(status)).expect(200);
    }
    id
}

#[test]
fn each_move_is_allowed_or_refused_as_the_table_says() {
    let app = app_at("2026-12-01T12:00:00Z");
    let user = app.user();
    for (from, allowed) in MOVES {
        for (target, _) in MOVES {
            let id = with_status(&user, from);
            let path = format!("{PATH}/{id}");
            let before = user.get(&path).expect(200).body;
            assert_eq!(before["status"], from);
            assert_eq!(before["allowed_transitions"], json!(allowed));
            let answer = moved(&user, &id, to(target)).send();
            if allowed.contains(&target) {
                let answer = answer.expect(200);
                assert_eq!(answer.body["status"], target, "{from} to {target}");
                let version = before["version"].as_i64().expect("a number");
                assert_eq!(answer.body["version"], version + 1);
            } else {
                let refused = answer.problem(409, "illegal_transition");
                assert_eq!(refused.body["from"], from);
                assert_eq!(refused.body["to"], target);
                assert_eq!(refused.body["allowed"], json!(allowed));
                assert_eq!(user.get(&path).expect(200).body, before);
            }
        }
    }
}

#[test]
fn what_is_put_off_comes_again_at_its_time() {
    let app = app_at("2026-12-01T12:00:00Z");
    let user = app.user();
    let id = with_status(&user, "due");
    // The user may break the quiet hours.
    let snooze = json!({"to": "snoozed", "snooze_until": "2026-12-01T22:00:00Z"});
    let snoozed = moved(&user, &id, snooze).expect(200).body;
    assert_eq!(snoozed["remind_at"], "2026-12-01T22:00:00Z");
    assert_eq!(snoozed["snoozed_until"], "2026-12-01T22:00:00Z");
    at(&app, "2026-12-01T21:59:59Z");
    assert_eq!(only(&user)["status"], "snoozed");
    at(&app, "2026-12-01T22:00:00Z");
    let again = only(&user);
    assert_eq!(again["status"], "due");
    assert_eq!(again["fired_at"], "2026-12-01T22:00:00Z");
    assert_eq!(again["snoozed_until"], Value::Null);
}

#[test]
fn what_is_put_off_waits_while_the_user_rests() {
    let app = app_at("2026-12-01T12:00:00Z");
    let user = app.user();
    let id = with_status(&user, "due");
    moved(&user, &id, to("snoozed")).expect(200);
    user.rejection(json!({"reply_address": "no_reply"}));
    at(&app, "2026-12-01T15:00:00Z");
    let held = only(&user);
    assert_eq!(held["status"], "snoozed");
    assert_eq!(held["remind_at"], "2026-12-02T09:00:00Z");
    assert_eq!(held["snoozed_until"], "2026-12-01T15:00:00Z");
    at(&app, "2026-12-02T09:00:00Z");
    assert_eq!(only(&user)["status"], "due");
}

#[test]
fn what_was_dismissed_or_done_does_not_come_back() {
    let app = app_at("2026-12-01T12:00:00Z");
    let user = app.user();
    for status in ["dismissed", "done"] {
        let id = with_status(&user, "scheduled");
        moved(&user, &id, json!({"to": status})).expect(200);
    }
    at(&app, "2026-12-02T12:00:00Z");
    let found = reminders(&user, "sort=created_at");
    assert_eq!(found.each("status"), ["dismissed", "done"]);
}

#[test]
fn the_hour_before_an_interview_is_a_reminder_of_its_own() {
    let app = app_at("2026-12-01T12:00:00Z");
    let user = app.user();
    interview(&user, "2026-12-02T15:00:00Z");
    let found = reminders(&user, "");
    moved(&user, &id_of(&found.data()[0]), json!({"to": "dismissed"})).expect(200);
    at(&app, "2026-12-02T14:00:00Z");
    assert_eq!(reminders(&user, "").each("status"), ["dismissed", "due"]);
}

#[test]
fn a_snooze_has_an_end_in_the_next_thirty_days_and_nothing_else_has_one() {
    let app = app_at("2026-12-01T12:00:00Z");
    let user = app.user();
    let id = with_status(&user, "due");
    for (body, code) in [
        (json!({"to": "snoozed"}), "required"),
        (
            json!({"to": "snoozed", "snooze_until": "2026-12-01T12:00:00Z"}),
            "in_past",
        ),
        (
            json!({"to": "snoozed", "snooze_until": "2026-12-31T12:00:01Z"}),
            "too_long",
        ),
        (
            json!({"to": "snoozed", "snooze_until": "9999-12-31T12:00:00Z"}),
            "out_of_range",
        ),
        (
            json!({"to": "done", "snooze_until": "2026-12-02T12:00:00Z"}),
            "not_applicable",
        ),
    ] {
        let refused = moved(&user, &id, body).problem(422, "invalid_fields");
        assert!(
            refused.faults().contains(&("/snooze_until", code)),
            "{refused}"
        );
    }
    let longest = json!({"to": "snoozed", "snooze_until": "2026-12-31T12:00:00Z"});
    moved(&user, &id, longest).expect(200);
}

#[test]
fn every_move_is_an_event_without_words() {
    let app = app_at("2026-12-01T12:00:00Z");
    let user = app.user();
    let id = with_status(&user, "due");
    moved(&user, &id, to("snoozed")).expect(200);
    at(&app, "2026-12-01T15:00:00Z");
    moved(&user, &id, to("done")).expect(200);
    assert_eq!(
        events(&app),
        [
            json!({"kind": "reminder.created", "from": null, "to": null}),
            json!({"kind": "reminder.due", "from": null, "to": null}),
            json!({"kind": "reminder.transitioned", "from": "due", "to": "snoozed"}),
            json!({"kind": "reminder.due", "from": null, "to": null}),
            json!({"kind": "reminder.transitioned", "from": "due", "to": "done"}),
        ]
    );
    let said = app.sql("SELECT data::text AS data FROM events WHERE resource_type = 'reminder'");
    assert!(!json!(said).to_string().contains("Kite"), "{said:?}");
    let about =
        app.sql_value("SELECT data->>'application_id' FROM events WHERE kind = 'reminder.due'");
    assert_eq!(about, only(&user)["application_id"]);
}

#[test]
fn of_two_moves_with_one_tag_the_second_is_stale() {
    let app = app_at("2026-12-01T12:00:00Z");
    let user = app.user();
    let id = with_status(&user, "due");
    let tag = user.get(&format!("{PATH}/{id}")).expect(200);
    let tag = tag.header("etag");
    moved(&user, &id, to("snoozed"))
        .header("If-Match", tag)
        .expect(200);
    moved(&user, &id, to("done"))
        .header("If-Match", tag)
        .problem(412, "precondition_failed");
}
