//! Example values out of the API document.

use serde_json::{Map, Value, json};

/// The example of a media type: its own, its schema's, or one put together from those of the members.
pub(super) fn of_content(document: &Value, content: &Value) -> Value {
    let listed = content["examples"].as_object();
    let first = listed.and_then(|all| all.values().next());
    let first = first.map(|it| it["value"].clone());
    let own = content.get("example").cloned().or(first);
    own.unwrap_or_else(|| of_schema(document, &content["schema"]))
}

/// The example of a schema. Of an object without one the required members, or all when none is.
pub(super) fn of_schema(document: &Value, schema: &Value) -> Value {
    let own = schema.get("example").or_else(|| schema["examples"].get(0));
    if let Some(own) = own {
        return own.clone();
    }
    if let Some(name) = schema["$ref"].as_str().and_then(|it| it.rsplit('/').next()) {
        return of_schema(document, &document["components"]["schemas"][name]);
    }
    let fixed = schema.get("const").or_else(|| schema["enum"].get(0));
    if let Some(value) = fixed.or_else(|| schema.get("default")) {
        return value.clone();
    }
    let choices = schema["oneOf"].as_array().or(schema["anyOf"].as_array());
    if let Some(choice) = choices.and_then(|all| all.iter().find(|it| it["type"] != "null")) {
        return of_schema(document, choice);
    }
    let kind = schema["type"].as_str().or(schema["type"][0].as_str());
    match kind {
        Some("object") => Value::Object(members(document, schema)),
        Some("array") => json!([of_schema(document, &schema["items"])]),
        Some("boolean") => json!(true),
        Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or(json!(1)),
        Some("string") => json!(match schema["format"].as_str() {
            Some("date") => "2026-03-05",
            Some("date-time") => "2026-03-05T09:00:00Z",
            Some("uuid") => "019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55",
            Some("email") => "you@example.com",
            _ => "…",
        }),
        _ => Value::Null,
    }
}

fn members(document: &Value, schema: &Value) -> Map<String, Value> {
    let required: Vec<&Value> = schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .collect();
    let all = schema["properties"].as_object();
    all.into_iter()
        .flatten()
        .filter(|(name, _)| {
            required.is_empty() || required.iter().any(|it| it.as_str() == Some(name))
        })
        .map(|(name, member)| (name.clone(), of_schema(document, member)))
        .collect()
}
