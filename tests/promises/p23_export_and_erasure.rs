//! Promise 23: the export is complete, and erasure is real.
//!
//! The columns are read from the catalogue, so that a new one is tried without a line here: each that can
//! hold words gets a canary, then the canaries are looked for in the export and, after the erasure, in
//! every table. What takes no canary is in [`super::p23_beyond_words`].

use std::collections::BTreeMap;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error};
use serde_json::{Value, json};

use super::stage::Stage;
use crate::openapi_driven::world;
use crate::schema_invariants::isolation::filled;
use crate::support::app::{TestApp, open};
use crate::support::builders::User;
use crate::support::coaching;
use crate::support::wire::{Call, Wire};

/// What to do about a failure.
pub const ADVICE: &str = "\nA table or column that holds something of a user belongs into the account document: give it a record in \
     src/portability/records (one struct, which is the document, the check and the row), its statements in src/portability/queries, \
     a line in SECTIONS of src/portability/sections.rs and a member in AccountDocument. Use `restored` when an import may write it, \
     `shown` when it opens a door or needs somebody else. Only what is no record of the user (a secret, a hash, work of the service) \
     gets a line with its reason in NOT_EXPORTED here. A table in which nothing made a row gets one in `filled` of \
     tests/api/schema_invariants/isolation.rs. What survives an erasure hangs on no user: its foreign key needs ON DELETE CASCADE, \
     or `erase` in src/account/mod.rs has to forget it.";

/// Columns of a user that are in no export, each with the reason. The list may only get shorter.
pub const NOT_EXPORTED: &[(&str, &str)] = &[
    ("users.password_hash", "opens the account"),
    ("sessions.last_used_hash", "is a hash of a token"),
    ("email_tokens.hash", "is a hash of a token"),
    ("personal_tokens.hash", "is a hash of a token"),
    ("calendar_feeds.token_hash", "is a hash of a token"),
    ("webhooks.secret", "signs what is sent; sealed"),
    ("webhooks.previous_secret", "signs what is sent; sealed"),
    ("idempotency_keys.key", "is kept for a day, for a retry"),
    ("idempotency_keys.fingerprint", "is a hash of a request"),
    (
        "idempotency_keys.location",
        "is kept for a day, for a retry",
    ),
    ("idempotency_keys.body", "is kept for a day, for a retry"),
    (
        "imports.source",
        "is a file of the user's own, kept until its rows are imported",
    ),
    ("jobs.payload", "is work of the service: ids and codes"),
    ("jobs.unique_key", "is work of the service"),
    ("jobs.last_error", "is work of the service"),
];

/// Columns that stay when one of the two parties is erased, each with the reason.
const NOT_ERASED: &[(&str, &str)] = &[(
    "coach_accesses.view as coach_id",
    "is the seeker's: what was read of their things",
)];

/// Columns that would stop the experiment, each with the reason.
const LEFT_ALONE: &[(&str, &str)] = &[
    ("users.password_hash", "is needed to erase the account"),
    (
        "jobs.kind",
        "is a name of the code; an unknown one is told to the log",
    ),
];

/// A canary that is also a code, a name of a key and long enough for a reason.
fn canary(number: usize) -> String {
    format!("canary{number:04}q")
}

/// Ways to write a canary into a column of a type; the first one that its CHECKs take counts.
fn values(kind: &str, canary: &str) -> Vec<String> {
    match kind {
        "text" => vec![format!("'{canary}'")],
        "_text" => vec![format!("ARRAY['{canary}']")],
        "jsonb" => vec![
            format!("'{{\"canary\": \"{canary}\"}}'"),
            format!("'[\"{canary}\"]'"),
        ],
        "bytea" => vec![
            format!("convert_to('{canary}', 'UTF8')"),
            format!("convert_to(rpad('{canary}', 32, 'q'), 'UTF8')"),
        ],
        other => panic!("how does a canary get into a column of the type {other}?{ADVICE}"),
    }
}

