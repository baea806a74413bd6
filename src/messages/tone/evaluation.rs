//! How good the check is: measured on drafts that people have labelled.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::{Rule, check};
use crate::messages::MessageKind;

/// A draft with the rules that it should break: one line of a corpus.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Labelled {
    kind: MessageKind,
    subject: Option<String>,
    body: String,
    /// The rules that it should break.
    pub rules: BTreeSet<Rule>,
}

impl Labelled {
    /// Reads a line; the error is a sentence about it.
    pub fn read(line: &str) -> Result<Self, String> {
        serde_json::from_str(line).map_err(|error| error.to_string())
    }

    /// The rules that the check finds broken.
    pub fn found(&self) -> BTreeSet<Rule> {
        let tone = check(self.kind, self.subject.as_deref(), &self.body);
        tone.findings.iter().map(|finding| finding.rule).collect()
    }
}

/// How often a rule was right and wrong.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Score {
    /// Expected and found.
    pub true_positives: usize,
    /// Found and not expected.
    pub false_positives: usize,
    /// Expected and not found.
    pub false_negatives: usize,
}

impl Score {
    /// Counts one draft.
    pub fn count(&mut self, is_expected: bool, is_found: bool) {
        match (is_expected, is_found) {
            (true, true) => self.true_positives += 1,
            (false, true) => self.false_positives += 1,
            (true, false) => self.false_negatives += 1,
            (false, false) => {}
        }
    }

    /// Drafts that should break the rule.
    pub fn positives(self) -> usize {
        self.true_positives + self.false_negatives
    }

    /// How many of those found are right; nothing when none was found.
    pub fn precision(self) -> Option<f64> {
        share(
            self.true_positives,
            self.true_positives + self.false_positives,
        )
    }

    /// How many of the expected ones are found; nothing when none was expected.
    pub fn recall(self) -> Option<f64> {
        share(self.true_positives, self.positives())
    }
}

fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// The score of every rule.
pub fn scores<'a>(
    judged: impl IntoIterator<Item = (&'a BTreeSet<Rule>, &'a BTreeSet<Rule>)>,
) -> BTreeMap<Rule, Score> {
    let mut scores: BTreeMap<Rule, Score> = Rule::ALL
        .iter()
        .map(|rule| (*rule, Score::default()))
        .collect();
    for (expected, found) in judged {
        for (rule, score) in &mut scores {
            score.count(expected.contains(rule), found.contains(rule));
        }
    }
    scores
}

#[cfg(test)]
mod tests {
    use super::*;

    const CORPUS: &str = include_str!("../../../tests/data/tone.jsonl");

    #[test]
    fn every_rule_is_right_on_nine_drafts_of_ten() {
        let drafts: Vec<Labelled> = CORPUS
            .lines()
            .map(|line| Labelled::read(line).unwrap_or_else(|error| panic!("{error}: {line}")))
            .collect();
        let found: Vec<_> = drafts.iter().map(Labelled::found).collect();
        let judged = drafts.iter().map(|draft| &draft.rules).zip(&found);
        for (rule, score) in scores(judged) {
            let name = rule.as_str();
            assert!(
                score.positives() >= 15,
                "{name}: only {} drafts",
                score.positives()
            );
            assert!(score.precision() >= Some(0.9), "{name}: {score:?}");
            assert!(score.recall() >= Some(0.9), "{name}: {score:?}");
        }
    }
}
