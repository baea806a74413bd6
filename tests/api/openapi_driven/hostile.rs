//! Promise 24: whatever a client sends, it is never a 5xx and always an answer of the API.

use serde_json::{Value, json};

use super::schema::{Place, is, places};
use super::values::{HOLE, encoded, large, texts};
use super::world::{self, own_body, own_path, request};
use crate::support::builders::User;
use crate::support::client::Answer;
use crate::support::document::{Operation, operations};

#[track_caller]
fn harmless(answer: &Answer, operation: &Operation, what: &str) {
    let what: String = what.chars().take(80).collect();
    assert!(
        answer.status < 500,
        "{} with {what}: {answer}",
        operation.id()
    );
    if answer.status >= 400 {
        assert_eq!(
            answer.header("content-type"),
            "application/problem+json",
            "{what}: {answer}"
        );
        assert!(!answer.text_at("/code").is_empty());
    }
}

/// Sends raw text as the body of an operation.
fn send_raw(
    user: &User<'_>,
    operation: &Operation,
    path: &str,
    body: impl Into<reqwest::blocking::Body>,
) -> Answer {
    let (kind, _) = operation.body().expect("a body");
    user.request(&operation.method, path)
        .body(kind, body)
        .send()
}

/// Members whose value a password is hashed for: each try takes a tenth of a second.
fn is_slow(operation: &Operation) -> bool {
    let hashed = operation.json_body().map(places).unwrap_or_default();
    hashed.iter().any(|place| place.name().contains("password"))
}

#[test]
fn hostile_values_in_any_member_of_any_body_are_harmless() {
    let app = world::app();
    let texts = texts();
    for operation in operations()
        .into_iter()
        .filter(|it| it.json_body().is_some())
    {
        let user = world::user(&app);
        let path = own_path(&user, &operation);
        let body = own_body(&user, &operation).expect("a body");
        let members = operation.json_body().map(places).unwrap_or_default();
        for (number, place) in members.iter().enumerate() {
            let mut holed = body.clone();
            place.put(&mut holed, json!(HOLE));
            let holed = holed.to_string();
            let step = if is_slow(&operation) { 3 } else { 1 };
            let large = large().into_iter().filter(|_| number <= 1);
            let usual = texts.iter().skip(number % step).step_by(step).cloned();
            for text in usual.chain(large) {
                let raw = holed.replace(&format!("\"{HOLE}\""), &text);
                let what = format!("{text:.60} at {}", place.pointer);
                let answer = send_raw(&user, &operation, &path, raw);
                harmless(&answer, &operation, &what);
            }
        }
    }
}

#[test]
fn a_body_that_is_no_unicode_is_harmless() {
    let app = world::app();
    for operation in operations().into_iter().filter(|it| it.body().is_some()) {
        let user = world::user(&app);
        let path = own_path(&user, &operation);
        let sample = operation.sample_body().unwrap_or_default().to_string();
        for bytes in [
            b"\xff\xfe".as_slice(),
            b"\xc3\x28",
            b"\xed\xa0\x80",
            b"\xf4\x90\x80\x80",
            b"\0",
            b"\xef\xbb\xbf{}",
        ] {
            let mut inside = sample.replacen('"', "\"?", 1).into_bytes();
            if let Some(at) = inside.iter().position(|byte| *byte == b'?') {
                inside.splice(at..=at, bytes.iter().copied());
            }
            for body in [bytes.to_vec(), inside] {
                let answer = send_raw(&user, &operation, &path, body);
                harmless(&answer, &operation, &format!("{bytes:?}"));
                assert!(
                    operation.json_body().is_none() || answer.status >= 400,
                    "{answer}"
                );
            }
        }
    }
}

