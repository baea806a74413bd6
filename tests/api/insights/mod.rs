//! Insights: figures that say how much they are worth, and their pictures.

mod activity;
mod cost;
mod feedback;
mod histories;
mod pictures;
mod pipeline;
mod rejections;
mod sources;

use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::builders::User;

const NAMES: [&str; 5] = ["pipeline", "rejections", "feedback", "activity", "sources"];

/// An insight, with its query.
#[track_caller]
fn insight(user: &User<'_>, rest: &str) -> Value {
    user.get(&format!("/v1/insights/{rest}")).expect(200).body
}

/// `k`, `n` and what waits.
#[track_caller]
fn counts(figure: &Value) -> (i64, i64, i64) {
    let number = |name: &str| {
        let number = figure[name].as_i64();
        number.unwrap_or_else(|| panic!("no figure: {figure}"))
    };
    (number("k"), number("n"), number("waiting"))
}

/// An application that was sent on a day, and where it went from there.
#[track_caller]
fn went(user: &User<'_>, applied_on: &str, steps: &[&str]) -> String {
    let id = user.application(json!({"applied_on": applied_on})).id();
    for step in steps {
        user.transition(&id, json!({"to": step})).expect(200);
    }
    id
}

/// Calls a function for every figure in a document.
fn each_figure(value: &Value, visit: &mut impl FnMut(&Value)) {
    match value {
        Value::Object(members) if members.contains_key("ci95") => visit(value),
        Value::Object(members) => members.values().for_each(|it| each_figure(it, visit)),
        Value::Array(items) => items.iter().for_each(|it| each_figure(it, visit)),
        _ => {}
    }
}

#[test]
fn a_new_account_has_figures_of_nothing() {
    let app = TestApp::start();
    let user = app.user();
    for name in NAMES {
        let document = insight(&user, name);
        let mut figures = 0;
        each_figure(&document, &mut |figure| {
            figures += 1;
            assert_eq!(figure["k"], 0);
            assert_eq!(figure["claim"], "insufficient");
            if figure["n"] == 0 {
                assert_eq!(
                    (&figure["rate"], &figure["ci95"]),
                    (&Value::Null, &Value::Null)
                );
            }
            assert!(
                figure["definition"]
                    .as_str()
                    .is_some_and(|it| it.len() > 20)
            );
        });
        // Without an application there is no source.
        assert_eq!(figures == 0, name == "sources", "{document:#}");
    }
}

#[test]
fn figures_come_with_their_interval_and_are_an_estimate_from_twenty_on() {
    let app = TestApp::start();
    app.set_clock("2026-06-01T12:00:00Z");
    let user = app.user();
    for number in 0..19 {
        let steps: &[&str] = if number < 3 {
            &["rejected"]
        } else {
            &["withdrawn"]
        };
        went(&user, "2026-03-02", steps);
    }
    let rejected = || insight(&user, "pipeline")["ended"]["rejected"].clone();
    assert_eq!(rejected()["claim"], "insufficient");
    went(&user, "2026-03-02", &["withdrawn"]);
    let figure = rejected();
    assert_eq!(
        figure,
        json!({"k": 3, "n": 20, "rate": 0.15, "ci95": [0.0524, 0.3604], "claim": "estimate", "waiting": 0,
               "definition": figure["definition"]})
    );
}

#[test]
fn an_insight_has_no_etag_and_is_not_stored() {
    let app = TestApp::start();
    let user = app.user();
    for name in NAMES {
        let path = format!("/v1/insights/{name}");
        let answer = user.get(&path).expect(200);
        assert_eq!(answer.header("etag"), "");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("content-type"), "application/json");
        app.get(&path).problem(401, "unauthenticated");
    }
}

#[test]
fn wrong_days_and_formats_are_refused() {
    let app = TestApp::start();
    let user = app.user();
    for name in NAMES {
        for query in [
            "from=2026-03-05&to=2026-03-04",
            "from=2026-02-30",
            "from=1899-12-31",
            "to=2200-01-01",
            "from=2026-03-05T00:00:00Z",
            "format=png",
            "source=Fair",
            "from=",
        ] {
            user.get(&format!("/v1/insights/{name}?{query}"))
                .problem(400, "invalid_query");
        }
    }
}

#[test]
fn one_sees_ones_own_figures_only() {
    let app = TestApp::start();
    app.set_clock("2026-06-01T12:00:00Z");
    let (user, other) = (app.user(), app.user());
    went(&user, "2026-03-02", &["rejected"]);
    for name in ["pipeline", "rejections", "sources"] {
        assert_eq!(insight(&user, name)["applications"], 1);
        assert_eq!(insight(&other, name)["applications"], 0);
    }
}
