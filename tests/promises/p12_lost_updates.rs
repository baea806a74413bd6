//! Promise 12: no lost update.

use std::sync::Barrier;
use std::thread;

use serde_json::json;

use super::stage::{Stage, application};
use crate::support::wire::{Answer, Call};

const ROUNDS: usize = 50;

#[test]
fn of_two_changes_to_the_same_version_one_is_told_to_look_again() {
    let stage = Stage::shared();
    let replicas = [stage.serve(&[]), stage.serve(&[])];
    let user = stage.user();
    let mut clients = replicas.each_ref().map(|replica| user.at(replica));
    let created = clients[0]
        .post("/v1/applications", &application("Company"))
        .expect("an answer");
    let path = created.header("location").expect("a place").to_owned();
    let mut etag = created.header("etag").expect("a tag").to_owned();

    for round in 0..ROUNDS {
        let start = Barrier::new(clients.len());
        let answers: Vec<Answer> = thread::scope(|scope| {
            let changes: Vec<_> = clients
                .iter_mut()
                .enumerate()
                .map(|(number, client)| {
                    let call = Call::new("PATCH", path.clone())
                        .header("If-Match", &etag)
                        .json(&json!({"notes": format!("round {round}, change {number}")}));
                    let start = &start;
                    scope.spawn(move || {
                        start.wait();
                        client.send(&call).expect("an answer")
                    })
                })
                .collect();
            changes
                .into_iter()
                .map(|change| change.join().expect("an answer"))
                .collect()
        });
        let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412], "round {round}");
        let won = answers
            .iter()
            .find(|answer| answer.status == 200)
            .expect("one won");
        let stored = clients[0].get(&path).expect("an answer");
        assert_eq!(
            stored.text(),
            won.text(),
            "what was acknowledged is what is stored"
        );
        assert_ne!(stored.header("etag"), Some(etag.as_str()));
        etag = stored.header("etag").expect("a tag").to_owned();
    }
}
