//! Inviting, answering, changing, revoking.

use diesel::connection::SimpleConnection;
use serde_json::{Value, json};

use super::{agreed, answer, invite};
use crate::support::app::{TestApp, open};
use crate::support::victim::eventually;

const LINKS: &str = "/v1/coach-links";
const INVITATIONS: &str = "/v1/coach/invitations";

#[test]
fn a_seeker_invites_and_the_coach_accepts() {
    let app = TestApp::start();
    let (seeker, coach) = (app.user().named("Sam"), app.user());
    let link = invite(&seeker, &coach, json!({}));
    assert_eq!(link.text_at("/status"), "invited");
    assert_eq!(link.body["coach_id"], Value::Null);
    assert_eq!(
        link.body["scopes"],
        json!([
            "applications",
            "insights",
            "goals",
            "suggest_goals",
            "notes"
        ])
    );
    assert_eq!(link.body["allowed_transitions"], json!(["revoked"]));
    assert_eq!(
        seeker.get(link.header("location")).expect(200).body,
        link.body
    );
    let waiting = coach.get(INVITATIONS).expect(200);
    assert_eq!(waiting.each("id"), [link.id()]);
    assert_eq!(waiting.each("seeker_name"), ["Sam"]);
    assert_eq!(
        waiting.data()[0]["allowed_transitions"],
        json!(["active", "declined"])
    );
    answer(&coach, &link.id(), "active");
    let link = seeker.get(link.header("location")).expect(200);
    assert_eq!(link.text_at("/status"), "active");
    assert_eq!(link.body["coach_id"], json!(coach.id));
    assert_eq!(
        coach.get("/v1/coach/clients").expect(200).each("name"),
        ["Sam"]
    );
}

#[test]
fn an_invitation_is_for_one_address_only_and_answered_once() {
    let app = TestApp::start();
    let (seeker, coach, other) = (app.user(), app.user(), app.user());
    let id = invite(&seeker, &coach, json!({})).id();
    let path = format!("{INVITATIONS}/{id}");
    assert!(other.get(INVITATIONS).expect(200).data().is_empty());
    other.get(&path).problem(404, "not_found");
    let transitions = format!("{path}/transitions");
    other
        .post(&transitions, json!({"to": "active"}))
        .problem(404, "not_found");
    // Nor can the seeker accept it.
    seeker
        .post(&transitions, json!({"to": "active"}))
        .problem(404, "not_found");
    answer(&coach, &id, "declined");
    let again = coach
        .post(&transitions, json!({"to": "active"}))
        .problem(409, "illegal_transition");
    assert_eq!(again.text_at("/from"), "declined");
    assert_eq!(again.body["allowed"], json!([]));
    assert!(coach.get("/v1/coach/clients").expect(200).data().is_empty());
    // Whoever said no can be asked again.
    invite(&seeker, &coach, json!({}));
}

#[test]
fn an_unknown_address_waits_until_it_registers() {
    let app = TestApp::start();
    let seeker = app.user();
    let body = json!({"coach_email": "Robin@Later.example"});
    let link = seeker.post(LINKS, body).expect(201);
    assert_eq!(link.text_at("/coach_email"), "robin@later.example");
    let coach = app.user();
    assert!(coach.get(INVITATIONS).expect(200).data().is_empty());
    app.execute(&format!(
        "UPDATE users SET email = 'ROBIN@later.example', awaits_proof = true WHERE id = '{}'",
        coach.id
    ));
    assert!(
        coach.get(INVITATIONS).expect(200).data().is_empty(),
        "it is not proved yet"
    );
    coach
        .get(&format!("{INVITATIONS}/{}", link.id()))
        .problem(404, "not_found");
    app.execute(&format!(
        "UPDATE users SET email_verified_at = now() WHERE id = '{}'",
        coach.id
    ));
    assert_eq!(coach.get(INVITATIONS).expect(200).each("id"), [link.id()]);
    answer(&coach, &link.id(), "active");
}

#[test]
fn where_addresses_are_proved_an_unproved_one_is_nobodys() {
    let app = TestApp::with(&["--email-verification", "required"]);
    let (seeker, coach) = (app.user(), app.user());
    invite(&seeker, &coach, json!({}));
    assert!(coach.get(INVITATIONS).expect(200).data().is_empty());
    app.execute(&format!(
        "UPDATE users SET email_verified_at = now() WHERE id = '{}'",
        coach.id
    ));
    assert_eq!(coach.get(INVITATIONS).expect(200).data().len(), 1);
}

