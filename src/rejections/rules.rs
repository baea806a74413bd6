//! Where a rejection stands and when a reply is welcome. Pure functions; the rules are those of the
//! product: stay calm for a few hours or a day, then answer while it is still remembered.

use chrono::{DateTime, Duration, Utc};

use crate::text_enum;

text_enum! {
    /// The way on which a rejection came.
    pub enum Channel {
        /// By email.
        Email = "email",
        /// On the phone.
        Phone = "phone",
        /// In the company's portal.
        Portal = "portal",
        /// By letter.
        Letter = "letter",
        /// Face to face.
        InPerson = "in_person",
        /// In another way.
        Other = "other",
    }
}

text_enum! {
    /// Who reads what is sent back.
    pub enum ReplyAddress {
        /// A person.
        Person = "person",
        /// A mailbox of several people.
        Shared = "shared",
        /// Nobody: it never asks for a reply.
        NoReply = "no_reply",
    }
}

text_enum! {
    /// How far the application had come.
    pub enum StageReached {
        /// The application was read.
        Application = "application",
        /// A first look was taken.
        Screening = "screening",
        /// A test or a task was done.
        Assessment = "assessment",
        /// There were talks.
        Interview = "interview",
        /// There was the last talk.
        Final = "final",
        /// There was an offer.
        Offer = "offer",
    }
}

text_enum! {
    /// Why, in one word.
    pub enum ReasonCode {
        /// Skills that the job asks for.
        Skills = "skills",
        /// Too little experience, or of another kind.
        Experience = "experience",
        /// Degrees or certificates.
        Qualifications = "qualifications",
        /// How the interview went.
        InterviewPerformance = "interview_performance",
        /// How the resume reads.
        ResumePresentation = "resume_presentation",
        /// How one writes or speaks.
        Communication = "communication",
        /// It does not fit, they say.
        CultureFit = "culture_fit",
        /// Someone else fitted better.
        StrongerCandidate = "stronger_candidate",
        /// Someone from inside took it.
        InternalHire = "internal_hire",
        /// There is no such job any more.
        RoleCancelled = "role_cancelled",
        /// The right to work there.
        WorkAuthorization = "work_authorization",
        /// The place.
        Location = "location",
        /// The pay.
        Compensation = "compensation",
        /// Too much experience, they say.
        Overqualified = "overqualified",
        /// No reason was given.
        NotStated = "not_stated",
        /// Another reason.
        Other = "other",
    }
}

text_enum! {
    /// How one knows the reason.
    pub enum ReasonBasis {
        /// They said so.
        Stated = "stated",
        /// One concludes it.
        Inferred = "inferred",
    }
}

text_enum! {
    /// Where a rejection stands.
    pub enum RejectionState {
        /// Nothing is sent yet; time alone leads on.
        CoolingOff = "cooling_off",
        /// A reply may go out.
        Ready = "ready",
        /// The user replied.
        Replied = "replied",
        /// It is over without a reply.
        Closed = "closed",
    }
}

text_enum! {
    /// What is stored of the state; time tells the rest.
    pub enum Standing {
        /// It cools off or is ready.
        Open = "open",
        /// The user replied.
        Replied = "replied",
        /// It is over without a reply.
        Closed = "closed",
    }
}

impl RejectionState {
    /// The moves that a user can make. Inside the cool-off *replied* needs a written reason as well.
    pub fn allowed(self) -> &'static [Self] {
        match self {
            Self::CoolingOff | Self::Ready => &[Self::Replied, Self::Closed],
            Self::Replied | Self::Closed => &[],
        }
    }
}

/// How long after its arrival a rejection is answered best, in hours, if the cool-off ends long before.
const REMEMBERED_FOR: i64 = 48;
/// How many hours there are for a reply after a long cool-off.
const WINDOW: i64 = 24;

