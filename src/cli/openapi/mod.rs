//! `rebound openapi`

mod changes;
#[cfg(test)]
mod changes_tests;
mod collection;
#[cfg(test)]
mod collection_tests;
mod examples;
mod keywords;
mod schemas;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::Value;

use self::changes::Weight;
use super::Failure;
use crate::clock::Clock;
use crate::server;

/// What `rebound openapi` can be told.
#[derive(Args)]
pub struct OpenapiArgs {
    /// In which form
    #[arg(long, value_enum, default_value_t = Format::Json)]
    format: Format,
    /// Print instead what breaks the clients of an earlier document, and fail when something does
    #[arg(long, value_name = "FILE", conflicts_with = "format")]
    breaking_against: Option<PathBuf>,
}

/// What the document is printed as.
#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// OpenAPI 3.1, as committed at openapi/openapi.json
    Json,
    /// Requests for editors and httpyac, as committed at clients/rebound.http
    Http,
}

/// Prints the API document, or compares it with an earlier one.
pub fn run(args: &OpenapiArgs) -> Result<(), Failure> {
    let document = server::document();
    if let Some(earlier) = &args.breaking_against {
        return compare(earlier, &serde_json::from_str(&document.json)?);
    }
    let mut out = io::stdout().lock();
    match args.format {
        Format::Json => write!(out, "{}", document.json)?,
        Format::Http => {
            let document: Value = serde_json::from_str(&document.json)?;
            write!(out, "{}", collection::collection(&document))?;
        }
    }
    Ok(())
}

fn compare(earlier: &Path, document: &Value) -> Result<(), Failure> {
    let text = fs::read(earlier)
        .map_err(|error| format!("{} cannot be read: {error}.", earlier.display()))?;
    let old: Value = serde_json::from_slice(&text)
        .map_err(|error| format!("{} is no API document: {error}.", earlier.display()))?;
    let found = changes::compare(&old, document, Clock::default().now());
    let mut out = io::stdout().lock();
    for change in &found {
        writeln!(out, "{change}")?;
    }
    let version = old["info"]["version"]
        .as_str()
        .unwrap_or("an earlier version");
    match found
        .iter()
        .filter(|it| it.weight == Weight::Breaking)
        .count()
    {
        0 => Ok(writeln!(out, "Nothing breaks a client of {version}.")?),
        count => Err(format!(
            "{count} {} the clients of {version}. Announce it first: docs/API-DESIGN.md, Change.",
            if count == 1 {
                "change breaks"
            } else {
                "changes break"
            }
        )
        .into()),
    }
}
