//! Merge patches (RFC 7396): null clears, absent keeps, the status is not patched.

use serde_json::{Value, json};

use crate::support::app::TestApp;

#[test]
fn a_patch_changes_what_it_names_and_keeps_the_rest() {
    let app = TestApp::start();
    let user = app.user();
    let made = user.application(
        json!({"notes": "old", "location": "Lyon", "tags": ["a", "b"], "salary_min": 5}),
    );
    let one = format!("/v1/applications/{}", made.id());
    for kind in ["application/merge-patch+json", "application/json"] {
        let body =
            json!({"notes": format!("by {kind}"), "location": null, "tags": ["c"]}).to_string();
        let patched = user.request("PATCH", &one).body(kind, body).expect(200);
        let mut wanted = made.body.clone();
        wanted["notes"] = json!(format!("by {kind}"));
        wanted["location"] = Value::Null;
        wanted["tags"] = json!(["c"]);
        for own in ["version", "updated_at"] {
            wanted[own] = patched.body[own].clone();
        }
        assert_eq!(patched.body, wanted);
        assert_eq!(user.get(&one).expect(200).body, wanted);
    }
}

#[test]
fn null_empties_a_list_and_cannot_clear_what_is_required() {
    let app = TestApp::start();
    let user = app.user();
    let made = user.application(json!({"tags": ["a"], "required_skills": ["rust"]}));
    let one = format!("/v1/applications/{}", made.id());
    let patched = user.patch(&one, json!({"tags": null})).expect(200);
    assert_eq!(patched.body["tags"], json!([]));
    assert_eq!(patched.body["required_skills"], json!(["rust"]));
    let refused = user
        .patch(&one, json!({"company": null, "job_title": null}))
        .expect(422);
    assert_eq!(
        refused.faults(),
        [("/company", "required"), ("/job_title", "required")]
    );
    assert_eq!(user.get(&one).expect(200).body, patched.body);
}

#[test]
fn the_status_is_not_patched_and_the_answer_names_the_way() {
    let app = TestApp::start();
    let user = app.user();
    let made = user.application(json!({}));
    let one = format!("/v1/applications/{}", made.id());
    let refused = user
        .patch(&one, json!({"status": "applied", "company": "", "x": 1}))
        .problem(422, "invalid_fields");
    assert_eq!(
        refused.faults(),
        [
            ("/company", "too_short"),
            ("/status", "use_transitions"),
            ("/x", "unknown_member")
        ]
    );
    assert!(refused.text.contains("/transitions"), "{refused}");
    user.patch(&one, json!({"status": null})).expect(422);
    assert_eq!(user.get(&one).expect(200).body, made.body);
}

#[test]
fn a_patch_obeys_the_same_rules_as_a_whole_body() {
    let app = TestApp::start();
    let user = app.user();
    let made = user.application(json!({"salary_min": 100, "salary_max": 200}));
    let one = format!("/v1/applications/{}", made.id());
    let refused = user.patch(&one, json!({"salary_max": 99})).expect(422);
    assert_eq!(refused.faults(), [("/salary_max", "too_small")]);
    user.patch(&one, json!([])).expect(422);
    user.request("PATCH", &one)
        .body("application/json-patch+json", "[]")
        .problem(415, "unsupported_media_type");
    let same = user.patch(&one, json!({})).expect(200);
    assert_eq!(same.body["salary_max"], 200);
}

#[test]
fn what_the_service_says_of_a_resource_cannot_be_written() {
    let app = TestApp::start();
    let user = app.user();
    let made = user.application(json!({}));
    let one = format!("/v1/applications/{}", made.id());
    for member in [
        "id",
        "owner_id",
        "version",
        "created_at",
        "updated_at",
        "furthest_stage",
        "status_since",
        "fit",
        "allowed_transitions",
    ] {
        let refused = user
            .patch(&one, json!({member: made.body[member]}))
            .expect(422);
        assert_eq!(
            refused.faults(),
            [(format!("/{member}").as_str(), "unknown_member")]
        );
    }
}

#[test]
fn a_misspelled_member_is_not_lost_by_being_null() {
    let app = TestApp::start();
    let user = app.user();
    let made = user.application(json!({"notes": "keep"}));
    let one = format!("/v1/applications/{}", made.id());
    let refused = user
        .patch(&one, json!({"nots": null, "location": null}))
        .problem(422, "invalid_fields");
    assert_eq!(refused.faults(), [("/nots", "unknown_member")]);
    assert_eq!(user.get(&one).expect(200).body, made.body);
}
