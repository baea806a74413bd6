//! Who may connect, as which role, and that roles and database exist.

use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use super::binaries::Binaries;
use super::error::{EmbeddedError, io_error, last_lines};
use super::folder::{Folder, replace_file};
use super::os_user::{OsUser, POSTGRES, clean_command};
use super::socket;

/// The role that owns the database and migrates it.
pub const OWNER_ROLE: &str = "rebound_owner";
/// The role that answers requests: row level security binds it.
pub const APP_ROLE: &str = "rebound_app";
/// The database of the service.
pub const DATABASE: &str = "rebound";

/// Writes the rules of access: the user who runs the service and the system user `postgres` may be any of the three roles,
/// over the socket; nobody else may be anybody. There are no passwords: the kernel says who is calling.
pub(super) fn write_access_rules(folder: &Folder, user: &OsUser) -> Result<(), EmbeddedError> {
    let hba = format!(
        "# Written anew at each start of the service.\n\
         local all {POSTGRES},{OWNER_ROLE},{APP_ROLE} peer map=rebound\n\
         local replication {POSTGRES} peer map=rebound\n"
    );
    let mut ident = "# Written anew at each start of the service.\n".to_owned();
    let mut names = vec![user.name()];
    if user.name() != POSTGRES {
        names.push(POSTGRES);
    }
    for name in names {
        for role in [POSTGRES, OWNER_ROLE, APP_ROLE] {
            ident.push_str(&format!(
                "rebound \"{}\" {role}\n",
                name.replace('"', "\"\"")
            ));
        }
    }
    replace_file(&folder.hba_file(), &hba)?;
    replace_file(&folder.ident_file(), &ident)
}

/// Makes sure that the roles and the database exist with exactly these rights, however often it runs.
///
/// `owner_may_create` lets the owner make databases and roles of its own.
pub(super) fn provision(
    binaries: &Binaries,
    socket_dir: &Path,
    owner_may_create: bool,
) -> Result<(), EmbeddedError> {
    let rights = if owner_may_create {
        "CREATEDB CREATEROLE"
    } else {
        "NOCREATEDB NOCREATEROLE"
    };
    let script = format!(
        r"
SELECT format('CREATE ROLE %I', name)
  FROM unnest(ARRAY['{OWNER_ROLE}', '{APP_ROLE}']) AS name
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec
ALTER ROLE {OWNER_ROLE} LOGIN NOSUPERUSER NOBYPASSRLS NOREPLICATION {rights};
ALTER ROLE {APP_ROLE} LOGIN NOSUPERUSER NOBYPASSRLS NOREPLICATION NOCREATEDB NOCREATEROLE;
GRANT {APP_ROLE} TO {OWNER_ROLE};
SELECT 'CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE}'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{DATABASE}') \gexec
ALTER DATABASE {DATABASE} OWNER TO {OWNER_ROLE};
"
    );
    // PostgreSQL says `NOTICE: role … is already a member` at every later start; only errors are of interest.
    let script = format!("SET client_min_messages = error;\n{script}");
    run_sql(binaries, socket_dir, POSTGRES, &script).map(drop)
}

/// Runs a script of `psql` as the superuser and gives back what it printed: bare rows, columns parted by `|`.
pub(super) fn run_sql(
    binaries: &Binaries,
    socket_dir: &Path,
    database: &str,
    script: &str,
) -> Result<String, EmbeddedError> {
    let program = binaries.program("psql");
    let mut psql = clean_command(&program)
        .args([
            "-X",
            "-q",
            "-w",
            "-A",
            "-t",
            "-v",
            "ON_ERROR_STOP=1",
            "-f",
            "-",
            "-d",
        ])
        .arg(socket::url(socket_dir, POSTGRES, database))
        // Seconds; without it a server that is frozen would freeze us too.
        .env("PGCONNECT_TIMEOUT", "10")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(io_error("run", &program))?;
    let mut stdin = psql
        .stdin
        .take()
        .expect("the input was asked for as a pipe");
    // When psql has given up already, its own words are the better explanation.
    let written = stdin.write_all(script.as_bytes());
    drop(stdin);
    let output = psql.wait_with_output().map_err(io_error("run", &program))?;
    if !output.status.success() {
        let output = last_lines(&String::from_utf8_lossy(&output.stderr));
        return Err(EmbeddedError::Sql { output });
    }
    written.map_err(io_error("run", &program))?;
    Ok(String::from_utf8_lossy(&output.stdout)
        .trim_end()
        .to_owned())
}
