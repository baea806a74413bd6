//! Reflections, and the goals that grow from them.

use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::builders::User;
use crate::support::client::Answer;

const PATH: &str = "/v1/reflections";

fn reflection(user: &User<'_>, body: Value) -> Answer {
    user.post(PATH, body).expect(201)
}

#[test]
fn a_reflection_is_written_read_changed_and_removed() {
    let app = TestApp::start();
    let user = app.user();
    let application = user.application(json!({"status": "applied"})).id();
    let created = reflection(
        &user,
        json!({
            "application_id": application, "resume_tailored": "partly", "company_researched": "yes",
            "skills_lacking": "yes", "missing_skills": ["Kubernetes", "SQL"],
            "outside_my_control": "They hired from within.", "what_went_well": "I stayed calm.",
            "improvements": ["interview_practice", "networking"]
        }),
    );
    let path = created.header("location").to_owned();
    assert_eq!(user.get(&path).expect(200).body, created.body);
    assert_eq!(created.body["missing_skills"], json!(["Kubernetes", "SQL"]));
    assert_eq!(
        created.body["improvements"],
        json!(["interview_practice", "networking"])
    );
    let change = json!({"skills_lacking": null, "missing_skills": ["SQL"], "what_went_well": null});
    let changed = user.patch(&path, change).expect(200);
    assert_eq!(changed.body["skills_lacking"], Value::Null);
    assert_eq!(changed.body["missing_skills"], json!(["SQL"]));
    assert_eq!(changed.body["what_went_well"], Value::Null);
    assert_eq!(changed.body["resume_tailored"], "partly");
    assert_eq!(changed.body["version"], 2);
    user.delete(&path).expect(204);
    user.get(&path).problem(404, "not_found");
    let told = app.sql(
        "SELECT kind, data->>'application_id' AS application FROM events WHERE resource_type = 'reflection' ORDER BY id",
    );
    let expected = ["created", "updated", "deleted"]
        .map(|verb| json!({"kind": format!("reflection.{verb}"), "application": application}));
    assert_eq!(told, expected);
}

#[test]
fn a_reflection_says_something() {
    let app = TestApp::start();
    let user = app.user();
    let application = user.application(json!({})).id();
    for body in [
        json!({}),
        json!({"application_id": application}),
        json!({"missing_skills": [], "improvements": [], "resume_tailored": null}),
    ] {
        let refused = user.post(PATH, body).problem(422, "invalid_fields");
        assert_eq!(refused.faults(), [("", "empty")]);
    }
    for body in [
        json!({"resume_tailored": "no"}),
        json!({"company_researched": "yes"}),
        json!({"skills_lacking": "no"}),
        json!({"missing_skills": ["SQL"]}),
        json!({"outside_my_control": "The budget."}),
        json!({"what_went_well": "Calm."}),
        json!({"improvements": ["wellbeing"]}),
    ] {
        reflection(&user, body);
    }
    let last = reflection(&user, json!({"skills_lacking": "no"}));
    let path = last.header("location").to_owned();
    let refused = user
        .patch(&path, json!({"skills_lacking": null}))
        .problem(422, "invalid_fields");
    assert_eq!(refused.faults(), [("", "empty")]);
}

