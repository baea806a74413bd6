//! Writing messages: in one's own words or from a template, and finding them again.

use serde_json::{Value, json};

use super::{POLITE, draft, ready, send, show, transition};
use crate::support::app::TestApp;
use crate::support::builders::User;

/// `Brief reply to a rejection`, which comes with the service.
const BRIEF: &str = "01a19467-e800-7000-8000-000000000001";
const NOBODYS: &str = "019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55";

fn template(user: &User<'_>, subject: &str, body: &str) -> String {
    let fields =
        json!({"kind": "rejection_reply", "name": "Mine", "subject": subject, "body": body});
    user.post("/v1/templates", fields).expect(201).id()
}

#[test]
fn a_message_in_ones_own_words_is_taken_as_it_is() {
    let app = TestApp::start();
    let user = app.user();
    let text = "Dear {{ name }}, {{7*7}} {{#if x}} ${7*7}";
    let created = draft(&user, json!({"subject": "{{7*7}}", "body": text}));
    assert_eq!(
        created.header("location"),
        format!("/v1/messages/{}", created.id())
    );
    assert_eq!(created.body["body"], text);
    assert_eq!(created.body["subject"], "{{7*7}}");
    assert_eq!(created.body["status"], "draft");
    assert_eq!(created.body["template_id"], Value::Null);
    assert_eq!(show(&user, &created.id()), created.body);
    let plain = draft(&user, json!({"subject": null}));
    assert_eq!(plain.body["subject"], Value::Null);
    assert_eq!(plain.body["body"], POLITE);
}

#[test]
fn a_message_comes_from_a_template_or_from_ones_own_words() {
    let app = TestApp::start();
    let user = app.user();
    let refused = |body: Value| {
        user.post("/v1/messages", body)
            .problem(422, "invalid_fields")
    };
    let both = refused(
        json!({"template_id": BRIEF, "kind": "rejection_reply", "subject": "a", "body": "b"}),
    );
    let code = "contradiction";
    assert_eq!(
        both.faults(),
        [("/body", code), ("/subject", code), ("/template_id", code)]
    );
    let neither = refused(json!({"kind": "thank_you", "subject": "a"}));
    assert_eq!(
        neither.faults(),
        [("/body", "required"), ("/template_id", "required")]
    );
    let subject = refused(json!({"template_id": BRIEF, "subject": "a"}));
    assert_eq!(
        subject.faults(),
        [("/subject", code), ("/template_id", code)]
    );
    let kindless = refused(json!({"body": "b", "variables": {"a": "b"}}));
    assert_eq!(
        kindless.faults(),
        [("/kind", "required"), ("/variables", code)]
    );
    let other_kind = refused(json!({"template_id": BRIEF, "kind": "thank_you"}));
    assert_eq!(other_kind.faults(), [("/kind", code)]);
    let same_kind = json!({"template_id": BRIEF, "kind": "rejection_reply"});
    user.post("/v1/messages", same_kind).expect(201);
}

#[test]
fn a_template_is_filled_in_with_what_is_known() {
    let app = TestApp::start();
    let user = app.user();
    user.patch("/v1/me", json!({"display_name": "Sam  Rivera"}))
        .expect(200);
    let application = user
        .application(json!({"company": "Kite & Anchor", "job_title": "Back\nend {{ x }}"}))
        .id();
    let id = template(
        &user,
        "{{ job_title }}",
        "{{ recipient_name }}|{{ company }}|{{ job_title }}|{{ sender_name }}|{{ topic }}|{{ rest }}",
    );
    let wanted = json!({
        "template_id": id, "application_id": application, "recipient_name": "Ms. Okafor",
        "variables": {"topic": "{{ company }}\nlines", "company": "Kite"}
    });
    let created = user.post("/v1/messages", wanted).expect(201);
    assert_eq!(created.body["subject"], "Back end {{ x }}");
    assert_eq!(
        created.body["body"],
        "Ms. Okafor|Kite|Back end {{ x }}|Sam Rivera|{{ company }}\nlines|{{ rest }}"
    );
    assert_eq!(created.body["kind"], "rejection_reply");
    assert_eq!(created.body["template_id"], id);
    // What it became does not change with the template.
    let path = format!("/v1/templates/{id}");
    user.patch(&path, json!({"body": "Other"})).expect(200);
    user.delete(&path).expect(204);
    assert_eq!(show(&user, &created.id()), created.body);
}

