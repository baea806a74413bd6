//! Reminders: what the service will remind of and when, so that nobody has to keep it in mind.
//!
//! Follow-ups, the window for a reply, the one nudge of a feedback request, contacts to keep in touch
//! with, goals of the day, interviews. One standing job for each user plans ahead and fires what is due
//! ([`plan`]); mails go out by jobs of their own ([`mails`]) if the user wants them. A reminder, its mail
//! and the next plan are written in one transaction, so that a killed service loses and doubles nothing.
//!
//! Nudges keep silent in quiet hours and while the user rests; interviews do not. When is what, is said
//! in `rules` and `reconcile`. This feature reads across others (`queries::sources`); nothing reads
//! it back, and no write waits for it.

mod about;
pub mod handlers;
mod letters;
pub mod mails;
mod model;
pub mod plan;
mod queries;
mod reconcile;
mod rules;

pub use model::{Reminder, ReminderPage};
pub use rules::{ReminderKind, ReminderStatus};
