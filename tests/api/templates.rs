//! Templates: texts to start a message from.

use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::builders::{User, merge};
use crate::support::client::{Answer, Request};

/// The first of those that come with the service.
const BUILT_IN: &str = "/v1/templates/01a19467-e800-7000-8000-000000000001";

fn template(user: &User<'_>, members: Value) -> Answer {
    let mut body = json!({"kind": "thank_you", "name": "Mine", "body": "Thank you, {{ name }}!"});
    merge(&mut body, members);
    user.post("/v1/templates", body).expect(201)
}

fn render(user: &User<'_>, id: &str, variables: Value) -> Request {
    let body = json!({"variables": variables});
    user.post(&format!("/v1/templates/{id}/render"), body)
}

#[test]
fn some_templates_come_with_the_service_in_three_voices_for_each_kind() {
    let app = TestApp::start();
    let user = app.user();
    for kind in [
        "rejection_reply",
        "feedback_request",
        "thank_you",
        "networking",
    ] {
        let found = user
            .get(&format!("/v1/templates?built_in=true&kind={kind}"))
            .expect(200);
        assert!(found.data().len() >= 3, "{found}");
        for row in found.data() {
            assert_eq!(row["built_in"], true);
            assert_eq!(row["kind"], kind);
            let id = row["id"].as_str().expect("an id");
            let one = user.get(&format!("/v1/templates/{id}")).expect(200);
            assert_eq!(one.body, *row);
        }
    }
    let one = user.get(BUILT_IN).expect(200);
    let names = ["recipient_name", "job_title", "sender_name"];
    assert_eq!(one.body["placeholders"], json!(names));
    user.get(BUILT_IN)
        .header("If-None-Match", one.header("etag"))
        .expect(304);
}

#[test]
fn what_comes_with_the_service_cannot_be_changed() {
    let app = TestApp::start();
    let user = app.user();
    let before = user.get(BUILT_IN).expect(200).body;
    user.patch(BUILT_IN, json!({"name": "Mine"}))
        .problem(403, "template_read_only");
    user.delete(BUILT_IN).problem(403, "template_read_only");
    assert_eq!(app.user().get(BUILT_IN).expect(200).body, before);
}

#[test]
fn a_variable_named_password_is_a_text_like_any_other() {
    let app = TestApp::start();
    let user = app.user();
    let made = template(
        &user,
        json!({"kind": "networking", "subject": "{{ new_password }}", "body": "The word is {{password}}."}),
    );
    let id = made.id();
    let message = |variables: Value| {
        let body = json!({"kind": "networking", "template_id": id, "variables": variables});
        user.post("/v1/messages", body)
    };
    for hostile in ["a\u{0}b", "a\u{7}b"] {
        let variables = json!({"password": hostile, "new_password": "x"});
        for answer in [
            message(variables.clone()).problem(422, "invalid_fields"),
            render(&user, &id, variables).problem(422, "invalid_fields"),
        ] {
            let faults = [("/variables/password", "control_character")];
            assert_eq!(answer.faults(), faults, "{answer}");
        }
    }
    let variables = json!({"password": " swordfish\r\n", "new_password": "e\u{301}"});
    let written = message(variables).expect(201);
    assert_eq!(written.body["body"], "The word is swordfish.");
    assert_eq!(written.body["subject"], "\u{e9}");
}

#[test]
fn a_template_is_written_read_changed_and_removed() {
    let app = TestApp::start();
    let user = app.user();
    let created = template(
        &user,
        json!({"subject": "{{job_title}} at {{ company }}", "body": "{{ company }}, {{ topic_2 }}"}),
    );
    let path = created.header("location").to_owned();
    assert_eq!(user.get(&path).expect(200).body, created.body);
    assert_eq!(created.body["built_in"], false);
    let names = json!(["job_title", "company", "topic_2"]);
    assert_eq!(created.body["placeholders"], names);

    let change = json!({"subject": null, "kind": "networking", "body": "Hello {{ a }}"});
    let changed = user.patch(&path, change).expect(200);
    assert_eq!(changed.body["subject"], Value::Null);
    assert_eq!(changed.body["kind"], "networking");
    assert_eq!(changed.body["name"], "Mine");
    assert_eq!(changed.body["placeholders"], json!(["a"]));
    assert_eq!(changed.body["version"], 2);
    user.patch(&path, json!({"name": "x"}))
        .header("If-Match", created.header("etag"))
        .problem(412, "precondition_failed");

    user.delete(&path).expect(204);
    user.get(&path).problem(404, "not_found");
    let kinds = app.sql("SELECT kind, data FROM events WHERE kind LIKE 'template.%' ORDER BY id");
    let kinds: Vec<&Value> = kinds.iter().map(|row| &row["kind"]).collect();
    assert_eq!(
        json!(kinds),
        json!(["template.created", "template.updated", "template.deleted"])
    );
}

