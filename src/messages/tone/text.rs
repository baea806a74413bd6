//! A text read once: words in their normal form with their places, sentences, clauses, quotations.
//!
//! Everything after this works on words, so that case, apostrophes, contractions and line breaks are
//! dealt with here and nowhere else.

use std::ops::Range;

use super::words::normal_forms;

/// What stands between a word and the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Boundary {
    /// Nothing but space.
    None,
    /// A comma, a dash, a colon, a bracket: a new clause may begin.
    Clause,
    /// The end of a sentence or of a paragraph.
    Sentence,
}

/// A word, or one part of a contraction: `don't` is `do` and `not`, both at the place of the whole.
#[derive(Debug, Clone)]
pub(super) struct Word {
    /// In lower case, with plain apostrophes and without invisible characters.
    pub(super) norm: String,
    /// Where the written word stands, in bytes.
    pub(super) bytes: Range<usize>,
    /// What stands before it.
    pub(super) before: Boundary,
    /// Does it stand between quotation marks?
    pub(super) quoted: bool,
}

/// A sentence as a range of words.
#[derive(Debug, Clone)]
pub(super) struct Sentence {
    /// Its words.
    pub(super) words: Range<usize>,
    /// Does it end with a question mark?
    pub(super) asks: bool,
}

/// A subject or a body, read.
pub(super) struct Text<'a> {
    /// As it came.
    pub(super) raw: &'a str,
    /// Its words.
    pub(super) words: Vec<Word>,
    /// Its sentences, which hold all words.
    pub(super) sentences: Vec<Sentence>,
}

/// A line shorter than this is a greeting, a closing or an item of a list; a longer one was wrapped by
/// an editor, and its sentence goes on.
const WRAPPED_LINE: usize = 50;
/// A sentence of more words than this is several without their full stops; it also bounds the work of the
/// rules that look at a sentence as a whole.
const LONGEST_SENTENCE: usize = 120;
/// A quotation longer than this is none: somebody forgot to close it.
const LONGEST_QUOTATION: usize = 600;
/// Words that end with a full stop inside of a sentence.
const ABBREVIATIONS: &[&str] = &[
    "mr", "mrs", "ms", "mx", "dr", "prof", "st", "jr", "sr", "e.g", "i.e", "eg", "ie", "etc", "vs",
    "no", "approx", "dept", "ext", "inc", "ltd", "co", "corp", "fig", "rev", "hon", "messrs",
];

impl<'a> Text<'a> {
    /// Reads a text.
    pub(super) fn read(raw: &'a str) -> Self {
        let mut reader = Reader {
            raw,
            words: Vec::new(),
            sentences: Vec::new(),
            first_of_sentence: 0,
            boundary: Boundary::Sentence,
            quotation_end: 0,
        };
        reader.read();
        Self {
            raw,
            words: reader.words,
            sentences: reader.sentences,
        }
    }

    /// The number of written words: a contraction counts once, a lone sign not at all.
    pub(super) fn word_count(&self) -> usize {
        self.raw
            .split_whitespace()
            .filter(|piece| piece.chars().any(char::is_alphanumeric))
            .count()
    }

    /// The written form of a word.
    pub(super) fn written(&self, word: &Word) -> &'a str {
        &self.raw[word.bytes.clone()]
    }
}

struct Reader<'a> {
    raw: &'a str,
    words: Vec<Word>,
    sentences: Vec<Sentence>,
    first_of_sentence: usize,
    boundary: Boundary,
    quotation_end: usize,
}

