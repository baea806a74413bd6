//! Row level security, tried: the second wall holds by itself.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use rebound::db::{Access, Owner, in_transaction};
use rebound::http::error::Error;
use serde_json::Value;

use crate::openapi_driven::world;
use crate::support::app::{TestApp, open};
use crate::support::builders::User;
use crate::support::coaching;
use crate::support::document::operations;

/// Every owned table, with rows of both users in it.
pub fn filled<const N: usize>(app: &TestApp, users: [&User<'_>; N]) -> Vec<String> {
    for user in users {
        for operation in operations() {
            world::own_path(user, &operation);
        }
        app.execute(&format!(
            "INSERT INTO imports (owner_id, id, status, done, total, options, report, version, created_at, updated_at)
             VALUES ('{0}', gen_random_uuid(), 'queued', 0, 0, '{{}}', '{{}}', 1, now(), now());
             INSERT INTO goal_pauses (owner_id, id, goal_id, started_on)
             SELECT owner_id, gen_random_uuid(), id, started_on FROM goals WHERE owner_id = '{0}' AND status <> 'paused' LIMIT 1;
             INSERT INTO event_horizons (owner_id, epoch, xid, id) VALUES ('{0}', 1, '1', 1)",
            user.id
        ));
        app.execute(&format!(
            "INSERT INTO feedback_items (owner_id, id, feedback_request_id, position, area, polarity, quote)
             SELECT owner_id, gen_random_uuid(), id, 1, 'other', 'strength', 'x' FROM feedback_requests
             WHERE owner_id = '{}' LIMIT 1",
            user.id
        ));
    }
    // Attempts are written by the service itself.
    app.settle();
    let tables = app.sql(
        "SELECT table_name AS name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'owner_id' ORDER BY 1",
    );
    let tables: Vec<String> = tables
        .iter()
        .filter_map(|row| row["name"].as_str().map(str::to_owned))
        .collect();
    for table in &tables {
        for user in users {
            let rows = app.sql_value(&format!(
                "SELECT count(*) FROM {table} WHERE owner_id = '{}'",
                user.id
            ));
            assert_ne!(
                rows, 0,
                "nothing makes a row in {table}: insert one in `filled` of tests/api/schema_invariants/isolation.rs"
            );
        }
    }
    tables
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// A connection as the service's role.
struct Service(PgConnection);

impl Service {
    /// Opens a transaction with settings such as `app.user_id`.
    fn within(&mut self, settings: &[(&str, String)], work: impl FnOnce(&mut PgConnection)) {
        let set: String = settings
            .iter()
            .map(|(name, value)| format!("SET LOCAL {name} = '{value}';"))
            .collect();
        self.0
            .batch_execute(&format!("BEGIN; {set}"))
            .expect("a transaction");
        work(&mut self.0);
        self.0.batch_execute("ROLLBACK").expect("the end");
    }
}

fn count(connection: &mut PgConnection, table: &str) -> i64 {
    let query = format!("SELECT count(*) AS count FROM {table}");
    diesel::sql_query(query)
        .get_result::<Count>(connection)
        .expect("a count")
        .count
}

/// Tries a statement in the running transaction: how many rows it touched, or why it was refused.
fn attempt(connection: &mut PgConnection, statement: &str) -> Result<usize, String> {
    connection
        .batch_execute("SAVEPOINT attempt")
        .expect("a savepoint");
    let outcome = diesel::sql_query(statement)
        .execute(connection)
        .map_err(|error| error.to_string());
    connection
        .batch_execute("ROLLBACK TO attempt")
        .expect("back");
    outcome
}

/// Refused by row level security, or because the role has no such right at all.
fn is_refused(outcome: &Result<usize, String>) -> bool {
    outcome
        .as_ref()
        .is_err_and(|why| why.contains("row-level security") || why.contains("permission denied"))
}

#[test]
fn a_user_sees_and_touches_only_rows_of_their_own() {
    let app = world::app();
    let (a, b) = (world::user(&app), world::user(&app));
    let tables = filled(&app, [&a, &b]);
    let mut service = Service(open(&app.database().app_url()));
    for table in &tables {
        let of = |user: &User<'_>| {
            let rows: Value = app.sql_value(&format!(
                "SELECT count(*) FROM {table} WHERE owner_id = '{}'",
                user.id
            ));
            rows.as_i64().expect("a number")
        };
        let usual = [
            ("app.user_id", a.id.to_string()),
            ("app.owner_ids", format!("{{{}}}", a.id)),
        ];
        service.within(&usual, |it| {
            assert_eq!(count(it, table), of(&a), "{table}");
            assert_eq!(
                count(it, &format!("{table} WHERE owner_id = '{}'", b.id)),
                0,
                "{table}"
            );
            let give_away = attempt(it, &format!("UPDATE {table} SET owner_id = '{}'", b.id));
            assert!(is_refused(&give_away), "{table}: {give_away:?}");
            for statement in [
                format!(
                    "UPDATE {table} SET owner_id = owner_id WHERE owner_id = '{}'",
                    b.id
                ),
                format!("DELETE FROM {table} WHERE owner_id = '{}'", b.id),
            ] {
                let outcome = attempt(it, &statement);
                assert!(
                    outcome == Ok(0) || is_refused(&outcome),
                    "{statement}: {outcome:?}"
                );
            }
        });
        // What the database computes by itself is not written.
        let columns = app.sql_value(&format!(
            "SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns
             WHERE table_schema = 'public' AND table_name = '{table}' AND is_generated = 'NEVER'"
        ));
        let columns = columns.as_str().expect("columns");
        // What a coach may read is not what a coach may write.
        let reading = [
            ("app.user_id", a.id.to_string()),
            ("app.owner_ids", format!("{{{}}}", b.id)),
        ];
        service.within(&reading, |it| {
            assert_eq!(count(it, table), of(&b), "{table}");
            let forge = attempt(
                it,
                &format!(
                    "INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM {table} LIMIT 1"
                ),
            );
            assert!(is_refused(&forge), "{table}: {forge:?}");
            let change = attempt(
                it,
                &format!(
                    "UPDATE {table} SET owner_id = owner_id WHERE owner_id = '{}'",
                    b.id
                ),
            );
            assert!(
                change == Ok(0) || is_refused(&change),
                "{table}: {change:?}"
            );
            let erase = attempt(
                it,
                &format!("DELETE FROM {table} WHERE owner_id = '{}'", b.id),
            );
            assert!(erase == Ok(0) || is_refused(&erase), "{table}: {erase:?}");
        });
    }
}

#[test]
fn without_a_user_nothing_is_there() {
    let app = world::app();
    let (a, b) = (world::user(&app), world::user(&app));
    let tables = filled(&app, [&a, &b]);
    let mut service = Service(open(&app.database().app_url()));
    let empty = [
        ("app.user_id", String::new()),
        ("app.owner_ids", String::new()),
    ];
    for table in &tables {
        for settings in [[].as_slice(), &empty] {
            service.within(settings, |it| {
                assert_eq!(count(it, table), 0, "{table}");
                let erase = attempt(it, &format!("DELETE FROM {table}"));
                assert!(erase == Ok(0) || is_refused(&erase), "{table}: {erase:?}");
            });
        }
    }
}

#[test]
fn a_setting_ends_with_its_transaction() {
    let app = world::app();
    let user = world::user(&app);
    user.application(serde_json::json!({}));
    let mut service = Service(open(&app.database().app_url()));
    let own = [
        ("app.user_id", user.id.to_string()),
        ("app.owner_ids", format!("{{{}}}", user.id)),
    ];
    service.within(&own, |it| assert_eq!(count(it, "applications"), 1));
    assert_eq!(count(&mut service.0, "applications"), 0);
}

#[test]
fn what_was_shown_of_others_is_hidden_again_whether_reading_it_failed_or_not() {
    let app = world::app();
    let (user, other) = (world::user(&app), world::user(&app));
    other.application(serde_json::json!({}));
    let mut connection = open(&app.database().app_url());
    let (owner, now) = (Owner::User(user.id), app.now());
    in_transaction(&mut connection, owner, Access::Write, now, |tx| {
        assert_eq!(count(tx.conn, "applications"), 0);
        let seen = tx.reading(&[other.id], |conn| Ok(count(conn, "applications")))?;
        assert_eq!((seen, count(tx.conn, "applications")), (1, 0));
        let failed = tx.reading_as(other.id, |tx| {
            assert_eq!(count(tx.conn, "applications"), 1);
            Err::<(), _>(Error::not_found())
        });
        assert!(failed.is_err());
        assert_eq!(count(tx.conn, "applications"), 0);
        Ok(())
    })
    .unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn the_service_itself_works_as_a_role_that_row_level_security_binds() {
    // Connected as the owner of the tables, it steps down for each transaction.
    let app = TestApp::start();
    let user = app.user();
    let other = app.user();
    other.application(serde_json::json!({}));
    // With the policies of reading gone, nothing is left to see: proof that they were what showed it.
    user.application(serde_json::json!({}));
    assert_eq!(user.get("/v1/applications").expect(200).data().len(), 1);
    app.execute("DROP POLICY applications_read ON applications");
    assert_eq!(user.get("/v1/applications").expect(200).data().len(), 0);
}

#[test]
fn a_row_of_two_parties_is_seen_by_them_and_written_by_its_writer_alone() {
    let app = world::app();
    let [seeker, coach, other] = [(); 3].map(|()| world::user(&app));
    let link = coaching::link(&app, &seeker, &coach, "active", &coaching::SCOPES);
    let invitation = coaching::link(&app, &seeker, &other, "invited", &coaching::SCOPES);
    let stranger = app.user();
    coaching::note(&coach, &seeker, "private");
    coaching::suggestion(&coach, &seeker);
    app.execute(&format!(
        "INSERT INTO coach_accesses (seeker_id, id, link_id, coach_id, view, occurred_at)
         VALUES ('{}', gen_random_uuid(), '{link}', '{}', 'goals', now())",
        seeker.id, coach.id
    ));
    let mut service = Service(open(&app.database().app_url()));
    let as_user = |user: &User<'_>| {
        [
            ("app.user_id", user.id.to_string()),
            ("app.owner_ids", format!("{{{}}}", user.id)),
        ]
    };
    // What the seeker, the coach and somebody who is invited elsewhere see of each table.
    let seen = [
        ("coach_links", [2, 1, 1]),
        ("coach_accesses", [1, 1, 0]),
        ("coach_notes", [0, 1, 0]),
        ("goal_suggestions", [1, 1, 0]),
    ];
    for (table, counts) in seen {
        for (user, expected) in [&seeker, &coach, &other].into_iter().zip(counts) {
            service.within(&as_user(user), |it| {
                assert_eq!(count(it, table), expected, "{table}");
            });
        }
        service.within(&[], |it| assert_eq!(count(it, table), 0, "{table}"));
    }
    let refused = |service: &mut Service, user: &User<'_>, statement: &str| {
        service.within(&as_user(user), |it| {
            let outcome = attempt(it, statement);
            assert!(
                outcome == Ok(0) || is_refused(&outcome),
                "{statement}: {outcome:?}"
            );
        });
    };
    for user in [&seeker, &other] {
        refused(
            &mut service,
            user,
            "UPDATE coach_notes SET visibility = 'shared'",
        );
        refused(&mut service, user, "DELETE FROM coach_notes");
    }
    for user in [&coach, &other] {
        refused(
            &mut service,
            user,
            "UPDATE goal_suggestions SET status = 'declined'",
        );
    }
    for user in [&seeker, &coach, &other] {
        refused(
            &mut service,
            user,
            "UPDATE coach_accesses SET view = 'notes'",
        );
        refused(&mut service, user, "DELETE FROM coach_accesses");
        refused(&mut service, user, "DELETE FROM coach_links");
        refused(&mut service, user, "DELETE FROM goal_suggestions");
    }
    // The parties may take the address of a coach away, who then is no party any more.
    refused(
        &mut service,
        &stranger,
        "UPDATE coach_links SET coach_email = NULL, status = 'revoked'",
    );
    for user in [&seeker, &coach, &other] {
        refused(
            &mut service,
            user,
            "UPDATE coach_links SET coach_email = 'someone@else.example'",
        );
    }
    // Nobody takes a link over, and nobody writes a read or a note as somebody else's.
    let take = format!(
        "UPDATE coach_links SET coach_id = '{}' WHERE id = '{link}'",
        other.id
    );
    refused(&mut service, &other, &take);
    let give = format!(
        "UPDATE coach_links SET coach_id = '{}' WHERE id = '{invitation}'",
        coach.id
    );
    refused(&mut service, &other, &give);
    let forged = format!(
        "INSERT INTO coach_accesses (seeker_id, id, link_id, coach_id, view, occurred_at)
         VALUES ('{}', gen_random_uuid(), '{link}', '{}', 'goals', now())",
        seeker.id, coach.id
    );
    refused(&mut service, &seeker, &forged);
    let invited = format!(
        "INSERT INTO coach_links (seeker_id, id, coach_email, scopes, status, status_since, version, created_at, updated_at)
         VALUES ('{}', gen_random_uuid(), 'x@y.example', '{{}}', 'invited', now(), 1, now(), now())",
        seeker.id
    );
    refused(&mut service, &coach, &invited);
}
