//! Clients that write and remember what they were told.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::stage::{Stage, User, application};
use crate::support::process::Service;
use crate::support::wire::{Call, Fault, Wire};

/// What one writer knows.
#[derive(Default)]
pub struct Written {
    /// Companies of applications that were acknowledged.
    pub acknowledged: BTreeSet<String>,
    /// The last request, when nobody knows what became of it.
    pub open: Option<(String, Call)>,
}

/// Writes one application after the other until the connection breaks; counts the acknowledged ones.
///
/// Anything but 201 fails the experiment.
pub fn write_until_broken(mut wire: Wire, name: &str, acknowledged: &AtomicUsize) -> Written {
    let mut written = Written::default();
    for number in 0.. {
        let company = format!("{name} {number}");
        let call = Call::new("POST", "/v1/applications")
            .header("Idempotency-Key", &company)
            .json(&application(&company));
        match wire.send(&call) {
            Ok(answer) if answer.status == 201 => {
                written.acknowledged.insert(company);
                acknowledged.fetch_add(1, Ordering::Relaxed);
            }
            Ok(answer) => panic!("{company}: {} {}", answer.status, answer.text()),
            Err(Fault::Refused) => break,
            Err(Fault::Broken(_)) => {
                written.open = Some((company, call));
                break;
            }
        }
    }
    written
}

/// The companies of all of a user's applications, as the API lists them; one that is listed twice fails the experiment.
pub fn companies(user: &User, service: &Service) -> BTreeSet<String> {
    let mut wire = user.at(service);
    let mut companies = BTreeSet::new();
    let mut target = "/v1/applications?limit=100".to_owned();
    loop {
        let page = wire.get(&target).expect("an answer").json();
        for row in page["data"].as_array().expect("rows") {
            let company = row["company"].as_str().expect("a company").to_owned();
            assert!(!companies.contains(&company), "{company} is there twice");
            companies.insert(company);
        }
        let Some(cursor) = page["next_cursor"].as_str() else {
            return companies;
        };
        target = format!("/v1/applications?limit=100&cursor={cursor}");
    }
}

/// Repeats until the flag is raised, at most for a minute.
pub fn until(stop: &AtomicBool, mut step: impl FnMut()) {
    let begin = Instant::now();
    while !stop.load(Ordering::Relaxed) {
        assert!(
            begin.elapsed() < Duration::from_secs(300),
            "nobody stops the load"
        );
        step();
    }
}

/// Waits until something is so, at most as long as said, and tells how long it took.
pub fn wait_until(what: &str, limit: Duration, mut is_so: impl FnMut() -> bool) -> Duration {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < limit, "{what}: not within {limit:?}");
        thread::sleep(Duration::from_millis(10));
    }
    begin.elapsed()
}

/// What was acknowledged is stored.
pub fn assert_kept<'a>(
    acknowledged: impl IntoIterator<Item = &'a String>,
    stored: &BTreeSet<String>,
) {
    let acknowledged = acknowledged.into_iter();
    let lost: Vec<_> = acknowledged.filter(|it| !stored.contains(*it)).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
}

/// Each application of a user has the one step and the one event of its making, both written in its own transaction, and
/// nothing is told of one that is not there.
pub fn assert_told_once(stage: &Stage, user: &User) {
    let mine = format!("owner_id = '{}'", user.id);
    let apart = format!(
        "SELECT count(*) AS n FROM applications a WHERE {mine} AND (
             (SELECT array_agg((xid::text::numeric % 4294967296)::text) FROM events
              WHERE {mine} AND resource_id = a.id AND kind = 'application.created') IS DISTINCT FROM ARRAY[a.xmin::text]
             OR (SELECT array_agg(xmin::text) FROM application_steps
                 WHERE {mine} AND application_id = a.id) IS DISTINCT FROM ARRAY[a.xmin::text])"
    );
    assert_eq!(stage.count(&apart), 0, "applications without event or step");
    let idle = format!(
        "SELECT count(*) AS n FROM events e WHERE {mine} AND kind = 'application.created'
         AND NOT EXISTS (SELECT FROM applications a WHERE a.owner_id = e.owner_id AND a.id = e.resource_id)"
    );
    assert_eq!(stage.count(&idle), 0, "events without an application");
}
