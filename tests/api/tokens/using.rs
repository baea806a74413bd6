//! What is counted and noted of its use.

use serde_json::{Value, json};

use super::{at, get, make};
use crate::support::app::TestApp;
use crate::support::victim::eventually;

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
