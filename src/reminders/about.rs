//! What reminders are about, in the words of the present moment: no text is kept in a reminder.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::model::{Reminder, Stored};
use super::queries::names;
use super::rules::{ReminderKind, ResourceType};
use crate::db::Tx;
use crate::http::error::Result;

/// What a reminder is about.
#[derive(Clone, Debug)]
pub(super) struct About {
    /// Company and job title, or a name, or a title.
    pub(super) text: String,
    /// For an interview: when it begins.
    pub(super) begins_at: Option<DateTime<Utc>>,
}

/// What some reminders are about, by their ids; what is gone is missing.
pub(super) fn of(tx: &mut Tx<'_>, reminders: &[Stored]) -> Result<HashMap<Uuid, About>> {
    let mut hung: Vec<Uuid> = Vec::new();
    let mut others: HashMap<ResourceType, Vec<Uuid>> = HashMap::new();
    for reminder in reminders {
        hung.extend(reminder.application_id);
        let ids = others.entry(reminder.kind.resource_type()).or_default();
        ids.push(reminder.resource_id);
    }
    let mut texts = HashMap::new();
    if !hung.is_empty() {
        texts.extend(names::applications(tx, &hung)?);
    }
    if let Some(ids) = others.get(&ResourceType::Contact) {
        texts.extend(names::contacts(tx, ids)?);
    }
    if let Some(ids) = others.get(&ResourceType::Goal) {
        texts.extend(names::goals(tx, ids)?);
    }
    let times = match others.get(&ResourceType::Interview) {
        Some(ids) => names::interviews(tx, ids)?,
        None => HashMap::new(),
    };
    let about = |reminder: &Stored| {
        let begins_at = times.get(&reminder.resource_id).copied();
        let gone = reminder.kind == ReminderKind::Interview && begins_at.is_none();
        let named = reminder.application_id.unwrap_or(reminder.resource_id);
        let text = texts.get(&named).filter(|_| !gone)?.clone();
        Some((reminder.id, About { text, begins_at }))
    };
    Ok(reminders.iter().filter_map(about).collect())
}

/// A reminder as the API shows it.
pub(super) fn shown(tx: &mut Tx<'_>, row: Stored) -> Result<Reminder> {
    let mut words = of(tx, std::slice::from_ref(&row))?;
    let about = words.remove(&row.id).map(|about| about.text);
    Ok(Reminder::new(row, about))
}
