//! `src/db/schema.rs` is what Diesel believes of the database: it must say what the migrations made.

use std::collections::BTreeSet;

use crate::support::app::TestApp;

/// `table.column -> Type` for each column that the file declares.
fn declared() -> BTreeSet<String> {
    let file = include_str!("../../src/db/schema.rs");
    let mut columns = BTreeSet::new();
    let mut table = String::new();
    for line in file
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with("diesel::joinable"))
    {
        if let Some((name, kind)) = line.trim_end_matches(',').split_once(" -> ") {
            columns.insert(format!("{table}.{name} -> {kind}"));
        } else if let Some((name, _)) = line.strip_suffix('{').and_then(|l| l.split_once(" (")) {
            name.clone_into(&mut table);
        }
    }
    columns
}

/// The same as the database has it.
const STORED: &str = "SELECT c.table_name || '.' || CASE c.column_name WHEN 'type' THEN 'type_' ELSE c.column_name END \
     || ' -> ' || CASE WHEN c.is_nullable = 'YES' THEN 'Nullable<' ELSE '' END \
     || CASE c.udt_name WHEN 'uuid' THEN 'Uuid' WHEN 'text' THEN 'Text' WHEN 'int2' THEN 'Int2' \
        WHEN 'int4' THEN 'Int4' WHEN 'int8' THEN 'Int8' WHEN 'bool' THEN 'Bool' WHEN 'date' THEN 'Date' \
        WHEN 'timestamptz' THEN 'Timestamptz' WHEN 'jsonb' THEN 'Jsonb' WHEN 'bytea' THEN 'Bytea' \
        WHEN '_text' THEN 'Array<Text>' WHEN 'xid8' THEN 'Xid8' ELSE 'unknown ' || c.udt_name END \
     || CASE WHEN c.is_nullable = 'YES' THEN '>' ELSE '' END AS line \
     FROM information_schema.columns c \
     WHERE c.table_schema = 'public' AND c.table_name <> '__diesel_schema_migrations'";

#[test]
fn the_declared_schema_is_what_the_migrations_make() {
    let app = TestApp::start();
    let rows = app.sql(STORED);
    let stored: BTreeSet<String> = rows
        .iter()
        .filter_map(|row| row["line"].as_str().map(str::to_owned))
        .collect();
    let declared = declared();
    let missing: Vec<_> = stored.difference(&declared).collect();
    let surplus: Vec<_> = declared.difference(&stored).collect();
    assert!(
        missing.is_empty() && surplus.is_empty(),
        "run `scripts/print-schema.sh`; only in the database: {missing:#?}; only in the file: {surplus:#?}"
    );
}
