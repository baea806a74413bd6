//! The tone check: what it says about a draft, and in which shape.

use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::builders::User;

const CLEAN: &str = "Dear Ms. Okafor,\n\nThank you for letting me know, and for the time your team gave me.\n\nKind regards,\nSam Rivera";

fn check(user: &User<'_>, body: &str) -> Value {
    let draft = json!({"kind": "rejection_reply", "body": body});
    user.post("/v1/tone-checks", draft).expect(200).body
}

/// The text at the span of a finding.
fn at_span(body: &str, finding: &Value) -> String {
    let end = |name: &str| finding["span"][name].as_u64().expect("a number") as usize;
    body.chars()
        .skip(end("start"))
        .take(end("end") - end("start"))
        .collect()
}

#[test]
fn a_clean_draft_has_no_findings() {
    let app = TestApp::start();
    let user = app.user();
    assert_eq!(
        check(&user, CLEAN),
        json!({"language": "en", "verdict": "clean", "findings": []})
    );
}

#[test]
fn a_finding_says_what_it_saw_where_and_what_to_do() {
    let app = TestApp::start();
    let user = app.user();
    let body =
        "Hi 👩‍💻 Zoé,\n\nthank you for the call 🙂 It’s your fault that I came late.\n\nBest,\nSam";
    let tone = check(&user, body);
    assert_eq!(tone["verdict"], "blocked");
    let finding = &tone["findings"][0];
    assert_eq!(finding["rule"], "blame");
    assert_eq!(finding["severity"], "blocker");
    assert_eq!(finding["in"], "body");
    assert_eq!(finding["excerpt"], at_span(body, finding));
    assert!(
        finding["excerpt"]
            .as_str()
            .is_some_and(|text| text.contains("your fault"))
    );
    assert!(
        finding["suggestion"]
            .as_str()
            .is_some_and(|text| !text.is_empty())
    );
}

#[test]
fn what_is_missing_has_an_empty_span_at_the_end() {
    let app = TestApp::start();
    let user = app.user();
    let tone = check(&user, "I enjoyed meeting the team 🙂");
    assert_eq!(tone["verdict"], "advice");
    let findings = tone["findings"].as_array().expect("a list");
    let rules: Vec<_> = findings.iter().map(|finding| &finding["rule"]).collect();
    assert_eq!(
        rules,
        ["missing_greeting", "missing_sign_off", "missing_thanks"]
    );
    for finding in findings {
        assert_eq!(finding["severity"], "advice");
        assert_eq!(finding["span"], json!({"start": 28, "end": 28}));
        assert_eq!(finding["excerpt"], "");
    }
}

#[test]
fn another_language_gets_no_verdict_and_no_findings() {
    let app = TestApp::start();
    let user = app.user();
    let tone = check(
        &user,
        "Sehr geehrte Frau Okafor,\n\nes ist Ihre Schuld, VERDAMMT.\n\nMit freundlichen Grüßen",
    );
    assert_eq!(
        tone,
        json!({"language": "unsupported", "verdict": null, "findings": []})
    );
}

#[test]
fn a_subject_is_checked_as_well() {
    let app = TestApp::start();
    let user = app.user();
    let draft =
        json!({"kind": "rejection_reply", "subject": "About the [Job Title]", "body": CLEAN});
    let tone = user.post("/v1/tone-checks", draft).expect(200).body;
    assert_eq!(tone["findings"][0]["rule"], "unresolved_placeholder");
    assert_eq!(tone["findings"][0]["in"], "subject");
    assert_eq!(tone["findings"][0]["span"], json!({"start": 10, "end": 21}));
}

#[test]
fn a_networking_note_needs_no_thanks() {
    let app = TestApp::start();
    let user = app.user();
    let body =
        "Hi Nell,\n\nI saw your talk on soil health and would love to hear more.\n\nBest,\nSam";
    let of = |kind: &str| {
        let draft = json!({"kind": kind, "body": body});
        user.post("/v1/tone-checks", draft).expect(200).body["findings"].clone()
    };
    assert_eq!(of("networking"), json!([]));
    assert_eq!(of("thank_you")[0]["rule"], "missing_thanks");
}

#[test]
fn the_same_draft_gives_the_same_bytes() {
    let app = TestApp::start();
    let user = app.user();
    let draft =
        json!({"kind": "feedback_request", "body": "YOU OWE ME AN ANSWER. Thanks for nothing!!!"});
    let first = user.post("/v1/tone-checks", draft.clone()).expect(200);
    let second = user.post("/v1/tone-checks", draft).expect(200);
    assert_eq!(first.text, second.text);
}

#[test]
fn an_unknown_kind_and_a_wrong_length_are_told_by_member() {
    let app = TestApp::start();
    let user = app.user();
    for (draft, pointer) in [
        (json!({"kind": "love_letter", "body": CLEAN}), "/kind"),
        (json!({"kind": "networking", "body": ""}), "/body"),
        (
            json!({"kind": "networking", "body": "a".repeat(20_001)}),
            "/body",
        ),
        (
            json!({"kind": "networking", "subject": "a".repeat(201), "body": CLEAN}),
            "/subject",
        ),
        (
            json!({"kind": "networking", "body": CLEAN, "language": "en"}),
            "/language",
        ),
        (json!({"kind": "networking"}), "/body"),
    ] {
        let answer = user
            .post("/v1/tone-checks", draft)
            .problem(422, "invalid_fields");
        assert_eq!(answer.body["errors"][0]["pointer"], pointer, "{answer}");
    }
    let longest =
        json!({"kind": "networking", "subject": "é".repeat(200), "body": "🙂 é ".repeat(5_000)});
    user.post("/v1/tone-checks", longest).expect(200);
}

#[test]
fn a_stranger_is_asked_to_sign_in() {
    let app = TestApp::start();
    let draft = json!({"kind": "rejection_reply", "body": CLEAN});
    let answer = app.request("POST", "/v1/tone-checks").json(&draft).send();
    assert_eq!(answer.status, 401, "{answer}");
}

#[test]
fn a_retry_with_a_key_is_answered_once() {
    let app = TestApp::start();
    let user = app.user();
    let send = |body: &str| {
        user.request("POST", "/v1/tone-checks")
            .header("Idempotency-Key", "draft-1")
            .json(&json!({"kind": "rejection_reply", "body": body}))
    };
    let first = send(CLEAN).expect(200);
    let again = send(CLEAN).expect(200);
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(first.text, again.text);
    send("Hi!").problem(422, "idempotency_key_reused");
}
