//! The goals that grow from an answer. Pure functions.

use super::model::{FeedbackArea, FeedbackItem, FeedbackPolarity};
use crate::suggestions::{GoalCategory, GoalMeasure, GoalPeriod, Idea, Rhythm};

/// Characters of a quote that a reason repeats.
const LONGEST_QUOTE: usize = 200;

/// One goal for each area in which the answer names something to work on, in the order of the areas;
/// the same items always give the same goals.
pub(super) fn suggest(items: &[FeedbackItem]) -> Vec<Idea> {
    FeedbackArea::ALL
        .iter()
        .filter_map(|area| {
            let mut quotes = items
                .iter()
                .filter(|item| item.area == *area)
                .filter(|item| item.polarity == FeedbackPolarity::Improvement)
                .map(|item| item.quote.as_str());
            let first = quotes.next()?;
            Some(idea(*area, first, quotes.count()))
        })
        .collect()
}

fn idea(area: FeedbackArea, quote: &str, others: usize) -> Idea {
    let once_a_week = Rhythm::Each(1, GoalPeriod::Week);
    let (key, about, title, category, rhythm) = match area {
        FeedbackArea::InterviewSkills => (
            "practice_interview",
            "your interview skills",
            "Practise two interview questions aloud each week",
            GoalCategory::InterviewPractice,
            Rhythm::Each(2, GoalPeriod::Week),
        ),
        FeedbackArea::ResumePresentation => (
            "review_resume",
            "your resume",
            "Go over one part of the resume each week, once with somebody else's eyes",
            GoalCategory::ResumeReview,
            once_a_week,
        ),
        FeedbackArea::Qualifications => (
            "build_skill",
            "your qualifications",
            "Spend 20 minutes a day on the qualification that the answer names",
            GoalCategory::SkillDevelopment,
            Rhythm::Each(1, GoalPeriod::Day),
        ),
        FeedbackArea::CompanyKnowledge => (
            "research_company",
            "what you knew of the company",
            "Read up on one company each week before applying: what it makes, for whom, what is new",
            GoalCategory::CompanyResearch,
            once_a_week,
        ),
        FeedbackArea::Communication => (
            "practice_telling",
            "how you say things",
            "Tell one piece of your work aloud in two minutes each week",
            GoalCategory::InterviewPractice,
            once_a_week,
        ),
        FeedbackArea::Other => (
            "talk_it_over",
            "something else",
            "Talk the answer over with somebody you trust",
            GoalCategory::Support,
            Rhythm::Once,
        ),
    };
    let more = match others {
        0 => String::new(),
        1 => " It says one thing more of that.".to_owned(),
        count => format!(" It says {count} things more of that."),
    };
    Idea {
        key: key.to_owned(),
        reason: format!(
            "The answer names {about} as something to work on: \u{201c}{}\u{201d}.{more}",
            shortened(quote)
        ),
        title: title.to_owned(),
        category,
        rhythm,
        measure: GoalMeasure::CheckIns,
    }
}

fn shortened(quote: &str) -> String {
    if quote.chars().count() <= LONGEST_QUOTE {
        return quote.to_owned();
    }
    let mut short: String = quote.chars().take(LONGEST_QUOTE - 1).collect();
    short.push('\u{2026}');
    short
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn item(area: FeedbackArea, polarity: FeedbackPolarity, quote: &str) -> FeedbackItem {
        FeedbackItem {
            area,
            polarity,
            quote: quote.to_owned(),
        }
    }

    #[test]
    fn praise_suggests_nothing() {
        let praise = item(
            FeedbackArea::Communication,
            FeedbackPolarity::Strength,
            "Clear.",
        );
        assert!(suggest(&[praise]).is_empty());
    }

    #[test]
    fn what_is_said_twice_of_one_area_is_one_suggestion() {
        let improvement = FeedbackPolarity::Improvement;
        let ideas = suggest(&[
            item(FeedbackArea::Communication, improvement, "Too fast."),
            item(FeedbackArea::InterviewSkills, improvement, "No examples."),
            item(FeedbackArea::Communication, improvement, "Too quiet."),
        ]);
        let keys: Vec<&str> = ideas.iter().map(|idea| idea.key.as_str()).collect();
        assert_eq!(keys, ["practice_interview", "practice_telling"]);
        assert_eq!(
            ideas[1].reason,
            "The answer names how you say things as something to work on: \u{201c}Too fast.\u{201d}. It says one thing more of that."
        );
    }

    fn items() -> impl Strategy<Value = Vec<FeedbackItem>> {
        let one = (
            prop::sample::select(FeedbackArea::ALL),
            prop::sample::select(FeedbackPolarity::ALL),
            "\\PC{1,400}",
        );
        let one = one.prop_map(|(area, polarity, quote)| item(area, polarity, &quote));
        prop::collection::vec(one, 0..20)
    }

    proptest! {
        #[test]
        fn each_area_with_advice_has_one_suggestion_and_no_other_has(items in items()) {
            let ideas = suggest(&items);
            prop_assert_eq!(&ideas, &suggest(&items));
            let advised = FeedbackArea::ALL.iter().filter(|area| {
                items.iter().any(|it| it.area == **area && it.polarity == FeedbackPolarity::Improvement)
            });
            prop_assert_eq!(ideas.len(), advised.count());
            for idea in &ideas {
                prop_assert!(idea.title.chars().count() <= 200 && idea.reason.chars().count() <= 1000);
            }
        }
    }
}
