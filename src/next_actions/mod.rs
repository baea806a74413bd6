//! Next actions: at most three small steps, each with its reason and where to take it.
//!
//! Appointments come first. On a day of rest nothing else is asked. Then what has its time: a reply while
//! it is still remembered, what the user wanted to look at, feedback, a reflection, the goals of the day,
//! people, silence. The order is a matter of [`rules`] and the same each time. This feature reads across
//! others and writes nothing; nothing reads it back.

pub mod handlers;
mod model;
mod queries;
pub mod rules;
