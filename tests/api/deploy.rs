//! What lies in `deploy/` fits the program.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

/// The names of settings in a text.
fn settings(text: &str) -> BTreeSet<&str> {
    text.split(|c: char| !(c.is_ascii_uppercase() || c == '_'))
        .filter(|word| word.starts_with("REBOUND_"))
        .collect()
}

#[test]
fn the_files_for_deployment_name_settings_that_there_are() {
    let handbook = include_str!("../../docs/OPERATIONS.md");
    let (_, table) = handbook.split_once("<!-- settings -->").expect("a table");
    let (table, _) = table.split_once("<!-- /settings -->").expect("its end");
    let known = settings(table);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy");
    let mut files: Vec<String> = fs::read_dir(folder)
        .expect("a folder")
        .map(|file| fs::read_to_string(file.expect("a file").path()).expect("text"))
        .collect();
    files.push(handbook.to_owned());
    let named: BTreeSet<&str> = files.iter().flat_map(|file| settings(file)).collect();
    assert!(named.len() > 5, "{named:?}");
    let unknown: Vec<_> = named.difference(&known).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[test]
fn the_sample_of_settings_is_understood() {
    // What is optional there counts, too.
    let lines = include_str!("../../deploy/rebound.env").lines();
    let settings: Vec<(&str, &str)> = lines
        .filter_map(|line| line.trim_start_matches('#').split_once('='))
        .filter(|(name, _)| name.starts_with("REBOUND_"))
        .collect();
    assert!(settings.len() > 5, "{settings:?}");
    let output = Command::new(env!("CARGO_BIN_EXE_rebound"))
        .args(["serve", "--listen", "127.0.0.1:0"])
        .env_clear()
        .envs(settings)
        // As far as anybody gets with settings that can be read.
        .env("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
        .env(
            "REBOUND_MIGRATE_DATABASE_URL",
            "postgresql://nobody@127.0.0.1:1/none",
        )
        .output()
        .expect("the program runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("the server cannot be reached"), "{said}");
}
