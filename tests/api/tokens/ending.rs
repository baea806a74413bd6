//! How a token ends.

use serde_json::json;

use super::{TOKENS, at, get, make};
use crate::openapi_driven::world::{self, PASSWORD};
use crate::support::app::TestApp;
use crate::support::client::Answer;
use crate::support::victim::eventually;

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
