//! The tone check: does a draft say something that would hurt the person who sends it?
//!
//! It reads English, knows fifteen rules and explains each finding: which rule, where, what it saw, what to
//! write instead. It is a pure function: the same text gives the same answer, and a longer text takes
//! proportionally longer.
//!
//! The way of a text: `text` (words, sentences, clauses, quotations) → `english` (is it English?) → `rules`
//! (each rule a table of `phrase`s or a small function, `guards` for negation and for what others say).

mod english;
pub mod evaluation;
mod guards;
pub mod handlers;
mod model;
mod phrase;
mod rules;
mod text;
mod vocabulary;
mod words;

#[cfg(test)]
mod property_tests;
#[cfg(test)]
mod tests;

pub use model::{Finding, Language, Part, Rule, Severity, Span, Tone, ToneCheck, Verdict};

use super::MessageKind;
use text::Text;

/// Checks a draft.
///
/// The verdict is about what the reader would see: `blocked` when one finding is a blocker, `advice` when
/// there are others, `clean` when there are none. A text that is not English gets no verdict.
pub fn check(kind: MessageKind, subject: Option<&str>, body: &str) -> Tone {
    let text = Text::read(body);
    if !english::is_english(&text) {
        return Tone::unsupported();
    }
    let mut findings = rules::in_body(kind, &text);
    if let Some(subject) = subject {
        findings.extend(rules::in_subject(&Text::read(subject)));
    }
    findings.sort_by_key(|finding| (finding.span.start, finding.rule.as_str(), finding.part));
    Tone::of(findings)
}
