//! Where and why applications are rejected, and when nobody answers.

use serde_json::{Value, json};

use super::{counts, insight, went};
use crate::support::app::TestApp;
use crate::support::builders::{User, merge};

#[track_caller]
fn rejected(user: &User<'_>, applied_on: &str, members: Value) -> String {
    let id = went(user, applied_on, &[]);
    let mut body = json!({"application_id": id});
    merge(&mut body, members);
    user.post("/v1/rejections", body).expect(201);
    id
}

/// The figures of a list by the name of their row.
fn named(list: &Value, member: &str) -> Vec<(String, (i64, i64, i64))> {
    let rows = list.as_array().expect("a list").iter();
    rows.map(|row| {
        (
            row[member].as_str().expect("a name").to_owned(),
            counts(&row["figure"]),
        )
    })
    .collect()
}

#[test]
fn stated_and_inferred_reasons_are_kept_apart() {
    let app = TestApp::start();
    app.set_clock("2026-06-01T12:00:00Z");
    let user = app.user();
    for _ in 0..2 {
        rejected(
            &user,
            "2026-03-02",
            json!({"reason_code": "skills", "reason_text": "Too little SQL."}),
        );
    }
    rejected(
        &user,
        "2026-03-02",
        json!({"reason_code": "location", "reason_basis": "stated"}),
    );
    rejected(
        &user,
        "2026-03-02",
        json!({"reason_code": "skills", "stage_reached": "final"}),
    );
    rejected(&user, "2026-03-02", json!({}));
    went(&user, "2026-05-31", &[]);
    let it = insight(&user, "rejections");
    assert_eq!(counts(&it["rejected"]), (5, 5, 1));
    let name = |text: &str, counts: (i64, i64, i64)| (text.to_owned(), counts);
    assert_eq!(
        named(&it["stated_reasons"], "reason_code"),
        [name("skills", (2, 3, 1)), name("location", (1, 3, 1))]
    );
    assert_eq!(
        named(&it["inferred_reasons"], "reason_code"),
        [name("skills", (1, 1, 1))]
    );
    assert_eq!(counts(&it["not_stated"]), (1, 5, 1));
    let stages = named(&it["by_stage"], "stage_reached");
    assert_eq!(stages.len(), 6);
    assert_eq!(stages[0], name("application", (4, 5, 1)));
    assert_eq!(stages[4], name("final", (1, 5, 1)));
}

#[test]
fn a_corrected_rejection_counts_nowhere_and_a_reopened_one_does() {
    let app = TestApp::start();
    app.set_clock("2026-06-01T12:00:00Z");
    let user = app.user();
    let slip = rejected(&user, "2026-03-02", json!({"reason_code": "skills"}));
    user.transition(&slip, json!({"to": "applied", "correction": true}))
        .expect(200);
    let back = rejected(&user, "2026-03-02", json!({"reason_code": "location"}));
    user.transition(
        &back,
        json!({"to": "interviewing", "reopen": true, "note": "They called."}),
    )
    .expect(200);
    let figure = |name: &str| counts(&insight(&user, "rejections")[name]);
    assert_eq!(figure("rejected").0, 1);
    let reasons = || {
        named(
            &insight(&user, "rejections")["inferred_reasons"],
            "reason_code",
        )
    };
    assert_eq!(reasons()[0].0, "location");
    // Rejected again, for another reason: it counts once, with the last one.
    user.post(
        "/v1/rejections",
        json!({"application_id": back, "reason_code": "skills"}),
    )
    .expect(201);
    assert_eq!(figure("rejected").0, 1);
    assert_eq!(reasons(), [("skills".to_owned(), (1, 1, reasons()[0].1.2))]);
    // That one was a slip: the first one is the last again.
    user.transition(&back, json!({"to": "interviewing", "correction": true}))
        .expect(200);
    assert_eq!(reasons()[0].0, "location");
    // So was the coming back.
    user.transition(&back, json!({"to": "rejected", "correction": true}))
        .expect(200);
    assert_eq!(figure("rejected").0, 1);
}

#[test]
fn silence_is_told_by_the_weekday_of_applying() {
    let app = TestApp::start();
    app.set_clock("2026-06-01T12:00:00Z");
    let user = app.user();
    // 2 March 2026 is a Monday.
    went(&user, "2026-03-02", &["ghosted"]);
    went(&user, "2026-03-09", &[]);
    went(&user, "2026-03-09", &["rejected"]);
    went(&user, "2026-05-25", &[]);
    went(&user, "2026-03-08", &["withdrawn"]);
    let unknown = user.application(json!({})).id();
    user.transition(&unknown, json!({"to": "interviewing"}))
        .expect(200);
    let it = insight(&user, "rejections");
    let days = named(&it["silence_by_weekday"], "weekday");
    assert_eq!(days.len(), 7);
    assert_eq!(days[0], ("monday".to_owned(), (2, 3, 1)));
    assert_eq!(days[6], ("sunday".to_owned(), (0, 1, 0)));
    assert_eq!(days[1], ("tuesday".to_owned(), (0, 0, 0)));
    assert_eq!(it["applications"], 6);
}

#[test]
fn from_and_to_select_the_applications_and_not_the_rejections() {
    let app = TestApp::start();
    app.set_clock("2026-06-01T12:00:00Z");
    let user = app.user();
    rejected(&user, "2026-03-02", json!({"reason_code": "skills"}));
    rejected(&user, "2026-04-02", json!({"reason_code": "location"}));
    let it = insight(&user, "rejections?to=2026-03-31");
    assert_eq!(counts(&it["rejected"]), (1, 1, 0));
    assert_eq!(named(&it["inferred_reasons"], "reason_code")[0].0, "skills");
}
