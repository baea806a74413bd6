//! Which periods were met, which are excused, and how long the streak is. Pure.
//!
//! A met period counts, even when it could be excused. An excused one neither counts nor breaks. The
//! running period never breaks a streak, and counts once it is met. So only met periods matter, and for
//! each two that follow each other whether all between them are excused: the work grows with what was
//! done, not with the time since the beginning.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};

use super::model::{ExcuseReason, ExcusedPeriod};
use super::periods::{Calendar, Span, Spans};
use crate::suggestions::GoalPeriod;

/// How far back excused periods are told of, in days, today included.
pub const EXCUSES_TOLD: u64 = 90;

/// What there is to know of a recurring goal, or of its days from a settled one on.
#[derive(Debug, Clone)]
pub struct History<'a> {
    /// How days make up periods.
    pub calendar: Calendar,
    /// The sum that makes a period a met one.
    pub target: i64,
    /// How much was done on which day.
    pub done: &'a BTreeMap<NaiveDate, i64>,
    /// The days of rest.
    pub rest_days: &'a BTreeSet<NaiveDate>,
    /// The days on which the goal was paused for some of the time.
    pub pauses: &'a Spans,
    /// The days that a cool-off covered for some of the time.
    pub cooloffs: &'a Spans,
}

/// Met periods in a row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Run {
    /// Up to now.
    pub current: u32,
    /// The most that there ever were.
    pub longest: u32,
}

impl Run {
    fn lengthen(&mut self) {
        self.current += 1;
        self.longest = self.longest.max(self.current);
    }
}

/// What all periods before a day come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled {
    /// The first day that is not in it, which begins a period.
    pub before: NaiveDate,
    /// The streak at that point.
    pub run: Run,
}

impl History<'_> {
    /// How much was done in the period that begins on `start`.
    pub fn done_in(&self, start: NaiveDate) -> i64 {
        let days = start..=self.calendar.last_day(start);
        self.done.range(days).map(|(_, value)| value).sum()
    }

    /// Is the period that begins on `start` met?
    pub fn is_met(&self, start: NaiveDate) -> bool {
        self.done_in(start) >= self.target
    }

    /// Why the period that begins on `start` would not break a streak. The user's own word goes first.
    pub fn excuse(&self, start: NaiveDate) -> Option<ExcuseReason> {
        let period = Span {
            first: start,
            last: self.calendar.last_day(start),
        };
        let by_the_day = self.calendar.period == GoalPeriod::Day;
        if self.pauses.touch(period) {
            Some(ExcuseReason::Paused)
        } else if by_the_day && self.rest_days.contains(&start) {
            Some(ExcuseReason::RestDay)
        } else if by_the_day && self.cooloffs.touch(period) {
            Some(ExcuseReason::Cooloff)
        } else {
            None
        }
    }

    /// The first days of the met periods from `from` up to, but without, `until`, in their order.
    fn met_between(&self, from: Option<NaiveDate>, until: NaiveDate) -> Vec<NaiveDate> {
        let mut sums: BTreeMap<NaiveDate, i64> = BTreeMap::new();
        for (day, value) in self.done.range(from.unwrap_or(NaiveDate::MIN)..until) {
            *sums.entry(self.calendar.start_of(*day)).or_default() += value;
        }
        sums.retain(|_, sum| *sum >= self.target);
        sums.into_keys().collect()
    }

    /// Are all periods from `from` up to, but without, `until` excused? So they are when there are none.
    fn all_excused(&self, from: NaiveDate, until: NaiveDate) -> bool {
        let mut start = from;
        while start < until {
            if self.excuse(start).is_none() {
                return false;
            }
            start = self.calendar.next(start);
        }
        true
    }

    /// The streak of the periods before the one that begins on `until`, going on from what was settled.
    pub fn settle(&self, settled: Option<Settled>, until: NaiveDate) -> Run {
        let mut run = settled.map(|it| it.run).unwrap_or_default();
        // The first period that was not looked at yet; none while the streak has not begun.
        let mut next = settled.map(|it| it.before);
        for start in self.met_between(next, until) {
            if !next.is_some_and(|next| self.all_excused(next, start)) {
                run.current = 0;
            }
            run.lengthen();
            next = Some(self.calendar.next(start));
        }
        if run.current > 0 && !next.is_some_and(|next| self.all_excused(next, until)) {
            run.current = 0;
        }
        run
    }

    /// The streak as it stands today.
    pub fn streak(&self, settled: Option<Settled>, today: NaiveDate) -> Run {
        let running = self.calendar.start_of(today);
        let mut run = self.settle(settled, running);
        if self.is_met(running) {
            run.lengthen();
        }
        run
    }

    /// The periods of the last [`EXCUSES_TOLD`] days that were not met and are excused, oldest first; none
    /// before the goal's first day.
    pub fn excused(&self, first_day: NaiveDate, today: NaiveDate) -> Vec<ExcusedPeriod> {
        let from = first_day.max(today - Days::new(EXCUSES_TOLD - 1));
        let mut start = self.calendar.start_of(from);
        let mut found = Vec::new();
        while start <= today {
            if let Some(reason) = self.excuse(start).filter(|_| !self.is_met(start)) {
                found.push(ExcusedPeriod {
                    period_start: start,
                    reason,
                });
            }
            start = self.calendar.next(start);
        }
        found
    }

    /// The periods that were missed in a row up to the latest finished one, the latest first. What is excused
    /// is passed over. Counted are whole periods from `first_day` on; a running one that is met ends the row.
    pub fn missed_in_a_row(&self, first_day: NaiveDate, today: NaiveDate) -> Vec<NaiveDate> {
        let running = self.calendar.start_of(today);
        let mut missed = Vec::new();
        if self.is_met(running) {
            return missed;
        }
        let mut start = self.calendar.previous(running);
        while start >= first_day && !self.is_met(start) {
            if self.excuse(start).is_none() {
                missed.push(start);
            }
            start = self.calendar.previous(start);
        }
        missed
    }
}
