//! The collection of a small document.

use serde_json::{Value, json};

use super::collection::collection;

fn document() -> Value {
    let created = json!({"201": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}});
    let listed = json!({"200": {"content": {"application/json": {"schema": {}}}}});
    let id = json!([{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}]);
    let operation = |tag: &str, name: &str, more: Value| {
        let mut operation = json!({"tags": [tag], "summary": name, "operationId": name, "security": [{"bearer": []}], "responses": listed});
        for (member, value) in more.as_object().into_iter().flatten() {
            operation[member] = value.clone();
        }
        operation
    };
    let body = |example: Value| json!({"content": {"application/json": {"example": example, "schema": {}}}});
    json!({
        "info": {"version": "1.2.3"},
        "tags": [{"name": "Things", "description": "What there is."}, {"name": "First", "description": "Why."}],
        "paths": {
            "/v1/firsts": {"get": operation("First", "list_firsts", json!({}))},
            "/v1/things/{id}": {
                "delete": operation("Things", "delete_thing", json!({"parameters": id})),
                "get": operation("Things", "get_thing", json!({"parameters": id})),
            },
            "/v1/things/{id}/transitions": {
                "post": operation("Things", "transition_thing", json!({"parameters": id, "requestBody": body(json!({"to": "closed"}))}))
            },
            "/v1/things": {
                "get": operation("Things", "list_things", json!({"parameters": [
                    {"name": "q", "in": "query", "required": false, "schema": {}},
                    {"name": "day", "in": "query", "required": true, "schema": {"type": "string", "format": "date"}}
                ]})),
                "post": operation("Things", "create_thing", json!({
                    "responses": created,
                    "requestBody": body(json!({"application_id": "019a", "text": "Dear {{ name }}"}))
                })),
            },
            "/v1/stream": {"get": operation("Things", "stream_things", json!({"responses": {"200": {"content": {"text/event-stream": {}}}}}))}
        },
        "components": {"schemas": {"Thing": {"type": "object", "properties": {}}}}
    })
}

fn names(text: &str) -> Vec<&str> {
    let lines = text.lines();
    lines
        .filter_map(|line| line.strip_prefix("# @name "))
        .collect()
}

#[test]
fn requests_stand_under_their_tags_behind_what_gives_their_ids_and_endings_last() {
    let text = collection(&document());
    assert_eq!(
        names(&text),
        [
            "create_thing",
            "get_thing",
            "list_things",
            "stream_things",
            "delete_thing",
            "transition_thing",
            "list_firsts"
        ],
        "{text}"
    );
    assert!(text.contains("### Things\n# What there is.\n"), "{text}");
    assert!(text.starts_with("# Rebound 1.2.3:"), "{text}");
}

#[test]
fn ids_are_kept_from_answers_and_used_further_down() {
    let text = collection(&document());
    assert!(
        text.contains("client.global.set(\"thing_id\", response.body.id)"),
        "{text}"
    );
    assert!(
        text.contains("GET {{host}}/v1/things/{{thing_id}}\n"),
        "{text}"
    );
    assert!(
        text.contains("\"application_id\": \"{{application_id}}\""),
        "{text}"
    );
}

#[test]
fn a_calendar_is_read_at_the_address_that_its_feed_was_given() {
    let mut document = document();
    let create = document["paths"]["/v1/things"]["post"].clone();
    document["paths"]["/v1/calendar-feeds"]["post"] = create;
    let get = document["paths"]["/v1/things/{id}"]["get"].clone();
    document["paths"]["/calendar/{file}"]["get"] = get.clone();
    document["paths"]["/v1/calendar-feeds/{id}"]["get"] = get;
    let text = collection(&document);
    assert!(
        text.contains(
            r#"client.global.set("calendar_file", response.body.url.split("/").pop()); } %}"#
        ),
        "{text}"
    );
    assert!(
        text.contains("GET {{host}}/calendar/{{calendar_file}}\n"),
        "{text}"
    );
}

#[test]
fn braces_of_a_text_are_no_variable() {
    let text = collection(&document());
    assert!(
        text.contains(r#""text": "Dear \u007b\u007b name }}""#),
        "{text}"
    );
}

#[test]
fn only_what_is_needed_is_in_the_query() {
    let text = collection(&document());
    assert!(
        text.contains("# Also takes: q\nGET {{host}}/v1/things?day=2026-03-05\n"),
        "{text}"
    );
}

#[test]
fn what_ends_something_or_never_ends_is_not_sent_with_the_others() {
    let text = collection(&document());
    for (name, sent) in [
        ("create_thing", true),
        ("get_thing", true),
        ("stream_things", false),
        ("delete_thing", false),
        ("transition_thing", false),
    ] {
        assert_eq!(
            text.contains(&format!("# @name {name}\n# @tag story\n")),
            sent,
            "{name}"
        );
    }
}
