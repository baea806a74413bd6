//! Streaks, held against a slow model that is right at a glance, and told by example.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Days, NaiveDate, Weekday};
use proptest::prelude::*;

use super::model::ExcuseReason;
use super::periods::{Calendar, Span, Spans};
use super::streaks::{EXCUSES_TOLD, History, Run, Settled};
use crate::account::WeekStart;
use crate::suggestions::GoalPeriod;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

/// A goal with its days, as a test writes it down.
#[derive(Debug, Clone)]
struct Case {
    calendar: Calendar,
    target: i64,
    done: BTreeMap<NaiveDate, i64>,
    rests: BTreeSet<NaiveDate>,
    pauses: Vec<Span>,
    cooloffs: Vec<Span>,
    today: NaiveDate,
}

impl Case {
    fn new(period: GoalPeriod, week_starts_on: WeekStart, today: &str) -> Self {
        Self {
            calendar: Calendar {
                period,
                week_starts_on,
            },
            target: 1,
            done: BTreeMap::new(),
            rests: BTreeSet::new(),
            pauses: Vec::new(),
            cooloffs: Vec::new(),
            today: day(today),
        }
    }

    fn daily(today: &str) -> Self {
        Self::new(GoalPeriod::Day, WeekStart::Monday, today)
    }

    fn done(mut self, days: &[&str]) -> Self {
        for it in days {
            *self.done.entry(day(it)).or_default() += 1;
        }
        self
    }

    fn rest(mut self, it: &str) -> Self {
        self.rests.insert(day(it));
        self
    }

    fn paused(mut self, first: &str, last: &str) -> Self {
        self.pauses.push(Span {
            first: day(first),
            last: day(last),
        });
        self
    }

    fn cooling_off(mut self, first: &str, last: &str) -> Self {
        self.cooloffs.push(Span {
            first: day(first),
            last: day(last),
        });
        self
    }

    fn with<T>(&self, work: impl FnOnce(&History<'_>) -> T) -> T {
        let pauses: Spans = self.pauses.iter().copied().collect();
        let cooloffs: Spans = self.cooloffs.iter().copied().collect();
        work(&History {
            calendar: self.calendar,
            target: self.target,
            done: &self.done,
            rest_days: &self.rests,
            pauses: &pauses,
            cooloffs: &cooloffs,
        })
    }

    /// Current and longest.
    fn streak(&self) -> (u32, u32) {
        let run = self.with(|history| history.streak(None, self.today));
        (run.current, run.longest)
    }

    fn excused(&self) -> Vec<(String, ExcuseReason)> {
        let first = *self.done.keys().next().unwrap_or(&self.today);
        let found = self.with(|history| history.excused(first, self.today));
        found
            .into_iter()
            .map(|it| (it.period_start.to_string(), it.reason))
            .collect()
    }
}

// The model: every period is the list of its days, looked at one after the other.

fn begins_period(calendar: Calendar, day: NaiveDate) -> bool {
    match calendar.period {
        GoalPeriod::Day => true,
        GoalPeriod::Week => {
            day.weekday()
                == match calendar.week_starts_on {
                    WeekStart::Monday => Weekday::Mon,
                    WeekStart::Sunday => Weekday::Sun,
                    WeekStart::Saturday => Weekday::Sat,
                }
        }
        GoalPeriod::Month => day.day() == 1,
    }
}

fn periods(calendar: Calendar, from: NaiveDate, today: NaiveDate) -> Vec<Vec<NaiveDate>> {
    let mut first = from;
    while !begins_period(calendar, first) {
        first = first.pred_opt().expect("a day before");
    }
    let mut found: Vec<Vec<NaiveDate>> = Vec::new();
    let mut day = first;
    while day <= today || !begins_period(calendar, day) {
        if begins_period(calendar, day) {
            found.push(Vec::new());
        }
        found.last_mut().expect("a period").push(day);
        day = day.succ_opt().expect("a day after");
    }
    found
}

impl Case {
    fn model_met(&self, period: &[NaiveDate]) -> bool {
        let sum: i64 = period.iter().filter_map(|day| self.done.get(day)).sum();
        sum >= self.target
    }

