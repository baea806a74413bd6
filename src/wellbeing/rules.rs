//! When a check-in may be written or seen. Pure functions.

use chrono::{DateTime, Utc};

use crate::http::error::{Error, Result};
use crate::http::problems;

/// 403 while the user has not turned check-ins on.
pub(super) fn check_enabled(wellbeing_enabled: bool) -> Result<()> {
    if wellbeing_enabled {
        return Ok(());
    }
    Err(problems::WELLBEING_DISABLED
        .because("Turn the preference wellbeing_enabled on first.")
        .into())
}

/// Refuses an instant in the future.
pub(super) fn check_instant(instant: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<()> {
    match instant {
        Some(instant) if instant > now => Err(Error::invalid_field(
            "/occurred_at",
            "in_future",
            "Not in the future.",
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;
    use proptest::prelude::*;

    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-03-05T12:00:00Z".parse().expect("an instant")
    }

    #[test]
    fn check_ins_are_off_until_they_are_turned_on() {
        assert!(check_enabled(true).is_ok());
        let refused = check_enabled(false).expect_err("it is refused");
        assert_eq!(refused.to_problem().kind, problems::WELLBEING_DISABLED);
    }

    #[test]
    fn without_an_instant_it_is_now() {
        assert!(check_instant(None, now()).is_ok());
    }

    proptest! {
        #[test]
        fn exactly_the_instants_after_now_are_refused(offset in -1_000_000_000i64..1_000_000_000) {
            let instant = now() + Duration::microseconds(offset);
            prop_assert_eq!(check_instant(Some(instant), now()).is_err(), offset > 0);
        }
    }
}
