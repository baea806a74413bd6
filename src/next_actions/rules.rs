//! Which steps come first. Pure functions.

use chrono::{DateTime, Duration, NaiveDate, Utc};

use super::model::{
    ComingInterview, DueContact, NextAction, NextActionKind, NextActionResource,
    NextActionResourceType, QuietRequest, RecentRejection, Situation, WaitingApplication,
};
use crate::goals::{Goal, GoalKind, GoalPeriod};
use crate::rejections::rules::reply_best_before;
use crate::rest::RestReason;

/// More than three steps at once help nobody.
pub const MOST: usize = 3;
/// How far ahead an interview is spoken of.
pub const INTERVIEWS_WITHIN: Duration = Duration::hours(48);
/// How far ahead the day of a one-off goal is spoken of, in days.
const GOALS_WITHIN: i64 = 7;

/// The steps that are worth taking, at most three, the first one first.
pub fn choose(situation: &Situation, now: DateTime<Utc>, today: NaiveDate) -> Vec<NextAction> {
    let appointments = situation.interviews.iter().map(interview);
    if let Some(reason) = situation.resting {
        // Fixed appointments stand on every day; nothing else is asked.
        return appointments.take(MOST - 1).chain([rest(reason)]).collect();
    }
    let replies = situation.to_answer.iter().filter_map(|it| reply(it, now));
    appointments
        .chain(replies)
        .chain(situation.to_look_at.iter().map(follow_up))
        .chain(situation.to_nudge.iter().map(nudge))
        .chain(situation.to_ask.iter().map(ask))
        .chain(situation.to_reflect_on.iter().map(reflect))
        .chain(goals(&situation.goals, today))
        .chain(situation.contacts.iter().map(stay_in_touch))
        .chain(situation.silent.iter().map(|it| close_silent(it, now)))
        .take(MOST)
        .collect()
}

fn about(kind: NextActionResourceType, id: uuid::Uuid) -> (Option<NextActionResource>, String) {
    use NextActionResourceType as Type;
    let collection = match kind {
        Type::Application => "applications",
        Type::Interview => "interviews",
        Type::Rejection => "rejections",
        Type::FeedbackRequest => "feedback-requests",
        Type::Goal => "goals",
        Type::Contact => "contacts",
    };
    let resource = NextActionResource { kind, id };
    (Some(resource), format!("/v1/{collection}/{id}"))
}

fn interview(coming: &ComingInterview) -> NextAction {
    let (resource, link) = about(NextActionResourceType::Interview, coming.id);
    let what = coming.kind.as_str().replace('_', " ");
    let company = &coming.company;
    let (kind, reason) = match coming.prepared_on {
        None => (
            NextActionKind::PrepareInterview,
            format!(
                "The interview with {company} ({what}) is coming up. A little preparation makes it calmer."
            ),
        ),
        Some(_) => (
            NextActionKind::AttendInterview,
            format!("The interview with {company} ({what}) is coming up, and you are prepared."),
        ),
    };
    NextAction {
        kind,
        reason,
        due_at: Some(coming.scheduled_at),
        due_on: None,
        resource,
        link,
    }
}

fn rest(reason: RestReason) -> NextAction {
    let (reason, link) = match reason {
        RestReason::Rejection => (
            "A rejection came today. Nothing has to be done about it now; tomorrow is early enough.",
            "/v1/rejections?sort=-received_at",
        ),
        RestReason::RestDay => (
            "Today is your day of rest. Nothing is lost by it.",
            "/v1/goals",
        ),
    };
    NextAction {
        kind: NextActionKind::Rest,
        reason: reason.to_owned(),
        due_at: None,
        due_on: None,
        resource: None,
        link: link.to_owned(),
    }
}

/// Nothing while it cools off, and nothing when it is too late to be remembered.
fn reply(rejection: &RecentRejection, now: DateTime<Utc>) -> Option<NextAction> {
    let until = reply_best_before(rejection.received_at, rejection.cooloff_until);
    let (resource, link) = about(NextActionResourceType::Rejection, rejection.id);
    let (title, company) = (&rejection.job_title, &rejection.company);
    let open = rejection.cooloff_until <= now && now <= until;
    open.then(|| NextAction {
        kind: NextActionKind::ReplyToRejection,
        reason: format!(
            "The cool-off for {title} at {company} is over. A short, thankful reply keeps the door open."
        ),
        due_at: Some(until),
        due_on: None,
        resource,
        link,
    })
}

fn follow_up(waiting: &WaitingApplication<NaiveDate>) -> NextAction {
    let (resource, link) = about(NextActionResourceType::Application, waiting.id);
    let (title, company, day) = (&waiting.job_title, &waiting.company, waiting.when);
    NextAction {
        kind: NextActionKind::FollowUp,
        reason: format!("You wanted to look at {title} at {company} on {day}."),
        due_at: None,
        due_on: Some(day),
        resource,
        link,
    }
}

fn nudge(request: &QuietRequest) -> NextAction {
    let (resource, link) = about(NextActionResourceType::FeedbackRequest, request.id);
    NextAction {
        kind: NextActionKind::NudgeForFeedback,
        reason: format!(
            "{} has not answered your request for feedback yet. One friendly nudge is in place.",
            request.company
        ),
        due_at: Some(request.sent_at + crate::feedback::rules::ANSWER_WITHIN),
        due_on: None,
        resource,
        link,
    }
}

fn ask(rejection: &RecentRejection) -> NextAction {
    let (resource, link) = about(
        NextActionResourceType::Application,
        rejection.application_id,
    );
    let (title, company) = (&rejection.job_title, &rejection.company);
    NextAction {
        kind: NextActionKind::AskForFeedback,
        reason: format!(
            "You answered {company} about {title}. Asking politely for feedback may teach you something."
        ),
        due_at: None,
        due_on: None,
        resource,
        link,
    }
}

