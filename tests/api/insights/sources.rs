//! What comes of applications by where they were found.

use serde_json::{Value, json};

use super::{counts, insight};
use crate::support::app::TestApp;
use crate::support::builders::User;

#[track_caller]
fn found(user: &User<'_>, source: Option<&str>, steps: &[&str]) {
    let body = json!({"applied_on": "2026-03-02", "source": source});
    let id = user.application(body).id();
    for step in steps {
        user.transition(&id, json!({"to": step})).expect(200);
    }
}

#[test]
fn each_source_has_its_answers_interviews_and_offers() {
    let app = TestApp::start();
    app.set_clock("2026-06-01T12:00:00Z");
    let user = app.user();
    found(&user, Some("Referral"), &["interviewing", "offer"]);
    found(&user, Some("referral"), &["rejected"]);
    found(&user, Some("Referral"), &["screening"]);
    found(&user, Some("Fair"), &[]);
    found(&user, Some("Fair"), &["ghosted"]);
    found(&user, None, &["interviewing"]);
    let it = insight(&user, "sources");
    assert_eq!(it["applications"], 6);
    let sources = it["sources"].as_array().expect("sources");
    let row = |row: &Value| {
        (
            row["source"].as_str().map(str::to_owned),
            row["applications"].as_i64().expect("a number"),
            counts(&row["answered"]),
            counts(&row["interviewed"]),
            counts(&row["offered"]),
        )
    };
    let rows: Vec<_> = sources.iter().map(row).collect();
    assert_eq!(
        rows,
        [
            (
                Some("Referral".to_owned()),
                3,
                (3, 3, 0),
                (1, 3, 0),
                (1, 3, 0)
            ),
            (Some("Fair".to_owned()), 2, (0, 2, 0), (0, 2, 0), (0, 2, 0)),
        ]
    );
    assert_eq!(
        row(&it["others"]),
        (None, 1, (1, 1, 0), (1, 1, 0), (0, 1, 0))
    );
}

#[test]
fn what_waits_is_counted_beside_its_own_source() {
    let app = TestApp::start();
    app.set_clock("2026-03-12T12:00:00Z");
    let user = app.user();
    found(&user, Some("Referral"), &[]);
    found(&user, Some("Fair"), &["rejected"]);
    let it = insight(&user, "sources");
    assert_eq!(it["waiting"], 1);
    assert_eq!(counts(&it["sources"][0]["answered"]), (1, 1, 0));
    assert_eq!(counts(&it["sources"][1]["answered"]), (0, 0, 1));
    assert_eq!(it["others"], Value::Null);
}

#[test]
fn fifty_sources_are_named_and_the_others_go_together() {
    let app = TestApp::start();
    app.set_clock("2026-06-01T12:00:00Z");
    let user = app.user();
    for number in 0..53 {
        found(&user, Some(&format!("Board {number:02}")), &[]);
    }
    found(&user, Some("Board 52"), &[]);
    let it = insight(&user, "sources");
    let sources = it["sources"].as_array().expect("sources");
    assert_eq!(sources.len(), 50);
    assert_eq!(sources[0]["source"], "Board 52");
    assert_eq!(sources[1]["source"], "Board 00");
    assert_eq!(it["others"]["applications"], 3);
}
