//! Calendar feeds: a secret address that a calendar program follows, so that interviews, follow-ups, the
//! windows for replies and the days of goals stand where one looks anyway.
//!
//! Whoever has the address sees the calendar, and nothing else; removing the feed ends that at once. A feed
//! with `details` *busy* says only that there is something, so that it may be put into a calendar that
//! others see, such as that of a present employer. What is in a calendar follows from the records alone
//! (`rules`); `ics` writes it down as RFC 5545 has it.

pub mod download;
pub mod handlers;
mod ics;
mod model;
mod queries;
mod rules;
mod token;

pub use model::{CalendarDetails, CalendarPart};
