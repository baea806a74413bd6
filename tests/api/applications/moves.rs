//! The state machine, written down a second time.

use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::builders::User;

const LIVE: [&str; 5] = ["saved", "applied", "screening", "interviewing", "offer"];
const CLOSED: [&str; 5] = ["accepted", "declined", "rejected", "ghosted", "withdrawn"];

/// Each status with the moves that need nothing else.
const PLAIN: [(&str, &[&str]); 10] = [
    (
        "saved",
        &["applied", "screening", "interviewing", "offer", "withdrawn"],
    ),
    (
        "applied",
        &[
            "screening",
            "interviewing",
            "offer",
            "rejected",
            "ghosted",
            "withdrawn",
        ],
    ),
    (
        "screening",
        &["interviewing", "offer", "rejected", "ghosted", "withdrawn"],
    ),
    (
        "interviewing",
        &["offer", "rejected", "ghosted", "withdrawn"],
    ),
    ("offer", &["accepted", "declined", "rejected", "ghosted"]),
    ("accepted", &[]),
    ("declined", &[]),
    ("rejected", &[]),
    (
        "ghosted",
        &["applied", "screening", "interviewing", "offer", "rejected"],
    ),
    ("withdrawn", &[]),
];

/// Those that a reopen with a note allows.
fn by_reopen(from: &str) -> &'static [&'static str] {
    match from {
        "accepted" | "declined" | "rejected" | "withdrawn" => {
            &["applied", "screening", "interviewing", "offer"]
        }
        _ => &[],
    }
}

fn all() -> impl Iterator<Item = &'static str> {
    LIVE.into_iter().chain(CLOSED)
}

fn at(user: &User<'_>, status: &str) -> String {
    let made = user.application(json!({"status": status, "applied_on": "2026-01-05"}));
    assert_eq!(made.text_at("/status"), status);
    made.id()
}

#[test]
fn each_move_is_allowed_or_refused_as_the_table_says() {
    let app = TestApp::start();
    let user = app.user();
    for (from, allowed) in PLAIN {
        for to in all() {
            let id = at(&user, from);
            let before = user.get(&format!("/v1/applications/{id}")).expect(200);
            assert_eq!(before.body["allowed_transitions"], json!(allowed));
            assert_eq!(before.body["allowed_by_reopen"], json!(by_reopen(from)));
            let request = user.transition(&id, json!({"to": to}));
            if allowed.contains(&to) {
                let after = request.expect(200);
                assert_eq!(after.text_at("/status"), to, "{from} to {to}");
                assert_eq!(after.body["version"], 2);
                continue;
            }
            let refused = request.problem(409, "illegal_transition");
            assert_eq!(refused.body["from"], from);
            assert_eq!(refused.body["to"], to);
            assert_eq!(refused.body["allowed"], json!(allowed));
            assert_eq!(refused.body["allowed_by_reopen"], json!(by_reopen(from)));
            let after = user.get(&format!("/v1/applications/{id}")).expect(200);
            assert_eq!(after.body, before.body, "{from} to {to}");
        }
    }
}

#[test]
fn what_is_closed_comes_back_by_a_reopen_with_a_note_only() {
    let app = TestApp::start();
    let user = app.user();
    for from in all() {
        for to in all() {
            let id = at(&user, from);
            let with_note = json!({"to": to, "reopen": true, "note": "They called."});
            if !by_reopen(from).contains(&to) {
                user.transition(&id, with_note)
                    .problem(409, "illegal_transition");
                continue;
            }
            for note in [None, Some(Value::Null)] {
                let mut bare = json!({"to": to, "reopen": true});
                if let Some(note) = note {
                    bare["note"] = note;
                }
                let refused = user.transition(&id, bare).problem(422, "invalid_fields");
                assert_eq!(refused.faults(), [("/note", "required")]);
            }
            assert_eq!(
                user.transition(&id, with_note)
                    .expect(200)
                    .text_at("/status"),
                to
            );
            let timeline = user
                .get(&format!("/v1/applications/{id}/timeline"))
                .expect(200);
            let last = &timeline.data()[1];
            assert_eq!(last["kind"], "reopen");
            assert_eq!(last["note"], "They called.");
        }
    }
}

