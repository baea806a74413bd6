//! Bringing the schema up to this version of the code, and telling when it does not fit.

use std::collections::BTreeSet;

use diesel::migration::{Migration, MigrationSource};
use diesel::pg::{Pg, PgConnection};
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::http::error::Error;

/// Every migration, compiled into the binary.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

/// Any number that nothing else locks: replicas that start together migrate one after the other.
const LOCK: i64 = 7_262_026;

/// Why the schema cannot be used, with the way out.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The database knows a migration that this code does not, and nothing can be migrated.
    #[error(
        "The database has a newer schema than this version of Rebound knows ({0}). Start the newer version, or restore a backup that was made before the upgrade."
    )]
    Newer(String),
    /// Migrations are pending and may not be applied.
    #[error(
        "The database lacks {0} migrations. Run `rebound migrate`, or start without --no-migrate."
    )]
    Pending(usize),
    /// A migration failed; its transaction was rolled back.
    #[error("The schema could not be migrated: {0}.{hint}", hint = way_out(.0))]
    Failed(String),
}

/// What to do about it, where that is known.
fn way_out(words: &str) -> &'static str {
    if super::tells_of_a_full_disk(words) {
        " The disk of the database is full: free some space and start again; nothing was half done."
    } else {
        ""
    }
}

fn known() -> Result<BTreeSet<String>, MigrateError> {
    let migrations: Vec<Box<dyn Migration<Pg>>> = MIGRATIONS
        .migrations()
        .map_err(|error| MigrateError::Failed(error.to_string()))?;
    Ok(migrations
        .iter()
        .map(|m| m.name().version().to_string())
        .collect())
}

fn applied(conn: &mut PgConnection) -> Result<BTreeSet<String>, MigrateError> {
    let versions = conn
        .applied_migrations()
        .map_err(|error| MigrateError::Failed(error.to_string()))?;
    Ok(versions.iter().map(ToString::to_string).collect())
}

/// Applies what is pending, one process at a time. Returns how many migrations that were.
pub fn migrate(conn: &mut PgConnection) -> Result<usize, MigrateError> {
    let failed = |error: &dyn std::fmt::Display| MigrateError::Failed(error.to_string());
    let known = known()?;
    // A session lock is right here: this connection is used for the migration alone.
    diesel::sql_query(format!("SELECT pg_advisory_lock({LOCK})"))
        .execute(conn)
        .map_err(|error| failed(&error))?;
    let outcome = (|| {
        if let Some(newer) = applied(conn)?.difference(&known).last() {
            return Err(MigrateError::Newer(newer.clone()));
        }
        conn.run_pending_migrations(MIGRATIONS)
            .map(|versions| versions.len())
            .map_err(|error| failed(&error))
    })();
    let unlocked = diesel::sql_query(format!("SELECT pg_advisory_unlock({LOCK})")).execute(conn);
    let count = outcome?;
    unlocked.map_err(|error| failed(&error))?;
    Ok(count)
}

/// Fails where nothing was ever migrated. Whoever may connect may ask.
pub fn verify_made(conn: &mut PgConnection) -> Result<(), MigrateError> {
    let made = diesel::select(diesel::dsl::sql::<Bool>(
        "to_regclass('__diesel_schema_migrations') IS NOT NULL",
    ));
    match made.get_result(conn) {
        Ok(true) => Ok(()),
        Ok(false) => Err(MigrateError::Pending(known()?.len())),
        Err(error) => Err(MigrateError::Failed(error.to_string())),
    }
}

/// Fails unless the schema has every migration of this code. A newer one is served, and said so: old code runs on it, and a
/// service that ends in the midst of an upgrade has to come back. As whoever serves requests.
pub fn verify(conn: &mut PgConnection) -> Result<(), MigrateError> {
    let applied = listed(conn).map_err(|error| MigrateError::Failed(error.to_string()))?;
    let known = known()?;
    let pending = known.difference(&applied).count();
    match (applied.difference(&known).last(), pending) {
        (None, 0) => Ok(()),
        (None, pending) => Err(MigrateError::Pending(pending)),
        (Some(newer), 0) => {
            log::warn!(newest = newer.as_str(); "the database has a newer schema than this version; it is meant to be replaced soon");
            Ok(())
        }
        // Whatever this is, this code cannot mend it.
        (Some(newer), _) => Err(MigrateError::Newer(newer.clone())),
    }
}

/// Diesel's own table, which `schema.rs` leaves out.
mod own {
    diesel::table! {
        __diesel_schema_migrations (version) {
            version -> Text,
        }
    }
}

/// The migrations that were applied, for those who may not make Diesel's table.
fn listed(conn: &mut PgConnection) -> QueryResult<BTreeSet<String>> {
    use own::__diesel_schema_migrations::dsl;
    let versions = dsl::__diesel_schema_migrations.select(dsl::version);
    Ok(versions.load::<String>(conn)?.into_iter().collect())
}

/// Does the schema have every migration of this code? For the readiness of the service: a newer schema
/// is fine there, since old code runs on it while it is being replaced.
pub fn check(conn: &mut PgConnection) -> Result<(), Error> {
    let applied = listed(conn)?;
    let known = known().map_err(|error| Error::internal(error.to_string()))?;
    if known.is_subset(&applied) {
        return Ok(());
    }
    Err(Error::database_unavailable("the schema lacks migrations"))
}
