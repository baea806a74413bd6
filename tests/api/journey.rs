//! The journey of an application: everything around it, in order, page by page, with what was deleted.

use serde_json::{Value, json};

use crate::support::app::TestApp;

#[test]
fn a_journey_begins_with_the_first_step() {
    let app = TestApp::start();
    let user = app.user();
    let id = user.application(json!({})).id();
    let journey = user
        .get(&format!("/v1/applications/{id}/journey"))
        .expect(200);
    assert_eq!(journey.text_at("/application/id"), id);
    assert_eq!(journey.each("type"), ["timeline_entry"]);
    assert_eq!(journey.text_at("/data/0/timeline_entry/to"), "saved");
    assert_eq!(
        journey.text_at("/data/0/links/self"),
        format!("/v1/applications/{id}/timeline")
    );
    assert_eq!(journey.body["next_cursor"], Value::Null);
}

#[test]
fn each_entry_holds_its_resource_and_leads_to_it() {
    let app = TestApp::start();
    let user = app.user();
    app.set_clock("2026-03-10T09:00:00Z");
    let made = user.rejection(json!({}));
    let application = made.text_at("/application_id").to_owned();
    let bodies = [
        (
            "/v1/interviews",
            json!({"application_id": application, "kind": "panel", "scheduled_at": "2026-03-12T09:00:00Z"}),
        ),
        (
            "/v1/messages",
            json!({"kind": "thank_you", "application_id": application, "body": "Hello."}),
        ),
        (
            "/v1/feedback-requests",
            json!({"application_id": application}),
        ),
        (
            "/v1/reflections",
            json!({"application_id": application, "resume_tailored": "no"}),
        ),
    ];
    for (path, body) in &bodies {
        user.post(path, body.clone()).expect(201);
    }
    let journey = user.get(&format!("/v1/applications/{application}/journey?limit=100"));
    let journey = journey.expect(200);
    assert_eq!(journey.data().len(), 7);
    for entry in journey.data() {
        let kind = entry["type"].as_str().expect("a type");
        let there = &entry[kind];
        assert_eq!(there["id"], entry["id"], "{entry}");
        let itself = entry["links"]["self"].as_str().expect("a link");
        let resource = user.get(itself).expect(200);
        if kind != "timeline_entry" {
            assert_eq!(&resource.body, there, "{kind}");
        }
        let members = entry.as_object().expect("an object").len();
        assert_eq!(members, 5, "type, id, at, links and the resource: {entry}");
    }
    let reflection = journey.data().iter().find(|it| it["type"] == "reflection");
    let suggested = reflection.expect("a reflection")["links"]["suggested_goals"].clone();
    user.get(suggested.as_str().expect("a link")).expect(200);
}

#[test]
fn a_journey_is_the_same_whole_or_in_pages() {
    let app = TestApp::start();
    let user = app.user();
    app.set_clock("2026-03-10T09:00:00Z");
    let id = user.application(json!({})).id();
    for number in 0..7 {
        // All at the same instant: the id alone tells them apart.
        let body = json!({"note": format!("note {number}")});
        user.post(&format!("/v1/applications/{id}/notes"), body)
            .expect(201);
    }
    let path = format!("/v1/applications/{id}/journey");
    let whole = user.get(&format!("{path}?limit=100")).expect(200);
    for limit in [1, 2, 3, 7, 8] {
        let pages = user.pages(&format!("{path}?limit={limit}"));
        let ids: Vec<String> = pages.iter().flat_map(|page| page.each("id")).collect();
        assert_eq!(ids, whole.each("id"), "limit {limit}");
        let all_but_last = &pages[..pages.len() - 1];
        assert!(
            all_but_last
                .iter()
                .all(|page| page.header("link").contains("rel=\"next\""))
        );
    }
}

#[test]
fn what_was_deleted_leaves_a_tombstone_and_no_text() {
    let app = TestApp::start();
    let user = app.user();
    app.set_clock("2026-03-10T09:00:00Z");
    let id = user.application(json!({})).id();
    let (interviews, reflections) = ("/v1/interviews", "/v1/reflections");
    let interview = json!({"application_id": id, "kind": "panel", "scheduled_at": "2026-03-12T09:00:00Z", "notes": "secret"});
    let reflection =
        json!({"application_id": id, "resume_tailored": "no", "what_went_well": "secret"});
    let message = json!({"kind": "thank_you", "application_id": id, "body": "secret"});
    let request = json!({"application_id": id, "question": "secret"});
    let mut goal = None;
    for (path, body) in [
        (interviews, interview),
        (reflections, reflection),
        ("/v1/messages", message),
        ("/v1/feedback-requests", request),
    ] {
        let made = user.post(path, body).expect(201).id();
        if path == reflections {
            let suggested = user
                .get(&format!("{path}/{made}/suggested-goals"))
                .expect(200);
            let accepted = suggested.data()[0]["goal"].clone();
            goal = Some(user.post("/v1/goals", accepted).expect(201).id());
        }
        user.delete(&format!("{path}/{made}")).expect(204);
    }
    let journey = user
        .get(&format!("/v1/applications/{id}/journey"))
        .expect(200);
    assert!(!journey.text.contains("secret"), "{journey}");
    let dead = journey.data().iter().filter(|it| it["type"] == "tombstone");
    let dead: Vec<&Value> = dead.collect();
    let types: Vec<&str> = dead
        .iter()
        .filter_map(|it| it["deleted_type"].as_str())
        .collect();
    assert_eq!(
        types,
        ["interview", "reflection", "message", "feedback_request"]
    );
    assert!(dead.iter().all(|it| it["links"] == json!({})));
    // The goal grew from what is gone, and stays.
    let goals = journey.data().iter().filter(|it| it["type"] == "goal");
    let goals: Vec<&Value> = goals.map(|it| &it["id"]).collect();
    assert_eq!(goals, [&json!(goal.expect("a goal"))]);
}

#[test]
fn a_journey_shows_nothing_of_other_applications() {
    let app = TestApp::start();
    let user = app.user();
    let (mine, other) = (user.application(json!({})).id(), user.rejection(json!({})));
    let about_other =
        json!({"application_id": other.text_at("/application_id"), "resume_tailored": "no"});
    let reflection = user.post("/v1/reflections", about_other).expect(201).id();
    user.delete(&format!("/v1/reflections/{reflection}"))
        .expect(204);
    user.post("/v1/reflections", json!({"resume_tailored": "no"}))
        .expect(201);
    let journey = user
        .get(&format!("/v1/applications/{mine}/journey"))
        .expect(200);
    assert_eq!(journey.data().len(), 1);
}
