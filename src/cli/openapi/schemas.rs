//! Two schemas compared: what a client sends that is no longer taken, what it reads that has changed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::changes::Report;
use super::keywords::{form, kind_names, limits, null, types, values};

/// Which way a value goes; what is narrower in a request is wider in an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    /// The client writes it.
    Sent,
    /// The client reads it.
    Read,
}

/// The schemas of two documents.
pub(super) struct Schemas<'a> {
    old: &'a Value,
    new: &'a Value,
    /// What was compared already, by name; a schema may hold itself.
    met: BTreeSet<(Way, String, String)>,
}

/// A schema without references, and whether null is one of its values.
pub(super) struct Shape<'a> {
    /// The schema itself, with what stands beside a reference.
    pub(super) members: Map<String, Value>,
    /// The name, when the document gives one.
    name: Option<&'a str>,
    pub(super) nullable: bool,
}

impl<'a> Schemas<'a> {
    pub(super) fn new(old: &'a Value, new: &'a Value) -> Self {
        Self {
            old,
            new,
            met: BTreeSet::new(),
        }
    }

    /// Reports what has changed between two schemas at the same place.
    pub(super) fn compare(
        &mut self,
        way: Way,
        place: &str,
        (old, new): (&'a Value, &'a Value),
        report: &mut Report,
    ) {
        let (before, after) = (shape(self.old, old), shape(self.new, new));
        // A reference is met in many places, in each of which null may be taken or not.
        null(way, place, &before, &after, report);
        let named = before.name.or(after.name);
        if let Some(name) = named {
            let pair = (
                way,
                name.to_owned(),
                after.name.unwrap_or_default().to_owned(),
            );
            if !self.met.insert(pair) {
                return;
            }
        }
        let place = named.unwrap_or(place);
        types(way, place, &before, &after, report);
        values(way, place, &before.members, &after.members, report);
        if way == Way::Sent {
            limits(place, &before.members, &after.members, report);
        }
        form(way, place, &before.members, &after.members, report);
        self.members(way, place, (old, new), report);
        self.inner(way, place, (old, new), report);
        self.choices(way, place, (old, new), report);
    }

    fn members(
        &mut self,
        way: Way,
        place: &str,
        (old, new): (&'a Value, &'a Value),
        report: &mut Report,
    ) {
        let (before, after) = (source(self.old, old), source(self.new, new));
        let (needed, needed_now) = (required(before), required(after));
        let none = Map::new();
        let known = after["properties"].as_object().unwrap_or(&none);
        for (name, member) in properties(before) {
            let inner = format!("{place}.{name}");
            let Some(now) = known.get(name).and_then(|_| after["properties"].get(name)) else {
                report.breaking(&inner, "is gone");
                continue;
            };
            match way {
                Way::Read
                    if needed.contains(name.as_str()) && !needed_now.contains(name.as_str()) =>
                {
                    report.breaking(&inner, "may be absent now");
                }
                Way::Sent
                    if !needed.contains(name.as_str()) && needed_now.contains(name.as_str()) =>
                {
                    report.breaking(&inner, "is required now");
                }
                _ => {}
            }
            self.compare(way, &inner, (member, now), report);
        }
        let old_names: BTreeSet<&String> = properties(before).map(|(name, _)| name).collect();
        for (name, _) in properties(after).filter(|(name, _)| !old_names.contains(name)) {
            if way == Way::Sent && needed_now.contains(name.as_str()) {
                report.breaking(&format!("{place}.{name}"), "is new and required");
            }
        }
    }

