//! Interviews: the rounds of an application, when and where they are, how one prepared, what came of them.

pub mod handlers;
mod model;
mod queries;

pub use model::{Interview, InterviewFields, InterviewKind, InterviewOutcome, InterviewPage};
pub use queries::{by_ids, insert};
