//! Promise 21: old code runs on the new schema, because a migration only adds to what earlier code knows.
//!
//! There is no build of an older release here to be run. What stands for it is everything that its code can rely on: after
//! each migration the catalogue is held against the one before it. Whatever was there must be there unchanged, and whatever
//! is new must leave alone the rows that old code writes and reads. What no catalogue tells is whether old code can read the
//! values that new code writes: whoever widens a list of values needs an excuse here, and reads a new value one release
//! before writing it. What takes something away belongs into a later release, and is named here with the reason why nobody
//! needs it any more. That each `down.sql` restores the exact schema is tested by
//! `schema_invariants::migrations::each_migration_can_be_taken_back_and_applied_again`.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use diesel::PgConnection;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Text};
use diesel_migrations::MigrationHarness;
use rebound::db::migrate::MIGRATIONS;

use super::stage::Stage;
use crate::support::app::{open, shared_cluster};

/// Changes that old code does not feel although they are no mere additions, each with the reason. A star stands for anything;
/// with the migration before it, it excuses that one alone.
const EXCUSED: &[(&str, &str)] = &[
    (
        "constraint application_steps.application_steps_kind_value is another",
        "it takes one kind more",
    ),
    (
        "constraint application_steps.application_steps_note_or_move is another",
        "it also takes notes about messages, which old code does not write",
    ),
    (
        "constraint application_steps.application_steps_from_status_value is new",
        "it takes every status that there has ever been",
    ),
    (
        "constraint application_steps.application_steps_to_status_value is new",
        "it takes every status that there has ever been",
    ),
    (
        "column coach_links.coach_email is another",
        "it may be null once the coach is erased; coaching came with the same release",
    ),
    (
        "constraint coach_links.coach_links_open_has_coach_email is new",
        "it asks for no more than what was asked of every row before",
    ),
    (
        "trigger coach_links.coach_links_coach_email_stays is new",
        "it refuses what no code has ever done: to give a link another address",
    ),
    (
        "20261125000021: policy *_read is another",
        "it shows the same rows, found by a hash",
    ),
    (
        "constraint goals.goals_origin_type_value is another",
        "it takes one origin more",
    ),
];

/// Something of the schema that code can rely on.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
struct Part {
    /// `column`, `constraint`, `index`, `policy`, `table`, `function`, `trigger` or `grant`.
    #[diesel(sql_type = Text)]
    kind: String,
    /// For a function: its schema.
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    name: String,
    /// The columns it is about.
    #[diesel(sql_type = Array<Text>)]
    columns: Vec<String>,
    #[diesel(sql_type = Text)]
    definition: String,
    /// For a column: `optional` when old code may leave it out.
    #[diesel(sql_type = Text)]
    manner: String,
}

const PARTS: &str = "
    SELECT 'column' AS kind, c.relname::text AS table_name, a.attname::text AS name, ARRAY[a.attname::text] AS columns,
        format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
            || coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '') || a.attidentity::text || a.attgenerated::text AS definition,
        CASE WHEN a.attnotnull AND d.adbin IS NULL AND a.attidentity = '' THEN 'required' ELSE 'optional' END AS manner
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT 'constraint', c.relname, k.conname,
        ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = c.oid AND attnum = ANY (k.conkey)),
        pg_get_constraintdef(k.oid), ''
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
    WHERE c.relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'index', c.relname, i.relname,
        ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = c.oid AND attnum = ANY (x.indkey::int2[])),
        pg_get_indexdef(x.indexrelid), ''
    FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
    WHERE c.relnamespace = 'public'::regnamespace AND x.indisunique
        AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = x.indexrelid)
    UNION ALL
    SELECT 'policy', tablename, policyname, '{}'::text[], concat_ws(' ', permissive, roles, cmd, qual, with_check), ''
    FROM pg_policies WHERE schemaname = 'public'
    UNION ALL
    SELECT 'table', c.relname, 'row security', '{}',
        concat_ws(' ', 'enabled', c.relrowsecurity, 'forced', c.relforcerowsecurity), ''
    FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
    UNION ALL
    SELECT 'function', 'public', p.oid::regprocedure::text, '{}', pg_get_functiondef(p.oid), ''
    FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace AND p.prokind IN ('f', 'p')
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
    UNION ALL
    SELECT 'trigger', c.relname, t.tgname, '{}', pg_get_triggerdef(t.oid), ''
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE c.relnamespace = 'public'::regnamespace AND NOT t.tgisinternal
    UNION ALL
    SELECT 'grant', c.relname, x.privilege_type, '{}', 'to rebound_app', ''
    FROM pg_class c, aclexplode(c.relacl) x
    WHERE c.relnamespace = 'public'::regnamespace AND x.grantee = 'rebound_app'::regrole
    UNION ALL
    SELECT 'grant', c.relname, x.privilege_type || ' of ' || a.attname, ARRAY[a.attname::text], 'to rebound_app', ''
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid, aclexplode(a.attacl) x
    WHERE c.relnamespace = 'public'::regnamespace AND x.grantee = 'rebound_app'::regrole";

