//! The rules. One table says of each what it weighs, which messages it is for and what it suggests.
//!
//! | rule | severity | subject too | kinds |
//! |---|---|---|---|
//! | blame, arguing, demanding, pleading, sarcasm, threat, profanity, comparing_candidates | blocker | yes | all |
//! | shouting, unresolved_placeholder | blocker | yes | all |
//! | two_asks | advice | no | all |
//! | too_long | advice | no | all, beyond 200 words (thank-you notes 250) |
//! | missing_greeting, missing_sign_off | advice | no | all |
//! | missing_thanks | advice | no | all but networking, where there may be nothing to thank for yet |
//!
//! What cannot be taken back once it is read is a blocker; what only makes a message weaker is advice.

mod arguing;
mod asks;
mod blame;
mod comparing;
mod demanding;
mod placeholder;
mod pleading;
mod profanity;
mod sarcasm;
mod shouting;
mod structure;
mod threat;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use super::guards::{is_anothers, is_negated};
use super::model::{Finding, Part, Rule, Severity, Span};
use super::phrase::Phrases;
use super::text::Text;
use crate::messages::MessageKind;

/// Places shown of one rule: who finds ten knows enough.
const MOST_OF_A_RULE: usize = 10;

/// A rule about what is said.
struct Spoken {
    /// Phrases that break it.
    says: &'static [&'static str],
    /// Phrases that contain or touch one of these and are harmless.
    spares: &'static [&'static str],
    /// Phrases are harmless when one of these stands before them in the sentence.
    after: &'static [&'static str],
    /// Is a negated one harmless? "I do not blame you" is; nobody swears in the negative.
    negatable: bool,
}

struct Reading {
    rule: Rule,
    says: Phrases,
    spares: Phrases,
    after: Phrases,
    negatable: bool,
}

static SPOKEN: LazyLock<Vec<Reading>> = LazyLock::new(|| {
    [
        (Rule::Arguing, arguing::ARGUING),
        (Rule::Blame, blame::BLAME),
        (Rule::ComparingCandidates, comparing::COMPARING),
        (Rule::Demanding, demanding::DEMANDING),
        (Rule::Pleading, pleading::PLEADING),
        (Rule::Profanity, profanity::PROFANITY),
        (Rule::Sarcasm, sarcasm::SARCASM),
        (Rule::Threat, threat::THREAT),
    ]
    .into_iter()
    .map(|(rule, spoken)| Reading {
        rule,
        says: Phrases::new(spoken.says),
        spares: Phrases::new(spoken.spares),
        after: Phrases::new(spoken.after),
        negatable: spoken.negatable,
    })
    .collect()
});

/// What a rule weighs and what it suggests.
fn advice(rule: Rule) -> (Severity, &'static str) {
    use Severity::{Advice, Blocker};
    match rule {
        Rule::Arguing => (
            Blocker,
            "Accept the decision in a sentence; arguing rarely changes it and is remembered.",
        ),
        Rule::Blame => (
            Blocker,
            "Leave out whose fault it was; say what happened without a culprit, or nothing.",
        ),
        Rule::ComparingCandidates => (
            Blocker,
            "Speak of yourself only; the others are people whom the reader has just chosen.",
        ),
        Rule::Demanding => (
            Blocker,
            "Ask instead of telling, without a deadline: \"If you are able to, I would appreciate …\".",
        ),
        Rule::Pleading => (
            Blocker,
            "Say once that you remain interested; need and urgency weaken it.",
        ),
        Rule::Profanity => (Blocker, "Leave the swear word out."),
        Rule::Sarcasm => (
            Blocker,
            "Say it plainly or not at all; irony in a letter reads as bitterness.",
        ),
        Rule::Shouting => (
            Blocker,
            "Write it in small letters and with one mark at most; the words are strong enough.",
        ),
        Rule::Threat => (
            Blocker,
            "Leave it out. Where you want to complain, do so calmly, elsewhere and after a night's sleep.",
        ),
        Rule::UnresolvedPlaceholder => (Blocker, "Fill in this gap, or take it out."),
        Rule::MissingGreeting => (
            Severity::Advice,
            "Begin with a greeting, best with the reader's name: \"Dear Ms. Okafor,\".",
        ),
        Rule::MissingSignOff => (
            Advice,
            "End with a closing and your name: \"Kind regards,\".",
        ),
        Rule::MissingThanks => (
            Advice,
            "Thank the reader for their time or for letting you know.",
        ),
        Rule::TooLong => (
            Advice,
            "Shorten it: a few sentences are read, a long letter is not.",
        ),
        Rule::TwoAsks => (Advice, "Ask for one thing; keep the other for another day."),
    }
}

/// The most words that a message of a kind should have.
fn most_words(kind: MessageKind) -> usize {
    match kind {
        MessageKind::ThankYou => 250,
        MessageKind::RejectionReply | MessageKind::FeedbackRequest | MessageKind::Networking => 200,
    }
}

