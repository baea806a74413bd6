//! What a template is made of and how it is filled in. Pure functions.
//!
//! A placeholder is `{{ name }}` with a name in lower snake case. A value goes in as it is: what looks
//! like a placeholder inside of one stays a text.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization;

use crate::http::error::FieldError;
use crate::http::rules::breaks_line;
use crate::http::text::push_token;

/// Characters of a subject at most.
pub const SUBJECT_MAX: usize = 200;
/// Characters of a body at most.
pub const BODY_MAX: usize = 20_000;
/// Characters of the name of a placeholder at most.
pub(super) const NAME_MAX: usize = 50;
/// Different placeholders of a template at most, and variables for them.
pub(super) const MOST_NAMES: usize = 50;
/// Characters of a variable at most.
pub(super) const VALUE_MAX: usize = 5000;

/// A part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece<'t> {
    Text(&'t str),
    Placeholder {
        name: &'t str,
        /// As it stands in the text, braces included.
        written: &'t str,
    },
    /// Two braces that belong to no placeholder.
    Stray(&'t str),
}

/// The parts of a text, which together are the text again.
fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let piece = first_piece(rest)?;
        let (Piece::Text(part) | Piece::Stray(part) | Piece::Placeholder { written: part, .. }) =
            piece;
        rest = &rest[part.len()..];
        Some(piece)
    })
}

fn first_piece(text: &str) -> Option<Piece<'_>> {
    let braces = [text.find("{{"), text.find("}}")];
    match braces.into_iter().flatten().min() {
        None if text.is_empty() => None,
        None => Some(Piece::Text(text)),
        Some(0) => Some(placeholder(text).unwrap_or(Piece::Stray(&text[..2]))),
        Some(at) => Some(Piece::Text(&text[..at])),
    }
}

/// The placeholder that a text begins with.
fn placeholder(text: &str) -> Option<Piece<'_>> {
    let (inside, _) = text.strip_prefix("{{")?.split_once("}}")?;
    let name = inside.trim_matches([' ', '\t']);
    is_name(name).then(|| Piece::Placeholder {
        name,
        written: &text[..inside.len() + 4],
    })
}

/// Is it a name that a placeholder may have?
pub(super) fn is_name(name: &str) -> bool {
    name.len() <= NAME_MAX
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// Refuses braces that are no placeholder, and names their place.
pub(super) fn well_formed(text: &str, (): &()) -> garde::Result {
    let mut before = 0;
    for piece in pieces(text) {
        match piece {
            Piece::Stray(_) => {
                return Err(garde::Error::new(format!(
                    "malformed_placeholder: Character {} begins no placeholder. Write {{{{ name }}}} with a \
                     name in lower snake case of at most {NAME_MAX} characters; there is nothing else in double braces.",
                    before + 1
                )));
            }
            Piece::Text(part) | Piece::Placeholder { written: part, .. } => {
                before += part.chars().count();
            }
        }
    }
    Ok(())
}

/// The names of the placeholders in the order in which they appear, each once.
pub(super) fn names(subject: Option<&str>, body: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for piece in subject.into_iter().chain([body]).flat_map(pieces) {
        if let Piece::Placeholder { name, .. } = piece
            && !names.iter().any(|known| known == name)
        {
            names.push(name.to_owned());
        }
    }
    names
}

/// Refuses more placeholders than there can be variables.
pub(super) fn few_names(subject: Option<&str>) -> impl FnOnce(&String, &()) -> garde::Result {
    move |body, ()| {
        if names(subject, body).len() <= MOST_NAMES {
            return Ok(());
        }
        Err(garde::Error::new(format!(
            "too_many_placeholders: At most {MOST_NAMES} different placeholders."
        )))
    }
}

/// What became of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filled {
    /// One line.
    pub subject: Option<String>,
    /// The text.
    pub body: String,
    /// Placeholders without a value, which stay in the text as they are.
    pub missing: Vec<String>,
    /// Values without a placeholder.
    pub unknown: Vec<String>,
}

/// Fills in a template, or says of every variable what is wrong with it.
///
/// A subject has one line and neither text grows beyond its limit, whatever the values are.
pub fn fill_in(
    subject: Option<&str>,
    body: &str,
    variables: &BTreeMap<String, String>,
) -> Result<Filled, Vec<FieldError>> {
    let mut faults = Vec::new();
    for name in names(subject, "") {
        if let Some(value) = variables.get(&name)
            && value.contains(breaks_line)
        {
            faults.push(FieldError::new(
                pointer_to(&name),
                "line_break",
                "The subject uses it, and a subject has one line.",
            ));
        }
    }
    let mut filled = |text, most, what| {
        let filled = substitute(text, variables, most);
        if filled.is_none() {
            faults.push(FieldError::new(
                "/variables",
                "too_long",
                format!("The {what} would have more than {most} characters once it is filled in."),
            ));
        }
        filled.unwrap_or_default()
    };
    let subject_filled = subject.map(|subject| filled(subject, SUBJECT_MAX, "subject"));
    let body_filled = filled(body, BODY_MAX, "body");
    if !faults.is_empty() {
        return Err(faults);
    }
    let names = names(subject, body);
    Ok(Filled {
        subject: subject_filled,
        body: body_filled,
        unknown: variables
            .keys()
            .filter(|name| !names.contains(name))
            .cloned()
            .collect(),
        missing: names
            .into_iter()
            .filter(|name| !variables.contains_key(name))
            .collect(),
    })
}

/// The place of a variable in the body of a request.
pub fn pointer_to(name: &str) -> String {
    let mut pointer = "/variables".to_owned();
    push_token(&mut pointer, name);
    pointer
}

