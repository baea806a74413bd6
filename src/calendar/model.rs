//! What a calendar feed is.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::{AsChangeset, Insertable, Queryable, Selectable};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::db::schema::calendar_feeds;
use crate::http::answer::Versioned;
use crate::http::rules::one_line;
use crate::{page_schema, text_enum};

text_enum! {
    /// A part of a calendar.
    pub enum CalendarPart {
        /// Interviews, at their time.
        Interviews = "interviews",
        /// The days on which to look again at an application.
        FollowUps = "follow_ups",
        /// The time in which a reply to a rejection is welcome.
        ReplyWindows = "reply_windows",
        /// The days on which a goal is due, or on which its running period ends.
        GoalDays = "goal_days",
    }
}

text_enum! {
    /// How much a calendar tells.
    pub enum CalendarDetails {
        /// Company, title, place.
        Full = "full",
        /// That there is something, and nothing more.
        Busy = "busy",
    }
}

fn called() -> String {
    "Rebound".to_owned()
}

fn everything() -> Vec<CalendarPart> {
    CalendarPart::ALL.to_vec()
}

fn full() -> CalendarDetails {
    CalendarDetails::Full
}

/// What a client writes: the body of POST, and what a PATCH is merged into.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema, Insertable, AsChangeset)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = calendar_feeds)]
#[schema(example = json!({"name": "My phone", "include": ["interviews", "follow_ups"], "details": "full"}))]
pub struct CalendarFeedFields {
    /// What it is called, in lists and in the calendar program; `Rebound` without it.
    #[serde(default = "called")]
    #[garde(length(chars, min = 1, max = 100), custom(one_line))]
    #[schema(min_length = 1, max_length = 100, example = "My phone")]
    pub name: String,
    /// What is in it, each once; everything without it.
    #[serde(default = "everything")]
    #[garde(length(min = 1, max = 4), custom(each_once))]
    #[schema(min_items = 1, max_items = 4, example = json!(["interviews", "follow_ups"]))]
    pub include: Vec<CalendarPart>,
    /// How much it tells; `full` without it. Choose `busy` for a calendar that others see.
    #[serde(default = "full")]
    #[garde(skip)]
    pub details: CalendarDetails,
}

fn each_once(parts: &[CalendarPart], (): &()) -> garde::Result {
    let twice = (1..parts.len()).any(|at| parts[..at].contains(&parts[at]));
    match twice {
        true => Err(garde::Error::new("duplicate: Each of them once.")),
        false => Ok(()),
    }
}

/// A calendar feed. Its address is shown once, when it is made.
#[derive(Debug, Clone, Serialize, ToSchema, Queryable, Selectable)]
#[diesel(table_name = calendar_feeds, check_for_backend(Pg))]
pub struct CalendarFeed {
    /// Its id.
    #[schema(example = "019a6f60-1a2b-7c3d-8e4f-5a6b7c8d9e0f")]
    pub id: Uuid,
    /// What it is called.
    #[schema(max_length = 100, example = "My phone")]
    pub name: String,
    /// What is in it.
    #[schema(max_items = 4, example = json!(["interviews", "follow_ups"]))]
    pub include: Vec<CalendarPart>,
    /// How much it tells.
    pub details: CalendarDetails,
    /// Counts the changes, from 1.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

impl Versioned for CalendarFeed {
    fn version(&self) -> i32 {
        self.version
    }
}

impl From<&CalendarFeed> for CalendarFeedFields {
    fn from(row: &CalendarFeed) -> Self {
        Self {
            name: row.name.clone(),
            include: row.include.clone(),
            details: row.details,
        }
    }
}

page_schema!(CalendarFeedPage, CalendarFeed, "A page of calendar feeds.");

/// A new calendar feed with its address.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NewCalendarFeed {
    /// Its id.
    #[schema(example = "019a6f60-1a2b-7c3d-8e4f-5a6b7c8d9e0f")]
    id: Uuid,
    /// What it is called.
    #[schema(max_length = 100, example = "My phone")]
    name: String,
    /// What is in it.
    #[schema(max_items = 4, example = json!(["interviews", "follow_ups"]))]
    include: Vec<CalendarPart>,
    /// How much it tells.
    details: CalendarDetails,
    /// The secret address, for the calendar program. It is shown this once and stored nowhere; whoever has it
    /// sees the calendar. Null in the answer to a retry.
    #[schema(
        required,
        max_length = 2100,
        example = "https://rebound.example.com/calendar/AZpvDnpBfD6koY0ML3wcVaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.ics"
    )]
    url: Option<String>,
    /// Is the address in this answer? If it got lost, remove the feed and make another one.
    secret_shown: bool,
    /// Counts the changes, from 1.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    version: i32,
    /// When it was created.
    created_at: DateTime<Utc>,
    /// When it was changed last.
    updated_at: DateTime<Utc>,
}

impl NewCalendarFeed {
    /// A feed, with its address or without.
    pub fn new(feed: CalendarFeed, url: Option<String>) -> Self {
        Self {
            id: feed.id,
            name: feed.name,
            include: feed.include,
            details: feed.details,
            secret_shown: url.is_some(),
            url,
            version: feed.version,
            created_at: feed.created_at,
            updated_at: feed.updated_at,
        }
    }
}

impl Versioned for NewCalendarFeed {
    fn version(&self) -> i32 {
        self.version
    }
}
