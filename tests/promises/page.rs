//! What `docs/PROMISES.md` says of these experiments.

use std::fs;
use std::path::Path;

/// The text of every test.
fn sources(folder: &Path, found: &mut String) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|it| it == "rs") {
            *found += &fs::read_to_string(&path).expect("a source file");
        }
    }
}

#[test]
fn every_experiment_that_the_page_names_is_there() {
    let page = include_str!("../../docs/PROMISES.md");
    let mut tests = String::new();
    sources(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("tests"),
        &mut tests,
    );
    let rows: Vec<&str> = page
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| #"))
        .collect();
    assert_eq!(rows.len(), 32, "a row for each promise");
    for row in rows {
        for name in row.split('`').skip(1).step_by(2) {
            assert!(tests.contains(&format!("fn {name}()")), "{name}");
        }
    }
}
