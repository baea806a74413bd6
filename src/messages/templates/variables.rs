//! Values for the placeholders of a template.

use std::collections::BTreeMap;

use garde::{Path, Report, Validate};
use serde::Deserialize;
use serde_json::json;
use utoipa::openapi::schema::{AdditionalProperties, Schema};
use utoipa::openapi::{ObjectBuilder, RefOr, Type};
use utoipa::{PartialSchema, ToSchema};

use super::rules::{MOST_NAMES, NAME_MAX, VALUE_MAX, is_name};

/// Values by the name of their placeholder.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct Variables(pub BTreeMap<String, String>);

impl Validate for Variables {
    type Context = ();

    fn validate_into(&self, (): &(), parent: &mut dyn FnMut() -> Path, report: &mut Report) {
        if self.0.len() > MOST_NAMES {
            let words = format!("too_many: At most {MOST_NAMES} variables.");
            report.append(parent(), garde::Error::new(words));
        }
        for (name, value) in &self.0 {
            // A path would fall apart at these.
            let place = match name.contains(['.', '[', ']']) {
                true => parent(),
                false => parent().join(name.as_str()),
            };
            if let Some(words) = fault(name, value) {
                report.append(place, garde::Error::new(words));
            }
        }
    }
}

fn fault(name: &str, value: &str) -> Option<String> {
    if !is_name(name) {
        return Some(format!(
            "invalid_name: A name is in lower snake case and has at most {NAME_MAX} characters."
        ));
    }
    match value.chars().count() {
        0 => Some("too_short: This may not be empty; leave it out instead.".to_owned()),
        1..=VALUE_MAX => None,
        _ => Some(format!("too_long: At most {VALUE_MAX} characters.")),
    }
}

impl PartialSchema for Variables {
    fn schema() -> RefOr<Schema> {
        let text = || ObjectBuilder::new().schema_type(Type::String);
        let name = text()
            .max_length(Some(NAME_MAX))
            .pattern(Some("^[a-z][a-z0-9_]*$"));
        let value = text()
            .description(Some(
                "What stands in the place of the placeholder, as it is.",
            ))
            .min_length(Some(1))
            .max_length(Some(VALUE_MAX));
        ObjectBuilder::new()
            .description(Some("Values by the name of their placeholder, at most 50."))
            .property_names(Some(name.build()))
            .additional_properties(Some(AdditionalProperties::from(value)))
            .max_properties(Some(MOST_NAMES))
            .examples([json!({"company": "Kite & Anchor"})])
            .build()
            .into()
    }
}

impl ToSchema for Variables {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_wrong_variable_is_named() {
        let long = "x".repeat(VALUE_MAX + 1);
        let pairs = [
            ("a", ""),
            ("b", "fine"),
            ("C", "x"),
            ("d", long.as_str()),
            ("e.f", "x"),
        ];
        let variables = Variables(pairs.map(|(k, v)| (k.to_owned(), v.to_owned())).into());
        let report = variables.validate().expect_err("faults");
        let mut faults: Vec<_> = report
            .iter()
            .map(|(path, error)| {
                let code = error.message().split(':').next().unwrap_or_default();
                format!("{path} {code}")
            })
            .collect();
        faults.sort();
        assert_eq!(
            faults,
            [
                " invalid_name",
                "C invalid_name",
                "a too_short",
                "d too_long"
            ]
        );
    }

    #[test]
    fn there_are_at_most_fifty() {
        let many = |count| {
            Variables(
                (0..count)
                    .map(|n| (format!("a{n}"), "x".to_owned()))
                    .collect(),
            )
        };
        assert!(many(50).validate().is_ok() && many(51).validate().is_err());
    }
}
