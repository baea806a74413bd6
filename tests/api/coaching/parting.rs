//! What is left of a link when one of its parties erases their account, and what the other one hears of it.

use serde_json::{Value, json};

use super::{agreed, answer, invite, view};
use crate::openapi_driven::world::{self, PASSWORD};
use crate::support::app::TestApp;
use crate::support::builders::User;
use crate::support::coaching::{SCOPES, note, suggestion};
use crate::support::victim::eventually;

const LINKS: &str = "/v1/coach-links";
const INVITATIONS: &str = "/v1/coach/invitations";

/// Erases an account as its user does.
fn erase(user: &User<'_>) {
    let body = json!({"password": PASSWORD});
    user.delete("/v1/me").json(&body).expect(204);
}

/// What a change log says of a resource, the earliest first.
fn told(app: &TestApp, user: uuid::Uuid, resource: &str) -> Vec<(String, Value)> {
    let rows = app.sql(&format!(
        "SELECT kind, data FROM events WHERE owner_id = '{user}' AND resource_id = '{resource}' ORDER BY xid, id"
    ));
    let text = |row: &Value| row["kind"].as_str().expect("a kind").to_owned();
    rows.iter()
        .map(|row| (text(row), row["data"].clone()))
        .collect()
}

/// Waits until a change log says this of a resource.
fn hears(app: &TestApp, user: uuid::Uuid, resource: &str, kind: &str, data: Value) {
    let event = (kind.to_owned(), data);
    eventually(kind, || told(app, user, resource).contains(&event));
}

/// Does a text stand anywhere in the database, the row of a table as JSON?
fn stands_somewhere(app: &TestApp, text: &str) -> Vec<String> {
    let tables = app.sql("SELECT relname FROM pg_stat_user_tables ORDER BY relname");
    let named = tables.iter().filter_map(|row| row["relname"].as_str());
    let has = |table: &&str| {
        let count =
            format!("SELECT count(*) FROM {table} t WHERE to_jsonb(t)::text ILIKE '%{text}%'");
        app.sql_value(&count) != 0
    };
    named.filter(has).map(str::to_owned).collect()
}

#[test]
fn the_erasure_of_a_coach_ends_the_link_forgets_the_address_and_keeps_the_access_log() {
    let app = world::app();
    app.set_clock("2026-03-05T12:00:00Z");
    let (seeker, coach) = (world::user(&app), world::user(&app));
    let email = coach.email();
    let id = agreed(&seeker, &coach, json!({}));
    let other = world::user(&app);
    let declined = invite(&other, &coach, json!({})).id();
    answer(&coach, &declined, "declined");
    coach.get(&view(&seeker, "applications")).expect(200);
    app.set_clock("2026-03-06T12:00:00Z");
    erase(&coach);
    let path = format!("{LINKS}/{id}");
    let link = seeker.get(&path).expect(200);
    assert_eq!(
        (link.text_at("/status"), link.text_at("/status_since")),
        ("revoked", "2026-03-06T12:00:00Z")
    );
    assert_eq!(
        (&link.body["coach_id"], &link.body["coach_email"]),
        (&Value::Null, &Value::Null)
    );
    let log = seeker.get(&format!("{path}/access-log")).expect(200);
    assert_eq!(log.each("view"), ["applications"]);
    // What was over stays as it was, without the address.
    let over = other.get(&format!("{LINKS}/{declined}")).expect(200);
    assert_eq!(
        (over.text_at("/status"), &over.body["coach_email"]),
        ("declined", &Value::Null)
    );
    assert_eq!(over.text_at("/status_since"), "2026-03-05T12:00:00Z");
    assert_eq!(stands_somewhere(&app, &email), Vec::<String>::new());
    assert_eq!(
        stands_somewhere(&app, &coach.id.to_string()),
        Vec::<String>::new()
    );
    // Both seekers hear of it.
    let data = json!({"status": "revoked"});
    hears(&app, seeker.id, &id, "coach_link.transitioned", data);
    let data = json!({"status": "declined"});
    hears(&app, other.id, &declined, "coach_link.updated", data);
    // Whoever registers the address next inherits nothing, and can be invited.
    let next = world::user(&app);
    app.execute(&format!(
        "UPDATE users SET email = '{email}' WHERE id = '{}'",
        next.id
    ));
    next.get(&view(&seeker, "applications"))
        .problem(404, "not_found");
    assert!(next.get(INVITATIONS).expect(200).data().is_empty());
    invite(&seeker, &next, json!({}));
}

