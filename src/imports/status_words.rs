//! What the words of a status cell say, clause by clause.

use super::status::Status;
use super::status_clause::Clause;

/// How an application ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    Accepted,
    Declined,
    Rejected,
    Ghosted,
    Withdrawn,
}

/// One thing that the words say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signal {
    /// This live status was reached.
    Reached(Status),
    /// It ended so.
    Ended(Ending),
    /// Not applied yet.
    Saved,
    /// The seeker decided not to apply at all.
    DecidedAgainst,
    /// Something is going on, no more.
    UnderWay,
}

/// All signals in the order of the words. A text too long for a status has none.
pub(super) fn signals(text: &str) -> Vec<Signal> {
    const LONGEST: usize = 300;
    if text.len() > LONGEST {
        return Vec::new();
    }
    let clauses = clauses(text);
    let open = clauses
        .iter()
        .flatten()
        .any(|word| matches!(word.as_str(), "yet" | "still" | "waiting" | "awaiting"));
    let mut signals = Vec::new();
    for words in &clauses {
        let clause = Clause {
            words: words.iter().map(String::as_str).collect(),
            open,
        };
        for index in 0..clause.words.len() {
            signals.extend(clause.ending(index).map(Signal::Ended));
            signals.extend(clause.stage(index));
        }
    }
    signals
}

// Punctuation and words such as "then" divide; what is denied in one clause holds in the next.
fn clauses(text: &str) -> Vec<Vec<String>> {
    let chars: Vec<char> = text.to_lowercase().chars().collect();
    let mut clauses = vec![Vec::new()];
    let mut word = String::new();
    for (index, c) in chars.iter().enumerate() {
        let beside = |other: Option<&char>| other.is_some_and(|c| c.is_alphanumeric());
        let joins =
            *c == '-' && index > 0 && beside(chars.get(index - 1)) && beside(chars.get(index + 1));
        if c.is_alphanumeric() {
            word.push(*c);
            continue;
        }
        if matches!(c, '\'' | '’') {
            continue;
        }
        end_word(&mut word, &mut clauses);
        let divides = matches!(
            c,
            ',' | ';'
                | ':'
                | '/'
                | '('
                | ')'
                | '['
                | ']'
                | '|'
                | '→'
                | '>'
                | '.'
                | '!'
                | '?'
                | '&'
                | '+'
                | '–'
                | '—'
                | '\n'
                | '-'
        );
        if divides && !joins {
            clauses.push(Vec::new());
        }
    }
    end_word(&mut word, &mut clauses);
    clauses
}

fn end_word(word: &mut String, clauses: &mut Vec<Vec<String>>) {
    let word = std::mem::take(word);
    if matches!(word.as_str(), "but" | "then" | "and" | "because") {
        clauses.push(Vec::new());
    } else if let Some(clause) = clauses.last_mut().filter(|_| !word.is_empty()) {
        clause.push(word);
    }
}
