//! How far applications come, and where they end.

use serde_json::{Value, json};

use super::{counts, insight, went};
use crate::support::app::TestApp;
use crate::support::builders::User;

fn ended(user: &User<'_>, name: &str) -> (i64, i64, i64) {
    counts(&insight(user, "pipeline")["ended"][name])
}

#[test]
fn the_way_through_the_stages_is_counted_with_what_waits_beside_it() {
    let app = TestApp::start();
    app.set_clock("2026-06-01T12:00:00Z");
    let user = app.user();
    went(
        &user,
        "2026-03-02",
        &["screening", "interviewing", "offer", "accepted"],
    );
    went(&user, "2026-03-02", &["offer", "declined"]);
    went(&user, "2026-03-02", &["interviewing", "rejected"]);
    went(&user, "2026-03-02", &["screening"]);
    went(&user, "2026-03-02", &["ghosted"]);
    went(&user, "2026-03-02", &["withdrawn"]);
    went(&user, "2026-03-02", &[]);
    went(&user, "2026-05-30", &[]);
    went(&user, "2026-05-31", &[]);
    // Neither was applied for.
    user.application(json!({}));
    let saved = user.application(json!({})).id();
    user.transition(&saved, json!({"to": "withdrawn"}))
        .expect(200);
    let it = insight(&user, "pipeline");
    assert_eq!(
        (&it["applications"], &it["waiting"]),
        (&json!(9), &json!(2))
    );
    let reached = |stage: &str| counts(&it["reached"][stage]);
    assert_eq!(reached("applied"), (7, 7, 2));
    assert_eq!(reached("screening"), (4, 7, 2));
    assert_eq!(reached("interviewing"), (3, 7, 2));
    assert_eq!(reached("offer"), (2, 7, 2));
    assert_eq!(reached("accepted"), (1, 7, 2));
    let conversion = |name: &str| counts(&it["conversion"][name]);
    assert_eq!(conversion("applied_to_screening"), (4, 7, 2));
    assert_eq!(conversion("screening_to_interviewing"), (3, 4, 2));
    assert_eq!(conversion("interviewing_to_offer"), (2, 3, 2));
    assert_eq!(conversion("offer_to_accepted"), (1, 2, 2));
    for name in [
        "accepted",
        "declined",
        "rejected",
        "ghosted",
        "withdrawn",
        "silent",
        "live",
    ] {
        assert_eq!(counts(&it["ended"][name]), (1, 7, 2), "{name}");
    }
    let flows: Vec<(String, String, i64)> = it["flows"]
        .as_array()
        .expect("flows")
        .iter()
        .map(|flow| {
            let text = |name: &str| flow[name].as_str().expect("a text").to_owned();
            (
                text("from"),
                text("to"),
                flow["applications"].as_i64().expect("a number"),
            )
        })
        .collect();
    assert!(
        flows.contains(&("applied".into(), "screening".into(), 4)),
        "{flows:?}"
    );
    assert!(
        flows.contains(&("applied".into(), "waiting".into(), 2)),
        "{flows:?}"
    );
    assert!(
        flows.contains(&("offer".into(), "accepted".into(), 1)),
        "{flows:?}"
    );
}

#[test]
fn waiting_turns_into_silence_at_midnight_of_the_users_day() {
    let app = TestApp::start();
    app.set_clock("2026-03-02T12:00:00Z");
    // 13 hours ahead of UTC in March, and 4 behind.
    for (zone, last_moment, first_moment) in [
        ("UTC", "2026-03-31T23:59:59Z", "2026-04-01T00:00:00Z"),
        (
            "Pacific/Auckland",
            "2026-03-31T10:59:59Z",
            "2026-03-31T11:00:00Z",
        ),
        (
            "America/New_York",
            "2026-04-01T03:59:59Z",
            "2026-04-01T04:00:00Z",
        ),
    ] {
        app.set_clock("2026-03-03T12:00:00Z");
        let user = app.user_in(zone);
        went(&user, "2026-03-02", &[]);
        // Thirty days after 2 March is 1 April.
        app.set_clock(last_moment);
        assert_eq!(ended(&user, "silent"), (0, 0, 1), "{zone}");
        app.set_clock(first_moment);
        assert_eq!(ended(&user, "silent"), (1, 1, 0), "{zone}");
    }
}

