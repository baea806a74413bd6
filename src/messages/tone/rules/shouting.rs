//! Shouting: words in capitals that are no acronyms, rows of exclamation marks.

use std::ops::Range;

use crate::messages::tone::english::is_everyday_word;
use crate::messages::tone::text::{Boundary, Text};

/// So many marks in a row are a raised voice.
const MARKS: usize = 3;
/// Words that are also acronyms or marks, so that one of them in capitals says nothing.
const ALSO_ACRONYMS: &[&str] = &[
    "it", "us", "who", "am", "pm", "or", "act", "aid", "aids", "care", "can", "all", "any", "are",
    "as", "at", "be", "do", "er", "go", "he", "hr", "i", "in", "is", "me", "my", "no", "ok", "on",
    "so", "to", "up", "we", "an", "by", "if", "of", "a", "the", "re", "fw", "may", "set", "top",
    "led", "did", "was", "has", "had", "her", "his", "one", "two", "out", "now", "art", "stem",
    "start", "safe", "smart", "star", "rest", "make", "new", "end", "best", "first", "home",
    "team", "work", "back", "world", "life", "time", "page", "next", "help", "ask", "sat", "act",
    "get", "put", "post", "open", "and", "for", "not", "you",
];
/// Words that are written in capitals for the sake of their weight alone.
const WEIGHTY: &[&str] = &[
    "not",
    "never",
    "very",
    "why",
    "acceptable",
    "really",
    "nothing",
    "every",
    "still",
    "ever",
    "must",
    "cannot",
    "always",
    "no",
    "please",
    "extremely",
    "so",
    "all",
    "now",
    "any",
    "you",
    "your",
    "need",
    "more",
    "less",
    "how",
    "what",
    "again",
    "only",
    "nobody",
    "everything",
    "totally",
    "completely",
    "absolutely",
    "immediately",
    "unacceptable",
    "ridiculous",
    "wrong",
    "thank",
    "thanks",
    "months",
    "weeks",
    "hours",
    "seriously",
    "disgusted",
    "furious",
    "disappointed",
    "stop",
    "worst",
    "even",
    "zero",
    "none",
    "want",
    "hate",
    "answer",
    "answers",
    "sorry",
    "love",
    "truly",
    "anything",
    "because",
    "before",
    "after",
    "this",
    "that",
    "enough",
    "once",
    "definitely",
    "best",
    "amazing",
    "too",
    "much",
    "same",
    "both",
    "twice",
    "knew",
    "told",
    "said",
    "lied",
    "rude",
    "unfair",
    "joke",
    "waste",
    "wasted",
    "shame",
    "demand",
    "deserve",
    "explain",
    "explanation",
    "reply",
    "respond",
    "today",
    "years",
    "days",
    "times",
    "job",
    "hire",
    "reconsider",
    "asap",
    "urgent",
];

/// The byte ranges that shout. What stands in `gaps` is a template's and not the writer's.
pub(super) fn find(text: &Text<'_>, gaps: &[Range<usize>]) -> Vec<Range<usize>> {
    let in_gap = |at: usize| {
        let bytes = &text.words[at].bytes;
        let next = gaps.partition_point(|gap| gap.end <= bytes.start);
        gaps.get(next).is_some_and(|gap| gap.start < bytes.end)
    };
    let mut found = marks(text.raw);
    let mut at = 0;
    while at < text.words.len() {
        let start = at;
        while at < text.words.len() && is_capital(text, at) && (at == start || goes_on(text, at)) {
            at += 1;
        }
        if at == start {
            at += 1;
        } else if shouts(text, start..at) && !(start..at).any(in_gap) {
            found.push(text.words[start].bytes.start..text.words[at - 1].bytes.end);
        }
    }
    found
}

/// Three exclamation or question marks in a row.
fn marks(raw: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(first) = raw[at..].find(['!', '?']) {
        let start = at + first;
        let length = raw[start..].len() - raw[start..].trim_start_matches(['!', '?']).len();
        if length >= MARKS {
            found.push(start..start + length);
        }
        at = start + length;
    }
    found
}

/// Written in capitals.
fn is_capital(text: &Text<'_>, at: usize) -> bool {
    let word = &text.words[at];
    let mut letters = text
        .written(word)
        .chars()
        .filter(|character| character.is_alphabetic())
        .peekable();
    letters.peek().is_some() && letters.all(char::is_uppercase) && !word.quoted
}

/// A shout goes on over the end of a sentence when the next word is one that is no acronym.
fn goes_on(text: &Text<'_>, at: usize) -> bool {
    text.words[at].before != Boundary::Sentence || is_plain(text, at)
}

fn is_plain(text: &Text<'_>, at: usize) -> bool {
    let norm = text.words[at].norm.as_str();
    is_everyday_word(norm) || WEIGHTY.contains(&norm)
}

fn shouts(text: &Text<'_>, run: Range<usize>) -> bool {
    let long: Vec<usize> = run
        .filter(|at| text.words[*at].norm.chars().count() > 1)
        .collect();
    let plain = long.iter().filter(|at| is_plain(text, **at)).count();
    match long[..] {
        [] => false,
        [only] => {
            let norm = text.words[only].norm.as_str();
            WEIGHTY.contains(&norm)
                || norm.chars().count() > 3
                    && is_everyday_word(norm)
                    && !ALSO_ACRONYMS.contains(&norm)
        }
        // "GROUP BY", "IT AND HR": two words must both be plain ones, and one of them no acronym.
        [one, two] => {
            plain == 2
                && [one, two]
                    .iter()
                    .any(|at| !ALSO_ACRONYMS.contains(&text.words[*at].norm.as_str()))
        }
        // "NHS AND AWS" has one plain word among acronyms, "THIS IS NOT ACCEPTABLE" three.
        _ => plain * 2 >= long.len() || plain > 2,
    }
}
