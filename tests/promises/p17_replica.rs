//! Promise 17: a lost or lagging replica breaks nothing. Reads fall back to the primary, read-your-writes holds; while the
//! primary is down, GET is 200 from the replica, and writes are 503. And promise 3: a lagging replica shows nobody
//! what they may no longer see.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rebound::clock::real_now;
use rebound::db::ids::new_id;
use serde_json::json;

use super::load::{until, wait_until};
use super::pair::{ANSWERED_WITHIN, NOTICED_WITHIN, Pair, assert_unavailable, metric, readiness};
use super::stage::{Stage, User, application};
use crate::support::process::Service;
use crate::support::proxy::Weather;
use crate::support::wire::Call;

/// What a replica may be behind when the primary goes, and as much again for a machine that is busy.
const LONG_AGO: Duration = Duration::from_secs(10);

/// The reads of a seeker: of one thing, of a list, of much.
fn reads(path: &str) -> [Call; 6] {
    [
        path,
        "/v1/applications?limit=5",
        "/v1/me",
        "/v1/next-actions",
        "/v1/insights/pipeline",
        "/v1/exports/applications.csv",
    ]
    .map(|target| Call::new("GET", target))
}

fn write(number: usize) -> Call {
    let mut body = application(&format!("Company {number}"));
    body["status"] = json!("applied");
    Call::new("POST", "/v1/applications").json(&body)
}

/// A user with one application, whose path comes along. The service knows the session.
fn seeker(stage: &Stage, service: &Service) -> (User, String) {
    let user = stage.user();
    let created = user.at(service).send(&write(0)).expect("an answer");
    assert_eq!(created.status, 201, "{}", created.text());
    let path = created.header("location").expect("a place").to_owned();
    (user, path)
}

/// Each read is answered, and in time; how long the slowest took.
fn assert_all_read(user: &User, service: &Service, path: &str) -> Duration {
    let mut slowest = Duration::ZERO;
    for call in reads(path) {
        let answer = user.at(service).send(&call).expect("an answer");
        assert_eq!(answer.status, 200, "{call:?}: {}", answer.text());
        assert!(answer.took < ANSWERED_WITHIN, "{:?}", answer.took);
        slowest = slowest.max(answer.took);
    }
    slowest
}

/// The same for several at once, more than there are connections: whoever finds them all waiting is answered, too.
fn assert_everybody_reads(user: &User, service: &Service, path: &str) -> Duration {
    thread::scope(|scope| {
        let readers: Vec<_> = (0..10)
            .map(|_| scope.spawn(|| assert_all_read(user, service, path)))
            .collect();
        let slowest = readers.into_iter().map(|it| it.join().expect("no panic"));
        slowest.max().expect("there are some")
    })
}

/// Each read is answered without a wait for the server that is lost, once that is known. A busy machine may hold up one round
/// of them, not each; how long the slowest took of the round that was not.
fn assert_nobody_waits(user: &User, service: &Service, path: &str) -> Duration {
    let mut slowest = Duration::MAX;
    wait_until("reads that wait for nobody", NOTICED_WITHIN, || {
        slowest = assert_all_read(user, service, path);
        slowest < Duration::from_secs(1)
    });
    slowest
}

#[test]
fn reads_go_on_while_the_primary_is_lost() {
    let pair = Pair::new();
    let service = pair.serve();
    let (user, path) = seeker(&pair.stage, &service);
    let (gone, idle) = (pair.stage.user(), pair.stage.user());
    assert_eq!(
        gone.at(&service).get("/v1/me").expect("an answer").status,
        200
    );
    pair.stage.execute(&format!(
        "DELETE FROM sessions WHERE id = '{}'",
        gone.session
    ));
    pair.standby.catch_up();

    // Clients read all the time; nobody of them notices the crash.
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        let readers: Vec<_> = (0..6)
            .map(|number| {
                let (mut wire, stop, path) = (user.at(&service), &stop, path.as_str());
                scope.spawn(move || {
                    let (mut count, mut slowest) = (number, Duration::ZERO);
                    until(stop, || {
                        count += 1;
                        let call = &reads(path)[count % 6];
                        let answer = wire.send(call).expect("an answer");
                        if answer.status != 200 {
                            stop.store(true, Ordering::Relaxed);
                            panic!("{call:?}: {} {}", answer.status, answer.text());
                        }
                        slowest = slowest.max(answer.took);
                    });
                    (count - number, slowest)
                })
            })
            .collect();
        wait_until("the reads", Duration::from_secs(20), || {
            stop.load(Ordering::Relaxed) || metric(&service, "rebound_replica_reads") >= 20
        });
        pair.stage.cluster().stop_immediate();
        wait_until("the end of the primary", NOTICED_WITHIN, || {
            readiness(&service) == (200, "read_only".to_owned())
        });
        let before = metric(&service, "rebound_replica_reads");
        wait_until("the reads", Duration::from_secs(20), || {
            stop.load(Ordering::Relaxed)
                || metric(&service, "rebound_replica_reads") >= before + 200
        });
        stop.store(true, Ordering::Relaxed);
        for reader in readers {
            println!("reads, slowest: {:?}", reader.join().expect("no panic"));
        }
    });

    assert_unavailable(&user.at(&service).send(&write(1)).expect("an answer"));

    // A session that has ended is over, and one that was never looked at is not trusted.
    assert_eq!(
        gone.at(&service).get("/v1/me").expect("an answer").status,
        401
    );
    assert_unavailable(&idle.at(&service).get("/v1/me").expect("an answer"));

    pair.stage.cluster().start();
    wait_until("writes", NOTICED_WITHIN, || {
        user.at(&service).send(&write(2)).expect("an answer").status == 201
    });
    wait_until("the primary", NOTICED_WITHIN, || {
        readiness(&service) == (200, "ok".to_owned())
    });
    assert_eq!(
        idle.at(&service).get("/v1/me").expect("an answer").status,
        200
    );
}

