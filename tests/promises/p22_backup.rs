//! Promise 22: a backup restores. Every row is the same, and nothing fires twice.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use rebound::db::embedded::{APP_ROLE, DATABASE, OWNER_ROLE};
use serde_json::json;

use super::load::wait_until;
use super::p19_reminders::{fill, mails_in, message_id};
use super::p23_export_and_erasure::somebody;
use super::stage::{FLAGS, Stage, application};
use crate::openapi_driven::world;
use crate::support::app::open;
use crate::support::cluster::{Scratch, TestCluster};
use crate::support::process::Service;
use crate::support::wire::Call;

const LIMIT: Duration = Duration::from_secs(60);
/// Users, and reminders of each, whose mails were sent before the backup.
const SENT: (usize, usize) = (4, 3);
/// Those whose mails were not.
const PENDING: (usize, usize) = (3, 2);

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    text: String,
}

fn lines(conn: &mut PgConnection, sql: &str) -> BTreeMap<String, String> {
    let lines = diesel::sql_query(sql).load::<Line>(conn);
    let lines = lines.unwrap_or_else(|error| panic!("{sql}: {error}"));
    lines
        .into_iter()
        .map(|line| (line.name, line.text))
        .collect()
}

/// For each table how many rows there are and the hash of all of them, for each sequence where it is.
fn contents(conn: &mut PgConnection) -> BTreeMap<String, String> {
    let tables = lines(
        conn,
        "SELECT tablename::text AS name, ''::text AS text FROM pg_tables WHERE schemaname = 'public'",
    );
    assert!(tables.len() > 20, "{tables:?}");
    let mut all = lines(
        conn,
        "SELECT sequencename::text AS name, coalesce(last_value, 0)::text AS text
         FROM pg_sequences WHERE schemaname = 'public'",
    );
    for table in tables.keys() {
        all.extend(lines(
            conn,
            &format!(
                "SELECT '{table}' AS name,
                     count(*) || ' ' || md5(coalesce(string_agg(row::text, E'\\n' ORDER BY row::text COLLATE \"C\"), '')) AS text
                 FROM {table} AS row"
            ),
        ));
    }
    all
}

/// Runs one of PostgreSQL's programs as the manual says.
fn run(cluster: &TestCluster, program: &str, arguments: &[&str]) {
    let output = Command::new(cluster.programs().join(program))
        .args(arguments)
        .output()
        .expect("the program runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{program}: {said}");
}

/// Another server with the contents of a backup.
fn restored_from(backup: &str) -> TestCluster {
    let fresh = TestCluster::separate(false);
    let url = fresh.url(OWNER_ROLE, DATABASE);
    run(
        &fresh,
        "pg_restore",
        &["--no-owner", "--exit-on-error", "--dbname", &url, backup],
    );
    fresh
}

fn ids_in(folder: &Path) -> Vec<String> {
    let mails = mails_in(folder);
    mails.iter().filter_map(|mail| message_id(mail)).collect()
}

#[test]
fn a_restored_backup_is_the_same_and_fires_nothing_twice() {
    let stage = Stage::shared();
    let (before, after) = (stage.folder().join("before"), stage.folder().join("after"));
    let mailing = |folder: &Path| {
        let url = format!("file:{}", folder.display());
        let flags = [
            "--mail-url",
            &url,
            "--public-url",
            "https://rebound.example",
        ];
        flags.map(str::to_owned)
    };
    let flags = |folder: &Path| -> Vec<String> {
        let usual = FLAGS.iter().map(|flag| (*flag).to_owned());
        usual.chain(mailing(folder)).collect()
    };
    fill(&stage, SENT.0, SENT.1);
    let first = mailing(&before);
    let mut service = stage.serve(&first.each_ref().map(String::as_str));
    let sent = SENT.0 * SENT.1;
    wait_until("the mails", LIMIT, || mails_in(&before).len() >= sent);
    wait_until("the end of the work", LIMIT, || {
        stage.count("SELECT count(*) AS n FROM jobs WHERE run_at <= now()") == 0
    });
    let user = stage.user();
    let post = Call::new("POST", "/v1/applications")
        .header("Idempotency-Key", "before the backup")
        .json(&application("Kite & Anchor"));
    let created = user.at(&service).send(&post).expect("an answer");
    assert_eq!(created.status, 201, "{}", created.text());
    service.terminate();
    service.wait(LIMIT).expect("it ends");

    // Others come while no mail can be sent: their reminders are there and their mails wait.
    fill(&stage, PENDING.0, PENDING.1);
    let nowhere = [
        "--mail-url",
        "smtp://127.0.0.1:1",
        "--public-url",
        "https://rebound.example",
    ];
    let mut service = stage.serve(&nowhere);
    let pending = PENDING.0 * PENDING.1;
    let unsent =
        "SELECT count(*) AS n FROM jobs WHERE kind = 'reminders.mail' AND last_error IS NOT NULL";
    wait_until("mails that wait", LIMIT, || {
        stage.count(unsent) == i64::try_from(pending).expect("small")
    });
    service.kill();

    let dump = stage.folder().join("rebound.dump").display().to_string();
    let saved = contents(&mut stage.owner());
    run(
        stage.cluster(),
        "pg_dump",
        &[
            "--format=custom",
            "--file",
            &dump,
            "--dbname",
            &stage.owner_url(),
        ],
    );
    let fresh = restored_from(&dump);
    let (app_url, owner_url) = (
        fresh.url(APP_ROLE, DATABASE),
        fresh.url(OWNER_ROLE, DATABASE),
    );
    let restored = contents(&mut open(&owner_url));
    assert_eq!(restored, saved);

    // The service starts on it with the keys of before. The mails that wait are due at once here.
    diesel::sql_query(
        "UPDATE jobs SET run_at = now(), leased_until = NULL WHERE kind = 'reminders.mail'",
    )
    .execute(&mut open(&owner_url))
    .expect("due jobs");
    let place = Scratch::new();
    let keys = stage.folder().join("keys").display().to_string();
    let mut arguments = flags(&after);
    arguments.extend(["--signing-keys".to_owned(), keys]);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let service = Service::start(place.path(), Some((&app_url, &owner_url)), &arguments);
    wait_until("the mails that waited", LIMIT, || {
        mails_in(&after).len() >= pending
    });
    // Who was asked to look again looks again: everybody's standing job runs once more, and finds nothing new.
    diesel::sql_query("UPDATE jobs SET run_at = now() WHERE kind = 'reminders.plan'")
        .execute(&mut open(&owner_url))
        .expect("due jobs");
    wait_until("the end of the work", LIMIT, || {
        let due = "SELECT 'due' AS name, count(*)::text AS text FROM jobs WHERE run_at <= now()";
        lines(&mut open(&owner_url), due)["due"] == "0"
    });
    let (early, late) = (ids_in(&before), ids_in(&after));
    let all: BTreeSet<&String> = early.iter().chain(&late).collect();
    println!(
        "{} mails before, {} after, {} different",
        early.len(),
        late.len(),
        all.len()
    );
    assert_eq!((early.len(), late.len()), (sent, pending));
    assert_eq!(all.len(), sent + pending, "each is sent once");

    // Tokens, retries and writes go on.
    let replayed = user.at(&service).send(&post).expect("an answer");
    assert_eq!((replayed.status, replayed.text()), (201, created.text()));
    assert_eq!(replayed.header("idempotent-replayed"), Some("true"));
    let path = created.header("location").expect("a place");
    assert_eq!(user.at(&service).get(path).expect("an answer").status, 200);
    let written = user
        .at(&service)
        .post("/v1/applications", &application("Tessellate"));
    assert_eq!(written.expect("an answer").status, 201);
}

#[test]
fn a_restored_backup_has_every_row_of_every_table() {
    let app = world::app();
    let user = somebody(&app);
    // What is kept of somebody who is not signed in.
    for (password, status) in [(world::PASSWORD, 200), ("not the password", 401)] {
        let login = json!({"email": user.email(), "password": password});
        app.request("POST", "/v1/auth/login")
            .json(&login)
            .expect(status);
    }
    app.settle();
    // The service goes on meanwhile: both look at the same moment.
    let mut conn = open(&app.database().owner_url());
    conn.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        .expect("a transaction");
    let snapshot = "SELECT 'it' AS name, pg_export_snapshot() AS text";
    let snapshot = lines(&mut conn, snapshot).remove("it").expect("a name");
    let saved = contents(&mut conn);
    let empty: Vec<&String> = saved
        .iter()
        .filter(|(_, what)| what.starts_with("0 "))
        .map(|(table, _)| table)
        .collect();
    assert!(empty.is_empty(), "this says nothing of {empty:?}");
    let dump = app.folder().join("rebound.dump").display().to_string();
    run(
        app.database().cluster(),
        "pg_dump",
        &[
            "--format=custom",
            "--snapshot",
            &snapshot,
            "--file",
            &dump,
            "--dbname",
            &app.database().owner_url(),
        ],
    );
    let fresh = restored_from(&dump);
    let restored = contents(&mut open(&fresh.url(OWNER_ROLE, DATABASE)));
    println!("{} tables and sequences are the same", saved.len());
    assert_eq!(restored, saved);
}
