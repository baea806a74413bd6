//! The programs of `docs/INTEGRATING.md`, run as they stand there.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Output, Stdio};

use serde_json::json;
use tempfile::TempDir;

use crate::support::app::TestApp;
use crate::support::builders::User;

const PAGE: &str = include_str!("../../docs/INTEGRATING.md");

/// The program with this name, in a folder of its own.
fn program(name: &str) -> (TempDir, std::path::PathBuf) {
    let (_, rest) = PAGE
        .split_once(&format!("<!-- {name} -->"))
        .expect("it begins");
    let (text, _) = rest
        .split_once(&format!("<!-- /{name} -->"))
        .expect("it ends");
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.starts_with("```"))
        .collect();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    fs::write(&path, lines.join("\n") + "\n").expect("a file");
    (folder, path)
}

/// A token as the page tells to make one.
fn token(user: &User<'_>, scopes: &[&str]) -> String {
    user.post(
        "/v1/me/tokens",
        json!({"name": "My script", "scopes": scopes}),
    )
    .expect(201)
    .text_at("/token")
    .to_owned()
}

fn command(app: &TestApp, program: &str, token: &str) -> Command {
    let mut command = Command::new(program);
    command
        .env("REBOUND_URL", format!("http://{}", app.address()))
        .env("REBOUND_TOKEN", token)
        .env("no_proxy", "*");
    command
}

fn said(output: &Output) -> String {
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn the_shell_script_keeps_a_posting_once() {
    let app = TestApp::start();
    let user = app.user();
    let token = token(&user, &["applications:write", "next-actions:read"]);
    let (_folder, path) = program("track.sh");
    let posting = "https://kite.example/jobs/7?from=a b&page=1";
    for title in ["Backend Engineer", "Senior Backend Engineer"] {
        let mut script = command(&app, "sh", &token);
        script.arg(&path).args(["Kite & Anchor", title, posting]);
        let said = said(&script.output().expect("sh runs"));
        assert!(
            said.starts_with(&format!("Kite & Anchor: {title} is saved\n")),
            "{said}"
        );
    }
    let kept = user.get("/v1/applications").expect(200);
    assert_eq!(kept.each("job_title"), ["Senior Backend Engineer"]);
}

/// A program that runs until the test ends.
struct Listener(Child);

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_python_program_hears_of_what_happens() {
    let app = TestApp::with(&["--webhook-allowed-networks", "127.0.0.0/8"]);
    let user = app.user();
    let token = token(&user, &["webhooks:write", "applications:read"]);
    let (_folder, path) = program("listen.py");
    let mut python = command(&app, "python3", &token);
    python.arg(&path).arg("0").stdout(Stdio::piped());
    let mut listener = Listener(python.spawn().expect("python3 runs"));
    let stdout = listener.0.stdout.take().expect("a pipe");
    let mut lines = BufReader::new(stdout).lines();
    let mut next = || lines.next().expect("a line").expect("a text");
    let first = next();
    let endpoint = first.strip_prefix("listening ").expect("an endpoint");
    user.post(&format!("/v1/webhooks/{endpoint}/ping"), json!({}))
        .send();
    assert_eq!(next(), "ping");
    user.application(json!({"company": "Kite & Anchor", "status": "applied"}));
    assert_eq!(next(), "application.created Kite & Anchor applied");
    // Somebody else knows the address, and not the secret.
    let url = user
        .get(&format!("/v1/webhooks/{endpoint}"))
        .expect(200)
        .text_at("/url")
        .to_owned();
    let forged = reqwest::blocking::Client::builder()
        .no_proxy()
        .build()
        .expect("a client")
        .post(url)
        .header("webhook-id", "msg_1")
        .header("webhook-timestamp", app.now().timestamp().to_string())
        .header("webhook-signature", "v1,bm90IGl0")
        .body("{}")
        .send()
        .expect("an answer");
    assert_eq!(forged.status(), 401);
}
