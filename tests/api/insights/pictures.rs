//! Insights as pictures.

use serde_json::json;

use super::{NAMES, went};
use crate::support::app::TestApp;
use crate::support::client::Answer;

#[track_caller]
fn is_picture(answer: &Answer) {
    assert_eq!(answer.header("content-type"), "image/svg+xml", "{answer}");
    assert!(answer.text.starts_with("<svg xmlns="), "{answer}");
    assert!(answer.text.contains("role=\"img\"") && answer.text.contains("<title id=\"title\">"));
    assert!(answer.text.contains("<desc id=") && answer.text.contains("prefers-color-scheme:dark"));
    assert!(!answer.text.contains("<script") && !answer.text.contains("href"));
}

#[test]
fn the_accept_header_or_the_parameter_asks_for_a_picture() {
    let app = TestApp::start();
    app.set_clock("2026-06-01T12:00:00Z");
    let user = app.user();
    went(&user, "2026-03-02", &["interviewing"]);
    for name in NAMES {
        let path = format!("/v1/insights/{name}");
        is_picture(
            &user
                .get(&path)
                .header("Accept", "image/svg+xml")
                .expect(200),
        );
        is_picture(&user.get(&format!("{path}?format=svg")).expect(200));
        let with_query = format!("{path}?format=svg&from=2026-03-01&to=2026-03-31");
        is_picture(
            &user
                .get(&with_query)
                .header("Accept", "application/json")
                .expect(200),
        );
        let both = "image/svg+xml;q=0.5, application/json";
        let figures = user.get(&path).header("Accept", both).expect(200);
        assert_eq!(figures.header("content-type"), "application/json");
        let figures = user
            .get(&format!("{path}?format=json"))
            .header("Accept", "image/svg+xml")
            .expect(200);
        assert_eq!(figures.header("content-type"), "application/json");
        user.get(&path)
            .header("Accept", "image/png")
            .problem(406, "not_acceptable");
    }
}

#[test]
fn a_cache_keeps_figures_and_pictures_apart_and_a_picture_has_its_style() {
    let app = TestApp::start();
    let user = app.user();
    let answer = user.get("/v1/insights/pipeline?format=svg").expect(200);
    let vary: Vec<_> = answer.headers.get_all("vary").iter().collect();
    assert!(vary.iter().any(|value| *value == "Accept"), "{vary:?}");
    let policy = answer.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("style-src 'unsafe-inline'"));
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[test]
fn what_a_user_wrote_is_text_in_a_picture() {
    let app = TestApp::start();
    app.set_clock("2026-06-01T12:00:00Z");
    let user = app.user();
    for hostile in [
        "</text><script>alert(1)</script>",
        "\" onload=\"alert(1)",
        "]]><!--",
        "&lt;&amp;",
        "\u{202e}gnp.exe",
        "𓂀𓂀𓂀",
        "A very long name of a source that does not end where the bars begin",
    ] {
        let body = json!({"applied_on": "2026-03-02", "source": hostile, "company": hostile, "job_title": hostile});
        // What is refused cannot be drawn.
        user.post("/v1/applications", body).send();
    }
    for name in NAMES {
        let picture = user
            .get(&format!("/v1/insights/{name}?format=svg"))
            .expect(200);
        is_picture(&picture);
        assert!(
            !picture.text.contains("<!--")
                && !picture.text.contains(" onload=\"")
                && !picture.text.contains('\u{202e}')
        );
        assert_eq!(
            picture.text.contains("&lt;/text&gt;"),
            name == "sources",
            "{name}"
        );
    }
}

#[test]
fn a_picture_prints_its_numbers() {
    let app = TestApp::start();
    app.set_clock("2026-06-01T12:00:00Z");
    let user = app.user();
    for _ in 0..3 {
        went(&user, "2026-03-02", &["interviewing", "rejected"]);
    }
    went(&user, "2026-05-31", &[]);
    let picture = user
        .get("/v1/insights/pipeline?format=svg")
        .expect(200)
        .text;
    for text in [
        "Applications: 4, waiting for a first answer: 1",
        ">Rejected 3<",
        ">Waiting 1<",
        "Interviewing to rejected: 3",
    ] {
        assert!(picture.contains(text), "{text}: {picture}");
    }
    let picture = user
        .get("/v1/insights/rejections?format=svg")
        .expect(200)
        .text;
    assert!(picture.contains("3 of 3 · 100 %"), "{picture}");
}
