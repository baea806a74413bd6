//! How long events are kept, and what is said to those who come later.

use diesel::connection::SimpleConnection;
use rebound::events::retention;
use serde_json::json;

use super::{BEGINNING, each, now, read};
use crate::support::app::{TestApp, open, shared_cluster};
use crate::support::builders::User;
use crate::support::victim::eventually;

/// Lets the job of a user run, as it does by itself within a day.
fn forget(user: &User<'_>) {
    let (kind, id) = (retention::JOB, user.id);
    user.app.execute(&format!(
        "INSERT INTO jobs (id, kind, user_id, payload, unique_key, run_at, max_attempts, created_at)
         VALUES (gen_random_uuid(), '{kind}', '{id}', 'null', '{kind}:{id}', '2000-01-01Z', 8, now())
         ON CONFLICT (unique_key) DO UPDATE SET run_at = excluded.run_at"
    ));
    user.app.settle();
}

fn stored(user: &User<'_>) -> serde_json::Value {
    user.app.sql_value(&format!(
        "SELECT count(*) FROM events WHERE owner_id = '{}' AND kind LIKE 'application.%'",
        user.id
    ))
}

#[test]
fn events_are_kept_for_ninety_days_and_who_comes_later_is_told() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T10:00:00Z");
    let (user, other) = (app.user(), app.user());
    let begin = now(&user);
    other.application(json!({}));
    user.application(json!({}));
    user.application(json!({}));
    let (old, end_of_march) = read(&user, &begin, "", 2);
    let between = old[0]["id"].as_str().expect("an id").to_owned();
    app.set_clock("2026-06-03T09:59:00Z");
    forget(&user);
    assert_eq!(stored(&user), 2);
    app.set_clock("2026-06-03T10:01:00Z");
    forget(&user);
    assert_eq!((stored(&user), stored(&other)), (json!(0), json!(1)));
    // Whoever had seen all that is gone has missed nothing; whoever had not is told so.
    let page = user
        .get(&format!("/v1/events?after={end_of_march}"))
        .expect(200);
    assert_eq!(page.body, json!({"data": [], "next_cursor": end_of_march}));
    assert_eq!(now(&user), end_of_march);
    for place in [&begin, &between] {
        for path in ["/v1/events", "/v1/events/stream"] {
            user.get(&format!("{path}?after={place}"))
                .problem(410, "cursor_expired");
            user.get("/v1/events/stream")
                .header("Last-Event-ID", place)
                .problem(410, "cursor_expired");
        }
    }
    // The feed goes on from there.
    user.application(json!({}));
    let (new, _) = read(&user, &end_of_march, "", 1);
    let first = user.get("/v1/events").expect(200);
    assert_eq!(first.body["data"], json!(new));
    // Nobody else's places are touched.
    read(&other, BEGINNING, "", 1);
}

#[test]
fn the_days_are_a_setting() {
    let app = TestApp::with(&["--events-retention-days", "7"]);
    app.set_clock("2026-03-05T10:00:00Z");
    let user = app.user();
    user.application(json!({}));
    app.set_clock("2026-03-13T10:00:00Z");
    user.application(json!({}));
    read(&user, BEGINNING, "", 2);
    forget(&user);
    let kept = user.get("/v1/events").expect(200);
    assert_eq!(kept.each("occurred_at"), ["2026-03-13T10:00:00Z"]);
}

#[test]
fn many_old_events_go_a_thousand_at_a_time_and_only_from_the_beginning() {
    let app = TestApp::start();
    app.set_clock("2026-06-30T10:00:00Z");
    let user = app.user();
    let add = |count: u32, at: &str| {
        app.execute(&format!(
            "INSERT INTO events (owner_id, kind, resource_type, resource_id, occurred_at, data)
             SELECT '{}', 'application.updated', 'application', gen_random_uuid(), '{at}', 'null'
             FROM generate_series(1, {count})",
            user.id
        ));
    };
    add(2_500, "2026-01-01Z");
    add(1, "2026-06-01Z");
    // The clock was wrong for a while: it is not before its turn.
    add(2, "2026-01-02Z");
    read(&user, BEGINNING, "&limit=100", 2_503);
    forget(&user);
    let kept = user.get("/v1/events").expect(200);
    assert_eq!(kept.data().len(), 3, "{kept}");
    assert_eq!(each(kept.data(), "/occurred_at")[0], "2026-06-01T00:00:00Z");
    user.get(&format!("/v1/events?after={BEGINNING}"))
        .problem(410, "cursor_expired");
    // The job comes again by itself when the next one is old enough.
    let next = app.sql_value(&format!(
        "SELECT run_at::timestamptz AT TIME ZONE 'UTC' FROM jobs WHERE kind = '{}' AND user_id = '{}'",
        retention::JOB, user.id
    ));
    assert_eq!(next, "2026-08-30T00:00:00");
}

#[test]
fn each_user_gets_the_job_without_asking() {
    let database = shared_cluster().new_database();
    let id = uuid::Uuid::from_u128(7);
    open(&database.owner_url())
        .batch_execute(&format!(
            "INSERT INTO users (id, email, password_hash, time_zone, created_at, updated_at)
             VALUES ('{id}', 'ada@example.com', 'none', 'UTC', '2026-01-01Z', '2026-01-01Z')"
        ))
        .expect("a user");
    let app = TestApp::on(database, &[]);
    let kind = retention::JOB;
    let jobs = format!("SELECT count(*) FROM jobs WHERE kind = '{kind}' AND user_id = '{id}'");
    eventually("the job", || app.sql_value(&jobs) == 1);
}
