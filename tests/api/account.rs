//! Accounts: register, sign in, stay signed in, change, leave.

use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::client::Answer;
use crate::support::mails::wait_for_token;

const PASSWORD: &str = "correct horse battery staple";

fn register(app: &TestApp, email: &str) -> Answer {
    let body = json!({"email": email, "password": PASSWORD, "time_zone": "Europe/Berlin"});
    app.request("POST", "/v1/auth/register")
        .json(&body)
        .expect(201)
}

fn login(app: &TestApp, email: &str, password: &str) -> crate::support::client::Request {
    let body = json!({"email": email, "password": password});
    app.request("POST", "/v1/auth/login").json(&body)
}

fn refresh(app: &TestApp, token: &Value) -> crate::support::client::Request {
    app.request("POST", "/v1/auth/refresh")
        .json(&json!({"refresh_token": token}))
}

fn me(app: &TestApp, signed_in: &Answer) -> crate::support::client::Request {
    app.request("GET", "/v1/me")
        .bearer(signed_in.text_at("/access_token"))
}

/// Waits until a token that was alive a moment ago is refused; promise 8 allows one second.
fn wait_until_refused(app: &TestApp, signed_in: &Answer) {
    let begun = std::time::Instant::now();
    while me(app, signed_in).send().status != 401 {
        assert!(begun.elapsed().as_secs() < 5, "the session goes on");
    }
}

#[test]
fn a_new_user_is_signed_in_at_once() {
    let app = TestApp::start();
    let new = register(&app, "New.Person@example.com");
    assert_eq!(new.body["token_type"], "Bearer");
    assert_eq!(new.body["expires_in"], 900);
    let me = me(&app, &new).expect(200);
    assert_eq!(me.body["email"], "New.Person@example.com");
    assert_eq!(me.body["time_zone"], "Europe/Berlin");
    assert_eq!(me.body["preferences"]["cooloff_hours"], 24);
}

#[test]
fn an_address_has_one_account_in_whatever_case() {
    let app = TestApp::start();
    register(&app, "one@example.com");
    let body = json!({"email": "ONE@example.com", "password": PASSWORD});
    app.request("POST", "/v1/auth/register")
        .json(&body)
        .problem(409, "email_taken");
}

#[test]
fn all_that_is_wrong_with_a_registration_is_said_at_once() {
    let app = TestApp::start();
    let body = json!({"email": "nobody", "password": "password123", "time_zone": "Mars/Base"});
    let answer = app
        .request("POST", "/v1/auth/register")
        .json(&body)
        .problem(422, "invalid_fields");
    let mut places: Vec<&str> = answer
        .faults()
        .into_iter()
        .map(|(pointer, _)| pointer)
        .collect();
    places.sort_unstable();
    assert_eq!(places, ["/email", "/password", "/time_zone"]);
    assert!(
        !answer.text.contains("password123"),
        "a password is never echoed"
    );
}

#[test]
fn a_wrong_password_and_an_unknown_address_look_alike() {
    let app = TestApp::start();
    register(&app, "known@example.com");
    let wrong =
        login(&app, "known@example.com", "not the password").problem(401, "invalid_credentials");
    let unknown = login(&app, "unknown@example.com", PASSWORD).problem(401, "invalid_credentials");
    let plain = |answer: &Answer| {
        let mut body = answer.body.clone();
        body["request_id"] = Value::Null;
        body
    };
    assert_eq!(plain(&wrong), plain(&unknown));
    login(&app, "Known@Example.com", PASSWORD).expect(200);
}

#[test]
fn right_passwords_at_the_same_moment_are_no_guesses() {
    let app = TestApp::with(&["--login-limit-account", "2"]);
    register(&app, "busy@example.com");
    let sign_in = || {
        let begun = std::time::Instant::now();
        loop {
            let answer = login(&app, "busy@example.com", PASSWORD).send();
            // A machine without time says so, and takes it the next time.
            if answer.status != 503 || begun.elapsed().as_secs() > 30 {
                return answer.status;
            }
        }
    };
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..12).map(|_| scope.spawn(sign_in)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("an answer"))
            .collect()
    });
    assert_eq!(statuses, [200; 12]);
    // Nothing of it was counted.
    login(&app, "busy@example.com", "a wrong one").problem(401, "invalid_credentials");
    login(&app, "busy@example.com", PASSWORD).expect(200);
}

#[test]
fn an_attempt_whose_end_nobody_saw_counts_as_failed_after_a_while() {
    let app = TestApp::with(&["--login-limit-account", "1"]);
    register(&app, "a@example.com");
    login(&app, "a@example.com", "a wrong one").problem(401, "invalid_credentials");
    let pending_for = |seconds: u32| {
        app.execute(&format!(
            "UPDATE throttles SET pending = true, at = now() - interval '{seconds} seconds'"
        ));
    };
    // It may still turn out to be the right password: come again.
    pending_for(0);
    let busy = login(&app, "a@example.com", PASSWORD).problem(503, "service_unavailable");
    assert!(!busy.header("retry-after").is_empty(), "{busy}");
    pending_for(31);
    login(&app, "a@example.com", PASSWORD).problem(429, "rate_limited");
}