type Key = (String, String, String);

fn parts(conn: &mut PgConnection) -> BTreeMap<Key, Part> {
    let parts = diesel::sql_query(PARTS).load::<Part>(conn).expect("parts");
    let key = |part: &Part| {
        (
            part.kind.clone(),
            part.table_name.clone(),
            part.name.clone(),
        )
    };
    parts.into_iter().map(|part| (key(&part), part)).collect()
}

fn tables(parts: &BTreeMap<Key, Part>) -> BTreeSet<&str> {
    parts
        .values()
        .map(|part| part.table_name.as_str())
        .collect()
}

/// What code that knows the schema `before` would feel of the one `after` it.
fn felt(before: &BTreeMap<Key, Part>, after: &BTreeMap<Key, Part>) -> Vec<String> {
    let known = tables(before);
    let is_new = |table: &str, column: &String| {
        let key = ("column".to_owned(), table.to_owned(), column.clone());
        !before.contains_key(&key)
    };
    let mut felt = Vec::new();
    for (key, old) in before {
        let what = format!("{} {}.{}", old.kind, old.table_name, old.name);
        match after.get(key) {
            Some(new) if new == old => {}
            Some(_) => felt.push(format!("{what} is another")),
            // What refused something and is gone refuses nothing any more; what a unique index is for, others may need.
            None if old.kind == "constraint" && old.definition.starts_with("CHECK") => {}
            None => felt.push(format!("{what} is gone")),
        }
    }
    let added = after.iter().filter(|(key, _)| !before.contains_key(*key));
    for (_, new) in added.filter(|(_, new)| known.contains(new.table_name.as_str())) {
        let what = format!("{} {}.{}", new.kind, new.table_name, new.name);
        let only_new = !new.columns.is_empty()
            && new
                .columns
                .iter()
                .all(|column| is_new(&new.table_name, column));
        match new.kind.as_str() {
            "column" if new.manner == "required" => felt.push(format!("{what} is required")),
            "constraint" | "index" if !only_new => felt.push(format!("{what} is new")),
            "trigger" => felt.push(format!("{what} is new")),
            // A further permissive policy or right takes nothing away.
            "policy" if new.definition.starts_with("RESTRICTIVE") => {
                felt.push(format!("{what} is new"));
            }
            _ => {}
        }
    }
    felt
}

/// Does an excuse mean this change of this migration?
fn is_meant(excuse: &str, version: &str, change: &str) -> bool {
    let change = match excuse.contains(": ") {
        true => format!("{version}: {change}"),
        false => change.to_owned(),
    };
    match excuse.split_once('*') {
        Some((start, end)) => change.starts_with(start) && change.ends_with(end),
        None => change == excuse,
    }
}

#[test]
fn no_migration_takes_away_what_earlier_code_relies_on() {
    let database = shared_cluster().new_database();
    let mut conn = open(&database.owner_url());
    conn.revert_all_migrations(MIGRATIONS).expect("down");
    let mut before = parts(&mut conn);
    let excuses: BTreeSet<&str> = EXCUSED.iter().map(|(what, _)| *what).collect();
    let (mut steps, mut used, mut bad) = (0, BTreeSet::new(), Vec::new());
    while conn.has_pending_migration(MIGRATIONS).expect("an answer") {
        let version = conn.run_next_migration(MIGRATIONS).expect("up").to_string();
        let after = parts(&mut conn);
        for what in felt(&before, &after) {
            let excuse = excuses.iter().find(|it| is_meant(it, &version, &what));
            match excuse {
                Some(excuse) => _ = used.insert(*excuse),
                None => bad.push(format!("{version}: {what}")),
            }
        }
        (before, steps) = (after, steps + 1);
    }
    assert!(steps > 10, "{steps}");
    assert!(bad.is_empty(), "old code would feel this: {bad:#?}");
    let idle: Vec<_> = excuses.difference(&used).collect();
    assert!(idle.is_empty(), "this needs no excuse: {idle:?}");
}

