//! Placeholders that nobody filled in.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

const FORMS: &str = r"(?x)
    \{\{ [^{}\n]{0,80} \}\}                                  # {{name}}
  | \$\{ [^{}\n]{1,60} \}                                    # ${name}
  | \{% [^{}\n]{1,60} %\}
  | \{ \s? [\p{L}_] [\p{L}\p{N}_\ .'’/&-]{0,50} \}            # {Company}
  | \[\[ [^\[\]\n]{1,60} \]\]
  | \[ \s? [^\[\]\n]{2,80} \]                                # [Job Title], looked at again below
  | << [^<>\n]{1,60} >>
  | < \s? [\p{L}_] [\p{L}\p{N}_\ .'’/&-]{1,50} >              # <Your Name>, looked at again below
  | % [A-Za-z] [A-Za-z0-9_]{1,40} %                          # %NAME%
  | \b [Xx]{3,} \b                                           # XXX
  | \b XX \b
  | _{3,}                                                    # ____
  | \b (?i: insert | enter | add | fill\ in ) (?: \ | _ | -) (?i: the\ | your\ | a\ )? (?-i: [A-Z]{3,} ) (?: (?:\ |_) [A-Z]{2,} )* \b
  | \b (?: INSERT | ENTER | YOUR | COMPANY | RECIPIENT | HIRING | CANDIDATE | FIRST | LAST | JOB | POSITION | MANAGER ) (?: [\ _] (?: NAME | HERE | TITLE | COMPANY | DATE | ROLE | POSITION | MANAGER | ROLE | YOUR | THE | SURNAME ) )+ \b
  | \b (?i: insert | fill\ in) \s (?: \p{L}+ \s ){0,3} (?i: here ) \b
  | \b (?i: (?: hiring\ manager | recruiter | company | interviewer | contact | recipient )(?:'s|’s)?\ name ) \b (?: \s* , )
  | \( (?i: insert [^()\n]{1,40} | (?: your | my | company | job | position | interviewer | manager | recruiter | hiring\ manager )(?:'s|’s)?\ (?: full\ | first\ )? (?: name | title ) | name\ of\ [^()\n]{2,30} ) \)
  | \b (?: TODO | FIXME ) \b
  | \b (?i: lorem\ ipsum )
";

static FORM: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(FORMS).expect("the pattern is a constant that a test reads"));

/// What a template asks for. In square and angle brackets stands many a thing that is no placeholder.
const ASKED_FOR: &[&str] = &[
    "name",
    "title",
    "company",
    "position",
    "role",
    "date",
    "manager",
    "your",
    "insert",
    "job",
    "recruiter",
    "team",
    "organization",
    "organisation",
    "employer",
    "interviewer",
    "email",
    "phone",
    "address",
    "skill",
    "skills",
    "field",
    "industry",
    "here",
    "day",
    "time",
    "reason",
    "project",
    "department",
    "signature",
    "surname",
    "firstname",
    "lastname",
    "first",
    "last",
    "city",
    "location",
    "link",
    "url",
    "number",
    "topic",
    "contact",
    "recipient",
    "person",
    "school",
    "university",
    "degree",
    "product",
    "event",
    "month",
    "year",
    "specific",
    "hiring",
    "hospital",
    "placeholder",
    "something",
    "detail",
    "details",
    "example",
    "add",
    "fill",
    "x",
    "mr",
    "ms",
    "greeting",
    "sender",
    "applicant",
    "candidate",
    "client",
    "subject",
    "experience",
    "area",
    "blank",
    "tbd",
    "todo",
    "linkedin",
    "mutual",
    "weekday",
    "salutation",
    "achievement",
    "value",
    "thing",
    "things",
    "describe",
    "mention",
    "whatever",
    "interview",
    "stage",
    "ward",
    "business",
    "firm",
    "application",
    "reference",
    "ref",
    "amount",
    "years",
    "tool",
    "technology",
    "site",
    "website",
    "state",
    "country",
    "function",
    "speaker",
    "course",
    "program",
    "programme",
    "conference",
    "pronoun",
    "pronouns",
];

/// What stands in brackets and is meant so.
const REMARKS: &[&str] = &[
    "sic",
    "they",
    "she",
    "he",
    "edit",
    "edited",
    "redacted",
    "laughs",
    "smile",
    "image",
    "attached",
    "attachment",
    "cid",
    "external",
    "ext",
    "confidential",
    "update",
    "updated",
    "note",
    "ish",
    "spam",
    "encrypted",
    "secure",
    "i.e",
    "e.g",
    "emphasis",
    "mine",
    "see",
    "below",
    "above",
    "was",
    "is",
    "the",
    "my",
    "our",
    "we",
    "i",
];

/// Byte ranges of placeholders.
pub(super) fn find(raw: &str) -> Vec<Range<usize>> {
    FORM.find_iter(raw)
        .filter(|found| is_placeholder(raw, found.range()))
        .map(|found| found.range())
        .collect()
}

fn is_placeholder(raw: &str, range: Range<usize>) -> bool {
    let found = &raw[range.clone()];
    let inner = found.trim_matches(['[', ']', '<', '>', '{', '}', ' ']);
    let words: Vec<String> = inner
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let asks = words.iter().any(|word| {
        ASKED_FOR.contains(&word.trim_end_matches('s')) || ASKED_FOR.contains(&word.as_str())
    });
    if found.starts_with('[') && !found.starts_with("[[") {
        // [text](address), [text][1] and [ ] of Markdown.
        let linked = raw[range.end..].starts_with(['(', '[', ':']);
        let capitals = inner.starts_with(char::is_uppercase) && words.len() <= 5;
        let remark = words.iter().any(|word| REMARKS.contains(&word.as_str())) && !asks;
        let indexes = raw[..range.start]
            .ends_with(|character: char| character.is_alphanumeric() || character == '`');
        return !linked
            && !indexes
            && !words.is_empty()
            && !remark
            && (asks || capitals)
            && !is_reference(inner);
    }
    if found.starts_with('<') && !found.starts_with("<<") {
        let typed = raw[..range.start].ends_with(|character: char| {
            character.is_alphanumeric() || matches!(character, ':' | '`')
        });
        return asks && !typed && !is_markup(inner);
    }
    if found.starts_with('{') && !found.starts_with("{{") && !found.starts_with("{%") {
        return asks || inner.starts_with(char::is_uppercase) || inner.contains('_');
    }
    if found.to_lowercase().starts_with("xx") {
        // Super Bowl XXX, Chapter XXX.
        if [
            "Bowl", "Chapter", "Part", "Volume", "Title", "Louis", "Section",
        ]
        .iter()
        .any(|title| raw[..range.start].trim_end().ends_with(title))
        {
            return false;
        }
        // A chromosome, kisses at the end of a note, a Roman number.
        let kisses = found.starts_with('x') && raw[range.end..].trim_start().is_empty();
        return !kisses
            && (found.chars().count() > 2
                || raw[..range.start].trim_end().ends_with(['$', '€', '£']));
    }
    if found.starts_with('_') {
        // __init__ and snake__case are no blanks.
        let touches =
            |side: Option<char>| side.is_some_and(|character| character.is_alphanumeric());
        return !(touches(raw[..range.start].chars().next_back())
            && touches(raw[range.end..].chars().next()));
    }
    true
}

/// A footnote or an item: [1], [a], [12, 13]; a number of a file: [Ref. 8841].
fn is_reference(inner: &str) -> bool {
    let digits = inner.chars().filter(char::is_ascii_digit).count();
    if digits > 1 {
        return true;
    }
    inner.chars().all(|character| !character.is_alphabetic()) || inner.chars().count() < 2
}

/// Tags of HTML, addresses.
fn is_markup(inner: &str) -> bool {
    const TAGS: &[&str] = &[
        "b", "i", "br", "p", "a", "em", "strong", "div", "span", "title", "html", "address", "time",
    ];
    TAGS.contains(&inner.to_lowercase().as_str()) || inner.contains('@') || inner.contains("://")
}
