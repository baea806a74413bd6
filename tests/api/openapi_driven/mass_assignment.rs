//! Promise 5: what is not a client's to write cannot be written.

use serde_json::{Value, json};

use super::schema::places;
use super::world::{self, belongings, own_body, own_path, request};
use crate::support::document::{Operation, operations};

/// Members that a service keeps for itself.
fn kept(victim: &str) -> Vec<(&'static str, Value)> {
    vec![
        ("owner_id", json!(victim)),
        ("user_id", json!(victim)),
        ("id", json!(world::NOBODYS)),
        ("role", json!("admin")),
        ("is_admin", json!(true)),
        ("version", json!(999)),
        ("created_at", json!("2000-01-01T00:00:00Z")),
        ("updated_at", json!("2000-01-01T00:00:00Z")),
        ("__proto__", json!({"owner_id": victim})),
    ]
}

/// Members of a resource that are its own in spite of their name, each with the reason.
const OWN: &[(&str, &str, &str)] = &[(
    "contact",
    "role",
    "is what the contact does where they work",
)];

fn is_its_own(operation: &Operation, member: &str) -> bool {
    OWN.iter()
        .any(|(resource, name, _)| operation.id().ends_with(resource) && *name == member)
}

fn writing() -> impl Iterator<Item = Operation> {
    operations()
        .into_iter()
        .filter(|it| it.json_body().is_some())
}

#[test]
fn no_body_takes_a_member_that_is_not_the_clients() {
    let app = world::app();
    let (victim, user) = (world::user(&app), world::user(&app));
    let before = belongings(&app, &victim);
    for operation in writing() {
        let known = operation.json_body().map(places).unwrap_or_default();
        let (path, body) = (own_path(&user, &operation), own_body(&user, &operation));
        let body = body.expect("a body");
        let kept = kept(&victim.id.to_string());
        for (name, value) in kept.into_iter().filter(|it| !is_its_own(&operation, it.0)) {
            assert!(
                known
                    .iter()
                    .all(|place| place.pointer != format!("/{name}")),
                "{} documents {name} as something to write",
                operation.id()
            );
            let mut tried = body.clone();
            tried[name] = value;
            let answer =
                request(&user, &operation, &path, Some(&tried)).problem(422, "invalid_fields");
            assert_eq!(
                answer.faults(),
                [(format!("/{name}").as_str(), "unknown_member")],
                "{}",
                operation.id()
            );
        }
    }
    assert_eq!(belongings(&app, &victim), before);
    // Those whom a coach has to do with were put into the database without a password.
    let registered = "SELECT count(*) FROM users WHERE password_hash <> 'none'";
    assert_eq!(app.sql_value(registered), 2);
}

#[test]
fn a_nested_object_takes_no_foreign_member_either() {
    let app = world::app();
    let (victim, user) = (world::user(&app), world::user(&app));
    let before = belongings(&app, &victim);
    for operation in writing() {
        let objects = operation.json_body().map(places).unwrap_or_default();
        let objects = objects
            .into_iter()
            .filter(|it| !it.pointer.is_empty() && it.schema["properties"].is_object());
        for place in objects {
            let (path, body) = (own_path(&user, &operation), own_body(&user, &operation));
            let mut body = body.expect("a body");
            let mut inner = super::schema::sample(place.schema);
            inner["owner_id"] = json!(victim.id);
            place.put(&mut body, inner);
            let answer = request(&user, &operation, &path, Some(&body)).send();
            // Each of a batch has a status of its own.
            let refused = answer.status == 422
                || answer.body.pointer("/results/0/status") == Some(&json!(422));
            assert!(refused, "{} at {}: {answer}", operation.id(), place.pointer);
        }
    }
    assert_eq!(belongings(&app, &victim), before);
}

#[test]
fn the_status_is_never_patched() {
    let app = world::app();
    let user = world::user(&app);
    for operation in writing().filter(|it| it.method == "PATCH") {
        let path = own_path(&user, &operation);
        for value in [json!("applied"), json!("active"), json!(null), json!([])] {
            let answer = user
                .patch(&path, json!({"status": value}))
                .problem(422, "invalid_fields");
            let faults = answer.faults();
            assert!(
                faults.iter().any(|(pointer, _)| *pointer == "/status"),
                "{}: {answer}",
                operation.id()
            );
        }
    }
}

#[test]
fn null_and_lists_in_place_of_anything_break_nothing() {
    let app = world::app();
    for operation in writing() {
        let user = world::user(&app);
        let (path, body) = (own_path(&user, &operation), own_body(&user, &operation));
        let body = body.expect("a body");
        for place in operation.json_body().map(places).unwrap_or_default() {
            for odd in [
                json!(null),
                json!([]),
                json!({}),
                json!([[]]),
                json!(""),
                json!(0),
                json!(false),
                json!(-1),
            ] {
                let mut tried = body.clone();
                place.put(&mut tried, odd.clone());
                let answer = request(&user, &operation, &path, Some(&tried)).send();
                assert!(
                    answer.status < 500,
                    "{} with {odd} at {}: {answer}",
                    operation.id(),
                    place.pointer
                );
                let whole = place.pointer.is_empty() && !odd.is_object();
                assert!(
                    !whole || answer.status == 422,
                    "{} took {odd}: {answer}",
                    operation.id()
                );
            }
        }
    }
}
