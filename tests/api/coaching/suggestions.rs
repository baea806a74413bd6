//! Goals that a coach suggests.

use serde_json::{Value, json};

use super::view;
use crate::support::app::TestApp;
use crate::support::coaching::{client, suggestion};

const PATH: &str = "/v1/goal-suggestions";

#[test]
fn a_suggestion_that_is_accepted_becomes_a_goal_with_its_origin() {
    let app = TestApp::start();
    let coach = app.user();
    let seeker = client(&coach, &["suggest_goals"]);
    let body = json!({"title": "Practise aloud", "reason": "The interviews are where it ends.",
        "category": "interview_practice", "kind": "recurring", "period": "week", "target_count": 2});
    let made = coach
        .post(&view(&seeker, "goal-suggestions"), body)
        .expect(201);
    assert_eq!(
        made.body["allowed_transitions"],
        json!(["accepted", "declined"])
    );
    assert_eq!(
        coach.get(made.header("location")).expect(200).body,
        made.body
    );
    let own = format!("{PATH}/{}", made.id());
    assert_eq!(seeker.get(&own).expect(200).body, made.body);
    let accepted = seeker
        .post(&format!("{own}/transitions"), json!({"to": "accepted"}))
        .expect(200);
    let goal = seeker
        .get(&format!("/v1/goals/{}", accepted.text_at("/goal_id")))
        .expect(200);
    assert_eq!(goal.text_at("/title"), "Practise aloud");
    assert_eq!(goal.text_at("/notes"), "The interviews are where it ends.");
    assert_eq!(goal.body["target_count"], 2);
    assert_eq!(
        goal.body["origin"],
        json!({"type": "coach_suggestion", "id": made.id(), "suggestion": "goal", "deleted": false})
    );
    let found = seeker
        .get("/v1/goals?origin_type=coach_suggestion")
        .expect(200);
    assert_eq!(found.each("id"), [goal.id()]);
    // The coach sees what became of it.
    let list = coach
        .get(&view(&seeker, "goal-suggestions?status=accepted"))
        .expect(200);
    assert_eq!(list.each("goal_id"), [goal.id()]);
}

#[test]
fn a_suggestion_becomes_one_goal_however_often_it_is_accepted() {
    let app = TestApp::start();
    let coach = app.user();
    let seeker = client(&coach, &["suggest_goals"]);
    let id = suggestion(&coach, &seeker);
    let path = format!("{PATH}/{id}/transitions");
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..6)
            .map(|_| scope.spawn(|| seeker.post(&path, json!({"to": "accepted"})).send().status))
            .collect();
        tries
            .into_iter()
            .map(|it| it.join().expect("a status"))
            .collect()
    });
    assert_eq!(
        statuses.iter().filter(|it| **it == 200).count(),
        1,
        "{statuses:?}"
    );
    assert_eq!(app.sql_value("SELECT count(*) FROM goals"), 1);
    let refused = seeker
        .post(&path, json!({"to": "declined"}))
        .problem(409, "illegal_transition");
    assert_eq!(
        (refused.text_at("/from"), &refused.body["allowed"]),
        ("accepted", &json!([]))
    );
    // The goal is the seeker's: removed, it does not come back.
    let goal = seeker.get(&format!("{PATH}/{id}")).expect(200);
    seeker
        .delete(&format!("/v1/goals/{}", goal.text_at("/goal_id")))
        .expect(204);
    seeker
        .post(&path, json!({"to": "accepted"}))
        .problem(409, "illegal_transition");
    assert_eq!(app.sql_value("SELECT count(*) FROM goals"), 0);
}

