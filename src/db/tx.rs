//! One transaction with the owner set.

use chrono::{DateTime, Utc};
use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::prelude::*;
use uuid::Uuid;

use super::cached::cached;
use super::embedded::APP_ROLE;
use crate::http::error::Error;

/// Whose rows a transaction may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// One user's.
    User(Uuid),
    /// Nobody's: the row level security of owned tables shows nothing.
    Nobody,
}

/// What a transaction may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Read only; PostgreSQL refuses writes.
    Read,
    /// Read and write.
    Write,
    /// Read only, and every statement sees what was there when the first one ran.
    Snapshot,
}

/// A running transaction: the connection, whose it is, and the one instant it calls *now*.
pub struct Tx<'c> {
    /// The connection, for query functions.
    pub conn: &'c mut PgConnection,
    /// The user whose rows are visible; the nil id in a transaction without an owner.
    pub owner: Uuid,
    /// The instant at which the transaction began, by the service's clock.
    pub now: DateTime<Utc>,
}

impl Tx<'_> {
    /// Runs a closure that reads the rows of other users, whose right to it was checked in this transaction.
    ///
    /// It writes nothing of theirs: the transaction stays this user's, and row level security takes rows of
    /// this user only. Afterwards nobody else's rows are visible; when that fails, so does the transaction.
    pub fn reading<T>(
        &mut self,
        owners: &[Uuid],
        work: impl FnOnce(&mut PgConnection) -> Result<T, Error>,
    ) -> Result<T, Error> {
        show(self.conn, owners)?;
        let outcome = work(self.conn);
        let hidden = show(self.conn, &[self.owner]);
        let value = outcome?;
        hidden?;
        Ok(value)
    }

    /// The same for one other user and for functions that take a whole transaction.
    pub fn reading_as<T>(
        &mut self,
        owner: Uuid,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let now = self.now;
        self.reading(&[owner], |conn| work(&mut Tx { conn, owner, now }))
    }

    /// Lets each further statement of this transaction take as long as a lengthy work may as a whole. For one that
    /// grows with what somebody has, and that no request waits for.
    pub fn take_time(&mut self) -> Result<(), Error> {
        let most = super::lengthy::LONGEST.as_millis();
        diesel::sql_query(format!("SET LOCAL statement_timeout={most}")).execute(self.conn)?;
        Ok(())
    }

    /// Runs work that may fail without spoiling the rest of the transaction.
    pub fn savepoint<T>(
        &mut self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let (owner, now) = (self.owner, self.now);
        self.conn
            .transaction(|conn| work(&mut Tx { conn, owner, now }))
    }
}

/// Shows the rows of these users until the transaction ends or others are shown.
fn show(conn: &mut PgConnection, owners: &[Uuid]) -> Result<(), Error> {
    let ids: Vec<String> = owners.iter().map(Uuid::to_string).collect();
    let statement = diesel::sql_query("SELECT set_config('app.owner_ids', $1, true)")
        .bind::<diesel::sql_types::Text, _>(format!("{{{}}}", ids.join(",")));
    cached(statement).execute(conn)?;
    Ok(())
}

/// What every transaction is bound by, times in milliseconds.
const LIMITS: [(&str, &str); 4] = [
    ("statement_timeout", "2500"),
    ("lock_timeout", "2000"),
    ("idle_in_transaction_session_timeout", "10000"),
    ("jit", "off"),
];

/// The statements that open a transaction, sent in one round trip.
///
/// The role is neither owner nor superuser, so that row level security binds it whatever the login
/// role is. Everything is `SET LOCAL`: behind a transaction pooler nothing leaks into the next one.
pub(super) fn opening(owner: Owner, access: Access) -> String {
    let begin = match access {
        Access::Read => "BEGIN READ ONLY",
        Access::Write => "BEGIN",
        Access::Snapshot => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    };
    let mut opening = format!("{begin};SET LOCAL ROLE {APP_ROLE}");
    for (setting, value) in LIMITS {
        opening += &format!(";SET LOCAL {setting}={value}");
    }
    if let Owner::User(id) = owner {
        opening += &format!(";SET LOCAL app.user_id='{id}';SET LOCAL app.owner_ids='{{{id}}}'");
    }
    opening
}

