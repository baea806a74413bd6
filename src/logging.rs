//! Log lines: one JSON object a line for machines, readable ones in a terminal.
//!
//! Values are written by a JSON encoder, so that no text can end a line or forge one.

use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use env_logger::Target;
use log::LevelFilter;
use log::kv::{self, Key, Value, VisitSource};
use log::{Level, Record};

use crate::clock::real_now;
use crate::config::{LogFormat, LogSettings};

/// Has the listening socket been closed on purpose?
static CLOSED: AtomicBool = AtomicBool::new(false);

/// From now on nobody is told that the accepting thread finds its socket closed: a stop closes it first.
pub fn expect_a_closed_listener() {
    CLOSED.store(true, Ordering::Relaxed);
}

/// Is this nobody's business?
///
/// Below info, libraries print what passes through them: heads of requests, mails with their tokens.
fn is_hidden(record: &Record<'_>) -> bool {
    let own = record.target().starts_with("rebound");
    let closed = CLOSED.load(Ordering::Relaxed) && record.target() == "actix_server::accept";
    closed || (!own && record.level() > Level::Info)
}

/// Sets the logger of the process; later calls change nothing.
pub fn init(settings: &LogSettings) {
    let json = is_json(settings);
    let mut builder = env_logger::Builder::new();
    // What a peer sends wrong is answered with 400 and no fault of ours; a filter can still ask for it.
    builder.filter_module("actix_http::h1::dispatcher", LevelFilter::Off);
    builder.parse_filters(&settings.log).target(Target::Stderr);
    if json {
        builder.format(|out, record| {
            if is_hidden(record) {
                return Ok(());
            }
            let mut line = serde_json::Map::new();
            line.insert("at".to_owned(), real_now().to_rfc3339().into());
            line.insert("level".to_owned(), record.level().as_str().into());
            line.insert("target".to_owned(), record.target().into());
            line.insert("message".to_owned(), record.args().to_string().into());
            let mut fields = Fields(&mut line);
            record
                .key_values()
                .visit(&mut fields)
                .map_err(std::io::Error::other)?;
            writeln!(out, "{}", serde_json::Value::Object(line))
        });
    } else {
        builder.format(|out, record| {
            if is_hidden(record) {
                return Ok(());
            }
            let mut line = serde_json::Map::new();
            let mut fields = Fields(&mut line);
            record
                .key_values()
                .visit(&mut fields)
                .map_err(std::io::Error::other)?;
            let fields: String = line
                .iter()
                .map(|(name, value)| format!(" {name}={value}"))
                .collect();
            let message = record.args().to_string().escape_debug().to_string();
            let time = real_now().format("%H:%M:%S%.3f");
            writeln!(out, "{time} {:5} {message}{fields}", record.level())
        });
    }
    if builder.try_init().is_err() {
        log::debug!("the logger is set already");
    }
}

fn is_json(settings: &LogSettings) -> bool {
    match settings.log_format {
        LogFormat::Json => true,
        LogFormat::Human => false,
        LogFormat::Auto => !std::io::stderr().is_terminal(),
    }
}

/// From now on a panic is one line of the log that tells the place, where lines are for machines. Its
/// message may quote a user's text.
pub fn catch_panics(settings: &LogSettings) {
    if !is_json(settings) {
        return;
    }
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        log::error!(place = place.unwrap_or_default().as_str(); "a panic");
    }));
}

struct Fields<'m>(&'m mut serde_json::Map<String, serde_json::Value>);

impl<'kvs> VisitSource<'kvs> for Fields<'_> {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), kv::Error> {
        let value = value
            .to_u64()
            .map(serde_json::Value::from)
            .or_else(|| value.to_i64().map(serde_json::Value::from))
            .unwrap_or_else(|| value.to_string().into());
        self.0.insert(key.as_str().to_owned(), value);
        Ok(())
    }
}
