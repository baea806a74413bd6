//! From a JSON document to a request struct, with *all* that is wrong at once.
//!
//! Serde stops at the first fault. Here the fault is noted, the place is given a value that fits, and
//! reading goes on; so one answer tells a client everything. The happy path pays nothing for it.

use garde::Validate;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use serde_path_to_error::Segment;

use super::error::FieldError;
use super::strict::Strict;
use super::text;

/// More faults than this are not worth a longer list.
const MOST_FAULTS: usize = 100;

/// What a document says, and what is wrong with it so far.
pub struct Reading<T> {
    /// With stand-ins in the faulty places; nothing if it is beyond reading.
    value: Option<T>,
    faults: Vec<FieldError>,
}

impl<T: DeserializeOwned + Validate<Context = ()>> Reading<T> {
    /// Reads a document into `T` and checks its rules.
    pub fn of(mut document: Value) -> Self {
        if !document.is_object() {
            return Self {
                value: None,
                faults: vec![FieldError::new("", "wrong_type", "An object is expected.")],
            };
        }
        let mut faults = text::clean(&mut document);
        let value = shape::<T>(&mut document, &mut faults);
        let mut reading = Self { value, faults };
        let report = reading.value.as_ref().map(Validate::validate);
        if let Some(Err(report)) = report {
            let faults = report.iter();
            let faults = faults.map(|(path, error)| rule_fault(&path.to_string(), error.message()));
            reading.add(faults);
        }
        reading
    }

    /// Adds faults; those in a place that is faulty already say nothing new.
    fn add(&mut self, faults: impl IntoIterator<Item = FieldError>) {
        for fault in faults {
            let known = |it: &FieldError| covers(&it.pointer, &fault.pointer);
            if !self.faults.iter().any(known) {
                self.faults.push(fault);
            }
        }
    }

    /// What it says, if it also obeys `more` rules; else every wrong field.
    pub fn settle(
        mut self,
        more: impl FnOnce(&T) -> Vec<FieldError>,
    ) -> Result<T, Vec<FieldError>> {
        let faults = self.value.as_ref().map(more).unwrap_or_default();
        self.add(faults);
        match self.value {
            Some(value) if self.faults.is_empty() => Ok(value),
            _ => Err(self.faults),
        }
    }
}

/// Reads a document into `T` and checks its rules; else every wrong field.
pub fn read<T>(document: Value) -> Result<T, Vec<FieldError>>
where
    T: DeserializeOwned + Validate<Context = ()>,
{
    Reading::of(document).settle(|_| Vec::new())
}

/// Is `pointer` the place `known` or below it?
fn covers(known: &str, pointer: &str) -> bool {
    pointer
        .strip_prefix(known)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn shape<T: DeserializeOwned>(document: &mut Value, faults: &mut Vec<FieldError>) -> Option<T> {
    let mut tries: Map<String, Value> = Map::new();
    loop {
        let error = match serde_path_to_error::deserialize::<_, T>(Strict(document)) {
            Ok(value) => return Some(value),
            Err(error) => error,
        };
        let message = error.inner().to_string();
        let mut pointer = pointer_of(error.path().iter());
        if let Some(name) = quoted_after(&message, "missing field ") {
            text::push_token(&mut pointer, name);
        }
        let attempt = tries.get(&pointer).and_then(Value::as_u64).unwrap_or(0);
        // What a stand-in for a faulty place lacks is no fault of the client's.
        if !faults.iter().any(|known| covers(&known.pointer, &pointer)) {
            faults.push(shape_fault(&pointer, &message));
        }
        if faults.len() >= MOST_FAULTS || !repair(document, &pointer, &message, attempt) {
            return None;
        }
        tries.insert(pointer, json!(attempt + 1));
    }
}

fn pointer_of<'a>(segments: impl Iterator<Item = &'a Segment>) -> String {
    let mut pointer = String::new();
    for segment in segments {
        match segment {
            Segment::Seq { index } => text::push_token(&mut pointer, &index.to_string()),
            Segment::Map { key } => text::push_token(&mut pointer, key),
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    pointer
}

fn quoted_after<'m>(message: &'m str, words: &str) -> Option<&'m str> {
    message
        .strip_prefix(words)?
        .strip_prefix('`')?
        .split('`')
        .next()
}

/// The values that serde's words say would have been taken.
fn expected_values(message: &str) -> Vec<&str> {
    message
        .rsplit_once(", expected ")
        .map(|(_, list)| list.split('`').skip(1).step_by(2).collect())
        .unwrap_or_default()
}

