//! What a test begins with: a user, an application. Only for setup; what a test is about, it says itself.

use std::sync::atomic::{AtomicU32, Ordering};

use rebound::auth::tokens;
use rebound::db::ids;
use serde_json::{Value, json};
use uuid::Uuid;

use super::app::TestApp;
use super::client::{Answer, Request};

static USERS: AtomicU32 = AtomicU32::new(0);

/// A signed-in user. Each request carries a token of the service's present time, so that a test may
/// move the clock without signing in again.
pub struct User<'a> {
    pub app: &'a TestApp,
    pub id: Uuid,
    pub session_id: Uuid,
}

impl TestApp {
    /// A user in UTC, put straight into the database: registering hashes a password, which is slow.
    pub fn user(&self) -> User<'_> {
        self.user_in("UTC")
    }

    /// A user in a time zone.
    pub fn user_in(&self, zone: &str) -> User<'_> {
        let number = USERS.fetch_add(1, Ordering::Relaxed);
        let (now, email) = (self.now(), format!("user{number}@example.com"));
        let (id, session_id) = (ids::new_id(now), ids::new_id(now));
        self.execute(&format!(
            "INSERT INTO users (id, email, password_hash, time_zone, created_at, updated_at)
             VALUES ('{id}', '{email}', 'none', '{zone}', '{now}', '{now}');
             INSERT INTO sessions (id, user_id, created_at, last_used_at, expires_at)
             VALUES ('{session_id}', '{id}', '{now}', '{now}', '2999-01-01Z');"
        ));
        User {
            app: self,
            id,
            session_id,
        }
    }
}

impl User<'_> {
    /// An access token of the present time.
    pub fn token(&self) -> String {
        tokens::issue(self.app.keys(), self.id, self.session_id, self.app.now()).expect("a token")
    }

    /// A request without a body.
    pub fn request(&self, method: &str, path: &str) -> Request {
        self.app.request(method, path).bearer(&self.token())
    }

    pub fn get(&self, path: &str) -> Request {
        self.request("GET", path)
    }

    pub fn post(&self, path: &str, body: Value) -> Request {
        self.request("POST", path).json(&body)
    }

    pub fn put(&self, path: &str, body: Value) -> Request {
        self.request("PUT", path).json(&body)
    }

    pub fn patch(&self, path: &str, body: Value) -> Request {
        self.request("PATCH", path).json(&body)
    }

    pub fn delete(&self, path: &str) -> Request {
        self.request("DELETE", path)
    }

    /// A new personal access token with these scopes.
    #[track_caller]
    pub fn personal_token(&self, scopes: &[&str]) -> String {
        let body = json!({"name": "A script", "scopes": scopes});
        let made = self.post("/v1/me/tokens", body).expect(201);
        made.text_at("/token").to_owned()
    }

    /// A new application with these members beside company and title.
    #[track_caller]
    pub fn application(&self, members: Value) -> Answer {
        let mut body = json!({"company": "Kite & Anchor", "job_title": "Backend Engineer"});
        merge(&mut body, members);
        self.post("/v1/applications", body).expect(201)
    }

    /// Moves an application.
    pub fn transition(&self, id: &str, body: Value) -> Request {
        self.post(&format!("/v1/applications/{id}/transitions"), body)
    }

    /// A new application that is rejected, and its rejection with these members.
    #[track_caller]
    pub fn rejection(&self, members: Value) -> Answer {
        let mut body =
            json!({"application_id": self.application(json!({"status": "applied"})).id()});
        merge(&mut body, members);
        self.post("/v1/rejections", body).expect(201)
    }

    /// All pages of a list, one after the other.
    pub fn pages(&self, path: &str) -> Vec<Answer> {
        let mut pages: Vec<Answer> = Vec::new();
        let separator = if path.contains('?') { '&' } else { '?' };
        loop {
            let cursor = pages.last().map(|page| &page.body["next_cursor"]);
            let page = match cursor {
                None => self.get(path).expect(200),
                Some(Value::String(cursor)) => self
                    .get(&format!("{path}{separator}cursor={cursor}"))
                    .expect(200),
                Some(_) => return pages,
            };
            assert!(pages.len() < 1_000, "the list has no end: {path}");
            pages.push(page);
        }
    }
}

/// Adds members to an object.
pub fn merge(target: &mut Value, members: Value) {
    let (Value::Object(target), Value::Object(members)) = (target, members) else {
        panic!("both must be objects");
    };
    target.extend(members);
}