#[test]
fn hostile_values_in_any_query_parameter_are_harmless() {
    let app = world::app();
    for operation in operations() {
        let user = world::user(&app);
        let path = own_path(&user, &operation);
        let body = own_body(&user, &operation);
        let mut names = vec!["no_such_parameter"];
        names.extend(operation.parameters("query").iter().map(|(name, _)| *name));
        for name in names {
            for value in encoded() {
                let (target, what) = (
                    format!("{path}?{name}={value}"),
                    format!("{name}={value:.60}"),
                );
                // With the sign-in once; an operation that ends it does so at the first good request.
                let answer = request(&user, &operation, &target, body.as_ref()).send();
                harmless(&answer, &operation, &what);
            }
        }
        for query in [
            "=",
            "&&&",
            "%00=1",
            "%FF=%FF",
            "a[b]=c",
            "limit",
            "?",
            &"a=1&".repeat(500),
        ] {
            let answer =
                request(&user, &operation, &format!("{path}?{query}"), body.as_ref()).send();
            harmless(&answer, &operation, query);
        }
    }
}

#[test]
fn an_unknown_query_parameter_is_refused_by_every_operation() {
    let app = world::app();
    for operation in operations().iter().filter(|it| it.path.starts_with("/v1")) {
        let user = world::user(&app);
        let path = own_path(&user, operation);
        let body = own_body(&user, operation);
        request(
            &user,
            operation,
            &format!("{path}?no_such_parameter=1"),
            body.as_ref(),
        )
        .problem(400, "invalid_query");
    }
}

#[test]
fn hostile_values_in_any_path_parameter_are_harmless() {
    let app = world::app();
    for operation in operations().into_iter().filter(|it| it.path.contains('{')) {
        let user = world::user(&app);
        let own = own_path(&user, &operation);
        let body = own_body(&user, &operation);
        let pattern: Vec<&str> = operation.path.split('/').collect();
        for at in (0..pattern.len()).filter(|at| pattern[*at].starts_with('{')) {
            for value in encoded() {
                let mut segments: Vec<&str> = own.split('/').collect();
                segments[at] = &value;
                let answer = request(&user, &operation, &segments.join("/"), body.as_ref()).send();
                harmless(&answer, &operation, &value);
            }
        }
    }
}

#[test]
fn hostile_headers_are_harmless() {
    let app = world::app();
    let long = "x".repeat(8_000);
    for operation in operations() {
        let user = world::user(&app);
        let path = own_path(&user, &operation);
        let body = own_body(&user, &operation);
        for name in [
            "If-Match",
            "If-None-Match",
            "Idempotency-Key",
            "Accept",
            "Accept-Encoding",
            "X-Request-Id",
            "X-Forwarded-For",
            "User-Agent",
            "Last-Event-ID",
            "Prefer",
        ] {
            for value in [
                b"\xff\xfe".as_slice(),
                b"",
                b",,,;;;===",
                b"\"",
                b"*/*;q=x",
                b"W/",
                b"\"v-1-\"",
                b"\"v99999999999999999999-\"",
                b"bytes=0-",
                long.as_bytes(),
            ] {
                // A change is refused by a condition that does not fit; none is made here.
                let answer = request(&user, &operation, &path, body.as_ref())
                    .header(name, value)
                    .send();
                harmless(
                    &answer,
                    &operation,
                    &format!("{name}: {}", String::from_utf8_lossy(value)),
                );
            }
        }
    }
}

#[test]
fn a_text_at_its_limit_is_taken_and_one_beyond_is_not() {
    let app = world::app();
    let mut tried = 0;
    for operation in operations()
        .into_iter()
        .filter(|it| it.json_body().is_some() && it.method != "DELETE")
    {
        let user = world::user(&app);
        let path = own_path(&user, &operation);
        let body = own_body(&user, &operation).expect("a body");
        let texts = operation.json_body().map(places).unwrap_or_default();
        let texts = texts
            .into_iter()
            .filter(|it| is(it.schema, "string") && it.schema["maxLength"].is_u64());
        for Place { pointer, schema } in texts {
            let most =
                usize::try_from(schema["maxLength"].as_u64().expect("a limit")).expect("small");
            let place = Place { pointer, schema };
            let mut tried_body = body.clone();
            place.put(&mut tried_body, Value::String("\u{e9}".repeat(most + 1)));
            let answer = request(&user, &operation, &path, Some(&tried_body)).send();
            let each = answer.body.pointer("/results/0/status") == Some(&json!(422));
            assert!(
                answer.status == 422 || each,
                "{} at {}: {answer}",
                operation.id(),
                place.pointer
            );
            tried += 1;
        }
    }
    assert!(tried > 20, "only {tried} texts");
}
