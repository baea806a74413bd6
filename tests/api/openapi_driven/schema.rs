//! Reading the schemas of the document: samples that fit, and the places inside them.

use serde_json::{Value, json};

use crate::support::document::{DOCUMENT, Operation};

/// The schema itself: references followed, `null` as an alternative left aside.
pub fn resolve(schema: &'static Value) -> &'static Value {
    if let Some(path) = schema["$ref"].as_str() {
        let pointer = path
            .strip_prefix('#')
            .expect("a reference inside the document");
        return resolve(
            DOCUMENT
                .pointer(pointer)
                .unwrap_or_else(|| panic!("{path} is not there")),
        );
    }
    for choice in ["oneOf", "anyOf", "allOf"] {
        if let Some(choices) = schema[choice].as_array() {
            let real = choices.iter().find(|it| it["type"] != "null");
            return resolve(real.expect("a choice that is not null"));
        }
    }
    schema
}

/// Does the schema take this type?
pub fn is(schema: &Value, kind: &str) -> bool {
    match &schema["type"] {
        Value::String(one) => one == kind,
        Value::Array(many) => many.iter().any(|one| one == kind),
        _ => false,
    }
}

/// A value that fits, with every member that has a schema; examples of the document go first.
pub fn sample(schema: &'static Value) -> Value {
    let schema = resolve(schema);
    if let Some(example) = schema
        .get("example")
        .or_else(|| schema.pointer("/examples/0"))
    {
        return example.clone();
    }
    if let Some(first) = schema.pointer("/enum/0") {
        return first.clone();
    }
    if is(schema, "object") {
        let required = schema["required"].as_array();
        let properties = schema["properties"].as_object();
        let needed = properties
            .into_iter()
            .flatten()
            .filter(|(name, _)| required.is_some_and(|list| list.contains(&json!(name))));
        return Value::Object(
            needed
                .map(|(name, it)| (name.clone(), sample(it)))
                .collect(),
        );
    }
    if is(schema, "array") {
        let least = schema["minItems"].as_u64().unwrap_or(0);
        return (0..least).map(|_| sample(&schema["items"])).collect();
    }
    if is(schema, "string") {
        return json!(match schema["format"].as_str() {
            Some("uuid") => "019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55",
            Some("date") => "2026-01-05",
            Some("date-time") => "2026-01-05T10:00:00Z",
            Some("uri") => "https://jobs.example/x",
            Some("email") => "someone@example.com",
            _ => "a text that is long enough",
        });
    }
    match (
        is(schema, "integer") || is(schema, "number"),
        is(schema, "boolean"),
    ) {
        (true, _) => schema.get("minimum").cloned().unwrap_or(json!(1)),
        (_, true) => json!(true),
        _ => json!({}),
    }
}

/// A place in a document with its schema.
#[derive(Clone, Debug)]
pub struct Place {
    /// JSON Pointer; list items are at 0.
    pub pointer: String,
    pub schema: &'static Value,
}

impl Place {
    /// The name of the member.
    pub fn name(&self) -> &str {
        self.pointer.rsplit('/').next().unwrap_or_default()
    }

    /// Puts a value there, with whatever is missing on the way.
    pub fn put(&self, document: &mut Value, value: Value) {
        let mut here = document;
        for token in self.pointer.split('/').skip(1) {
            here = match token.parse::<usize>() {
                Ok(_) => {
                    if !here.is_array() || here.as_array().is_some_and(Vec::is_empty) {
                        *here = json!([null]);
                    }
                    &mut here[0]
                }
                Err(_) => {
                    if !here.is_object() {
                        *here = json!({});
                    }
                    &mut here[token]
                }
            };
        }
        *here = value;
    }
}

/// Every place below a schema, itself included.
pub fn places(schema: &'static Value) -> Vec<Place> {
    fn walk(schema: &'static Value, pointer: String, found: &mut Vec<Place>) {
        let schema = resolve(schema);
        assert!(
            pointer.len() < 500,
            "a schema that contains itself: {pointer}"
        );
        found.push(Place {
            pointer: pointer.clone(),
            schema,
        });
        for (name, inner) in schema["properties"].as_object().into_iter().flatten() {
            walk(inner, format!("{pointer}/{name}"), found);
        }
        if schema.get("items").is_some() {
            walk(&schema["items"], format!("{pointer}/0"), found);
        }
    }
    let mut found = Vec::new();
    walk(schema, String::new(), &mut found);
    found
}

impl Operation {
    /// Media type and schema of the body; JSON before others.
    pub fn body(&self) -> Option<(&'static str, &'static Value)> {
        let content = self.value["requestBody"]["content"].as_object()?;
        let (kind, media) = content
            .iter()
            .find(|(kind, _)| kind.as_str() == "application/json")
            .or_else(|| content.iter().next())?;
        Some((kind, &media["schema"]))
    }

    /// The schema of its JSON body.
    pub fn json_body(&self) -> Option<&'static Value> {
        self.body()
            .filter(|(kind, _)| kind.ends_with("json"))
            .map(|(_, schema)| schema)
    }

    /// A body that fits.
    pub fn sample_body(&self) -> Option<Value> {
        let (_, schema) = self.body().filter(|(kind, _)| kind.ends_with("json"))?;
        let mut body = sample(schema);
        // A change of the status by PATCH is refused whatever it is.
        if let (true, Some(members)) = (self.method == "PATCH", body.as_object_mut()) {
            members.shift_remove("status");
        }
        Some(body)
    }

    /// Name and schema of each parameter of a kind.
    pub fn parameters(&self, kind: &str) -> Vec<(&'static str, &'static Value)> {
        let all = self.value["parameters"].as_array();
        all.into_iter()
            .flatten()
            .filter(|parameter| parameter["in"] == kind)
            .map(|parameter| {
                let name = parameter["name"].as_str().expect("a name");
                (name, resolve(&parameter["schema"]))
            })
            .collect()
    }

    /// The parameters in its path that are ids.
    pub fn ids_in_path(&self) -> Vec<&'static str> {
        let all = self.parameters("path").into_iter();
        all.filter(|(_, schema)| schema["format"] == "uuid")
            .map(|(name, _)| name)
            .collect()
    }

    /// Does it need a sign-in?
    pub fn is_secured(&self) -> bool {
        self.value["security"]
            .as_array()
            .is_some_and(|list| !list.is_empty())
    }
}
