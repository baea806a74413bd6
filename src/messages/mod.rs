//! Messages: what one writes to an employer or a contact, and the check that reads a draft before it goes out.

mod kind;
pub mod tone;

pub use kind::MessageKind;
