//! Reminders: made by themselves, at a good time, once.

mod causes;
mod digests;
mod goals;
mod lists;
mod mails;
mod moves;
mod rest;
mod times;

use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::builders::User;
use crate::support::client::{Answer, Request};

const PATH: &str = "/v1/reminders";

/// A service whose clock stands.
fn app_at(instant: &str) -> TestApp {
    let app = TestApp::start();
    app.set_clock(instant);
    app
}

/// Moves the clock on and waits for what follows.
fn at(app: &TestApp, instant: &str) {
    app.set_clock(instant);
    app.settle();
}

/// An application to be looked at on a day.
fn follow_up(user: &User<'_>, on: &str) -> String {
    let members = json!({"status": "applied", "next_action_on": on});
    user.application(members).id()
}

fn interview(user: &User<'_>, at: &str) -> String {
    let application = user.application(json!({"status": "interviewing"})).id();
    let body = json!({"application_id": application, "kind": "final", "scheduled_at": at});
    user.post("/v1/interviews", body).expect(201).id()
}

/// The reminders of a user with these parameters, once everything is planned.
fn reminders(user: &User<'_>, query: &str) -> Answer {
    user.app.settle();
    user.get(&format!("{PATH}?{query}")).expect(200)
}

/// The one reminder of a user.
#[track_caller]
fn only(user: &User<'_>) -> Value {
    let found = reminders(user, "");
    assert_eq!(found.data().len(), 1, "{found}");
    found.data()[0].clone()
}

/// When the reminders of a user come, with their status.
fn schedule(user: &User<'_>) -> Vec<(String, String)> {
    let found = reminders(user, "");
    let pairs = found
        .each("remind_at")
        .into_iter()
        .zip(found.each("status"));
    pairs.collect()
}

fn pair(at: &str, status: &str) -> (String, String) {
    (at.to_owned(), status.to_owned())
}

fn moved(user: &User<'_>, id: &str, body: Value) -> Request {
    user.post(&format!("{PATH}/{id}/transitions"), body)
}

fn id_of(reminder: &Value) -> String {
    reminder["id"].as_str().expect("an id").to_owned()
}

/// The events about reminders, in their order.
fn events(app: &TestApp) -> Vec<Value> {
    app.sql("SELECT kind, data->>'from' AS \"from\", data->>'to' AS \"to\" FROM events WHERE resource_type = 'reminder' ORDER BY id")
}