/// Whose rows of which table, and each column that may hold words.
fn columns(app: &TestApp) -> Vec<(String, String, String, String)> {
    let rows = app.sql(
        "SELECT p.table_name AS \"table\", p.column_name AS party, c.column_name AS \"column\", c.udt_name AS kind
         FROM information_schema.columns p
         JOIN information_schema.tables t USING (table_schema, table_name)
         JOIN information_schema.columns c ON c.table_schema = p.table_schema AND c.table_name = p.table_name
         WHERE p.table_schema = 'public' AND t.table_type = 'BASE TABLE'
           AND (p.column_name IN ('owner_id', 'user_id', 'seeker_id', 'coach_id') OR (p.table_name = 'users' AND p.column_name = 'id'))
           AND c.udt_name NOT IN ('uuid', 'int2', 'int4', 'int8', 'bool', 'date', 'timestamptz', 'xid8', 'numeric', 'float8')
           AND c.is_generated = 'NEVER'
         ORDER BY 1, 2, c.ordinal_position",
    );
    let text = |row: &Value, name: &str| row[name].as_str().expect("a text").to_owned();
    rows.iter()
        .map(|row| {
            (
                text(row, "table"),
                text(row, "party"),
                text(row, "column"),
                text(row, "kind"),
            )
        })
        .collect()
}

pub fn is_listed(list: &[(&str, &str)], name: &str) -> bool {
    list.iter().any(|(known, _)| *known == name)
}

/// Writes a canary into every column of a user: the canaries by `table.column as party`.
fn plant(app: &TestApp, user: &User<'_>) -> BTreeMap<String, String> {
    let mut owner = open(&app.database().owner_url());
    // Whom an invitation names never becomes another one, but for a canary.
    owner
        .batch_execute("ALTER TABLE coach_links DISABLE TRIGGER USER")
        .expect("the owner may");
    let mut planted = BTreeMap::new();
    for (number, (table, party, column, kind)) in columns(app).into_iter().enumerate() {
        if is_listed(LEFT_ALONE, &format!("{table}.{column}")) {
            continue;
        }
        let canary = canary(number);
        let mine = format!("{party} = '{}'", user.id);
        let each = app.sql(&format!(
            "SELECT ctid::text AS row FROM {table} WHERE {mine}"
        ));
        assert!(
            !each.is_empty(),
            "no row of a user in {table} as {party}.{ADVICE}"
        );
        // In all rows, so that it does not matter which ones are shown; in one where they have to differ.
        let each = each.iter().filter_map(|row| row["row"].as_str());
        let each = each.map(|row| format!("{mine} AND ctid = '{row}'"));
        let places: Vec<String> = std::iter::once(mine.clone()).chain(each).collect();
        let values = values(&kind, &canary);
        let mut attempts = places
            .iter()
            .flat_map(|rows| values.iter().map(move |value| (rows, value)));
        let took = attempts.any(|(rows, value)| {
            let statement = format!("UPDATE {table} SET {column} = {value} WHERE {rows}");
            match diesel::sql_query(&statement).execute(&mut owner) {
                Ok(count) => count > 0,
                Err(Error::DatabaseError(
                    DatabaseErrorKind::CheckViolation | DatabaseErrorKind::UniqueViolation,
                    _,
                )) => false,
                Err(error) => panic!("{statement}: {error}"),
            }
        });
        if took {
            planted.insert(format!("{table}.{column} as {party}"), canary);
        } else {
            // Where only certain words or a short form are taken, nobody's words can be.
            let limited = app.sql_value(&format!(
                "SELECT count(*) FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND c.conkey = ARRAY[a.attnum]
                 WHERE c.contype = 'c' AND c.conrelid = '{table}'::regclass AND a.attname = '{column}' AND c.conname ~ '_(value|form)$'"
            ));
            assert!(
                limited != 0,
                "{table}.{column} takes no canary: add a way to write one to `values`, or a row that can hold one to `somebody`.{ADVICE}"
            );
        }
    }
    owner
        .batch_execute("ALTER TABLE coach_links ENABLE TRIGGER USER")
        .expect("the owner may");
    planted
}

