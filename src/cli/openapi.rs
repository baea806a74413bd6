//! `rebound openapi`

use std::io::{self, Write};

use super::Failure;
use crate::server;

/// Prints the API document, as it is committed at `openapi/openapi.json`.
pub fn run() -> Result<(), Failure> {
    Ok(write!(io::stdout(), "{}", server::document().pretty())?)
}
