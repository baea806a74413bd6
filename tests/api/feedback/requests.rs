//! Requests as resources: written, found, and what grows from them.

use serde_json::{Value, json};

use super::{PATH, app, at, draft, moved};

#[test]
fn a_request_is_written_read_changed_and_removed() {
    let app = app();
    let user = app.user();
    let application = user.application(json!({"status": "applied"})).id();
    let created = user
        .post(
            PATH,
            json!({
                "application_id": application, "recipient_name": "Ms. Okafor",
                "recipient_email": "a.okafor@kite.example", "question": "Which skills should I work on?"
            }),
        )
        .expect(201);
    for (member, value) in [
        ("status", json!("draft")),
        ("allowed_transitions", json!(["sent", "cancelled"])),
        ("sent_at", Value::Null),
        ("nudge_allowed_from", Value::Null),
        ("answer_expected_until", Value::Null),
        ("items", json!([])),
        ("version", json!(1)),
    ] {
        assert_eq!(created.body[member], value, "{member}");
    }
    let path = created.header("location").to_owned();
    assert_eq!(user.get(&path).expect(200).body, created.body);
    let change = json!({"recipient_email": null, "question": "What should I learn?"});
    let changed = user.patch(&path, change).expect(200);
    assert_eq!(changed.body["recipient_email"], Value::Null);
    assert_eq!(changed.body["recipient_name"], "Ms. Okafor");
    assert_eq!(changed.body["question"], "What should I learn?");
    assert_eq!(changed.body["version"], 2);
    user.patch(&path, json!({"application_id": application}))
        .problem(422, "invalid_fields");
    user.delete(&path).expect(204);
    user.get(&path).problem(404, "not_found");
    let kinds = app.sql(
        "SELECT kind, data->>'application_id' AS application FROM events WHERE resource_type = 'feedback_request' ORDER BY id",
    );
    let expected = ["created", "updated", "deleted"].map(
        |verb| json!({"kind": format!("feedback_request.{verb}"), "application": application}),
    );
    assert_eq!(kinds, expected);
}

#[test]
fn requests_are_found_by_time_and_sorted_by_their_last_change() {
    let app = app();
    let user = app.user();
    let first = draft(&user).id();
    app.set_clock("2026-12-02T12:00:00Z");
    let second = draft(&user).id();
    app.set_clock("2026-12-03T12:00:00Z");
    user.patch(&format!("{PATH}/{first}"), json!({"question": "Why?"}))
        .expect(200);
    let found = |query: &str| user.get(&format!("{PATH}?{query}")).expect(200).each("id");
    assert_eq!(found("sort=created_at"), [first.clone(), second.clone()]);
    assert_eq!(found("sort=-updated_at"), [first.clone(), second.clone()]);
    assert_eq!(
        found("created_after=2026-12-01T12:00:00Z"),
        [second.as_str()]
    );
    assert_eq!(
        found("updated_after=2026-12-02T12:00:00Z"),
        [first.as_str()]
    );
    let pages = user.pages(&format!("{PATH}?sort=updated_at&limit=1"));
    let all: Vec<String> = pages.iter().flat_map(|page| page.each("id")).collect();
    assert_eq!(all, [second, first]);
}

#[test]
fn goals_grow_from_what_the_answer_advises() {
    let app = app();
    let user = app.user();
    let id = at(&user, "sent");
    let path = format!("{PATH}/{id}/suggested-goals");
    assert_eq!(
        user.get(&path).expect(200).body,
        json!({"data": [], "next_cursor": null})
    );
    let item = |area: &str, polarity: &str, quote: &str| json!({"area": area, "polarity": polarity, "quote": quote});
    let items = json!([
        item("other", "improvement", "Apply again next year."),
        item(
            "interview_skills",
            "improvement",
            "Your examples were hard to follow."
        ),
        item("communication", "strength", "A pleasure to talk to."),
        item(
            "interview_skills",
            "improvement",
            "You answered another question."
        )
    ]);
    moved(&user, &id, json!({"to": "answered", "items": items})).expect(200);
    let suggested = user.get(&path).expect(200);
    assert_eq!(
        suggested.each("suggestion"),
        ["practice_interview", "talk_it_over"]
    );
    assert_eq!(
        suggested.data()[0],
        json!({
            "suggestion": "practice_interview",
            "reason": "The answer names your interview skills as something to work on: \u{201c}Your examples were hard to follow.\u{201d}. It says one thing more of that.",
            "goal": {
                "title": "Practise two interview questions aloud each week",
                "category": "interview_practice", "kind": "recurring", "target_count": 2, "period": "week",
                "measure": "check_ins",
                "origin": {"type": "feedback_request", "id": id, "suggestion": "practice_interview"}
            }
        })
    );
    assert_eq!(suggested.data()[1]["goal"]["kind"], "one_off");
    assert_eq!(suggested.data()[1]["goal"].get("period"), None);
    let stranger = app.user();
    stranger.get(&path).problem(404, "not_found");
}
