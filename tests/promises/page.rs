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

/// What stands between the function before and the name of a test: its attributes, if it is one.
fn attributes_of<'a>(name: &str, sources: &'a str) -> Option<Vec<&'a str>> {
    let (before, _) = sources.split_once(&format!("\nfn {name}() {{\n"))?;
    let attributes = before.lines().rev();
    let attributes = attributes.take_while(|line| line.starts_with("#[") || line.starts_with("//"));
    Some(attributes.collect())
}

#[test]
fn every_experiment_that_the_page_names_is_there_and_runs_when_it_says() {
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
            let attributes = attributes_of(name, &tests).unwrap_or_default();
            assert!(attributes.contains(&"#[test]"), "{name} is no test");
            // `make test` leaves it out; whoever reads the row has to know.
            let is_left_out = attributes.iter().any(|it| it.starts_with("#[ignore"));
            let says_so = ["make stage", "make soak"]
                .iter()
                .any(|it| row.contains(&format!("`{name}` ({it})")));
            assert_eq!(is_left_out, says_so, "{name} in the row {row}");
        }
    }
}
