//! What one did in each week.

use chrono::{Days, NaiveDate};
use serde::Serialize;
use utoipa::ToSchema;

use super::figure::Figure;
use super::rules::{Range, RangeFault};
use crate::account::WeekStart;
use crate::goals::GoalPeriod;
use crate::goals::periods::Calendar;
use crate::http::error::Error;
use crate::http::problems;
use crate::text_enum;

/// Weeks that an answer holds at most: two years.
pub const MOST_WEEKS: usize = 104;

/// Weeks that are shown when nobody says which.
const USUAL_WEEKS: u64 = 12;

text_enum! {
    /// Something that one does.
    pub enum Deed {
        /// An application that was sent.
        Application = "application",
        /// Something done to meet people or to stay in touch.
        NetworkingActivity = "networking_activity",
        /// A request for feedback that was sent.
        FeedbackRequest = "feedback_request",
        /// A check-in of a goal: something was done for it.
        CheckIn = "check_in",
    }
}

/// What was done in a week: the number of the week from 0, what, how often.
pub type DoneFact = (usize, Deed, i64);

/// Whole weeks in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weeks {
    /// The first day of each.
    pub starts: Vec<NaiveDate>,
    /// The user's day: nothing later is counted.
    pub today: NaiveDate,
}

impl Weeks {
    /// The weeks that a range touches. Without a beginning there are twelve, without an end they go on to
    /// the running one.
    ///
    /// # Errors
    /// [`RangeFault::TooLong`] beyond `MOST_WEEKS`.
    pub fn new(
        range: Range,
        today: NaiveDate,
        week_starts_on: WeekStart,
    ) -> Result<Self, RangeFault> {
        let calendar = Calendar {
            period: GoalPeriod::Week,
            week_starts_on,
        };
        let to = range.to.unwrap_or_else(|| match range.from {
            Some(from) => from.max(today),
            None => today,
        });
        let last = calendar.start_of(to);
        let first = match range.from {
            Some(from) => calendar.start_of(from),
            None => last - Days::new(7 * (USUAL_WEEKS - 1)),
        };
        let starts: Vec<NaiveDate> =
            std::iter::successors(Some(first), |it| Some(calendar.next(*it)))
                .take_while(|start| *start <= last)
                .take(MOST_WEEKS + 1)
                .collect();
        if starts.len() > MOST_WEEKS {
            return Err(RangeFault::TooLong);
        }
        Ok(Self { starts, today })
    }

    /// The first day after the weeks.
    pub fn end(&self) -> NaiveDate {
        self.starts
            .last()
            .map_or(self.today, |last| *last + Days::new(7))
    }
}

impl From<RangeFault> for Error {
    fn from(fault: RangeFault) -> Self {
        match fault {
            RangeFault::TooLong => problems::INVALID_QUERY
                .because(format!("At most {MOST_WEEKS} weeks at once."))
                .into(),
        }
    }
}

/// What one did in each week.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ActivityInsight {
    /// The first day of the first week.
    #[schema(example = "2026-01-05")]
    pub from: NaiveDate,
    /// The last day of the last week.
    #[schema(example = "2026-03-29")]
    pub to: NaiveDate,
    /// All weeks together.
    pub total: Deeds,
    /// In how many weeks something was done.
    pub active_weeks: Figure,
    /// Week by week, the earliest first.
    #[schema(max_items = 104)]
    pub weeks: Vec<Week>,
}

/// How much was done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Deeds {
    /// Applications, by the day of applying.
    #[schema(minimum = 0, maximum = 1_000_000_000, example = 5)]
    pub applications: i64,
    /// Networking activities.
    #[schema(minimum = 0, maximum = 1_000_000_000, example = 2)]
    pub networking_activities: i64,
    /// Requests for feedback that were sent.
    #[schema(minimum = 0, maximum = 1_000_000_000, example = 1)]
    pub feedback_requests_sent: i64,
    /// Check-ins of goals in which something was done. Goals that count real records have none.
    #[schema(minimum = 0, maximum = 1_000_000_000, example = 6)]
    pub goal_check_ins: i64,
}

