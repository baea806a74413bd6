//! The machine of an endpoint, what an answer means, and when it is tried again. Pure functions.

use chrono::{DateTime, Duration, Utc};

use crate::text_enum;

text_enum! {
    /// Where an endpoint stands.
    pub enum WebhookStatus {
        /// It is told of events.
        Active = "active",
        /// It is told of nothing.
        Disabled = "disabled",
    }
}

text_enum! {
    /// Why an endpoint is told of nothing.
    pub enum DisabledReason {
        /// You asked for it.
        Requested = "requested",
        /// It answered 410.
        Gone = "gone",
        /// Nothing had reached it for five days.
        Failing = "failing",
    }
}

text_enum! {
    /// What became of a delivery.
    pub enum DeliveryState {
        /// It is tried, at once or at next_attempt_at.
        Pending = "pending",
        /// The endpoint answered 2xx.
        Delivered = "delivered",
        /// It is not tried any more, unless you ask for it.
        Failed = "failed",
    }
}

text_enum! {
    /// Why an attempt got no answer.
    pub enum AttemptFailure {
        /// The host is not on the public Internet.
        AddressRefused = "address_refused",
        /// The name of the host is unknown.
        NameUnknown = "name_unknown",
        /// Nobody listens, the encryption failed, the connection broke, or the answer is no HTTP.
        ConnectionFailed = "connection_failed",
        /// The answer did not come within 15 seconds, the connection not within 5.
        Timeout = "timeout",
        /// The service cannot read the secret any more; rotate it.
        SecretLost = "secret_lost",
    }
}

impl WebhookStatus {
    /// Where the user may move it.
    pub fn allowed(self) -> &'static [Self] {
        match self {
            Self::Active => &[Self::Disabled],
            Self::Disabled => &[Self::Active],
        }
    }
}

/// How long after each failed attempt the next one follows. With the first attempt these are ten, over
/// three days.
const PAUSES: [Duration; 9] = [
    Duration::seconds(5),
    Duration::minutes(5),
    Duration::minutes(30),
    Duration::hours(2),
    Duration::hours(5),
    Duration::hours(10),
    Duration::hours(14),
    Duration::hours(20),
    Duration::hours(24),
];
/// After all attempts.
pub(super) const LAST_STEP: i32 = 10;
/// A receiver's wish to be left alone is heard up to here.
const LONGEST_WISH: Duration = Duration::hours(24);
/// An endpoint that nothing has reached for so long is disabled.
const FAILING_FOR: Duration = Duration::days(5);
/// From this attempt of a delivery on: one refusal after weeks of silence says nothing.
const NOT_BEFORE_STEP: i32 = 3;
/// An endpoint that was slow or away is left alone at least for so long.
const SHORTEST_REST: Duration = Duration::seconds(5);
/// And at most for so long.
const LONGEST_REST: Duration = Duration::minutes(5);
/// How long the secret before signs, too.
pub(super) const OVERLAP: Duration = Duration::hours(24);
/// How long deliveries are kept.
pub(super) const KEPT_FOR: Duration = Duration::days(30);
/// How many endpoints a user may have.
pub(super) const MOST_WEBHOOKS: i64 = 10;

/// What became of one attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// There was an answer.
    Answered {
        /// Its status.
        status: u16,
        /// How its first bytes read.
        body: String,
        /// How long it asked to be left alone.
        wish: Option<Duration>,
    },
    /// There was none.
    Failed(AttemptFailure),
}

/// What follows from an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It arrived.
    Delivered,
    /// It did not, and may at another time.
    Failed,
    /// The endpoint wants nothing any more.
    Gone,
}

impl Outcome {
    /// What follows from it. A redirect is a failure: where it leads, nobody has looked.
    pub(super) fn verdict(&self) -> Verdict {
        match self {
            Self::Answered {
                status: 200..=299, ..
            } => Verdict::Delivered,
            Self::Answered { status: 410, .. } => Verdict::Gone,
            Self::Answered { .. } | Self::Failed(_) => Verdict::Failed,
        }
    }

    fn wish(&self) -> Duration {
        match self {
            Self::Answered {
                status: 429 | 503,
                wish: Some(wish),
                ..
            } => (*wish).clamp(Duration::zero(), LONGEST_WISH),
            _ => Duration::zero(),
        }
    }
}

/// When a delivery is tried again after a failed attempt, which is attempt number `step` of the schedule;
/// never after the last one. `chance` spreads attempts that failed together over a tenth of the pause.
pub(super) fn next_attempt(
    step: i32,
    outcome: &Outcome,
    chance: u8,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let index = usize::try_from(step.checked_sub(1)?).ok()?;
    let pause = *PAUSES.get(index)?;
    let spread = pause / 10 * i32::from(chance) / 255;
    Some(now + (pause + spread).max(outcome.wish()))
}

/// Is an endpoint that has failed since an instant given up at this failed attempt?
pub(super) fn is_given_up(
    failing_since: Option<DateTime<Utc>>,
    step: i32,
    now: DateTime<Utc>,
) -> bool {
    let long = failing_since.is_some_and(|since| now - since >= FAILING_FOR);
    long && step >= NOT_BEFORE_STEP
}

