//! Every operation as a request that an editor can send: JetBrains' HTTP client, VS Code with httpyac, `httpyac send`.
//!
//! The requests stand under their tags in the document's order, with the document's examples as bodies. What a later request
//! needs is kept from the answers: the tokens of a sign-in, the id of what was created or of the first thing listed. So a
//! request stands behind the one that gives its ids, and what ends something stands last in its section.
//! `# @tag story` marks what may be sent in one go, from top to bottom; `tests/clients/run.sh` does so.

use std::collections::BTreeSet;
use std::fmt::Write;

use serde_json::{Map, Value};

use super::examples;

/// What an example does when it ends or halts something; such requests stand last.
const ENDINGS: [&str; 7] = [
    "closed",
    "revoked",
    "discarded",
    "dismissed",
    "paused",
    "declined",
    "disabled",
];
/// The methods in the order in which one meets them.
const ORDER: [&str; 5] = ["post", "put", "get", "patch", "delete"];
/// What a coach calls, with a token of their own.
const COACH: &str = "/v1/coach/";
/// The calendar has no id but the last part of the address that its feed was made with.
const FEEDS: &str = "/v1/calendar-feeds";
const CALENDAR: &str = "calendar_file";

/// Braces of the collection's own variables, until those of examples are out of the way.
const OPEN: char = '\u{f000}';
const CLOSE: char = '\u{f001}';

/// An operation and what its request takes and gives.
struct Request<'a> {
    document: &'a Value,
    path: &'a str,
    method: &'a str,
    operation: &'a Value,
    /// The variables of the path.
    takes: Vec<String>,
    /// The variable with the id of what was created or listed first.
    gives: Option<String>,
}

/// The collection as a text.
pub(super) fn collection(document: &Value) -> String {
    let mut requests = requests(document);
    let mut text = head(document);
    for tag in document["tags"].as_array().into_iter().flatten() {
        let mut section = Vec::new();
        while let Some(at) = requests
            .iter()
            .position(|it| it.operation["tags"][0] == tag["name"])
        {
            section.push(requests.remove(at));
        }
        let (name, description) = (text_of(&tag["name"]), text_of(&tag["description"]));
        text.push_str(&format!("\n### {name}\n# {description}\n"));
        let mut coach = false;
        for request in arranged(section) {
            if request.path.starts_with(COACH) && !coach {
                coach = true;
                text.push_str(COACH_SIGN_IN);
            }
            request.write(&mut text);
        }
    }
    text
}

const COACH_SIGN_IN: &str = r#"
### Register as the coach whom the seeker invites
# @name register_coach
# @tag story
POST {{host}}/v1/auth/register
Content-Type: application/json

{
  "email": "{{coach_email}}",
  "password": "{{password}}"
}

> {% if (response.body.access_token) client.global.set("coach_token", response.body.access_token); %}
"#;

fn head(document: &Value) -> String {
    let version = text_of(&document["info"]["version"]);
    format!(
        "# Rebound {version}: every operation of the API, for editors that send requests (JetBrains, VS Code with httpyac) and for\n\
         # `httpyac send`. Written from the API document by `make openapi`; a change by hand does not last.\n\
         #\n\
         # Begin with the sign-in. Tokens and ids are kept from the answers for the requests further down.\n\n\
         @host = http://127.0.0.1:8080\n\
         @email = you@example.com\n\
         @password = correct horse battery staple\n\
         @coach_email = coach@example.com\n"
    )
}

fn text_of(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn requests(document: &Value) -> Vec<Request<'_>> {
    let paths = document["paths"].as_object();
    let mut found = Vec::new();
    for (path, item) in paths.into_iter().flatten() {
        let mut methods: Vec<(&String, &Value)> = item.as_object().into_iter().flatten().collect();
        methods.sort_by_key(|(method, _)| ORDER.iter().position(|it| it == method));
        found.extend(methods.into_iter().map(|(method, operation)| Request {
            document,
            path,
            method,
            operation,
            takes: variables(path),
            gives: given(document, path, method),
        }));
    }
    found
}

/// The variables of a path: of `/v1/goals/{id}/check-ins/{check_in_id}` they are `goal_id` and `check_in_id`.
fn variables(path: &str) -> Vec<String> {
    let mut before = "";
    let mut names = Vec::new();
    for segment in path.split('/') {
        match parameter(segment) {
            Some("id") => names.push(format!("{}_id", singular(before))),
            Some("file") if before == "calendar" => names.push(CALENDAR.to_owned()),
            Some(name) if name.ends_with("_id") && name != "external_id" => {
                names.push(name.to_owned())
            }
            _ => {}
        }
        before = segment;
    }
    names
}