#[test]
fn how_long_one_waits_is_the_users_choice() {
    let app = TestApp::start();
    app.set_clock("2026-03-12T12:00:00Z");
    let user = app.user();
    went(&user, "2026-03-02", &[]);
    assert_eq!(ended(&user, "silent"), (0, 0, 1));
    let days = |days: i64| json!({"preferences": {"ghost_after_days": days}});
    user.patch("/v1/me", days(10)).expect(200);
    assert_eq!(ended(&user, "silent"), (1, 1, 0));
    user.patch("/v1/me", days(11)).expect(200);
    assert_eq!(ended(&user, "silent"), (0, 0, 1));
}

#[test]
fn any_answer_ends_the_waiting() {
    let app = TestApp::start();
    app.set_clock("2026-03-12T12:00:00Z");
    let user = app.user();
    went(&user, "2026-03-02", &["screening"]);
    let invited = went(&user, "2026-03-02", &[]);
    user.post(
        "/v1/interviews",
        json!({"application_id": invited, "kind": "technical", "scheduled_at": "2026-03-20T12:00:00Z"}),
    )
    .expect(201);
    // The company said no and came back.
    let back = went(&user, "2026-03-02", &["rejected"]);
    user.transition(
        &back,
        json!({"to": "applied", "reopen": true, "note": "They called."}),
    )
    .expect(200);
    assert_eq!(ended(&user, "live"), (3, 3, 0));
    assert_eq!(ended(&user, "rejected"), (0, 3, 0));
}

#[test]
fn a_step_that_was_corrected_counts_nowhere() {
    let app = TestApp::start();
    app.set_clock("2026-06-01T12:00:00Z");
    let user = app.user();
    let slip = went(&user, "2026-05-30", &["offer"]);
    user.transition(&slip, json!({"to": "applied", "correction": true}))
        .expect(200);
    let no = went(&user, "2026-05-30", &["rejected"]);
    user.transition(&no, json!({"to": "applied", "correction": true}))
        .expect(200);
    // A correction to `applied` takes its own day for the day of applying, which was today; one says better.
    app.execute("UPDATE applications SET applied_on = '2026-05-30'");
    let it = insight(&user, "pipeline");
    assert_eq!(
        (&it["applications"], &it["waiting"]),
        (&json!(2), &json!(2))
    );
    assert_eq!(counts(&it["reached"]["offer"]), (0, 0, 2));
    assert_eq!(counts(&it["ended"]["rejected"]), (0, 0, 2));
}

#[test]
fn from_and_to_select_by_the_day_of_applying_both_included() {
    let app = TestApp::start();
    app.set_clock("2026-06-01T12:00:00Z");
    let user = app.user();
    for day in ["2026-03-01", "2026-03-02", "2026-03-31", "2026-04-01"] {
        went(&user, day, &["rejected"]);
    }
    // Nobody knows when one applied for this.
    let unknown = user.application(json!({})).id();
    user.transition(&unknown, json!({"to": "interviewing"}))
        .expect(200);
    let number = |query: &str| {
        let it = insight(&user, &format!("pipeline{query}"));
        it["applications"].as_i64().expect("a number")
    };
    assert_eq!(number(""), 5);
    assert_eq!(number("?from=2026-03-02"), 3);
    assert_eq!(number("?to=2026-03-31"), 3);
    assert_eq!(number("?from=2026-03-02&to=2026-03-31"), 2);
    assert_eq!(number("?from=2026-03-02&to=2026-03-02"), 1);
    let it = insight(&user, "pipeline?from=2026-03-02");
    assert_eq!(
        (&it["from"], &it["to"]),
        (&json!("2026-03-02"), &Value::Null)
    );
}
