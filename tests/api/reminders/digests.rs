//! The one mail of a day.

use serde_json::json;

use super::mails::{mailing_at, mails_in, prefer};
use super::{at, follow_up, id_of, interview, moved, reminders};

#[test]
fn the_mail_of_the_day_tells_what_is_due_on_it_once() {
    let (app, folder) = mailing_at("2026-12-01T10:00:00Z");
    let user = app.user_in("Europe/Berlin");
    prefer(
        &user,
        json!({"mail": "daily_digest", "digest_time": "07:30"}),
    );
    user.application(
        json!({"company": "Heron", "status": "applied", "next_action_on": "2026-12-02"}),
    );
    user.application(
        json!({"company": "Later", "status": "applied", "next_action_on": "2026-12-03"}),
    );
    interview(&user, "2026-12-02T15:00:00Z");
    app.settle();
    at(&app, "2026-12-02T06:29:59Z");
    assert!(mails_in(folder.path()).is_empty());
    at(&app, "2026-12-02T06:30:00Z");
    let mails = mails_in(folder.path());
    assert_eq!(mails.len(), 1);
    let mail = &mails[0];
    assert_eq!(mail.subject, "Rebound: your day");
    let at_seven = 1_796_193_000;
    assert_eq!(mail.id, format!("<{}.{at_seven}@rebound.example>", user.id));
    assert!(
        mail.text.contains("Heron, Backend Engineer"),
        "{}",
        mail.text
    );
    assert!(!mail.text.contains("Later"), "{}", mail.text);
    // Two reminders of one interview are one line.
    let interviews = mail
        .text
        .matches("You have an interview on 2026-12-02 at 16:00");
    assert_eq!(interviews.count(), 1, "{}", mail.text);
    // What comes on the day is not mailed a second time, neither then nor the day after.
    at(&app, "2026-12-02T14:00:00Z");
    assert_eq!(reminders(&user, "status=due").data().len(), 3);
    at(&app, "2026-12-03T06:30:00Z");
    let mails = mails_in(folder.path());
    assert_eq!(mails.len(), 2);
    assert!(mails[1].text.contains("Later") && !mails[1].text.contains("Heron"));
}

#[test]
fn a_day_without_anything_due_has_no_mail() {
    let (app, folder) = mailing_at("2026-12-01T10:00:00Z");
    let user = app.user();
    prefer(&user, json!({"mail": "daily_digest"}));
    app.settle();
    at(&app, "2026-12-02T08:00:00Z");
    assert!(mails_in(folder.path()).is_empty());
}

#[test]
fn a_mail_of_the_day_that_is_turned_on_in_the_afternoon_begins_tomorrow() {
    let (app, folder) = mailing_at("2026-12-01T15:00:00Z");
    let user = app.user();
    follow_up(&user, "2026-12-01");
    reminders(&user, "");
    prefer(&user, json!({"mail": "daily_digest"}));
    app.settle();
    assert!(mails_in(folder.path()).is_empty());
    at(&app, "2026-12-02T08:00:00Z");
    assert_eq!(mails_in(folder.path()).len(), 1);
}

#[test]
fn on_a_day_of_rest_it_tells_of_appointments_only() {
    let (app, folder) = mailing_at("2026-12-01T22:00:00Z");
    let user = app.user();
    prefer(&user, json!({"mail": "daily_digest"}));
    user.application(
        json!({"company": "Heron", "status": "applied", "next_action_on": "2026-12-02"}),
    );
    interview(&user, "2026-12-02T15:00:00Z");
    app.settle();
    app.set_clock("2026-12-02T06:00:00Z");
    user.rejection(json!({"reply_address": "no_reply"}));
    app.settle();
    at(&app, "2026-12-02T08:00:00Z");
    let mails = mails_in(folder.path());
    assert_eq!(mails.len(), 1);
    assert!(mails[0].text.contains("You have an interview"));
    assert!(!mails[0].text.contains("Heron"), "{}", mails[0].text);
    at(&app, "2026-12-03T08:00:00Z");
    let mails = mails_in(folder.path());
    assert_eq!(mails.len(), 2);
    assert!(mails[1].text.contains("Heron"), "{}", mails[1].text);
}

#[test]
fn what_is_done_before_the_mail_of_the_day_is_not_in_it() {
    let (app, folder) = mailing_at("2026-12-01T10:00:00Z");
    let user = app.user();
    prefer(&user, json!({"mail": "daily_digest"}));
    follow_up(&user, "2026-12-02");
    let planned = id_of(&reminders(&user, "").data()[0]);
    moved(&user, &planned, json!({"to": "done"})).expect(200);
    at(&app, "2026-12-02T08:00:00Z");
    assert!(mails_in(folder.path()).is_empty());
}
