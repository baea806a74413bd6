//! What a next action looks like, and what it is made from.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::Queryable;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::goals::Goal;
use crate::interviews::InterviewKind;
use crate::rest::RestReason;
use crate::{page_schema, text_enum};

text_enum! {
    /// What to do, in the order of what comes first.
    pub enum NextActionKind {
        /// Prepare for an interview that is coming up.
        PrepareInterview = "prepare_interview",
        /// Go to an interview, well prepared.
        AttendInterview = "attend_interview",
        /// Nothing but rest today.
        Rest = "rest",
        /// Answer a rejection whose cool-off is over.
        ReplyToRejection = "reply_to_rejection",
        /// Look at an application as one wanted to.
        FollowUp = "follow_up",
        /// Nudge, once, for feedback.
        NudgeForFeedback = "nudge_for_feedback",
        /// Ask for feedback.
        AskForFeedback = "ask_for_feedback",
        /// Write down what to take from a rejection.
        Reflect = "reflect",
        /// Do a bit for a goal.
        WorkOnGoal = "work_on_goal",
        /// Be in touch with somebody.
        StayInTouch = "stay_in_touch",
        /// Decide what a long silence means.
        CloseSilent = "close_silent",
    }
}

text_enum! {
    /// The type of what an action is about.
    pub enum NextActionResourceType {
        /// An application.
        Application = "application",
        /// An interview.
        Interview = "interview",
        /// A rejection.
        Rejection = "rejection",
        /// A request for feedback.
        FeedbackRequest = "feedback_request",
        /// A goal.
        Goal = "goal",
        /// A contact.
        Contact = "contact",
    }
}

/// What an action is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct NextActionResource {
    /// Its type.
    #[serde(rename = "type")]
    pub kind: NextActionResourceType,
    /// Its id.
    #[schema(example = "019a6f12-3c4d-7e5f-8a9b-0c1d2e3f4a5b")]
    pub id: Uuid,
}

/// A small step that is worth taking now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct NextAction {
    /// What to do.
    pub kind: NextActionKind,
    /// Why, in a sentence.
    #[schema(
        max_length = 1000,
        example = "The cool-off for Backend Engineer at Kite & Anchor is over. A short, thankful reply keeps the door open."
    )]
    pub reason: String,
    /// The instant that it is about: when an interview begins, until when a reply is best sent.
    #[schema(required, example = "2026-03-14T09:00:00Z")]
    pub due_at: Option<DateTime<Utc>>,
    /// The local day that it is about.
    #[schema(required, example = "2026-03-14")]
    pub due_on: Option<NaiveDate>,
    /// What it is about; null for rest.
    #[schema(required)]
    pub resource: Option<NextActionResource>,
    /// Where to go from here.
    #[schema(
        max_length = 300,
        example = "/v1/rejections/019a6f12-3c4d-7e5f-8a9b-0c1d2e3f4a5b"
    )]
    pub link: String,
}

page_schema!(NextActionPage, NextAction, "The next actions, all of them.");

/// An interview that is coming up.
#[derive(Debug, Clone, Queryable)]
pub struct ComingInterview {
    pub(super) id: Uuid,
    pub(super) kind: InterviewKind,
    pub(super) scheduled_at: DateTime<Utc>,
    pub(super) prepared_on: Option<NaiveDate>,
    pub(super) company: String,
}

/// A rejection with its application.
#[derive(Debug, Clone, Queryable)]
pub struct RecentRejection {
    pub(super) id: Uuid,
    pub(super) application_id: Uuid,
    pub(super) received_at: DateTime<Utc>,
    pub(super) cooloff_until: DateTime<Utc>,
    pub(super) company: String,
    pub(super) job_title: String,
}

/// An application with a day or an instant that matters.
#[derive(Debug, Clone, Queryable)]
pub struct WaitingApplication<T> {
    pub(super) id: Uuid,
    pub(super) company: String,
    pub(super) job_title: String,
    pub(super) when: T,
}

/// A request for feedback that may be nudged.
#[derive(Debug, Clone, Queryable)]
pub struct QuietRequest {
    pub(super) id: Uuid,
    pub(super) sent_at: DateTime<Utc>,
    pub(super) company: String,
}

/// Somebody to be in touch with.
#[derive(Debug, Clone, Queryable)]
pub struct DueContact {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) next_touch_on: NaiveDate,
}

/// What is known at an instant; each list in the order in which it is taken from.
#[derive(Debug, Default)]
pub struct Situation {
    pub(super) resting: Option<RestReason>,
    pub(super) interviews: Vec<ComingInterview>,
    pub(super) to_answer: Vec<RecentRejection>,
    pub(super) to_look_at: Vec<WaitingApplication<NaiveDate>>,
    pub(super) to_nudge: Vec<QuietRequest>,
    pub(super) to_ask: Vec<RecentRejection>,
    pub(super) to_reflect_on: Vec<RecentRejection>,
    pub(super) goals: Vec<Goal>,
    pub(super) contacts: Vec<DueContact>,
    pub(super) silent: Vec<WaitingApplication<DateTime<Utc>>>,
}
