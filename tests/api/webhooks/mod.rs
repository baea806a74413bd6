//! Webhooks: a program that is told of what happens, and nobody else.

mod deliveries;
mod endpoints;
mod sending;
mod slow;

use rebound::webhooks::Names;
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::builders::{User, merge};
use crate::support::client::Answer;
use crate::support::receiver::Receiver;

pub const PATH: &str = "/v1/webhooks";
/// Lets webhooks go to receivers of tests.
pub const LOOPBACK: [&str; 2] = ["--webhook-allowed-networks", "127.0.0.0/8"];

/// A service whose webhooks may go to receivers of tests.
pub fn app() -> TestApp {
    TestApp::with(&LOOPBACK)
}

/// The same at an instant.
pub fn app_at(instant: &str) -> TestApp {
    let app = app();
    app.set_clock(instant);
    app
}

/// A service where every name leads to loopback, and which goes nowhere but to the public.
pub fn app_of_public_ways() -> TestApp {
    let loopback = "127.0.0.1".parse().expect("an address");
    TestApp::knowing(&Names::by(move |_| Ok(vec![loopback])), &[])
}

/// A webhook of a user that goes to a receiver.
#[track_caller]
pub fn hook(user: &User<'_>, receiver: &Receiver, types: &[&str]) -> Answer {
    hook_with(
        user,
        json!({"url": receiver.url("/hook"), "event_types": types}),
    )
}

#[track_caller]
pub fn hook_with(user: &User<'_>, members: Value) -> Answer {
    let mut body = json!({"url": "https://hooks.example.com/", "event_types": ["*"]});
    merge(&mut body, members);
    user.post(PATH, body).expect(201)
}

/// The deliveries to a webhook, the newest first, once nothing follows by itself any more.
pub fn deliveries(user: &User<'_>, webhook: &str) -> Vec<Value> {
    user.app.settle();
    let found = user
        .get(&format!("{PATH}/{webhook}/deliveries"))
        .expect(200);
    found.data().to_vec()
}

/// A webhook as it is now.
pub fn now(user: &User<'_>, webhook: &str) -> Value {
    user.get(&format!("{PATH}/{webhook}")).expect(200).body
}

/// Turns a webhook on or off.
#[track_caller]
pub fn turn(user: &User<'_>, webhook: &str, to: &str) -> Answer {
    let path = format!("{PATH}/{webhook}/transitions");
    user.post(&path, json!({"to": to})).expect(200)
}