/// A user with a row in every table, as a seeker and as a coach.
pub fn somebody(app: &TestApp) -> User<'_> {
    app.set_clock("2026-03-10T12:00:00Z");
    let user = world::user(app);
    filled(app, [&user]);
    let other = app.user().noting_wellbeing();
    for (seeker, coach) in [(&user, &other), (&other, &user)] {
        let link = coaching::link(app, seeker, coach, "active", &coaching::SCOPES);
        coaching::note(coach, seeker, "shared");
        coaching::suggestion(coach, seeker);
        app.execute(&format!(
            "INSERT INTO coach_accesses (seeker_id, id, link_id, coach_id, view, occurred_at)
             VALUES ('{}', gen_random_uuid(), '{link}', '{}', 'goals', now())",
            seeker.id, coach.id
        ));
    }
    // A goal that grew from something.
    let reflection = json!({"resume_tailored": "partly", "skills_lacking": "no"});
    let reflection = user.post("/v1/reflections", reflection).expect(201).id();
    let suggested = user
        .get(&format!("/v1/reflections/{reflection}/suggested-goals"))
        .expect(200);
    user.post("/v1/goals", suggested.data()[0]["goal"].clone())
        .expect(201);
    let body = json!({"company": "A", "job_title": "B"});
    let retried = user.post("/v1/applications", body);
    retried.header("Idempotency-Key", "x").expect(201);
    app.settle();
    // What comes of a webhook in time: another secret, an attempt.
    app.execute(&format!(
        "UPDATE webhooks SET previous_secret = '\\x00', previous_secret_until = '2999-01-01Z' WHERE owner_id = '{0}';
         INSERT INTO webhook_attempts (owner_id, id, delivery_id, number, attempted_at, duration_ms, response_status, response_body)
         SELECT owner_id, gen_random_uuid(), id, 1000, now(), 1, 200, 'x' FROM webhook_deliveries WHERE owner_id = '{0}'",
        user.id
    ));
    app.execute(&format!(
        "INSERT INTO email_tokens (hash, user_id, purpose, expires_at) VALUES ('\\x00', '{0}', 'verify_email', '2999-01-01Z');
         INSERT INTO jobs (id, kind, user_id, payload, run_at, max_attempts, created_at)
         VALUES (gen_random_uuid(), 'imports.run', '{0}', '{{}}', '2999-01-01Z', 1, now())",
        user.id
    ));
    user
}

fn hex(canary: &str) -> String {
    canary.bytes().map(|byte| format!("{byte:02x}")).collect()
}

/// Every row of every table, as text.
pub fn dump(app: &TestApp) -> String {
    let tables = app.sql(
        "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'",
    );
    assert!(tables.len() > 25, "{tables:?}");
    let rows = tables.iter().map(|table| {
        let name = table["name"].as_str().expect("a name");
        let rows = app.sql(&format!(
            "SELECT '{name}' AS \"table\", t::text AS row FROM {name} t"
        ));
        Value::from(rows).to_string()
    });
    rows.collect()
}

#[test]
fn every_word_of_a_user_is_in_the_export_and_none_after_the_erasure() {
    let app = world::app();
    let user = somebody(&app);
    let planted = plant(&app, &user);
    assert!(planted.len() > 80, "only {} canaries", planted.len());

    let document = user.get("/v1/me/export").expect(200).text;
    let mut missing = Vec::new();
    for (place, canary) in &planted {
        let column = place.split(' ').next().unwrap_or_default();
        let shown = document.contains(canary.as_str()) || document.contains(&hex(canary));
        if is_listed(NOT_EXPORTED, column) {
            assert!(
                !shown,
                "{place} is exported: take its line out of NOT_EXPORTED, unless it is a secret."
            );
        } else if !shown {
            missing.push(place);
        }
    }
    assert!(
        missing.is_empty(),
        "not in the export: {missing:#?}{ADVICE}"
    );
    for (column, _) in NOT_EXPORTED {
        let exists = planted
            .keys()
            .any(|it| it.starts_with(&format!("{column} ")));
        assert!(
            exists || is_listed(LEFT_ALONE, column),
            "{column} is no column of a user any more: take its line out of NOT_EXPORTED."
        );
    }
    let hash = app.sql_value(&format!(
        "SELECT password_hash FROM users WHERE id = '{}'",
        user.id
    ));
    let hash = hash.as_str().expect("a hash");
    assert!(!document.contains(hash) && !document.contains("argon2"));

    user.request("DELETE", "/v1/me")
        .json(&json!({"password": world::PASSWORD}))
        .expect(204);
    let left = dump(&app);
    let mut survivors = Vec::new();
    for (place, canary) in &planted {
        let found = left.contains(canary.as_str()) || left.contains(&hex(canary));
        match is_listed(NOT_ERASED, place) {
            true => assert!(found, "{place} is erased: take its line out of NOT_ERASED."),
            false if found => survivors.push(place),
            false => {}
        }
    }
    assert!(
        survivors.is_empty(),
        "after the erasure there still is: {survivors:#?}{ADVICE}"
    );
    assert!(!left.contains(hash), "the hash of the password");
    assert!(
        !left.contains(&user.id.to_string()),
        "the id of the erased user"
    );
}

