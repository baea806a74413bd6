//! When a request is refused: another is open, nobody reads it, the rejection cools off.

use serde_json::{Value, json};

use super::{PATH, app, draft, draft_for, moved, shown};
use crate::support::builders::User;
use crate::support::client::Answer;

/// The rejection of an application from the beginning of November.
fn rejected(user: &User<'_>, received_at: &str) -> Answer {
    let application = user.application(json!({"applied_on": "2026-11-01"})).id();
    user.rejection(json!({"application_id": application, "received_at": received_at}))
}

#[test]
fn one_request_is_open_for_an_application_at_a_time() {
    let app = app();
    let user = app.user();
    let application = user.application(json!({"status": "applied"})).id();
    let first = draft_for(&user, &application).expect(201).id();
    let refused = draft_for(&user, &application).problem(409, "feedback_request_open");
    assert_eq!(refused.body["feedback_request_id"], json!(first));
    moved(&user, &first, json!({"to": "sent"})).expect(200);
    let refused = draft_for(&user, &application).problem(409, "feedback_request_open");
    assert_eq!(refused.body["feedback_request_id"], json!(first));
    // Another application is another matter.
    draft(&user);
    moved(&user, &first, json!({"to": "answered"})).expect(200);
    let second = draft_for(&user, &application).expect(201).id();
    let found = user
        .get(&format!(
            "{PATH}?application_id={application}&sort=created_at"
        ))
        .expect(200);
    assert_eq!(found.each("id"), [first, second]);
}

#[test]
fn a_request_that_had_no_answer_in_time_makes_room_for_the_next() {
    let app = app();
    let user = app.user();
    let application = user.application(json!({"status": "applied"})).id();
    let first = draft_for(&user, &application).expect(201).id();
    moved(&user, &first, json!({"to": "sent"})).expect(200);
    app.set_clock("2026-12-15T11:59:59Z");
    draft_for(&user, &application).problem(409, "feedback_request_open");
    app.set_clock("2026-12-15T12:00:00Z");
    let second = draft_for(&user, &application).expect(201).id();
    let closed = shown(&user, &first);
    assert_eq!(closed.text_at("/status"), "no_answer");
    assert_eq!(closed.body["version"], 3);
    let told = app.sql(&format!(
        "SELECT kind, data->>'from' AS \"from\", data->>'to' AS \"to\" FROM events WHERE resource_id = '{first}' ORDER BY id DESC LIMIT 1"
    ));
    let expected =
        json!({"kind": "feedback_request.transitioned", "from": "sent", "to": "no_answer"});
    assert_eq!(told, [expected]);
    // The first one may still be answered, and the second one still stands.
    moved(&user, &first, json!({"to": "answered"})).expect(200);
    assert_eq!(shown(&user, &second).text_at("/status"), "draft");
}

#[test]
fn of_two_requests_at_once_one_is_opened() {
    let app = app();
    let user = app.user();
    for round in 0..25 {
        let application = user.application(json!({"status": "applied"})).id();
        // In every other round both find an expired request that has to be closed first.
        if round % 2 == 1 {
            let silent = draft_for(&user, &application).expect(201).id();
            let body = json!({"to": "sent", "occurred_at": "2026-11-01T12:00:00Z"});
            moved(&user, &silent, body).expect(200);
        }
        let send = || draft_for(&user, &application).send();
        let (first, second) = std::thread::scope(|scope| {
            let other = scope.spawn(send);
            (send(), other.join().expect("an answer"))
        });
        let (opened, refused) = match first.status {
            201 => (first, second),
            _ => (second, first),
        };
        let opened = opened.expect(201);
        let refused = refused.problem(409, "feedback_request_open");
        assert_eq!(
            refused.body["feedback_request_id"],
            json!(opened.id()),
            "round {round}"
        );
    }
}

#[test]
fn an_address_that_nobody_reads_is_not_asked() {
    let app = app();
    let user = app.user();
    let application = user.application(json!({"status": "applied"})).id();
    for email in ["noreply@kite.example", "Do-Not-Reply@kite.example"] {
        let body = json!({"application_id": application, "recipient_email": email});
        let refused = user.post(PATH, body).problem(422, "invalid_fields");
        assert_eq!(refused.faults(), [("/recipient_email", "no_reply_address")]);
    }
    let id = draft_for(&user, &application).expect(201).id();
    let body = json!({"recipient_email": "jobs-noreply@kite.example"});
    let refused = user
        .patch(&format!("{PATH}/{id}"), body)
        .problem(422, "invalid_fields");
    assert_eq!(refused.faults(), [("/recipient_email", "no_reply_address")]);
}

