//! Promise 20 at its beginning: an event is written in the transaction of its cause. The log of events is the outbox, and
//! what would be told in a second transaction is lost with whoever dies between the two.
//!
//! The operations are those of the document, so that a new one is tried without a line here.

use serde_json::Value;

use crate::openapi_driven::world::{self, belongings, own_body, own_path};
use crate::support::app::TestApp;
use crate::support::builders::User;
use crate::support::document::{Operation, operations};
use crate::support::wire::{Answer, Call, Wire};

/// Operations that change something of which nothing is told, each with the reason. The list may only get shorter.
const UNTOLD: &[(&str, &str)] = &[
    ("delete_account", "the log goes with its user"),
    (
        "change_password",
        "the change log is about things, not about doors",
    ),
    ("delete_session", "likewise"),
    ("create_personal_token", "likewise"),
    ("delete_personal_token", "likewise"),
    ("update_personal_token", "likewise"),
    ("ping_webhook", "is itself what is sent"),
    ("retry_webhook_delivery", "is itself what is sent"),
];

/// What a user has, but for work of the service, which goes on by itself.
fn things(app: &TestApp, user: &User<'_>) -> Value {
    let mut things = belongings(app, user);
    let tables = things.as_object_mut().expect("tables");
    tables.remove("jobs.user_id").expect("the queue");
    things
}

/// The client of the other tests takes no answer that the document does not know of, and a fault of ours is none.
fn send(user: &User<'_>, operation: &Operation, path: &str, body: Option<&Value>) -> Answer {
    let method = ["POST", "PUT", "PATCH", "DELETE"]
        .into_iter()
        .find(|it| *it == operation.method)
        .expect("a method that writes");
    let call = Call::new(method, path);
    let call = match (body, operation.body()) {
        (Some(body), _) => call.json(body),
        (None, Some((kind, _))) => call
            .header("Content-Type", kind)
            .bytes("company,title\nA,B\n"),
        (None, None) => call,
    };
    Wire::with_token(user.app.address(), &user.token())
        .send(&call)
        .expect("an answer")
}

#[test]
fn nothing_is_done_whose_event_cannot_be_written() {
    let app = world::app();
    let (mut refused, mut silent, mut unused) = (Vec::new(), Vec::new(), Vec::new());
    for operation in operations()
        .into_iter()
        .filter(|it| it.method != "GET" && it.is_secured())
    {
        let user = world::user(&app);
        let path = own_path(&user, &operation);
        let body = own_body(&user, &operation);
        let before = things(&app, &user);
        app.execute("ALTER TABLE events ADD CONSTRAINT unwritten CHECK (false) NOT VALID");
        let answer = send(&user, &operation, &path, body.as_ref());
        app.execute("ALTER TABLE events DROP CONSTRAINT unwritten");
        let (name, after) = (operation.id().to_owned(), things(&app, &user));
        if after != before {
            silent.push(name);
        } else if answer.status >= 500 {
            refused.push(name);
        } else if name == "create_import" {
            // It tells of each row for itself what became of it.
            assert!(answer.text().contains("not_written"), "{}", answer.text());
            refused.push(name);
        } else {
            // A success that nothing is left of would be a lie: said again, it changes nothing either.
            let again = send(&user, &operation, &path, body.as_ref());
            assert_eq!(again.status, answer.status, "{name}: {}", answer.text());
            assert_eq!(things(&app, &user), before, "{name} said that it was done");
            unused.push(format!("{name} {}", answer.status));
        }
    }
    println!("{} refused; without a change: {unused:?}", refused.len());
    let known: Vec<&str> = UNTOLD.iter().map(|(name, _)| *name).collect();
    assert_eq!(
        silent,
        known,
        "what is changed although its event cannot be written; {} were refused, and these changed nothing: {unused:?}",
        refused.len()
    );
    assert!(refused.len() > 50, "only {refused:?}");
}
