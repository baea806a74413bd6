//! What the day of an activity may be. Pure functions.

use chrono::NaiveDate;

use crate::http::error::{Error, Result};

/// Refuses a day in the future; *today* is the user's own.
///
/// A day that stays as it was is never refused: whoever travels west would otherwise not be able to change
/// the notes of what they did *tomorrow*.
pub(super) fn check_day(day: NaiveDate, before: Option<NaiveDate>, today: NaiveDate) -> Result<()> {
    if day > today && before != Some(day) {
        return Err(Error::invalid_field(
            "/occurred_on",
            "in_future",
            "Not in the future.",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use chrono::Duration;
    use proptest::prelude::*;

    use super::*;

    fn today() -> NaiveDate {
        "2026-03-05".parse().expect("a date")
    }

    #[test]
    fn today_is_the_last_day_on_which_something_can_have_happened() {
        assert!(check_day(today(), None, today()).is_ok());
        assert!(check_day(today() + Duration::days(1), None, today()).is_err());
    }

    #[test]
    fn a_day_that_stays_may_lie_ahead_of_a_traveller() {
        let tomorrow = today() + Duration::days(1);
        assert!(check_day(tomorrow, Some(tomorrow), today()).is_ok());
        assert!(check_day(tomorrow, Some(today()), today()).is_err());
    }

    proptest! {
        #[test]
        fn exactly_the_days_after_today_are_refused(offset in -80_000i64..80_000) {
            let day = today() + Duration::days(offset);
            prop_assert_eq!(check_day(day, None, today()).is_err(), offset > 0);
        }
    }
}
