//! Whom the seeker of the demo got to know, and how they stayed in touch.

use chrono::{DateTime, Duration, Utc};
use diesel::PgConnection;
use uuid::Uuid;

use super::write;
use crate::http::error::Result;
use crate::networking::{
    ActivityKind, ContactFields, NetworkingActivityFields, Relationship, add_contact, log_activity,
};

/// A contact: name, organization, relationship, days between touches, and the activities, each so many days
/// after the one before; the contact is written down with the first of them.
type Acquaintance = (
    &'static str,
    &'static str,
    Relationship,
    Option<i32>,
    &'static [(i64, ActivityKind, &'static str)],
);

use ActivityKind::{Call, Coffee, Connection, InformationalInterview, Message};

/// Whom the seeker got to know.
const ACQUAINTANCES: [Acquaintance; 4] = [
    (
        "Imani Okafor",
        "Kite & Anchor",
        Relationship::HiringManager,
        Some(45),
        &[
            (20, Connection, "Met at the spring meetup"),
            (12, Coffee, "Coffee near her office"),
            (70, Message, "Sent an article about what she had asked"),
        ],
    ),
    (
        "Jonas Weber",
        "Tessellate",
        Relationship::Referrer,
        Some(30),
        &[
            (35, Call, "He offered to refer me"),
            (130, Message, "Told him how it went"),
        ],
    ),
    (
        "Aneta Nowak",
        "Quarry Street Bank",
        Relationship::Mentor,
        Some(30),
        &[(60, InformationalInterview, "How she came into the field")],
    ),
    (
        "Luc Moreau",
        "Northwind Freight",
        Relationship::Recruiter,
        None,
        &[(90, Message, "Answered his mail")],
    ),
];

/// Writes the contacts with their activities, each at its own time.
pub(super) fn history(conn: &mut PgConnection, owner: Uuid, begin: DateTime<Utc>) -> Result<()> {
    for acquaintance in &ACQUAINTANCES {
        stay_in_touch(conn, owner, acquaintance, begin)?;
    }
    Ok(())
}

fn stay_in_touch(
    conn: &mut PgConnection,
    owner: Uuid,
    (name, organization, relationship, days, activities): &Acquaintance,
    begin: DateTime<Utc>,
) -> Result<()> {
    let fields = ContactFields {
        name: (*name).to_owned(),
        organization: Some((*organization).to_owned()),
        role: None,
        relationship: *relationship,
        email: None,
        phone: None,
        profile_url: None,
        keep_in_touch_days: *days,
        notes: None,
    };
    let mut at = begin;
    let mut known = None;
    for (later, kind, title) in *activities {
        at += Duration::days(*later);
        known = Some(write(conn, owner, at, |tx| {
            let contact = match known {
                Some(id) => id,
                None => add_contact(tx, &fields)?.id,
            };
            let activity = NetworkingActivityFields {
                kind: *kind,
                // The evening in UTC is the next day in Berlin, never the one before.
                occurred_on: at.date_naive(),
                contact_id: Some(contact),
                title: Some((*title).to_owned()),
                notes: None,
            };
            log_activity(tx, &activity)?;
            Ok(contact)
        })?);
    }
    Ok(())
}
