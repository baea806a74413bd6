//! A page of goals costs a fixed number of statements, and a long history is not read each time.

use serde_json::json;

use super::excused;
use crate::support::app::TestApp;
use crate::support::builders::User;
use crate::support::statements;

/// One goal of each kind that is computed in another way, so many times.
fn goals(user: &User<'_>, times: usize) -> Vec<String> {
    let kinds = [
        json!({"period": "day"}),
        json!({"period": "week"}),
        json!({"kind": "one_off"}),
        json!({"period": "month", "measure": "applications_submitted"}),
        json!({"period": "day", "measure": "interviews_prepared"}),
    ];
    (0..times)
        .flat_map(|_| kinds.iter().map(|kind| user.goal(kind.clone())))
        .collect()
}

#[test]
fn a_page_of_25_goals_costs_as_many_statements_as_one_of_5() {
    statements::prepare();
    let app = TestApp::start();
    app.set_clock("2026-03-05T08:00:00Z");
    let (few, many) = (app.user(), app.user());
    let cost = |user: &User<'_>, times: usize| {
        for (number, goal) in goals(user, times).iter().enumerate() {
            if number % 5 < 3 {
                user.done(goal, &["2026-03-03", "2026-03-05"]);
            }
            if number % 5 == 1 {
                user.move_goal(goal, "paused").expect(200);
            }
        }
        user.get("/v1/goals").expect(200);
        let (page, asked) = statements::during(&app, || user.get("/v1/goals").expect(200));
        assert_eq!(page.data().len(), 5 * times);
        asked
    };
    let (of_few, of_many) = (cost(&few, 1), cost(&many, 5));
    assert_eq!(of_few.len(), of_many.len(), "{of_few:#?}\n{of_many:#?}");
    assert!((5..=12).contains(&of_many.len()), "{of_many:#?}");
}

/// Ten years of check-ins, put straight into the database.
fn ten_years(user: &User<'_>, goal: &str, last: &str) {
    user.app.execute(&format!(
        "INSERT INTO goal_check_ins (owner_id, id, goal_id, occurred_on, kind, value, created_at)
         SELECT '{}', gen_random_uuid(), '{goal}', day::date, 'done', 1, now()
         FROM generate_series(date '{last}' - 3652, date '{last}', interval '1 day') day",
        user.id
    ));
}

fn settled(app: &TestApp, goal: &str) -> serde_json::Value {
    app.sql_value(&format!(
        "SELECT settled_before::text FROM goals WHERE id = '{goal}'"
    ))
}

#[test]
fn ten_years_are_not_read_again_once_they_are_settled() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T08:00:00Z");
    let user = app.user();
    let goal = user.daily_goal();
    ten_years(&user, &goal, "2026-03-04");
    assert_eq!(user.streak(&goal), (3653, 3653));
    assert_eq!(settled(&app, &goal), json!(null));
    user.done(&goal, &["2026-03-05"]);
    assert_eq!(settled(&app, &goal), json!("2025-12-05"));
    assert_eq!(user.streak(&goal), (3654, 3654));
    // The proof: nobody misses the old rows.
    app.execute("DELETE FROM goal_check_ins WHERE occurred_on < '2025-12-05'");
    assert_eq!(user.streak(&goal), (3654, 3654));
    // It goes on from there, half a year later too.
    app.execute(&format!(
        "INSERT INTO goal_check_ins (owner_id, id, goal_id, occurred_on, kind, value, created_at)
         SELECT '{}', gen_random_uuid(), '{goal}', day::date, 'done', 1, now()
         FROM generate_series(date '2026-03-06', date '2026-09-04', interval '1 day') day",
        user.id
    ));
    app.set_clock("2026-09-05T08:00:00Z");
    user.done(&goal, &["2026-09-05"]);
    assert_eq!(settled(&app, &goal), json!("2026-06-07"));
    app.execute("DELETE FROM goal_check_ins WHERE occurred_on < '2026-06-07'");
    assert_eq!(user.streak(&goal), (3838, 3838));
}

#[test]
fn whatever_changes_a_settled_day_is_seen() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T08:00:00Z");
    let user = app.user();
    let goal = user.daily_goal();
    let settle = || {
        ten_years(&user, &goal, "2026-03-04");
        user.done(&goal, &["2026-03-05"]);
        assert_eq!(settled(&app, &goal), json!("2025-12-05"));
    };
    settle();
    // A check-in that is taken back, and one that is made up for.
    let old = user
        .get(&format!(
            "/v1/goals/{goal}/check-ins?from=2020-05-05&to=2020-05-05"
        ))
        .expect(200)
        .each("id");
    user.delete(&format!("/v1/goals/{goal}/check-ins/{}", old[0]))
        .expect(204);
    let after = 2130;
    assert_eq!(user.streak(&goal), (after, after.max(3654 - 1 - after)));
    user.done(&goal, &["2020-05-05"]);
    assert_eq!(user.streak(&goal), (3654, 3654));
    assert_eq!(settled(&app, &goal), json!(null));
    // Another target.
    app.execute("DELETE FROM goal_check_ins");
    settle();
    user.patch(&format!("/v1/goals/{goal}"), json!({"target_count": 2}))
        .expect(200);
    assert_eq!(user.streak(&goal), (0, 0));
    user.patch(&format!("/v1/goals/{goal}"), json!({"target_count": 1}))
        .expect(200);
    assert_eq!(user.streak(&goal), (3654, 3654));
}

#[test]
fn a_cooloff_that_becomes_known_later_mends_a_settled_streak() {
    let app = TestApp::start();
    app.set_clock("2025-06-10T08:00:00Z");
    let user = app.user();
    let goal = user.daily_goal();
    let application = user.application(json!({"applied_on": "2025-05-01"})).id();
    ten_years(&user, &goal, "2026-03-04");
    app.execute("DELETE FROM goal_check_ins WHERE occurred_on IN ('2025-06-10', '2025-06-11')");
    app.set_clock("2026-03-05T08:00:00Z");
    user.done(&goal, &["2026-03-05"]);
    assert_eq!(settled(&app, &goal), json!("2025-12-05"));
    assert_eq!(user.streak(&goal).0, 267);
    let body = json!({"to": "rejected", "occurred_at": "2025-06-10T08:00:00Z"});
    user.transition(&application, body).expect(200);
    assert_eq!(user.streak(&goal), (3652, 3652));
    assert!(excused(&user.progress(&goal)).is_empty());
    // The next check-in settles it anew.
    user.done(&goal, &["2026-03-05"]);
    app.execute("DELETE FROM goal_check_ins WHERE occurred_on < '2025-12-05'");
    assert_eq!(user.streak(&goal), (3652, 3652));
}

#[test]
fn weeks_that_begin_on_another_day_are_counted_anew() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T08:00:00Z");
    let user = app.user();
    let goal = user.goal(json!({"period": "week"}));
    ten_years(&user, &goal, "2026-03-04");
    user.done(&goal, &["2026-03-05"]);
    let before = user.streak(&goal);
    assert_eq!(settled(&app, &goal), json!("2025-12-01"));
    app.execute("DELETE FROM goal_check_ins WHERE occurred_on < '2025-12-01'");
    assert_eq!(user.streak(&goal), before);
    user.patch(
        "/v1/me",
        json!({"preferences": {"week_starts_on": "sunday"}}),
    )
    .expect(200);
    // Now the whole history is read, and little is left of it.
    assert_eq!(user.streak(&goal), (14, 14));
    user.patch(
        "/v1/me",
        json!({"preferences": {"week_starts_on": "monday"}}),
    )
    .expect(200);
    assert_eq!(user.streak(&goal), before);
}
