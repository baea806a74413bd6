//! Finds the installed PostgreSQL.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use super::error::EmbeddedError;
use super::os_user::clean_command;

/// The oldest major version whose features the schema and this module rely on.
const MINIMUM: u32 = 15;

/// The programs driven here; an installation without one of them (a client-only package) does not count.
const PROGRAMS: [&str; 3] = ["postgres", "initdb", "psql"];

/// One installation: a folder of programs of one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Binaries {
    dir: PathBuf,
    major: u32,
}

impl Binaries {
    /// The folder that holds the programs, free of symbolic links.
    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// The path of one of the programs.
    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// The major version.
    pub(super) fn major(&self) -> u32 {
        self.major
    }

    /// Looks into one folder; `None` when it holds no whole PostgreSQL of a version that will do.
    fn in_dir(dir: &Path) -> Option<Self> {
        // Links are followed because the folder they lie in (/usr/local/bin, say) may lack the other programs.
        let dir = fs::canonicalize(dir.join("postgres"))
            .ok()?
            .parent()?
            .to_owned();
        if !PROGRAMS.iter().all(|name| dir.join(name).is_file()) {
            return None;
        }
        let output = clean_command(dir.join("postgres"))
            .arg("--version")
            .stderr(Stdio::null())
            .output()
            .ok()?;
        let major = parse_major(&String::from_utf8_lossy(&output.stdout))?;
        (major >= MINIMUM).then_some(Self { dir, major })
    }
}

/// The major version in the answer of `postgres --version`, such as `postgres (PostgreSQL) 15.8 (Debian …)` or `… 18beta1`.
fn parse_major(answer: &str) -> Option<u32> {
    let version = answer.split("(PostgreSQL)").nth(1)?.trim_start();
    let digits = version
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(version.len());
    version[..digits].parse().ok()
}

/// Where to look: the search path first, then the folders packages use, which are often not in it.
pub(super) struct Places {
    path: Vec<PathBuf>,
    /// Folders with one folder for each version, as (parent, beginning of the name, rest of the path).
    versioned: Vec<(PathBuf, &'static str, &'static str)>,
}

impl Places {
    /// The search path of this process, and where Debian, Red Hat, Homebrew and Postgres.app put their files.
    pub(super) fn usual() -> Self {
        let versioned = [
            ("/usr/lib/postgresql", "", "bin"),
            ("/usr", "pgsql-", "bin"),
            ("/opt/homebrew/opt", "postgresql", "bin"),
            ("/usr/local/opt", "postgresql", "bin"),
            ("/home/linuxbrew/.linuxbrew/opt", "postgresql", "bin"),
            ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
        ];
        Self::new(
            env::var_os("PATH").as_deref(),
            versioned
                .into_iter()
                .map(|(parent, name, rest)| (parent.into(), name, rest))
                .collect(),
        )
    }

    fn new(path: Option<&OsStr>, versioned: Vec<(PathBuf, &'static str, &'static str)>) -> Self {
        let path = path
            .map(|path| env::split_paths(path).collect())
            .unwrap_or_default();
        Self { path, versioned }
    }

    /// All installations that will do: those of the search path in its order, then the others, newest first.
    ///
    /// # Errors
    /// [`EmbeddedError::NotInstalled`] when there is none.
    pub(super) fn find(&self) -> Result<Vec<Binaries>, EmbeddedError> {
        let mut found: Vec<Binaries> = Vec::new();
        for dir in &self.path {
            found.extend(Binaries::in_dir(dir).filter(|new| !found.contains(new)));
        }
        let mut others: Vec<Binaries> = Vec::new();
        for (parent, beginning, rest) in &self.versioned {
            let names = fs::read_dir(parent).into_iter().flatten().flatten();
            let dirs = names
                .filter(|entry| entry.file_name().to_string_lossy().starts_with(beginning))
                .map(|entry| entry.path().join(rest));
            others.extend(
                dirs.filter_map(|dir| Binaries::in_dir(&dir))
                    .filter(|new| !found.contains(new)),
            );
        }
        others.sort_by_key(|binaries| std::cmp::Reverse(binaries.major));
        found.extend(others);
        if found.is_empty() {
            Err(EmbeddedError::NotInstalled { minimum: MINIMUM })
        } else {
            Ok(found)
        }
    }
}

