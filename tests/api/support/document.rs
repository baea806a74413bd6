//! The API document, as the tests read it: every answer that a test sees is held against it.

use std::sync::LazyLock;

use reqwest::Method;
use serde_json::Value;

use super::client::Answer;

/// The document of this version of the code.
pub static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(&rebound::server::document().json).expect("the document is JSON")
});

/// An operation of the document.
#[derive(Clone, Debug)]
pub struct Operation {
    /// In upper case.
    pub method: String,
    /// With `{…}` for parameters.
    pub path: String,
    /// What the document says of it.
    pub value: &'static Value,
}

impl Operation {
    /// Its name, for messages.
    pub fn id(&self) -> &str {
        self.value["operationId"].as_str().unwrap_or("?")
    }
}

/// Every operation.
pub fn operations() -> Vec<Operation> {
    let paths = DOCUMENT["paths"].as_object().expect("paths");
    paths
        .iter()
        .flat_map(|(path, item)| {
            let item = item.as_object().expect("a path item");
            item.iter().map(move |(method, value)| Operation {
                method: method.to_uppercase(),
                path: path.clone(),
                value,
            })
        })
        .collect()
}

/// The operation that a request meant; a fixed segment goes before a parameter.
fn operation_of(method: &Method, path: &str) -> Option<Operation> {
    // HEAD is answered as GET.
    let method = match method.as_str() {
        "HEAD" => "GET",
        other => other,
    };
    let given: Vec<&str> = path.split('/').collect();
    let matches = |operation: &Operation| {
        let pattern: Vec<&str> = operation.path.split('/').collect();
        pattern.len() == given.len()
            && pattern
                .iter()
                .zip(&given)
                .all(|(pattern, given)| pattern.starts_with('{') || pattern == given)
    };
    let mut found: Vec<_> = operations().into_iter().filter(matches).collect();
    let fixed = found.iter().map(|it| it.path.matches('{').count()).min()?;
    found.retain(|it| it.path.matches('{').count() == fixed && it.method == method);
    found.pop()
}

/// Holds an answer against the document: its status has to be known for the operation.
pub fn check(method: &Method, path: &str, answer: &Answer) {
    let Some(operation) = operation_of(method, path) else {
        return;
    };
    let responses = operation.value["responses"].as_object().expect("responses");
    assert!(
        responses.contains_key(&answer.status.to_string()),
        "{} does not document the status of this answer: {answer}",
        operation.id()
    );
}
