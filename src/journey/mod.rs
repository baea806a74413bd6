//! The journey of an application: everything that belongs to it, in the order in which it happened, from
//! the first step over a rejection to the goals that grew from it.
//!
//! Every rejection is a step. This is where one sees that. The journey reads across features and writes
//! nothing; no feature knows it.

pub mod handlers;
mod model;
mod queries;
