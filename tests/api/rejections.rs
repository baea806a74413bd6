//! Rejections: opened whenever an application becomes rejected, cooling off by time alone, ended by a
//! reply, by the user's word, by a reopen or a correction.

use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::builders::User;
use crate::support::client::Answer;

const NOON: &str = "2026-03-12T12:00:00Z";

fn of(user: &User<'_>, application: &str) -> Vec<Value> {
    let list = user.get(&format!("/v1/rejections?application_id={application}"));
    list.expect(200).data().to_vec()
}

fn show(user: &User<'_>, rejection: &str) -> Answer {
    user.get(&format!("/v1/rejections/{rejection}")).expect(200)
}

fn transition(user: &User<'_>, rejection: &str, body: Value) -> crate::support::client::Request {
    user.post(&format!("/v1/rejections/{rejection}/transitions"), body)
}

fn count(app: &TestApp) -> Value {
    app.sql_value("SELECT count(*) FROM rejections")
}

#[test]
fn becoming_rejected_opens_one_rejection_that_cools_off_for_a_day() {
    let app = TestApp::start();
    let user = app.user();
    app.set_clock(NOON);
    let id = user.application(json!({"status": "applied"})).id();
    user.transition(&id, json!({"to": "rejected"})).expect(200);
    let [rejection] = &of(&user, &id)[..] else {
        panic!("one rejection");
    };
    assert_eq!(rejection["state"], "cooling_off");
    assert_eq!(rejection["received_at"], NOON);
    assert_eq!(rejection["cooloff_until"], "2026-03-13T12:00:00Z");
    assert_eq!(rejection["reply_opens_at"], "2026-03-13T12:00:00Z");
    assert_eq!(rejection["reply_best_before"], "2026-03-14T12:00:00Z");
    assert_eq!(rejection["stage_reached"], "application");
    assert_eq!(rejection["reason_code"], "not_stated");
    assert_eq!(rejection["reason_basis"], Value::Null);
}

#[test]
fn the_stage_is_proposed_from_the_timeline() {
    let app = TestApp::start();
    let user = app.user();
    for (way, stage) in [
        (["applied"].as_slice(), "application"),
        (&["applied", "screening"], "screening"),
        (&["interviewing"], "interview"),
        (&["applied", "offer"], "offer"),
        (&["interviewing", "ghosted"], "interview"),
    ] {
        let id = user.application(json!({})).id();
        for to in way.iter().chain(&["rejected"]) {
            user.transition(&id, json!({"to": to})).expect(200);
        }
        assert_eq!(of(&user, &id)[0]["stage_reached"], stage, "{way:?}");
    }
    let known = user.rejection(json!({"stage_reached": "assessment"}));
    assert_eq!(known.text_at("/stage_reached"), "assessment");
}

#[test]
fn writing_a_rejection_down_rejects_the_application() {
    let app = TestApp::start();
    let user = app.user();
    let id = user
        .application(json!({"status": "interviewing", "applied_on": "2026-03-01"}))
        .id();
    let made = user
        .post(
            "/v1/rejections",
            json!({
                "application_id": id, "received_at": "2026-03-10T08:00:00Z", "channel": "phone", "reply_address": "person",
                "reason_code": "stronger_candidate", "reason_text": "Someone was a little closer.", "note": "A kind call."
            }),
        )
        .expect(201);
    assert_eq!(
        made.header("location"),
        format!("/v1/rejections/{}", made.id())
    );
    assert_eq!(made.text_at("/reason_basis"), "stated");
    assert_eq!(made.text_at("/stage_reached"), "interview");
    let application = user.get(&format!("/v1/applications/{id}")).expect(200);
    assert_eq!(application.text_at("/status"), "rejected");
    let timeline = user
        .get(&format!("/v1/applications/{id}/timeline"))
        .expect(200);
    let last = timeline.data().last().expect("a step");
    assert_eq!(last["occurred_at"], "2026-03-10T08:00:00Z");
    assert_eq!(last["note"], "A kind call.");
}

