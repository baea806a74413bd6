//! What a journey looks like.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::applications::Application;
use crate::applications::timeline::TimelineEntry;
use crate::feedback::FeedbackRequest;
use crate::goals::Goal;
use crate::http::page::Page;
use crate::interviews::Interview;
use crate::messages::Message;
use crate::reflections::Reflection;
use crate::rejections::RejectionAnswer;
use crate::text_enum;

text_enum! {
    /// What an entry of a journey is.
    pub enum JourneyEntryType {
        /// A step or a note of the timeline.
        TimelineEntry = "timeline_entry",
        /// A round of interviews.
        Interview = "interview",
        /// A rejection.
        Rejection = "rejection",
        /// A message, sent or in the making.
        Message = "message",
        /// A request for feedback, with what came back.
        FeedbackRequest = "feedback_request",
        /// A reflection.
        Reflection = "reflection",
        /// A goal that grew from a reflection or from feedback.
        Goal = "goal",
        /// Something that was deleted.
        Tombstone = "tombstone",
    }
}

/// Where an entry stands in the journey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stop {
    /// When it happened.
    pub(super) at: DateTime<Utc>,
    /// The id of what it is about.
    pub(super) id: Uuid,
    /// What it is.
    pub(super) kind: JourneyEntryType,
    /// For a tombstone: the type of what was there.
    pub(super) deleted_type: Option<String>,
}

/// An entry of a journey. The member that `type` names holds the resource itself; a tombstone has none.
#[derive(Debug, Serialize, ToSchema)]
pub struct JourneyEntry {
    /// What it is.
    #[serde(rename = "type")]
    pub(super) kind: JourneyEntryType,
    /// Id of the resource.
    #[schema(example = "019a6f12-3c4d-7e5f-8a9b-0c1d2e3f4a5b")]
    pub(super) id: Uuid,
    /// When it happened: a step when it occurred, an interview when it takes place, a rejection when it
    /// came, a message or request when it was sent; else when it was written down.
    pub(super) at: DateTime<Utc>,
    /// Where to go from here.
    pub(super) links: JourneyLinks,
    /// The step or note.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) timeline_entry: Option<TimelineEntry>,
    /// The interview.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) interview: Option<Interview>,
    /// The rejection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) rejection: Option<RejectionAnswer>,
    /// The message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) message: Option<Message>,
    /// The feedback request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) feedback_request: Option<FeedbackRequest>,
    /// The reflection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reflection: Option<Reflection>,
    /// The goal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) goal: Option<Goal>,
    /// For a tombstone: the type of what was deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 60, example = "message")]
    pub(super) deleted_type: Option<String>,
}

/// Where to go from an entry.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct JourneyLinks {
    /// The resource itself; absent for a tombstone. A step is read with its whole timeline.
    #[serde(rename = "self", skip_serializing_if = "Option::is_none")]
    #[schema(
        max_length = 200,
        example = "/v1/rejections/019a6f12-3c4d-7e5f-8a9b-0c1d2e3f4a5b"
    )]
    pub(super) itself: Option<String>,
    /// Goals that could grow from it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(
        max_length = 200,
        example = "/v1/reflections/019a6f2a-5b6c-7d8e-9f01-23456789abcd/suggested-goals"
    )]
    pub(super) suggested_goals: Option<String>,
    /// What a goal grew from.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(
        max_length = 200,
        example = "/v1/reflections/019a6f2a-5b6c-7d8e-9f01-23456789abcd"
    )]
    pub(super) origin: Option<String>,
}

/// An application with a page of its journey.
#[derive(Debug, Serialize)]
pub struct Journey {
    /// The application.
    pub(super) application: Application,
    /// A page of entries, the earliest first.
    #[serde(flatten)]
    pub(super) page: Page<JourneyEntry>,
}

/// An application with a page of its journey.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used; answers are `Journey`s")]
pub struct JourneyPage {
    /// The application.
    application: Application,
    /// The entries, the earliest first.
    #[schema(max_items = 100)]
    data: Vec<JourneyEntry>,
    /// Where the next page begins; null on the last page.
    #[schema(required, max_length = 2000)]
    next_cursor: Option<String>,
}
