//! Silence and nudges: what time does to a request.

use serde_json::{Value, json};

use super::{PATH, STATUSES, app, at, moved, nudged, sent, shown};

#[test]
fn silence_is_an_answer_after_exactly_fourteen_days() {
    let app = app();
    let user = app.user();
    let id = sent(&user, "2026-12-01T12:00:00Z");
    assert_eq!(
        shown(&user, &id).text_at("/answer_expected_until"),
        "2026-12-15T12:00:00Z"
    );
    let found = |status: &str| {
        user.get(&format!("{PATH}?status={status}"))
            .expect(200)
            .each("id")
    };
    app.set_clock("2026-12-15T11:59:59.999999Z");
    assert_eq!(shown(&user, &id).text_at("/status"), "sent");
    assert_eq!(found("sent"), [id.as_str()]);
    assert!(found("no_answer,draft").is_empty());
    app.set_clock("2026-12-15T12:00:00Z");
    let silent = shown(&user, &id);
    assert_eq!(silent.text_at("/status"), "no_answer");
    assert_eq!(silent.body["allowed_transitions"], json!(["answered"]));
    assert_eq!(silent.body["version"], 2);
    assert!(found("sent").is_empty());
    assert_eq!(found("no_answer"), [id.as_str()]);
    assert_eq!(found("sent,no_answer"), [id.as_str()]);
    // A late answer is welcome.
    app.set_clock("2027-02-01T09:00:00Z");
    let body = json!({"to": "answered", "response_text": "Sorry for the delay."});
    assert_eq!(
        moved(&user, &id, body).expect(200).text_at("/status"),
        "answered"
    );
    assert_eq!(found("answered"), [id]);
}

#[test]
fn a_tag_of_the_time_before_the_silence_is_stale_for_reading_and_good_for_changing() {
    let app = app();
    let user = app.user();
    let id = sent(&user, "2026-12-01T12:00:00Z");
    let tag = shown(&user, &id).header("etag").to_owned();
    let path = format!("{PATH}/{id}");
    user.get(&path).header("If-None-Match", &tag).expect(304);
    app.set_clock("2026-12-20T12:00:00Z");
    user.get(&path).header("If-None-Match", &tag).expect(200);
    moved(&user, &id, json!({"to": "answered"}))
        .header("If-Match", &tag)
        .expect(200);
    moved(&user, &id, json!({"to": "answered"}))
        .header("If-Match", &tag)
        .problem(412, "precondition_failed");
}

#[test]
fn one_nudge_is_in_place_from_the_fifth_day_on() {
    let app = app();
    let user = app.user();
    let id = sent(&user, "2026-12-01T12:00:00Z");
    assert_eq!(
        shown(&user, &id).text_at("/nudge_allowed_from"),
        "2026-12-06T12:00:00Z"
    );
    app.set_clock("2026-12-06T11:59:00Z");
    let early = nudged(&user, &id, json!({})).problem(409, "nudge_too_early");
    assert_eq!(early.header("retry-after"), "60");
    assert_eq!(early.body["nudge_allowed_from"], "2026-12-06T12:00:00Z");
    app.set_clock("2026-12-06T12:00:00Z");
    let done = nudged(&user, &id, json!({})).expect(200);
    assert_eq!(done.body["nudged_at"], "2026-12-06T12:00:00Z");
    assert_eq!(done.body["nudge_allowed_from"], Value::Null);
    assert_eq!(done.body["version"], 3);
    assert_eq!(shown(&user, &id).body, done.body);
    nudged(&user, &id, json!({})).problem(409, "already_nudged");
    // It gains no further time.
    app.set_clock("2026-12-15T12:00:00Z");
    nudged(&user, &id, json!({})).problem(409, "nudge_not_possible");
}

#[test]
fn a_nudge_may_be_written_down_later_but_has_its_time() {
    let app = app();
    let user = app.user();
    let id = sent(&user, "2026-11-24T12:00:00Z");
    let future = json!({"occurred_at": "2026-12-01T12:00:01Z"});
    let refused = nudged(&user, &id, future).problem(422, "invalid_fields");
    assert_eq!(refused.faults(), [("/occurred_at", "in_future")]);
    let early = json!({"occurred_at": "2026-11-29T11:59:59Z"});
    let refused = nudged(&user, &id, early).problem(409, "nudge_too_early");
    // Waiting does not help: it was too early then.
    assert_eq!(refused.header("retry-after"), "");
    let good = json!({"occurred_at": "2026-11-29T12:00:00Z"});
    let done = nudged(&user, &id, good).expect(200);
    assert_eq!(done.body["nudged_at"], "2026-11-29T12:00:00Z");
}

#[test]
fn nobody_is_nudged_who_is_not_waited_for() {
    let app = app();
    let user = app.user();
    for status in STATUSES.into_iter().filter(|it| *it != "sent") {
        let id = at(&user, status);
        nudged(&user, &id, json!({})).problem(409, "nudge_not_possible");
    }
}

#[test]
fn of_two_nudges_at_once_one_is_made() {
    let app = app();
    let user = app.user();
    for round in 0..10 {
        let id = sent(&user, "2026-11-24T12:00:00Z");
        let send = || nudged(&user, &id, json!({})).send();
        let (first, second) = std::thread::scope(|scope| {
            let other = scope.spawn(send);
            (send(), other.join().expect("an answer"))
        });
        let (done, refused) = match first.status {
            200 => (first, second),
            _ => (second, first),
        };
        assert_eq!(done.status, 200, "round {round}: {done}");
        refused.problem(409, "already_nudged");
    }
}
