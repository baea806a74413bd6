//! Users with one thing of each kind.

use std::sync::atomic::{AtomicU32, Ordering};

use rebound::auth::passwords;
use rebound::db::ids;
use serde_json::{Map, Value, json};

use super::schema::{Place, places};
use crate::support::app::TestApp;
use crate::support::builders::User;
use crate::support::client::{Answer, Request};
use crate::support::cluster::TestDb;
use crate::support::coaching;
use crate::support::document::{Operation, operations};
use crate::support::victim::eventually;

/// An id that nobody has.
pub const NOBODYS: &str = "019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55";
/// The password of every user here.
pub const PASSWORD: &str = "correct horse battery staple";

/// Things that are not made by a POST with a JSON body. Whatever is, is made from its schema.
fn special(user: &User<'_>, collection: &str) -> Option<String> {
    if let Some(webhook) = collection
        .strip_prefix("/v1/webhooks/")
        .and_then(|it| it.strip_suffix("/deliveries"))
    {
        // A ping is sent once and then stays as it is.
        let ping = format!("/v1/webhooks/{webhook}/ping");
        return Some(user.post(&ping, json!({})).expect(201).id());
    }
    match collection {
        "/v1/me/sessions" => {
            let (id, now) = (ids::new_id(user.app.now()), user.app.now());
            user.app.execute(&format!(
                "INSERT INTO sessions (id, user_id, created_at, last_used_at, expires_at)
                 VALUES ('{id}', '{}', '{now}', '{now}', '2999-01-01Z')",
                user.id
            ));
            Some(id.to_string())
        }
        "/v1/imports" => {
            // More rows than are answered at once, so that the import is a resource.
            let rows = "A,B\n".repeat(1_001);
            let started = user
                .request("POST", collection)
                .body("text/csv", format!("company,title\n{rows}"))
                .expect(202);
            let location = started.header("location").to_owned();
            // While it runs, what its owner has changes by itself.
            eventually("the end of the import", || {
                user.get(&location).expect(200).body["status"] == "completed"
            });
            Some(location.rsplit('/').next().expect("an id").to_owned())
        }
        "/v1/reminders" => {
            // Made by the service itself: of an interview it reminds a day before.
            let application = user.application(json!({})).id();
            let begins = user.app.now() + chrono::Duration::hours(30);
            let interview =
                json!({"application_id": application, "kind": "final", "scheduled_at": begins});
            user.post("/v1/interviews", interview).expect(201);
            user.app.settle();
            let path = format!("{collection}?application_id={application}&limit=1");
            let found = user.get(&path).expect(200);
            Some(found.text_at("/data/0/id").to_owned())
        }
        "/v1/coach-links" => {
            static COACHES: AtomicU32 = AtomicU32::new(0);
            let number = COACHES.fetch_add(1, Ordering::Relaxed);
            let body = json!({"coach_email": format!("coach{number}@coaching.example")});
            Some(user.post(collection, body).expect(201).id())
        }
        "/v1/coach/invitations" => {
            let seeker = user.app.user();
            Some(coaching::link(
                user.app,
                &seeker,
                user,
                "invited",
                &coaching::SCOPES,
            ))
        }
        "/v1/coach/clients" => Some(coaching::client(user, &coaching::SCOPES).id.to_string()),
        "/v1/webhooks" => {
            // A user has ten at most, and this one hears of nothing that happens here.
            let all = user.get(collection).expect(200);
            if let Some(oldest) = all.each("id").get(8) {
                user.delete(&format!("{collection}/{oldest}")).expect(204);
            }
            let body =
                json!({"url": "https://hooks.example.com/", "event_types": ["template.deleted"]});
            Some(user.post(collection, body).expect(201).id())
        }
        "/v1/coach-notes" => Some(coaching::note(&user.app.user(), user, "shared")),
        "/v1/goal-suggestions" => Some(coaching::suggestion(&user.app.user(), user)),
        _ => None,
    }
}

