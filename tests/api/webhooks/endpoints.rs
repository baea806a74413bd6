//! What an endpoint is, and what it may be.

use std::thread;

use serde_json::{Value, json};

use super::{LOOPBACK, PATH, hook_with, now, turn};
use crate::support::app::TestApp;

#[test]
fn the_secret_is_shown_once_and_stored_nowhere_as_it_is() {
    let app = TestApp::start();
    let user = app.user();
    let made = hook_with(&user, json!({}));
    let secret = made.text_at("/secret").to_owned();
    assert!(secret.starts_with("whsec_") && secret.len() > 40, "{made}");
    assert_eq!(made.body["secret_shown"], true);
    let seen = user.get(made.header("location")).expect(200);
    let listed = user.get(PATH).expect(200);
    for answer in [&seen, &listed] {
        assert!(!answer.text.contains("whsec_") && !answer.text.contains("secret_shown"));
    }
    // Neither its text nor its bytes.
    let text = secret.trim_start_matches("whsec_");
    let found = format!(
        "SELECT count(*) FROM webhooks WHERE position(decode('{text}', 'base64') IN secret) > 0"
    );
    assert_eq!(app.sql_value(&found), 0);
    let events = app.sql("SELECT data FROM events");
    assert!(!json!(events).to_string().contains(text));
}

#[test]
fn a_repeated_creation_makes_one_webhook_and_does_not_show_the_secret_again() {
    let app = TestApp::start();
    let user = app.user();
    let body = json!({"url": "https://hooks.example.com/", "event_types": ["goal.*"]});
    let send = || {
        let request = user.post(PATH, body.clone());
        request.header("Idempotency-Key", "once").expect(201)
    };
    let (first, again) = (send(), send());
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(again.body["secret_shown"], false);
    assert!(again.body.get("secret").is_none());
    assert_eq!(first.id(), again.id());
    let stored = app.sql("SELECT convert_from(body, 'UTF8') AS body FROM idempotency_keys");
    assert!(!json!(stored).to_string().contains("whsec_"), "{stored:?}");
    assert_eq!(user.get(PATH).expect(200).data().len(), 1);
}

#[test]
fn a_new_secret_is_shown_once_too() {
    let app = TestApp::start();
    let user = app.user();
    let made = hook_with(&user, json!({}));
    let path = format!("{PATH}/{}/rotate-secret", made.id());
    let rotate = || {
        let request = user.post(&path, json!({}));
        request.header("Idempotency-Key", "rotate").expect(200)
    };
    let (first, again) = (rotate(), rotate());
    assert_ne!(first.text_at("/secret"), made.text_at("/secret"));
    assert_eq!(again.body["secret_shown"], false);
    assert!(again.body.get("secret").is_none());
    assert_eq!(first.body["version"], 2);
    let until = now(&user, &made.id())["previous_secret_until"].clone();
    assert_eq!(until, first.body["previous_secret_until"]);
    assert!(until.is_string());
}

#[test]
fn ten_webhooks_are_enough_however_many_are_made_at_once() {
    let app = TestApp::start();
    let user = app.user();
    let body = json!({"url": "https://hooks.example.com/", "event_types": ["*"]});
    let statuses: Vec<u16> = thread::scope(|scope| {
        let tries: Vec<_> = (0..14)
            .map(|_| scope.spawn(|| user.post(PATH, body.clone()).send().status))
            .collect();
        tries
            .into_iter()
            .map(|it| it.join().expect("an answer"))
            .collect()
    });
    let made = statuses.iter().filter(|status| **status == 201).count();
    assert_eq!(made, 10, "{statuses:?}");
    user.post(PATH, body.clone())
        .problem(409, "webhook_limit_reached");
    let one = user.get(PATH).expect(200).text_at("/data/0/id").to_owned();
    user.delete(&format!("{PATH}/{one}")).expect(204);
    user.post(PATH, body.clone()).expect(201);
    // Others have their own.
    app.user().post(PATH, body).expect(201);
}

#[test]
fn a_url_that_leads_elsewhere_than_to_the_public_by_https_is_refused_with_the_reason() {
    let app = TestApp::start();
    let user = app.user();
    let id = hook_with(&user, json!({})).id();
    for (url, code) in [
        ("hooks.example.com", "invalid_url"),
        ("ftp://hooks.example.com/", "invalid_url"),
        ("http://hooks.example.com/", "https_required"),
        ("https://me:secret@hooks.example.com/", "credentials_in_url"),
        ("https://hooks.example.com/#a", "fragment_in_url"),
        ("https://hooks.example.com:25/", "port_refused"),
        ("https://localhost/", "address_refused"),
        ("https://127.1/", "address_refused"),
        ("https://[::ffff:10.0.0.1]/", "address_refused"),
    ] {
        let body = json!({"url": url, "event_types": ["*"]});
        let made = user.post(PATH, body).problem(422, "invalid_fields");
        assert_eq!(made.faults(), [("/url", code)], "{url}");
        let changed = user.patch(&format!("{PATH}/{id}"), json!({"url": url}));
        let changed = changed.problem(422, "invalid_fields");
        assert_eq!(changed.faults(), [("/url", code)], "{url}");
    }
    let body = json!({"url": "https://127.1/", "event_types": ["goal*"]});
    let expected = [
        ("/event_types/0", "unknown_value"),
        ("/url", "address_refused"),
    ];
    let made = user.post(PATH, body.clone());
    assert_eq!(made.problem(422, "invalid_fields").faults(), expected);
    let changed = user.patch(&format!("{PATH}/{id}"), body);
    assert_eq!(changed.problem(422, "invalid_fields").faults(), expected);
    assert_eq!(now(&user, &id)["url"], "https://hooks.example.com/");
}

