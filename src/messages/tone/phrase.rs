//! Phrases: the small language in which the rules say what they look for.
//!
//! A phrase is a row of steps, separated by spaces, each of which stands for one word of the text:
//!
//! | step | stands for |
//! |---|---|
//! | `word` | that word |
//! | `~word` | any of its forms: `~waste` is waste, wastes, wasted, wasting |
//! | `@class` | any word of a class (`vocabulary`) |
//! | `a\|~b\|@c` | any of these; `a\|$` that word or the end |
//! | `step?` | that step or nothing |
//! | `*` | any one word |
//! | `..3` | up to three words inside of the clause, never across another subject or a negation: "you … I" are two statements |
//! | `!a\|b` | nothing; but the next word must not be one of these |
//! | `^` | nothing; but a clause begins here, as where a sentence tells somebody to do something |
//! | `$` | nothing; but the sentence ends here |
//!
//! Matching takes a number of steps that depends on the phrase alone, so a text is read in linear time.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use super::text::{Boundary, Text, Word};
use super::vocabulary;
use super::words::forms;

type Words = Arc<HashSet<String>>;

enum Step {
    Word {
        any_of: Words,
        optional: bool,
        or_end: bool,
    },
    AnyWord,
    Gap(usize),
    Not(Words),
    ClauseStart,
    SentenceEnd,
}

struct Phrase(Vec<Step>);

/// Phrases, found by the words that they can begin with.
pub(super) struct Phrases {
    phrases: Vec<Phrase>,
    by_first_word: HashMap<String, Vec<usize>>,
}

/// A gap does not reach across these: they begin another statement.
const STATEMENT_STARTS: &[&str] = &[
    "i", "you", "we", "they", "he", "she", "but", "because", "if", "although", "though", "while",
    "unless", "whether", "not", "never", "without",
];
/// After these a clause begins, as after a comma.
const OPENERS: &[&str] = &[
    "and",
    "but",
    "so",
    "or",
    "then",
    "also",
    "just",
    "well",
    "now",
    "honestly",
    "frankly",
    "at",
    "least",
    "therefore",
    "however",
    "yet",
    "look",
    "ok",
    "okay",
    "instead",
    "again",
    "simply",
    "otherwise",
];

impl Phrases {
    /// Reads phrases. They are constants of the rules; a test reads all of them.
    pub(super) fn new(sources: &[&str]) -> Self {
        let phrases: Vec<Phrase> = sources.iter().map(|source| Phrase::new(source)).collect();
        let mut by_first_word: HashMap<String, Vec<usize>> = HashMap::new();
        for (number, phrase) in phrases.iter().enumerate() {
            for word in phrase.first_words() {
                let entry = by_first_word.entry(word.clone()).or_default();
                if entry.last() != Some(&number) {
                    entry.push(number);
                }
            }
        }
        Self {
            phrases,
            by_first_word,
        }
    }

    /// The longest phrase that begins with the word `start`, as a range of words.
    pub(super) fn at(
        &self,
        text: &Text<'_>,
        sentence: &Range<usize>,
        start: usize,
    ) -> Option<Range<usize>> {
        count_step();
        let candidates = self.by_first_word.get(&text.words[start].norm)?;
        candidates
            .iter()
            .filter_map(|number| {
                matched(
                    &self.phrases[*number].0,
                    &text.words[..sentence.end],
                    sentence.start,
                    start,
                )
            })
            .max()
            .map(|end| start..end)
    }

    /// Every place in a sentence where a phrase begins, longest ones first at the same place, none inside another.
    pub(super) fn all(&self, text: &Text<'_>, sentence: &Range<usize>) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let mut at = sentence.start;
        while at < sentence.end {
            match self.at(text, sentence, at) {
                Some(place) if !place.is_empty() => {
                    at = place.end;
                    found.push(place);
                }
                _ => at += 1,
            }
        }
        found
    }

    /// Does a phrase begin anywhere in these words?
    pub(super) fn any(&self, text: &Text<'_>, sentence: &Range<usize>) -> bool {
        sentence
            .clone()
            .any(|start| self.at(text, sentence, start).is_some())
    }
}

