//! What every answer carries: ids, security headers, quotas, compression.

use std::io::Read;

use flate2::read::GzDecoder;
use serde_json::json;

use crate::support::app::TestApp;
use crate::support::client::Answer;

/// One answer of each kind: API, page, document, errors with and without a handler.
fn answers(app: &TestApp) -> Vec<Answer> {
    let user = app.user();
    let id = user.application(json!({})).id();
    let one = format!("/v1/applications/{id}");
    let etag = user.get(&one).expect(200).header("etag").to_owned();
    vec![
        user.get("/v1/applications").expect(200),
        user.get(&one).expect(200),
        user.get(&one).header("If-None-Match", &etag).expect(304),
        user.post("/v1/applications", json!({})).expect(422),
        app.get("/v1/applications").expect(401),
        app.request("OPTIONS", "/v1/applications").expect(204),
        app.request("PUT", "/v1/applications").expect(405),
        user.get(&one).header("Accept", "image/png").expect(406),
        user.delete(&one).expect(204),
        app.get("/nothing").expect(404),
        app.get("/health/ready").expect(200),
        app.get("/openapi.json").expect(200),
        app.get("/").expect(200),
        app.get("/docs").expect(308),
        app.get("/docs/").expect(200),
        app.get("/app/").expect(200),
        app.get("/problems/conflict").expect(200),
    ]
}

#[test]
fn every_answer_carries_the_security_headers_an_id_and_the_quota() {
    let app = TestApp::start();
    for answer in answers(&app) {
        assert_eq!(
            answer.header("x-content-type-options"),
            "nosniff",
            "{answer}"
        );
        assert_eq!(answer.header("x-frame-options"), "DENY", "{answer}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{answer}");
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("frame-ancestors 'none'"), "{answer}");
        assert!(
            !policy.contains("unsafe-eval") && !policy.contains('*'),
            "{answer}"
        );
        assert!(!answer.header("x-request-id").is_empty(), "{answer}");
        assert!(answer.header("ratelimit").contains("r="), "{answer}");
        assert!(
            answer.header("ratelimit-policy").contains("w=60"),
            "{answer}"
        );
        assert!(answer.headers.get("server").is_none(), "{answer}");
    }
}

#[test]
fn what_is_personal_is_stored_by_nobody_on_the_way() {
    let app = TestApp::start();
    for answer in answers(&app) {
        if answer.shown.contains("/v1") {
            assert_eq!(answer.header("cache-control"), "no-store", "{answer}");
        }
    }
}

#[test]
fn the_request_id_of_the_client_is_taken_over_when_it_is_sane() {
    let app = TestApp::start();
    let long = "x".repeat(128);
    for sane in [
        "a",
        "trace-1_2.3",
        "019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55",
        &long,
    ] {
        let answer = app.get("/health/live").header("X-Request-Id", sane).send();
        assert_eq!(answer.header("x-request-id"), sane);
        let refused = app.get("/nothing").header("X-Request-Id", sane).send();
        assert_eq!(refused.text_at("/request_id"), sane);
    }
}

#[test]
fn an_insane_request_id_is_replaced() {
    let app = TestApp::start();
    let long = "x".repeat(129);
    for insane in ["", "a b", "<script>", "a\"b", "é", "a\tb", &long] {
        let answer = app
            .get("/health/live")
            .header("X-Request-Id", insane)
            .send();
        let id = answer.header("x-request-id");
        assert!(
            uuid::Uuid::try_parse(id).is_ok(),
            "{insane:?} became {id:?}"
        );
    }
}

#[test]
fn each_user_has_a_quota_and_learns_when_to_come_again() {
    let app = TestApp::with(&["--rate-limit-user", "5"]);
    let (user, other) = (app.user(), app.user());
    for left in (0..5).rev() {
        let answer = user.get("/v1/applications").expect(200);
        assert_eq!(answer.header("ratelimit-policy"), "\"user\";q=5;w=60");
        assert_eq!(answer.header("ratelimit"), format!("\"user\";r={left};t=0"));
    }
    let refused = user.get("/v1/applications").problem(429, "rate_limited");
    let wait: u32 = refused.header("retry-after").parse().expect("seconds");
    assert!(
        (1..=13).contains(&wait),
        "a fifth of a minute, not {wait} s"
    );
    assert_eq!(
        refused.header("ratelimit"),
        format!("\"user\";r=0;t={wait}")
    );
    other.get("/v1/applications").expect(200);
    // A stopped clock neither freezes nor lifts the limit.
    app.set_clock("2031-01-01T00:00:00Z");
    user.get("/v1/applications").problem(429, "rate_limited");
}

#[test]
fn a_network_without_a_valid_token_has_a_quota_of_its_own() {
    let app = TestApp::with(&["--rate-limit-network", "3"]);
    let user = app.user();
    for _ in 0..2 {
        app.get("/v1/applications").expect(401);
    }
    app.get("/v1/applications").bearer("forged").expect(401);
    let refused = app.get("/health/ready").problem(429, "rate_limited");
    // Whoever restarts what does not answer must not be made to by somebody else's requests.
    app.get("/health/live").expect(200);
    assert!(
        refused
            .header("ratelimit-policy")
            .starts_with("\"network\";q=3")
    );
    // Nobody believes what a client says of its address.
    app.get("/health/ready")
        .header("X-Forwarded-For", "203.0.113.7")
        .problem(429, "rate_limited");
    user.get("/v1/applications").expect(200);
}