    fn inner(
        &mut self,
        way: Way,
        place: &str,
        (old, new): (&'a Value, &'a Value),
        report: &mut Report,
    ) {
        let (before, after) = (source(self.old, old), source(self.new, new));
        let closed =
            |schema: &Value| schema.get("additionalProperties") == Some(&Value::Bool(false));
        if way == Way::Sent && closed(after) && !closed(before) {
            report.breaking(place, "takes no further members now");
        }
        for (keyword, suffix) in [
            ("items", "[]"),
            ("additionalProperties", ".*"),
            ("propertyNames", " (names)"),
        ] {
            if let (Some(was), Some(is)) = (before.get(keyword), after.get(keyword))
                && was.is_object()
                && is.is_object()
            {
                self.compare(way, &format!("{place}{suffix}"), (was, is), report);
            }
        }
        let parts = |schema: &'a Value| schema["allOf"].as_array().map_or(&[][..], Vec::as_slice);
        let (was, is) = (parts(before), parts(after));
        if was.len() != is.len() {
            report.breaking(place, "is put together from other parts");
            return;
        }
        for pair in was.iter().zip(is) {
            self.compare(way, place, pair, report);
        }
    }

    /// The alternatives of a schema: those of the same name are compared, others come and go.
    fn choices(
        &mut self,
        way: Way,
        place: &str,
        (old, new): (&'a Value, &'a Value),
        report: &mut Report,
    ) {
        let (before, after) = (
            alternatives(source(self.old, old)),
            alternatives(source(self.new, new)),
        );
        for (name, was) in &before {
            match after.get(name) {
                Some(is) => self.compare(way, &format!("{place} ({name})"), (*was, *is), report),
                None if way == Way::Sent => {
                    report.breaking(place, &format!("no longer takes {name}"));
                }
                None => {}
            }
        }
        for name in after.keys().filter(|name| !before.contains_key(*name)) {
            if way == Way::Read && !before.is_empty() {
                report.warning(place, &format!("may be {name} now"));
            }
        }
    }
}

/// Follows references and the wrapping that makes a reference nullable.
fn shape<'a>(document: &'a Value, schema: &'a Value) -> Shape<'a> {
    let inner = source(document, schema);
    let mut members = inner.as_object().cloned().unwrap_or_default();
    let wrapped = schema.get("oneOf").is_some_and(has_null);
    let listed = inner.get("oneOf").is_some_and(has_null);
    let own = members
        .get("type")
        .is_some_and(|kind| kind_names(kind).contains("null"));
    for word in ["properties", "required", "items"] {
        members.remove(word);
    }
    Shape {
        members,
        name: name_of(chosen(schema)),
        nullable: wrapped || listed || own,
    }
}

/// The schema that is meant: of a nullable one the other half, of a reference its target.
fn source<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let mut schema = chosen(schema);
    // A document with a circle of references means nothing; a few steps are enough.
    for _ in 0..8 {
        let Some(name) = name_of(schema) else { break };
        schema = chosen(&document["components"]["schemas"][name]);
    }
    schema
}

/// `oneOf` with null and one other thing is that thing.
fn chosen(schema: &Value) -> &Value {
    let list = schema.get("oneOf").or_else(|| schema.get("anyOf"));
    let others: Vec<&Value> = list
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter(|it| it["type"] != "null")
        .collect();
    match others.as_slice() {
        [only] => only,
        _ => schema,
    }
}

fn has_null(list: &Value) -> bool {
    let mut items = list.as_array().into_iter().flatten();
    items.any(|it| it["type"] == "null")
}

fn name_of(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.rsplit('/').next()
}

fn properties(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema["properties"].as_object().into_iter().flatten()
}

fn required(schema: &Value) -> BTreeSet<&str> {
    let names = schema["required"].as_array().into_iter().flatten();
    names.filter_map(Value::as_str).collect()
}

/// Alternatives by the name of their schema, by their only value, or by their place.
fn alternatives(schema: &Value) -> BTreeMap<String, &Value> {
    let list = schema.get("oneOf").or_else(|| schema.get("anyOf"));
    let items = list.and_then(Value::as_array).into_iter().flatten();
    items
        .filter(|it| it["type"] != "null")
        .enumerate()
        .map(|(number, it)| {
            let name = name_of(it).or_else(|| it["title"].as_str());
            let value = it.get("const").map(ToString::to_string);
            let name = name.map(str::to_owned).or(value);
            (
                name.unwrap_or_else(|| format!("alternative {}", number + 1)),
                it,
            )
        })
        .collect()
}
