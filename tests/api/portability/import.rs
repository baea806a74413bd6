//! Documents that are no good, and accounts that are no place for one.

use serde_json::{Value, json};

use super::{exported, import, small};
use crate::support::app::TestApp;
use crate::support::builders::User;
use crate::support::coaching::{SCOPES, client, link};

/// Everything that the user has, as far as an import could have written it.
fn rows_of(user: &User<'_>) -> Value {
    let count = |table: &str| {
        user.app.sql_value(&format!(
            "SELECT count(*) FROM {table} WHERE owner_id = '{}'",
            user.id
        ))
    };
    [
        "applications",
        "application_steps",
        "interviews",
        "contacts",
        "goals",
        "events",
    ]
    .map(count)
    .into_iter()
    .collect()
}

#[test]
fn a_document_goes_into_an_empty_account_only() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T12:00:00Z");
    let (old, new) = (app.user(), app.user());
    let document = small(&old);
    import(&old, &document).problem(409, "account_not_empty");
    assert_eq!(exported(&old)["applications"], document["applications"]);
    // Neither does it where a webhook would be told of all that happened elsewhere.
    let listening = app.user();
    let webhook = json!({"url": "https://example.com/x", "event_types": ["application.created"]});
    listening.post("/v1/webhooks", webhook).expect(201);
    import(&listening, &document).problem(409, "account_not_empty");
    // What was removed again leaves its change log, and an empty account.
    let id = new.application(json!({})).id();
    import(&new, &document).problem(409, "account_not_empty");
    new.delete(&format!("/v1/applications/{id}")).expect(204);
    import(&new, &document).expect(200);
    import(&new, &document).problem(409, "account_not_empty");
}

#[test]
fn a_retry_gets_the_first_answer() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T12:00:00Z");
    let (old, new) = (app.user(), app.user());
    let document = small(&old);
    let send = |document: &Value| {
        new.post("/v1/me/import", document.clone())
            .header("Idempotency-Key", "move-1")
            .send()
    };
    let first = send(&document).expect(200);
    let again = send(&document).expect(200);
    assert_eq!(again.text, first.text);
    assert_eq!(again.header("idempotent-replayed"), "true");
    let mut other = document.clone();
    other["account"]["display_name"] = json!("Another");
    send(&other).problem(422, "idempotency_key_reused");
}

