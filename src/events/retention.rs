//! Old events are removed, in their order and a bounded number at a time.

use chrono::{DateTime, Duration, Utc};
use serde_json::Value;

use super::queries;
use crate::db::{Owner, Tx};
use crate::http::error::{Error, Result};
use crate::jobs::{self, Context, Job, NewJob};

/// The kind of the job that each user has one of.
pub const JOB: &str = "events.forget";
/// So many events are removed in one transaction; the next one follows at once.
const AT_ONCE: usize = 1_000;
/// A user's log is looked at once in this time at the most.
const EACH: Duration = Duration::days(1);

/// The work of the job: removes what is too old, and asks for the next time.
pub fn run(context: &Context, job: &Job) -> Result<()> {
    let user = job
        .user_id
        .ok_or_else(|| Error::internal("events of nobody"))?;
    let kept = Duration::days(context.services.settings.events_retention_days.into());
    context.transaction(Owner::User(user), |tx| {
        jobs::complete(tx, job)?;
        let next = forget(tx, kept)?;
        jobs::enqueue(tx, &NewJob::standing(JOB, user, Value::Null, next))?;
        Ok(())
    })
}

/// Removes a bounded number of events that are older than `kept`; when to look again.
///
/// Only from the beginning on: a place whose event is there has everything that followed it.
fn forget(tx: &mut Tx<'_>, kept: Duration) -> Result<DateTime<Utc>> {
    let most = i64::try_from(AT_ONCE).unwrap_or(i64::MAX);
    let oldest = queries::list_oldest(tx.conn, tx.owner, most)?;
    let limit = tx.now - kept;
    let old = oldest.iter().take_while(|(_, at)| *at < limit).count();
    if let Some((place, _)) = oldest[..old].last() {
        let removed = queries::remove_until(tx, *place)?;
        log::debug!(removed; "old events were removed");
    }
    Ok(if old == AT_ONCE {
        tx.now
    } else {
        // The next one to go is the first that stayed, or one that is yet to happen.
        let first = oldest.get(old).map_or(tx.now, |(_, at)| *at);
        (first + kept).max(tx.now + EACH)
    })
}
