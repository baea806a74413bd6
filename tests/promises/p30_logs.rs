//! Promise 30: logs keep secrets and cannot be forged, in both forms. Every operation is in [`super::p30_words`].

use std::env;
use std::fs;
use std::io::{BufReader, Write};
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use rebound::config::{LogFormat, LogSettings};
use regex::Regex;
use serde_json::{Value, json};

use super::stage::{Stage, User};
use crate::support::process::Service;
use crate::support::wire::{Call, connect, read_answer};

/// What must not be found anywhere; each is sent in a place of its own.
const CANARIES: &[&str] = &[
    "canary-password-9f31",
    "canary-address-9f31",
    "canary-company-9f31",
    "canary-notes-9f31",
    "canary-external-9f31",
    "canary-tag-9f31",
    "canary-query-9f31",
    "canary-path-9f31",
    "canary-agent-9f31",
    "canary-request-id-9f31",
    "canary-member-9f31",
    "canary-json-9f31",
    "canary-type-9f31",
    "canary-key-9f31",
    "canary-cursor-9f31",
    "canary-token-9f31",
    "canary-head-9f31",
    "canary-forwarded-9f31",
];

/// Sends bytes as they are, and gives back the status.
fn send_raw(service: &Service, bytes: &[u8]) -> u16 {
    let mut stream = connect(service.address).expect("a connection");
    stream.write_all(bytes).expect("sent");
    let (answer, _) = read_answer(&mut BufReader::new(stream), false).expect("an answer");
    answer.status
}

