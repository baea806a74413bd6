//! The command line: a file for each command.

mod database;
mod demo;
mod migrate;
mod openapi;
mod restore;
mod rotate_key;
mod serve;
mod tone_eval;
mod user;

use std::io;
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
    /// Make an embedded database of a backup
    Restore(restore::RestoreArgs),
    /// Create, disable or erase an account
    User(user::UserArgs),
    /// Fill the database with a seeker and a coach and half a year of history to look at
    Demo(demo::DemoArgs),
    /// Add a key that signs access tokens from now on; nobody is logged out
    RotateKey(rotate_key::RotateKeyArgs),
    /// Print the API document (OpenAPI 3.1), or compare it with an earlier one
    Openapi(openapi::OpenapiArgs),
    /// Measure the tone check on labelled drafts: precision and recall of every rule
    ToneEval(tone_eval::ToneEvalArgs),
}

/// A failed command: one sentence with the way out.
type Failure = Box<dyn std::error::Error>;

fn is_closed_pipe(failure: &Failure) -> bool {
    failure
        .downcast_ref::<io::Error>()
        .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// Parses the command line, runs the command, and turns a failure into one sentence and a status.
pub fn run() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Serve(args) => serve::run(*args),
        Command::Migrate(args) => migrate::run(&args),
        Command::Restore(args) => restore::run(&args),
        Command::User(args) => user::run(args),
        Command::Demo(args) => demo::run(&args),
        Command::RotateKey(args) => rotate_key::run(&args),
        Command::Openapi(args) => openapi::run(&args),
        Command::ToneEval(args) => tone_eval::run(&args),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads the output, such as `head`, has read enough.
        Err(failure) if is_closed_pipe(&failure) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("rebound: {failure}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    /// The settings of `rebound serve` as the table in docs/OPERATIONS.md.
    fn settings_table() -> String {
        let cli = Cli::command();
        let serve = cli
            .find_subcommand("serve")
            .expect("there is a command serve");
        let mut table =
            String::from("| flag | environment | default | what it does |\n|---|---|---|---|\n");
        for setting in serve
            .get_arguments()
            .filter(|setting| setting.get_long() != Some("help"))
        {
            let flag = setting.get_long().expect("every setting has a flag");
            let environment = setting.get_env().expect("every setting has a variable");
            let default: Vec<_> = setting
                .get_default_values()
                .iter()
                .map(|value| value.to_string_lossy())
                .collect();
            let default = match default.join(",") {
                none if none.is_empty() || none == "false" => String::new(),
                some => format!("`{some}`"),
            };
            let help = setting
                .get_help()
                .map(ToString::to_string)
                .unwrap_or_default();
            table.push_str(&format!(
                "| `--{flag}` | `{}` | {default} | {} |\n",
                environment.to_string_lossy(),
                help.replace('|', "\\|")
            ));
        }
        table
    }

    #[test]
    fn the_handbook_lists_every_setting_as_it_is() {
        let handbook = include_str!("../../docs/OPERATIONS.md");
        let table = settings_table();
        assert!(
            handbook.contains(&table),
            "docs/OPERATIONS.md needs this table:\n{table}"
        );
    }

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