impl Phrase {
    fn new(source: &str) -> Self {
        Self(source.split_whitespace().map(step).collect())
    }

    fn first_words(&self) -> impl Iterator<Item = &String> {
        let mut open = true;
        let steps = self.0.iter().take_while(move |step| {
            let go_on = open;
            open = matches!(
                step,
                Step::ClauseStart | Step::Not(_) | Step::Word { optional: true, .. }
            );
            go_on
        });
        steps
            .filter_map(|step| match step {
                Step::Word { any_of, .. } => Some(any_of.iter()),
                _ => None,
            })
            .flatten()
    }
}

fn step(source: &str) -> Step {
    if let Some(most) = source.strip_prefix("..").and_then(|most| most.parse().ok()) {
        return Step::Gap(most);
    }
    if let Some(others) = source.strip_prefix('!') {
        return Step::Not(any_of(others));
    }
    match source {
        "*" => Step::AnyWord,
        "^" => Step::ClauseStart,
        "$" => Step::SentenceEnd,
        _ => match source.strip_suffix('?') {
            Some(word) => Step::Word {
                any_of: any_of(word),
                optional: true,
                or_end: false,
            },
            None => Step::Word {
                any_of: any_of(source),
                optional: false,
                or_end: source.split('|').any(|it| it == "$"),
            },
        },
    }
}

fn any_of(source: &str) -> Words {
    let mut words = HashSet::new();
    for alternative in source.split('|') {
        if let Some(base) = alternative.strip_prefix('~') {
            words.extend(forms(base));
        } else if let Some(class) = alternative.strip_prefix('@') {
            for member in vocabulary::class(class) {
                words.extend(any_of(member).iter().cloned());
            }
        } else {
            words.insert(alternative.to_owned());
        }
    }
    Arc::new(words)
}

fn count_step() {
    #[cfg(test)]
    work::STEPS.set(work::STEPS.get() + 1);
}

/// Where the steps end when they begin with the word `at`.
fn matched(steps: &[Step], words: &[Word], first: usize, at: usize) -> Option<usize> {
    count_step();
    let Some((step, rest)) = steps.split_first() else {
        return Some(at);
    };
    let word = words.get(at);
    match step {
        Step::Word {
            any_of,
            optional,
            or_end,
        } => {
            let fits = word.is_some_and(|word| any_of.contains(&word.norm));
            let taken = fits.then(|| matched(rest, words, first, at + 1)).flatten();
            let skipped = *optional || *or_end && at == words.len();
            taken.or_else(|| skipped.then(|| matched(rest, words, first, at)).flatten())
        }
        Step::AnyWord => word.and_then(|_| matched(rest, words, first, at + 1)),
        Step::Gap(most) => {
            for end in at..=at + most {
                if let Some(found) = matched(rest, words, first, end) {
                    return Some(found);
                }
                let goes_on = words
                    .get(end)
                    .is_some_and(|word| !STATEMENT_STARTS.contains(&word.norm.as_str()));
                if !goes_on {
                    return None;
                }
            }
            None
        }
        Step::Not(others) => {
            let clear = word.is_none_or(|word| !others.contains(&word.norm));
            clear.then(|| matched(rest, words, first, at)).flatten()
        }
        Step::ClauseStart => {
            let starts = at == first
                || word.is_some_and(|word| word.before != Boundary::None)
                || OPENERS.contains(&words[at - 1].norm.as_str());
            starts.then(|| matched(rest, words, first, at)).flatten()
        }
        Step::SentenceEnd => (at == words.len())
            .then(|| matched(rest, words, first, at))
            .flatten(),
    }
}

/// The work done on this thread, for the test that it grows with the text and no faster.
#[cfg(test)]
pub(super) mod work {
    use std::cell::Cell;

    thread_local! {
        pub(super) static STEPS: Cell<u64> = const { Cell::new(0) };
    }

    /// The steps of some work.
    pub(in super::super) fn steps_of<T>(work: impl FnOnce() -> T) -> u64 {
        let before = STEPS.get();
        work();
        STEPS.get() - before
    }
}