#[test]
fn nothing_stays_open_in_a_template_of_the_service_when_all_is_known() {
    let app = TestApp::start();
    let user = app.user();
    user.patch("/v1/me", json!({"display_name": "Sam Rivera"}))
        .expect(200);
    let application = user.application(json!({})).id();
    let found = user
        .get("/v1/templates?built_in=true&kind=rejection_reply,feedback_request")
        .expect(200);
    assert_eq!(found.data().len(), 6);
    for id in found.each("id") {
        let wanted = json!({"template_id": id, "application_id": application, "recipient_name": "Ms. Okafor"});
        let created = user.post("/v1/messages", wanted).expect(201);
        assert_eq!(created.body["tone"]["verdict"], "clean", "{created}");
    }
    let bare = user
        .post("/v1/messages", json!({"template_id": BRIEF}))
        .expect(201);
    assert!(
        bare.text_at("/body")
            .starts_with("Dear {{ recipient_name }},\n")
    );
    assert_eq!(bare.body["tone"]["verdict"], "blocked");
}

#[test]
fn variables_that_do_not_fit_the_template_are_refused_each_by_its_name() {
    let app = TestApp::start();
    let user = app.user();
    let id = template(&user, "{{ a }}", "{{ a }} {{ b }}");
    let wanted = json!({"template_id": id, "variables": {"a": "x\ny", "compnay": "Kite", "company": "Kite"}});
    let refused = user
        .post("/v1/messages", wanted)
        .problem(422, "invalid_fields");
    assert_eq!(
        refused.faults(),
        [
            ("/variables/a", "line_break"),
            ("/variables/company", "unknown_variable"),
            ("/variables/compnay", "unknown_variable")
        ]
    );
    let long = json!({"template_id": id, "variables": {"a": "x".repeat(201)}});
    let refused = user
        .post("/v1/messages", long)
        .problem(422, "invalid_fields");
    assert_eq!(refused.faults(), [("/variables", "too_long")]);
}

#[test]
fn what_a_message_refers_to_has_to_be_ones_own() {
    let app = TestApp::start();
    let (user, other) = (app.user(), app.user());
    let application = other.application(json!({"status": "applied"})).id();
    let body = json!({"application_id": application});
    let feedback = other.post("/v1/feedback-requests", body).expect(201).id();
    let foreign_template = template(&other, "a", "b");
    let mine = draft(&user, json!({"kind": "feedback_request"})).id();
    for (member, foreign) in [
        ("application_id", &application),
        ("feedback_request_id", &feedback),
    ] {
        for id in [foreign.as_str(), NOBODYS] {
            let mut body = json!({"kind": "feedback_request", "body": "Hello"});
            body[member] = json!(id);
            let pointer = format!("/{member}");
            let expected = [(pointer.as_str(), "unknown_reference")];
            let refused = user.post("/v1/messages", body).problem(404, "not_found");
            assert_eq!(refused.faults(), expected);
            let mut change = json!({});
            change[member] = json!(id);
            let refused = user
                .patch(&format!("/v1/messages/{mine}"), change)
                .problem(404, "not_found");
            assert_eq!(refused.faults(), expected);
        }
    }
    for id in [foreign_template.as_str(), NOBODYS] {
        let refused = user
            .post("/v1/messages", json!({"template_id": id}))
            .problem(404, "not_found");
        assert_eq!(refused.faults(), [("/template_id", "unknown_reference")]);
        let with_application = json!({"template_id": BRIEF, "application_id": application});
        let refused = user
            .post("/v1/messages", with_application)
            .problem(404, "not_found");
        assert_eq!(refused.faults(), [("/application_id", "unknown_reference")]);
    }
}

