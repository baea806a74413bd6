//! The mail that tells its owner that an endpoint was turned off.

use serde_json::json;
use uuid::Uuid;

use super::queries;
use super::rules::{DisabledReason, WebhookStatus};
use crate::account;
use crate::db::{Owner, Tx};
use crate::http::error::{Error, Result};
use crate::jobs::{self, Context, Job, NewJob};
use crate::mail::{Mail, message_id};

/// The kind of the job.
pub const JOB: &str = "webhooks.mail";
/// Spread over about seven hours: a mail server may be away for long.
const MOST_ATTEMPTS: i32 = 20;

/// Notes in the running transaction that a mail is wanted.
pub(super) fn want(tx: &mut Tx<'_>, webhook: Uuid) -> Result<()> {
    let job = NewJob {
        kind: JOB,
        user_id: Some(tx.owner),
        payload: json!({"webhook_id": webhook}),
        run_at: tx.now,
        unique_key: None,
        max_attempts: MOST_ATTEMPTS,
    };
    jobs::enqueue(tx, &job)?;
    Ok(())
}

/// The work of the job. An endpoint that was turned on again or removed meanwhile needs no mail.
pub fn send(context: &Context, job: &Job) -> Result<()> {
    let webhook = job.payload["webhook_id"].as_str();
    let webhook = webhook.and_then(|text| Uuid::try_parse(text).ok());
    let (Some(webhook), Some(owner)) = (webhook, job.user_id) else {
        return Err(Error::internal("a mail without webhook or user"));
    };
    let settings = &context.services.settings;
    let address = settings.address();
    let mail = context.transaction(Owner::User(owner), |tx| {
        let Some(webhook) = queries::find(tx.conn, owner, webhook)? else {
            return Ok(None);
        };
        let reason = webhook
            .disabled_reason
            .filter(|_| webhook.status == WebhookStatus::Disabled);
        let recipient = account::recipient(tx.conn, owner, settings.verification())?;
        let (Some(reason), Some(recipient)) = (reason, recipient) else {
            return Ok(None);
        };
        let host = url::Url::parse(&webhook.url).ok();
        let host = host.as_ref().and_then(url::Url::host_str);
        let hello = match recipient.display_name {
            Some(name) => format!("Hello {name},"),
            None => "Hello,".to_owned(),
        };
        Ok(Some(Mail {
            to: recipient.email,
            subject: "Rebound: a webhook was turned off".to_owned(),
            text: words(&hello, host.unwrap_or("?"), reason, &address, webhook.id),
            message_id: message_id(&job.id.to_string(), &address),
        }))
    })?;
    match mail {
        Some(mail) => context.services.mailer.send(&mail),
        None => Ok(()),
    }
}

/// The path of a webhook may be its secret, so the mail names the host alone.
fn words(hello: &str, host: &str, reason: DisabledReason, address: &str, id: Uuid) -> String {
    let why = match reason {
        DisabledReason::Gone => "It answered 410: it wants nothing more.",
        DisabledReason::Failing => "Nothing has reached it for five days.",
        DisabledReason::Requested => "You asked for it.",
    };
    format!(
        "{hello}\n\n\
         one of your webhooks was turned off. It went to\n\n    {host}\n\n\
         {why} What happens now is not sent to it.\n\n\
         See what went wrong at\n    {address}/v1/webhooks/{id}/deliveries\n\
         and turn it on again by POST to\n    {address}/v1/webhooks/{id}/transitions\n\n\
         What it has missed meanwhile is at GET {address}/v1/events\n"
    )
}
