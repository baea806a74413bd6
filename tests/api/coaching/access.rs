//! What a coach sees, and what the seeker sees of that.

use serde_json::json;

use super::{agreed, view};
use crate::support::app::TestApp;
use crate::support::builders::User;
use crate::support::coaching::client;

#[test]
fn a_coach_sees_what_the_client_sees() {
    let app = TestApp::start();
    let coach = app.user();
    let seeker = client(
        &coach,
        &[
            "applications",
            "goals",
            "reflections",
            "feedback",
            "wellbeing",
        ],
    );
    let first = seeker.application(json!({"company": "Tessellate"})).id();
    seeker.application(json!({"company": "Quarry"}));
    let body =
        json!({"title": "Walk", "category": "routine", "kind": "recurring", "period": "day"});
    let goal = seeker.post("/v1/goals", body).expect(201).id();
    seeker
        .post(
            &format!("/v1/goals/{goal}/check-ins"),
            json!({"occurred_on": app.now().date_naive()}),
        )
        .expect(201);
    seeker
        .post(
            "/v1/reflections",
            json!({"application_id": first, "what_went_well": "I slept."}),
        )
        .expect(201);
    seeker
        .post("/v1/feedback-requests", json!({"application_id": first}))
        .expect(201);
    seeker
        .post("/v1/wellbeing-check-ins", json!({"score": 4}))
        .expect(201);
    // Something of the coach's own is no part of it.
    coach.application(json!({}));
    for list in [
        "applications",
        "goals",
        "reflections",
        "feedback-requests",
        "wellbeing-check-ins",
    ] {
        let own = seeker.get(&format!("/v1/{list}")).expect(200);
        assert!(!own.data().is_empty(), "{list}");
        assert_eq!(
            coach.get(&view(&seeker, list)).expect(200).body,
            own.body,
            "{list}"
        );
    }
    let found = coach
        .get(&view(&seeker, "applications?company=tessellate"))
        .expect(200);
    assert_eq!(found.each("id"), [first]);
    let page = coach
        .get(&view(&seeker, "applications?limit=1"))
        .expect(200);
    let cursor = page.text_at("/next_cursor");
    let rest = coach
        .get(&view(
            &seeker,
            &format!("applications?limit=1&cursor={cursor}"),
        ))
        .expect(200);
    assert_eq!(rest.data().len(), 1);
    assert!(page.header("link").contains("/v1/coach/clients/"));
    coach
        .get(&view(&seeker, "applications?no_such=1"))
        .problem(400, "invalid_query");
}

#[test]
fn every_read_is_in_the_access_log() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T12:00:00Z");
    let (seeker, coach) = (app.user(), app.user());
    let id = agreed(
        &seeker,
        &coach,
        json!({"scopes": ["applications", "goals", "notes"]}),
    );
    let log = format!("/v1/coach-links/{id}/access-log");
    assert!(seeker.get(&log).expect(200).data().is_empty());
    for (minute, what) in ["applications", "goals", "notes"].into_iter().enumerate() {
        app.set_clock(&format!("2026-03-05T12:0{minute}:30Z"));
        coach.get(&view(&seeker, what)).expect(200);
    }
    // What was refused was not read.
    coach
        .get(&view(&seeker, "reflections"))
        .problem(403, "scope_missing");
    coach
        .get(&view(&seeker, "applications?cursor=nonsense"))
        .problem(400, "invalid_cursor");
    app.set_clock("2026-03-05T12:04:00Z");
    coach.get("/v1/coach/clients").expect(200);
    let whole = seeker.get(&log).expect(200);
    assert_eq!(
        whole.each("view"),
        ["dashboard", "notes", "goals", "applications"]
    );
    assert_eq!(whole.data()[3]["occurred_at"], "2026-03-05T12:00:30Z");
    let pages = seeker.pages(&format!("{log}?limit=3"));
    assert_eq!(
        pages
            .iter()
            .map(|page| page.data().len())
            .collect::<Vec<_>>(),
        [3, 1]
    );
    let views = |query: &str| {
        seeker
            .get(&format!("{log}?{query}"))
            .expect(200)
            .each("view")
    };
    assert_eq!(
        views("sort=occurred_at"),
        ["applications", "goals", "notes", "dashboard"]
    );
    assert_eq!(
        views("from=2026-03-05T12:01:30Z&to=2026-03-05T12:02:30Z"),
        ["notes", "goals"]
    );
    // It is the seeker's alone, and outlives the link.
    coach.get(&log).problem(404, "not_found");
    seeker
        .post(
            &format!("/v1/coach-links/{id}/transitions"),
            json!({"to": "revoked"}),
        )
        .expect(200);
    assert_eq!(seeker.get(&log).expect(200).data().len(), 4);
}

