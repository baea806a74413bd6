//! What is to be done so that the reminders fit what there is to remind of. Pure.

use std::collections::HashMap;

use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use super::rules::{Days, ReminderKind, ReminderStatus};

/// So far ahead reminders are made.
pub(super) const AHEAD: Duration = Duration::days(2);
/// What is overdue for longer and was never reminded of is left alone.
pub(super) const LATE: Duration = Duration::days(3);
/// A reminder that was due for so long is over.
const STALE: Duration = Duration::days(30);

/// Something to remind of, as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cause {
    /// What it is.
    pub(super) kind: ReminderKind,
    /// What it is about.
    pub(super) resource_id: Uuid,
    /// The application that it hangs on.
    pub(super) application_id: Option<Uuid>,
    /// Tells it from other times of the same thing.
    pub(super) occurrence: String,
    /// When it is due, if nothing keeps silent then.
    pub(super) due: DateTime<Utc>,
    /// Since when it has been so, where that counts: of an interview that was written down ten minutes
    /// before it begins, nobody needs to be told an hour before.
    pub(super) since: Option<DateTime<Utc>>,
}

/// A reminder that is not over.
#[derive(Clone, Debug)]
pub(super) struct Open {
    /// Its id.
    pub(super) id: Uuid,
    /// What it is.
    pub(super) kind: ReminderKind,
    /// What it is about.
    pub(super) resource_id: Uuid,
    /// Tells it from other times of the same thing.
    pub(super) occurrence: String,
    /// Where it stands.
    pub(super) status: ReminderStatus,
    /// When it comes or came.
    pub(super) remind_at: DateTime<Utc>,
    /// Until when it is put off.
    pub(super) snoozed_until: Option<DateTime<Utc>>,
    /// When it came last.
    pub(super) fired_at: Option<DateTime<Utc>>,
}

/// What is to be done.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Changes {
    /// New reminders, with the moment at which they come.
    pub(super) create: Vec<(Cause, DateTime<Utc>)>,
    /// Reminders that come at another moment.
    pub(super) shift: Vec<(Uuid, DateTime<Utc>)>,
    /// Reminders that never came and have no cause any more.
    pub(super) remove: Vec<Uuid>,
    /// Reminders that came and are seen to, with where they stand.
    pub(super) finish: Vec<(Uuid, ReminderStatus)>,
}

type Key<'k> = (ReminderKind, Uuid, &'k str);

/// Compares the reminders that are open with all the causes there are.
pub(super) fn reconcile(open: &[Open], causes: &[Cause], days: &Days) -> Changes {
    let mut changes = Changes::default();
    let mut left: HashMap<Key<'_>, &Cause> =
        causes.iter().map(|cause| (key_of(cause), cause)).collect();
    for reminder in open {
        let key = (
            reminder.kind,
            reminder.resource_id,
            reminder.occurrence.as_str(),
        );
        match left.remove(&key) {
            Some(cause) if !is_stale(reminder, days.now) => {
                if let Some(at) = shifted(reminder, cause, days) {
                    changes.shift.push((reminder.id, at));
                }
            }
            _ if reminder.fired_at.is_none() => changes.remove.push(reminder.id),
            _ => changes.finish.push((reminder.id, reminder.status)),
        }
    }
    let mut fresh: Vec<&Cause> = left
        .into_values()
        .filter(|cause| is_fresh(cause, days.now))
        .collect();
    fresh.sort_by_key(|cause| (cause.due, cause.resource_id));
    let planned = fresh
        .into_iter()
        .map(|cause| (cause.clone(), days.remind_at(cause.kind, cause.due)));
    changes.create.extend(planned);
    changes
}

fn key_of(cause: &Cause) -> Key<'_> {
    (cause.kind, cause.resource_id, cause.occurrence.as_str())
}

fn is_fresh(cause: &Cause, now: DateTime<Utc>) -> bool {
    let known_in_time = cause.since.is_none_or(|since| since <= cause.due);
    known_in_time && cause.due > now - LATE && cause.due <= now + AHEAD
}

fn is_stale(reminder: &Open, now: DateTime<Utc>) -> bool {
    reminder.status == ReminderStatus::Due
        && reminder.fired_at.is_some_and(|fired| fired <= now - STALE)
}

/// The other moment at which a reminder comes now, if it does.
fn shifted(reminder: &Open, cause: &Cause, days: &Days) -> Option<DateTime<Utc>> {
    let at = match (reminder.status, reminder.snoozed_until) {
        (ReminderStatus::Scheduled, _) => days.remind_at(cause.kind, cause.due),
        (ReminderStatus::Snoozed, Some(until)) => days.remind_again_at(cause.kind, until),
        _ => return None,
    };
    // What may come now comes now, whenever it was meant to.
    let comes_anyway = at <= days.now && reminder.remind_at <= days.now;
    (at != reminder.remind_at && !comes_anyway).then_some(at)
}

