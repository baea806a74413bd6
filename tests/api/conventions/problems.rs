//! Every error is a problem that a program can read and a person can look up.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use rebound::http::problems;
use serde_json::json;
use uuid::Uuid;

use crate::support::app::TestApp;
use crate::support::client::Answer;
use crate::support::document::{DOCUMENT, operations};

/// What RFC 9457 and docs/API-DESIGN.md ask of every problem.
#[track_caller]
fn is_a_problem(answer: &Answer) {
    assert_eq!(
        answer.header("content-type"),
        "application/problem+json",
        "{answer}"
    );
    assert_eq!(answer.body["status"], answer.status, "{answer}");
    let code = answer.text_at("/code");
    assert_eq!(answer.text_at("/type"), format!("/problems/{code}"));
    assert!(!answer.text_at("/title").is_empty() && !answer.text_at("/detail").is_empty());
    assert_eq!(answer.text_at("/request_id"), answer.header("x-request-id"));
}

#[test]
fn every_refusal_is_a_problem_with_the_request_id() {
    let app = TestApp::start();
    let user = app.user();
    let path = format!("/v1/applications/{}", Uuid::from_u128(1));
    let refusals = [
        app.get("/nothing/here").problem(404, "not_found"),
        user.get(&path).problem(404, "not_found"),
        user.get("/v1/applications/no-id").problem(404, "not_found"),
        app.get("/v1/applications").problem(401, "unauthenticated"),
        app.get("/v1/applications")
            .bearer("nonsense")
            .problem(401, "invalid_token"),
        user.request("PUT", "/v1/applications")
            .problem(405, "method_not_allowed"),
        user.get("/v1/applications")
            .header("Accept", "text/html")
            .problem(406, "not_acceptable"),
        user.request("POST", "/v1/applications")
            .body("text/plain", "{}")
            .problem(415, "unsupported_media_type"),
        user.request("POST", "/v1/applications")
            .problem(415, "unsupported_media_type"),
        user.request("POST", "/v1/applications")
            .body("application/json", "{\"company\":")
            .problem(400, "malformed_request"),
        user.request("POST", "/v1/applications")
            .body("application/json", vec![b' '; 1024 * 1024 + 1])
            .problem(413, "body_too_large"),
        user.post("/v1/applications", json!({}))
            .problem(422, "invalid_fields"),
        user.get("/v1/applications?no_such_filter=1")
            .problem(400, "invalid_query"),
        user.get("/v1/applications?cursor=nonsense")
            .problem(400, "invalid_cursor"),
    ];
    refusals.iter().for_each(is_a_problem);
}

#[test]
fn a_sign_in_is_asked_for_in_the_words_of_the_standard() {
    let app = TestApp::start();
    let nobody = app.get("/v1/applications").expect(401);
    assert_eq!(
        nobody.header("www-authenticate"),
        "Bearer realm=\"rebound\""
    );
    let stranger = app.get("/v1/applications").bearer("nonsense").expect(401);
    assert!(
        stranger
            .header("www-authenticate")
            .contains("error=\"invalid_token\"")
    );
    for scheme in ["Basic dXNlcjpwYXNz", "Bearer", "Bearer ", "x"] {
        app.get("/v1/applications")
            .header("Authorization", scheme)
            .problem(401, "invalid_token");
    }
}

#[test]
fn a_wrong_method_names_the_right_ones() {
    let app = TestApp::start();
    let one = format!("/v1/applications/{}", Uuid::from_u128(1));
    for (path, allowed) in [
        (
            "/v1/applications",
            ["GET", "HEAD", "OPTIONS", "POST"].as_slice(),
        ),
        (&one, &["DELETE", "GET", "HEAD", "OPTIONS", "PATCH"]),
        (&format!("{one}/transitions"), &["OPTIONS", "POST"]),
        ("/v1/applications/batch", &["OPTIONS", "POST"]),
        ("/health/live", &["GET", "HEAD", "OPTIONS"]),
    ] {
        let answer = app.request("PUT", path).problem(405, "method_not_allowed");
        let mut named: Vec<&str> = answer.header("allow").split(", ").collect();
        named.sort_unstable();
        assert_eq!(named, allowed, "{path}");
    }
}

#[test]
fn a_fixed_path_is_never_taken_for_an_id() {
    let app = TestApp::start();
    let user = app.user();
    for method in ["GET", "DELETE", "PATCH", "HEAD"] {
        let answer = user.request(method, "/v1/applications/batch").expect(405);
        assert_eq!(answer.header("allow"), "POST, OPTIONS");
    }
}

#[test]
fn options_names_the_methods_without_a_sign_in() {
    let app = TestApp::start();
    let answer = app.request("OPTIONS", "/v1/applications").expect(204);
    let mut named: Vec<&str> = answer.header("allow").split(", ").collect();
    named.sort_unstable();
    assert_eq!(named, ["GET", "HEAD", "OPTIONS", "POST"]);
    app.request("OPTIONS", "/v1/nothing")
        .problem(404, "not_found");
}

