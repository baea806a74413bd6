//! Feedback requests: asked once, politely, and waited for.

mod guards;
mod moves;
mod requests;
mod waiting;

use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::builders::User;
use crate::support::client::{Answer, Request};

const PATH: &str = "/v1/feedback-requests";
const STATUSES: [&str; 6] = [
    "draft",
    "sent",
    "answered",
    "declined_by_policy",
    "no_answer",
    "cancelled",
];
/// Each status with where it may go, written down a second time.
const MOVES: [(&str, &[&str]); 6] = [
    ("draft", &["sent", "cancelled"]),
    ("sent", &["answered", "declined_by_policy", "cancelled"]),
    ("answered", &[]),
    ("declined_by_policy", &[]),
    ("no_answer", &["answered"]),
    ("cancelled", &[]),
];

fn draft_for(user: &User<'_>, application: &str) -> Request {
    user.post(PATH, json!({"application_id": application}))
}

fn draft(user: &User<'_>) -> Answer {
    draft_for(user, &user.application(json!({"status": "applied"})).id()).expect(201)
}

fn moved(user: &User<'_>, id: &str, body: Value) -> Request {
    user.post(&format!("{PATH}/{id}/transitions"), body)
}

fn nudged(user: &User<'_>, id: &str, body: Value) -> Request {
    user.post(&format!("{PATH}/{id}/nudges"), body)
}

fn shown(user: &User<'_>, id: &str) -> Answer {
    user.get(&format!("{PATH}/{id}")).expect(200)
}

/// A request that was sent at an instant.
fn sent(user: &User<'_>, at: &str) -> String {
    let id = draft(user).id();
    let body = json!({"to": "sent", "occurred_at": at});
    moved(user, &id, body).expect(200);
    id
}

/// A request with a status, by the shortest way. The clock stands at 1 December 2026, noon.
fn at(user: &User<'_>, status: &str) -> String {
    match status {
        "draft" => draft(user).id(),
        "sent" => sent(user, "2026-11-30T12:00:00Z"),
        "no_answer" => sent(user, "2026-11-01T12:00:00Z"),
        "cancelled" => {
            let id = draft(user).id();
            moved(user, &id, json!({"to": "cancelled"})).expect(200);
            id
        }
        _ => {
            let id = sent(user, "2026-11-30T12:00:00Z");
            moved(user, &id, json!({"to": status})).expect(200);
            id
        }
    }
}

/// A service whose clock stands.
fn app() -> TestApp {
    let app = TestApp::start();
    app.set_clock("2026-12-01T12:00:00Z");
    app
}