/// A change of a document, and the fault that it makes.
type Fault = (&'static str, Value, &'static str, &'static str);

#[test]
fn what_is_wrong_with_a_document_is_told_with_its_place_and_nothing_is_written() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T12:00:00Z");
    let (old, new) = (app.user(), app.user());
    let document = small(&old);
    let nobodys = json!("019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55");
    let first = document["applications"][0]["id"].clone();
    let faults: Vec<Fault> = vec![
        (
            "/format",
            json!("rebound-account-9"),
            "/format",
            "unknown_value",
        ),
        ("/format", json!(null), "/format", "unknown_value"),
        ("/account", json!([]), "/account", "wrong_type"),
        (
            "/account/time_zone",
            json!("Mars"),
            "/account/time_zone",
            "unknown_time_zone",
        ),
        (
            "/account/preferences/cooloff_hours",
            json!(1),
            "/account/preferences/cooloff_hours",
            "too_small",
        ),
        (
            "/account/password_hash",
            json!("x"),
            "/account/password_hash",
            "unknown_member",
        ),
        ("/users", json!([]), "/users", "unknown_member"),
        ("/applications", json!({}), "/applications", "wrong_type"),
        ("/applications", json!(null), "/applications", "wrong_type"),
        ("/applications/0", json!(7), "/applications/0", "wrong_type"),
        (
            "/applications/0/owner_id",
            nobodys.clone(),
            "/applications/0/owner_id",
            "unknown_member",
        ),
        (
            "/applications/0/id",
            json!("x"),
            "/applications/0/id",
            "invalid_value",
        ),
        (
            "/applications/0/status",
            json!("hired"),
            "/applications/0/status",
            "unknown_value",
        ),
        (
            "/applications/0/version",
            json!(0),
            "/applications/0/version",
            "too_small",
        ),
        (
            "/applications/0/version",
            json!(2_147_483_647),
            "/applications/0/version",
            "too_large",
        ),
        (
            "/applications/0/created_at",
            json!("9999-12-31T00:00:00Z"),
            "/applications/0/created_at",
            "out_of_range",
        ),
        (
            "/applications/0/fields/company",
            json!(""),
            "/applications/0/fields/company",
            "too_short",
        ),
        (
            "/applications/0/fields/company",
            json!("x".repeat(201)),
            "/applications/0/fields/company",
            "too_long",
        ),
        (
            "/applications/0/fields/company",
            json!("a\u{0}b"),
            "/applications/0/fields/company",
            "control_character",
        ),
        (
            "/applications/0/fields/url",
            json!("javascript:alert(1)"),
            "/applications/0/fields/url",
            "invalid_url",
        ),
        (
            "/applications/0/fields/status",
            json!("saved"),
            "/applications/0/fields",
            "not_applicable",
        ),
        (
            "/applications/0/fields/tags/0",
            json!("x".repeat(51)),
            "/applications/0/fields/tags/0",
            "too_long",
        ),
        // What the database knows better.
        (
            "/application_steps/1/application_id",
            nobodys.clone(),
            "/application_steps/1/application_id",
            "unknown_reference",
        ),
        (
            "/application_steps/1/seq",
            json!(1),
            "/application_steps/1/seq",
            "duplicate",
        ),
        (
            "/application_steps/1/to_status",
            json!(null),
            "/application_steps/1/note",
            "invalid_value",
        ),
        (
            "/interviews/0/fields/application_id",
            nobodys.clone(),
            "/interviews/0/fields/application_id",
            "unknown_reference",
        ),
        (
            "/networking_activities/0/fields/contact_id",
            nobodys.clone(),
            "/networking_activities/0/fields/contact_id",
            "unknown_reference",
        ),
        (
            "/goal_check_ins/0/goal_id",
            first.clone(),
            "/goal_check_ins/0/goal_id",
            "unknown_reference",
        ),
        (
            "/goals/0/closed_on",
            json!("2026-03-05"),
            "/goals/0",
            "invalid_value",
        ),
        (
            "/goals/0/fields/period",
            json!(null),
            "/goals/0/fields/period",
            "required",
        ),
        (
            "/applications/1",
            document["applications"][0].clone(),
            "/applications/1/id",
            "duplicate",
        ),
        (
            "/events/0/kind",
            json!("Line\nbreak"),
            "/events/0/kind",
            "invalid_value",
        ),
        (
            "/events/0/data",
            json!("x".repeat(20_000)),
            "/events/0/data",
            "invalid_value",
        ),
    ];
    let before = rows_of(&new);
    for (place, value, pointer, code) in faults {
        let mut wrong = document.clone();
        let (parent, name) = place.rsplit_once('/').expect("a pointer");
        let parent = wrong.pointer_mut(parent).expect("a place");
        match (parent, name.parse::<usize>()) {
            (Value::Array(items), Ok(at)) if at == items.len() => items.push(value),
            (Value::Array(items), Ok(at)) => items[at] = value,
            (parent, _) => parent[name] = value,
        }
        let answer = import(&new, &wrong).problem(422, "invalid_fields");
        assert!(
            answer.faults().contains(&(pointer, code)),
            "{place}: {answer}"
        );
        assert_eq!(rows_of(&new), before, "{place}");
    }
    import(&new, &document).expect(200);
}

#[test]
fn all_faults_of_a_document_are_told_at_once() {
    let app = TestApp::start();
    let user = app.user();
    let mut document = small(&user);
    document["applications"][0]["version"] = json!("x");
    document["interviews"][0]["fields"]["kind"] = json!("x");
    document["events"][0]["resource_id"] = json!(null);
    document["x"] = json!(1);
    let answer = import(&app.user(), &document).problem(422, "invalid_fields");
    let pointers: Vec<&str> = answer.faults().into_iter().map(|it| it.0).collect();
    for pointer in [
        "/applications/0/version",
        "/interviews/0/fields/kind",
        "/events/0/resource_id",
        "/x",
    ] {
        assert!(pointers.contains(&pointer), "{pointer}: {answer}");
    }
    // A document with more than a hundred is not read to its end.
    let row = document["applications"][0].clone();
    document["applications"] = vec![row; 1_000].into();
    let answer = import(&app.user(), &document).problem(422, "invalid_fields");
    assert_eq!(answer.faults().len(), 100);
}

