//! Text that comes in: trimmed, NFC, without control characters but newline and tab.

use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

use super::error::FieldError;

/// Members of a body that hold secrets: every character counts, so they are neither trimmed nor refused.
/// Further inside, a name may be one that a client chose, such as that of a variable.
const VERBATIM: &[&str] = &["password", "current_password", "new_password"];

/// Cleans every text of a JSON document in place and reports those that cannot be accepted.
///
/// Line ends become `\n`; what is left of control characters is refused and not silently dropped, so
/// that nothing gets lost.
pub fn clean(document: &mut Value) -> Vec<FieldError> {
    let mut errors = Vec::new();
    walk(document, &mut String::new(), &mut errors);
    errors
}

fn walk(value: &mut Value, pointer: &mut String, errors: &mut Vec<FieldError>) {
    match value {
        Value::String(text) => match cleaned(text) {
            Some(clean) => *text = clean,
            None => errors.push(FieldError::new(
                pointer.clone(),
                "control_character",
                "Control characters other than newline and tab are not allowed.",
            )),
        },
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                step(pointer, &index.to_string(), |pointer| {
                    walk(item, pointer, errors)
                });
            }
        }
        Value::Object(members) => {
            let outermost = pointer.is_empty();
            for (name, member) in members {
                if !(outermost && VERBATIM.contains(&name.as_str())) {
                    step(pointer, name, |pointer| walk(member, pointer, errors));
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn step(pointer: &mut String, token: &str, inner: impl FnOnce(&mut String)) {
    let length = pointer.len();
    push_token(pointer, token);
    inner(pointer);
    pointer.truncate(length);
}

/// Adds one reference token to a JSON Pointer (RFC 6901).
pub fn push_token(pointer: &mut String, token: &str) {
    pointer.push('/');
    for character in token.chars().take(100) {
        match character {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            other if other.is_control() => pointer.push('\u{fffd}'),
            other => pointer.push(other),
        }
    }
}

/// The text as it is stored, or nothing when it holds a forbidden character.
pub fn cleaned(text: &str) -> Option<String> {
    let lines = text.replace("\r\n", "\n");
    if lines
        .chars()
        .any(|c| c.is_control() && c != '\n' && c != '\t')
    {
        return None;
    }
    Some(lines.trim().nfc().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_trimmed_and_composed() {
        assert_eq!(
            cleaned("  e\u{301}\r\n ok "),
            Some("\u{e9}\n ok".to_owned())
        );
    }

    #[test]
    fn a_nul_is_refused_with_its_place() {
        let mut document = serde_json::json!({"a": {"b/c": ["x", "y\u{0}"]}});
        let errors = clean(&mut document);
        assert_eq!(errors.len(), 1);
        assert_eq!(errors[0].pointer, "/a/b~1c/1");
    }

    #[test]
    fn a_password_keeps_its_spaces() {
        let mut document = serde_json::json!({"password": " x "});
        assert!(clean(&mut document).is_empty());
        assert_eq!(document["password"], " x ");
    }

    #[test]
    fn what_a_client_named_password_is_a_text_like_others() {
        let mut document = serde_json::json!({
            "variables": {"password": " x ", "new_password": "\u{0}"},
            "": {"password": " y "},
            "items": [{"current_password": "\u{7}"}],
        });
        let errors = clean(&mut document);
        let mut pointers: Vec<&str> = errors.iter().map(|it| it.pointer.as_str()).collect();
        pointers.sort_unstable();
        assert_eq!(
            pointers,
            ["/items/0/current_password", "/variables/new_password"]
        );
        assert_eq!(document["variables"]["password"], "x");
        assert_eq!(document[""]["password"], "y");
    }
}
