//! What runs when it runs: roles, settings, who gets in, what is logged.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::process::Command;

use rebound::db::embedded::{Cluster, DATABASE, Options};

use super::{DataDir, sql};

#[test]
fn a_first_start_makes_roles_and_a_database_that_knows_unicode() {
    let data = DataDir::new();
    let cluster = data.start().expect("a first start");
    assert_eq!(sql(&cluster, "SELECT lower('ÄÉŞЖ');"), "äéşж");
    assert_eq!(
        sql(
            &cluster,
            "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolcanlogin,
                    pg_has_role('rebound_owner', oid, 'MEMBER')
               FROM pg_roles WHERE rolname LIKE 'rebound%' ORDER BY 1;"
        ),
        "rebound_app|f|f|f|f|t|t\nrebound_owner|f|f|f|f|t|t"
    );
    assert_eq!(
        sql(
            &cluster,
            "SELECT datname, pg_get_userbyid(datdba), pg_encoding_to_char(encoding)
               FROM pg_database WHERE datname = 'rebound';"
        ),
        "rebound|rebound_owner|UTF8"
    );
    for (setting, value) in [
        ("listen_addresses", ""),
        ("data_checksums", "on"),
        ("max_connections", "60"),
        ("jit", "off"),
        ("TimeZone", "UTC"),
        ("fsync", "off"),
    ] {
        assert_eq!(
            sql(&cluster, &format!("SHOW {setting};")),
            value,
            "{setting}"
        );
    }
    cluster.stop().expect("a clean end");
}

#[test]
fn a_cluster_for_users_is_durable() {
    let data = DataDir::new();
    let cluster = Cluster::start(&Options::new(data.path())).expect("a first start");
    for setting in ["fsync", "full_page_writes", "synchronous_commit"] {
        assert_eq!(
            sql(&cluster, &format!("SHOW {setting};")),
            "on",
            "{setting}"
        );
    }
}

#[test]
fn only_the_three_roles_can_be_taken_and_the_socket_is_private() {
    let data = DataDir::new();
    let cluster = data.start().expect("a first start");
    sql(&cluster, "CREATE ROLE somebody LOGIN;");
    let connects = |role| {
        let url = cluster.url(role, DATABASE);
        let psql = cluster.bin_dir().join("psql");
        Command::new(psql)
            .args(["-XqAtw", "-c", "SELECT 1", "-d", &url])
            .output()
            .expect("psql")
            .status
            .success()
    };
    assert!(connects("postgres") && connects("rebound_owner") && connects("rebound_app"));
    assert!(!connects("somebody"));
    let socket = fs::metadata(data.path().join("postgres-socket")).expect("the socket's folder");
    assert_eq!(socket.mode() & 0o777, 0o700);
}

#[test]
fn what_users_write_stays_out_of_the_servers_log() {
    let data = DataDir::new();
    let cluster = data.start().expect("a first start");
    let fails = |script| {
        cluster
            .admin_sql(DATABASE, script)
            .expect_err("the statement is wrong")
    };
    fails("SELECT 'canary in a value'::int;");
    fails("SELECT * FROM canary_in_a_name;");
    fails(
        "CREATE TABLE t (c text UNIQUE); INSERT INTO t VALUES ('canary twice'), ('canary twice');",
    );
    drop(cluster);
    let mut files = 0;
    for dir in [data.path().to_owned(), data.path().join("postgres-log")] {
        for entry in fs::read_dir(dir)
            .expect("a folder")
            .flatten()
            .filter(|entry| entry.path().is_file())
        {
            files += 1;
            let text = fs::read_to_string(entry.path()).expect("text");
            assert!(
                !text.contains("canary"),
                "{}: {text}",
                entry.path().display()
            );
        }
    }
    assert!(files > 1, "there is a log to look into");
}
