//! What it takes to make one, and what is shown of it.

use serde_json::{Value, json};

use super::{TOKENS, at, get, make};
use crate::support::app::TestApp;

#[test]
fn a_token_is_shown_once_and_works_at_once() {
    let app = TestApp::start();
    let user = at(&app, "2026-03-02T09:00:00Z");
    let body = json!({"name": " Backup\u{20}script ", "scopes": ["goals:read", "applications:read"], "expires_at": "2026-04-01T00:00:00Z"});
    let made = make(&user, body);
    let token = made.text_at("/token").to_owned();
    assert!(token.starts_with("rbd_pat_") && token.len() == 46);
    assert_eq!(made.body["secret_shown"], true);
    assert_eq!(made.body["name"], "Backup script");
    assert_eq!(
        made.body["scopes"],
        json!(["goals:read", "applications:read"])
    );
    assert_eq!(made.body["expires_at"], "2026-04-01T00:00:00Z");

    let shown = user.get(made.header("location")).expect(200);
    let listed = user.get(TOKENS).expect(200);
    assert_eq!(listed.data(), std::slice::from_ref(&shown.body));
    assert_eq!(shown.id(), made.id());
    for answer in [&shown, &listed] {
        assert!(!answer.text.contains("rbd_pat_"), "{answer}");
        assert!(!answer.text.contains("hash"), "{answer}");
    }
    get(&app, &token, "/v1/goals").expect(200);
}

#[test]
fn all_that_is_wrong_with_a_wish_is_said() {
    let app = TestApp::start();
    let user = at(&app, "2026-03-02T09:00:00Z");
    let refused = |body: Value| {
        let answer = user.post(TOKENS, body).problem(422, "invalid_fields");
        let faults = answer.faults();
        let texts: Vec<String> = faults
            .iter()
            .map(|(at, code)| format!("{at} {code}"))
            .collect();
        texts.join(", ")
    };
    assert_eq!(
        refused(json!({"name": "", "scopes": ["goals:read", "goals:read"], "token": "x"})),
        "/name too_short, /scopes duplicate, /token unknown_member"
    );
    assert_eq!(refused(json!({})), "/name required, /scopes required");
    assert_eq!(
        refused(
            json!({"name": "", "scopes": ["tokens:write"], "expires_at": "2026-03-02T09:00:00Z"})
        ),
        "/expires_at in_past, /name too_short, /scopes/0 unknown_scope"
    );
    assert_eq!(
        refused(
            json!({"name": "x", "scopes": ["goals:read", "goals:*", "tokens:write"], "expires_at": "2026-03-02T09:00:00Z"})
        ),
        "/expires_at in_past, /scopes/1 unknown_scope, /scopes/2 unknown_scope"
    );
    assert_eq!(
        refused(json!({"name": "x", "scopes": [], "expires_at": "2027-03-03T09:00:01Z"})),
        "/expires_at too_late"
    );
    assert!(user.get(TOKENS).expect(200).data().is_empty());
    make(
        &user,
        json!({"name": "x", "scopes": [], "expires_at": "2027-03-03T09:00:00Z"}),
    );
}

#[test]
fn a_session_that_has_ended_makes_no_token_even_while_it_is_believed() {
    let app = TestApp::start();
    let user = app.user();
    user.get("/v1/me").expect(200);
    app.execute(&format!(
        "DELETE FROM sessions WHERE id = '{}'",
        user.session_id
    ));
    user.post(TOKENS, json!({"name": "x", "scopes": ["me:read"]}))
        .problem(401, "invalid_token");
    assert_eq!(app.sql_value("SELECT count(*) FROM personal_tokens"), 0);
}

#[test]
fn a_retry_is_told_everything_but_the_secret() {
    let app = TestApp::start();
    let user = app.user();
    let send = || {
        user.post(TOKENS, json!({"name": "x", "scopes": ["goals:read"]}))
            .header("Idempotency-Key", "once")
            .expect(201)
    };
    let (first, again) = (send(), send());
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(again.header("location"), first.header("location"));
    assert_eq!(again.body.get("token"), None);
    assert_eq!(first.body["secret_shown"], true);
    assert_eq!(again.body["secret_shown"], false);
    for member in ["id", "name", "scopes", "expires_at"] {
        assert_eq!(again.body[member], first.body[member], "{member}");
    }
    assert_eq!(user.get(TOKENS).expect(200).data().len(), 1);
    get(&app, first.text_at("/token"), "/v1/goals").expect(200);
}

#[test]
fn the_size_of_an_answer_with_a_secret_tells_nothing() {
    let app = TestApp::start();
    let user = app.user();
    let listed = user.get("/openapi.json").expect(200);
    let all = &listed.body["components"]["schemas"]["TokenScope"]["enum"];
    let made = user
        .post(
            TOKENS,
            json!({"name": "\u{1f511}".repeat(100), "scopes": all}),
        )
        .header("Accept-Encoding", "gzip")
        .expect(201);
    assert!(made.bytes.len() > 1_024, "large enough to be compressed");
    assert!(made.headers.get("content-encoding").is_none());
}

#[test]
fn a_user_has_up_to_fifty_tokens_at_a_time() {
    let app = TestApp::start();
    let user = at(&app, "2026-03-02T09:00:00Z");
    let wish = |end: &str| json!({"name": "x", "scopes": [], "expires_at": end});
    let first = make(&user, wish("2026-06-01T00:00:00Z"));
    make(&user, wish("2026-03-03T00:00:00Z"));
    for _ in 2..50 {
        make(&user, wish("2026-06-01T00:00:00Z"));
    }
    let one_more = || user.post(TOKENS, wish("2026-06-01T00:00:00Z"));
    one_more().problem(409, "token_limit_reached");
    make(&app.user(), wish("2026-06-01T00:00:00Z"));
    user.delete(first.header("location")).expect(204);
    one_more().expect(201);
    one_more().problem(409, "token_limit_reached");
    // One that has ended takes no place.
    app.set_clock("2026-03-03T00:00:00Z");
    one_more().expect(201);
    one_more().problem(409, "token_limit_reached");

    let pages = user.pages(&format!("{TOKENS}?limit=20"));
    let mut ids: Vec<String> = pages.iter().flat_map(|page| page.each("id")).collect();
    assert!(ids.is_sorted_by(|a, b| a > b), "newest first");
    ids.dedup();
    assert_eq!(ids.len(), 50);
}

#[test]
fn a_token_is_renamed_and_nothing_else() {
    let app = TestApp::start();
    let user = app.user();
    let made = make(&user, json!({"name": "x", "scopes": ["goals:read"]}));
    let place = made.header("location");
    let renamed = user.patch(place, json!({"name": "Phone"})).expect(200);
    assert_eq!(
        (&renamed.body["name"], &renamed.body["version"]),
        (&json!("Phone"), &json!(2))
    );
    let wider = json!({"scopes": ["goals:write"], "expires_at": "2999-01-01T00:00:00Z"});
    let refused = user.patch(place, wider).problem(422, "invalid_fields");
    assert_eq!(
        refused.faults(),
        [
            ("/expires_at", "unknown_member"),
            ("/scopes", "unknown_member")
        ]
    );
    get(&app, made.text_at("/token"), "/v1/goals").expect(200);
}
