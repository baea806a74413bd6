//! The export as CSV, and its way back through the import.

use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::builders::User;
use crate::support::client::Answer;

fn export(user: &User<'_>) -> Answer {
    user.get("/v1/exports/applications.csv").expect(200)
}

/// Applications by title, without what belongs to one row of one user.
fn comparable(user: &User<'_>) -> Vec<Value> {
    let mut rows: Vec<Value> = user
        .pages("/v1/applications?limit=100")
        .iter()
        .flat_map(|page| page.data().to_vec())
        .collect();
    for row in &mut rows {
        let row = row.as_object_mut().expect("an application");
        for member in ["id", "version", "created_at", "updated_at"] {
            row.remove(member);
        }
    }
    rows.sort_by_key(|row| row["job_title"].to_string());
    rows
}

#[test]
fn an_export_comes_back_without_loss() {
    let app = TestApp::start();
    app.set_clock("2026-11-20T12:00:00Z");
    let user = app.user_in("Asia/Tokyo");
    user.application(json!({
        "external_id": "sheet-17", "job_title": "1 everything", "url": "https://jobs.example/x/1?a=b,c", "source": "Referral",
        "location": "Lyon", "work_mode": "on_site", "employment_type": "apprenticeship", "salary_min": 0,
        "salary_max": 1_000_000_000_000_i64, "salary_currency": "EUR", "salary_period": "hour", "resume_version": "2026-02; \"b\"",
        "tailored": false, "required_skills": ["C, C++", "sql;"], "own_skills": ["\\"], "applied_on": "2026-03-05",
        "next_action_on": "2199-12-31", "contact": "=Ms. Okafor", "notes": "Two\nlines, \"quoted\"\n\ttabbed", "tags": ["a,b", "none"]
    }));
    user.application(json!({"company": "None", "job_title": "2 =1+1"}));
    user.application(json!({"company": "'=x", "job_title": "3 early", "applied_on": "1950-01-02"}));
    let moves = [
        (
            "4 interviewing",
            vec![("interviewing", "2026-05-01T09:00:00+09:00")],
        ),
        (
            "5 rejected",
            vec![
                ("screening", "2026-05-01T00:00:00+09:00"),
                ("rejected", "2026-06-01T00:00:00+09:00"),
            ],
        ),
        (
            "6 accepted",
            vec![
                ("offer", "2026-03-05T00:00:00+09:00"),
                ("accepted", "2026-06-01T00:00:00+09:00"),
            ],
        ),
        (
            "7 declined",
            vec![
                ("offer", "2026-03-05T00:00:00+09:00"),
                ("declined", "2026-03-05T00:00:00+09:00"),
            ],
        ),
        ("8 ghosted", vec![("ghosted", "2026-06-01T00:00:00+09:00")]),
        (
            "9 withdrawn",
            vec![
                ("interviewing", "2026-06-01T00:00:00+09:00"),
                ("withdrawn", "2026-06-01T00:00:00+09:00"),
            ],
        ),
    ];
    for (title, steps) in moves {
        let made = user
            .application(json!({"job_title": title, "applied_on": "2026-03-05"}))
            .id();
        for (to, at) in steps {
            user.transition(&made, json!({"to": to, "occurred_at": at}))
                .expect(200);
        }
    }
    let file = export(&user);
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(
        file.header("content-disposition"),
        "attachment; filename=\"applications.csv\""
    );
    assert!(
        file.text
            .starts_with("\u{feff}external_id,company,job_title,")
    );

    let other = app.user_in("Asia/Tokyo");
    let report = other
        .request("POST", "/v1/imports")
        .body("text/csv", file.bytes)
        .expect(200)
        .body;
    assert_eq!(
        (&report["created"], &report["warnings"]),
        (&json!(9), &json!(0)),
        "{report}"
    );
    let (before, mut after) = (comparable(&user), comparable(&other));
    // A day says no hour.
    assert_eq!(before[3]["status_since"], "2026-05-01T00:00:00Z");
    assert_eq!(after[3]["status_since"], "2026-04-30T15:00:00Z");
    after[3]["status_since"] = before[3]["status_since"].clone();
    assert_eq!(after, before);
    assert_eq!(export(&other).text, file.text);
}

#[test]
fn no_cell_of_an_export_runs_in_a_spreadsheet() {
    let app = TestApp::start();
    let user = app.user();
    for start in ["=", "+", "-", "@", "'@", "'="] {
        user.application(json!({
            "company": format!("{start}HYPERLINK(\"http://evil\")"), "job_title": "x", "notes": format!("{start}1+1"),
            "external_id": format!("{start}cmd"), "tags": [format!("{start}tag")]
        }));
    }
    let text = export(&user).text;
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let mut cells = 0;
    for record in reader.records() {
        for cell in &record.expect("readable") {
            assert!(
                !cell.starts_with(['=', '+', '-', '@', '\t', '\r']),
                "{cell:?}"
            );
            cells += 1;
        }
    }
    assert_eq!(cells, 6 * 24);
}

#[test]
fn an_export_of_many_parts_has_every_application_once_and_the_oldest_first() {
    let app = TestApp::start();
    let (user, stranger) = (app.user(), app.user());
    stranger.application(json!({"company": "Foreign"}));
    let mut file = "Company,Role\n".to_owned();
    for row in 0..1_000 {
        file.push_str(&format!("Company {row},Cook\n"));
    }
    user.request("POST", "/v1/imports")
        .body("text/csv", file)
        .expect(200);
    user.application(json!({"company": "Company 1000"}));
    let text = export(&user).text;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let companies: Vec<String> = reader
        .records()
        .map(|record| record.expect("readable")[1].to_owned())
        .collect();
    let expected: Vec<String> = (0..=1_000).map(|row| format!("Company {row}")).collect();
    assert_eq!(companies, expected);
    app.get("/v1/exports/applications.csv").expect(401);
    user.get("/v1/exports/applications.csv?format=x")
        .problem(400, "invalid_query");
}
