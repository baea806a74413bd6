//! Messages: written, checked, moved, and what may not be sent.

mod guards;
mod mailto;
mod moves;
mod writing;

use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::builders::{User, merge};
use crate::support::client::{Answer, Request};

/// A text that the tone check has nothing to say about.
const POLITE: &str = "Dear Ms. Okafor,\n\nThank you for letting me know about your decision, and for your time. \
    I would be glad to hear from you when another role fits.\n\nKind regards,\nSam";
/// A text that it holds back.
const RUDE: &str =
    "Dear Ms. Okafor,\n\nThank you for nothing, you fucking idiots.\n\nKind regards,\nSam";
/// Why it cannot wait.
const REASON: &str = "The recruiter leaves tomorrow.";

fn draft(user: &User<'_>, members: Value) -> Answer {
    let mut body = json!({"kind": "rejection_reply", "subject": "Thank you", "body": POLITE});
    merge(&mut body, members);
    user.post("/v1/messages", body).expect(201)
}

fn transition(user: &User<'_>, id: &str, body: Value) -> Request {
    user.post(&format!("/v1/messages/{id}/transitions"), body)
}

/// A message that only has to be sent.
fn ready(user: &User<'_>, members: Value) -> String {
    let id = draft(user, members).id();
    transition(user, &id, json!({"to": "ready"})).expect(200);
    id
}

fn send(user: &User<'_>, id: &str) -> Request {
    transition(user, id, json!({"to": "sent"}))
}

fn show(user: &User<'_>, id: &str) -> Value {
    user.get(&format!("/v1/messages/{id}")).expect(200).body
}

/// Kind and data of each event about messages, in their order.
fn events(app: &TestApp) -> Vec<Value> {
    app.sql("SELECT kind, data FROM events WHERE kind LIKE 'message.%' ORDER BY id")
}