#[test]
fn a_template_holds_placeholders_and_no_logic() {
    let app = TestApp::start();
    let user = app.user();
    for (text, place) in [
        ("{{", 1),
        ("Dear {{a b}}", 6),
        ("{{#if x}}y{{/if}}", 1),
        ("Ünï {{ Name }}", 5),
        ("{{7*7}}", 1),
        ("{{ {{a}} }}", 1),
        ("{{a}} }}", 7),
    ] {
        let body = json!({"kind": "thank_you", "name": "x", "subject": text, "body": text});
        let refused = user
            .post("/v1/templates", body)
            .problem(422, "invalid_fields");
        let code = "malformed_placeholder";
        assert_eq!(
            refused.faults(),
            [("/body", code), ("/subject", code)],
            "{text}"
        );
        let words = format!("Character {place} begins no placeholder.");
        assert!(
            refused.text_at("/errors/0/detail").starts_with(&words),
            "{refused}"
        );
    }
    let single = template(&user, json!({"body": "{ } {x} {{ x }}} end}"}));
    assert_eq!(single.body["placeholders"], json!(["x"]));
}

#[test]
fn a_template_keeps_within_its_limits() {
    let app = TestApp::start();
    let user = app.user();
    let many = |count: usize| {
        (0..count)
            .map(|n| format!("{{{{ a{n} }}}}"))
            .collect::<String>()
    };
    template(&user, json!({"body": many(50)}));
    let body = json!({"kind": "thank_you", "name": "a\nb", "subject": "a\nb", "body": many(51)});
    let refused = user
        .post("/v1/templates", body)
        .problem(422, "invalid_fields");
    assert_eq!(
        refused.faults(),
        [
            ("/body", "too_many_placeholders"),
            ("/name", "line_break"),
            ("/subject", "line_break")
        ]
    );
    let long = "x".repeat(51);
    let body = json!({"kind": "thank_you", "name": "x", "body": format!("{{{{{long}}}}}")});
    let refused = user
        .post("/v1/templates", body)
        .problem(422, "invalid_fields");
    assert_eq!(refused.faults(), [("/body", "malformed_placeholder")]);
}

#[test]
fn own_templates_and_those_of_the_service_page_in_one_order_whatever_the_clock_says() {
    let app = TestApp::start();
    let user = app.user();
    let others = app.user();
    // Before, at and after the instant that the ones of the service bear.
    for (number, instant) in [
        "2020-01-01T00:00:00Z",
        "2026-11-01T00:00:00Z",
        "2026-11-01T00:00:00Z",
        "2031-01-01T00:00:00Z",
    ]
    .iter()
    .enumerate()
    {
        app.set_clock(instant);
        template(&user, json!({"name": format!("Mine {number}")}));
        template(&others, json!({}));
    }
    app.set_clock("2020-06-01T00:00:00Z");
    let first = user
        .get("/v1/templates?built_in=false&sort=created_at")
        .expect(200);
    let path = format!("/v1/templates/{}", first.text_at("/data/0/id"));
    app.set_clock("2032-01-01T00:00:00Z");
    user.patch(&path, json!({"name": "Changed last"}))
        .expect(200);
    app.set_clock("2020-06-01T00:00:00Z");

    let whole = user.get("/v1/templates?limit=100").expect(200);
    assert_eq!(whole.data().len(), 16);
    for member in ["created_at", "updated_at"] {
        let mut expected = whole.data().to_vec();
        let key = |row: &Value| {
            let text = |name: &str| row[name].as_str().expect("a text").to_owned();
            (text(member), text("id"))
        };
        expected.sort_by_key(key);
        for sort in [member.to_owned(), format!("-{member}")] {
            for limit in [1, 3, 100] {
                let pages = user.pages(&format!("/v1/templates?sort={sort}&limit={limit}"));
                let found: Vec<Value> = pages.iter().flat_map(|it| it.data().to_vec()).collect();
                assert_eq!(found, expected, "{sort}, {limit} a page");
            }
            expected.reverse();
        }
    }
}

