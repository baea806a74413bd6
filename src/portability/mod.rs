//! A whole account in one document: to read, to keep, to take to another server.
//!
//! `GET /v1/me/export` gives everything that a user has here, as of one instant. `POST /v1/me/import` takes
//! such a document into an empty account, on this server or another one: with the same ids, timelines,
//! frozen cool-offs, versions and tombstones. What needs somebody else's consent or opens a door is shown
//! and not taken along: links to coaches and what came of them, sessions, tokens, webhooks, calendar feeds.
//!
//! This feature carries rows and knows none of their rules, which is why it reads and writes the tables of
//! all others. `sections` is the one list of them; a test holds it against the catalogue of the database.
//! Both ways lead over a file without a name: an export is written whole, in one transaction that sees one
//! instant, before its answer begins, so that a slow reader holds no connection and a fault is told as one;
//! an import is checked whole before its transaction begins.

mod document;
mod export;
pub mod handlers;
mod import;
mod model;
mod queries;
mod reader;
mod records;
mod sections;
