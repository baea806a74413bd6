//! What becomes of each row.

use serde_json::{Value, json};

use super::{counts, import, report, rows};
use crate::support::app::TestApp;

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
