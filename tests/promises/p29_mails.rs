//! Promise 29 for mails: what a user writes stands in the body as it was written. It adds no header and no
//! recipient, and nothing computes it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use tempfile::TempDir;

use super::p29_inert_text::{BREAKS, LINES};
use crate::support::app::TestApp;
use crate::support::builders::User;
use crate::support::receiver::{Receiver, Reply};
use crate::webhooks::{LOOPBACK, hook};

/// The headers of each mail, and no others.
const HEADERS: [&str; 8] = [
    "Content-Transfer-Encoding",
    "Content-Type",
    "Date",
    "From",
    "MIME-Version",
    "Message-ID",
    "Subject",
    "To",
];

/// Addresses that would be more than one, or more than an address.
const ADDRESSES: [&str; 11] = [
    "a@example.org\r\nBcc: evil@evil.example",
    "a@example.org\nBcc: evil@evil.example",
    "a@example.org\rBcc: evil@evil.example",
    "a\r\nBcc: evil@evil.example\r\n@example.org",
    "\"a\r\nBcc: evil@evil.example\r\n\"@example.org",
    "a@example.org\u{2028}Bcc: evil@evil.example",
    "a@example.org\u{0}Bcc: evil@evil.example",
    "a@example.org>\r\nRCPT TO:<evil@evil.example",
    "a@example.org, evil@evil.example",
    "a@example.org,evil@evil.example",
    "Evil <a@example.org>",
];

/// A mail as a program reads it that shows it.
struct Mail {
    headers: BTreeMap<String, String>,
    /// Decoded, its lines parted by `\n`.
    text: String,
}

impl Mail {
    fn read(file: &Path) -> Self {
        let raw = fs::read_to_string(file).expect("a mail");
        let bare = raw.replace("\r\n", "");
        assert!(!bare.contains(['\r', '\n']), "half an end of a line: {raw}");
        let (head, body) = raw.split_once("\r\n\r\n").expect("a head and a body");
        // A header goes on in lines that begin with a space.
        let head = head.replace("\r\n ", " ").replace("\r\n\t", " ");
        let mut headers = BTreeMap::new();
        for line in head.split("\r\n") {
            let (name, value) = line.split_once(": ").expect("a header");
            let earlier = headers.insert(name.to_owned(), value.to_owned());
            assert_eq!(earlier, None, "{name} stands there twice: {head}");
        }
        let text = match headers["Content-Transfer-Encoding"].as_str() {
            "7bit" => body.to_owned(),
            "quoted-printable" => from_quoted_printable(body),
            "base64" => {
                let bytes = STANDARD.decode(body.replace("\r\n", "")).expect("base64");
                String::from_utf8(bytes).expect("text")
            }
            other => panic!("how is {other} read?"),
        };
        let text = text.replace("\r\n", "\n");
        Self { headers, text }
    }

    /// Is it made up as every mail, for this address alone?
    fn assert_sound(&self, to: &str) {
        let names: Vec<&str> = self.headers.keys().map(String::as_str).collect();
        assert_eq!(names, HEADERS, "{}", self.text);
        assert_eq!(self.headers["To"], to);
        assert_eq!(self.headers["Content-Type"], "text/plain; charset=utf-8");
    }
}

fn from_quoted_printable(body: &str) -> String {
    let whole = body.replace("=\r\n", "");
    let mut parts = whole.split('=');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let (code, rest) = part.split_at(2);
        bytes.push(u8::from_str_radix(code, 16).expect("a byte"));
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).expect("text")
}

/// The mails in a folder.
fn mails_in(folder: &Path) -> Vec<Mail> {
    let files = fs::read_dir(folder).expect("the folder");
    let files = files.map(|entry| entry.expect("an entry").path());
    files.map(|file| Mail::read(&file)).collect()
}

fn mailing(flags: &[&str]) -> (TestApp, TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("file:{}", folder.path().display());
    let usual = ["--mail-url", &url, "--mail-limit", "1000000"];
    (TestApp::with(&[&usual[..], flags].concat()), folder)
}

/// Wants mails of a kind, and gives one name to the user and to everything that they tell of; each is answered alike.
fn call_everything(user: &User<'_>, text: &str, mails: &str, status: u16) {
    let profile = json!({"display_name": text, "preferences": {"reminders": {"mail": mails}}});
    user.patch("/v1/me", profile).expect(match status {
        201 => 200,
        refused => refused,
    });
    let application = json!({"company": text, "job_title": text, "status": "interviewing", "next_action_on": "2026-12-02"});
    let application = user.post("/v1/applications", application).expect(status);
    let contact = json!({"name": text, "keep_in_touch_days": 1});
    user.post("/v1/contacts", contact).expect(status);
    let goal =
        json!({"title": text, "category": "routine", "kind": "one_off", "due_on": "2026-12-02"});
    user.post("/v1/goals", goal).expect(status);
    if status == 201 {
        let interview = json!({"application_id": application.id(), "kind": "final", "scheduled_at": "2026-12-02T15:00:00Z"});
        user.post("/v1/interviews", interview).expect(201);
    }
}

