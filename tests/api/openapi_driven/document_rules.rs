//! What the document says of every operation and every value.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::schema::is;
use crate::support::document::{DOCUMENT, operations};

/// Verbs that a handler may begin with (architecture.md: `<verb>_<resource>`).
const VERBS: &[&str] = &[
    "accept",
    "answer",
    "check",
    "change",
    "confirm",
    "create",
    "decline",
    "delete",
    "dismiss",
    "end",
    "download",
    "export",
    "get",
    "import",
    "list",
    "log",
    "login",
    "logout",
    "open",
    "ping",
    "put",
    "refresh",
    "register",
    "render",
    "request",
    "reset",
    "retry",
    "rotate",
    "snooze",
    "stream",
    "suggest",
    "transition",
    "update",
    "verify",
];

/// Every function of the code, by name.
fn functions(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            functions(&path, found);
        } else if path.extension().is_some_and(|it| it == "rs") {
            let text = fs::read_to_string(&path).expect("a source file");
            let names = text.split("pub async fn ").skip(1);
            found.extend(names.filter_map(|rest| rest.split('(').next().map(str::to_owned)));
            // Handlers that a macro makes are named with their paths.
            let made = text
                .lines()
                .filter_map(|line| line.split_once(" at \"/v1/"));
            found.extend(made.map(|(name, _)| name.trim().to_owned()));
        }
    }
}

