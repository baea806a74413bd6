//! Single cells as text: what is taken out, what counts as empty, and how a cell that a spreadsheet
//! would run as a formula is made harmless and restored.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, is_nfc};

/// What remains of a cell by the API's rule for text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cleaned {
    /// Trimmed, NFC, lines ended by LF, no control characters but newline and tab.
    pub text: String,
    /// Whether control characters had to go.
    pub removed: bool,
}

/// Applies the API's rule for text. CRLF and a lone CR become LF.
pub fn clean(raw: &str) -> Cleaned {
    let unified: Cow<'_, str> = if raw.contains('\r') {
        Cow::Owned(raw.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(raw)
    };
    let removed = unified.chars().any(is_unwanted);
    let kept: Cow<'_, str> = if removed {
        Cow::Owned(unified.chars().filter(|c| !is_unwanted(*c)).collect())
    } else {
        unified
    };
    let text = if is_nfc(&kept) {
        kept.trim().to_owned()
    } else {
        kept.nfc().collect::<String>().trim().to_owned()
    };
    Cleaned { text, removed }
}

fn is_unwanted(c: char) -> bool {
    c.is_control() && c != '\n' && c != '\t'
}

/// Whether a cell says that there is nothing: empty, `N/A`, `-`, `none`, `TBD` and the like.
pub fn is_absent(text: &str) -> bool {
    const WORDS: [&str; 15] = [
        "", "n/a", "na", "n.a.", "#n/a", "-", "–", "—", "--", "none", "null", "nil", "tbd", "tba",
        "n.a",
    ];
    let text = text.trim();
    WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Puts an apostrophe before a value that a spreadsheet would run as a formula, or that the import
/// would take for "nothing" (a company may be called None). [`unprotect`] takes exactly that
/// apostrophe away again: a value that begins with apostrophes of its own gets one more.
pub fn protect(value: &str) -> Cow<'_, str> {
    if needs_protection(value) {
        Cow::Owned(format!("'{value}"))
    } else {
        Cow::Borrowed(value)
    }
}

/// The value behind a protecting apostrophe, or nothing when the apostrophe belongs to the value.
pub fn unprotect(cell: &str) -> Option<&str> {
    cell.strip_prefix('\'')
        .filter(|rest| needs_protection(rest))
}

// Leading apostrophes are looked through, so that the answer is the same for a value and for the
// value with one apostrophe more. That makes protect and unprotect each other's inverse.
fn needs_protection(value: &str) -> bool {
    let bare = value.trim_start_matches('\'');
    !bare.is_empty() && (bare.starts_with(['=', '+', '-', '@', '\t', '\r']) || is_absent(bare))
}

/// At most `limit` characters of a value, with `…` where something is missing; for messages.
pub(super) fn excerpt(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Letters and digits in lower case, everything else dropped: how names are compared.
pub(super) fn squash(text: &str) -> String {
    text.nfkc()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Yes or no, as people and spreadsheets write it.
pub(super) fn yes_or_no(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "yes" | "y" | "true" | "x" | "✓" | "✔" | "✔️" | "✅" | "1" | "done" => Some(true),
        "no" | "n" | "false" | "✗" | "✘" | "❌" | "0" | "not yet" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_cell_is_trimmed_composed_and_freed_of_control_characters() {
        let cleaned = clean(" \u{0}u\u{308}ber\r\nzwei\rdrei\tvier\u{7f} ");
        assert_eq!(cleaned.text, "über\nzwei\ndrei\tvier");
        assert!(cleaned.removed);
        assert!(!clean("a\r\nb").removed);
    }

    #[test]
    fn the_usual_words_for_nothing_are_nothing() {
        for word in ["", " ", "N/A", "n/a", "-", "–", "None", "null", "TBD"] {
            assert!(is_absent(word), "{word:?}");
        }
        assert!(!is_absent("Nullsoft"));
    }

    #[test]
    fn formulas_are_disarmed_and_real_apostrophes_survive() {
        assert_eq!(protect("=1+1"), "'=1+1");
        assert_eq!(protect("'=1"), "''=1");
        assert_eq!(protect("'hello"), "'hello");
        assert_eq!(protect("None"), "'None");
        assert_eq!(unprotect("'=1"), Some("=1"));
        assert_eq!(unprotect("''=1"), Some("'=1"));
        assert_eq!(unprotect("'hello"), None);
        assert_eq!(unprotect("'"), None);
    }

    proptest! {
        #[test]
        fn unprotecting_undoes_protecting(value in "('|=|-|[+@a\t\r]|none|.){0,6}") {
            let cell = protect(&value);
            prop_assert_eq!(unprotect(&cell).unwrap_or(&cell), &value);
            prop_assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']));
        }

        #[test]
        fn cleaning_twice_changes_nothing_more(value in any::<String>()) {
            let once = clean(&value).text;
            let twice = clean(&once);
            prop_assert_eq!(&twice.text, &once);
            prop_assert!(!twice.removed);
        }
    }
}
