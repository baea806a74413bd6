//! Promise 31: a deploy loses nothing.

use std::collections::BTreeSet;
use std::io::{BufReader, Write};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use socket2::{Domain, Socket, Type};

use super::load::{assert_kept, assert_told_once, companies, until, wait_until};
use super::stage::{Stage, User, application};
use crate::support::process::Service;
use crate::support::wire::{Answer, Call, Fault, Wire, connect, read_answer};

const CLIENTS: usize = 12;
/// Longer than any request of these experiments takes, and far less than a supervisor waits before it kills.
const ENDS_WITHIN: Duration = Duration::from_secs(10);

/// Sends to one replica after the other, and to the next one when nobody listens; forgives nothing else.
struct RoundRobin {
    wires: Vec<Wire>,
    next: usize,
    keeps_connections: bool,
}

impl RoundRobin {
    fn new(user: &User, replicas: &[SocketAddr], number: usize) -> Self {
        let wires = replicas
            .iter()
            .map(|address| Wire::with_token(*address, &user.token))
            .collect();
        Self {
            wires,
            next: number,
            keeps_connections: number.is_multiple_of(2),
        }
    }

    fn send(&mut self, call: &Call) -> Result<Answer, String> {
        for _ in 0..self.wires.len() {
            self.next = (self.next + 1) % self.wires.len();
            let wire = &mut self.wires[self.next];
            let outcome = wire.send(call);
            if !self.keeps_connections {
                wire.hang_up();
            }
            match outcome {
                Ok(answer) if answer.status < 300 => return Ok(answer),
                Ok(answer) => return Err(format!("{} {}", answer.status, answer.text())),
                Err(Fault::Refused) => {}
                Err(Fault::Broken(why)) => {
                    return Err(format!("broken by {}: {why}", wire.address()));
                }
            }
        }
        Err("nobody listens".to_owned())
    }
}

/// Ends a service in the given way and says how long that took.
fn end(service: &mut Service, interrupt: bool) -> Duration {
    let begin = Instant::now();
    if interrupt {
        service.interrupt();
    } else {
        service.terminate();
    }
    let status = service
        .wait(ENDS_WITHIN)
        .unwrap_or_else(|| panic!("it does not end: {}", service.logs()));
    assert!(status.success(), "{status}: {}", service.logs());
    let took = begin.elapsed();
    assert!(is_free(service.address), "the port is free again");
    let errors: Vec<_> = service
        .log_lines()
        .into_iter()
        .filter(|line| line["level"] == "ERROR")
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
    took
}

/// What the clients share. One that panicked ends the experiment anyway.
fn held<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Could somebody listen here? Nobody does: whoever knocked in that moment would be let in and thrown out again.
fn is_free(address: SocketAddr) -> bool {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None).expect("a socket");
    socket.set_reuse_address(true).expect("as a listener does");
    socket.bind(&address.into()).is_ok()
}

#[test]
fn replacing_two_replicas_under_load_loses_nothing() {
    let stage = Stage::shared();
    let mut replicas = [stage.serve(&[]), stage.serve(&[])];
    let user = stage.user();
    let addresses = replicas.each_ref().map(|replica| replica.address);
    let (stop, served) = (AtomicBool::new(false), AtomicUsize::new(0));
    let failures: Mutex<Vec<String>> = Mutex::default();
    let acknowledged: Mutex<BTreeSet<String>> = Mutex::default();
    thread::scope(|scope| {
        for number in 0..CLIENTS {
            let (user, stop, served) = (&user, &stop, &served);
            let (failures, acknowledged) = (&failures, &acknowledged);
            scope.spawn(move || {
                let mut client = RoundRobin::new(user, &addresses, number);
                let mut count = 0;
                until(stop, || {
                    count += 1;
                    let company = format!("{number} {count}");
                    let call = match count % 3 {
                        0 => Call::new("GET", "/v1/applications?limit=20"),
                        _ => Call::new("POST", "/v1/applications").json(&application(&company)),
                    };
                    match client.send(&call) {
                        Ok(answer) => {
                            served.fetch_add(1, Ordering::Relaxed);
                            if answer.status == 201 {
                                held(acknowledged).insert(company);
                            }
                        }
                        Err(why) => held(failures).push(why),
                    }
                });
            });
        }
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            for (number, interrupt) in [false, true, false, true].into_iter().enumerate() {
                let replica = &mut replicas[number % 2];
                let enough = served.load(Ordering::Relaxed) + 200;
                wait_until("the load", Duration::from_secs(20), || {
                    served.load(Ordering::Relaxed) >= enough
                });
                let took = end(replica, interrupt);
                println!(
                    "{} ended in {took:?}",
                    if interrupt { "SIGINT" } else { "SIGTERM" }
                );
                *replica = stage.serve(&["--listen", &replica.address.to_string()]);
            }
        }));
        stop.store(true, Ordering::Relaxed);
        if let Err(panic) = outcome {
            std::panic::resume_unwind(panic);
        }
    });
    let failures: &Vec<String> = &held(&failures);
    let acknowledged: &BTreeSet<String> = &held(&acknowledged);
    println!(
        "{} served, {} of them writes, {} failed",
        served.load(Ordering::Relaxed),
        acknowledged.len(),
        failures.len()
    );
    assert!(
        failures.is_empty(),
        "{} failures: {:#?}",
        failures.len(),
        &failures[..failures.len().min(10)]
    );
    let stored = companies(&user, &replicas[0]);
    assert_kept(acknowledged, &stored);
    assert_eq!(stored.len(), acknowledged.len(), "nothing else is stored");
    assert_told_once(&stage, &user);
}