/// How long an endpoint is left alone that was slow or away, so that others are served first: the longer, the longer
/// it has failed.
pub(super) fn rest(
    outcome: &Outcome,
    failing_since: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Option<Duration> {
    let away = matches!(
        outcome,
        Outcome::Failed(AttemptFailure::Timeout | AttemptFailure::ConnectionFailed)
    );
    let failing_for = failing_since.map_or(Duration::zero(), |since| now - since);
    away.then(|| failing_for.clamp(SHORTEST_REST, LONGEST_REST))
}

/// How long a receiver asks to be left alone: seconds, or an instant of HTTP.
pub(super) fn retry_after(value: &str, now: DateTime<Utc>) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<u32>() {
        return Some(Duration::seconds(seconds.into()));
    }
    let until = DateTime::parse_from_rfc2822(value).ok()?;
    Some(until.with_timezone(&Utc) - now)
}

/// Bytes of an answer as text that harms nobody who shows it: no control characters, at most 1,024 characters.
pub(super) fn inert(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let shown = text.chars().map(|character| match character {
        '\n' | '\t' => character,
        _ if character.is_control() => char::REPLACEMENT_CHARACTER,
        _ => character,
    });
    shown.take(1_024).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn noon() -> DateTime<Utc> {
        "2026-12-01T12:00:00Z".parse().expect("an instant")
    }

    fn answered(status: u16, wish: Option<Duration>) -> Outcome {
        Outcome::Answered {
            status,
            body: String::new(),
            wish,
        }
    }

    #[test]
    fn only_2xx_is_delivered_and_only_410_is_gone() {
        for status in 100..=999 {
            let verdict = match status {
                200..=299 => Verdict::Delivered,
                410 => Verdict::Gone,
                _ => Verdict::Failed,
            };
            assert_eq!(answered(status, None).verdict(), verdict, "{status}");
        }
        let failed = Outcome::Failed(AttemptFailure::Timeout);
        assert_eq!(failed.verdict(), Verdict::Failed);
    }

    #[test]
    fn ten_attempts_are_made_over_three_days() {
        let failed = answered(500, None);
        let mut at = noon();
        let mut attempts = 1;
        while let Some(next) = next_attempt(attempts, &failed, 0, at) {
            assert!(next > at);
            (at, attempts) = (next, attempts + 1);
        }
        assert_eq!(attempts, LAST_STEP);
        assert_eq!(at - noon(), Duration::seconds(75 * 3600 + 35 * 60 + 5));
    }

    #[test]
    fn a_wish_of_429_and_503_is_heard_within_bounds() {
        let next = |status, wish| {
            let outcome = answered(status, Some(wish));
            next_attempt(1, &outcome, 0, noon()).map(|at| at - noon())
        };
        let five = Some(Duration::seconds(5));
        assert_eq!(next(503, Duration::minutes(7)), Some(Duration::minutes(7)));
        assert_eq!(next(429, Duration::days(900)), Some(Duration::hours(24)));
        assert_eq!(next(429, Duration::seconds(1)), five);
        assert_eq!(next(503, Duration::days(-3)), five);
        assert_eq!(next(500, Duration::minutes(7)), five);
        // It makes no further attempt out of none.
        assert_eq!(
            next_attempt(
                LAST_STEP,
                &answered(503, Some(Duration::minutes(1))),
                0,
                noon()
            ),
            None
        );
    }

    #[test]
    fn an_endpoint_that_is_slow_or_away_rests_the_longer_it_fails() {
        let slow = Outcome::Failed(AttemptFailure::Timeout);
        let rest = |since: Option<Duration>| rest(&slow, since.map(|since| noon() - since), noon());
        assert_eq!(rest(None), Some(Duration::seconds(5)));
        assert_eq!(
            rest(Some(Duration::seconds(40))),
            Some(Duration::seconds(40))
        );
        assert_eq!(rest(Some(Duration::days(2))), Some(Duration::minutes(5)));
        assert_eq!(
            rest(Some(Duration::seconds(-9))),
            Some(Duration::seconds(5))
        );
        assert_eq!(super::rest(&answered(500, None), None, noon()), None);
    }

    #[test]
    fn a_wish_is_read_in_seconds_and_as_an_instant() {
        assert_eq!(retry_after("120", noon()), Some(Duration::seconds(120)));
        let instant = "Tue, 01 Dec 2026 12:10:00 GMT";
        assert_eq!(retry_after(instant, noon()), Some(Duration::minutes(10)));
        for nonsense in ["", "-1", "soon", "1e9", "99999999999999999999"] {
            assert_eq!(retry_after(nonsense, noon()), None, "{nonsense}");
        }
    }

    #[test]
    fn an_endpoint_is_given_up_after_five_days_and_not_at_a_first_refusal() {
        let since = Some(noon() - Duration::days(5));
        assert!(is_given_up(since, 3, noon()));
        assert!(!is_given_up(since, 1, noon()));
        assert!(!is_given_up(
            since.map(|at| at + Duration::seconds(1)),
            9,
            noon()
        ));
        assert!(!is_given_up(None, 9, noon()));
    }

    proptest! {
        #[test]
        fn a_pause_is_never_shorter_than_planned_and_at_most_a_tenth_longer(step in 1..LAST_STEP, chance in any::<u8>()) {
            let failed = answered(500, None);
            let plain = next_attempt(step, &failed, 0, noon()).expect("another attempt") - noon();
            let spread = next_attempt(step, &failed, chance, noon()).expect("another attempt") - noon();
            prop_assert!(spread >= plain && spread <= plain + plain / 10);
        }

        #[test]
        fn whatever_is_answered_is_shown_without_harm(bytes in prop::collection::vec(any::<u8>(), 0..1_100)) {
            let text = inert(&bytes);
            prop_assert!(text.chars().count() <= 1_024);
            prop_assert!(text.chars().all(|c| !c.is_control() || c == '\n' || c == '\t'));
        }
    }
}
