//! The way of a message and what stands against sending it. Pure functions.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::MessageKind;
use super::tone::Tone;
use crate::http::error::{Error, Result};
use crate::http::problems;
use crate::rejections::{self, Rejection};
use crate::text_enum;

text_enum! {
    /// Where a message stands.
    pub enum MessageStatus {
        /// Being written.
        Draft = "draft",
        /// Written; it only has to be sent.
        Ready = "ready",
        /// The user says that they sent it. It stays as it is.
        Sent = "sent",
        /// It will not be sent. It stays as it is.
        Discarded = "discarded",
    }
}

use MessageStatus::{Discarded, Draft, Ready, Sent};

impl MessageStatus {
    /// Where it may go.
    pub fn allowed(self) -> &'static [Self] {
        match self {
            Draft => &[Ready, Discarded],
            Ready => &[Sent, Discarded],
            Sent | Discarded => &[],
        }
    }
}

impl MessageKind {
    /// Does it answer a rejection, so that it waits for the end of the cool-off?
    pub fn waits_for_cooloff(self) -> bool {
        matches!(self, Self::RejectionReply | Self::FeedbackRequest)
    }
}

/// 409 `illegal_transition` unless the machine allows the move.
pub(super) fn check_move(from: MessageStatus, to: MessageStatus) -> Result<()> {
    if from.allowed().contains(&to) {
        return Ok(());
    }
    Err(problems::ILLEGAL_TRANSITION
        .because(format!(
            "A message that is {} cannot become {}.",
            from.as_str(),
            to.as_str()
        ))
        .with("from", from.as_str())
        .with("to", to.as_str())
        .with("allowed", json!(from.allowed()))
        .into())
}

/// 409 `message_immutable` for what was sent or discarded.
pub(super) fn check_open(status: MessageStatus) -> Result<()> {
    match status {
        Draft | Ready => Ok(()),
        Sent | Discarded => Err(problems::MESSAGE_IMMUTABLE
            .because(format!(
                "The message is {} and stays as it is.",
                status.as_str()
            ))
            .into()),
    }
}

/// 409 `cooloff_active` or `tone_blocked` for what should not go out at this moment without a reason.
///
/// The cool-off goes first, and its answer tells the findings as well: who overrides, overrides both.
pub(super) fn check_sending(
    kind: MessageKind,
    tone: &Tone,
    rejection: Option<&Rejection>,
    at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<()> {
    let findings: Vec<_> = tone.blockers().collect();
    let rejection = rejection.filter(|_| kind.waits_for_cooloff());
    let cooloff = rejection.map_or(Ok(()), |it| rejections::check_cooloff(it, at, now));
    match cooloff {
        Ok(()) if findings.is_empty() => Ok(()),
        Ok(()) => Err(problems::TONE_BLOCKED
            .because("The tone check found what is better not sent. Change it, or give an override_reason.")
            .with("findings", json!(findings))
            .into()),
        Err(Error::Problem(problem)) if !findings.is_empty() => {
            Err(problem.with("findings", json!(findings)).into())
        }
        Err(refusal) => Err(refusal),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_ready_is_sent_and_what_is_over_goes_nowhere() {
        for from in MessageStatus::ALL {
            assert_eq!(check_move(*from, Sent).is_ok(), *from == Ready);
            assert!(check_move(*from, Draft).is_err());
            assert_eq!(from.allowed().is_empty(), check_open(*from).is_err());
        }
    }

    #[test]
    fn what_thanks_or_says_hello_does_not_wait_for_a_cool_off() {
        let waits = |kind: &&MessageKind| kind.waits_for_cooloff();
        let waiting: Vec<_> = MessageKind::ALL.iter().filter(waits).copied().collect();
        assert_eq!(
            waiting,
            [MessageKind::RejectionReply, MessageKind::FeedbackRequest]
        );
    }
}
