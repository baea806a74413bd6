//! What the seeker of the demo learned: a request for feedback with its answer, and two reflections.

use chrono::{DateTime, Duration, Utc};
use diesel::PgConnection;
use uuid::Uuid;

use super::write;
use crate::applications::Application;
use crate::applications::rules::Status;
use crate::feedback::{
    self, FeedbackArea, FeedbackItem, FeedbackPolarity, FeedbackRequestFields, FeedbackRequestMove,
    FeedbackStatus,
};
use crate::http::error::Result;
use crate::reflections::{self, Assessment, ImprovementArea, ReflectionFields};

/// The application with a request for feedback, and the two with reflections, by their numbers.
const ASKED: usize = 4;
const REFLECTED: [usize; 2] = [2, ASKED];

/// What followed the rejection of an application.
pub(super) fn learn(
    conn: &mut PgConnection,
    owner: Uuid,
    number: usize,
    application: &Application,
    rejected_at: DateTime<Utc>,
) -> Result<()> {
    if application.status != Status::Rejected {
        return Ok(());
    }
    if REFLECTED.contains(&number) {
        let fields = reflection(application.id, number == ASKED);
        write(conn, owner, rejected_at + Duration::days(1), |tx| {
            reflections::create(tx, &fields)
        })?;
    }
    if number == ASKED {
        ask(conn, owner, application.id, rejected_at)?;
    }
    Ok(())
}

fn reflection(application: Uuid, was_interviewed: bool) -> ReflectionFields {
    let mut fields = ReflectionFields {
        application_id: Some(application),
        resume_tailored: Some(Assessment::Partly),
        company_researched: Some(Assessment::Yes),
        ..ReflectionFields::default()
    };
    if was_interviewed {
        fields.missing_skills = vec!["Kubernetes".to_owned()];
        fields.what_went_well = Some("I stayed calm when I did not know an answer.".to_owned());
        fields.improvements = vec![ImprovementArea::InterviewPractice];
    } else {
        fields.outside_my_control = Some("They had over three hundred applications.".to_owned());
        fields.improvements = vec![ImprovementArea::ResumeReview];
    }
    fields
}

fn ask(
    conn: &mut PgConnection,
    owner: Uuid,
    application: Uuid,
    rejected_at: DateTime<Utc>,
) -> Result<()> {
    let sent_at = rejected_at + Duration::days(2);
    let request = write(conn, owner, sent_at, |tx| {
        let fields = FeedbackRequestFields {
            application_id: application,
            recipient_name: Some("Ms. Okafor".to_owned()),
            recipient_email: Some("a.okafor@tessellate.example".to_owned()),
            question: Some("Which skills should I work on?".to_owned()),
        };
        let draft = feedback::create(tx, &fields)?;
        feedback::send(tx, draft.id, sent_at, None)
    })?;
    let item = |area, polarity, quote: &str| FeedbackItem {
        area,
        polarity,
        quote: quote.to_owned(),
    };
    let (praise, advice) = (
        "You know your craft.",
        "Your examples were hard to follow; begin with the result.",
    );
    let answer = FeedbackRequestMove {
        to: FeedbackStatus::Answered,
        occurred_at: None,
        response_text: Some(format!("{praise} {advice}")),
        items: vec![
            item(
                FeedbackArea::Qualifications,
                FeedbackPolarity::Strength,
                praise,
            ),
            item(
                FeedbackArea::Communication,
                FeedbackPolarity::Improvement,
                advice,
            ),
        ],
        override_reason: None,
        note: None,
    };
    write(conn, owner, sent_at + Duration::days(6), |tx| {
        feedback::transition(tx, &request, &answer)
    })?;
    Ok(())
}
