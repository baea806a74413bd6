//! The `rebound` command.

fn main() -> std::process::ExitCode {
    rebound::cli::run()
}
