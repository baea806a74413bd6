//! Signals: what the records say that somebody should look at.

use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::builders::User;

/// The signal of a rule, when it holds.
fn signal(user: &User<'_>, rule: &str) -> Option<Value> {
    let all = user.get("/v1/signals").expect(200);
    let mut found = all.data().iter().filter(|it| it["rule"] == rule).cloned();
    let first = found.next();
    assert!(found.next().is_none(), "{all}");
    first
}

fn evidence(signal: &Value) -> Vec<&str> {
    let list = signal["evidence"].as_array().expect("a list");
    list.iter().filter_map(|it| it["id"].as_str()).collect()
}

fn reject(user: &User<'_>, stage: &str) -> String {
    user.rejection(json!({"stage_reached": stage})).id()
}

fn reflect(user: &User<'_>, lacking: &str) -> String {
    let body =
        json!({"resume_tailored": "yes", "company_researched": "yes", "skills_lacking": lacking});
    user.post("/v1/reflections", body).expect(201).id()
}

/// Holds a rule against one below its threshold, the threshold, and one above.
fn threshold(user: &User<'_>, rule: &str, least: usize, mut one_more: impl FnMut() -> String) {
    let mut made: Vec<String> = (0..least - 1).map(|_| one_more()).collect();
    assert_eq!(signal(user, rule), None, "{rule} below its threshold");
    for _ in 0..2 {
        made.push(one_more());
        let held = signal(user, rule).unwrap_or_else(|| panic!("{rule} at {}", made.len()));
        assert_eq!(held["count"], made.len());
        assert_eq!(held["threshold"]["least"], least);
        let (mut told, mut all) = (
            evidence(&held),
            made.iter().map(String::as_str).collect::<Vec<_>>(),
        );
        told.sort_unstable();
        all.sort_unstable();
        assert_eq!(told, all);
        assert!(
            held["threshold"]["words"]
                .as_str()
                .is_some_and(|it| it.contains(&least.to_string()))
        );
        assert!(held["advice"].as_str().is_some_and(|it| it.len() > 20));
    }
}

#[test]
fn three_rejections_at_the_interview_are_a_signal_and_two_are_none() {
    let app = TestApp::start();
    let user = app.user();
    reject(&user, "screening");
    let mut stages = ["interview", "final", "offer", "interview"].into_iter();
    threshold(&user, "interview_losses", 3, || {
        reject(&user, stages.next().expect("a stage"))
    });
    assert_eq!(signal(&user, "early_losses"), None);
}

#[test]
fn ten_early_rejections_are_a_signal_and_nine_are_none() {
    let app = TestApp::start();
    let user = app.user();
    threshold(&user, "early_losses", 10, || reject(&user, "application"));
}

#[test]
fn coaching_is_worth_a_thought_after_five_rejections_in_spite_of_good_preparation() {
    let app = TestApp::start();
    let user = app.user();
    let rule = "consider_coaching";
    for _ in 0..4 {
        reject(&user, "screening");
    }
    let first = reflect(&user, "no");
    reflect(&user, "no");
    reflect(&user, "no");
    assert_eq!(signal(&user, rule), None, "four rejections");
    reject(&user, "screening");
    let held = signal(&user, rule).expect("five rejections, three reflections");
    assert_eq!(held["count"], 5);
    assert_eq!(evidence(&held).len(), 8);
    assert!(
        held["advice"]
            .as_str()
            .is_some_and(|it| it.contains("coach or mentor"))
    );
    user.delete(&format!("/v1/reflections/{first}")).expect(204);
    assert_eq!(signal(&user, rule), None, "two reflections");
    reflect(&user, "no");
    reflect(&user, "no");
    assert!(signal(&user, rule).is_some(), "four reflections");
    let doubt = reflect(&user, "partly");
    assert_eq!(signal(&user, rule), None, "one of five says otherwise");
    let change = json!({"skills_lacking": "no"});
    user.patch(&format!("/v1/reflections/{doubt}"), change)
        .expect(200);
    assert!(signal(&user, rule).is_some());
    user.post("/v1/reflections", json!({"what_went_well": "I slept."}))
        .expect(201);
    assert_eq!(signal(&user, rule), None, "an open question is no yes");
}

#[test]
fn fourteen_days_without_activity_are_a_signal_while_an_application_is_live() {
    let app = TestApp::start();
    app.set_clock("2026-03-01T12:00:00Z");
    let user = app.user();
    let rule = "gone_quiet";
    let id = user.application(json!({"status": "applied"})).id();
    app.set_clock("2026-03-15T11:59:59Z");
    assert_eq!(signal(&user, rule), None);
    app.set_clock("2026-03-15T12:00:00Z");
    let held = signal(&user, rule).expect("fourteen days");
    assert_eq!(
        (held["count"].clone(), held["since"].clone()),
        (json!(14), json!("2026-03-15T12:00:00Z"))
    );
    assert_eq!(evidence(&held), [id.as_str()]);
    app.set_clock("2026-03-17T12:00:00Z");
    assert_eq!(signal(&user, rule).expect("sixteen days")["count"], 16);
    user.post("/v1/contacts", json!({"name": "Imani"}))
        .expect(201);
    assert_eq!(signal(&user, rule), None, "something was done");
    app.set_clock("2026-04-17T12:00:00Z");
    assert!(signal(&user, rule).is_some());
    user.transition(
        &id,
        json!({"to": "withdrawn", "occurred_at": "2026-03-18T12:00:00Z"}),
    )
    .expect(200);
    app.set_clock("2026-05-17T12:00:00Z");
    assert_eq!(signal(&user, rule), None, "nothing is live");
}