#[test]
fn nothing_tells_whether_an_address_has_an_account() {
    let app = TestApp::start();
    let (seeker, known) = (app.user(), app.user());
    let shape = |email: &str| {
        let answer = seeker
            .post(LINKS, json!({"coach_email": email}))
            .expect(201);
        let list = seeker.get(LINKS).expect(200);
        let neutral = |text: &str| {
            text.replace(email, "<address>")
                .replace(&answer.id(), "<id>")
        };
        let mut body: Value = serde_json::from_str(&neutral(&answer.text)).expect("JSON");
        for member in ["created_at", "updated_at", "status_since"] {
            body[member] = json!("<time>");
        }
        seeker
            .post(
                &format!("{LINKS}/{}/transitions", answer.id()),
                json!({"to": "revoked"}),
            )
            .expect(200);
        (body, list.data().len())
    };
    let (of_known, _) = shape(&known.email());
    let (of_unknown, _) = shape("nobody@example.com");
    assert_eq!(of_known, of_unknown);
}

#[test]
fn nobody_is_their_own_coach() {
    let app = TestApp::start();
    let seeker = app.user();
    let body =
        json!({"coach_email": seeker.email().to_uppercase(), "ends_at": "2999-01-01T00:00:00Z"});
    let refused = seeker.post(LINKS, body).problem(422, "invalid_fields");
    assert_eq!(refused.faults()[0].0, "/ends_at");
    let body = json!({"coach_email": seeker.email().to_uppercase()});
    let refused = seeker.post(LINKS, body).problem(422, "invalid_fields");
    assert_eq!(refused.faults(), [("/coach_email", "own_address")]);
    let body =
        json!({"coach_email": seeker.email().to_uppercase(), "ends_at": "2000-01-01T00:00:00Z"});
    let refused = seeker.post(LINKS, body).problem(422, "invalid_fields");
    assert_eq!(
        refused.faults(),
        [("/coach_email", "own_address"), ("/ends_at", "in_past")]
    );
}

#[test]
fn what_is_wrong_with_an_invitation_is_told() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T12:00:00Z");
    let seeker = app.user();
    let body = json!({"coach_email": "nobody", "scopes": ["goals", "goals"]});
    let refused = seeker.post(LINKS, body).problem(422, "invalid_fields");
    assert_eq!(
        refused.faults(),
        [("/coach_email", "invalid_email"), ("/scopes", "duplicate")]
    );
    let body = json!({"coach_email": "a@b.example", "scopes": ["everything"]});
    seeker.post(LINKS, body).problem(422, "invalid_fields");
    let body = json!({"coach_email": "a@b.example", "ends_at": "2026-03-05T12:00:00Z"});
    let refused = seeker.post(LINKS, body).problem(422, "invalid_fields");
    assert_eq!(refused.faults(), [("/ends_at", "in_past")]);
}

#[test]
fn an_address_has_one_open_link_at_a_time() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T12:00:00Z");
    let (seeker, coach) = (app.user(), app.user());
    let first = invite(&seeker, &coach, json!({"ends_at": "2026-03-10T12:00:00Z"})).id();
    let body = json!({"coach_email": coach.email().to_uppercase()});
    seeker
        .post(LINKS, body.clone())
        .problem(409, "coach_link_open");
    // Another seeker may invite the same coach.
    invite(&app.user(), &coach, json!({}));
    answer(&coach, &first, "active");
    seeker
        .post(LINKS, body.clone())
        .problem(409, "coach_link_open");
    app.set_clock("2026-03-10T12:00:00Z");
    let expired = seeker.get(&format!("{LINKS}/{first}")).expect(200);
    assert_eq!(expired.text_at("/status"), "expired");
    assert_eq!(expired.text_at("/status_since"), "2026-03-10T12:00:00Z");
    assert_eq!(
        seeker
            .get(&format!("{LINKS}?status=expired"))
            .expect(200)
            .each("id"),
        [first.as_str()]
    );
    assert!(
        seeker
            .get(&format!("{LINKS}?status=active"))
            .expect(200)
            .data()
            .is_empty()
    );
    seeker
        .patch(&format!("{LINKS}/{first}"), json!({"ends_at": null}))
        .problem(409, "coach_link_closed");
    let second = seeker.post(LINKS, body).expect(201).id();
    assert_ne!(first, second);
    assert_eq!(
        seeker.get(LINKS).expect(200).each("status"),
        ["invited", "expired"]
    );
}

#[test]
fn racing_invitations_make_one_link() {
    let app = TestApp::start();
    let (seeker, coach) = (app.user(), app.user());
    let body = json!({"coach_email": coach.email()});
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..6)
            .map(|_| scope.spawn(|| seeker.post(LINKS, body.clone()).send().status))
            .collect();
        tries
            .into_iter()
            .map(|it| it.join().expect("a status"))
            .collect()
    });
    assert_eq!(
        statuses.iter().filter(|it| **it == 201).count(),
        1,
        "{statuses:?}"
    );
    assert!(
        statuses.iter().all(|it| [201, 409].contains(it)),
        "{statuses:?}"
    );
}

