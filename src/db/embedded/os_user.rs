//! Who we are, who runs the server, and which folders that user can get to.

use std::env;
use std::ffi::OsStr;
use std::fs::{self, Metadata};
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use super::error::{EmbeddedError, io_error};

/// The system user that packages of PostgreSQL create, and the name of the superuser role.
pub(super) const POSTGRES: &str = "postgres";

/// A command with a bare environment, away from the current folder and without input.
///
/// Secrets in the environment must not show in the process list of the user who runs the database, variables such as `PGDATA`
/// or `PGOPTIONS` must not reach another cluster or change this one, and the current folder may be closed to that user.
pub(super) fn clean_command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("LC_ALL", "C");
    for name in ["PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"] {
        if let Some(value) = env::var_os(name) {
            command.env(name, value);
        }
    }
    command.current_dir("/").stdin(Stdio::null());
    command
}

/// The users in play: ourselves, and the one that PostgreSQL runs as, which differ when we are root.
#[derive(Debug, Clone)]
pub(super) struct OsUser {
    /// The name we connect under.
    name: String,
    server_uid: u32,
    server_gid: u32,
    is_root: bool,
}

impl OsUser {
    /// Finds out who runs this process and who is to run the server.
    ///
    /// # Errors
    /// [`EmbeddedError::NoPostgresUser`] when we are root and cannot step down, [`EmbeddedError::NamelessUser`] when the
    /// system does not know our name.
    pub(super) fn detect() -> Result<Self, EmbeddedError> {
        let uid = rustix::process::geteuid().as_raw();
        let name = ask_id(&["-u", "-n"]).ok_or(EmbeddedError::NamelessUser { uid })?;
        let is_root = uid == 0;
        let (server_uid, server_gid) = if is_root {
            let number = |flag| ask_id(&[flag, POSTGRES]).and_then(|answer| answer.parse().ok());
            number("-u")
                .zip(number("-g"))
                .ok_or(EmbeddedError::NoPostgresUser)?
        } else {
            (uid, rustix::process::getegid().as_raw())
        };
        Ok(Self {
            name,
            server_uid,
            server_gid,
            is_root,
        })
    }

    /// The name of the user that runs this process.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The user id that owns the data and runs the server.
    pub(super) fn server_uid(&self) -> u32 {
        self.server_uid
    }

    /// The permission bits for a folder of ours that the server has to pass through.
    pub(super) fn passage_mode(&self) -> u32 {
        if self.is_root { 0o711 } else { 0o700 }
    }

    /// A clean command that runs as the server's user. Supplementary groups are dropped by the standard library.
    pub(super) fn server_command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = clean_command(program);
        if self.is_root {
            command.uid(self.server_uid).gid(self.server_gid);
        }
        command
    }

    /// Hands a folder we have just made over to the server's user.
    pub(super) fn give_to_server(&self, folder: &Path) -> Result<(), EmbeddedError> {
        if !self.is_root {
            return Ok(());
        }
        chown(folder, Some(self.server_uid), Some(self.server_gid))
            .map_err(io_error("hand over", folder))
    }

    /// Makes sure that the server's user may walk from the root down into `existing`, which must be free of links.
    ///
    /// Only the permission bits are looked at; access control lists that grant more are not.
    ///
    /// # Errors
    /// [`EmbeddedError::Unreachable`] with the first folder that shuts the user out.
    pub(super) fn check_reachable(
        &self,
        existing: &Path,
        data_dir: &Path,
    ) -> Result<(), EmbeddedError> {
        // An ordinary user runs the server itself, and what it cannot reach fails with the system's own words.
        if !self.is_root {
            return Ok(());
        }
        let mut ancestors: Vec<&Path> = existing.ancestors().collect();
        ancestors.reverse();
        for folder in ancestors {
            let metadata = fs::metadata(folder).map_err(io_error("look at", folder))?;
            if !self.may_enter(&metadata) {
                return Err(EmbeddedError::Unreachable {
                    blocking: folder.to_owned(),
                    data_dir: data_dir.to_owned(),
                });
            }
        }
        Ok(())
    }

    fn may_enter(&self, metadata: &Metadata) -> bool {
        // The first class that fits decides, even when a later one would grant more.
        let bit = if metadata.uid() == self.server_uid {
            0o100
        } else if metadata.gid() == self.server_gid {
            0o010
        } else {
            0o001
        };
        metadata.is_dir() && metadata.mode() & bit != 0
    }
}

/// What `id` prints; it knows users of every directory service, unlike /etc/passwd.
fn ask_id(arguments: &[&str]) -> Option<String> {
    let output = clean_command("id")
        .args(arguments)
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let answer = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !answer.is_empty()).then_some(answer)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    type Outcome = Result<(), Box<dyn std::error::Error>>;

    #[test]
    fn the_first_folder_that_shuts_the_servers_user_out_is_named() -> Outcome {
        let outer = tempfile::tempdir()?;
        let outer = outer.path().canonicalize()?;
        let inner = outer.join("inner");
        fs::create_dir(&inner)?;
        // Nobody has this user id, so only the bits for others count.
        let user = OsUser {
            name: "root".into(),
            server_uid: 4_000_001,
            server_gid: 4_000_001,
            is_root: true,
        };

        let open = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode));
        open(&outer, 0o711)?;
        open(&inner, 0o701)?;
        user.check_reachable(&inner, &inner)?;
        open(&outer, 0o770)?;
        let error = user
            .check_reachable(&inner, &inner)
            .expect_err("it has to be refused");
        let EmbeddedError::Unreachable { blocking, .. } = &error else {
            panic!("{error}")
        };
        assert_eq!(*blocking, outer);
        assert!(error.to_string().contains("--data-dir /var/lib/rebound"));
        open(&outer, 0o711)?;
        Ok(())
    }

    #[test]
    fn a_closed_owner_class_is_not_opened_by_the_others() -> Outcome {
        let folder = tempfile::tempdir()?;
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o077))?;
        let metadata = fs::metadata(folder.path())?;
        let owner = OsUser {
            name: "owner".into(),
            server_uid: metadata.uid(),
            server_gid: metadata.gid(),
            is_root: true,
        };
        assert!(!owner.may_enter(&metadata));
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700))?;
        Ok(())
    }
}
