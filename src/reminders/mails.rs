//! The jobs that mail reminders.
//!
//! A job is written in the transaction in which its reminder comes. It reads the words when it sends, and
//! sends nothing that was seen to in the meantime. A worker that dies between sending and noting it is
//! followed by one that sends again, under the same `Message-ID`, by which a mail server drops the copy.

use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

use super::model::Stored;
use super::rules::ReminderStatus;
use super::{about, letters, plan, queries};
use crate::account::{self, ReminderMail, preferences};
use crate::config::Settings;
use crate::db::{Owner, Tx};
use crate::http::error::{Error, Result};
use crate::jobs::{Context, Job, NewJob};
use crate::mail::{Mail, message_id};

/// The kind of the job that mails one reminder.
pub const ONE: &str = "reminders.mail";
/// The kind of the job that mails those of a day.
pub const DIGEST: &str = "reminders.digest";
/// A mail of a day lists so many at most.
pub(super) const MOST_LISTED: i64 = 100;
/// Spread over about seven hours: a mail server may be away for long.
const MOST_ATTEMPTS: i32 = 20;

fn job(tx: &Tx<'_>, kind: &'static str, payload: serde_json::Value) -> NewJob {
    NewJob {
        kind,
        user_id: Some(tx.owner),
        payload,
        run_at: tx.now,
        unique_key: None,
        max_attempts: MOST_ATTEMPTS,
    }
}

/// The job that mails a reminder that has just come.
pub(super) fn one(tx: &Tx<'_>, reminder: &Stored) -> NewJob {
    let payload = json!({"reminder_id": reminder.id, "count": reminder.fired_count});
    job(tx, ONE, payload)
}

/// The job that mails the reminders of a day; `at` is the moment for it.
pub(super) fn digest(tx: &Tx<'_>, at: DateTime<Utc>, listed: &[Stored]) -> NewJob {
    let ids: Vec<Uuid> = listed.iter().map(|it| it.id).collect();
    job(
        tx,
        DIGEST,
        json!({"at": at.timestamp(), "reminder_ids": ids}),
    )
}

/// The work of the job that mails one reminder.
pub fn send_one(context: &Context, job: &Job) -> Result<()> {
    let read = || {
        let id: Uuid = job.payload["reminder_id"].as_str()?.parse().ok()?;
        Some((id, i32::try_from(job.payload["count"].as_i64()?).ok()?))
    };
    let (id, count) = read().ok_or_else(|| Error::internal("a mail without a reminder"))?;
    // After a snooze the same reminder comes again, and that is another mail.
    let name = format!("{id}.{count}");
    send(context, job, ReminderMail::Each, &name, &[id], |it| {
        it.status == ReminderStatus::Due && it.fired_count == count
    })
}

/// The work of the job that mails the reminders of a day.
pub fn send_digest(context: &Context, job: &Job) -> Result<()> {
    let ids: Vec<Uuid> = serde_json::from_value(job.payload["reminder_ids"].clone())
        .map_err(|_| Error::internal("a mail without reminders"))?;
    let user = job.user_id.unwrap_or_default();
    let name = format!("{user}.{}", job.payload["at"]);
    send(context, job, ReminderMail::DailyDigest, &name, &ids, |it| {
        !it.status.allowed().is_empty()
    })
}

/// Sends what is still wanted, and writes that down.
fn send(
    context: &Context,
    job: &Job,
    way: ReminderMail,
    name: &str,
    ids: &[Uuid],
    is_wanted: impl Fn(&Stored) -> bool,
) -> Result<()> {
    let user = job
        .user_id
        .ok_or_else(|| Error::internal("a mail without a user"))?;
    let owner = Owner::User(user);
    let settings = &context.services.settings;
    let letter = context.transaction(owner, |tx| {
        let mut wanted = queries::some(tx.conn, tx.owner, ids)?;
        wanted.retain(|it| it.mailed_at.is_none() && is_wanted(it));
        write(tx, settings, way, name, wanted)
    })?;
    let Some((mail, told)) = letter else {
        return Ok(());
    };
    context.services.mailer.send(&mail)?;
    context.transaction(owner, |tx| {
        let mailed = queries::set_mailed(tx, &told)?;
        plan::record(tx, "reminder.updated", &mailed)
    })
}

/// The mail with the reminders that it tells of; none when there is nothing to tell or nobody to tell it.
fn write(
    tx: &mut Tx<'_>,
    settings: &Settings,
    way: ReminderMail,
    name: &str,
    wanted: Vec<Stored>,
) -> Result<Option<(Mail, Vec<Uuid>)>> {
    let preferences = preferences(tx.conn, tx.owner)?;
    let recipient = account::recipient(tx.conn, tx.owner, settings.verification())?;
    let Some(recipient) = recipient.filter(|_| preferences.reminders.mail == way) else {
        return Ok(None);
    };
    let mut words = about::of(tx, &wanted)?;
    let items: Vec<letters::Item> = wanted
        .into_iter()
        .filter_map(|reminder| {
            let about = words.remove(&reminder.id)?;
            Some(letters::Item { reminder, about })
        })
        .collect();
    let address = settings.address();
    let frame = letters::Frame {
        address: &address,
        name: recipient.display_name.as_deref(),
        zone: preferences.time_zone,
    };
    let written = match way {
        ReminderMail::Each => items.first().map(|item| frame.one(item)),
        _ => frame.digest(&items),
    };
    let told = items.iter().map(|item| item.reminder.id).collect();
    Ok(written.map(|(subject, text)| {
        let mail = Mail {
            to: recipient.email,
            subject,
            text,
            message_id: message_id(name, &address),
        };
        (mail, told)
    }))
}
