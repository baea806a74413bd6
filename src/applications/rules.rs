//! The state machine of an application and what its timeline says. Pure functions.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::rejections::StageReached;
use crate::text_enum;

text_enum! {
    /// Where an application stands.
    pub enum Status {
        /// Found, not applied for yet.
        Saved = "saved",
        /// Sent.
        Applied = "applied",
        /// A first look: a call, a questionnaire, an assessment.
        Screening = "screening",
        /// Talks are going on.
        Interviewing = "interviewing",
        /// There is an offer.
        Offer = "offer",
        /// The offer was taken.
        Accepted = "accepted",
        /// The offer was turned down.
        Declined = "declined",
        /// The company said no.
        Rejected = "rejected",
        /// The company said nothing.
        Ghosted = "ghosted",
        /// One took oneself out.
        Withdrawn = "withdrawn",
    }
}

text_enum! {
    /// How far an application got, derived from its timeline.
    pub enum Stage {
        /// Not applied for.
        Saved = "saved",
        /// Applied for.
        Applied = "applied",
        /// Screened.
        Screening = "screening",
        /// Interviewed.
        Interviewing = "interviewing",
        /// Offered.
        Offer = "offer",
        /// Accepted.
        Accepted = "accepted",
    }
}

text_enum! {
    /// What an entry of the timeline is.
    pub enum StepKind {
        /// An ordinary move.
        Transition = "transition",
        /// The company came back after the end.
        Reopen = "reopen",
        /// A slip of the finger was mended; the wrong step counts nowhere.
        Correction = "correction",
        /// Something worth remembering.
        Note = "note",
        /// Something was sent inside a cool-off or in spite of the tone check; the note says why.
        Override = "override",
    }
}

use Status::{
    Accepted, Applied, Declined, Ghosted, Interviewing, Offer, Rejected, Saved, Screening,
    Withdrawn,
};

impl Status {
    /// Is the application still going on?
    pub fn is_live(self) -> bool {
        matches!(self, Saved | Applied | Screening | Interviewing | Offer)
    }

    /// The moves that need nothing else.
    pub fn allowed(self) -> &'static [Self] {
        match self {
            Saved => &[Applied, Screening, Interviewing, Offer, Withdrawn],
            Applied => &[Screening, Interviewing, Offer, Rejected, Ghosted, Withdrawn],
            Screening => &[Interviewing, Offer, Rejected, Ghosted, Withdrawn],
            Interviewing => &[Offer, Rejected, Ghosted, Withdrawn],
            Offer => &[Accepted, Declined, Rejected, Ghosted],
            Ghosted => &[Applied, Screening, Interviewing, Offer, Rejected],
            Accepted | Declined | Rejected | Withdrawn => &[],
        }
    }

    /// The moves that need a `reopen` with a note: the company came back.
    pub fn allowed_by_reopen(self) -> &'static [Self] {
        match self {
            Accepted | Declined | Rejected | Withdrawn => {
                &[Applied, Screening, Interviewing, Offer]
            }
            _ => &[],
        }
    }

    /// The stage that an application with this status has reached at least.
    fn stage(self) -> Stage {
        match self {
            Saved | Withdrawn => Stage::Saved,
            Applied | Rejected | Ghosted => Stage::Applied,
            Screening => Stage::Screening,
            Interviewing => Stage::Interviewing,
            Offer | Declined => Stage::Offer,
            Accepted => Stage::Accepted,
        }
    }
}

impl Stage {
    /// What a rejection at this point says of how far the application came. That there was a test, or
    /// that a talk was the last one, only the user knows.
    pub fn rejected_at(self) -> StageReached {
        match self {
            Self::Saved | Self::Applied => StageReached::Application,
            Self::Screening => StageReached::Screening,
            Self::Interviewing => StageReached::Interview,
            Self::Offer | Self::Accepted => StageReached::Offer,
        }
    }
}

/// A step of a timeline, as far as the rules look at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, diesel::Queryable)]
pub struct Step {
    /// Its id.
    pub id: Uuid,
    /// Where the application went.
    pub to: Status,
    /// When.
    pub occurred_at: DateTime<Utc>,
    /// The step that this one corrects.
    pub corrects: Option<Uuid>,
}