#[test]
fn all_wrong_fields_are_told_at_once() {
    let app = TestApp::start();
    let answer = app
        .user()
        .post(
            "/v1/applications",
            json!({
                "company": "", "url": "ftp://x", "work_mode": "moon", "salary_min": -1,
                "salary_currency": "eur", "applied_on": "1899-12-31", "tags": ["ok", 5, "x".repeat(51)],
                "own_skills": "rust", "nots": "a typo", "a/b~c": 1, "notes": "a\u{0}b",
            }),
        )
        .problem(422, "invalid_fields");
    assert_eq!(
        answer.faults(),
        [
            ("/applied_on", "out_of_range"),
            ("/a~1b~0c", "unknown_member"),
            ("/company", "too_short"),
            ("/job_title", "required"),
            ("/notes", "control_character"),
            ("/nots", "unknown_member"),
            ("/own_skills", "wrong_type"),
            ("/salary_currency", "invalid_currency"),
            ("/salary_min", "too_small"),
            ("/tags/1", "wrong_type"),
            ("/tags/2", "too_long"),
            ("/url", "invalid_url"),
            ("/work_mode", "unknown_value"),
        ]
    );
}

#[test]
fn a_refusal_repeats_no_secrets_and_no_jargon() {
    let app = TestApp::start();
    let user = app.user();
    let secret = "canary-7f3a";
    let texts = [
        user.post(
            "/v1/applications",
            json!({"work_mode": secret, "salary_min": secret}),
        ),
        user.get(&format!("/v1/applications?limit={secret}")),
        user.get(&format!("/v1/applications?status={secret}")),
        user.request("POST", "/v1/applications")
            .body("application/json", format!("{{{secret}")),
    ]
    .map(|request| request.send().text);
    for text in texts {
        assert!(!text.contains(secret), "{text}");
        for jargon in [
            "serde",
            "invalid type",
            "i64",
            "diesel",
            "postgres",
            "SELECT",
            "src/",
        ] {
            assert!(!text.contains(jargon), "{jargon}: {text}");
        }
    }
}

#[test]
fn every_problem_of_the_catalogue_has_a_page_that_explains_it() {
    let app = TestApp::start();
    let list = app.get("/problems").expect(200);
    for kind in problems::ALL {
        let page = app.get(&format!("/problems/{}", kind.code)).expect(200);
        assert!(page.header("content-type").starts_with("text/html"));
        for words in [kind.code, kind.title, &kind.status.to_string()] {
            assert!(page.text.contains(words), "{}: {words}", kind.code);
        }
        assert!(kind.explanation.len() > 20 && page.text.contains(kind.explanation));
        assert!(list.text.contains(&format!("/problems/{}\"", kind.code)));
    }
    app.get("/problems/no_such_problem")
        .problem(404, "not_found");
}

/// Everything that stands between two of these.
fn between<'a>(text: &'a str, mark: &str) -> impl Iterator<Item = &'a str> {
    text.split(mark).skip(1).step_by(2)
}

/// All sources but the catalogue itself.
fn sources(folder: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            text.push_str(&sources(&path));
        } else if !path.ends_with("http/problems.rs") {
            text.push_str(&fs::read_to_string(path).unwrap_or_default());
        }
    }
    text
}

#[test]
fn the_catalogue_has_what_answers_name_and_nothing_else() {
    // Whether an operation can fail in these ways, nobody has to be told.
    let general = ["method_not_allowed", "internal_error"];
    let mut named: BTreeSet<&str> = general.into();
    for operation in operations() {
        let responses = operation.value["responses"].as_object().expect("responses");
        for (_, response) in responses
            .iter()
            .filter(|(it, _)| it.starts_with(['4', '5']))
        {
            let text = response["description"].as_str().unwrap_or_default();
            let lines = text
                .lines()
                .filter_map(|line| line.strip_prefix('`')?.split_once("`:"));
            let lines = lines.filter(|(code, _)| !code.contains(' '));
            for (code, _) in lines {
                assert!(
                    problems::by_code(code).is_some(),
                    "{}: {code}",
                    operation.id()
                );
            }
            named.extend(between(text, "`").filter(|it| problems::by_code(it).is_some()));
        }
    }
    let all: BTreeSet<&str> = problems::ALL.iter().map(|kind| kind.code).collect();
    let never: Vec<_> = all.difference(&named).collect();
    assert!(never.is_empty(), "no operation names {never:?}");

    let sources = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let catalogue = include_str!("../../../src/http/problems.rs");
    for line in catalogue
        .lines()
        .filter(|line| line.contains(": \"") && line.contains("\", "))
    {
        let name = line.trim().split(':').next().expect("a name");
        assert!(sources.contains(name), "nothing says {name}");
    }
}

#[test]
fn an_explanation_sends_nobody_to_a_path_that_is_not_there() {
    let paths = DOCUMENT["paths"].as_object().expect("paths");
    for kind in problems::ALL {
        let words = kind.explanation.split([' ', ',', ';', '(', ')', '?']);
        for word in words.filter(|it| it.starts_with("/v1/")) {
            let path = word.trim_end_matches('.');
            assert!(paths.contains_key(path), "{}: {path}", kind.code);
        }
    }
}
