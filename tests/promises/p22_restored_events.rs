//! Promise 22 for the change feed: after a restore nothing is hidden, nothing comes twice, and whoever saw
//! more than the backup has is told so.

use std::process::Command;
use std::time::Duration;

use super::load::wait_until;
use super::stage::{Stage, User, application};
use crate::support::process::Service;
use crate::support::sse::Sse;

/// Reads on to the end of the feed, which has at least so many events; their resources and where it ended. An event shows
/// itself once nothing older is under way, so the last ones may take a moment.
fn read(service: &Service, user: &User, after: &str, count: usize) -> (Vec<String>, String) {
    let (mut resources, mut cursor) = (Vec::new(), after.to_owned());
    let mut wire = user.at(service);
    wait_until("the events", Duration::from_secs(20), || {
        let page = wire
            .get(&format!("/v1/events?after={cursor}&limit=2"))
            .expect("an answer");
        assert_eq!(page.status, 200, "{}", page.text());
        cursor = page.member("next_cursor");
        let page = page.json();
        let events = page["data"].as_array().expect("events");
        let ids = events.iter().map(|it| it["resource"]["id"].as_str());
        resources.extend(ids.map(|id| id.expect("an id").to_owned()));
        events.is_empty() && resources.len() >= count
    });
    (resources, cursor)
}

/// Writes an application; its id.
pub fn write(service: &Service, user: &User, company: &str) -> String {
    let answer = user
        .at(service)
        .post("/v1/applications", &application(company))
        .expect("an answer");
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.member("id")
}

/// `pg_dump`, into a file of the stage.
pub fn dump(stage: &Stage, name: &str) -> std::path::PathBuf {
    let file = stage.folder().join(name);
    let status = Command::new(stage.cluster().programs().join("pg_dump"))
        .args(["--format=custom", "--file"])
        .arg(&file)
        .arg(stage.owner_url())
        .status()
        .expect("pg_dump runs");
    assert!(status.success());
    file
}

/// Gives the next transactions high numbers, as on a server that has lived for a while.
pub const AGED: &str =
    "DO $$ BEGIN FOR i IN 1..20000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$";

const BEGINNING: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAA";

#[test]
fn the_feed_goes_on_in_a_restored_database_whose_transactions_begin_anew() {
    let first = Stage::on_own_cluster(false);
    let service = first.serve(&[]);
    let user = first.user();
    first.execute(AGED);
    let mut written: Vec<String> = (0..3)
        .map(|number| write(&service, &user, &format!("{number}")))
        .collect();
    let (seen, between) = read(&service, &user, BEGINNING, 3);
    assert_eq!(seen, written);
    written.extend((3..6).map(|number| write(&service, &user, &format!("{number}"))));
    let (_, end) = read(&service, &user, &between, 3);
    let backup = dump(&first, "backup");
    write(&service, &user, "lost with the server");
    let (_, after_the_backup) = read(&service, &user, &end, 1);
    drop(service);

    let second = first.restore(&backup);
    let highest =
        "SELECT max(xid::text::bigint) - pg_current_xact_id()::text::bigint AS n FROM events";
    let ahead = second.count(highest);
    println!("the restored events are {ahead} transactions ahead of the new server");
    assert!(ahead > 1_000, "the new server should be younger");
    let service = second.serve(&[]);
    // What was not seen yet is there at once, and so is what happens now, behind it.
    let (seen, place) = read(&service, &user, &between, 3);
    assert_eq!(seen, written[3..]);
    assert_eq!(place, end);
    let mut stream = Sse::open(
        service.address,
        &user.token,
        "/v1/events/stream",
        Some(&end),
    );
    let new = write(&service, &user, "new");
    let event = stream.event().expect("an event");
    assert_eq!(event.data["resource"]["id"], *new);
    written.push(new.clone());
    assert_eq!(read(&service, &user, &end, 1).0, [new]);
    assert_eq!(read(&service, &user, BEGINNING, written.len()).0, written);
    // Whoever saw more than the backup has is told so, now and when new events have its number.
    for number in 0..3 {
        let target = format!("/v1/events?after={after_the_backup}");
        let answer = user.at(&service).get(&target).expect("an answer");
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (410, "cursor_expired")
        );
        written.push(write(&service, &user, &format!("new {number}")));
    }
    drop(stream);
    drop(service);

    // And once more, from there: each restore is an epoch, each start is none.
    let backup = dump(&second, "second backup");
    let epochs = "SELECT count(*) AS n FROM event_epochs";
    let before = second.count(epochs);
    let third = second.restore(&backup);
    let service = third.serve(&[]);
    assert_eq!(read(&service, &user, BEGINNING, written.len()).0, written);
    drop(service);
    let service = third.serve(&[]);
    written.push(write(&service, &user, "newest"));
    assert_eq!(read(&service, &user, BEGINNING, written.len()).0, written);
    assert_eq!(third.count(epochs), before + 1);
}

#[test]
fn a_restored_database_is_not_served_before_its_epoch_has_begun() {
    let first = Stage::on_own_cluster(false);
    drop(first.serve(&[]));
    let backup = dump(&first, "backup");
    let second = first.restore(&backup);
    let refused = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        second.serve(&["--no-migrate"]);
    }));
    let why = refused.expect_err("it does not start");
    let why = why.downcast_ref::<String>().expect("words");
    assert!(why.contains("rebound migrate"), "{why}");
    drop(second.serve(&[]));
    second.serve(&["--no-migrate"]);
}
