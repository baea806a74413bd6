//! Promise 6: whatever else the service gives out opens its own door and no other.

use serde_json::{Value, json};

use super::p06_forged_tokens::assert_refused;
use super::stage::Stage;
use crate::support::mails::wait_for_token;
use crate::support::process::Service;
use crate::support::wire::{Answer, Wire};

const EMAIL: &str = "someone@example.org";
const PASSWORD: &str = "a password of some length";

fn post(service: &Service, target: &str, body: &Value, expected: u16) -> Answer {
    let answer = Wire::to(service.address).post(target, body);
    let answer = answer.expect("an answer");
    assert_eq!(answer.status, expected, "{target}: {}", answer.text());
    answer
}

/// Each of them is real, unused and shown to be good afterwards, where it belongs.
#[test]
fn a_token_for_something_else_is_no_access_token() {
    let stage = Stage::shared();
    let folder = stage.folder().join("mails");
    let url = format!("file:{}", folder.display());
    let service = stage.serve(&["--email-verification", "required", "--mail-url", &url]);
    let account = json!({"email": EMAIL, "password": PASSWORD});

    post(&service, "/v1/auth/register", &account, 202);
    let proof = wait_for_token(&folder, "rbd_ev_");
    assert_refused(&service, "a token that proves an address", &proof);
    let proof = json!({"token": proof});
    post(&service, "/v1/auth/verify-email", &proof, 204);

    let signed_in = post(&service, "/v1/auth/login", &account, 200);
    let refresh = signed_in.member("refresh_token");
    assert!(refresh.starts_with("rbd_rt_"));
    assert_refused(&service, "a refresh token", &refresh);
    let renewal = json!({"refresh_token": refresh});
    let renewed = post(&service, "/v1/auth/refresh", &renewal, 200);

    let mut wire = Wire::with_token(service.address, &renewed.member("access_token"));
    let wish = json!({"name": "My phone", "include": ["interviews"], "details": "full"});
    let feed = wire.post("/v1/calendar-feeds", &wish).expect("an answer");
    assert_eq!(feed.status, 201, "{}", feed.text());
    let url = feed.member("url");
    let (_, file) = url.split_once("/calendar/").expect("an address");
    let secret = file.strip_suffix(".ics").expect("a calendar");
    assert_refused(&service, "the secret of a calendar", secret);
    assert_refused(&service, "the file of a calendar", file);
    let calendar = Wire::to(service.address).get(&format!("/calendar/{file}"));
    assert_eq!(calendar.expect("an answer").status, 200);

    let forgotten = json!({"email": EMAIL});
    post(&service, "/v1/auth/password-reset", &forgotten, 202);
    let setter = wait_for_token(&folder, "rbd_pr_");
    assert_refused(&service, "a token that sets a password", &setter);
    let next = json!({"token": setter, "new_password": "another password of some length"});
    post(&service, "/v1/auth/password-reset/confirm", &next, 204);

    assert_eq!(stage.count("SELECT count(*) AS n FROM applications"), 0);
}
