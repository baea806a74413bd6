//! Promise 19: a reminder fires once, on however many replicas, whoever is killed.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::load::wait_until;
use super::stage::Stage;
use crate::support::process::Service;

/// Users who want a mail for each reminder at any hour, with applications to look at since yesterday.
pub fn fill(stage: &Stage, users: usize, each: usize) {
    stage.execute(&filling(users, each));
}

/// The statement of [`fill`].
pub fn filling(users: usize, each: usize) -> String {
    format!(
        "WITH seekers AS (
             INSERT INTO users (id, email, password_hash, time_zone, reminder_mail, reminder_quiet_from, reminder_quiet_to,
                 created_at, updated_at)
             SELECT gen_random_uuid(), gen_random_uuid() || '@example.org', 'none', 'UTC', 'each', '00:00', '00:00',
                 now() - interval '1 day', now()
             FROM generate_series(1, {users})
             RETURNING id)
         INSERT INTO applications (owner_id, id, company, job_title, required_skills, own_skills, tags, status,
             furthest_stage, status_since, next_action_on, version, created_at, updated_at)
         SELECT id, gen_random_uuid(), 'Company ' || n, 'Engineer', '{{}}', '{{}}', '{{}}', 'applied', 'applied',
             now(), (now() AT TIME ZONE 'UTC')::date - 1, 1, now(), now()
         FROM seekers, generate_series(1, {each}) AS n"
    )
}

/// The mails in a folder, of which one may be half written.
pub fn mails_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder");
    entries
        .map(|entry| entry.expect("an entry").path())
        .collect()
}

/// The `Message-ID` of a mail; nothing when the writer was killed before it got so far.
pub fn message_id(mail: &Path) -> Option<String> {
    let text = fs::read_to_string(mail).expect("a mail");
    let line = text.lines().find(|line| line.starts_with("Message-ID: "))?;
    Some(line.trim_start_matches("Message-ID: ").trim().to_owned())
}

/// Two replicas send; one is killed, replaced, and then the other one is killed as well.
fn fire_and_kill(users: usize, each: usize, limit: Duration) {
    let stage = Stage::shared();
    let all = users * each;
    fill(&stage, users, each);
    let folder = stage.folder().join("mails");
    let url = format!("file:{}", folder.display());
    let serve = || -> Service {
        stage.serve(&[
            "--mail-url",
            &url,
            "--public-url",
            "https://rebound.example",
        ])
    };
    let (mut first, mut second) = (serve(), serve());
    let sent = |part: usize| {
        wait_until("mails", limit, || mails_in(&folder).len() >= part);
    };
    sent(all / 3);
    first.kill();
    let third = serve();
    sent(2 * all / 3);
    second.kill();
    let waiting = "SELECT count(*) AS n FROM jobs WHERE run_at <= now()";
    let left_alone = format!("{waiting} AND coalesce(leased_until, '-infinity') < now()");
    wait_until("the last one", limit, || stage.count(&left_alone) == 0);
    // What the dead ones held is taken over when their lease ends: here five minutes pass at once.
    stage.execute("UPDATE jobs SET leased_until = now() WHERE leased_until > now()");
    wait_until("what was held", limit, || stage.count(waiting) == 0);

    let all = i64::try_from(all).expect("a number");
    let count = |sql: &str| stage.count(&format!("SELECT count({sql}"));
    assert_eq!(count("*) AS n FROM reminders"), all);
    let once = "*) AS n FROM reminders WHERE status = 'due' AND fired_count = 1";
    assert_eq!(count(once), all, "each came once");
    assert_eq!(
        count("mailed_at) AS n FROM reminders"),
        all,
        "each was mailed"
    );
    let events = "FROM events WHERE kind = 'reminder.due'";
    assert_eq!(count(&format!("*) AS n {events}")), all);
    assert_eq!(count(&format!("DISTINCT resource_id) AS n {events}")), all);
    assert_eq!(count("*) AS n FROM jobs WHERE failed_at IS NOT NULL"), 0);
    let mails = mails_in(&folder);
    let ids: BTreeSet<String> = mails.iter().filter_map(|mail| message_id(mail)).collect();
    assert_eq!(i64::try_from(ids.len()), Ok(all), "none is lost");
    let foreign = ids.iter().find(|id| !id.ends_with(".1@rebound.example>"));
    assert_eq!(
        foreign, None,
        "a second sending has the Message-ID of the first"
    );
    // Only what a killed one was just sending may have gone out twice, under the same id.
    assert!(mails.len() <= ids.len() + 2, "{} mails", mails.len());
    drop(third);
}

#[test]
fn two_thousand_reminders_come_once_although_replicas_are_killed() {
    fire_and_kill(100, 20, Duration::from_secs(120));
}

/// The promise in full takes some minutes: `cargo test --test api twenty_thousand -- --ignored`.
#[test]
#[ignore = "takes some minutes; the shorter form runs each time"]
fn twenty_thousand_reminders_come_once_although_replicas_are_killed() {
    fire_and_kill(400, 50, Duration::from_secs(1_800));
}
