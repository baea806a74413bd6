//! The OpenAPI document: what the handlers say of themselves, completed by what all of them share.
//!
//! Handlers describe what is their own. Headers, limits and the errors that follow from the shape of an
//! operation (it has a body, an id in its path, a sign-in) are added here by rule, so that no operation
//! can forget them.

mod complete;

use actix_web::http::Method;
use bytes::Bytes;
use serde_json::{Map, Value};
use utoipa::openapi::OpenApi;

use complete::complete;

/// The finished document and what the service itself looks up in it.
pub struct Document {
    /// The document as JSON.
    pub json: Bytes,
    operations: Vec<Operations>,
}

/// The operations of one path.
struct Operations {
    /// Its segments; an empty one stands for a parameter.
    segments: Vec<String>,
    methods: Vec<Operation>,
}

/// One operation.
struct Operation {
    /// Its method, in lower case.
    method: String,
    /// The media types that it sends.
    sends: Vec<String>,
    /// The names of its query parameters.
    parameters: Vec<String>,
}

impl Document {
    /// Completes the document that was collected from the handlers.
    pub fn new(collected: &OpenApi) -> Self {
        let mut document = serde_json::to_value(collected).unwrap_or_default();
        complete(&mut document);
        let operations = index(&document);
        Self {
            json: document.to_string().into(),
            operations,
        }
    }

    /// The document as it is committed: one member a line.
    pub fn pretty(&self) -> String {
        let value: Value = serde_json::from_slice(&self.json).unwrap_or_default();
        format!("{value:#}\n")
    }

    /// The methods that a path takes, for `Allow`; nothing when the path is unknown.
    pub fn allowed(&self, path: &str) -> Option<String> {
        let found: Vec<&Operations> = self.matching(path).collect();
        // A path without parameters is the one that is meant; `/batch` is no `/{id}`.
        let exact = found
            .iter()
            .find(|o| o.segments.iter().all(|segment| !segment.is_empty()));
        let operations = exact.or(found.first())?;
        let mut methods: Vec<String> = operations
            .methods
            .iter()
            .map(|operation| operation.method.to_uppercase())
            .collect();
        if methods.iter().any(|method| method == "GET") {
            methods.push("HEAD".to_owned());
        }
        methods.push("OPTIONS".to_owned());
        Some(methods.join(", "))
    }

    /// Can the operation send something that this `Accept` header takes?
    pub fn can_answer(&self, path: &str, method: &Method, accept: &str) -> bool {
        let ranges: Vec<&str> = accept
            .split(',')
            .filter(|range| !range.replace(' ', "").ends_with(";q=0"))
            .map(|range| range.split(';').next().unwrap_or_default().trim())
            .collect();
        if ranges
            .iter()
            .any(|range| matches!(*range, "*/*" | "application/json" | "application/*"))
        {
            return true;
        }
        self.operation(path, method).is_none_or(|operation| {
            operation.sends.is_empty()
                || operation
                    .sends
                    .iter()
                    .any(|kind| ranges.iter().any(|range| takes(range, kind)))
        })
    }

    /// The query parameters that the operation knows, when this query has another one.
    pub fn unknown_parameter(&self, path: &str, method: &Method, query: &str) -> Option<&[String]> {
        let operation = self.operation(path, method)?;
        url::form_urlencoded::parse(query.as_bytes())
            .any(|(name, _)| !operation.parameters.iter().any(|known| *known == name))
            .then_some(&operation.parameters)
    }

    fn operation(&self, path: &str, method: &Method) -> Option<&Operation> {
        let name = method.as_str().to_lowercase();
        self.matching(path)
            .flat_map(|operations| &operations.methods)
            .find(|operation| operation.method == name)
    }

    fn matching<'d>(&'d self, path: &str) -> impl Iterator<Item = &'d Operations> {
        let segments: Vec<String> = path.split('/').skip(1).map(str::to_owned).collect();
        self.operations.iter().filter(move |operations| {
            operations.segments.len() == segments.len()
                && operations
                    .segments
                    .iter()
                    .zip(&segments)
                    .all(|(pattern, given)| {
                        pattern == given || (pattern.is_empty() && !given.is_empty())
                    })
        })
    }
}

fn takes(range: &str, kind: &str) -> bool {
    range == kind
        || range
            .strip_suffix("/*")
            .is_some_and(|family| kind.split('/').next() == Some(family))
}

fn index(document: &Value) -> Vec<Operations> {
    let none = Map::new();
    let paths = document["paths"].as_object().unwrap_or(&none);
    paths
        .iter()
        .map(|(path, item)| Operations {
            segments: path
                .split('/')
                .skip(1)
                .map(|segment| match segment.strip_prefix('{') {
                    Some(_) => String::new(),
                    None => segment.to_owned(),
                })
                .collect(),
            methods: item
                .as_object()
                .unwrap_or(&none)
                .iter()
                .map(|(method, operation)| Operation {
                    method: method.clone(),
                    sends: sent_types(operation),
                    parameters: query_parameters(operation),
                })
                .collect(),
        })
        .collect()
}

fn sent_types(operation: &Value) -> Vec<String> {
    let none = Map::new();
    operation["responses"]
        .as_object()
        .unwrap_or(&none)
        .iter()
        .filter(|(status, _)| status.starts_with('2'))
        .flat_map(|(_, response)| {
            response["content"]
                .as_object()
                .unwrap_or(&none)
                .keys()
                .cloned()
        })
        .collect()
}

fn query_parameters(operation: &Value) -> Vec<String> {
    operation["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|parameter| parameter["in"] == "query")
        .filter_map(|parameter| parameter["name"].as_str().map(str::to_owned))
        .collect()
}
