//! Promise 18: a full disk loses nothing. Reads work, writes are 503, and no restart is needed.

use std::fs::{self, File};
use std::io::{Write, stderr};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use super::load::{assert_kept, companies, until, wait_until};
use super::stage::{Stage, User};
use crate::support::cluster::Scratch;
use crate::support::process::Service;
use crate::support::wire::Call;

/// Room for a fresh cluster, its log, and a few thousand rows.
const DISK: u32 = 180;
const CLIENTS: usize = 6;
/// So long nobody frees anything, while everybody tries again and again.
const FULL_FOR: Duration = Duration::from_secs(10);
const HEALED_WITHIN: Duration = Duration::from_secs(5);

/// A file that takes what is left of the disk.
struct Ballast(PathBuf);

impl Ballast {
    fn fill(folder: &Path) -> Self {
        let path = folder.join("ballast");
        let mut file = File::create(&path).expect("a file");
        for size in [1 << 20, 1 << 12] {
            let piece = vec![0; size];
            while file.write_all(&piece).is_ok() {}
        }
        Self(path)
    }
}

impl Drop for Ballast {
    fn drop(&mut self) {
        fs::remove_file(&self.0).ok();
    }
}

/// A small disk, or the news that this was not tried: standard error is shown for tests that pass, too.
fn small_disk(experiment: &str) -> Option<Scratch> {
    match Scratch::on_small_disk(DISK) {
        Ok(disk) => Some(disk),
        Err(why) => {
            let note = format!(
                "\nNOT TRIED: {experiment}: a disk of its own cannot be mounted here: {why}\n"
            );
            stderr().write_all(note.as_bytes()).expect("a note");
            None
        }
    }
}

/// Writes and reads while the disk is full and after it has room again.
fn fill_up(stage: &Stage, disk: &Path, mut service: Service) {
    let user = stage.user();
    let number = AtomicUsize::new(0);
    let acknowledged: Mutex<Vec<String>> = Mutex::default();
    let write = |user: &User| {
        let company = format!("Company {}", number.fetch_add(1, Ordering::Relaxed));
        let body = json!({"company": company, "job_title": "Engineer", "notes": "n".repeat(4_000)});
        let answer = user
            .at(&service)
            .send(&Call::new("POST", "/v1/applications").json(&body))
            .expect("an answer");
        match answer.status {
            201 => acknowledged
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(company),
            503 => assert!(answer.header("retry-after").is_some()),
            other => panic!("{other}: {}", answer.text()),
        }
        answer.status
    };
    for _ in 0..20 {
        assert_eq!(write(&user), 201);
    }
    let ballast = Ballast::fill(disk);
    let begin = Instant::now();
    wait_until("a refusal", Duration::from_secs(30), || write(&user) == 503);
    println!("refused after {:?}", begin.elapsed());
    let stop = AtomicBool::new(false);
    let (refused, read) = (AtomicUsize::new(0), AtomicUsize::new(0));
    thread::scope(|scope| {
        for client in 0..CLIENTS {
            let (user, write, stop, refused, read) = (&user, &write, &stop, &refused, &read);
            let service = &service;
            scope.spawn(move || {
                until(stop, || {
                    if client % 2 == 0 {
                        refused.fetch_add(usize::from(write(user) == 503), Ordering::Relaxed);
                    }
                    let target =
                        ["/v1/applications?limit=5", "/v1/insights/pipeline"][client / 2 % 2];
                    let answer = user.at(service).get(target).expect("an answer");
                    if answer.status != 200 {
                        stop.store(true, Ordering::Relaxed);
                        panic!("{target}: {} {}", answer.status, answer.text());
                    }
                    read.fetch_add(1, Ordering::Relaxed);
                });
            });
        }
        let begin = Instant::now();
        wait_until("the time", FULL_FOR * 2, || {
            stop.load(Ordering::Relaxed) || begin.elapsed() > FULL_FOR
        });
        stop.store(true, Ordering::Relaxed);
    });
    println!(
        "while the disk was full: {} writes refused, {} reads",
        refused.load(Ordering::Relaxed),
        read.load(Ordering::Relaxed)
    );
    assert!(
        refused.load(Ordering::Relaxed) > 10,
        "the disk was not full"
    );
    drop(ballast);
    let took = wait_until("a write", HEALED_WITHIN, || write(&user) == 201);
    println!("written again after {took:?}");
    assert!(service.is_running());
    let stored = companies(&user, &service);
    let acknowledged = acknowledged
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    assert_kept(&acknowledged, &stored);
    assert_eq!(
        stored.len(),
        acknowledged.len(),
        "what was refused was not done"
    );
}

#[test]
fn a_full_disk_of_the_database_refuses_writes_and_loses_nothing() {
    let Some(disk) = small_disk("promise 18 on a server of one's own") else {
        return;
    };
    let folder = disk.path().to_owned();
    let stage = Stage::on_cluster_in(disk);
    let service = stage.serve(&[]);
    fill_up(&stage, &folder, service);
}

#[test]
fn a_full_disk_of_the_embedded_database_refuses_writes_and_loses_nothing() {
    let Some(disk) = small_disk("promise 18 on the embedded server") else {
        return;
    };
    let folder = disk.path().to_owned();
    let stage = Stage::embedded_in(disk);
    let service = stage.serve(&[]);
    fill_up(&stage, &folder, service);
}