/// Limits that no test here reaches.
const LIMITS: [&str; 8] = [
    "--login-limit-account",
    "1000000",
    "--login-limit-network",
    "1000000",
    "--mail-limit",
    "1000000",
    // In megabytes: as much as the largest file of any other operation.
    "--account-document-limit",
    "10",
];

/// A service with limits that no test here reaches.
pub fn app() -> TestApp {
    TestApp::with(&LIMITS)
}

/// The same on a certain database and with further flags.
pub fn app_on(database: TestDb, flags: &[&str]) -> TestApp {
    TestApp::on(database, &[&LIMITS, flags].concat())
}

/// A user whose password is known and who turned on what is off unless asked for.
pub fn user(app: &TestApp) -> User<'_> {
    use std::sync::LazyLock;
    static HASH: LazyLock<String> =
        LazyLock::new(|| passwords::hash(PASSWORD).unwrap_or_else(|error| panic!("{error}")));
    let user = app.user();
    app.execute(&format!(
        "UPDATE users SET password_hash = '{}', wellbeing_enabled = true WHERE id = '{}'",
        *HASH, user.id
    ));
    user
}

/// A new thing in a collection, whose path has real ids already.
pub fn make(user: &User<'_>, collection: &str) -> String {
    if let Some(id) = special(user, collection) {
        return id;
    }
    let operation = operations().into_iter().find(|it| {
        it.method == "POST" && it.json_body().is_some() && same_path(&it.path, collection)
    });
    let Some(operation) = operation else {
        panic!(
            "no test knows how to make a thing in {collection}: there is no POST with a JSON body; \
             add it to `special` in tests/api/openapi_driven/world.rs"
        );
    };
    let body = own_body(user, &operation).expect("a body");
    let made = user.post(collection, body).send();
    assert!(
        made.status == 201 && made.body["id"].is_string(),
        "the example of {} makes nothing; mend it, or add {collection} to `special` in \
         tests/api/openapi_driven/world.rs: {made}",
        operation.id()
    );
    made.id()
}

fn same_path(pattern: &str, path: &str) -> bool {
    let (pattern, path): (Vec<_>, Vec<_>) =
        (pattern.split('/').collect(), path.split('/').collect());
    pattern.len() == path.len()
        && pattern
            .iter()
            .zip(&path)
            .all(|(a, b)| a.starts_with('{') || a == b)
}

/// A place of a body that names another resource.
pub struct Reference {
    place: Place,
    /// The collection that the resource is in.
    pub collection: String,
    /// The member beside it that says of which kind it is, when it may be of several.
    kind: Option<(Place, &'static Value)>,
}

impl Reference {
    /// The name of the member.
    pub fn name(&self) -> &str {
        self.place.name()
    }

    /// Where it stands in the body.
    pub fn pointer(&self) -> &str {
        &self.place.pointer
    }

    /// Puts an id there.
    pub fn put(&self, body: &mut Value, id: &str) {
        self.place.put(body, json!(id));
        if let Some((place, kind)) = &self.kind {
            place.put(body, (*kind).clone());
        }
    }
}

/// The places of a body that name other resources: each member that is an id.
pub fn references(operation: &Operation) -> Vec<Reference> {
    // An account document refers to rows of its own, whatever there is elsewhere.
    if operation.id() == "import_account" {
        return Vec::new();
    }
    let all: Vec<Place> = operation.json_body().map(places).unwrap_or_default();
    let ids = all.iter().filter(|it| it.schema["format"] == "uuid");
    ids.flat_map(|place| references_at(place, &all)).collect()
}

/// `/origin/id` names what the `type` beside it says, everything else what its name says.
fn references_at(place: &Place, all: &[Place]) -> Vec<Reference> {
    let Some(parent) = place.pointer.strip_suffix("/id") else {
        return vec![Reference {
            place: place.clone(),
            collection: collection_of(place.name()),
            kind: None,
        }];
    };
    let beside = format!("{parent}/type");
    let kind = all.iter().find(|it| it.pointer == beside);
    let kind = kind.unwrap_or_else(|| panic!("{} names a thing of no type", place.pointer));
    let kinds = kind.schema["enum"].as_array().expect("kinds of things");
    let reference = |value: &'static Value| Reference {
        place: place.clone(),
        collection: collection_of(value.as_str().expect("a kind")),
        kind: Some((kind.clone(), value)),
    };
    kinds.iter().map(reference).collect()
}

