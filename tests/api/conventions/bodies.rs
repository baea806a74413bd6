//! What a body may be: JSON of a bounded size and depth, known members, clean text.

use serde_json::json;

use crate::support::app::TestApp;

const PATH: &str = "/v1/applications";

#[test]
fn malformed_json_is_400_and_the_place_is_told() {
    let app = TestApp::start();
    let user = app.user();
    for body in [
        "",
        "{",
        "{\"a\":}",
        "[1,]",
        "nul",
        "{\"a\":1}x",
        "{'a':1}",
        "\u{feff}{}",
        "{\"a\":1e999}",
    ] {
        let answer = user.request("POST", PATH).body("application/json", body);
        answer.problem(400, "malformed_request");
    }
    let answer = user
        .request("POST", PATH)
        .body("application/json", "{\n \"a\": x}")
        .send();
    assert!(
        answer.text_at("/detail").contains("line 2, column 7"),
        "{answer}"
    );
}

#[test]
fn a_body_that_is_no_object_is_one_wrong_field() {
    let app = TestApp::start();
    let user = app.user();
    for body in [json!([]), json!("x"), json!(1), json!(null), json!(true)] {
        let answer = user.post(PATH, body).problem(422, "invalid_fields");
        assert_eq!(answer.faults(), [("", "wrong_type")]);
    }
}

#[test]
fn a_type_may_come_with_parameters_and_in_any_case() {
    let app = TestApp::start();
    let user = app.user();
    let body = json!({"company": "A", "job_title": "B"}).to_string();
    for kind in [
        "application/json; charset=utf-8",
        "Application/JSON",
        "application/json ;x=y",
    ] {
        user.request("POST", PATH)
            .body(kind, body.clone())
            .expect(201);
    }
    for kind in [
        "application/jsonp",
        "text/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
    ] {
        let answer = user.request("POST", PATH).body(kind, body.clone());
        let answer = answer.problem(415, "unsupported_media_type");
        assert_eq!(answer.header("accept-post"), "application/json");
    }
}

#[test]
fn a_compressed_body_is_not_unfolded() {
    let app = TestApp::start();
    let bomb = zstd::bulk::compress(&vec![b' '; 50_000_000], 1).expect("a bomb");
    for encoding in ["gzip", "zstd", "br", "deflate", "x-unknown", "gzip, gzip"] {
        app.user()
            .request("POST", PATH)
            .header("Content-Encoding", encoding)
            .body("application/json", bomb.clone())
            .problem(415, "unsupported_media_type");
    }
}

#[test]
fn text_is_trimmed_and_composed() {
    let app = TestApp::start();
    let made = app.user().application(json!({
        "company": "  Cafe\u{301} Noir \n", "notes": "line one\r\nline\ttwo", "tags": [" a "]
    }));
    assert_eq!(made.text_at("/company"), "Caf\u{e9} Noir");
    assert_eq!(made.text_at("/notes"), "line one\nline\ttwo");
    assert_eq!(made.body["tags"], json!(["a"]));
}

#[test]
fn text_of_blanks_only_counts_as_empty() {
    let app = TestApp::start();
    let body = json!({"company": " \t\n ", "job_title": "\u{a0}", "notes": ""});
    let answer = app.user().post(PATH, body).problem(422, "invalid_fields");
    assert_eq!(
        answer.faults(),
        [
            ("/company", "too_short"),
            ("/job_title", "too_short"),
            ("/notes", "too_short")
        ]
    );
}

#[test]
fn control_characters_are_refused_and_not_dropped() {
    let app = TestApp::start();
    let user = app.user();
    for bad in ["\u{0}", "\u{7}", "\u{1b}", "\u{7f}", "\u{85}", "a\rb"] {
        let body = json!({"company": format!("a{bad}b"), "job_title": "x"});
        let answer = user.post(PATH, body).problem(422, "invalid_fields");
        assert_eq!(
            answer.faults(),
            [("/company", "control_character")],
            "{bad:?}"
        );
    }
}

#[test]
fn a_length_counts_characters_and_not_bytes() {
    let app = TestApp::start();
    let user = app.user();
    let flag = "\u{1f3f4}".repeat(200);
    let made = user.application(json!({"company": flag}));
    assert_eq!(made.text_at("/company"), flag);
    let body = json!({"company": format!("{flag}x"), "job_title": "x"});
    assert_eq!(
        user.post(PATH, body).expect(422).faults(),
        [("/company", "too_long")]
    );
}

#[test]
fn a_member_that_comes_twice_does_not_slip_past_the_rules() {
    let app = TestApp::start();
    let body = r#"{"company": "A", "job_title": "B", "company": "C"}"#;
    let made = app
        .user()
        .request("POST", PATH)
        .body("application/json", body)
        .expect(201);
    // RFC 8259 leaves it open; what counts is that one of both is taken whole.
    assert_eq!(made.text_at("/company"), "C");
}
