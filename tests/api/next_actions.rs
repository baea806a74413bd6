//! Next actions: at most three, each with its reason and link; calm on a day of rest.

use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::builders::User;

fn kinds(user: &User<'_>) -> Vec<String> {
    user.get("/v1/next-actions").expect(200).each("kind")
}

fn first(user: &User<'_>) -> Value {
    user.get("/v1/next-actions").expect(200).data()[0].clone()
}

#[test]
fn a_new_account_has_nothing_to_do() {
    let app = TestApp::start();
    let user = app.user();
    let answer = user.get("/v1/next-actions").expect(200);
    assert_eq!(answer.body, json!({"data": [], "next_cursor": null}));
}

#[test]
fn on_the_day_of_a_rejection_there_is_nothing_but_rest() {
    let app = TestApp::start();
    // It comes late in the evening in Auckland, which is another day in UTC.
    let user = app.user_in("Pacific/Auckland");
    app.set_clock("2026-03-12T09:30:00Z");
    user.application(json!({"status": "applied", "next_action_on": "2026-03-01"}));
    assert_eq!(kinds(&user), ["follow_up"]);
    user.rejection(json!({}));
    assert_eq!(kinds(&user), ["rest"]);
    let rest = first(&user);
    assert!(
        rest["reason"]
            .as_str()
            .expect("a reason")
            .contains("A rejection came today")
    );
    assert_eq!(rest["resource"], Value::Null);
    user.get(rest["link"].as_str().expect("a link")).expect(200);
    // The next local day begins at 11:00 UTC; the cool-off goes on, and nothing asks for a reply.
    app.set_clock("2026-03-12T11:00:00Z");
    assert_eq!(kinds(&user), ["follow_up"]);
}

#[test]
fn a_reply_is_proposed_from_the_end_of_the_cool_off_until_it_is_forgotten() {
    let app = TestApp::start();
    let user = app.user();
    app.set_clock("2026-03-12T12:00:00Z");
    let rejection = user.rejection(json!({"reply_address": "person"})).id();
    for (at, proposed) in [
        ("2026-03-13T11:59:59Z", false),
        ("2026-03-13T12:00:00Z", true),
        ("2026-03-14T12:00:00Z", true),
        ("2026-03-14T12:00:01Z", false),
    ] {
        app.set_clock(at);
        let there = kinds(&user).contains(&"reply_to_rejection".to_owned());
        assert_eq!(there, proposed, "{at}");
    }
    app.set_clock("2026-03-13T12:00:00Z");
    let action = first(&user);
    assert_eq!(action["due_at"], "2026-03-14T12:00:00Z");
    assert_eq!(
        action["resource"],
        json!({"type": "rejection", "id": rejection})
    );
    assert_eq!(action["link"], format!("/v1/rejections/{rejection}"));
    let path = format!("/v1/rejections/{rejection}");
    user.patch(&path, json!({"reply_address": "no_reply"}))
        .expect(200);
    assert_eq!(kinds(&user), ["reflect"], "nobody would read a reply");
}

#[test]
fn after_the_reply_comes_feedback_then_a_reflection_and_then_calm() {
    let app = TestApp::start();
    let user = app.user();
    app.set_clock("2026-03-12T12:00:00Z");
    let made = user.rejection(json!({}));
    let application = made.text_at("/application_id").to_owned();
    app.set_clock("2026-03-13T12:00:00Z");
    assert_eq!(kinds(&user), ["reply_to_rejection", "reflect"]);
    let replied = json!({"to": "replied"});
    user.post(
        &format!("/v1/rejections/{}/transitions", made.id()),
        replied,
    )
    .expect(200);
    assert_eq!(kinds(&user), ["ask_for_feedback", "reflect"]);
    let request = user
        .post(
            "/v1/feedback-requests",
            json!({"application_id": application}),
        )
        .expect(201)
        .id();
    assert_eq!(kinds(&user), ["reflect"]);
    let reflection = json!({"application_id": application, "resume_tailored": "yes"});
    user.post("/v1/reflections", reflection).expect(201);
    assert_eq!(kinds(&user), [""; 0]);
    let path = format!("/v1/feedback-requests/{request}");
    user.post(&format!("{path}/transitions"), json!({"to": "sent"}))
        .expect(200);
    for (at, proposed) in [
        ("2026-03-18T11:59:59Z", false),
        ("2026-03-18T12:00:00Z", true),
        ("2026-03-27T12:00:00Z", false),
    ] {
        app.set_clock(at);
        let there = kinds(&user) == ["nudge_for_feedback"];
        assert_eq!(there, proposed, "{at}");
    }
    app.set_clock("2026-03-18T12:00:00Z");
    user.post(&format!("{path}/nudges"), json!({})).expect(200);
    assert_eq!(kinds(&user), [""; 0], "one nudge is enough");
}

