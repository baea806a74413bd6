//! The OpenAPI document: what the handlers say of themselves, completed by what all of them share.
//!
//! Handlers describe what is their own. Headers, limits and the errors that follow from the shape of an
//! operation (it has a body, an id in its path, a sign-in) are added here by rule, so that no operation
//! can forget them.

use actix_web::http::Method;
use bytes::Bytes;
use serde_json::{Map, Value, json};
use utoipa::openapi::OpenApi;

use super::problems::{self, Kind};

/// The finished document and what the service itself looks up in it.
pub struct Document {
    /// The document as JSON.
    pub json: Bytes,
    paths: Vec<Path>,
}

/// A path with its operations.
struct Path {
    /// Its segments; an empty one stands for a parameter.
    segments: Vec<String>,
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
}

impl Path {
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

    fn matches(&self, path: &str) -> bool {
        let mut given = path.split('/').skip(1);
        let known = self.segments.iter().all(|segment| {
            given
                .next()
                .is_some_and(|it| segment.is_empty() || segment == it)
        });
        known && given.next().is_none()
    }
}

impl Document {
    /// Completes the document that was collected from the handlers.
    pub fn new(collected: &OpenApi) -> Self {
        let mut document = serde_json::to_value(collected).unwrap_or_default();
        complete(&mut document);
        let paths = index(&document);
        Self {
            json: document.to_string().into(),
            paths,
        }
    }

    /// The document as it is committed: one member a line.
    pub fn pretty(&self) -> String {
        let value: Value = serde_json::from_slice(&self.json).unwrap_or_default();
        format!("{value:#}\n")
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
            let types = &operation.types;
            types.is_empty()
                || types
                    .iter()
                    .any(|kind| ranges.iter().any(|range| takes(range, kind)))
        })
    }

    /// The parameters that the operation takes when the query has another one; nothing when all is well.
    pub fn unknown_parameter(&self, path: &str, method: &Method, query: &str) -> Option<&[String]> {
        let known = &self.operation(path, method)?.parameters;
        url::form_urlencoded::parse(query.as_bytes())
            .any(|(name, _)| !known.iter().any(|it| *it == name))
            .then_some(known)
    }

    /// A path without parameters is the one that is meant; `/batch` is no `/{id}`.
    fn path(&self, path: &str) -> Option<&Path> {
        let matching = self.paths.iter().filter(|it| it.matches(path));
        matching.min_by_key(|it| {
            it.segments
                .iter()
                .filter(|segment| segment.is_empty())
                .count()
        })
    }

    fn operation(&self, path: &str, method: &Method) -> Option<&Operation> {
        self.path(path)?.operation(method)
    }
}

fn takes(range: &str, kind: &str) -> bool {
    range == kind
        || range
            .strip_suffix("/*")
            .is_some_and(|family| kind.split('/').next() == Some(family))
}

fn index(document: &Value) -> Vec<Path> {
    let none = Map::new();
    let paths = document["paths"].as_object().unwrap_or(&none);
    paths
        .iter()
        .map(|(path, item)| Path {
            segments: path
                .split('/')
                .skip(1)
                .map(|segment| match segment.strip_prefix('{') {
                    Some(_) => String::new(),
                    None => segment.to_owned(),
                })
                .collect(),
            operations: item
                .as_object()
                .unwrap_or(&none)
                .iter()
                .map(|(method, operation)| Operation {
                    method: method.to_uppercase(),
                    types: sent_types(operation),
                    parameters: query_parameters(operation),
                })
                .collect(),
        })
        .collect()
}

