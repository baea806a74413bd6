//! Nothing is skipped and nothing comes twice, whoever writes at the same time.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use diesel::connection::SimpleConnection;
use rebound::events::place::Place;
use serde_json::{Value, json};

use super::{BEGINNING, each, read};
use crate::support::app::{TestApp, open};
use crate::support::victim::eventually;

const WRITERS: usize = 8;
const EACH: usize = 20;

fn late(owner: uuid::Uuid, id: &str) -> String {
    format!(
        "INSERT INTO events (owner_id, kind, resource_type, resource_id, occurred_at, data)
         VALUES ('{owner}', 'application.noted', 'application', '{id}', now(), 'null')"
    )
}

#[test]
fn a_reader_sees_each_event_of_eight_writers_once_and_in_order_and_the_late_one_too() {
    let app = TestApp::start();
    let user = app.user();
    let first = user.application(json!({})).id();
    let (mut seen, begin) = read(&user, BEGINNING, "", 1);
    // A transaction that begins to write before all others, and commits after them.
    let mut straggler = open(&app.database().owner_url());
    straggler
        .batch_execute(&format!("BEGIN; {}", late(user.id, &first)))
        .expect("an event");
    let written = AtomicBool::new(false);
    let cursor = thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|number| {
                let user = &user;
                scope.spawn(move || {
                    for count in 0..EACH {
                        let company = format!("{number} {count}");
                        user.application(json!({"company": company}));
                    }
                })
            })
            .collect();
        let reader = scope.spawn(|| {
            let mut early = Vec::new();
            let mut place = begin.clone();
            while !written.load(Ordering::Relaxed) {
                let page = user.get(&format!("/v1/events?after={place}&limit=7"));
                let page = page.expect(200);
                place = page.text_at("/next_cursor").to_owned();
                early.extend_from_slice(page.data());
            }
            (early, place)
        });
        for writer in writers {
            writer.join().expect("it writes");
        }
        written.store(true, Ordering::Relaxed);
        let (early, place) = reader.join().expect("it reads");
        // What came after the straggler's beginning has to wait for it.
        assert_eq!(json!(early), json!([]));
        place
    });
    straggler.batch_execute("COMMIT").expect("the end");
    // Further writers, while the reader catches up in small pages.
    thread::scope(|scope| {
        for number in 0..WRITERS {
            let user = &user;
            scope.spawn(move || {
                for count in 0..EACH {
                    let company = format!("later {number} {count}");
                    user.application(json!({"company": company}));
                }
            });
        }
        let (rest, _) = read(&user, &cursor, "&limit=7", 2 * WRITERS * EACH + 1);
        seen.extend(rest);
    });
    assert_eq!(seen[1]["type"], "application.noted");
    assert_complete(&app, &seen, user.id);
}

/// The events are all there are, each once, in the order of their places.
fn assert_complete(app: &TestApp, seen: &[Value], owner: uuid::Uuid) {
    let places: Vec<Place> = each(seen, "/id")
        .into_iter()
        .map(|id| Place::decode(id).expect("a place"))
        .collect();
    assert!(places.is_sorted_by(|a, b| a < b), "{places:?}");
    let told: BTreeSet<i64> = places.iter().map(|place| place.id).collect();
    let stored = app.sql(&format!("SELECT id FROM events WHERE owner_id = '{owner}'"));
    let stored: BTreeSet<i64> = stored.iter().filter_map(|row| row["id"].as_i64()).collect();
    assert_eq!(told, stored);
}

#[test]
fn a_type_that_is_committed_late_is_not_passed_over() {
    let app = TestApp::start();
    let user = app.user();
    let id = user.application(json!({})).id();
    let (_, place) = read(&user, BEGINNING, "", 1);
    let mut straggler = open(&app.database().owner_url());
    straggler
        .batch_execute(&format!("BEGIN; {}", late(user.id, &id)))
        .expect("an event");
    user.application(json!({}));
    // Nothing of this type is there yet: the place stays before what may still come.
    let page = user
        .get(&format!("/v1/events?after={place}&type=application.noted"))
        .expect(200);
    assert_eq!(page.body["next_cursor"], *place);
    straggler.batch_execute("COMMIT").expect("the end");
    let (events, _) = read(&user, &place, "&type=application.noted", 1);
    assert_eq!(events.len(), 1);
}

#[test]
fn what_is_rolled_back_is_never_told() {
    let app = TestApp::start();
    let user = app.user();
    let id = user.application(json!({})).id();
    let (_, place) = read(&user, BEGINNING, "", 1);
    let mut other = open(&app.database().owner_url());
    other
        .batch_execute(&format!("BEGIN; {}", late(user.id, &id)))
        .expect("an event");
    user.application(json!({}));
    other.batch_execute("ROLLBACK").expect("the end");
    let (events, _) = read(&user, &place, "", 1);
    assert_eq!(each(&events, "/type"), ["application.created"]);
    eventually("nothing else", || {
        let end = user.get("/v1/events?after=now").expect(200);
        end.body["next_cursor"] == events[0]["id"]
    });
}
