//! What things are called that reminders are about. Reads across features, and only reads.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use crate::db::Tx;
use crate::db::schema::{applications, contacts, goals, interviews};
use crate::http::error::Result;

#[diesel::dsl::auto_type(no_type_alias)]
fn applications_owned_by(owner: Uuid) -> _ {
    let mine: diesel::dsl::Eq<applications::owner_id, Uuid> = applications::owner_id.eq(owner);
    applications::table.filter(mine)
}

#[diesel::dsl::auto_type(no_type_alias)]
fn contacts_owned_by(owner: Uuid) -> _ {
    let mine: diesel::dsl::Eq<contacts::owner_id, Uuid> = contacts::owner_id.eq(owner);
    contacts::table.filter(mine)
}

#[diesel::dsl::auto_type(no_type_alias)]
fn goals_owned_by(owner: Uuid) -> _ {
    let mine: diesel::dsl::Eq<goals::owner_id, Uuid> = goals::owner_id.eq(owner);
    goals::table.filter(mine)
}

#[diesel::dsl::auto_type(no_type_alias)]
fn interviews_owned_by(owner: Uuid) -> _ {
    let mine: diesel::dsl::Eq<interviews::owner_id, Uuid> = interviews::owner_id.eq(owner);
    interviews::table.filter(mine)
}

/// Company and job title of some applications.
pub(in crate::reminders) fn applications(
    tx: &mut Tx<'_>,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, String>> {
    let rows: Vec<(Uuid, String, String)> = applications_owned_by(tx.owner)
        .filter(applications::id.eq_any(ids))
        .select((
            applications::id,
            applications::company,
            applications::job_title,
        ))
        .load(tx.conn)?;
    let name = |(id, company, title): (Uuid, String, String)| (id, format!("{company}, {title}"));
    Ok(rows.into_iter().map(name).collect())
}

/// The names of some contacts.
pub(in crate::reminders) fn contacts(
    tx: &mut Tx<'_>,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, String>> {
    let rows: Vec<(Uuid, String)> = contacts_owned_by(tx.owner)
        .filter(contacts::id.eq_any(ids))
        .select((contacts::id, contacts::name))
        .load(tx.conn)?;
    Ok(rows.into_iter().collect())
}

/// The titles of some goals.
pub(in crate::reminders) fn goals(tx: &mut Tx<'_>, ids: &[Uuid]) -> Result<HashMap<Uuid, String>> {
    let rows: Vec<(Uuid, String)> = goals_owned_by(tx.owner)
        .filter(goals::id.eq_any(ids))
        .select((goals::id, goals::title))
        .load(tx.conn)?;
    Ok(rows.into_iter().collect())
}

/// When some interviews begin.
pub(in crate::reminders) fn interviews(
    tx: &mut Tx<'_>,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, DateTime<Utc>>> {
    let rows: Vec<(Uuid, DateTime<Utc>)> = interviews_owned_by(tx.owner)
        .filter(interviews::id.eq_any(ids))
        .select((interviews::id, interviews::scheduled_at))
        .load(tx.conn)?;
    Ok(rows.into_iter().collect())
}
