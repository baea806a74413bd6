//! The statements of the queue.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::Text;
use serde_json::Value;
use uuid::Uuid;

use super::{Job, NewJob};
use crate::db::schema::jobs;
use crate::db::{Tx, ids};
use crate::http::error::Result;

/// Adds a job; false when its unique key is taken.
pub(super) fn insert(tx: &mut Tx<'_>, job: &NewJob) -> Result<bool> {
    let inserted = diesel::insert_into(jobs::table)
        .values((
            jobs::id.eq(ids::new_id(tx.now)),
            jobs::kind.eq(job.kind),
            jobs::user_id.eq(job.user_id),
            jobs::payload.eq(&job.payload),
            jobs::unique_key.eq(&job.unique_key),
            jobs::run_at.eq(job.run_at),
            jobs::max_attempts.eq(job.max_attempts),
            jobs::created_at.eq(tx.now),
        ))
        .on_conflict(jobs::unique_key)
        .do_nothing()
        .execute(tx.conn)?;
    Ok(inserted == 1)
}

/// The next due job and its kind, leased until `until`. `now` is the service's time, leases are real time.
pub(super) fn claim(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    real_now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Option<(String, Job)>> {
    let due: Option<(Uuid, String, Option<Uuid>, Value, i32, i32)> = jobs::table
        .filter(jobs::failed_at.is_null())
        .filter(jobs::run_at.le(now))
        .filter(
            jobs::leased_until
                .is_null()
                .or(jobs::leased_until.lt(real_now)),
        )
        .order(jobs::run_at)
        .select((
            jobs::id,
            jobs::kind,
            jobs::user_id,
            jobs::payload,
            jobs::attempts,
            jobs::max_attempts,
        ))
        .for_update()
        .skip_locked()
        .first(conn)
        .optional()?;
    let Some((id, kind, user_id, payload, attempts, max_attempts)) = due else {
        return Ok(None);
    };
    diesel::update(jobs::table.find(id))
        .set((
            jobs::leased_until.eq(until),
            jobs::attempts.eq(attempts + 1),
        ))
        .execute(conn)?;
    Ok(Some((
        kind,
        Job {
            id,
            user_id,
            payload,
            attempt: attempts + 1,
            max_attempts,
        },
    )))
}

define_sql_function! {
    /// Texts are compared without regard to case.
    fn lower(text: Text) -> Text;
}

/// Removes the jobs of a kind whose payload has a text as a member.
pub(super) fn delete_like(
    conn: &mut PgConnection,
    kind: &str,
    member: &str,
    text: &str,
) -> Result<()> {
    diesel::delete(
        jobs::table
            .filter(jobs::kind.eq(kind))
            .filter(lower(jobs::payload.retrieve_as_text(member)).eq(lower(text))),
    )
    .execute(conn)?;
    Ok(())
}

/// Removes a job that is done.
pub(super) fn delete(conn: &mut PgConnection, id: Uuid) -> Result<()> {
    diesel::delete(jobs::table.find(id)).execute(conn)?;
    Ok(())
}

/// Puts a failed job back for a later try.
pub(super) fn retry(
    conn: &mut PgConnection,
    id: Uuid,
    run_at: DateTime<Utc>,
    reason: &str,
) -> Result<()> {
    diesel::update(jobs::table.find(id))
        .set((
            jobs::run_at.eq(run_at),
            jobs::leased_until.eq(None::<DateTime<Utc>>),
            jobs::last_error.eq(reason),
        ))
        .execute(conn)?;
    Ok(())
}

/// Gives a job up; its row stays with the reason.
pub(super) fn give_up(
    conn: &mut PgConnection,
    id: Uuid,
    now: DateTime<Utc>,
    reason: &str,
) -> Result<()> {
    diesel::update(jobs::table.find(id))
        .set((jobs::failed_at.eq(now), jobs::last_error.eq(reason)))
        .execute(conn)?;
    Ok(())
}
