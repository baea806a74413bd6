//! Keys, references, names and rights of every table.

use serde_json::{Value, json};

use crate::support::app::TestApp;

/// Tables without an owner, each with the reason. They are reached only from `auth`, `jobs` and `http`.
const GLOBAL: &[(&str, &str)] = &[
    ("__diesel_schema_migrations", "belongs to the schema"),
    ("users", "is the owner itself"),
    ("sessions", "is looked up before anybody is signed in"),
    ("refresh_tokens", "is looked up before anybody is signed in"),
    ("email_tokens", "is looked up before anybody is signed in"),
    (
        "personal_tokens",
        "is looked up before anybody is signed in",
    ),
    (
        "throttles",
        "counts addresses and networks that may have no account",
    ),
    (
        "idempotency_keys",
        "is looked up by http, which knows no feature",
    ),
    ("jobs", "is claimed by workers for whoever it is"),
    ("webhook_queue", "is claimed by workers for whoever it is"),
    (
        "event_epochs",
        "tells in which lives of the database events were written",
    ),
];

/// Tables that belong to two users, the seeker and the coach, each with the reason.
const TWO_PARTY: &[(&str, &str)] = &[
    (
        "coach_accesses",
        "is written by the coach and read by the seeker",
    ),
    ("coach_links", "is offered by one and answered by the other"),
    ("coach_notes", "is written by the coach and may be shared"),
    (
        "goal_suggestions",
        "is made by the coach and answered by the seeker",
    ),
];

/// The same as a table of the catalogue.
const PARTIES: &str = "(SELECT c.oid, c.relname, c.relrowsecurity FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
      AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'seeker_id')
      AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'coach_id'))";

/// The rows of a query about tables of ours, which must be none.
#[track_caller]
fn none(found: &[Value], what: &str) {
    assert_eq!(json!(found), json!([]), "{what}");
}

/// Tables with an owner.
const OWNED: &str = "(SELECT c.oid, c.relname, c.relrowsecurity FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attname = 'owner_id')";

#[test]
fn a_table_has_an_owner_or_a_reason_for_having_none() {
    let app = TestApp::start();
    let tables = app.sql(&format!(
        "SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
         AND oid NOT IN (SELECT oid FROM {OWNED} o) ORDER BY 1"
    ));
    let mut found: Vec<&str> = tables
        .iter()
        .filter_map(|row| row["name"].as_str())
        .collect();
    let mut known: Vec<&str> = GLOBAL
        .iter()
        .chain(TWO_PARTY)
        .map(|(name, _)| *name)
        .collect();
    found.sort_unstable();
    known.sort_unstable();
    assert_eq!(
        found, known,
        "a table without owner_id needs a line with its reason in GLOBAL or TWO_PARTY"
    );
}

#[test]
fn a_table_of_two_parties_is_keyed_and_found_by_either() {
    let app = TestApp::start();
    let found = app.sql(&format!(
        "SELECT relname AS name FROM {PARTIES} p ORDER BY 1"
    ));
    let found: Vec<&str> = found
        .iter()
        .filter_map(|row| row["name"].as_str())
        .collect();
    let known: Vec<&str> = TWO_PARTY.iter().map(|(name, _)| *name).collect();
    assert_eq!(found, known);
    let wrong = app.sql(&format!(
        "SELECT p.relname AS \"table\" FROM {PARTIES} p WHERE NOT EXISTS (
            SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
            WHERE i.indrelid = p.oid AND i.indisprimary AND a.attname = 'seeker_id')"
    ));
    none(&wrong, "the primary key begins with seeker_id");
    // An invitation is looked for by the address, before anybody is the coach.
    let wrong = app.sql(&format!(
        "SELECT i.indexrelid::regclass::text AS \"index\" FROM {PARTIES} p JOIN pg_index i ON i.indrelid = p.oid
         JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
         WHERE a.attname NOT IN ('seeker_id', 'coach_id') AND i.indexrelid <> 'coach_links_invited_idx'::regclass"
    ));
    none(&wrong, "every index begins with a party");
    let wrong = app.sql(&format!(
        "SELECT conname FROM pg_constraint WHERE contype = 'f' AND conrelid IN (SELECT oid FROM {PARTIES} p)
         AND confrelid <> 'users'::regclass AND NOT EXISTS (
            SELECT FROM unnest(conkey, confkey) AS k(own, other)
            JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = own AND a.attname = 'seeker_id'
            JOIN pg_attribute b ON b.attrelid = confrelid AND b.attnum = other AND b.attname = 'seeker_id')"
    ));
    none(&wrong, "a reference between them includes the seeker");
}

