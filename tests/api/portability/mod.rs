//! A whole account in one document: out, and in again.

mod import;
mod reports;
mod round_trip;

use serde_json::{Value, json};

use crate::support::builders::User;
use crate::support::client::Answer;

/// The document of a user.
#[track_caller]
fn exported(user: &User<'_>) -> Value {
    user.get("/v1/me/export").expect(200).body
}

/// Sends a document.
fn import(user: &User<'_>, document: &Value) -> Answer {
    user.post("/v1/me/import", document.clone()).send()
}

/// A small document with something of most kinds, and references between them.
fn small(user: &User<'_>) -> Value {
    let application = user
        .application(json!({"status": "applied", "applied_on": "2026-03-02", "tags": ["a"]}))
        .id();
    let step = json!({"to": "interviewing", "note": "They called."});
    user.transition(&application, step).expect(200);
    let interview = json!({"application_id": application, "kind": "final", "scheduled_at": "2026-03-20T09:00:00Z"});
    user.post("/v1/interviews", interview).expect(201);
    let contact = json!({"name": "Imani Okafor", "keep_in_touch_days": 30});
    let contact = user.post("/v1/contacts", contact).expect(201).id();
    let met = json!({"kind": "coffee", "occurred_on": "2026-03-01", "contact_id": contact});
    user.post("/v1/networking-activities", met).expect(201);
    let goal =
        json!({"title": "Practise", "category": "routine", "kind": "recurring", "period": "day"});
    let goal = user.post("/v1/goals", goal).expect(201).id();
    let check_in = json!({"occurred_on": "2026-03-04"});
    user.post(&format!("/v1/goals/{goal}/check-ins"), check_in)
        .expect(201);
    user.app.settle();
    exported(user)
}
