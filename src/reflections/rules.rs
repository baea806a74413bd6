//! What a reflection may say, and which goals grow from it. Pure functions.

use super::model::{Assessment, ImprovementArea, ReflectionFields};
use crate::suggestions::{GoalCategory, GoalMeasure, GoalPeriod, Idea, Rhythm};

/// Suggestions for one reflection: more would be a burden and no help.
pub const MOST_IDEAS: usize = 6;
/// Of these so many about named skills.
const MOST_SKILLS: usize = 3;

/// A reflection says something beside what it is about.
pub fn says_something(fields: &ReflectionFields, _: &()) -> garde::Result {
    let answers = [
        fields.resume_tailored,
        fields.company_researched,
        fields.skills_lacking,
    ];
    let texts = [&fields.outside_my_control, &fields.what_went_well];
    if answers.iter().any(Option::is_some)
        || texts.iter().any(|text| text.is_some())
        || !fields.missing_skills.is_empty()
        || !fields.improvements.is_empty()
    {
        return Ok(());
    }
    Err(garde::Error::new(
        "empty: A reflection says something beside application_id.",
    ))
}

/// Where no skill was lacking, none is missing.
pub fn fits_lacking(
    lacking: Option<Assessment>,
) -> impl FnOnce(&Vec<String>, &()) -> garde::Result {
    move |missing, ()| match lacking {
        Some(Assessment::No) if !missing.is_empty() => Err(garde::Error::new(
            "contradiction: No skill is missing when skills_lacking is no.",
        )),
        _ => Ok(()),
    }
}

/// Each thing to work on is named once.
pub fn each_once(areas: &[ImprovementArea], _: &()) -> garde::Result {
    let again = |(place, area): (usize, &ImprovementArea)| areas[..place].contains(area);
    if areas.iter().enumerate().any(again) {
        return Err(garde::Error::new("duplicate: Each one once."));
    }
    Ok(())
}

/// The goals that grow from a reflection: always the same for the same words, in the order of the
/// questions, one for each thing even when two answers name it.
pub fn suggest(said: &ReflectionFields) -> Vec<Idea> {
    let wants = |area| said.improvements.contains(&area);
    let before: Vec<Idea> = [
        resume(said.resume_tailored, wants(ImprovementArea::ResumeReview)),
        company(
            said.company_researched,
            wants(ImprovementArea::CompanyResearch),
        ),
    ]
    .into_iter()
    .flatten()
    .collect();
    let after: Vec<Idea> = [
        wants(ImprovementArea::InterviewPractice).then(interviews),
        wants(ImprovementArea::Networking).then(networking),
        wants(ImprovementArea::Wellbeing).then(wellbeing),
    ]
    .into_iter()
    .flatten()
    .collect();
    let room = MOST_SKILLS.min(MOST_IDEAS.saturating_sub(before.len() + after.len()));
    let mut ideas = before;
    ideas.extend(skills(said, wants(ImprovementArea::SkillDevelopment), room));
    ideas.extend(after);
    ideas
}

/// *no* or *only partly*, in the middle of a sentence; nothing for a yes or no answer at all.
fn shortfall(verdict: Option<Assessment>) -> Option<&'static str> {
    match verdict {
        Some(Assessment::No) => Some("not"),
        Some(Assessment::Partly) => Some("only partly"),
        Some(Assessment::Yes) | None => None,
    }
}

fn resume(tailored: Option<Assessment>, wanted: bool) -> Option<Idea> {
    let (key, title, reason) = match (shortfall(tailored), wanted) {
        (None, false) => return None,
        (None, true) => (
            "review_resume",
            "Go over one part of the resume each week, once with somebody else's eyes",
            "You named your resume as something to work on.".to_owned(),
        ),
        (Some(how), wanted) => (
            "tailor_resume",
            "Tailor the resume to one posting each week before applying",
            format!(
                "You said that the resume was {how} tailored{}.",
                also(wanted, "named your resume as something to work on")
            ),
        ),
    };
    Some(Idea {
        key: key.to_owned(),
        reason,
        title: title.to_owned(),
        category: GoalCategory::ResumeReview,
        rhythm: Rhythm::Each(1, GoalPeriod::Week),
        measure: GoalMeasure::CheckIns,
    })
}