fn shape_fault(pointer: &str, message: &str) -> FieldError {
    if message.starts_with("missing field ") {
        return FieldError::new(pointer, "required", "This member is required.");
    }
    if message.starts_with("unknown field ") {
        return FieldError::new(pointer, "unknown_member", "There is no such member here.");
    }
    if message.starts_with("unknown variant ") {
        let values = expected_values(message).join(", ");
        return FieldError::new(pointer, "unknown_value", format!("One of: {values}."));
    }
    let expected = message
        .rsplit_once("expected ")
        .map_or("", |(_, words)| words);
    let (code, detail) = match expected.split(' ').next().unwrap_or_default() {
        "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64" | "usize" => (
            "wrong_type",
            "A whole number in the documented range is expected.",
        ),
        "f64" | "f32" => ("wrong_type", "A number is expected."),
        "a" if expected.starts_with("a string") => ("wrong_type", "A text is expected."),
        "a" if expected.starts_with("a boolean") => ("wrong_type", "true or false is expected."),
        "a" if expected.starts_with("a sequence") => ("wrong_type", "An array is expected."),
        "struct" | "a" if expected.contains("map") || expected.starts_with("struct") => {
            ("wrong_type", "An object is expected.")
        }
        "string" | "variant" => ("wrong_type", "A text is expected."),
        _ if message.starts_with("invalid type") => (
            "wrong_type",
            "The value has another type than the field needs.",
        ),
        _ => (
            "invalid_value",
            "The value does not have the form that the field needs.",
        ),
    };
    FieldError::new(pointer, code, detail)
}

/// Puts something that may fit in the faulty place; false when there is nothing left to try.
fn repair(document: &mut Value, pointer: &str, message: &str, attempt: u64) -> bool {
    let Some((parent, token)) = pointer.rsplit_once('/') else {
        return false;
    };
    let token = token.replace("~1", "/").replace("~0", "~");
    let Some(parent) = document.pointer_mut(parent) else {
        return false;
    };
    if message.starts_with("unknown field ") {
        return parent
            .as_object_mut()
            .is_some_and(|map| map.remove(&token).is_some());
    }
    let candidates = [
        Value::Null,
        json!(""),
        json!(0),
        json!(false),
        json!([]),
        json!({}),
        json!("2000-01-01"),
        json!("2000-01-01T00:00:00Z"),
        json!("00000000-0000-0000-0000-000000000000"),
        json!("UTC"),
    ];
    let Some(candidate) = usize::try_from(attempt)
        .ok()
        .and_then(|start| candidates.get(start))
    else {
        return false;
    };
    // An enum tells its values once it has met a text.
    let candidate = match expected_values(message).first() {
        Some(name) if message.starts_with("unknown variant ") => json!(name),
        _ => candidate.clone(),
    };
    match parent {
        Value::Object(map) => {
            map.insert(token, candidate);
            true
        }
        Value::Array(items) => token
            .parse::<usize>()
            .ok()
            .and_then(|index| items.get_mut(index))
            .map(|item| *item = candidate)
            .is_some(),
        _ => false,
    }
}

/// A rule of garde in our words. Our own rules are written as `code: sentence`.
fn rule_fault(path: &str, message: &str) -> FieldError {
    let pointer = pointer_of_path(path);
    let last = message.rsplit(' ').next().unwrap_or_default();
    if message.starts_with("length is lower than") {
        return match last {
            "1" => FieldError::new(
                pointer,
                "too_short",
                "This may not be empty; what is optional is left out or null.",
            ),
            _ => FieldError::new(pointer, "too_short", format!("At least {last} characters.")),
        };
    }
    if message.starts_with("length is greater than") {
        return FieldError::new(
            pointer,
            "too_long",
            format!("At most {last} characters or items."),
        );
    }
    if message.starts_with("lower than") {
        return FieldError::new(pointer, "too_small", format!("At least {last}."));
    }
    if message.starts_with("greater than") {
        return FieldError::new(pointer, "too_large", format!("At most {last}."));
    }
    if message.starts_with("not a valid email") {
        return FieldError::new(pointer, "invalid_email", "This is no email address.");
    }
    if let Some((code, detail)) = message.split_once(": ")
        && !code.contains(' ')
    {
        return FieldError::new(pointer, code.to_owned(), detail.to_owned());
    }
    FieldError::new(pointer, "invalid_value", "The value is not valid.")
}

