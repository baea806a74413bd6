//! Which web pages may call the API: none, unless an origin is configured.

use crate::support::app::TestApp;
use crate::support::client::Request;

const ORIGIN: &str = "https://app.example.com";

fn preflight(app: &TestApp, origin: &str) -> Request {
    app.request("OPTIONS", "/v1/applications")
        .header("Origin", origin)
        .header("Access-Control-Request-Method", "POST")
        .header(
            "Access-Control-Request-Headers",
            "authorization, content-type, idempotency-key, if-match",
        )
}

#[test]
fn no_origin_is_allowed_by_default() {
    let app = TestApp::start();
    let user = app.user();
    let answers = [
        user.get("/v1/applications").header("Origin", ORIGIN).send(),
        preflight(&app, ORIGIN).send(),
    ];
    for answer in answers {
        assert!(
            !answer
                .headers
                .keys()
                .any(|name| name.as_str().starts_with("access-control")),
            "{answer}"
        );
    }
}

#[test]
fn a_configured_origin_may_call_and_read_the_headers_it_needs() {
    let app = TestApp::with(&[
        "--cors-origins",
        "https://other.example,https://app.example.com",
    ]);
    let user = app.user();
    let asked = preflight(&app, ORIGIN).send();
    assert!(asked.status == 200 || asked.status == 204, "{asked}");
    assert_eq!(asked.header("access-control-allow-origin"), ORIGIN);
    let allowed = asked.header("access-control-allow-headers").to_lowercase();
    for name in [
        "authorization",
        "content-type",
        "idempotency-key",
        "if-match",
    ] {
        assert!(allowed.contains(name), "{allowed}");
    }
    assert!(
        asked
            .header("access-control-allow-methods")
            .contains("POST")
    );
    let answer = user
        .get("/v1/applications")
        .header("Origin", ORIGIN)
        .expect(200);
    assert_eq!(answer.header("access-control-allow-origin"), ORIGIN);
    assert!(answer.header("vary").to_lowercase().contains("origin"));
    let shown = answer
        .header("access-control-expose-headers")
        .to_lowercase();
    for name in [
        "etag",
        "link",
        "location",
        "retry-after",
        "x-request-id",
        "ratelimit",
        "date",
    ] {
        assert!(shown.contains(name), "{shown}");
    }
    // A page of that origin has to be able to read why it was refused.
    let refused = app
        .get("/v1/applications")
        .header("Origin", ORIGIN)
        .expect(401);
    assert_eq!(refused.header("access-control-allow-origin"), ORIGIN);
}

#[test]
fn another_origin_stays_outside() {
    let app = TestApp::with(&["--cors-origins", ORIGIN]);
    let user = app.user();
    for origin in [
        "https://evil.example",
        "null",
        "https://app.example.com.evil.example",
        "http://app.example.com",
    ] {
        for answer in [
            preflight(&app, origin).send(),
            user.get("/v1/applications").header("Origin", origin).send(),
        ] {
            assert!(
                answer.headers.get("access-control-allow-origin").is_none(),
                "{answer}"
            );
            assert!(answer.status < 500, "{answer}");
        }
    }
    // Whoever builds the page finds out why.
    let refused = preflight(&app, "https://evil.example").problem(400, "malformed_request");
    assert!(
        refused.text_at("/detail").contains("--cors-origins"),
        "{refused}"
    );
}

#[test]
fn an_answer_to_a_preflight_is_an_answer_like_every_other() {
    let app = TestApp::with(&["--cors-origins", ORIGIN]);
    for origin in [ORIGIN, "https://evil.example"] {
        let answer = preflight(&app, origin).send();
        assert!(!answer.header("x-request-id").is_empty(), "{answer}");
        assert_eq!(
            answer.header("x-content-type-options"),
            "nosniff",
            "{answer}"
        );
        if answer.status >= 400 {
            assert_eq!(
                answer.header("content-type"),
                "application/problem+json",
                "{answer}"
            );
        }
    }
}