#[test]
fn templates_are_found_by_kind_origin_and_time() {
    let app = TestApp::start();
    app.set_clock("2027-01-01T00:00:00Z");
    let user = app.user();
    let mine = template(&user, json!({"kind": "networking"})).id();
    let found = |query: &str| user.get(&format!("/v1/templates?{query}")).expect(200);
    assert_eq!(found("built_in=false").each("id"), [mine.as_str()]);
    let service = found("built_in=true").each("built_in");
    assert!(service.len() >= 12 && service.iter().all(|it| it == "true"));
    let kinds = found("kind=networking,thank_you&limit=100");
    assert!(kinds.each("id").contains(&mine) && kinds.data().len() >= 7);
    assert!(kinds.each("kind").iter().all(|it| it != "rejection_reply"));
    assert_eq!(
        found("created_after=2026-12-01T00:00:00Z").each("id"),
        [mine.as_str()]
    );
    assert!(
        found("updated_after=2027-01-01T00:00:00Z")
            .data()
            .is_empty()
    );
    assert!(found("built_in=false&kind=thank_you").data().is_empty());
    user.get("/v1/templates?built_in=true&sort=name")
        .problem(400, "invalid_query");
    let foreign = user
        .get("/v1/templates?limit=1&sort=created_at")
        .expect(200);
    let cursor = foreign.text_at("/next_cursor");
    user.get(&format!("/v1/templates?built_in=true&cursor={cursor}"))
        .problem(400, "invalid_cursor");
}

#[test]
fn a_template_is_filled_in_and_its_values_are_inert() {
    let app = TestApp::start();
    let user = app.user();
    let text = "{{ a }} {{b}}\n{{ a }} {{ c }}";
    let id = template(&user, json!({"subject": "About {{a}}", "body": text})).id();
    let values = json!({"a": "{{ b }}{{7*7}}", "b": "secret\nline", "zebra": "x", "d": "{{"});
    let filled = render(&user, &id, values).expect(200);
    assert_eq!(
        filled.body,
        json!({
            "subject": "About {{ b }}{{7*7}}",
            "body": "{{ b }}{{7*7}} secret\nline\n{{ b }}{{7*7}} {{ c }}",
            "missing": ["c"], "unknown": ["d", "zebra"]
        })
    );
    let bare = render(&user, &id, json!({})).expect(200);
    assert_eq!(bare.body["body"], text);
    assert_eq!(bare.body["missing"], json!(["a", "b", "c"]));
    let service = BUILT_IN.rsplit('/').next().expect("an id");
    let filled = render(&user, service, json!({"recipient_name": "Ms. Okafor"})).expect(200);
    assert!(filled.text_at("/body").starts_with("Dear Ms. Okafor,\n"));
    assert_eq!(filled.body["missing"], json!(["job_title", "sender_name"]));
}

#[test]
fn values_that_do_not_fit_are_refused_each_by_its_name() {
    let app = TestApp::start();
    let user = app.user();
    let id = template(
        &user,
        json!({"subject": "{{a}}", "body": "{{a}}{{b}}{{b}}{{b}}{{b}}{{b}}"}),
    )
    .id();
    let long = "x".repeat(5001);
    let values = json!({"a": "", "B": "x", "c": long, "d": "fine", "e": 7});
    let refused = render(&user, &id, values).problem(422, "invalid_fields");
    assert_eq!(
        refused.faults(),
        [
            ("/variables/B", "invalid_name"),
            ("/variables/a", "too_short"),
            ("/variables/c", "too_long"),
            ("/variables/e", "wrong_type")
        ]
    );
    let many: Value = (0..51)
        .map(|n| (format!("a{n}"), json!("x")))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let refused = render(&user, &id, many).problem(422, "invalid_fields");
    assert_eq!(refused.faults(), [("/variables", "too_many")]);
    let refused = render(&user, &id, json!({"a": "x\r\nBcc: y"})).problem(422, "invalid_fields");
    assert_eq!(refused.faults(), [("/variables/a", "line_break")]);
    let long = json!({"a": "x".repeat(201), "b": "x".repeat(4999)});
    let refused = render(&user, &id, long).problem(422, "invalid_fields");
    assert_eq!(refused.faults(), [("/variables", "too_long"); 2]);
}

#[test]
fn a_template_of_somebody_else_is_unknown() {
    let app = TestApp::start();
    let (user, other) = (app.user(), app.user());
    let id = template(&other, json!({})).id();
    let path = format!("/v1/templates/{id}");
    user.get(&path).problem(404, "not_found");
    user.patch(&path, json!({"name": "x"}))
        .problem(404, "not_found");
    user.delete(&path).problem(404, "not_found");
    render(&user, &id, json!({})).problem(404, "not_found");
    let refused = user
        .post("/v1/messages", json!({"template_id": id}))
        .problem(404, "not_found");
    assert_eq!(refused.faults(), [("/template_id", "unknown_reference")]);
}