/// What a mail with this subject tells, when everything is called alike.
fn told(subject: &str, text: &str) -> Vec<String> {
    let (alone, both) = (format!("\n    {text}\n"), format!("\n    {text}, {text}\n"));
    match subject {
        "Rebound: somebody to get in touch with" | "Rebound: a goal for today" => vec![alone],
        "Rebound: something to look at again" | "Rebound: an appointment" => vec![both],
        "Rebound: your day" => vec![alone, both],
        "Rebound: a webhook was turned off" => Vec::new(),
        other => panic!("what does {other} tell?"),
    }
}

#[test]
fn no_text_adds_a_line_to_a_mail() {
    let (app, folder) = mailing(&LOOPBACK);
    app.set_clock("2026-12-01T10:00:00Z");
    let gone = Receiver::answering(|_| Reply::Status(410));
    // What each address is told, by the subjects of its mails.
    let mut expected = BTreeMap::new();
    for (number, text) in LINES.iter().chain(&BREAKS).enumerate() {
        let (each, daily) = (app.user(), app.user());
        let stored = text.replace("\r\n", "\n");
        if stored.contains('\r') {
            call_everything(&each, text, "each", 422);
            continue;
        }
        hook(&each, &gone, &["application.created"]);
        call_everything(&each, text, "each", 201);
        call_everything(&daily, text, "daily_digest", 201);
        let coach = format!("coach{number}@later.example");
        each.post("/v1/coach-links", json!({"coach_email": coach}))
            .expect(201);
        let subjects = [
            "Rebound: a goal for today",
            "Rebound: a webhook was turned off",
            "Rebound: an appointment",
            "Rebound: an appointment",
            "Rebound: somebody to get in touch with",
            "Rebound: something to look at again",
        ];
        expected.insert(each.email(), (stored.clone(), subjects.to_vec()));
        expected.insert(daily.email(), (stored.clone(), vec!["Rebound: your day"]));
        expected.insert(
            coach,
            (stored, vec!["You are invited to coach somebody on Rebound"]),
        );
    }
    assert_eq!(expected.len(), 3 * (LINES.len() + BREAKS.len() - 1));
    app.settle();
    for moment in ["01T15:30", "02T08:30", "02T14:30", "02T18:30"] {
        app.set_clock(&format!("2026-12-{moment}:00Z"));
        app.settle();
    }
    let mut subjects: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for mail in mails_in(folder.path()) {
        let to = mail.headers["To"].clone();
        let (text, _) = &expected[&to];
        mail.assert_sound(&to);
        let subject = mail.headers["Subject"].clone();
        let body = &mail.text;
        if subject.starts_with("You are invited") {
            // Whoever is invited does not know the seeker, whose words could be anything.
            assert!(!body.contains(text.as_str()), "{text:?} in {body}");
        } else {
            assert!(
                body.starts_with(&format!("Hello {text},\n")),
                "{text:?} in {body}"
            );
            for part in told(&subject, text) {
                assert!(body.contains(&part), "{part:?} in {body}");
            }
        }
        subjects.entry(to).or_default().push(subject);
    }
    for (address, (text, wanted)) in &expected {
        let got = subjects.get_mut(address).expect("mails");
        got.sort();
        assert_eq!(got, wanted, "{text:?}");
    }
}

#[test]
fn an_address_is_one_address_wherever_a_mail_is_asked_for() {
    let (app, folder) = mailing(&["--email-verification", "required"]);
    let seeker = app.user();
    for address in ADDRESSES {
        let register = json!({"email": address, "password": "correct horse battery staple"});
        let reset = json!({"email": address});
        for (path, body) in [("register", register), ("password-reset", reset)] {
            app.request("POST", &format!("/v1/auth/{path}"))
                .json(&body)
                .problem(422, "invalid_fields");
        }
        seeker
            .post("/v1/coach-links", json!({"coach_email": address}))
            .problem(422, "invalid_fields");
    }
    app.settle();
    assert!(mails_in(folder.path()).is_empty());
    assert_eq!(
        app.sql_value("SELECT count(*) FROM jobs WHERE kind LIKE '%.mail'"),
        0
    );
}

#[test]
fn an_address_that_looks_like_a_template_is_an_address() {
    let (app, folder) = mailing(&[]);
    let odd = "{{7*7}}%0d%0a$'#@example.org";
    let account = json!({"email": odd, "password": "correct horse battery staple"});
    let seeker = app
        .request("POST", "/v1/auth/register")
        .json(&account)
        .expect(201);
    app.request("POST", "/v1/coach-links")
        .bearer(seeker.text_at("/access_token"))
        .json(&json!({"coach_email": "{{7*7}}%0d%0abcc@later.example"}))
        .expect(201);
    app.request("POST", "/v1/auth/password-reset")
        .json(&json!({"email": odd}))
        .expect(202);
    app.settle();
    let mut mails = mails_in(folder.path());
    mails.sort_by_key(|mail| mail.headers["Subject"].clone());
    let [reset, invitation] = mails.as_slice() else {
        panic!("{} mails", mails.len());
    };
    reset.assert_sound(odd);
    invitation.assert_sound("{{7*7}}%0d%0abcc@later.example");
    let line = format!("\n    {odd}\n");
    assert!(invitation.text.contains(&line), "{}", invitation.text);
}
