//! The `rebound` command.

/// Gives memory back soon, and is quicker than the system's where many threads allocate.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    rebound::cli::run()
}
