//! Migrations: each can be taken back, and the way up again leads to the same schema.

use std::process::Command;

use diesel_migrations::MigrationHarness;
use rebound::db::migrate::{self, MIGRATIONS};

use crate::support::app::{open, shared_cluster};
use crate::support::cluster::TestDb;

/// The schema as statements.
fn dump(database: &TestDb) -> String {
    let program = database.cluster().programs().join("pg_dump");
    let output = Command::new(program)
        .args(["--schema-only", "--dbname", &database.owner_url()])
        .output()
        .expect("pg_dump runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).expect("a text");
    // Newer versions fence the dump by a random word.
    text.lines()
        .filter(|line| !line.starts_with("\\restrict") && !line.starts_with("\\unrestrict"))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn each_migration_can_be_taken_back_and_applied_again() {
    let database = shared_cluster().new_database();
    let mut connection = open(&database.owner_url());
    let complete = dump(&database);
    assert!(complete.contains("CREATE TABLE public.applications"));
    connection
        .revert_all_migrations(MIGRATIONS)
        .expect("all the way down");
    let empty = dump(&database);
    let tables = empty.lines().filter(|line| line.starts_with("CREATE "));
    assert_eq!(
        tables.collect::<Vec<_>>(),
        ["CREATE TABLE public.__diesel_schema_migrations ("],
        "something is left over"
    );
    let mut states = vec![empty];
    while connection
        .has_pending_migration(MIGRATIONS)
        .expect("an answer")
    {
        connection
            .run_next_migration(MIGRATIONS)
            .expect("a step up");
        states.push(dump(&database));
    }
    assert_eq!(states.last(), Some(&complete));
    // Down again step by step: each one restores what its own migration found.
    while states.len() > 1 {
        states.pop();
        let undone = connection
            .revert_last_migration(MIGRATIONS)
            .expect("a step down");
        assert_eq!(
            Some(&dump(&database)),
            states.last(),
            "{undone} does not restore the schema before it"
        );
    }
    assert!(migrate::migrate(&mut connection).expect("up") > 0);
    assert_eq!(dump(&database), complete);
    assert_eq!(
        migrate::migrate(&mut connection).expect("up"),
        0,
        "a second time changes nothing"
    );
}

#[test]
fn replicas_that_start_together_migrate_one_after_the_other() {
    let database = shared_cluster().new_database();
    open(&database.owner_url())
        .revert_all_migrations(MIGRATIONS)
        .expect("down");
    let counts: Vec<usize> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| {
                scope
                    .spawn(|| migrate::migrate(&mut open(&database.owner_url())).expect("migrated"))
            })
            .collect();
        threads
            .into_iter()
            .map(|it| it.join().expect("a count"))
            .collect()
    });
    assert_eq!(
        counts.iter().filter(|count| **count > 0).count(),
        1,
        "{counts:?}"
    );
    migrate::verify(&mut open(&database.owner_url())).expect("complete");
}

#[test]
fn a_newer_schema_is_served_and_not_touched() {
    let database = shared_cluster().new_database();
    let mut connection = open(&database.owner_url());
    diesel::connection::SimpleConnection::batch_execute(
        &mut connection,
        "INSERT INTO __diesel_schema_migrations (version) VALUES ('99991231000000')",
    )
    .expect("a later version");
    let refusal = migrate::migrate(&mut connection)
        .expect_err("refused")
        .to_string();
    assert!(
        refusal.contains("newer schema") && refusal.contains("99991231000000"),
        "{refusal}"
    );
    // The old version goes on serving while it is being replaced.
    let app = crate::support::app::TestApp::on(database, &[]);
    app.get("/health/ready").expect(200);
}
