//! Promises that hold for every operation of the document; a new one is covered without a line here.

mod coaching;
mod document_rules;
mod hostile;
mod mass_assignment;
mod ownership;
pub mod schema;
mod size;
mod values;
pub mod world;