#[test]
fn every_operation_explains_itself() {
    let mut handlers = BTreeSet::new();
    functions(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut handlers,
    );
    let mut wrong = Vec::new();
    let mut ids = BTreeSet::new();
    for operation in operations() {
        let (id, value) = (operation.id(), operation.value);
        let mut must = |so: bool, what: &str| {
            if !so {
                wrong.push(format!(
                    "{} {} ({id}): {what}",
                    operation.method, operation.path
                ));
            }
        };
        must(ids.insert(id.to_owned()), "the operationId is used twice");
        must(
            handlers.contains(id),
            "the operationId is the name of no handler",
        );
        let verb = id.split('_').next().unwrap_or_default();
        must(
            VERBS.contains(&verb),
            "the operationId begins with no verb that is known here",
        );
        let summary = value["summary"].as_str().unwrap_or_default();
        must(
            !summary.is_empty() && !summary.ends_with('.') && summary.len() <= 80,
            "no short summary",
        );
        let description = value["description"].as_str().unwrap_or_default();
        must(!description.is_empty(), "no description");
        must(
            value["tags"].as_array().is_some_and(|tags| tags.len() == 1),
            "not in one tag",
        );
        let parameters = value["parameters"].as_array();
        for parameter in parameters.into_iter().flatten() {
            let text = parameter["description"].as_str().unwrap_or_default();
            must(
                !text.is_empty(),
                &format!("parameter {} has no description", parameter["name"]),
            );
        }
        let responses = value["responses"].as_object().expect("responses");
        must(
            responses.keys().any(|status| status.starts_with('2')),
            "no success",
        );
        let mut refusals = vec!["400", "406", "429", "503"];
        // No limit holds up the question whether the process lives, and it needs no database.
        if operation.path == "/health/live" {
            refusals.truncate(2);
        }
        for status in refusals {
            must(
                responses.contains_key(status),
                &format!("{status} is not documented"),
            );
        }
        must(
            !operation.is_secured() || responses.contains_key("401"),
            "401 is not documented",
        );
        must(
            operation.body().is_none() || responses.contains_key("413"),
            "413 is not documented",
        );
        must(
            operation.body().is_none() || responses.contains_key("415"),
            "415 is not documented",
        );
        must(
            operation.ids_in_path().is_empty() || responses.contains_key("404"),
            "404 is not documented",
        );
        for (status, response) in responses {
            let text = response["description"].as_str().unwrap_or_default();
            must(!text.is_empty(), &format!("{status} has no description"));
            let problem = response["content"]
                .get("application/problem+json")
                .is_some();
            let failure = status.starts_with('4') || status.starts_with('5');
            must(
                failure == problem,
                &format!("{status}: a problem where none belongs, or none where one does"),
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn operations_stand_in_the_order_of_their_tags_and_every_tag_has_some() {
    let tags: Vec<&str> = DOCUMENT["tags"]
        .as_array()
        .expect("tags")
        .iter()
        .map(|tag| tag["name"].as_str().expect("a name"))
        .collect();
    let mut met: Vec<&str> = Vec::new();
    for operation in operations() {
        let tag = operation.value["tags"][0].as_str().expect("a tag");
        if met.last() != Some(&tag) {
            met.push(tag);
        }
    }
    assert_eq!(met, tags);
}

#[test]
fn what_is_deprecated_says_since_when_and_stays_for_half_a_year() {
    let mut wrong = Vec::new();
    for operation in operations() {
        let instant = |name: &str| {
            let text = operation.value[name].as_str()?;
            text.parse::<chrono::DateTime<chrono::Utc>>().ok()
        };
        let marked = operation.value["deprecated"] == true
            || ["x-deprecated-at", "x-sunset-at"]
                .iter()
                .any(|it| operation.value.get(it).is_some());
        let fine = match (instant("x-deprecated-at"), instant("x-sunset-at")) {
            (Some(since), Some(until)) => until - since >= chrono::Duration::days(180),
            _ => false,
        };
        if marked && !fine {
            wrong.push(operation.id().to_owned());
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// Visits every schema of the document with the place where it stands.
fn each_schema(value: &Value, place: &str, visit: &mut impl FnMut(&Value, &str)) {
    match value {
        Value::Object(members) => {
            if members.contains_key("type")
                && (members["type"].is_string() || members["type"].is_array())
            {
                visit(value, place);
            }
            for (name, inner) in members {
                // Examples are values and no schemas.
                if !matches!(
                    name.as_str(),
                    "example" | "examples" | "default" | "securitySchemes"
                ) {
                    each_schema(inner, &format!("{place}/{name}"), visit);
                }
            }
        }
        Value::Array(items) => {
            for (number, item) in items.iter().enumerate() {
                each_schema(item, &format!("{place}/{number}"), visit);
            }
        }
        _ => {}
    }
}

#[test]
fn every_text_number_and_list_has_its_bounds() {
    let mut wrong = Vec::new();
    each_schema(&DOCUMENT, "", &mut |schema, place| {
        let has = |name: &str| schema.get(name).is_some();
        // If-Match and If-None-Match have the grammar and the bounds of HTTP.
        let header_of_http =
            place.contains("/parameters/") && schema.as_object().is_some_and(|it| it.len() == 1);
        if is(schema, "string")
            && !header_of_http
            && !(has("maxLength") || has("enum") || has("const") || has("format"))
        {
            wrong.push(format!("{place}: a string without maxLength"));
        }
        // A format that is no shape bounds nothing.
        if is(schema, "string")
            && matches!(
                schema["format"].as_str(),
                Some("uri" | "email" | "password")
            )
            && !has("maxLength")
        {
            wrong.push(format!("{place}: a string without maxLength"));
        }
        if is(schema, "array") && !has("maxItems") {
            wrong.push(format!("{place}: an array without maxItems"));
        }
        if (is(schema, "integer") || is(schema, "number"))
            && !(has("minimum") && has("maximum"))
            && !has("enum")
        {
            wrong.push(format!("{place}: a number without minimum and maximum"));
        }
    });
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_schema_and_member_is_described_and_every_body_has_an_example() {
    let mut wrong = Vec::new();
    let schemas = DOCUMENT["components"]["schemas"]
        .as_object()
        .expect("schemas");
    for (name, schema) in schemas {
        if schema["description"]
            .as_str()
            .unwrap_or_default()
            .is_empty()
        {
            wrong.push(format!("{name} has no description"));
        }
        for (member, inner) in schema["properties"].as_object().into_iter().flatten() {
            let own = inner["description"].as_str();
            let chosen = inner
                .pointer("/oneOf/0/description")
                .and_then(Value::as_str);
            if own.or(chosen).unwrap_or_default().is_empty() {
                wrong.push(format!("{name}.{member} has no description"));
            }
        }
    }
    for operation in operations() {
        let Some(schema) = operation.json_body() else {
            continue;
        };
        let schema = super::schema::resolve(schema);
        let all = schema.get("example").is_some();
        let each = schema["properties"]
            .as_object()
            .into_iter()
            .flatten()
            .all(|(_, member)| {
                let inner = super::schema::resolve(member);
                ["example", "enum", "properties", "items", "format"]
                    .iter()
                    .any(|it| inner.get(it).is_some())
                    || is(inner, "boolean")
            });
        if !all && !each {
            wrong.push(format!("{}: no example of its body", operation.id()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The names under which the sources give types to the document, each as often as it is given.
fn declared_schemas(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            declared_schemas(&path, found);
        } else if path.extension().is_some_and(|it| it == "rs") {
            let text = fs::read_to_string(&path).expect("a source file");
            let text = text.split("#[cfg(test)]").next().unwrap_or_default();
            // An item ends with a brace at the beginning of a line; an enum of text is one inside of a macro.
            for item in text.split("\n}\n") {
                let given = item.contains("ToSchema") && item.contains("#[derive(");
                if given || item.contains("text_enum! {") {
                    found.extend(schema_name(item));
                }
            }
        }
    }
}

fn schema_name(item: &str) -> Option<String> {
    let after = |mark: &str| {
        let rest = item.split(mark).nth(1)?;
        let end = rest.find(|c: char| !c.is_alphanumeric())?;
        (end > 0).then(|| rest[..end].to_owned())
    };
    after("#[schema(as = ")
        .or_else(|| after("pub struct "))
        .or_else(|| after("pub enum "))
}

#[test]
fn no_two_types_share_a_name_in_the_document() {
    // The second one would silently replace the first one.
    let mut declared = Vec::new();
    declared_schemas(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut declared,
    );
    let schemas = DOCUMENT["components"]["schemas"].as_object();
    let schemas = schemas.expect("schemas");
    let known: Vec<&String> = declared
        .iter()
        .filter(|it| schemas.contains_key(*it))
        .collect();
    assert!(known.len() > 50, "only {} types were found", known.len());
    let mut twice: Vec<_> = known
        .iter()
        .filter(|name| known.iter().filter(|it| it == name).count() > 1)
        .collect();
    twice.dedup();
    assert!(twice.is_empty(), "{twice:?}");
}

#[test]
fn every_example_obeys_its_own_schema() {
    let mut wrong = Vec::new();
    each_schema(&DOCUMENT, "", &mut |schema, place| {
        let Some(example) = schema.get("example") else {
            return;
        };
        if let (Some(text), Some(most)) = (example.as_str(), schema["maxLength"].as_u64())
            && text.chars().count() as u64 > most
        {
            wrong.push(format!("{place}: the example is too long"));
        }
        if let (Some(text), Some("date-time")) = (example.as_str(), schema["format"].as_str())
            && text.parse::<chrono::DateTime<chrono::Utc>>().is_err()
        {
            wrong.push(format!("{place}: the example is no instant"));
        }
        if let (Some(list), Some(most)) = (example.as_array(), schema["maxItems"].as_u64())
            && list.len() as u64 > most
        {
            wrong.push(format!("{place}: the example is too long"));
        }
        if let (Some(number), Some(least), Some(most)) = (
            example.as_i64(),
            schema["minimum"].as_i64(),
            schema["maximum"].as_i64(),
        ) && !(least..=most).contains(&number)
        {
            wrong.push(format!("{place}: the example is out of range"));
        }
        let known = schema["properties"].as_object();
        for name in example
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| name)
        {
            if known.is_some_and(|known| !known.contains_key(name)) {
                wrong.push(format!(
                    "{place}: the example has {name}, which is no member"
                ));
            }
        }
    });
    assert!(wrong.is_empty(), "{wrong:#?}");
}
