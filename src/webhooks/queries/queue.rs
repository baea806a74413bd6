//! The statements on the queue of endpoints, which is global: its rows say whose they are and nothing else.

use chrono::{DateTime, Duration, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Timestamptz};
use uuid::Uuid;

use crate::db::cached::cached;
use crate::db::schema::webhook_queue as queue;
use crate::db::{Tx, ids};
use crate::http::error::Result;

/// The right to look after an endpoint, which nobody else has at the same time.
#[derive(Clone, Copy, Debug)]
pub(in crate::webhooks) struct Lease {
    /// Another one each time an endpoint is claimed.
    pub(in crate::webhooks) id: Uuid,
    /// Until when others leave the endpoint alone, in real time.
    pub(in crate::webhooks) until: DateTime<Utc>,
}

/// An endpoint and whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable)]
pub(in crate::webhooks) struct Place {
    /// The user.
    pub(in crate::webhooks) user: Uuid,
    /// The endpoint.
    pub(in crate::webhooks) webhook: Uuid,
}

define_sql_function! {
    /// The earlier one; the other one when one is null.
    fn least(one: Nullable<Timestamptz>, other: Nullable<Timestamptz>) -> Nullable<Timestamptz>;
}

/// Puts a new endpoint of the owner into the queue, with nothing to do.
pub(in crate::webhooks) fn insert(tx: &mut Tx<'_>, webhook: Uuid) -> Result<()> {
    diesel::insert_into(queue::table)
        .values((
            queue::user_id.eq(tx.owner),
            queue::webhook_id.eq(webhook),
            queue::tidied_at.eq(tx.now),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Takes an endpoint of the owner out of the queue.
pub(in crate::webhooks) fn remove(tx: &mut Tx<'_>, webhook: Uuid) -> Result<()> {
    diesel::delete(queue::table.find((tx.owner, webhook))).execute(tx.conn)?;
    Ok(())
}

/// Has an endpoint of the owner looked after now, even if it rests.
pub(in crate::webhooks) fn wake_one(tx: &mut Tx<'_>, webhook: Uuid) -> Result<()> {
    diesel::update(queue::table.find((tx.owner, webhook)))
        .set((
            queue::run_at.eq(least(queue::run_at, Some(tx.now))),
            queue::resting_until.eq(None::<DateTime<Utc>>),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Has all endpoints of some users looked after now that do not rest.
pub(in crate::webhooks) fn wake_all(tx: &mut Tx<'_>, users: &[Uuid]) -> Result<()> {
    let theirs = queue::table
        .filter(queue::user_id.eq_any(users))
        .filter(queue::run_at.is_null().or(queue::run_at.gt(tx.now)))
        .filter(
            queue::resting_until
                .is_null()
                .or(queue::resting_until.le(tx.now)),
        );
    let woken = diesel::update(theirs).set(queue::run_at.eq(tx.now));
    cached(woken).execute(tx.conn)?;
    Ok(())
}

/// Claims endpoints that are to be looked after, at most so many, until an instant of real time: those whose
/// moment has come, and those whose worker was not heard of in time.
pub(in crate::webhooks) fn claim(
    tx: &mut Tx<'_>,
    real_now: DateTime<Utc>,
    until: DateTime<Utc>,
    most: i64,
) -> Result<Vec<(Place, Uuid)>> {
    let due = queue::lease.is_null().and(queue::run_at.le(tx.now));
    let due = due.or(queue::leased_until.lt(real_now));
    let found: Vec<Place> = queue::table
        .filter(due)
        .order(queue::run_at)
        .select((queue::user_id, queue::webhook_id))
        .limit(most)
        .for_update()
        .skip_locked()
        .load(tx.conn)?;
    let mut claimed = Vec::with_capacity(found.len());
    for place in found {
        let lease = ids::new_id(real_now);
        // What is to be done while it is looked after is noted anew.
        let leased = diesel::update(queue::table.find((place.user, place.webhook))).set((
            queue::run_at.eq(None::<DateTime<Utc>>),
            queue::lease.eq(lease),
            queue::leased_until.eq(until),
        ));
        cached(leased).execute(tx.conn)?;
        claimed.push((place, lease));
    }
    Ok(claimed)
}

/// For how long the endpoint has been waiting that waits longest: since its moment came, or since its worker was to be
/// heard of.
pub(in crate::webhooks) fn longest_wait(
    tx: &mut Tx<'_>,
    real_now: DateTime<Utc>,
) -> Result<Duration> {
    let due = queue::table
        .filter(queue::lease.is_null())
        .filter(queue::run_at.le(tx.now))
        .order(queue::run_at)
        .select(queue::run_at)
        .first::<Option<DateTime<Utc>>>(tx.conn)
        .optional()?;
    let lost = queue::table
        .filter(queue::leased_until.lt(real_now))
        .order(queue::leased_until)
        .select(queue::leased_until)
        .first::<Option<DateTime<Utc>>>(tx.conn)
        .optional()?;
    let waits = [
        due.flatten().map(|since| tx.now - since),
        lost.flatten().map(|since| real_now - since),
    ];
    Ok(waits.into_iter().flatten().max().unwrap_or_default())
}

/// Prolongs the lease on an endpoint of the owner; false when somebody else has it by now.
pub(in crate::webhooks) fn hold(tx: &mut Tx<'_>, webhook: Uuid, lease: Lease) -> Result<bool> {
    let mine = queue::table
        .find((tx.owner, webhook))
        .filter(queue::lease.eq(lease.id));
    let held = diesel::update(mine)
        .set(queue::leased_until.eq(lease.until))
        .execute(tx.conn)?;
    Ok(held == 1)
}

/// What is to become of an endpoint that is given back.
#[derive(Clone, Copy, Debug)]
pub(in crate::webhooks) enum Then {
    /// There is something to do at this instant, or nothing without one.
    Next(Option<DateTime<Utc>>),
    /// It rests until this instant, whatever there is to do.
    Rest(DateTime<Utc>),
}

/// Gives an endpoint back.
pub(in crate::webhooks) fn release(
    tx: &mut Tx<'_>,
    place: Place,
    lease: Uuid,
    then: Then,
) -> Result<()> {
    let mine = queue::table
        .find((place.user, place.webhook))
        .filter(queue::lease.eq(lease));
    let free = (
        queue::lease.eq(None::<Uuid>),
        queue::leased_until.eq(None::<DateTime<Utc>>),
    );
    match then {
        Then::Next(at) => diesel::update(mine)
            .set((queue::run_at.eq(least(queue::run_at, at)), free))
            .execute(tx.conn)?,
        Then::Rest(until) => diesel::update(mine)
            .set((
                queue::run_at.eq(until),
                queue::resting_until.eq(until),
                free,
            ))
            .execute(tx.conn)?,
    };
    Ok(())
}

/// Gives back what is claimed under these leases, to be looked after by somebody else now.
pub(in crate::webhooks) fn release_all(tx: &mut Tx<'_>, leases: &[Uuid]) -> Result<usize> {
    let mine = queue::table
        .filter(queue::leased_until.is_not_null())
        .filter(queue::lease.eq_any(leases));
    Ok(diesel::update(mine)
        .set((
            queue::run_at.eq(tx.now),
            queue::lease.eq(None::<Uuid>),
            queue::leased_until.eq(None::<DateTime<Utc>>),
        ))
        .execute(tx.conn)?)
}

/// Endpoints that nobody looks after and nothing is planned for, from one on.
pub(in crate::webhooks) fn idle(tx: &mut Tx<'_>, after: Place, most: i64) -> Result<Vec<Place>> {
    let later = queue::user_id.gt(after.user).or(queue::user_id
        .eq(after.user)
        .and(queue::webhook_id.gt(after.webhook)));
    Ok(queue::table
        .filter(later)
        .filter(queue::run_at.is_null())
        .filter(queue::lease.is_null())
        .order((queue::user_id, queue::webhook_id))
        .select((queue::user_id, queue::webhook_id))
        .limit(most)
        .load(tx.conn)?)
}

/// Takes endpoints on whose deliveries were not tidied up since an instant.
pub(in crate::webhooks) fn take_untidied(
    tx: &mut Tx<'_>,
    since: DateTime<Utc>,
    most: i64,
) -> Result<Vec<Place>> {
    let found: Vec<Place> = queue::table
        .filter(queue::tidied_at.lt(since))
        .order(queue::tidied_at)
        .select((queue::user_id, queue::webhook_id))
        .limit(most)
        .for_update()
        .skip_locked()
        .load(tx.conn)?;
    for place in &found {
        diesel::update(queue::table.find((place.user, place.webhook)))
            .set(queue::tidied_at.eq(tx.now))
            .execute(tx.conn)?;
    }
    Ok(found)
}