/// Starts a request and sends all of it but its last byte.
fn begin_request(
    service: &Service,
    user: &User,
    company: &str,
) -> (BufReader<std::net::TcpStream>, u8) {
    let body = application(company).to_string();
    let (last, rest) = body.as_bytes().split_last().expect("a body");
    let head = format!(
        "POST /v1/applications HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        user.token,
        body.len()
    );
    let mut stream = connect(service.address).expect("a connection");
    stream
        .write_all(&[head.as_bytes(), rest].concat())
        .expect("sent");
    (BufReader::new(stream), *last)
}

#[test]
fn requests_in_flight_end_well_whichever_signal_comes() {
    for interrupt in [false, true] {
        let stage = Stage::shared();
        let mut service = stage.serve(&[]);
        let user = stage.user();
        assert_eq!(
            user.at(&service)
                .post("/v1/applications", &application("first"))
                .expect("an answer")
                .status,
            201
        );
        // One waits for the rest of its body, one for a row, one is idle, and one has just been opened.
        let (mut upload, last) = begin_request(&service, &user, "uploaded");
        let mut outsider = stage.owner();
        outsider
            .batch_execute("BEGIN; LOCK TABLE applications IN SHARE MODE")
            .expect("the lock");
        let mut idle = user.at(&service);
        assert_eq!(idle.get("/health/live").expect("an answer").status, 200);
        let mut fresh = BufReader::new(connect(service.address).expect("a connection"));
        let (ended, blocked) = thread::scope(|scope| {
            let mut wire = user.at(&service);
            let blocked =
                scope.spawn(move || wire.post("/v1/applications", &application("blocked")));
            wait_until("someone waits for the lock", Duration::from_secs(5), || {
                stage.count("SELECT count(*) AS n FROM pg_locks WHERE NOT granted AND relation = 'applications'::regclass") > 0
            });
            let ended = scope.spawn(|| end(&mut service, interrupt));
            thread::sleep(Duration::from_millis(300));
            outsider
                .batch_execute("ROLLBACK")
                .expect("the end of the lock");
            // Connections that are there already are served, and told that this was the last time.
            for answer in [
                idle.get("/v1/applications").expect("an answer"),
                ask(&mut fresh, &user),
            ] {
                assert_eq!(
                    (answer.status, answer.header("connection")),
                    (200, Some("close")),
                    "{}",
                    answer.text()
                );
            }
            upload.get_mut().write_all(&[last]).expect("sent");
            let (uploaded, keeps) = read_answer(&mut upload, false).expect("an answer");
            assert_eq!(
                (uploaded.status, keeps),
                (201, false),
                "{}",
                uploaded.text()
            );
            (
                ended.join().expect("it ends"),
                blocked.join().expect("no panic"),
            )
        });
        let blocked = blocked.expect("an answer");
        assert_eq!(blocked.status, 201, "{}", blocked.text());
        println!("ended in {ended:?}");
        let stored = companies(&user, &stage.serve(&[]));
        assert_eq!(
            stored.into_iter().collect::<Vec<_>>(),
            ["blocked", "first", "uploaded"]
        );
    }
}

fn ask(stream: &mut BufReader<std::net::TcpStream>, user: &User) -> Answer {
    let head = format!(
        "GET /v1/applications HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\r\n",
        user.token
    );
    stream.get_mut().write_all(head.as_bytes()).expect("sent");
    read_answer(stream, false).expect("an answer").0
}

#[test]
fn an_idle_service_ends_at_once() {
    let stage = Stage::shared();
    for interrupt in [false, true] {
        let mut service = stage.serve(&[]);
        let took = end(&mut service, interrupt);
        println!("ended in {took:?}");
        assert!(took < Duration::from_secs(3), "it took {took:?}");
    }
}
