//! Promise 27: days and streaks are right, wherever and whenever one is.

use serde_json::json;

use super::excused;
use crate::support::app::TestApp;

#[test]
fn a_day_is_the_users_own_from_the_first_zone_to_the_last() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T11:00:00Z");
    for (zone, today, tomorrow) in [
        ("Etc/GMT+12", "2026-03-04", "2026-03-05"),
        ("Pacific/Pago_Pago", "2026-03-05", "2026-03-06"),
        ("UTC", "2026-03-05", "2026-03-06"),
        ("Asia/Kathmandu", "2026-03-05", "2026-03-06"),
        ("Pacific/Auckland", "2026-03-06", "2026-03-07"),
        ("Pacific/Kiritimati", "2026-03-06", "2026-03-07"),
    ] {
        let user = app.user_in(zone);
        let goal = user.daily_goal();
        assert_eq!(user.progress(&goal)["period_start"], today, "{zone}");
        user.done(&goal, &[today]);
        user.check_in(&goal, json!({"occurred_on": tomorrow}))
            .problem(422, "invalid_fields");
        assert_eq!(user.streak(&goal), (1, 1), "{zone}");
    }
}

#[test]
fn days_of_23_and_of_25_hours_are_days_like_others() {
    let app = TestApp::start();
    // The clocks go forward on 29 March 2026 and back on 25 October.
    for (clock, days) in [
        (
            [
                "2026-03-27T23:30:00Z",
                "2026-03-28T23:30:00Z",
                "2026-03-29T21:59:59Z",
                "2026-03-29T22:00:00Z",
            ],
            ["2026-03-28", "2026-03-29", "2026-03-29", "2026-03-30"],
        ),
        (
            [
                "2026-10-24T21:59:59Z",
                "2026-10-24T22:00:00Z",
                "2026-10-25T22:59:59Z",
                "2026-10-25T23:00:00Z",
            ],
            ["2026-10-24", "2026-10-25", "2026-10-25", "2026-10-26"],
        ),
    ] {
        app.set_clock("2026-01-01T00:00:00Z");
        let user = app.user_in("Europe/Berlin");
        let goal = user.daily_goal();
        for (at, day) in clock.iter().zip(days) {
            app.set_clock(at);
            assert_eq!(user.progress(&goal)["period_start"], day, "{at}");
            user.done(&goal, &[day]);
        }
        assert_eq!(user.streak(&goal), (3, 3));
    }
}

#[test]
fn a_change_of_the_time_zone_rewrites_no_check_in() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T11:00:00Z");
    let user = app.user_in("Pacific/Kiritimati");
    let goal = user.daily_goal();
    user.done(&goal, &["2026-03-04", "2026-03-05", "2026-03-06"]);
    assert_eq!(user.streak(&goal), (3, 3));
    let listed = || {
        user.get(&format!("/v1/goals/{goal}/check-ins"))
            .expect(200)
            .body
    };
    let before = listed();
    // To the other side of the date line: two days back.
    let zone = |name: &str| {
        user.patch("/v1/me", json!({"time_zone": name})).expect(200);
    };
    zone("Etc/GMT+12");
    assert_eq!(listed(), before);
    let progress = user.progress(&goal);
    assert_eq!(progress["period_start"], "2026-03-04");
    assert_eq!(progress["streak"], json!({"current": 1, "longest": 1}));
    zone("Pacific/Kiritimati");
    assert_eq!(listed(), before);
    assert_eq!(user.streak(&goal), (3, 3));
}

#[test]
fn a_cooloff_covers_the_local_days_that_it_touches() {
    let app = TestApp::start();
    app.set_clock("2026-03-01T11:00:00Z");
    let user = app.user_in("America/New_York");
    let goal = user.daily_goal();
    user.done(&goal, &["2026-03-01"]);
    let application = user.application(json!({"applied_on": "2026-03-01"})).id();
    // Half past eleven in the evening of the 2nd, for a day.
    app.set_clock("2026-03-03T04:30:00Z");
    user.transition(&application, json!({"to": "rejected"}))
        .expect(200);
    app.set_clock("2026-03-05T15:00:00Z");
    let progress = user.progress(&goal);
    assert_eq!(
        excused(&progress),
        [("2026-03-02", "cooloff"), ("2026-03-03", "cooloff")]
    );
    assert_eq!(progress["streak"]["current"], 0);
}

#[test]
fn weeks_begin_when_the_user_says() {
    let app = TestApp::start();
    // A Wednesday.
    app.set_clock("2026-03-18T08:00:00Z");
    let user = app.user();
    let goal = user.goal(json!({"period": "week", "target_count": 2}));
    // Saturday and Sunday, then Monday.
    user.done(
        &goal,
        &["2026-03-07", "2026-03-08", "2026-03-14", "2026-03-16"],
    );
    for (day, start, streak) in [
        ("monday", "2026-03-16", (0, 1)),
        ("sunday", "2026-03-15", (1, 1)),
        ("saturday", "2026-03-14", (2, 2)),
    ] {
        user.patch("/v1/me", json!({"preferences": {"week_starts_on": day}}))
            .expect(200);
        assert_eq!(user.progress(&goal)["period_start"], start);
        assert_eq!(user.streak(&goal), streak, "{day}");
    }
}

#[test]
fn months_of_any_length_and_the_leap_day_count() {
    let app = TestApp::start();
    app.set_clock("2028-02-29T23:59:59Z");
    let user = app.user();
    let (daily, monthly) = (user.daily_goal(), user.goal(json!({"period": "month"})));
    user.done(&daily, &["2028-02-28", "2028-02-29"]);
    user.done(
        &monthly,
        &["2027-11-30", "2027-12-31", "2028-01-01", "2028-02-29"],
    );
    assert_eq!(user.progress(&monthly)["period_end"], "2028-02-29");
    app.set_clock("2028-03-01T00:00:00Z");
    assert_eq!(user.streak(&daily), (2, 2));
    assert_eq!(user.streak(&monthly), (4, 4));
    assert_eq!(user.progress(&monthly)["period_end"], "2028-03-31");
    user.check_in(&daily, json!({"occurred_on": "2027-02-29"}))
        .problem(422, "invalid_fields");
}

#[test]
fn what_is_backfilled_counts_and_what_is_taken_back_does_not() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T08:00:00Z");
    let user = app.user();
    let goal = user.daily_goal();
    // Before the goal was made, in whatever order.
    user.done(&goal, &["2026-03-04", "2026-03-01", "2026-03-02"]);
    assert_eq!(user.streak(&goal), (1, 2));
    let gap = user
        .check_in(&goal, json!({"occurred_on": "2026-03-03"}))
        .expect(201);
    assert_eq!(user.streak(&goal), (4, 4));
    user.delete(gap.header("location")).expect(204);
    assert_eq!(user.streak(&goal), (1, 2));
}
