//! What companies answer when one asks what to learn.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::figure::Figure;
use super::rules::Range;
use crate::feedback::{FeedbackArea, FeedbackPolarity, FeedbackStatus};

/// Requests that stand at the same point, and how many there are.
pub type RequestFact = (FeedbackStatus, i64);

/// Answers that praise or advise in an area, and how many there are. An answer counts once for each.
pub type ItemFact = (FeedbackArea, FeedbackPolarity, i64);

/// What companies answer when one asks what to learn.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FeedbackInsight {
    /// The first local day of sending; null when all are counted.
    #[schema(required, example = "2026-01-01")]
    pub from: Option<NaiveDate>,
    /// The last local day of sending; null when all are counted.
    #[schema(required, example = "2026-03-31")]
    pub to: Option<NaiveDate>,
    /// All requests that were sent and not taken back, waiting ones included.
    #[schema(minimum = 0, maximum = 1_000_000_000, example = 9)]
    pub sent: i64,
    /// Those sent less than fourteen days ago that have no answer yet.
    #[schema(minimum = 0, maximum = 1_000_000_000, example = 2)]
    pub waiting: i64,
    /// The company answered, be it late.
    pub answered: Figure,
    /// The company gives no feedback.
    pub declined_by_policy: Figure,
    /// Fourteen days went by without an answer.
    pub no_answer: Figure,
    /// What the answers are about, every area.
    #[schema(max_items = 6)]
    pub areas: Vec<AreaShares>,
}

/// What answers say of an area.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AreaShares {
    /// The area.
    pub area: FeedbackArea,
    /// Answers that name a strength in it.
    pub strengths: Figure,
    /// Answers that name something to improve in it.
    pub improvements: Figure,
}

impl FeedbackInsight {
    /// The figures of these facts.
    pub fn of(range: Range, requests: &[RequestFact], items: &[ItemFact]) -> Self {
        let at = |status: FeedbackStatus| -> i64 {
            let those = requests.iter().filter(|(at, _)| *at == status);
            those.map(|(_, count)| count).sum()
        };
        let waiting = at(FeedbackStatus::Sent);
        let answered = at(FeedbackStatus::Answered);
        let declined = at(FeedbackStatus::DeclinedByPolicy);
        let unanswered = at(FeedbackStatus::NoAnswer);
        let n = answered + declined + unanswered;
        let areas = FeedbackArea::ALL.iter().map(|area| {
            let named = |polarity, definition| {
                let those = items
                    .iter()
                    .filter(|item| item.0 == *area && item.1 == polarity);
                let k = those.map(|(_, _, count)| count).sum();
                Figure::new(k, answered, waiting, definition)
            };
            AreaShares {
                area: *area,
                strengths: named(
                    FeedbackPolarity::Strength,
                    "Answers that name a strength in this area, of all answers.",
                ),
                improvements: named(
                    FeedbackPolarity::Improvement,
                    "Answers that name something to improve in this area, of all answers.",
                ),
            }
        });
        Self {
            from: range.from,
            to: range.to,
            sent: n + waiting,
            waiting,
            answered: Figure::new(
                answered,
                n,
                waiting,
                "Requests for feedback that were answered, of all that were sent and do not wait any more.",
            ),
            declined_by_policy: Figure::new(
                declined,
                n,
                waiting,
                "Requests for feedback that were declined by policy, of all that were sent and do not wait any more.",
            ),
            no_answer: Figure::new(
                unanswered,
                n,
                waiting,
                "Requests for feedback without an answer for fourteen days, of all that were sent and do not wait any more.",
            ),
            areas: areas.collect(),
        }
    }
}
