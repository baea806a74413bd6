//! `rebound restore`

use std::path::PathBuf;
use std::process::Command;

use clap::Args;

use super::{Failure, database};
use crate::config::DatabaseSettings;
use crate::db::embedded::{Cluster, DATABASE, OWNER_ROLE};

/// What `rebound restore` can be told.
#[derive(Args)]
pub struct RestoreArgs {
    #[command(flatten)]
    database: DatabaseSettings,
    /// What `pg_dump --format=custom` wrote
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Connections that a restore needs at most.
const CONNECTIONS: u32 = 4;

/// Makes an embedded database of a backup, where there is none yet.
pub fn run(args: &RestoreArgs) -> Result<(), Failure> {
    // Before anything is made.
    std::fs::File::open(&args.file)
        .map_err(|error| format!("{} cannot be read: {error}.", args.file.display()))?;
    let database = database::open(&args.database, CONNECTIONS, true)?;
    let cluster = database.cluster.as_ref().ok_or(
        "This restores the embedded PostgreSQL. On a server of your own pg_restore does it; docs/OPERATIONS.md says how.",
    )?;
    let tables = cluster.admin_sql(
        DATABASE,
        "SELECT count(*) FROM pg_tables WHERE schemaname = 'public';",
    )?;
    if tables.trim() != "0" {
        return Err(format!(
            "There is a database in {} already, and nothing was changed. Restore into a new folder (--data-dir), or move the old one away.",
            args.database.data_dir.display()
        )
        .into());
    }
    restore(cluster, args)?;
    database.migrate()?;
    println!("The backup was restored. Put the keys back before you start the service.");
    Ok(())
}

fn restore(cluster: &Cluster, args: &RestoreArgs) -> Result<(), Failure> {
    let output = Command::new(cluster.bin_dir().join("pg_restore"))
        .args(["--no-owner", "--exit-on-error", "--single-transaction"])
        .arg(format!("--dbname={}", cluster.url(OWNER_ROLE, DATABASE)))
        .arg(&args.file)
        .output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!(
        "The backup cannot be restored, and nothing of it was: {}",
        said.trim()
    )
    .into())
}
