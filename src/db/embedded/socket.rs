//! The private Unix socket: where it lies and how to name it in a URL.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fmt::Write;
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use super::error::{EmbeddedError, io_error};
use super::folder::{Folder, private_dir};
use super::os_user::OsUser;

/// The port is only part of the socket's file name here.
pub(super) const PORT: u16 = 5432;

/// Bytes that a socket's path may have on Linux; macOS allows three fewer.
const MAX_PATH: usize = if cfg!(target_os = "linux") { 107 } else { 103 };

/// The path of the socket in its folder, as PostgreSQL and libpq derive it.
pub(super) fn socket_path(dir: &Path) -> PathBuf {
    dir.join(format!(".s.PGSQL.{PORT}"))
}

/// Makes a folder for the socket that only the server's user can enter: in the data folder, or where that path is too long,
/// in the system's folder for temporary files, under a name derived from the data folder.
///
/// # Errors
/// [`EmbeddedError::Socket`] when the place is taken by something that is not ours.
pub(super) fn prepare(folder: &Folder, user: &OsUser) -> Result<PathBuf, EmbeddedError> {
    let inside = folder.root().join("postgres-socket");
    if fits(&inside) {
        private_dir(&inside, user)?;
        return Ok(inside);
    }
    let name = format!(
        "rebound-{:016x}",
        fnv1a(folder.root().as_os_str().as_bytes())
    );
    let places = [env::temp_dir(), PathBuf::from("/tmp")];
    let usable = places
        .iter()
        .filter_map(|place| fs::canonicalize(place).ok())
        .find(|place| fits(&place.join(&name)) && user.check_reachable(place, place).is_ok());
    let place = usable.ok_or_else(|| EmbeddedError::Socket {
        dir: env::temp_dir(),
        why: "its path is too long or closed to PostgreSQL's user",
        way_out: "choose a --data-dir with a shorter path",
    })?;
    let dir = place.join(name);
    take(&dir, user)?;
    Ok(dir)
}

/// Removes a folder for temporary files made by [`prepare`]; the one in the data folder stays for the next start.
pub(super) fn clean_up(dir: &Path, folder: &Folder) {
    if !dir.starts_with(folder.root()) {
        // Not empty or gone already: both are harmless, and the next start copes.
        fs::remove_dir(dir).ok();
    }
}

fn fits(dir: &Path) -> bool {
    socket_path(dir).as_os_str().len() <= MAX_PATH
}

/// Takes a folder whose parent everybody may write to. Whatever stands there already must be a folder of ours that is closed
/// to everybody else: anything else, a link above all, may have been put there to catch our connections.
fn take(dir: &Path, user: &OsUser) -> Result<(), EmbeddedError> {
    match DirBuilder::new().mode(0o700).create(dir) {
        Ok(()) => return user.give_to_server(dir),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(io_error("make the folder", dir)(error)),
    }
    let refused = |why| EmbeddedError::Socket {
        dir: dir.to_owned(),
        why,
        way_out: "remove it, or choose a --data-dir with a shorter path",
    };
    let found = fs::symlink_metadata(dir).map_err(io_error("look at", dir))?;
    if !found.is_dir() {
        return Err(refused("something that is not a folder stands there"));
    }
    // A start that was killed between making the folder and handing it over leaves it with our own user.
    let own_uid = rustix::process::geteuid().as_raw();
    if found.uid() != user.server_uid() && found.uid() != own_uid {
        return Err(refused("a folder of another user stands there"));
    }
    if found.mode() & 0o077 != 0 {
        return Err(refused("a folder that is open to other users stands there"));
    }
    user.give_to_server(dir)
}

/// FNV-1a: a name has to be the same after the next release of the compiler, which the standard hasher does not promise.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The folder as an item of the server's list of socket folders, in which commas and blanks mean something.
pub(super) fn list_item(dir: &Path) -> OsString {
    let mut item = vec![b'"'];
    for &byte in dir.as_os_str().as_bytes() {
        if byte == b'"' {
            item.push(b'"');
        }
        item.push(byte);
    }
    item.push(b'"');
    OsString::from_vec(item)
}

/// A libpq URL that every URL parser accepts too: no user before an empty host.
pub(super) fn url(dir: &Path, role: &str, database: &str) -> String {
    format!(
        "postgresql:///{}?host={}&port={PORT}&user={}",
        percent_encode(database.as_ref()),
        percent_encode(dir.as_os_str()),
        percent_encode(role.as_ref())
    )
}

fn percent_encode(text: &OsStr) -> String {
    let mut encoded = String::new();
    for &byte in text.as_bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").expect("writing into a string cannot fail");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    type Outcome = Result<(), Box<dyn std::error::Error>>;

    #[test]
    fn urls_hold_any_path() -> Outcome {
        assert_eq!(
            url(Path::new("/a b/ü,\"&"), "rebound_app", "rebound"),
            "postgresql:///rebound?host=%2Fa%20b%2F%C3%BC%2C%22%26&port=5432&user=rebound_app"
        );
        assert_eq!(list_item(Path::new("/a, \"b")), "\"/a, \"\"b\"");
        Ok(())
    }

    #[test]
    fn a_socket_folder_laid_out_by_others_is_refused() -> Outcome {
        let outer = tempfile::tempdir()?;
        let user = OsUser::detect()?;

        let dir = outer.path().join("own");
        take(&dir, &user)?;
        take(&dir, &user).expect("our own is taken again");
        assert_eq!(fs::metadata(&dir)?.uid(), user.server_uid());

        fs::set_permissions(&dir, fs::Permissions::from_mode(0o755))?;
        assert!(
            take(&dir, &user)
                .expect_err("it has to be refused")
                .to_string()
                .contains("open to other users")
        );

        let link = outer.path().join("link");
        symlink(outer.path(), &link)?;
        assert!(
            take(&link, &user)
                .expect_err("it has to be refused")
                .to_string()
                .contains("not a folder")
        );

        // Only root can make a folder of somebody else's.
        if user.name() == "root" {
            let foreign = outer.path().join("foreign");
            fs::create_dir(&foreign)?;
            std::os::unix::fs::chown(&foreign, Some(4_000_001), None)?;
            assert!(
                take(&foreign, &user)
                    .expect_err("it has to be refused")
                    .to_string()
                    .contains("another user")
            );
        }
        Ok(())
    }
}
