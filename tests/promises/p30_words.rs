//! Promise 30 for every operation: no word of a user and nothing that opens a door is in a log.
//!
//! The operations are those of the document, so that a new one is tried without a line here. A process has one logger, so
//! all of it is said in a process apart, whose log is what this one reads.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::p30_logs::logs_of_the_database;
use crate::openapi_driven::schema::{Place, is, places};
use crate::openapi_driven::world::{self, PASSWORD, own_body, own_path};
use crate::support::app::TestApp;
use crate::support::builders::User;
use crate::support::client::Answer;
use crate::support::document::{Operation, operations};
use crate::support::receiver::{Receiver, Reply};
use crate::webhooks::LOOPBACK;

/// Before each key that was given out, on the standard output of the process apart.
const KEY: &str = "a key: ";
/// What every word of the users begins with.
const CANARY: &str = "canary";
/// How keys begin; all of these are given out.
const KINDS: [&str; 6] = ["ey", "rbd_rt_", "rbd_ev_", "rbd_pr_", "rbd_pat_", "whsec_"];
/// Tables with words that are nobody else's business.
const JOURNAL: [&str; 14] = [
    "applications",
    "application_steps",
    "interviews",
    "rejections",
    "messages",
    "templates",
    "feedback_requests",
    "reflections",
    "wellbeing_check_ins",
    "goals",
    "goal_check_ins",
    "contacts",
    "networking_activities",
    "coach_notes",
];

/// Words for a place that takes any; nothing for one that takes only certain ones.
fn words_for(place: &Place, number: usize) -> Option<Value> {
    let words = format!("{CANARY} {number} sings of my day");
    let name = words.replace(' ', "-");
    let schema = place.schema;
    if !is(schema, "string") || schema.get("enum").is_some() {
        return None;
    }
    match (schema["format"].as_str(), schema.get("pattern")) {
        (None, None) => Some(json!(words)),
        (Some("email"), _) => Some(json!(format!("{name}@example.org"))),
        (Some("uri" | "url"), _) => Some(json!(format!("https://words.example/{name}"))),
        _ => None,
    }
}

/// Says something in each place of a body that takes words: in all at once and, if that is refused, in one after the other.
fn say(user: &User<'_>, operation: &Operation, number: usize) {
    let schema = operation.json_body().into_iter();
    let words: Vec<(Place, Value)> = schema
        .flat_map(places)
        .filter_map(|place| words_for(&place, number).map(|words| (place, words)))
        .collect();
    if words.is_empty() {
        return;
    }
    let path = own_path(user, operation);
    let body = own_body(user, operation).expect("a body");
    let send = |words: &[(Place, Value)]| -> Answer {
        let mut body = body.clone();
        for (place, words) in words {
            place.put(&mut body, words.clone());
        }
        world::request(user, operation, &path, Some(&body)).send()
    };
    // An account document has hundreds of places.
    if send(&words).status >= 300 && words.len() < 50 {
        for one in words.chunks(1) {
            send(one);
        }
    }
}

/// Asks for something in each parameter, which nobody has.
fn ask(user: &User<'_>, operation: &Operation, number: usize) {
    let path = own_path(user, operation);
    for (name, _) in operation.parameters("query") {
        let target = format!("{path}?{name}={CANARY}-{number}");
        world::request(user, operation, &target, None).send();
    }
    let nobodys = format!("{CANARY}-{number}");
    for (at, _) in operation
        .path
        .split('/')
        .enumerate()
        .filter(|(_, it)| it.starts_with('{'))
    {
        let mut segments: Vec<&str> = path.split('/').collect();
        segments[at] = &nobodys;
        world::request(user, operation, &segments.join("/"), None).send();
    }
}

fn import(user: &User<'_>) {
    let row = format!("{CANARY} sings,{CANARY} of my day,{CANARY} on no day\n");
    for count in [1, 1_001] {
        user.request("POST", "/v1/imports")
            .body(
                "text/csv",
                format!("company,title,applied on\n{}", row.repeat(count)),
            )
            .send();
    }
    user.app.settle();
}