#[test]
fn a_refresh_token_works_once_and_its_reuse_ends_the_session() {
    let app = TestApp::start();
    let first = register(&app, "a@example.com");
    let second = refresh(&app, &first.body["refresh_token"]).expect(200);
    let third = refresh(&app, &second.body["refresh_token"]).expect(200);
    refresh(&app, &first.body["refresh_token"]).problem(401, "token_reused");
    refresh(&app, &third.body["refresh_token"]).send();
    wait_until_refused(&app, &third);
}

#[test]
fn a_lost_answer_may_be_asked_for_again() {
    let app = TestApp::start();
    let first = register(&app, "a@example.com");
    refresh(&app, &first.body["refresh_token"]).expect(200);
    let again = refresh(&app, &first.body["refresh_token"]).expect(200);
    refresh(&app, &again.body["refresh_token"]).expect(200);
}

#[test]
fn a_logout_ends_the_session() {
    let app = TestApp::start();
    let user = register(&app, "a@example.com");
    let body = json!({"refresh_token": user.body["refresh_token"]});
    app.request("POST", "/v1/auth/logout")
        .json(&body)
        .expect(204);
    app.request("POST", "/v1/auth/logout")
        .json(&body)
        .expect(204);
    wait_until_refused(&app, &user);
    refresh(&app, &user.body["refresh_token"]).problem(401, "invalid_token");
}

#[test]
fn a_changed_password_ends_the_other_sessions() {
    let app = TestApp::start();
    let here = register(&app, "a@example.com");
    let elsewhere = login(&app, "a@example.com", PASSWORD).expect(200);
    let body = json!({"current_password": PASSWORD, "new_password": "another long enough one"});
    app.request("POST", "/v1/me/password")
        .bearer(here.text_at("/access_token"))
        .json(&body)
        .expect(204);
    wait_until_refused(&app, &elsewhere);
    me(&app, &here).expect(200);
    login(&app, "a@example.com", PASSWORD).problem(401, "invalid_credentials");
    login(&app, "a@example.com", "another long enough one").expect(200);
}

#[test]
fn sessions_are_listed_and_ended_one_by_one() {
    let app = TestApp::start();
    let here = register(&app, "a@example.com");
    let there = login(&app, "a@example.com", PASSWORD).expect(200);
    let request = |method: &str, path: &str| {
        app.request(method, path)
            .bearer(here.text_at("/access_token"))
    };
    let sessions = request("GET", "/v1/me/sessions").expect(200);
    assert_eq!(sessions.data().len(), 2);
    let other = sessions
        .data()
        .iter()
        .find(|s| s["current"] == false)
        .expect("the other one");
    let path = format!("/v1/me/sessions/{}", other["id"].as_str().expect("an id"));
    request("DELETE", &path).expect(204);
    request("DELETE", &path).problem(404, "not_found");
    wait_until_refused(&app, &there);
}

#[test]
fn an_access_token_ends_after_a_quarter_of_an_hour() {
    let app = TestApp::start();
    app.set_clock("2026-11-01T10:00:00Z");
    let user = register(&app, "a@example.com");
    app.set_clock("2026-11-01T10:14:59Z");
    me(&app, &user).expect(200);
    app.set_clock("2026-11-01T10:15:00Z");
    me(&app, &user).problem(401, "invalid_token");
}

#[test]
fn preferences_are_merged_and_checked() {
    let app = TestApp::start();
    let user = register(&app, "a@example.com");
    let patch = |body: Value| {
        app.request("PATCH", "/v1/me")
            .bearer(user.text_at("/access_token"))
            .json(&body)
    };
    let changed =
        patch(json!({"display_name": "Sam", "preferences": {"cooloff_hours": 48}})).expect(200);
    assert_eq!(changed.body["preferences"]["cooloff_hours"], 48);
    assert_eq!(changed.body["preferences"]["ghost_after_days"], 30);
    let wrong = json!({"time_zone": "Nowhere", "preferences": {"cooloff_hours": 1, "week_starts_on": "friday"}});
    let answer = patch(wrong).problem(422, "invalid_fields");
    assert_eq!(answer.faults().len(), 3, "{}", answer.text);
}

#[test]
fn erasure_needs_the_password_and_leaves_nothing() {
    let app = TestApp::start();
    let user = register(&app, "gone@example.com");
    let request = |method: &str, path: &str, body: Value| {
        app.request(method, path)
            .bearer(user.text_at("/access_token"))
            .json(&body)
    };
    let application = json!({"company": "canary-company", "job_title": "canary-title"});
    request("POST", "/v1/applications", application).expect(201);
    request("DELETE", "/v1/me", json!({"password": "wrong"})).problem(403, "wrong_password");
    request("DELETE", "/v1/me", json!({"password": PASSWORD})).expect(204);
    for table in [
        "users",
        "sessions",
        "applications",
        "application_steps",
        "events",
        "idempotency_keys",
    ] {
        let count = app.sql_value(&format!("SELECT count(*) FROM {table}"));
        assert_eq!(count, 0, "{table}");
    }
    login(&app, "gone@example.com", PASSWORD).problem(401, "invalid_credentials");
}

