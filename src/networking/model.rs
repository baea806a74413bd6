//! What contacts and networking activities are.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::Pg;
use diesel::prelude::{AsChangeset, Insertable, Queryable, Selectable};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::db::schema::{contacts, networking_activities};
use crate::http::answer::Versioned;
use crate::http::rules::{sane_required_date, takes_mail, web_address};
use crate::{page_schema, text_enum};

text_enum! {
    /// What a contact is to the user.
    pub enum Relationship {
        /// Looks for people on a company's behalf.
        Recruiter = "recruiter",
        /// Decides who is hired.
        HiringManager = "hiring_manager",
        /// Asked questions in an interview.
        Interviewer = "interviewer",
        /// Recommends one to a company.
        Referrer = "referrer",
        /// Does similar work, or did so together with one.
        Peer = "peer",
        /// Gives advice from experience.
        Mentor = "mentor",
        /// Coaches one.
        Coach = "coach",
        /// Something else.
        Other = "other",
    }
}

text_enum! {
    /// What one did.
    pub enum ActivityKind {
        /// Made a contact, in a network or in person.
        Connection = "connection",
        /// Wrote.
        Message = "message",
        /// Talked on the phone or by video.
        Call = "call",
        /// Met.
        Coffee = "coffee",
        /// Asked somebody about their work.
        InformationalInterview = "informational_interview",
        /// Went to a meetup, a fair or a conference.
        Event = "event",
        /// Took part in a group, such as one for job seekers.
        Group = "group",
    }
}

fn other() -> Relationship {
    Relationship::Other
}

/// What a client writes: the body of POST, and what a PATCH is merged into.
#[derive(
    Debug,
    Clone,
    Serialize,
    Deserialize,
    Validate,
    ToSchema,
    Queryable,
    Selectable,
    Insertable,
    AsChangeset,
)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = contacts, treat_none_as_default_value = false, treat_none_as_null = true, check_for_backend(Pg))]
#[schema(example = json!({
    "name": "Imani Okafor", "organization": "Kite & Anchor", "role": "Engineering Manager",
    "relationship": "hiring_manager", "email": "imani@kite.example", "keep_in_touch_days": 30
}))]
pub struct ContactFields {
    /// Who it is.
    #[garde(length(chars, min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "Imani Okafor")]
    pub name: String,
    /// Where they work.
    #[garde(length(chars, min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "Kite & Anchor")]
    pub organization: Option<String>,
    /// What they do there.
    #[garde(length(chars, min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "Engineering Manager")]
    pub role: Option<String>,
    /// What they are to you; `other` without it.
    // No default in the schema: typed clients take that for a promise and ask for the member.
    #[serde(default = "other")]
    #[garde(skip)]
    pub relationship: Relationship,
    /// Their address for mail.
    #[garde(email, length(chars, min = 3, max = 254), inner(custom(takes_mail)))]
    #[schema(
        format = "email",
        min_length = 3,
        max_length = 254,
        example = "imani@kite.example"
    )]
    pub email: Option<String>,
    /// Their telephone number, as you write it.
    #[garde(length(chars, min = 1, max = 50))]
    #[schema(min_length = 1, max_length = 50, example = "+49 30 123456")]
    pub phone: Option<String>,
    /// Their page in a network.
    #[garde(length(chars, min = 1, max = 2000), custom(web_address))]
    #[schema(
        min_length = 1,
        max_length = 2000,
        format = "url",
        pattern = "^https?://",
        example = "https://network.example/imani"
    )]
    pub profile_url: Option<String>,
    /// Days after which it is time to be in touch again.
    #[garde(range(min = 1, max = 3650))]
    #[schema(minimum = 1, maximum = 3650, example = 30)]
    pub keep_in_touch_days: Option<i32>,
    /// Anything worth keeping.
    #[garde(length(chars, min = 1, max = 10_000))]
    #[schema(
        min_length = 1,
        max_length = 10_000,
        example = "Met at the spring meetup; climbs."
    )]
    pub notes: Option<String>,
}

