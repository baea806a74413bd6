//! What the service asks the database all day is prepared once for each connection.

use serde_json::json;

use crate::support::app::TestApp;
use crate::support::builders::User;
use crate::support::statements;

/// What a seeker does on an ordinary day.
fn day(user: &User<'_>) {
    let fields = json!({"company": "Kite & Anchor", "status": "applied", "notes": "Two rounds."});
    let id = user.application(fields).id();
    let path = format!("/v1/applications/{id}");
    let other = json!({"company": "Tern", "job_title": "Cook"});
    let keyed = user.post("/v1/applications", other);
    keyed.header("Idempotency-Key", &id).expect(201);
    let later = json!({"next_action_on": "2026-12-01"});
    user.patch(&path, later).expect(200);
    user.transition(&id, json!({"to": "rejected"})).expect(200);
    for path in [
        path.as_str(),
        &format!("{path}/timeline"),
        &format!("{path}/journey"),
        "/v1/applications",
        "/v1/applications?status=applied",
        "/v1/rejections",
        "/v1/goals",
        "/v1/reflections",
        "/v1/next-actions",
        "/v1/signals",
        "/v1/insights/pipeline",
        "/v1/events",
    ] {
        user.get(path).expect(200);
    }
}

#[test]
fn the_statements_of_an_ordinary_day_stay_prepared() {
    statements::prepare();
    let app = TestApp::start();
    let user = app.user();
    let ((), sent) = statements::during(&app, || day(&user));
    let anew = statements::prepared_anew(&sent);
    assert!(sent.len() > 50, "{sent:#?}");
    assert!(anew.is_empty(), "{anew:#?}");
}
