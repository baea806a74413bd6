//! Imports and exports: a job search from a spreadsheet and back.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::builders::User;
use crate::support::client::{Answer, Request};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

fn import(user: &User<'_>, query: &str, file: impl Into<Vec<u8>>) -> Request {
    user.request("POST", &format!("/v1/imports{query}"))
        .body("text/csv", file.into())
}

fn report(user: &User<'_>, file: impl Into<Vec<u8>>) -> Value {
    import(user, "", file).expect(200).body
}

/// Created, skipped, refused.
fn counts(report: &Value) -> [u64; 3] {
    ["created", "skipped", "refused"].map(|name| report[name].as_u64().expect("a counter"))
}

/// Outcome and code of each row.
fn rows(report: &Value) -> Vec<(u64, &str, &str)> {
    let rows = report["rows"].as_array().expect("rows");
    rows.iter()
        .map(|row| {
            (
                row["line"].as_u64().expect("a line"),
                row["outcome"].as_str().expect("an outcome"),
                row["code"].as_str().unwrap_or_default(),
            )
        })
        .collect()
}

/// A sheet of different applications.
fn sheet(rows: usize) -> String {
    let mut csv = "Company,Role,Applied on,Status,Response date,Notes,Tags\n".to_owned();
    for row in 0..rows {
        let status = ["Applied", "Rejected after interview", "Phone screen"][row % 3];
        let answered = ["", "2026-04-01", ""][row % 3];
        writeln!(csv, "Company {row},Engineer,2026-03-05,{status},{answered},A note of some length that people write.,rust; remote")
            .expect("a text takes everything");
    }
    csv
}

/// Asks until an import has ended.
fn ended(user: &User<'_>, path: &str) -> Answer {
    let began = Instant::now();
    loop {
        let answer = user.get(path).expect(200);
        match answer.text_at("/status") {
            "queued" | "running" => {
                assert_eq!(answer.body["report"], Value::Null, "{answer}");
                assert!(began.elapsed() < Duration::from_secs(120), "{answer}");
                std::thread::sleep(Duration::from_millis(50));
            }
            _ => return answer,
        }
    }
}

#[test]
fn the_sheets_of_five_people_come_in_whole_and_only_once() {
    let app = TestApp::start();
    app.set_clock("2026-11-23T12:00:00Z");
    // The last number: rows of the same company and title without a date.
    let files: [(&str, &[u8], u64, u64); 5] = [
        (
            "text/csv",
            include_bytes!("../data/imports/spreadsheet-us.csv"),
            60,
            0,
        ),
        (
            "text/csv",
            include_bytes!("../data/imports/sheet-eu.csv"),
            30,
            0,
        ),
        (
            "application/csv",
            include_bytes!("../data/imports/jobsync.csv"),
            40,
            0,
        ),
        (
            "text/plain",
            include_bytes!("../data/imports/report.csv"),
            25,
            1,
        ),
        (
            "text/tab-separated-values; charset=utf-16",
            include_bytes!("../data/imports/log.tsv"),
            20,
            0,
        ),
    ];
    for (kind, file, total, twice) in files {
        let user = app.user_in("America/New_York");
        let send = || {
            let request = user.request("POST", "/v1/imports").body(kind, file);
            request.expect(200).body
        };
        let first = send();
        assert_eq!(first["total"], total);
        assert_eq!(counts(&first), [total - twice, twice, 0], "{first}");
        assert_eq!(counts(&send()), [0, total, 0]);
        let stored = user.pages("/v1/applications?limit=100");
        let stored: usize = stored.iter().map(|page| page.data().len()).sum();
        assert_eq!(stored as u64, total - twice);
    }
}

#[test]
fn each_row_is_created_skipped_or_refused_with_its_line_and_reason() {
    let app = TestApp::start();
    let user = app.user();
    user.application(json!({"company": "Known", "job_title": "Cook", "external_id": "k-1"}));
    let file = "external_id,Company,Role,Applied on,Status\n\
        ,Fable Foods,Cook,2026-03-05,Kanban\n\
        ,FABLE foods,cook,2026-03-05,Applied\n\
        ,,Cook,,\n\
        ,Kite,Cook,2199-01-01,\n\
        k-1,Renamed,Chef,,\n\
        a,Twins,Cook,,\n\
        b,Twins,Cook,,\n\
        a,Twins,Baker,,\n\
        ,Delta,Cook,the day before,\n";
    let report = report(&user, file);
    assert_eq!(
        rows(&report),
        [
            (2, "created", ""),
            (3, "skipped", "duplicate_in_file"),
            (4, "refused", "missing_company_or_title"),
            (5, "refused", "date_in_future"),
            (6, "skipped", "duplicate_stored"),
            (7, "created", ""),
            (8, "created", ""),
            (9, "skipped", "duplicate_in_file"),
            (10, "refused", "invalid_date"),
        ]
    );
    assert_eq!((counts(&report), &report["total"]), ([3, 3, 3], &json!(9)));
    assert_eq!(report["warnings"], 1);
    assert_eq!(report["rows"][0]["warnings"][0]["code"], "unknown_status");
    let id = report["rows"][0]["application_id"].as_str().expect("an id");
    let made = user.get(&format!("/v1/applications/{id}")).expect(200);
    assert_eq!(
        (made.text_at("/status"), made.text_at("/notes")),
        ("applied", "Status: Kanban")
    );
    assert!(report["rows"][1].get("application_id").is_none());
}

