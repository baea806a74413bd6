//! The article, walked through: a rejection comes, one stays calm, answers well, asks for feedback, learns
//! from it and goes on.

use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::builders::User;

fn move_to(user: &User<'_>, path: &str, body: Value) -> crate::support::client::Request {
    user.post(&format!("{path}/transitions"), body)
}

#[test]
fn from_a_rejection_over_a_calm_reply_and_feedback_to_a_reflection_and_a_goal() {
    let app = TestApp::start();
    let user = app.user_in("Europe/Berlin");

    // Weeks of work go into an application.
    app.set_clock("2026-03-02T09:00:00Z");
    let application = user
        .application(json!({"status": "applied", "applied_on": "2026-03-02", "tailored": true}))
        .id();
    let path = format!("/v1/applications/{application}");
    app.set_clock("2026-03-09T09:00:00Z");
    move_to(&user, &path, json!({"to": "interviewing"})).expect(200);
    user.post(
        "/v1/interviews",
        json!({"application_id": application, "kind": "technical", "scheduled_at": "2026-03-11T13:00:00Z"}),
    )
    .expect(201);

    // The rejection comes.
    app.set_clock("2026-03-16T15:00:00Z");
    let rejection = user
        .post(
            "/v1/rejections",
            json!({"application_id": application, "channel": "email", "reply_address": "person"}),
        )
        .expect(201);
    assert_eq!(rejection.text_at("/state"), "cooling_off");
    assert_eq!(rejection.text_at("/stage_reached"), "interview");

    // In the first heat nothing is sent.
    let heated = user
        .post(
            "/v1/messages",
            json!({
                "kind": "rejection_reply", "application_id": application, "recipient_email": "a.okafor@kite.example",
                "subject": "Your decision", "body": "Dear Ms. Okafor,\n\nThank you for letting me know. It is your fault that this process dragged on for nine weeks.\n\nKind regards,\nSam"
            }),
        )
        .expect(201);
    assert_eq!(heated.text_at("/tone/verdict"), "blocked");
    let draft = format!("/v1/messages/{}", heated.id());
    move_to(&user, &draft, json!({"to": "ready"})).expect(200);
    let refused = move_to(&user, &draft, json!({"to": "sent"})).problem(409, "cooloff_active");
    assert_eq!(refused.header("retry-after"), (24 * 3600).to_string());

    // A day later the head is clear, but the words are still the old ones.
    app.set_clock("2026-03-17T15:00:00Z");
    let blocked = move_to(&user, &draft, json!({"to": "sent"})).problem(409, "tone_blocked");
    assert_eq!(blocked.text_at("/findings/0/rule"), "blame");
    move_to(&user, &draft, json!({"to": "discarded"})).expect(200);

    // A template helps: short, polite, thankful.
    let templates = user
        .get("/v1/templates?kind=rejection_reply&built_in=true")
        .expect(200);
    assert!(templates.data().len() >= 3);
    let reply = user
        .post(
            "/v1/messages",
            json!({
                "template_id": templates.data()[0]["id"], "application_id": application,
                "recipient_name": "Ms. Okafor", "recipient_email": "a.okafor@kite.example",
                "variables": {"sender_name": "Sam Rivera"}
            }),
        )
        .expect(201);
    assert_eq!(reply.text_at("/tone/verdict"), "clean", "{reply}");
    assert!(
        reply
            .text_at("/mailto_url")
            .starts_with("mailto:a.okafor@kite.example?")
    );
    let reply = format!("/v1/messages/{}", reply.id());
    move_to(&user, &reply, json!({"to": "ready"})).expect(200);
    move_to(&user, &reply, json!({"to": "sent"})).expect(200);
    let state = user
        .get(&format!("/v1/rejections/{}", rejection.id()))
        .expect(200);
    assert_eq!(state.text_at("/state"), "replied");

    // Feedback is asked for once, and nudged once.
    let request = user
        .post(
            "/v1/feedback-requests",
            json!({"application_id": application, "recipient_name": "Ms. Okafor", "question": "What could I improve?"}),
        )
        .expect(201)
        .id();
    let request = format!("/v1/feedback-requests/{request}");
    move_to(&user, &request, json!({"to": "sent"})).expect(200);
    user.post(&format!("{request}/nudges"), json!({}))
        .problem(409, "nudge_too_early");
    app.set_clock("2026-03-22T15:00:00Z");
    user.post(&format!("{request}/nudges"), json!({}))
        .expect(200);

    // The answer says something to work on.
    app.set_clock("2026-03-24T09:00:00Z");
    let answered = move_to(
        &user,
        &request,
        json!({
            "to": "answered", "response_text": "You know your craft. Your examples were hard to follow.",
            "items": [
                {"area": "qualifications", "polarity": "strength", "quote": "You know your craft."},
                {"area": "interview_skills", "polarity": "improvement", "quote": "Your examples were hard to follow."}
            ]
        }),
    )
    .expect(200);
    assert_eq!(answered.text_at("/status"), "answered");

    // One reflects, and a small goal grows from it.
    let reflection = user
        .post(
            "/v1/reflections",
            json!({
                "application_id": application, "resume_tailored": "yes", "company_researched": "partly",
                "skills_lacking": "no", "improvements": ["interview_practice"]
            }),
        )
        .expect(201)
        .id();
    let suggested = user
        .get(&format!("/v1/reflections/{reflection}/suggested-goals"))
        .expect(200);
    assert!(!suggested.data().is_empty());
    assert!(suggested.data()[0]["reason"].is_string());
    let goal = user
        .post("/v1/goals", suggested.data()[0]["goal"].clone())
        .expect(201);
    assert_eq!(goal.text_at("/origin/id"), reflection);

    // The journey tells it all, in order.
    let journey = user.get(&format!("{path}/journey?limit=100")).expect(200);
    assert_eq!(journey.text_at("/application/status"), "rejected");
    assert_eq!(
        journey.each("type"),
        [
            "timeline_entry",
            "timeline_entry",
            "interview",
            "timeline_entry",
            "rejection",
            "message",
            "message",
            "feedback_request",
            "reflection",
            "goal"
        ]
    );
}