#[test]
fn an_unanswered_invitation_does_not_tell_that_its_address_had_an_account() {
    let app = world::app();
    let (seeker, coach) = (world::user(&app), world::user(&app));
    let invited = invite(&seeker, &coach, json!({}));
    erase(&coach);
    let link = seeker.get(invited.header("location")).expect(200);
    assert_eq!(link.body, invited.body);
}

#[test]
fn a_link_that_time_has_ended_was_not_ended_by_an_erasure() {
    let app = world::app();
    app.set_clock("2026-03-05T12:00:00Z");
    let (seeker, coach) = (world::user(&app), world::user(&app));
    let end = "2026-03-06T12:00:00Z";
    let id = agreed(&seeker, &coach, json!({"ends_at": end}));
    app.set_clock("2026-03-07T12:00:00Z");
    erase(&coach);
    let link = seeker.get(&format!("{LINKS}/{id}")).expect(200);
    assert_eq!(
        (link.text_at("/status"), link.text_at("/status_since")),
        ("expired", end)
    );
}

#[test]
fn a_coach_loses_two_clients_with_two_links_at_once() {
    let app = world::app();
    let coach = world::user(&app);
    let clients = [world::user(&app), world::user(&app)];
    let ids = clients.each_ref().map(|it| agreed(it, &coach, json!({})));
    // Two coaches of one seeker, both gone: neither has an address any more.
    let second = world::user(&app);
    agreed(&clients[0], &second, json!({}));
    erase(&coach);
    erase(&second);
    for (client, id) in clients.iter().zip(ids) {
        let link = client.get(&format!("{LINKS}/{id}")).expect(200);
        assert_eq!(link.text_at("/status"), "revoked");
    }
    let all = clients[0].get(LINKS).expect(200);
    assert_eq!(all.each("status"), ["revoked", "revoked"]);
}

#[test]
fn the_erasure_of_a_seeker_takes_everything_along_and_the_coach_hears_of_it() {
    let app = world::app();
    let (seeker, coach) = (world::user(&app), world::user(&app));
    let email = seeker.email();
    let id = agreed(&seeker, &coach, json!({"scopes": SCOPES}));
    note(&coach, &seeker, "private");
    suggestion(&coach, &seeker);
    coach.get(&view(&seeker, "applications")).expect(200);
    erase(&seeker);
    for table in [
        "coach_links",
        "coach_accesses",
        "coach_notes",
        "goal_suggestions",
    ] {
        assert_eq!(app.sql_value(&format!("SELECT count(*) FROM {table}")), 0);
    }
    assert!(coach.get("/v1/coach/clients").expect(200).data().is_empty());
    assert!(coach.get(INVITATIONS).expect(200).data().is_empty());
    hears(&app, coach.id, &id, "coach_invitation.deleted", Value::Null);
    assert_eq!(stands_somewhere(&app, &email), Vec::<String>::new());
}

