//! Makes a new cluster, so that there is either a whole one or none.

use std::fs;
use std::path::Path;
use std::process::Output;

use super::binaries::Binaries;
use super::error::{EmbeddedError, io_error, last_lines};
use super::folder::{Folder, sync_dir};
use super::os_user::{OsUser, POSTGRES};

/// Locales to try in turn. Both sort by code point or by the Unicode root order and fold the case of all scripts, so that
/// `lower('Ä')` works; neither follows the machine's language, so that a dump restores anywhere alike. The second is for
/// systems without `C.UTF-8`, such as macOS.
const LOCALES: [&[&str]; 2] = [
    &["--locale=C.UTF-8"],
    &[
        "--locale=en_US.UTF-8",
        "--locale-provider=icu",
        "--icu-locale=und",
    ],
];

/// Runs `initdb` beside the final place and moves the result there in one step.
///
/// # Errors
/// [`EmbeddedError::Init`] with what `initdb` said; nothing stays behind then.
pub(super) fn initialise(
    folder: &Folder,
    user: &OsUser,
    binaries: &Binaries,
    durable: bool,
) -> Result<(), EmbeddedError> {
    let new = folder.cluster_in_the_making(user)?;
    let made = run_initdb(&new, &folder.cluster(), user, binaries, durable).and_then(|()| {
        let cluster = folder.cluster();
        fs::rename(&new, &cluster).map_err(io_error("make the folder", &cluster))?;
        sync_dir(folder.root())
    });
    if made.is_err() {
        // The error is the news; leftovers are also removed at the next start.
        fs::remove_dir_all(&new).ok();
    }
    made
}

fn run_initdb(
    new: &Path,
    cluster: &Path,
    user: &OsUser,
    binaries: &Binaries,
    durable: bool,
) -> Result<(), EmbeddedError> {
    let program = binaries.program("initdb");
    let run = |locale: &[&str]| -> Result<Output, EmbeddedError> {
        let mut command = user.server_command(&program);
        command.arg("-D").arg(new).args([
            "--encoding=UTF8",
            "--data-checksums",
            "--no-instructions",
        ]);
        command
            .args([
                "--auth-local=peer",
                "--auth-host=reject",
                "--username",
                POSTGRES,
            ])
            .args(locale);
        if !durable {
            command.arg("--no-sync");
        }
        command.output().map_err(io_error("run", &program))
    };
    let mut output = run(LOCALES[0])?;
    if !output.status.success()
        && String::from_utf8_lossy(&output.stderr).contains("invalid locale")
    {
        output = run(LOCALES[1])?;
    }
    if output.status.success() {
        return Ok(());
    }
    Err(EmbeddedError::Init {
        folder: cluster.to_owned(),
        output: last_lines(&String::from_utf8_lossy(&output.stderr)),
    })
}
