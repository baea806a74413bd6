//! What stands against sending, and what sending leads to.

use serde_json::{Value, json};

use super::{POLITE, REASON, RUDE, draft, ready, send, show, transition};
use crate::support::app::TestApp;
use crate::support::builders::User;

const NOON: &str = "2026-12-01T12:00:00Z";
const COOLED_OFF: &str = "2026-12-02T12:00:00Z";

/// An application that was rejected at noon.
fn rejected(user: &User<'_>, members: Value) -> String {
    user.app.set_clock(NOON);
    user.rejection(members)
        .text_at("/application_id")
        .to_owned()
}

fn rejection_of(user: &User<'_>, application: &str) -> Value {
    let found = user
        .get(&format!("/v1/rejections?application_id={application}"))
        .expect(200);
    found.data()[0].clone()
}

/// Why something went out all the same, as the timeline tells it.
fn overrides(user: &User<'_>, application: &str) -> Vec<Value> {
    let timeline = user
        .get(&format!("/v1/applications/{application}/timeline"))
        .expect(200);
    let overrides = timeline.data().iter().filter(|it| it["kind"] == "override");
    overrides.map(|it| it["note"].clone()).collect()
}

fn override_with(reason: &str) -> Value {
    json!({"to": "sent", "override_reason": reason})
}

#[test]
fn a_reply_cannot_be_sent_while_the_rejection_cools_off() {
    let app = TestApp::start();
    let user = app.user();
    for kind in ["rejection_reply", "feedback_request"] {
        let application = rejected(&user, json!({}));
        let id = ready(&user, json!({"kind": kind, "application_id": application}));
        for (now, wait) in [
            (NOON, "86400"),
            ("2026-12-02T11:59:30Z", "30"),
            ("2026-12-02T11:59:59.001Z", "1"),
        ] {
            app.set_clock(now);
            let refused = send(&user, &id).problem(409, "cooloff_active");
            assert_eq!(refused.header("retry-after"), wait, "{now}");
            assert_eq!(refused.body["cooloff_until"], COOLED_OFF);
            assert_eq!(refused.body.get("findings"), None);
        }
        assert_eq!(show(&user, &id)["status"], "ready");
        assert_eq!(rejection_of(&user, &application)["state"], "cooling_off");
        // At the very end it is over.
        app.set_clock(COOLED_OFF);
        let sent = send(&user, &id).expect(200);
        assert_eq!(sent.body["override_reason"], Value::Null);
        assert!(overrides(&user, &application).is_empty());
    }
}

#[test]
fn what_was_sent_in_the_cool_off_is_refused_afterwards_too() {
    let app = TestApp::start();
    let user = app.user();
    let application = rejected(&user, json!({}));
    let id = ready(&user, json!({"application_id": application}));
    app.set_clock("2026-12-05T12:00:00Z");
    let wanted = |at: &str| json!({"to": "sent", "occurred_at": at});
    transition(&user, &id, wanted("2026-12-02T11:59:59Z")).problem(409, "cooloff_active");
    let sent = transition(&user, &id, wanted(COOLED_OFF)).expect(200);
    assert_eq!(sent.body["sent_at"], COOLED_OFF);
}

#[test]
fn other_kinds_and_other_applications_do_not_wait() {
    let app = TestApp::start();
    let user = app.user();
    let application = rejected(&user, json!({}));
    for kind in ["thank_you", "networking"] {
        let id = ready(&user, json!({"kind": kind, "application_id": application}));
        send(&user, &id).expect(200);
    }
    let live = user.application(json!({"status": "applied"})).id();
    for members in [json!({}), json!({"application_id": live})] {
        send(&user, &ready(&user, members)).expect(200);
    }
    assert_eq!(rejection_of(&user, &application)["state"], "cooling_off");
    // A rejection that no longer stands holds up nothing.
    let id = ready(&user, json!({"application_id": application}));
    let reopened = json!({"to": "interviewing", "reopen": true, "note": "They called."});
    user.transition(&application, reopened).expect(200);
    send(&user, &id).expect(200);
}

#[test]
fn a_sent_reply_makes_its_rejection_replied() {
    let app = TestApp::start();
    let user = app.user();
    let application = rejected(&user, json!({}));
    let request = ready(
        &user,
        json!({"kind": "feedback_request", "application_id": application}),
    );
    let id = ready(&user, json!({"application_id": application}));
    app.set_clock("2026-12-03T08:00:00Z");
    send(&user, &request).expect(200);
    assert_eq!(rejection_of(&user, &application)["state"], "ready");
    send(&user, &id).expect(200);
    assert_eq!(rejection_of(&user, &application)["state"], "replied");
    // A second reply changes nothing about that.
    let before = rejection_of(&user, &application);
    send(&user, &ready(&user, json!({"application_id": application}))).expect(200);
    assert_eq!(rejection_of(&user, &application), before);
}

