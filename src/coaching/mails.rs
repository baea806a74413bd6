//! The mail that tells of an invitation, and the job that sends it.
//!
//! It goes to known and unknown addresses alike, holds no secret and none of the seeker's words: the
//! invitation waits in the account of whoever proves to own the address.

use serde_json::json;
use uuid::Uuid;

use super::queries;
use super::rules::LinkStatus;
use crate::account;
use crate::db::{Owner, Tx};
use crate::http::error::{Error, Result};
use crate::jobs::{self, Context, Job, NewJob};
use crate::mail::{Mail, message_id};

/// The kind of the job.
pub const JOB: &str = "coaching.mail";
/// Spread over about half an hour.
const MOST_ATTEMPTS: i32 = 8;

/// Notes in the running transaction that a mail is wanted.
pub(super) fn want(tx: &mut Tx<'_>, link: Uuid) -> Result<()> {
    let job = NewJob {
        kind: JOB,
        user_id: Some(tx.owner),
        payload: json!({"link_id": link}),
        run_at: tx.now,
        unique_key: None,
        max_attempts: MOST_ATTEMPTS,
    };
    jobs::enqueue(tx, &job)?;
    Ok(())
}

/// The work of the job. An invitation that was taken back meanwhile needs no mail.
pub fn send(context: &Context, job: &Job) -> Result<()> {
    let link = job.payload["link_id"].as_str();
    let link = link.and_then(|text| Uuid::try_parse(text).ok());
    let (Some(link), Some(seeker)) = (link, job.user_id) else {
        return Err(Error::internal("an invitation without link or seeker"));
    };
    let address = context.services.settings.address();
    let mail = context.transaction(Owner::User(seeker), |tx| {
        let link = queries::get(tx.conn, seeker, link)?;
        let seeker = account::people(tx.conn, &[seeker])?.pop();
        let waits = link.status(tx.now) == LinkStatus::Invited;
        let both = seeker.zip(link.coach_email).filter(|_| waits);
        Ok(both.map(|(seeker, to)| Mail {
            to,
            subject: "You are invited to coach somebody on Rebound".to_owned(),
            text: invitation(&address, &seeker.email),
            message_id: message_id(&job.id.to_string(), &address),
        }))
    })?;
    match mail {
        Some(mail) => context.services.mailer.send(&mail),
        None => Ok(()),
    }
}

fn invitation(address: &str, seeker: &str) -> String {
    format!(
        "Hello,\n\n\
         somebody who looks for work would like you to be their coach on Rebound:\n\n    {seeker}\n\n\
         The invitation waits for you at\n\n    {address}\n\n\
         Sign in, or register with this very address, and answer it in your app or at\n\
         GET {address}/v1/coach/invitations\n\n\
         Accept it only if you know who it is. If not, do nothing.\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_of_the_mail_is_folded() {
        let text = invitation("https://rebound.example", "sam@example.com");
        assert!(text.is_ascii() && text.lines().all(|line| line.len() <= 76));
        assert!(text.lines().any(|line| line.trim() == "sam@example.com"));
    }
}
