//! Reflections: what one takes from an application, calmly and for oneself, and the small goals that
//! grow from it ([`rules`]).

pub mod handlers;
mod model;
mod queries;
pub mod rules;

pub use model::{ImprovementArea, Reflection, ReflectionFields, ReflectionPage, Verdict};
pub use queries::insert;
