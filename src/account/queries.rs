//! The statements of accounts.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use uuid::Uuid;

use super::model::{Credentials, NewUser, Person, PreferencesRow, Profile, Recipient, User};
use crate::auth::passwords::UNUSABLE;
use crate::db::cached::cached;
use crate::db::constraint::OnConstraint;
use crate::db::schema::users;
use crate::db::{Tx, ids};
use crate::http::error::Result;
use crate::http::problems;

define_sql_function! {
    /// Addresses are compared without regard to case.
    fn lower(text: Text) -> Text;
}

#[derive(Insertable)]
#[diesel(table_name = users, treat_none_as_default_value = false)]
struct UserRow<'a> {
    id: Uuid,
    email: &'a str,
    email_verified_at: Option<DateTime<Utc>>,
    awaits_proof: bool,
    password_hash: &'a str,
    display_name: Option<&'a str>,
    time_zone: &'a str,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl<'a> UserRow<'a> {
    fn of(user: &'a NewUser, now: DateTime<Utc>) -> Self {
        Self {
            id: ids::new_id(now),
            email: &user.email,
            email_verified_at: user.verified.then_some(now),
            awaits_proof: false,
            password_hash: &user.password_hash,
            display_name: user.display_name.as_deref(),
            time_zone: user.time_zone.as_deref().unwrap_or("UTC"),
            created_at: now,
            updated_at: now,
        }
    }
}

/// Adds a user; 409 when the address is taken.
pub(super) fn insert(tx: &mut Tx<'_>, user: &NewUser) -> Result<User> {
    diesel::insert_into(users::table)
        .values(UserRow::of(user, tx.now))
        .returning(User::as_returning())
        .get_result(tx.conn)
        .on_constraint("users_email_key", || {
            problems::EMAIL_TAKEN
                .because("There is an account with this address already.")
                .into()
        })
}