#[test]
fn what_cannot_become_rejected_gets_no_rejection() {
    let app = TestApp::start();
    let user = app.user();
    for status in ["saved", "accepted", "declined", "rejected", "withdrawn"] {
        let id = user.application(json!({"status": status})).id();
        let before = count(&app);
        let refused = user
            .post("/v1/rejections", json!({"application_id": id}))
            .problem(409, "illegal_transition");
        assert_eq!(refused.body["from"], status);
        assert_eq!(count(&app), before, "{status}");
    }
}

#[test]
fn an_impossible_day_is_told_under_its_own_name() {
    let app = TestApp::start();
    let user = app.user();
    app.set_clock(NOON);
    let id = user
        .application(json!({"status": "applied", "applied_on": "2026-03-01"}))
        .id();
    for (received_at, code) in [
        ("2026-03-12T12:00:01Z", "in_future"),
        ("2026-02-28T12:00:00Z", "before_previous"),
    ] {
        let body = json!({"application_id": id, "received_at": received_at});
        let refused = user
            .post("/v1/rejections", body)
            .problem(422, "invalid_fields");
        assert_eq!(refused.faults(), [("/received_at", code)]);
    }
    assert_eq!(count(&app), 0);
}

#[test]
fn time_alone_makes_a_rejection_ready() {
    let app = TestApp::start();
    let user = app.user();
    app.set_clock(NOON);
    let made = user.rejection(json!({}));
    let id = made.id();
    app.set_clock("2026-03-13T11:59:59Z");
    assert_eq!(show(&user, &id).text_at("/state"), "cooling_off");
    for (state, there) in [("cooling_off", 1), ("ready", 0)] {
        let list = user
            .get(&format!("/v1/rejections?state={state}"))
            .expect(200);
        assert_eq!(list.data().len(), there, "{state}");
    }
    app.set_clock("2026-03-13T12:00:00Z");
    let ready = show(&user, &id);
    assert_eq!(ready.text_at("/state"), "ready");
    assert_eq!(ready.body["version"], 1, "nobody wrote anything");
    assert_ne!(ready.header("etag"), made.header("etag"));
    for (states, there) in [
        ("cooling_off", 0),
        ("ready", 1),
        ("cooling_off,ready", 1),
        ("replied,closed", 0),
    ] {
        let list = user
            .get(&format!("/v1/rejections?state={states}"))
            .expect(200);
        assert_eq!(list.data().len(), there, "{states}");
    }
    // The version that time did not touch is still the one to change.
    user.patch(
        &format!("/v1/rejections/{id}"),
        json!({"channel": "letter"}),
    )
    .header("If-Match", made.header("etag"))
    .expect(200);
}

#[test]
fn a_changed_preference_counts_for_later_rejections() {
    let app = TestApp::start();
    let user = app.user();
    app.set_clock(NOON);
    let before = user.rejection(json!({})).id();
    user.patch("/v1/me", json!({"preferences": {"cooloff_hours": 72}}))
        .expect(200);
    let after = user.rejection(json!({}));
    assert_eq!(after.text_at("/cooloff_until"), "2026-03-15T12:00:00Z");
    assert_eq!(after.text_at("/reply_best_before"), "2026-03-16T12:00:00Z");
    let frozen = show(&user, &before);
    assert_eq!(frozen.text_at("/cooloff_until"), "2026-03-13T12:00:00Z");
    // Another arrival moves the cool-off by the hours that it had.
    let moved = user.patch(
        &format!("/v1/rejections/{before}"),
        json!({"received_at": "2026-03-12T02:00:00Z"}),
    );
    assert_eq!(
        moved.expect(200).text_at("/cooloff_until"),
        "2026-03-13T02:00:00Z"
    );
}

