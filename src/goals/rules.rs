//! The state machine of a goal, and which fields fit together. Pure functions.

use chrono::NaiveDate;

use crate::http::error::Error;
use crate::suggestions::{GoalKind, GoalPeriod};
use crate::text_enum;

text_enum! {
    /// Where a goal stands. It is never *failed*.
    pub enum GoalStatus {
        /// One works on it.
        Active = "active",
        /// It rests: periods that it rests in neither count nor break a streak.
        Paused = "paused",
        /// It is done.
        Completed = "completed",
        /// It was put away.
        Archived = "archived",
    }
}

use GoalStatus::{Active, Archived, Completed, Paused};

impl GoalStatus {
    /// Where it may go from here.
    pub fn allowed(self) -> &'static [Self] {
        match self {
            Active => &[Paused, Completed, Archived],
            Paused => &[Active, Completed, Archived],
            Completed | Archived => &[],
        }
    }

    /// Has it ended?
    pub fn is_closed(self) -> bool {
        matches!(self, Completed | Archived)
    }
}

/// A rule of garde for the period: a recurring goal has one, a one-off has none.
pub fn period_fits(kind: GoalKind) -> impl FnOnce(&Option<GoalPeriod>, &()) -> garde::Result {
    move |period, ()| match (kind, period) {
        (GoalKind::Recurring, None) => Err(garde::Error::new(
            "required: A recurring goal has a period: day, week or month.",
        )),
        (GoalKind::OneOff, Some(_)) => Err(garde::Error::new(
            "not_for_one_off: A one-off goal has no period; it may have a due_on.",
        )),
        _ => Ok(()),
    }
}

/// A rule of garde for the due day: only a one-off has one.
pub fn due_fits(kind: GoalKind) -> impl FnOnce(&Option<NaiveDate>, &()) -> garde::Result {
    move |due_on, ()| match (kind, due_on) {
        (GoalKind::Recurring, Some(_)) => Err(garde::Error::new(format!(
            "not_for_recurring: {NO_DUE_DAY}"
        ))),
        _ => Ok(()),
    }
}

/// Why a recurring goal takes no due day.
const NO_DUE_DAY: &str = "A recurring goal has no due_on; it has a period.";

/// 422 for a due day that was given to a recurring goal later on.
pub(super) fn no_due_day() -> Error {
    Error::invalid_field("/due_on", "not_for_recurring", NO_DUE_DAY)
}

/// A rule of garde: a key of small letters, digits and underscores, so that it never is someone's text.
pub(super) fn suggestion_key(key: &Option<String>, (): &()) -> garde::Result {
    let good = key.as_ref().is_none_or(|key| {
        key.bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    });
    if good {
        Ok(())
    } else {
        Err(garde::Error::new(
            "invalid_suggestion: The key of a suggestion: small letters, digits, underscores.",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_goal_goes_nowhere_and_nothing_goes_to_itself() {
        for from in GoalStatus::ALL {
            assert_eq!(from.allowed().is_empty(), from.is_closed());
            assert!(!from.allowed().contains(from));
        }
    }

    #[test]
    fn a_recurring_goal_has_a_period_and_a_one_off_may_be_due() {
        let day = Some("2026-03-05".parse().expect("a date"));
        for (kind, period, due_on, fits) in [
            (
                GoalKind::Recurring,
                Some(GoalPeriod::Day),
                None,
                (true, true),
            ),
            (GoalKind::Recurring, None, day, (false, false)),
            (GoalKind::OneOff, None, day, (true, true)),
            (GoalKind::OneOff, None, None, (true, true)),
            (
                GoalKind::OneOff,
                Some(GoalPeriod::Week),
                None,
                (false, true),
            ),
        ] {
            let found = (
                period_fits(kind)(&period, &()).is_ok(),
                due_fits(kind)(&due_on, &()).is_ok(),
            );
            assert_eq!(found, fits, "{kind:?} {period:?} {due_on:?}");
        }
    }

    #[test]
    fn a_suggestion_is_named_by_a_key_and_not_by_a_text() {
        for (key, good) in [
            ("learn_skill_1", true),
            ("Learn", false),
            ("a b", false),
            ("é", false),
        ] {
            assert_eq!(
                suggestion_key(&Some(key.to_owned()), &()).is_ok(),
                good,
                "{key}"
            );
        }
        assert!(suggestion_key(&None, &()).is_ok());
    }
}
