//! How far applications come, and where they end.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::figure::Figure;
use super::rules::{Ending, Fact, Range, count};
use crate::applications::rules::Stage;

/// How far applications come, and where they end.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PipelineInsight {
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
    /// How many came so far or further.
    pub reached: ReachedStages,
    /// How many of those that came to one stage came to the next one.
    pub conversion: StageConversions,
    /// Where they ended, or how they stand.
    pub ended: Endings,
    /// The ways that they went: what the picture draws. Only those that somebody went.
    #[schema(max_items = 40)]
    pub flows: Vec<Flow>,
}

/// How many came to each stage or further.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ReachedStages {
    /// Applied for.
    pub applied: Figure,
    /// Came to a screening.
    pub screening: Figure,
    /// Came to interviews.
    pub interviewing: Figure,
    /// Came to an offer.
    pub offer: Figure,
    /// Were accepted.
    pub accepted: Figure,
}

/// From one stage to the next.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct StageConversions {
    /// From applying to a screening.
    pub applied_to_screening: Figure,
    /// From a screening to interviews.
    pub screening_to_interviewing: Figure,
    /// From interviews to an offer.
    pub interviewing_to_offer: Figure,
    /// From an offer to a new job.
    pub offer_to_accepted: Figure,
}

/// Where applications ended. What waits is counted beside each.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Endings {
    /// The offer was taken.
    pub accepted: Figure,
    /// The offer was turned down.
    pub declined: Figure,
    /// The company said no.
    pub rejected: Figure,
    /// The user wrote it off after silence.
    pub ghosted: Figure,
    /// One took oneself out.
    pub withdrawn: Figure,
    /// Live, and without any answer for ghost_after_days or longer.
    pub silent: Figure,
    /// Live, and the company has answered.
    pub live: Figure,
}

/// How many went from a stage to the next one or to an end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Flow {
    /// The stage.
    #[schema(value_type = Stage, example = "applied")]
    pub from: Stage,
    /// The next stage, or where they ended: `accepted`, `declined`, `live`, `rejected`, `withdrawn`,
    /// `ghosted`, `silent`, `waiting`.
    #[schema(max_length = 20, example = "rejected")]
    pub to: &'static str,
    /// How many.
    #[schema(minimum = 0, maximum = 1_000_000_000, example = 9)]
    pub applications: i64,
}

/// The stages between which applications flow. Accepting ends it.
pub const STAGES: [Stage; 4] = [
    Stage::Applied,
    Stage::Screening,
    Stage::Interviewing,
    Stage::Offer,
];

impl PipelineInsight {
    /// The figures of these facts.
    pub fn of(range: Range, facts: &[Fact]) -> Self {
        let applications = count(facts, |_| true);
        let waiting = count(facts, Fact::waits);
        let n = applications - waiting;
        let came_to = |stage: Stage| count(facts, |fact| !fact.waits() && fact.stage() >= stage);
        let reached = |stage, definition| Figure::new(came_to(stage), n, waiting, definition);
        let conversion =
            |from, to, definition| Figure::new(came_to(to), came_to(from), waiting, definition);
        let ended = |ending: Ending, definition| {
            let k = count(facts, |fact| fact.ending() == ending);
            Figure::new(k, n, waiting, definition)
        };
        Self {
            from: range.from,
            to: range.to,
            applications,
            waiting,
            reached: ReachedStages {
                applied: reached(
                    Stage::Applied,
                    "Applications that one sent, of all that do not wait any more: all of them.",
                ),
                screening: reached(
                    Stage::Screening,
                    "Applications that came to a screening or further, of all that do not wait any more.",
                ),
                interviewing: reached(
                    Stage::Interviewing,
                    "Applications that came to interviews or further, of all that do not wait any more.",
                ),
                offer: reached(
                    Stage::Offer,
                    "Applications that came to an offer, of all that do not wait any more.",
                ),
                accepted: reached(
                    Stage::Accepted,
                    "Applications whose offer was taken, of all that do not wait any more.",
                ),
            },
            conversion: StageConversions {
                applied_to_screening: conversion(
                    Stage::Applied,
                    Stage::Screening,
                    "Applications that came to a screening or further, of all that do not wait any more.",
                ),
                screening_to_interviewing: conversion(
                    Stage::Screening,
                    Stage::Interviewing,
                    "Applications that came to interviews or further, of those that came to a screening or further.",
                ),
                interviewing_to_offer: conversion(
                    Stage::Interviewing,
                    Stage::Offer,
                    "Applications that came to an offer, of those that came to interviews or further.",
                ),
                offer_to_accepted: conversion(
                    Stage::Offer,
                    Stage::Accepted,
                    "Applications whose offer was taken, of those that came to an offer.",
                ),
            },
            ended: Endings {
                accepted: ended(
                    Ending::Accepted,
                    "Applications that stand at accepted, of all that do not wait any more.",
                ),
                declined: ended(
                    Ending::Declined,
                    "Applications whose offer was turned down, of all that do not wait any more.",
                ),
                rejected: ended(
                    Ending::Rejected,
                    "Applications that stand at rejected, of all that do not wait any more.",
                ),
                ghosted: ended(
                    Ending::Ghosted,
                    "Applications that were written off as ghosted, of all that do not wait any more.",
                ),
                withdrawn: ended(
                    Ending::Withdrawn,
                    "Applications that one took back, of all that do not wait any more.",
                ),
                silent: ended(
                    Ending::Silent,
                    "Live applications without any answer for ghost_after_days or longer, of all that do not wait any more.",
                ),
                live: ended(
                    Ending::Live,
                    "Live applications that the company has answered, of all that do not wait any more.",
                ),
            },
            flows: flows(facts),
        }
    }
}

/// The ways through the stages, in their order.
fn flows(facts: &[Fact]) -> Vec<Flow> {
    let mut flows = Vec::new();
    for (place, from) in STAGES.into_iter().enumerate() {
        let next = STAGES.get(place + 1).copied();
        let mut flow = |to, applications| {
            if applications > 0 {
                flows.push(Flow {
                    from,
                    to,
                    applications,
                });
            }
        };
        if let Some(next) = next {
            flow(next.as_str(), count(facts, |fact| fact.stage() >= next));
        }
        let last_stage =
            |fact: &Fact| fact.stage() >= from && next.is_none_or(|next| fact.stage() < next);
        for ending in Ending::ALL {
            let there = count(facts, |fact| last_stage(fact) && fact.ending() == *ending);
            flow(ending.as_str(), there);
        }
    }
    flows
}
