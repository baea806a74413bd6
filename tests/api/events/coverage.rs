//! Every change that a user can make has an event of that user: else a copy would never learn of it.

use serde_json::{Value, json};

use crate::openapi_driven::world;
use crate::support::builders::User;
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
    ("delete_account", "takes the feed along"),
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

/// A body with which the operation does something to the thing at this path.
fn effective_body(user: &User<'_>, operation: &Operation, path: &str) -> Option<Value> {
    if let Some(resource) = path.strip_suffix("/transitions") {
        let found = user.get(resource).expect(200);
        let to = &found.body["allowed_transitions"][0];
        assert!(to.is_string(), "{}: nowhere to go: {found}", operation.id());
        let mut body = json!({"to": to});
        if to == "snoozed" {
            body["snooze_until"] = json!(user.app.now() + chrono::Duration::hours(1));
        }
        return Some(body);
    }
    world::own_body(user, operation)
}

#[test]
fn every_successful_change_is_told_of() {
    let app = world::app();
    let mut silent: Vec<String> = Vec::new();
    for operation in operations().into_iter().filter(writes) {
        let user = world::user(&app);
        let path = world::own_path(&user, &operation);
        if operation.id() == "create_nudge" {
            send_and_wait(&user, &path);
        }
        let body = effective_body(&user, &operation, &path);
        let before = recorded(&user);
        let answer = world::request(&user, &operation, &path, body.as_ref()).send();
        assert!(
            (200..300).contains(&answer.status),
            "this test does not know how to make it succeed: {answer}"
        );
        if operation.id() == "delete_account" || recorded(&user) == before {
            silent.push(operation.id().to_owned());
        }
    }
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