#[test]
fn each_move_is_allowed_or_refused_as_the_table_says() {
    let app = TestApp::start();
    let user = app.user();
    let all = ["cooling_off", "ready", "replied", "closed"];
    let table: [(&str, &[&str]); 4] = [
        ("cooling_off", &["replied", "closed"]),
        ("ready", &["replied", "closed"]),
        ("replied", &[]),
        ("closed", &[]),
    ];
    for (from, allowed) in table {
        for to in all {
            app.set_clock(NOON);
            let id = user.rejection(json!({})).id();
            if from != "cooling_off" {
                app.set_clock("2026-03-14T12:00:00Z");
            }
            if ["replied", "closed"].contains(&from) {
                transition(&user, &id, json!({"to": from})).expect(200);
            }
            let before = show(&user, &id);
            assert_eq!(before.text_at("/state"), from);
            assert_eq!(before.body["allowed_transitions"], json!(allowed));
            let reason = "They asked for a word today.";
            let request = transition(&user, &id, json!({"to": to, "override_reason": reason}));
            if allowed.contains(&to) {
                assert_eq!(request.expect(200).text_at("/state"), to, "from {from}");
                continue;
            }
            let refused = request.problem(409, "illegal_transition");
            assert_eq!(refused.body["from"], from);
            assert_eq!(refused.body["to"], to);
            assert_eq!(refused.body["allowed"], json!(allowed));
            assert_eq!(show(&user, &id).body, before.body);
        }
    }
}

#[test]
fn a_reply_inside_the_cool_off_needs_a_reason_that_stays_visible() {
    let app = TestApp::start();
    let user = app.user();
    app.set_clock(NOON);
    let made = user.rejection(json!({}));
    let (id, application) = (made.id(), made.text_at("/application_id").to_owned());
    app.set_clock("2026-03-12T13:00:00Z");
    let refused = transition(&user, &id, json!({"to": "replied"})).problem(409, "cooloff_active");
    assert_eq!(refused.header("retry-after"), (23 * 3600).to_string());
    assert_eq!(refused.body["cooloff_until"], "2026-03-13T12:00:00Z");
    let short = transition(
        &user,
        &id,
        json!({"to": "replied", "override_reason": "now"}),
    );
    assert_eq!(
        short.problem(422, "invalid_fields").faults(),
        [("/override_reason", "too_short")]
    );
    assert_eq!(show(&user, &id).text_at("/state"), "cooling_off");
    let reason = "They asked for a word today.";
    let replied = transition(
        &user,
        &id,
        json!({"to": "replied", "override_reason": reason}),
    )
    .expect(200);
    assert_eq!(replied.text_at("/replied_at"), "2026-03-12T13:00:00Z");
    let timeline = user
        .get(&format!("/v1/applications/{application}/timeline"))
        .expect(200);
    let last = timeline.data().last().expect("an entry");
    assert_eq!(
        (&last["kind"], &last["note"]),
        (&json!("override"), &json!(reason))
    );
}

#[test]
fn a_reply_after_the_cool_off_needs_no_reason_and_leaves_none() {
    let app = TestApp::start();
    let user = app.user();
    app.set_clock(NOON);
    let made = user.rejection(json!({}));
    app.set_clock("2026-03-13T12:00:00Z");
    let body = json!({"to": "replied", "override_reason": "Not needed any more."});
    transition(&user, &made.id(), body).expect(200);
    let overrides = "SELECT count(*) FROM application_steps WHERE kind = 'override'";
    assert_eq!(app.sql_value(overrides), 0);
}