/// A move that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// Where to.
    pub to: Status,
    /// An ordinary move, a reopen or a correction.
    pub kind: StepKind,
    /// When, if not now.
    pub occurred_at: Option<DateTime<Utc>>,
    /// Does it come with a note?
    pub has_note: bool,
}

/// A move that may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// When it happened.
    pub occurred_at: DateTime<Utc>,
    /// The step that a correction takes out of every statistic.
    pub corrects: Option<Uuid>,
    /// How far the application got once the move is made.
    pub furthest: Stage,
}

/// Why a move may not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The state machine forbids it.
    Illegal,
    /// It lies in the future.
    InFuture,
    /// It lies before the step before it.
    BeforePrevious,
    /// A reopen says why.
    NoteMissing,
}

/// The steps that count: those that nothing corrects.
pub fn counted(steps: &[Step]) -> impl DoubleEndedIterator<Item = &Step> {
    steps
        .iter()
        .filter(|step| !steps.iter().any(|other| other.corrects == Some(step.id)))
}

/// How far these steps got.
pub fn furthest<'s>(steps: impl Iterator<Item = &'s Step>) -> Stage {
    steps
        .map(|step| step.to.stage())
        .max()
        .unwrap_or(Stage::Saved)
}

/// Checks a move against the machine and the timeline (oldest step first).
///
/// `occurred_at` is compared with the steps that are neither corrected nor `saved`: *saved today,
/// applied last week* is fine, and a step with a wrong date can be corrected.
pub fn plan(
    from: Status,
    steps: &[Step],
    wanted: Move,
    now: DateTime<Utc>,
) -> Result<Plan, Refusal> {
    let legal = match wanted.kind {
        StepKind::Correction => true,
        StepKind::Reopen => from.allowed_by_reopen().contains(&wanted.to),
        StepKind::Transition | StepKind::Note | StepKind::Override => {
            from.allowed().contains(&wanted.to)
        }
    };
    if !legal {
        return Err(Refusal::Illegal);
    }
    if wanted.kind == StepKind::Reopen && !wanted.has_note {
        return Err(Refusal::NoteMissing);
    }
    let occurred_at = wanted.occurred_at.unwrap_or(now);
    if occurred_at > now {
        return Err(Refusal::InFuture);
    }
    let corrects = match wanted.kind {
        StepKind::Correction => counted(steps).next_back().map(|step| step.id),
        _ => None,
    };
    let standing = || counted(steps).filter(|step| Some(step.id) != corrects);
    let previous = standing()
        .filter(|step| step.to != Saved)
        .map(|step| step.occurred_at)
        .max();
    if wanted.to != Saved && previous.is_some_and(|previous| occurred_at < previous) {
        return Err(Refusal::BeforePrevious);
    }
    Ok(Plan {
        occurred_at,
        corrects,
        furthest: furthest(standing()).max(wanted.to.stage()),
    })
}

#[cfg(test)]
mod tests {
    use chrono::Duration;
    use proptest::prelude::*;

    use super::*;

    fn noon() -> DateTime<Utc> {
        "2026-11-01T12:00:00Z".parse().expect("an instant")
    }

    fn step(number: u128, to: Status, hours_ago: i64) -> Step {
        Step {
            id: Uuid::from_u128(number),
            to,
            occurred_at: noon() - Duration::hours(hours_ago),
            corrects: None,
        }
    }

    fn to(to: Status, kind: StepKind) -> Move {
        Move {
            to,
            kind,
            occurred_at: None,
            has_note: true,
        }
    }

    #[test]
    fn a_live_application_moves_forward_only() {
        let live = [Saved, Applied, Screening, Interviewing, Offer];
        for from in live {
            for target in live {
                assert_eq!(
                    from.allowed().contains(&target),
                    target > from,
                    "{from:?} {target:?}"
                );
            }
        }
    }