#[test]
fn where_no_skill_was_lacking_none_is_missing() {
    let app = TestApp::start();
    let user = app.user();
    let body = json!({"skills_lacking": "no", "missing_skills": ["SQL"]});
    let refused = user.post(PATH, body).problem(422, "invalid_fields");
    assert_eq!(refused.faults(), [("/missing_skills", "contradiction")]);
    let lacking = reflection(&user, json!({"missing_skills": ["SQL"]}));
    let path = lacking.header("location").to_owned();
    let refused = user
        .patch(&path, json!({"skills_lacking": "no"}))
        .problem(422, "invalid_fields");
    assert_eq!(refused.faults(), [("/missing_skills", "contradiction")]);
    user.patch(&path, json!({"skills_lacking": "no", "missing_skills": []}))
        .expect(200);
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let app = TestApp::start();
    let user = app.user();
    let body = json!({
        "resume_tailored": "maybe", "missing_skills": ["", "x".repeat(101)], "outside_my_control": "",
        "what_went_well": "x".repeat(10_001), "improvements": ["networking", "wellbeing", "networking"], "typo": 1
    });
    let refused = user.post(PATH, body).problem(422, "invalid_fields");
    assert_eq!(
        refused.faults(),
        [
            ("/improvements", "duplicate"),
            ("/missing_skills/0", "too_short"),
            ("/missing_skills/1", "too_long"),
            ("/outside_my_control", "too_short"),
            ("/resume_tailored", "unknown_value"),
            ("/typo", "unknown_member"),
            ("/what_went_well", "too_long"),
        ]
    );
    let body = json!({"missing_skills": (0..21).map(|n| format!("skill {n}")).collect::<Vec<_>>()});
    let refused = user.post(PATH, body).problem(422, "invalid_fields");
    assert_eq!(refused.faults(), [("/missing_skills", "too_long")]);
}

#[test]
fn a_reflection_may_be_moved_to_another_application_of_ones_own_only() {
    let app = TestApp::start();
    let user = app.user();
    let (first, second) = (
        user.application(json!({})).id(),
        user.application(json!({})).id(),
    );
    let foreign = app.user().application(json!({})).id();
    let body = json!({"application_id": first, "what_went_well": "Calm."});
    let path = reflection(&user, body).header("location").to_owned();
    for id in [foreign.as_str(), "019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55"] {
        let change = json!({"application_id": id});
        let refused = user.patch(&path, change).problem(404, "not_found");
        assert_eq!(refused.faults(), [("/application_id", "unknown_reference")]);
        let body = json!({"application_id": id, "what_went_well": "Calm."});
        let refused = user.post(PATH, body).problem(404, "not_found");
        assert_eq!(refused.faults(), [("/application_id", "unknown_reference")]);
    }
    let found = |id: &str| {
        let list = user.get(&format!("{PATH}?application_id={id}")).expect(200);
        list.data().len()
    };
    user.patch(&path, json!({"application_id": second}))
        .expect(200);
    assert_eq!((found(&first), found(&second)), (0, 1));
    user.patch(&path, json!({"application_id": null}))
        .expect(200);
    user.delete(&format!("/v1/applications/{second}"))
        .expect(204);
    user.get(&path).expect(200);
}

#[test]
fn a_reflection_goes_with_its_application() {
    let app = TestApp::start();
    let user = app.user();
    let application = user.application(json!({})).id();
    let body = json!({"application_id": application, "what_went_well": "Calm."});
    reflection(&user, body);
    user.delete(&format!("/v1/applications/{application}"))
        .expect(204);
    assert!(user.get(PATH).expect(200).data().is_empty());
}

#[test]
fn reflections_are_found_by_time_and_sorted_by_their_last_change() {
    let app = TestApp::start();
    app.set_clock("2026-12-01T12:00:00Z");
    let user = app.user();
    let first = reflection(&user, json!({"what_went_well": "First."})).id();
    app.set_clock("2026-12-02T12:00:00Z");
    let second = reflection(&user, json!({"what_went_well": "Second."})).id();
    app.set_clock("2026-12-03T12:00:00Z");
    let change = json!({"what_went_well": "All of it."});
    user.patch(&format!("{PATH}/{first}"), change).expect(200);
    let found = |query: &str| user.get(&format!("{PATH}?{query}")).expect(200).each("id");
    assert_eq!(found("limit=5"), [second.clone(), first.clone()]);
    assert_eq!(found("sort=-updated_at"), [first.clone(), second.clone()]);
    assert_eq!(
        found("created_after=2026-12-01T12:00:00Z"),
        [second.as_str()]
    );
    assert_eq!(
        found("updated_after=2026-12-02T12:00:00Z"),
        [first.as_str()]
    );
    let pages = user.pages(&format!("{PATH}?sort=updated_at&limit=1"));
    let all: Vec<String> = pages.iter().flat_map(|page| page.each("id")).collect();
    assert_eq!(all, [second, first]);
}

