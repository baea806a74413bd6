//! The private cluster of `rebound serve`.

mod life;
mod refusals;
mod settings;

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rebound::db::embedded::{Cluster, DATABASE, EmbeddedError, Options};

/// A data folder that is gone after the test, and that PostgreSQL's user can get to.
pub struct DataDir(tempfile::TempDir);

impl DataDir {
    pub fn new() -> Self {
        let dir = tempfile::Builder::new()
            .prefix("rebound-data-")
            .tempdir()
            .expect("a folder");
        fs::set_permissions(dir.path(), Permissions::from_mode(0o711)).expect("it is ours");
        Self(dir)
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn cluster(&self) -> PathBuf {
        self.path().join("postgres")
    }

    /// As the service starts it, but in a hurry: these tests are not about power cuts.
    pub fn start(&self) -> Result<Cluster, EmbeddedError> {
        start(self.path())
    }

    pub fn refusal(&self) -> String {
        self.start().expect_err("it has to be refused").to_string()
    }
}

pub fn start(path: &Path) -> Result<Cluster, EmbeddedError> {
    Cluster::start(&Options {
        durable: false,
        ..Options::new(path)
    })
}

pub fn sql(cluster: &Cluster, script: &str) -> String {
    cluster
        .admin_sql(DATABASE, script)
        .expect("the statement is fine")
}

pub fn we_are_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|metadata| metadata.uid() == 0)
}