impl Reader<'_> {
    fn read(&mut self) {
        let mut at = 0;
        while let Some(character) = self.raw[at..].chars().next() {
            if character.is_alphanumeric() {
                at = self.word(at);
                continue;
            }
            match character {
                '\n' | '\r' => {
                    at = self.line_end(at);
                    continue;
                }
                '.' | '!' | '?' | '…' | '。' => self.full_stop(at, character),
                ',' | ';' | ':' | '—' | '–' | '(' | ')' | '[' | ']' | '|' | '•' | '/' => {
                    self.raise(Boundary::Clause);
                }
                '-' if !self.between_letters(at) => self.raise(Boundary::Clause),
                '"' | '“' | '„' | '«' | '\'' | '‘' | '‹' => self.quotation(at, character),
                _ if is_picture(character) => self.picture(at, character),
                _ => {}
            }
            at += character.len_utf8();
        }
        self.end_sentence(false);
    }

    fn raise(&mut self, boundary: Boundary) {
        self.boundary = self.boundary.max(boundary);
    }

    fn between_letters(&self, at: usize) -> bool {
        let before = self.raw[..at].chars().next_back();
        let after = self.raw[at + 1..].chars().next();
        before.is_some_and(char::is_alphanumeric) && after.is_some_and(char::is_alphanumeric)
    }

    fn push(&mut self, norm: String, start: usize, length: usize) {
        self.words.push(Word {
            norm,
            bytes: start..start + length,
            before: self.boundary,
            quoted: start < self.quotation_end,
        });
        self.boundary = Boundary::None;
        if self.words.len() - self.first_of_sentence >= LONGEST_SENTENCE {
            self.end_sentence(false);
        }
    }

    /// Reads the word that begins here and gives the place behind it.
    fn word(&mut self, start: usize) -> usize {
        let mut end = start;
        let mut rest = self.raw[start..].char_indices().peekable();
        while let Some((offset, character)) = rest.next() {
            let inside = is_part_of_word(character)
                || is_joiner(character)
                    && rest.peek().is_some_and(|(_, next)| is_part_of_word(*next))
                // f***, sh*t, bullsh!t: signs hide letters and do not end the word.
                || character == '*'
                || matches!(character, '!' | '$' | '@' | '#') && rest.peek().is_some_and(|(_, next)| next.is_alphabetic());
            if !inside {
                break;
            }
            end = start + offset + character.len_utf8();
        }
        let mut written = &self.raw[start..end];
        if self.raw[..start].ends_with('*') {
            // Emphasis, as in **really**.
            written = written.trim_end_matches('*');
        }
        let end = start + written.len();
        for form in normal_forms(written) {
            self.push(form, start, written.len());
        }
        end
    }

    /// An emoji often stands for a full stop.
    fn picture(&mut self, at: usize, character: char) {
        self.push(character.to_string(), at, character.len_utf8());
        let rest = self.raw[at + character.len_utf8()..].trim_start_matches([' ', '\u{fe0f}']);
        if rest.starts_with(char::is_uppercase) {
            self.end_sentence(false);
        }
    }

    fn full_stop(&mut self, at: usize, character: char) {
        let after = self.raw[at + character.len_utf8()..].chars().next();
        if character == '.' {
            if after.is_some_and(char::is_alphanumeric) {
                return;
            }
            let last = self.words.last().map(|word| word.norm.as_str());
            let abbreviated = last.is_some_and(|word| {
                ABBREVIATIONS.contains(&word)
                    || word.chars().count() == 1
                        && word.chars().all(char::is_alphabetic)
                        && word != "i"
            });
            if abbreviated {
                return;
            }
        }
        self.end_sentence(character == '?');
    }

    fn end_sentence(&mut self, asks: bool) {
        self.raise(Boundary::Sentence);
        let words = self.first_of_sentence..self.words.len();
        if words.is_empty() {
            // "?!": the question mark decides.
            if let (true, Some(last)) = (asks, self.sentences.last_mut()) {
                last.asks = true;
            }
            return;
        }
        self.first_of_sentence = words.end;
        self.sentences.push(Sentence { words, asks });
    }

    /// Reads one line end; gives the place behind it and the blank lines that follow.
    fn line_end(&mut self, at: usize) -> usize {
        let rest = &self.raw[at..];
        let blank = rest.len() - rest.trim_start().len();
        let breaks = rest[..blank]
            .matches('\n')
            .count()
            .max(rest[..blank].matches('\r').count());
        let line = self.raw[..at]
            .rsplit(['\n', '\r'])
            .next()
            .unwrap_or_default();
        let closed = line
            .trim_end()
            .ends_with([',', ':', '.', '!', '?', ';', '-', '–', '—']);
        let item = rest[blank..].starts_with(['-', '*', '•', '–', '·'])
            || rest[blank..].starts_with(|c: char| c.is_ascii_digit());
        if breaks > 1 || closed || item || line.chars().nth(WRAPPED_LINE).is_none() {
            self.end_sentence(false);
        }
        at + blank
    }

    /// An opening quotation mark, when a closing one follows in the same paragraph.
    fn quotation(&mut self, at: usize, opening: char) {
        self.raise(Boundary::Clause);
        if at < self.quotation_end {
            return;
        }
        let before = self.raw[..at].chars().next_back();
        if before.is_some_and(char::is_alphanumeric) {
            return;
        }
        let closing: &[char] = match opening {
            '“' | '"' | '„' => &['”', '"', '“'],
            '«' => &['»'],
            '‹' => &['›'],
            _ => &['\'', '’'],
        };
        let single = matches!(opening, '\'' | '‘');
        let from = at + opening.len_utf8();
        let mut candidates = self.raw[from..].char_indices().peekable();
        while let Some((offset, character)) = candidates.next() {
            if offset > LONGEST_QUOTATION {
                return;
            }
            let next = candidates.peek().map(|(_, next)| *next);
            if character == '\n' && next == Some('\n') {
                return;
            }
            let apostrophe = single && next.is_some_and(char::is_alphanumeric);
            if closing.contains(&character) && !apostrophe {
                self.quotation_end = from + offset;
                return;
            }
        }
    }
}

fn is_part_of_word(character: char) -> bool {
    character.is_alphanumeric() || is_mark(character) || is_invisible(character)
}

fn is_joiner(character: char) -> bool {
    matches!(character, '\'' | '’' | '‘' | 'ʼ' | '＇' | '`' | '´')
}

/// Marks that combine with the letter before them.
fn is_mark(character: char) -> bool {
    matches!(character, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// Characters that are not seen and hide a word from a simple comparison.
pub(super) fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}'
    )
}

/// Emoji and their like, which are words of their own.
fn is_picture(character: char) -> bool {
    matches!(character, '\u{2600}'..='\u{27bf}' | '\u{1f300}'..='\u{1faff}')
}
