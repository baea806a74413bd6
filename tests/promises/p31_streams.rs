//! Promises 8, 31 and 32 for those who listen: a stream survives a deploy, ends with its session on every
//! replica, hears of every replica's writes, and costs no memory when its client is slow.

use std::fs;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use rebound::events::place::Place;
use rustix::io::ioctl_fionread;
use serde_json::Value;

use super::load::wait_until;
use super::stage::{Stage, User, application, median};
use crate::support::process::Service;
use crate::support::sse::{Block, Sse};
use crate::support::wire::Call;

const STREAM: &str = "/v1/events/stream";
const BEGINNING: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn stream(service: &Service, user: &User, last: Option<&str>) -> Sse {
    Sse::open(service.address, &user.token, STREAM, last)
}

fn write(service: &Service, user: &User, company: &str) -> String {
    let answer = user
        .at(service)
        .post("/v1/applications", &application(company))
        .expect("an answer");
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.member("id")
}

fn resource(block: &Block) -> &str {
    block.data["resource"]["id"].as_str().expect("an id")
}

fn end_session(service: &Service, user: &User) {
    let path = format!("/v1/me/sessions/{}", user.session);
    let ended = user.at(service).send(&Call::new("DELETE", path));
    assert_eq!(ended.expect("an answer").status, 204);
}

/// Events that nobody tells of: as many as asked for.
fn insert(stage: &Stage, user: &User, count: u32) {
    stage.execute(&format!(
        "INSERT INTO events (owner_id, kind, resource_type, resource_id, occurred_at, data)
         SELECT '{}', 'application.updated', 'application', gen_random_uuid(), now(),
                jsonb_build_object('number', number) FROM generate_series(1, {count}) number",
        user.id
    ));
}

#[test]
fn a_stream_goes_on_after_the_service_was_replaced_or_killed() {
    let stage = Stage::shared();
    let mut service = stage.serve(&[]);
    let address = service.address.to_string();
    let user = stage.user();
    let mut written = Vec::new();
    let mut seen: Vec<Block> = Vec::new();
    let mut open = stream(&service, &user, Some(BEGINNING));
    for round in ["replaced", "killed", "replaced"] {
        for number in 0..10 {
            written.push(write(&service, &user, &format!("{round} {number}")));
        }
        for _ in 0..5 {
            seen.push(open.event().expect("an event"));
        }
        if round == "killed" {
            // The client is told nothing: what it has not read from its socket is lost.
            service.kill();
        } else {
            service.terminate();
            let status = service.wait(Duration::from_secs(10)).expect("it ends");
            assert!(status.success(), "{}", service.logs());
            // It ends well, with what came before.
            seen.extend(open.rest());
        }
        drop(open);
        // Somebody else writes while this replica is away.
        insert(&stage, &user, 3);
        service = stage.serve(&["--listen", &address]);
        open = stream(&service, &user, seen.last().and_then(|it| it.id.as_deref()));
    }
    let all = stage.count(&format!(
        "SELECT count(*) AS n FROM events WHERE owner_id = '{}'",
        user.id
    ));
    while i64::try_from(seen.len()).expect("few") < all {
        seen.push(open.event().expect("an event"));
    }
    let places: Vec<Option<Place>> = seen
        .iter()
        .map(|it| it.id.as_deref().and_then(Place::decode))
        .collect();
    assert!(places.is_sorted_by(|a, b| a < b), "{places:?}");
    let told: Vec<&str> = seen
        .iter()
        .filter(|it| it.event.as_deref() == Some("application.created"))
        .map(resource)
        .collect();
    assert_eq!(told, written);
}

#[test]
fn open_streams_do_not_hold_up_the_end_of_the_service() {
    let stage = Stage::shared();
    for interrupt in [false, true] {
        let mut service = stage.serve(&[]);
        let users: Vec<User> = (0..5).map(|_| stage.user()).collect();
        let mut streams: Vec<Sse> = users
            .iter()
            .flat_map(|user| (0..10).map(|_| stream(&service, user, None)))
            .collect();
        for open in &mut streams {
            open.block().expect("a first word");
        }
        let begin = Instant::now();
        if interrupt {
            service.interrupt();
        } else {
            service.terminate();
        }
        let status = service.wait(Duration::from_secs(10)).expect("it ends");
        let took = begin.elapsed();
        println!("{} streams: ended in {took:?}", streams.len());
        assert!(
            status.success() && took < Duration::from_secs(4),
            "{took:?}"
        );
        for open in &mut streams {
            assert_eq!(open.rest(), []);
        }
    }
}