/// The state at an instant. At the very end of the cool-off it is over.
pub fn state(
    standing: Standing,
    cooloff_until: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> RejectionState {
    match standing {
        Standing::Replied => RejectionState::Replied,
        Standing::Closed => RejectionState::Closed,
        Standing::Open if cooloff_until.is_some_and(|until| now < until) => {
            RejectionState::CoolingOff
        }
        Standing::Open => RejectionState::Ready,
    }
}

/// When the cool-off of a rejection ends.
pub fn cooloff_until(received_at: DateTime<Utc>, hours: i32) -> DateTime<Utc> {
    received_at + Duration::hours(hours.into())
}

/// Until when a reply is best sent: the later of 48 hours after the arrival and a day after the cool-off.
pub fn reply_best_before(
    received_at: DateTime<Utc>,
    cooloff_until: DateTime<Utc>,
) -> DateTime<Utc> {
    (received_at + Duration::hours(REMEMBERED_FOR)).max(cooloff_until + Duration::hours(WINDOW))
}

/// How a reason is known when nobody says: words of the company are stated, anything else is inferred.
pub fn basis(
    code: ReasonCode,
    given: Option<ReasonBasis>,
    text: Option<&str>,
) -> Option<ReasonBasis> {
    match (code, given) {
        (ReasonCode::NotStated, _) => None,
        (_, Some(basis)) => Some(basis),
        (_, None) if text.is_some() => Some(ReasonBasis::Stated),
        (_, None) => Some(ReasonBasis::Inferred),
    }
}

/// Whole seconds from now to an instant ahead, rounded up: one second at least.
pub fn seconds_until(until: DateTime<Utc>, now: DateTime<Utc>) -> i64 {
    let milliseconds = (until - now).num_milliseconds();
    (milliseconds.saturating_add(999) / 1000).max(1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn noon() -> DateTime<Utc> {
        "2026-11-01T12:00:00Z".parse().expect("an instant")
    }

    #[test]
    fn time_alone_ends_the_cool_off() {
        let until = Some(cooloff_until(noon(), 24));
        let at = |hours| state(Standing::Open, until, noon() + Duration::hours(hours));
        assert_eq!(at(23), RejectionState::CoolingOff);
        assert_eq!(at(24), RejectionState::Ready);
        assert_eq!(
            state(Standing::Closed, until, noon()),
            RejectionState::Closed
        );
    }

    #[test]
    fn a_reply_is_best_within_two_days_or_a_day_after_a_long_cool_off() {
        let best = |hours| reply_best_before(noon(), cooloff_until(noon(), hours)) - noon();
        assert_eq!(best(2), Duration::hours(48));
        assert_eq!(best(24), Duration::hours(48));
        assert_eq!(best(72), Duration::hours(96));
    }

    #[test]
    fn a_reason_in_their_words_is_stated_and_any_other_inferred() {
        use ReasonBasis::{Inferred, Stated};
        assert_eq!(basis(ReasonCode::Skills, None, Some("…")), Some(Stated));
        assert_eq!(basis(ReasonCode::Skills, None, None), Some(Inferred));
        assert_eq!(
            basis(ReasonCode::Skills, Some(Inferred), Some("…")),
            Some(Inferred)
        );
        assert_eq!(basis(ReasonCode::NotStated, Some(Stated), None), None);
    }

    proptest! {
        #[test]
        fn the_window_for_a_reply_is_a_day_long_at_least(hours in 2i32..=72) {
            let opens = cooloff_until(noon(), hours);
            let window = reply_best_before(noon(), opens) - opens;
            prop_assert!(window >= Duration::hours(24) && window <= Duration::hours(46));
        }

        #[test]
        fn whoever_waits_the_seconds_is_through(milliseconds in 1i64..300_000_000) {
            let until = noon() + Duration::milliseconds(milliseconds);
            let wait = seconds_until(until, noon());
            prop_assert!(noon() + Duration::seconds(wait) >= until);
            prop_assert!(noon() + Duration::seconds(wait - 1) < until);
        }
    }
}
