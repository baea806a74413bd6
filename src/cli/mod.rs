//! The command line: a file for each command.

mod database;
mod migrate;
mod openapi;
mod serve;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Helps people who look for work take a rejection well, learn from it and keep going.
///
/// `rebound serve` is all it takes: it starts a private PostgreSQL, migrates it and serves the API.
/// Every flag can be given by the environment variable that its help names.
#[derive(Parser)]
#[command(name = "rebound", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API
    ///
    /// Without a database URL it runs a private PostgreSQL in the data folder, which ends with the
    /// service. Stop it with Ctrl-C or SIGTERM: requests in flight are answered first.
    Serve(Box<serve::ServeArgs>),
    /// Bring the database schema up to this version
    Migrate(migrate::MigrateArgs),
    /// Print the API document (OpenAPI 3.1)
    Openapi,
}

/// A failed command: one sentence with the way out.
type Failure = Box<dyn std::error::Error>;

/// Parses the command line, runs the command, and turns a failure into one sentence and a status.
pub fn run() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Serve(args) => serve::run(*args),
        Command::Migrate(args) => migrate::run(&args),
        Command::Openapi => openapi::run(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("rebound: {failure}");
            ExitCode::FAILURE
        }
    }
}