    fn model_excuse(&self, period: &[NaiveDate]) -> Option<ExcuseReason> {
        let any = |spans: &[Span]| {
            period
                .iter()
                .any(|day| spans.iter().any(|it| it.first <= *day && *day <= it.last))
        };
        let daily = self.calendar.period == GoalPeriod::Day;
        if any(&self.pauses) {
            Some(ExcuseReason::Paused)
        } else if daily && self.rests.contains(&period[0]) {
            Some(ExcuseReason::RestDay)
        } else if daily && any(&self.cooloffs) {
            Some(ExcuseReason::Cooloff)
        } else {
            None
        }
    }

    fn model_streak(&self, from: NaiveDate) -> Run {
        let mut run = Run::default();
        let all = periods(self.calendar, from, self.today);
        let (running, finished) = all.split_last().expect("a running period");
        for period in finished {
            if self.model_met(period) {
                run.current += 1;
                run.longest = run.longest.max(run.current);
            } else if self.model_excuse(period).is_none() {
                run.current = 0;
            }
        }
        if self.model_met(running) {
            run.current += 1;
            run.longest = run.longest.max(run.current);
        }
        run
    }
}

/// The history of a case goes back so many days.
const PAST: u64 = 400;

fn cases() -> impl Strategy<Value = Case> {
    let calendar = (
        prop::sample::select(GoalPeriod::ALL),
        prop::sample::select(WeekStart::ALL),
    );
    // Most days are like the day before: streaks come about.
    let days = prop::collection::vec(
        prop_oneof![6 => Just(0_u8), 1 => Just(1), 1 => Just(2)],
        1..40,
    );
    let spans = || prop::collection::vec((0..PAST, 0_u64..20), 0..4);
    let rests = prop::collection::vec(0..PAST, 0..30);
    (
        calendar,
        1_i64..6,
        days,
        spans(),
        spans(),
        rests,
        0_u64..3000,
    )
        .prop_map(
            |((period, week_starts_on), target, blocks, pauses, cooloffs, rests, offset)| {
                let today = day("2024-01-01") + Days::new(offset);
                let at = |days_ago: u64| today - Days::new(days_ago);
                let mut done = BTreeMap::new();
                for (number, kind) in (0_u64..).zip(&blocks) {
                    for inside in 0..10 {
                        let days_ago = (number * 10 + inside) % PAST;
                        match kind {
                            0 => {
                                done.insert(at(days_ago), 1 + (days_ago % 3).cast_signed());
                            }
                            1 if inside % 4 != 0 => {
                                done.insert(at(days_ago), 2);
                            }
                            _ => {}
                        }
                    }
                }
                let spans = |list: Vec<(u64, u64)>| {
                    list.into_iter()
                        .map(|(begin, length)| Span {
                            first: at(begin),
                            last: at(begin.saturating_sub(length)),
                        })
                        .collect()
                };
                Case {
                    calendar: Calendar {
                        period,
                        week_starts_on,
                    },
                    target,
                    done,
                    rests: rests.into_iter().map(at).collect(),
                    pauses: spans(pauses),
                    cooloffs: spans(cooloffs),
                    today,
                }
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_streak_is_what_the_slow_model_says(case in cases()) {
        let from = case.today - Days::new(PAST + 40);
        let run = case.with(|history| history.streak(None, case.today));
        prop_assert_eq!(run, case.model_streak(from));
    }

    #[test]
    fn a_settled_history_gives_the_same_streak_at_whatever_day_it_was_settled(case in cases(), cuts in prop::collection::vec(0..PAST, 1..3)) {
        let whole = case.with(|history| history.streak(None, case.today));
        let mut settled = None;
        let mut rest = case.clone();
        let mut cuts = cuts;
        cuts.sort_unstable_by(|a, b| b.cmp(a));
        for cut in cuts {
            let before = case.calendar.start_of(case.today - Days::new(cut));
            let run = rest.with(|history| history.settle(settled, before));
            settled = Some(Settled { before, run });
            // What was settled is not looked at again.
            rest.done.retain(|day, _| *day >= before);
            rest.rests.retain(|day| *day >= before);
        }
        prop_assert_eq!(rest.with(|history| history.streak(settled, case.today)), whole);
    }

    #[test]
    fn what_is_excused_is_neither_met_nor_missed(case in cases(), age in 0_u64..200) {
        let first = case.today - Days::new(age);
        let from = first.max(case.today - Days::new(EXCUSES_TOLD - 1));
        let expected: Vec<_> = periods(case.calendar, from, case.today)
            .iter()
            .filter(|period| !case.model_met(period))
            .filter_map(|period| Some((period[0], case.model_excuse(period)?)))
            .collect();
        let found = case.with(|history| history.excused(first, case.today));
        let found: Vec<_> = found.iter().map(|it| (it.period_start, it.reason)).collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn one_more_day_of_work_never_makes_a_streak_shorter(case in cases(), days_ago in 0..PAST) {
        let before = case.with(|history| history.streak(None, case.today));
        let mut more = case.clone();
        *more.done.entry(case.today - Days::new(days_ago)).or_default() += more.target;
        let after = more.with(|history| history.streak(None, case.today));
        prop_assert!(after.current >= before.current && after.longest >= before.longest);
    }
}

#[test]
fn a_new_goal_has_no_streak() {
    assert_eq!(Case::daily("2026-03-05").streak(), (0, 0));
}

#[test]
fn the_running_day_never_breaks_a_streak_and_counts_once_it_is_met() {
    let case = Case::daily("2026-03-05").done(&["2026-03-03", "2026-03-04"]);
    assert_eq!(case.streak(), (2, 2));
    assert_eq!(case.done(&["2026-03-05"]).streak(), (3, 3));
}

#[test]
fn an_ordinary_missed_day_breaks_a_streak_and_the_longest_stays() {
    let case =
        Case::daily("2026-03-06").done(&["2026-03-01", "2026-03-02", "2026-03-03", "2026-03-05"]);
    assert_eq!(case.streak(), (1, 3));
    let later = Case {
        today: day("2026-03-07"),
        ..case
    };
    assert_eq!(later.streak(), (0, 3));
}

#[test]
fn days_of_rest_of_a_pause_and_of_a_cooloff_neither_count_nor_break() {
    let case = Case::daily("2026-03-10")
        .done(&["2026-03-01", "2026-03-03", "2026-03-06", "2026-03-09"])
        .rest("2026-03-02")
        .cooling_off("2026-03-04", "2026-03-05")
        .paused("2026-03-07", "2026-03-08");
    assert_eq!(case.streak(), (4, 4));
    assert_eq!(
        case.excused(),
        [
            ("2026-03-02".to_owned(), ExcuseReason::RestDay),
            ("2026-03-04".to_owned(), ExcuseReason::Cooloff),
            ("2026-03-05".to_owned(), ExcuseReason::Cooloff),
            ("2026-03-07".to_owned(), ExcuseReason::Paused),
            ("2026-03-08".to_owned(), ExcuseReason::Paused),
        ]
    );
}

#[test]
fn a_met_period_counts_even_when_it_could_be_excused() {
    let case = Case::daily("2026-03-03")
        .done(&["2026-03-01", "2026-03-02"])
        .cooling_off("2026-03-02", "2026-03-02");
    assert_eq!(case.streak(), (2, 2));
    assert_eq!(case.excused(), []);
}

#[test]
fn a_rest_or_a_cooloff_excuses_no_week_but_a_pause_does() {
    let weekly =
        |today| Case::new(GoalPeriod::Week, WeekStart::Monday, today).done(&["2026-03-02"]);
    let missed = weekly("2026-03-18")
        .rest("2026-03-10")
        .cooling_off("2026-03-09", "2026-03-15");
    assert_eq!(missed.streak(), (0, 1));
    assert_eq!(
        weekly("2026-03-18")
            .paused("2026-03-15", "2026-03-15")
            .streak(),
        (1, 1)
    );
}

#[test]
fn a_pause_touches_each_period_that_it_has_a_day_of() {
    let monthly = Case::new(GoalPeriod::Month, WeekStart::Monday, "2026-05-10")
        .done(&["2026-02-28", "2026-05-01"])
        .paused("2026-03-31", "2026-04-01");
    assert_eq!(monthly.streak(), (2, 2));
}

#[test]
fn the_sum_of_a_week_makes_it_met_on_whichever_day_weeks_begin() {
    // Saturday, Sunday and Monday.
    let days = ["2026-03-07", "2026-03-08", "2026-03-09"];
    for (week_starts_on, met) in [
        (WeekStart::Monday, ["2026-03-02"].as_slice()),
        (WeekStart::Sunday, &["2026-03-08"]),
        (WeekStart::Saturday, &["2026-03-07"]),
    ] {
        let mut case = Case::new(GoalPeriod::Week, week_starts_on, "2026-03-17").done(&days);
        case.target = 2;
        for first in [
            "2026-03-01",
            "2026-03-02",
            "2026-03-07",
            "2026-03-08",
            "2026-03-09",
        ] {
            if case.calendar.start_of(day(first)) == day(first) {
                let is_met = case.with(|history| history.is_met(day(first)));
                assert_eq!(is_met, met.contains(&first), "{week_starts_on:?} {first}");
            }
        }
    }
}

#[test]
fn february_and_its_leap_day_keep_a_streak() {
    let leap = Case::daily("2028-03-01").done(&["2028-02-28", "2028-02-29"]);
    assert_eq!(leap.streak(), (2, 2));
    let missed = Case::daily("2028-03-01").done(&["2028-02-28"]);
    assert_eq!(missed.streak(), (0, 1));
    let common = Case::daily("2026-03-02").done(&["2026-02-28", "2026-03-01"]);
    assert_eq!(common.streak(), (2, 2));
    let months = Case::new(GoalPeriod::Month, WeekStart::Monday, "2028-04-01").done(&[
        "2028-01-31",
        "2028-02-29",
        "2028-03-31",
    ]);
    assert_eq!(months.streak(), (3, 3));
}

#[test]
fn a_day_ahead_of_today_is_not_looked_at_yet() {
    // After a journey to the west a check-in may lie on tomorrow.
    let case = Case::daily("2026-03-04").done(&["2026-03-03", "2026-03-05"]);
    assert_eq!(case.streak(), (1, 1));
    let tomorrow = Case {
        today: day("2026-03-05"),
        ..case
    };
    assert_eq!(tomorrow.streak(), (1, 1));
}

#[test]
fn what_was_missed_in_a_row_reaches_back_to_the_last_met_period() {
    let missed = |case: &Case, first: &str| {
        let found = case.with(|history| history.missed_in_a_row(day(first), case.today));
        found.iter().map(NaiveDate::to_string).collect::<Vec<_>>()
    };
    let case = Case::daily("2026-03-10").done(&["2026-03-05"]);
    let days = ["2026-03-09", "2026-03-08", "2026-03-07", "2026-03-06"];
    assert_eq!(missed(&case, "2026-03-01"), days);
    assert_eq!(missed(&case, "2026-03-08"), days[..2]);
    // What is excused is passed over.
    let case = case.rest("2026-03-08").paused("2026-03-06", "2026-03-06");
    assert_eq!(missed(&case, "2026-03-01"), [days[0], days[2]]);
    let case = case.cooling_off("2026-03-09", "2026-03-09");
    assert_eq!(missed(&case, "2026-03-01"), [days[2]]);
    // A running period that is met says that it goes on.
    assert!(missed(&case.done(&["2026-03-10"]), "2026-03-01").is_empty());
}
