//! Promise 4: personal tokens are bounded.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::stage::Stage;
use crate::openapi_driven::world::{self, PASSWORD, belongings, own_body, own_path, with_body};
use crate::support::app::TestApp;
use crate::support::builders::User;
use crate::support::client::Answer;
use crate::support::document::{DOCUMENT, Operation, operations};
use crate::support::process::Service;
use crate::support::victim::eventually;
use crate::support::wire::{Call, Wire};

/// Every scope that the document lists.
fn all_scopes() -> Vec<&'static str> {
    let scopes = DOCUMENT.pointer("/components/schemas/TokenScope/enum");
    let scopes = scopes.and_then(Value::as_array).expect("scopes");
    scopes
        .iter()
        .map(|it| it.as_str().expect("a text"))
        .collect()
}

/// The scopes that an operation asks of a token; nothing when it takes none.
fn needed(operation: &Operation) -> Option<Vec<&'static str>> {
    let ways = operation.value["security"].as_array().expect("ways");
    let way = ways
        .iter()
        .find_map(|way| way["personal_token"].as_array())?;
    Some(way.iter().map(|it| it.as_str().expect("a scope")).collect())
}

fn try_with(
    app: &TestApp,
    operation: &Operation,
    token: &str,
    path: &str,
    body: Option<&Value>,
) -> Answer {
    let request = app.request(&operation.method, path).bearer(token);
    with_body(request, operation, body).send()
}

#[track_caller]
fn assert_refused(answer: &Answer, operation: &Operation, scope: Option<&str>) {
    let answer = answer.clone().problem(403, "insufficient_scope");
    let challenge = match scope {
        None => "Bearer realm=\"rebound\", error=\"insufficient_scope\"".to_owned(),
        Some(scope) => {
            format!("Bearer realm=\"rebound\", error=\"insufficient_scope\", scope=\"{scope}\"")
        }
    };
    assert_eq!(
        answer.header("www-authenticate"),
        challenge,
        "{}",
        operation.id()
    );
}

/// Without the tokens themselves, which note when they were used.
fn rest(app: &TestApp, user: &User<'_>) -> Value {
    let mut rows = belongings(app, user);
    let members = rows.as_object_mut().expect("tables");
    assert!(members.shift_remove("personal_tokens.user_id").is_some());
    rows
}

#[test]
fn each_operation_takes_a_token_with_its_scopes_and_no_other() {
    let app = world::app();
    let all = all_scopes();
    let mut open = 0;
    for operation in operations().iter().filter(|it| it.is_secured()) {
        let user = world::user(&app);
        let (path, body) = (own_path(&user, operation), own_body(&user, operation));
        let body = body.as_ref();
        let Some(needed) = needed(operation) else {
            let token = user.personal_token(&all);
            let before = rest(&app, &user);
            let answer = try_with(&app, operation, &token, &path, body);
            assert_refused(&answer, operation, None);
            assert_eq!(rest(&app, &user), before, "{}", operation.id());
            continue;
        };
        assert!(!needed.is_empty(), "{}", operation.id());
        for lacking in &needed {
            let others: Vec<&str> = all.iter().filter(|it| *it != lacking).copied().collect();
            let token = user.personal_token(&others);
            let before = rest(&app, &user);
            let answer = try_with(&app, operation, &token, &path, body);
            assert_refused(&answer, operation, Some(&needed.join(" ")));
            assert_eq!(rest(&app, &user), before, "{}", operation.id());
        }
        let token = user.personal_token(&needed);
        let answer = try_with(&app, operation, &token, &path, body);
        assert!(
            ![401, 403].contains(&answer.status),
            "{}: {answer}",
            operation.id()
        );
        open += 1;
    }
    assert!(open > 80, "only {open} operations take a token");
}

/// The operations that take no token, whatever its scopes.
const PERSONS_ONLY: &[&str] = &[
    "change_password",
    "create_coach_link",
    "create_personal_token",
    "delete_account",
    "delete_personal_token",
    "delete_session",
    "get_personal_token",
    "list_personal_tokens",
    "list_sessions",
    "transition_coach_link",
    "update_coach_link",
    "update_personal_token",
];

#[test]
fn what_concerns_the_account_itself_takes_no_token() {
    let closed: BTreeSet<&str> = operations()
        .iter()
        .filter(|it| it.is_secured() && needed(it).is_none())
        .map(|it| it.value["operationId"].as_str().expect("a name"))
        .collect();
    for name in PERSONS_ONLY {
        assert!(closed.contains(name), "{name} takes a token");
    }
    // What is closed beside these lies below the account.
    for operation in operations() {
        if closed.contains(operation.id()) && !PERSONS_ONLY.contains(&operation.id()) {
            assert!(
                operation.path.starts_with("/v1/me/"),
                "{} takes no token",
                operation.id()
            );
        }
    }
}