/// What opens a transaction that reads, as one statement that can stay prepared, where nothing else opens it. Its
/// parameters are texts: the owner, and an array of it alone, with which the row that it finds ends.
///
/// What is read is planned once: with its parameters unknown PostgreSQL finds the same index, and planning takes as
/// long as reading.
pub(super) fn opening_statement() -> String {
    let settings = [("transaction_read_only", "on"), ("role", APP_ROLE)];
    let settings = settings.iter().chain(&LIMITS);
    let settings = settings.chain(&[("plan_cache_mode", "force_generic_plan")]);
    let settings = settings.map(|(name, value)| format!("set_config('{name}','{value}',true),"));
    format!(
        "SELECT {}set_config('app.user_id',$1,true),set_config('app.owner_ids',$2,true)",
        settings.collect::<String>()
    )
}

/// Opens the transaction. An error leaves a connection that must not be used again.
pub(super) fn begin(conn: &mut PgConnection, owner: Owner, access: Access) -> Result<(), Error> {
    AnsiTransactionManager::begin_transaction_sql(conn, &opening(owner, access))?;
    Ok(())
}

/// Runs the work in the transaction that [`begin`] opened: commits when it succeeds, else rolls back.
pub(super) fn finish<T>(
    conn: &mut PgConnection,
    owner: Owner,
    now: DateTime<Utc>,
    work: impl FnOnce(&mut Tx<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    let owner = match owner {
        Owner::User(id) => id,
        Owner::Nobody => Uuid::nil(),
    };
    let result = work(&mut Tx {
        conn: &mut *conn,
        owner,
        now,
    });
    match result {
        Ok(value) => {
            AnsiTransactionManager::commit_transaction(conn)?;
            Ok(value)
        }
        Err(error) => {
            // The first error is the one to tell; a failed rollback marks the connection as broken.
            let _ = AnsiTransactionManager::rollback_transaction(conn);
            Err(error)
        }
    }
}

/// [`begin`] and [`finish`] in one.
pub(super) fn run<T>(
    conn: &mut PgConnection,
    owner: Owner,
    access: Access,
    now: DateTime<Utc>,
    work: impl FnOnce(&mut Tx<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    begin(conn, owner, access)?;
    finish(conn, owner, now, work)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_ends_with_its_transaction() {
        let sql = opening(Owner::User(Uuid::nil()), Access::Write);
        for statement in sql.split(';') {
            assert!(
                statement.starts_with("BEGIN") || statement.starts_with("SET LOCAL "),
                "{statement}"
            );
        }
    }

    #[test]
    fn a_transaction_that_one_statement_opens_is_set_as_every_other() {
        let id = Uuid::from_u128(7);
        let opening = opening(Owner::User(id), Access::Read);
        let statement = opening_statement()
            .replace("$1", &format!("'{id}'"))
            .replace("$2", &format!("'{{{id}}}'"));
        for setting in opening.split(";SET LOCAL ").skip(1) {
            let (name, value) = setting.split_once(['=', ' ']).expect("a setting");
            let (name, value) = (name.to_lowercase(), value.trim_matches('\''));
            let set = format!("set_config('{name}','{value}',true)");
            assert!(statement.contains(&set), "{set}: {statement}");
        }
        assert!(opening.starts_with("BEGIN READ ONLY;"));
        assert!(statement.contains("set_config('transaction_read_only','on',true)"));
        let local = statement.matches(",true)").count();
        assert_eq!(
            local,
            statement.matches("set_config").count(),
            "{statement}"
        );
    }

    #[test]
    fn a_snapshot_is_one_instant_for_all_statements_and_takes_no_writes() {
        let sql = opening(Owner::User(Uuid::nil()), Access::Snapshot);
        assert!(sql.starts_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"));
    }

    #[test]
    fn a_transaction_without_an_owner_names_none() {
        assert!(!opening(Owner::Nobody, Access::Read).contains("app."));
    }
}
