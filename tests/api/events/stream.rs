//! The stream: what comes when, and when it ends.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{BEGINNING, now, read};
use crate::support::app::TestApp;
use crate::support::builders::User;
use crate::support::sse::Sse;
use crate::support::victim::eventually;

const STREAM: &str = "/v1/events/stream";
/// As many as a user may have.
const MOST: usize = 10;

fn open(user: &User<'_>, query: &str, last: Option<&str>) -> Sse {
    let target = format!("{STREAM}{query}");
    Sse::open(user.app.address(), &user.token(), &target, last)
}

#[test]
fn events_come_as_they_happen_in_the_form_of_the_feed() {
    let app = TestApp::start();
    let user = app.user();
    user.application(json!({"company": "before"}));
    let (_, end) = read(&user, BEGINNING, "", 1);
    let mut stream = open(&user, "", None);
    for header in [
        "content-type: text/event-stream",
        "content-encoding: identity",
        "cache-control: no-store",
        "x-accel-buffering: no",
    ] {
        assert!(stream.head.contains(header), "{}", stream.head);
    }
    // The first word says where one is, so that a cut before the first event loses nothing.
    let hello = stream.block().expect("a block");
    assert_eq!((hello.id, hello.retry), (Some(end.clone()), Some(2_000)));
    let id = user.application(json!({})).id();
    let event = stream.event().expect("an event");
    let (feed, _) = read(&user, &end, "", 1);
    assert_eq!(event.data, feed[0]);
    assert_eq!(event.event.as_deref(), Some("application.created"));
    assert_eq!(event.id.as_deref(), feed[0]["id"].as_str());
    assert_eq!(event.data["resource"]["id"], *id);
}

#[test]
fn a_stream_is_taken_up_where_it_broke() {
    let app = TestApp::start();
    let user = app.user();
    let place = now(&user);
    for number in 0..5 {
        user.application(json!({"company": format!("{number}")}));
    }
    let (all, _) = read(&user, &place, "", 5);
    let id = |number: usize| all[number]["id"].as_str().expect("an id");
    let mut stream = open(&user, "", Some(id(1)));
    for later in &all[2..5] {
        assert_eq!(stream.event().expect("an event").data, *later);
    }
    // The header is newer than the address that a browser opens again.
    let target = format!("?after={}&type=application.created", id(0));
    let mut again = open(&user, &target, Some(id(3)));
    assert_eq!(again.event().expect("an event").data, all[4]);
    let mut from = open(&user, &format!("?after={place}"), None);
    assert_eq!(from.event().expect("an event").data, all[0]);
}

#[test]
fn a_long_backlog_comes_whole_and_in_order() {
    let app = TestApp::start();
    let user = app.user();
    app.execute(&format!(
        "INSERT INTO events (owner_id, kind, resource_type, resource_id, occurred_at, data)
         SELECT '{}', 'application.updated', 'application', gen_random_uuid(), now(), 'null'
         FROM generate_series(1, 450)",
        user.id
    ));
    let mut stream = open(&user, &format!("?after={BEGINNING}"), None);
    let streamed: Vec<_> = (0..450)
        .map(|_| stream.event().expect("an event").data)
        .collect();
    let (feed, _) = read(&user, BEGINNING, "&limit=100", 450);
    assert_eq!(streamed, feed);
}

#[test]
fn a_stream_shows_only_what_was_asked_for_and_is_ones_own() {
    let app = TestApp::start();
    let (user, other) = (app.user(), app.user());
    let mut stream = open(&user, "?type=contact.*", None);
    other
        .post("/v1/contacts", json!({"name": "Somebody else's"}))
        .expect(201);
    user.application(json!({}));
    let contact = user.post("/v1/contacts", json!({"name": "Ada Kowalczyk"}));
    let contact = contact.expect(201).id();
    assert_eq!(
        stream.event().expect("an event").data["resource"]["id"],
        *contact
    );
}

#[test]
fn silence_is_broken_every_fifteen_seconds_with_the_place_that_was_passed() {
    let app = TestApp::start();
    let user = app.user();
    let mut stream = open(&user, "?type=contact.*", None);
    let begin = Instant::now();
    let hello = stream.block().expect("a block");
    user.application(json!({}));
    let (_, end) = read(&user, BEGINNING, "", 1);
    let beat = stream.block().expect("a sign of life");
    assert!(beat.comment && beat.event.is_none(), "{beat:?}");
    assert_ne!(hello.id, beat.id);
    assert_eq!(beat.id, Some(end));
    let took = begin.elapsed();
    assert!(
        took > Duration::from_secs(14) && took < Duration::from_secs(17),
        "{took:?}"
    );
}

#[test]
fn a_user_has_ten_streams_at_a_time() {
    let app = TestApp::start();
    let (user, other) = (app.user(), app.user());
    let mut streams: Vec<Sse> = (0..MOST).map(|_| open(&user, "", None)).collect();
    let refused = user.get(STREAM).problem(429, "too_many_streams");
    assert!(!refused.header("retry-after").is_empty());
    open(&other, "", None);
    // They hold no connection of the database, of which there are three.
    let id = user.application(json!({})).id();
    for stream in &mut streams {
        assert_eq!(
            stream.event().expect("an event").data["resource"]["id"],
            *id
        );
    }
    // A place is free again soon after its client has gone, without a word between.
    streams.pop();
    eventually("a free place", || user.get(STREAM).send().status == 200);
}

#[test]
fn a_stream_ends_within_a_second_of_its_session() {
    let app = TestApp::start();
    let user = app.user();
    let mut stream = open(&user, "", None);
    stream.block().expect("a block");
    let mut other = open(&app.user(), "", None);
    other.block().expect("a block");
    user.delete(&format!("/v1/me/sessions/{}", user.session_id))
        .expect(204);
    let begin = Instant::now();
    assert_eq!(stream.rest(), []);
    let took = begin.elapsed();
    assert!(took < Duration::from_millis(1_500), "{took:?}");
    // Nobody else's ends.
    other
        .socket()
        .set_read_timeout(Some(Duration::from_millis(50)))
        .expect("a socket");
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| other.block())).is_err());
}

#[test]
fn a_stream_ends_with_its_token() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T10:00:00Z");
    let user = app.user();
    let mut stream = open(&user, "", None);
    app.set_clock("2026-03-05T10:14:00Z");
    user.application(json!({}));
    stream.event().expect("an event");
    app.set_clock("2026-03-05T10:15:01Z");
    let begin = Instant::now();
    assert_eq!(stream.rest(), []);
    assert!(begin.elapsed() < Duration::from_secs(3));
}

#[test]
fn a_head_of_a_stream_is_an_answer_without_one() {
    let app = TestApp::start();
    let user = app.user();
    let head = user.request("HEAD", STREAM).expect(200);
    assert_eq!(head.header("content-type"), "text/event-stream");
    for _ in 0..2 * MOST {
        user.request("HEAD", STREAM).expect(200);
    }
}

#[test]
fn a_stream_needs_a_sign_in() {
    let app = TestApp::start();
    app.get(STREAM).problem(401, "unauthenticated");
    app.get(STREAM).bearer("x").problem(401, "invalid_token");
}
