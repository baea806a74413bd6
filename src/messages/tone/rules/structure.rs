//! What a letter has around what it says: a greeting, thanks, a closing; and how long it is.

use std::ops::Range;
use std::sync::LazyLock;

use crate::messages::tone::english::is_everyday_word;
use crate::messages::tone::guards::is_negated;
use crate::messages::tone::phrase::Phrases;
use crate::messages::tone::text::{Boundary, Text};

static GREETINGS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "dear|dearest|hi|hello|hey|hiya|heya|hallo|howdy|greetings|salutations|ahoy|aloha|hola|bonjour|namaste|ciao|yo",
        "good ..1 morning|afternoon|evening|day",
        "happy monday|tuesday|wednesday|thursday|friday|new",
        "morning|afternoon|evening|esteemed|respected|gday|g'day",
        "to whom|whomever it may",
        "to the|all|everyone",
        "sir|madam|ma'am|ladies|gentlemen|team|all|folks|everyone",
        "attention|attn",
    ])
});

static CLOSINGS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "with|in ..3 ~regard|~thank|gratitude|appreciation|wishes|respect|gratefulness|anticipation|admiration",
        "kind|kindest|best|warm|warmest|many|fond|sincere|all|respectful|good|high|very|friendly|warmly|professional ..2 ~regard|~wish|~thank|best|~greeting|regards",
        "~regard|rgds|brgds|br|kr|bw|bests|kthx|xoxo|x|xx|xxx",
        "~regards to|and|from !~you",
        "best|cheers|thanks|cheerio|ta|sincerely|respectfully|warmly|cordially|gratefully|faithfully|truly|kindly|fondly|appreciatively|yours|salutations|greetings|thankfully|humbly|cheerfully|graciously|hopefully|bye|goodbye|peace|later|onwards|onward|adieu|ciao",
        "yours|very|most sincerely|truly|faithfully|respectfully|cordially|gratefully|warmly|etc",
        "sincerely|respectfully|truly|faithfully yours",
        "thank you|u again|kindly|sincerely|all|once|so|very|and|in|from",
        "thank you",
        "thanks again|once|so|very|all|and|in|a",
        "take|be good? care|well|safe",
        "stay well|safe|warm|in",
        "talk|speak|chat|see|until|till|catch soon|then|next|you|up",
        "all|wishing|my ..1 the|you|very ..1 best|well",
        "have a ..2 day|week|weekend|one|evening|afternoon|summer|holiday",
        "~look forward",
        "signed",
        "gratefully|onwards|always",
    ])
});

/// Closings that stand on a line with a name or alone; longer lines are sentences.
const CLOSING_LINE: usize = 9;
/// A signature has a few lines: name, title, address, a postscript.
const SIGNATURE_LINES: usize = 9;

/// Sentences at the beginning that may hold the greeting.
pub(super) fn has_greeting(text: &Text<'_>) -> bool {
    let Some(first) = text.sentences.first() else {
        return false;
    };
    let words = &first.words;
    let start = words.start
        + text.words[words.clone()]
            .iter()
            .take_while(|word| !is_word(&word.norm))
            .count();
    if start >= words.end {
        return false;
    }
    if let Some(greeting) = GREETINGS.at(text, words, start) {
        let first = text.words[start].norm.as_str();
        let address = matches!(
            first,
            "sir"
                | "madam"
                | "team"
                | "all"
                | "folks"
                | "everyone"
                | "to"
                | "morning"
                | "afternoon"
                | "evening"
                | "happy"
                | "attention"
                | "yo"
        );
        return !address
            || first == "to" && greeting.len() > 1 && ends_clause(text, words, start, 8)
            || ends_clause(text, words, start, 4);
    }
    // "Priya," or "Ms. Okafor:"
    is_name(text, start) && {
        let named = (start..words.end)
            .take_while(|at| *at == start || text.words[*at].before == Boundary::None)
            .take_while(|at| is_name(text, *at) || is_link(&text.words[*at].norm))
            .count();
        let end = start + named;
        named <= 4
            && (end == words.end || text.words[end].before != Boundary::None)
            && !is_one_statement(text, words, end)
    }
}

