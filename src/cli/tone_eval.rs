//! `rebound tone-eval`

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;

use super::Failure;
use crate::messages::tone::Rule;
use crate::messages::tone::evaluation::{Labelled, Score, scores};

/// What `rebound tone-eval` can be told.
#[derive(Args)]
pub struct ToneEvalArgs {
    /// Labelled drafts, one JSON object a line: kind, subject (may be absent), body, rules
    file: PathBuf,
    /// List the drafts that are judged otherwise than they are labelled
    #[arg(long)]
    errors: bool,
}

/// Checks every draft of a file and prints precision and recall of every rule.
pub fn run(args: &ToneEvalArgs) -> Result<(), Failure> {
    let text = fs::read_to_string(&args.file)
        .map_err(|error| format!("{} cannot be read: {error}.", args.file.display()))?;
    let mut out = io::stdout().lock();
    let mut judged = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim().is_empty() {
            continue;
        }
        let draft = Labelled::read(line)
            .map_err(|error| format!("Line {number} is no labelled draft: {error}."))?;
        let found = draft.found();
        if args.errors && found != draft.rules {
            let (expected, found) = (names(&draft.rules), names(&found));
            writeln!(out, "line {number}: expected {expected}; found {found}")?;
        }
        judged.push((draft.rules, found));
    }
    Ok(print(&mut out, &judged)?)
}

fn names(rules: &BTreeSet<Rule>) -> String {
    if rules.is_empty() {
        return "nothing".to_owned();
    }
    let names: Vec<_> = rules.iter().map(|rule| rule.as_str()).collect();
    names.join(", ")
}

fn print(out: &mut impl Write, judged: &[(BTreeSet<Rule>, BTreeSet<Rule>)]) -> io::Result<()> {
    writeln!(
        out,
        "{:24}{:>10}{:>8}{:>8}{:>8}{:>11}{:>8}",
        "rule", "positives", "true +", "false +", "false -", "precision", "recall"
    )?;
    let mut all = Score::default();
    for (rule, score) in scores(judged.iter().map(|(expected, found)| (expected, found))) {
        print_score(out, rule.as_str(), score)?;
        all.true_positives += score.true_positives;
        all.false_positives += score.false_positives;
        all.false_negatives += score.false_negatives;
    }
    print_score(out, "overall", all)?;
    let exact = judged
        .iter()
        .filter(|(expected, found)| expected == found)
        .count();
    writeln!(
        out,
        "{exact} of {} drafts are judged exactly as they are labelled.",
        judged.len()
    )
}

fn print_score(out: &mut impl Write, name: &str, score: Score) -> io::Result<()> {
    let share =
        |share: Option<f64>| share.map_or_else(|| "-".to_owned(), |share| format!("{share:.3}"));
    writeln!(
        out,
        "{name:24}{:>10}{:>8}{:>8}{:>8}{:>11}{:>8}",
        score.positives(),
        score.true_positives,
        score.false_positives,
        score.false_negatives,
        share(score.precision()),
        share(score.recall())
    )
}
