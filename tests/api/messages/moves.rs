//! The way of a message, written down a second time.

use serde_json::{Value, json};

use super::{POLITE, draft, events, ready, send, show, transition};
use crate::support::app::TestApp;
use crate::support::builders::User;

/// Each status with its moves.
const TABLE: [(&str, &[&str]); 4] = [
    ("draft", &["ready", "discarded"]),
    ("ready", &["sent", "discarded"]),
    ("sent", &[]),
    ("discarded", &[]),
];

fn at(user: &User<'_>, status: &str) -> String {
    let id = draft(user, json!({})).id();
    let way: &[&str] = match status {
        "draft" => &[],
        "ready" => &["ready"],
        "sent" => &["ready", "sent"],
        _ => &["discarded"],
    };
    for to in way {
        transition(user, &id, json!({"to": to})).expect(200);
    }
    id
}

#[test]
fn each_move_is_allowed_or_refused_as_the_table_says() {
    let app = TestApp::start();
    let user = app.user();
    for (from, allowed) in TABLE {
        for (to, _) in TABLE {
            let id = at(&user, from);
            let before = show(&user, &id);
            assert_eq!(before["status"], from);
            assert_eq!(before["allowed_transitions"], json!(allowed));
            let request = transition(&user, &id, json!({"to": to}));
            if allowed.contains(&to) {
                let after = request.expect(200).body;
                assert_eq!(after["status"], to, "{from} to {to}");
                assert_eq!(after, show(&user, &id));
                assert_eq!(after["sent_at"].is_string(), to == "sent");
                continue;
            }
            let refused = request.problem(409, "illegal_transition");
            assert_eq!(refused.body["from"], from);
            assert_eq!(refused.body["to"], to);
            assert_eq!(refused.body["allowed"], json!(allowed));
            assert_eq!(show(&user, &id), before, "{from} to {to}");
        }
    }
}

#[test]
fn what_was_sent_or_discarded_stays_as_it_was() {
    let app = TestApp::start();
    let user = app.user();
    for (status, open) in [
        ("draft", true),
        ("ready", true),
        ("sent", false),
        ("discarded", false),
    ] {
        let id = at(&user, status);
        let path = format!("/v1/messages/{id}");
        let before = show(&user, &id);
        let change = json!({"subject": null, "body": "Hello", "recipient_name": "Ms. Okafor", "recipient_email": "a@kite.example"});
        if open {
            let after = user.patch(&path, change).expect(200).body;
            assert_eq!(after["status"], status);
            assert_eq!(after["subject"], Value::Null);
            assert_eq!(after["body"], "Hello");
            assert_eq!(after["recipient_email"], "a@kite.example");
        } else {
            user.patch(&path, change).problem(409, "message_immutable");
            assert_eq!(show(&user, &id), before);
        }
        // It can be removed all the same.
        user.delete(&path).expect(204);
        user.get(&path).problem(404, "not_found");
    }
}

#[test]
fn the_kind_and_the_status_are_not_patched() {
    let app = TestApp::start();
    let user = app.user();
    let path = format!("/v1/messages/{}", draft(&user, json!({})).id());
    let change =
        json!({"kind": "thank_you", "status": "sent", "override_reason": "x", "subject": "a\nb"});
    let refused = user.patch(&path, change).problem(422, "invalid_fields");
    assert_eq!(
        refused.faults(),
        [
            ("/kind", "unknown_member"),
            ("/override_reason", "unknown_member"),
            ("/status", "use_transitions"),
            ("/subject", "line_break")
        ]
    );
}

#[test]
fn two_requests_that_send_at_once_send_once() {
    let app = TestApp::start();
    let user = app.user();
    for round in 0..8 {
        let application = user.application(json!({"status": "applied"})).id();
        let id = ready(&user, json!({"application_id": application}));
        let send = || send(&user, &id).send().status;
        let (first, second) = std::thread::scope(|scope| {
            let other = scope.spawn(send);
            (send(), other.join().expect("an answer"))
        });
        let mut statuses = [first, second];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "round {round}");
    }
    let sent = events(&app)
        .into_iter()
        .filter(|it| it["data"]["to"] == "sent");
    assert_eq!(sent.count(), 8);
}