#[test]
fn the_scopes_are_those_that_a_reader_expects() {
    let scopes = |method: &str, path: &str| {
        let operations = operations();
        let found = operations
            .iter()
            .find(|it| it.method == method && it.path == path);
        needed(found.unwrap_or_else(|| panic!("{method} {path}")))
            .unwrap_or_default()
            .join(" ")
    };
    for (method, path, expected) in [
        ("GET", "/v1/applications", "applications:read"),
        ("POST", "/v1/applications", "applications:write"),
        ("DELETE", "/v1/goals/{id}", "goals:write"),
        ("GET", "/v1/me", "me:read"),
        ("PATCH", "/v1/me", "me:write"),
        ("DELETE", "/v1/me", ""),
        ("POST", "/v1/tone-checks", "tone-checks:read"),
        ("GET", "/v1/applications/{id}/journey", "journey:read"),
        (
            "DELETE",
            "/v1/wellbeing-check-ins",
            "wellbeing-check-ins:write",
        ),
        (
            "GET",
            "/v1/coach/clients/{seeker_id}/wellbeing-check-ins",
            "coach:read wellbeing-check-ins:read",
        ),
        ("POST", "/v1/coach/clients/{seeker_id}/notes", "coach:write"),
    ] {
        assert_eq!(scopes(method, path), expected, "{method} {path}");
    }
}

#[test]
fn a_token_with_every_scope_mints_nothing_and_leaves_the_account_alone() {
    let app = world::app();
    let user = world::user(&app);
    let token = user.personal_token(&all_scopes());
    let send = |method: &str, path: &str, body: Value| {
        app.request(method, path)
            .bearer(&token)
            .json(&body)
            .problem(403, "insufficient_scope")
    };
    send("POST", "/v1/me/tokens", json!({"name": "x", "scopes": []}));
    send("DELETE", "/v1/me", json!({"password": PASSWORD}));
    let next = json!({"current_password": PASSWORD, "new_password": "a new and long password"});
    send("POST", "/v1/me/password", next);
    let coach = json!({"coach_email": "thief@example.com", "scopes": ["wellbeing"]});
    send("POST", "/v1/coach-links", coach);
    // A path that the router takes for the same one.
    for path in [
        "/v1/me/tokens/",
        "/v1/me//tokens",
        "/v1//me/tokens",
        "/v1/%6de/tokens",
    ] {
        let answer = app
            .request("POST", path)
            .bearer(&token)
            .json(&json!({"name": "x", "scopes": []}))
            .send();
        assert!([403, 404, 405].contains(&answer.status), "{answer}");
    }
    assert_eq!(app.sql_value("SELECT count(*) FROM personal_tokens"), 1);
    // It is no refresh token, and no access token comes of it.
    app.request("POST", "/v1/auth/refresh")
        .json(&json!({"refresh_token": token}))
        .problem(401, "invalid_token");
}

#[test]
fn a_dump_holds_only_hashes() {
    let app = world::app();
    let user = world::user(&app);
    let wish = json!({"name": "A script", "scopes": ["goals:read", "goals:write"]});
    let made = user
        .post("/v1/me/tokens", wish)
        .header("Idempotency-Key", "once")
        .expect(201);
    let token = made.text_at("/token");
    app.request("POST", "/v1/goals")
        .bearer(token)
        .header("Idempotency-Key", "goal")
        .json(&json!({"title": "x", "category": "routine", "kind": "recurring", "target_count": 1, "period": "day"}))
        .expect(201);
    eventually("the note of its use", || {
        app.sql_value("SELECT count(last_used_at) FROM personal_tokens") == 1
    });

    let tables = app.sql(
        "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'",
    );
    let mut dump = String::new();
    for table in &tables {
        let name = table["name"].as_str().expect("a name");
        let rows = app.sql(&format!("SELECT t::text AS row FROM {name} t"));
        for row in rows {
            writeln!(dump, "{name}: {}", row["row"].as_str().expect("a row")).expect("memory");
        }
    }
    let hex = |bytes: &[u8]| {
        bytes
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    assert!(
        dump.contains(&hex(&Sha256::digest(token))),
        "the hash is there"
    );
    // The characters that make it a secret, as text and as the bytes of a stored answer.
    let secret = &token["rbd_pat_".len()..];
    for trace in [secret.to_owned(), hex(secret.as_bytes())] {
        assert!(!dump.contains(&trace), "the token is there");
    }
    // Proof that a stored answer would have been seen.
    assert!(dump.contains(&hex(made.id().as_bytes())));
}

fn send(service: &Service, token: &str) -> u16 {
    Wire::with_token(service.address, token)
        .get("/v1/applications")
        .expect("an answer")
        .status
}

#[test]
fn a_removed_token_is_refused_on_every_replica_within_a_second() {
    let stage = Stage::shared();
    let replicas = [stage.serve(&[]), stage.serve(&[])];
    let user = stage.user();
    let mut wire = user.at(&replicas[0]);
    let mut token = || {
        let wish = json!({"name": "x", "scopes": ["applications:read"]});
        let made = wire.post("/v1/me/tokens", &wish).expect("an answer");
        assert_eq!(made.status, 201, "{}", made.text());
        let place = made.header("location").expect("a place").to_owned();
        (made.member("token"), place)
    };
    let ((removed, place), (kept, _)) = (token(), token());
    for service in &replicas {
        assert_eq!((send(service, &removed), send(service, &kept)), (200, 200));
    }
    let gone = user.at(&replicas[0]).send(&Call::new("DELETE", &place));
    assert_eq!(gone.expect("an answer").status, 204);
    assert_eq!(send(&replicas[0], &removed), 401);
    thread::sleep(Duration::from_secs(1));
    assert_eq!(send(&replicas[1], &removed), 401);
    for service in &replicas {
        assert_eq!(send(service, &kept), 200);
    }
}
