//! The file itself: what is read, what is refused, what happens when it comes twice.

use serde_json::Value;

use super::{XLSX, counts, ended, import, report, rows, sheet};
use crate::support::app::TestApp;

#[test]
fn the_sheets_of_five_people_come_in_whole_and_only_once() {
    let app = TestApp::start();
    app.set_clock("2026-11-23T12:00:00Z");
    // The last number: rows of the same company and title without a date.
    let files: [(&str, &[u8], u64, u64); 5] = [
        (
            "text/csv",
            include_bytes!("../../data/imports/spreadsheet-us.csv"),
            60,
            0,
        ),
        (
            "text/csv",
            include_bytes!("../../data/imports/sheet-eu.csv"),
            30,
            0,
        ),
        (
            "application/csv",
            include_bytes!("../../data/imports/jobsync.csv"),
            40,
            0,
        ),
        (
            "text/plain",
            include_bytes!("../../data/imports/report.csv"),
            25,
            1,
        ),
        (
            "text/tab-separated-values; charset=utf-16",
            include_bytes!("../../data/imports/log.tsv"),
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
