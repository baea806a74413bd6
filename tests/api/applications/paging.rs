//! Lists in pages: no row is lost and none comes twice, whatever is added in between.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::builders::User;

const SORTS: [&str; 8] = [
    "created_at",
    "-created_at",
    "updated_at",
    "-updated_at",
    "applied_on",
    "-applied_on",
    "company",
    "-company",
];

/// Applications with ties in every column that a list can be sorted by.
fn fill(app: &TestApp, user: &User<'_>) {
    for number in 0..23 {
        app.set_clock(&format!("2026-03-10T12:00:{:02}Z", number / 4));
        let company = ["alpha", "Beta", "\u{e9}t\u{e9}", "alpha", "_x", "beta"][number % 6];
        let day = (number % 3 > 0).then(|| format!("2026-02-{:02}", 1 + number % 4));
        user.application(json!({"company": company, "applied_on": day}));
    }
}

/// What the rows are sorted by.
fn key(row: &Value, sort: &str) -> String {
    match sort.trim_start_matches('-') {
        "company" => row["company"].as_str().expect("a company").to_lowercase(),
        "applied_on" => row["applied_on"].as_str().unwrap_or_default().to_owned(),
        name => row[name].as_str().expect("an instant").to_owned(),
    }
}

#[test]
fn every_sort_gives_every_row_once_and_in_order() {
    let app = TestApp::start();
    let user = app.user();
    fill(&app, &user);
    for sort in SORTS {
        let whole = user
            .get(&format!("/v1/applications?limit=100&sort={sort}"))
            .expect(200);
        assert_eq!(whole.data().len(), 23);
        assert!(whole.body["next_cursor"].is_null() && whole.headers.get("link").is_none());
        for limit in [1, 4, 22, 23] {
            let pages = user.pages(&format!("/v1/applications?sort={sort}&limit={limit}"));
            assert_eq!(pages.len(), 23_usize.div_ceil(limit), "{sort}");
            let rows: Vec<&Value> = pages.iter().flat_map(|page| page.data()).collect();
            assert_eq!(
                rows,
                whole.data().iter().collect::<Vec<_>>(),
                "{sort} by {limit}"
            );
        }
        // The order of words is the database's; that of days and instants is everybody's.
        if !sort.ends_with("company") {
            let keys: Vec<String> = whole.data().iter().map(|row| key(row, sort)).collect();
            let mut sorted = keys.clone();
            sorted.sort();
            if sort.starts_with('-') {
                sorted.reverse();
            }
            assert_eq!(keys, sorted, "{sort}");
        }
    }
    let forward = user
        .get("/v1/applications?limit=100&sort=company")
        .expect(200)
        .each("id");
    let mut backward = user
        .get("/v1/applications?limit=100&sort=-company")
        .expect(200)
        .each("id");
    backward.reverse();
    assert_eq!(forward, backward);
    let names = user
        .get("/v1/applications?limit=100&sort=company")
        .expect(200)
        .each("company");
    let grouped: BTreeSet<String> = names.iter().map(|name| name.to_lowercase()).collect();
    let mut runs: Vec<String> = names.iter().map(|name| name.to_lowercase()).collect();
    runs.dedup();
    assert_eq!(
        runs.len(),
        grouped.len(),
        "equal names in any case stand together: {names:?}"
    );
}

#[test]
fn without_a_sort_the_newest_comes_first() {
    let app = TestApp::start();
    let user = app.user();
    fill(&app, &user);
    let plain = user.get("/v1/applications").expect(200);
    assert_eq!(
        plain.data(),
        user.get("/v1/applications?sort=-created_at")
            .expect(200)
            .data()
    );
    assert_eq!(plain.data().len(), 23);
    for number in 0..3 {
        user.application(json!({"company": format!("{number}")}));
    }
    let plain = user.get("/v1/applications").expect(200);
    assert_eq!(plain.data().len(), 25, "the default");
    assert!(plain.body["next_cursor"].is_string());
}

