//! Each fold against a slow model that looks at one application after the other.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::activity::{ActivityInsight, Deed, Weeks};
use super::feedback::{FeedbackInsight, ItemFact};
use super::pictures;
use super::pipeline::PipelineInsight;
use super::rejections::{RejectedFact, RejectionsInsight};
use super::rules::{Fact, Range};
use super::sources::SourcesInsight;
use super::{Claim, Figure};
use crate::account::WeekStart;
use crate::applications::rules::{Stage, Status};
use crate::feedback::{FeedbackArea, FeedbackPolarity, FeedbackStatus};
use crate::rejections::{ReasonBasis, ReasonCode, StageReached};

/// One application.
type Case = (Status, Stage, bool, bool, Option<String>);

fn case(keys: &'static [Option<&'static str>]) -> impl Strategy<Value = Case> {
    let key = prop::sample::select(keys);
    let status = prop::sample::select(&Status::ALL[1..]);
    let stage = prop::sample::select(Stage::ALL);
    (status, stage, any::<bool>(), any::<bool>(), key).prop_map(
        |(status, stage, answered, recent, key)| {
            // Who came further was answered.
            let answered = answered || stage > Stage::Applied || status == Status::Rejected;
            (status, stage, answered, recent, key.map(str::to_owned))
        },
    )
}

fn grouped(cases: &[Case]) -> Vec<Fact> {
    let mut groups: BTreeMap<&Case, i64> = BTreeMap::new();
    for case in cases {
        *groups.entry(case).or_default() += 1;
    }
    let facts = groups.into_iter().map(|(case, applications)| Fact {
        status: case.0,
        furthest: case.1,
        answered: case.2,
        recent: case.3,
        key: case.4.clone(),
        applications,
    });
    facts.collect()
}

fn waits((status, _, answered, recent, _): &Case) -> bool {
    let live = ["saved", "applied", "screening", "interviewing", "offer"];
    live.contains(&status.as_str()) && !answered && *recent
}

fn silent((status, _, answered, recent, _): &Case) -> bool {
    let live = ["saved", "applied", "screening", "interviewing", "offer"];
    live.contains(&status.as_str()) && !answered && !recent
}

/// How many there are, one by one.
fn number<T>(cases: &[T], so: impl Fn(&T) -> bool) -> i64 {
    let mut number = 0;
    for case in cases {
        if so(case) {
            number += 1;
        }
    }
    number
}

fn counts(figure: &Figure) -> (i64, i64, i64) {
    assert_eq!(figure.claim == Claim::Insufficient, figure.n < 20);
    assert_eq!(figure.rate.is_none(), figure.n == 0);
    assert!((0..=figure.n).contains(&figure.k), "{figure:?}");
    (figure.k, figure.n, figure.waiting)
}

const NO_KEY: &[Option<&str>] = &[None];
const WEEKDAYS: &[Option<&str>] = &[
    None,
    Some("1"),
    Some("2"),
    Some("3"),
    Some("4"),
    Some("5"),
    Some("6"),
    Some("7"),
];
const SOURCES: &[Option<&str>] = &[
    None,
    Some("Referral"),
    Some("referral"),
    Some("REFERRAL"),
    Some("Fair"),
    Some("<b>Board</b>"),
    Some("ÉCOLE"),
    Some("école"),
];

