//! Personal access tokens: made, used, bounded, ended.

use serde_json::{Value, json};

use crate::openapi_driven::world::{self, PASSWORD};
use crate::support::app::TestApp;
use crate::support::builders::User;
use crate::support::client::{Answer, Request};
use crate::support::coaching;
use crate::support::victim::eventually;

const TOKENS: &str = "/v1/me/tokens";

fn make(user: &User<'_>, body: Value) -> Answer {
    user.post(TOKENS, body).expect(201)
}

fn get(app: &TestApp, token: &str, path: &str) -> Request {
    app.request("GET", path).bearer(token)
}

/// A user whose clock stands still.
fn at<'a>(app: &'a TestApp, instant: &str) -> User<'a> {
    app.set_clock(instant);
    app.user()
}

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
    get(&app, &token, "/v1/goals").expect(200);

    let shown = user.get(made.header("location")).expect(200);
    let listed = user.get(TOKENS).expect(200);
    assert_eq!(listed.data(), [shown.body.clone()]);
    assert_eq!(shown.id(), made.id());
    for answer in [&shown, &listed] {
        assert!(!answer.text.contains("rbd_pat_"), "{answer}");
        assert!(!answer.text.contains("hash"), "{answer}");
    }
}

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
fn a_token_ends_with_its_time() {
    let app = TestApp::start();
    let user = at(&app, "2026-03-02T09:00:00Z");
    let usual = make(&user, json!({"name": "x", "scopes": ["goals:read"]}));
    assert_eq!(usual.body["expires_at"], "2026-05-31T09:00:00Z");
    let short = make(
        &user,
        json!({"name": "x", "scopes": ["goals:read"], "expires_at": "2026-03-02T09:10:00Z"}),
    );
    let works = |made: &Answer| get(&app, made.text_at("/token"), "/v1/goals").send().status;
    assert_eq!((works(&short), works(&usual)), (200, 200));
    app.set_clock("2026-03-02T09:09:59Z");
    assert_eq!(works(&short), 200);
    app.set_clock("2026-03-02T09:10:00Z");
    assert_eq!((works(&short), works(&usual)), (401, 200));
    get(&app, short.text_at("/token"), "/v1/goals").problem(401, "invalid_token");
    // It is gone, for its user too.
    assert_eq!(user.get(TOKENS).expect(200).each("id"), [usual.id()]);
    user.get(short.header("location")).problem(404, "not_found");
    app.set_clock("2026-05-31T09:00:00Z");
    assert_eq!(works(&usual), 401);
}

#[test]
fn a_removed_token_opens_nothing_from_the_next_request_on() {
    let app = TestApp::start();
    let user = app.user();
    let (made, other) = (
        make(&user, json!({"name": "x", "scopes": ["goals:read"]})),
        user.personal_token(&["goals:read"]),
    );
    let token = made.text_at("/token");
    get(&app, token, "/v1/goals").expect(200);
    let place = made.header("location");
    user.delete(place).header("If-Match", "\"v2-\"").expect(412);
    get(&app, token, "/v1/goals").expect(200);
    user.delete(place)
        .header("If-Match", made.header("etag"))
        .expect(204);
    get(&app, token, "/v1/goals").problem(401, "invalid_token");
    get(&app, &other, "/v1/goals").expect(200);
    user.delete(place).problem(404, "not_found");
}

