//! Every change that a user can make has an event of that user: else a copy would never learn of it.

use serde_json::{Value, json};

use crate::openapi_driven::world;
use crate::support::builders::User;
use crate::support::client::Answer;
use crate::support::document::{Operation, operations};

/// Operations that leave no event, each with the reason. The list may only get shorter.
const SILENT: &[(&str, &str)] = &[
    ("check_tone", "changes nothing"),
    ("render_template", "changes nothing"),
    ("change_password", "nothing that is shown changes"),
    (
        "delete_session",
        "sessions belong to signing in, and a copy does not keep them",
    ),
    (
        "create_personal_token",
        "tokens belong to signing in, and a copy does not keep them",
    ),
    ("update_personal_token", "the same"),
    ("delete_personal_token", "the same"),
    ("delete_account", "takes the feed along"),
    (
        "ping_webhook",
        "deliveries tell of events and are none themselves",
    ),
    ("retry_webhook_delivery", "the same"),
    (
        "delete_wellbeing_check_ins",
        "erases what is there; with nothing there nothing happens",
    ),
];

/// Is it a write behind a sign-in?
fn writes(operation: &Operation) -> bool {
    operation.is_secured() && operation.method != "GET"
}

/// Everything that has been recorded for a user.
fn recorded(user: &User<'_>) -> u64 {
    user.app.settle();
    let count = user.app.sql_value(&format!(
        "SELECT count(*) FROM events WHERE owner_id = '{}'",
        user.id
    ));
    count.as_u64().expect("a number")
}

/// Bodies of which one does something to the thing at this path.
fn bodies(user: &User<'_>, operation: &Operation, path: &str) -> Vec<Option<Value>> {
    if operation.id() == "create_nudge" {
        return vec![Some(json!({}))];
    }
    let Some(resource) = path.strip_suffix("/transitions") else {
        return vec![world::own_body(user, operation)];
    };
    let found = user.get(resource).expect(200);
    let allowed = found.body["allowed_transitions"].as_array();
    let later = user.app.now() + chrono::Duration::hours(1);
    let moves = allowed.into_iter().flatten().map(|to| {
        if to == "snoozed" {
            json!({"to": to, "snooze_until": later})
        } else {
            json!({"to": to})
        }
    });
    moves.map(Some).collect()
}

#[test]
fn every_successful_change_is_told_of() {
    let app = world::app();
    let (mut silent, mut failed) = (Vec::new(), Vec::new());
    for operation in operations().into_iter().filter(writes) {
        let user = world::user(&app);
        let path = world::own_path(&user, &operation);
        if operation.id() == "create_nudge" {
            send_and_wait(&user, &path);
        }
        let bodies = bodies(&user, &operation, &path);
        let before = recorded(&user);
        let answers: Vec<Answer> = bodies
            .iter()
            .map(|body| world::request(&user, &operation, &path, body.as_ref()).send())
            .collect();
        if !answers.iter().any(|it| (200..300).contains(&it.status)) {
            failed.extend(answers.iter().map(Answer::to_string));
        } else if operation.id() == "delete_account" || recorded(&user) == before {
            silent.push(operation.id().to_owned());
        }
    }
    assert!(
        failed.is_empty(),
        "this test does not know how to make these succeed: {failed:#?}"
    );
    let mut known: Vec<&str> = SILENT.iter().map(|(id, _)| *id).collect();
    known.sort_unstable();
    silent.sort_unstable();
    assert_eq!(
        silent, known,
        "left: operations without an event; right: those that may have none"
    );
}

/// Sends a request for feedback, and lets the days pass that a nudge has to wait for.
fn send_and_wait(user: &User<'_>, path: &str) {
    let request = path.strip_suffix("/nudges").expect("a path");
    let sent_at = user.app.now() - chrono::Duration::days(6);
    user.post(
        &format!("{request}/transitions"),
        json!({"to": "sent", "override_reason": "It cannot wait any longer.", "occurred_at": sent_at}),
    )
    .expect(200);
    user.app.execute(&format!(
        "UPDATE feedback_requests SET sent_at = '{sent_at}' WHERE owner_id = '{}'",
        user.id
    ));
}
