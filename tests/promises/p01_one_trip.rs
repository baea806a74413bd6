//! Promise 1 where a read takes one trip: row level security binds it as it binds every other, and what goes wrong
//! is read the plain way.

use std::collections::BTreeSet;
use std::thread;

use rebound::db::embedded::{APP_ROLE, OWNER_ROLE};

use super::load::wait_until;
use super::pair::{METRICS, NOTICED_WITHIN, metric};
use super::stage::{Stage, User, application};
use crate::support::process::Service;
use crate::support::wire::Wire;

/// How often each of several users reads at the same time.
const ROUNDS: usize = 50;
const TRIPS: &str = "rebound_database_reads_in_one_trip_total";

/// A service whose login owns the tables, so that nothing but the role keeps it from seeing every row.
fn serve(stage: &Stage, flags: &[&str]) -> Service {
    let flags = [&["--metrics-token", METRICS], flags].concat();
    stage.serve_on(Some(&stage.owner_url()), &flags)
}

fn create(wire: &mut Wire, company: &str) -> String {
    let created = wire
        .post("/v1/applications", &application(company))
        .expect("an answer");
    created.header("location").expect("a place").to_owned()
}

/// Reads until one trip is enough for all that comes, on every worker.
fn warm_up(user: &User, service: &Service, path: &str) {
    wait_until("reads take one trip", NOTICED_WITHIN, || {
        (0..16).all(|_| {
            let before = metric(service, TRIPS);
            // A new connection may be another worker's.
            let answer = user.at(service).get(path).expect("an answer");
            assert_eq!(answer.status, 200, "{}", service.logs());
            metric(service, TRIPS) == before + 1
        })
    });
}

#[test]
fn row_level_security_binds_a_read_in_one_trip() {
    let stage = Stage::shared();
    let service = serve(&stage, &[]);
    let user = stage.user();
    let mut wire = user.at(&service);
    let path = create(&mut wire, "Kite & Anchor");
    warm_up(&user, &service, &path);

    // Nobody is to see any row: had the statement run outside of its transaction, the owner of the tables would.
    stage.execute("ALTER POLICY applications_read ON applications USING (false)");
    let before = metric(&service, TRIPS);
    assert_eq!(wire.get(&path).expect("an answer").status, 404);
    let list = wire.get("/v1/applications").expect("an answer").json();
    assert_eq!(list["data"].as_array().map(Vec::len), Some(0), "{list}");
    assert_eq!(metric(&service, TRIPS), before + 2);

    // And the owner is set: a row is shown for it alone, whatever the statement names.
    stage.execute(
        "ALTER POLICY applications_read ON applications
         USING (current_setting('app.owner_ids') = '{' || owner_id || '}')",
    );
    assert_eq!(wire.get(&path).expect("an answer").status, 200);
    assert_eq!(metric(&service, TRIPS), before + 3);
}

#[test]
fn whoever_reads_at_the_same_time_sees_rows_of_their_own() {
    let stage = Stage::shared();
    let service = serve(&stage, &["--workers", "1"]);
    let users: Vec<User> = (0..8).map(|_| stage.user()).collect();
    let paths: Vec<String> = (0..users.len())
        .map(|number| {
            create(
                &mut users[number].at(&service),
                &format!("Company {number}"),
            )
        })
        .collect();
    warm_up(&users[0], &service, &paths[0]);

    let before = metric(&service, TRIPS);
    thread::scope(|scope| {
        for (number, (user, path)) in users.iter().zip(&paths).enumerate() {
            let mut wire = user.at(&service);
            scope.spawn(move || {
                for _ in 0..ROUNDS {
                    let one = wire.get(path).expect("an answer");
                    assert_eq!(one.member("company"), format!("Company {number}"));
                    let list = wire.get("/v1/applications").expect("an answer").json();
                    assert_eq!(list["data"].as_array().map(Vec::len), Some(1), "{list}");
                    assert_eq!(list["data"][0]["company"], format!("Company {number}"));
                }
            });
        }
    });
    let trips = metric(&service, TRIPS) - before;
    let reads = i64::try_from(2 * ROUNDS * users.len()).expect("it fits");
    // On a busy machine a read may be too slow once, and then some take the plain way.
    assert!(trips > reads / 2, "{trips} of {reads}");
}