/// `application_id` names something in `/v1/applications`.
pub fn collection_of(member: &str) -> String {
    let name = match member.trim_end_matches("_id") {
        // A suggestion is one of a coach to whoever gets it.
        "coach_suggestion" => "goal-suggestion".to_owned(),
        name => name.replace('_', "-"),
    };
    let plural = match name.strip_suffix('y') {
        Some(stem) => format!("/v1/{stem}ies"),
        None => format!("/v1/{name}s"),
    };
    assert!(
        operations().iter().any(|it| it.path == plural),
        "{member} should name something in {plural}, which is no collection: add the word to \
         `collection_of` in tests/api/openapi_driven/world.rs"
    );
    plural
}

/// A body that fits, with references to things of this user.
pub fn own_body(user: &User<'_>, operation: &Operation) -> Option<Value> {
    let mut body = operation.sample_body()?;
    for reference in references(operation) {
        if body.pointer(reference.pointer()).is_some() {
            let id = make(user, &reference.collection);
            reference.put(&mut body, &id);
        }
    }
    for (name, value) in known_values() {
        if let Some(member) = body.get_mut(&name) {
            *member = value;
        }
    }
    Some(body)
}

/// What only the setup knows, by the name of the member.
fn known_values() -> Map<String, Value> {
    let password = json!(PASSWORD);
    [
        ("password", password.clone()),
        ("current_password", password),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}

/// The path of an operation with things of this user in it, made now.
pub fn own_path(user: &User<'_>, operation: &Operation) -> String {
    let mut path = String::new();
    for segment in operation.path.split('/').skip(1) {
        let value = match segment.strip_prefix('{').map(|it| it.trim_end_matches('}')) {
            None => segment.to_owned(),
            Some(name) if operation.ids_in_path().contains(&name) => make(user, &path),
            Some(name) => format!("some-{}", name.replace('_', "-")),
        };
        path = format!("{path}/{value}");
    }
    path
}

/// A request for an operation with a body that fits.
pub fn request(
    user: &User<'_>,
    operation: &Operation,
    path: &str,
    body: Option<&Value>,
) -> Request {
    let request = user.request(&operation.method, path);
    with_body(request, operation, body)
}

/// Adds the body that the operation takes.
pub fn with_body(request: Request, operation: &Operation, body: Option<&Value>) -> Request {
    match (body, operation.body()) {
        (Some(body), _) => request.json(body),
        (None, Some((kind, _))) => request.body(kind, "company,title\nA,B\n"),
        (None, None) => request,
    }
}

/// An answer without what differs from request to request.
pub fn comparable(answer: &Answer) -> (u16, String) {
    let id = answer.header("x-request-id");
    (answer.status, answer.text.replace(id, "<request id>"))
}

/// Everything that belongs to a user, as the database has it once nothing follows by itself any more.
pub fn belongings(app: &TestApp, user: &User<'_>) -> Value {
    app.settle();
    let tables = app.sql(
        "SELECT c.table_name AS name, c.column_name AS owner FROM information_schema.columns c
         JOIN information_schema.tables t USING (table_schema, table_name)
         WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
           AND (c.column_name IN ('owner_id', 'user_id', 'seeker_id', 'coach_id') OR (c.table_name = 'users' AND c.column_name = 'id'))
         ORDER BY 1, 2",
    );
    assert!(tables.len() >= 6, "{tables:?}");
    let rows = tables.iter().map(|table| {
        let (name, owner) = (
            table["name"].as_str().expect("a name"),
            table["owner"].as_str().expect("a name"),
        );
        let rows = app.sql(&format!(
            "SELECT t AS row FROM {name} t WHERE {owner} = '{}' ORDER BY t::text",
            user.id
        ));
        (format!("{name}.{owner}"), json!(rows))
    });
    Value::Object(rows.collect())
}
