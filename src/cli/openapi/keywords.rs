//! What each keyword of a schema means for clients when it changes.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::changes::Report;
use super::schemas::{Shape, Way};

/// Limits from above: lower is narrower.
const MOST: [&str; 5] = [
    "maxLength",
    "maximum",
    "exclusiveMaximum",
    "maxItems",
    "maxProperties",
];
/// Limits from below: higher is narrower.
const LEAST: [&str; 5] = [
    "minLength",
    "minimum",
    "exclusiveMinimum",
    "minItems",
    "minProperties",
];

/// The types of a schema: one or several.
pub(super) fn kind_names(kind: &Value) -> BTreeSet<&str> {
    match kind {
        Value::String(one) => BTreeSet::from([one.as_str()]),
        Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
        _ => BTreeSet::new(),
    }
}

/// Whether null is a value.
pub(super) fn null(
    way: Way,
    place: &str,
    before: &Shape<'_>,
    after: &Shape<'_>,
    report: &mut Report,
) {
    match way {
        Way::Sent if before.nullable && !after.nullable => {
            report.breaking(place, "cannot be null any more")
        }
        Way::Read if !before.nullable && after.nullable => {
            report.breaking(place, "may be null now")
        }
        _ => {}
    }
}

/// `type`.
pub(super) fn types(
    way: Way,
    place: &str,
    before: &Shape<'_>,
    after: &Shape<'_>,
    report: &mut Report,
) {
    let names = |shape: &Shape<'_>| -> BTreeSet<String> {
        let kind = shape.members.get("type").unwrap_or(&Value::Null);
        let names = kind_names(kind).into_iter().map(str::to_owned);
        names.filter(|name| name != "null").collect()
    };
    let (was, is) = (names(before), names(after));
    let fits = |inner: &BTreeSet<String>, outer: &BTreeSet<String>| {
        // Without a type it is anything; every integer is a number.
        outer.is_empty()
            || !inner.is_empty()
                && inner
                    .iter()
                    .all(|it| outer.contains(it) || it == "integer" && outer.contains("number"))
    };
    let fine = match way {
        Way::Sent => fits(&was, &is),
        Way::Read => fits(&is, &was),
    };
    if !fine {
        let list = |names: &BTreeSet<String>| match names.is_empty() {
            true => "anything".to_owned(),
            false => names
                .iter()
                .map(String::as_str)
                .collect::<Vec<_>>()
                .join(" or "),
        };
        report.breaking(place, &format!("was {}, is {}", list(&was), list(&is)));
    }
}

/// `enum` and `const`.
pub(super) fn values(
    way: Way,
    place: &str,
    before: &Map<String, Value>,
    after: &Map<String, Value>,
    report: &mut Report,
) {
    let listed = |schema: &Map<String, Value>| -> Option<BTreeSet<String>> {
        let many = schema.get("enum").and_then(Value::as_array).cloned();
        let one = schema.get("const").map(|it| vec![it.clone()]);
        let values = many.or(one)?;
        Some(
            values
                .iter()
                .filter(|it| !it.is_null())
                .map(ToString::to_string)
                .collect(),
        )
    };
    match (way, listed(before), listed(after)) {
        (Way::Sent, Some(was), Some(is)) => {
            for value in was.difference(&is) {
                report.breaking(place, &format!("no longer takes {value}"));
            }
        }
        (Way::Sent, None, Some(_)) => report.breaking(place, "takes a few values only now"),
        (Way::Read, Some(was), Some(is)) => {
            for value in is.difference(&was) {
                report.warning(place, &format!("may be {value} now"));
            }
        }
        (Way::Read, Some(_), None) => report.warning(place, "may be any value now"),
        _ => {}
    }
}

/// Only of what is sent: a longer text in an answer is no news to a client.
pub(super) fn limits(
    place: &str,
    before: &Map<String, Value>,
    after: &Map<String, Value>,
    report: &mut Report,
) {
    for (words, narrower) in [
        (MOST, (|was, is| is < was) as fn(f64, f64) -> bool),
        (LEAST, |was, is| is > was),
    ] {
        for word in words {
            let number = |schema: &Map<String, Value>| schema.get(word).and_then(Value::as_f64);
            match (number(before), number(after)) {
                (Some(was), Some(is)) if narrower(was, is) => {
                    report.breaking(place, &format!("{word} was {was}, is {is}"));
                }
                (None, Some(is)) => report.breaking(place, &format!("{word} is {is} now")),
                _ => {}
            }
        }
    }
    if after.get("uniqueItems") == Some(&Value::Bool(true))
        && before.get("uniqueItems") != after.get("uniqueItems")
    {
        report.breaking(place, "takes each item once only now");
    }
}

/// `format`, `pattern` and `multipleOf` are equal or not; which of two is narrower nobody can say.
pub(super) fn form(
    way: Way,
    place: &str,
    before: &Map<String, Value>,
    after: &Map<String, Value>,
    report: &mut Report,
) {
    for word in ["format", "pattern", "multipleOf"] {
        let text = |value: Option<&Value>| value.map_or("none".to_owned(), ToString::to_string);
        let (was, is) = (before.get(word), after.get(word));
        let harmless = match way {
            Way::Sent => is.is_none(),
            Way::Read => was.is_none() || word != "format",
        };
        if was != is && !harmless {
            report.breaking(place, &format!("{word} was {}, is {}", text(was), text(is)));
        }
    }
}
