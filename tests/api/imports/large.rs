//! Files whose import takes a while and is watched from outside.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{counts, ended, import, report, rows, sheet};
use crate::support::app::TestApp;

#[test]
fn a_thousand_rows_are_answered_at_once() {
    let app = TestApp::start();
    let user = app.user();
    let began = Instant::now();
    let report = report(&user, sheet(1_000));
    println!("1,000 rows: {:?}", began.elapsed());
    assert_eq!(counts(&report), [1_000, 0, 0]);
}

#[test]
fn twenty_thousand_rows_come_in_while_one_watches() {
    let app = TestApp::start();
    let user = app.user();
    let file = sheet(20_000);
    let queued = import(&user, "", file.clone()).expect(202);
    assert_eq!(queued.body["status"], "queued");
    assert_eq!(queued.body["progress"], json!({"done": 0, "total": 20_000}));
    assert_eq!(queued.body["report"], Value::Null);
    let path = queued.header("location").to_owned();
    assert_eq!(path, format!("/v1/imports/{}", queued.id()));
    let began = Instant::now();
    let mut progress = Vec::new();
    let done = loop {
        let answer = user.get(&path).expect(200);
        progress.push(answer.body["progress"]["done"].as_u64().expect("a number"));
        if answer.text_at("/status") == "completed" {
            break answer;
        }
        assert!(began.elapsed() < Duration::from_secs(120), "{answer}");
        std::thread::sleep(Duration::from_millis(100));
    };
    println!("20,000 rows: {:?}", began.elapsed());
    assert!(
        progress.is_sorted() && progress.iter().any(|done| (1..20_000).contains(done)),
        "{progress:?}"
    );
    let report = &done.body["report"];
    assert_eq!(counts(report), [20_000, 0, 0]);
    let lines = rows(report);
    assert!(lines.iter().map(|row| row.0).eq(2..=20_001));
    assert_eq!(app.sql_value("SELECT count(*) FROM applications"), 20_000);
    assert_eq!(
        app.sql_value("SELECT count(*) FROM application_steps"),
        20_000 + 6_667 * 2 + 6_666
    );
    assert_eq!(
        app.sql_value("SELECT count(*) FROM imports WHERE source IS NOT NULL"),
        0
    );
    let left = "SELECT count(*) FROM jobs WHERE kind = 'imports.run'";
    assert_eq!(app.sql_value(left), 0);
    // The copy that one has is still the same.
    let same = user.get(&path).header("If-None-Match", done.header("etag"));
    same.expect(304);

    // All of it goes out again, however long that takes.
    let began = Instant::now();
    let export = user.get("/v1/exports/applications.csv").expect(200);
    println!("20,000 rows out: {:?}", began.elapsed());
    assert_eq!(export.text.lines().count(), 20_001);

    let again = import(&user, "?dry_run=true", file).expect(202);
    let again = ended(&user, again.header("location"));
    assert_eq!(again.body["report"]["dry_run"], true);
    assert_eq!(counts(&again.body["report"]), [0, 20_000, 0]);
    let list = user.get("/v1/imports").expect(200);
    assert_eq!(list.each("id"), [again.id(), queued.id()]);
    assert!(list.data()[0].get("report").is_none());
}

#[test]
fn an_import_goes_on_where_its_worker_died() {
    let app = TestApp::start();
    let user = app.user();
    // A worker that wrote one part and died: the import runs, its job is there, nobody works on it.
    let file = sheet(1_100);
    let queued = import(&user, "", file.clone()).expect(202);
    let whole = ended(&user, queued.header("location"));
    let (owner, id) = (user.id, queued.id());
    app.execute(&format!(
        "DELETE FROM import_parts WHERE import_id = '{id}' AND first_row >= 500;
         DELETE FROM applications WHERE (owner_id, id) IN (SELECT owner_id, id FROM applications ORDER BY id OFFSET 500);
         UPDATE imports SET status = 'running', done = 500, source = '\\x{}',
           report = '{{\"created\": 500, \"skipped\": 0, \"refused\": 0, \"warnings\": 0}}' WHERE id = '{id}';
         INSERT INTO jobs (id, kind, user_id, payload, run_at, attempts, max_attempts, leased_until, created_at)
         VALUES ('{id}', 'imports.run', '{owner}', '{{\"import_id\": \"{id}\"}}', now(), 1, 5, now() - interval '1 second', now());",
        file.bytes().fold(String::new(), |mut hex, byte| {
            write!(hex, "{byte:02x}").expect("a text takes everything");
            hex
        })
    ));
    let mended = ended(&user, queued.header("location"));
    assert_eq!(counts(&mended.body["report"]), [1_100, 0, 0]);
    assert_eq!(rows(&mended.body["report"]), rows(&whole.body["report"]));
    assert_eq!(app.sql_value("SELECT count(*) FROM applications"), 1_100);
}

#[test]
fn an_import_that_cannot_go_on_says_so() {
    let app = TestApp::start();
    let user = app.user();
    let queued = import(&user, "?dry_run=true", sheet(1_001)).expect(202);
    ended(&user, queued.header("location"));
    let (owner, id) = (user.id, queued.id());
    app.execute(&format!(
        "UPDATE imports SET status = 'running', done = 250, source = 'no,sheet' WHERE id = '{id}';
         INSERT INTO jobs (id, kind, user_id, payload, run_at, attempts, max_attempts, created_at)
         VALUES ('{id}', 'imports.run', '{owner}', '{{\"import_id\": \"{id}\"}}', now(), 0, 5, now());"
    ));
    let failed = ended(&user, queued.header("location"));
    assert_eq!(
        (failed.text_at("/status"), failed.text_at("/failure")),
        ("failed", "no_known_columns")
    );
}

#[test]
fn the_imports_of_someone_else_are_not_there() {
    let app = TestApp::start();
    let (user, stranger) = (app.user(), app.user());
    let queued = import(&user, "?dry_run=true", sheet(1_001)).expect(202);
    ended(&user, queued.header("location"));
    let foreign = stranger
        .get(queued.header("location"))
        .problem(404, "not_found");
    let unknown = stranger
        .get("/v1/imports/019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55")
        .problem(404, "not_found");
    assert_eq!(foreign.body["detail"], unknown.body["detail"]);
    assert!(stranger.get("/v1/imports").expect(200).data().is_empty());
    assert_eq!(
        counts(&report(&stranger, "Company,Role\nCompany 1,Engineer\n")),
        [1, 0, 0]
    );
}