/// Picks the installation for a cluster: the first for a new one, the one of the same major version for an old one.
///
/// # Errors
/// [`EmbeddedError::ForeignVersion`] when the data needs a version that is not among the installed.
pub(super) fn choose(
    installed: &[Binaries],
    data: Option<u32>,
    folder: &Path,
) -> Result<Binaries, EmbeddedError> {
    let chosen = match data {
        None => installed.first(),
        Some(major) => installed.iter().find(|binaries| binaries.major == major),
    };
    chosen
        .cloned()
        .ok_or_else(|| EmbeddedError::ForeignVersion {
            folder: folder.to_owned(),
            data: data.unwrap_or(MINIMUM),
            installed: installed
                .iter()
                .map(|b| b.major.to_string())
                .collect::<Vec<_>>()
                .join(" and "),
        })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    type Outcome = Result<(), Box<dyn std::error::Error>>;

    /// A folder that looks like an installation of the given version. A shell writes the programs: while this process had them
    /// open for writing, a fork in another test's thread would make them "busy" and not to be run.
    fn pretend_install(bin: &Path, version: &str) -> Outcome {
        fs::create_dir_all(bin)?;
        for name in PROGRAMS {
            let made = clean_command("sh")
                .args([
                    "-c",
                    r#"printf '#!/bin/sh\necho "%s"\n' "$2" > "$1" && chmod 755 "$1""#,
                    "sh",
                ])
                .arg(bin.join(name))
                .arg(format!("{name} (PostgreSQL) {version}"))
                .status()?;
            assert!(made.success());
        }
        Ok(())
    }

    #[test]
    fn the_version_is_read_whatever_the_packager_adds() -> Outcome {
        for (answer, major) in [
            (
                "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n",
                Some(15),
            ),
            ("postgres (PostgreSQL) 18beta1", Some(18)),
            ("postgres (PostgreSQL) 17", Some(17)),
            ("something else 15.1", None),
        ] {
            assert_eq!(parse_major(answer), major, "{answer}");
        }
        Ok(())
    }

    #[test]
    fn without_an_installation_the_error_says_how_to_get_one() -> Outcome {
        let empty = tempfile::tempdir()?;
        let error = Places::new(Some(empty.path().as_os_str()), vec![])
            .find()
            .expect_err("it has to be refused");
        let sentence = error.to_string();
        assert!(
            sentence.contains("apt install postgresql")
                && sentence.contains("brew install postgresql")
        );
        Ok(())
    }

    #[test]
    fn the_search_path_wins_and_the_rest_comes_newest_first() -> Outcome {
        let root = tempfile::tempdir()?;
        let root = root.path().canonicalize()?;
        for version in ["14", "16", "17"] {
            pretend_install(
                &root.join("lib").join(version).join("bin"),
                &format!("{version}.1"),
            )?;
        }
        pretend_install(&root.join("real"), "15.2")?;
        // Only one program is linked into the search path, as a packager may do.
        fs::create_dir(root.join("path"))?;
        symlink(root.join("real/postgres"), root.join("path/postgres"))?;

        let found = Places::new(
            Some(root.join("path").as_os_str()),
            vec![(root.join("lib"), "", "bin")],
        )
        .find()?;
        let majors: Vec<u32> = found.iter().map(Binaries::major).collect();
        assert_eq!(majors, [15, 17, 16], "14 is too old");
        assert_eq!(found[0].dir(), root.join("real"));

        let folder = Path::new("/data/postgres");
        assert_eq!(choose(&found, None, folder)?.major(), 15);
        assert_eq!(
            choose(&found, Some(16), folder)?.major(),
            16,
            "old data finds its own version"
        );
        let sentence = choose(&found, Some(18), folder)
            .expect_err("it has to be refused")
            .to_string();
        assert!(
            sentence.contains("written by PostgreSQL 18") && sentence.contains("15 and 17 and 16")
        );
        Ok(())
    }
}