#[test]
fn a_message_was_sent_when_the_user_says_but_not_in_the_future() {
    let app = TestApp::start();
    app.set_clock("2026-12-01T12:00:00Z");
    let user = app.user();
    let id = ready(&user, json!({}));
    let wanted = |at: &str| json!({"to": "sent", "occurred_at": at});
    let refused =
        transition(&user, &id, wanted("2026-12-01T12:00:01Z")).problem(422, "invalid_fields");
    assert_eq!(refused.faults(), [("/occurred_at", "in_future")]);
    let sent = transition(&user, &id, wanted("2026-11-30T08:00:00Z")).expect(200);
    assert_eq!(sent.body["sent_at"], "2026-11-30T08:00:00Z");
    assert_eq!(sent.body["updated_at"], "2026-12-01T12:00:00Z");
    let now = send(&user, &ready(&user, json!({}))).expect(200);
    assert_eq!(now.body["sent_at"], "2026-12-01T12:00:00Z");
}

#[test]
fn a_note_goes_on_the_timeline_of_the_application() {
    let app = TestApp::start();
    let user = app.user();
    let application = user.application(json!({"status": "applied"})).id();
    let id = draft(&user, json!({"application_id": application})).id();
    let wanted = json!({"to": "ready", "note": "Ada read it, too."});
    transition(&user, &id, wanted.clone()).expect(200);
    let timeline = user
        .get(&format!("/v1/applications/{application}/timeline"))
        .expect(200);
    let last = timeline.data().last().expect("an entry");
    assert_eq!(
        (&last["kind"], &last["note"]),
        (&json!("note"), &json!("Ada read it, too."))
    );

    let alone = draft(&user, json!({})).id();
    let refused = transition(&user, &alone, wanted).problem(422, "invalid_fields");
    assert_eq!(refused.faults(), [("/note", "no_application")]);
    assert_eq!(show(&user, &alone)["status"], "draft");
}

#[test]
fn a_stale_copy_moves_nothing() {
    let app = TestApp::start();
    let user = app.user();
    let created = draft(&user, json!({}));
    user.patch(
        &format!("/v1/messages/{}", created.id()),
        json!({"subject": "Other"}),
    )
    .expect(200);
    transition(&user, &created.id(), json!({"to": "ready"}))
        .header("If-Match", created.header("etag"))
        .problem(412, "precondition_failed");
}

#[test]
fn what_happens_is_told_by_ids_and_codes_only() {
    let app = TestApp::start();
    let user = app.user();
    let application = user.application(json!({"status": "applied"})).id();
    let id = ready(&user, json!({"application_id": application}));
    let path = format!("/v1/messages/{id}");
    user.patch(
        &path,
        json!({"body": format!("{POLITE} "), "recipient_name": "Ms. Okafor"}),
    )
    .expect(200);
    send(&user, &id).expect(200);
    user.delete(&path).expect(204);
    let about = |more: Value| {
        let mut data = json!({"application_id": application, "kind": "rejection_reply"});
        crate::support::builders::merge(&mut data, more);
        data
    };
    let expected = [
        json!({"kind": "message.created", "data": about(json!({}))}),
        json!({"kind": "message.transitioned", "data": about(json!({"from": "draft", "to": "ready"}))}),
        json!({"kind": "message.updated", "data": about(json!({}))}),
        json!({"kind": "message.transitioned", "data": about(json!({"from": "ready", "to": "sent"}))}),
        json!({"kind": "message.deleted", "data": about(json!({}))}),
    ];
    assert_eq!(events(&app), expected);
}
