//! Promise 1: no user reaches another's data, by whatever operation and wherever the id stands.

use serde_json::{Value, json};

use super::world::{
    self, NOBODYS, Reference, belongings, collection_of, comparable, make, own_body, own_path,
    references, request,
};
use crate::support::document::{Operation, operations};

#[test]
fn every_operation_behind_a_sign_in_needs_one() {
    let app = world::app();
    let user = world::user(&app);
    for operation in operations().iter().filter(|it| it.is_secured()) {
        let path = own_path(&user, operation);
        let body = own_body(&user, operation);
        let before = belongings(&app, &user);
        for token in [None, Some("nonsense")] {
            let bare = app.request(&operation.method, &path);
            let bare = world::with_body(bare, operation, body.as_ref());
            let answer = match token {
                None => bare.problem(401, "unauthenticated"),
                Some(token) => bare.bearer(token).problem(401, "invalid_token"),
            };
            assert!(
                answer.header("www-authenticate").starts_with("Bearer"),
                "{answer}"
            );
        }
        assert_eq!(belongings(&app, &user), before, "{}", operation.id());
    }
}

#[test]
fn a_foreign_id_in_a_path_is_as_unknown_as_a_random_one() {
    let app = world::app();
    let (victim, other) = (world::user(&app), world::user(&app));
    let mut tried = 0;
    for operation in operations()
        .iter()
        .filter(|it| !it.ids_in_path().is_empty())
    {
        // The victim's ids in one place after the other, and in all of them.
        let mine = own_path(&other, operation);
        let theirs = own_path(&victim, operation);
        let body = own_body(&other, operation);
        let before = belongings(&app, &victim);
        let (ours, foreign): (Vec<&str>, Vec<&str>) =
            (mine.split('/').collect(), theirs.split('/').collect());
        let ids: Vec<usize> = (0..ours.len())
            .filter(|&at| ours[at] != foreign[at])
            .collect();
        let mut attacks: Vec<Vec<usize>> = ids.iter().map(|&at| vec![at]).collect();
        attacks.push(ids);
        for attack in attacks {
            let replaced = |by: &dyn Fn(usize) -> String| {
                let segments = ours.iter().enumerate();
                let segments = segments.map(|(at, own)| {
                    if attack.contains(&at) {
                        by(at)
                    } else {
                        (*own).to_owned()
                    }
                });
                segments.collect::<Vec<_>>().join("/")
            };
            let stolen = request(
                &other,
                operation,
                &replaced(&|at| foreign[at].to_owned()),
                body.as_ref(),
            )
            .send();
            let random = request(
                &other,
                operation,
                &replaced(&|_| NOBODYS.to_owned()),
                body.as_ref(),
            )
            .send();
            assert_eq!(stolen.status, 404, "{}: {stolen}", operation.id());
            assert_eq!(
                comparable(&stolen),
                comparable(&random),
                "{}",
                operation.id()
            );
            tried += 1;
        }
        assert_eq!(belongings(&app, &victim), before, "{}", operation.id());
        // The test would be worth nothing if the request failed for another reason.
        let own = request(&other, operation, &mine, body.as_ref()).send();
        assert!(
            own.status < 300 || own.status == 409,
            "{}: {own}",
            operation.id()
        );
    }
    assert!(
        tried >= 10,
        "only {tried} attacks: does the document have its operations?"
    );
}

#[test]
fn a_foreign_id_in_a_body_is_as_unknown_as_a_random_one() {
    let app = world::app();
    let (victim, other) = (world::user(&app), world::user(&app));
    let mut tried = 0;
    for operation in operations() {
        for reference in references(&operation) {
            let foreign = make(&victim, &reference.collection);
            let before = belongings(&app, &victim);
            let path = own_path(&other, &operation);
            let mut body = own_body(&other, &operation).expect("a body");
            drop_what_stands_against(&reference, &operation, &mut body);
            let mut send = |id: &str| {
                reference.put(&mut body, id);
                request(&other, &operation, &path, Some(&body)).send()
            };
            let (stolen, random) = (send(&foreign), send(NOBODYS));
            assert_eq!(stolen.status, 404, "{}: {stolen}", operation.id());
            assert_eq!(
                comparable(&stolen),
                comparable(&random),
                "{}",
                operation.id()
            );
            assert_eq!(belongings(&app, &victim), before, "{}", operation.id());
            // The test would be worth nothing if the body were refused for another reason.
            let own = send(&make(&other, &reference.collection));
            assert!(
                own.status < 300 || own.status == 409,
                "{} at {}: {own}",
                operation.id(),
                reference.pointer()
            );
            tried += 1;
        }
    }
    assert!(tried >= 15, "only {tried} places of bodies name anything");
}

