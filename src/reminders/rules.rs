//! The machine of a reminder, and at which moment of the day it comes. Pure functions.

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;

use crate::account::Reminding;
use crate::clock::{at_time, local_date};
use crate::text_enum;

text_enum! {
    /// What one is reminded of.
    pub enum ReminderKind {
        /// To look again at an application.
        FollowUp = "follow_up",
        /// That the cool-off is over and a reply is welcome.
        ReplyWindow = "reply_window",
        /// That one nudge of a feedback request is in place.
        FeedbackNudge = "feedback_nudge",
        /// To keep in touch with a contact.
        TouchDue = "touch_due",
        /// That a goal of the day, week or month is still open.
        GoalDay = "goal_day",
        /// An interview.
        Interview = "interview",
    }
}

text_enum! {
    /// What a reminder is about.
    pub enum ResourceType {
        /// An application.
        Application = "application",
        /// A rejection.
        Rejection = "rejection",
        /// A feedback request.
        FeedbackRequest = "feedback_request",
        /// A contact.
        Contact = "contact",
        /// A goal.
        Goal = "goal",
        /// An interview.
        Interview = "interview",
    }
}

text_enum! {
    /// Where a reminder stands.
    pub enum ReminderStatus {
        /// Its time comes.
        Scheduled = "scheduled",
        /// Its time has come.
        Due = "due",
        /// Put off by the user; it comes again.
        Snoozed = "snoozed",
        /// Seen to, by the user or because its reason is gone.
        Done = "done",
        /// Not wanted.
        Dismissed = "dismissed",
    }
}

impl ReminderKind {
    /// What it is about.
    pub fn resource_type(self) -> ResourceType {
        match self {
            Self::FollowUp => ResourceType::Application,
            Self::ReplyWindow => ResourceType::Rejection,
            Self::FeedbackNudge => ResourceType::FeedbackRequest,
            Self::TouchDue => ResourceType::Contact,
            Self::GoalDay => ResourceType::Goal,
            Self::Interview => ResourceType::Interview,
        }
    }

    /// A fixed appointment is no nudge: it keeps silent at no time.
    pub(super) fn is_fixed(self) -> bool {
        self == Self::Interview
    }
}

impl ResourceType {
    /// The collection that it is in.
    pub(super) fn path(self) -> &'static str {
        match self {
            Self::Application => "/v1/applications",
            Self::Rejection => "/v1/rejections",
            Self::FeedbackRequest => "/v1/feedback-requests",
            Self::Contact => "/v1/contacts",
            Self::Goal => "/v1/goals",
            Self::Interview => "/v1/interviews",
        }
    }
}

use ReminderStatus::{Dismissed, Done, Due, Scheduled, Snoozed};

impl ReminderStatus {
    /// Where the user may move it. *Due* comes by time alone.
    pub fn allowed(self) -> &'static [Self] {
        match self {
            Scheduled | Due | Snoozed => &[Snoozed, Done, Dismissed],
            Done | Dismissed => &[],
        }
    }
}

/// The longest snooze.
pub(super) const LONGEST_SNOOZE: Duration = Duration::days(30);

/// Why a snooze cannot end at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SnoozeFault {
    /// It lies in the past.
    Past,
    /// It lies too far ahead.
    TooLong,
}

/// May a snooze end at this instant?
pub(super) fn check_snooze(until: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), SnoozeFault> {
    match until {
        until if until <= now => Err(SnoozeFault::Past),
        until if until > now + LONGEST_SNOOZE => Err(SnoozeFault::TooLong),
        _ => Ok(()),
    }
}

/// The user's days: where they are, when they are quiet, whether this one is for rest.
#[derive(Clone, Copy, Debug)]
pub(super) struct Days {
    /// The user's zone.
    pub(super) zone: Tz,
    /// From when on nothing nudges.
    pub(super) quiet_from: NaiveTime,
    /// Until when; the same for no quiet hours.
    pub(super) quiet_to: NaiveTime,
    /// The local day that is for rest.
    pub(super) rest_on: Option<NaiveDate>,
    /// The present instant.
    pub(super) now: DateTime<Utc>,
}

/// When a day of the user begins, as far as reminders go.
fn morning() -> NaiveTime {
    NaiveTime::from_hms_opt(9, 0, 0).expect("nine o'clock exists")
}

/// When the day comes to its end, as far as goals go.
fn evening() -> NaiveTime {
    NaiveTime::from_hms_opt(18, 0, 0).expect("six o'clock exists")
}

impl Days {
    /// The days of a user at an instant, none of them for rest.
    pub(super) fn of(zone: Tz, reminding: &Reminding, now: DateTime<Utc>) -> Self {
        Self {
            zone,
            quiet_from: reminding.quiet_from,
            quiet_to: reminding.quiet_to,
            rest_on: None,
            now,
        }
    }

    /// The present local day.
    pub(super) fn today(&self) -> NaiveDate {
        local_date(self.now, self.zone)
    }

    /// Nine in the morning of a day.
    pub(super) fn morning(&self, day: NaiveDate) -> DateTime<Utc> {
        at_time(day, morning(), self.zone)
    }

    /// Six in the evening of a day.
    pub(super) fn evening(&self, day: NaiveDate) -> DateTime<Utc> {
        at_time(day, evening(), self.zone)
    }

    fn is_quiet(&self, time: NaiveTime) -> bool {
        let (from, to) = (self.quiet_from, self.quiet_to);
        match from <= to {
            true => (from..to).contains(&time),
            // Over midnight.
            false => time >= from || time < to,
        }
    }

    /// The same instant, or the end of the quiet hours that it lies in.
    fn after_quiet_hours(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        let local = at.with_timezone(&self.zone);
        if !self.is_quiet(local.time()) {
            return at;
        }
        let day = match local.time() < self.quiet_to {
            true => Some(local.date_naive()),
            false => local.date_naive().succ_opt(),
        };
        // Where an hour is repeated, its first round may lie before an instant of the second.
        day.map_or(at, |day| at_time(day, self.quiet_to, self.zone).max(at))
    }

    /// The same instant, or the next morning when it lies on the day of rest.
    fn after_rest(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        let rests = self.rest_on == Some(local_date(at, self.zone));
        match self.rest_on.and_then(|day| day.succ_opt()) {
            Some(next) if rests => self.after_quiet_hours(self.morning(next)),
            _ => at,
        }
    }

    /// When something that is due at an instant is reminded of: then, or when it may be again.
    pub(super) fn remind_at(&self, kind: ReminderKind, due: DateTime<Utc>) -> DateTime<Utc> {
        if kind.is_fixed() {
            return due;
        }
        let from = due.max(self.now);
        let at = self.after_quiet_hours(self.after_rest(from));
        if at == from { due } else { at }
    }

    /// When something comes again that the user put off: quiet hours are theirs to break.
    pub(super) fn remind_again_at(
        &self,
        kind: ReminderKind,
        until: DateTime<Utc>,
    ) -> DateTime<Utc> {
        if kind.is_fixed() {
            return until;
        }
        let from = until.max(self.now);
        let at = self.after_rest(from);
        if at == from { until } else { at }
    }
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