#[test]
fn what_the_seeker_does_with_a_link_is_in_the_coachs_change_log() {
    let app = TestApp::start();
    let (seeker, coach) = (app.user(), app.user());
    let id = agreed(&seeker, &coach, json!({}));
    let path = format!("{LINKS}/{id}");
    seeker
        .patch(&path, json!({"scopes": ["goals"]}))
        .expect(200);
    let data = json!({"scopes": ["goals"], "status": "active"});
    hears(&app, coach.id, &id, "coach_invitation.updated", data);
    seeker
        .post(&format!("{path}/transitions"), json!({"to": "revoked"}))
        .expect(200);
    let data = json!({"scopes": ["goals"], "status": "revoked"});
    hears(&app, coach.id, &id, "coach_invitation.transitioned", data);
    // An invitation that nobody answered is nobody's to hear of.
    let waiting = invite(&seeker, &app.user(), json!({})).id();
    let jobs = || app.sql_value("SELECT count(*) FROM jobs WHERE kind = 'coaching.event'");
    eventually("the queue is empty", || jobs() == 0);
    let path = format!("{LINKS}/{waiting}");
    seeker.patch(&path, json!({"scopes": []})).expect(200);
    seeker
        .post(&format!("{path}/transitions"), json!({"to": "revoked"}))
        .expect(200);
    assert_eq!(jobs(), 0);
}

#[test]
fn the_answer_to_a_suggestion_is_told_to_a_coach_who_may_still_see_it() {
    let app = TestApp::start();
    let (seeker, coach) = (app.user(), app.user());
    let id = agreed(&seeker, &coach, json!({}));
    let accept = |suggestion: &str| {
        let path = format!("/v1/goal-suggestions/{suggestion}/transitions");
        seeker.post(&path, json!({"to": "accepted"})).expect(200);
    };
    let first = suggestion(&coach, &seeker);
    accept(&first);
    let kind = "client_goal_suggestion.transitioned";
    let data = json!({"from": "open", "to": "accepted"});
    hears(&app, coach.id, &first, kind, data);
    let jobs = || app.sql_value("SELECT count(*) FROM jobs WHERE kind = 'coaching.event'");
    eventually("the queue is empty", || jobs() == 0);
    let link = format!("{LINKS}/{id}");
    seeker
        .patch(&link, json!({"scopes": ["goals"]}))
        .expect(200);
    let second = suggestion(&coach, &seeker);
    accept(&second);
    seeker
        .post(&format!("{link}/transitions"), json!({"to": "revoked"}))
        .expect(200);
    let third = suggestion(&coach, &seeker);
    accept(&third);
    eventually("the queue is empty", || jobs() == 0);
    for unheard in [second, third] {
        assert_eq!(told(&app, coach.id, &unheard), []);
    }
}

#[test]
fn a_shared_note_that_is_taken_back_is_gone_from_the_seekers_change_log_too() {
    let app = TestApp::start();
    let (seeker, coach) = (app.user(), app.user());
    agreed(&seeker, &coach, json!({}));
    let share = || {
        let body = json!({"text": "Well done.", "visibility": "shared"});
        let note = coach.post(&view(&seeker, "notes"), body).expect(201);
        hears(
            &app,
            seeker.id,
            &note.id(),
            "coach_note.shared",
            Value::Null,
        );
        (note.id(), note.header("location").to_owned())
    };
    let (hidden, path) = share();
    coach
        .patch(&path, json!({"visibility": "private"}))
        .expect(200);
    hears(&app, seeker.id, &hidden, "coach_note.deleted", Value::Null);
    let (removed, path) = share();
    coach.delete(&path).expect(204);
    hears(&app, seeker.id, &removed, "coach_note.deleted", Value::Null);
    // A private one is nobody else's from its beginning to its end.
    let body = json!({"text": "Tired lately."});
    let private = coach.post(&view(&seeker, "notes"), body).expect(201);
    coach
        .patch(private.header("location"), json!({"text": "Rested."}))
        .expect(200);
    coach.delete(private.header("location")).expect(204);
    let jobs = || app.sql_value("SELECT count(*) FROM jobs WHERE kind = 'coaching.event'");
    eventually("the queue is empty", || jobs() == 0);
    assert_eq!(told(&app, seeker.id, &private.id()), []);
}
