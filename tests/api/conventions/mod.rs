//! What holds for every resource: problems, headers, conditions, retries, patches.

mod app;
mod bodies;
mod conditions;
mod cors;
mod deprecation;
mod headers;
mod idempotency;
mod pages;
mod patches;
mod problems;
mod statements;
