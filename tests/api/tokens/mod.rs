//! Personal access tokens: made, used, bounded, ended.

mod ending;
mod making;
mod scopes;
mod using;

use serde_json::Value;

use crate::support::app::TestApp;
use crate::support::builders::User;
use crate::support::client::{Answer, Request};

const TOKENS: &str = "/v1/me/tokens";

fn make(user: &User<'_>, body: Value) -> Answer {
    user.post(TOKENS, body).expect(201)
}

fn get(app: &TestApp, token: &str, path: &str) -> Request {
    app.request("GET", path).bearer(token)
}

/// A user whose clock stands still.
fn at<'a>(app: &'a TestApp, instant: &str) -> User<'a> {
    app.set_clock(instant);
    app.user()
}
