//! The tests' own cluster: fresh and apart while it is there, and gone afterwards.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::app::shared_cluster;
use crate::support::cluster::TestCluster;
use crate::support::victim::{self, Victim, eventually, is_alive};

/// A small template, made through the URL as migrations are.
fn migrate(url: &str) {
    let answer = psql(
        url,
        "CREATE TABLE notes (text text); GRANT ALL ON notes TO rebound_app;",
    );
    assert_eq!(answer.as_deref(), Some(""));
}

/// What psql answers; `None` when it fails.
fn psql(url: &str, sql: &str) -> Option<String> {
    let output = Command::new("psql")
        .args(["-XqAtw", "-v", "ON_ERROR_STOP=1", "-c", sql, "-d", url])
        .env("PGCONNECT_TIMEOUT", "2")
        .stderr(Stdio::null())
        .output()
        .expect("psql");
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[test]
fn each_database_is_a_fresh_copy_of_the_template() {
    let cluster = shared_cluster();
    let (first, second) = (cluster.new_database(), cluster.new_database());
    assert_ne!(first.name(), second.name());
    let mine = "INSERT INTO throttles (kind, subject, at) VALUES ('mine', '', now())";
    psql(&first.app_url(), mine).expect("the service's role may write");
    assert_eq!(
        psql(&first.owner_url(), "SELECT kind FROM throttles").as_deref(),
        Some("mine")
    );
    assert_eq!(
        psql(&second.app_url(), "SELECT count(*) FROM throttles").as_deref(),
        Some("0")
    );
}

#[test]
fn a_database_goes_with_its_handle() {
    let cluster = shared_cluster();
    let database = cluster.new_database();
    let there = format!(
        "SELECT count(*) FROM pg_database WHERE datname = '{}';",
        database.name()
    );
    assert_eq!(database.cluster().admin_sql(&there), "1");
    drop(database);
    assert_eq!(cluster.admin_sql(&there), "0");
}

#[test]
fn many_tests_may_ask_for_a_database_at_once() {
    let ask = || shared_cluster().new_database().name().to_owned();
    let threads: Vec<_> = (0..8).map(|_| std::thread::spawn(ask)).collect();
    let mut names: Vec<_> = threads
        .into_iter()
        .map(|it| it.join().expect("a database"))
        .collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 8);
}

#[test]
fn nothing_is_left_of_a_separate_cluster() {
    let cluster = TestCluster::separate(false);
    let (folder, pid) = (cluster.folder().to_owned(), cluster.pid());
    assert!(folder.exists() && is_alive(pid));
    drop(cluster);
    assert!(!folder.exists() && !is_alive(pid));
}

#[test]
fn committed_rows_survive_an_immediate_stop() {
    let cluster = TestCluster::separate(true);
    cluster.build_template(migrate);
    let database = cluster.new_database();
    psql(&database.app_url(), "INSERT INTO notes VALUES ('kept')").expect("written");
    let before = cluster.pid();
    cluster.stop_immediate();
    assert_eq!(
        psql(&database.app_url(), "SELECT 1"),
        None,
        "the server is down"
    );
    cluster.start();
    assert_ne!(cluster.pid(), before);
    assert_eq!(
        psql(&database.app_url(), "SELECT text FROM notes").as_deref(),
        Some("kept")
    );
    assert_eq!(
        cluster.sql_in(database.name(), "SELECT text FROM notes;"),
        "kept"
    );
}

#[test]
fn a_frozen_server_answers_nobody_until_it_thaws() {
    let cluster = TestCluster::separate(false);
    let url = cluster.url("rebound_app", "rebound");
    cluster.freeze();
    let begin = Instant::now();
    assert_eq!(psql(&url, "SELECT 1"), None);
    assert!(
        begin.elapsed() >= Duration::from_secs(1),
        "it hung rather than being refused"
    );
    cluster.thaw();
    assert_eq!(psql(&url, "SELECT 1").as_deref(), Some("1"));
}

#[test]
fn a_killed_test_process_leaves_neither_server_nor_folder() {
    let mut victim = Victim::start("cluster_support::hold_a_cluster", Path::new("running"));
    let (pid, folder) = victim.word.split_once(' ').expect("process and folder");
    let (pid, folder) = (
        pid.parse().expect("a process number"),
        PathBuf::from(folder),
    );
    assert!(is_alive(pid) && folder.exists());
    victim.kill();
    eventually("the end of the server", || !is_alive(pid));
    eventually("the end of the folder", || !folder.exists());
}

#[test]
fn a_frozen_server_goes_with_its_killed_test_process_too() {
    let mut victim = Victim::start("cluster_support::hold_a_cluster", Path::new("frozen"));
    let (pid, folder) = victim.word.split_once(' ').expect("process and folder");
    let (pid, folder) = (
        pid.parse().expect("a process number"),
        PathBuf::from(folder),
    );
    victim.kill();
    eventually("the end of the server", || !is_alive(pid));
    eventually("the end of the folder", || !folder.exists());
}

#[test]
#[ignore = "killed by the tests above, which run it"]
fn hold_a_cluster() {
    let Some(wish) = victim::subject() else {
        return;
    };
    let cluster = TestCluster::separate(false);
    if wish == Path::new("frozen") {
        cluster.freeze();
    }
    victim::wait_for_death(&format!("{} {}", cluster.pid(), cluster.folder().display()));
}
