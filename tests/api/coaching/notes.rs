//! Notes: private ones and shared ones.

use serde_json::json;

use super::view;
use crate::support::app::TestApp;
use crate::support::coaching::client;
use crate::support::victim::eventually;

const SHARED: &str = "/v1/coach-notes";

#[test]
fn a_private_note_is_the_coachs_alone_until_it_is_shared() {
    let app = TestApp::start();
    let coach = app.user();
    let seeker = client(&coach, &["notes"]);
    let made = coach
        .post(&view(&seeker, "notes"), json!({"text": "Tired lately."}))
        .expect(201);
    assert_eq!(made.text_at("/visibility"), "private");
    let path = made.header("location").to_owned();
    assert_eq!(coach.get(&path).expect(200).body, made.body);
    assert!(seeker.get(SHARED).expect(200).data().is_empty());
    let own = format!("{SHARED}/{}", made.id());
    seeker.get(&own).problem(404, "not_found");
    seeker.get(&path).problem(404, "not_found");
    let change = json!({"text": "Well done!", "visibility": "shared"});
    let shared = coach.patch(&path, change).expect(200);
    assert_eq!(seeker.get(&own).expect(200).body, shared.body);
    assert_eq!(seeker.get(SHARED).expect(200).each("text"), ["Well done!"]);
    coach
        .patch(&path, json!({"visibility": "private"}))
        .expect(200);
    seeker.get(&own).problem(404, "not_found");
    coach.delete(&path).expect(204);
    coach.get(&path).problem(404, "not_found");
}

#[test]
fn an_encouragement_reaches_the_seeker() {
    let app = TestApp::start();
    let coach = app.user();
    let seeker = client(&coach, &["notes"]);
    let body = json!({"text": "The last letter was short and warm.", "visibility": "shared"});
    let id = coach.post(&view(&seeker, "notes"), body).expect(201).id();
    assert_eq!(seeker.get(SHARED).expect(200).each("id"), [id.as_str()]);
    eventually("the event", || {
        app.sql_value(&format!(
            "SELECT count(*) FROM events WHERE owner_id = '{}' AND kind = 'coach_note.shared' AND resource_id = '{id}'",
            seeker.id
        )) == 1
    });
}

#[test]
fn without_the_scope_no_note_is_left_and_none_is_read() {
    let app = TestApp::start();
    let coach = app.user();
    let seeker = client(&coach, &["notes"]);
    let body = json!({"text": "A note.", "visibility": "shared"});
    let note = coach
        .post(&view(&seeker, "notes"), body.clone())
        .expect(201);
    app.execute("UPDATE coach_links SET scopes = '{applications}'");
    let path = note.header("location");
    coach
        .post(&view(&seeker, "notes"), body)
        .problem(403, "scope_missing");
    coach.get(path).problem(403, "scope_missing");
    coach
        .patch(path, json!({"text": "Other."}))
        .problem(403, "scope_missing");
    coach.delete(path).problem(403, "scope_missing");
    app.execute("UPDATE coach_links SET status = 'revoked'");
    coach.get(path).problem(404, "not_found");
    // What was shared stays with the seeker.
    assert_eq!(seeker.get(SHARED).expect(200).each("id"), [note.id()]);
}

#[test]
fn notes_are_read_page_by_page() {
    let app = TestApp::start();
    let coach = app.user();
    let seeker = client(&coach, &["notes"]);
    for number in 0..5 {
        app.set_clock(&format!("2026-03-0{}T12:00:00Z", number + 1));
        let body = json!({"text": format!("Note {number}"), "visibility": "shared"});
        coach.post(&view(&seeker, "notes"), body).expect(201);
    }
    let expected: Vec<String> = (0..5).rev().map(|it| format!("Note {it}")).collect();
    for (user, path) in [
        (&coach, view(&seeker, "notes")),
        (&seeker, SHARED.to_owned()),
    ] {
        let pages = user.pages(&format!("{path}?limit=2"));
        let texts: Vec<String> = pages.iter().flat_map(|page| page.each("text")).collect();
        assert_eq!(texts, expected);
    }
}

#[test]
fn notes_are_found_by_time_and_sorted_on_both_sides() {
    let app = TestApp::start();
    app.set_clock("2026-03-01T12:00:00Z");
    let coach = app.user();
    let seeker = client(&coach, &["notes"]);
    let leave = |text: &str| {
        let body = json!({"text": text, "visibility": "shared"});
        coach.post(&view(&seeker, "notes"), body).expect(201)
    };
    let first = leave("One.");
    app.set_clock("2026-03-02T12:00:00Z");
    leave("Two.");
    app.set_clock("2026-03-03T12:00:00Z");
    coach
        .patch(first.header("location"), json!({"text": "One, changed."}))
        .expect(200);
    for (query, texts) in [
        ("", vec!["Two.", "One, changed."]),
        ("sort=created_at", vec!["One, changed.", "Two."]),
        ("sort=updated_at", vec!["Two.", "One, changed."]),
        ("sort=-updated_at", vec!["One, changed.", "Two."]),
        ("created_after=2026-03-01T12:00:00Z", vec!["Two."]),
        ("updated_after=2026-03-02T12:00:00Z", vec!["One, changed."]),
    ] {
        let of_coach = coach.get(&view(&seeker, &format!("notes?{query}")));
        assert_eq!(of_coach.expect(200).each("text"), texts, "{query}");
        let of_seeker = seeker.get(&format!("{SHARED}?{query}"));
        assert_eq!(of_seeker.expect(200).each("text"), texts, "{query}");
    }
    let pages = seeker.pages(&format!("{SHARED}?sort=updated_at&limit=1"));
    let texts: Vec<String> = pages.iter().flat_map(|it| it.each("text")).collect();
    assert_eq!(texts, ["Two.", "One, changed."]);
}