fn parameter(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

/// `feedback-requests` is a `feedback_request`, `networking-activities` are each a `networking_activity`.
fn singular(collection: &str) -> String {
    let name = collection.replace('-', "_");
    match (name.strip_suffix("ies"), name.strip_suffix('s')) {
        (Some(stem), _) => format!("{stem}y"),
        (None, Some(stem)) => stem.to_owned(),
        (None, None) => name,
    }
}

/// What a POST creates, or else what a list has, when single ones of it have a path.
fn given(document: &Value, path: &str, method: &str) -> Option<String> {
    let creates = method == "post";
    if !creates && (method != "get" || document["paths"][path].get("post").is_some()) {
        return None;
    }
    let paths = document["paths"].as_object()?;
    let single = paths.keys().find(|it| {
        it.strip_prefix(path)
            .and_then(|rest| rest.strip_prefix('/'))
            .is_some_and(|rest| parameter(rest).is_some())
    })?;
    variables(single).pop()
}

/// Puts each request behind the one that gives what it takes, and what ends something last.
fn arranged(requests: Vec<Request<'_>>) -> Vec<Request<'_>> {
    let (endings, mut waiting): (Vec<_>, Vec<_>) =
        requests.into_iter().partition(Request::is_ending);
    let mut arranged: Vec<Request<'_>> = Vec::new();
    while !waiting.is_empty() {
        let still_given: BTreeSet<&String> =
            waiting.iter().filter_map(|it| it.gives.as_ref()).collect();
        let free = |it: &Request<'_>| !it.takes.iter().any(|name| still_given.contains(name));
        // What gives the thing that it takes itself waits for nobody.
        let at = waiting.iter().position(free).unwrap_or(0);
        arranged.push(waiting.remove(at));
    }
    arranged.extend(endings);
    arranged
}

impl Request<'_> {
    /// The body's media type and example.
    fn body(&self) -> Option<(&str, Value)> {
        let kinds = self.operation["requestBody"]["content"].as_object()?;
        let shown =
            |content: &Value| content.get("example").is_some() || content.get("examples").is_some();
        let json = kinds.get_key_value("application/json");
        let (kind, content) = json
            .or_else(|| kinds.iter().find(|(_, content)| shown(content)))
            .or_else(|| kinds.iter().next())?;
        Some((kind, examples::of_content(self.document, content)))
    }

    fn is_ending(&self) -> bool {
        let ends = |(_, example): (&str, Value)| ENDINGS.contains(&text_of(&example["to"]));
        self.method == "delete" || self.body().is_some_and(ends)
    }

    /// The successes by status.
    fn successes(&self) -> impl Iterator<Item = (&String, &Value)> {
        let answers = self.operation["responses"]
            .as_object()
            .into_iter()
            .flatten();
        answers.filter(|(status, _)| status.starts_with('2'))
    }

    fn signs_in(&self) -> bool {
        let schemas = &self.document["components"]["schemas"];
        self.successes().any(|(_, answer)| {
            let reference = text_of(&answer["content"]["application/json"]["schema"]["$ref"]);
            let name = reference.rsplit('/').next().unwrap_or_default();
            schemas[name]["properties"].get("access_token").is_some()
        })
    }

    /// May it be sent in one go with the others? Nothing that ends, waits for a mail, or never stops answering.
    fn belongs_to_the_story(&self) -> bool {
        let streams = |answer: &Value| answer["content"].get("text/event-stream").is_some();
        if self.is_ending() || self.successes().any(|(_, answer)| streams(answer)) {
            return false;
        }
        let open = self.path.starts_with("/v1/auth/");
        match self.method {
            "post" if open => self.signs_in(),
            "post" => self
                .successes()
                .any(|(status, _)| status == "200" || status == "201"),
            "get" | "put" => true,
            _ => false,
        }
    }

    fn write(&self, text: &mut String) {
        let operation = self.operation;
        let mut lines = vec![
            String::new(),
            format!("### {}", text_of(&operation["summary"])),
            format!("# @name {}", text_of(&operation["operationId"])),
        ];
        if self.belongs_to_the_story() {
            lines.push("# @tag story".to_owned());
        }
        if let Some(names) = self.optional_parameters() {
            lines.push(format!("# Also takes: {names}"));
        }
        lines.push(format!(
            "{} {{{{host}}}}{}",
            self.method.to_uppercase(),
            self.target()
        ));
        if operation["security"]
            .as_array()
            .is_some_and(|it| !it.is_empty())
        {
            let token = if self.path.starts_with(COACH) {
                "coach_token"
            } else {
                "token"
            };
            lines.push(format!("Authorization: Bearer {{{{{token}}}}}"));
        }
        if let Some((kind, example)) = self.body() {
            lines.push(format!("Content-Type: {kind}"));
            lines.push(String::new());
            lines.push(match example {
                Value::String(plain) if !kind.ends_with("json") => plain.trim_end().to_owned(),
                example => self.json(&example),
            });
        }
        if let Some(script) = self.script() {
            lines.push(String::new());
            lines.push(format!("> {{% {script} %}}"));
        }
        for line in lines {
            text.push_str(&line);
            text.push('\n');
        }
    }

    /// The example, with variables in the place of what the sign-in and earlier answers gave.
    fn json(&self, example: &Value) -> String {
        let mut example = example.clone();
        self.put_variables(&mut example);
        // Braces of the user's own templates are none of the collection's variables.
        let plain = format!("{example:#}").replace("{{", "\\u007b\\u007b");
        plain.replace(OPEN, "{{").replace(CLOSE, "}}")
    }

    fn put_variables(&self, value: &mut Value) {
        match value {
            Value::Object(members) => self.put_into_members(members),
            Value::Array(items) => items.iter_mut().for_each(|it| self.put_variables(it)),
            _ => {}
        }
    }

    fn put_into_members(&self, members: &mut Map<String, Value>) {
        let own = self.path.starts_with("/v1/auth/") || self.path.starts_with("/v1/me");
        for (name, value) in members {
            let variable = match name.as_str() {
                "email" | "password" | "refresh_token" if own => name,
                "current_password" => "password",
                "coach_email" => name,
                "application_id"
                | "contact_id"
                | "template_id"
                | "feedback_request_id"
                | "message_id" => name,
                _ => {
                    self.put_variables(value);
                    continue;
                }
            };
            *value = Value::String(format!("{OPEN}{variable}{CLOSE}"));
        }
    }

    /// The path with its variables, and the query parameters without which there is no answer.
    fn target(&self) -> String {
        let mut names = self.takes.iter();
        let segments = self
            .path
            .split('/')
            .map(|segment| match parameter(segment) {
                Some(name) if name == "file" || name.ends_with("id") && name != "external_id" => {
                    format!("{{{{{}}}}}", names.next().map_or(name, String::as_str))
                }
                Some(name) => self.example_of_parameter(name),
                None => segment.to_owned(),
            });
        let mut target = segments.collect::<Vec<_>>().join("/");
        let mut mark = '?';
        for parameter in self.query().filter(|it| it["required"] == true) {
            let name = text_of(&parameter["name"]);
            // Writing into a String cannot fail.
            write!(target, "{mark}{name}={}", self.example_of_parameter(name)).ok();
            mark = '&';
        }
        target
    }

    fn query(&self) -> impl Iterator<Item = &Value> {
        let parameters = self.operation["parameters"]
            .as_array()
            .into_iter()
            .flatten();
        parameters.filter(|it| it["in"] == "query")
    }

    fn optional_parameters(&self) -> Option<String> {
        let optional = self.query().filter(|it| it["required"] != true);
        let names: Vec<&str> = optional.map(|it| text_of(&it["name"])).collect();
        (!names.is_empty()).then(|| names.join(", "))
    }

    fn example_of_parameter(&self, name: &str) -> String {
        let parameters = self.operation["parameters"]
            .as_array()
            .into_iter()
            .flatten();
        let parameter = parameters.into_iter().find(|it| it["name"] == name);
        let example = parameter.map(|it| match it.get("example") {
            Some(own) => own.clone(),
            None => examples::of_schema(self.document, &it["schema"]),
        });
        match example {
            Some(Value::String(text)) => text,
            Some(value) => value.to_string(),
            None => name.to_owned(),
        }
    }

    /// What is kept from the answer.
    fn script(&self) -> Option<String> {
        if self.signs_in() {
            return Some(
                "if (response.body.access_token) { client.global.set(\"token\", response.body.access_token); \
                 client.global.set(\"refresh_token\", response.body.refresh_token); \
                 client.global.set(\"seeker_id\", response.body.user.id); }"
                    .to_owned(),
            );
        }
        let name = self.gives.as_ref()?;
        Some(match self.method {
            "post" if self.path == FEEDS => format!(
                "if (response.body.id) {{ client.global.set(\"{name}\", response.body.id); \
                 client.global.set(\"{CALENDAR}\", response.body.url.split(\"/\").pop()); }}"
            ),
            "post" => {
                format!("if (response.body.id) client.global.set(\"{name}\", response.body.id);")
            }
            _ => format!(
                "const first = (response.body.data ?? [])[0]; if (first) client.global.set(\"{name}\", first.id);"
            ),
        })
    }
}
