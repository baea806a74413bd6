//! What a message is for.

use crate::text_enum;

text_enum! {
    /// What a message is for.
    pub enum MessageKind {
        /// The answer to a rejection.
        RejectionReply = "rejection_reply",
        /// Asks what one could do better.
        FeedbackRequest = "feedback_request",
        /// Thanks somebody, for an interview or for help.
        ThankYou = "thank_you",
        /// Begins or keeps up a contact.
        Networking = "networking",
    }
}
