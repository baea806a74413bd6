//! Promise 23 where no canary gets: dates, numbers and codes in the export, and what is kept by a user's address
//! instead of their id.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::p23_export_and_erasure::{ADVICE, NOT_EXPORTED, dump, is_listed, somebody};
use crate::openapi_driven::world;
use crate::support::app::TestApp;
use crate::support::victim::eventually;

/// Columns that no member of the export is named after, each with what tells the same, or with the reason why nothing
/// does. A star stands for all columns of a table.
const UNNAMED: &[(&str, &str)] = &[
    ("users.email_verified_at", "email_verified tells whether"),
    (
        "users.awaits_proof",
        "ends with the proof, or with the account",
    ),
    ("users.disabled_at", "whoever is disabled exports nothing"),
    ("users.version", "is of no use without the server"),
    ("users.reminder_mail", "preferences.reminders.mail"),
    (
        "users.reminder_digest_time",
        "preferences.reminders.digest_time",
    ),
    (
        "users.reminder_quiet_from",
        "preferences.reminders.quiet_from",
    ),
    ("users.reminder_quiet_to", "preferences.reminders.quiet_to"),
    ("contacts.last_activity_on", "follows from the activities"),
    ("contacts.next_touch_on", "follows from the activities"),
    ("contacts.touch_order", "follows from the activities"),
    ("goals.origin_type", "origin.type"),
    ("goals.origin_id", "origin.id"),
    ("goals.origin_suggestion", "origin.suggestion"),
    ("goals.settled_before", "follows from the check-ins"),
    ("goals.settled_current", "follows from the check-ins"),
    ("goals.settled_longest", "follows from the check-ins"),
    ("goals.settled_cooloffs", "follows from the check-ins"),
    ("events.id", "is a place in the log of this server"),
    ("events.xid", "is a place in the log of this server"),
    ("events.epoch", "is a place in the log of this server"),
    ("sessions.generation", "is of the refresh token"),
    ("webhooks.previous_secret_until", "is of the secret"),
    (
        "webhooks.heard_epoch",
        "is a place in the log of this server",
    ),
    ("webhooks.heard_xid", "is a place in the log of this server"),
    ("webhooks.heard_id", "is a place in the log of this server"),
    (
        "webhook_deliveries.event_id",
        "is a place in the log of this server",
    ),
    ("webhook_deliveries.attempt_count", "the attempts are told"),
    ("webhook_deliveries.step", "is work of the service"),
    (
        "webhook_deliveries.next_attempt_at",
        "is work of the service",
    ),
    ("email_tokens.*", "opens the account"),
    ("event_horizons.*", "is work of the service"),
    ("idempotency_keys.*", "is kept for a day, for a retry"),
    ("jobs.*", "is work of the service"),
    ("webhook_queue.*", "is work of the service"),
];

/// The names of members, wherever they stand, and of those that hold something.
#[derive(Default)]
struct Members {
    named: BTreeSet<String>,
    holding: BTreeSet<String>,
}

impl Members {
    fn take(&mut self, value: &Value) {
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    self.named.insert(name.clone());
                    if !value.is_null() {
                        self.holding.insert(name.clone());
                    }
                    self.take(value);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.take(item)),
            _ => {}
        }
    }
}

#[test]
fn every_column_of_a_user_is_a_member_of_the_export() {
    let app = world::app();
    let user = somebody(&app);
    let document = user.get("/v1/me/export").expect(200).body;
    // Whose a row is, the document as a whole says.
    let columns = app.sql(
        "SELECT c.table_name AS \"table\", c.column_name AS \"column\",
             CASE WHEN c.table_name = 'users' THEN 'id'
                  ELSE (SELECT min(p.column_name) FROM information_schema.columns p WHERE p.table_schema = 'public'
                        AND p.table_name = c.table_name AND p.column_name IN ('owner_id', 'user_id', 'seeker_id')) END AS party
         FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
         WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.column_name NOT IN ('owner_id', 'user_id')
         ORDER BY 1, c.ordinal_position",
    );
    let text = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
    let (mut missing, mut held) = (Vec::new(), 0);
    let mut idle: BTreeSet<&str> = UNNAMED.iter().map(|(name, _)| *name).collect();
    for row in &columns {
        let (table, column, party) = (text(row, "table"), text(row, "column"), text(row, "party"));
        let (name, all) = (format!("{table}.{column}"), format!("{table}.*"));
        // A table without a party holds nothing of one user, or hangs on one that has a party.
        if party.is_empty() || is_listed(NOT_EXPORTED, &name) {
            continue;
        }
        let section = match table.as_str() {
            "users" => &document["account"],
            other => &document[other],
        };
        let mut members = Members::default();
        members.take(section);
        let is_filled = app.sql_value(&format!(
            "SELECT count({column}) > 0 FROM {table} WHERE {party} = '{}'",
            user.id
        )) == true;
        let told = match is_filled {
            true => &members.holding,
            false => &members.named,
        };
        let excuse = idle.get(name.as_str()).or_else(|| idle.get(all.as_str()));
        match (told.contains(&column), excuse.copied()) {
            (true, _) => held += usize::from(is_filled),
            (false, Some(excuse)) if excuse == name => _ = idle.remove(excuse),
            (false, Some(_)) => {}
            (false, None) => missing.push(name),
        }
    }
    println!("{held} columns with something in them are told of");
    assert!(
        missing.is_empty(),
        "not in the export: {missing:#?}{ADVICE}"
    );
    idle.retain(|name| !name.ends_with(".*"));
    assert!(idle.is_empty(), "this needs no line in UNNAMED: {idle:?}");
    assert!(held > 200, "only {held} columns");
}

#[test]
fn what_is_kept_by_an_address_goes_with_its_account() {
    // Nobody listens there: a mail that is asked for stays in the queue.
    let app = TestApp::with(&["--mail-url", "smtp://127.0.0.1:1"]);
    let (user, other) = (world::user(&app), world::user(&app));
    let [mine, others] = [&user, &other].map(|it| it.email());
    // Whoever types an address does not look at its letters' case.
    for address in [mine.to_uppercase(), others.to_uppercase()] {
        app.request("POST", "/v1/auth/password-reset")
            .json(&json!({"email": address}))
            .expect(202);
        app.request("POST", "/v1/auth/login")
            .json(
                &json!({"email": address.replace("USER", "User"), "password": "not the password"}),
            )
            .problem(401, "invalid_credentials");
    }
    let count = |what: &str| app.sql_value(&format!("SELECT count(*) FROM {what}"));
    let waiting = |address: &str| {
        count(&format!(
            "jobs WHERE kind = 'account.mail' AND lower(payload->>'email') = '{address}'"
        ))
    };
    let counted = |address: &str| {
        count(&format!(
            "throttles WHERE subject = sha256(convert_to('{address}', 'UTF8'))"
        ))
    };
    eventually("two mails that cannot be sent", || {
        count("jobs WHERE kind = 'account.mail' AND last_error IS NOT NULL") == 2
    });
    for address in [&mine, &others] {
        assert_eq!((waiting(address), counted(address)), (json!(1), json!(2)));
    }
    user.request("DELETE", "/v1/me")
        .json(&json!({"password": world::PASSWORD}))
        .expect(204);
    assert_eq!((waiting(&mine), counted(&mine)), (json!(0), json!(0)));
    assert!(!dump(&app).to_lowercase().contains(&mine), "{mine}");
    assert_eq!((waiting(&others), counted(&others)), (json!(1), json!(2)));
}
