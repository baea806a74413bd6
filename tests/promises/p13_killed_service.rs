//! Promise 13: kill -9 of the service loses no acknowledged write.

use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use super::load::{
    Written, assert_kept, assert_told_once, companies, wait_until, write_until_broken,
};
use super::stage::{Stage, User};
use crate::support::process::Service;
use crate::support::victim::is_alive;

const WRITES: usize = 1_000;
const WRITERS: usize = 8;

/// Kills the service in the midst of a load, and gives back what the writers know.
fn kill_under_load(service: &mut Service, user: &User) -> Vec<Written> {
    let acknowledged = AtomicUsize::new(0);
    let address = service.address;
    let written = thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|number| {
                let (wire, acknowledged) = (user.at(service), &acknowledged);
                scope.spawn(move || {
                    write_until_broken(wire, &format!("writer {number} write"), acknowledged)
                })
            })
            .collect();
        wait_until("the load", Duration::from_secs(60), || {
            let over = writers.iter().any(thread::ScopedJoinHandle::is_finished);
            over || acknowledged.load(Ordering::Relaxed) >= WRITES
        });
        service.kill();
        writers
            .into_iter()
            .map(|writer| writer.join().expect("a writer"))
            .collect::<Vec<_>>()
    });
    assert!(
        acknowledged.load(Ordering::Relaxed) >= WRITES,
        "{address} broke before it was killed"
    );
    written
}

/// Everything acknowledged is there with its event and its step, nothing else but what was under way; sending that again
/// makes it whole.
fn compare(stage: &Stage, service: &Service, user: &User, written: &[Written]) {
    let acknowledged: usize = written.iter().map(|writer| writer.acknowledged.len()).sum();
    let stored = companies(user, service);
    for writer in written {
        assert_kept(&writer.acknowledged, &stored);
    }
    let open: Vec<_> = written
        .iter()
        .filter_map(|writer| writer.open.as_ref())
        .collect();
    let known = acknowledged
        + open
            .iter()
            .filter(|(company, _)| stored.contains(company))
            .count();
    assert_eq!(stored.len(), known, "nothing is stored that nobody sent");
    assert_told_once(stage, user);
    for (company, call) in &open {
        let answer = user.at(service).send(call).expect("an answer");
        assert_eq!(answer.status, 201, "{company}: {}", answer.text());
    }
    assert_eq!(
        companies(user, service).len(),
        acknowledged + open.len(),
        "once each, although sent twice"
    );
    assert_told_once(stage, user);
}

#[test]
fn a_killed_service_loses_no_acknowledged_write() {
    let stage = Stage::shared();
    let mut service = stage.serve(&[]);
    let user = stage.user();
    let written = kill_under_load(&mut service, &user);
    compare(&stage, &stage.serve(&[]), &user, &written);
}

#[test]
fn a_killed_service_leaves_its_database_to_the_next_one() {
    let stage = Stage::embedded();
    let mut service = stage.serve(&[]);
    let user = stage.user();
    let written = kill_under_load(&mut service, &user);
    let orphan = postmaster(&stage);
    let mut next = stage.serve(&[]);
    assert_eq!(
        postmaster(&stage),
        orphan,
        "the running database was taken over"
    );
    compare(&stage, &next, &user, &written);
    next.terminate();
    let status = next.wait(Duration::from_secs(30)).expect("it ends");
    assert!(status.success(), "{status}: {}", next.logs());
    assert!(!is_alive(orphan), "the database ends with the service");
}

/// The process number that the database server notes in its folder.
fn postmaster(stage: &Stage) -> u32 {
    let clusters = fs::read_dir(stage.folder().join("data")).expect("the data folder");
    let pid = clusters
        .filter_map(|entry| fs::read_to_string(entry.ok()?.path().join("postmaster.pid")).ok())
        .find_map(|note| note.lines().next()?.trim().parse().ok());
    pid.expect("a running server")
}