/// Does the clause that begins here end within a few words?
fn ends_clause(text: &Text<'_>, sentence: &Range<usize>, start: usize, most: usize) -> bool {
    let length = (start + 1..sentence.end)
        .take_while(|at| text.words[*at].before == Boundary::None)
        .count()
        + 1;
    length <= most
}

/// A single name that closes a text greets nobody.
fn is_one_statement(text: &Text<'_>, sentence: &Range<usize>, end: usize) -> bool {
    end == sentence.end && text.sentences.len() == 1
}

fn is_word(norm: &str) -> bool {
    norm.chars().any(char::is_alphanumeric)
}

fn is_link(norm: &str) -> bool {
    matches!(
        norm,
        "and" | "of" | "de" | "van" | "der" | "von" | "la" | "the" | "&" | "'s"
    )
}

/// A word with a capital that is no everyday one.
fn is_name(text: &Text<'_>, at: usize) -> bool {
    let word = &text.words[at];
    let capital = text
        .written(word)
        .chars()
        .next()
        .is_some_and(char::is_uppercase);
    let title = matches!(
        word.norm.as_str(),
        "hiring" | "team" | "manager" | "ms" | "mr" | "mrs" | "dr"
    );
    let adverb = word.norm.ends_with("ly") && word.norm.len() > 5;
    let joint = matches!(
        word.norm.as_str(),
        "unfortunately"
            | "yesterday"
            | "further"
            | "following"
            | "regarding"
            | "re"
            | "per"
            | "sadly"
            | "wow"
            | "bravo"
            | "congratulations"
            | "apologies"
            | "oh"
            | "ah"
            | "surprise"
            | "perhaps"
            | "maybe"
            | "indeed"
            | "instead"
    );
    capital && (title || !is_everyday_word(&word.norm)) && !adverb && !joint
}

static THANKS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "thank|thanks|thanking|thankful|thankfulness|thankyou !goodness|god|heavens",
        "gratitude|indebted|appreciative|appreciation|gratefully",
        "~appreciate",
        "grateful",
        "much obliged",
        "cheers|ta for|again|so",
        "~mean|meant a|so|the ..1 lot|much|world|great",
        "kind|generous|good|thoughtful of you",
    ])
});
/// A wish that is put as thanks for something still to come, and thanks that are none.
static NO_THANKS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "would|will|could ..3 ~appreciate|grateful|thankful|appreciative|indebted|obliged|be ..1 grateful|obliged|thankful|appreciative|~appreciate|appreciated",
        "~be|most|very|much|greatly|any|truly ..1 ~appreciated",
        "thank|thanks you? ..3 nothing",
        "no thanks",
        "thanks|thank you? ..3 for ..1 ~waste|~ghost|~ignore|~string|~lie",
        "thank|thanks god|goodness",
        "~find|see|expect|get|show|hear ..2 gratitude|appreciation",
        "thank you card|letter|note|email",
    ])
});

/// Where the thanks are; nothing when there are none.
pub(super) fn has_thanks(text: &Text<'_>) -> bool {
    text.sentences.iter().any(|sentence| {
        let words = &sentence.words;
        let void: Vec<_> = NO_THANKS.all(text, words);
        words.clone().any(|at| {
            let Some(place) = THANKS.at(text, words, at) else {
                return false;
            };
            let first = &text.words[place.start];
            let covered = void
                .iter()
                .any(|void| void.start < place.end && place.start < void.end);
            !first.quoted
                && !covered
                && (!is_negated(text, words, &place)
                    || text.words[place.end.min(words.end - 1)..words.end]
                        .iter()
                        .any(|word| word.norm == "enough"))
        })
    })
}

/// Is there a closing, or a name at the end?
pub(super) fn has_sign_off(text: &Text<'_>) -> bool {
    let lines = lines(text);
    let signature = lines
        .len()
        .saturating_sub(SIGNATURE_LINES)
        .max(usize::from(lines.len() > 1));
    lines[signature..].iter().any(|line| is_closing(text, line))
        || lines
            .iter()
            .skip(1)
            .rev()
            .take(2)
            .any(|line| is_signature(text, line))
        || text
            .sentences
            .iter()
            .rev()
            .take(2)
            .any(|sentence| closes_inline(text, &sentence.words))
}