#[test]
fn a_new_password_a_disabled_account_and_an_erased_one_end_all_tokens() {
    let app = world::app();
    let refused = |token: &str| get(&app, token, "/v1/goals").problem(401, "invalid_token");
    let with_token = || {
        let user = world::user(&app);
        let token = user.personal_token(&["goals:read"]);
        get(&app, &token, "/v1/goals").expect(200);
        (user, token)
    };
    let (_, bystander) = with_token();

    let (user, token) = with_token();
    let change = json!({"current_password": PASSWORD, "new_password": "a new and long password"});
    user.post("/v1/me/password", change).expect(204);
    refused(&token);
    user.get("/v1/me").expect(200);

    let (user, token) = with_token();
    app.execute(&format!(
        "INSERT INTO email_tokens (hash, user_id, purpose, expires_at)
         VALUES (sha256('rbd_pr_x'), '{}', 'password_reset', '2999-01-01Z')",
        user.id
    ));
    let reset = json!({"token": "rbd_pr_x", "new_password": "a new and long password"});
    app.request("POST", "/v1/auth/password-reset/confirm")
        .json(&reset)
        .expect(204);
    refused(&token);

    let (user, token) = with_token();
    user.request("DELETE", "/v1/me")
        .json(&json!({"password": PASSWORD}))
        .expect(204);
    refused(&token);
    assert_eq!(
        app.sql_value(&format!(
            "SELECT count(*) FROM personal_tokens WHERE user_id = '{}'",
            user.id
        )),
        0
    );

    // From the command line, where no running service is told of it.
    let (user, token) = with_token();
    app.execute(&format!(
        "UPDATE users SET disabled_at = now() WHERE id = '{}'",
        user.id
    ));
    eventually("the end of the token", || {
        get(&app, &token, "/v1/goals").send().status == 401
    });
    get(&app, &bystander, "/v1/goals").expect(200);
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
        .post(TOKENS, json!({"name": "x", "scopes": all}))
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
fn a_use_is_noted_once_a_minute() {
    let app = TestApp::start();
    let user = at(&app, "2026-03-02T09:00:00Z");
    let made = make(&user, json!({"name": "x", "scopes": ["goals:read"]}));
    let (token, place) = (made.text_at("/token"), made.header("location"));
    let noted = || user.get(place).expect(200).body["last_used_at"].clone();
    assert_eq!(noted(), Value::Null);
    // A request that is refused is a use too: whoever holds the token, tried.
    get(&app, token, "/v1/me").problem(403, "insufficient_scope");
    eventually("the first use", || noted() == "2026-03-02T09:00:00Z");
    let etag = user.get(place).expect(200).header("etag").to_owned();

    let used_at = |instant: &str| {
        app.set_clock(instant);
        // The database is asked again after a second.
        app.execute("SELECT pg_sleep(1)");
        get(&app, token, "/v1/goals").expect(200);
    };
    used_at("2026-03-02T09:00:59Z");
    used_at("2026-03-02T09:01:00Z");
    eventually("the next use", || noted() == "2026-03-02T09:01:00Z");
    // It is no change of the token.
    user.patch(place, json!({"name": "y"}))
        .header("If-Match", &etag)
        .expect(200);
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

#[test]
fn each_token_has_a_limit_of_its_own() {
    let app = TestApp::with(&["--rate-limit-user", "5"]);
    let user = app.user();
    let (one, other) = (
        user.personal_token(&["goals:read"]),
        user.personal_token(&["goals:read"]),
    );
    for left in (0..5).rev() {
        let answer = get(&app, &one, "/v1/goals").expect(200);
        assert_eq!(answer.header("ratelimit-policy"), "\"token\";q=5;w=60");
        assert_eq!(
            answer.header("ratelimit"),
            format!("\"token\";r={left};t=0")
        );
    }
    let refused = get(&app, &one, "/v1/goals").problem(429, "rate_limited");
    assert!(
        refused
            .header("retry-after")
            .parse::<u32>()
            .expect("seconds")
            > 0
    );
    get(&app, &other, "/v1/goals").expect(200);
    user.get("/v1/goals").expect(200);
}

#[test]
fn tokens_that_are_not_good_count_for_their_network() {
    let app = TestApp::with(&["--rate-limit-network", "6"]);
    let user = app.user();
    let good = user.personal_token(&["goals:read"]);
    let removed = make(&user, json!({"name": "x", "scopes": ["goals:read"]}));
    user.delete(removed.header("location")).expect(204);
    let answer = get(&app, &good, "/v1/goals").expect(200);
    assert!(answer.header("ratelimit").starts_with("\"token\""));
    for _ in 0..5 {
        let answer =
            get(&app, removed.text_at("/token"), "/v1/goals").problem(401, "invalid_token");
        assert!(answer.header("ratelimit").starts_with("\"network\""));
    }
    get(&app, removed.text_at("/token"), "/v1/goals").problem(429, "rate_limited");
    get(&app, "rbd_pat_x", "/v1/goals").problem(429, "rate_limited");
    // Whoever is known stands for themselves.
    get(&app, &good, "/v1/goals").expect(200);
    user.get("/v1/goals").expect(200);
}

#[test]
fn garbage_is_refused_without_asking_the_database() {
    let app = TestApp::start();
    let user = app.user();
    let token = user.personal_token(&["goals:read"]);
    app.execute("DROP TABLE personal_tokens");
    let (text, checksum) = token.split_at(40);
    let turned: String = checksum.chars().rev().collect();
    let garbage = [
        "rbd_pat_".to_owned(),
        format!("rbd_pat_{}", "A".repeat(38)),
        text.to_owned(),
        format!("{token}A"),
        format!("{text}{turned}"),
        token.to_lowercase(),
        token.replace("rbd_pat_", "rbd_rt_"),
        format!("rbd_pat_{}", "\u{e9}".repeat(19)),
    ];
    for token in garbage {
        app.request("GET", "/v1/goals")
            .header("Authorization", format!("Bearer {token}"))
            .problem(401, "invalid_token");
    }
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
