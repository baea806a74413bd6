//! The tour of the README, run as it stands there; what is shown beneath the commands is what comes.

use std::process::Command;
use std::sync::LazyLock;

use regex::Regex;

use crate::support::app::TestApp;

/// Commands of the tour, and the end of what they print.
#[derive(Default)]
struct Piece {
    commands: String,
    shown: String,
}

/// What stands between the pieces' outputs.
const MARK: &str = "--8<--";

/// The pieces between the marks.
fn tour() -> Vec<Piece> {
    let readme = include_str!("../../README.md");
    let (_, rest) = readme.split_once("<!-- tour -->").expect("the tour begins");
    let (tour, _) = rest.split_once("<!-- /tour -->").expect("the tour ends");
    let mut pieces: Vec<Piece> = Vec::new();
    let mut into_shown = None;
    for line in tour.lines() {
        match (line, into_shown) {
            ("```sh", _) => {
                pieces.push(Piece::default());
                into_shown = Some(false);
            }
            ("```json", _) => into_shown = Some(true),
            ("```", _) => into_shown = None,
            (_, None) => {}
            (line, Some(shown)) => {
                let piece = pieces.last_mut().expect("commands come first");
                let text = if shown {
                    &mut piece.shown
                } else {
                    &mut piece.commands
                };
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    pieces
}

static CHANGING: LazyLock<Regex> = LazyLock::new(|| {
    let id = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";
    let time = r"\d{4}-\d{2}-\d{2}(T[0-9:.]+Z)?";
    Regex::new(&format!("{id}|{time}")).expect("an expression")
});

/// Without what differs each time: ids, days and instants.
fn lasting(text: &str) -> Vec<String> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines
        .map(|line| CHANGING.replace_all(line, "…").into_owned())
        .collect()
}

#[test]
fn the_tour_of_the_readme_does_what_it_says() {
    let app = TestApp::start();
    let tour = tour();
    let commands = tour.iter().map(|piece| piece.commands.as_str());
    let script = commands
        .collect::<Vec<_>>()
        .join(&format!("echo '{MARK}'\n"));
    let output = Command::new("bash")
        .args(["-euo", "pipefail", "-c"])
        .arg(script.replace("127.0.0.1:8080", &app.address().to_string()))
        .env("no_proxy", "*")
        .output()
        .expect("bash runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaints = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}\n{complaints}");
    let printed: Vec<&str> = said.split(MARK).collect();
    assert_eq!(printed.len(), tour.len());
    let shown = tour.iter().filter(|piece| !piece.shown.is_empty()).count();
    assert!(shown >= 5, "the README shows only {shown} answers");
    for (piece, printed) in tour.iter().zip(printed) {
        let (shown, came) = (lasting(&piece.shown), lasting(printed));
        assert!(
            came.ends_with(&shown),
            "the README shows\n{}\nwhere this comes:\n{printed}",
            piece.shown
        );
    }
    for words in [
        "\"created\":60",
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
        "\"type\":\"goal_check_in.created\"",
        "\"insufficient_scope\"",
        "\"rejection.*\"",
        "/calendar/",
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