#[test]
fn a_revoked_link_stays_revoked() {
    let app = TestApp::start();
    let (seeker, coach) = (app.user(), app.user());
    let id = agreed(&seeker, &coach, json!({}));
    let path = format!("{LINKS}/{id}");
    let moves = format!("{path}/transitions");
    seeker
        .post(&moves, json!({"to": "active"}))
        .problem(409, "illegal_transition");
    let revoked = seeker.post(&moves, json!({"to": "revoked"})).expect(200);
    assert_eq!(revoked.body["allowed_transitions"], json!([]));
    seeker
        .post(&moves, json!({"to": "revoked"}))
        .problem(409, "illegal_transition");
    seeker
        .patch(&path, json!({"scopes": []}))
        .problem(409, "coach_link_closed");
    let answers = format!("{INVITATIONS}/{id}/transitions");
    coach
        .post(&answers, json!({"to": "active"}))
        .problem(409, "illegal_transition");
}

#[test]
fn an_invitation_that_is_taken_back_while_it_is_accepted_stays_taken_back() {
    let app = TestApp::start();
    let (seeker, coach) = (app.user(), app.user());
    let id = invite(&seeker, &coach, json!({})).id();
    let mut meanwhile = open(&app.database().owner_url());
    let mut run = |sql: &str| meanwhile.batch_execute(sql).expect("the statement runs");
    run(&format!(
        "BEGIN; UPDATE coach_links SET status = 'revoked' WHERE id = '{id}'"
    ));
    std::thread::scope(|scope| {
        let path = format!("{INVITATIONS}/{id}/transitions");
        let accepting = scope.spawn(move || coach.post(&path, json!({"to": "active"})).send());
        eventually("the coach's request waits for the seeker's", || {
            app.sql_value("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") == 1
        });
        run("COMMIT");
        let refused = accepting.join().expect("an answer");
        refused.problem(409, "illegal_transition");
    });
    let link = seeker.get(&format!("{LINKS}/{id}")).expect(200);
    assert_eq!(link.text_at("/status"), "revoked");
}

#[test]
fn an_invitation_that_was_taken_back_is_out_of_sight() {
    let app = TestApp::start();
    let (seeker, coach) = (app.user(), app.user());
    let id = invite(&seeker, &coach, json!({})).id();
    seeker
        .post(
            &format!("{LINKS}/{id}/transitions"),
            json!({"to": "revoked"}),
        )
        .expect(200);
    assert!(coach.get(INVITATIONS).expect(200).data().is_empty());
    let answers = format!("{INVITATIONS}/{id}/transitions");
    coach
        .post(&answers, json!({"to": "active"}))
        .problem(404, "not_found");
}

#[test]
fn links_are_found_by_time_and_sorted() {
    let app = TestApp::start();
    app.set_clock("2026-03-01T12:00:00Z");
    let (seeker, coach) = (app.user(), app.user());
    let first = invite(&seeker, &coach, json!({})).id();
    app.set_clock("2026-03-02T12:00:00Z");
    let second = invite(&seeker, &app.user(), json!({})).id();
    app.set_clock("2026-03-03T12:00:00Z");
    let path = format!("{LINKS}/{first}");
    seeker.patch(&path, json!({"scopes": []})).expect(200);
    let list = |query: &str| {
        seeker
            .get(&format!("{LINKS}?{query}"))
            .expect(200)
            .each("id")
    };
    assert_eq!(list("sort=created_at"), [first.as_str(), &second]);
    assert_eq!(list("sort=-created_at"), [second.as_str(), &first]);
    assert_eq!(list("sort=updated_at"), [second.as_str(), &first]);
    assert_eq!(list("sort=-updated_at"), [first.as_str(), &second]);
    assert_eq!(list("updated_after=2026-03-02T12:00:00Z"), [first.as_str()]);
    assert_eq!(
        list("created_after=2026-03-01T12:00:00Z"),
        [second.as_str()]
    );
    let pages = seeker.pages(&format!("{LINKS}?sort=-updated_at&limit=1"));
    let ids: Vec<String> = pages.iter().flat_map(|page| page.each("id")).collect();
    assert_eq!(ids, [first.as_str(), &second]);
    let cursor = pages[0].text_at("/next_cursor");
    seeker
        .get(&format!("{LINKS}?sort=created_at&cursor={cursor}"))
        .problem(400, "invalid_cursor");
    seeker
        .get(&format!("{LINKS}?sort=coach_email"))
        .problem(400, "invalid_query");
    // The coach's side of the list.
    let invited = coach
        .get(&format!("{INVITATIONS}?sort=-updated_at"))
        .expect(200);
    assert_eq!(invited.each("id"), [first]);
}

#[test]
fn both_sides_read_of_it_in_their_change_logs() {
    let app = TestApp::start();
    let (seeker, coach) = (app.user(), app.user());
    agreed(&seeker, &coach, json!({}));
    let kinds = |user: uuid::Uuid| {
        let rows = app.sql(&format!(
            "SELECT kind FROM events WHERE owner_id = '{user}' ORDER BY xid, id"
        ));
        rows.iter()
            .map(|row| row["kind"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(kinds(coach.id), ["coach_invitation.transitioned"]);
    eventually("the seeker's event", || kinds(seeker.id).len() == 2);
    assert_eq!(
        kinds(seeker.id),
        ["coach_link.created", "coach_link.transitioned"]
    );
}