#[test]
fn a_feedback_request_brings_its_application_along() {
    let app = TestApp::start();
    let user = app.user();
    let application = user.application(json!({"status": "applied"})).id();
    let second = user.application(json!({"status": "applied"})).id();
    let body = json!({"application_id": application});
    let feedback = user.post("/v1/feedback-requests", body).expect(201).id();
    let created = draft(
        &user,
        json!({"kind": "feedback_request", "feedback_request_id": feedback}),
    );
    assert_eq!(created.body["application_id"], application);

    let path = format!("/v1/messages/{}", created.id());
    let refused = user
        .patch(&path, json!({"application_id": second}))
        .problem(422, "invalid_fields");
    assert_eq!(
        refused.faults(),
        [("/feedback_request_id", "other_application")]
    );
    let kept = user
        .patch(&path, json!({"application_id": null}))
        .expect(200);
    assert_eq!(kept.body["application_id"], application);
    let moved = json!({"application_id": second, "feedback_request_id": null});
    assert_eq!(
        user.patch(&path, moved).expect(200).body["application_id"],
        second
    );

    let wrong = |members: Value| {
        let mut body =
            json!({"kind": "feedback_request", "body": "Hello", "feedback_request_id": feedback});
        crate::support::builders::merge(&mut body, members);
        user.post("/v1/messages", body)
            .problem(422, "invalid_fields")
    };
    let pointer = "/feedback_request_id";
    assert_eq!(
        wrong(json!({"application_id": second})).faults(),
        [(pointer, "other_application")]
    );
    assert_eq!(
        wrong(json!({"kind": "thank_you"})).faults(),
        [(pointer, "wrong_kind")]
    );
}

#[test]
fn messages_are_found_by_kind_status_application_and_time() {
    let app = TestApp::start();
    let user = app.user();
    let application = user.application(json!({"status": "applied"})).id();
    app.set_clock("2026-12-01T10:00:00Z");
    let first = ready(
        &user,
        json!({"kind": "thank_you", "application_id": application}),
    );
    app.set_clock("2026-12-02T10:00:00Z");
    let second = draft(&user, json!({"kind": "networking"})).id();
    app.set_clock("2026-12-03T10:00:00Z");
    let third = draft(&user, json!({})).id();
    transition(&user, &third, json!({"to": "discarded"})).expect(200);
    app.set_clock("2026-12-04T10:00:00Z");
    send(&user, &first).expect(200);
    let found = |query: &str| {
        user.get(&format!("/v1/messages?{query}"))
            .expect(200)
            .each("id")
    };
    let ids = |ids: &[&String]| ids.iter().map(|id| (*id).clone()).collect::<Vec<_>>();
    assert_eq!(found("kind=thank_you,networking"), ids(&[&second, &first]));
    assert_eq!(
        found("status=sent&status=draft&sort=created_at"),
        ids(&[&first, &second])
    );
    assert_eq!(
        found(&format!("application_id={application}")),
        ids(&[&first])
    );
    assert_eq!(
        found("created_after=2026-12-02T09:00:00Z"),
        ids(&[&third, &second])
    );
    assert_eq!(found("updated_after=2026-12-03T11:00:00Z"), ids(&[&first]));
    assert_eq!(found("sort=-updated_at"), ids(&[&first, &third, &second]));
    for (sort, order) in [
        ("created_at", [&first, &second, &third]),
        ("updated_at", [&second, &third, &first]),
    ] {
        let pages = user.pages(&format!("/v1/messages?sort={sort}&limit=1"));
        let all: Vec<String> = pages.iter().flat_map(|page| page.each("id")).collect();
        assert_eq!(all, ids(&order));
    }
    let listed = user.get("/v1/messages?status=sent").expect(200);
    assert_eq!(listed.data()[0], show(&user, &first));
    user.get("/v1/messages?status=lost")
        .problem(400, "invalid_query");
}
