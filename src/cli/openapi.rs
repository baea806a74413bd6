//! `rebound openapi`

use super::Failure;
use crate::server;

/// Prints the API document, as it is committed at `openapi/openapi.json`.
pub fn run() -> Result<(), Failure> {
    print!("{}", server::document().pretty());
    Ok(())
}