fn query_parameters(operation: &Value) -> Vec<String> {
    let parameters = operation["parameters"].as_array();
    parameters
        .into_iter()
        .flatten()
        .filter(|parameter| parameter["in"] == "query")
        .filter_map(|parameter| parameter["name"].as_str().map(str::to_owned))
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

/// Adds to every operation what follows from its shape.
fn complete(document: &mut Value) {
    document["components"]["securitySchemes"] = json!({
        "bearer": {
            "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
            "description": "The access_token of POST /v1/auth/login or /v1/auth/register. It lives for 15 minutes; POST /v1/auth/refresh gives the next one."
        }
    });
    document["components"]["headers"] = headers();
    if let Some(paths) = document["paths"].as_object_mut() {
        for (path, item) in paths {
            if let Some(operations) = item.as_object_mut() {
                for (method, operation) in operations {
                    complete_operation(path, method, operation);
                }
            }
        }
    }
}

fn headers() -> Value {
    let text = |description: &str, example: &str| json!({"description": description, "schema": {"type": "string", "maxLength": 2000}, "example": example});
    json!({
        "X-Request-Id": text("The id under which the request was logged; the client's own when it sent a sane one.", "019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55"),
        "RateLimit": text("What is left of the quota, and the seconds until a request is allowed again.", "\"user\";r=599;t=0"),
        "RateLimit-Policy": text("The quota and its window in seconds.", "\"user\";q=600;w=60"),
        "ETag": text("Version and hash of the resource, for If-Match and If-None-Match.", "\"v1-5f1d7a1c9b2e4d60\""),
        "Location": text("Path of the resource.", "/v1/applications/019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55"),
        "Link": text("The next page, rel=\"next\"; absent on the last page.", "</v1/applications?cursor=eyJvIjoi>; rel=\"next\""),
        "Retry-After": {"description": "Seconds to wait before the request is worth repeating.", "schema": {"type": "integer", "minimum": 1, "maximum": 86400}, "example": 1},
        "Idempotent-Replayed": text("`true` when the answer is the stored one of an earlier request.", "true"),
        "WWW-Authenticate": text("How to sign in.", "Bearer realm=\"rebound\""),
    })
}

fn complete_operation(path: &str, method: &str, operation: &mut Value) {
    let versioned = path.starts_with("/v1");
    let auth = path.starts_with("/v1/auth/");
    let secured = versioned && !auth;
    let has_body = operation.get("requestBody").is_some();
    let has_id = path.contains('{');
    let read_single = method == "get" && (path.ends_with('}') || path == "/v1/me");
    if secured {
        operation["security"] = json!([{"bearer": []}]);
    } else {
        operation["security"] = json!([]);
    }

    let mut parameters = Vec::new();
    if secured && method == "post" {
        parameters.push(header_parameter(
            "Idempotency-Key",
            "Makes a retry safe: the same key with the same request gives the first answer again, for 24 hours.",
            json!({"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"}),
        ));
    }
    let conditional = matches!(method, "patch" | "delete" | "put") && has_id
        || path.ends_with("/transitions")
        || (path == "/v1/me" && method == "patch");
    if secured && conditional {
        parameters.push(header_parameter(
            "If-Match",
            "The ETag that the change is based on; 412 when the resource has changed since.",
            json!({"type": "string", "maxLength": 2000}),
        ));
    }
    if secured && read_single {
        parameters.push(header_parameter(
            "If-None-Match",
            "The ETag of the copy that the client has; 304 when it is still the same.",
            json!({"type": "string", "maxLength": 2000}),
        ));
    }
    if !parameters.is_empty() {
        if operation.get("parameters").is_none() {
            operation["parameters"] = json!([]);
        }
        if let Some(list) = operation["parameters"].as_array_mut() {
            list.extend(parameters);
        }
    }

    if let Some(responses) = operation["responses"].as_object_mut() {
        for (status, response) in responses.iter_mut() {
            success_headers(status, response, method, read_single, secured);
        }
        if !versioned && path != "/health/ready" {
            return;
        }
        let mut kinds: Vec<Kind> = vec![problems::UNAVAILABLE, problems::RATE_LIMITED];
        if versioned {
            kinds.extend([
                problems::MALFORMED,
                problems::INVALID_QUERY,
                problems::NOT_ACCEPTABLE,
            ]);
        }
        if secured {
            kinds.extend([problems::UNAUTHENTICATED, problems::INVALID_TOKEN]);
        }
        if path.contains("{id}") || path.contains("_id}") {
            kinds.push(problems::NOT_FOUND);
        }
        if has_body {
            kinds.extend([
                problems::REQUEST_TIMEOUT,
                problems::TOO_LARGE,
                problems::UNSUPPORTED_MEDIA_TYPE,
                problems::INVALID_FIELDS,
            ]);
        }
        if secured && method == "post" {
            kinds.extend([
                problems::REQUEST_IN_PROGRESS,
                problems::IDEMPOTENCY_KEY_REUSED,
            ]);
        }
        if secured && conditional {
            kinds.push(problems::PRECONDITION_FAILED);
        }
        if matches!(method, "post" | "put" | "patch") && secured {
            kinds.push(problems::CONFLICT);
        }
        if secured && read_single {
            responses.entry("304").or_insert_with(|| {
                json!({"description": "The client's copy is still the same.", "headers": {"ETag": {"$ref": "#/components/headers/ETag"}}})
            });
        }
        add_problems(responses, &kinds);
        responses.sort_keys();
    }
}

fn header_parameter(name: &str, description: &str, schema: Value) -> Value {
    json!({"name": name, "in": "header", "required": false, "description": description, "schema": schema})
}

fn success_headers(status: &str, response: &mut Value, method: &str, single: bool, secured: bool) {
    if !status.starts_with('2') {
        return;
    }
    let mut names = vec!["X-Request-Id", "RateLimit", "RateLimit-Policy"];
    if status == "201" || status == "202" && secured {
        names.push("Location");
    }
    if single || matches!(method, "patch") || status == "201" {
        names.push("ETag");
    }
    if secured && method == "post" {
        names.push("Idempotent-Replayed");
    }
    if secured && method == "get" && !single {
        names.push("Link");
    }
    let headers = response
        .as_object_mut()
        .map(|response| response.entry("headers").or_insert_with(|| json!({})));
    if let Some(Value::Object(headers)) = headers {
        for name in names {
            headers
                .entry(name)
                .or_insert_with(|| json!({"$ref": format!("#/components/headers/{name}")}));
        }
    }
}

/// Describes each error status once, with every code that it can carry.
fn add_problems(responses: &mut Map<String, Value>, kinds: &[Kind]) {
    let declared: Vec<(String, String)> = responses
        .iter()
        .filter(|(status, _)| status.starts_with(['4', '5']))
        .map(|(status, response)| {
            let text = response["description"]
                .as_str()
                .unwrap_or_default()
                .to_owned();
            (status.clone(), text)
        })
        .collect();
    let mut statuses: Vec<u16> = kinds.iter().map(|kind| kind.status).collect();
    statuses.extend(
        declared
            .iter()
            .filter_map(|(status, _)| status.parse::<u16>().ok()),
    );
    statuses.sort_unstable();
    statuses.dedup();
    for status in statuses {
        let own = declared
            .iter()
            .find(|(name, _)| *name == status.to_string());
        let mut lines: Vec<String> = own.map(|(_, text)| text.clone()).into_iter().collect();
        for kind in kinds.iter().filter(|kind| kind.status == status) {
            if !lines
                .iter()
                .any(|line| line.contains(&format!("`{}`", kind.code)))
            {
                lines.push(format!("`{}`: {}.", kind.code, kind.title));
            }
        }
        let mut headers = json!({
            "X-Request-Id": {"$ref": "#/components/headers/X-Request-Id"},
            "RateLimit": {"$ref": "#/components/headers/RateLimit"},
            "RateLimit-Policy": {"$ref": "#/components/headers/RateLimit-Policy"},
        });
        if matches!(status, 429 | 503) {
            headers["Retry-After"] = json!({"$ref": "#/components/headers/Retry-After"});
        }
        if status == 401 {
            headers["WWW-Authenticate"] = json!({"$ref": "#/components/headers/WWW-Authenticate"});
        }
        responses.insert(
            status.to_string(),
            json!({
                "description": lines.join("\n"),
                "headers": headers,
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
            }),
        );
    }
}
