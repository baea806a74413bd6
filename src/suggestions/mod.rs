//! Suggested goals: small steps that grow from what somebody wrote, each with its reason.
//!
//! Reflections and feedback suggest; accepting one is a POST to the goals with exactly what `goal`
//! holds. The words that suggestions and goals share are here, so that neither has to know the other.

mod model;

use uuid::Uuid;

pub use model::{
    GoalCategory, GoalIdea, GoalKind, GoalMeasure, GoalPeriod, IdeaOrigin, SuggestedGoal,
    SuggestedGoalPage, SuggestionSource,
};

use crate::http::page::Page;

/// A suggestion before it knows what it grew from: what the rules of a feature give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idea {
    /// Its name, the same whenever the same thing is said.
    pub key: String,
    /// Why it is suggested, in the words of what was said.
    pub reason: String,
    /// The title of the goal.
    pub title: String,
    /// What the goal is about.
    pub category: GoalCategory,
    /// How often it comes round.
    pub rhythm: Rhythm,
    /// What counts towards it.
    pub measure: GoalMeasure,
}

/// How often a suggested goal comes round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rhythm {
    /// One thing, once.
    Once,
    /// So many times in each period.
    Each(i32, GoalPeriod),
}

/// The whole list as it is answered: there is never more than one page.
pub fn page(ideas: Vec<Idea>, source: SuggestionSource, id: Uuid) -> Page<SuggestedGoal> {
    Page {
        data: ideas
            .into_iter()
            .map(|idea| SuggestedGoal::new(idea, source, id))
            .collect(),
        next_cursor: None,
    }
}
