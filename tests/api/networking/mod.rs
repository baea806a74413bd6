//! Networking: contacts, and what one did to stay in touch with them.

mod activities;
mod contacts;

use serde_json::{Value, json};

use crate::support::builders::{User, merge};

/// A contact with these members beside the name.
fn contact(user: &User<'_>, members: Value) -> String {
    let mut body = json!({"name": "Imani Okafor"});
    merge(&mut body, members);
    user.post("/v1/contacts", body).expect(201).id()
}

/// A call with a contact on a day.
fn call(user: &User<'_>, contact: &str, on: &str) -> String {
    let body = json!({"kind": "call", "occurred_on": on, "contact_id": contact});
    user.post("/v1/networking-activities", body)
        .expect(201)
        .id()
}

/// The path of an activity.
fn activity(id: &str) -> String {
    format!("/v1/networking-activities/{id}")
}

/// The latest activity and the next touch of a contact.
fn touch(user: &User<'_>, contact: &str) -> (Value, Value) {
    let body = user
        .get(&format!("/v1/contacts/{contact}"))
        .expect(200)
        .body;
    (
        body["last_activity_on"].clone(),
        body["next_touch_on"].clone(),
    )
}
