//! Templates: texts to start a message from. Some come with the service, in several voices for each kind
//! of message; everyone adds their own.
//!
//! A template holds `{{ placeholders }}` and nothing else: no logic, no nesting. Messages are made from
//! what [`find`] and [`fill_in`] give.

mod built_in;
pub mod handlers;
mod model;
mod queries;
mod rules;
mod variables;

use diesel::PgConnection;
use uuid::Uuid;

use crate::http::error::Result;

pub use model::{Template, TemplateFields, TemplatePage};
pub use rules::{Filled, fill_in, pointer_to};
pub use variables::Variables;

/// A template of this owner, or one that comes with the service.
pub fn find(conn: &mut PgConnection, owner: Uuid, id: Uuid) -> Result<Template> {
    match built_in::find(id) {
        Some(template) => Ok(template.clone()),
        None => queries::get(conn, owner, id),
    }
}