impl Deeds {
    fn add(&mut self, deed: Deed, times: i64) {
        let member = match deed {
            Deed::Application => &mut self.applications,
            Deed::NetworkingActivity => &mut self.networking_activities,
            Deed::FeedbackRequest => &mut self.feedback_requests_sent,
            Deed::CheckIn => &mut self.goal_check_ins,
        };
        *member += times;
    }

    fn is_something(self) -> bool {
        self != Self::default()
    }
}

/// A week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Week {
    /// Its first day, by the user's week_starts_on.
    #[schema(example = "2026-03-02")]
    pub starts_on: NaiveDate,
    /// Is it over?
    pub finished: bool,
    /// What was done in it.
    pub done: Deeds,
}

impl ActivityInsight {
    /// The weeks with these facts in them.
    pub fn of(weeks: &Weeks, done: &[DoneFact]) -> Self {
        let mut total = Deeds::default();
        let mut of_week = vec![Deeds::default(); weeks.starts.len()];
        for (week, deed, times) in done {
            if let Some(deeds) = of_week.get_mut(*week) {
                deeds.add(*deed, *times);
                total.add(*deed, *times);
            }
        }
        let rows: Vec<Week> = weeks
            .starts
            .iter()
            .zip(of_week)
            .map(|(starts_on, done)| Week {
                starts_on: *starts_on,
                finished: *starts_on + Days::new(6) < weeks.today,
                done,
            })
            .collect();
        let number = |so: &dyn Fn(&&Week) -> bool| -> i64 {
            let those = rows.iter().filter(so).count();
            i64::try_from(those).expect("there are at most 104 weeks")
        };
        Self {
            from: weeks.starts.first().copied().unwrap_or(weeks.today),
            to: weeks.end() - Days::new(1),
            total,
            active_weeks: Figure::new(
                number(&|week| week.finished && week.done.is_something()),
                number(&|week| week.finished),
                number(&|week| !week.finished),
                "Weeks in which something was done, of all that are over. Those that are not over are waited for.",
            ),
            weeks: rows,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn weeks(from: Option<&str>, to: Option<&str>) -> Result<Weeks, RangeFault> {
        let range = Range {
            from: from.map(day),
            to: to.map(day),
        };
        // A Thursday.
        Weeks::new(range, day("2026-03-05"), WeekStart::Monday)
    }

    #[test]
    fn twelve_weeks_end_with_the_running_one() {
        let weeks = weeks(None, None).expect("weeks");
        assert_eq!(weeks.starts.len(), 12);
        assert_eq!(weeks.starts[0], day("2025-12-15"));
        assert_eq!(weeks.starts[11], day("2026-03-02"));
        assert_eq!(weeks.end(), day("2026-03-09"));
    }

    #[test]
    fn a_range_is_widened_to_whole_weeks() {
        let weeks = weeks(Some("2026-02-11"), Some("2026-02-16")).expect("weeks");
        assert_eq!(weeks.starts, [day("2026-02-09"), day("2026-02-16")]);
    }

    #[test]
    fn two_years_are_the_most() {
        assert!(weeks(Some("2024-03-11"), None).is_ok());
        assert_eq!(weeks(Some("2024-03-10"), None), Err(RangeFault::TooLong));
        assert_eq!(
            weeks(Some("1900-01-01"), Some("2199-12-31")),
            Err(RangeFault::TooLong)
        );
    }

    proptest! {
        #[test]
        fn weeks_are_seven_days_long_and_cover_their_range(from in 0i64..100_000, length in 0i64..700, start in 0usize..3) {
            let first = day("1900-01-01") + chrono::Duration::days(from);
            let last = first + chrono::Duration::days(length);
            let range = Range { from: Some(first), to: Some(last) };
            let weeks = Weeks::new(range, day("2026-03-05"), WeekStart::ALL[start]).expect("weeks");
            prop_assert!(weeks.starts[0] <= first && first < weeks.starts[0] + Days::new(7));
            prop_assert!(last < weeks.end() && weeks.end() <= last + Days::new(7));
            prop_assert!(weeks.starts.windows(2).all(|pair| pair[1] - pair[0] == chrono::Duration::days(7)));
        }
    }
}
