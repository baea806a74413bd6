//! Small documents that differ in one thing each.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::changes::{Weight, compare};

fn now() -> DateTime<Utc> {
    "2027-03-01T00:00:00Z".parse().expect("an instant")
}

/// A document with one operation that takes and gives a thing.
fn document() -> Value {
    json!({
        "paths": {"/v1/things": {"post": {
            "operationId": "create_thing",
            "security": [],
            "parameters": [
                {"name": "dry_run", "in": "query", "required": false, "schema": {"type": "boolean"}},
                {"name": "sort", "in": "query", "required": false, "schema": {"type": "string", "enum": ["name", "size"]}}
            ],
            "requestBody": {"required": true, "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/ThingFields"}},
                "text/csv": {"schema": {"type": "string"}}
            }},
            "responses": {
                "201": {
                    "headers": {"Location": {}},
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}
                },
                "422": {"content": {"application/problem+json": {"schema": {"type": "object"}}}}
            }
        }}},
        "components": {"schemas": {
            "ThingFields": {
                "type": "object",
                "required": ["name"],
                "additionalProperties": false,
                "properties": {
                    "name": {"type": "string", "minLength": 1, "maxLength": 20},
                    "size": {"type": "integer", "minimum": 0, "maximum": 9},
                    "kind": {"oneOf": [{"$ref": "#/components/schemas/Kind"}, {"type": "null"}]},
                    "tags": {"type": "array", "maxItems": 5, "items": {"type": "string", "maxLength": 9}}
                }
            },
            "Thing": {
                "type": "object",
                "required": ["id", "name", "kind", "status"],
                "properties": {
                    "id": {"type": "string", "format": "uuid"},
                    "name": {"type": "string", "maxLength": 20},
                    "kind": {"$ref": "#/components/schemas/Kind"},
                    "status": {"type": "string", "enum": ["open", "done"]},
                    "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}},
                    "result": {"oneOf": [{"$ref": "#/components/schemas/Kind"}, {"title": "Count", "type": "integer"}]}
                }
            },
            "Kind": {"type": "string", "enum": ["big", "small"]}
        }}
    })
}

const OPERATION: &str = "/paths/~1v1~1things/post";

/// What is said of a document in which the value at a pointer is another one, or gone.
fn said(pointer: &str, value: impl Into<Option<Value>>) -> Vec<String> {
    said_of(&document(), pointer, value)
}

fn said_of(old: &Value, pointer: &str, value: impl Into<Option<Value>>) -> Vec<String> {
    let mut new = old.clone();
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
    let parent = new.pointer_mut(parent).expect("a place in the document");
    let name = name.replace("~1", "/");
    match (parent, value.into()) {
        (Value::Array(items), value) => {
            let at = name.parse::<usize>().unwrap_or(items.len());
            if at < items.len() {
                items.remove(at);
            }
            if let Some(value) = value {
                items.insert(at, value);
            }
        }
        (parent, Some(value)) => parent[name.as_str()] = value,
        (Value::Object(members), None) => {
            members.remove(&name).expect("something to remove");
        }
        (parent, None) => panic!("{parent} has no members"),
    }
    compare(old, &new, now())
        .iter()
        .map(ToString::to_string)
        .collect()
}

fn schema(rest: &str) -> String {
    format!("/components/schemas/{rest}")
}

#[test]
fn the_same_document_breaks_nobody() {
    assert!(compare(&document(), &document(), now()).is_empty());
}

#[test]
fn what_is_new_breaks_nobody() {
    let other = document()["paths"]["/v1/things"].clone();
    assert!(said("/paths/~1v1~1others", other).is_empty());
    let parameter = json!({"name": "limit", "in": "query", "required": false, "schema": {}});
    assert!(said(&format!("{OPERATION}/parameters/-"), parameter).is_empty());
    let member = json!({"type": "string"});
    assert!(said(&schema("Thing/properties/colour"), member.clone()).is_empty());
    assert!(said(&schema("ThingFields/properties/colour"), member).is_empty());
    assert!(said(&schema("ThingFields/properties/name/maxLength"), json!(99)).is_empty());
    assert!(
        said(
            &schema("ThingFields/properties/size/type"),
            json!(["number", "null"])
        )
        .is_empty()
    );
    assert!(said(&schema("Thing/properties/status/enum"), json!(["open"])).is_empty());
    assert!(said(&schema("ThingFields/required"), json!([])).is_empty());
    assert!(said(&format!("{OPERATION}/responses/409"), json!({})).is_empty());
}