/// The newest key of a kind in the mails of a folder.
fn mailed(folder: &Path, kind: &str) -> String {
    let files = fs::read_dir(folder).expect("the folder");
    let texts =
        files.map(|entry| fs::read_to_string(entry.expect("an entry").path()).expect("a mail"));
    let found = texts.flat_map(|text| {
        let words = text.split_whitespace().map(str::to_owned);
        words
            .filter(|word| word.starts_with(kind))
            .collect::<Vec<_>>()
    });
    found
        .last()
        .unwrap_or_else(|| panic!("no mail with {kind}"))
}

/// Has a key of each kind given out, and uses it.
fn be_given_keys(app: &TestApp, mails: &Path) -> Vec<String> {
    let post = |path: &str, body: Value| app.request("POST", path).json(&body);
    let account = json!({"email": "ada@example.org", "password": PASSWORD});
    post("/v1/auth/register", account.clone()).expect(202);
    app.settle();
    let proof = mailed(mails, "rbd_ev_");
    post("/v1/auth/verify-email", json!({"token": proof})).expect(204);
    let first = post("/v1/auth/login", account).expect(200);
    let old = first.text_at("/refresh_token");
    let second = post("/v1/auth/refresh", json!({"refresh_token": old})).expect(200);
    let bearer = second.text_at("/access_token");
    let own = |path: &str, body: Value| post(path, body).bearer(bearer);
    let token = json!({"name": "A script", "scopes": ["applications:read"]});
    let token = own("/v1/me/tokens", token).expect(201);
    app.get("/v1/applications")
        .bearer(token.text_at("/token"))
        .expect(200);
    let receiver = Receiver::answering(|_| Reply::Status(500));
    let webhook = json!({"url": receiver.url("/"), "event_types": ["*"]});
    let webhook = own("/v1/webhooks", webhook).expect(201);
    let rotate = format!("/v1/webhooks/{}/rotate-secret", webhook.id());
    let rotated = own(&rotate, json!({})).expect(200);
    let feed = own("/v1/calendar-feeds", json!({})).expect(201);
    let url = feed.text_at("/url");
    let calendar = &url[url.find("/calendar/").expect("a path")..];
    app.get(calendar).expect(200);
    own(
        "/v1/applications",
        json!({"company": "A", "job_title": "B"}),
    )
    .expect(201);
    post(
        "/v1/auth/password-reset",
        json!({"email": "ada@example.org"}),
    )
    .expect(202);
    app.settle();
    let reset = mailed(mails, "rbd_pr_");
    let confirm = json!({"token": reset, "new_password": "a lighthouse keeps no secrets"});
    post("/v1/auth/password-reset/confirm", confirm).expect(204);
    let name = calendar
        .trim_start_matches("/calendar/")
        .trim_end_matches(".ics");
    let mut keys = vec![proof.clone(), reset.clone(), name.to_owned()];
    for (answer, place) in [
        (&first, "/access_token"),
        (&first, "/refresh_token"),
        (&second, "/access_token"),
        (&second, "/refresh_token"),
        (&token, "/token"),
        (&webhook, "/secret"),
        (&rotated, "/secret"),
    ] {
        keys.push(answer.text_at(place).to_owned());
    }
    keys
}

/// Shows a key wherever it does not belong.
fn misplace(app: &TestApp, key: &str) {
    app.get("/v1/me").bearer(key).send();
    app.get("/v1/me")
        .header("Authorization", format!("Basic {key}"))
        .send();
    app.get("/v1/me")
        .header("Cookie", format!("session={key}"))
        .send();
    for path in [
        format!("/v1/applications?access_token={key}"),
        format!("/v1/{key}"),
        format!("/v1/applications/{key}"),
        format!("/calendar/{key}.ics"),
    ] {
        app.get(&path).send();
    }
    for (path, body) in [
        ("refresh", json!({"refresh_token": key})),
        ("verify-email", json!({"token": key})),
        (
            "password-reset/confirm",
            json!({"token": key, "new_password": PASSWORD}),
        ),
        (
            "login",
            json!({"email": "ada@example.org", "password": key}),
        ),
    ] {
        app.request("POST", &format!("/v1/auth/{path}"))
            .json(&body)
            .send();
    }
}