#[test]
fn whatever_befalls_the_way_to_the_primary_reads_go_on() {
    let pair = Pair::new();
    let (primary, replica) = pair.proxies();
    let mut service = pair.serve_through(&primary, &replica);
    let (user, path) = seeker(&pair.stage, &service);
    pair.standby.catch_up();
    for (number, weather) in [Weather::Cut, Weather::Frozen, Weather::HalfOpen]
        .into_iter()
        .enumerate()
    {
        assert_all_read(&user, &service, &path);
        primary.set(weather);
        // From the first one on.
        let first = assert_everybody_reads(&user, &service, &path);
        wait_until("the loss", NOTICED_WITHIN, || {
            readiness(&service) == (200, "read_only".to_owned())
        });
        let later = assert_nobody_waits(&user, &service, &path);
        assert_unavailable(&user.at(&service).send(&write(number)).expect("an answer"));
        println!("{weather:?}: at first {first:?}, then {later:?}");
        primary.set(Weather::Fair);
        wait_until("writes", 2 * NOTICED_WITHIN, || {
            user.at(&service)
                .send(&write(number))
                .expect("an answer")
                .status
                == 201
        });
        wait_until("the primary", NOTICED_WITHIN, || {
            readiness(&service) == (200, "ok".to_owned())
        });
    }
    // A slow way is none that is lost.
    primary.set(Weather::Slow(Duration::from_millis(30)));
    let before = metric(&service, "rebound_replica_reads");
    for _ in 0..3 {
        assert_eq!(user.at(&service).get(&path).expect("an answer").status, 200);
    }
    assert_eq!(metric(&service, "rebound_replica_reads"), before);
    assert!(service.is_running());
}

#[test]
fn a_lost_replica_is_not_noticed() {
    let mut pair = Pair::new();
    let (primary, replica) = pair.proxies();
    let service = pair.serve_through(&primary, &replica);
    let (user, path) = seeker(&pair.stage, &service);
    let on_the_replica = || {
        pair.standby.catch_up();
        let before = metric(&service, "rebound_replica_reads");
        user.at(&service)
            .get("/v1/insights/pipeline")
            .expect("an answer");
        metric(&service, "rebound_replica_reads") > before
    };
    wait_until("large reads on the replica", NOTICED_WITHIN, on_the_replica);
    for weather in [Weather::Cut, Weather::Frozen, Weather::HalfOpen] {
        replica.set(weather);
        let first = assert_everybody_reads(&user, &service, &path);
        wait_until("the loss", NOTICED_WITHIN, || {
            metric(&service, "rebound_database_answers{server=\"replica\"}") == 0
        });
        let later = assert_nobody_waits(&user, &service, &path);
        println!("{weather:?}: at first {first:?}, then {later:?}");
        assert_eq!(
            user.at(&service).send(&write(1)).expect("an answer").status,
            201
        );
        assert_eq!(readiness(&service), (200, "ok".to_owned()));
        replica.set(Weather::Fair);
        wait_until(
            "large reads on the replica",
            2 * NOTICED_WITHIN,
            on_the_replica,
        );
    }
    pair.standby.stop_immediate();
    assert_all_read(&user, &service, &path);
    // A service starts without it, too.
    let other = pair.serve();
    assert_all_read(&user, &other, &path);
    pair.standby.start();
}