#[test]
fn a_trusted_proxy_is_believed() {
    let app = TestApp::with(&[
        "--rate-limit-network",
        "1",
        "--trusted-proxies",
        "127.0.0.0/8",
    ]);
    for last in 1..4 {
        let client = format!("198.51.100.{last}");
        let get = || app.get("/health/ready").header("X-Forwarded-For", &client);
        get().expect(200);
        get().problem(429, "rate_limited");
    }
}

#[test]
fn a_client_of_a_trusted_proxy_can_neither_hide_nor_use_up_what_the_proxy_has() {
    let app = TestApp::with(&[
        "--rate-limit-network",
        "2",
        "--trusted-proxies",
        "127.0.0.0/8",
    ]);
    let ready = |forwarded: &[u8]| {
        app.get("/health/ready")
            .header("X-Forwarded-For", forwarded)
    };
    // What the client claims stands left of what the proxy adds.
    ready(b"\xe9, 198.51.100.7:50000").expect(200);
    ready(b"198.51.100.8, 198.51.100.7").expect(200);
    ready(b"\xff, [198.51.100.9], 198.51.100.7:1").problem(429, "rate_limited");
    ready(b"198.51.100.9").expect(200);
    // Whom the proxy does not know counts as the proxy, whose own questions go on.
    for _ in 0..2 {
        ready(b"unknown").expect(200);
    }
    ready(b"unknown").problem(429, "rate_limited");
    app.get("/v1/applications").problem(429, "rate_limited");
    for _ in 0..3 {
        app.get("/health/ready").expect(200);
    }
}

#[test]
fn large_answers_are_compressed_as_the_client_likes() {
    let app = TestApp::start();
    let user = app.user();
    for _ in 0..3 {
        user.application(json!({"notes": "They value plain writing. ".repeat(40)}));
    }
    let plain = user.get("/v1/applications").expect(200);
    assert!(plain.headers.get("content-encoding").is_none());
    assert!(
        plain
            .header("vary")
            .to_lowercase()
            .contains("accept-encoding")
    );

    let gzip = user
        .get("/v1/applications")
        .header("Accept-Encoding", "gzip, br")
        .send();
    assert_eq!(gzip.header("content-encoding"), "gzip");
    let mut unpacked = Vec::new();
    GzDecoder::new(gzip.bytes.as_slice())
        .read_to_end(&mut unpacked)
        .expect("gzip");
    assert_eq!(unpacked, plain.bytes);
    assert!(gzip.bytes.len() < plain.bytes.len() / 2);

    let zstd = user
        .get("/v1/applications")
        .header("Accept-Encoding", "gzip, zstd")
        .send();
    assert_eq!(zstd.header("content-encoding"), "zstd");
    assert_eq!(
        zstd::decode_all(zstd.bytes.as_slice()).expect("zstd"),
        plain.bytes
    );

    for refused in ["identity", "br", "gzip;q=0", "zstd;q=0.000, gzip;q=0"] {
        let answer = user
            .get("/v1/applications")
            .header("Accept-Encoding", refused)
            .send();
        assert!(
            answer.headers.get("content-encoding").is_none(),
            "{refused}"
        );
        assert_eq!(answer.bytes, plain.bytes);
    }
}

#[test]
fn what_a_client_takes_is_read_from_every_line_in_any_case_with_its_weight() {
    let app = TestApp::start();
    let user = app.user();
    let list = || user.get("/v1/applications");
    for taken in [
        "",
        "Application/JSON",
        "APPLICATION/*; Q=0.1",
        "text/html, */*;q=0.01",
    ] {
        list().header("Accept", taken).expect(200);
    }
    list()
        .header("Accept", "text/html")
        .header("Accept", "application/json")
        .expect(200);
    for refused in [
        "application/json;q=0.0",
        "*/*;q=0.000",
        "application/json; Q=0, text/*",
    ] {
        list()
            .header("Accept", refused)
            .problem(406, "not_acceptable");
    }
    let csv = || user.get("/v1/exports/applications.csv");
    csv().header("Accept", "TEXT/*").expect(200);
    csv()
        .header("Accept", "text/csv;q=0, text/*")
        .problem(406, "not_acceptable");
    for _ in 0..3 {
        user.application(json!({"notes": "They value plain writing. ".repeat(40)}));
    }
    let answer = list()
        .header("Accept-Encoding", "br")
        .header("Accept-Encoding", "GZIP")
        .send();
    assert_eq!(answer.header("content-encoding"), "gzip");
}

#[test]
fn head_answers_as_get_without_the_body() {
    let app = TestApp::start();
    let user = app.user();
    let one = format!("/v1/applications/{}", user.application(json!({})).id());
    for path in [
        one.as_str(),
        "/v1/applications",
        "/health/live",
        "/openapi.json",
    ] {
        let (get, head) = (
            user.get(path).expect(200),
            user.request("HEAD", path).expect(200),
        );
        assert!(head.bytes.is_empty());
        for name in ["etag", "content-type", "content-length", "cache-control"] {
            assert_eq!(head.header(name), get.header(name), "{name} of {path}");
        }
    }
    app.request("HEAD", "/v1/applications").expect(401);
    user.request("HEAD", &format!("{one}/transitions"))
        .expect(405);
}
