//! `rebound user`

use std::io::Read;

use clap::{Args, Subcommand};

use super::{Failure, database};
use crate::account::{self, NewUser};
use crate::auth::passwords;
use crate::clock::real_now;
use crate::config::DatabaseSettings;
use crate::db::{Access, Owner, Tx, in_transaction};
use crate::http::error::{Error, Result};
use crate::server::PARTINGS;

/// What `rebound user` can be told.
#[derive(Args)]
pub struct UserArgs {
    #[command(flatten)]
    database: DatabaseSettings,
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Create an account; the password is read from standard input
    Create {
        /// Address of the account; counts as proven
        email: String,
        /// IANA name of the time zone
        #[arg(long, default_value = "UTC")]
        time_zone: String,
    },
    /// End every session of an account and refuse further ones
    Disable {
        /// Address of the account
        email: String,
    },
    /// Remove an account and everything there is of the person; there is no way back
    Erase {
        /// Address of the account
        email: String,
    },
}

/// Creates, disables or erases an account.
pub fn run(args: UserArgs) -> std::result::Result<(), Failure> {
    let database = database::open_beside(&args.database)?;
    database.migrate()?;
    match args.action {
        Action::Create { email, time_zone } => {
            let user = new_user(email, time_zone)?;
            as_nobody(&database, |tx| account::create_user(tx, &user))?;
            println!("The account was created.");
        }
        Action::Disable { email } => {
            known(as_nobody(&database, |tx| {
                account::disable_user(tx, &email)
            })?)?;
            println!("The account is disabled.");
        }
        Action::Erase { email } => {
            known(erase(&database, &email)?)?;
            println!("The account was erased.");
        }
    }
    Ok(())
}

fn new_user(email: String, time_zone: String) -> std::result::Result<NewUser, Failure> {
    if email.parse::<lettre::Address>().is_err() {
        return Err("This is no email address.".into());
    }
    if time_zone.parse::<chrono_tz::Tz>().is_err() {
        return Err("This is no IANA time zone; write it like Europe/Berlin.".into());
    }
    let mut password = String::new();
    std::io::stdin().read_to_string(&mut password)?;
    let password = password.trim_end_matches(['\r', '\n']);
    if let Some((_, sentence)) = passwords::weakness(password, &[&email]) {
        return Err(
            format!("The password on standard input is not good enough. {sentence}").into(),
        );
    }
    Ok(NewUser {
        email,
        password_hash: passwords::hash(password).map_err(explain)?,
        display_name: None,
        time_zone: Some(time_zone),
        verified: true,
    })
}

fn known(found: bool) -> std::result::Result<(), Failure> {
    if found {
        Ok(())
    } else {
        Err("There is no account with this address.".into())
    }
}

/// Runs work on global tables.
pub(super) fn as_nobody<T>(
    database: &database::Database,
    work: impl FnOnce(&mut Tx<'_>) -> Result<T>,
) -> std::result::Result<T, Failure> {
    let mut connection = database.connect()?;
    in_transaction(
        &mut connection,
        Owner::Nobody,
        Access::Write,
        real_now(),
        work,
    )
    .map_err(explain)
}

/// Erases the account with this address; false when there is none.
pub(super) fn erase(
    database: &database::Database,
    email: &str,
) -> std::result::Result<bool, Failure> {
    let Some(id) = as_nobody(database, |tx| account::find_user(tx, email))? else {
        return Ok(false);
    };
    let mut connection = database.connect()?;
    in_transaction(
        &mut connection,
        Owner::User(id),
        Access::Write,
        real_now(),
        |tx| account::erase_user(tx, email, &PARTINGS),
    )
    .map_err(explain)?;
    Ok(true)
}

/// The sentence of an error for the terminal.
pub(super) fn explain(error: Error) -> Failure {
    match &error {
        Error::Problem(problem) => problem.detail.clone().into_owned().into(),
        _ => error.to_string().into(),
    }
}
