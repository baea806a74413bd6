//! `rebound migrate`

use clap::Args;

use super::{Failure, database};
use crate::config::DatabaseSettings;

/// What `rebound migrate` can be told.
#[derive(Args)]
pub struct MigrateArgs {
    #[command(flatten)]
    database: DatabaseSettings,
}

/// Applies pending migrations.
pub fn run(args: &MigrateArgs) -> Result<(), Failure> {
    match database::open_beside(&args.database)?.migrate()? {
        0 => println!("The schema is up to date."),
        1 => println!("One migration was applied."),
        count => println!("{count} migrations were applied."),
    }
    Ok(())
}