#[test]
fn a_reopen_or_a_correction_ends_the_rejection() {
    let app = TestApp::start();
    let user = app.user();
    for (body, by) in [
        (
            json!({"to": "interviewing", "reopen": true, "note": "They called."}),
            "reopen",
        ),
        (
            json!({"to": "interviewing", "correction": true}),
            "correction",
        ),
    ] {
        let id = user.application(json!({"status": "applied"})).id();
        user.transition(&id, json!({"to": "rejected"})).expect(200);
        user.transition(&id, body).expect(200);
        let closed = &of(&user, &id)[0];
        assert_eq!(closed["state"], "closed");
        assert_eq!(closed["superseded_by"], by);
        // It may happen again, and then it is another one.
        user.transition(&id, json!({"to": "rejected"})).expect(200);
        let both = of(&user, &id);
        assert_eq!(both.len(), 2);
        assert_eq!(both[0]["superseded_by"], Value::Null);
        assert_eq!(both[0]["state"], "cooling_off");
    }
}

#[test]
fn a_rejection_that_was_replied_to_stays_so_when_the_company_comes_back() {
    let app = TestApp::start();
    let user = app.user();
    app.set_clock(NOON);
    let made = user.rejection(json!({}));
    app.set_clock("2026-03-14T12:00:00Z");
    transition(&user, &made.id(), json!({"to": "replied"})).expect(200);
    let back = json!({"to": "offer", "reopen": true, "note": "The other one declined."});
    user.transition(made.text_at("/application_id"), back)
        .expect(200);
    let after = show(&user, &made.id());
    assert_eq!(after.text_at("/state"), "replied");
    assert_eq!(after.text_at("/superseded_by"), "reopen");
}

#[test]
fn a_corrected_date_moves_the_rejection_and_loses_nothing_of_it() {
    let app = TestApp::start();
    let user = app.user();
    app.set_clock(NOON);
    let id = user
        .application(json!({"status": "applied", "applied_on": "2026-03-01"}))
        .id();
    let body = json!({"application_id": id, "reason_code": "location"});
    let made = user.post("/v1/rejections", body).expect(201).id();
    let earlier =
        json!({"to": "rejected", "correction": true, "occurred_at": "2026-03-10T09:00:00Z"});
    user.transition(&id, earlier).expect(200);
    let moved = show(&user, &made);
    assert_eq!(moved.text_at("/received_at"), "2026-03-10T09:00:00Z");
    assert_eq!(moved.text_at("/state"), "ready");
    assert_eq!(moved.text_at("/reason_code"), "location");
    assert_eq!(of(&user, &id).len(), 1);
}

#[test]
fn of_two_requests_that_reject_at_once_one_wins() {
    let app = TestApp::start();
    let user = app.user();
    for round in 0..10 {
        let id = user.application(json!({"status": "applied"})).id();
        let body = json!({"application_id": id});
        let by_post = || user.post("/v1/rejections", body.clone()).send().status;
        let by_move = || {
            user.transition(&id, json!({"to": "rejected"}))
                .send()
                .status
        };
        let (first, second) = std::thread::scope(|scope| {
            let other = scope.spawn(by_move);
            (by_post(), other.join().expect("an answer"))
        });
        assert!(
            [(201, 409), (409, 200)].contains(&(first, second)),
            "round {round}: {first} {second}"
        );
        assert_eq!(of(&user, &id).len(), 1);
    }
}

#[test]
fn the_database_itself_takes_one_standing_rejection_only() {
    let app = TestApp::start();
    let user = app.user();
    user.rejection(json!({}));
    let copy = "INSERT INTO rejections (owner_id, id, application_id, received_at, stage_reached, reason_code, cooloff_hours, \
        cooloff_until, status, version, created_at, updated_at) SELECT owner_id, gen_random_uuid(), application_id, received_at, \
        stage_reached, reason_code, cooloff_hours, cooloff_until, status, 1, now(), now() FROM rejections";
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| app.execute(copy)));
    assert!(outcome.is_err());
    assert_eq!(count(&app), 1);
}