fn speak_of_everything(service: &Service, user: &User) {
    let mut wire = user.at(service);
    let mut send = |call: Call, expected: &[u16]| {
        let call = call
            .header("User-Agent", "canary-agent-9f31")
            .header("X-Forwarded-For", "canary-forwarded-9f31")
            .header("Cookie", "session=canary-token-9f31");
        let answer = wire.send(&call).expect("an answer");
        assert!(
            expected.contains(&answer.status),
            "{} {}",
            answer.status,
            answer.text()
        );
        answer
    };
    let secret = json!({
        "company": "canary-company-9f31", "job_title": "x", "notes": "canary-notes-9f31",
        "external_id": "canary-external-9f31", "tags": ["canary-tag-9f31"],
    });
    let post = |body: &Value| Call::new("POST", "/v1/applications").json(body);
    let created = send(
        post(&secret).header("Idempotency-Key", "canary-key-9f31"),
        &[201],
    );
    let path = created.header("location").expect("a place").to_owned();
    send(post(&secret), &[409]);
    send(
        post(&json!({"company": "other"})).header("Idempotency-Key", "canary-key-9f31"),
        &[422],
    );
    send(
        post(&json!({"company": "x", "job_title": "y", "canary-member-9f31": 1})),
        &[422],
    );
    send(
        post(
            &json!({"company": {"canary-json-9f31": 1}, "job_title": "canary-json-9f31".repeat(99)}),
        ),
        &[422],
    );
    send(
        Call::new("POST", "/v1/applications")
            .json(&Value::Null)
            .bytes(r#"{"company": "canary-json-9f31", "#),
        &[400],
    );
    send(
        Call::new("POST", "/v1/applications")
            .json(&Value::Null)
            .bytes(*b"\"canary-json-9f31\xff\n{}"),
        &[400, 422],
    );
    send(
        Call::new("POST", "/v1/applications")
            .header("Content-Type", "canary-type-9f31")
            .bytes("{}"),
        &[415],
    );
    send(
        Call::new("POST", format!("{path}/notes")).json(&json!({"note": "canary-notes-9f31"})),
        &[200, 201, 422],
    );
    send(
        Call::new("GET", "/v1/applications?q=canary-query-9f31"),
        &[200],
    );
    send(
        Call::new("GET", "/v1/applications?canary-query-9f31=1"),
        &[400],
    );
    send(
        Call::new("GET", "/v1/applications?cursor=canary-cursor-9f31"),
        &[400],
    );
    send(
        Call::new("GET", "/v1/applications?status=canary-query-9f31%0a%7b%7d"),
        &[400],
    );
    send(
        Call::new("GET", "/v1/canary-path-9f31%0a%7b%7d?canary-query-9f31"),
        &[404],
    );
    send(
        Call::new("GET", "/v1/applications/canary-path-9f31"),
        &[404],
    );
    send(
        Call::new(
            "PUT",
            "/v1/applications/by-external-id/canary-external-9f31",
        )
        .json(&json!({"x": 1})),
        &[422],
    );
    send(
        Call::new("DELETE", "/v1/applications?canary-query-9f31"),
        &[400, 405],
    );
    send(
        Call::new("GET", "/v1/applications").header("Accept", "canary-type-9f31/x"),
        &[406],
    );
    send(
        Call::new("GET", "/v1/applications")
            .header("X-Request-Id", "a{\"canary-request-id-9f31\":1}"),
        &[200],
    );
    let account =
        json!({"email": "canary-address-9f31@example.org", "password": "canary-password-9f31"});
    for operation in ["register", "login", "login", "password-reset"] {
        send(
            Call::new("POST", format!("/v1/auth/{operation}")).json(&account),
            &[200, 201, 202, 401, 404, 409, 422],
        );
    }
    let wrong = json!({"email": "canary-address-9f31@example.org", "password": "canary-password-9f31 wrong"});
    send(
        Call::new("POST", "/v1/auth/login").json(&wrong),
        &[401, 404],
    );
    send(
        Call::new("POST", "/v1/auth/refresh").json(&json!({"refresh_token": "canary-token-9f31"})),
        &[400, 401, 404, 422],
    );
    let scheme =
        Call::new("GET", "/v1/applications").header("Authorization", "Bearer canary-token-9f31");
    let mut stranger = crate::support::wire::Wire::to(service.address);
    assert_eq!(stranger.send(&scheme).expect("an answer").status, 401);
    let basic =
        Call::new("GET", "/v1/applications").header("Authorization", "Basic canary-token-9f31");
    assert_eq!(stranger.send(&basic).expect("an answer").status, 401);
}

/// What no client library would send.
fn speak_nonsense(service: &Service, user: &User) {
    let auth = format!("Authorization: Bearer {}\r\nHost: x\r\n", user.token);
    let newlines: &[&[u8]] = &[
        b"X-Request-Id: canary-request-id-9f31\n{\"level\":\"ERROR\"}\r\n",
        b"X-Request-Id: canary-request-id-9f31\r{\"level\":\"ERROR\"}\r\n",
        b"X-Request-Id: canary-request-id-9f31\r\n {\"level\":\"ERROR\"}\r\n",
        b"X-Request-Id: canary-request-id-9f31\xe2\x80\xa8{}\r\n",
        b"X-Request-Id: canary-request-id-9f31%0a{}\r\n",
        b"X-Request-Id: canary-request-id-9f31\x00\r\n",
        b"User-Agent: canary-agent-9f31\xff\xfe\r\n",
        b"canary-head-9f31 no header\r\n",
        b"Content-Length: canary-head-9f31\r\n",
        b"Transfer-Encoding: canary-head-9f31\r\n",
    ];
    for line in newlines {
        let bytes = [
            b"GET /v1/applications HTTP/1.1\r\n",
            auth.as_bytes(),
            line,
            b"\r\n",
        ]
        .concat();
        let status = send_raw(service, &bytes);
        assert!(
            [200, 400].contains(&status),
            "{status} for {}",
            String::from_utf8_lossy(line)
        );
    }
    for start in [
        "canary-head-9f31",
        "GET /canary-path-9f31\u{7f} HTTP/1.1",
        "GET / HTTP/canary-head-9f31",
    ] {
        assert_eq!(
            send_raw(service, format!("{start}\r\n{auth}\r\n").as_bytes()),
            400,
            "{start}"
        );
    }
    let head = format!(
        "GET / HTTP/1.1\r\n{auth}X-Long: {}\r\n\r\n",
        "canary-head-9f31".repeat(20_000)
    );
    let mut stream = connect(service.address).expect("a connection");
    // The service may hang up before all of that is sent.
    stream.write_all(head.as_bytes()).ok();
}

/// A fault of ours that makes PostgreSQL quote the row in its answer.
fn break_the_database(stage: &Stage, service: &Service, user: &User) {
    stage.execute("ALTER TABLE applications ADD CONSTRAINT surprise CHECK (company <> 'canary-company-9f31') NOT VALID");
    stage.execute("ALTER TABLE application_steps RENAME COLUMN note TO surprise");
    let mut wire = user.at(service);
    let body =
        json!({"company": "canary-company-9f31", "job_title": "x", "notes": "canary-notes-9f31"});
    let answer = wire.post("/v1/applications", &body).expect("an answer");
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (500, "internal_error"),
        "{}",
        answer.text()
    );
    assert!(!answer.text().contains("surprise"), "{}", answer.text());
    let body = json!({"company": "another", "job_title": "x", "notes": "canary-notes-9f31"});
    let answer = wire.post("/v1/applications", &body).expect("an answer");
    assert_eq!(answer.status, 500, "{}", answer.text());
}

