//! Imports: a job search from a spreadsheet.

mod files;
mod hostile;
mod large;
mod limits;
mod rows;

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use serde_json::Value;

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