#[test]
fn a_dry_run_says_the_same_and_writes_nothing() {
    let app = TestApp::start();
    let user = app.user();
    user.application(json!({"company": "A", "job_title": "B"}));
    let file = "Company,Role,Status\na,b,\nC,D,Kanban\nC,d,\n,x,\n";
    let trial = import(&user, "?dry_run=true", file).expect(200).body;
    assert_eq!(trial["dry_run"], true);
    assert_eq!(app.sql_value("SELECT count(*) FROM applications"), 1);
    let mut real = report(&user, file);
    assert_eq!(counts(&real), [1, 2, 1]);
    real["dry_run"] = json!(true);
    real["rows"][1]
        .as_object_mut()
        .expect("a row")
        .remove("application_id");
    assert_eq!(trial, real);
}

#[test]
fn the_way_of_an_application_is_in_its_timeline_and_in_the_change_log() {
    let app = TestApp::start();
    app.set_clock("2026-11-23T12:00:00Z");
    let user = app.user_in("America/New_York");
    let report = report(
        &user,
        "Company,Role,Applied on,Status,Rejected on\nA,B,2026-03-05,Rejected after interview,2026-04-01\nC,D,,Interviewing,\n",
    );
    let path = |row: usize| {
        let id = report["rows"][row]["application_id"]
            .as_str()
            .expect("an id");
        format!("/v1/applications/{id}")
    };
    let made = user.get(&path(0)).expect(200).body;
    assert_eq!(made["status"], "rejected");
    assert_eq!(made["furthest_stage"], "interviewing");
    assert_eq!(made["status_since"], "2026-04-01T04:00:00Z");
    assert_eq!(
        (&made["applied_on"], &made["version"]),
        (&json!("2026-03-05"), &json!(3))
    );
    let timeline = user.get(&format!("{}/timeline", path(0))).expect(200);
    assert_eq!(timeline.each("to"), ["applied", "interviewing", "rejected"]);
    assert_eq!(timeline.each("from"), ["null", "applied", "interviewing"]);
    assert_eq!(timeline.each("seq"), ["1", "2", "3"]);
    assert_eq!(
        timeline.each("occurred_at"),
        [
            "2026-03-05T05:00:00Z",
            "2026-03-05T05:00:00Z",
            "2026-04-01T04:00:00Z"
        ]
    );
    let events = app.sql(&format!(
        "SELECT kind, data FROM events WHERE resource_id = '{}' ORDER BY id",
        made["id"].as_str().expect("an id")
    ));
    assert_eq!(
        events,
        [
            json!({"kind": "application.created", "data": {"status": "applied"}}),
            json!({"kind": "application.transitioned", "data": {"from": "applied", "to": "interviewing", "kind": "transition"}}),
            json!({"kind": "application.transitioned", "data": {"from": "interviewing", "to": "rejected", "kind": "transition"}}),
        ]
    );
    // An unknown day of applying stays unknown, so that the file can be sent again.
    let undated = user.get(&path(1)).expect(200).body;
    assert_eq!(undated["applied_on"], Value::Null);
    assert_eq!(undated["status_since"], "2026-11-23T12:00:00Z");
    // An imported application goes on like any other.
    let next = json!({"to": "offer"});
    user.transition(undated["id"].as_str().expect("an id"), next)
        .expect(200);
}

#[test]
fn ambiguous_dates_are_refused_until_someone_decides() {
    let app = TestApp::start();
    let user = app.user();
    let file = "Company,Role,Applied on\nA,B,3/5/2026\nC,D,4/6/2026\n";
    let undecided = import(&user, "?dry_run=true", file).expect(200).body;
    assert_eq!(
        rows(&undecided),
        [
            (2, "refused", "ambiguous_date"),
            (3, "refused", "ambiguous_date")
        ]
    );
    for (order, day) in [("mdy", "2026-03-05"), ("dmy", "2026-05-03")] {
        let user = app.user();
        let report = import(&user, &format!("?date_order={order}"), file)
            .expect(200)
            .body;
        assert_eq!(counts(&report), [2, 0, 0]);
        let made = user.get("/v1/applications?company=a").expect(200);
        assert_eq!(made.each("applied_on"), [day]);
    }
    let decided = format!("{file}E,F,25/6/2026\n");
    assert_eq!(counts(&report(&app.user(), decided)), [3, 0, 0]);
    import(&user, "?date_order=ymd", file).problem(400, "invalid_query");
    import(&user, "?dryrun=true", file).problem(400, "invalid_query");
}

