//! Two versions of the API document compared: what breaks the clients of the earlier one.
//!
//! A client that was written for the earlier document keeps working when everything it sends is still taken
//! and everything it reads is still there, in the same form. That is what is looked at here; what is merely
//! new is nobody's business.

use std::collections::BTreeSet;
use std::fmt;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::schemas::{Schemas, Way};

/// How much a change matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weight {
    /// A client that works today fails or misreads.
    Breaking,
    /// A client that takes what it does not know for an error stumbles.
    Warning,
}

/// One difference that matters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Change {
    pub(super) weight: Weight,
    place: String,
    what: String,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let weight = match self.weight {
            Weight::Breaking => "breaking",
            Weight::Warning => "warning ",
        };
        write!(f, "{weight}  {} {}", self.place, self.what)
    }
}

/// Collects changes, each once.
#[derive(Default)]
pub(super) struct Report(BTreeSet<Change>);

impl Report {
    pub(super) fn breaking(&mut self, place: &str, what: &str) {
        self.add(Weight::Breaking, place, what);
    }

    pub(super) fn warning(&mut self, place: &str, what: &str) {
        self.add(Weight::Warning, place, what);
    }

    fn add(&mut self, weight: Weight, place: &str, what: &str) {
        self.0.insert(Change {
            weight,
            place: place.to_owned(),
            what: what.to_owned(),
        });
    }
}

/// What matters to clients of the old document, breaking changes first. What was announced as deprecated and whose
/// `x-sunset-at` has passed may go without a word.
pub(super) fn compare(old: &Value, new: &Value, now: DateTime<Utc>) -> Vec<Change> {
    let mut report = Report::default();
    let mut schemas = Schemas::new(old, new);
    for (path, item) in object(&old["paths"]) {
        for (method, was) in object(item) {
            let place = format!("{} {path}", method.to_uppercase());
            match new["paths"][path].get(method) {
                Some(is) => operation(&place, was, is, &mut schemas, &mut report),
                None if is_past(&was["x-sunset-at"], now) => {}
                None => report.breaking(&place, "is gone"),
            }
        }
    }
    report.0.into_iter().collect()
}

fn is_past(sunset: &Value, now: DateTime<Utc>) -> bool {
    let instant = sunset
        .as_str()
        .and_then(|it| it.parse::<DateTime<Utc>>().ok());
    instant.is_some_and(|instant| instant <= now)
}

fn object(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn operation<'a>(
    place: &str,
    was: &'a Value,
    is: &'a Value,
    schemas: &mut Schemas<'a>,
    report: &mut Report,
) {
    if was["operationId"] != is["operationId"] {
        // Generated clients name their functions after it.
        report.breaking(
            place,
            &format!(
                "was called {}, is called {}",
                was["operationId"], is["operationId"]
            ),
        );
    }
    let open = |operation: &Value| operation["security"].as_array().is_none_or(Vec::is_empty);
    if open(was) && !open(is) {
        report.breaking(place, "needs a sign-in now");
    }
    parameters(place, was, is, schemas, report);
    body(
        place,
        &was["requestBody"],
        &is["requestBody"],
        schemas,
        report,
    );
    answers(place, &was["responses"], &is["responses"], schemas, report);
}

fn parameters<'a>(
    place: &str,
    was: &'a Value,
    is: &'a Value,
    schemas: &mut Schemas<'a>,
    report: &mut Report,
) {
    let (before, after) = (listed(was), listed(is));
    let same = |a: &Value, b: &Value| a["name"] == b["name"] && a["in"] == b["in"];
    for parameter in before {
        // Parameters in a path have no name on the wire.
        let in_path = parameter["in"] == "path";
        let inner = format!(
            "{place}: parameter {}",
            parameter["name"].as_str().unwrap_or_default()
        );
        let Some(now) = after.iter().find(|it| same(it, parameter)) else {
            if !in_path {
                report.breaking(&inner, "is gone");
            }
            continue;
        };
        if now["required"] == true && parameter["required"] != true {
            report.breaking(&inner, "is required now");
        }
        let pair = (&parameter["schema"], &now["schema"]);
        schemas.compare(Way::Sent, &inner, pair, report);
    }
    for parameter in after {
        let is_new = !before.iter().any(|it| same(it, parameter));
        if is_new && parameter["required"] == true && parameter["in"] != "path" {
            let name = parameter["name"].as_str().unwrap_or_default();
            report.breaking(&format!("{place}: parameter {name}"), "is new and required");
        }
    }
}

fn listed(operation: &Value) -> &[Value] {
    operation["parameters"]
        .as_array()
        .map_or(&[], Vec::as_slice)
}

fn body<'a>(
    place: &str,
    was: &'a Value,
    is: &'a Value,
    schemas: &mut Schemas<'a>,
    report: &mut Report,
) {
    let inner = format!("{place}: body");
    if is["required"] == true && was["required"] != true {
        report.breaking(&inner, "is required now");
    }
    if was.is_object() && is.is_null() {
        report.breaking(&inner, "is no longer taken");
        return;
    }
    for (kind, content) in object(&was["content"]) {
        match is["content"].get(kind) {
            Some(now) => schemas.compare(
                Way::Sent,
                &inner,
                (&content["schema"], &now["schema"]),
                report,
            ),
            None => report.breaking(&inner, &format!("is no longer taken as {kind}")),
        }
    }
}

fn answers<'a>(
    place: &str,
    was: &'a Value,
    is: &'a Value,
    schemas: &mut Schemas<'a>,
    report: &mut Report,
) {
    let succeeds = |status: &str| status.starts_with(['2', '3']);
    for (status, answer) in object(was).filter(|(status, _)| succeeds(status)) {
        let inner = format!("{place}: {status}");
        let Some(now) = is.get(status) else {
            report.breaking(&inner, "is no longer answered");
            continue;
        };
        for (kind, content) in object(&answer["content"]) {
            match now["content"].get(kind) {
                Some(now) => {
                    schemas.compare(
                        Way::Read,
                        &inner,
                        (&content["schema"], &now["schema"]),
                        report,
                    );
                }
                None => report.breaking(&inner, &format!("no longer comes as {kind}")),
            }
        }
        let none = Map::new();
        let headers = now["headers"].as_object().unwrap_or(&none);
        for (name, _) in object(&answer["headers"]) {
            if !headers.contains_key(name) {
                report.breaking(&inner, &format!("has no header {name} any more"));
            }
        }
    }
    for (status, _) in object(is).filter(|(status, _)| status.starts_with('2')) {
        if was.get(status).is_none() {
            report.warning(&format!("{place}: {status}"), "is a new success");
        }
    }
}
