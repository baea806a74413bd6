//! The seeker has a coach, who encourages and suggests a goal.

use chrono::{DateTime, Duration, Utc};
use diesel::PgConnection;
use uuid::Uuid;

use super::{COACH, write};
use crate::coaching::notes::{CoachNoteFields, NoteVisibility};
use crate::coaching::suggestions::GoalSuggestionFields;
use crate::coaching::{
    CoachLinkFields, LinkStatus, Scope, answer_invitation, invite, leave_note, suggest_goal,
};
use crate::goals::{GoalCategory, GoalKind, GoalMeasure, GoalPeriod};
use crate::http::error::Result;

/// How many days ago the seeker invited the coach.
const INVITED: i64 = 40;

/// Invites, accepts, writes.
pub fn history(
    conn: &mut PgConnection,
    seeker: Uuid,
    coach: Uuid,
    today: DateTime<Utc>,
) -> Result<()> {
    let invited_at = today - Duration::days(INVITED);
    let fields = CoachLinkFields {
        coach_email: COACH.to_owned(),
        scopes: vec![
            Scope::Applications,
            Scope::Insights,
            Scope::Goals,
            Scope::Reflections,
            Scope::SuggestGoals,
            Scope::Notes,
        ],
        ends_at: None,
    };
    let link = write(conn, seeker, invited_at, |tx| invite(tx, &fields))?;
    write(conn, coach, invited_at + Duration::days(1), |tx| {
        answer_invitation(tx, link.id, LinkStatus::Active, false)
    })?;
    write(conn, coach, today - Duration::days(12), |tx| {
        let note = CoachNoteFields {
            text: "Your last reply was short and warm. Keep it that way.".to_owned(),
            visibility: NoteVisibility::Shared,
        };
        leave_note(tx, seeker, &note)?;
        let goal = GoalSuggestionFields {
            title: "Tell one story of your work aloud, result first".to_owned(),
            reason: Some("The companies said that your examples were hard to follow.".to_owned()),
            category: GoalCategory::InterviewPractice,
            kind: GoalKind::Recurring,
            target_count: 3,
            period: Some(GoalPeriod::Week),
            measure: GoalMeasure::CheckIns,
            due_on: None,
        };
        suggest_goal(tx, seeker, &goal)
    })?;
    Ok(())
}
