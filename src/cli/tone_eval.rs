//! `rebound tone-eval`

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use clap::Args;
use serde::Deserialize;

use super::Failure;
use crate::messages::MessageKind;
use crate::messages::tone::{self, Rule};

/// What `rebound tone-eval` can be told.
#[derive(Args)]
pub struct ToneEvalArgs {
    /// Labelled drafts: JSON lines {"kind", "subject"?, "body", "rules": […]}
    file: PathBuf,
    /// List the drafts that are judged otherwise than they are labelled
    #[arg(long)]
    errors: bool,
}

/// A draft with the rules that it should break.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Labelled {
    kind: MessageKind,
    subject: Option<String>,
    body: String,
    rules: BTreeSet<Rule>,
}

/// How often a rule was right and wrong.
#[derive(Default)]
struct Score {
    true_positives: usize,
    false_positives: usize,
    false_negatives: usize,
}

/// Checks every draft of a file and prints precision and recall of every rule.
pub fn run(args: &ToneEvalArgs) -> Result<(), Failure> {
    let text = fs::read_to_string(&args.file)
        .map_err(|error| format!("{} cannot be read: {error}.", args.file.display()))?;
    let mut scores: BTreeMap<Rule, Score> =
        Rule::ALL.iter().map(|rule| (*rule, Score::default())).collect();
    let (mut drafts, mut exact) = (0, 0);
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let draft: Labelled = serde_json::from_str(line)
            .map_err(|error| format!("Line {} is no labelled draft: {error}.", number + 1))?;
        let found = broken(&draft);
        drafts += 1;
        exact += usize::from(found == draft.rules);
        for (rule, score) in &mut scores {
            score.count(draft.rules.contains(rule), found.contains(rule));
        }
        if args.errors && found != draft.rules {
            println!("line {}: expected {}, found {}", number + 1, names(&draft.rules), names(&found));
        }
    }
    print(&scores);
    println!("{exact} of {drafts} drafts are judged exactly as they are labelled.");
    Ok(())
}

/// The rules that a draft breaks.
fn broken(draft: &Labelled) -> BTreeSet<Rule> {
    let tone = tone::check(draft.kind, draft.subject.as_deref(), &draft.body);
    tone.findings.iter().map(|finding| finding.rule).collect()
}

fn names(rules: &BTreeSet<Rule>) -> String {
    let names: Vec<_> = rules.iter().map(|rule| rule.as_str()).collect();
    if names.is_empty() {
        "nothing".to_owned()
    } else {
        names.join(", ")
    }
}

fn print(scores: &BTreeMap<Rule, Score>) {
    println!(
        "{:24}{:>10}{:>8}{:>8}{:>8}{:>11}{:>8}",
        "rule", "positives", "true +", "false +", "false -", "precision", "recall"
    );
    let mut all = Score::default();
    for (rule, score) in scores {
        score.print(rule.as_str());
        all.true_positives += score.true_positives;
        all.false_positives += score.false_positives;
        all.false_negatives += score.false_negatives;
    }
    all.print("overall");
}

impl Score {
    fn count(&mut self, expected: bool, found: bool) {
        match (expected, found) {
            (true, true) => self.true_positives += 1,
            (false, true) => self.false_positives += 1,
            (true, false) => self.false_negatives += 1,
            (false, false) => {}
        }
    }

    fn print(&self, name: &str) {
        let positives = self.true_positives + self.false_negatives;
        let found = self.true_positives + self.false_positives;
        println!(
            "{name:24}{positives:>10}{:>8}{:>8}{:>8}{:>11}{:>8}",
            self.true_positives,
            self.false_positives,
            self.false_negatives,
            share(self.true_positives, found),
            share(self.true_positives, positives)
        );
    }
}

/// A share with three decimals; nothing where there is nothing to share.
fn share(part: usize, whole: usize) -> String {
    if whole == 0 {
        return "-".to_owned();
    }
    format!("{:.3}", part as f64 / whole as f64)
}
