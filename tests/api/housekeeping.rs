//! What the service tidies up by itself: what is old goes, however much of it there is.

use diesel::connection::SimpleConnection;
use serde_json::{Value, json};

use crate::support::app::{TestApp, open, shared_cluster};
use crate::support::victim::eventually;

/// More than twice what is removed at once.
const MANY: usize = 11_000;

/// Writes down how many rows each statement removes.
const COUNTED: &str = "
    CREATE TABLE removed (name text, rows bigint);
    GRANT INSERT ON removed TO rebound_app;
    CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN INSERT INTO removed SELECT TG_TABLE_NAME, count(*) FROM gone; RETURN NULL; END $$;";

/// A table with its column of time, and the rest of a row, of which `n` is the number.
const TABLES: [(&str, &str, &str, &str); 5] = [
    (
        "idempotency_keys",
        "created_at",
        "user_id, key, fingerprint, status, body",
        "u.id, n, '', 204, ''",
    ),
    (
        "throttles",
        "at",
        "kind, subject",
        "'login_network', convert_to(n::text, 'UTF8')",
    ),
    (
        "email_tokens",
        "expires_at",
        "hash, user_id, purpose",
        "convert_to(n::text, 'UTF8'), u.id, 'verify_email'",
    ),
    (
        "sessions",
        "expires_at",
        "id, user_id, created_at, last_used_at",
        "gen_random_uuid(), u.id, now(), now()",
    ),
    (
        "personal_tokens",
        "expires_at",
        "id, user_id, hash, name, scopes, version, created_at, updated_at",
        "gen_random_uuid(), u.id, sha256(convert_to(n::text, 'UTF8')), 'x', '{}', 1, now(), now()",
    ),
];

/// So many rows of each table, of the age that each number gives.
fn rows(numbers: &str, instant: &str) -> String {
    TABLES
        .iter()
        .map(|(table, column, names, values)| {
            format!(
                "INSERT INTO {table} ({column}, {names})
                 SELECT {instant}, {values} FROM users u, generate_series({numbers}) n;"
            )
        })
        .collect()
}

#[test]
fn however_much_is_too_old_goes_in_parts_and_nothing_else_does() {
    let database = shared_cluster().new_database();
    let mut owner = open(&database.owner_url());
    let mut run = |statements: &str| {
        let done = owner.batch_execute(statements);
        done.unwrap_or_else(|error| panic!("{statements}: {error}"));
    };
    run(
        "INSERT INTO users (id, email, password_hash, time_zone, created_at, updated_at)
         VALUES (gen_random_uuid(), 'ada@example.org', '', 'UTC', now(), now())",
    );
    run(&rows(&format!("1, {MANY}"), "now() - interval '25 hours'"));
    run(&rows("100001, 100003", "now() + interval '1 day'"));
    run(COUNTED);
    for (table, ..) in TABLES {
        run(&format!(
            "CREATE TRIGGER note AFTER DELETE ON {table} REFERENCING OLD TABLE AS gone
             FOR EACH STATEMENT EXECUTE FUNCTION note();"
        ));
    }
    drop(owner);

    let app = TestApp::on(database, &[]);
    let left = |table: &str| app.sql_value(&format!("SELECT count(*) FROM {table}"));
    let removed = |table: &str, figure: &str| {
        app.sql_value(&format!(
            "SELECT coalesce({figure}, 0)::bigint FROM removed WHERE name = '{table}'"
        ))
    };
    for (table, ..) in TABLES {
        eventually(table, || left(table) == json!(3));
        assert_eq!(removed(table, "sum(rows)"), json!(MANY), "{table}");
        let most = removed(table, "max(rows)").as_u64().expect("a number");
        assert!(most <= 5_000, "{most} rows of {table} at once");
    }
    assert!(removed("sessions", "max(rows)").as_u64() <= Value::from(100).as_u64());
}