#[test]
fn small_goals_grow_from_what_was_said() {
    let app = TestApp::start();
    let user = app.user();
    for (said, expected) in [
        (json!({"what_went_well": "Calm."}), vec![]),
        (
            json!({"resume_tailored": "yes", "company_researched": "yes", "skills_lacking": "no"}),
            vec![],
        ),
        (
            json!({"resume_tailored": "partly"}),
            vec![(
                "tailor_resume",
                "resume_review",
                "You said that the resume was only partly tailored.",
            )],
        ),
        (
            json!({"resume_tailored": "no", "improvements": ["resume_review"]}),
            vec![(
                "tailor_resume",
                "resume_review",
                "You said that the resume was not tailored, and named your resume as something to work on.",
            )],
        ),
        (
            json!({"resume_tailored": "yes", "improvements": ["resume_review"]}),
            vec![(
                "review_resume",
                "resume_review",
                "You named your resume as something to work on.",
            )],
        ),
        (
            json!({"company_researched": "no", "skills_lacking": "partly"}),
            vec![
                (
                    "research_company",
                    "company_research",
                    "You said that the company was not researched.",
                ),
                (
                    "build_skill",
                    "skill_development",
                    "You said that skills were partly lacking.",
                ),
            ],
        ),
        (
            json!({"missing_skills": ["SQL", "sql", "Go", "Kafka", "Rust"]}),
            vec![
                (
                    "learn_skill_1",
                    "skill_development",
                    "You named SQL as a skill that was missing.",
                ),
                (
                    "learn_skill_3",
                    "skill_development",
                    "You named Go as a skill that was missing.",
                ),
                (
                    "learn_skill_4",
                    "skill_development",
                    "You named Kafka as a skill that was missing.",
                ),
            ],
        ),
        (
            json!({"improvements": ["wellbeing", "networking", "interview_practice"]}),
            vec![
                (
                    "practice_interview",
                    "interview_practice",
                    "You named interviews as something to practise.",
                ),
                (
                    "keep_networking",
                    "networking",
                    "You named networking as something to work on.",
                ),
                (
                    "care_for_yourself",
                    "wellbeing",
                    "You named your wellbeing as something to look after.",
                ),
            ],
        ),
    ] {
        let made = reflection(&user, said.clone());
        let path = format!("{PATH}/{}/suggested-goals", made.id());
        let suggested = user.get(&path).expect(200);
        assert_eq!(suggested.body["next_cursor"], Value::Null);
        let found: Vec<(&str, &str, &str)> = suggested
            .data()
            .iter()
            .map(|it| {
                let text =
                    |pointer: &str| it.pointer(pointer).and_then(Value::as_str).expect("a text");
                (text("/suggestion"), text("/goal/category"), text("/reason"))
            })
            .collect();
        assert_eq!(found, expected, "{said}");
        for it in suggested.data() {
            let origin =
                json!({"type": "reflection", "id": made.id(), "suggestion": it["suggestion"]});
            assert_eq!(it["goal"]["origin"], origin);
        }
        // The same words, the same bytes.
        assert_eq!(user.get(&path).expect(200).text, suggested.text);
        app.user().get(&path).problem(404, "not_found");
    }
}

#[test]
fn a_suggested_goal_has_what_a_goal_needs() {
    let app = TestApp::start();
    let user = app.user();
    let made = reflection(&user, json!({"improvements": ["networking"]}));
    let suggested = user
        .get(&format!("{PATH}/{}/suggested-goals", made.id()))
        .expect(200);
    assert_eq!(
        suggested.data()[0]["goal"],
        json!({
            "title": "Get in touch with two people each week", "category": "networking", "kind": "recurring",
            "target_count": 2, "period": "week", "measure": "networking_activities",
            "origin": {"type": "reflection", "id": made.id(), "suggestion": "keep_networking"}
        })
    );
}