/// Looks through the logs of the service and of its database.
fn search(what: &str, text: &str, tokens: &[&str]) {
    for secret in CANARIES.iter().chain(tokens) {
        if let Some(line) = text.lines().find(|line| line.contains(secret)) {
            panic!("{what} holds {secret}: {line}");
        }
    }
    assert!(!text.contains('\u{1b}'), "{what} holds an escape sequence");
}

/// What the servers logged whose data lies there.
pub fn logs_of_the_database(folder: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            text += &logs_of_the_database(&path);
        } else if path.extension().is_some_and(|extension| extension == "log") {
            text += &fs::read_to_string(&path).unwrap_or_default();
        }
    }
    text
}

/// The log of a service that was told everything, in a form. It holds nothing of that.
fn overheard(format: &str) -> Vec<String> {
    let stage = Stage::embedded();
    let mails = format!("file:{}", stage.folder().join("mails").display());
    // Debug says all that info says, and more.
    let flags = [
        "--log",
        "debug",
        "--log-format",
        format,
        "--mail-url",
        &mails,
    ];
    let mut service = stage.serve(&flags);
    let user = stage.user();
    speak_of_everything(&service, &user);
    speak_nonsense(&service, &user);
    break_the_database(&stage, &service, &user);
    service.terminate();
    let status = service.wait(Duration::from_secs(30)).expect("it ends");
    assert!(status.success(), "{status}");

    let signature = user.token.rsplit('.').next().expect("a signature");
    let log = service.logs();
    search("the log", &log, &[signature]);
    let database = logs_of_the_database(&stage.folder().join("data"));
    search("the log of the database", &database, &[signature]);
    let lines: Vec<String> = log.split_terminator('\n').map(str::to_owned).collect();
    assert!(lines.len() > 40, "every request is logged");
    lines
}

#[test]
fn logs_keep_secrets_and_cannot_be_forged() {
    let lines = overheard("json");
    let lines: Vec<Value> = lines
        .iter()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}")))
        .collect();
    for line in &lines {
        for member in ["at", "level", "target", "message"] {
            assert!(line[member].is_string(), "{line}");
        }
    }
    let failures = lines.iter().filter(|line| line["status"] == 500).count();
    assert_eq!(failures, 2, "each fault is logged once: {lines:#?}");
}

#[test]
fn logs_for_people_keep_secrets_and_cannot_be_forged_either() {
    let lines = overheard("human");
    let form = Regex::new(r"^\d\d:\d\d:\d\d\.\d{3} (ERROR|WARN |INFO |DEBUG) \S").expect("a form");
    for line in &lines {
        assert!(form.is_match(line), "no event of its own: {line}");
        assert!(!line.contains(char::is_control), "{line:?}");
    }
    let failures = lines.iter().filter(|it| it.contains(" status=500"));
    assert_eq!(failures.count(), 2, "each fault is logged once: {lines:#?}");
}

#[test]
fn a_panic_is_one_line_without_its_message() {
    let output = Command::new(env::current_exe().expect("this program has a path"))
        .args([
            "--exact",
            "promises::p30_logs::panic_over_a_secret",
            "--ignored",
            "--nocapture",
        ])
        .output()
        .expect("this program runs");
    let log = String::from_utf8(output.stderr).expect("text");
    let line: Value = serde_json::from_str(&log).unwrap_or_else(|error| panic!("{error}: {log}"));
    assert_eq!(
        (&line["level"], &line["message"]),
        (&json!("ERROR"), &json!("a panic"))
    );
    assert!(
        line["place"]
            .as_str()
            .is_some_and(|place| place.contains("p30_logs.rs")),
        "{line}"
    );
    search("the log", &log, &[]);
}

/// What the service does with a fault of its own; runs in a process apart, for a process has one logger.
#[test]
#[ignore = "the other side of a_panic_is_one_line_without_its_message"]
fn panic_over_a_secret() {
    let settings = LogSettings {
        log_format: LogFormat::Json,
        log: "info".to_owned(),
    };
    rebound::logging::init(&settings);
    rebound::logging::catch_panics(&settings);
    let thread = thread::spawn(|| panic!("{}\n{{}}", CANARIES[0]));
    assert!(thread.join().is_err());
}