/// Members of an example that cannot stand beside a reference: operation, place of the reference, members, reason.
const CONFLICTS: &[(&str, &str, &[&str], &str)] = &[(
    "create_message",
    "/template_id",
    &["kind", "subject", "body"],
    "a message comes from a template or has words of its own",
)];

fn drop_what_stands_against(reference: &Reference, operation: &Operation, body: &mut Value) {
    let members = body.as_object_mut().expect("an object");
    for (id, pointer, against, _) in CONFLICTS {
        if operation.id() == *id && reference.pointer() == *pointer {
            for name in *against {
                assert!(members.shift_remove(*name).is_some(), "no {name} in {id}");
            }
        }
    }
}

#[test]
fn a_foreign_id_in_a_query_shows_what_a_random_one_shows() {
    let app = world::app();
    let (victim, other) = (world::user(&app), world::user(&app));
    for operation in operations() {
        for (name, schema) in operation.parameters("query") {
            if schema["format"] != "uuid" {
                continue;
            }
            let collection = collection_of(name);
            let foreign = make(&victim, &collection);
            let path = own_path(&other, &operation);
            let ask = |id: &str| {
                other
                    .request(&operation.method, &format!("{path}?{name}={id}"))
                    .send()
            };
            let (stolen, random) = (ask(&foreign), ask(NOBODYS));
            let hidden = comparable(&stolen);
            assert_eq!(
                (hidden.0, hidden.1.replace(&foreign, NOBODYS)),
                comparable(&random)
            );
            let empty = stolen.status == 404 || stolen.data().is_empty();
            assert!(empty, "{}: {stolen}", operation.id());
        }
    }
}

#[test]
fn a_list_shows_nothing_of_another_user() {
    let app = world::app();
    let (victim, other) = (world::user(&app), world::user(&app));
    // One thing of each kind for the victim.
    let paths: Vec<String> = operations()
        .iter()
        .map(|it| own_path(&victim, it))
        .collect();
    let secrets: Vec<&str> = paths
        .iter()
        .flat_map(|path| path.split('/'))
        .filter(|it| it.len() == 36)
        .collect();
    for operation in operations()
        .iter()
        .filter(|it| it.method == "GET" && it.is_secured())
    {
        if operation.path.contains('{') {
            continue;
        }
        let answer = other.get(&operation.path).send();
        assert!(answer.status < 300, "{}: {answer}", operation.id());
        let leaked = secrets.iter().find(|id| answer.text.contains(**id));
        assert!(
            leaked.is_none() && !answer.text.contains(&victim.id.to_string()),
            "{}: {answer}",
            operation.id()
        );
    }
}

#[test]
fn a_put_by_a_foreign_external_id_makes_something_of_ones_own() {
    let app = world::app();
    let (victim, other) = (world::user(&app), world::user(&app));
    for operation in operations()
        .iter()
        .filter(|it| it.path.ends_with("/by-external-id/{external_id}"))
    {
        let mut body = operation.sample_body().expect("a body");
        body["external_id"] = json!("shared");
        let path = operation.path.replace("{external_id}", "shared");
        let theirs = victim.put(&path, body.clone()).expect(201);
        let before = belongings(&app, &victim);
        let ours = other.put(&path, body).expect(201);
        assert_ne!(ours.id(), theirs.id());
        assert_eq!(belongings(&app, &victim), before, "{}", operation.id());
    }
}
