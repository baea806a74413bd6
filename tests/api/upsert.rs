//! PUT by external id under concurrency: a script may run twice at once.

use serde_json::json;

use crate::support::app::TestApp;

#[test]
fn two_scripts_that_put_the_same_external_id_make_one_application() {
    let app = TestApp::start();
    let user = app.user();
    for round in 0..10 {
        let path = format!("/v1/applications/by-external-id/row-{round}");
        let put = || {
            let body =
                json!({"company": "Tessellate", "job_title": "QA Engineer", "status": "applied"});
            user.put(&path, body).send().status
        };
        let mut statuses: Vec<u16> = std::thread::scope(|scope| {
            let running: Vec<_> = (0..3).map(|_| scope.spawn(put)).collect();
            let ended = running
                .into_iter()
                .map(|thread| thread.join().expect("an answer"));
            ended.collect()
        });
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 200, 201], "round {round}");
    }
    assert_eq!(user.get("/v1/applications").expect(200).data().len(), 10);
}

#[test]
fn a_correction_back_to_saved_forgets_the_day_of_applying() {
    let app = TestApp::start();
    let user = app.user();
    let id = user.application(json!({})).id();
    let applied = user.transition(&id, json!({"to": "applied"})).expect(200);
    assert!(applied.body["applied_on"].is_string());
    let back = user
        .transition(&id, json!({"to": "saved", "correction": true}))
        .expect(200);
    assert!(back.body["applied_on"].is_null(), "{}", back.text);
    assert_eq!(back.body["furthest_stage"], "saved");
}

#[test]
fn a_source_with_wildcards_is_only_itself() {
    let app = TestApp::start();
    let user = app.user();
    user.application(json!({"source": "50% off_board\\"}));
    user.application(json!({"source": "500 off board"}));
    let found = user
        .get("/v1/applications?source=50%25%20OFF_board%5C")
        .expect(200);
    assert_eq!(found.data().len(), 1);
}