#[test]
fn an_account_that_no_request_has_the_time_to_erase_is_erased_all_the_same() {
    let app = TestApp::start();
    let gone = register(&app, "gone@example.com");
    let kept = app.user();
    let application = json!({"company": "Kite", "job_title": "Engineer"});
    kept.post("/v1/applications", application.clone())
        .expect(201);
    let request = |method: &str, path: &str, body: &Value| {
        app.request(method, path)
            .bearer(gone.text_at("/access_token"))
            .json(body)
    };
    request("POST", "/v1/applications", &application).expect(201);
    app.erase_slowly();
    request("DELETE", "/v1/me", &json!({"password": PASSWORD})).expect(204);
    assert_eq!(app.sql_value("SELECT count(*) FROM applications"), 1);
    assert_eq!(app.sql_value("SELECT count(*) FROM users"), 1);
    login(&app, "gone@example.com", PASSWORD).problem(401, "invalid_credentials");
    kept.get("/v1/me").expect(200);
}

#[test]
fn under_verification_a_known_address_looks_like_a_new_one() {
    let app = TestApp::with(&["--email-verification", "required"]);
    let register = |email: &str| {
        let body = json!({"email": email, "password": PASSWORD});
        app.request("POST", "/v1/auth/register")
            .json(&body)
            .expect(202)
    };
    let new = register("new@example.com");
    let again = register("new@example.com");
    assert_eq!(new.body, again.body);
    login(&app, "new@example.com", PASSWORD).problem(401, "invalid_credentials");
}

#[test]
fn whoever_registers_an_unproved_address_again_takes_nothing_over() {
    let mails = tempfile::tempdir().expect("a folder");
    let url = format!("file:{}", mails.path().display());
    let app = TestApp::with(&["--email-verification", "required", "--mail-url", &url]);
    let register = |password: &str| {
        let body = json!({"email": "mine@example.com", "password": password});
        app.request("POST", "/v1/auth/register")
            .json(&body)
            .expect(202);
    };
    register("the first password of all");
    let proof = wait_for_token(mails.path(), "rbd_ev_");
    register("the second password of all");
    let setter = wait_for_token(mails.path(), "rbd_pr_");
    // Neither password counts, even after the owner has proved the address with the first mail.
    app.request("POST", "/v1/auth/verify-email")
        .json(&json!({"token": proof}))
        .expect(204);
    for password in ["the first password of all", "the second password of all"] {
        login(&app, "mine@example.com", password).problem(401, "invalid_credentials");
    }
    app.request("POST", "/v1/auth/password-reset/confirm")
        .json(&json!({"token": setter, "new_password": PASSWORD}))
        .expect(204);
    login(&app, "mine@example.com", PASSWORD).expect(200);
    // Once it is proved, nobody takes it over.
    register("the third password of all");
    login(&app, "mine@example.com", PASSWORD).expect(200);
    login(&app, "mine@example.com", "the third password of all")
        .problem(401, "invalid_credentials");
}

#[test]
fn mails_prove_an_address_and_reset_a_password() {
    let mails = tempfile::tempdir().expect("a folder");
    let url = format!("file:{}", mails.path().display());
    let app = TestApp::with(&["--email-verification", "required", "--mail-url", &url]);
    let body = json!({"email": "new@example.com", "password": PASSWORD});
    app.request("POST", "/v1/auth/register")
        .json(&body)
        .expect(202);
    let token = wait_for_token(mails.path(), "rbd_ev_");
    let body = json!({"token": token});
    app.request("POST", "/v1/auth/verify-email")
        .json(&body)
        .expect(204);
    app.request("POST", "/v1/auth/verify-email")
        .json(&body)
        .problem(422, "invalid_email_token");
    let old = login(&app, "new@example.com", PASSWORD).expect(200);

    let reset = |email: &str| {
        let body = json!({"email": email});
        app.request("POST", "/v1/auth/password-reset")
            .json(&body)
            .expect(202)
    };
    assert_eq!(
        reset("new@example.com").body,
        reset("unknown@example.com").body
    );
    let token = wait_for_token(mails.path(), "rbd_pr_");
    let body = json!({"token": token, "new_password": "a new and long password"});
    app.request("POST", "/v1/auth/password-reset/confirm")
        .json(&body)
        .expect(204);
    wait_until_refused(&app, &old);
    login(&app, "new@example.com", "a new and long password").expect(200);
}

#[test]
fn the_public_keys_are_published() {
    let app = TestApp::start();
    let keys = app.request("GET", "/.well-known/jwks.json").expect(200);
    assert_eq!(keys.body["keys"][0]["kty"], "OKP");
    assert_eq!(keys.body["keys"][0]["alg"], "EdDSA");
}