#[cfg(test)]
mod tests {
    use chrono::NaiveTime;
    use chrono_tz::Tz;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    /// Noon of the first of December, without quiet hours.
    fn noon() -> Days {
        Days {
            zone: Tz::UTC,
            quiet_from: NaiveTime::MIN,
            quiet_to: NaiveTime::MIN,
            rest_on: None,
            now: at("2026-12-01T12:00:00Z"),
        }
    }

    fn cause(due: &str) -> Cause {
        Cause {
            kind: ReminderKind::FollowUp,
            resource_id: Uuid::from_u128(1),
            application_id: None,
            occurrence: due.to_owned(),
            due: at(due),
            since: None,
        }
    }

    fn open(status: ReminderStatus, due: &str) -> Open {
        let fired = status == ReminderStatus::Due;
        Open {
            id: Uuid::from_u128(9),
            kind: ReminderKind::FollowUp,
            resource_id: Uuid::from_u128(1),
            occurrence: due.to_owned(),
            status,
            remind_at: at(due),
            snoozed_until: (status == ReminderStatus::Snoozed).then(|| at(due)),
            fired_at: fired.then(|| at(due)),
        }
    }

    #[test]
    fn reminders_are_made_for_two_days_ahead_and_three_days_back() {
        let made = |due: &str| reconcile(&[], &[cause(due)], &noon()).create.len() == 1;
        assert!(made("2026-12-03T12:00:00Z") && !made("2026-12-03T12:00:01Z"));
        assert!(made("2026-11-28T12:00:01Z") && !made("2026-11-28T12:00:00Z"));
    }

    #[test]
    fn what_was_written_down_too_late_is_not_reminded_of() {
        let mut late = cause("2026-12-01T11:00:00Z");
        late.since = Some(at("2026-12-01T11:30:00Z"));
        assert_eq!(reconcile(&[], &[late.clone()], &noon()), Changes::default());
        // What came already is not taken back.
        let due = [open(ReminderStatus::Due, "2026-12-01T11:00:00Z")];
        assert_eq!(reconcile(&due, &[late], &noon()), Changes::default());
    }

    #[test]
    fn what_has_no_cause_any_more_goes_or_is_done() {
        let id = Uuid::from_u128(9);
        let due = "2026-12-02T09:00:00Z";
        let changes = reconcile(&[open(ReminderStatus::Scheduled, due)], &[], &noon());
        assert_eq!(changes.remove, [id]);
        let changes = reconcile(&[open(ReminderStatus::Snoozed, due)], &[], &noon());
        assert_eq!(changes.remove, [id]);
        let changes = reconcile(
            &[open(ReminderStatus::Due, "2026-12-01T09:00:00Z")],
            &[],
            &noon(),
        );
        assert_eq!(changes.finish, [(id, ReminderStatus::Due)]);
    }

    #[test]
    fn a_reminder_that_is_due_for_a_month_is_over() {
        let due = "2026-11-01T12:00:00Z";
        let changes = reconcile(&[open(ReminderStatus::Due, due)], &[cause(due)], &noon());
        assert_eq!(changes.finish, [(Uuid::from_u128(9), ReminderStatus::Due)]);
        let later = "2026-11-01T12:00:01Z";
        let changes = reconcile(
            &[open(ReminderStatus::Due, later)],
            &[cause(later)],
            &noon(),
        );
        assert_eq!(changes, Changes::default());
    }

    #[test]
    fn rest_shifts_what_is_planned_and_what_is_put_off() {
        let mut days = noon();
        days.rest_on = Some(days.today());
        let due = "2026-12-01T15:00:00Z";
        let morning = at("2026-12-02T09:00:00Z");
        for status in [ReminderStatus::Scheduled, ReminderStatus::Snoozed] {
            let changes = reconcile(&[open(status, due)], &[cause(due)], &days);
            assert_eq!(changes.shift, [(Uuid::from_u128(9), morning)]);
        }
    }

    #[test]
    fn what_comes_now_keeps_the_moment_it_was_planned_for() {
        let mut shifted = open(ReminderStatus::Scheduled, "2026-12-01T08:00:00Z");
        shifted.remind_at = at("2026-12-01T12:00:00Z");
        let changes = reconcile(&[shifted], &[cause("2026-12-01T08:00:00Z")], &noon());
        assert_eq!(changes, Changes::default());
    }
}
