//! Wellbeing check-ins: how the user is, from 1 to 5, in their own words, when they choose to note it.
//!
//! Off until the user turns the preference `wellbeing_enabled` on. Turning it off hides everything and
//! deletes nothing; erasing works in either case, one by one or all at once, and leaves nothing behind: events
//! name a check-in by its id only, and answers that are kept for retries go along.

mod changes;
pub mod handlers;
mod model;
mod queries;
mod rules;

pub use changes::check_in;
pub use handlers::{WellbeingCheckInQuery, page};
pub use model::{WellbeingCheckIn, WellbeingCheckInFields, WellbeingCheckInPage};
