//! Out and in again without loss.

use serde_json::{Value, json};

use super::{exported, import, small};
use crate::openapi_driven::world;
use crate::schema_invariants::isolation::filled;
use crate::support::app::TestApp;
use crate::support::document::operations;

/// What an import leaves out.
const LEFT_OUT: [&str; 10] = [
    "calendar_feeds",
    "coach_accesses",
    "coach_links",
    "coach_notes",
    "goal_suggestions",
    "personal_tokens",
    "sessions",
    "webhook_attempts",
    "webhook_deliveries",
    "webhooks",
];

/// A document without what is another account's in any case.
fn comparable(document: &Value) -> Value {
    let id = document["account"]["id"].as_str().expect("an id");
    let document = document.to_string().replace(id, "the user's id");
    let mut document: Value = serde_json::from_str(&document).expect("JSON");
    let members = document.as_object_mut().expect("an object");
    for name in LEFT_OUT {
        members.remove(name);
    }
    members.remove("exported_at");
    let account = members["account"].as_object_mut().expect("an object");
    for name in ["id", "email", "email_verified", "created_at", "updated_at"] {
        account.remove(name);
    }
    document
}

/// The same of an account that was imported: the last event tells that its profile is another one.
#[track_caller]
fn arrived(mut document: Value) -> Value {
    let events = document["events"].as_array_mut().expect("a list");
    let last = events.pop().expect("an event");
    assert_eq!(last["kind"], "user.updated");
    comparable(&document)
}

#[test]
fn an_account_moves_to_another_server_without_loss() {
    let (here, there) = (world::app(), world::app());
    for app in [&here, &there] {
        app.set_clock("2026-03-10T12:00:00Z");
    }
    let old = world::user(&here);
    filled(&here, [&old]);
    let profile = json!({"display_name": "Sam", "time_zone": "Asia/Tokyo", "preferences": {"cooloff_hours": 48}});
    old.patch("/v1/me", profile).expect(200);
    // What has not ended stays where it is.
    here.execute("DELETE FROM imports WHERE status = 'queued'");
    here.settle();
    let document = exported(&old);
    for (name, rows) in document.as_object().expect("an object") {
        if let Some(rows) = rows.as_array()
            && !LEFT_OUT.contains(&name.as_str())
        {
            assert!(
                !rows.is_empty(),
                "{name} is empty: the test says nothing of it"
            );
        }
    }
    let new = world::user(&there);
    let answer = import(&new, &document).expect(200);
    let taken = answer.body["sections"].as_array().expect("sections");
    for section in taken {
        let name = section["name"].as_str().expect("a name");
        assert_eq!(section["imported"], !LEFT_OUT.contains(&name), "{name}");
    }
    there.settle();
    let again = exported(&new);
    for name in LEFT_OUT.iter().filter(|it| **it != "sessions") {
        assert_eq!(again[*name], json!([]), "{name}");
    }
    assert_eq!(arrived(again), comparable(&document));
    // And it is shown alike: each list of the API, as far as it is of the account alone.
    for operation in operations() {
        let path = &operation.path;
        let of_others = path.contains("coach") || path.contains("suggestion");
        let is_own = path.starts_with("/v1/") && !path.starts_with("/v1/me") && !of_others;
        if operation.method != "GET"
            || !is_own
            || path.contains('{')
            || path.contains("calendar")
            || path.contains("webhook")
            || path.contains("events")
        {
            continue;
        }
        let (before, after) = (old.get(path).send(), new.get(path).send());
        if path.starts_with("/v1/goals") {
            // A suggestion of a coach that a goal grew from is gone.
            assert_eq!(before.data().len(), after.data().len());
            continue;
        }
        assert_eq!(before.text, after.text, "{path}");
    }
    let applications = old.get("/v1/applications").expect(200);
    for id in applications.each("id") {
        for part in ["", "/timeline", "/journey"] {
            let path = format!("/v1/applications/{id}{part}");
            let (before, after) = (old.get(&path).expect(200), new.get(&path).expect(200));
            assert_eq!(before.text, after.text, "{path}");
            assert_eq!(before.header("etag"), after.header("etag"), "{path}");
        }
    }
}