/// Adds a user, or does nothing when the address is taken; which of these stays unsaid.
///
/// When an address that waits for its proof is registered again, nobody can tell whose password is the
/// owner's: none counts any more, and the mail lets the owner set one (see `mails`). Both statements run for every address, so that
/// they take the same time.
pub(super) fn insert_quietly(tx: &mut Tx<'_>, user: &NewUser) -> Result<()> {
    let row = UserRow {
        awaits_proof: true,
        ..UserRow::of(user, tx.now)
    };
    let unproved = users::table
        .filter(lower(users::email).eq(lower(&user.email)))
        .filter(users::awaits_proof)
        .filter(users::email_verified_at.is_null())
        .filter(users::disabled_at.is_null());
    let taken_over = diesel::update(unproved).set((
        users::email.eq(row.email),
        users::password_hash.eq(UNUSABLE),
        users::display_name.eq(row.display_name),
        users::time_zone.eq(row.time_zone),
        users::version.eq(users::version + 1),
        users::updated_at.eq(tx.now),
    ));
    cached(taken_over).execute(tx.conn)?;
    diesel::insert_into(users::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(tx.conn)?;
    Ok(())
}

/// A user.
pub(super) fn find(conn: &mut PgConnection, id: Uuid) -> Result<Option<User>> {
    Ok(users::table
        .find(id)
        .select(User::as_select())
        .first(conn)
        .optional()?)
}

/// A user, locked for a change.
pub(super) fn lock(conn: &mut PgConnection, id: Uuid) -> Result<Option<User>> {
    Ok(users::table
        .find(id)
        .select(User::as_select())
        .for_update()
        .first(conn)
        .optional()?)
}

/// A user that has an address.
pub(super) fn find_by_email(conn: &mut PgConnection, email: &str) -> Result<Option<Credentials>> {
    Ok(users::table
        .filter(lower(users::email).eq(lower(email)))
        .select(Credentials::as_select())
        .first(conn)
        .optional()?)
}

/// The credentials of a user.
pub(super) fn find_credentials(conn: &mut PgConnection, id: Uuid) -> Result<Option<Credentials>> {
    Ok(users::table
        .find(id)
        .select(Credentials::as_select())
        .first(conn)
        .optional()?)
}

/// A user whose password is still the one that was checked; nobody can change it before the
/// transaction ends.
pub(super) fn find_unchanged(
    conn: &mut PgConnection,
    id: Uuid,
    password_hash: &str,
) -> Result<Option<User>> {
    Ok(users::table
        .find(id)
        .filter(users::password_hash.eq(password_hash))
        .filter(users::disabled_at.is_null())
        .select(User::as_select())
        .for_share()
        .first(conn)
        .optional()?)
}

/// Changes what a user may change of themselves.
pub(super) fn update(tx: &mut Tx<'_>, id: Uuid, profile: &Profile) -> Result<User> {
    let statement = diesel::update(users::table.find(id))
        .set((
            users::display_name.eq(&profile.display_name),
            users::time_zone.eq(&profile.time_zone),
            &profile.preferences,
            users::version.eq(users::version + 1),
            users::updated_at.eq(tx.now),
        ))
        .returning(User::as_returning());
    Ok(cached(statement).get_result(tx.conn)?)
}

/// Sets a password in place of another; false when that is not the present one any more.
pub(super) fn replace_password(
    conn: &mut PgConnection,
    id: Uuid,
    present: &str,
    next: &str,
) -> Result<bool> {
    let changed = diesel::update(
        users::table
            .find(id)
            .filter(users::password_hash.eq(present)),
    )
    .set(users::password_hash.eq(next))
    .execute(conn)?;
    Ok(changed == 1)
}

/// Sets a password for someone who proved to read the mails of the address.
pub(super) fn reset_password(tx: &mut Tx<'_>, id: Uuid, next: &str) -> Result<()> {
    diesel::update(users::table.find(id))
        .set(users::password_hash.eq(next))
        .execute(tx.conn)?;
    verify_email(tx, id)
}

/// Notes that the address is proved; an earlier proof stays.
pub(super) fn verify_email(tx: &mut Tx<'_>, id: Uuid) -> Result<()> {
    diesel::update(
        users::table
            .find(id)
            .filter(users::email_verified_at.is_null()),
    )
    .set((
        users::email_verified_at.eq(tx.now),
        users::version.eq(users::version + 1),
        users::updated_at.eq(tx.now),
    ))
    .execute(tx.conn)?;
    Ok(())
}

/// Keeps a user from signing in; an earlier such instant stays.
pub(super) fn disable(tx: &mut Tx<'_>, id: Uuid) -> Result<()> {
    diesel::update(users::table.find(id).filter(users::disabled_at.is_null()))
        .set(users::disabled_at.eq(tx.now))
        .execute(tx.conn)?;
    Ok(())
}

/// Removes a user and, by the foreign keys, everything that was theirs.
pub(super) fn delete(conn: &mut PgConnection, id: Uuid) -> Result<()> {
    diesel::delete(users::table.find(id)).execute(conn)?;
    Ok(())
}

/// What a user chose.
pub(super) fn preferences(conn: &mut PgConnection, id: Uuid) -> Result<Option<PreferencesRow>> {
    Ok(users::table
        .find(id)
        .select(PreferencesRow::as_select())
        .first(conn)
        .optional()?)
}

/// Where mails for a user go.
pub(super) fn recipient(conn: &mut PgConnection, id: Uuid) -> Result<Option<Recipient>> {
    Ok(users::table
        .find(id)
        .select(Recipient::as_select())
        .first(conn)
        .optional()?)
}

/// Those of these users that are there.
pub(super) fn people(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Person>> {
    Ok(users::table
        .filter(users::id.eq_any(ids))
        .select(Person::as_select())
        .load(conn)?)
}

/// The address of a user, when it is known to be theirs.
pub(super) fn own_address(
    conn: &mut PgConnection,
    id: Uuid,
    proof_needed: bool,
) -> Result<Option<String>> {
    let unproved_will_do = !proof_needed;
    let theirs = users::email_verified_at.is_not_null().or(unproved_will_do
        .into_sql::<Bool>()
        .and(diesel::dsl::not(users::awaits_proof)));
    Ok(users::table
        .find(id)
        .filter(theirs)
        .select(lower(users::email))
        .first(conn)
        .optional()?)
}
