//! Which statements the service sends to a database: Diesel tells it of every connection of this process.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, Once, PoisonError};

use diesel::connection::{
    Instrumentation, InstrumentationEvent, get_default_instrumentation, set_default_instrumentation,
};

use super::app::TestApp;

/// The statements of each database that somebody listens to, by its name.
static SENT: Mutex<BTreeMap<String, Vec<String>>> = Mutex::new(BTreeMap::new());

/// The statements that any connection keeps prepared, without their values.
static KEPT: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Makes it possible to listen to the connections that are made from now on.
pub fn prepare() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        assert!(
            get_default_instrumentation().is_none(),
            "somebody else listens"
        );
        set_default_instrumentation(|| Some(Box::new(Ear::default()))).expect("a listener");
    });
}

/// Listens at one connection.
#[derive(Default)]
struct Ear {
    database: Option<String>,
}

impl Instrumentation for Ear {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartEstablishConnection { url, .. } => {
                let url = url::Url::parse(url).ok();
                self.database = url.map(|url| url.path().trim_start_matches('/').to_owned());
            }
            InstrumentationEvent::CacheQuery { sql, .. } => {
                let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
                kept.insert(sql.to_owned());
            }
            // What goes on in the background is no part of a request.
            InstrumentationEvent::StartQuery { query, .. } if !is_background() => {
                let mut sent = SENT.lock().unwrap_or_else(PoisonError::into_inner);
                let mine = self.database.as_ref().and_then(|name| sent.get_mut(name));
                if let Some(mine) = mine {
                    mine.push(query.to_string());
                }
            }
            _ => {}
        }
    }
}

/// Does a thread in the background ask? They are named by `jobs::Runner`, `events::Herald`, the workers of webhooks and
/// `db::Pulse`.
fn is_background() -> bool {
    matches!(
        std::thread::current().name(),
        Some("jobs" | "lengthy jobs" | "events" | "webhooks" | "primary pulse" | "replica pulse")
    )
}

/// Those of these statements that were prepared for this once. What begins and ends a transaction never is.
pub fn prepared_anew(sent: &[String]) -> Vec<&str> {
    let kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    let texts = sent.iter().map(|statement| {
        let values = statement.find(" -- binds: ").unwrap_or(statement.len());
        &statement[..values]
    });
    let frames = ["BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"];
    texts
        .filter(|text| !frames.iter().any(|frame| text.starts_with(frame)))
        .filter(|text| !kept.contains(*text))
        .collect()
}

/// What the work returns, and the statements that the service sent meanwhile. Whether a session lives is
/// asked once a second at most, which is no part of the work.
pub fn during<T>(app: &TestApp, work: impl FnOnce() -> T) -> (T, Vec<String>) {
    let all = || SENT.lock().unwrap_or_else(PoisonError::into_inner);
    let name = app.database().name();
    all().insert(name.to_owned(), Vec::new());
    let result = work();
    let mut sent = all().remove(name).unwrap_or_default();
    sent.retain(|statement| !statement.contains("sessions"));
    assert!(
        !sent.is_empty(),
        "nothing was heard: call `prepare` before the service starts"
    );
    (result, sent)
}
