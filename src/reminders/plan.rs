//! The standing job of a user: plans reminders ahead, lets those come whose time has come, and asks for
//! the next plan. All of it in one transaction.

use std::collections::HashMap;

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::mails;
use super::model::{ReminderMove, Stored};
use super::queries::{self, sources};
use super::reconcile::{self, Changes};
use super::rules::{self, Days, ReminderKind, ReminderStatus, SnoozeFault};
use crate::account::{ReminderMail, Reminding, preferences};
use crate::clock::{at_time, start_of_day};
use crate::db::{Owner, Tx};
use crate::events::{self, Event};
use crate::http::error::{Error, Result};
use crate::http::problems;
use crate::jobs::{self, Context, Job, NewJob};
use crate::rest;

/// The kind of the job.
pub const JOB: &str = "reminders.plan";
/// So long a plan is good at most, whatever happens: a write whose word to the queue got lost shows then.
const GOOD_FOR: Duration = Duration::hours(1);
/// So many reminders are made or come in one transaction; the next one follows at once.
const AT_ONCE: usize = 500;
/// The member of the payload that holds when the plan before was made.
const PLANNED_AT: &str = "planned_at";

/// The work of the job.
pub fn run(context: &Context, job: &Job) -> Result<()> {
    let user = job
        .user_id
        .ok_or_else(|| Error::internal("a plan without a user"))?;
    context.transaction(Owner::User(user), |tx| {
        // Whoever else holds this job waits here, and then finds that it is over.
        jobs::complete(tx, job)?;
        let before = job.payload[PLANNED_AT]
            .as_str()
            .and_then(|at| at.parse().ok());
        plan(tx, before)
    })
}

/// Makes the plan of the present moment; `before` is when the one before was made.
fn plan(tx: &mut Tx<'_>, before: Option<DateTime<Utc>>) -> Result<()> {
    let preferences = preferences(tx.conn, tx.owner)?;
    let reminding = preferences.reminders;
    let mut days = Days::of(preferences.time_zone, &reminding, tx.now);
    if rest::today(tx, days.zone)?.is_some() {
        days.rest_on = Some(days.today());
    }
    let more = renew(tx, &days)?;
    let fired = fire(tx)?;
    let mut mails = match reminding.mail {
        ReminderMail::Each => fired.iter().map(|it| mails::one(tx, it)).collect(),
        ReminderMail::DailyDigest | ReminderMail::Off => Vec::new(),
    };
    mails.extend(digest(tx, &days, &reminding, before)?);
    jobs::enqueue_many(tx, &mails)?;
    let more = more || fired.len() == AT_ONCE;
    let next = match more {
        true => tx.now,
        false => next_moment(tx, &days, &reminding)?,
    };
    let payload = json!({PLANNED_AT: tx.now});
    jobs::enqueue(tx, &NewJob::standing(JOB, tx.owner, payload, next))?;
    Ok(())
}

/// Lets the reminders fit what there is to remind of; tells whether some had to be left for later.
fn renew(tx: &mut Tx<'_>, days: &Days) -> Result<bool> {
    let open = queries::open(tx.conn, tx.owner)?;
    let mut known: HashMap<ReminderKind, Vec<Uuid>> = HashMap::new();
    for reminder in &open {
        let ids = known.entry(reminder.kind).or_default();
        ids.push(reminder.resource_id);
    }
    let wanted = sources::Wanted {
        days,
        known: &known,
    };
    let causes = sources::causes(tx, &wanted)?;
    let Changes {
        create,
        shift,
        remove,
        finish,
    } = reconcile::reconcile(&open, &causes, days);
    // Those that were there before, and are over, take no place of others.
    for part in create.chunks(AT_ONCE) {
        let made = queries::insert(tx, part)?;
        record(tx, "reminder.created", &made)?;
    }
    let (now, later) = shift.split_at(shift.len().min(AT_ONCE));
    let mut shifted = Vec::new();
    for (id, at) in now {
        shifted.extend(queries::shift(tx, *id, *at)?);
    }
    record(tx, "reminder.updated", &shifted)?;
    if !remove.is_empty() {
        let removed = queries::remove(tx, &remove)?;
        record(tx, "reminder.deleted", &removed)?;
    }
    for from in [ReminderStatus::Due, ReminderStatus::Snoozed] {
        let ids: Vec<Uuid> = finish
            .iter()
            .filter(|(_, status)| *status == from)
            .map(|(id, _)| *id)
            .collect();
        if !ids.is_empty() {
            let done = queries::finish(tx, &ids, from)?;
            let events: Vec<Event> = done.iter().map(|it| transitioned(it, from)).collect();
            events::record_many(tx, &events)?;
        }
    }
    Ok(!later.is_empty())
}