#[test]
fn what_is_gone_breaks() {
    for (pointer, sentence) in [
        ("/paths/~1v1~1things", "breaking  POST /v1/things is gone"),
        (OPERATION, "breaking  POST /v1/things is gone"),
        (
            &format!("{OPERATION}/parameters/0"),
            "breaking  POST /v1/things: parameter dry_run is gone",
        ),
        (
            &format!("{OPERATION}/requestBody"),
            "breaking  POST /v1/things: body is no longer taken",
        ),
        (
            &format!("{OPERATION}/requestBody/content/text~1csv"),
            "breaking  POST /v1/things: body is no longer taken as text/csv",
        ),
        (
            &format!("{OPERATION}/responses/201"),
            "breaking  POST /v1/things: 201 is no longer answered",
        ),
        (
            &format!("{OPERATION}/responses/201/content/application~1json"),
            "breaking  POST /v1/things: 201 no longer comes as application/json",
        ),
        (
            &format!("{OPERATION}/responses/201/headers/Location"),
            "breaking  POST /v1/things: 201 has no header Location any more",
        ),
        (
            &schema("ThingFields/properties/size"),
            "breaking  ThingFields.size is gone",
        ),
        (
            &schema("Thing/properties/status"),
            "breaking  Thing.status is gone",
        ),
        (
            &schema("Thing/properties/parts"),
            "breaking  Thing.parts is gone",
        ),
    ] {
        assert_eq!(said(pointer, None), [sentence], "{pointer}");
    }
    assert!(said(&format!("{OPERATION}/responses/422"), None).is_empty());
}

#[test]
fn what_was_announced_may_go_when_its_time_has_come() {
    for (sunset, count) in [("2027-02-28T00:00:00Z", 0), ("2027-03-02T00:00:00Z", 1)] {
        let mut old = document();
        old["paths"]["/v1/things"]["post"]["x-sunset-at"] = json!(sunset);
        assert_eq!(said_of(&old, OPERATION, None).len(), count, "{sunset}");
    }
}

#[test]
fn what_is_sent_must_still_be_taken() {
    for (pointer, value, sentence) in [
        (
            "ThingFields/required",
            json!(["name", "size"]),
            "breaking  ThingFields.size is required now",
        ),
        (
            "ThingFields/properties/name/maxLength",
            json!(10),
            "breaking  ThingFields.name maxLength was 20, is 10",
        ),
        (
            "ThingFields/properties/name/minLength",
            json!(2),
            "breaking  ThingFields.name minLength was 1, is 2",
        ),
        (
            "ThingFields/properties/name/pattern",
            json!("^a"),
            "breaking  ThingFields.name pattern was none, is \"^a\"",
        ),
        (
            "ThingFields/properties/name/type",
            json!("integer"),
            "breaking  ThingFields.name was string, is integer",
        ),
        (
            "ThingFields/properties/size/exclusiveMaximum",
            json!(5),
            "breaking  ThingFields.size exclusiveMaximum is 5 now",
        ),
        (
            "ThingFields/properties/tags/uniqueItems",
            json!(true),
            "breaking  ThingFields.tags takes each item once only now",
        ),
        (
            "ThingFields/properties/tags/items/maxLength",
            json!(3),
            "breaking  ThingFields.tags[] maxLength was 9, is 3",
        ),
        (
            "ThingFields/properties/name/enum",
            json!(["a"]),
            "breaking  ThingFields.name takes a few values only now",
        ),
        (
            "ThingFields/properties/kind",
            json!({"$ref": "#/components/schemas/Kind"}),
            "breaking  ThingFields.kind cannot be null any more",
        ),
    ] {
        assert_eq!(said(&schema(pointer), value), [sentence], "{pointer}");
    }
    let mut old = document();
    old["components"]["schemas"]["ThingFields"]["additionalProperties"] = Value::Null;
    assert_eq!(
        said_of(
            &old,
            &schema("ThingFields/additionalProperties"),
            json!(false)
        ),
        ["breaking  ThingFields takes no further members now"]
    );
}

