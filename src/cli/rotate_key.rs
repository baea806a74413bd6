//! `rebound rotate-key`

use std::path::PathBuf;

use clap::Args;

use super::Failure;
use crate::auth::keys::Keys;

/// What `rebound rotate-key` can be told.
#[derive(Args)]
pub struct RotateKeyArgs {
    /// Data folder of the service, whose folder `keys` is meant
    #[arg(
        long,
        env = "REBOUND_DATA_DIR",
        default_value = "./.rebound",
        value_name = "FOLDER"
    )]
    data_dir: PathBuf,
    /// Folder with the keys, when it is another one
    #[arg(long, env = "REBOUND_SIGNING_KEYS", value_name = "FOLDER")]
    signing_keys: Option<PathBuf>,
}

/// Adds a signing key.
pub fn run(args: &RotateKeyArgs) -> Result<(), Failure> {
    let folder = args
        .signing_keys
        .clone()
        .unwrap_or_else(|| args.data_dir.join("keys"));
    let name = Keys::rotate(&folder)?;
    println!("{name} signs access tokens from now on; those that older keys signed stay valid.");
    Ok(())
}
