//! The change feed and its stream.

mod coverage;
mod feed;
mod order;
mod retention;
mod stream;
mod sync;

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::builders::User;

/// A place before every event of a user.
const BEGINNING: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Where the feed ends.
fn now(user: &User<'_>) -> String {
    let page = user.get("/v1/events?after=now").expect(200);
    assert_eq!(page.body["data"], json!([]));
    page.text_at("/next_cursor").to_owned()
}

/// Reads on until there were so many events: what is committed shows as soon as nobody else's older
/// transaction runs. Gives them, and the place after them.
#[track_caller]
fn read(user: &User<'_>, after: &str, query: &str, count: usize) -> (Vec<Value>, String) {
    let (mut events, mut cursor) = (Vec::new(), after.to_owned());
    let begin = Instant::now();
    while events.len() < count {
        let path = format!("/v1/events?after={cursor}{query}");
        let page = user.get(&path).expect(200);
        cursor = page.text_at("/next_cursor").to_owned();
        assert!(
            begin.elapsed() < Duration::from_secs(20),
            "only {events:#?}"
        );
        if page.data().is_empty() {
            std::thread::sleep(Duration::from_millis(5));
        }
        events.extend_from_slice(page.data());
    }
    (events, cursor)
}

/// One member of each event, as text.
fn each<'e>(events: &'e [Value], pointer: &str) -> Vec<&'e str> {
    let texts = events.iter().map(|event| event.pointer(pointer));
    texts
        .map(|text| text.and_then(Value::as_str).unwrap_or("?"))
        .collect()
}