#[test]
fn rows_that_are_added_or_removed_between_pages_disturb_nobody() {
    let app = TestApp::start();
    for sort in SORTS {
        let user = app.user();
        fill(&app, &user);
        let before = user
            .get(&format!("/v1/applications?limit=100&sort={sort}"))
            .expect(200)
            .each("id");
        let (mut seen, mut cursor) = (Vec::new(), None::<String>);
        loop {
            let next = cursor.map_or_else(String::new, |cursor| format!("&cursor={cursor}"));
            let page = user
                .get(&format!("/v1/applications?limit=5&sort={sort}{next}"))
                .expect(200);
            seen.extend(page.each("id"));
            // Before, at and after the place where the reader is.
            for (company, day) in [
                ("AAA", "2025-01-01"),
                ("zzz", "2026-03-09"),
                ("beta", "2026-02-02"),
            ] {
                user.application(json!({"company": company, "applied_on": day}));
            }
            // The row that the cursor names goes away.
            if let Some(last) = page.each("id").last() {
                user.delete(&format!("/v1/applications/{last}")).expect(204);
            }
            match page.body["next_cursor"].as_str() {
                Some(text) if seen.len() < 200 => cursor = Some(text.to_owned()),
                _ => break,
            }
            if before.iter().all(|id| seen.contains(id)) {
                break;
            }
        }
        let unique: BTreeSet<&String> = seen.iter().collect();
        assert_eq!(unique.len(), seen.len(), "{sort}: a row came twice");
        let old: Vec<&String> = seen.iter().filter(|id| before.contains(id)).collect();
        assert_eq!(
            old,
            before.iter().collect::<Vec<_>>(),
            "{sort}: a row was lost"
        );
    }
}

#[test]
fn the_next_page_is_in_the_link_header_too() {
    let app = TestApp::start();
    let user = app.user();
    fill(&app, &user);
    let query = "q=%C3%A9t%C3%A9&status=saved%2Capplied&limit=2&sort=company";
    let first = user.get(&format!("/v1/applications?{query}")).expect(200);
    let link = first.header("link");
    let path = link
        .strip_prefix('<')
        .and_then(|rest| rest.strip_suffix(">; rel=\"next\""))
        .unwrap_or_else(|| panic!("{link}"));
    let by_link = user.get(path).expect(200);
    let cursor = first.text_at("/next_cursor");
    let by_cursor = user
        .get(&format!("/v1/applications?{query}&cursor={cursor}"))
        .expect(200);
    assert_eq!(by_link.body, by_cursor.body);
    assert_ne!(by_link.each("id"), first.each("id"));
}

#[test]
fn a_cursor_of_another_list_or_none_at_all_is_refused() {
    let app = TestApp::start();
    let user = app.user();
    fill(&app, &user);
    let page = user
        .get("/v1/applications?limit=2&sort=company")
        .expect(200);
    let cursor = page.text_at("/next_cursor");
    for sort in SORTS.iter().filter(|sort| **sort != "company") {
        user.get(&format!("/v1/applications?sort={sort}&cursor={cursor}"))
            .problem(400, "invalid_cursor");
    }
    let one = page.each("id").remove(0);
    user.get(&format!("/v1/applications/{one}/timeline?cursor={cursor}"))
        .problem(400, "invalid_cursor");
    for bad in ["", "x", "%00", "%FF", &"A".repeat(2_001), "e30", "bnVsbA"] {
        let answer = user
            .get(&format!("/v1/applications?cursor={bad}"))
            .expect(400);
        let code = answer.text_at("/code");
        assert!(
            ["invalid_cursor", "invalid_query"].contains(&code),
            "{answer}"
        );
    }
}

#[test]
fn a_forged_cursor_breaks_nothing() {
    use base64::Engine;
    let app = TestApp::start();
    let user = app.user();
    fill(&app, &user);
    let id = "00000000-0000-0000-0000-000000000000";
    for (sort, key) in [
        ("company", json!({"s": "a\u{0}b"})),
        ("company", json!({"s": "x".repeat(500)})),
        ("company", json!({"n": 1})),
        ("applied_on", json!({"d": "-4713-01-01"})),
        ("applied_on", json!({"d": "+262142-12-31"})),
        ("applied_on", json!({"d": "9999-12-31"})),
        ("-created_at", json!({"t": "+262142-12-31T00:00:00Z"})),
        ("-created_at", json!({"t": "-262143-01-01T00:00:00Z"})),
        ("updated_at", json!({"d": "2026-01-01"})),
        ("updated_at", json!({"t": 1e300})),
    ] {
        let text = json!({"o": sort, "k": key, "i": id}).to_string();
        let cursor = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
        let answer = user
            .get(&format!("/v1/applications?sort={sort}&cursor={cursor}"))
            .send();
        assert!(
            answer.status == 200 || answer.status == 400,
            "{key}: {answer}"
        );
    }
}

#[test]
fn a_limit_lies_between_1_and_100() {
    let app = TestApp::start();
    let user = app.user();
    for bad in [
        "0",
        "-1",
        "101",
        "9223372036854775808",
        "1e2",
        "x",
        "1.0",
        "%201%20x",
    ] {
        user.get(&format!("/v1/applications?limit={bad}"))
            .problem(400, "invalid_query");
    }
    user.get("/v1/applications?limit=1&limit=2")
        .problem(400, "invalid_query");
    user.get("/v1/applications?sort=salary")
        .problem(400, "invalid_query");
}