/// garde's `tags[0].name` as a JSON Pointer.
fn pointer_of_path(path: &str) -> String {
    let mut pointer = String::new();
    for token in path
        .split(['.', '[', ']'])
        .filter(|token| !token.is_empty())
    {
        text::push_token(&mut pointer, token);
    }
    pointer
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Mode {
        Remote,
        Office,
    }

    #[derive(Debug, Deserialize, Validate)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        #[garde(length(chars, min = 1, max = 3))]
        name: String,
        #[garde(range(min = 0, max = 9))]
        count: Option<i32>,
        #[garde(skip)]
        mode: Option<Mode>,
        #[serde(default)]
        #[garde(length(max = 3), inner(length(chars, max = 2)))]
        tags: Vec<String>,
        #[garde(skip)]
        on: Option<chrono::NaiveDate>,
    }

    fn faults(document: Value) -> Vec<(String, String)> {
        let mut list: Vec<_> = read::<Sample>(document)
            .expect_err("faults")
            .into_iter()
            .map(|fault| (fault.pointer, fault.code.into_owned()))
            .collect();
        list.sort();
        list
    }

    fn pair(pointer: &str, code: &str) -> (String, String) {
        (pointer.to_owned(), code.to_owned())
    }

    #[test]
    fn all_faults_of_all_kinds_come_at_once() {
        let found = faults(json!({
            "count": 12, "mode": "moon", "tags": ["ok", 5, "long"], "on": "x", "nmae": "typo`s"
        }));
        assert_eq!(
            found,
            vec![
                pair("/count", "too_large"),
                pair("/mode", "unknown_value"),
                pair("/name", "required"),
                pair("/nmae", "unknown_member"),
                pair("/on", "invalid_value"),
                pair("/tags/1", "wrong_type"),
                pair("/tags/2", "too_long"),
            ]
        );
    }

    #[derive(Debug, Deserialize, Validate)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[garde(dive)]
        inner: Inner,
        #[garde(range(min = 1))]
        size: i32,
    }

    #[derive(Debug, Deserialize, Validate)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[garde(skip)]
        #[expect(dead_code, reason = "only its faults are looked at")]
        mode: Mode,
        #[garde(range(min = 1))]
        count: i32,
    }

    fn outer_faults(document: Value) -> Vec<(String, String)> {
        let faults = read::<Outer>(document).expect_err("faults").into_iter();
        let mut list: Vec<_> = faults
            .map(|fault| (fault.pointer, fault.code.into_owned()))
            .collect();
        list.sort();
        list
    }

    #[test]
    fn a_wrong_value_of_a_required_enum_hides_no_other_fault() {
        let found = outer_faults(json!({"inner": {"mode": "moon", "count": 0, "x": 1}, "size": 0}));
        assert_eq!(
            found,
            vec![
                pair("/inner/count", "too_small"),
                pair("/inner/mode", "unknown_value"),
                pair("/inner/x", "unknown_member"),
                pair("/size", "too_small"),
            ]
        );
        assert_eq!(
            outer_faults(json!({"inner": {"count": 0}, "size": "x"})),
            vec![
                pair("/inner/count", "too_small"),
                pair("/inner/mode", "required"),
                pair("/size", "wrong_type"),
            ]
        );
    }

    #[test]
    fn an_array_is_no_object_inside_a_document_either() {
        let found = outer_faults(json!({"inner": ["remote", 1], "size": 1}));
        assert_eq!(found, vec![pair("/inner", "wrong_type")]);
    }

    #[test]
    fn what_a_missing_object_would_need_is_not_told() {
        let found = outer_faults(json!({"size": 0}));
        assert_eq!(
            found,
            vec![pair("/inner", "required"), pair("/size", "too_small")]
        );
    }

    #[test]
    fn a_document_that_is_no_object_is_one_fault() {
        assert_eq!(faults(json!([1])), vec![pair("", "wrong_type")]);
        assert_eq!(faults(json!("x")), vec![pair("", "wrong_type")]);
    }

    #[test]
    fn a_good_document_is_read() {
        let sample: Sample = read(json!({"name": " ab ", "mode": "remote"})).expect("a sample");
        assert_eq!(sample.name, "ab");
        assert!(matches!(sample.mode, Some(Mode::Remote)) && sample.count.is_none());
        assert!(sample.tags.is_empty() && sample.on.is_none());
        let office: Sample = read(json!({"name": "x", "mode": "office"})).expect("a sample");
        assert!(matches!(office.mode, Some(Mode::Office)));
    }

    #[test]
    fn a_hostile_member_name_ends_in_a_list_of_faults() {
        let found = faults(json!({"name": "x", "a`b, expected `c": 1, "~/": 2}));
        assert_eq!(found.len(), 2);
    }
}
