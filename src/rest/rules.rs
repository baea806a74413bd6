//! What a day is. Pure.

use std::ops::Range;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::clock::{local_date, start_of_day};

/// The local day that an instant lies in, from its first instant to the first one of the next day.
pub(super) fn local_day(at: DateTime<Utc>, zone: Tz) -> Range<DateTime<Utc>> {
    let on = local_date(at, zone);
    // The calendar goes on for a quarter of a million years.
    let next = on.succ_opt().unwrap_or(on);
    start_of_day(on, zone)..start_of_day(next, zone)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_day_has_the_hours_that_the_zone_gives_it() {
        let hours = |at: &str| {
            let day = local_day(at.parse().expect("an instant"), chrono_tz::Europe::Berlin);
            (day.end - day.start).num_hours()
        };
        assert_eq!(hours("2026-03-28T12:00:00Z"), 24);
        assert_eq!(hours("2026-03-29T12:00:00Z"), 23);
        assert_eq!(hours("2026-10-25T12:00:00Z"), 25);
    }

    proptest! {
        #[test]
        fn an_instant_lies_in_its_day(seconds in 0i64..4_000_000_000, zone in prop::sample::select(chrono_tz::TZ_VARIANTS.to_vec())) {
            let at = DateTime::from_timestamp(seconds, 0).expect("an instant");
            prop_assert!(local_day(at, zone).contains(&at), "{at} in {zone}");
        }
    }
}