#[test]
fn a_changed_scope_holds_from_the_next_request_on() {
    let app = TestApp::start();
    let (seeker, coach) = (app.user(), app.user());
    let link = format!("/v1/coach-links/{}", agreed(&seeker, &coach, json!({})));
    let token = coach.token();
    let look = |what: &str| app.get(&view(&seeker, what)).bearer(&token).send();
    assert_eq!(look("applications").status, 200);
    look("reflections").problem(403, "scope_missing");
    seeker
        .patch(&link, json!({"scopes": ["reflections"]}))
        .expect(200);
    assert_eq!(look("reflections").status, 200);
    let refused = look("applications").problem(403, "scope_missing");
    assert_eq!(refused.text_at("/scope"), "applications");
    seeker.patch(&link, json!({"scopes": []})).expect(200);
    look("reflections").problem(403, "scope_missing");
    seeker
        .patch(&link, json!({"scopes": null}))
        .problem(422, "invalid_fields");
    seeker
        .post(&format!("{link}/transitions"), json!({"to": "revoked"}))
        .expect(200);
    look("reflections").problem(404, "not_found");
}

#[test]
fn the_end_of_a_link_needs_nobody_to_end_it() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T12:00:00Z");
    let (seeker, coach) = (app.user(), app.user());
    agreed(&seeker, &coach, json!({"ends_at": "2026-03-10T12:00:00Z"}));
    app.set_clock("2026-03-10T11:59:59Z");
    coach.get(&view(&seeker, "applications")).expect(200);
    app.set_clock("2026-03-10T12:00:00Z");
    coach
        .get(&view(&seeker, "applications"))
        .problem(404, "not_found");
    assert!(coach.get("/v1/coach/clients").expect(200).data().is_empty());
}

#[test]
fn wellbeing_that_the_client_turned_off_is_hidden_from_the_coach_too() {
    let app = TestApp::start();
    let coach = app.user();
    let seeker = client(&coach, &["wellbeing"]);
    seeker
        .post("/v1/wellbeing-check-ins", json!({"score": 4}))
        .expect(201);
    let path = view(&seeker, "wellbeing-check-ins");
    assert_eq!(coach.get(&path).expect(200).data().len(), 1);
    seeker
        .patch(
            "/v1/me",
            json!({"preferences": {"wellbeing_enabled": false}}),
        )
        .expect(200);
    coach.get(&path).problem(403, "wellbeing_disabled");
}

#[test]
fn two_coaches_know_nothing_of_each_other() {
    let app = TestApp::start();
    let (seeker, one, two) = (app.user(), app.user(), app.user());
    for coach in [&one, &two] {
        agreed(&seeker, coach, json!({}));
    }
    let note = one
        .post(&view(&seeker, "notes"), json!({"text": "Mine."}))
        .expect(201);
    two.get(note.header("location")).problem(404, "not_found");
    assert!(
        two.get(&view(&seeker, "notes"))
            .expect(200)
            .data()
            .is_empty()
    );
    let body = json!({"title": "Walk", "category": "routine", "kind": "one_off"});
    let suggestion = one
        .post(&view(&seeker, "goal-suggestions"), body)
        .expect(201);
    two.get(suggestion.header("location"))
        .problem(404, "not_found");
    assert!(
        two.get(&view(&seeker, "goal-suggestions"))
            .expect(200)
            .data()
            .is_empty()
    );
    // The goal that grew from it is the seeker's, and both see what it grew from.
    let path = format!("/v1/goal-suggestions/{}/transitions", suggestion.id());
    seeker.post(&path, json!({"to": "accepted"})).expect(200);
    for coach in [&one, &two] {
        let goals = coach.get(&view(&seeker, "goals")).expect(200);
        assert_eq!(goals.data()[0]["origin"]["deleted"], false, "{goals}");
    }
}

#[test]
fn a_coach_has_no_rights_beyond_the_views() {
    let app = TestApp::start();
    let coach = app.user();
    let seeker = client(&coach, &crate::support::coaching::SCOPES);
    let id = seeker.application(json!({})).id();
    let path = format!("/v1/applications/{id}");
    let nothing = |user: &User<'_>| {
        user.get(&path).problem(404, "not_found");
        user.patch(&path, json!({"company": "X"}))
            .problem(404, "not_found");
        user.delete(&path).problem(404, "not_found");
    };
    nothing(&coach);
    coach.get(&view(&seeker, "applications")).expect(200);
    nothing(&coach);
    assert!(coach.get("/v1/applications").expect(200).data().is_empty());
}