fn reflect(rejection: &RecentRejection) -> NextAction {
    let (resource, link) = about(
        NextActionResourceType::Application,
        rejection.application_id,
    );
    let (title, company) = (&rejection.job_title, &rejection.company);
    NextAction {
        kind: NextActionKind::Reflect,
        reason: format!("What do you take from {title} at {company}? Three questions help."),
        due_at: None,
        due_on: None,
        resource,
        link,
    }
}

/// Goals that the running period still asks for: days before weeks before months, then those that are
/// due soon.
fn goals(goals: &[Goal], today: NaiveDate) -> impl Iterator<Item = NextAction> {
    let mut unmet: Vec<(u8, &Goal)> = goals
        .iter()
        .filter(|goal| !goal.progress.met)
        .filter_map(|goal| Some((urgency(goal, today)?, goal)))
        .collect();
    unmet.sort_by_key(|(urgency, goal)| (*urgency, goal.progress.period_end, goal.id));
    unmet.into_iter().map(|(_, goal)| work_on(goal))
}

fn urgency(goal: &Goal, today: NaiveDate) -> Option<u8> {
    match (goal.kind, goal.period) {
        (GoalKind::Recurring, Some(GoalPeriod::Day)) => Some(0),
        (GoalKind::Recurring, Some(GoalPeriod::Week)) => Some(1),
        (GoalKind::Recurring, _) => Some(2),
        (GoalKind::OneOff, _) => {
            let days = (goal.due_on? - today).num_days();
            (days <= GOALS_WITHIN).then_some(3)
        }
    }
}

fn work_on(goal: &Goal) -> NextAction {
    let (resource, link) = about(NextActionResourceType::Goal, goal.id);
    let (done, target) = (goal.progress.done, goal.progress.target);
    let when = match goal.period {
        Some(GoalPeriod::Day) => " today",
        Some(GoalPeriod::Week) => " this week",
        Some(GoalPeriod::Month) => " this month",
        None => "",
    };
    NextAction {
        kind: NextActionKind::WorkOnGoal,
        reason: format!("{}: {done} of {target}{when}.", goal.title),
        due_at: None,
        due_on: goal.progress.period_end,
        resource,
        link,
    }
}

fn stay_in_touch(contact: &DueContact) -> NextAction {
    let (resource, link) = about(NextActionResourceType::Contact, contact.id);
    NextAction {
        kind: NextActionKind::StayInTouch,
        reason: format!("You wanted to be in touch with {}.", contact.name),
        due_at: None,
        due_on: Some(contact.next_touch_on),
        resource,
        link,
    }
}

fn close_silent(waiting: &WaitingApplication<DateTime<Utc>>, now: DateTime<Utc>) -> NextAction {
    let (resource, link) = about(NextActionResourceType::Application, waiting.id);
    let (title, company) = (&waiting.job_title, &waiting.company);
    let days = (now - waiting.when).num_days();
    NextAction {
        kind: NextActionKind::CloseSilent,
        reason: format!(
            "No word from {company} about {title} for {days} days. If you think that it is over, mark it as ghosted; it may always come back."
        ),
        due_at: None,
        due_on: None,
        resource,
        link,
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::interviews::InterviewKind;

    fn noon() -> DateTime<Utc> {
        "2026-03-12T12:00:00Z".parse().expect("an instant")
    }

    fn rejection(hours_ago: i64, cooloff_hours: i64) -> RecentRejection {
        let received_at = noon() - Duration::hours(hours_ago);
        RecentRejection {
            id: Uuid::nil(),
            application_id: Uuid::nil(),
            received_at,
            cooloff_until: received_at + Duration::hours(cooloff_hours),
            company: "Kite & Anchor".to_owned(),
            job_title: "Backend Engineer".to_owned(),
        }
    }

    fn coming(hours: i64) -> ComingInterview {
        ComingInterview {
            id: Uuid::nil(),
            kind: InterviewKind::Technical,
            scheduled_at: noon() + Duration::hours(hours),
            prepared_on: None,
            company: "Tessellate".to_owned(),
        }
    }

    fn kinds(situation: &Situation) -> Vec<NextActionKind> {
        let chosen = choose(situation, noon(), noon().date_naive());
        chosen.into_iter().map(|action| action.kind).collect()
    }

    #[test]
    fn there_are_at_most_three() {
        let situation = Situation {
            to_answer: vec![rejection(30, 24); 5],
            ..Situation::default()
        };
        assert_eq!(kinds(&situation), [NextActionKind::ReplyToRejection; 3]);
        assert!(kinds(&Situation::default()).is_empty());
    }

    #[test]
    fn a_reply_is_proposed_neither_inside_the_cool_off_nor_when_it_is_forgotten() {
        for (hours_ago, proposed) in [(23, false), (24, true), (48, true), (49, false)] {
            let situation = Situation {
                to_answer: vec![rejection(hours_ago, 24)],
                ..Situation::default()
            };
            assert_eq!(
                kinds(&situation).len(),
                usize::from(proposed),
                "{hours_ago}"
            );
        }
    }

    #[test]
    fn on_a_day_of_rest_there_is_nothing_but_appointments_and_rest() {
        use NextActionKind::{PrepareInterview, Rest};
        let mut situation = Situation {
            resting: Some(RestReason::Rejection),
            to_answer: vec![rejection(30, 24)],
            ..Situation::default()
        };
        assert_eq!(kinds(&situation), [Rest]);
        situation.interviews = vec![coming(1), coming(2), coming(3)];
        assert_eq!(
            kinds(&situation),
            [PrepareInterview, PrepareInterview, Rest]
        );
    }
}
