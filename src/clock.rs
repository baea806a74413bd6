//! The only source of *now*.
//!
//! Users' time and the life of tokens come from [`Clock::now`], which a test may stop at an instant
//! (`--test-clock`, loopback only). Rate limits and deadlines run on [`real_now`] and
//! [`std::time::Instant`], so that a stopped clock can neither freeze nor lift them.

use std::sync::{Arc, RwLock};

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, SubsecRound, TimeZone, Utc};
use chrono_tz::Tz;

/// A clock that is shared by everything that asks for the time; clones show the same time.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    stopped_at: Arc<RwLock<Option<DateTime<Utc>>>>,
}

impl Clock {
    /// The present instant in UTC, whole microseconds (what PostgreSQL can store).
    pub fn now(&self) -> DateTime<Utc> {
        let stopped = *self
            .stopped_at
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        stopped.unwrap_or_else(real_now)
    }

    /// Stops the clock at an instant, or lets it run again with `None`.
    pub fn stop_at(&self, instant: Option<DateTime<Utc>>) {
        *self
            .stopped_at
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner) =
            instant.map(|at| at.trunc_subsecs(6));
    }
}

/// The machine's own time in UTC, whole microseconds; for limits and leases, never for users' time.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that asks the operating system for the time"
)]
pub fn real_now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(6)
}

/// The local date of an instant in a time zone.
pub fn local_date(instant: DateTime<Utc>, zone: Tz) -> NaiveDate {
    instant.with_timezone(&zone).date_naive()
}

/// The first instant of a local day; see [`at_time`].
pub fn start_of_day(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    at_time(day, NaiveTime::MIN, zone)
}

/// The instant at which the clocks of a zone show a time on a day.
///
/// Where daylight saving skips it, the first quarter of an hour after it that exists; where it repeats
/// it, the earlier of the two.
pub fn at_time(day: NaiveDate, time: NaiveTime, zone: Tz) -> DateTime<Utc> {
    let shown = day.and_time(time);
    (0..=24 * 60 / 15)
        .find_map(|quarter| {
            zone.from_local_datetime(&(shown + Duration::minutes(15 * quarter)))
                .earliest()
        })
        .map_or_else(|| shown.and_utc(), |local| local.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn a_day_begins_at_local_midnight() {
        let begins = start_of_day(day("2026-03-05"), chrono_tz::America::New_York);
        assert_eq!(begins.to_rfc3339(), "2026-03-05T05:00:00+00:00");
    }

    #[test]
    fn a_day_whose_midnight_is_skipped_begins_at_its_first_minute() {
        // Beirut moved from 00:00 to 01:00 on 27 March 2022.
        let begins = start_of_day(day("2022-03-27"), chrono_tz::Asia::Beirut);
        assert_eq!(begins.to_rfc3339(), "2022-03-26T22:00:00+00:00");
    }

    #[test]
    fn a_time_that_daylight_saving_skips_comes_when_the_clocks_go_on() {
        let berlin = chrono_tz::Europe::Berlin;
        let at = |on: &str, hour, minute| {
            let time = NaiveTime::from_hms_opt(hour, minute, 0).expect("a time");
            at_time(day(on), time, berlin).to_rfc3339()
        };
        assert_eq!(at("2026-03-29", 2, 30), "2026-03-29T01:00:00+00:00");
        assert_eq!(at("2026-10-25", 2, 30), "2026-10-25T00:30:00+00:00");
        assert_eq!(at("2026-10-24", 9, 0), "2026-10-24T07:00:00+00:00");
        assert_eq!(at("2026-10-25", 9, 0), "2026-10-25T08:00:00+00:00");
    }

    #[test]
    fn a_stopped_clock_shows_the_same_time_to_every_clone() {
        let clock = Clock::default();
        let other = clock.clone();
        let instant = "2026-11-01T10:00:00Z".parse().expect("an instant");
        clock.stop_at(Some(instant));
        assert_eq!(other.now(), instant);
        clock.stop_at(None);
        assert_ne!(other.now(), instant);
    }
}
