//! Reflections: what one takes from an application, calmly and for oneself, and the small goals that
//! grow from it ([`rules`]).

pub mod handlers;
mod model;
mod queries;
pub mod rules;

pub use handlers::{ReflectionQuery, page};
pub use model::{Assessment, ImprovementArea, Reflection, ReflectionFields, ReflectionPage};
pub use queries::by_ids;

use serde_json::json;

use crate::db::Tx;
use crate::events::{self, Event};
use crate::http::error::Result;

/// Writes a reflection; 404 when there is no such application.
pub fn create(tx: &mut Tx<'_>, fields: &ReflectionFields) -> Result<Reflection> {
    let reflection = queries::insert(tx, fields)?;
    record(tx, "reflection.created", &reflection)?;
    Ok(reflection)
}

fn record(tx: &mut Tx<'_>, kind: &'static str, reflection: &Reflection) -> Result<()> {
    let event = Event::new(kind, reflection.id);
    let event = match reflection.application_id {
        Some(application) => event.with(json!({"application_id": application})),
        None => event,
    };
    events::record(tx, &event)
}
