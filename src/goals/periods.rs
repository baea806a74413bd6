//! How days make up the periods of a goal. Pure; a day is a local date, so that no clock and no zone
//! can make it longer or shorter.

use chrono::{Datelike, Days, Months, NaiveDate};

use crate::account::WeekStart;
use crate::suggestions::GoalPeriod;

/// Cuts the days into periods. A period is named by its first day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// How long a period is.
    pub period: GoalPeriod,
    /// The day on which a week begins.
    pub week_starts_on: WeekStart,
}

impl Calendar {
    /// The first day of the period that a day lies in.
    pub fn start_of(self, day: NaiveDate) -> NaiveDate {
        let days_into = match self.period {
            GoalPeriod::Day => 0,
            GoalPeriod::Week => {
                let from_monday = day.weekday().num_days_from_monday();
                match self.week_starts_on {
                    WeekStart::Monday => from_monday,
                    WeekStart::Sunday => (from_monday + 1) % 7,
                    WeekStart::Saturday => (from_monday + 2) % 7,
                }
            }
            GoalPeriod::Month => day.day0(),
        };
        day - Days::new(days_into.into())
    }

    /// The first day of the period after the one that begins on `start`.
    pub fn next(self, start: NaiveDate) -> NaiveDate {
        match self.period {
            GoalPeriod::Day => start + Days::new(1),
            GoalPeriod::Week => start + Days::new(7),
            GoalPeriod::Month => start + Months::new(1),
        }
    }

    /// The first day of the period before the one that begins on `start`.
    pub fn previous(self, start: NaiveDate) -> NaiveDate {
        self.start_of(start - Days::new(1))
    }

    /// The last day of the period that begins on `start`.
    pub fn last_day(self, start: NaiveDate) -> NaiveDate {
        self.next(start) - Days::new(1)
    }
}

/// Some days in a row, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first one.
    pub first: NaiveDate,
    /// The last one.
    pub last: NaiveDate,
}

/// Days of which one asks whether some of them lie in a period: spans in order that do not touch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spans(Vec<Span>);

impl FromIterator<Span> for Spans {
    fn from_iter<I: IntoIterator<Item = Span>>(spans: I) -> Self {
        let mut sorted: Vec<Span> = spans.into_iter().collect();
        sorted.sort_unstable_by_key(|span| (span.first, span.last));
        let mut merged: Vec<Span> = Vec::with_capacity(sorted.len());
        for span in sorted {
            match merged.last_mut() {
                Some(last) if span.first <= last.last + Days::new(1) => {
                    last.last = last.last.max(span.last);
                }
                _ => merged.push(span),
            }
        }
        Self(merged)
    }
}

impl Spans {
    /// Is one of these days among them?
    pub fn touch(&self, days: Span) -> bool {
        let next = self.0.partition_point(|span| span.last < days.first);
        self.0.get(next).is_some_and(|span| span.first <= days.last)
    }

    /// Tells apart which days before `end` are among them, in one number (FNV-1a over the days).
    pub fn fingerprint(&self, end: NaiveDate) -> i64 {
        let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
        for span in self.0.iter().take_while(|span| span.first < end) {
            let last = span.last.min(end - Days::new(1));
            for byte in [span.first, last]
                .map(|day| day.num_days_from_ce())
                .into_iter()
                .flat_map(i32::to_le_bytes)
            {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
        hash.cast_signed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn calendar(period: GoalPeriod, week_starts_on: WeekStart) -> Calendar {
        Calendar {
            period,
            week_starts_on,
        }
    }

    fn span(first: &str, last: &str) -> Span {
        Span {
            first: day(first),
            last: day(last),
        }
    }

    #[test]
    fn a_week_begins_on_the_day_that_the_user_chose() {
        // 2026-03-01 is a Sunday.
        for (starts_on, first_days) in [
            (
                WeekStart::Monday,
                ["2026-02-23", "2026-02-23", "2026-03-02"],
            ),
            (
                WeekStart::Sunday,
                ["2026-02-22", "2026-03-01", "2026-03-01"],
            ),
            (
                WeekStart::Saturday,
                ["2026-02-28", "2026-02-28", "2026-02-28"],
            ),
        ] {
            let weeks = calendar(GoalPeriod::Week, starts_on);
            let found = ["2026-02-28", "2026-03-01", "2026-03-02"]
                .map(|it| weeks.start_of(day(it)).to_string());
            assert_eq!(found, first_days, "{starts_on:?}");
            assert_eq!(weeks.last_day(day("2026-03-02")), day("2026-03-08"));
        }
    }

    #[test]
    fn a_month_is_as_long_as_it_is() {
        let months = calendar(GoalPeriod::Month, WeekStart::Monday);
        for (inside, first, last) in [
            ("2026-01-31", "2026-01-01", "2026-01-31"),
            ("2026-02-14", "2026-02-01", "2026-02-28"),
            ("2028-02-29", "2028-02-01", "2028-02-29"),
            ("2026-04-30", "2026-04-01", "2026-04-30"),
            ("2026-12-01", "2026-12-01", "2026-12-31"),
        ] {
            let start = months.start_of(day(inside));
            assert_eq!((start, months.last_day(start)), (day(first), day(last)));
        }
        assert_eq!(months.next(day("2026-12-01")), day("2027-01-01"));
    }

    #[test]
    fn the_29th_of_february_is_a_day_between_two_others() {
        let days = calendar(GoalPeriod::Day, WeekStart::Monday);
        assert_eq!(days.next(day("2028-02-28")), day("2028-02-29"));
        assert_eq!(days.next(day("2028-02-29")), day("2028-03-01"));
        assert_eq!(days.next(day("2026-02-28")), day("2026-03-01"));
    }

    #[test]
    fn spans_touch_what_they_share_a_day_with() {
        let spans: Spans = [
            span("2026-03-09", "2026-03-10"),
            span("2026-03-01", "2026-03-04"),
            span("2026-03-03", "2026-03-05"),
        ]
        .into_iter()
        .collect();
        assert!(spans.touch(span("2026-03-05", "2026-03-08")));
        assert!(!spans.touch(span("2026-03-06", "2026-03-08")));
        assert!(spans.touch(span("2026-02-01", "2026-04-01")));
        assert!(!spans.touch(span("2026-03-11", "2026-04-01")));
        assert!(!Spans::default().touch(span("2026-03-05", "2026-03-08")));
    }

    #[test]
    fn a_fingerprint_looks_at_the_days_before_its_end_only() {
        let until = |last: &str| -> Spans {
            [span("2026-03-01", "2026-03-02"), span("2026-03-09", last)]
                .into_iter()
                .collect()
        };
        let (short, long) = (until("2026-03-10"), until("2026-03-20"));
        let at = |it: &str| day(it);
        assert_eq!(
            short.fingerprint(at("2026-03-10")),
            long.fingerprint(at("2026-03-10"))
        );
        assert_ne!(
            short.fingerprint(at("2026-03-12")),
            long.fingerprint(at("2026-03-12"))
        );
        assert_ne!(
            short.fingerprint(at("2026-03-09")),
            short.fingerprint(at("2026-03-10"))
        );
        let none = Spans::default();
        assert_eq!(
            none.fingerprint(at("2026-03-01")),
            short.fingerprint(at("2026-03-01"))
        );
    }
}
