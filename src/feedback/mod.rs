//! Feedback requests: asking a company, once and politely, what to learn from its answer, and keeping
//! what came back.
//!
//! The etiquette is in [`rules`]: one open request for an application, nothing sent while a rejection
//! cools off, one nudge at most and not before five days, and silence after fourteen days is an answer
//! too. One may ask after a rejection, after silence or after an interview. An answer is kept verbatim
//! and split into items, from which goals may grow.
//!
//! Others use [`send`], which moves a draft to `sent` under all of its guards, [`create`] and
//! [`transition`], and the models.

pub mod handlers;
mod ideas;
mod model;
mod moves;
mod queries;
mod requests;
pub mod rules;

pub use handlers::{FeedbackRequestQuery, page};
pub use model::{
    FeedbackArea, FeedbackItem, FeedbackPolarity, FeedbackRequest, FeedbackRequestPage,
};
pub use moves::{create, send, transition};
pub use queries::{application_of, by_ids};
pub use requests::{FeedbackRequestFields, FeedbackRequestMove};
pub use rules::FeedbackStatus;
