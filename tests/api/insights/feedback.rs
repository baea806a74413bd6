//! What asking for feedback brings.

use serde_json::{Value, json};

use super::{counts, insight};
use crate::support::app::TestApp;
use crate::support::builders::User;

/// A request that was sent at an instant.
#[track_caller]
fn sent(user: &User<'_>, at: &str) -> String {
    let application = user.application(json!({"status": "applied"})).id();
    let body = json!({"application_id": application});
    let id = user.post("/v1/feedback-requests", body).expect(201).id();
    moved(user, &id, json!({"to": "sent", "occurred_at": at}));
    id
}

#[track_caller]
fn moved(user: &User<'_>, id: &str, body: Value) {
    user.post(&format!("/v1/feedback-requests/{id}/transitions"), body)
        .expect(200);
}

fn item(area: &str, polarity: &str) -> Value {
    json!({"area": area, "polarity": polarity, "quote": "As they said."})
}

#[test]
fn answers_refusals_and_silence_are_counted_with_what_waits_beside_them() {
    let app = TestApp::start();
    app.set_clock("2026-03-31T12:00:00Z");
    let user = app.user();
    let answered = sent(&user, "2026-03-02T12:00:00Z");
    let items = [
        item("communication", "strength"),
        item("interview_skills", "improvement"),
        item("interview_skills", "improvement"),
    ];
    moved(
        &user,
        &answered,
        json!({"to": "answered", "response_text": "Thank you.", "items": items}),
    );
    let late = sent(&user, "2026-03-03T12:00:00Z");
    let items = [item("interview_skills", "improvement")];
    moved(
        &user,
        &late,
        json!({"to": "answered", "response_text": "Sorry.", "items": items}),
    );
    let declined = sent(&user, "2026-03-30T12:00:00Z");
    moved(&user, &declined, json!({"to": "declined_by_policy"}));
    let cancelled = sent(&user, "2026-03-30T12:00:00Z");
    moved(&user, &cancelled, json!({"to": "cancelled"}));
    // Fourteen days ago, and a second less.
    sent(&user, "2026-03-17T12:00:00Z");
    sent(&user, "2026-03-17T12:00:01Z");
    let application = user.application(json!({"status": "applied"})).id();
    user.post(
        "/v1/feedback-requests",
        json!({"application_id": application}),
    )
    .expect(201);
    let it = insight(&user, "feedback");
    assert_eq!((&it["sent"], &it["waiting"]), (&json!(5), &json!(1)));
    assert_eq!(counts(&it["answered"]), (2, 4, 1));
    assert_eq!(counts(&it["declined_by_policy"]), (1, 4, 1));
    assert_eq!(counts(&it["no_answer"]), (1, 4, 1));
    let areas = it["areas"].as_array().expect("areas");
    assert_eq!(areas.len(), 6);
    let area = |name: &str| {
        let found = areas
            .iter()
            .find(|row| row["area"] == name)
            .expect("the area");
        (counts(&found["strengths"]), counts(&found["improvements"]))
    };
    // An answer counts once for an area, however often it names it.
    assert_eq!(area("interview_skills"), ((0, 2, 1), (2, 2, 1)));
    assert_eq!(area("communication"), ((1, 2, 1), (0, 2, 1)));
    assert_eq!(area("other"), ((0, 2, 1), (0, 2, 1)));
}

#[test]
fn from_and_to_select_by_the_local_day_of_sending() {
    let app = TestApp::start();
    app.set_clock("2026-03-31T12:00:00Z");
    // Nine hours ahead.
    let user = app.user_in("Asia/Tokyo");
    for (at, area) in [
        ("2026-03-01T14:59:59Z", "communication"),
        ("2026-03-01T15:00:00Z", "other"),
        ("2026-03-02T14:59:59Z", "other"),
        ("2026-03-02T15:00:00Z", "communication"),
    ] {
        let id = sent(&user, at);
        let items = [item(area, "strength")];
        moved(
            &user,
            &id,
            json!({"to": "answered", "response_text": "Thank you.", "items": items}),
        );
    }
    let it = insight(&user, "feedback?from=2026-03-02&to=2026-03-02");
    assert_eq!(counts(&it["answered"]), (2, 2, 0));
    let other = it["areas"]
        .as_array()
        .expect("areas")
        .last()
        .expect("an area");
    assert_eq!(counts(&other["strengths"]), (2, 2, 0));
    assert_eq!(insight(&user, "feedback?to=2026-03-02")["sent"], 3);
    assert_eq!(insight(&user, "feedback?from=2026-03-02")["sent"], 3);
}
