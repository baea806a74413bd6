//! Many at once, each with a result of its own.

use serde_json::{Value, json};

use crate::support::app::TestApp;

const PATH: &str = "/v1/applications/batch";

#[test]
fn each_of_a_batch_is_added_or_refused_for_itself() {
    let app = TestApp::start();
    app.set_clock("2026-03-10T12:00:00Z");
    let user = app.user();
    user.application(json!({"external_id": "taken"}));
    let good = |company: &str| json!({"company": company, "job_title": "x"});
    let answer = user
        .post(
            PATH,
            json!({"applications": [
                good("first"),
                {"company": "", "job_title": "x", "typo": 1},
                {"company": "A", "job_title": "x", "external_id": "taken"},
                {"company": "A", "job_title": "x", "applied_on": "2026-03-11"},
                "no object",
                {"company": "B", "job_title": "x", "external_id": "twice"},
                {"company": "C", "job_title": "x", "external_id": "twice"},
                null,
                good("last"),
            ]}),
        )
        .expect(200);
    let results = answer.body["results"].as_array().expect("results");
    let column = |name: &str| -> Vec<Value> { results.iter().map(|it| it[name].clone()).collect() };
    assert_eq!(column("index"), (0..9).map(Value::from).collect::<Vec<_>>());
    assert_eq!(
        column("status"),
        [201, 422, 409, 422, 422, 201, 409, 422, 201].map(Value::from)
    );
    let codes: Vec<&str> = results
        .iter()
        .map(|it| it["problem"]["code"].as_str().unwrap_or("-"))
        .collect();
    assert_eq!(
        codes,
        [
            "-",
            "invalid_fields",
            "external_id_taken",
            "invalid_fields",
            "invalid_fields",
            "-",
            "external_id_taken",
            "invalid_fields",
            "-"
        ]
    );
    let pointers: Vec<&str> = results[1]["problem"]["errors"]
        .as_array()
        .expect("errors")
        .iter()
        .filter_map(|error| error["pointer"].as_str())
        .collect();
    assert!(
        pointers.contains(&"/company") && pointers.contains(&"/typo"),
        "{pointers:?}"
    );
    let mut stored = user
        .get("/v1/applications?sort=company")
        .expect(200)
        .each("company");
    stored.sort();
    assert_eq!(stored, ["B", "Kite & Anchor", "first", "last"]);
    let last = results[8]["application"]["id"].as_str().expect("an id");
    let shown = user.get(&format!("/v1/applications/{last}")).expect(200);
    assert_eq!(shown.body, results[8]["application"]);
}

#[test]
fn a_batch_holds_one_to_a_hundred() {
    let app = TestApp::start();
    let user = app.user();
    let many = |count: usize| json!({"applications": vec![json!({"company": "A", "job_title": "x"}); count]});
    assert_eq!(
        user.post(PATH, many(0)).expect(422).faults(),
        [("/applications", "too_short")]
    );
    assert_eq!(
        user.post(PATH, many(101)).expect(422).faults(),
        [("/applications", "too_long")]
    );
    // A busy machine may not get it done within the deadline; then nothing of it was done.
    let full = std::iter::repeat_with(|| user.post(PATH, many(100)).send())
        .take(10)
        .find(|answer| answer.status != 503)
        .expect("a machine with a few seconds")
        .expect(200);
    assert!(
        full.body["results"]
            .as_array()
            .expect("results")
            .iter()
            .all(|it| it["status"] == 201)
    );
    for bad in [
        json!({}),
        json!([]),
        json!({"applications": {}}),
        json!({"applications": null}),
        json!({"applications": [], "x": 1}),
    ] {
        user.post(PATH, bad).problem(422, "invalid_fields");
    }
}

#[test]
fn the_status_of_each_is_like_that_of_a_single_one() {
    let app = TestApp::start();
    app.set_clock("2026-03-10T12:00:00Z");
    let user = app.user_in("Asia/Tokyo");
    let bodies = [
        json!({"company": "A", "job_title": "x"}),
        json!({"company": "A", "job_title": "x", "applied_on": "2026-03-01"}),
        json!({"company": "A", "job_title": "x", "status": "rejected", "applied_on": "2026-03-01"}),
    ];
    let batch = user.post(PATH, json!({"applications": bodies})).expect(200);
    for (number, body) in bodies.into_iter().enumerate() {
        let single = user.post("/v1/applications", body).expect(201);
        let many = &batch.body["results"][number]["application"];
        for member in ["status", "status_since", "furthest_stage", "applied_on"] {
            assert_eq!(many[member], single.body[member], "{member} of {number}");
        }
        let path = format!(
            "/v1/applications/{}/timeline",
            many["id"].as_str().expect("an id")
        );
        assert_eq!(user.get(&path).expect(200).data().len(), 1);
    }
}
