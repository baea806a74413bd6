//! The machine of a feedback request, written down a second time.

use serde_json::{Value, json};

use super::{MOVES, PATH, STATUSES, app, at, draft, moved, shown};

#[test]
fn each_move_is_allowed_or_refused_as_the_table_says() {
    let app = app();
    let user = app.user();
    for (from, allowed) in MOVES {
        for to in STATUSES {
            let id = at(&user, from);
            let before = shown(&user, &id);
            assert_eq!(before.text_at("/status"), from);
            assert_eq!(before.body["allowed_transitions"], json!(allowed));
            let request = moved(&user, &id, json!({"to": to}));
            if allowed.contains(&to) {
                let after = request.expect(200);
                assert_eq!(after.text_at("/status"), to, "{from} to {to}");
                assert_eq!(shown(&user, &id).body, after.body);
                let event = app.sql_value(&format!(
                    "SELECT data FROM events WHERE resource_id = '{id}' ORDER BY id DESC LIMIT 1"
                ));
                let application = &after.body["application_id"];
                assert_eq!(
                    event,
                    json!({"application_id": application, "from": from, "to": to})
                );
                continue;
            }
            let refused = request.problem(409, "illegal_transition");
            assert_eq!(refused.body["from"], from);
            assert_eq!(refused.body["to"], to);
            assert_eq!(refused.body["allowed"], json!(allowed));
            assert_eq!(shown(&user, &id).body, before.body, "{from} to {to}");
        }
    }
}

#[test]
fn an_answer_is_kept_word_for_word_and_may_be_split_later() {
    let app = app();
    let user = app.user();
    let id = at(&user, "sent");
    let text = "You know your craft.\n\nYour examples were hard to follow.";
    let first =
        json!({"area": "qualifications", "polarity": "strength", "quote": "You know your craft."});
    let answered = moved(
        &user,
        &id,
        json!({"to": "answered", "occurred_at": "2026-12-01T09:00:00Z", "response_text": text, "items": [first]}),
    )
    .expect(200);
    assert_eq!(answered.body["response_text"], text);
    assert_eq!(answered.body["items"], json!([first]));
    assert_eq!(answered.body["closed_at"], "2026-12-01T09:00:00Z");
    let second = json!({
        "area": "communication", "polarity": "improvement", "quote": "Your examples were hard to follow."
    });
    let path = format!("{PATH}/{id}");
    let split = user
        .patch(&path, json!({"items": [second, first]}))
        .expect(200);
    assert_eq!(split.body["items"], json!([second, first]));
    assert_eq!(split.body["response_text"], text);
    let cleared = user
        .patch(&path, json!({"items": [], "response_text": null}))
        .expect(200);
    assert_eq!(cleared.body["items"], json!([]));
    assert_eq!(cleared.body["response_text"], Value::Null);
    let list = user.get(PATH).expect(200);
    assert_eq!(list.data(), [cleared.body]);
}

#[test]
fn a_policy_may_be_kept_in_its_own_words_but_has_no_items() {
    let app = app();
    let user = app.user();
    let id = at(&user, "sent");
    let item = json!({"area": "other", "polarity": "strength", "quote": "Thanks."});
    let refused = moved(
        &user,
        &id,
        json!({"to": "declined_by_policy", "items": [item]}),
    )
    .problem(422, "invalid_fields");
    assert_eq!(refused.faults(), [("/items", "not_applicable")]);
    let words = "We give no feedback as a matter of policy.";
    let declined = moved(
        &user,
        &id,
        json!({"to": "declined_by_policy", "response_text": words}),
    )
    .expect(200);
    assert_eq!(declined.body["response_text"], words);
}

#[test]
fn everything_that_is_wrong_with_a_move_is_told_at_once() {
    let app = app();
    let user = app.user();
    let id = draft(&user).id();
    let refused = moved(
        &user,
        &id,
        json!({
            "to": "sent", "occurred_at": "1800-01-01T00:00:00Z", "response_text": "x", "override_reason": "short",
            "items": [{"area": "x", "polarity": "strength", "quote": ""}], "note": "", "typo": 1
        }),
    )
    .problem(422, "invalid_fields");
    assert_eq!(
        refused.faults(),
        [
            ("/items", "not_applicable"),
            ("/items/0/area", "unknown_value"),
            ("/items/0/quote", "too_short"),
            ("/note", "too_short"),
            ("/occurred_at", "out_of_range"),
            ("/override_reason", "too_short"),
            ("/response_text", "not_applicable"),
            ("/typo", "unknown_member"),
        ]
    );
    let body = json!({"to": "cancelled", "override_reason": "No need to wait for it."});
    let refused = moved(&user, &id, body).problem(422, "invalid_fields");
    assert_eq!(refused.faults(), [("/override_reason", "not_applicable")]);
    let item = json!({"area": "other", "polarity": "strength", "quote": "Thanks."});
    let body = json!({"to": "answered", "items": vec![item; 51]});
    let refused = moved(&user, &id, body).problem(422, "invalid_fields");
    assert_eq!(refused.faults(), [("/items", "too_long")]);
}

#[test]
fn a_step_lies_neither_in_the_future_nor_before_the_sending() {
    let app = app();
    let user = app.user();
    let id = draft(&user).id();
    let body = json!({"to": "sent", "occurred_at": "2026-12-01T12:00:01Z"});
    let refused = moved(&user, &id, body).problem(422, "invalid_fields");
    assert_eq!(refused.faults(), [("/occurred_at", "in_future")]);
    // Written down today, sent last week.
    let body = json!({"to": "sent", "occurred_at": "2026-11-24T12:00:00Z"});
    moved(&user, &id, body).expect(200);
    let body = json!({"to": "answered", "occurred_at": "2026-11-24T11:59:59Z"});
    let refused = moved(&user, &id, body).problem(422, "invalid_fields");
    assert_eq!(refused.faults(), [("/occurred_at", "before_previous")]);
}

#[test]
fn what_was_sent_stays_as_it_was_and_what_is_closed_stays_closed() {
    let app = app();
    let user = app.user();
    let asked =
        json!({"recipient_name": "X", "recipient_email": "x@kite.example", "question": "X?"});
    let said = json!({"response_text": "X.", "items": [{"area": "other", "polarity": "strength", "quote": "X."}]});
    let fixed = [
        ("/question", "fixed"),
        ("/recipient_email", "fixed"),
        ("/recipient_name", "fixed"),
    ];
    let misplaced = [
        ("/items", "not_applicable"),
        ("/response_text", "not_applicable"),
    ];
    for status in STATUSES {
        let path = format!("{PATH}/{}", at(&user, status));
        let before = user.get(&path).expect(200);
        let (ask, say) = (
            user.patch(&path, asked.clone()).send(),
            user.patch(&path, said.clone()).send(),
        );
        match status {
            "draft" => {
                assert_eq!(ask.expect(200).body["question"], "X?");
                assert_eq!(say.problem(422, "invalid_fields").faults(), misplaced);
            }
            "answered" => {
                assert_eq!(ask.problem(422, "invalid_fields").faults(), fixed);
                assert_eq!(say.expect(200).body["response_text"], "X.");
            }
            "sent" | "no_answer" => {
                assert_eq!(ask.problem(422, "invalid_fields").faults(), fixed);
                assert_eq!(say.problem(422, "invalid_fields").faults(), misplaced);
                assert_eq!(user.get(&path).expect(200).body, before.body);
            }
            _ => {
                ask.problem(409, "feedback_request_closed");
                say.problem(409, "feedback_request_closed");
                assert_eq!(user.get(&path).expect(200).body, before.body);
            }
        }
    }
}
