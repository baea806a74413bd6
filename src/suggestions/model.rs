//! What a suggestion looks like, and the words that it shares with goals.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Idea, Rhythm};
use crate::{page_schema, text_enum};

text_enum! {
    /// What a goal is about.
    pub enum GoalCategory {
        /// The resume.
        ResumeReview = "resume_review",
        /// Practice for interviews.
        InterviewPractice = "interview_practice",
        /// A skill.
        SkillDevelopment = "skill_development",
        /// Getting to know companies.
        CompanyResearch = "company_research",
        /// People.
        Networking = "networking",
        /// How one is.
        Wellbeing = "wellbeing",
        /// Applying.
        Applications = "applications",
        /// Profiles and portfolios.
        Profile = "profile",
        /// A steady day.
        Routine = "routine",
        /// Help from others.
        Support = "support",
    }
}

text_enum! {
    /// Does a goal come round?
    pub enum GoalKind {
        /// In each period.
        Recurring = "recurring",
        /// Once.
        OneOff = "one_off",
    }
}

text_enum! {
    /// The time in which a recurring goal comes round.
    pub enum GoalPeriod {
        /// A local day.
        Day = "day",
        /// A week; it begins on the user's week_starts_on.
        Week = "week",
        /// A month of the calendar.
        Month = "month",
    }
}

text_enum! {
    /// What counts towards a goal.
    pub enum GoalMeasure {
        /// Its check-ins: what one says oneself.
        CheckIns = "check_ins",
        /// Applications that were sent, by applied_on.
        ApplicationsSubmitted = "applications_submitted",
        /// Networking activities, by occurred_on.
        NetworkingActivities = "networking_activities",
        /// Feedback requests that were sent, by sent_at.
        FeedbackRequestsSent = "feedback_requests_sent",
        /// Reflections that were written, by created_at.
        ReflectionsWritten = "reflections_written",
        /// Interviews that were prepared, by prepared_on.
        InterviewsPrepared = "interviews_prepared",
    }
}

text_enum! {
    /// What a suggestion grew from.
    pub enum SuggestionSource {
        /// A reflection.
        Reflection = "reflection",
        /// The answer to a feedback request.
        FeedbackRequest = "feedback_request",
    }
}

/// A goal that is suggested, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SuggestedGoal {
    /// The name of the suggestion. The same words give the same name.
    #[schema(max_length = 50, pattern = "^[a-z0-9_]+$", example = "tailor_resume")]
    pub suggestion: String,
    /// Why it is suggested, from what was said.
    #[schema(
        max_length = 1000,
        example = "You said that the resume was tailored only partly."
    )]
    pub reason: String,
    /// The goal itself: exactly what `POST /v1/goals` takes.
    pub goal: GoalIdea,
}

/// A goal as it would be created.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct GoalIdea {
    /// What to do.
    #[schema(
        min_length = 1,
        max_length = 200,
        example = "Tailor the resume to one posting each week before applying"
    )]
    pub title: String,
    /// What it is about.
    pub category: GoalCategory,
    /// Once, or in each period.
    pub kind: GoalKind,
    /// How often in each period.
    #[schema(minimum = 1, maximum = 1000, example = 1)]
    pub target_count: i32,
    /// The period of a recurring goal; absent for one that is done once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<GoalPeriod>,
    /// What counts towards it.
    pub measure: GoalMeasure,
    /// What it grew from.
    pub origin: IdeaOrigin,
}

/// What a suggested goal grew from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct IdeaOrigin {
    /// The kind of resource.
    #[serde(rename = "type")]
    pub kind: SuggestionSource,
    /// Its id.
    #[schema(example = "019a6f2a-5b6c-7d8e-9f01-23456789abcd")]
    pub id: Uuid,
    /// The name of the suggestion.
    #[schema(max_length = 50, pattern = "^[a-z0-9_]+$", example = "tailor_resume")]
    pub suggestion: String,
}

impl SuggestedGoal {
    /// An idea with what it grew from.
    pub(super) fn new(idea: Idea, source: SuggestionSource, id: Uuid) -> Self {
        let (kind, target_count, period) = match idea.rhythm {
            Rhythm::Once => (GoalKind::OneOff, 1, None),
            Rhythm::Each(count, period) => (GoalKind::Recurring, count, Some(period)),
        };
        Self {
            suggestion: idea.key.clone(),
            reason: idea.reason,
            goal: GoalIdea {
                title: idea.title,
                category: idea.category,
                kind,
                target_count,
                period,
                measure: idea.measure,
                origin: IdeaOrigin {
                    kind: source,
                    id,
                    suggestion: idea.key,
                },
            },
        }
    }
}

page_schema!(
    SuggestedGoalPage,
    SuggestedGoal,
    "Suggested goals; all of them, there is no next page."
);
