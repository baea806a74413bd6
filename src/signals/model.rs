//! What a signal looks like.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{page_schema, text_enum};

text_enum! {
    /// The rule that a signal follows. The order is that of urgency.
    pub enum SignalRule {
        /// Low wellbeing check-ins, several in a short time.
        LowWellbeing = "low_wellbeing",
        /// Several rejections although the preparation was good.
        ConsiderCoaching = "consider_coaching",
        /// No activity while applications are live.
        GoneQuiet = "gone_quiet",
        /// Rejections at the interview or later.
        InterviewLosses = "interview_losses",
        /// Many rejections before anybody talked.
        EarlyLosses = "early_losses",
        /// A goal of which several periods in a row were missed.
        GoalSlipping = "goal_slipping",
    }
}

text_enum! {
    /// The kind of record that a signal rests on.
    pub enum EvidenceType {
        /// A rejection.
        Rejection = "rejection",
        /// A reflection.
        Reflection = "reflection",
        /// An application.
        Application = "application",
        /// A goal.
        Goal = "goal",
        /// A wellbeing check-in.
        WellbeingCheckIn = "wellbeing_check_in",
    }
}

/// A record that a signal rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Evidence {
    /// What kind of record it is.
    #[serde(rename = "type")]
    pub kind: EvidenceType,
    /// Its id.
    #[schema(example = "019a6f12-3c4d-7e5f-8a9b-0c1d2e3f4a5b")]
    pub id: Uuid,
}

/// From when on a rule speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Threshold {
    /// The least number that is counted: rejections, check-ins, missed periods or days without activity.
    #[schema(minimum = 1, maximum = 1000, example = 3)]
    pub least: i64,
    /// The days in which they are counted; null when the rule looks at the latest ones, however old.
    #[schema(required, minimum = 1, maximum = 1000, example = 90)]
    pub days: Option<i64>,
    /// The whole rule in words.
    #[schema(
        max_length = 500,
        example = "At least 3 rejections at the interview or later in 90 days."
    )]
    pub words: &'static str,
}

/// Something that somebody should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Signal {
    /// The rule that it follows.
    pub rule: SignalRule,
    /// From when on the rule speaks.
    pub threshold: Threshold,
    /// How many were counted.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, example = 4)]
    pub count: i64,
    /// The records that it rests on, at most 50 of each type, the latest first.
    #[schema(max_items = 100)]
    pub evidence: Vec<Evidence>,
    /// Since when there is enough of it, as the records of the time that counts have it.
    #[schema(example = "2026-03-12T09:00:00Z")]
    pub since: DateTime<Utc>,
    /// What helps.
    #[schema(
        max_length = 1000,
        example = "Practise interviews aloud with a friend, a mentor or a coach, and ask the next company for feedback."
    )]
    pub advice: &'static str,
}

page_schema!(
    SignalPage,
    Signal,
    "The signals that hold now, the most urgent first; all of them, there is no next page."
);