#[test]
fn a_rejection_from_an_address_that_nobody_reads_is_not_answered_by_a_request() {
    let app = app();
    let user = app.user();
    let rejection = rejected(&user, "2026-11-20T12:00:00Z");
    let application = rejection.text_at("/application_id").to_owned();
    let id = draft_for(&user, &application).expect(201).id();
    let path = format!("/v1/rejections/{}", rejection.id());
    user.patch(&path, json!({"reply_address": "no_reply"}))
        .expect(200);
    let late = json!({
        "to": "sent", "occurred_at": "2026-12-02T12:00:00Z", "override_reason": "It cannot wait any longer."
    });
    let refused = moved(&user, &id, late).problem(422, "invalid_fields");
    assert_eq!(
        refused.faults(),
        [
            ("/application_id", "no_reply_address"),
            ("/occurred_at", "in_future")
        ]
    );
    moved(&user, &id, json!({"to": "cancelled"})).expect(200);
    let refused = draft_for(&user, &application).problem(422, "invalid_fields");
    assert_eq!(refused.faults(), [("/application_id", "no_reply_address")]);
    // The company came back: the rejection stands no longer.
    let back = json!({"to": "interviewing", "reopen": true, "note": "They called."});
    user.transition(&application, back).expect(200);
    draft_for(&user, &application).expect(201);
}

#[test]
fn nothing_is_sent_while_the_rejection_cools_off_but_for_a_reason() {
    let app = app();
    let user = app.user();
    let rejection = rejected(&user, "2026-12-01T12:00:00Z");
    let application = rejection.text_at("/application_id").to_owned();
    let until = rejection.text_at("/cooloff_until").to_owned();
    let id = draft_for(&user, &application).expect(201).id();
    let refused = moved(&user, &id, json!({"to": "sent"})).problem(409, "cooloff_active");
    assert_eq!(refused.body["cooloff_until"], json!(until));
    assert_eq!(refused.header("retry-after"), "86400");
    assert_eq!(shown(&user, &id).text_at("/status"), "draft");
    let reason = "The recruiter leaves tomorrow.";
    let body = json!({"to": "sent", "override_reason": reason, "note": "By mail."});
    let sent = moved(&user, &id, body).expect(200);
    assert_eq!(sent.body["override_reason"], reason);
    let timeline = user
        .get(&format!("/v1/applications/{application}/timeline"))
        .expect(200);
    let kinds = timeline.each("kind");
    assert_eq!(kinds[kinds.len() - 2..], ["override", "note"]);
    let notes = timeline.each("note");
    assert_eq!(notes[notes.len() - 2..], [reason, "By mail."]);
}

#[test]
fn a_reason_that_was_not_needed_is_not_kept() {
    let app = app();
    let user = app.user();
    let rejection = rejected(&user, "2026-11-30T12:00:00Z");
    let application = rejection.text_at("/application_id").to_owned();
    let id = draft_for(&user, &application).expect(201).id();
    let body = json!({"to": "sent", "override_reason": "It cannot wait any longer."});
    let sent = moved(&user, &id, body).expect(200);
    assert_eq!(sent.body["override_reason"], Value::Null);
    let timeline = user
        .get(&format!("/v1/applications/{application}/timeline"))
        .expect(200);
    assert!(!timeline.each("kind").contains(&"override".to_owned()));
}

#[test]
fn what_was_sent_inside_the_cool_off_is_not_written_down_later_without_a_reason() {
    let app = app();
    let user = app.user();
    let rejection = rejected(&user, "2026-11-20T12:00:00Z");
    let application = rejection.text_at("/application_id").to_owned();
    let id = draft_for(&user, &application).expect(201).id();
    let inside = json!({"to": "sent", "occurred_at": "2026-11-21T11:59:59Z"});
    moved(&user, &id, inside).problem(409, "cooloff_active");
    let after = json!({"to": "sent", "occurred_at": "2026-11-21T12:00:00Z"});
    moved(&user, &id, after).expect(200);
}

#[test]
fn a_request_of_an_unknown_application_is_404_and_goes_with_a_known_one() {
    let app = app();
    let user = app.user();
    let foreign = app.user().application(json!({})).id();
    for id in [foreign.as_str(), "019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55"] {
        let refused = draft_for(&user, id).problem(404, "not_found");
        assert_eq!(refused.faults(), [("/application_id", "unknown_reference")]);
    }
    let request = draft(&user);
    let application = request.text_at("/application_id");
    user.delete(&format!("/v1/applications/{application}"))
        .expect(204);
    assert!(user.get(PATH).expect(200).data().is_empty());
}