#[test]
fn an_imported_rejection_is_closed_unless_its_day_is_known() {
    let app = TestApp::start();
    let user = app.user();
    app.set_clock(NOON);
    let sheet = "company,title,status,applied,rejected on\n\
        A,Known,Rejected,2026-02-01,2026-02-10\nB,Unknown,Rejected,2026-02-01,\nC,Today,Rejected,2026-02-01,2026-03-12\n\
        D,Live,Applied,2026-02-01,\n";
    let report = user
        .request("POST", "/v1/imports")
        .body("text/csv", sheet)
        .expect(200);
    assert_eq!(report.body["created"], 4, "{report}");
    let rejections = user.get("/v1/rejections?sort=received_at").expect(200);
    assert_eq!(
        rejections.each("received_at"),
        ["null", "2026-02-10T00:00:00Z", "2026-03-12T00:00:00Z"]
    );
    assert_eq!(rejections.each("state"), ["closed", "ready", "cooling_off"]);
    assert_eq!(rejections.each("cooloff_until")[0], "null");
}

#[test]
fn an_application_that_is_created_as_rejected_has_its_rejection() {
    let app = TestApp::start();
    let user = app.user();
    app.set_clock(NOON);
    let now = user.application(json!({"status": "rejected"})).id();
    assert_eq!(of(&user, &now)[0]["state"], "cooling_off");
    let then = json!({"status": "rejected", "applied_on": "2026-01-05"});
    let then = user.application(then).id();
    assert_eq!(of(&user, &then)[0]["received_at"], "2026-01-05T00:00:00Z");
    assert_eq!(of(&user, &then)[0]["state"], "ready");
    let path = "/v1/applications/by-external-id/x";
    let body = json!({"company": "A", "job_title": "B", "status": "applied"});
    let put = user.put(path, body.clone()).expect(201).id();
    let mut rejected = body;
    rejected["status"] = json!("rejected");
    user.put(path, rejected.clone()).expect(200);
    user.put(path, rejected).expect(200);
    assert_eq!(of(&user, &put).len(), 1);
}

#[test]
fn a_reason_is_stated_when_it_is_told_and_inferred_when_it_is_not() {
    let app = TestApp::start();
    let user = app.user();
    let id = user.rejection(json!({"reason_code": "skills"})).id();
    assert_eq!(show(&user, &id).text_at("/reason_basis"), "inferred");
    let path = format!("/v1/rejections/{id}");
    let patched = user.patch(
        &path,
        json!({"reason_basis": null, "reason_text": "We need more SQL."}),
    );
    assert_eq!(patched.expect(200).text_at("/reason_basis"), "stated");
    let cleared = user
        .patch(&path, json!({"reason_code": "not_stated"}))
        .expect(200);
    assert_eq!(cleared.body["reason_basis"], Value::Null);
    let refused = user
        .patch(
            &path,
            json!({"reason_code": "mood", "channel": 7, "received_at": null}),
        )
        .problem(422, "invalid_fields");
    assert_eq!(refused.faults().len(), 2, "{refused}");
    let refused = user.patch(&path, json!({"received_at": null}));
    assert_eq!(
        refused.problem(422, "invalid_fields").faults(),
        [("/received_at", "required")]
    );
}

#[test]
fn an_address_that_nobody_reads_asks_for_no_reply() {
    let app = TestApp::start();
    let user = app.user();
    let made = user.rejection(json!({"reply_address": "no_reply"}));
    assert_eq!(made.body["reply_opens_at"], Value::Null);
    assert_eq!(made.body["reply_best_before"], Value::Null);
    assert!(made.body["cooloff_until"].is_string());
}

#[test]
fn a_rejection_is_not_deleted_but_goes_with_its_application() {
    let app = TestApp::start();
    let user = app.user();
    let made = user.rejection(json!({}));
    let refused = user
        .delete(&format!("/v1/rejections/{}", made.id()))
        .problem(405, "method_not_allowed");
    assert!(!refused.header("allow").contains("DELETE"));
    let application = made.text_at("/application_id");
    user.delete(&format!("/v1/applications/{application}"))
        .expect(204);
    assert_eq!(count(&app), 0);
}