#[test]
fn appointments_stand_on_every_day_and_come_first() {
    let app = TestApp::start();
    let user = app.user();
    app.set_clock("2026-03-12T12:00:00Z");
    let application = user
        .application(json!({"status": "interviewing", "next_action_on": "2026-03-12"}))
        .id();
    let interview = |at: &str, prepared: Option<&str>| {
        let body = json!({"application_id": application, "kind": "panel", "scheduled_at": at, "prepared_on": prepared});
        user.post("/v1/interviews", body).expect(201)
    };
    interview("2026-03-14T12:00:01Z", None);
    assert_eq!(kinds(&user), ["follow_up"], "it is too far ahead");
    interview("2026-03-14T11:00:00Z", None);
    interview("2026-03-13T09:00:00Z", Some("2026-03-12"));
    assert_eq!(
        kinds(&user),
        ["attend_interview", "prepare_interview", "follow_up"]
    );
    user.rejection(json!({}));
    assert_eq!(
        kinds(&user),
        ["attend_interview", "prepare_interview", "rest"]
    );
}

#[test]
fn goals_of_the_day_come_before_those_of_the_week_and_a_day_of_rest_silences_both() {
    let app = TestApp::start();
    let user = app.user();
    app.set_clock("2026-03-12T12:00:00Z");
    let goal = |title: &str, period: &str| {
        let body =
            json!({"title": title, "category": "routine", "kind": "recurring", "period": period});
        user.post("/v1/goals", body).expect(201).id()
    };
    goal("Apply for two jobs", "week");
    let daily = goal("Practise a question", "day");
    let actions = user.get("/v1/next-actions").expect(200);
    assert_eq!(actions.each("kind"), ["work_on_goal", "work_on_goal"]);
    assert_eq!(
        actions.each("reason"),
        [
            "Practise a question: 0 of 1 today.",
            "Apply for two jobs: 0 of 1 this week."
        ]
    );
    let check_in = |kind: &str| {
        let body = json!({"occurred_on": "2026-03-12", "kind": kind});
        user.post(&format!("/v1/goals/{daily}/check-ins"), body)
            .expect(201);
    };
    check_in("done");
    assert_eq!(
        user.get("/v1/next-actions").expect(200).each("reason"),
        ["Apply for two jobs: 0 of 1 this week."]
    );
    check_in("rest");
    assert_eq!(kinds(&user), ["rest"]);
    assert!(
        first(&user)["reason"]
            .as_str()
            .expect("a reason")
            .contains("day of rest")
    );
}

#[test]
fn people_and_silence_come_last() {
    let app = TestApp::start();
    let user = app.user();
    app.set_clock("2026-01-10T12:00:00Z");
    user.application(json!({"status": "applied", "applied_on": "2026-01-10"}));
    let contact = json!({"name": "Imani Okafor", "keep_in_touch_days": 30});
    user.post("/v1/contacts", contact).expect(201);
    app.set_clock("2026-02-08T23:59:59Z");
    assert_eq!(kinds(&user), [""; 0]);
    app.set_clock("2026-02-10T12:00:00Z");
    let actions = user.get("/v1/next-actions").expect(200);
    assert_eq!(actions.each("kind"), ["stay_in_touch", "close_silent"]);
    assert_eq!(actions.text_at("/data/0/due_on"), "2026-02-09");
    assert!(actions.text_at("/data/1/reason").contains("for 31 days"));
    assert_eq!(
        user.get(actions.text_at("/data/1/link"))
            .expect(200)
            .text_at("/status"),
        "applied",
        "nothing is marked without the user's word"
    );
}

#[test]
fn there_are_at_most_three_and_always_the_same() {
    let app = TestApp::start();
    let user = app.user();
    app.set_clock("2026-03-12T12:00:00Z");
    for day in ["2026-03-05", "2026-03-03", "2026-03-04", "2026-03-02"] {
        user.application(
            json!({"status": "applied", "applied_on": "2026-03-01", "next_action_on": day}),
        );
    }
    let actions = user.get("/v1/next-actions").expect(200);
    assert_eq!(
        actions.each("due_on"),
        ["2026-03-02", "2026-03-03", "2026-03-04"]
    );
    assert_eq!(
        actions.bytes,
        user.get("/v1/next-actions").expect(200).bytes
    );
}
