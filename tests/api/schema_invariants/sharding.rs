//! Every owned table can be spread over many servers by its owner (docs/SCALING.md), because nothing in
//! it has to be compared with the rows of another owner.

use serde_json::{Value, json};

use crate::support::app::TestApp;

/// By which column a table is spread: owned tables by their owner, tables of two parties by the seeker.
const SPREAD: &str = "(SELECT c.oid, c.relname, a.attname AS by, a.attnum AS num FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname IN ('owner_id', 'seeker_id')
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p'))";

/// References that leave the owner, each with the reason. Such a table has to be on every server.
const TO_GLOBAL: &[(&str, &str)] = &[
    ("coach_accesses_coach_fkey", "the coach is a user elsewhere"),
    ("coach_links_coach_fkey", "the coach is a user elsewhere"),
    ("coach_notes_coach_fkey", "the coach is a user elsewhere"),
    (
        "goal_suggestions_coach_fkey",
        "the coach is a user elsewhere",
    ),
];

#[track_caller]
fn none(found: &[Value], what: &str) {
    assert_eq!(json!(found), json!([]), "{what}");
}

#[test]
fn every_unique_rule_holds_within_one_owner() {
    let app = TestApp::start();
    let wrong = app.sql(&format!(
        "SELECT i.indexrelid::regclass::text AS \"index\" FROM {SPREAD} s JOIN pg_index i ON i.indrelid = s.oid
         WHERE (i.indisunique OR i.indisexclusion) AND s.num <> ALL (i.indkey::int2[])"
    ));
    none(
        &wrong,
        "a key without the owner would have to ask every server",
    );
}

#[test]
fn every_reference_stays_with_its_owner() {
    let app = TestApp::start();
    let wrong = app.sql(&format!(
        "SELECT conname FROM pg_constraint c JOIN {SPREAD} s ON s.oid = c.conrelid
         WHERE contype = 'f' AND NOT (s.num = ANY (conkey)) ORDER BY 1"
    ));
    let wrong: Vec<&str> = wrong
        .iter()
        .filter_map(|it| it["conname"].as_str())
        .collect();
    let known: Vec<&str> = TO_GLOBAL.iter().map(|(name, _)| *name).collect();
    assert_eq!(
        wrong, known,
        "a reference that leaves its owner needs a line with its reason"
    );
    // What refers to a spread table has to be spread likewise.
    let wrong = app.sql(&format!(
        "SELECT conname FROM pg_constraint c JOIN {SPREAD} s ON s.oid = c.confrelid
         WHERE contype = 'f' AND NOT EXISTS (SELECT FROM {SPREAD} t WHERE t.oid = c.conrelid
            AND t.by = s.by)"
    ));
    none(
        &wrong,
        "a reference from a table that is spread in another way",
    );
}
