//! The example of `docs/SYNC.md`, run as it stands there, and what that page says.

use std::fs;
use std::path::Path;
use std::process::Command;

use rebound::events::kinds;
use rebound::events::retention;
use serde_json::{Map, Value, json};

use crate::support::app::TestApp;
use crate::support::builders::User;
use crate::support::victim::eventually;

const PAGE: &str = include_str!("../../../docs/SYNC.md");
const LISTS: [&str; 10] = [
    "applications",
    "interviews",
    "rejections",
    "messages",
    "feedback-requests",
    "reflections",
    "goals",
    "contacts",
    "networking-activities",
    "reminders",
];

fn between<'t>(begin: &str, end: &str) -> &'t str {
    let (_, rest) = PAGE.split_once(begin).expect("it begins");
    rest.split_once(end).expect("it ends").0
}

/// Runs the program, and gives the copy that it keeps.
fn run(user: &User<'_>, program: &Path, copy: &Path) -> Value {
    // What has been written shows when nothing older is under way; the program asks once.
    let written = user.app.sql_value(&format!(
        "SELECT count(*) FROM events WHERE owner_id = '{}'",
        user.id
    ));
    eventually("settled events", || {
        let settled = user.app.sql_value(&format!(
            "SELECT count(*) FROM events WHERE owner_id = '{}' AND xid < pg_snapshot_xmin(pg_current_snapshot())",
            user.id
        ));
        settled == written
    });
    let output = Command::new("python3")
        .args([program, copy])
        .env("REBOUND_URL", format!("http://{}", user.app.address()))
        .env("REBOUND_TOKEN", user.token())
        .env("no_proxy", "*")
        .output()
        .expect("python3 runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = fs::read_to_string(copy).expect("a copy");
    serde_json::from_str(&text).expect("JSON")
}

/// What the lists show now.
fn everything(user: &User<'_>) -> Value {
    let mut things = Map::new();
    for name in LISTS {
        for page in user.pages(&format!("/v1/{name}")) {
            for thing in page.data() {
                let id = thing["id"].as_str().expect("an id").to_owned();
                things.insert(id, thing.clone());
            }
        }
    }
    Value::Object(things)
}

#[test]
fn the_program_of_the_page_keeps_a_copy_that_is_right() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T10:00:00Z");
    let user = app.user();
    let (program, copy) = (app.folder().join("sync.py"), app.folder().join("copy.json"));
    let script = between("<!-- sync.py -->\n```python\n", "```\n<!-- /sync.py -->");
    fs::write(&program, script).expect("a file");
    let id = user.application(json!({"company": "Kite"})).id();
    let rejection = user.rejection(json!({"channel": "email"}));
    let rejected = rejection.text_at("/application_id").to_owned();
    let contact = user.post(
        "/v1/contacts",
        json!({"name": "Ada Kowalczyk", "keep_in_touch_days": 30}),
    );
    let contact = contact.expect(201).id();
    app.settle();
    assert_eq!(run(&user, &program, &copy)["things"], everything(&user));
    // Changes of every kind while nobody looks.
    app.set_clock("2026-03-20T10:00:00Z");
    user.transition(&id, json!({"to": "applied"})).expect(200);
    let interview =
        json!({"application_id": id, "kind": "technical", "scheduled_at": "2026-03-22T10:00:00Z"});
    user.post("/v1/interviews", interview).expect(201);
    let call = json!({"kind": "call", "occurred_on": "2026-03-19", "contact_id": contact});
    user.post("/v1/networking-activities", call).expect(201);
    let reflection = json!({"application_id": rejected, "resume_tailored": "no"});
    user.post("/v1/reflections", reflection).expect(201);
    user.delete(&format!("/v1/applications/{rejected}"))
        .expect(204);
    user.application(json!({"company": "Larch"}));
    app.settle();
    let second = run(&user, &program, &copy);
    assert_eq!(second["things"], everything(&user));
    assert_eq!(run(&user, &program, &copy), second);
    // Away for longer than events are kept.
    user.delete(&format!("/v1/applications/{id}")).expect(204);
    app.settle();
    app.set_clock("2026-08-01T10:00:00Z");
    app.execute(&format!(
        "UPDATE jobs SET run_at = '2026-03-01Z' WHERE kind = '{}'",
        retention::JOB
    ));
    app.execute(&format!(
        "INSERT INTO jobs (id, kind, user_id, payload, unique_key, run_at, max_attempts, created_at)
         VALUES (gen_random_uuid(), '{0}', '{1}', 'null', '{0}:{1}', '2026-03-01Z', 8, now())
         ON CONFLICT (unique_key) DO NOTHING",
        retention::JOB,
        user.id
    ));
    app.settle();
    let place = second["cursor"].as_str().expect("a cursor");
    user.get(&format!("/v1/events?after={place}"))
        .problem(410, "cursor_expired");
    assert_eq!(run(&user, &program, &copy)["things"], everything(&user));
}

#[test]
fn the_page_lists_every_type_there_is() {
    let mut rows = "| Resource | Read at | What happens to it |\n|---|---|---|\n".to_owned();
    for resource in kinds::ALL {
        let verbs: Vec<String> = resource
            .events
            .iter()
            .filter_map(|kind| kind.split_once('.'))
            .map(|(_, verb)| format!("`{verb}`"))
            .collect();
        rows += &format!(
            "| `{}` | `{}` | {} |\n",
            resource.name,
            resource.path,
            verbs.join(", ")
        );
    }
    let told = between("<!-- types -->\n", "<!-- /types -->");
    assert!(told == rows, "docs/SYNC.md should list:\n{rows}");
}
