//! Promise 17 for every operation of the document: while the primary is lost, what reads one's own goes on, and everything
//! else is told to come again.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use rebound::db::embedded::APP_ROLE;
use serde_json::{Value, json};

use super::pair::{ANSWERED_WITHIN, Pair};
use crate::openapi_driven::world::{self, own_body, own_path, request};
use crate::support::app::TestApp;
use crate::support::builders::User;
use crate::support::document::{Operation, operations};
use crate::support::victim::eventually;

/// What is read on the primary only: what one sees of others and they of oneself, what lets somebody in or sends something
/// out, the order of events, and an account as a whole.
const STRICT: [&str; 8] = [
    "/calendar/",
    "/v1/calendar-feeds",
    "/v1/coach",
    "/v1/events",
    "/v1/me/export",
    "/v1/me/sessions",
    "/v1/me/tokens",
    "/v1/webhooks",
];
/// So many ask at once: a write finds out by waiting for a connection.
const CLIENTS: usize = 12;

/// A request that is answered with success while both servers are there.
struct Good {
    operation: Operation,
    path: String,
    body: Option<Value>,
}

impl Good {
    /// With things of this user in its path and in its body, made for it.
    fn of(user: &User<'_>, operation: Operation) -> Self {
        let path = match operation.path.starts_with("/calendar/") {
            true => calendar(user),
            false => own_path(user, &operation),
        };
        Self {
            body: own_body(user, &operation),
            path,
            operation,
        }
    }

    fn goes_on(&self) -> bool {
        let strict = STRICT.iter().any(|it| self.operation.path.starts_with(it));
        self.operation.method == "GET" && !strict
    }

    /// Sends it and looks at the answer.
    fn try_it(&self, user: &User<'_>) {
        let begin = Instant::now();
        let sent = request(user, &self.operation, &self.path, self.body.as_ref());
        let answer = sent.send();
        assert!(begin.elapsed() < ANSWERED_WITHIN, "{answer}");
        let expected = if self.goes_on() { 200 } else { 503 };
        assert_eq!(answer.status, expected, "{}: {answer}", self.operation.id());
        let wait = answer.header("retry-after").parse::<u32>();
        assert_eq!(wait.is_ok(), expected == 503, "{answer}");
    }
}

/// The secret path of a new calendar.
fn calendar(user: &User<'_>) -> String {
    let wish = json!({"name": "My phone", "include": ["interviews"], "details": "full"});
    let made = user.post("/v1/calendar-feeds", wish).expect(201);
    let url = made.text_at("/url");
    let place = url.find("/calendar/").expect("an address");
    url[place..].to_owned()
}

/// A service on a database of this pair, with the replica for its reads.
fn serve(pair: &Pair) -> TestApp {
    let database = pair.stage.cluster().new_database();
    let replica = pair.standby.url(APP_ROLE, database.name());
    let connections = (CLIENTS + 4).to_string();
    world::app_on(
        database,
        &[
            "--replica-database-url",
            &replica,
            "--database-connections",
            &connections,
        ],
    )
}

#[test]
fn while_the_primary_is_lost_every_read_of_ones_own_is_200_and_everything_else_503() {
    let pair = Pair::new();
    let app = serve(&pair);
    let user = world::user(&app);
    let all: Vec<Good> = operations()
        .into_iter()
        .map(|operation| Good::of(&user, operation))
        .collect();
    let (reads, others): (Vec<&Good>, Vec<&Good>) = all.iter().partition(|it| it.goes_on());
    assert!(reads.len() > 35 && others.len() > 80);
    app.settle();
    // What is held against the answers below is what they are otherwise.
    for read in &reads {
        read.try_it(&user);
    }
    pair.standby.catch_up();

    pair.stage.cluster().stop_immediate();
    eventually("the end of the primary", || {
        app.get("/health/ready").send().body["status"] == "read_only"
    });
    // A session that was alive is believed in for a second (promise 8), and a look at the tone asks for nothing else.
    let text = json!({"kind": "thank_you", "body": "Dear Nell, thank you."});
    eventually("the end of the belief", || {
        user.post("/v1/tone-checks", text.clone()).send().status == 503
    });
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                while let Some(good) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                    good.try_it(&user);
                }
            });
        }
    });
    println!("{} operations go on, {} are 503", reads.len(), others.len());
    // A path that the routes take for the same one.
    let disguised = user.get("/v1/%63oach-links").expect(503);
    assert!(!disguised.header("retry-after").is_empty());

    pair.stage.cluster().start();
    eventually("the primary", || {
        app.get("/health/ready").send().body["status"] == "ok"
    });
    let kept = json!({"company": "Kite & Anchor", "job_title": "Cook"});
    user.post("/v1/applications", kept).expect(201);
}