#[test]
fn a_written_reason_lets_a_reply_through_and_stays_visible() {
    let app = TestApp::start();
    let user = app.user();
    let application = rejected(&user, json!({}));
    let id = ready(&user, json!({"application_id": application}));
    let refused = transition(&user, &id, override_with("Too soon.")).problem(422, "invalid_fields");
    assert_eq!(refused.faults(), [("/override_reason", "too_short")]);
    let sent = transition(&user, &id, override_with(REASON)).expect(200);
    assert_eq!(sent.body["override_reason"], REASON);
    assert_eq!(show(&user, &id)["override_reason"], REASON);
    assert_eq!(overrides(&user, &application), [json!(REASON)]);
    assert_eq!(rejection_of(&user, &application)["state"], "replied");
}

#[test]
fn a_reason_that_nothing_asked_for_is_not_kept() {
    let app = TestApp::start();
    let user = app.user();
    let application = rejected(&user, json!({}));
    let id = ready(&user, json!({"application_id": application}));
    app.set_clock(COOLED_OFF);
    let sent = transition(&user, &id, override_with(REASON)).expect(200);
    assert_eq!(sent.body["override_reason"], Value::Null);
    assert!(overrides(&user, &application).is_empty());
}

#[test]
fn what_the_tone_check_holds_back_needs_a_reason() {
    let app = TestApp::start();
    let user = app.user();
    let application = user.application(json!({"status": "applied"})).id();
    for kind in [
        "rejection_reply",
        "feedback_request",
        "thank_you",
        "networking",
    ] {
        let members = json!({"kind": kind, "body": RUDE, "application_id": application});
        let id = ready(&user, members);
        let tone = show(&user, &id)["tone"].clone();
        assert_eq!(tone["verdict"], "blocked");
        let refused = send(&user, &id).problem(409, "tone_blocked");
        let findings = refused.body["findings"].as_array().expect("findings");
        let known = tone["findings"].as_array().expect("findings");
        assert!(
            !findings.is_empty() && findings.iter().all(|it| known.contains(it)),
            "{refused}"
        );
        assert_eq!(show(&user, &id)["status"], "ready");
        let sent = transition(&user, &id, override_with(REASON)).expect(200);
        assert_eq!(sent.body["override_reason"], REASON);
    }
    assert_eq!(overrides(&user, &application), vec![json!(REASON); 4]);
    // Without an application the reason stays with the message.
    let id = ready(&user, json!({"body": RUDE}));
    let sent = transition(&user, &id, override_with(REASON)).expect(200);
    assert_eq!(sent.body["override_reason"], REASON);
}

#[test]
fn an_open_placeholder_is_held_back_until_it_is_filled_in() {
    let app = TestApp::start();
    let user = app.user();
    let id = ready(
        &user,
        json!({"body": POLITE.replace("Sam", "{{ sender_name }}")}),
    );
    send(&user, &id).problem(409, "tone_blocked");
    user.patch(&format!("/v1/messages/{id}"), json!({"body": POLITE}))
        .expect(200);
    send(&user, &id).expect(200);
}

#[test]
fn a_language_that_the_check_does_not_read_is_not_held_back() {
    let app = TestApp::start();
    let user = app.user();
    let body = "Liebe Frau Okafor,\n\nvielen Dank für Ihre Nachricht und für die Zeit, die Sie sich genommen haben.\n\n\
        Mit freundlichen Grüßen\nSam";
    let id = ready(
        &user,
        json!({"body": body, "subject": "Vielen Dank für Ihre Nachricht"}),
    );
    let tone = show(&user, &id)["tone"].clone();
    assert_eq!(
        (&tone["language"], &tone["verdict"]),
        (&json!("unsupported"), &Value::Null)
    );
    send(&user, &id).expect(200);
}