#[test]
fn what_was_moved_goes_on_where_it_stood() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T12:00:00Z");
    let (old, new) = (app.user(), app.user());
    let rejection = old.rejection(json!({})).body;
    let gone = old.application(json!({"status": "applied"})).id();
    let note =
        json!({"application_id": gone, "kind": "other", "scheduled_at": "2026-03-06T09:00:00Z"});
    let interview = old.post("/v1/interviews", note).expect(201).id();
    old.delete(&format!("/v1/interviews/{interview}"))
        .expect(204);
    old.patch("/v1/me", json!({"preferences": {"cooloff_hours": 2}}))
        .expect(200);
    import(&new, &exported(&old)).expect(200);
    // The cool-off is the one that the rejection opened with, not the preference of today.
    let path = format!(
        "/v1/rejections/{}",
        rejection["id"].as_str().expect("an id")
    );
    let moved = new.get(&path).expect(200);
    assert_eq!(moved.body["cooloff_until"], "2026-03-06T12:00:00Z");
    assert_eq!(moved.body["state"], "cooling_off");
    let replied = json!({"to": "replied"});
    let early = new.post(&format!("{path}/transitions"), replied.clone());
    early.problem(409, "cooloff_active");
    app.set_clock("2026-03-06T12:00:00Z");
    let late = new
        .post(&format!("{path}/transitions"), replied)
        .expect(200);
    assert_eq!(late.body["version"], 2);
    // What was deleted there is a tombstone here.
    let journey = new
        .get(&format!("/v1/applications/{gone}/journey"))
        .expect(200);
    assert!(journey.text.contains("interview"), "{journey}");
    let application = format!("/v1/applications/{gone}/transitions");
    let step = new
        .post(&application, json!({"to": "screening"}))
        .expect(200);
    assert_eq!(step.body["status"], "screening");
}

#[test]
fn the_order_of_the_members_does_not_matter() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T12:00:00Z");
    let (old, new) = (app.user(), app.user());
    let document = small(&old);
    let mut sorted = document.clone();
    sorted.sort_all_objects();
    assert_ne!(document.to_string(), sorted.to_string());
    import(&new, &sorted).expect(200);
    app.settle();
    assert_eq!(arrived(exported(&new)), comparable(&document));
}

#[test]
fn an_export_is_an_attachment_that_tells_its_length() {
    let app = TestApp::start();
    let user = app.user();
    let answer = user.get("/v1/me/export").expect(200);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(
        answer.header("content-disposition"),
        "attachment; filename=\"rebound-account.json\""
    );
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(
        answer.header("content-length"),
        answer.bytes.len().to_string()
    );
    assert_eq!(answer.body["format"], "rebound-account-1");
}

#[test]
fn a_large_account_goes_out_and_in() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T12:00:00Z");
    let (old, new) = (app.user(), app.user());
    // More than one part of each kind, and parts that are full to the last row.
    app.execute(&format!(
        "INSERT INTO applications (owner_id, id, company, job_title, required_skills, own_skills, tags, status, furthest_stage, status_since, version, created_at, updated_at)
         SELECT '{0}', gen_random_uuid(), 'Company ' || n, 'Engineer', '{{}}', '{{}}', '{{}}', 'applied', 'applied', now(), 1, now(), now() FROM generate_series(1, 1000) n;
         INSERT INTO application_steps (owner_id, id, application_id, seq, kind, to_status, occurred_at, recorded_at)
         SELECT owner_id, gen_random_uuid(), id, seq, 'transition', 'applied', now(), now() FROM applications, generate_series(1, 3) seq WHERE owner_id = '{0}'",
        old.id
    ));
    let document = exported(&old);
    assert_eq!(
        document["applications"].as_array().map(Vec::len),
        Some(1000)
    );
    let count = document["application_steps"].as_array().map(Vec::len);
    assert_eq!(count, Some(3000));
    import(&new, &document).expect(200);
    let again = exported(&new);
    assert_eq!(arrived(again), comparable(&document));
}