proptest! {
    #[test]
    fn the_pipeline_is_what_one_counts_by_hand(cases in prop::collection::vec(case(NO_KEY), 0..80)) {
        let insight = PipelineInsight::of(Range::default(), &grouped(&cases));
        let waiting = number(&cases, waits);
        let n = number(&cases, |case| !waits(case));
        prop_assert_eq!((insight.applications, insight.waiting), (n + waiting, waiting));
        let reached = |names: &[&str]| number(&cases, |case| !waits(case) && names.contains(&case.1.as_str()));
        let all = ["saved", "applied", "screening", "interviewing", "offer", "accepted"];
        let by_stage: Vec<i64> = (1..6).map(|from| reached(if from == 1 { &all } else { &all[from..] })).collect();
        let it = &insight.reached;
        for (figure, k) in [it.applied, it.screening, it.interviewing, it.offer, it.accepted].iter().zip(&by_stage) {
            prop_assert_eq!(counts(figure), (*k, n, waiting));
        }
        let it = &insight.conversion;
        let steps = [it.applied_to_screening, it.screening_to_interviewing, it.interviewing_to_offer, it.offer_to_accepted];
        for (place, figure) in steps.iter().enumerate() {
            prop_assert_eq!(counts(figure), (by_stage[place + 1], by_stage[place], waiting));
        }
        let it = &insight.ended;
        let ended = [it.accepted, it.declined, it.rejected, it.ghosted, it.withdrawn, it.silent, it.live];
        for (figure, name) in ended.iter().zip(["accepted", "declined", "rejected", "ghosted", "withdrawn"]) {
            prop_assert_eq!(counts(figure), (number(&cases, |case| case.0.as_str() == name), n, waiting));
        }
        prop_assert_eq!(it.silent.k, number(&cases, silent));
        // Each application ends in one way.
        prop_assert_eq!(ended.iter().map(|figure| figure.k).sum::<i64>(), n);
        // What flows into a stage flows out of it.
        for stage in ["screening", "interviewing", "offer"] {
            let into: i64 = insight.flows.iter().filter(|flow| flow.to == stage).map(|flow| flow.applications).sum();
            let out: i64 = insight.flows.iter().filter(|flow| flow.from.as_str() == stage).map(|flow| flow.applications).sum();
            prop_assert_eq!(into, out);
        }
        well_formed(&pictures::pipeline(&insight));
    }

    #[test]
    fn rejections_are_what_one_counts_by_hand(
        cases in prop::collection::vec(case(WEEKDAYS), 0..80),
        picks in prop::collection::vec((0usize..6, 0usize..16, prop::option::of(any::<bool>())), 0..60),
    ) {
        let rejected: Vec<RejectedFact> = picks.iter().map(|(stage, reason, stated)| RejectedFact {
            stage: StageReached::ALL[*stage],
            reason: ReasonCode::ALL[*reason],
            basis: stated.map(|stated| if stated { ReasonBasis::Stated } else { ReasonBasis::Inferred }),
            applications: 1,
        }).collect();
        let rejections = i64::try_from(rejected.len()).expect("few");
        // Whoever was rejected is one of the applications.
        let missing = usize::try_from(rejections - number(&cases, |case| !waits(case))).unwrap_or(0);
        let more = (Status::Rejected, Stage::Applied, true, false, Some("1".to_owned()));
        let cases: Vec<Case> = cases.into_iter().chain(std::iter::repeat_n(more, missing)).collect();
        let insight = RejectionsInsight::of(Range::default(), &grouped(&cases), &rejected);
        let waiting = number(&cases, waits);
        prop_assert_eq!(counts(&insight.rejected), (rejections, number(&cases, |case| !waits(case)), waiting));
        for share in &insight.by_stage {
            let k = number(&rejected, |it| it.stage == share.stage_reached);
            prop_assert_eq!(counts(&share.figure), (k, rejections, waiting));
        }
        for (shares, basis) in [(&insight.stated_reasons, ReasonBasis::Stated), (&insight.inferred_reasons, ReasonBasis::Inferred)] {
            let n = number(&rejected, |it| it.basis == Some(basis));
            for share in shares {
                let k = number(&rejected, |it| it.basis == Some(basis) && it.reason == share.reason_code);
                prop_assert!(k > 0);
                prop_assert_eq!(counts(&share.figure), (k, n, waiting));
            }
            prop_assert_eq!(shares.iter().map(|share| share.figure.k).sum::<i64>(), n);
        }
        prop_assert_eq!(insight.not_stated.k, number(&rejected, |it| it.basis.is_none()));
        for (share, day) in insight.silence_by_weekday.iter().zip(["1", "2", "3", "4", "5", "6", "7"]) {
            let on = |case: &Case| case.4.as_deref() == Some(day);
            let k = number(&cases, |case| on(case) && (case.0 == Status::Ghosted || silent(case)));
            let n = number(&cases, |case| on(case) && !waits(case));
            prop_assert_eq!(counts(&share.figure), (k, n, number(&cases, |case| on(case) && waits(case))));
        }
        well_formed(&pictures::rejections(&insight));
    }

    #[test]
    fn sources_are_what_one_counts_by_hand(cases in prop::collection::vec(case(SOURCES), 0..80)) {
        let insight = SourcesInsight::of(Range::default(), grouped(&cases));
        let mut seen = 0;
        for row in insight.sources.iter().chain(&insight.others) {
            let of = |case: &Case| case.4.as_ref().map(|it| it.to_lowercase()) == row.source.as_ref().map(|it| it.to_lowercase());
            let waiting = number(&cases, |case| of(case) && waits(case));
            let n = number(&cases, |case| of(case) && !waits(case));
            let with = |so: &dyn Fn(&Case) -> bool| (number(&cases, |case| of(case) && so(case)), n, waiting);
            prop_assert_eq!(row.applications, n + waiting);
            prop_assert_eq!(counts(&row.answered), with(&|case| case.2));
            prop_assert_eq!(counts(&row.interviewed), with(&|case| ["interviewing", "offer", "accepted"].contains(&case.1.as_str())));
            prop_assert_eq!(counts(&row.offered), with(&|case| ["offer", "accepted"].contains(&case.1.as_str())));
            seen += row.applications;
        }
        prop_assert_eq!(seen, insight.applications);
        prop_assert!(insight.sources.windows(2).all(|pair| pair[0].applications >= pair[1].applications));
        let picture = pictures::sources(&insight);
        prop_assert!(!picture.contains("<b>"));
        well_formed(&picture);
    }

    #[test]
    fn feedback_is_what_one_counts_by_hand(
        requests in prop::collection::vec(1usize..5, 0..60),
        items in prop::collection::vec((0usize..6, 0usize..2), 0..40),
    ) {
        let requests: Vec<FeedbackStatus> = requests.into_iter().map(|it| FeedbackStatus::ALL[it]).collect();
        let answers = number(&requests, |it| *it == FeedbackStatus::Answered);
        let items: Vec<(FeedbackArea, FeedbackPolarity)> = items.into_iter()
            .map(|(area, polarity)| (FeedbackArea::ALL[area], FeedbackPolarity::ALL[polarity])).collect();
        let mut facts: BTreeMap<(FeedbackArea, FeedbackPolarity), i64> = BTreeMap::new();
        for item in &items {
            let times = facts.entry(*item).or_default();
            *times = (*times + 1).min(answers);
        }
        let item_facts: Vec<ItemFact> = facts.iter().map(|((area, polarity), times)| (*area, *polarity, *times)).collect();
        let standing: Vec<(FeedbackStatus, i64)> = requests.iter().map(|it| (*it, 1)).collect();
        let insight = FeedbackInsight::of(Range::default(), &standing, &item_facts);
        let waiting = number(&requests, |it| *it == FeedbackStatus::Sent);
        let n = number(&requests, |it| *it != FeedbackStatus::Sent);
        prop_assert_eq!(insight.sent, n + waiting);
        for (figure, status) in [
            (&insight.answered, FeedbackStatus::Answered),
            (&insight.declined_by_policy, FeedbackStatus::DeclinedByPolicy),
            (&insight.no_answer, FeedbackStatus::NoAnswer),
        ] {
            prop_assert_eq!(counts(figure), (number(&requests, |it| *it == status), n, waiting));
        }
        for row in &insight.areas {
            for (figure, polarity) in [(&row.strengths, FeedbackPolarity::Strength), (&row.improvements, FeedbackPolarity::Improvement)] {
                let k = facts.get(&(row.area, polarity)).copied().unwrap_or(0);
                prop_assert_eq!(counts(figure), (k, answers, waiting));
            }
        }
        well_formed(&pictures::feedback(&insight));
    }

    #[test]
    fn weeks_hold_what_was_done_in_them(
        done in prop::collection::vec((0usize..12, 0usize..4, 1i64..9), 0..60),
        first_day in 0usize..3,
    ) {
        let today = "2026-03-05".parse().expect("a date");
        let weeks = Weeks::new(Range::default(), today, WeekStart::ALL[first_day]).expect("weeks");
        let facts: Vec<(usize, Deed, i64)> = done.into_iter().map(|(week, deed, times)| (week, Deed::ALL[deed], times)).collect();
        let insight = ActivityInsight::of(&weeks, &facts);
        let sum = |week: Option<usize>, deed: Deed| -> i64 {
            facts.iter().filter(|it| it.1 == deed && week.is_none_or(|week| it.0 == week)).map(|it| it.2).sum()
        };
        for (number, deeds) in insight.weeks.iter().map(|week| week.done).enumerate() {
            prop_assert_eq!(deeds.applications, sum(Some(number), Deed::Application));
            prop_assert_eq!(deeds.networking_activities, sum(Some(number), Deed::NetworkingActivity));
            prop_assert_eq!(deeds.feedback_requests_sent, sum(Some(number), Deed::FeedbackRequest));
            prop_assert_eq!(deeds.goal_check_ins, sum(Some(number), Deed::CheckIn));
        }
        prop_assert_eq!(insight.total.applications, sum(None, Deed::Application));
        prop_assert_eq!(insight.total.goal_check_ins, sum(None, Deed::CheckIn));
        let active = number(&(0..11).collect::<Vec<usize>>(), |week| facts.iter().any(|it| it.0 == *week));
        prop_assert_eq!(counts(&insight.active_weeks), (active, 11, 1));
        well_formed(&pictures::activity(&insight));
    }
}

/// A picture in which every element that begins ends, and no number is missing.
fn well_formed(picture: &str) {
    let mut open: Vec<&str> = Vec::new();
    for tag in picture.split('<').skip(1) {
        let (tag, _) = tag.split_once('>').expect("a tag ends");
        let name = tag.split([' ', '/']).next().unwrap_or_default();
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !tag.ends_with('/') {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?}");
    assert!(
        !picture.contains("NaN") && !picture.contains("inf\""),
        "{picture}"
    );
}