/// Lets reminders come whose time has come.
fn fire(tx: &mut Tx<'_>) -> Result<Vec<Stored>> {
    let most = i64::try_from(AT_ONCE).unwrap_or(i64::MAX);
    let fired = queries::fire(tx, most)?;
    record(tx, "reminder.due", &fired)?;
    Ok(fired)
}

/// Writes down what happened to some reminders.
pub(super) fn record(tx: &mut Tx<'_>, kind: &'static str, reminders: &[Stored]) -> Result<()> {
    let events: Vec<Event> = reminders
        .iter()
        .map(|it| Event::new(kind, it.id).with(about(it)))
        .collect();
    events::record_many(tx, &events)
}

fn about(reminder: &Stored) -> Value {
    json!({
        "kind": reminder.kind, "resource_type": reminder.kind.resource_type(),
        "resource_id": reminder.resource_id, "application_id": reminder.application_id
    })
}

fn transitioned(reminder: &Stored, from: ReminderStatus) -> Event {
    let mut data = about(reminder);
    data["from"] = json!(from);
    data["to"] = json!(reminder.status);
    Event::new("reminder.transitioned", reminder.id).with(data)
}

/// The mail of the day, if its time came since the plan before and there is something to tell.
fn digest(
    tx: &mut Tx<'_>,
    days: &Days,
    reminding: &Reminding,
    before: Option<DateTime<Utc>>,
) -> Result<Option<NewJob>> {
    let at = at_time(days.today(), reminding.digest_time, days.zone);
    let came = before.is_some_and(|before| before < at && at <= tx.now);
    if reminding.mail != ReminderMail::DailyDigest || !came {
        return Ok(None);
    }
    let tomorrow = days.today().succ_opt().unwrap_or(days.today());
    let end = start_of_day(tomorrow, days.zone);
    let mut listed = queries::of_the_day(tx.conn, tx.owner, end, mails::MOST_LISTED)?;
    listed.retain(|it| days.rest_on.is_none() || it.kind.is_fixed());
    Ok((!listed.is_empty()).then(|| mails::digest(tx, at, &listed)))
}

/// When the next plan is to be made.
fn next_moment(tx: &mut Tx<'_>, days: &Days, reminding: &Reminding) -> Result<DateTime<Utc>> {
    let mut next = tx.now + GOOD_FOR;
    if let Some(at) = queries::next(tx.conn, tx.owner)? {
        next = next.min(at);
    }
    if reminding.mail == ReminderMail::DailyDigest {
        let today = days.today();
        let digests = [Some(today), today.succ_opt()].into_iter().flatten();
        let digests = digests.map(|day| at_time(day, reminding.digest_time, days.zone));
        if let Some(at) = digests.filter(|at| *at > tx.now).min() {
            next = next.min(at);
        }
    }
    Ok(next.max(tx.now))
}

/// Moves a reminder, whose row is locked; 409 `illegal_transition` for what the machine forbids, 422 for
/// a snooze that ends at no good time.
pub(super) fn transition(
    tx: &mut Tx<'_>,
    current: &Stored,
    wanted: &ReminderMove,
) -> Result<Stored> {
    let (from, allowed) = (current.status, current.status.allowed());
    if !allowed.contains(&wanted.to) {
        let detail = format!(
            "A reminder that is {} cannot become {}.",
            from.as_str(),
            wanted.to.as_str()
        );
        return Err(problems::ILLEGAL_TRANSITION
            .because(detail)
            .with("from", from.as_str())
            .with("to", wanted.to.as_str())
            .with("allowed", json!(allowed))
            .into());
    }
    if let Some(until) = wanted.snooze_until {
        rules::check_snooze(until, tx.now).map_err(|fault| {
            let (code, detail) = match fault {
                SnoozeFault::Past => ("in_past", "In the future."),
                SnoozeFault::TooLong => ("too_long", "At most 30 days ahead."),
            };
            Error::invalid_field("/snooze_until", code, detail)
        })?;
    }
    let moved = queries::set_status(tx, current, wanted.to, wanted.snooze_until)?;
    events::record(tx, &transitioned(&moved, from))?;
    Ok(moved)
}