#[test]
fn whatever_old_code_would_feel_is_found() {
    let database = shared_cluster().new_database();
    let mut conn = open(&database.owner_url());
    let whole = parts(&mut conn);
    for (statement, found) in [
        (
            "ALTER TABLE contacts DROP COLUMN notes",
            "column contacts.notes is gone",
        ),
        (
            "ALTER TABLE contacts RENAME COLUMN role TO position",
            "column contacts.role is gone",
        ),
        (
            "ALTER TABLE users ALTER version TYPE bigint",
            "column users.version is another",
        ),
        (
            "ALTER TABLE users ALTER display_name SET NOT NULL",
            "column users.display_name is another",
        ),
        (
            "ALTER TABLE users ALTER time_zone DROP NOT NULL",
            "column users.time_zone is another",
        ),
        (
            "ALTER TABLE users ALTER version DROP DEFAULT",
            "column users.version is another",
        ),
        (
            "ALTER TABLE goals ADD COLUMN weight integer NOT NULL",
            "column goals.weight is required",
        ),
        (
            "ALTER TABLE goals ADD CONSTRAINT goals_title_short CHECK (char_length(title) < 9)",
            "constraint goals.goals_title_short is new",
        ),
        (
            "CREATE UNIQUE INDEX goals_title_key ON goals (owner_id, title)",
            "index goals.goals_title_key is new",
        ),
        (
            "DROP INDEX users_email_key",
            "index users.users_email_key is gone",
        ),
        (
            "REVOKE DELETE ON goals FROM rebound_app",
            "grant goals.DELETE is gone",
        ),
        (
            "CREATE POLICY none ON goals AS RESTRICTIVE USING (false)",
            "policy goals.none is new",
        ),
        (
            "ALTER TABLE interviews RENAME TO talks",
            "column interviews.id is gone",
        ),
        ("DROP TABLE interviews", "column interviews.id is gone"),
        (
            "ALTER TABLE goals DISABLE ROW LEVEL SECURITY",
            "table goals.row security is another",
        ),
        (
            "ALTER TABLE users ENABLE ROW LEVEL SECURITY",
            "table users.row security is another",
        ),
        (
            "ALTER TABLE goals FORCE ROW LEVEL SECURITY",
            "table goals.row security is another",
        ),
        (
            "CREATE OR REPLACE FUNCTION coach_address_stays() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN RETURN NULL; END $$",
            "function public.coach_address_stays() is another",
        ),
        (
            "ALTER FUNCTION coach_address_stays() SECURITY DEFINER",
            "function public.coach_address_stays() is another",
        ),
        (
            "DROP FUNCTION coach_address_stays() CASCADE",
            "function public.coach_address_stays() is gone",
        ),
    ] {
        conn.begin_test_transaction().expect("a transaction");
        conn.batch_execute(statement)
            .unwrap_or_else(|error| panic!("{statement}: {error}"));
        let felt = felt(&whole, &parts(&mut conn));
        assert!(felt.iter().any(|it| it == found), "{statement}: {felt:?}");
        conn = open(&database.owner_url());
    }
    for harmless in [
        "ALTER TABLE goals ADD COLUMN weight integer NOT NULL DEFAULT 1 CONSTRAINT goals_weight_range CHECK (weight > 0)",
        "CREATE TABLE fresh (id uuid NOT NULL)",
        "CREATE INDEX goals_title_idx ON goals (owner_id, title)",
        "CREATE FUNCTION fresh() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    ] {
        conn.begin_test_transaction().expect("a transaction");
        conn.batch_execute(harmless).expect("harmless");
        assert_eq!(felt(&whole, &parts(&mut conn)), [""; 0], "{harmless}");
        conn = open(&database.owner_url());
    }
}

#[test]
fn a_service_that_ends_in_the_midst_of_an_upgrade_comes_back() {
    let stage = Stage::shared();
    let mut service = stage.serve(&[]);
    assert!(!service.logs().contains("newer schema"));
    // Another replica is of the next release, which adds something.
    stage.execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('99991231000000')");
    for flags in [&[][..], &["--no-migrate"]] {
        service.kill();
        service = stage.serve(flags);
        let logs = service.logs();
        assert!(logs.contains("newer schema"), "{flags:?}: {logs}");
    }

    // One that lacks something of its own as well is another matter: neither can this code add it.
    stage.execute(
        "DELETE FROM __diesel_schema_migrations
         WHERE version = (SELECT min(version) FROM __diesel_schema_migrations)",
    );
    for flags in [&[][..], &["--no-migrate"]] {
        let output = Command::new(env!("CARGO_BIN_EXE_rebound"))
            .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(stage.folder())
            .args(flags)
            .env_clear()
            .env("DATABASE_URL", stage.app_url())
            .env("REBOUND_MIGRATE_DATABASE_URL", stage.owner_url())
            .output()
            .expect("the program runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success(), "{flags:?}: {said}");
        assert!(said.contains("99991231000000"), "{flags:?}: {said}");
    }
}
