//! The statements of the queue.

use chrono::{DateTime, Duration, Utc};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel::upsert::excluded;
use serde_json::Value;
use uuid::Uuid;

use super::{Job, NewJob};
use crate::db::cached::cached;
use crate::db::schema::{jobs, users};
use crate::db::{Tx, ids};
use crate::http::error::Result;

/// So many jobs are written by one statement, whose parameters are limited.
const AT_ONCE: usize = 1_000;

#[derive(Insertable)]
#[diesel(table_name = jobs, treat_none_as_default_value = false)]
struct JobRow<'j> {
    id: Uuid,
    kind: &'j str,
    user_id: Option<Uuid>,
    payload: &'j Value,
    unique_key: Option<&'j str>,
    run_at: DateTime<Utc>,
    max_attempts: i32,
    created_at: DateTime<Utc>,
}

impl<'j> JobRow<'j> {
    fn of(job: &'j NewJob, now: DateTime<Utc>) -> Self {
        Self {
            id: ids::new_id(now),
            kind: job.kind,
            user_id: job.user_id,
            payload: &job.payload,
            unique_key: job.unique_key.as_deref(),
            run_at: job.run_at,
            max_attempts: job.max_attempts,
            created_at: now,
        }
    }
}

/// Adds a job; false when its unique key is taken.
pub(super) fn insert(tx: &mut Tx<'_>, job: &NewJob) -> Result<bool> {
    let inserted = diesel::insert_into(jobs::table)
        .values(JobRow::of(job, tx.now))
        .on_conflict(jobs::unique_key)
        .do_nothing()
        .execute(tx.conn)?;
    Ok(inserted == 1)
}

/// Since when the oldest job that is due has been waiting.
pub(super) fn oldest_due(tx: &mut Tx<'_>) -> Result<Option<DateTime<Utc>>> {
    let oldest = jobs::table
        .filter(jobs::failed_at.is_null())
        .filter(jobs::run_at.le(tx.now))
        .order(jobs::run_at)
        .select(jobs::run_at)
        .first(tx.conn)
        .optional()?;
    Ok(oldest)
}

/// Adds jobs but for those whose unique key is taken.
pub(super) fn insert_many(tx: &mut Tx<'_>, jobs: &[NewJob]) -> Result<()> {
    for part in jobs.chunks(AT_ONCE) {
        let rows: Vec<JobRow<'_>> = part.iter().map(|job| JobRow::of(job, tx.now)).collect();
        diesel::insert_into(jobs::table)
            .values(rows)
            .on_conflict(jobs::unique_key)
            .do_nothing()
            .execute(tx.conn)?;
    }
    Ok(())
}

/// Lets the standing jobs of some users run now; who has none gets one.
///
/// Of a job that just runs this waits for the end, and then it is the next one that is brought forward.
pub(super) fn bring_forward(tx: &mut Tx<'_>, kind: &'static str, touched: &[Uuid]) -> Result<()> {
    // Somebody may have been erased in the meantime, and nobody can be before this ends.
    let users: Vec<Uuid> = users::table
        .filter(users::id.eq_any(touched))
        .order(users::id)
        .select(users::id)
        .for_key_share()
        .load(tx.conn)?;
    let wanted: Vec<NewJob> = users
        .into_iter()
        .map(|user| NewJob::standing(kind, user, Value::Null, tx.now))
        .collect();
    let rows: Vec<JobRow<'_>> = wanted.iter().map(|job| JobRow::of(job, tx.now)).collect();
    let upsert = diesel::insert_into(jobs::table)
        .values(rows)
        .on_conflict(jobs::unique_key)
        .do_update()
        .set(jobs::run_at.eq(excluded(jobs::run_at)));
    let later = jobs::run_at.gt(excluded(jobs::run_at));
    diesel::query_dsl::methods::FilterDsl::filter(upsert, later).execute(tx.conn)?;
    Ok(())
}

/// Gives a standing job to users who have none, to some thousands at a time; how many got one. Who came
/// a moment ago gets theirs with the first write.
pub(super) fn seed(tx: &mut Tx<'_>, kind: &'static str) -> Result<usize> {
    let theirs = jobs::table
        .filter(jobs::user_id.eq(users::id.nullable()))
        .filter(jobs::kind.eq(kind));
    let without: Vec<Uuid> = users::table
        .filter(not(exists(theirs)))
        .filter(users::created_at.lt(tx.now - Duration::minutes(1)))
        .select(users::id)
        .limit(5_000)
        .for_key_share()
        .load(tx.conn)?;
    let wanted: Vec<NewJob> = without
        .into_iter()
        .map(|user| NewJob::standing(kind, user, Value::Null, tx.now))
        .collect();
    insert_many(tx, &wanted)?;
    Ok(wanted.len())
}

/// Tries the standing jobs again that were given up before an instant; how many there were.
pub(super) fn revive(
    tx: &mut Tx<'_>,
    kind: &'static str,
    given_up_before: DateTime<Utc>,
) -> Result<usize> {
    let given_up = jobs::table
        .filter(jobs::kind.eq(kind))
        .filter(jobs::failed_at.lt(given_up_before));
    Ok(diesel::update(given_up)
        .set((
            jobs::failed_at.eq(None::<DateTime<Utc>>),
            jobs::leased_until.eq(None::<DateTime<Utc>>),
            jobs::attempts.eq(0),
            jobs::run_at.eq(tx.now),
        ))
        .execute(tx.conn)?)
}

/// The next due job of one of these kinds, or of none of them, and its kind, leased until `until`. `now` is the
/// service's time, leases are real time.
pub(super) fn claim(
    conn: &mut PgConnection,
    (kinds, is_of_them): (&[&str], bool),
    now: DateTime<Utc>,
    real_now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Option<(String, Job)>> {
    let due: Option<(Uuid, String, Option<Uuid>, Value, i32, i32)> = jobs::table
        .filter(jobs::failed_at.is_null())
        .filter(jobs::run_at.le(now))
        .filter(jobs::kind.eq_any(kinds).eq(is_of_them))
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
    let claimed = diesel::update(jobs::table.find(id)).set((
        jobs::leased_until.eq(until),
        jobs::attempts.eq(attempts + 1),
    ));
    cached(claimed).execute(conn)?;
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

/// Keeps a user from being erased before the transaction ends; false when there is none.
pub(super) fn hold_user(conn: &mut PgConnection, user: Uuid) -> Result<bool> {
    let found = users::table
        .find(user)
        .select(users::id)
        .for_key_share()
        .first::<Uuid>(conn)
        .optional()?;
    Ok(found.is_some())
}

/// Removes a job that is done; false when it is gone already.
pub(super) fn delete(conn: &mut PgConnection, id: Uuid) -> Result<bool> {
    Ok(diesel::delete(jobs::table.find(id)).execute(conn)? == 1)
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