#[test]
fn a_suggestion_may_be_declined_and_is_the_seekers_to_answer() {
    let app = TestApp::start();
    let coach = app.user();
    let seeker = client(&coach, &["suggest_goals"]);
    let id = suggestion(&coach, &seeker);
    let path = format!("{PATH}/{id}/transitions");
    coach
        .post(&path, json!({"to": "accepted"}))
        .problem(404, "not_found");
    app.user()
        .post(&path, json!({"to": "accepted"}))
        .problem(404, "not_found");
    let declined = seeker.post(&path, json!({"to": "declined"})).expect(200);
    assert_eq!(
        (declined.text_at("/status"), &declined.body["goal_id"]),
        ("declined", &Value::Null)
    );
    assert_eq!(app.sql_value("SELECT count(*) FROM goals"), 0);
    assert_eq!(
        seeker
            .get(&format!("{PATH}?status=declined"))
            .expect(200)
            .each("id"),
        [id]
    );
    assert!(
        seeker
            .get(&format!("{PATH}?status=open,accepted"))
            .expect(200)
            .data()
            .is_empty()
    );
}

#[test]
fn a_goal_outlives_the_coach_who_suggested_it() {
    let app = TestApp::start();
    let coach = app.user();
    let seeker = client(&coach, &["suggest_goals"]);
    let id = suggestion(&coach, &seeker);
    seeker
        .post(
            &format!("{PATH}/{id}/transitions"),
            json!({"to": "accepted"}),
        )
        .expect(200);
    app.execute(&format!("DELETE FROM users WHERE id = '{}'", coach.id));
    seeker
        .get(&format!("{PATH}/{id}"))
        .problem(404, "not_found");
    let goals = seeker.get("/v1/goals").expect(200);
    assert_eq!(goals.data()[0]["origin"]["deleted"], true);
}

#[test]
fn a_suggestion_obeys_the_rules_of_goals() {
    let app = TestApp::start();
    let coach = app.user();
    let seeker = client(&coach, &["suggest_goals"]);
    let path = view(&seeker, "goal-suggestions");
    let body = json!({"title": "", "category": "routine", "kind": "recurring", "due_on": "2026-03-05", "target_count": 0});
    let refused = coach.post(&path, body).problem(422, "invalid_fields");
    let faults: Vec<&str> = refused.faults().iter().map(|(at, _)| *at).collect();
    assert_eq!(faults, ["/due_on", "/period", "/target_count", "/title"]);
    let origin = json!({"title": "Walk", "category": "routine", "kind": "one_off",
        "origin": {"type": "coach_suggestion", "id": suggestion(&coach, &seeker)}});
    // A suggestion can be named as an origin by the seeker, and by nobody else.
    seeker.post("/v1/goals", origin.clone()).expect(201);
    app.user()
        .post("/v1/goals", origin)
        .problem(404, "not_found");
}

#[test]
fn suggestions_are_found_by_time_and_sorted_on_both_sides() {
    let app = TestApp::start();
    app.set_clock("2026-03-01T12:00:00Z");
    let coach = app.user();
    let seeker = client(&coach, &["suggest_goals"]);
    let first = suggestion(&coach, &seeker);
    app.set_clock("2026-03-02T12:00:00Z");
    let second = suggestion(&coach, &seeker);
    app.set_clock("2026-03-03T12:00:00Z");
    let moves = format!("{PATH}/{first}/transitions");
    seeker.post(&moves, json!({"to": "declined"})).expect(200);
    for (query, ids) in [
        ("", vec![&second, &first]),
        ("sort=created_at", vec![&first, &second]),
        ("sort=updated_at", vec![&second, &first]),
        ("sort=-updated_at", vec![&first, &second]),
        ("created_after=2026-03-01T12:00:00Z", vec![&second]),
        ("updated_after=2026-03-02T12:00:00Z", vec![&first]),
    ] {
        let of_coach = coach.get(&view(&seeker, &format!("goal-suggestions?{query}")));
        let of_seeker = seeker.get(&format!("{PATH}?{query}"));
        for answer in [of_coach, of_seeker] {
            assert_eq!(
                answer.expect(200).each("id").iter().collect::<Vec<_>>(),
                ids,
                "{query}"
            );
        }
    }
}
