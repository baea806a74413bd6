//! What comes of applications by where they were found.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::figure::Figure;
use super::rules::{Fact, Range, count};
use crate::applications::rules::Stage;

/// Sources that an answer names; what is beyond goes together.
pub const NAMED: usize = 50;

/// What comes of applications by where they were found.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SourcesInsight {
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
    /// The sources with the most applications first: 50 at most. Upper and lower case make no difference.
    #[schema(max_items = 50)]
    pub sources: Vec<SourceShares>,
    /// All sources beyond those together, and applications whose source nobody noted; null without any.
    #[schema(required)]
    pub others: Option<SourceShares>,
}

/// What came of the applications of a source.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SourceShares {
    /// The source in its most frequent spelling; null for all others together.
    #[schema(required, max_length = 100, example = "Referral")]
    pub source: Option<String>,
    /// All applications, waiting ones included.
    #[schema(minimum = 0, maximum = 1_000_000_000, example = 9)]
    pub applications: i64,
    /// The company answered in any way.
    pub answered: Figure,
    /// It came to interviews.
    pub interviewed: Figure,
    /// It came to an offer.
    pub offered: Figure,
}

impl SourceShares {
    fn of(source: Option<String>, facts: &[Fact]) -> Self {
        let applications = count(facts, |_| true);
        let waiting = count(facts, Fact::waits);
        let figure = |k, definition| Figure::new(k, applications - waiting, waiting, definition);
        Self {
            source,
            applications,
            answered: figure(
                count(facts, |fact| fact.answered),
                "Applications from this source that the company answered in any way, of all from it that do not wait any more.",
            ),
            interviewed: figure(
                count(facts, |fact| fact.stage() >= Stage::Interviewing),
                "Applications from this source that came to interviews or further, of all from it that do not wait any more.",
            ),
            offered: figure(
                count(facts, |fact| fact.stage() >= Stage::Offer),
                "Applications from this source that came to an offer, of all from it that do not wait any more.",
            ),
        }
    }
}

impl SourcesInsight {
    /// The figures of these facts, which have the source for a key.
    pub fn of(range: Range, facts: Vec<Fact>) -> Self {
        let applications = count(&facts, |_| true);
        let waiting = count(&facts, Fact::waits);
        let mut by_source: BTreeMap<String, Vec<Fact>> = BTreeMap::new();
        let mut others: Vec<Fact> = Vec::new();
        for fact in facts {
            match &fact.key {
                Some(source) => by_source
                    .entry(source.to_lowercase())
                    .or_default()
                    .push(fact),
                None => others.push(fact),
            }
        }
        let mut groups: Vec<Vec<Fact>> = by_source.into_values().collect();
        // The sort is stable: sources with as many applications stay in the order of their names.
        groups.sort_by_key(|facts| Reverse(count(facts, |_| true)));
        let beyond = groups.split_off(groups.len().min(NAMED));
        others.extend(beyond.into_iter().flatten());
        Self {
            from: range.from,
            to: range.to,
            applications,
            waiting,
            sources: groups
                .iter()
                .map(|facts| SourceShares::of(usual_spelling(facts), facts))
                .collect(),
            others: (!others.is_empty()).then(|| SourceShares::of(None, &others)),
        }
    }
}

/// How the source is written most often; of equals the first by its letters.
fn usual_spelling(facts: &[Fact]) -> Option<String> {
    let mut spellings: BTreeMap<&str, i64> = BTreeMap::new();
    for fact in facts {
        if let Some(source) = &fact.key {
            *spellings.entry(source).or_default() += fact.applications;
        }
    }
    let usual = spellings
        .into_iter()
        .min_by_key(|(_, applications)| Reverse(*applications));
    usual.map(|(source, _)| source.to_owned())
}