fn also(so: bool, what: &str) -> String {
    if so {
        format!(", and {what}")
    } else {
        String::new()
    }
}

fn company(researched: Option<Assessment>, wanted: bool) -> Option<Idea> {
    let reason = match (shortfall(researched), wanted) {
        (None, false) => return None,
        (None, true) => "You named company research as something to work on.".to_owned(),
        (Some(how), wanted) => format!(
            "You said that the company was {how} researched{}.",
            also(wanted, "named company research as something to work on")
        ),
    };
    Some(Idea {
        key: "research_company".to_owned(),
        reason,
        title:
            "Read up on one company each week before applying: what it makes, for whom, what is new"
                .to_owned(),
        category: GoalCategory::CompanyResearch,
        rhythm: Rhythm::Each(1, GoalPeriod::Week),
        measure: GoalMeasure::CheckIns,
    })
}

/// One for each skill that was named, or one for all when none was.
fn skills(said: &ReflectionFields, wanted: bool, room: usize) -> Vec<Idea> {
    let mut seen: Vec<String> = Vec::new();
    let mut ideas = Vec::new();
    for (place, skill) in said.missing_skills.iter().enumerate() {
        let folded = skill.to_lowercase();
        if ideas.len() == room || seen.contains(&folded) {
            continue;
        }
        seen.push(folded);
        ideas.push(Idea {
            key: format!("learn_skill_{}", place + 1),
            reason: format!(
                "You named {skill} as a skill that was missing{}.",
                also(wanted, "want to work on your skills")
            ),
            title: format!("Spend 20 minutes a day on {skill}"),
            category: GoalCategory::SkillDevelopment,
            rhythm: Rhythm::Each(1, GoalPeriod::Day),
            measure: GoalMeasure::CheckIns,
        });
    }
    let lacking = match said.skills_lacking {
        Some(Assessment::Yes) => Some("You said that skills were lacking"),
        Some(Assessment::Partly) => Some("You said that skills were partly lacking"),
        Some(Assessment::No) | None => None,
    };
    if said.missing_skills.is_empty() && (lacking.is_some() || wanted) {
        let reason = match lacking {
            Some(words) => format!(
                "{words}{}.",
                also(wanted, "named your skills as something to work on")
            ),
            None => "You named your skills as something to work on.".to_owned(),
        };
        ideas.push(Idea {
            key: "build_skill".to_owned(),
            reason,
            title: "Spend 20 minutes a day on one skill that postings ask for".to_owned(),
            category: GoalCategory::SkillDevelopment,
            rhythm: Rhythm::Each(1, GoalPeriod::Day),
            measure: GoalMeasure::CheckIns,
        });
    }
    ideas
}

fn interviews() -> Idea {
    Idea {
        key: "practice_interview".to_owned(),
        reason: "You named interviews as something to practise.".to_owned(),
        title: "Practise two interview questions aloud each week".to_owned(),
        category: GoalCategory::InterviewPractice,
        rhythm: Rhythm::Each(2, GoalPeriod::Week),
        measure: GoalMeasure::CheckIns,
    }
}

fn networking() -> Idea {
    Idea {
        key: "keep_networking".to_owned(),
        reason: "You named networking as something to work on.".to_owned(),
        title: "Get in touch with two people each week".to_owned(),
        category: GoalCategory::Networking,
        rhythm: Rhythm::Each(2, GoalPeriod::Week),
        measure: GoalMeasure::NetworkingActivities,
    }
}

