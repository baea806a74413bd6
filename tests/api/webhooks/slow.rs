//! A receiver that is slow holds up nobody but itself.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{PATH, app, deliveries, hook};
use crate::support::receiver::{Receiver, Reply};
use crate::support::victim::eventually;

#[test]
fn slow_receivers_hold_up_neither_other_receivers_nor_other_work() {
    let (app, silent, quick) = (
        app(),
        Receiver::answering(|_| Reply::Silence),
        Receiver::start(),
    );
    let (slow, other) = (app.user(), app.user());
    for _ in 0..5 {
        hook(&slow, &silent, &["application.created"]);
    }
    hook(&slow, &quick, &["application.created"]);
    hook(&other, &quick, &["application.created"]);
    slow.application(json!({}));
    silent.wait_for(5);
    let begin = Instant::now();
    slow.application(json!({}));
    other.application(json!({}));
    quick.wait_for(3);
    // The queue of jobs goes on, too: a reminder is planned as soon as something was written.
    eventually("an empty queue", || {
        app.sql_value("SELECT count(*) FROM jobs WHERE run_at <= now()") == 0
    });
    assert!(begin.elapsed() < Duration::from_secs(8));
    // One request at a time goes to an endpoint.
    assert_eq!(silent.received().len(), 5);
    slow.get(PATH).expect(200);
}

#[test]
fn one_bad_event_does_not_hold_up_those_after_it() {
    let receiver = Receiver::answering(|request| {
        let bad = request.kind() == "application.deleted";
        Reply::Status(if bad { 500 } else { 200 })
    });
    let app = app();
    let user = app.user();
    let id = hook(&user, &receiver, &["application.*"]).id();
    let application = user.application(json!({})).id();
    user.delete(&format!("/v1/applications/{application}"))
        .expect(204);
    user.application(json!({}));
    receiver.wait_for(3);
    let states: Vec<_> = deliveries(&user, &id)
        .iter()
        .map(|it| it["state"].clone())
        .collect();
    assert_eq!(states, ["delivered", "pending", "delivered"]);
}
