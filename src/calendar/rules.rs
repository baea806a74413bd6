//! What stands in a calendar. Pure functions of records: the same records make the same entries, so that a
//! program that asks again gets the same bytes.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use uuid::Uuid;

use super::model::CalendarDetails;
use crate::interviews::InterviewKind;

/// How far a calendar reaches back and ahead.
pub const REACH: Duration = Duration::days(365);
/// How long an interview is that does not say so.
const USUAL_LENGTH: Duration = Duration::minutes(60);

/// When something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// From one instant to another.
    Between(DateTime<Utc>, DateTime<Utc>),
    /// A local day.
    On(NaiveDate),
}

/// Something in a calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Names it for good, whatever changes of it.
    pub uid: String,
    /// When it is.
    pub when: When,
    /// What it is, in a line.
    pub summary: String,
    /// More about it.
    pub description: Option<String>,
    /// Where it is.
    pub location: Option<String>,
    /// An address of the web that belongs to it.
    pub url: Option<String>,
    /// It does not take place.
    pub cancelled: bool,
    /// Does it take up the time?
    pub opaque: bool,
    /// Counts the changes, from 0.
    pub sequence: i32,
    /// When it was changed last.
    pub changed_at: DateTime<Utc>,
}

/// The application that something is about.
#[derive(Clone, Debug)]
pub struct About {
    /// The company.
    pub company: String,
    /// The position.
    pub job_title: String,
}

impl About {
    fn words(&self) -> String {
        format!("{}, {}", self.company, self.job_title)
    }
}

/// How often a row was changed, and when last.
#[derive(Clone, Copy, Debug)]
pub struct Stamp {
    /// Counts the changes, from 1.
    pub version: i32,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

/// An interview, as far as a calendar tells of it.
#[derive(Clone, Debug)]
pub struct Round {
    /// Its id.
    pub id: Uuid,
    /// Its kind.
    pub kind: InterviewKind,
    /// When it begins.
    pub scheduled_at: DateTime<Utc>,
    /// How long it takes.
    pub duration_minutes: Option<i32>,
    /// Where it is.
    pub location: Option<String>,
    /// Where it is online.
    pub link: Option<String>,
    /// It does not take place.
    pub cancelled: bool,
}

fn kind_in_words(kind: InterviewKind) -> &'static str {
    match kind {
        InterviewKind::PhoneScreen => "Phone screen",
        InterviewKind::Recruiter => "Interview with a recruiter",
        InterviewKind::Technical => "Technical interview",
        InterviewKind::Behavioral => "Behavioral interview",
        InterviewKind::Panel => "Panel interview",
        InterviewKind::Onsite => "Interview on site",
        InterviewKind::Final => "Final interview",
        InterviewKind::Other => "Interview",
    }
}

fn entry(kind: &str, name: &str, when: When, summary: String, stamp: Stamp) -> Entry {
    Entry {
        uid: format!("{kind}.{name}@rebound"),
        when,
        summary,
        description: None,
        location: None,
        url: None,
        cancelled: false,
        opaque: false,
        sequence: stamp.version.saturating_sub(1),
        changed_at: stamp.updated_at,
    }
}

/// An interview, at its time.
pub fn interview(round: Round, about: &About, stamp: Stamp) -> Entry {
    let minutes = round
        .duration_minutes
        .map(|it| Duration::minutes(it.into()));
    let end = round.scheduled_at + minutes.unwrap_or(USUAL_LENGTH);
    let when = When::Between(round.scheduled_at, end);
    let summary = format!("{}: {}", kind_in_words(round.kind), about.words());
    Entry {
        location: round.location,
        url: round.link,
        cancelled: round.cancelled,
        opaque: !round.cancelled,
        ..entry("interview", &round.id.to_string(), when, summary, stamp)
    }
}

/// The day on which to look again at an application.
pub fn follow_up(application: Uuid, day: NaiveDate, about: &About, stamp: Stamp) -> Entry {
    let summary = format!("Follow up: {}", about.words());
    let name = application.to_string();
    entry("follow-up", &name, When::On(day), summary, stamp)
}

/// The time in which a reply to a rejection is welcome.
pub fn reply_window(
    rejection: Uuid,
    opens: DateTime<Utc>,
    best_before: DateTime<Utc>,
    about: &About,
    stamp: Stamp,
) -> Entry {
    let when = When::Between(opens, best_before);
    let summary = format!("Reply to {}", about.words());
    Entry {
        description: Some(
            "The cool-off is over: a short, friendly reply is welcome in this time.".to_owned(),
        ),
        ..entry("reply-window", &rejection.to_string(), when, summary, stamp)
    }
}

/// The day on which a goal is due, or on which its running period ends.
pub fn goal_day(goal: Uuid, day: NaiveDate, title: &str, stamp: Stamp) -> Entry {
    let name = format!("{goal}.{day}");
    let summary = format!("Goal: {title}");
    entry("goal", &name, When::On(day), summary, stamp)
}

/// An entry as a calendar tells of it.
pub fn told(entry: Entry, details: CalendarDetails) -> Entry {
    match details {
        CalendarDetails::Full => entry,
        CalendarDetails::Busy => Entry {
            summary: "Busy".to_owned(),
            description: None,
            location: None,
            url: None,
            // The kind stands in front of the id.
            uid: entry
                .uid
                .split_once('.')
                .map_or_else(|| entry.uid.clone(), |(_, name)| format!("entry.{name}")),
            ..entry
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    fn about() -> About {
        About {
            company: "Kite & Anchor".to_owned(),
            job_title: "Engineer".to_owned(),
        }
    }

    fn stamp() -> Stamp {
        Stamp {
            version: 3,
            updated_at: at("2026-03-01T10:00:00Z"),
        }
    }

    fn round() -> Round {
        Round {
            id: Uuid::from_u128(1),
            kind: InterviewKind::Technical,
            scheduled_at: at("2026-03-12T09:00:00Z"),
            duration_minutes: None,
            location: Some("12 Quai".to_owned()),
            link: Some("https://meet.example/a".to_owned()),
            cancelled: false,
        }
    }

    #[test]
    fn an_interview_without_a_length_takes_an_hour() {
        let shown = interview(round(), &about(), stamp());
        let end = at("2026-03-12T10:00:00Z");
        assert_eq!(shown.when, When::Between(at("2026-03-12T09:00:00Z"), end));
        assert_eq!(
            shown.summary,
            "Technical interview: Kite & Anchor, Engineer"
        );
        assert_eq!(shown.sequence, 2);
    }

    #[test]
    fn a_busy_calendar_tells_nothing_but_the_time() {
        let full = interview(round(), &about(), stamp());
        let busy = told(full.clone(), CalendarDetails::Busy);
        assert_eq!(busy.when, full.when);
        let shown = format!("{busy:?}");
        for secret in ["Kite", "Engineer", "Quai", "meet", "nterview"] {
            assert!(!shown.contains(secret), "{secret} in {shown}");
        }
    }
}