#[test]
fn a_lagging_replica_shows_nobody_the_past() {
    let pair = Pair::new();
    let services = [pair.serve(), pair.serve()];
    let (user, _) = seeker(&pair.stage, &services[0]);
    pair.standby.catch_up();
    let read_there = |service: &Service| metric(service, "rebound_replica_reads");
    let is_used = |service: &Service, before: i64| {
        wait_until("large reads on the replica", NOTICED_WITHIN, || {
            user.at(service)
                .get("/v1/insights/pipeline")
                .expect("an answer");
            read_there(service) > before
        });
        read_there(service)
    };
    let before = [is_used(&services[0], 0), is_used(&services[1], 0)];
    pair.standby.pause();

    // What is written through one service is there when it is read through the other one, in whatever way.
    for number in 1..=20 {
        let (writer, reader) = (&services[number % 2], &services[(number + 1) % 2]);
        let created = user.at(writer).send(&write(number)).expect("an answer");
        assert_eq!(created.status, 201, "{}", created.text());
        let path = created.header("location").expect("a place");
        let mut reader = user.at(reader);
        assert_eq!(reader.get(path).expect("an answer").status, 200);
        let figures = reader
            .get("/v1/insights/pipeline")
            .expect("an answer")
            .json();
        assert_eq!(figures["applications"], number + 1, "{figures}");
        let file = reader
            .get("/v1/exports/applications.csv")
            .expect("an answer");
        assert!(file.text().contains(&format!("Company {number},")));
    }
    for (service, before) in services.iter().zip(before) {
        assert_eq!(read_there(service), before);
        wait_until("the lag is measured", NOTICED_WITHIN, || {
            metric(service, "rebound_replica_lag_bytes") > 0
        });
    }
    let lagged = |service| metric(service, "rebound_replica_lagged_reads");
    assert!(services.iter().map(lagged).sum::<i64>() > 0);

    // It comes back to use by itself.
    pair.standby.resume();
    pair.standby.catch_up();
    for (service, before) in services.iter().zip(before) {
        is_used(service, before);
    }
}

#[test]
fn what_was_taken_back_is_not_seen_on_a_lagging_replica() {
    let pair = Pair::new();
    let services = [pair.serve(), pair.serve()];
    let (seeker, coach, guest) = (pair.stage.user(), pair.stage.user(), pair.stage.user());
    let link = new_id(real_now());
    pair.stage.execute(&format!(
        "INSERT INTO coach_links (seeker_id, id, coach_id, coach_email, scopes, status, status_since, version, created_at, updated_at)
         SELECT '{}', '{link}', '{}', email, '{{applications,insights}}', 'active', now(), 1, now(), now() FROM users WHERE id = '{}'",
        seeker.id, coach.id, coach.id
    ));
    let views = ["applications", "insights/pipeline"]
        .map(|view| format!("/v1/coach/clients/{}/{view}", seeker.id));
    let statuses = |user: &User| -> Vec<u16> {
        let seen = services.iter().flat_map(|service| {
            views
                .iter()
                .map(|view| user.at(service).get(view).expect("an answer").status)
        });
        seen.collect()
    };
    assert_eq!(statuses(&coach), [200; 4]);
    for service in &services {
        assert_eq!(
            guest.at(service).get("/v1/me").expect("an answer").status,
            200
        );
    }
    pair.standby.catch_up();
    pair.standby.pause();

    // The coach's token has not expired, the replica still calls the link active and the session alive.
    let revoked = seeker
        .at(&services[0])
        .post(
            &format!("/v1/coach-links/{link}/transitions"),
            &json!({"to": "revoked"}),
        )
        .expect("an answer");
    assert!(revoked.status < 300, "{}", revoked.text());
    assert_eq!(statuses(&coach), [404; 4]);
    let answer = guest.at(&services[0]).send(&Call::new(
        "DELETE",
        format!("/v1/me/sessions/{}", guest.session),
    ));
    assert_eq!(answer.expect("an answer").status, 204);
    let ended = Instant::now();
    for service in &services {
        wait_until("the end of the session", NOTICED_WITHIN, || {
            let late = ended.elapsed() > Duration::from_secs(1);
            let answer = guest.at(service).get("/v1/insights/pipeline");
            let is_over = answer.expect("an answer").status == 401;
            assert!(is_over || !late, "a second later the session goes on");
            is_over
        });
    }
    println!("the session was over after {:?}", ended.elapsed());

    // Without the primary, nobody knows for certain: the coach is turned away, and so is everyone whose replica has
    // been standing still for longer than a moment.
    let created = Instant::now();
    assert_eq!(
        seeker
            .at(&services[0])
            .send(&write(1))
            .expect("an answer")
            .status,
        201
    );
    wait_until("a replica that is far behind", LONG_AGO * 2, || {
        let read = seeker.at(&services[0]).get("/v1/applications");
        assert_eq!(read.expect("an answer").status, 200);
        created.elapsed() > LONG_AGO
    });
    pair.stage.cluster().stop_immediate();
    wait_until("the loss", NOTICED_WITHIN, || {
        metric(&services[0], "rebound_database_answers{server=\"primary\"}") == 0
    });
    assert_unavailable(&coach.at(&services[0]).get(&views[0]).expect("an answer"));
    assert_unavailable(
        &seeker
            .at(&services[0])
            .get("/v1/applications")
            .expect("an answer"),
    );
    assert_eq!(readiness(&services[0]).0, 503);
    pair.standby.resume();
    wait_until("a replica that has everything", NOTICED_WITHIN, || {
        let read = seeker
            .at(&services[0])
            .get("/v1/applications")
            .expect("an answer");
        read.status == 200 && read.text().contains("Company 1")
    });
    assert_unavailable(&coach.at(&services[0]).get(&views[0]).expect("an answer"));
}
