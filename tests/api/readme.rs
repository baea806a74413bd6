//! The tour of the README, run as it stands there.

use std::process::Command;

use crate::support::app::TestApp;

/// The commands between the marks, for the service of a test.
fn tour(address: &str) -> String {
    let readme = include_str!("../../README.md");
    let (_, rest) = readme.split_once("<!-- tour -->").expect("the tour begins");
    let (tour, _) = rest.split_once("<!-- /tour -->").expect("the tour ends");
    let commands: Vec<&str> = tour
        .lines()
        .filter(|line| !line.starts_with("```"))
        .collect();
    commands.join("\n").replace("127.0.0.1:8080", address)
}

#[test]
fn the_tour_of_the_readme_does_what_it_says() {
    let app = TestApp::start();
    let script = tour(&app.address().to_string());
    let output = Command::new("bash")
        .args(["-euo", "pipefail", "-c", &script])
        .env("no_proxy", "*")
        .output()
        .expect("bash runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaints = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}\n{complaints}");
    for words in [
        "\"created\": 60",
        "\"status\": \"interviewing\"",
        "\"illegal_transition\"",
        "\"cooling_off\"",
        "\"cooloff_active\"",
        "\"tone\": \"clean\"",
        "\"replied\"",
        "\"nudge_allowed_from\"",
        "\"reason\"",
        "\"feedback_request\"",
        "\"met\": true",
        "\"kind\": \"",
        "\"ci95\"",
        "\"status\": \"active\"",
        "\"scope_missing\"",
        "\"view\":\"applications\"",
        "\"revoked\"",
        "\n404\n",
        "company",
    ] {
        assert!(
            said.contains(words),
            "{words} is not in:\n{said}\n{complaints}"
        );
    }
    // What was created is the second import; the first one was a rehearsal.
    assert_eq!(app.sql_value("SELECT count(*) FROM applications"), 61);
}
