//! The reports of imports in a document: what the service writes, and no more of it.

use serde_json::{Value, json};

use super::{exported, import};
use crate::support::app::TestApp;
use crate::support::builders::User;
use crate::support::victim::eventually;

/// An import of so many rows that its report has parts: its path.
fn imported(user: &User<'_>, rows: usize) -> String {
    let file = format!("Company,Role\n{}", "A,B\n".repeat(rows));
    let request = user.request("POST", "/v1/imports").body("text/csv", file);
    let path = request.expect(202).header("location").to_owned();
    eventually("the end of the import", || {
        user.get(&path).expect(200).body["status"] == "completed"
    });
    path
}

#[test]
fn a_part_of_a_report_is_taken_as_the_service_writes_it() {
    let app = TestApp::start();
    let (old, new) = (app.user(), app.user());
    let path = imported(&old, 1_001);
    let document = exported(&old);
    assert_eq!(document["import_parts"][0]["rows"][499]["line"], 501);
    let place = "/import_parts/0/rows";
    let row = document["import_parts"][0]["rows"][0].clone();
    let more = json!({"code": "a", "detail": "b"});
    let faults: [(&str, Value); 7] = [
        (place, json!(vec![row; 501])),
        (place, json!({})),
        ("/import_parts/0/rows/0/extra", json!([0, 0])),
        ("/import_parts/0/rows/0/detail", json!("x".repeat(2_001))),
        ("/import_parts/0/rows/0/code", json!("x".repeat(51))),
        ("/import_parts/0/rows/0/application_id", json!(null)),
        ("/import_parts/0/rows/0/warnings", json!(vec![more; 101])),
    ];
    for (at, value) in faults {
        let mut wrong = document.clone();
        let (parent, name) = at.rsplit_once('/').expect("a pointer");
        wrong.pointer_mut(parent).expect("a place")[name] = value;
        let answer = import(&new, &wrong).problem(422, "invalid_fields");
        assert_eq!(answer.faults(), [(place, "invalid_value")], "{at}");
    }
    import(&new, &document).expect(200);
    let report = |user: &User<'_>| user.get(&path).expect(200).body["report"].clone();
    assert_eq!(report(&new), report(&old));
}

#[test]
fn a_row_of_many_small_values_is_too_large() {
    let app = TestApp::start();
    let user = app.user();
    let mut document = exported(&app.user());
    document["import_parts"] = json!([{"rows": vec![0; 250_001]}]);
    let answer = import(&user, &document).problem(422, "invalid_fields");
    assert_eq!(answer.faults(), [("/import_parts", "too_large")]);
}

#[test]
fn parts_that_stand_beside_a_report_are_not_read() {
    let app = TestApp::start();
    let (old, new) = (app.user(), app.user());
    let path = imported(&old, 1_001);
    let mut document = exported(&old);
    let parts = document["import_parts"].as_array_mut().expect("parts");
    for first in [1, 499, 5_000] {
        let mut part = parts[0].clone();
        part["id"] = json!(format!("019a6f0e-7a41-7c3e-a4a1-8d0c2f7{first:05}"));
        part["first_row"] = json!(first);
        parts.push(part);
    }
    import(&new, &document).expect(200);
    let report = new.get(&path).expect(200).body["report"].clone();
    assert_eq!(report["rows"].as_array().map(Vec::len), Some(1_001));
    assert_eq!(report, old.get(&path).expect(200).body["report"]);
}
