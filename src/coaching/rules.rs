//! What a link between a seeker and a coach grants, and how it moves. Pure functions.

use chrono::{DateTime, Utc};

use crate::http::error::{Error, FieldError};
use crate::http::problems;
use crate::signals::Part;
use crate::text_enum;

text_enum! {
    /// What a coach may do.
    pub enum Scope {
        /// See applications, the signals about them, and when the client was last active.
        Applications = "applications",
        /// See insights.
        Insights = "insights",
        /// See goals and their progress.
        Goals = "goals",
        /// See reflections. Off unless named.
        Reflections = "reflections",
        /// See requests for feedback and what came back. Off unless named.
        Feedback = "feedback",
        /// See wellbeing check-ins. Off unless named.
        Wellbeing = "wellbeing",
        /// Suggest goals.
        SuggestGoals = "suggest_goals",
        /// Leave notes.
        Notes = "notes",
    }
}

text_enum! {
    /// Where a link stands.
    pub enum LinkStatus {
        /// The coach has not answered yet.
        Invited = "invited",
        /// The coach sees what was granted.
        Active = "active",
        /// The coach said no.
        Declined = "declined",
        /// The seeker took it back, or the coach's account is gone.
        Revoked = "revoked",
        /// Its time is over.
        Expired = "expired",
    }
}

text_enum! {
    /// What a coach looked at.
    pub enum AccessView {
        /// The client among all clients, with signals and counts.
        Dashboard = "dashboard",
        /// Applications.
        Applications = "applications",
        /// Goals.
        Goals = "goals",
        /// Reflections.
        Reflections = "reflections",
        /// Requests for feedback.
        FeedbackRequests = "feedback_requests",
        /// Wellbeing check-ins.
        WellbeingCheckIns = "wellbeing_check_ins",
        /// Insights.
        Insights = "insights",
        /// The coach's own notes.
        Notes = "notes",
        /// The coach's own suggestions, and what became of them.
        GoalSuggestions = "goal_suggestions",
    }
}

/// What is granted when the seeker names nothing.
pub fn usual_scopes() -> Vec<Scope> {
    vec![
        Scope::Applications,
        Scope::Insights,
        Scope::Goals,
        Scope::SuggestGoals,
        Scope::Notes,
    ]
}

/// A rule of garde: no scope is named twice.
pub fn each_once(scopes: &[Scope], _: &()) -> garde::Result {
    let again = |(place, scope): (usize, &Scope)| scopes[..place].contains(scope);
    if scopes.iter().enumerate().any(again) {
        return Err(garde::Error::new("duplicate: Each scope once."));
    }
    Ok(())
}

/// The scope that a part of the signals needs.
pub fn scope_of(part: Part) -> Scope {
    match part {
        Part::Applications => Scope::Applications,
        Part::Reflections => Scope::Reflections,
        Part::Goals => Scope::Goals,
        Part::Wellbeing => Scope::Wellbeing,
    }
}

/// Where a link stands at an instant: time ends it, and so does the erasure of the coach.
pub fn status_at(
    stored: LinkStatus,
    has_coach: bool,
    ends_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> LinkStatus {
    match stored {
        LinkStatus::Active if !has_coach => LinkStatus::Revoked,
        LinkStatus::Invited | LinkStatus::Active if ends_at.is_some_and(|end| end <= now) => {
            LinkStatus::Expired
        }
        other => other,
    }
}

impl LinkStatus {
    /// Where the seeker may move a link.
    pub fn allowed_to_seeker(self) -> &'static [Self] {
        match self {
            Self::Invited | Self::Active => &[Self::Revoked],
            _ => &[],
        }
    }

    /// How the coach may answer.
    pub fn allowed_to_coach(self) -> &'static [Self] {
        match self {
            Self::Invited => &[Self::Active, Self::Declined],
            _ => &[],
        }
    }

    /// Can it still be changed?
    pub fn is_open(self) -> bool {
        matches!(self, Self::Invited | Self::Active)
    }
}

/// 409 for a move that is not allowed.
pub fn illegal(from: LinkStatus, to: LinkStatus, allowed: &'static [LinkStatus]) -> Error {
    problems::ILLEGAL_TRANSITION
        .because(format!(
            "A link that is {} cannot become {}.",
            from.as_str(),
            to.as_str()
        ))
        .with("from", from.as_str())
        .with("to", to.as_str())
        .with("allowed", serde_json::json!(allowed))
        .into()
}

/// An end that lies in the past.
pub fn end_fault(ends_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Option<FieldError> {
    ends_at
        .filter(|end| *end <= now)
        .map(|_| FieldError::new("/ends_at", "in_past", "The end lies in the future."))
}

/// 403 when the link does not grant what is asked for.
pub fn check_scope(scopes: &[Scope], needed: Scope) -> Result<(), Error> {
    if scopes.contains(&needed) {
        return Ok(());
    }
    Err(problems::SCOPE_MISSING
        .because(format!(
            "The client has not granted the scope {}.",
            needed.as_str()
        ))
        .with("scope", needed.as_str())
        .into())
}

#[cfg(test)]
mod tests {
    use chrono::Duration;
    use proptest::prelude::*;

    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-03-05T12:00:00Z".parse().expect("an instant")
    }

    #[test]
    fn what_is_private_is_not_granted_unless_named() {
        for private in [Scope::Reflections, Scope::Feedback, Scope::Wellbeing] {
            assert!(!usual_scopes().contains(&private));
        }
        assert_eq!(usual_scopes().len(), 5);
    }

    #[test]
    fn an_empty_list_grants_nothing_and_a_scope_grants_only_itself() {
        for needed in Scope::ALL {
            assert!(check_scope(&[], *needed).is_err());
            for granted in Scope::ALL {
                assert_eq!(check_scope(&[*granted], *needed).is_ok(), granted == needed);
            }
        }
    }

    #[test]
    fn without_its_coach_no_link_is_active() {
        assert_eq!(
            status_at(LinkStatus::Active, false, None, now()),
            LinkStatus::Revoked
        );
    }

    proptest! {
        #[test]
        fn a_link_is_over_from_its_very_end_on(seconds in -1_000_000i64..1_000_000) {
            let end = Some(now() + Duration::seconds(seconds));
            for stored in LinkStatus::ALL {
                let status = status_at(*stored, true, end, now());
                let over = seconds <= 0 && stored.is_open();
                prop_assert_eq!(status, if over { LinkStatus::Expired } else { *stored });
            }
        }

        #[test]
        fn what_is_over_never_opens_again(seconds in 0i64..1_000_000) {
            for status in LinkStatus::ALL.iter().filter(|it| !it.is_open()) {
                prop_assert!(status.allowed_to_seeker().is_empty());
                prop_assert!(status.allowed_to_coach().is_empty());
                let later = now() + Duration::seconds(seconds);
                prop_assert!(!status_at(*status, true, None, later).is_open());
            }
        }
    }
}
