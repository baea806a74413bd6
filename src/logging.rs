//! Log lines: one JSON object a line for machines, readable ones in a terminal.
//!
//! Values are written by a JSON encoder, so that no text can end a line or forge one.

use std::io::{IsTerminal, Write};

use env_logger::Target;
use log::LevelFilter;
use log::kv::{self, Key, Value, VisitSource};

use crate::clock::real_now;
use crate::config::{LogFormat, LogSettings};

/// Sets the logger of the process; later calls change nothing.
pub fn init(settings: &LogSettings) {
    let json = match settings.log_format {
        LogFormat::Json => true,
        LogFormat::Human => false,
        LogFormat::Auto => !std::io::stderr().is_terminal(),
    };
    let mut builder = env_logger::Builder::new();
    // What a peer sends wrong is answered with 400 and no fault of ours; a filter can still ask for it.
    builder.filter_module("actix_http::h1::dispatcher", LevelFilter::Off);
    builder.parse_filters(&settings.log).target(Target::Stderr);
    if json {
        builder.format(|out, record| {
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