#[test]
fn a_file_that_cannot_be_imported_says_why() {
    let app = TestApp::start();
    let user = app.user();
    let refused = |file: &[u8], word: &str| {
        let answer = import(&user, "", file).problem(422, "unreadable_file");
        assert!(answer.text_at("/detail").contains(word), "{answer}");
        answer.text_at("/reason").to_owned()
    };
    assert_eq!(refused(b"", "no data"), "empty_file");
    assert_eq!(refused(b"foo,bar\n1,2\n", "foo, bar"), "no_known_columns");
    assert_eq!(refused(b"PK\x03\x04....", "XLSX"), "unreadable_file");
    assert_eq!(
        refused(&(0..=255).collect::<Vec<u8>>(), "text"),
        "unreadable_file"
    );
    let workbook = user
        .request("POST", "/v1/imports")
        .body(XLSX, "Company,Role\nA,B\n");
    workbook.problem(422, "unreadable_file");
    for kind in ["application/json", "text/html", "multipart/form-data"] {
        let other = user
            .request("POST", "/v1/imports")
            .body(kind, "Company,Role\nA,B\n");
        let answer = other.problem(415, "unsupported_media_type");
        assert!(answer.header("accept-post").contains("text/csv"));
    }
    import(&user, "", vec![b'a'; 10 * 1024 * 1024 + 1]).problem(413, "body_too_large");
    let too_many = format!("Company,Role\n{}", "A,B\n".repeat(20_001));
    import(&user, "", too_many).problem(422, "too_many_rows");
    app.request("POST", "/v1/imports")
        .body("text/csv", "Company,Role\n")
        .expect(401);
}

#[test]
fn a_workbook_is_read_like_a_csv_file() {
    let app = TestApp::start();
    let user = app.user();
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let page = workbook.add_worksheet();
    for (row, cells) in [
        ["Company", "Role", "Status"],
        ["Kite & Anchor", "Cook", "Offer declined"],
    ]
    .iter()
    .enumerate()
    {
        page.write_row(u32::try_from(row).expect("a row"), 0, cells.iter().copied())
            .expect("writable");
    }
    let file = workbook.save_to_buffer().expect("writable");
    let report = user
        .request("POST", "/v1/imports")
        .body(XLSX, file)
        .expect(200)
        .body;
    assert_eq!(rows(&report), [(2, "created", "")]);
    let made = user.get("/v1/applications").expect(200);
    assert_eq!(
        (made.each("status"), made.each("furthest_stage")),
        (vec!["declined".to_owned()], vec!["offer".to_owned()])
    );
}

#[test]
fn a_retried_import_happens_once() {
    let app = TestApp::start();
    let user = app.user();
    let send = |key: &str, file: &str| import(&user, "", file).header("Idempotency-Key", key);
    let first = send("one", "Company,Role\nA,B\n").expect(200);
    let again = send("one", "Company,Role\nA,B\n").expect(200);
    assert_eq!(again.text, first.text);
    assert_eq!(again.header("idempotent-replayed"), "true");
    send("one", "Company,Role\nA,C\n").problem(422, "idempotency_key_reused");
    let large = sheet(1_001);
    let queued = send("two", &large).expect(202);
    assert_eq!(
        send("two", &large).expect(202).header("location"),
        queued.header("location")
    );
    ended(&user, queued.header("location"));
    assert_eq!(user.get("/v1/imports").expect(200).data().len(), 1);
}

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
    assert_eq!(app.sql_value("SELECT count(*) FROM jobs"), 0);
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
fn a_row_that_cannot_be_written_stands_in_nobodys_way() {
    let app = TestApp::start();
    app.execute("ALTER TABLE applications ADD CONSTRAINT unheard_of CHECK (company <> 'Poison')");
    let user = app.user();
    let report = report(&user, "Company,Role\nA,B\nPoison,B\nC,D\n");
    assert_eq!(
        rows(&report),
        [
            (2, "created", ""),
            (3, "refused", "not_written"),
            (4, "created", "")
        ]
    );
    assert_eq!(app.sql_value("SELECT count(*) FROM applications"), 2);
    assert_eq!(app.sql_value("SELECT count(*) FROM events"), 2);
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
fn two_imports_of_one_file_at_the_same_time_make_no_row_twice() {
    let app = TestApp::start();
    let user = app.user();
    let file = sheet(300);
    let reports: Vec<Value> = std::thread::scope(|scope| {
        let sent: Vec<_> = (0..2)
            .map(|_| scope.spawn(|| report(&user, file.clone())))
            .collect();
        sent.into_iter()
            .map(|thread| thread.join().expect("a report"))
            .collect()
    });
    let mut created: Vec<u64> = reports.iter().map(|report| counts(report)[0]).collect();
    created.sort_unstable();
    assert_eq!(created, [0, 300]);
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
