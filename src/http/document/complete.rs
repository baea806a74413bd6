//! What every operation of the document has without saying so.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{deprecation, security};
use crate::http::health;
use crate::http::problems::{self, Kind};

/// Adds to every operation what follows from its shape.
pub(super) fn complete(document: &mut Value) {
    document["components"]["securitySchemes"] = security::schemes();
    document["components"]["headers"] = headers();
    describe_patches(document);
    let resources = resources(document);
    if let Some(paths) = document["paths"].as_object_mut() {
        for (path, item) in paths {
            if let Some(operations) = item.as_object_mut() {
                for (method, operation) in operations {
                    complete_operation(path, method, operation, &resources);
                }
            }
        }
    }
    security::list_scopes(document);
    drop_unused_schemas(document);
}

/// Takes out the schemas that nothing refers to, such as those that only a PATCH had before it got its own.
fn drop_unused_schemas(document: &mut Value) {
    let mut used = BTreeSet::new();
    let mut waiting = vec![&document["paths"]];
    while let Some(value) = waiting.pop() {
        match value {
            Value::Object(members) => {
                let name = members.get("$ref").and_then(Value::as_str);
                let name = name.and_then(|it| it.strip_prefix("#/components/schemas/"));
                if let Some(name) = name
                    && used.insert(name.to_owned())
                {
                    waiting.push(&document["components"]["schemas"][name]);
                }
                waiting.extend(members.values());
            }
            Value::Array(items) => waiting.extend(items),
            _ => {}
        }
    }
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        schemas.retain(|name, _| used.contains(name));
    }
}

/// The headers of answers. Those that every answer of their kind has are required, so that clients can
/// rely on them.
fn headers() -> Value {
    let text = |description: &str, example: &str| json!({"description": description, "schema": {"type": "string", "maxLength": 2000}, "example": example});
    let always = |description: &str, example: &str| {
        let mut header = text(description, example);
        header["required"] = json!(true);
        header
    };
    json!({
        "X-Request-Id": always("The id under which the request was logged; the client's own when it sent a sane one.", "019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55"),
        "RateLimit": always("What is left of the quota, and the seconds until a request is allowed again.", "\"user\";r=599;t=0"),
        "RateLimit-Policy": always("The quota and its window in seconds.", "\"user\";q=600;w=60"),
        "ETag": always("Version and hash of the resource, for If-Match and If-None-Match.", "\"v1-5f1d7a1c9b2e4d60\""),
        "Location": always("Path of the resource.", "/v1/applications/019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55"),
        "Link": text("The next page, rel=\"next\"; absent on the last page.", "</v1/applications?cursor=eyJvIjoi>; rel=\"next\""),
        "Retry-After": {"description": "Seconds to wait before the request is worth repeating.", "required": true, "schema": {"type": "integer", "minimum": 1, "maximum": 86400}, "example": 1},
        "Retry-After-If-Waiting-Helps": {"description": "Seconds to wait, where time alone removes the obstacle.", "schema": {"type": "integer", "minimum": 1, "maximum": 432_000}, "example": 3600},
        "Idempotent-Replayed": text("`true` when the answer is the stored one of an earlier request.", "true"),
        "WWW-Authenticate": always("How to sign in.", "Bearer realm=\"rebound\""),
        "WWW-Authenticate-If-A-Scope-Is-Missing": text("What a personal access token lacks (RFC 6750); absent when the right that is missing is none of a token's.", "Bearer realm=\"rebound\", error=\"insufficient_scope\", scope=\"applications:write\""),
    })
}

/// The schemas of the single resources, which are what is answered with an ETag.
fn resources(document: &Value) -> Vec<Value> {
    let paths = document["paths"].as_object();
    paths
        .into_iter()
        .flatten()
        .filter(|(path, _)| is_single(path))
        .map(|(_, item)| answered(&item["get"]["responses"]["200"]))
        .filter(Value::is_string)
        .collect()
}

/// Does the path name one resource?
fn is_single(path: &str) -> bool {
    path.ends_with('}') || path == "/v1/me"
}

/// The reference to the schema of an answer, or null.
fn answered(response: &Value) -> Value {
    response["content"]["application/json"]["schema"]["$ref"].clone()
}

