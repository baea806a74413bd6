//! What happened to each client of the demo, in the order in which it happened.

use super::life::Life;
use crate::applications::rules::Status::{
    Accepted, Interviewing, Offer, Rejected, Screening, Withdrawn,
};
use crate::goals::GoalCategory;
use crate::http::error::Result;
use crate::reflections::Assessment;

/// Six rejections in spite of good preparation: `consider_coaching`.
pub(super) fn prepared_in_vain(life: &mut Life<'_>) -> Result<()> {
    for number in 0..6 {
        let applied = 58 - number * 9;
        let steps = [(applied - 4, Screening), (applied - 7, Rejected)];
        let application = life.course(applied, &steps)?;
        if number < 4 {
            life.reflect(&application, applied - 8, Assessment::Yes)?;
        }
    }
    life.apply(3)?;
    Ok(())
}

/// The interviews are where it ends: `interview_losses`.
pub(super) fn loses_interviews(life: &mut Life<'_>) -> Result<()> {
    for number in 0..4 {
        let applied = 48 - number * 10;
        let talked = [(applied - 3, Screening), (applied - 7, Interviewing)];
        let application = life.course(applied, &talked)?;
        if number == 2 {
            let offered = life.hear(&application, applied - 8, Offer)?;
            life.hear(&offered, applied - 9, Rejected)?;
        } else {
            life.hear(&application, applied - 9, Rejected)?;
        }
    }
    life.course(6, &[(2, Screening)])?;
    Ok(())
}

/// Many letters, nobody to talk to: `early_losses`.
pub(super) fn loses_early(life: &mut Life<'_>) -> Result<()> {
    for number in 0..12 {
        let applied = 44 - number * 3;
        life.course(applied, &[(applied - 2, Rejected)])?;
    }
    life.apply(1)?;
    Ok(())
}

/// Applications that go on, and three weeks without a word: `gone_quiet`.
pub(super) fn went_quiet(life: &mut Life<'_>) -> Result<()> {
    for number in 0..4 {
        life.apply(66 - number * 11)?;
    }
    life.course(30, &[(24, Screening)])?;
    life.apply(21)?;
    Ok(())
}

/// A goal that worked for a month and then did not: `goal_slipping`.
pub(super) fn lets_a_goal_slip(life: &mut Life<'_>) -> Result<()> {
    let title = "Read one job posting with a pencil";
    let goal = life.daily(title, GoalCategory::ResumeReview, 34)?;
    for ago in (6..=33).rev() {
        life.check_in(&goal, ago)?;
    }
    life.apply(5)?;
    life.apply(1)?;
    Ok(())
}

/// Low days, told to the coach: `low_wellbeing`.
pub(super) fn feels_low(life: &mut Life<'_>) -> Result<()> {
    life.note_wellbeing(28)?;
    life.feel(28, 4)?;
    life.apply(27)?;
    life.feel(20, 3)?;
    life.course(19, &[(11, Rejected)])?;
    for (ago, score) in [(10, 2), (7, 1), (4, 2), (2, 2)] {
        life.feel(ago, score)?;
    }
    Ok(())
}

/// It goes well: interviews, an offer, a habit that holds.
pub(super) fn has_an_offer(life: &mut Life<'_>) -> Result<()> {
    life.note_wellbeing(79)?;
    life.course(78, &[(70, Rejected)])?;
    let title = "Tell one story of your work aloud";
    let goal = life.daily(title, GoalCategory::InterviewPractice, 40)?;
    let talked = life.course(40, &[(35, Screening), (30, Interviewing)])?;
    for ago in (0..=28).rev() {
        if ago == 12 {
            life.hear(&talked, 12, Offer)?;
        }
        if ago == 5 {
            life.feel(5, 5)?;
        }
        life.check_in(&goal, ago)?;
    }
    Ok(())
}

/// Two days in.
pub(super) fn has_just_started(life: &mut Life<'_>) -> Result<()> {
    life.apply(0)?;
    Ok(())
}

/// A rejection came today: a day of rest.
pub(super) fn rests_today(life: &mut Life<'_>) -> Result<()> {
    life.course(22, &[(15, Screening), (9, Interviewing)])?;
    life.course(12, &[(0, Rejected)])?;
    Ok(())
}

/// The search is over, well.
pub(super) fn found_work(life: &mut Life<'_>) -> Result<()> {
    let hired = life.course(85, &[(80, Screening), (74, Interviewing)])?;
    let other = life.apply(72)?;
    let hired = life.hear(&hired, 60, Offer)?;
    life.hear(&hired, 55, Accepted)?;
    life.hear(&other, 55, Withdrawn)?;
    Ok(())
}

/// Much happens, of which the coach sees a goal.
pub(super) fn shows_little(life: &mut Life<'_>) -> Result<()> {
    life.note_wellbeing(18)?;
    let goal = life.daily("Walk before the first mail", GoalCategory::Routine, 18)?;
    for ago in (0..=17).rev() {
        if ago % 5 == 0 {
            life.feel(ago, 2)?;
        }
        if ago % 4 == 1 {
            let applied = life.apply(ago)?;
            life.hear(&applied, ago, Rejected)?;
        }
        life.check_in(&goal, ago)?;
    }
    Ok(())
}

/// The coach has not answered yet.
pub(super) fn waits_for_the_coach(life: &mut Life<'_>) -> Result<()> {
    life.course(9, &[(5, Screening)])?;
    Ok(())
}
