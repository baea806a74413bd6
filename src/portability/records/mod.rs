//! The rows of an account document, each as one struct: what is read from the table, what stands in the
//! document, what an import checks and what it writes. A column that is not in the struct is in none of
//! them.
//!
//! What a client writes stands in `fields`, under the names and rules of the operation that takes it;
//! beside it stands what the service keeps.

mod life;
mod search;
mod service;
mod shown;
mod words;

pub use life::{
    ContactRecord, GoalCheckInRecord, GoalColumns, GoalPauseRecord, GoalRecord,
    NetworkingActivityRecord, WellbeingCheckInRecord,
};
pub use search::{ApplicationRecord, ApplicationStepRecord, InterviewRecord, RejectionRecord};
pub use service::{EventRecord, ImportPartRecord, ImportRecord, ReminderRecord};
pub use shown::{
    CalendarFeedRecord, CoachAccessRecord, CoachLinkRecord, CoachNoteRecord, GoalSuggestionRecord,
    PersonalTokenRecord, SessionRecord, WebhookAttemptRecord, WebhookDeliveryRecord, WebhookRecord,
};
pub use words::{
    FeedbackItemRecord, FeedbackRequestRecord, MessageRecord, ReflectionRecord, TemplateRecord,
};
