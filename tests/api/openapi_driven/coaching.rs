//! Promises 2 and 3: a coach sees what was granted, and revocation holds from the next request on. Every
//! operation of the document that a coach has on a client is tried; a new one is covered without anyone adding it.

use serde_json::json;

use super::world::{self, NOBODYS, comparable, own_body, request};
use crate::support::app::TestApp;
use crate::support::builders::User;
use crate::support::coaching::{SCOPES, link, note, suggestion};
use crate::support::document::{Operation, operations};

/// Where a coach meets a client.
const CLIENT: &str = "/v1/coach/clients/{seeker_id}/";

/// The operations of a coach on a client, each with the scope that it needs.
fn of_a_coach() -> Vec<(Operation, &'static str)> {
    let all = operations().into_iter();
    let found: Vec<_> = all
        .filter_map(|it| {
            let rest = it.path.strip_prefix(CLIENT)?;
            let scope = match rest.split('/').next()? {
                "applications" => "applications",
                "insights" => "insights",
                "goals" => "goals",
                "reflections" => "reflections",
                "feedback-requests" => "feedback",
                "wellbeing-check-ins" => "wellbeing",
                "goal-suggestions" => "suggest_goals",
                "notes" => "notes",
                other => panic!("which scope does {other} of a client need? Say so in tests/api/openapi_driven/coaching.rs"),
            };
            Some((it, scope))
        })
        .collect();
    assert!(found.len() >= 10, "{found:?}");
    found
}

/// Moves the one link of the test to a state.
fn set(app: &TestApp, coach: &User<'_>, state: &str, scopes: &[&str]) {
    let (status, end) = match state {
        "expired" => ("active", "'2026-03-01T00:00:00Z'"),
        other => (other, "NULL"),
    };
    let coach_id = match state {
        "invited" => "NULL".to_owned(),
        _ => format!("'{}'", coach.id),
    };
    app.execute(&format!(
        "UPDATE coach_links SET status = '{status}', coach_id = {coach_id}, ends_at = {end}, scopes = '{{{}}}'",
        scopes.join(",")
    ));
}

/// A path with real ids: of the client, and of what the coach wrote about them.
fn path(operation: &Operation, seeker: &str, coach: &User<'_>, client: &User<'_>) -> String {
    let path = operation.path.replace("{seeker_id}", seeker);
    if !path.contains("{id}") {
        return path;
    }
    let id = match path.contains("/notes/") {
        true => note(coach, client, "private"),
        false => suggestion(coach, client),
    };
    path.replace("{id}", &id)
}

#[test]
fn a_coach_sees_what_was_granted_and_nothing_else() {
    let app = world::app();
    app.set_clock("2026-03-05T12:00:00Z");
    let (coach, seeker) = (world::user(&app), world::user(&app));
    seeker.application(json!({"company": "Canary"}));
    link(&app, &seeker, &coach, "active", &[]);
    let id = seeker.id.to_string();
    let all_but = |out: &str| {
        SCOPES
            .into_iter()
            .filter(|it| *it != out)
            .collect::<Vec<_>>()
    };
    for (operation, needed) in of_a_coach() {
        let body = own_body(&coach, &operation);
        let mut tries: Vec<Vec<&str>> = SCOPES.iter().map(|it| vec![*it]).collect();
        tries.extend([Vec::new(), SCOPES.to_vec(), all_but(needed)]);
        for scopes in tries {
            for state in ["active", "invited", "expired", "revoked", "declined"] {
                // Without an active link no scope makes a difference: one without and one with all.
                if state != "active" && ![0, SCOPES.len()].contains(&scopes.len()) {
                    continue;
                }
                set(&app, &coach, state, &scopes);
                let path = path(&operation, &id, &coach, &seeker);
                let before = app.sql_value("SELECT count(*) FROM coach_accesses");
                let answer = request(&coach, &operation, &path, body.as_ref()).send();
                let what = format!("{} {state} {scopes:?}: {answer}", operation.id());
                let logged = app.sql_value("SELECT count(*) FROM coach_accesses") != before;
                if state != "active" {
                    assert_eq!(answer.status, 404, "{what}");
                    let random = path.replace(&id, NOBODYS);
                    let random = request(&coach, &operation, &random, body.as_ref()).send();
                    assert_eq!(comparable(&answer), comparable(&random), "{what}");
                } else if scopes.contains(&needed) {
                    assert!(answer.status < 300, "{what}");
                } else {
                    let refused = answer.problem(403, "scope_missing");
                    assert_eq!(refused.text_at("/scope"), needed, "{what}");
                    assert!(!refused.text.contains("Canary"), "{what}");
                }
                let reads =
                    operation.method == "GET" && state == "active" && scopes.contains(&needed);
                assert_eq!(logged, reads, "the access log of {what}");
            }
        }
        app.execute("DELETE FROM coach_links");
        let nobody = path(&operation, &id, &coach, &seeker);
        request(&coach, &operation, &nobody, body.as_ref()).problem(404, "not_found");
        link(&app, &seeker, &coach, "active", &[]);
    }
}

#[test]
fn revocation_holds_from_the_next_request_on_with_the_same_token() {
    let app = world::app();
    let (coach, seeker) = (world::user(&app), world::user(&app));
    let token = coach.token();
    for (operation, _) in of_a_coach() {
        let id = link(&app, &seeker, &coach, "active", &SCOPES);
        let body = own_body(&coach, &operation);
        let send = || {
            let path = path(&operation, &seeker.id.to_string(), &coach, &seeker);
            let bare = app.request(&operation.method, &path).bearer(&token);
            world::with_body(bare, &operation, body.as_ref()).send()
        };
        let granted = send();
        assert!(granted.status < 300, "{}: {granted}", operation.id());
        let clients = app.get("/v1/coach/clients").bearer(&token);
        assert_eq!(clients.expect(200).data().len(), 1);
        let transitions = format!("/v1/coach-links/{id}/transitions");
        seeker
            .post(&transitions, json!({"to": "revoked"}))
            .expect(200);
        send().problem(404, "not_found");
        let clients = app.get("/v1/coach/clients").bearer(&token);
        assert!(clients.expect(200).data().is_empty());
    }
}

#[test]
fn whoever_is_no_party_reaches_nothing_of_a_link() {
    let app = world::app();
    let (coach, seeker, other) = (world::user(&app), world::user(&app), world::user(&app));
    link(&app, &seeker, &coach, "active", &SCOPES);
    let before = world::belongings(&app, &seeker);
    for (operation, _) in of_a_coach() {
        let path = path(&operation, &seeker.id.to_string(), &coach, &seeker);
        let body = own_body(&other, &operation);
        // Not even the seeker is a coach of themselves.
        for user in [&other, &seeker] {
            request(user, &operation, &path, body.as_ref()).problem(404, "not_found");
        }
    }
    let after = world::belongings(&app, &seeker);
    assert_eq!(
        after["coach_links.seeker_id"],
        before["coach_links.seeker_id"]
    );
    assert_eq!(after["coach_accesses.seeker_id"], json!([]));
}