fn wellbeing() -> Idea {
    Idea {
        key: "care_for_yourself".to_owned(),
        reason: "You named your wellbeing as something to look after.".to_owned(),
        title: "Do one thing a day that has nothing to do with the job search".to_owned(),
        category: GoalCategory::Wellbeing,
        rhythm: Rhythm::Each(1, GoalPeriod::Day),
        measure: GoalMeasure::CheckIns,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn keys(said: &ReflectionFields) -> Vec<String> {
        suggest(said).into_iter().map(|idea| idea.key).collect()
    }

    #[test]
    fn an_empty_reflection_says_nothing() {
        assert!(says_something(&ReflectionFields::default(), &()).is_err());
        let said = ReflectionFields {
            what_went_well: Some("Calm.".to_owned()),
            ..ReflectionFields::default()
        };
        assert!(says_something(&said, &()).is_ok());
        assert!(suggest(&said).is_empty());
    }

    #[test]
    fn what_went_as_it_should_needs_no_goal() {
        let said = ReflectionFields {
            resume_tailored: Some(Assessment::Yes),
            company_researched: Some(Assessment::Yes),
            skills_lacking: Some(Assessment::No),
            ..ReflectionFields::default()
        };
        assert!(suggest(&said).is_empty());
    }

    #[test]
    fn two_answers_that_name_one_thing_give_one_suggestion_with_both_reasons() {
        let said = ReflectionFields {
            resume_tailored: Some(Assessment::No),
            improvements: vec![ImprovementArea::ResumeReview],
            ..ReflectionFields::default()
        };
        let ideas = suggest(&said);
        assert_eq!(ideas.len(), 1);
        assert_eq!(
            ideas[0].reason,
            "You said that the resume was not tailored, and named your resume as something to work on."
        );
    }

    #[test]
    fn a_skill_that_is_named_twice_is_one_skill() {
        let said = ReflectionFields {
            missing_skills: vec!["Rust".into(), "rust".into(), "SQL".into()],
            ..ReflectionFields::default()
        };
        assert_eq!(keys(&said), ["learn_skill_1", "learn_skill_3"]);
    }

    #[test]
    fn no_area_is_lost_among_many_skills() {
        let said = ReflectionFields {
            missing_skills: (0..20).map(|n| format!("skill {n}")).collect(),
            improvements: ImprovementArea::ALL.to_vec(),
            ..ReflectionFields::default()
        };
        assert_eq!(
            keys(&said),
            [
                "review_resume",
                "research_company",
                "learn_skill_1",
                "practice_interview",
                "keep_networking",
                "care_for_yourself"
            ]
        );
    }

    fn verdict() -> impl Strategy<Value = Option<Assessment>> {
        prop::option::of(prop::sample::select(Assessment::ALL))
    }

    fn reflection() -> impl Strategy<Value = ReflectionFields> {
        let skills = prop::collection::vec("\\PC{1,100}", 0..6);
        let areas = prop::sample::subsequence(ImprovementArea::ALL, 0..=6);
        (verdict(), verdict(), verdict(), skills, areas).prop_map(
            |(
                resume_tailored,
                company_researched,
                skills_lacking,
                missing_skills,
                improvements,
            )| {
                ReflectionFields {
                    resume_tailored,
                    company_researched,
                    skills_lacking,
                    missing_skills,
                    improvements,
                    ..ReflectionFields::default()
                }
            },
        )
    }

    proptest! {
        #[test]
        fn suggestions_are_few_named_once_explained_and_always_the_same(said in reflection()) {
            let ideas = suggest(&said);
            prop_assert_eq!(&ideas, &suggest(&said));
            prop_assert!(ideas.len() <= MOST_IDEAS);
            let names: BTreeSet<&str> = ideas.iter().map(|idea| idea.key.as_str()).collect();
            prop_assert_eq!(names.len(), ideas.len());
            for idea in &ideas {
                prop_assert!(idea.reason.starts_with("You ") && idea.reason.ends_with('.'));
                prop_assert!(idea.title.chars().count() <= 200 && idea.reason.chars().count() <= 1000);
                prop_assert!(idea.key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'));
            }
        }

        #[test]
        fn the_order_in_which_improvements_are_named_does_not_matter(said in reflection()) {
            let mut turned = said.clone();
            turned.improvements.reverse();
            prop_assert_eq!(suggest(&said), suggest(&turned));
        }

        #[test]
        fn each_area_that_is_named_has_its_suggestion(said in reflection()) {
            let categories: Vec<&str> = suggest(&said).iter().map(|idea| idea.category.as_str()).collect();
            for area in &said.improvements {
                prop_assert!(categories.contains(&area.as_str()), "{}", area.as_str());
            }
        }
    }
}
