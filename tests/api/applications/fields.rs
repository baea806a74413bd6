//! What may be written about an application, to the last character.

use serde_json::{Value, json};

use crate::support::app::TestApp;

/// Everything a client can say, with the longest texts and the largest numbers.
fn full() -> Value {
    json!({
        "external_id": "e".repeat(200), "company": "c".repeat(200), "job_title": "j".repeat(200),
        "url": format!("https://x.example/{}", "u".repeat(1_982)), "source": "s".repeat(100),
        "location": "l".repeat(200), "work_mode": "hybrid", "employment_type": "part_time",
        "salary_min": 0, "salary_max": 1_000_000_000_000_i64, "salary_currency": "EUR",
        "salary_period": "month", "resume_version": "r".repeat(100), "tailored": false,
        "required_skills": vec!["k".repeat(100); 50], "own_skills": vec!["k".repeat(100); 50],
        "applied_on": "2026-03-01", "next_action_on": "2199-12-31", "contact": "o".repeat(200),
        "notes": "n".repeat(10_000), "tags": vec!["t".repeat(50); 20],
    })
}

#[test]
fn everything_that_is_written_comes_back_as_it_was() {
    let app = TestApp::start();
    let user = app.user();
    let made = user.application(full());
    let shown = user
        .get(&format!("/v1/applications/{}", made.id()))
        .expect(200);
    assert_eq!(shown.body, made.body);
    for (name, value) in full().as_object().expect("an object") {
        assert_eq!(&shown.body[name], value, "{name}");
    }
    assert_eq!(user.get("/v1/applications").expect(200).data(), [made.body]);
}

#[test]
fn one_more_than_the_limit_is_refused_in_each_field() {
    let app = TestApp::start();
    let user = app.user();
    for (name, value, pointer, code) in [
        (
            "external_id",
            json!("x".repeat(201)),
            "/external_id",
            "too_long",
        ),
        ("company", json!("x".repeat(201)), "/company", "too_long"),
        ("company", json!(""), "/company", "too_short"),
        (
            "job_title",
            json!("x".repeat(201)),
            "/job_title",
            "too_long",
        ),
        (
            "url",
            json!(format!("https://x.example/{}", "x".repeat(1_983))),
            "/url",
            "too_long",
        ),
        ("url", json!("javascript:alert(1)"), "/url", "invalid_url"),
        ("url", json!("https://"), "/url", "invalid_url"),
        ("source", json!("x".repeat(101)), "/source", "too_long"),
        ("location", json!("x".repeat(201)), "/location", "too_long"),
        ("work_mode", json!("Remote"), "/work_mode", "unknown_value"),
        (
            "employment_type",
            json!(1),
            "/employment_type",
            "wrong_type",
        ),
        ("salary_min", json!(-1), "/salary_min", "too_small"),
        ("salary_min", json!(1.5), "/salary_min", "wrong_type"),
        (
            "salary_max",
            json!(1_000_000_000_001_i64),
            "/salary_max",
            "too_large",
        ),
        (
            "salary_currency",
            json!("EURO"),
            "/salary_currency",
            "invalid_currency",
        ),
        (
            "salary_currency",
            json!("\u{20ac}"),
            "/salary_currency",
            "invalid_currency",
        ),
        (
            "salary_period",
            json!("decade"),
            "/salary_period",
            "unknown_value",
        ),
        (
            "resume_version",
            json!("x".repeat(101)),
            "/resume_version",
            "too_long",
        ),
        ("tailored", json!("yes"), "/tailored", "wrong_type"),
        (
            "required_skills",
            json!(vec!["x"; 51]),
            "/required_skills",
            "too_long",
        ),
        (
            "required_skills",
            json!(["x", "x".repeat(101)]),
            "/required_skills/1",
            "too_long",
        ),
        (
            "own_skills",
            json!(vec!["x"; 51]),
            "/own_skills",
            "too_long",
        ),
        ("own_skills", json!([""]), "/own_skills/0", "too_short"),
        (
            "applied_on",
            json!("1899-12-31"),
            "/applied_on",
            "out_of_range",
        ),
        (
            "applied_on",
            json!("2026-02-29"),
            "/applied_on",
            "invalid_value",
        ),
        (
            "next_action_on",
            json!("2200-01-01"),
            "/next_action_on",
            "out_of_range",
        ),
        ("contact", json!("x".repeat(201)), "/contact", "too_long"),
        ("notes", json!("x".repeat(10_001)), "/notes", "too_long"),
        ("tags", json!(vec!["x"; 21]), "/tags", "too_long"),
        ("tags", json!(["x".repeat(51)]), "/tags/0", "too_long"),
        ("status", json!("lost"), "/status", "unknown_value"),
    ] {
        let mut body = json!({"company": "A", "job_title": "B"});
        body[name] = value;
        let refused = user
            .post("/v1/applications", body)
            .problem(422, "invalid_fields");
        assert_eq!(refused.faults(), [(pointer, code)], "{name}");
    }
    assert_eq!(app.sql_value("SELECT count(*) FROM applications"), 0);
}

#[test]
fn the_upper_end_of_a_salary_is_not_below_the_lower_one() {
    let app = TestApp::start();
    let user = app.user();
    let with = |least: i64, most: i64| {
        user.post(
            "/v1/applications",
            json!({"company": "A", "job_title": "B", "salary_min": least, "salary_max": most}),
        )
    };
    assert_eq!(
        with(2, 1).expect(422).faults(),
        [("/salary_max", "too_small")]
    );
    with(1, 1).expect(201);
}

#[test]
fn an_oldest_and_a_newest_day_can_be_stored() {
    let app = TestApp::start();
    let user = app.user();
    for day in ["1900-01-01", "2000-02-29"] {
        assert_eq!(
            user.application(json!({"applied_on": day}))
                .text_at("/applied_on"),
            day
        );
    }
}

#[test]
fn the_same_posting_may_be_added_twice() {
    let app = TestApp::start();
    let user = app.user();
    assert_ne!(
        user.application(json!({})).id(),
        user.application(json!({})).id()
    );
}

#[test]
fn how_well_the_skills_fit_is_told() {
    let app = TestApp::start();
    let made = app.user().application(
        json!({"required_skills": ["Rust", "SQL", "Go"], "own_skills": ["rust", "go", "C"]}),
    );
    assert_eq!(
        made.body["fit"],
        json!({"required": 3, "covered": 2, "missing": ["SQL"]})
    );
}