/// A contact.
#[derive(Debug, Clone, Serialize, ToSchema, Queryable, Selectable)]
#[diesel(table_name = contacts, check_for_backend(Pg))]
pub struct Contact {
    /// Its id.
    #[schema(example = "019a6f12-3b4c-7a5d-8e6f-7a8b9c0d1e2f")]
    pub id: Uuid,
    /// Who it is.
    #[schema(max_length = 200, example = "Imani Okafor")]
    pub name: String,
    /// Where they work.
    #[schema(required, max_length = 200, example = "Kite & Anchor")]
    pub organization: Option<String>,
    /// What they do there.
    #[schema(required, max_length = 200, example = "Engineering Manager")]
    pub role: Option<String>,
    /// What they are to you.
    pub relationship: Relationship,
    /// Their address for mail.
    #[schema(required, max_length = 254, example = "imani@kite.example")]
    pub email: Option<String>,
    /// Their telephone number.
    #[schema(required, max_length = 50, example = "+49 30 123456")]
    pub phone: Option<String>,
    /// Their page in a network.
    #[schema(required, max_length = 2000, example = "https://network.example/imani")]
    pub profile_url: Option<String>,
    /// Days after which it is time to be in touch again.
    #[schema(required, minimum = 1, maximum = 3650, example = 30)]
    pub keep_in_touch_days: Option<i32>,
    /// The day of the latest activity with them; null without any.
    #[schema(required, example = "2026-03-05")]
    pub last_activity_on: Option<NaiveDate>,
    /// The day on which to be in touch again: keep_in_touch_days after the latest activity, or after the
    /// local day on which the contact was created while there is none. Null without keep_in_touch_days.
    #[schema(required, example = "2026-04-04")]
    pub next_touch_on: Option<NaiveDate>,
    /// Anything worth keeping.
    #[schema(
        required,
        max_length = 10_000,
        example = "Met at the spring meetup; climbs."
    )]
    pub notes: Option<String>,
    /// Counts the changes of what you write, from 1. An activity does not count: it changes
    /// last_activity_on and with it the ETag, but an If-Match from before still holds.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was changed last; an activity does not count.
    pub updated_at: DateTime<Utc>,
}

impl Versioned for Contact {
    fn version(&self) -> i32 {
        self.version
    }
}

impl From<&Contact> for ContactFields {
    fn from(row: &Contact) -> Self {
        let row = row.clone();
        Self {
            name: row.name,
            organization: row.organization,
            role: row.role,
            relationship: row.relationship,
            email: row.email,
            phone: row.phone,
            profile_url: row.profile_url,
            keep_in_touch_days: row.keep_in_touch_days,
            notes: row.notes,
        }
    }
}

page_schema!(ContactPage, Contact, "A page of contacts.");

/// What a client writes: the body of POST, and what a PATCH is merged into.
#[derive(
    Debug,
    Clone,
    Serialize,
    Deserialize,
    Validate,
    ToSchema,
    Queryable,
    Selectable,
    Insertable,
    AsChangeset,
)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = networking_activities, treat_none_as_default_value = false, treat_none_as_null = true, check_for_backend(Pg))]
#[schema(example = json!({
    "kind": "coffee", "occurred_on": "2026-03-05", "contact_id": "019a6f12-3b4c-7a5d-8e6f-7a8b9c0d1e2f",
    "title": "Coffee at the station"
}))]
pub struct NetworkingActivityFields {
    /// What you did.
    #[garde(skip)]
    pub kind: ActivityKind,
    /// The local day on which it happened; not in the future.
    #[garde(custom(sane_required_date))]
    #[schema(example = "2026-03-05")]
    pub occurred_on: NaiveDate,
    /// With whom, if it is one of your contacts.
    #[garde(skip)]
    #[schema(example = "019a6f12-3b4c-7a5d-8e6f-7a8b9c0d1e2f")]
    pub contact_id: Option<Uuid>,
    /// What it was, in a few words.
    #[garde(length(chars, min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "Coffee at the station")]
    pub title: Option<String>,
    /// Anything worth keeping.
    #[garde(length(chars, min = 1, max = 10_000))]
    #[schema(
        min_length = 1,
        max_length = 10_000,
        example = "Their team grows in autumn."
    )]
    pub notes: Option<String>,
}

/// Something one did to meet people or to stay in touch.
#[derive(Debug, Clone, Serialize, ToSchema, Queryable, Selectable)]
#[diesel(table_name = networking_activities, check_for_backend(Pg))]
pub struct NetworkingActivity {
    /// Its id.
    #[schema(example = "019a6f13-4c5d-7b6e-9f70-8b9c0d1e2f3a")]
    pub id: Uuid,
    /// What you did.
    pub kind: ActivityKind,
    /// The local day on which it happened.
    #[schema(example = "2026-03-05")]
    pub occurred_on: NaiveDate,
    /// With whom; null when it was nobody in particular or when the contact was removed.
    #[schema(required, example = "019a6f12-3b4c-7a5d-8e6f-7a8b9c0d1e2f")]
    pub contact_id: Option<Uuid>,
    /// What it was, in a few words.
    #[schema(required, max_length = 200, example = "Coffee at the station")]
    pub title: Option<String>,
    /// Anything worth keeping.
    #[schema(required, max_length = 10_000, example = "Their team grows in autumn.")]
    pub notes: Option<String>,
    /// Counts the changes, from 1.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

impl Versioned for NetworkingActivity {
    fn version(&self) -> i32 {
        self.version
    }
}

impl From<&NetworkingActivity> for NetworkingActivityFields {
    fn from(row: &NetworkingActivity) -> Self {
        let row = row.clone();
        Self {
            kind: row.kind,
            occurred_on: row.occurred_on,
            contact_id: row.contact_id,
            title: row.title,
            notes: row.notes,
        }
    }
}

page_schema!(
    NetworkingActivityPage,
    NetworkingActivity,
    "A page of networking activities."
);
