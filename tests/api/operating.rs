//! What whoever runs the service does with it, as docs/OPERATIONS.md says.

use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use serde_json::json;

use crate::support::app::TestApp;
use crate::support::cluster::Scratch;
use crate::support::process::Service;
use crate::support::wire::Wire;

const LIMIT: Duration = Duration::from_secs(60);

/// Restores a backup into a data folder.
fn restore(backup: &Path, folder: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rebound"));
    command.env_clear();
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.arg("restore").arg(backup);
    command.arg("--data-dir").arg(folder.join("data"));
    command.output().expect("the program runs")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_backup_of_the_embedded_database_is_restored_into_a_new_folder() {
    let first = Scratch::new();
    let flags = ["--email-verification", "off"];
    let mut service = Service::start(first.path(), None, &flags);
    let account = json!({"email": "ada@example.com", "password": "correct horse battery staple", "time_zone": "UTC"});
    let mut wire = Wire::to(service.address);
    let answer = wire.post("/v1/auth/register", &account).expect("an answer");
    let mut wire = Wire::with_token(service.address, &answer.member("access_token"));
    let kept = wire.post(
        "/v1/applications",
        &json!({"company": "Kite & Anchor", "job_title": "Engineer"}),
    );
    let path = format!("/v1/applications/{}", kept.expect("an answer").member("id"));

    let backup = first.path().join("rebound.dump");
    let socket = first.path().join("data/postgres-socket");
    let dumped = Command::new("pg_dump")
        .args(["--format=custom", "--username=rebound_owner", "rebound"])
        .arg(format!("--host={}", socket.display()))
        .arg(format!("--file={}", backup.display()))
        .output()
        .expect("pg_dump runs");
    assert!(dumped.status.success(), "{}", said(&dumped));
    let onto_itself = restore(&backup, first.path());
    assert!(!onto_itself.status.success(), "a service is running there");
    service.terminate();
    service.wait(LIMIT).expect("it ends");
    let onto_itself = restore(&backup, first.path());
    assert!(
        said(&onto_itself).contains("already"),
        "{}",
        said(&onto_itself)
    );

    let place = Scratch::new();
    let broken = place.path().join("broken.dump");
    std::fs::write(&broken, b"PGDMP and nothing else").expect("a file");
    let refused = restore(&broken, place.path());
    assert!(
        said(&refused).contains("nothing of it was"),
        "{}",
        said(&refused)
    );
    let restored = restore(&backup, place.path());
    assert!(restored.status.success(), "{}", said(&restored));
    let keys = first.path().join("data/keys").display().to_string();
    let flags = [&["--signing-keys", keys.as_str()], &flags[..]].concat();
    let service = Service::start(place.path(), None, &flags);
    let token = answer.member("access_token");
    let mut wire = Wire::with_token(service.address, &token);
    let found = wire.get(&path).expect("an answer");
    assert_eq!(found.member("company"), "Kite & Anchor");
}

#[test]
fn a_login_that_may_only_answer_requests_starts_what_somebody_else_migrated() {
    let app = TestApp::start();
    let app_url = app.database().app_url();
    let migrated = Command::new(env!("CARGO_BIN_EXE_rebound"))
        .arg("migrate")
        .env("DATABASE_URL", app.database().owner_url())
        .output()
        .expect("the program runs");
    assert!(migrated.status.success(), "{}", said(&migrated));
    let place = Scratch::new();
    let flags = ["--no-migrate"];
    let service = Service::start(place.path(), Some((&app_url, &app_url)), &flags);
    assert!(service.logs().contains("mails go to this log"));
    assert_eq!(
        Wire::to(service.address)
            .get("/v1")
            .expect("an answer")
            .status,
        404
    );
}
