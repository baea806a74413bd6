//! Deleting an application: everything about it goes along, nothing else.

use serde_json::json;

use crate::support::app::TestApp;

#[test]
fn a_deleted_application_is_gone_with_its_timeline() {
    let app = TestApp::start();
    let user = app.user();
    let kept = user.application(json!({}));
    let gone = user.application(json!({"external_id": "x"}));
    let one = format!("/v1/applications/{}", gone.id());
    user.transition(&gone.id(), json!({"to": "applied"}))
        .expect(200);
    user.transition(&gone.id(), json!({"to": "saved", "correction": true}))
        .expect(200);
    user.post(&format!("{one}/notes"), json!({"note": "n"}))
        .expect(201);
    let answer = user.delete(&one).expect(204);
    assert!(answer.bytes.is_empty());
    for path in [one.clone(), format!("{one}/timeline")] {
        user.get(&path).problem(404, "not_found");
    }
    user.delete(&one).problem(404, "not_found");
    user.patch(&one, json!({})).problem(404, "not_found");
    user.transition(&gone.id(), json!({"to": "applied"}))
        .problem(404, "not_found");
    user.post(&format!("{one}/notes"), json!({"note": "n"}))
        .problem(404, "not_found");
    assert_eq!(
        user.get("/v1/applications").expect(200).each("id"),
        [kept.id()]
    );
    assert_eq!(app.sql_value("SELECT count(*) FROM application_steps"), 1);
    user.application(json!({"external_id": "x"}));
}

#[test]
fn every_table_about_an_application_goes_with_it() {
    let app = TestApp::start();
    // Whoever adds a table that refers to applications has to say that it goes along.
    let stay = app.sql(
        "SELECT conrelid::regclass::text AS \"table\", conname AS name FROM pg_constraint
         WHERE confrelid = 'applications'::regclass AND contype = 'f' AND confdeltype <> 'c'
           AND conrelid::regclass::text NOT IN ('goals')",
    );
    assert_eq!(json!(stay), json!([]));
}

#[test]
fn each_change_leaves_an_event_and_a_refused_one_none() {
    let app = TestApp::start();
    let user = app.user();
    let id = user.application(json!({"notes": "canary-text"})).id();
    let one = format!("/v1/applications/{id}");
    user.patch(&one, json!({"notes": "canary-more"}))
        .expect(200);
    user.transition(&id, json!({"to": "applied"})).expect(200);
    user.post(&format!("{one}/notes"), json!({"note": "canary-note"}))
        .expect(201);
    user.patch(&one, json!({"company": ""})).expect(422);
    user.transition(&id, json!({"to": "saved"})).expect(409);
    user.delete(&one).expect(204);
    let events = app.sql("SELECT kind, resource_id, data::text AS data FROM events ORDER BY id");
    let kinds: Vec<&str> = events
        .iter()
        .filter_map(|event| event["kind"].as_str())
        .collect();
    assert_eq!(
        kinds,
        [
            "application.created",
            "application.updated",
            "application.transitioned",
            "application.noted",
            "application.deleted"
        ]
    );
    assert!(
        events
            .iter()
            .all(|event| event["resource_id"] == id.as_str())
    );
    assert!(
        !json!(events).to_string().contains("canary"),
        "an event repeats no text"
    );
}
