//! What is promised of several services, on an installation as one runs it: behind a balancer, with poolers and a replica.
//!
//! It needs HAProxy and PgBouncer, so it is not part of `cargo test`: `make stage` installs them and runs it.

use std::collections::BTreeSet;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Barrier, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use serde_json::json;

use super::installation::Installation;
use super::load::{until, wait_until};
use super::p19_reminders::{filling, mails_in, message_id};
use super::stage::{User, application, median};
use crate::support::sse::{Block, Sse};
use crate::support::wire::{Answer, Call, Fault, Wire};

const PASSWORD: &str = "a password of some length";
const UNLIMITED: [&str; 4] = [
    "--rate-limit-user",
    "1000000",
    "--rate-limit-network",
    "1000000",
];
/// For all of them to see that a part is away or back.
const NOTICED_WITHIN: Duration = Duration::from_secs(15);
/// Nobody waits longer than this for any answer.
const ANSWERED_WITHIN: Duration = Duration::from_secs(5);

fn flags(more: &[&'static str]) -> Vec<&'static str> {
    UNLIMITED.iter().chain(more).copied().collect()
}

/// The status of a login that comes from an address of this machine and claims to come from elsewhere.
fn login_from(stage: &Installation, address: &str, number: usize, email: &str) -> u16 {
    let body = json!({"email": email, "password": "a wrong password"}).to_string();
    let output = Command::new("curl")
        .args([
            "-s",
            "-o",
            "/dev/null",
            "-w",
            "%{http_code}",
            "--interface",
            address,
        ])
        .args(["-H", "Content-Type: application/json", "-d", &body])
        .args([
            "-H",
            &format!("X-Forwarded-For: 203.0.113.{}", number % 250),
        ])
        .arg(format!("http://{}/v1/auth/login", stage.address()))
        .output()
        .expect("curl");
    let status = String::from_utf8_lossy(&output.stdout).into_owned();
    status.parse().unwrap_or_else(|_| panic!("{status:?}"))
}

#[test]
#[ignore = "needs HAProxy and PgBouncer: make stage"]
fn logins_retries_and_sessions_are_those_of_one_service() {
    let stage = Installation::up(&flags(&[
        "--login-limit-account",
        "5",
        "--login-limit-network",
        "12",
    ]));
    let account = json!({"email": "someone@example.org", "password": PASSWORD});
    let registered = Wire::to(stage.address()).post("/v1/auth/register", &account);
    assert_eq!(registered.expect("an answer").status, 201);

    // An account has as many attempts as one service would give it, and so has the network that the balancer names.
    let guess = |number, email: &str| login_from(&stage, "127.0.0.1", number, email);
    let statuses: Vec<u16> = (0..9)
        .map(|number| guess(number, "someone@example.org"))
        .collect();
    assert_eq!(statuses, [[401; 5].as_slice(), &[429; 4]].concat());
    let statuses: Vec<u16> = (9..20)
        .map(|number| guess(number, &format!("other-{number}@example.org")))
        .collect();
    assert_eq!(statuses, [[401; 7].as_slice(), &[429; 4]].concat());
    // Somebody else's network is not held up by that.
    assert_eq!(
        login_from(&stage, "127.0.0.9", 20, "another@example.org"),
        401
    );

    // Fifty equal requests at once make one row.
    let user = stage.user();
    let call = Call::new("POST", "/v1/applications")
        .header("Idempotency-Key", "once")
        .json(&application("Kite & Anchor"));
    let start = Barrier::new(50);
    let answers: Vec<Answer> = thread::scope(|scope| {
        let senders: Vec<_> = (0..50)
            .map(|_| {
                let (mut wire, start, call) = (stage.client(&user), &start, &call);
                scope.spawn(move || {
                    start.wait();
                    let begin = Instant::now();
                    loop {
                        let answer = wire.send(call).expect("an answer");
                        if ![409, 503].contains(&answer.status) {
                            return answer;
                        }
                        assert!(
                            begin.elapsed() < Duration::from_secs(20),
                            "{}",
                            answer.text()
                        );
                        thread::sleep(Duration::from_millis(50));
                    }
                })
            })
            .collect();
        senders
            .into_iter()
            .map(|it| it.join().expect("an answer"))
            .collect()
    });
    assert!(
        answers
            .iter()
            .all(|answer| answer.status == 201 && answer.text() == answers[0].text())
    );
    let list = stage
        .client(&user)
        .get("/v1/applications")
        .expect("an answer")
        .json();
    assert_eq!(list["data"].as_array().map(Vec::len), Some(1));

    // A session that ends at one service has ended at the other one within a second.
    for number in 0..2 {
        let mut wire = Wire::with_token(stage.service(number), &user.token);
        assert_eq!(wire.get("/v1/me").expect("an answer").status, 200);
    }
    let path = format!("/v1/me/sessions/{}", user.session);
    let ended = stage.client(&user).send(&Call::new("DELETE", path));
    assert_eq!(ended.expect("an answer").status, 204);
    let ended = Instant::now();
    wait_until("the end of the session", NOTICED_WITHIN, || {
        let late = ended.elapsed() > Duration::from_secs(1);
        let status = |number| {
            let mut wire = Wire::with_token(stage.service(number), &user.token);
            wire.get("/v1/me").expect("an answer").status
        };
        let is_over = (status(0), status(1)) == (401, 401);
        assert!(is_over || !late, "a second later the session goes on");
        is_over
    });
}

#[test]
#[ignore = "needs HAProxy and PgBouncer: make stage"]
fn reminders_come_once_although_a_service_is_killed() {
    const USERS: usize = 40;
    const EACH: usize = 10;
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        n: i64,
    }
    let stage = Installation::up(&flags(&[]));
    let mut owner = stage.owner();
    owner.batch_execute(&filling(USERS, EACH)).expect("users");
    // A service that starts finds those whom nobody plans for.
    stage.stop("two");
    stage.start("two");
    let (all, limit) = (USERS * EACH, Duration::from_secs(120));
    let mails = || match stage.mails().exists() {
        true => mails_in(&stage.mails()),
        false => Vec::new(),
    };
    wait_until("the first mails", limit, || mails().len() > all / 4);
    stage.kill("one");
    wait_until("most mails", limit, || mails().len() > all / 2);
    stage.start("one");
    // What it held is taken over when its lease ends: here five minutes pass at once, as soon as nobody is at work.
    let left = |owner: &mut PgConnection| {
        owner
            .batch_execute("UPDATE jobs SET leased_until = now() WHERE leased_until < now() + interval '4 minutes 30 seconds'")
            .expect("later");
        diesel::sql_query("SELECT count(*) AS n FROM jobs WHERE run_at <= now()")
            .get_result::<Count>(owner)
            .expect("a count")
            .n
    };
    wait_until("the last one", limit, || left(&mut owner) == 0);
    let mails = mails();
    let ids: BTreeSet<String> = mails.iter().filter_map(|mail| message_id(mail)).collect();
    println!("{} mails with {} ids", mails.len(), ids.len());
    assert_eq!(ids.len(), all, "none is lost");
    // Only what the killed one was just sending may have gone out twice, under the same id.
    assert!(mails.len() <= all + 1, "{} mails", mails.len());
}

#[test]
#[ignore = "needs HAProxy and PgBouncer: make stage"]
fn a_stream_tells_what_was_written_through_either_service_and_goes_on_at_the_other_one() {
    let stage = Installation::up(&flags(&[]));
    let user = stage.user();
    let open = |address, last: Option<&str>| {
        let only = "/v1/events/stream?type=application.created";
        Sse::open(address, &user.token, only, last)
    };
    let write = |name: String| {
        let answer = stage
            .client(&user)
            .post("/v1/applications", &application(&name));
        let answer = answer.expect("an answer");
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.member("id")
    };
    let id = |block: &Block| block.data["resource"]["id"].as_str().map(str::to_owned);

    // Both services hear of the writes of both; the balancer gives them out in turn.
    let mut listeners = [0, 1].map(|number| open(stage.service(number), None));
    for listener in &mut listeners {
        listener.block().expect("a first word");
    }
    let mut waits = Vec::new();
    for number in 0..10 {
        let written = write(format!("to both {number}"));
        let begin = Instant::now();
        for listener in &mut listeners {
            let heard = listener.event().expect("an event");
            assert_eq!(id(&heard), Some(written.clone()));
        }
        waits.push(begin.elapsed());
    }
    println!("heard at both after {:?}", median(waits.clone()));
    assert!(
        median(waits) < Duration::from_secs(2),
        "sooner than without a connection that listens"
    );
    drop(listeners);

    // A stream behind the balancer is taken up again wherever that leads.
    let (mut written, mut seen): (Vec<String>, Vec<Block>) = (Vec::new(), Vec::new());
    let mut stream = open(stage.address(), None);
    stream.block().expect("a first word");
    for (part, is_killed) in [("one", true), ("two", true), ("one", false), ("two", false)] {
        written.extend((0..5).map(|number| write(format!("before {part} {number}"))));
        while seen.len() < written.len() {
            seen.push(stream.event().expect("an event"));
        }
        match is_killed {
            true => stage.kill(part),
            false => stage.stop(part),
        }
        wait_until("the news of it", NOTICED_WITHIN, || !stage.is_in_use(part));
        written.extend((0..5).map(|number| write(format!("without {part} {number}"))));
        stage.start(part);
        wait_until("both services", NOTICED_WITHIN, || stage.is_in_use(part));
        let last = seen.last().and_then(|block| block.id.as_deref());
        stream = open(stage.address(), last);
    }
    while seen.len() < written.len() {
        seen.push(stream.event().expect("an event"));
    }
    let told: Vec<String> = seen.iter().filter_map(id).collect();
    assert_eq!(told, written);
}

/// What clients saw of a time.
#[derive(Default)]
struct Seen {
    read: AtomicUsize,
    written: AtomicUsize,
    faults: Mutex<Vec<String>>,
}

impl Seen {
    fn note(&self, fault: String) {
        let mut faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        faults.push(fault);
    }

    fn take_faults(&self) -> Vec<String> {
        std::mem::take(&mut self.faults.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// How many clients there are under load.
const CLIENTS: usize = 6;

/// Clients read and write until they are told to stop; half of them keep their connections.
fn under_load<T>(stage: &Installation, user: &User, work: impl FnOnce(&Seen) -> T) -> T {
    let (seen, stop) = (Seen::default(), AtomicBool::new(false));
    thread::scope(|scope| {
        for client in 0..CLIENTS {
            let (seen, stop) = (&seen, &stop);
            scope.spawn(move || {
                let (mut wire, mut count) = (stage.client(user), client);
                until(stop, || {
                    count += 1;
                    let write = count.is_multiple_of(3);
                    let call = match count % 3 {
                        0 => Call::new("POST", "/v1/applications")
                            .json(&application(&format!("{client} {count}"))),
                        1 => Call::new("GET", "/v1/insights/pipeline"),
                        _ => Call::new("GET", "/v1/applications?limit=5"),
                    };
                    let what = if write { "write" } else { "read" };
                    match wire.send(&call) {
                        Ok(answer) if answer.status < 300 => {
                            let count = if write { &seen.written } else { &seen.read };
                            count.fetch_add(1, Ordering::Relaxed);
                        }
                        Ok(answer) if answer.took > ANSWERED_WITHIN => {
                            seen.note(format!("{what}: late, after {:?}", answer.took));
                        }
                        Ok(answer) => seen.note(format!("{what}: {}", answer.status)),
                        Err(Fault::Refused) => seen.note(format!("{what}: refused")),
                        Err(Fault::Broken(why)) => seen.note(format!("{what}: broken: {why}")),
                    }
                    if client.is_multiple_of(2) {
                        wire.hang_up();
                    }
                });
            });
        }
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(&seen)));
        stop.store(true, Ordering::Relaxed);
        outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Waits for so many more reads, or writes.
fn more(count: &AtomicUsize, what: &str) {
    let before = count.load(Ordering::Relaxed);
    wait_until(what, Duration::from_secs(30), || {
        count.load(Ordering::Relaxed) > before + 50
    });
}

fn readiness(stage: &Installation) -> String {
    let answer = Wire::to(stage.address())
        .get("/health/ready")
        .expect("an answer");
    format!("{} {}", answer.status, answer.json()["status"])
}

fn everywhere(stage: &Installation, wanted: &str) {
    wait_until(wanted, NOTICED_WITHIN, || {
        (0..4).all(|_| readiness(stage) == wanted)
    });
}

#[test]
#[ignore = "needs HAProxy and PgBouncer: make stage"]
fn losing_any_one_part_behaves_as_promised() {
    let stage = Installation::up(&flags(&[]));
    let user = stage.user();
    // Both services have met the session.
    for number in 0..2 {
        let mut wire = Wire::with_token(stage.service(number), &user.token);
        assert_eq!(wire.get("/v1/me").expect("an answer").status, 200);
    }
    under_load(&stage, &user, |seen| {
        more(&seen.written, "writes");
        assert_eq!(seen.take_faults(), [""; 0], "before anything is lost");

        // The replica, and its pooler: nobody notices.
        for part in ["standby", "standby-pooler"] {
            stage.kill(part);
            more(&seen.read, "reads");
            more(&seen.written, "writes");
            stage.start(part);
            more(&seen.read, "reads");
            assert_eq!(seen.take_faults(), [""; 0], "{part}");
        }

        // The primary, or its pooler: reads go on, writes are told to come again.
        for part in ["primary", "pooler"] {
            stage.kill(part);
            everywhere(&stage, "200 \"read_only\"");
            more(&seen.read, "reads");
            stage.start(part);
            everywhere(&stage, "200 \"ok\"");
            more(&seen.written, "writes");
            let faults = seen.take_faults();
            println!("{part}: {} writes were turned away", faults.len());
            assert!(!faults.is_empty(), "{part}: the loss was not felt");
            let others: Vec<_> = faults
                .iter()
                .filter(|fault| *fault != "write: 503")
                .collect();
            assert!(others.is_empty(), "{part}: {others:?}");
        }

        // One of the services: what it was doing breaks, and everything after that is done by the other one. Until the
        // kernel has cleared the process away somebody may be let in once more.
        stage.kill("one");
        more(&seen.written, "writes");
        let faults = seen.take_faults();
        println!("one: {faults:?}");
        assert!(
            faults.len() <= 2 * CLIENTS,
            "more than two faults for each client: {faults:?}"
        );
        more(&seen.written, "writes");
        assert_eq!(seen.take_faults(), [""; 0], "with one service");
        stage.start("one");
        wait_until("both services", NOTICED_WITHIN, || stage.is_in_use("one"));
        more(&seen.written, "writes");
        assert_eq!(seen.take_faults(), [""; 0], "with both services again");
    });
}

#[test]
#[ignore = "needs HAProxy and PgBouncer: make stage"]
fn a_rolling_restart_under_load_loses_nothing() {
    let stage = Installation::up(&flags(&[]));
    let user = stage.user();
    under_load(&stage, &user, |seen| {
        for service in ["one", "two", "one", "two"] {
            more(&seen.written, "writes");
            stage.stop(service);
            more(&seen.written, "writes");
            stage.start(service);
            wait_until("both services", NOTICED_WITHIN, || stage.is_in_use(service));
        }
        more(&seen.written, "writes");
        println!(
            "{} reads and {} writes",
            seen.read.load(Ordering::Relaxed),
            seen.written.load(Ordering::Relaxed)
        );
        assert_eq!(seen.take_faults(), [""; 0]);
    });
}