/// The text with the values in it; nothing when it would have more than `most` characters.
fn substitute(text: &str, variables: &BTreeMap<String, String>, most: usize) -> Option<String> {
    let mut filled = String::new();
    let mut length = 0;
    for piece in pieces(text) {
        let part = match piece {
            Piece::Text(part) | Piece::Stray(part) => part,
            Piece::Placeholder { name, written } => {
                variables.get(name).map_or(written, String::as_str)
            }
        };
        // Counted before it is added: many placeholders with long values would fill the memory.
        length += part.chars().count();
        if length > most {
            return None;
        }
        filled.push_str(part);
    }
    // Where two parts meet, characters may compose.
    Some(filled.nfc().collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn variables(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn placeholders_are_filled_in_and_the_rest_stays() {
        let filled = fill_in(
            Some("About {{ job_title }}"),
            "Dear {{name}},\n{{ job_title }} { } {x} {{\tname }}{{other}}",
            &variables(&[("name", "Ada"), ("job_title", "Dev"), ("more", "x")]),
        );
        let expected = Filled {
            subject: Some("About Dev".to_owned()),
            body: "Dear Ada,\nDev { } {x} Ada{{other}}".to_owned(),
            missing: vec!["other".to_owned()],
            unknown: vec!["more".to_owned()],
        };
        assert_eq!(filled, Ok(expected));
    }

    #[test]
    fn a_value_is_never_read_as_a_template() {
        let values = variables(&[("a", "{{ b }}{{7*7}}"), ("b", "secret"), ("c", "{{")]);
        let filled = fill_in(None, "{{a}} {{c}}b}}", &values).expect("a text");
        assert_eq!(filled.body, "{{ b }}{{7*7}} {{b}}");
    }

    #[test]
    fn what_is_no_placeholder_is_refused_with_its_place() {
        for (text, place) in [
            ("{{", 1),
            ("é {{a b}}", 3),
            ("{{#if x}}", 1),
            ("{{}}", 1),
            ("{{ }}", 1),
            ("{{{a}}}", 1),
            ("{{a}} {{B}}", 7),
            ("{{a\n}}", 1),
            ("{{a.b}}", 1),
            ("{{7*7}}", 1),
            ("{{_a}}", 1),
            ("name}}", 5),
            ("{{a}}}}", 6),
            ("{{ {{a}} }}", 1),
        ] {
            let error = well_formed(text, &()).expect_err(text);
            let words = format!("malformed_placeholder: Character {place} begins");
            assert!(error.message().starts_with(&words), "{text}: {error}");
        }
        for text in ["", "{", "}", "{a}", "{ {a} }", "{{a}}}", "{{a}}{{ b_2 }}"] {
            assert!(well_formed(text, &()).is_ok(), "{text}");
        }
    }

    #[test]
    fn a_name_has_at_most_fifty_characters() {
        assert!(is_name(&"a".repeat(50)) && !is_name(&"a".repeat(51)));
    }

    #[test]
    fn a_text_never_grows_beyond_its_limit() {
        let values = variables(&[("a", &"x".repeat(5000))]);
        let body = "{{a}}".repeat(4000);
        let faults = fill_in(Some("{{a}}"), &body, &values).expect_err("too long");
        let pointers: Vec<_> = faults
            .iter()
            .map(|it| (it.pointer.as_str(), &*it.code))
            .collect();
        assert_eq!(pointers, [("/variables", "too_long"); 2]);
        assert!(fill_in(None, &"{{a}}".repeat(4), &values).is_ok());
    }

    #[test]
    fn a_subject_keeps_its_one_line() {
        for end in ["\n", "\u{2028}"] {
            let values = variables(&[("a", &format!("x{end}Bcc: y"))]);
            let faults = fill_in(Some("Re: {{a}}"), "{{a}}", &values).expect_err("a line break");
            assert_eq!(faults[0].pointer, "/variables/a");
            assert!(fill_in(Some("Re"), "{{a}}", &values).is_ok());
        }
    }

    proptest! {
        #[test]
        fn the_pieces_are_the_text(text in "[{}a-z_ #*é\n]{0,60}") {
            let whole: String = pieces(&text).map(|piece| match piece {
                Piece::Text(part) | Piece::Stray(part) | Piece::Placeholder { written: part, .. } => part,
            }).collect();
            prop_assert_eq!(whole, text);
        }

        #[test]
        fn without_values_nothing_changes(text in "[{}a-c_ #*\n]{0,60}") {
            let filled = fill_in(None, &text, &BTreeMap::new()).expect("a text");
            prop_assert_eq!(filled.body, text.clone());
            prop_assert_eq!(filled.missing, names(None, &text));
        }

        #[test]
        fn each_value_stands_where_its_placeholder_stood(
            parts in prop::collection::vec(("[a-z ,.\n]{0,10}", "[ab]"), 0..8),
            a in "[{}a-z7*]{1,12}", b in "[{}a-z7*]{1,12}",
        ) {
            let template: String = parts.iter().map(|(text, name)| format!("{text}{{{{ {name} }}}}")).collect();
            let expected: String = parts.iter()
                .map(|(text, name)| format!("{text}{}", if name == "a" { &a } else { &b }))
                .collect();
            let filled = fill_in(None, &template, &variables(&[("a", &a), ("b", &b)])).expect("a text");
            prop_assert_eq!(filled.body, expected);
            prop_assert!(filled.missing.is_empty());
        }

        #[test]
        fn any_text_is_read_without_a_fault(text in any::<String>(), value in any::<String>()) {
            let _ = well_formed(&text, &());
            let filled = fill_in(Some(&text), &text, &variables(&[("a", &value)]));
            if let Ok(filled) = filled {
                prop_assert!(filled.body.chars().count() <= BODY_MAX);
            }
        }
    }
}