#[test]
fn no_word_of_any_operation_and_no_key_of_any_kind_is_in_a_log() {
    let mut command = Command::new(env::current_exe().expect("this program has a path"));
    command.env_clear();
    for name in ["PATH", "TMPDIR"] {
        command.envs(env::var_os(name).map(|value| (name, value)));
    }
    let output = command
        .args([
            "--exact",
            "promises::p30_words::everything_is_said",
            "--ignored",
        ])
        .args(["--nocapture", "--test-threads=1"])
        .env("REBOUND_TEST_LOG", "1")
        .output()
        .expect("this program runs");
    let log = String::from_utf8(output.stderr).expect("text");
    let told = String::from_utf8(output.stdout).expect("text");
    assert!(output.status.success(), "{told}\n{log}");
    let keys: Vec<&str> = told
        .lines()
        .filter_map(|line| line.split_once(KEY).map(|(_, key)| key))
        .collect();
    for kind in KINDS {
        assert!(keys.iter().any(|key| key.starts_with(kind)), "no {kind}");
    }
    let mut lines = 0;
    for line in log.lines() {
        let event: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"));
        assert!(event["message"].is_string(), "{line}");
        assert!(!line.contains(CANARY), "words of a user: {line}");
        for key in &keys {
            assert!(!line.contains(secret_of(key)), "{key}: {line}");
        }
        lines += 1;
    }
    println!("{lines} lines of the log hold none of {} keys", keys.len());
    assert!(lines > 500, "only {lines} lines");
}

/// The part of a key that nobody can guess.
fn secret_of(key: &str) -> &str {
    let signature = key.rsplit_once('.').map(|(_, signature)| signature);
    let random = || KINDS.iter().find_map(|kind| key.strip_prefix(kind));
    signature.or_else(random).unwrap_or(key)
}

/// The other side: says everything and tells which keys it was given.
#[test]
#[ignore = "the other side of no_word_of_any_operation_and_no_key_of_any_kind_is_in_a_log"]
fn everything_is_said() {
    let [(words, heard), (keys, mails)] = [(); 2].map(|()| {
        let folder = tempfile::tempdir().expect("a folder");
        (format!("file:{}", folder.path().display()), folder)
    });
    let flags = [
        "--log",
        "debug",
        "--log-format",
        "json",
        "--mail-limit",
        "1000000",
        "--login-limit-account",
        "1000000",
        "--login-limit-network",
        "1000000",
    ];
    let app = TestApp::with(&[&flags[..], &["--mail-url", &words]].concat());
    for (number, operation) in operations().iter().enumerate() {
        let user = world::user(&app);
        say(&user, operation, number);
        if operation.method == "GET" {
            ask(&user, operation, number);
        }
    }
    import(&world::user(&app));
    app.settle();
    for table in JOURNAL {
        let found = format!("SELECT count(*) FROM {table} t WHERE t::text LIKE '%{CANARY}%'");
        assert_ne!(app.sql_value(&found), 0, "nothing was said into {table}");
    }
    let invited = fs::read_dir(heard.path()).expect("the folder").count();
    assert_ne!(invited, 0, "nobody was mailed");

    let guarded = ["--mail-url", &keys, "--email-verification", "required"];
    let guarded = TestApp::with(&[&flags[..], &guarded, &LOOPBACK].concat());
    let keys = be_given_keys(&guarded, mails.path());
    for key in &keys {
        misplace(&guarded, key);
    }
    guarded.settle();
    let database = logs_of_the_database(guarded.database().cluster().folder());
    assert!(
        !database.is_empty() && !database.contains(CANARY),
        "{database}"
    );
    for key in &keys {
        assert!(!database.contains(secret_of(key)), "{database}");
        println!("{KEY}{key}");
    }
}
