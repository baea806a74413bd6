//! The machine of a feedback request and its etiquette. Pure functions.

use chrono::{DateTime, Duration, Utc};

use crate::text_enum;

/// Silence that lasts so long after sending is an answer.
pub const ANSWER_WITHIN: Duration = Duration::days(14);
/// The one nudge comes no earlier than this after sending.
pub const NUDGE_AFTER: Duration = Duration::days(5);

text_enum! {
    /// Where a feedback request stands.
    pub enum FeedbackStatus {
        /// Written down, not sent yet.
        Draft = "draft",
        /// Sent; an answer may still come.
        Sent = "sent",
        /// Answered.
        Answered = "answered",
        /// The company gives no feedback.
        DeclinedByPolicy = "declined_by_policy",
        /// No answer for fourteen days. This comes by itself.
        NoAnswer = "no_answer",
        /// Taken back.
        Cancelled = "cancelled",
    }
}

use FeedbackStatus::{Answered, Cancelled, DeclinedByPolicy, Draft, NoAnswer, Sent};

impl FeedbackStatus {
    /// Where a request may go from here. `no_answer` comes by time alone; a late answer is welcome.
    pub fn allowed(self) -> &'static [Self] {
        match self {
            Draft => &[Sent, Cancelled],
            Sent => &[Answered, DeclinedByPolicy, Cancelled],
            NoAnswer => &[Answered],
            Answered | DeclinedByPolicy | Cancelled => &[],
        }
    }
}

/// The status that is read: after [`ANSWER_WITHIN`] what was sent has no answer, whatever is stored.
pub fn effective(
    stored: FeedbackStatus,
    sent_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> FeedbackStatus {
    match (stored, sent_at) {
        (Sent, Some(sent_at)) if sent_at <= silent_since(now) => NoAnswer,
        _ => stored,
    }
}

/// What was sent at this instant or earlier has no answer by now.
pub fn silent_since(now: DateTime<Utc>) -> DateTime<Utc> {
    now - ANSWER_WITHIN
}

/// Why an instant that is given for a step cannot be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeFault {
    /// It lies in the future.
    InFuture,
    /// It lies before the step before it.
    BeforePrevious,
}

/// Checks when a step happened. A draft is no step: what was sent last week may be written down today.
pub fn check_time(
    at: DateTime<Utc>,
    sent_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<(), TimeFault> {
    if at > now {
        return Err(TimeFault::InFuture);
    }
    match sent_at {
        Some(sent_at) if at < sent_at => Err(TimeFault::BeforePrevious),
        _ => Ok(()),
    }
}

/// Why a nudge is not in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NudgeRefusal {
    /// Nothing is waited for.
    NotPossible,
    /// There was one.
    Already,
    /// The company has had less than five days.
    TooEarly {
        /// The first instant at which it is in place.
        allowed_from: DateTime<Utc>,
    },
}

/// Is a nudge at this instant in place?
pub fn check_nudge(
    status: FeedbackStatus,
    sent_at: Option<DateTime<Utc>>,
    nudged_at: Option<DateTime<Utc>>,
    at: DateTime<Utc>,
) -> Result<(), NudgeRefusal> {
    let (Sent, Some(sent_at)) = (status, sent_at) else {
        return Err(NudgeRefusal::NotPossible);
    };
    if nudged_at.is_some() {
        return Err(NudgeRefusal::Already);
    }
    let allowed_from = sent_at + NUDGE_AFTER;
    if at < allowed_from {
        return Err(NudgeRefusal::TooEarly { allowed_from });
    }
    Ok(())
}

/// Words by which a mailbox says that nobody reads it, without what separates their parts.
const UNREAD: [&str; 4] = ["noreply", "donotreply", "dontreply", "noresponse"];

/// Does the part before the `@` say that nobody reads what is sent there?
///
/// Its parts are looked at as words, so that `juno.reply@…` is a person's.
pub fn says_no_reply(email: &str) -> bool {
    let local = email.rsplit_once('@').map_or(email, |(local, _)| local);
    let local = local.to_lowercase();
    let words: Vec<&str> = local
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    (0..words.len()).any(|from| {
        (from + 1..=words.len().min(from + 3)).any(|to| {
            let joined = words[from..to].concat();
            let bare = joined.trim_end_matches(|c: char| c.is_ascii_digit());
            UNREAD.contains(&bare)
                || (to == from + 1 && UNREAD.iter().any(|word| joined.starts_with(word)))
        })
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn noon() -> DateTime<Utc> {
        "2026-11-30T12:00:00Z".parse().expect("an instant")
    }

    #[test]
    fn silence_is_an_answer_after_exactly_fourteen_days() {
        let sent = Some(noon());
        let just_before = noon() + ANSWER_WITHIN - Duration::microseconds(1);
        assert_eq!(effective(Sent, sent, just_before), Sent);
        assert_eq!(effective(Sent, sent, noon() + ANSWER_WITHIN), NoAnswer);
    }

    #[test]
    fn a_nudge_is_in_place_once_from_the_fifth_day_on() {
        let sent = Some(noon());
        let allowed_from = noon() + NUDGE_AFTER;
        let early = allowed_from - Duration::seconds(1);
        assert_eq!(
            check_nudge(Sent, sent, None, early),
            Err(NudgeRefusal::TooEarly { allowed_from })
        );
        assert_eq!(check_nudge(Sent, sent, None, allowed_from), Ok(()));
        assert_eq!(
            check_nudge(Sent, sent, Some(allowed_from), allowed_from),
            Err(NudgeRefusal::Already)
        );
        for status in [Draft, Answered, DeclinedByPolicy, NoAnswer, Cancelled] {
            assert_eq!(
                check_nudge(status, sent, None, allowed_from),
                Err(NudgeRefusal::NotPossible)
            );
        }
    }

    #[test]
    fn mailboxes_that_nobody_reads_are_recognised_and_people_are_not() {
        for email in [
            "noreply@kite.example",
            "no-reply@kite.example",
            "No_Reply@kite.example",
            "no.reply@kite.example",
            "do-not-reply@kite.example",
            "donotreply@kite.example",
            "dont-reply@kite.example",
            "don't.reply@kite.example",
            "jobs-noreply@kite.example",
            "noreply+a17@kite.example",
            "noreply2@kite.example",
            "noreplyjobs@kite.example",
            "careers.do_not_reply.eu@kite.example",
        ] {
            assert!(says_no_reply(email), "{email}");
        }
        for email in [
            "juno.reply@kite.example",
            "reply@kite.example",
            "noah.replyson@kite.example",
            "arno@noreply.example",
            "jobs@kite.example",
            "@",
            "",
        ] {
            assert!(!says_no_reply(email), "{email}");
        }
    }

    proptest! {
        #[test]
        fn time_changes_nothing_but_what_was_sent(stored in prop::sample::select(FeedbackStatus::ALL), hours in 0i64..2_000) {
            let read = effective(stored, Some(noon()), noon() + Duration::hours(hours));
            if stored == Sent && hours >= 14 * 24 {
                prop_assert_eq!(read, NoAnswer);
            } else {
                prop_assert_eq!(read, stored);
            }
        }

        #[test]
        fn no_move_leads_back_or_to_no_answer(way in prop::collection::vec(0usize..6, 1..8)) {
            let mut status = Draft;
            let mut seen = vec![status];
            for choice in way {
                let allowed = status.allowed();
                if allowed.is_empty() { break; }
                status = allowed[choice % allowed.len()];
                prop_assert!(status != NoAnswer && !seen.contains(&status));
                seen.push(status);
            }
        }
    }
}
