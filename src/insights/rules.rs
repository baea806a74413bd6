//! What becomes of an application, as the figures see it. Pure.

use chrono::NaiveDate;
use garde::Error;

use crate::applications::rules::{Stage, Status};
use crate::text_enum;

/// The days of an insight, both ends included; open where nothing is said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Range {
    /// The first local day.
    pub from: Option<NaiveDate>,
    /// The last local day.
    pub to: Option<NaiveDate>,
}

/// Why a range cannot be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RangeFault {
    /// It has more weeks than an answer holds.
    TooLong,
}

/// A rule of garde for the last day: not before the first one.
pub(super) fn not_before(
    first: Option<NaiveDate>,
) -> impl FnOnce(&Option<NaiveDate>, &()) -> garde::Result {
    move |last, ()| match (first, last) {
        (Some(first), Some(last)) if *last < first => {
            Err(Error::new("before_from: Not before from."))
        }
        _ => Ok(()),
    }
}

text_enum! {
    /// Where an application ended, or how it stands.
    pub enum Ending {
        /// An offer was taken.
        Accepted = "accepted",
        /// An offer was turned down.
        Declined = "declined",
        /// It goes on: the company has answered.
        Live = "live",
        /// The company said no.
        Rejected = "rejected",
        /// One took oneself out.
        Withdrawn = "withdrawn",
        /// The user wrote it off after silence.
        Ghosted = "ghosted",
        /// No answer for ghost_after_days or longer.
        Silent = "silent",
        /// No answer yet, and none is due: one applied less than ghost_after_days ago.
        Waiting = "waiting",
    }
}

/// Applications that have everything in common that figures look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// Where they stand.
    pub status: Status,
    /// How far they came, without the steps that a correction took out.
    pub furthest: Stage,
    /// Did the company ever answer?
    pub answered: bool,
    /// Did one apply less than ghost_after_days ago?
    pub recent: bool,
    /// What they are grouped by, if by anything.
    pub key: Option<String>,
    /// How many there are.
    pub applications: i64,
}

impl Fact {
    /// Where they ended.
    pub fn ending(&self) -> Ending {
        match self.status {
            Status::Accepted => Ending::Accepted,
            Status::Declined => Ending::Declined,
            Status::Rejected => Ending::Rejected,
            Status::Ghosted => Ending::Ghosted,
            Status::Withdrawn => Ending::Withdrawn,
            _ if self.answered => Ending::Live,
            _ if self.recent => Ending::Waiting,
            _ => Ending::Silent,
        }
    }

    /// Are they in no denominator?
    pub fn waits(&self) -> bool {
        self.ending() == Ending::Waiting
    }

    /// Did they come to nothing but silence?
    pub fn ended_in_silence(&self) -> bool {
        matches!(self.ending(), Ending::Ghosted | Ending::Silent)
    }

    /// How far they came; who applied has applied.
    pub fn stage(&self) -> Stage {
        self.furthest.max(Stage::Applied)
    }
}

/// How many applications there are of which this is true.
pub fn count<'f>(facts: impl IntoIterator<Item = &'f Fact>, so: impl Fn(&Fact) -> bool) -> i64 {
    facts
        .into_iter()
        .filter(|fact| so(fact))
        .map(|fact| fact.applications)
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(answered: bool, recent: bool) -> Ending {
        let fact = Fact {
            status: Status::Applied,
            furthest: Stage::Applied,
            answered,
            recent,
            key: None,
            applications: 1,
        };
        fact.ending()
    }

    #[test]
    fn whoever_got_no_answer_waits_first_and_meets_silence_then() {
        assert_eq!(applied(false, true), Ending::Waiting);
        assert_eq!(applied(false, false), Ending::Silent);
        assert_eq!(applied(true, false), Ending::Live);
        assert_eq!(applied(true, true), Ending::Live);
    }

    #[test]
    fn a_closed_application_ended_as_its_status_says() {
        for status in Status::ALL.iter().filter(|status| !status.is_live()) {
            for (answered, recent) in [(true, true), (true, false), (false, true), (false, false)] {
                let fact = Fact {
                    status: *status,
                    furthest: Stage::Applied,
                    answered,
                    recent,
                    key: None,
                    applications: 1,
                };
                assert_eq!(fact.ending().as_str(), status.as_str());
            }
        }
    }

    #[test]
    fn a_range_does_not_end_before_it_begins() {
        let day = |text: &str| Some(text.parse().expect("a date"));
        for (from, to, good) in [
            (day("2026-03-05"), day("2026-03-04"), false),
            (day("2026-03-05"), day("2026-03-05"), true),
            (None, day("2026-03-05"), true),
            (day("2026-03-05"), None, true),
        ] {
            assert_eq!(not_before(from)(&to, &()).is_ok(), good);
        }
    }
}