#[test]
fn a_new_member_that_is_required_breaks() {
    let mut new = document();
    let fields = &mut new["components"]["schemas"]["ThingFields"];
    fields["properties"]["colour"] = json!({"type": "string"});
    fields["required"] = json!(["name", "colour"]);
    let found = compare(&document(), &new, now());
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0].to_string(),
        "breaking  ThingFields.colour is new and required"
    );
}

#[test]
fn parameters_sign_ins_and_names_must_not_get_stricter() {
    for (pointer, value, sentence) in [
        (
            "parameters/0/required",
            json!(true),
            "breaking  POST /v1/things: parameter dry_run is required now",
        ),
        (
            "parameters/1/schema/enum",
            json!(["name"]),
            "breaking  POST /v1/things: parameter sort no longer takes \"size\"",
        ),
        (
            "parameters/-",
            json!({"name": "day", "in": "query", "required": true, "schema": {}}),
            "breaking  POST /v1/things: parameter day is new and required",
        ),
        (
            "security",
            json!([{"bearer": []}]),
            "breaking  POST /v1/things needs a sign-in now",
        ),
        (
            "operationId",
            json!("make_thing"),
            "breaking  POST /v1/things was called \"create_thing\", is called \"make_thing\"",
        ),
    ] {
        assert_eq!(
            said(&format!("{OPERATION}/{pointer}"), value),
            [sentence],
            "{pointer}"
        );
    }
    let mut old = document();
    old["paths"]["/v1/things"]["post"]["requestBody"]["required"] = json!(false);
    assert_eq!(
        said_of(
            &old,
            &format!("{OPERATION}/requestBody/required"),
            json!(true)
        ),
        ["breaking  POST /v1/things: body is required now"]
    );
}

#[test]
fn what_is_read_must_still_come_in_the_same_form() {
    for (pointer, value, sentence) in [
        (
            "Thing/required",
            json!(["id", "name", "kind"]),
            "breaking  Thing.status may be absent now",
        ),
        (
            "Thing/properties/name/type",
            json!(["string", "null"]),
            "breaking  Thing.name may be null now",
        ),
        (
            "Thing/properties/name/type",
            json!("integer"),
            "breaking  Thing.name was string, is integer",
        ),
        (
            "Thing/properties/kind",
            json!({"oneOf": [{"$ref": "#/components/schemas/Kind"}, {"type": "null"}]}),
            "breaking  Thing.kind may be null now",
        ),
        (
            "Thing/properties/id/format",
            json!("date"),
            "breaking  Thing.id format was \"uuid\", is \"date\"",
        ),
    ] {
        assert_eq!(said(&schema(pointer), value), [sentence], "{pointer}");
    }
}

#[test]
fn what_clients_should_pass_over_is_a_warning() {
    for (pointer, value, sentence) in [
        (
            schema("Thing/properties/status/enum"),
            json!(["open", "done", "late"]),
            "warning   Thing.status may be \"late\" now",
        ),
        (
            schema("Thing/properties/result/oneOf/-"),
            json!({"title": "Word", "type": "string"}),
            "warning   Thing.result may be Word now",
        ),
        (
            format!("{OPERATION}/responses/202"),
            json!({}),
            "warning   POST /v1/things: 202 is a new success",
        ),
    ] {
        assert_eq!(said(&pointer, value), [sentence], "{pointer}");
    }
}

#[test]
fn a_value_that_goes_both_ways_is_looked_at_both_ways() {
    let said = said(&schema("Kind/enum"), json!(["big", "huge"]));
    assert_eq!(
        said,
        [
            "breaking  Kind no longer takes \"small\"",
            "warning   Kind may be \"huge\" now"
        ]
    );
}

#[test]
fn the_present_document_is_read_to_its_end() {
    let text = crate::server::document().json;
    let present: Value = serde_json::from_str(&text).expect("JSON");
    assert!(compare(&present, &present, now()).is_empty());
    let mut without = present.clone();
    without["paths"] = json!({});
    let operations: usize = present["paths"]
        .as_object()
        .expect("paths")
        .values()
        .map(|item| item.as_object().map_or(0, serde_json::Map::len))
        .sum();
    let found = compare(&present, &without, now());
    assert_eq!(found.len(), operations);
    assert!(found.iter().all(|it| it.weight == Weight::Breaking));
}