#[test]
fn a_correction_may_go_anywhere() {
    let app = TestApp::start();
    let user = app.user();
    for from in all() {
        for to in all() {
            let id = at(&user, from);
            let after = user
                .transition(&id, json!({"to": to, "correction": true}))
                .expect(200);
            assert_eq!(after.text_at("/status"), to, "{from} to {to}");
            let timeline = user
                .get(&format!("/v1/applications/{id}/timeline"))
                .expect(200);
            let [first, second] = timeline.data() else {
                panic!("two entries: {timeline}");
            };
            assert_eq!(second["corrects_id"], first["id"]);
        }
    }
}

#[test]
fn a_move_is_either_a_reopen_or_a_correction() {
    let app = TestApp::start();
    let user = app.user();
    let id = at(&user, "rejected");
    let both = json!({"to": "applied", "reopen": true, "correction": true, "note": "x"});
    let refused = user.transition(&id, both).problem(422, "invalid_fields");
    assert_eq!(refused.faults(), [("/correction", "contradiction")]);
    let neither = json!({"to": "applied", "reopen": false, "correction": false});
    user.transition(&id, neither)
        .problem(409, "illegal_transition");
}

#[test]
fn the_furthest_stage_is_what_the_way_reached_whatever_became_of_it() {
    let app = TestApp::start();
    let user = app.user();
    for (way, furthest) in [
        (
            ["applied", "interviewing", "rejected"].as_slice(),
            "interviewing",
        ),
        (&["applied", "withdrawn"], "applied"),
        (&["withdrawn"], "saved"),
        (&["applied", "ghosted"], "applied"),
        (&["offer", "declined"], "offer"),
        (&["offer", "accepted"], "accepted"),
        (&["interviewing", "ghosted", "applied"], "interviewing"),
        (&["screening", "rejected"], "screening"),
    ] {
        let id = user.application(json!({})).id();
        let mut last = Value::Null;
        for to in way {
            last = user.transition(&id, json!({"to": to})).expect(200).body;
        }
        assert_eq!(last["furthest_stage"], furthest, "{way:?}");
    }
}

#[test]
fn a_correction_takes_the_wrong_step_out_of_the_furthest_stage() {
    let app = TestApp::start();
    let user = app.user();
    let id = user.application(json!({})).id();
    for to in ["applied", "screening", "accepted"] {
        let request = json!({"to": to, "correction": to == "accepted"});
        user.transition(&id, request).expect(200);
    }
    let back = user
        .transition(&id, json!({"to": "screening", "correction": true}))
        .expect(200);
    assert_eq!(back.text_at("/furthest_stage"), "screening");
    // The correction before corrected `screening`, the one now `accepted`: both stay in the timeline.
    let timeline = user
        .get(&format!("/v1/applications/{id}/timeline"))
        .expect(200);
    assert_eq!(
        timeline.each("to"),
        ["saved", "applied", "screening", "accepted", "screening"]
    );
    let ids = timeline.each("id");
    assert_eq!(
        timeline.each("corrects_id"),
        ["null", "null", "null", &ids[2], &ids[3]]
    );
}

#[test]
fn two_moves_at_once_do_not_both_start_from_the_same_status() {
    let app = TestApp::start();
    let user = app.user();
    for round in 0..10 {
        let id = user.application(json!({"status": "offer"})).id();
        let send = |to: &'static str| user.transition(&id, json!({"to": to})).send().status;
        let (first, second) = std::thread::scope(|scope| {
            let other = scope.spawn(|| send("declined"));
            (send("accepted"), other.join().expect("an answer"))
        });
        let mut statuses = [first, second];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "round {round}");
    }
}