    #[test]
    fn what_is_only_saved_can_be_neither_rejected_nor_ghosted() {
        assert!(!Saved.allowed().contains(&Rejected) && !Saved.allowed().contains(&Ghosted));
        for from in [Applied, Screening, Interviewing, Offer] {
            assert!(from.allowed().contains(&Rejected) && from.allowed().contains(&Ghosted));
        }
    }

    #[test]
    fn an_offer_is_declined_and_not_withdrawn() {
        assert!(Offer.allowed().contains(&Declined) && !Offer.allowed().contains(&Withdrawn));
    }

    #[test]
    fn silence_may_end() {
        assert!(!Ghosted.allowed().contains(&Saved) && Ghosted.allowed().contains(&Rejected));
        assert!(Ghosted.allowed().contains(&Interviewing));
    }

    #[test]
    fn a_reopen_needs_a_note() {
        let steps = [step(1, Applied, 9), step(2, Rejected, 5)];
        let mut wanted = to(Interviewing, StepKind::Reopen);
        assert!(plan(Rejected, &steps, wanted, noon()).is_ok());
        wanted.has_note = false;
        assert_eq!(
            plan(Rejected, &steps, wanted, noon()),
            Err(Refusal::NoteMissing)
        );
    }

    #[test]
    fn a_correction_takes_the_wrong_step_out_of_the_furthest_stage() {
        let steps = [step(1, Applied, 9), step(2, Offer, 5)];
        let plan = plan(Offer, &steps, to(Applied, StepKind::Correction), noon()).expect("a plan");
        assert_eq!(plan.corrects, Some(Uuid::from_u128(2)));
        assert_eq!(plan.furthest, Stage::Applied);
    }

    #[test]
    fn a_wrong_date_can_be_corrected() {
        let steps = [step(1, Applied, 1)];
        let mut wanted = to(Applied, StepKind::Correction);
        wanted.occurred_at = Some(noon() - Duration::days(7));
        assert!(plan(Applied, &steps, wanted, noon()).is_ok());
    }

    #[test]
    fn saved_today_and_applied_last_week_is_fine() {
        let steps = [step(1, Saved, 0)];
        let mut wanted = to(Applied, StepKind::Transition);
        wanted.occurred_at = Some(noon() - Duration::days(7));
        assert!(plan(Saved, &steps, wanted, noon()).is_ok());
    }

    #[test]
    fn a_step_lies_neither_in_the_future_nor_before_the_previous_one() {
        let steps = [step(1, Applied, 2)];
        let mut wanted = to(Screening, StepKind::Transition);
        wanted.occurred_at = Some(noon() + Duration::seconds(1));
        assert_eq!(
            plan(Applied, &steps, wanted, noon()),
            Err(Refusal::InFuture)
        );
        wanted.occurred_at = Some(noon() - Duration::hours(3));
        assert_eq!(
            plan(Applied, &steps, wanted, noon()),
            Err(Refusal::BeforePrevious)
        );
    }

    proptest! {
        #[test]
        fn the_furthest_stage_never_falls_on_an_ordinary_way(choices in prop::collection::vec(0usize..6, 1..12)) {
            let mut status = Saved;
            let mut steps = vec![step(0, Saved, 0)];
            let mut furthest_before = Stage::Saved;
            for (number, choice) in choices.into_iter().enumerate() {
                let allowed = status.allowed();
                if allowed.is_empty() { break; }
                let target = allowed[choice % allowed.len()];
                let plan = plan(status, &steps, to(target, StepKind::Transition), noon()).expect("allowed");
                prop_assert!(plan.furthest >= furthest_before);
                furthest_before = plan.furthest;
                steps.push(Step { id: Uuid::from_u128(number as u128 + 1), to: target, occurred_at: plan.occurred_at, corrects: None });
                status = target;
            }
        }

        #[test]
        fn a_correction_is_never_illegal(from in 0usize..10, target in 0usize..10) {
            let steps = [step(1, Status::ALL[from], 1)];
            prop_assert!(plan(Status::ALL[from], &steps, to(Status::ALL[target], StepKind::Correction), noon()).is_ok());
        }
    }
}
