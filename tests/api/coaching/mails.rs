//! The mail that tells of an invitation.

use serde_json::json;

use crate::support::app::TestApp;
use crate::support::coaching::link;
use crate::support::victim::eventually;

const LINKS: &str = "/v1/coach-links";

#[test]
fn a_mail_tells_of_the_invitation_and_holds_no_secret() {
    let mails = tempfile::tempdir().expect("a folder");
    let url = format!("file:{}", mails.path().display());
    let app = TestApp::with(&["--mail-url", &url]);
    let seeker = app.user().named("Buy gold at evil.example");
    seeker
        .post(LINKS, json!({"coach_email": "robin@later.example"}))
        .expect(201);
    let sent = || {
        let files = std::fs::read_dir(mails.path()).expect("the folder");
        let read = |file: std::fs::DirEntry| std::fs::read_to_string(file.path()).ok();
        files.filter_map(|it| read(it.ok()?)).collect::<Vec<_>>()
    };
    eventually("the mail", || {
        sent().iter().any(|mail| mail.contains("Accept it only"))
    });
    let mail = &sent()[0];
    assert!(
        mail.contains("To: robin@later.example") && mail.contains(&seeker.email()),
        "{mail}"
    );
    assert!(
        !mail.contains("evil.example") && !mail.contains("rbd_"),
        "{mail}"
    );
}

#[test]
fn no_mail_tells_of_an_invitation_that_is_over() {
    let mails = tempfile::tempdir().expect("a folder");
    let url = format!("file:{}", mails.path().display());
    let app = TestApp::with(&["--mail-url", &url]);
    let coach = app.user();
    for status in ["revoked", "active", "declined", "invited"] {
        let seeker = app.user();
        let id = link(&app, &seeker, &coach, status, &[]);
        app.execute(&format!(
            "INSERT INTO jobs (id, kind, user_id, payload, run_at, max_attempts, created_at)
             VALUES (gen_random_uuid(), 'coaching.mail', '{}', '{{\"link_id\": \"{id}\"}}', now(), 1, now())",
            seeker.id
        ));
    }
    eventually("every job is done", || {
        app.sql_value("SELECT count(*) FROM jobs WHERE kind = 'coaching.mail'") == 0
    });
    let sent = std::fs::read_dir(mails.path()).expect("the folder").count();
    assert_eq!(sent, 1);
}

#[test]
fn mails_to_an_address_are_limited() {
    let app = TestApp::with(&["--mail-limit", "2"]);
    for _ in 0..2 {
        app.user()
            .post(LINKS, json!({"coach_email": "robin@later.example"}))
            .expect(201);
    }
    let refused = app
        .user()
        .post(LINKS, json!({"coach_email": "robin@later.example"}));
    let refused = refused.problem(429, "rate_limited");
    assert!(!refused.header("retry-after").is_empty());
}
