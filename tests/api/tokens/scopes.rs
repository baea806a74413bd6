//! What a token may do.

use serde_json::{Value, json};

use super::{TOKENS, get};
use crate::support::app::TestApp;
use crate::support::coaching;

#[test]
fn a_token_does_what_its_scopes_say_and_is_told_what_it_lacks() {
    let app = TestApp::start();
    let user = app.user();
    let id = user.application(json!({})).id();
    let one = format!("/v1/applications/{id}");
    let reader = user.personal_token(&["applications:read"]);
    let writer = user.personal_token(&["applications:write"]);

    get(&app, &reader, &one).expect(200);
    app.request("HEAD", &one).bearer(&reader).expect(200);
    let refused = app
        .request("PATCH", &one)
        .bearer(&reader)
        .json(&json!({"notes": "x"}))
        .problem(403, "insufficient_scope");
    assert_eq!(
        refused.header("www-authenticate"),
        "Bearer realm=\"rebound\", error=\"insufficient_scope\", scope=\"applications:write\""
    );
    assert_eq!(
        refused.body["required_scopes"],
        json!(["applications:write"])
    );

    // To write is not to read.
    app.request("PATCH", &one)
        .bearer(&writer)
        .json(&json!({"notes": "x"}))
        .expect(200);
    get(&app, &writer, &one).problem(403, "insufficient_scope");
    // What is shown around an application is more than the application.
    let journey = format!("{one}/journey");
    get(&app, &reader, &journey).problem(403, "insufficient_scope");
    let whole = user.personal_token(&["journey:read"]);
    get(&app, &whole, &journey).expect(200);
    get(&app, &whole, &one).problem(403, "insufficient_scope");
}

#[test]
fn an_empty_list_of_scopes_grants_nothing() {
    let app = TestApp::start();
    let user = app.user();
    let token = user.personal_token(&[]);
    for path in ["/v1/me", "/v1/applications", "/v1/signals", TOKENS] {
        get(&app, &token, path).problem(403, "insufficient_scope");
    }
    let draft = json!({"kind": "thank_you", "body": "Thank you."});
    app.request("POST", "/v1/tone-checks")
        .bearer(&token)
        .json(&draft)
        .problem(403, "insufficient_scope");
}

#[test]
fn a_token_sees_its_own_user_and_nobody_else() {
    let app = TestApp::start();
    let (user, other) = (app.user(), app.user());
    let theirs = other.application(json!({})).id();
    let token = user.personal_token(&["applications:read", "me:read"]);
    get(&app, &token, &format!("/v1/applications/{theirs}")).problem(404, "not_found");
    assert!(
        get(&app, &token, "/v1/applications")
            .expect(200)
            .data()
            .is_empty()
    );
    let me = get(&app, &token, "/v1/me").expect(200);
    assert_eq!(me.id(), user.id.to_string());
}

#[test]
fn how_somebody_is_needs_its_own_scope_wherever_it_is_shown() {
    let app = TestApp::start();
    let coach = app.user();
    let client = coaching::client(&coach, &coaching::SCOPES);
    for _ in 0..3 {
        client
            .post("/v1/wellbeing-check-ins", json!({"score": 1}))
            .expect(201);
    }
    let rules = |token: &str, path: &str, pointer: &str| {
        let answer = get(&app, token, path).expect(200);
        let signals = answer.body.pointer(pointer).and_then(Value::as_array);
        let rules = signals
            .expect("signals")
            .iter()
            .map(|it| it["rule"].clone());
        Value::from_iter(rules)
    };
    let low = json!(["low_wellbeing"]);
    let (seeker, coaches) = (
        ("/v1/signals", "/data"),
        ("/v1/coach/clients", "/data/0/signals"),
    );

    let without = client.personal_token(&["signals:read"]);
    let with = client.personal_token(&["signals:read", "wellbeing-check-ins:read"]);
    assert_eq!(rules(&without, seeker.0, seeker.1), json!([]));
    assert_eq!(rules(&with, seeker.0, seeker.1), low);

    let without = coach.personal_token(&["coach:read"]);
    let with = coach.personal_token(&["coach:read", "wellbeing-check-ins:read"]);
    assert_eq!(rules(&without, coaches.0, coaches.1), json!([]));
    assert_eq!(rules(&with, coaches.0, coaches.1), low);
    let view = format!("/v1/coach/clients/{}/wellbeing-check-ins", client.id);
    let refused = get(&app, &without, &view).problem(403, "insufficient_scope");
    assert_eq!(
        refused.body["required_scopes"],
        json!(["coach:read", "wellbeing-check-ins:read"])
    );
    get(
        &app,
        &coach.personal_token(&["wellbeing-check-ins:read"]),
        &view,
    )
    .problem(403, "insufficient_scope");
    get(&app, &with, &view).expect(200);
}
