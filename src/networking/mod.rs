//! Networking: the people of a job search, and what one did to get to know them and stay in touch.
//!
//! A contact may say after how many days it is time to be in touch again. From that and the latest activity
//! follows its `next_touch_on`, by which it can be filtered and sorted. Activities stand for themselves: they need no
//! contact, and stay when theirs is removed.

pub mod activities;
mod changes;
pub mod contacts;
mod model;
mod queries;
mod rules;

pub use changes::{add_contact, log_activity};
pub use model::{
    ActivityKind, Contact, ContactFields, ContactPage, NetworkingActivity,
    NetworkingActivityFields, NetworkingActivityPage, Relationship,
};