#[test]
fn what_is_no_document_is_refused() {
    let app = TestApp::start();
    let user = app.user();
    let send = |text: &str| {
        user.request("POST", "/v1/me/import")
            .body("application/json", text.to_owned())
    };
    for text in [
        "",
        "{",
        "{\"format\":",
        "{} x",
        "\u{feff}{}",
        "{\"a\":1,}",
        "nul",
    ] {
        send(text).problem(400, "malformed_request");
    }
    send(&"[".repeat(100_000)).problem(422, "invalid_fields");
    send(&format!("{{\"applications\":{}", "[".repeat(100_000))).problem(400, "malformed_request");
    for text in ["[]", "null", "7", "\"x\""] {
        let answer = send(text).problem(422, "invalid_fields");
        assert_eq!(answer.faults(), [("", "wrong_type")]);
    }
    let answer = send("{}").problem(422, "invalid_fields");
    assert_eq!(
        answer.faults(),
        [("/account", "required"), ("/format", "required")]
    );
    let twice = r#"{"format": "rebound-account-1", "format": "rebound-account-1"}"#;
    let answer = send(twice).problem(422, "invalid_fields");
    assert_eq!(answer.faults(), [("/format", "duplicate")]);
    user.request("POST", "/v1/me/import")
        .body("text/plain", "{}")
        .problem(415, "unsupported_media_type");
}

#[test]
fn a_document_and_each_of_its_rows_have_a_limit() {
    let app = TestApp::with(&["--account-document-limit", "6"]);
    let user = app.user();
    let mut document = small(&app.user());
    document["applications"][0]["fields"]["notes"] = json!("x".repeat(5 * 1024 * 1024));
    let answer = import(&user, &document).problem(422, "invalid_fields");
    assert_eq!(answer.faults(), [("/applications", "too_large")]);
    document["applications"][0]["fields"]["notes"] = json!("x".repeat(6 * 1024 * 1024));
    import(&user, &document).problem(413, "body_too_large");
}

#[test]
fn an_import_makes_no_consent_and_no_row_of_anybody_else() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T12:00:00Z");
    let (seeker, coach, thief) = (app.user(), app.user(), app.user());
    small(&seeker);
    link(&app, &seeker, &coach, "active", &SCOPES);
    let document = exported(&seeker);
    assert_eq!(document["coach_links"][0]["status"], "active");
    // Neither the document as it is, nor one that names the thief as the coach of somebody.
    let mut forged = document.clone();
    forged["coach_links"][0]["coach_id"] = json!(thief.id);
    let links = "SELECT count(*) FROM coach_links";
    let before = app.sql_value(links);
    import(&app.user(), &document).expect(200);
    import(&thief, &forged).expect(200);
    assert_eq!(app.sql_value(links), before);
    assert_eq!(thief.get("/v1/coach/clients").expect(200).data().len(), 0);
}

#[test]
fn a_coach_finds_their_own_part_in_their_document_and_nothing_of_their_clients() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T12:00:00Z");
    let coach = app.user();
    let seeker = client(&coach, &SCOPES);
    seeker.application(json!({"company": "Canary"}));
    let note = |visibility: &str| json!({"text": format!("A {visibility} note."), "visibility": visibility});
    let path = format!("/v1/coach/clients/{}/notes", seeker.id);
    for visibility in ["private", "shared"] {
        coach.post(&path, note(visibility)).expect(201);
    }
    let of_coach = exported(&coach);
    assert_eq!(of_coach["coach_notes"].as_array().map(Vec::len), Some(2));
    assert!(!of_coach.to_string().contains("Canary"), "{of_coach}");
    let of_seeker = exported(&seeker);
    assert_eq!(of_seeker["coach_notes"].as_array().map(Vec::len), Some(1));
    assert!(
        !of_seeker.to_string().contains("A private note."),
        "{of_seeker}"
    );
    let others = exported(&app.user());
    assert_eq!(others["coach_notes"], json!([]));
}
