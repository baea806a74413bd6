//! Promise 22 for webhooks: after a restore what was delivered never comes again, and what was not comes once.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use serde_json::json;

use super::load::wait_until;
use super::p22_restored_events::{AGED, dump, write};
use super::stage::Stage;
use crate::support::receiver::{Received, Receiver, Reply};
use crate::webhooks::LOOPBACK;

const LIMIT: Duration = Duration::from_secs(60);
/// Somebody looks after the endpoint and is not heard of any more; 1 when it was free.
const TAKEN: &str = "WITH taken AS (
         UPDATE webhook_queue SET lease = gen_random_uuid(), leased_until = now() + interval '1 hour'
         WHERE lease IS NULL RETURNING 1)
     SELECT count(*) AS n FROM taken";
const OPEN: &str = "SELECT count(*) AS n FROM webhook_deliveries WHERE state <> 'delivered'";

/// What a request told of.
fn resource(request: &Received) -> String {
    let id = request.json()["data"]["resource_id"].clone();
    id.as_str().expect("an id").to_owned()
}

#[test]
fn a_restored_backup_sends_what_was_pending_once_and_what_was_delivered_never() {
    let first = Stage::on_own_cluster(false);
    let service = first.serve(&LOOPBACK);
    let user = first.user();
    first.execute(AGED);
    let status = Arc::new(AtomicU16::new(200));
    let present = Arc::clone(&status);
    let receiver = Receiver::answering(move |_| Reply::Status(present.load(Ordering::SeqCst)));
    let body = json!({"url": receiver.url("/"), "event_types": ["application.created"]});
    let made = user
        .at(&service)
        .post("/v1/webhooks", &body)
        .expect("an answer");
    assert_eq!(made.status, 201, "{}", made.text());
    let delivered = ["one", "two"].map(|company| write(&service, &user, company));
    let count = "SELECT count(*) AS n FROM webhook_deliveries WHERE state = 'delivered'";
    wait_until("two deliveries", LIMIT, || first.count(count) == 2);

    // The receiver is away: a third one waits for its next attempt.
    status.store(500, Ordering::SeqCst);
    let pending = write(&service, &user, "three");
    let tried = format!("{OPEN} AND attempt_count > 0");
    wait_until("a failed attempt", LIMIT, || first.count(&tried) == 1);
    // And a fourth one is an event of which nobody has made a delivery yet.
    wait_until("a free endpoint", LIMIT, || first.count(TAKEN) == 1);
    let unheard = write(&service, &user, "four");
    drop(service);
    let deliveries = "SELECT count(*) AS n FROM webhook_deliveries";
    assert_eq!(first.count(deliveries), 3, "the fourth one is no delivery");
    let before = receiver.received();
    let backup = dump(&first, "backup");

    let second = first.restore(&backup);
    status.store(200, Ordering::SeqCst);
    // Here the lease ends and the next attempt is due at once.
    second.execute("UPDATE webhook_queue SET leased_until = now(), resting_until = NULL");
    second.execute("UPDATE webhook_deliveries SET next_attempt_at = now() WHERE state = 'pending'");
    let service = second.serve(&LOOPBACK);
    let new = write(&service, &user, "five");
    wait_until("all five", LIMIT, || {
        second.count(deliveries) == 5 && second.count(OPEN) == 0
    });
    // Whoever looks again finds nothing.
    second.execute("UPDATE webhook_queue SET run_at = now()");
    wait_until("the end of the work", LIMIT, || {
        let busy =
            "SELECT count(*) AS n FROM webhook_queue WHERE lease IS NOT NULL OR run_at <= now()";
        second.count(busy) == 0
    });

    let ids_of = |requests: &[Received]| {
        let mut ids: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for request in requests {
            let id = request.header("webhook-id").to_owned();
            ids.entry(resource(request)).or_default().push(id);
        }
        ids
    };
    let all = receiver.received();
    let (early, late) = (ids_of(&before), ids_of(&all[before.len()..]));
    println!("{} requests before, {} after", before.len(), late.len());
    for id in &delivered {
        assert_eq!(early[id].len(), 1, "it was delivered before");
        assert!(!late.contains_key(id), "{id} comes again");
    }
    for id in [&pending, &unheard, &new] {
        assert_eq!(late.get(id).map(Vec::len), Some(1), "{id} in {late:?}");
    }
    assert_eq!(late.len(), 3);
    assert_eq!(late[&pending][0], early[&pending][0], "under its old id");
    assert!(!early.contains_key(&unheard));
    let secret = made.member("secret");
    assert!(all.iter().all(|request| request.is_signed_with(&secret)));
}