#[test]
fn row_level_security_shows_a_row_to_its_two_parties() {
    let app = TestApp::start();
    let wrong = app.sql(&format!(
        "SELECT relname FROM {PARTIES} p WHERE NOT relrowsecurity"
    ));
    none(&wrong, "row level security is off");
    let wrong = app.sql(&format!(
        "SELECT t.relname AS \"table\", cmd FROM {PARTIES} t, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) cmd
         WHERE (SELECT count(*) FROM pg_policies p WHERE p.tablename = t.relname AND p.cmd = cmd.cmd
                AND p.roles = '{{rebound_app}}' AND p.permissive = 'PERMISSIVE'
                AND CASE cmd.cmd
                    WHEN 'SELECT' THEN (p.qual LIKE '%seeker_id = %' OR p.qual LIKE '%seeker_id IN (%') AND p.qual LIKE '%coach_id = (%app.user_id%'
                    WHEN 'INSERT' THEN p.with_check LIKE '%_id = (%app.user_id%'
                    ELSE p.qual LIKE '%_id = (%app.user_id%' AND coalesce(p.with_check LIKE '%_id = (%app.user_id%', true)
                END) <> 1"
    ));
    none(
        &wrong,
        "SELECT by either party, writes by a party that is app.user_id",
    );
}

#[test]
fn the_owner_is_the_first_column_of_every_key() {
    let app = TestApp::start();
    let wrong = app.sql(&format!(
        "SELECT o.relname AS \"table\" FROM {OWNED} o WHERE NOT EXISTS (
            SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
            WHERE i.indrelid = o.oid AND i.indisprimary AND a.attname = 'owner_id')"
    ));
    none(&wrong, "the primary key begins with owner_id");
    // Any other index without it would be read across owners.
    let wrong = app.sql(&format!(
        "SELECT i.indexrelid::regclass::text AS \"index\" FROM {OWNED} o JOIN pg_index i ON i.indrelid = o.oid
         JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] WHERE a.attname <> 'owner_id'"
    ));
    none(&wrong, "every index of an owned table begins with owner_id");
}

#[test]
fn row_level_security_is_on_with_a_policy_for_each_command() {
    let app = TestApp::start();
    let wrong = app.sql(&format!(
        "SELECT relname FROM {OWNED} o WHERE NOT relrowsecurity"
    ));
    none(&wrong, "row level security is off");
    let wrong = app.sql(&format!(
        "SELECT o.relname AS \"table\", cmd FROM {OWNED} o, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) cmd
         WHERE (SELECT count(*) FROM pg_policies p WHERE p.tablename = o.relname AND p.cmd = cmd.cmd
                AND p.roles = '{{rebound_app}}' AND p.permissive = 'PERMISSIVE'
                AND CASE cmd.cmd
                    WHEN 'SELECT' THEN p.qual LIKE '(owner_id IN ( SELECT unnest(%app.owner_ids%'
                    WHEN 'INSERT' THEN p.with_check LIKE '(owner_id = (%app.user_id%'
                    ELSE p.qual LIKE '(owner_id = (%app.user_id%' AND coalesce(p.with_check LIKE '(owner_id = (%app.user_id%', true)
                END) <> 1"
    ));
    none(&wrong, "SELECT by app.owner_ids, writes by app.user_id");
    let wrong = app.sql(&format!(
        "SELECT p.tablename, p.policyname FROM pg_policies p WHERE cmd = 'ALL' OR tablename IN (
            SELECT tablename FROM pg_policies GROUP BY tablename HAVING count(*) > 4) OR tablename NOT IN (
            SELECT relname FROM {OWNED} o UNION SELECT relname FROM {PARTIES} p)"
    ));
    none(&wrong, "a policy more is a hole more");
}

#[test]
fn no_reference_can_point_at_anothers_row() {
    let app = TestApp::start();
    let wrong = app.sql(&format!(
        "SELECT conname FROM pg_constraint c WHERE contype = 'f'
         AND conrelid IN (SELECT oid FROM {OWNED} o) AND confrelid IN (SELECT oid FROM {OWNED} o)
         AND NOT EXISTS (
            SELECT FROM unnest(conkey, confkey) AS k(own, other)
            JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = own AND a.attname = 'owner_id'
            JOIN pg_attribute b ON b.attrelid = confrelid AND b.attnum = other AND b.attname = 'owner_id')"
    ));
    none(
        &wrong,
        "a reference between owned tables includes the owner",
    );
}

#[test]
fn every_reference_says_what_a_deletion_does_and_is_indexed() {
    let app = TestApp::start();
    let wrong =
        app.sql("SELECT conname FROM pg_constraint WHERE contype = 'f' AND confdeltype = 'a'");
    none(&wrong, "ON DELETE is left to the default");
    // Without an index each deletion would read the whole table.
    let wrong = app.sql(
        "SELECT conname FROM pg_constraint c WHERE contype = 'f' AND NOT EXISTS (
            SELECT FROM pg_index i WHERE i.indrelid = c.conrelid AND i.indpred IS NULL
            AND (SELECT array_agg(key ORDER BY key) FROM unnest((i.indkey::int2[])[0:cardinality(c.conkey) - 1]) key)
              = (SELECT array_agg(key ORDER BY key) FROM unnest(c.conkey) key))",
    );
    none(&wrong, "no index begins with the columns of the reference");
    let wrong = app.sql("SELECT conname FROM pg_constraint WHERE NOT convalidated");
    none(&wrong, "a constraint that does not hold for all rows");
}