#[test]
fn what_the_settings_allow_may_be_reached_by_http_and_nothing_beside_it() {
    let app = TestApp::with(&LOOPBACK);
    let user = app.user();
    hook_with(&user, json!({"url": "http://127.0.0.1:9999/"}));
    hook_with(&user, json!({"url": "http://localhost:9999/"}));
    for (url, code) in [
        ("http://10.0.0.1/", "address_refused"),
        ("http://8.8.8.8/", "https_required"),
    ] {
        let body = json!({"url": url, "event_types": ["*"]});
        let refused = user.post(PATH, body).problem(422, "invalid_fields");
        assert_eq!(refused.faults(), [("/url", code)], "{url}");
    }
}

#[test]
fn only_types_that_there_are_and_never_wellbeing_can_be_asked_for() {
    let app = TestApp::start();
    let user = app.user();
    for (kind, code) in [
        ("application.eaten", "unknown_value"),
        ("application", "unknown_value"),
        ("goal*", "unknown_value"),
        ("wellbeing_check_in.created", "never_sent"),
        ("wellbeing_check_in.*", "never_sent"),
    ] {
        let body = json!({"url": "https://hooks.example.com/", "event_types": ["goal.*", kind]});
        let refused = user.post(PATH, body).problem(422, "invalid_fields");
        assert_eq!(refused.faults(), [("/event_types/1", code)], "{kind}");
    }
    let none = json!({"url": "https://hooks.example.com/", "event_types": []});
    user.post(PATH, none).problem(422, "invalid_fields");
}

#[test]
fn a_webhook_is_changed_moved_and_removed_like_everything_else() {
    let app = TestApp::start();
    let user = app.user();
    let made = hook_with(&user, json!({"description": "Kitchen"}));
    let path = format!("{PATH}/{}", made.id());
    let changed = user
        .patch(
            &path,
            json!({"event_types": ["goal.created"], "description": null}),
        )
        .header("If-Match", made.header("etag"))
        .expect(200);
    assert_eq!(changed.body["event_types"], json!(["goal.created"]));
    assert_eq!(changed.body["description"], Value::Null);
    user.patch(&path, json!({"description": "x"}))
        .header("If-Match", made.header("etag"))
        .problem(412, "precondition_failed");
    let off = turn(&user, &made.id(), "disabled");
    assert_eq!(off.body["disabled_reason"], "requested");
    assert_eq!(off.body["allowed_transitions"], json!(["active"]));
    let twice = user.post(&format!("{path}/transitions"), json!({"to": "disabled"}));
    let twice = twice.problem(409, "illegal_transition");
    assert_eq!(twice.body["allowed"], json!(["active"]));
    user.post(&format!("{path}/ping"), json!({}))
        .problem(409, "webhook_disabled");
    let on = turn(&user, &made.id(), "active");
    assert_eq!(on.body["disabled_reason"], Value::Null);
    assert_eq!(on.body["disabled_at"], Value::Null);
    let found = user.get(&format!("{PATH}?status=disabled")).expect(200);
    assert!(found.data().is_empty());
    user.delete(&path).expect(204);
    user.get(&path).problem(404, "not_found");
    assert_eq!(app.sql_value("SELECT count(*) FROM webhook_queue"), 0);
    let kinds = app.sql("SELECT kind FROM events ORDER BY id");
    let kinds: Vec<&str> = kinds.iter().filter_map(|it| it["kind"].as_str()).collect();
    assert_eq!(
        kinds,
        [
            "webhook.created",
            "webhook.updated",
            "webhook.disabled",
            "webhook.enabled",
            "webhook.deleted"
        ]
    );
}

#[test]
fn a_personal_token_has_others_told_of_nothing_that_it_may_not_read_itself() {
    let app = TestApp::start();
    let user = app.user();
    let token = user.personal_token(&["webhooks:write", "goals:read"]);
    let send = |types: Value| {
        let body = json!({"url": "https://hooks.example.com/", "event_types": types});
        app.request("POST", PATH).bearer(&token).json(&body)
    };
    let made = send(json!(["goal.created", "goal_check_in.*"])).expect(201);
    for types in [
        json!(["goal.*", "application.created"]),
        json!(["goal.*", "*"]),
    ] {
        let refused = send(types).problem(422, "invalid_fields");
        assert_eq!(refused.faults(), [("/event_types/1", "beyond_scopes")]);
    }
    // Nor does it lead elsewhere what somebody else asked for.
    let others = hook_with(&user, json!({"event_types": ["application.created"]}));
    let elsewhere = |id: String| {
        let body = json!({"url": "https://elsewhere.example.com/"});
        app.request("PATCH", &format!("{PATH}/{id}"))
            .bearer(&token)
            .json(&body)
    };
    elsewhere(others.id()).problem(422, "invalid_fields");
    elsewhere(made.id()).expect(200);
}
