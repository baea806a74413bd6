//! Applications without an answer: proposed, never marked.

use serde_json::json;

use crate::support::app::TestApp;

#[test]
fn silence_is_counted_in_days_from_the_last_step() {
    let app = TestApp::start();
    app.set_clock("2026-03-31T12:00:00Z");
    let user = app.user();
    let silent = |days: u32| {
        let path = format!("/v1/applications?silent_for_days={days}&sort=company");
        user.get(&path).expect(200).each("company")
    };
    for (company, status) in [
        ("a", "applied"),
        ("b", "screening"),
        ("c", "interviewing"),
        ("d", "saved"),
        ("e", "offer"),
        ("f", "rejected"),
        ("g", "ghosted"),
    ] {
        user.application(json!({"company": company, "status": status, "applied_on": "2026-03-01"}));
    }
    let moved = user
        .application(json!({"company": "h", "applied_on": "2026-03-01"}))
        .id();
    let body = json!({"to": "screening", "occurred_at": "2026-03-21T12:00:00Z"});
    user.transition(&moved, body).expect(200);
    assert_eq!(silent(30), ["a", "b", "c"]);
    assert_eq!(silent(31), Vec::<String>::new());
    assert_eq!(silent(10), ["a", "b", "c", "h"]);
    assert_eq!(silent(11), ["a", "b", "c"]);
    app.set_clock("2026-04-01T00:00:00Z");
    assert_eq!(silent(31), ["a", "b", "c"]);
    // Nothing was marked without the user's word.
    assert_eq!(
        app.sql_value("SELECT count(*) FROM applications WHERE status = 'ghosted'"),
        1
    );
    for bad in ["0", "-1", "3651", "x", "9223372036854775808"] {
        user.get(&format!("/v1/applications?silent_for_days={bad}"))
            .problem(400, "invalid_query");
    }
    silent(3650);
}

#[test]
fn an_interview_is_an_answer() {
    let app = TestApp::start();
    app.set_clock("2026-03-31T12:00:00Z");
    let user = app.user();
    let id = user.application(json!({"applied_on": "2026-01-05"})).id();
    let silent = || {
        user.get("/v1/applications?silent_for_days=30")
            .expect(200)
            .data()
            .len()
    };
    assert_eq!(silent(), 1);
    user.post(
        "/v1/interviews",
        json!({"application_id": id, "kind": "technical", "scheduled_at": "2026-03-20T09:00:00Z"}),
    )
    .expect(201);
    assert_eq!(silent(), 0);
}
