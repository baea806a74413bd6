//! The statements on many applications at once.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::{external_id_taken, owned_by};
use crate::applications::model::{Application, ApplicationFields};
use crate::applications::rules::{Stage, Status, StepKind};
use crate::db::cached::{ROWS_OF_A_BLOCK, block};
use crate::db::constraint::OnConstraint;
use crate::db::keyset::{Direction, beyond};
use crate::db::schema::{application_steps, applications};
use crate::db::{Tx, ids};
use crate::http::error::Result;

/// A row to add.
pub struct NewApplication<'a> {
    /// Its id.
    pub id: Uuid,
    /// What a client may write.
    pub fields: &'a ApplicationFields,
    /// Where it stands after its last step.
    pub status: Status,
    /// How far its steps got.
    pub furthest: Stage,
    /// When its last step happened.
    pub since: DateTime<Utc>,
    /// How many steps it has made.
    pub version: i32,
}

/// A step of the timeline of a new application.
pub struct FirstStep {
    /// The application.
    pub application_id: Uuid,
    /// Its place in the timeline, from 1.
    pub seq: i32,
    /// Where the application came from.
    pub from: Option<Status>,
    /// Where it went.
    pub to: Status,
    /// When it happened.
    pub occurred_at: DateTime<Utc>,
}

/// Has the server plan anew with the tables as large as they are now.
///
/// The check of a foreign key keeps its plan. One that was made while the table was nearly empty reads
/// all rows of the owner for each new one, which no longer ends in time when many were added since. This
/// changes no setting, so nothing of it stays behind a transaction pooler.
pub fn plan_anew(conn: &mut PgConnection) -> Result<()> {
    diesel::sql_query("DISCARD PLANS").execute(conn)?;
    Ok(())
}

/// Adds all rows or none.
pub fn insert_many(tx: &mut Tx<'_>, rows: &[NewApplication<'_>]) -> Result<()> {
    for rows in rows.chunks(ROWS_OF_A_BLOCK) {
        let values = rows.iter().map(|row| {
            (
                applications::owner_id.eq(tx.owner),
                applications::id.eq(row.id),
                row.fields,
                applications::status.eq(row.status),
                applications::furthest_stage.eq(row.furthest),
                applications::status_since.eq(row.since),
                applications::version.eq(row.version),
                applications::created_at.eq(tx.now),
                applications::updated_at.eq(tx.now),
            )
        });
        let statement = diesel::insert_into(applications::table).values(values.collect::<Vec<_>>());
        block(rows.len(), statement)
            .execute(tx.conn)
            .on_constraint("applications_external_id_key", external_id_taken)?;
    }
    Ok(())
}

/// Begins the timelines of new applications.
pub fn insert_steps(tx: &mut Tx<'_>, steps: &[FirstStep]) -> Result<()> {
    for rows in steps.chunks(ROWS_OF_A_BLOCK) {
        let values = rows.iter().map(|step| {
            (
                application_steps::owner_id.eq(tx.owner),
                application_steps::id.eq(ids::new_id(tx.now)),
                application_steps::application_id.eq(step.application_id),
                application_steps::seq.eq(step.seq),
                application_steps::kind.eq(StepKind::Transition),
                application_steps::from_status.eq(step.from),
                application_steps::to_status.eq(step.to),
                application_steps::occurred_at.eq(step.occurred_at),
                application_steps::recorded_at.eq(tx.now),
            )
        });
        let statement =
            diesel::insert_into(application_steps::table).values(values.collect::<Vec<_>>());
        block(rows.len(), statement).execute(tx.conn)?;
    }
    Ok(())
}

/// Applications in the order in which they were added, beginning after one of them.
pub fn oldest_first(
    conn: &mut PgConnection,
    owner: Uuid,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<Application>> {
    let key = (applications::created_at, applications::id);
    let mut rows = owned_by(owner)
        .select(Application::as_select())
        .order(key)
        .limit(limit)
        .into_boxed();
    if let Some(last) = after {
        rows = rows.filter(beyond(key, last, Direction::Ascending));
    }
    Ok(rows.load(conn)?)
}
