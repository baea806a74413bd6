//! What every resource shares on its way in and out: bodies, parameters, pages, conditions, retries,
//! problems, limits and headers. A feature uses these and writes none of its own.
//!
//! A request meets [`edge`] first (request id, rate limit, answer headers, log line), then the
//! extractors of its handler: [`caller::Caller`] or [`visitor::Visitor`], [`body::Body`],
//! [`params::Params`].

pub mod accept;
pub mod answer;
pub mod app;
pub mod body;
pub mod caller;
pub mod compress;
pub mod connections;
pub mod document;
pub mod edge;
pub mod error;
pub mod files;
pub mod health;
pub mod idempotency;
pub mod limit;
pub mod listener;
pub mod metrics;
pub mod network;
pub mod page;
pub mod params;
pub mod problems;
pub mod rules;
pub mod shape;
pub mod site;
pub mod strict;
pub mod test_clock;
pub mod text;
pub mod upload;
pub mod visitor;