/// Words that the log must not hold.
const WORDS: [&str; 6] = [
    "canary-address-c3d1",
    "canary-password-c3d1",
    "canary-name-c3d1",
    "canary-company-c3d1",
    "canary-member-c3d1",
    "canary-zone-c3d1",
];

#[test]
fn neither_an_export_nor_an_import_nor_an_erasure_speaks_of_it_in_the_log() {
    let stage = Stage::shared();
    let service = stage.serve(&["--log", "debug"]);
    let register = |name: &str| {
        let account = json!({"email": format!("{name}@example.org"), "password": "canary-password-c3d1", "display_name": "canary-name-c3d1"});
        let signed_in = Wire::to(service.address).post("/v1/auth/register", &account);
        let signed_in = signed_in.expect("an answer");
        assert_eq!(signed_in.status, 201, "{}", signed_in.text());
        Wire::with_token(service.address, &signed_in.member("access_token"))
    };
    let (mut old, mut new) = (
        register("canary-address-c3d1"),
        register("new-canary-address-c3d1"),
    );
    let send = |wire: &mut Wire, call: Call, expected: u16| {
        let answer = wire.send(&call).expect("an answer");
        assert_eq!(answer.status, expected, "{}", answer.text());
        answer
    };
    let application = json!({"company": "canary-company-c3d1", "job_title": "x"});
    send(
        &mut old,
        Call::new("POST", "/v1/applications").json(&application),
        201,
    );
    let feed = send(
        &mut old,
        Call::new("POST", "/v1/calendar-feeds").json(&json!({})),
        201,
    );
    let url = feed.member("url");
    let path = &url[url.find("/calendar/").expect("a path")..];
    let token = path
        .trim_start_matches("/calendar/")
        .trim_end_matches(".ics")
        .to_owned();
    let mut program = Wire::to(service.address);
    send(&mut program, Call::new("GET", path), 200);
    send(&mut program, Call::new("POST", path).json(&json!({})), 405);
    send(
        &mut program,
        Call::new("GET", format!("{path}?{token}=1")),
        400,
    );
    let mut document = send(&mut old, Call::new("GET", "/v1/me/export"), 200).json();
    document["canary-member-c3d1"] = json!(1);
    document["account"]["time_zone"] = json!("canary-zone-c3d1");
    send(
        &mut new,
        Call::new("POST", "/v1/me/import").json(&document),
        422,
    );
    let members = document.as_object_mut().expect("an object");
    members.remove("canary-member-c3d1");
    document["account"]["time_zone"] = json!("UTC");
    let twice = document["applications"][0].clone();
    document["applications"] = json!([twice, twice]);
    send(
        &mut new,
        Call::new("POST", "/v1/me/import").json(&document),
        422,
    );
    document["applications"] = json!([twice]);
    send(
        &mut new,
        Call::new("POST", "/v1/me/import").json(&document),
        200,
    );
    let password = json!({"password": "canary-password-c3d1"});
    for wire in [&mut old, &mut new] {
        send(wire, Call::new("DELETE", "/v1/me").json(&password), 204);
    }
    send(&mut program, Call::new("GET", path), 404);
    let logs = service.logs();
    assert!(
        logs.contains("/v1/me/import") && logs.contains("/calendar/{file}"),
        "{logs}"
    );
    for word in WORDS.into_iter().chain([token.as_str()]) {
        let line = logs.lines().find(|line| line.contains(word));
        assert!(line.is_none(), "{word}: {line:?}");
    }
}
