//! When a reminder comes, for every zone and hour.

use proptest::prelude::*;

use super::*;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

fn time(hour: u32, minute: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, minute, 0).expect("a time")
}

fn days(zone: Tz, now: &str) -> Days {
    Days {
        zone,
        quiet_from: time(21, 0),
        quiet_to: time(8, 0),
        rest_on: None,
        now: at(now),
    }
}

#[test]
fn a_nudge_in_quiet_hours_waits_for_their_end_and_an_interview_does_not() {
    let days = days(chrono_tz::Europe::Berlin, "2026-12-01T12:00:00Z");
    let late = at("2026-12-01T21:30:00Z");
    let morning = at("2026-12-02T07:00:00Z");
    assert_eq!(days.remind_at(ReminderKind::ReplyWindow, late), morning);
    assert_eq!(days.remind_at(ReminderKind::Interview, late), late);
    // The first quiet minute is quiet, the minute of the end is not.
    let (first, end) = (at("2026-12-01T20:00:00Z"), at("2026-12-02T07:00:00Z"));
    assert_eq!(days.remind_at(ReminderKind::ReplyWindow, first), morning);
    assert_eq!(days.remind_at(ReminderKind::ReplyWindow, end), end);
}

#[test]
fn what_is_overdue_comes_now_or_when_it_may_again() {
    let past = at("2026-11-30T08:00:00Z");
    let open = days(Tz::UTC, "2026-12-01T12:00:00Z");
    assert_eq!(open.remind_at(ReminderKind::FollowUp, past), past);
    let quiet = days(Tz::UTC, "2026-12-01T23:00:00Z");
    let morning = at("2026-12-02T08:00:00Z");
    assert_eq!(quiet.remind_at(ReminderKind::FollowUp, past), morning);
}

#[test]
fn rest_holds_nudges_until_the_next_morning() {
    let mut days = days(chrono_tz::America::New_York, "2026-12-01T15:00:00Z");
    days.rest_on = Some(days.today());
    let (due, next) = (at("2026-12-01T18:00:00Z"), at("2026-12-02T14:00:00Z"));
    assert_eq!(days.remind_at(ReminderKind::FeedbackNudge, due), next);
    assert_eq!(days.remind_at(ReminderKind::Interview, due), due);
    assert_eq!(days.remind_again_at(ReminderKind::FollowUp, due), next);
    // Late on the day of rest, too.
    let late = at("2026-12-02T03:00:00Z");
    assert_eq!(days.remind_at(ReminderKind::FeedbackNudge, late), next);
    // What lies on another day is not held.
    let tomorrow = at("2026-12-02T20:00:00Z");
    assert_eq!(days.remind_at(ReminderKind::FollowUp, tomorrow), tomorrow);
    // Those who sleep long are not woken by it.
    days.quiet_to = time(10, 30);
    let later = at("2026-12-02T15:30:00Z");
    assert_eq!(days.remind_at(ReminderKind::FeedbackNudge, due), later);
}

#[test]
fn quiet_hours_may_lie_within_a_day_or_be_none() {
    let mut days = days(Tz::UTC, "2026-12-01T00:00:00Z");
    (days.quiet_from, days.quiet_to) = (time(12, 0), time(14, 0));
    let noon = at("2026-12-01T12:30:00Z");
    let end = at("2026-12-01T14:00:00Z");
    assert_eq!(days.remind_at(ReminderKind::FollowUp, noon), end);
    let night = at("2026-12-01T03:00:00Z");
    assert_eq!(days.remind_at(ReminderKind::FollowUp, night), night);
    days.quiet_to = days.quiet_from;
    assert_eq!(days.remind_at(ReminderKind::FollowUp, noon), noon);
}

#[test]
fn a_snooze_ends_in_the_future_and_within_thirty_days() {
    let now = at("2026-12-01T00:00:00Z");
    assert_eq!(check_snooze(now, now), Err(SnoozeFault::Past));
    assert_eq!(check_snooze(now + Duration::microseconds(1), now), Ok(()));
    assert_eq!(check_snooze(now + LONGEST_SNOOZE, now), Ok(()));
    let longer = now + LONGEST_SNOOZE + Duration::microseconds(1);
    assert_eq!(check_snooze(longer, now), Err(SnoozeFault::TooLong));
}

#[test]
fn nothing_leads_out_of_an_end_or_to_due() {
    for status in ReminderStatus::ALL {
        assert!(!status.allowed().contains(&Due) && !status.allowed().contains(&Scheduled));
        assert_eq!(
            status.allowed().is_empty(),
            matches!(status, Done | Dismissed)
        );
    }
}

proptest! {
    #[test]
    fn a_nudge_never_comes_early_in_the_quiet_or_on_the_day_of_rest(
        zone in prop::sample::select(chrono_tz::TZ_VARIANTS.to_vec()),
        seconds in 1_500_000_000i64..2_200_000_000, ahead in -300_000i64..300_000,
        from in 0u32..1440, to in 0u32..1440, rests in any::<bool>(),
    ) {
        let now = DateTime::from_timestamp(seconds, 0).expect("an instant");
        let due = now + Duration::seconds(ahead);
        let mut days = Days {
            zone, now, rest_on: None,
            quiet_from: time(from / 60, from % 60), quiet_to: time(to / 60, to % 60),
        };
        days.rest_on = rests.then(|| days.today());
        let comes = days.remind_at(ReminderKind::FollowUp, due).max(now);
        prop_assert!(comes >= due);
        prop_assert!(comes - due.max(now) <= Duration::hours(75));
        let local = comes.with_timezone(&zone);
        prop_assert!(days.rest_on != Some(local.date_naive()));
        // Asked again at that moment, it comes at once.
        let then = Days { now: comes, ..days };
        prop_assert!(then.remind_at(ReminderKind::FollowUp, comes) <= comes.max(then.after_quiet_hours(comes)));
    }
}
