//! From the first start to the last: what is made, kept, taken over and ended.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::time::{Duration, Instant};

use rebound::db::embedded::{Cluster, Options, Shutdown};

use super::{DataDir, sql, start, we_are_root};
use crate::support::victim::{self, Victim, eventually, is_alive};

#[test]
fn a_restart_keeps_the_data_and_is_quick() {
    let data = DataDir::new();
    let cluster = data.start().expect("a first start");
    sql(&cluster, "CREATE TABLE kept AS SELECT 42 AS answer;");
    let first = cluster.pid();
    cluster.stop().expect("a clean end");
    eventually("the end of the server", || !is_alive(first));

    let begin = Instant::now();
    let cluster = data.start().expect("a second start");
    assert!(
        begin.elapsed() < Duration::from_secs(10),
        "{:?}",
        begin.elapsed()
    );
    assert_ne!(cluster.pid(), first);
    assert_eq!(sql(&cluster, "SELECT answer FROM kept;"), "42");
}

#[test]
fn the_server_ends_when_the_cluster_is_dropped() {
    let data = DataDir::new();
    let cluster = data.start().expect("a first start");
    let pid = cluster.pid();
    drop(cluster);
    assert!(!is_alive(pid));
    assert!(!data.cluster().join("postmaster.pid").exists());
}

#[test]
fn ctrl_c_in_the_terminal_does_not_reach_the_server() {
    let data = DataDir::new();
    let cluster = data.start().expect("a first start");
    let pid = cluster.pid().to_string();
    let group = Command::new("ps")
        .args(["-o", "pgid=", "-p", &pid])
        .output()
        .expect("ps");
    assert_eq!(
        String::from_utf8_lossy(&group.stdout).trim(),
        pid,
        "it leads a group of its own"
    );
}

#[test]
fn a_server_that_outlived_its_service_is_taken_over() {
    let data = DataDir::new();
    let mut service = Victim::start("embedded_cluster::life::run_a_cluster", data.path());
    let pid: u32 = service.word.parse().expect("a process number");
    service.kill();
    assert!(is_alive(pid), "it goes on without its service");

    let cluster = data.start().expect("a start that takes over");
    assert_eq!(cluster.pid(), pid);
    assert_eq!(sql(&cluster, "SELECT 1;"), "1");
    drop(cluster);
    assert!(!is_alive(pid), "it ends with the service that took it over");
}

#[test]
fn a_server_with_other_settings_is_replaced_rather_than_taken_over() {
    let data = DataDir::new();
    let mut service = Victim::start("embedded_cluster::life::run_a_cluster", data.path());
    let pid: u32 = service.word.parse().expect("a process number");
    service.kill();

    let options = Options {
        max_connections: 30,
        durable: false,
        ..Options::new(data.path())
    };
    let cluster = Cluster::start(&options).expect("a start that replaces it");
    assert_ne!(cluster.pid(), pid);
    assert_eq!(sql(&cluster, "SHOW max_connections;"), "30");
}

#[test]
fn a_second_service_on_the_folder_is_refused() {
    let data = DataDir::new();
    let service = Victim::start("embedded_cluster::life::run_a_cluster", data.path());
    let sentence = data.refusal();
    assert!(
        sentence.contains(&data.path().display().to_string()),
        "{sentence}"
    );
    assert!(
        sentence.contains(&format!("process {}", service.pid())),
        "{sentence}"
    );

    let server: u32 = service.word.parse().expect("a process number");
    drop(service);
    assert!(is_alive(server));
    drop(data.start().expect("a start once the other is gone"));
    assert!(!is_alive(server));
}

#[test]
#[ignore = "killed by the tests above, which run it"]
fn run_a_cluster() {
    let Some(data_dir) = victim::subject() else {
        return;
    };
    let cluster = start(&data_dir).expect("a start");
    victim::wait_for_death(&cluster.pid().to_string());
}

#[test]
fn a_note_of_a_process_that_is_something_else_by_now_is_no_obstacle() {
    let data = DataDir::new();
    let mut cluster = data.start().expect("a first start");
    let old = cluster.pid();
    let note = data.cluster().join("postmaster.pid");
    let text = fs::read_to_string(&note).expect("a running server leaves a note");
    cluster.halt(Shutdown::Immediate).expect("it ends");
    // A process of the server's user that is alive and no server: what a reused number looks like.
    let mut other = as_server_user(Command::new("sleep").arg("60"), &data)
        .spawn()
        .expect("sleep");
    fs::write(
        &note,
        text.replacen(&old.to_string(), &other.id().to_string(), 1),
    )
    .expect("a note");
    let metadata = fs::metadata(data.cluster()).expect("the cluster");
    chown(&note, Some(metadata.uid()), Some(metadata.gid())).expect("the server's own");

    let revived = cluster.revive();
    let still_there = other.try_wait();
    other.kill().expect("it is our child");
    other.wait().expect("it is our child");
    assert!(revived.expect("a start in spite of the note"));
    assert!(
        matches!(still_there, Ok(None)),
        "the other process is left alone"
    );
}

/// Runs a command as the user who owns the cluster.
fn as_server_user<'a>(command: &'a mut Command, data: &DataDir) -> &'a mut Command {
    let owner = fs::metadata(data.cluster()).expect("the cluster");
    if we_are_root() {
        command.uid(owner.uid()).gid(owner.gid())
    } else {
        command
    }
}

#[test]
fn what_a_killed_first_start_left_is_cleared_away() {
    let data = DataDir::new();
    let half = data.path().join("postgres.new-1");
    fs::create_dir_all(half.join("base")).expect("a folder");
    fs::write(half.join("PG_VERSION"), "15\n").expect("a file");
    let cluster = data.start().expect("a first start");
    assert!(!half.exists());
    assert_eq!(sql(&cluster, "SELECT 1;"), "1");
}

#[test]
fn a_first_start_that_is_killed_half_way_can_be_repeated() {
    let data = DataDir::new();
    let mut service = Victim::spawn("embedded_cluster::life::run_a_cluster", data.path());
    let in_the_making = || {
        let entries = fs::read_dir(data.path()).expect("a folder").flatten();
        entries
            .filter(|entry| {
                entry
                    .file_name()
                    .to_string_lossy()
                    .starts_with("postgres.new-")
            })
            .count()
    };
    eventually("a cluster in the making", || in_the_making() == 1);
    // Somewhere in the middle; its `initdb` goes on without it.
    std::thread::sleep(Duration::from_millis(200));
    service.kill();
    assert!(!data.cluster().exists(), "there is a whole cluster or none");

    let cluster = data.start().expect("a first start");
    assert_eq!(
        sql(
            &cluster,
            "SELECT count(*) FROM pg_class WHERE relname = 'pg_class';"
        ),
        "1"
    );
    cluster.stop().expect("a clean end");
    drop(data.start().expect("a second start"));
    assert_eq!(in_the_making(), 0);
}

#[test]
fn a_server_that_died_is_started_again() {
    let data = DataDir::new();
    let mut cluster = data.start().expect("a first start");
    assert!(!cluster.revive().expect("nothing to do"));
    let old = cluster.pid();
    let killed = Command::new("sh")
        .args(["-c", "kill -s KILL \"$1\"", "sh", &old.to_string()])
        .status();
    assert!(killed.expect("a shell").success());
    eventually("the end of the server", || !is_alive(old));
    assert!(cluster.revive().expect("a start"));
    assert_ne!(cluster.pid(), old);
    assert_eq!(sql(&cluster, "SELECT 1;"), "1");
}
