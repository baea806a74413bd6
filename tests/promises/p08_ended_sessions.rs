//! Promise 8: what ends a session ends its tokens within one second, on every replica.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::load::wait_until;
use super::stage::Stage;
use crate::support::mails::wait_for_token;
use crate::support::process::Service;
use crate::support::wire::{Answer, Call, Wire};

const WITHIN: Duration = Duration::from_secs(1);
const PASSWORD: &str = "a password of some length";

/// What a sign-in gives.
struct Session {
    access: String,
    refresh: String,
}

impl Session {
    fn of(answer: &Answer) -> Self {
        Self {
            access: answer.member("access_token"),
            refresh: answer.member("refresh_token"),
        }
    }
}

/// Someone who is signed in twice and has a personal access token.
struct Account {
    email: String,
    one: Session,
    two: Session,
    personal: String,
}

fn send(service: &Service, token: Option<&str>, call: &Call, expected: u16) -> Answer {
    let mut wire = match token {
        Some(token) => Wire::with_token(service.address, token),
        None => Wire::to(service.address),
    };
    let answer = wire.send(call).expect("an answer");
    assert_eq!(answer.status, expected, "{call:?}: {}", answer.text());
    answer
}

fn post(target: &str, body: &Value) -> Call {
    Call::new("POST", target).json(body)
}

fn register(service: &Service, name: &str) -> Account {
    let email = format!("{name}@example.org");
    let account = json!({"email": email, "password": PASSWORD});
    let one = send(service, None, &post("/v1/auth/register", &account), 201);
    let one = Session::of(&one);
    let two = send(service, None, &post("/v1/auth/login", &account), 200);
    let wish = json!({"name": "A script", "scopes": ["applications:read"]});
    let personal = post("/v1/me/tokens", &wish);
    let personal = send(service, Some(&one.access), &personal, 201);
    Account {
        two: Session::of(&two),
        personal: personal.member("token"),
        email,
        one,
    }
}

fn works(service: &Service, token: &str) -> bool {
    let mut wire = Wire::with_token(service.address, token);
    let answer = wire.get("/v1/applications").expect("an answer");
    assert!([200, 401].contains(&answer.status), "{}", answer.text());
    answer.status == 200
}

/// Ends something at the first replica, of whose tokens both believe the best.
fn end(
    what: &str,
    replicas: &[Service; 2],
    account: &Account,
    over: &[&str],
    kept: &[&str],
    act: impl FnOnce(&Service, &Account),
) {
    for (service, token) in each(replicas, &[over, kept].concat()) {
        assert!(works(service, token), "{what}: a token is not good before");
    }
    act(&replicas[0], account);
    let ended = Instant::now();
    for (service, token) in each(replicas, over) {
        wait_until(what, 10 * WITHIN, || {
            let late = ended.elapsed() > WITHIN;
            let is_over = !works(service, token);
            assert!(is_over || !late, "{what}: a token works a second later");
            is_over
        });
    }
    for (service, token) in each(replicas, kept) {
        assert!(works(service, token), "{what}: others are over, too");
    }
    println!("{what}: over after {:?}", ended.elapsed());
}

/// Every token at every replica, the one where nothing happened first.
fn each<'a>(replicas: &'a [Service; 2], tokens: &[&'a str]) -> Vec<(&'a Service, &'a str)> {
    let there = replicas.iter().rev();
    let all = there.flat_map(|service| tokens.iter().map(move |token| (service, *token)));
    all.collect()
}

fn log_out(service: &Service, account: &Account) {
    let body = json!({"refresh_token": account.two.refresh});
    send(service, None, &post("/v1/auth/logout", &body), 204);
}

fn change_the_password(service: &Service, account: &Account) {
    let body =
        json!({"current_password": PASSWORD, "new_password": "another password of some length"});
    let call = post("/v1/me/password", &body);
    send(service, Some(&account.one.access), &call, 204);
}

fn reset_the_password(service: &Service, account: &Account, mails: &Path) {
    let body = json!({"email": account.email});
    send(service, None, &post("/v1/auth/password-reset", &body), 202);
    let token = wait_for_token(mails, "rbd_pr_");
    let body = json!({"token": token, "new_password": "another password of some length"});
    let call = post("/v1/auth/password-reset/confirm", &body);
    send(service, None, &call, 204);
}

fn delete_the_account(service: &Service, account: &Account) {
    let call = Call::new("DELETE", "/v1/me").json(&json!({"password": PASSWORD}));
    send(service, Some(&account.one.access), &call, 204);
}

#[test]
fn what_ends_a_session_ends_its_tokens_on_every_replica_within_a_second() {
    let stage = Stage::shared();
    let mails = stage.folder().join("mails");
    let url = format!("file:{}", mails.display());
    let replicas = [(); 2].map(|()| stage.serve(&["--mail-url", &url]));
    let account = |name: &str| register(&replicas[0], name);

    let leaver = account("leaver");
    let Account { one, two, .. } = &leaver;
    let kept = [one.access.as_str(), &leaver.personal];
    end("logout", &replicas, &leaver, &[&two.access], &kept, log_out);

    let changer = account("changer");
    let Account { one, two, .. } = &changer;
    let (over, kept) = (
        [two.access.as_str(), &changer.personal],
        [one.access.as_str()],
    );
    let what = "a change of the password";
    end(what, &replicas, &changer, &over, &kept, change_the_password);

    let everything = |account: &Account| {
        let Account {
            one, two, personal, ..
        } = account;
        [&one.access, &two.access, personal].map(Clone::clone)
    };
    let forgetter = account("forgetter");
    let all = everything(&forgetter);
    let all = all.each_ref().map(String::as_str);
    let reset = |service: &Service, account: &Account| reset_the_password(service, account, &mails);
    end(
        "a reset of the password",
        &replicas,
        &forgetter,
        &all,
        &[],
        reset,
    );

    let goner = account("goner");
    let all = everything(&goner);
    let all = all.each_ref().map(String::as_str);
    end(
        "the end of the account",
        &replicas,
        &goner,
        &all,
        &[],
        delete_the_account,
    );
}
