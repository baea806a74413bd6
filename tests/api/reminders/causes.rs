//! What becomes of a reminder when its cause changes or goes.

use serde_json::{Value, json};

use super::{app_at, at, follow_up, interview, only, pair, reminders, schedule};

#[test]
fn another_day_is_another_reminder_and_the_old_one_goes() {
    let app = app_at("2026-12-01T10:00:00Z");
    let user = app.user();
    let application = follow_up(&user, "2026-12-02");
    assert_eq!(schedule(&user), [pair("2026-12-02T09:00:00Z", "scheduled")]);
    let path = format!("/v1/applications/{application}");
    user.patch(&path, json!({"next_action_on": "2026-12-03"}))
        .expect(200);
    assert_eq!(schedule(&user), [pair("2026-12-03T09:00:00Z", "scheduled")]);
    user.patch(&path, json!({"next_action_on": null}))
        .expect(200);
    assert!(schedule(&user).is_empty());
}

#[test]
fn what_came_is_done_once_it_is_seen_to() {
    let app = app_at("2026-12-01T10:00:00Z");
    let user = app.user();
    let application = follow_up(&user, "2026-12-01");
    assert_eq!(schedule(&user), [pair("2026-12-01T09:00:00Z", "due")]);
    let path = format!("/v1/applications/{application}");
    user.patch(&path, json!({"next_action_on": "2026-12-03"}))
        .expect(200);
    assert_eq!(
        schedule(&user),
        [
            pair("2026-12-01T09:00:00Z", "done"),
            pair("2026-12-03T09:00:00Z", "scheduled")
        ]
    );
    // The day that was done does not come again.
    user.patch(&path, json!({"next_action_on": "2026-12-01"}))
        .expect(200);
    assert_eq!(schedule(&user), [pair("2026-12-01T09:00:00Z", "done")]);
}

#[test]
fn an_application_that_ended_is_not_followed_up() {
    let app = app_at("2026-12-01T10:00:00Z");
    let user = app.user();
    let application = follow_up(&user, "2026-12-02");
    assert_eq!(schedule(&user).len(), 1);
    user.transition(&application, json!({"to": "withdrawn"}))
        .expect(200);
    assert!(schedule(&user).is_empty());
}

#[test]
fn a_reminder_of_something_that_was_removed_goes_or_is_done() {
    let app = app_at("2026-12-01T10:00:00Z");
    let user = app.user();
    let due = follow_up(&user, "2026-12-01");
    let planned = follow_up(&user, "2026-12-02");
    assert_eq!(schedule(&user).len(), 2);
    for application in [&due, &planned] {
        user.delete(&format!("/v1/applications/{application}"))
            .expect(204);
    }
    let left = only(&user);
    assert_eq!(left["status"], "done");
    assert_eq!(left["about"], Value::Null);
    assert_eq!(left["resource"]["id"], json!(due));
}

#[test]
fn a_moved_interview_is_reminded_of_at_its_new_time() {
    let app = app_at("2026-12-01T10:00:00Z");
    let user = app.user();
    let interview = interview(&user, "2026-12-02T15:00:00Z");
    assert_eq!(schedule(&user).len(), 2);
    let path = format!("/v1/interviews/{interview}");
    user.patch(&path, json!({"scheduled_at": "2026-12-03T11:00:00Z"}))
        .expect(200);
    assert_eq!(
        schedule(&user),
        [
            pair("2026-12-02T11:00:00Z", "scheduled"),
            pair("2026-12-03T10:00:00Z", "scheduled")
        ]
    );
    user.patch(&path, json!({"outcome": "cancelled"}))
        .expect(200);
    assert!(schedule(&user).is_empty());
}

#[test]
fn a_reply_ends_the_reminder_of_it() {
    let app = app_at("2026-12-01T10:00:00Z");
    let user = app.user();
    let rejection = user.rejection(json!({})).id();
    reminders(&user, "");
    at(&app, "2026-12-02T10:00:00Z");
    assert_eq!(only(&user)["status"], "due");
    let replied = json!({"to": "replied"});
    user.post(&format!("/v1/rejections/{rejection}/transitions"), replied)
        .expect(200);
    let done = only(&user);
    assert_eq!(done["status"], "done");
    assert_eq!(done["version"], 3);
}

#[test]
fn what_an_import_brings_is_reminded_of() {
    let app = app_at("2026-12-01T10:00:00Z");
    let user = app.user();
    let rows = "A,B,2026-11-20\n".repeat(1_001);
    user.request("POST", "/v1/imports")
        .body(
            "text/csv",
            format!("company,title,applied on\n{rows}Z,Y,2026-11-21\n"),
        )
        .expect(202);
    app.settle();
    app.execute("UPDATE applications SET next_action_on = '2026-12-02' WHERE company = 'Z'");
    // Nobody told the queue; the plan of the next hour finds it.
    assert!(schedule(&user).is_empty());
    at(&app, "2026-12-01T11:00:00Z");
    assert_eq!(schedule(&user), [pair("2026-12-02T09:00:00Z", "scheduled")]);
}

#[test]
fn a_reminder_that_nobody_looks_at_is_over_after_a_month() {
    let app = app_at("2026-12-01T10:00:00Z");
    let user = app.user();
    follow_up(&user, "2026-12-01");
    assert_eq!(only(&user)["status"], "due");
    at(&app, "2026-12-31T09:59:00Z");
    assert_eq!(only(&user)["status"], "due");
    at(&app, "2026-12-31T10:59:00Z");
    assert_eq!(only(&user)["status"], "done");
}

#[test]
fn more_than_fits_into_one_transaction_comes_all_the_same() {
    let app = app_at("2026-12-01T08:00:00Z");
    let user = app.user();
    user.application(json!({}));
    app.settle();
    app.execute(&format!(
        "INSERT INTO applications (owner_id, id, company, job_title, required_skills, own_skills, tags, status,
             furthest_stage, status_since, next_action_on, version, created_at, updated_at)
         SELECT '{}', gen_random_uuid(), 'Company ' || n, 'Engineer', '{{}}', '{{}}', '{{}}', 'applied', 'applied',
             '2026-11-01Z', '2026-12-01', 1, '2026-11-01Z', '2026-11-01Z' FROM generate_series(1, 1203) AS n",
        user.id
    ));
    at(&app, "2026-12-01T09:30:00Z");
    assert_eq!(
        app.sql_value("SELECT count(*) FROM reminders WHERE status = 'due'"),
        1203
    );
    let events = "SELECT count(*) FROM events WHERE kind = 'reminder.due'";
    assert_eq!(app.sql_value(events), 1203);
}