#[test]
fn one_reason_covers_the_cool_off_and_the_tone() {
    let app = TestApp::start();
    let user = app.user();
    let application = rejected(&user, json!({}));
    let id = ready(&user, json!({"body": RUDE, "application_id": application}));
    let refused = send(&user, &id).problem(409, "cooloff_active");
    assert!(
        refused.body["findings"]
            .as_array()
            .is_some_and(|it| !it.is_empty()),
        "{refused}"
    );
    let sent = transition(&user, &id, override_with(REASON)).expect(200);
    assert_eq!(sent.body["override_reason"], REASON);
    assert_eq!(overrides(&user, &application), [json!(REASON)]);
}

fn request(user: &User<'_>, application: &str) -> String {
    let body = json!({"application_id": application});
    user.post("/v1/feedback-requests", body).expect(201).id()
}

fn request_of(user: &User<'_>, id: &str) -> Value {
    user.get(&format!("/v1/feedback-requests/{id}"))
        .expect(200)
        .body
}

#[test]
fn sending_a_request_for_feedback_sends_its_feedback_request() {
    let app = TestApp::start();
    let user = app.user();
    let application = rejected(&user, json!({}));
    let feedback = request(&user, &application);
    let id = ready(
        &user,
        json!({"kind": "feedback_request", "feedback_request_id": feedback}),
    );
    send(&user, &id).problem(409, "cooloff_active");
    assert_eq!(request_of(&user, &feedback)["status"], "draft");
    app.set_clock("2026-12-03T12:00:00Z");
    let at = "2026-12-02T18:00:00Z";
    transition(&user, &id, json!({"to": "sent", "occurred_at": at})).expect(200);
    let sent = request_of(&user, &feedback);
    assert_eq!(
        (&sent["status"], &sent["sent_at"]),
        (&json!("sent"), &json!(at))
    );
}

#[test]
fn one_reason_covers_the_message_and_its_feedback_request() {
    let app = TestApp::start();
    let user = app.user();
    for body in [POLITE, RUDE] {
        let application = rejected(&user, json!({}));
        let feedback = request(&user, &application);
        let members =
            json!({"kind": "feedback_request", "feedback_request_id": feedback, "body": body});
        let id = ready(&user, members);
        transition(&user, &id, override_with(REASON)).expect(200);
        assert_eq!(show(&user, &id)["override_reason"], REASON);
        assert_eq!(request_of(&user, &feedback)["override_reason"], REASON);
        // Told once, although it covers both.
        assert_eq!(overrides(&user, &application), [json!(REASON)]);
    }
    // The tone alone is no matter of the feedback request.
    let application = rejected(&user, json!({}));
    let feedback = request(&user, &application);
    let members =
        json!({"kind": "feedback_request", "feedback_request_id": feedback, "body": RUDE});
    let id = ready(&user, members);
    app.set_clock(COOLED_OFF);
    transition(&user, &id, override_with(REASON)).expect(200);
    assert_eq!(request_of(&user, &feedback)["override_reason"], Value::Null);
    assert_eq!(overrides(&user, &application), [json!(REASON)]);
}

#[test]
fn what_the_feedback_request_forbids_sends_nothing() {
    let app = TestApp::start();
    let user = app.user();
    let application = rejected(&user, json!({}));
    let feedback = request(&user, &application);
    let id = ready(
        &user,
        json!({"kind": "feedback_request", "feedback_request_id": feedback}),
    );
    app.set_clock("2026-12-04T12:00:00Z");
    user.post(
        &format!("/v1/feedback-requests/{feedback}/transitions"),
        json!({"to": "cancelled"}),
    )
    .expect(200);
    send(&user, &id).problem(409, "illegal_transition");
    transition(&user, &id, override_with(REASON)).problem(409, "illegal_transition");
    let after = show(&user, &id);
    assert_eq!(
        (&after["status"], &after["sent_at"]),
        (&json!("ready"), &Value::Null)
    );
    assert!(overrides(&user, &application).is_empty());
}

#[test]
fn a_message_goes_with_its_application_and_stays_without_its_feedback_request() {
    let app = TestApp::start();
    let user = app.user();
    let application = rejected(&user, json!({}));
    let feedback = request(&user, &application);
    let id = draft(
        &user,
        json!({"kind": "feedback_request", "feedback_request_id": feedback}),
    )
    .id();
    user.delete(&format!("/v1/feedback-requests/{feedback}"))
        .expect(204);
    let after = show(&user, &id);
    assert_eq!(after["feedback_request_id"], Value::Null);
    assert_eq!(after["application_id"], application);
    user.delete(&format!("/v1/applications/{application}"))
        .expect(204);
    user.get(&format!("/v1/messages/{id}"))
        .problem(404, "not_found");
}
