//! Webhooks: a program of the user's is told of what happens, without asking.
//!
//! A user names an endpoint and the types of events it wants. Each event becomes one delivery: a small
//! signed POST (Standard Webhooks) that names the type and the ids, and never what a person wrote or how
//! one is. A delivery that does not arrive is tried again over three days; an endpoint that nothing reaches
//! for five days is turned off, and its owner is told by mail.
//!
//! The event, written in the transaction of its cause, is the outbox. [`Worker`] turns events into deliveries, in
//! their order and each once, and sends them on connections and threads of its own. Beside it there is
//! only [`measure`], for those who watch over the service.

mod address;
pub mod deliveries;
mod deliveries_model;
mod delivering;
mod event_types;
pub mod handlers;
pub mod mails;
mod model;
mod moves;
mod names;
mod queries;
mod rules;
mod sender;
mod signing;
mod target;
mod worker;

pub use names::Names;
pub use worker::{Worker, WorkerError, measure};
