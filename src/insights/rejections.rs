//! Where and why applications are rejected, and when nobody answers.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::figure::Figure;
use super::rules::{Fact, Range, count};
use crate::rejections::{ReasonBasis, ReasonCode, StageReached};
use crate::text_enum;

text_enum! {
    /// A day of the week.
    pub enum Weekday {
        /// Monday.
        Monday = "monday",
        /// Tuesday.
        Tuesday = "tuesday",
        /// Wednesday.
        Wednesday = "wednesday",
        /// Thursday.
        Thursday = "thursday",
        /// Friday.
        Friday = "friday",
        /// Saturday.
        Saturday = "saturday",
        /// Sunday.
        Sunday = "sunday",
    }
}

/// Rejected applications that have stage and reason in common. An application that was rejected more than
/// once counts with its last rejection; what a correction took out is not among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RejectedFact {
    /// How far they had come.
    pub stage: StageReached,
    /// Why.
    pub reason: ReasonCode,
    /// How that is known; nothing for no reason.
    pub basis: Option<ReasonBasis>,
    /// How many there are.
    pub applications: i64,
}

/// Where and why applications are rejected, and when nobody answers.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RejectionsInsight {
    /// The first day on which one applied; null when all are counted.
    #[schema(required, example = "2026-01-01")]
    pub from: Option<NaiveDate>,
    /// The last day on which one applied; null when all are counted.
    #[schema(required, example = "2026-03-31")]
    pub to: Option<NaiveDate>,
    /// All applications of the range, waiting ones included.
    #[schema(minimum = 0, maximum = 1_000_000_000, example = 24)]
    pub applications: i64,
    /// Those that wait: live, without any answer, applied for less than ghost_after_days ago.
    #[schema(minimum = 0, maximum = 1_000_000_000, example = 4)]
    pub waiting: i64,
    /// Applications that were ever rejected, even if the company came back later.
    pub rejected: Figure,
    /// How far they had come, every stage.
    #[schema(max_items = 6)]
    pub by_stage: Vec<StageShare>,
    /// Reasons in the company's words, the most frequent first. Never to be added to inferred ones.
    #[schema(max_items = 16)]
    pub stated_reasons: Vec<ReasonShare>,
    /// Reasons that one inferred, the most frequent first. Never to be added to stated ones.
    #[schema(max_items = 16)]
    pub inferred_reasons: Vec<ReasonShare>,
    /// Rejections without any reason.
    pub not_stated: Figure,
    /// For each weekday on which one applied: how often nobody ever answered. Applications without a day of
    /// applying are not among them.
    #[schema(max_items = 7)]
    pub silence_by_weekday: Vec<WeekdayShare>,
}

/// How many rejections came at a stage.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct StageShare {
    /// How far the application had come.
    pub stage_reached: StageReached,
    /// How many.
    pub figure: Figure,
}

/// How many rejections had a reason.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ReasonShare {
    /// The reason.
    pub reason_code: ReasonCode,
    /// How many.
    pub figure: Figure,
}

/// How much silence there was after applying on a weekday.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct WeekdayShare {
    /// The weekday on which one applied.
    pub weekday: Weekday,
    /// How many.
    pub figure: Figure,
}

impl RejectionsInsight {
    /// The figures of these facts; `facts` have the number of the weekday (1 is Monday) for a key.
    pub fn of(range: Range, facts: &[Fact], rejected: &[RejectedFact]) -> Self {
        let applications = count(facts, |_| true);
        let waiting = count(facts, Fact::waits);
        let sum = |so: &dyn Fn(&RejectedFact) -> bool| -> i64 {
            let those = rejected.iter().filter(|fact| so(fact));
            those.map(|fact| fact.applications).sum()
        };
        let all = sum(&|_| true);
        let by_stage = StageReached::ALL.iter().map(|stage| StageShare {
            stage_reached: *stage,
            figure: Figure::new(
                sum(&|fact| fact.stage == *stage),
                all,
                waiting,
                "Rejections at this stage, of all rejections. An application counts once, with its last rejection.",
            ),
        });
        let by_weekday = Weekday::ALL.iter().zip(1..).map(|(weekday, number)| {
            let key = number.to_string();
            let on = |fact: &Fact| fact.key.as_deref() == Some(&key);
            let waiting = count(facts, |fact| on(fact) && fact.waits());
            WeekdayShare {
                weekday: *weekday,
                figure: Figure::new(
                    count(facts, |fact| on(fact) && fact.ended_in_silence()),
                    count(facts, on) - waiting,
                    waiting,
                    "Applications sent on this weekday that ended in silence (ghosted or silent), of all sent on it that do not wait any more.",
                ),
            }
        });
        Self {
            from: range.from,
            to: range.to,
            applications,
            waiting,
            rejected: Figure::new(
                all,
                applications - waiting,
                waiting,
                "Applications that were ever rejected, of all that do not wait any more.",
            ),
            by_stage: by_stage.collect(),
            stated_reasons: reasons(
                rejected,
                ReasonBasis::Stated,
                waiting,
                "Rejections for which the company stated this reason, of all with a stated reason.",
            ),
            inferred_reasons: reasons(
                rejected,
                ReasonBasis::Inferred,
                waiting,
                "Rejections for which one inferred this reason, of all with an inferred reason.",
            ),
            not_stated: Figure::new(
                sum(&|fact| fact.basis.is_none()),
                all,
                waiting,
                "Rejections without a stated or inferred reason, of all rejections.",
            ),
            silence_by_weekday: by_weekday.collect(),
        }
    }
}

/// The reasons that are known in one way.
fn reasons(
    rejected: &[RejectedFact],
    basis: ReasonBasis,
    waiting: i64,
    definition: &'static str,
) -> Vec<ReasonShare> {
    let mut counts: BTreeMap<ReasonCode, i64> = BTreeMap::new();
    for fact in rejected.iter().filter(|fact| fact.basis == Some(basis)) {
        *counts.entry(fact.reason).or_default() += fact.applications;
    }
    let n = counts.values().sum();
    let mut shares: Vec<ReasonShare> = counts
        .into_iter()
        .map(|(reason_code, k)| ReasonShare {
            reason_code,
            figure: Figure::new(k, n, waiting, definition),
        })
        .collect();
    shares.sort_by_key(|share| std::cmp::Reverse(share.figure.k));
    shares
}
