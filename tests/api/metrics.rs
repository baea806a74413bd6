//! What waits, as the metrics tell it to those who watch over the service.

use std::ops::Range;

use diesel::connection::SimpleConnection;
use rebound::clock::real_now;

use crate::support::app::{TestApp, open, shared_cluster};
use crate::support::cluster::Scratch;
use crate::support::process::Service;
use crate::support::victim::eventually;
use crate::support::wire::Wire;

const FLAGS: [&str; 4] = [
    "--metrics-token",
    "open sesame",
    "--rate-limit-network",
    "100000",
];

fn figure(page: &str, name: &str) -> i64 {
    let line = page
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.and_then(|value| value.parse().ok())
        .unwrap_or_else(|| panic!("no {name} in {page}"))
}

#[test]
fn the_metrics_tell_for_how_long_jobs_and_webhooks_have_been_waiting() {
    const ENDPOINT: &str =
        "INSERT INTO webhook_queue (user_id, webhook_id, tidied_at, run_at, lease, leased_until)
         SELECT id, gen_random_uuid(), now(), ";
    let cases: [(&str, String, &str, Range<i64>); 4] = [
        (
            "jobs",
            "INSERT INTO jobs (id, kind, payload, run_at, max_attempts, created_at)
             SELECT gen_random_uuid(), 'unheard.of', 'null', now() - interval '10 minutes', 1, now()"
                .to_owned(),
            "rebound_jobs_oldest_seconds",
            600..700,
        ),
        (
            "webhook_queue",
            format!("{ENDPOINT} now() - interval '10 minutes', NULL, NULL"),
            "rebound_webhooks_oldest_seconds",
            600..700,
        ),
        (
            "webhook_queue",
            format!("{ENDPOINT} NULL, id, now() - interval '20 minutes'"),
            "rebound_webhooks_oldest_seconds",
            1_200..1_300,
        ),
        // Somebody looks after it.
        (
            "webhook_queue",
            format!("{ENDPOINT} now() - interval '10 minutes', id, now() + interval '1 minute'"),
            "rebound_webhooks_oldest_seconds",
            0..1,
        ),
    ];
    for (table, insert, name, expected) in cases {
        let database = shared_cluster().new_database();
        let mut holder = open(&database.owner_url());
        // What is locked is passed by, so that it waits for as long as this test looks at it.
        holder
            .batch_execute(&format!(
                "INSERT INTO users (id, email, password_hash, time_zone, created_at, updated_at)
                 VALUES (gen_random_uuid(), 'a@example.org', 'none', 'UTC', now(), now());
                 {insert} FROM users"
            ))
            .and_then(|()| {
                holder.batch_execute(&format!("BEGIN; SELECT 1 FROM {table} FOR UPDATE"))
            })
            .unwrap_or_else(|error| panic!("{insert}: {error}"));
        let app = TestApp::on(database, &FLAGS);
        let page = || app.get("/metrics").bearer(FLAGS[1]).expect(200).text;
        eventually("a measurement", || {
            figure(&page(), "rebound_jobs_measured_timestamp_seconds") > 0
        });
        let (page, now) = (page(), real_now().timestamp());
        let found = figure(&page, name);
        assert!(expected.contains(&found), "{name}: {found}, {insert}");
        let measured = figure(&page, "rebound_jobs_measured_timestamp_seconds");
        assert!((now - 60..=now).contains(&measured), "{measured} at {now}");
    }
}

#[test]
fn a_queue_that_cannot_be_measured_is_seen_by_the_age_of_its_figure() {
    let database = shared_cluster().new_database();
    let mut owner = open(&database.owner_url());
    let mut rename = |from: &str, to: &str| {
        owner
            .batch_execute(&format!("ALTER TABLE {from} RENAME TO {to}"))
            .expect("it is ours");
    };
    rename("webhook_queue", "elsewhere");
    let folder = Scratch::new();
    let urls = (database.app_url(), database.owner_url());
    let service = Service::start(folder.path(), Some((&urls.0, &urls.1)), &FLAGS);
    let measured = || {
        let page = Wire::with_token(service.address, FLAGS[1]).get("/metrics");
        let page = page.expect("the metrics").text();
        figure(&page, "rebound_jobs_measured_timestamp_seconds")
    };
    eventually("a measurement that fails", || {
        service.logs().contains("the queues could not be measured")
    });
    assert_eq!(measured(), 0);
    rename("elsewhere", "webhook_queue");
    eventually("a measurement", || measured() > 0);
}
