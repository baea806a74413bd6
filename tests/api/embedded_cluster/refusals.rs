//! Folders that stand in the way: each is overcome, or refused with the way out and left as it was.

use std::fs::{self, DirBuilder, Permissions};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown};
use std::path::Path;

use rebound::db::embedded::EmbeddedError;

use super::{DataDir, sql, start, we_are_root};

#[test]
fn a_path_too_long_for_a_socket_is_no_obstacle() {
    let data = DataDir::new();
    let long = data
        .path()
        .join("a-very-long-name".repeat(6))
        .join("data, \"quoted\"");
    let cluster = start(&long).expect("a start");
    assert_eq!(sql(&cluster, "SELECT 1;"), "1");
    let dir = sql(&cluster, "SHOW unix_socket_directories;")
        .trim_matches('"')
        .to_owned();
    let metadata = fs::symlink_metadata(&dir).expect("the socket's folder");
    assert!(metadata.is_dir() && metadata.mode() & 0o777 == 0o700);
    assert!(!Path::new(&dir).starts_with(data.path()));
    drop(cluster);
    assert!(!Path::new(&dir).exists(), "it goes with the server");
}

#[test]
fn a_folder_that_postgres_cannot_reach_is_refused_before_anything_is_made() {
    if !we_are_root() {
        return;
    }
    let closed = DataDir::new();
    fs::set_permissions(closed.path(), Permissions::from_mode(0o700)).expect("it is ours");
    let inside = closed.path().join("checkout/.rebound");
    let error = start(&inside).expect_err("it has to be refused");
    let EmbeddedError::Unreachable { blocking, .. } = &error else {
        panic!("{error}")
    };
    assert_eq!(
        *blocking,
        closed.path().canonicalize().expect("it is there")
    );
    assert!(
        error.to_string().contains("--data-dir /var/lib/rebound"),
        "{error}"
    );
    assert!(!closed.path().join("checkout").exists(), "nothing was made");
}

#[test]
fn a_file_where_the_folder_should_be_is_named() {
    let data = DataDir::new();
    let file = data.path().join("notes.txt");
    fs::write(&file, "mine").expect("it is ours");
    for wanted in [file.clone(), file.join("data")] {
        let error = start(&wanted)
            .expect_err("it has to be refused")
            .to_string();
        let sentence = format!(
            "{} is not a folder",
            file.canonicalize().expect("it is there").display()
        );
        assert!(
            error.starts_with(&sentence) && error.contains("--data-dir"),
            "{error}"
        );
    }
    assert_eq!(fs::read_to_string(&file).expect("it is there"), "mine");
}

#[test]
fn a_broken_folder_is_named_and_left_alone() {
    let data = DataDir::new();
    drop(data.start().expect("a first start"));
    let move_away = |file: &str| {
        let (here, away) = (data.cluster().join(file), data.path().join("away"));
        fs::rename(&here, &away).expect("it is there");
        let sentence = data.refusal();
        fs::rename(&away, &here).expect("it is put back");
        sentence
    };
    for file in ["PG_VERSION", "global/pg_control", "postgresql.conf"] {
        let sentence = move_away(file);
        assert!(
            sentence.contains(&format!("{file} is missing")),
            "{sentence}"
        );
        assert!(sentence.contains("restore it from a backup"), "{sentence}");
    }
    fs::set_permissions(data.cluster(), Permissions::from_mode(0o755)).expect("as root or owner");
    assert!(data.refusal().contains("chmod 0700"));
    fs::set_permissions(data.cluster(), Permissions::from_mode(0o700)).expect("as root or owner");
    if we_are_root() {
        let owner = fs::metadata(data.cluster()).expect("the cluster").uid();
        chown(data.cluster(), Some(4_000_001), None).expect("as root");
        assert!(data.refusal().contains("belongs to the user id 4000001"));
        chown(data.cluster(), Some(owner), None).expect("as root");
    }
    drop(data.start().expect("nothing was harmed"));
}

#[test]
fn a_folder_with_other_files_in_its_place_is_not_overwritten() {
    let data = DataDir::new();
    DirBuilder::new()
        .mode(0o700)
        .create(data.cluster())
        .expect("a folder");
    let precious = data.cluster().join("precious");
    fs::write(&precious, "text").expect("a file");
    data.refusal();
    assert_eq!(fs::read_to_string(precious).expect("still there"), "text");
}

#[test]
fn data_of_another_major_version_is_refused_with_the_versions() {
    let data = DataDir::new();
    drop(data.start().expect("a first start"));
    fs::write(data.cluster().join("PG_VERSION"), "99\n").expect("a file");
    let sentence = data.refusal();
    assert!(sentence.contains("written by PostgreSQL 99"), "{sentence}");
    assert!(sentence.contains("apt install postgresql-99"), "{sentence}");
}

#[test]
fn a_server_that_cannot_start_is_explained_by_its_log() {
    let data = DataDir::new();
    drop(data.start().expect("a first start"));
    let conf = data.cluster().join("postgresql.conf");
    let text = fs::read_to_string(&conf).expect("text") + "\nno_such_setting = 1\n";
    fs::write(&conf, text).expect("a file");
    let sentence = data.refusal();
    assert!(sentence.contains("no_such_setting"), "{sentence}");
    assert!(!data.cluster().join("postmaster.pid").exists());
}
