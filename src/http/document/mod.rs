//! The OpenAPI document: what the handlers say of themselves, completed by what all of them share.
//!
//! Handlers describe what is their own. Headers, limits and the errors that follow from the shape of an
//! operation (it has a body, an id in its path, a sign-in) are added here by rule, so that no operation
//! can forget them.

mod complete;
mod deprecation;
mod outline;
mod security;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use actix_web::http::Method;
use actix_web::http::header::HeaderMap;
use matchit::Router;
use utoipa::openapi::OpenApi;

use super::accept;
use complete::complete;
pub use deprecation::Deprecation;
use outline::{OperationOutline, Outline};

/// The finished document and what the service itself looks up in it.
pub struct Document {
    /// The document as JSON, one member a line.
    pub json: Cow<'static, str>,
    /// Every scope that a personal access token can have.
    pub scopes: BTreeSet<String>,
    paths: Router<Path>,
    /// Usually nothing is, and no answer has to look for it.
    has_deprecated: bool,
}

/// A path with its operations.
struct Path {
    operations: Vec<Operation>,
}

/// What the service has to know of an operation.
struct Operation {
    /// In upper case.
    method: String,
    /// The media types that it sends.
    types: Vec<String>,
    /// The query parameters that it takes.
    parameters: Vec<String>,
    /// What its answers say of its end.
    deprecation: Option<Deprecation>,
}

impl Path {
    fn new(operations: &BTreeMap<String, OperationOutline>) -> Self {
        let operations = operations.iter().map(|(method, it)| Operation {
            method: method.to_uppercase(),
            types: it.sent_types(),
            parameters: it.query_parameters(),
            deprecation: Deprecation::of(it),
        });
        Self {
            operations: operations.collect(),
        }
    }

    /// The methods for `Allow`.
    fn allowed(&self) -> String {
        let mut methods: Vec<&str> = self.operations.iter().map(|o| o.method.as_str()).collect();
        if methods.contains(&"GET") {
            methods.push("HEAD");
        }
        methods.push("OPTIONS");
        methods.join(", ")
    }

    fn operation(&self, method: &Method) -> Option<&Operation> {
        self.operations.iter().find(|o| o.method == method.as_str())
    }
}

impl Document {
    /// Completes the document that was collected from the handlers.
    pub fn new(collected: &OpenApi) -> Self {
        let mut document = serde_json::to_value(collected).unwrap_or_default();
        complete(&mut document);
        Self::read(format!("{document:#}\n")).expect("the document is complete")
    }

    /// The document as it is committed. A test compares it with what the handlers say.
    pub fn committed() -> Self {
        let json = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/openapi.json"));
        Self::read(json).expect("the committed document is complete")
    }

    /// A document that is complete.
    pub fn read(json: impl Into<Cow<'static, str>>) -> serde_json::Result<Self> {
        let json = json.into();
        let outline: Outline = serde_json::from_str(&json)?;
        let mut paths = Router::new();
        let mut has_deprecated = false;
        for (template, operations) in &outline.paths {
            let path = Path::new(operations);
            has_deprecated |= path.operations.iter().any(|it| it.deprecation.is_some());
            paths
                .insert(template, path)
                .expect("the routes of the service accept these paths as well");
        }
        Ok(Self {
            scopes: outline.scopes(),
            json,
            has_deprecated,
            paths,
        })
    }

    /// The document without its indentation, which is half of it. No text in JSON goes over the end of a line.
    pub fn compact(&self) -> String {
        self.json.lines().map(str::trim_start).collect()
    }

    /// The methods that a path takes, for `Allow`; nothing when the path is unknown.
    pub fn allowed(&self, path: &str) -> Option<String> {
        self.path(path).map(Path::allowed)
    }

    /// The methods that a path takes when this is none of them.
    pub fn allowed_instead(&self, path: &str, method: &Method) -> Option<String> {
        let path = self.path(path)?;
        path.operation(method).is_none().then(|| path.allowed())
    }

    /// Can the operation send something that the `Accept` header takes?
    pub fn can_answer(&self, path: &str, method: &Method, headers: &HeaderMap) -> bool {
        let takes = |kind: &str| accept::quality(headers, kind) > 0.0;
        takes("application/json")
            || self.operation(path, method).is_none_or(|operation| {
                let types = &operation.types;
                types.is_empty() || types.iter().any(|kind| takes(kind))
            })
    }

    /// The parameters that the operation takes when the query has another one; nothing when all is well.
    pub fn unknown_parameter(&self, path: &str, method: &Method, query: &str) -> Option<&[String]> {
        let known = &self.operation(path, method)?.parameters;
        url::form_urlencoded::parse(query.as_bytes())
            .any(|(name, _)| !known.iter().any(|it| *it == name))
            .then_some(known)
    }

    /// What the answers of the operation say of its end, when it is deprecated.
    pub fn deprecation(&self, path: &str, method: &Method) -> Option<&Deprecation> {
        if !self.has_deprecated {
            return None;
        }
        self.operation(path, method)?.deprecation.as_ref()
    }

    /// A path without parameters is the one that is meant; `/batch` is no `/{id}`.
    fn path(&self, path: &str) -> Option<&Path> {
        self.paths.at(path).ok().map(|found| found.value)
    }

    fn operation(&self, path: &str, method: &Method) -> Option<&Operation> {
        self.path(path)?.operation(method)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn a_release_serves_what_the_handlers_say() {
        let (said, committed) = (crate::server::document(), Document::committed());
        assert!(said.json == committed.json, "make openapi");
        let read = |json: &str| -> Value { serde_json::from_str(json).expect("JSON") };
        assert!(read(&committed.compact()) == read(&said.json));
    }
}