#[test]
fn every_constraint_and_index_has_a_name_of_ours() {
    let app = TestApp::start();
    let wrong = app.sql(
        "SELECT c.conname, c.conrelid::regclass::text AS \"table\" FROM pg_constraint c
         WHERE c.connamespace = 'public'::regnamespace AND c.conrelid <> 0
           AND c.conrelid::regclass::text <> '__diesel_schema_migrations' AND (
            c.conname !~ ('^' || c.conrelid::regclass::text || '_')
            OR (c.contype = 'c' AND c.conname ~ '_check[0-9]*$')
            OR (c.contype = 'f' AND (c.conname !~ '_fkey$' OR c.conname = c.conrelid::regclass::text || '_' || (
                SELECT string_agg(a.attname, '_' ORDER BY k.place) FROM unnest(c.conkey) WITH ORDINALITY k(num, place)
                JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.num) || '_fkey'))
            OR (c.contype = 'p' AND c.conname !~ '_pkey$')
            OR (c.contype = 'u' AND c.conname !~ '_key$'))",
    );
    none(
        &wrong,
        "errors are mapped by the constraint's name, so it is chosen and not given",
    );
    let wrong = app.sql(
        "SELECT i.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
         WHERE t.relnamespace = 'public'::regnamespace AND t.relname <> '__diesel_schema_migrations' AND (
            i.relname !~ ('^' || t.relname || '_') OR i.relname ~ '_idx[0-9]+$'
            OR (x.indisprimary AND i.relname !~ '_pkey$')
            OR (x.indisunique AND NOT x.indisprimary AND i.relname !~ '_key$')
            OR (NOT x.indisunique AND i.relname !~ '_idx$'))",
    );
    none(
        &wrong,
        "an index ends in _pkey, _key or _idx and begins with its table",
    );
}

#[test]
fn every_text_of_a_user_is_bounded_in_the_database_too() {
    let app = TestApp::start();
    let found = app.sql(&format!(
        "SELECT o.relname || '.' || a.attname AS name FROM (SELECT oid, relname FROM {OWNED} o UNION SELECT oid, relname FROM {PARTIES} p) o JOIN pg_attribute a ON a.attrelid = o.oid
         WHERE a.attnum > 0 AND NOT a.attisdropped AND a.atttypid IN ('text'::regtype, 'text[]'::regtype)
           AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conrelid = o.oid AND c.contype = 'c'
               AND c.conkey = ARRAY[a.attnum]) ORDER BY 1"
    ));
    none(&found, "a CHECK for the length, the count or the values");
}

#[test]
fn every_instant_knows_its_zone() {
    let app = TestApp::start();
    let wrong = app.sql(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'
         AND table_name <> '__diesel_schema_migrations'
         AND (data_type IN ('timestamp without time zone', 'time with time zone', 'character varying', 'character', 'money')
              OR (column_name LIKE '%\\_at' AND data_type <> 'timestamp with time zone')
              OR (column_name LIKE '%\\_on' AND data_type <> 'date' AND column_name <> 'week_starts_on'))",
    );
    none(
        &wrong,
        "instants are timestamptz, days are dates, texts are text",
    );
}

#[test]
fn the_role_of_the_service_can_do_what_it_must_and_no_more() {
    let app = TestApp::start();
    let role = app.sql(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication FROM pg_roles WHERE rolname = 'rebound_app'",
    );
    let no = json!({"rolsuper": false, "rolbypassrls": false, "rolcreaterole": false, "rolcreatedb": false, "rolreplication": false});
    assert_eq!(json!(role), json!([no]));
    let wrong = app.sql(
        "SELECT r.rolname FROM pg_roles r WHERE r.rolname <> 'rebound_app' AND pg_has_role('rebound_app', r.oid, 'MEMBER')",
    );
    none(&wrong, "it is a member of nothing");
    let wrong = app.sql(
        "SELECT relname FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'S', 'v', 'm')
         AND (pg_get_userbyid(relowner) = 'rebound_app' OR (relkind IN ('r', 'p') AND (
            has_table_privilege('rebound_app', c.oid, 'TRUNCATE') OR has_table_privilege('rebound_app', c.oid, 'REFERENCES')
            OR has_table_privilege('rebound_app', c.oid, 'TRIGGER'))))",
    );
    none(&wrong, "it owns nothing and cannot go round the rows");
    let may_create = "SELECT has_schema_privilege('rebound_app', 'public', 'CREATE') AS may";
    assert_eq!(app.sql_value(may_create), false);
    let wrong = app.sql(
        "SELECT table_name, privilege_type FROM information_schema.role_table_grants
         WHERE table_schema = 'public' AND grantee IN ('PUBLIC')",
    );
    none(&wrong, "nothing is everybody's");
}

#[test]
fn no_function_runs_with_the_rights_of_its_owner() {
    let app = TestApp::start();
    let wrong = app.sql(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef",
    );
    none(&wrong, "SECURITY DEFINER goes round row level security");
    let wrong = app.sql(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'v'
         AND NOT coalesce(reloptions::text LIKE '%security_invoker=%', false)",
    );
    none(
        &wrong,
        "a view reads with the rights of its owner unless told otherwise",
    );
}