#[test]
fn three_missed_periods_in_a_row_are_a_signal_and_two_are_none() {
    let app = TestApp::start();
    app.set_clock("2026-03-01T12:00:00Z");
    let user = app.user();
    let rule = "goal_slipping";
    let body =
        json!({"title": "Walk", "category": "routine", "kind": "recurring", "period": "day"});
    let goal = user.post("/v1/goals", body).expect(201).id();
    let check = |day: &str, kind: &str| {
        let body = json!({"occurred_on": day, "kind": kind});
        user.post(&format!("/v1/goals/{goal}/check-ins"), body)
            .expect(201);
    };
    check("2026-03-01", "done");
    app.set_clock("2026-03-04T12:00:00Z");
    assert_eq!(signal(&user, rule), None, "two days were missed");
    app.set_clock("2026-03-05T12:00:00Z");
    let held = signal(&user, rule).expect("three days were missed");
    assert_eq!(
        (held["count"].clone(), held["since"].clone()),
        (json!(3), json!("2026-03-05T00:00:00Z"))
    );
    assert_eq!(evidence(&held), [goal.as_str()]);
    app.set_clock("2026-03-06T12:00:00Z");
    assert_eq!(signal(&user, rule).expect("four")["count"], 4);
    check("2026-03-04", "rest");
    assert_eq!(
        signal(&user, rule).expect("a rest is passed over")["count"],
        3
    );
    check("2026-03-03", "rest");
    assert_eq!(signal(&user, rule), None);
    app.set_clock("2026-03-20T12:00:00Z");
    assert!(signal(&user, rule).is_some());
    check("2026-03-20", "done");
    assert_eq!(signal(&user, rule), None, "it goes on again");
    app.set_clock("2026-04-20T12:00:00Z");
    assert!(signal(&user, rule).is_some());
    user.post(
        &format!("/v1/goals/{goal}/transitions"),
        json!({"to": "archived"}),
    )
    .expect(200);
    assert_eq!(signal(&user, rule), None, "it was put away");
}

#[test]
fn a_measured_goal_slips_by_what_was_really_done() {
    let app = TestApp::start();
    app.set_clock("2026-03-02T12:00:00Z");
    let user = app.user();
    let body = json!({"title": "Apply", "category": "applications", "kind": "recurring", "period": "week",
        "target_count": 2, "measure": "applications_submitted"});
    user.post("/v1/goals", body).expect(201);
    app.set_clock("2026-03-23T12:00:00Z");
    assert_eq!(
        signal(&user, "goal_slipping").expect("three weeks")["count"],
        3
    );
    for _ in 0..2 {
        user.application(json!({"status": "applied", "applied_on": "2026-03-17"}));
    }
    assert_eq!(signal(&user, "goal_slipping"), None);
}

#[test]
fn three_low_days_are_a_signal_for_those_who_note_them() {
    let app = TestApp::start();
    let user = app.user().noting_wellbeing();
    let rule = "low_wellbeing";
    let note = |score: i32| {
        user.post("/v1/wellbeing-check-ins", json!({"score": score}))
            .expect(201)
            .id()
    };
    note(3);
    threshold(&user, rule, 3, || note(2));
    user.patch(
        "/v1/me",
        json!({"preferences": {"wellbeing_enabled": false}}),
    )
    .expect(200);
    assert_eq!(signal(&user, rule), None);
}

#[test]
fn a_rejection_that_a_correction_took_back_counts_nowhere() {
    let app = TestApp::start();
    let user = app.user();
    let rejections: Vec<_> = (0..3)
        .map(|_| user.rejection(json!({"stage_reached": "interview"})))
        .collect();
    assert!(signal(&user, "interview_losses").is_some());
    let slip = rejections[0].text_at("/application_id");
    user.transition(slip, json!({"to": "applied", "correction": true}))
        .expect(200);
    assert_eq!(signal(&user, "interview_losses"), None);
    // A company that comes back had said no all the same.
    reject(&user, "interview");
    assert!(signal(&user, "interview_losses").is_some());
    let back = rejections[1].text_at("/application_id");
    user.transition(
        back,
        json!({"to": "interviewing", "reopen": true, "note": "They called."}),
    )
    .expect(200);
    assert!(signal(&user, "interview_losses").is_some());
}

#[test]
fn what_is_older_than_the_window_counts_no_more() {
    let app = TestApp::start();
    app.set_clock("2026-03-01T12:00:00Z");
    let user = app.user();
    for _ in 0..3 {
        reject(&user, "interview");
    }
    app.set_clock("2026-05-30T12:00:00Z");
    let held = signal(&user, "interview_losses").expect("90 days to the second");
    assert_eq!(held["since"], "2026-03-01T12:00:00Z");
    assert_eq!(held["threshold"]["days"], 90);
    app.set_clock("2026-05-30T12:00:01Z");
    assert_eq!(signal(&user, "interview_losses"), None);
}

#[test]
fn the_most_urgent_signal_comes_first() {
    let app = TestApp::start();
    let user = app.user().noting_wellbeing();
    for _ in 0..3 {
        reject(&user, "interview");
        user.post("/v1/wellbeing-check-ins", json!({"score": 1}))
            .expect(201);
    }
    let rules = user.get("/v1/signals").expect(200).each("rule");
    assert_eq!(rules, ["low_wellbeing", "interview_losses"]);
    assert!(app.user().get("/v1/signals").expect(200).data().is_empty());
}