fn complete_operation(path: &str, method: &str, operation: &mut Value, resources: &[Value]) {
    let versioned = path.starts_with("/v1");
    let auth = path.starts_with("/v1/auth/");
    let secured = versioned && !auth;
    let has_body = operation.get("requestBody").is_some();
    let has_id = path.contains('{');
    let read_single = method == "get" && is_single(path);
    if secured {
        operation["security"] = security::requirement(path, method);
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
        || (path == "/v1/me" && matches!(method, "patch" | "delete"));
    if secured && conditional {
        parameters.push(header_parameter(
            "If-Match",
            "The ETag that the change is based on; 412 when the resource has changed since.",
            json!({"type": "string"}),
        ));
        parameters.push(header_parameter(
            "If-None-Match",
            "An ETag that the resource must not have, or * when it must not be there yet; 412 else.",
            json!({"type": "string"}),
        ));
    }
    if secured && read_single {
        parameters.push(header_parameter(
            "If-None-Match",
            "The ETag of the copy that the client has; 304 when it is still the same.",
            json!({"type": "string"}),
        ));
    }
    tidy_parameters(operation);
    if !parameters.is_empty() {
        if operation.get("parameters").is_none() {
            operation["parameters"] = json!([]);
        }
        if let Some(list) = operation["parameters"].as_array_mut() {
            list.extend(parameters);
        }
    }

    let taken = operation["parameters"].as_array();
    let pages = taken.is_some_and(|all| all.iter().any(|it| it["name"] == "cursor"));
    if let Some(responses) = operation["responses"].as_object_mut() {
        for (status, response) in responses.iter_mut() {
            let tagged = status != "202" && resources.contains(&answered(response));
            success_headers(status, response, method, tagged, secured);
        }
        let mut kinds: Vec<Kind> = vec![problems::INVALID_QUERY, problems::NOT_ACCEPTABLE];
        if path != health::LIVENESS {
            kinds.extend([problems::RATE_LIMITED, problems::UNAVAILABLE]);
        }
        if versioned {
            kinds.push(problems::MALFORMED);
        }
        if secured {
            kinds.extend([
                problems::UNAUTHENTICATED,
                problems::INVALID_TOKEN,
                problems::INSUFFICIENT_SCOPE,
            ]);
        }
        if pages {
            kinds.push(problems::INVALID_CURSOR);
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
    deprecation::describe(operation);
}

/// An empty parameter is refused (see `params`), so texts have a character at least. What may be left out
/// has no example: the reference would fill it in, and a newcomer's first list would be a filtered one.
fn tidy_parameters(operation: &mut Value) {
    let parameters = operation
        .get_mut("parameters")
        .and_then(Value::as_array_mut);
    for parameter in parameters.into_iter().flatten() {
        if parameter["in"] != "query" {
            continue;
        }
        let optional = parameter["required"] != true;
        if let Some(parameter) = parameter.as_object_mut().filter(|_| optional) {
            parameter.remove("example");
        }
        if let Some(schema) = parameter.get_mut("schema").and_then(Value::as_object_mut) {
            if optional {
                schema.remove("example");
            }
            let is_text = schema.get("type") == Some(&json!("string"));
            if is_text && !schema.contains_key("enum") && !schema.contains_key("format") {
                schema.entry("minLength").or_insert_with(|| json!(1));
            }
        }
    }
}

fn header_parameter(name: &str, description: &str, schema: Value) -> Value {
    json!({"name": name, "in": "header", "required": false, "description": description, "schema": schema})
}

fn success_headers(status: &str, response: &mut Value, method: &str, tagged: bool, secured: bool) {
    if !status.starts_with('2') {
        return;
    }
    let mut names = vec!["X-Request-Id", "RateLimit", "RateLimit-Policy"];
    if status == "201" || status == "202" && secured {
        names.push("Location");
    }
    if tagged {
        names.push("ETag");
    }
    if secured && method == "post" {
        names.push("Idempotent-Replayed");
    }
    if secured && is_page(response) {
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

/// Pages are named so by `page_schema!`.
fn is_page(response: &Value) -> bool {
    answered(response)
        .as_str()
        .is_some_and(|reference| reference.ends_with("Page"))
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
        if status == 409 {
            // Only where waiting helps: a running request, a cool-off.
            headers["Retry-After"] =
                json!({"$ref": "#/components/headers/Retry-After-If-Waiting-Helps"});
        }
        if status == 401 {
            headers["WWW-Authenticate"] = json!({"$ref": "#/components/headers/WWW-Authenticate"});
        }
        if status == 403 {
            headers["WWW-Authenticate"] =
                json!({"$ref": "#/components/headers/WWW-Authenticate-If-A-Scope-Is-Missing"});
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

/// Gives each merge patch a schema of its own: the one of the whole body, with nothing required.
fn describe_patches(document: &mut Value) {
    let none = Map::new();
    let mut patched: Vec<String> = Vec::new();
    if let Some(paths) = document["paths"].as_object_mut() {
        let bodies = paths
            .values_mut()
            .filter_map(|item| item.pointer_mut("/patch/requestBody/content"))
            .filter_map(Value::as_object_mut)
            .flat_map(|content| content.values_mut());
        for body in bodies {
            let Some(name) = body["schema"]["$ref"]
                .as_str()
                .and_then(|reference| reference.rsplit('/').next())
                .map(str::to_owned)
            else {
                continue;
            };
            body["schema"]["$ref"] = json!(format!("#/components/schemas/{name}Patch"));
            patched.push(name);
        }
    }
    for name in patched {
        let mut schema = document["components"]["schemas"][&name].clone();
        let required: Vec<Value> = schema["required"].as_array().cloned().unwrap_or_default();
        if let Some(schema) = schema.as_object_mut() {
            schema.remove("required");
            schema.insert(
                "description".to_owned(),
                json!(
                    "A merge patch (RFC 7396): null clears a member, an absent one keeps its value."
                ),
            );
        }
        let properties = schema["properties"].as_object().unwrap_or(&none).clone();
        if let Some(members) = schema["properties"].as_object_mut() {
            // The status has an operation of its own.
            members.remove("status");
            for (member, property) in properties {
                let optional = !required.contains(&json!(member));
                if let Some(target) = members.get_mut(&member)
                    && optional
                {
                    *target = nullable(property);
                }
            }
        }
        if let Some(example) = schema.get_mut("example").and_then(Value::as_object_mut) {
            let keep: Vec<String> = example.keys().take(2).cloned().collect();
            example.retain(|member, _| keep.contains(member));
        }
        document["components"]["schemas"][format!("{name}Patch")] = schema;
    }
}

/// The same schema, null taken as well.
fn nullable(mut schema: Value) -> Value {
    if let Some(schema) = schema.as_object_mut() {
        schema.remove("default");
    }
    match schema.get("type") {
        Some(Value::String(kind)) => {
            let kind = kind.clone();
            schema["type"] = json!([kind, "null"]);
        }
        Some(_) => {}
        None if schema.get("oneOf").is_some() => {}
        None => schema = json!({"oneOf": [schema, {"type": "null"}]}),
    }
    schema
}