#[test]
fn whoever_may_not_take_the_role_reads_nothing() {
    let stage = Stage::on_own_cluster(false);
    let service = serve(&stage, &[]);
    let user = stage.user();
    let path = create(&mut user.at(&service), "Kite & Anchor");
    warm_up(&user, &service, &path);

    let before = metric(&service, TRIPS);
    let revoke = format!("REVOKE {APP_ROLE} FROM {OWNER_ROLE};");
    stage.cluster().admin_sql(&revoke);
    for path in [path.as_str(), "/v1/applications"] {
        let answer = user.at(&service).get(path).expect("an answer");
        assert!(answer.status >= 500, "{}", answer.text());
        assert!(!answer.text().contains("Kite"), "{}", answer.text());
    }
    assert_eq!(metric(&service, TRIPS), before);
}

#[test]
fn both_ways_of_reading_find_the_same() {
    let stage = Stage::shared();
    let services = [serve(&stage, &[]), serve(&stage, &["--no-statement-cache"])];
    let user = stage.user();
    let mut wire = user.at(&services[0]);
    let full = serde_json::json!({
        "company": "Kite & Anchor \u{1F33F}", "job_title": "Cook", "status": "applied", "external_id": "sheet-17",
        "url": "https://jobs.example/x/1", "work_mode": "hybrid", "employment_type": "part_time", "salary_min": 0,
        "salary_max": 1_000_000_000_000_i64, "salary_currency": "EUR", "salary_period": "year", "tailored": false,
        "required_skills": ["rust", "a \"quoted\" one"], "own_skills": [], "applied_on": "2026-03-05",
        "notes": "Two\nlines", "tags": ["a", "b"]
    });
    let created = wire.post("/v1/applications", &full).expect("an answer");
    assert_eq!(created.status, 201, "{}", created.text());
    let path = created.header("location").expect("a place").to_owned();
    for number in 0..5 {
        create(&mut wire, &format!("Company {number}"));
    }
    warm_up(&user, &services[0], &path);

    let page = wire
        .get("/v1/applications?limit=2&sort=updated_at")
        .expect("a page");
    let cursor = page.member("next_cursor");
    for path in [
        path,
        "/v1/applications".to_owned(),
        "/v1/applications?status=applied".to_owned(),
        "/v1/applications?status=applied,saved&live=true".to_owned(),
        "/v1/applications?limit=3&sort=-company".to_owned(),
        "/v1/applications?limit=3&sort=applied_on".to_owned(),
        format!("/v1/applications?limit=2&sort=updated_at&cursor={cursor}"),
    ] {
        let before = metric(&services[0], TRIPS);
        let answers: BTreeSet<String> = services
            .iter()
            .map(|service| {
                let answer = user.at(service).get(&path).expect("an answer");
                assert_eq!(answer.status, 200, "{path}: {}", answer.text());
                answer.text()
            })
            .collect();
        assert_eq!(answers.len(), 1, "{path}: {answers:#?}");
        assert_eq!(metric(&services[0], TRIPS), before + 1, "{path}");
    }
    assert_eq!(metric(&services[1], TRIPS), 0);
}

#[test]
fn a_read_whose_connection_was_lost_goes_the_plain_way_and_later_ones_take_one_trip_again() {
    let stage = Stage::shared();
    let service = serve(&stage, &[]);
    let user = stage.user();
    let path = create(&mut user.at(&service), "Kite & Anchor");
    warm_up(&user, &service, &path);

    stage.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()",
    );
    for _ in 0..20 {
        let answer = user.at(&service).get(&path).expect("an answer");
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    warm_up(&user, &service, &path);
}
