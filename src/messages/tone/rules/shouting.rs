//! Shouting: words in capitals that are no acronyms, rows of exclamation marks.

use std::ops::Range;

use crate::messages::tone::english::is_everyday_word;
use crate::messages::tone::text::{Boundary, Text};

/// Words that are also acronyms or marks, so that one of them in capitals says nothing.
const ALSO_ACRONYMS: &[&str] = &[
    "it", "us", "who", "am", "pm", "or", "act", "aid", "aids", "care", "can", "all", "any", "are", "as", "at", "be",
    "do", "er", "go", "he", "hr", "i", "in", "is", "me", "my", "no", "ok", "on", "so", "to", "up", "we", "an", "by", "if",
    "of", "a", "the", "re", "fw", "may", "set", "top", "led", "did", "was", "has", "had", "her", "his", "one", "two", "out", "now", "art", "stem", "start", "safe", "smart", "star", "rest", "make", "new", "end", "best", "first", "home", "team",
    "work", "back", "world", "life", "time", "page", "next", "help", "ask", "sat", "act", "get", "put", "post", "open", "and", "for", "not", "you",
];
/// Words that are written in capitals for the sake of their weight alone.
const WEIGHTY: &[&str] = &[
    "not", "never", "very", "why", "really", "nothing", "every", "still", "ever", "must", "cannot", "always", "no", "please", "extremely",
    "so", "all", "now", "any", "you", "your", "need", "more", "less", "how", "what", "again", "only", "nobody", "everything", "totally",
    "completely", "absolutely", "immediately", "unacceptable", "ridiculous", "wrong", "thank", "thanks", "months", "weeks", "hours", "seriously",
    "disgusted", "furious", "disappointed", "stop", "worst", "even", "zero", "none", "want", "hate", "answer", "answers", "sorry", "love", "truly",
    "anything", "because", "before", "after", "this", "that", "enough", "once", "definitely", "best", "amazing", "too", "much", "same", "do", "did", "was", "am", "is", "have", "had", "will", "should", "would", "could", "both", "twice", "knew", "told", "said", "lied", "rude", "unfair", "joke", "waste", "wasted", "shame", "demand", "deserve", "explain", "explanation", "reply", "respond", "today", "years", "days", "times", "job", "hire", "reconsider", "asap", "urgent",
];

/// The ranges of words that shout.
pub(super) fn find(text: &Text<'_>, body: &Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = body.start;
    while at < body.end {
        if !is_capital(text, at) {
            at += 1;
            continue;
        }
        let start = at;
        while at < body.end && is_capital(text, at) && (at == start || text.words[at].before != Boundary::Sentence || everyday(text, at)) {
            at += 1;
        }
        if shouts(text, start..at) {
            found.push(start..at);
        }
    }
    found
}

/// Written in capitals; a single letter or a number goes along with what stands before it.
fn is_capital(text: &Text<'_>, at: usize) -> bool {
    let word = &text.words[at];
    let written = text.written(word);
    let mut letters = written.chars().filter(|character| character.is_alphabetic()).peekable();
    letters.peek().is_some() && letters.all(char::is_uppercase) && !word.quoted
}

fn everyday(text: &Text<'_>, at: usize) -> bool {
    let norm = text.words[at].norm.as_str();
    is_everyday_word(norm) || WEIGHTY.contains(&norm)
}

fn shouts(text: &Text<'_>, run: Range<usize>) -> bool {
    let words = &text.words[run.clone()];
    if let [word] = words {
        let norm = word.norm.as_str();
        let letters = norm.chars().filter(|character| character.is_alphabetic()).count();
        return letters > 1 && WEIGHTY.contains(&norm)
            || letters > 3 && is_everyday_word(norm) && !ALSO_ACRONYMS.contains(&norm);
    }
    let long: Vec<_> = run.filter(|at| text.words[*at].norm.chars().count() > 1).collect();
    let plain = long.iter().filter(|at| everyday(text, **at)).count();
    // "NHS AND AWS" has one everyday word among acronyms, "THIS IS NOT ACCEPTABLE" three.
    plain > 0 && (plain * 2 >= long.len() || long.len() > 4)
}