/// The written lines as ranges of words.
fn lines(text: &Text<'_>) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let mut word = 0;
    let mut offset = 0;
    for line in text.raw.split_inclusive(['\n', '\r']) {
        offset += line.len();
        let start = word;
        while word < text.words.len() && text.words[word].bytes.start < offset {
            word += 1;
        }
        let words = start..word;
        if text.words[words.clone()]
            .iter()
            .any(|word| is_word(&word.norm))
        {
            lines.push(words);
        }
    }
    lines
}

/// "Kind regards," or "Thanks again, Sam": a closing, and names behind it.
fn is_closing(text: &Text<'_>, line: &Range<usize>) -> bool {
    let Some(closing) = CLOSINGS
        .at(text, line, line.start)
        .filter(|_| line.len() <= CLOSING_LINE)
    else {
        return false;
    };
    let rest = &text.words[closing.end..line.end];
    let goes_with = |norm: &str| CLOSING_WORDS.contains(&norm);
    let named =
        (closing.end..line.end).all(|at| is_name(text, at) || goes_with(&text.words[at].norm));
    // "Thank you for your time." is a sentence; "Thank you for your time," is a closing.
    let is_sentence = text.words[line.clone()]
        .iter()
        .any(|word| SENTENCE_WORDS.contains(&word.norm.as_str()));
    let ended = text.raw[text.words[line.end - 1].bytes.end..].starts_with('.');
    named && !(is_sentence && (ended || rest.len() > 2))
}

/// Words that a closing may have behind its first ones.
const CLOSING_WORDS: &[&str] = &[
    "and", "again", "in", "advance", "you", "all", "so", "much", "your", "for", "time", "best",
    "from", "the", "a", "well", "everyone", "both",
];
/// Words that make a sentence of what could be a closing.
const SENTENCE_WORDS: &[&str] = &["for", "i", "your", "to", "that"];

/// "…, and all the best, Sam" at the end of a line that says more.
fn closes_inline(text: &Text<'_>, sentence: &Range<usize>) -> bool {
    sentence.clone().rev().take(CLOSING_LINE).any(|at| {
        if at > sentence.start && text.words[at].before == Boundary::None {
            return false;
        }
        // A name behind a comma or a dash is enough where little stands before it: "Un abrazo, Chema".
        let signed = text.raw[..text.words[at].bytes.start]
            .trim_end()
            .ends_with(['—', '–', '-', '~']);
        let dashed = (signed || (1..=3).contains(&(at - sentence.start)))
            && sentence.end - at <= 3
            && (at..sentence.end).all(|at| is_name(text, at));
        let closing = CLOSINGS.at(text, sentence, at);
        dashed
            || closing.is_some_and(|closing| {
                let names = closing.end..sentence.end;
                let alone = names.is_empty() && (at > sentence.start || closing.len() < 2);
                names.clone().all(|at| is_name(text, at)) && !alone
            })
    })
}

/// A short line of names and of what people put beside them: initials, kisses, a trade, an address.
fn is_signature(text: &Text<'_>, line: &Range<usize>) -> bool {
    let words = &text.words[line.clone()];
    let end = words.last().map_or(0, |word| word.bytes.end);
    let ends = text.raw[end..]
        .trim_start_matches([' ', ')'])
        .starts_with(['!', '?', ','])
        || text.raw[end..].starts_with('.')
            && words
                .last()
                .is_some_and(|word| word.norm.chars().count() > 2);
    let named = line
        .clone()
        .filter(|at| is_word(&text.words[*at].norm))
        .all(|at| {
            let norm = text.words[at].norm.as_str();
            is_name(text, at)
                || is_link(norm)
                || !is_everyday_word(norm) && line.len() <= 3
                || norm == "from"
        });
    let address = text.raw[words.first().map_or(0, |word| word.bytes.start)..end]
        .contains(['@', '+', '·', '|']);
    line.len() <= 6 && !ends && named || address && line.len() <= 12
}

/// What goes beyond so many words, as a range of bytes.
pub(super) fn beyond(text: &Text<'_>, most: usize) -> Option<Range<usize>> {
    if text.word_count() <= most {
        return None;
    }
    let mut seen = 0;
    let mut at = 0;
    for piece in text.raw.split_inclusive(char::is_whitespace) {
        if piece.chars().any(char::is_alphanumeric) {
            seen += 1;
        }
        if seen > most {
            return Some(at..text.raw.trim_end().len());
        }
        at += piece.len();
    }
    None
}
