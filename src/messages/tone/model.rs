//! What is asked and what is answered.

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::messages::MessageKind;
use crate::text_enum;

text_enum! {
    /// What a draft should not do.
    pub enum Rule {
        /// Disputes the decision.
        Arguing = "arguing",
        /// Says that the reader or their people are at fault.
        Blame = "blame",
        /// Compares oneself with the other candidates.
        ComparingCandidates = "comparing_candidates",
        /// Tells the reader what they have to do.
        Demanding = "demanding",
        /// Greets nobody.
        MissingGreeting = "missing_greeting",
        /// Ends without a closing.
        MissingSignOff = "missing_sign_off",
        /// Thanks for nothing.
        MissingThanks = "missing_thanks",
        /// Begs.
        Pleading = "pleading",
        /// Swears or insults.
        Profanity = "profanity",
        /// Says the opposite of what it means.
        Sarcasm = "sarcasm",
        /// Shouts in capitals.
        Shouting = "shouting",
        /// Announces harm.
        Threat = "threat",
        /// Is longer than people read.
        TooLong = "too_long",
        /// Asks for two different things.
        TwoAsks = "two_asks",
        /// Still has a gap of its template.
        UnresolvedPlaceholder = "unresolved_placeholder",
    }
}

text_enum! {
    /// How much a finding weighs.
    pub enum Severity {
        /// It would hurt the sender: the message needs a reason to be sent all the same.
        Blocker = "blocker",
        /// The message gets better without it.
        Advice = "advice",
    }
}

text_enum! {
    /// What the findings come to.
    pub enum Verdict {
        /// Nothing was found.
        Clean = "clean",
        /// There is advice, and no blocker.
        Advice = "advice",
        /// There is a blocker.
        Blocked = "blocked",
    }
}

text_enum! {
    /// Whether the check can read the text.
    pub enum Language {
        /// English.
        English = "en",
        /// Another language: there is no verdict.
        Unsupported = "unsupported",
    }
}

text_enum! {
    /// A part of a message.
    pub enum Part {
        /// The text.
        Body = "body",
        /// The subject line.
        Subject = "subject",
    }
}

/// A stretch of text, counted in Unicode scalar values from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Span {
    /// The first one that belongs to it.
    #[schema(minimum = 0, maximum = 20_000, example = 95)]
    pub start: usize,
    /// The first one that no longer does; equal to `start` when something is missing.
    #[schema(minimum = 0, maximum = 20_000, example = 108)]
    pub end: usize,
}

/// One place where a draft breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Finding {
    /// The rule.
    pub rule: Rule,
    /// How much it weighs.
    pub severity: Severity,
    /// The part of the message that `span` counts in.
    #[serde(rename = "in")]
    pub part: Part,
    /// Where it is. What is missing is missing at the end of the body.
    pub span: Span,
    /// The text at `span`.
    #[schema(max_length = 20_000, example = "It is your fault")]
    pub excerpt: String,
    /// What to do about it.
    #[schema(
        max_length = 500,
        example = "Leave out whose fault it was, and say what you take from it."
    )]
    pub suggestion: &'static str,
}

/// What the check says about a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Tone {
    /// Whether the check can read it.
    pub language: Language,
    /// What the findings come to; null when the language is unsupported.
    #[schema(required)]
    pub verdict: Option<Verdict>,
    /// In the order of the text, and by the name of the rule at the same place. At most ten of one rule.
    #[schema(max_items = 300)]
    pub findings: Vec<Finding>,
}

impl Tone {
    /// No verdict: the check does not read this language.
    pub(super) fn unsupported() -> Self {
        Self {
            language: Language::Unsupported,
            verdict: None,
            findings: Vec::new(),
        }
    }

    /// The verdict on English text.
    pub(super) fn of(findings: Vec<Finding>) -> Self {
        let mut tone = Self {
            language: Language::English,
            verdict: None,
            findings,
        };
        tone.verdict = Some(if tone.blockers().next().is_some() {
            Verdict::Blocked
        } else if tone.findings.is_empty() {
            Verdict::Clean
        } else {
            Verdict::Advice
        });
        tone
    }

    /// The findings that keep a message from being sent without a reason.
    pub fn blockers(&self) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .filter(|finding| finding.severity == Severity::Blocker)
    }
}

/// A draft to check.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "kind": "rejection_reply",
    "subject": "Thank you for the opportunity",
    "body": "Dear Ms. Okafor,\n\nThank you for letting me know, and for the time your team gave me.\n\nKind regards,\nSam Rivera"
}))]
pub struct ToneCheck {
    /// What the message is for.
    #[garde(skip)]
    pub kind: MessageKind,
    /// Its subject line.
    #[garde(length(chars, min = 1, max = 200))]
    #[schema(
        min_length = 1,
        max_length = 200,
        example = "Thank you for the opportunity"
    )]
    pub subject: Option<String>,
    /// Its text.
    #[garde(length(chars, min = 1, max = 20_000))]
    #[schema(
        min_length = 1,
        max_length = 20_000,
        example = "Dear Ms. Okafor,\n\nThank you for letting me know.\n\nKind regards,\nSam Rivera"
    )]
    pub body: String,
}
