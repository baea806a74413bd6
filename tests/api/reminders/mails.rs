//! Reminders by mail, each in its own.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{PATH, at, follow_up, id_of, interview, moved, only, reminders};
use crate::support::app::TestApp;
use crate::support::builders::User;

/// A mail as it lies in the folder.
pub(super) struct Mail {
    pub(super) subject: String,
    pub(super) id: String,
    pub(super) to: String,
    /// Lines that were folded for the way are whole again.
    pub(super) text: String,
}

/// The mails in a folder, in the order of their ids.
pub(super) fn mails_in(folder: &Path) -> Vec<Mail> {
    let mut mails: Vec<Mail> = fs::read_dir(folder)
        .expect("the folder")
        .map(|entry| fs::read_to_string(entry.expect("an entry").path()).expect("a mail"))
        .filter(|mail| mail.contains("Message-ID: "))
        .map(|mail| {
            let (head, body) = mail.split_once("\r\n\r\n").expect("a head and a body");
            let header = |name: &str| {
                let line = head.lines().find_map(|line| line.strip_prefix(name));
                line.expect("the header").trim().to_owned()
            };
            Mail {
                subject: header("Subject:"),
                id: header("Message-ID:"),
                to: header("To:"),
                text: body.replace("=\r\n", "").replace("=3D", "="),
            }
        })
        .collect();
    mails.sort_by(|a, b| a.id.cmp(&b.id));
    mails
}

/// A service at an instant that puts its mails into a folder.
pub(super) fn mailing_at(instant: &str) -> (TestApp, TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("file:{}", folder.path().display());
    let app = TestApp::with(&[
        "--mail-url",
        &url,
        "--public-url",
        "https://rebound.example/",
    ]);
    app.set_clock(instant);
    (app, folder)
}

pub(super) fn prefer(user: &User<'_>, reminders: Value) {
    let patch = json!({"preferences": {"reminders": reminders}});
    user.patch("/v1/me", patch).expect(200);
}

#[test]
fn no_mail_is_sent_unless_it_is_wanted() {
    let (app, folder) = mailing_at("2026-12-01T10:00:00Z");
    let user = app.user();
    follow_up(&user, "2026-12-01");
    assert_eq!(only(&user)["status"], "due");
    assert!(mails_in(folder.path()).is_empty());
    // Turning it on does not send what was due before.
    prefer(&user, json!({"mail": "each"}));
    app.settle();
    assert!(mails_in(folder.path()).is_empty());
}

#[test]
fn each_reminder_is_mailed_once_when_it_is_due() {
    let (app, folder) = mailing_at("2026-12-01T10:00:00Z");
    let user = app.user();
    user.patch("/v1/me", json!({"display_name": "Ada"}))
        .expect(200);
    prefer(&user, json!({"mail": "each"}));
    let application = follow_up(&user, "2026-12-02");
    let planned = only(&user);
    assert!(mails_in(folder.path()).is_empty());
    at(&app, "2026-12-02T09:00:00Z");
    let sent = only(&user);
    assert_eq!(sent["mailed_at"], "2026-12-02T09:00:00Z");
    let mails = mails_in(folder.path());
    assert_eq!(mails.len(), 1);
    let (mail, id) = (&mails[0], id_of(&planned));
    assert_eq!(mail.id, format!("<{id}.1@rebound.example>"));
    assert!(mail.to.contains("@example.com"), "{}", mail.to);
    // Who looks over one's shoulder does not learn where one applied.
    assert_eq!(mail.subject, "Rebound: something to look at again");
    for part in [
        "Hello Ada,",
        "Kite & Anchor, Backend Engineer",
        &format!("https://rebound.example/v1/applications/{application}"),
        &format!("https://rebound.example{PATH}/{id}"),
    ] {
        assert!(mail.text.contains(part), "{part} in {}", mail.text);
    }
    at(&app, "2026-12-03T09:00:00Z");
    assert_eq!(mails_in(folder.path()).len(), 1);
}

#[test]
fn the_mail_of_an_interview_says_when_it_is_where_the_user_is() {
    let (app, folder) = mailing_at("2026-12-01T10:00:00Z");
    let user = app.user_in("Europe/Berlin");
    prefer(&user, json!({"mail": "each"}));
    interview(&user, "2026-12-01T23:30:00Z");
    app.settle();
    at(&app, "2026-12-01T22:30:00Z");
    let mails = mails_in(folder.path());
    assert_eq!(mails.len(), 1);
    let when = "You have an interview on 2026-12-02 at 00:30 (Europe/Berlin):";
    assert!(mails[0].text.contains(when), "{}", mails[0].text);
}

#[test]
fn what_comes_again_after_a_snooze_is_another_mail() {
    let (app, folder) = mailing_at("2026-12-01T10:00:00Z");
    let user = app.user();
    prefer(&user, json!({"mail": "each"}));
    follow_up(&user, "2026-12-01");
    let id = id_of(&only(&user));
    let snooze = json!({"to": "snoozed", "snooze_until": "2026-12-01T11:00:00Z"});
    moved(&user, &id, snooze).expect(200);
    at(&app, "2026-12-01T11:00:00Z");
    let ids: Vec<String> = mails_in(folder.path())
        .into_iter()
        .map(|mail| mail.id)
        .collect();
    let wanted = [1, 2].map(|count| format!("<{id}.{count}@rebound.example>"));
    assert_eq!(ids, wanted);
}

#[test]
fn what_was_seen_to_before_its_mail_went_out_is_not_mailed() {
    let (app, folder) = mailing_at("2026-12-01T10:00:00Z");
    let user = app.user();
    follow_up(&user, "2026-12-01");
    let id = id_of(&only(&user));
    prefer(&user, json!({"mail": "each"}));
    let mail = |count: i32| {
        app.execute(&format!(
            "INSERT INTO jobs (id, kind, user_id, payload, run_at, max_attempts, created_at) VALUES (gen_random_uuid(),
             'reminders.mail', '{}', '{{\"reminder_id\": \"{id}\", \"count\": {count}}}', '2026-12-01T10:00:00Z', 1, now())",
            user.id
        ));
        app.settle();
        mails_in(folder.path()).len()
    };
    assert_eq!(mail(2), 0, "it came once");
    moved(&user, &id, json!({"to": "done"})).expect(200);
    assert_eq!(mail(1), 0, "it is done");
}

#[test]
fn nobody_is_mailed_at_an_address_that_has_to_be_proved_and_was_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("file:{}", folder.path().display());
    let app = TestApp::with(&["--mail-url", &url, "--email-verification", "required"]);
    app.set_clock("2026-12-01T10:00:00Z");
    let (user, proved) = (app.user(), app.user());
    app.execute(&format!(
        "UPDATE users SET email_verified_at = now() WHERE id = '{}'",
        proved.id
    ));
    for user in [&user, &proved] {
        prefer(user, json!({"mail": "each"}));
        follow_up(user, "2026-12-01");
    }
    assert_eq!(reminders(&user, "status=due").data().len(), 1);
    assert_eq!(mails_in(folder.path()).len(), 1);
}
