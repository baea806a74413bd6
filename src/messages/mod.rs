//! Messages: what one writes to an employer or a contact, and the check that reads a draft before it goes out.
//!
//! A message is made from one of the [`templates`] or from one's own words, and goes from a draft to
//! `sent` or `discarded` (`rules`). The service sends nothing: it hands over a `mailto:` link and takes
//! the user's word. What answers a rejection waits for the end of its cool-off; what the [`tone`] check
//! holds back goes out with a written reason only.

pub mod handlers;
mod kind;
mod mailto;
mod model;
mod moves;
mod queries;
mod rules;
pub mod templates;
pub mod tone;

use uuid::Uuid;

use crate::db::Tx;
use crate::http::error::Result;

pub use kind::MessageKind;
pub use model::{Message, MessageFields, MessageMove, MessagePage, NewMessage};
pub use moves::{create, transition};
pub use rules::MessageStatus;

/// Those of these messages that are there, in any order.
pub fn by_ids(tx: &mut Tx<'_>, ids: &[Uuid]) -> Result<Vec<Message>> {
    let rows = queries::by_ids(tx.conn, tx.owner, ids)?;
    Ok(rows.into_iter().map(Message::from).collect())
}