/// What is wrong with a body.
pub(super) fn in_body(kind: MessageKind, text: &Text<'_>) -> Vec<Finding> {
    let mut found = said(text);
    found.extend(structure::beyond(text, most_words(kind)).map(|bytes| (Rule::TooLong, bytes)));
    if let Some(words) = asks::second(text) {
        found.push((Rule::TwoAsks, bytes(text, &words)));
    }
    let end = text.raw.len();
    let missing = [
        (Rule::MissingGreeting, !structure::has_greeting(text)),
        (Rule::MissingSignOff, !structure::has_sign_off(text)),
        (
            Rule::MissingThanks,
            kind != MessageKind::Networking && !structure::has_thanks(text),
        ),
    ];
    found.extend(
        missing
            .into_iter()
            .filter(|(_, is_missing)| *is_missing)
            .map(|(rule, _)| (rule, end..end)),
    );
    findings(text.raw, Part::Body, found)
}

/// What is wrong with a subject: it needs neither greeting nor thanks.
pub(super) fn in_subject(text: &Text<'_>) -> Vec<Finding> {
    let mut found = said(text);
    if is_answer(text) {
        found.retain(|(rule, _)| *rule == Rule::UnresolvedPlaceholder);
    }
    findings(text.raw, Part::Subject, found)
}

/// "Re: URGENT HIRING": the words of the one who is answered.
fn is_answer(text: &Text<'_>) -> bool {
    let first = text.words.first().map(|word| word.norm.as_str());
    matches!(first, Some("re" | "fw" | "fwd")) && text.raw.contains(':')
}

/// Places where something is said that should not be, as ranges of bytes.
fn said(text: &Text<'_>) -> Vec<(Rule, Range<usize>)> {
    let mut found = Vec::new();
    for reading in SPOKEN.iter() {
        for sentence in &text.sentences {
            found.extend(
                reading
                    .find(text, &sentence.words)
                    .into_iter()
                    .map(|words| (reading.rule, bytes(text, &words))),
            );
        }
    }
    for sentence in &text.sentences {
        let words = &sentence.words;
        found.extend(
            comparing::weighs_rivals(text, words)
                .map(|words| bytes(text, &words))
                .filter(|place| !overlaps(&found, Rule::ComparingCandidates, place))
                .map(|place| (Rule::ComparingCandidates, place)),
        );
        let held = sarcasm::scare_quotes(text, words);
        let mocks = sarcasm::praises_a_grievance(text, words).then(|| words.clone());
        found.extend(
            held.or(mocks)
                .map(|words| (Rule::Sarcasm, bytes(text, &words))),
        );
    }
    let swears = text
        .words
        .iter()
        .filter(|word| !word.quoted && profanity::is_masked(&word.norm));
    found.extend(swears.map(|word| (Rule::Profanity, word.bytes.clone())));
    let gaps = placeholder::find(text.raw);
    found.extend(
        shouting::find(text, &gaps)
            .into_iter()
            .map(|bytes| (Rule::Shouting, bytes)),
    );
    found.extend(
        gaps.into_iter()
            .map(|bytes| (Rule::UnresolvedPlaceholder, bytes)),
    );
    found
}

impl Reading {
    fn find(&self, text: &Text<'_>, sentence: &Range<usize>) -> Vec<Range<usize>> {
        let found = self.says.all(text, sentence);
        if found.is_empty() {
            return found;
        }
        let spared = self.spares.all(text, sentence);
        found
            .into_iter()
            .filter(|place| {
                let is_spared = spared
                    .iter()
                    .any(|it| it.start < place.end && place.start < it.end);
                let is_quoted = text.words[place.clone()].iter().all(|word| word.quoted);
                let is_harmless = is_spared
                    || is_quoted
                    || self.after.any(text, &(sentence.start..place.start))
                    || is_anothers(text, sentence, place)
                    || self.negatable && is_negated(text, sentence, place);
                !is_harmless
            })
            .collect()
    }
}

/// Is the rule already found there?
fn overlaps(found: &[(Rule, Range<usize>)], rule: Rule, place: &Range<usize>) -> bool {
    found
        .iter()
        .any(|(known, it)| *known == rule && it.start < place.end && place.start < it.end)
}

fn bytes(text: &Text<'_>, words: &Range<usize>) -> Range<usize> {
    let of = &text.words[words.clone()];
    match (of.first(), of.last()) {
        (Some(first), Some(last)) => first.bytes.start..last.bytes.end,
        _ => 0..0,
    }
}

/// Turns ranges of bytes into findings, each rule up to its limit.
fn findings(raw: &str, part: Part, mut found: Vec<(Rule, Range<usize>)>) -> Vec<Finding> {
    found.sort_by_key(|(_, bytes)| bytes.start);
    let mut seen: HashMap<Rule, usize> = HashMap::new();
    let mut place = Place {
        raw,
        bytes: 0,
        scalars: 0,
    };
    let mut findings = Vec::new();
    for (rule, bytes) in found {
        let count = seen.entry(rule).or_default();
        *count += 1;
        if *count > MOST_OF_A_RULE {
            continue;
        }
        let (severity, suggestion) = advice(rule);
        let excerpt = raw[bytes.clone()].to_owned();
        let start = place.advance(bytes.start);
        let end = start + excerpt.chars().count();
        findings.push(Finding {
            rule,
            severity,
            part,
            span: Span { start, end },
            excerpt,
            suggestion,
        });
    }
    findings
}

/// Counts Unicode scalar values on the way through a text.
struct Place<'a> {
    raw: &'a str,
    bytes: usize,
    scalars: usize,
}

impl Place<'_> {
    fn advance(&mut self, to: usize) -> usize {
        self.scalars += self.raw[self.bytes..to].chars().count();
        self.bytes = to;
        self.scalars
    }
}
