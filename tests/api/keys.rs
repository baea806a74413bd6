//! `rebound rotate-key`, as somebody at a terminal meets it.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use rebound::auth::keys::Keys;

use crate::embedded_cluster::we_are_root;

fn rotate_key(here: &Path, flags: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_rebound"))
        .arg("rotate-key")
        .args(flags)
        .env_clear()
        .current_dir(here)
        .output()
        .expect("the program runs")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut files: Vec<PathBuf> = entries.map(|it| it.expect("a file").path()).collect();
    files.sort();
    files
}

#[test]
fn a_folder_without_keys_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    fs::create_dir(here.join("empty")).expect("a folder");
    for flags in [
        &[][..],
        &["--data-dir", "empty"],
        &["--signing-keys", "empty"],
    ] {
        let output = rotate_key(here, flags);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success(), "{flags:?}: {said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(
            said.contains("no signing keys") && said.contains("--data-dir"),
            "{said}"
        );
    }
    assert_eq!(files(here), [here.join("empty")]);
    assert!(files(&here.join("empty")).is_empty());
}

#[test]
fn a_key_is_added_to_those_of_the_service() {
    let folder = tempfile::tempdir().expect("a folder");
    let keys = folder.path().join("keys");
    Keys::open(&keys).unwrap_or_else(|error| panic!("{error}"));
    let before = files(&keys);
    let data_dir = folder.path().display().to_string();
    let output = rotate_key(Path::new("/"), &["--data-dir", &data_dir]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{output:?}");
    let after = files(&keys);
    assert_eq!((after.len(), &after[..1]), (2, &before[..]));
    let name = after[1].file_stem().expect("a name").to_string_lossy();
    assert!(said.starts_with(&*name), "{said}");
}

#[test]
fn a_key_that_root_adds_belongs_to_the_service() {
    if !we_are_root() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let keys = folder.path();
    Keys::open(keys).unwrap_or_else(|error| panic!("{error}"));
    for path in files(keys).iter().chain([&keys.to_owned()]) {
        chown(path, Some(4_000_001), Some(4_000_002)).expect("as root");
    }
    let output = rotate_key(keys, &["--signing-keys", "."]);
    assert!(output.status.success(), "{output:?}");
    let owners: Vec<_> = files(keys)
        .iter()
        .map(|path| fs::metadata(path).expect("a file"))
        .map(|it| (it.uid(), it.gid(), it.mode() & 0o777))
        .collect();
    assert_eq!(owners, [(4_000_001, 4_000_002, 0o600); 2]);
}
