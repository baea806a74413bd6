//! What the service does, seen from outside: over HTTP against a real PostgreSQL. A file a feature.
//!
//! The experiments of `tests/promises` belong to the same binary, so that both share one cluster.

mod account;
mod applications;
mod calendar;
mod cli;
mod cluster_support;
mod coaching;
mod conventions;
mod deploy;
mod embedded_cluster;
mod events;
mod exports;
mod feedback;
mod goals;
mod harness;
mod housekeeping;
mod imports;
mod insights;
mod integrating;
mod interviews;
mod journey;
mod keys;
mod messages;
mod metrics;
mod networking;
mod next_actions;
mod openapi_driven;
mod operating;
mod portability;
#[path = "../promises/mod.rs"]
mod promises;
mod readme;
mod reflections;
mod rejections;
mod reminders;
mod schema_drift;
mod schema_invariants;
mod signals;
mod story;
mod support;
mod templates;
mod tokens;
mod tone;
mod upsert;
mod webhooks;
mod wellbeing;
