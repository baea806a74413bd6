//! What reminders are about, in the words of the present moment: no text is kept in a reminder.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::model::{Reminder, Stored};
use super::queries::sources;
use super::rules::ResourceType;
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

impl About {
    fn words(text: String) -> Self {
        Self {
            text,
            begins_at: None,
        }
    }
}

/// What some reminders are about, by their ids; what is gone is missing.
pub(super) fn of(tx: &mut Tx<'_>, reminders: &[Stored]) -> Result<HashMap<Uuid, About>> {
    let hung: Vec<Uuid> = reminders
        .iter()
        .filter_map(|it| it.application_id)
        .collect();
    let applications = match hung.is_empty() {
        true => HashMap::new(),
        false => sources::application_names(tx, &hung)?,
    };
    let interviews = match ids_of(reminders, ResourceType::Interview) {
        ids if ids.is_empty() => HashMap::new(),
        ids => sources::interview_times(tx, &ids)?,
    };
    let mut found = HashMap::new();
    for reminder in reminders {
        let name = reminder
            .application_id
            .and_then(|application| applications.get(&application))
            .map(|(company, title)| format!("{company}, {title}"));
        let about = match reminder.kind.resource_type() {
            ResourceType::Interview => {
                let begins_at = interviews.get(&reminder.resource_id).copied();
                name.zip(begins_at).map(|(text, begins_at)| About {
                    text,
                    begins_at: Some(begins_at),
                })
            }
            _ => name.map(About::words),
        };
        if let Some(about) = about {
            found.insert(reminder.id, about);
        }
    }
    Ok(found)
}

fn ids_of(reminders: &[Stored], kind: ResourceType) -> Vec<Uuid> {
    reminders
        .iter()
        .filter(|it| it.kind.resource_type() == kind)
        .map(|it| it.resource_id)
        .collect()
}

/// A reminder as the API shows it.
pub(super) fn shown(tx: &mut Tx<'_>, row: Stored) -> Result<Reminder> {
    let mut words = of(tx, std::slice::from_ref(&row))?;
    let about = words.remove(&row.id).map(|about| about.text);
    Ok(Reminder::new(row, about))
}