#[test]
fn a_write_on_one_replica_wakes_the_streams_of_the_other() {
    let stage = Stage::shared();
    let (here, there) = (stage.serve(&[]), stage.serve(&[]));
    let user = stage.user();
    let mut listener = stream(&there, &user, None);
    listener.block().expect("a first word");
    let mut waits: Vec<Duration> = (0..30)
        .map(|number| {
            let id = write(&here, &user, &format!("{number}"));
            let begin = Instant::now();
            assert_eq!(resource(&listener.event().expect("an event")), id);
            begin.elapsed()
        })
        .collect();
    waits.sort_unstable();
    let (usual, longest) = (median(waits.clone()), waits[waits.len() - 1]);
    println!("from the answer here to the event there: {usual:?}, at most {longest:?}");
    // Far sooner than it would look by itself.
    assert!(usual < Duration::from_millis(500) && longest < Duration::from_secs(5));
    // Promise 8, on every replica.
    end_session(&here, &user);
    let begin = Instant::now();
    assert_eq!(listener.rest(), []);
    let took = begin.elapsed();
    println!("the stream ended {took:?} after its session");
    assert!(took < Duration::from_millis(1_500), "{took:?}");
}

#[test]
fn streams_hear_of_writes_when_the_listening_connection_is_lost_or_cannot_be_made() {
    let stage = Stage::shared();
    let direct = |name: &str| {
        let url = stage.app_url();
        let separator = if url.contains('?') { '&' } else { '?' };
        format!("{url}{separator}application_name={name}")
    };
    let (one, two) = (direct("herald_one"), direct("herald_two"));
    let here = stage.serve(&["--listen-database-url", &one]);
    let there = stage.serve(&["--listen-database-url", &two]);
    let user = stage.user();
    let mut listener = stream(&there, &user, None);
    listener.block().expect("a first word");
    let listening =
        "SELECT count(*) AS n FROM pg_stat_activity WHERE application_name LIKE 'herald%'";
    for _ in 0..3 {
        wait_until("both listen", Duration::from_secs(10), || {
            stage.count(listening) == 2
        });
        stage.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'herald%'");
        let id = write(&here, &user, "unheard");
        let begin = Instant::now();
        assert_eq!(resource(&listener.event().expect("an event")), id);
        println!("heard after {:?} without a connection", begin.elapsed());
        assert!(begin.elapsed() < Duration::from_secs(5));
    }
    drop(listener);
    // A server that cannot be reached at all.
    let deaf = stage.serve(&[
        "--listen-database-url",
        "postgresql://nobody@127.0.0.1:1/nothing",
    ]);
    let mut listener = stream(&deaf, &user, None);
    listener.block().expect("a first word");
    let id = write(&here, &user, "polled");
    let begin = Instant::now();
    assert_eq!(resource(&listener.event().expect("an event")), id);
    println!("found after {:?} by looking", begin.elapsed());
    assert!(begin.elapsed() < Duration::from_secs(5));
    // Nobody watches over the sessions there: the stream itself finds out, and tells nothing more.
    end_session(&here, &user);
    insert(&stage, &user, 1);
    assert_eq!(listener.rest(), []);
}

/// The memory of a process that is in use, in bytes.
fn memory(service: &Service) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", service.pid())).expect("it runs");
    let line = status.lines().find(|it| it.starts_with("VmRSS:"));
    let kilobytes = line.and_then(|it| it.split_whitespace().nth(1)?.parse::<u64>().ok());
    kilobytes.expect("a number") * 1_024
}

#[test]
fn a_reader_that_does_not_read_costs_no_memory_and_misses_nothing() {
    const EVENTS: u32 = 60_000;
    let stage = Stage::shared();
    let service = stage.serve(&[]);
    let user = stage.user();
    insert(&stage, &user, EVENTS);
    // Whatever the first stream needs is there.
    let mut warm = stream(&service, &user, Some(BEGINNING));
    for _ in 0..300 {
        warm.event().expect("an event");
    }
    drop(warm);
    let before = memory(&service);
    let mut slow = stream(&service, &user, Some(BEGINNING));
    let waiting = || ioctl_fionread(slow.socket().as_fd()).expect("a socket");
    let mut last = (waiting(), Instant::now());
    wait_until("a full socket", Duration::from_secs(30), || {
        let bytes = waiting();
        if bytes != last.0 {
            last = (bytes, Instant::now());
        }
        bytes > 0 && last.1.elapsed() > Duration::from_millis(500)
    });
    let grown = memory(&service).saturating_sub(before);
    println!(
        "{} bytes wait in the socket, the service grew by {grown}",
        waiting()
    );
    // All of it would be twenty megabytes.
    assert!(grown < 6 * 1_024 * 1_024, "{grown}");
    for number in 1..=EVENTS {
        let event = slow.event().expect("an event");
        assert_eq!(event.data["data"]["number"], Value::from(number));
    }
    let grown = memory(&service).saturating_sub(before);
    println!("after {EVENTS} events it had grown by {grown}");
    assert!(grown < 6 * 1_024 * 1_024, "{grown}");
}
