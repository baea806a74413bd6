//! The one list of what an account document holds, in the order in which rows can be written: each section
//! stands behind those that it refers to.

use std::io::Write;

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use garde::Validate;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::queries::{self, Restored, Stored};
use super::records::*;
use crate::db::{Patience, Tx};
use crate::http::error::{Error, FieldError, Result};
use crate::http::shape;

/// The rows of one table in the document.
pub struct Section {
    /// The member of the document. It is the name of the table, too.
    pub name: &'static str,
    /// Writes the rows, separated by commas.
    pub export: fn(&mut Tx<'_>, Patience, &mut dyn Write) -> Result<()>,
    /// Tells what is wrong with a row.
    pub check: fn(Value) -> Vec<FieldError>,
    /// Is the account of no use for an import with such a row in it?
    pub in_the_way: Option<fn(&mut Tx<'_>) -> Result<bool>>,
    /// How an import writes rows that were checked; not at all what is only shown. The number is the place of
    /// the first one in its section.
    pub insert: Option<Insert>,
}

type Insert = fn(&mut Tx<'_>, &Section, usize, Vec<Value>) -> Result<()>;

/// Every section.
pub static SECTIONS: [Section; 29] = [
    restored::<ApplicationRecord>("applications"),
    restored::<ApplicationStepRecord>("application_steps"),
    restored::<InterviewRecord>("interviews"),
    restored::<RejectionRecord>("rejections"),
    restored::<TemplateRecord>("templates"),
    restored::<FeedbackRequestRecord>("feedback_requests"),
    restored::<FeedbackItemRecord>("feedback_items"),
    restored::<MessageRecord>("messages"),
    restored::<ReflectionRecord>("reflections"),
    restored::<ContactRecord>("contacts"),
    restored::<NetworkingActivityRecord>("networking_activities"),
    restored::<WellbeingCheckInRecord>("wellbeing_check_ins"),
    restored::<GoalRecord>("goals"),
    restored::<GoalCheckInRecord>("goal_check_ins"),
    restored::<GoalPauseRecord>("goal_pauses"),
    restored::<ReminderRecord>("reminders"),
    restored::<ImportRecord>("imports"),
    restored::<ImportPartRecord>("import_parts"),
    // The change log outlives what it tells of: an account may be empty in spite of it.
    Section {
        in_the_way: None,
        ..restored::<EventRecord>("events")
    },
    shown::<CalendarFeedRecord>("calendar_feeds"),
    // One that is there already would be told of everything that ever happened elsewhere.
    Section {
        in_the_way: Some(queries::holds::<WebhookRecord>),
        ..shown::<WebhookRecord>("webhooks")
    },
    shown::<WebhookDeliveryRecord>("webhook_deliveries"),
    shown::<WebhookAttemptRecord>("webhook_attempts"),
    shown::<PersonalTokenRecord>("personal_tokens"),
    shown::<SessionRecord>("sessions"),
    shown::<CoachLinkRecord>("coach_links"),
    shown::<CoachAccessRecord>("coach_accesses"),
    shown::<CoachNoteRecord>("coach_notes"),
    shown::<GoalSuggestionRecord>("goal_suggestions"),
];

/// The section with this name.
pub fn named(name: &str) -> Option<&'static Section> {
    SECTIONS.iter().find(|section| section.name == name)
}

const fn shown<R>(name: &'static str) -> Section
where
    R: Stored + Serialize + DeserializeOwned + Validate<Context = ()>,
{
    Section {
        name,
        export: export::<R>,
        check: check::<R>,
        in_the_way: None,
        insert: None,
    }
}

const fn restored<R>(name: &'static str) -> Section
where
    R: Restored + Serialize + DeserializeOwned + Validate<Context = ()>,
{
    Section {
        in_the_way: Some(queries::holds::<R>),
        insert: Some(insert::<R>),
        ..shown::<R>(name)
    }
}

fn export<R: Stored + Serialize>(
    tx: &mut Tx<'_>,
    patience: Patience,
    out: &mut dyn Write,
) -> Result<()> {
    let mut part = R::part(tx.conn, tx.owner, None)?;
    let mut separator = "";
    while let Some(last) = part.last() {
        for row in &part {
            write!(out, "{separator}").map_err(unwritten)?;
            serde_json::to_writer(&mut *out, row).map_err(unwritten)?;
            separator = ",\n";
        }
        if (part.len() as i64) < R::AT_ONCE {
            break;
        }
        patience.check()?;
        part = R::part(tx.conn, tx.owner, Some(last))?;
    }
    Ok(())
}

/// A full disk passes; whatever it is, there is nothing that a client could mend.
pub fn unwritten(error: impl std::fmt::Display) -> Error {
    log::warn!("an account document cannot be written: {error}");
    Error::overloaded()
}

fn check<R: DeserializeOwned + Validate<Context = ()>>(row: Value) -> Vec<FieldError> {
    shape::read::<R>(row).err().unwrap_or_default()
}

fn insert<R>(tx: &mut Tx<'_>, section: &Section, first: usize, rows: Vec<Value>) -> Result<()>
where
    R: Restored + DeserializeOwned + Validate<Context = ()>,
{
    let mut records: Vec<R> = Vec::with_capacity(rows.len());
    for row in &rows {
        // It was checked when the document came in.
        records.push(shape::read(row.clone()).map_err(Error::invalid)?);
    }
    let together = tx.savepoint(|tx| Ok(R::insert(tx, &records)?));
    match together {
        Ok(_) => return Ok(()),
        Err(error) if violated(&error).is_none() => return Err(error),
        Err(_) => {}
    }
    // Which one it was shows when they come one by one.
    for (number, record) in records.iter().enumerate() {
        let alone = tx.savepoint(|tx| Ok(R::insert(tx, std::slice::from_ref(record))?));
        alone.map_err(|error| refusal(section, first + number, &rows[number], error))?;
    }
    Ok(())
}

/// The constraint that refused a row, and in which way.
fn violated(error: &Error) -> Option<(&str, &DatabaseErrorKind)> {
    match error {
        Error::Database(DieselError::DatabaseError(kind, info)) => {
            info.constraint_name().map(|name| (name, kind))
        }
        _ => None,
    }
}

/// The refusal of a row as an answer: the name of a constraint tells its member.
fn refusal(section: &Section, number: usize, row: &Value, error: Error) -> Error {
    let Some((constraint, kind)) = violated(&error) else {
        return error;
    };
    let about = constraint
        .strip_prefix(section.name)
        .unwrap_or_default()
        .trim_start_matches('_');
    let member = member(row, about);
    let (code, detail) = match kind {
        DatabaseErrorKind::ForeignKeyViolation => (
            "unknown_reference",
            "Nothing before it in the document has this id.",
        ),
        DatabaseErrorKind::UniqueViolation => {
            ("duplicate", "Another row of the document says the same.")
        }
        _ => ("invalid_value", "The values do not fit each other."),
    };
    let pointer = format!("/{}/{number}{member}", section.name);
    Error::invalid_field(pointer, code, detail)
}

/// The pointer inside of a row to what a constraint is about; empty when that is more than one member.
fn member(row: &Value, constraint: &str) -> String {
    if constraint == "pkey" {
        return "/id".to_owned();
    }
    let places = [("", row), ("/fields", &row["fields"])];
    let mut about = constraint;
    while let Some((shorter, _)) = about.rsplit_once('_') {
        about = shorter;
        for (place, members) in places {
            let names = members.as_object().into_iter().flatten();
            let found = names.map(|(name, _)| name).find(|name| {
                let id = name.strip_suffix("_id").unwrap_or_default();
                *name == about || id == about || id.ends_with(&format!("_{about}"))
            });
            if let Some(name) = found {
                return format!("{place}/{name}");
            }
        }
    }
    String::new()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_name_of_a_constraint_tells_the_member() {
        let row = json!({
            "id": "x", "feedback_request_id": "y", "closed_on": null, "status": "active",
            "fields": {"application_id": "z", "salary_max": 3, "company": "c"}
        });
        for (constraint, pointer) in [
            ("pkey", "/id"),
            ("request_fkey", "/feedback_request_id"),
            ("application_fkey", "/fields/application_id"),
            ("company_length", "/fields/company"),
            ("salary_max_range", "/fields/salary_max"),
            ("closed_has_day", ""),
        ] {
            assert_eq!(member(&row, constraint), pointer, "{constraint}");
        }
    }

    #[test]
    fn a_section_has_a_name_of_its_own() {
        let mut names: Vec<_> = SECTIONS.iter().map(|section| section.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), SECTIONS.len());
    }
}
