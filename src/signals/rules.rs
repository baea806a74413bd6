//! Which signals hold. Pure functions over what was counted, and the one table of thresholds.

use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use super::model::{Evidence, EvidenceType, Signal, SignalRule, Threshold};
use crate::goals::Slip;

/// A row of the table: from when on a rule speaks, and what it then says.
#[derive(Debug, Clone, Copy)]
pub struct Clause {
    /// The rule.
    pub rule: SignalRule,
    /// The least number that is counted.
    pub least: i64,
    /// The days in which it is counted; 0 when the latest ones count, however old.
    pub days: i64,
    /// The rule in words.
    pub words: &'static str,
    /// What helps.
    pub advice: &'static str,
}

/// The days in which rejections count: one window for all rules about them.
const LOSS_DAYS: i64 = 90;
/// The reflections that `consider_coaching` asks for.
pub const LEAST_REFLECTIONS: i64 = 3;
/// The highest score of a low day.
pub const LOW_SCORE: i16 = 2;

/// Every rule with its threshold, in the order of urgency.
pub const CLAUSES: [Clause; 6] = [
    Clause {
        rule: SignalRule::LowWellbeing,
        least: 3,
        days: 14,
        words: "At least 3 wellbeing check-ins of 2 or less in 14 days.",
        advice: "Rest comes first: put the search down for a day or two, talk to someone you trust, and see a doctor or counsellor when it stays that way. The search can wait.",
    },
    Clause {
        rule: SignalRule::ConsiderCoaching,
        least: 5,
        days: LOSS_DAYS,
        words: "At least 5 rejections in 90 days, and at least 3 reflections in that time that all say: resume tailored, company researched, no skill lacking.",
        advice: "Your preparation is good, so a fresh pair of eyes may help more than further effort. A career coach or mentor gives personal feedback on resume and interviews, knows the strategies of your industry, and brings encouragement and accountability. Many offer affordable sessions online, and some professional associations offer mentoring for free.",
    },
    Clause {
        rule: SignalRule::GoneQuiet,
        least: 14,
        days: 0,
        words: "No activity for 14 days while applications are live.",
        advice: "One small step is enough to begin again: ask one company where things stand, mark what has gone silent, or write to one person you know.",
    },
    Clause {
        rule: SignalRule::InterviewLosses,
        least: 3,
        days: LOSS_DAYS,
        words: "At least 3 rejections at the interview or later in 90 days.",
        advice: "Your applications open doors; the interview is where to work. Practise aloud with a friend, a mentor or a coach, read about each company before you talk, and ask for feedback afterwards.",
    },
    Clause {
        rule: SignalRule::EarlyLosses,
        least: 10,
        days: LOSS_DAYS,
        words: "At least 10 rejections at the application stage in 90 days.",
        advice: "Fewer and better aimed applications go further. Have the resume reviewed, tailor it to each posting, and choose roles that fit what you can and want.",
    },
    Clause {
        rule: SignalRule::GoalSlipping,
        least: 3,
        days: 0,
        words: "3 missed periods of a goal in a row; paused, resting and cooling-off ones are passed over.",
        advice: "The goal may be too large for now. Make it smaller, pause it, or put it away; a small one that is met carries further than a large one that is not.",
    },
];

impl Clause {
    /// The row of a rule.
    pub fn of(rule: SignalRule) -> Self {
        let place = CLAUSES.iter().position(|clause| clause.rule == rule);
        CLAUSES[place.expect("each rule has its row in the table")]
    }

    /// A signal of this rule.
    fn signal(self, count: i64, evidence: Vec<Evidence>, since: DateTime<Utc>) -> Signal {
        Signal {
            rule: self.rule,
            threshold: Threshold {
                least: self.least,
                days: (self.days > 0).then_some(self.days),
                words: self.words,
            },
            count,
            evidence,
            since,
            advice: self.advice,
        }
    }
}

/// The instant so many days before another.
pub fn days_before(now: DateTime<Utc>, days: i64) -> DateTime<Utc> {
    now - Duration::days(days)
}

/// Records that were counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many there are.
    pub count: i64,
    /// When there were enough of them for the rule; nothing while there are not.
    pub since: Option<DateTime<Utc>>,
    /// Their ids, the latest first and not all of many.
    pub ids: Vec<Uuid>,
}

/// How a search goes on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Activity {
    /// How many applications are live.
    pub live: i64,
    /// Some of them, the latest first; read only when nothing was done for long.
    pub ids: Vec<Uuid>,
    /// When something was done last.
    pub last_at: Option<DateTime<Utc>>,
}

/// What the signals of a user are judged by; what was not read is not there.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Rejections in the time of `consider_coaching`, without those that were a slip of the finger.
    pub losses: Option<Tally>,
    /// Those at the interview or later, in the time of `interview_losses`.
    pub losses_at_interview: Option<Tally>,
    /// Those at the application stage, in the time of `early_losses`.
    pub early_losses: Option<Tally>,
    /// How the search goes on.
    pub activity: Option<Activity>,
    /// Reflections in the time of `consider_coaching`.
    pub reflections: Option<Tally>,
    /// Those of them that say that the preparation was good.
    pub well_prepared: Option<Tally>,
    /// Goals that have slipped.
    pub slips: Vec<Slip>,
    /// Low days in the time of `low_wellbeing`.
    pub low_days: Option<Tally>,
}

/// The signals that hold, the most urgent first.
pub fn judge(facts: &Facts, now: DateTime<Utc>) -> Vec<Signal> {
    let holding = CLAUSES.iter().filter_map(|clause| match clause.rule {
        SignalRule::LowWellbeing => {
            enough(*clause, &facts.low_days, EvidenceType::WellbeingCheckIn)
        }
        SignalRule::ConsiderCoaching => consider_coaching(*clause, facts),
        SignalRule::GoneQuiet => gone_quiet(*clause, facts, now),
        SignalRule::InterviewLosses => {
            enough(*clause, &facts.losses_at_interview, EvidenceType::Rejection)
        }
        SignalRule::EarlyLosses => enough(*clause, &facts.early_losses, EvidenceType::Rejection),
        SignalRule::GoalSlipping => goal_slipping(*clause, facts),
    });
    holding.collect()
}

fn evidence(kind: EvidenceType, ids: &[Uuid]) -> Vec<Evidence> {
    ids.iter().map(|id| Evidence { kind, id: *id }).collect()
}

/// A signal that counts one kind of record.
fn enough(clause: Clause, tally: &Option<Tally>, kind: EvidenceType) -> Option<Signal> {
    let tally = tally.as_ref().filter(|it| it.count >= clause.least)?;
    Some(clause.signal(tally.count, evidence(kind, &tally.ids), tally.since?))
}

fn consider_coaching(clause: Clause, facts: &Facts) -> Option<Signal> {
    let mut signal = enough(clause, &facts.losses, EvidenceType::Rejection)?;
    let all = facts.reflections.as_ref()?;
    let prepared = facts.well_prepared.as_ref()?;
    if all.count < LEAST_REFLECTIONS || prepared.count < all.count {
        return None;
    }
    signal
        .evidence
        .extend(evidence(EvidenceType::Reflection, &all.ids));
    signal.since = signal.since.max(all.since?);
    Some(signal)
}

fn gone_quiet(clause: Clause, facts: &Facts, now: DateTime<Utc>) -> Option<Signal> {
    let activity = facts.activity.as_ref().filter(|it| it.live > 0)?;
    let since = activity.last_at? + Duration::days(clause.least);
    (since <= now).then(|| {
        let days = (now - since).num_days() + clause.least;
        let live = evidence(EvidenceType::Application, &activity.ids);
        clause.signal(days, live, since)
    })
}

fn goal_slipping(clause: Clause, facts: &Facts) -> Option<Signal> {
    let missed = |slip: &Slip| i64::try_from(slip.missed).unwrap_or(i64::MAX);
    let slips = facts.slips.iter().filter(|it| missed(it) >= clause.least);
    let mut slips: Vec<&Slip> = slips.collect();
    slips.sort_by_key(|slip| (std::cmp::Reverse(slip.since), slip.goal));
    let (since, most) = (
        slips.iter().map(|slip| slip.since).min()?,
        slips.iter().map(|slip| missed(slip)).max()?,
    );
    let goals: Vec<Uuid> = slips.iter().map(|slip| slip.goal).take(50).collect();
    Some(clause.signal(most, evidence(EvidenceType::Goal, &goals), since))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-03-05T12:00:00Z".parse().expect("an instant")
    }

    fn tally(count: i64) -> Option<Tally> {
        Some(Tally {
            count,
            since: Some(now() - Duration::days(2)),
            ids: (0..count.min(50)).map(|_| Uuid::nil()).collect(),
        })
    }

    fn slip(missed: usize) -> Slip {
        Slip {
            owner: Uuid::nil(),
            goal: Uuid::nil(),
            missed,
            since: now(),
        }
    }

    /// What makes a rule count to a number.
    fn facts(rule: SignalRule, count: i64) -> Facts {
        let mut facts = Facts::default();
        match rule {
            SignalRule::LowWellbeing => facts.low_days = tally(count),
            SignalRule::ConsiderCoaching => {
                facts.losses = tally(count);
                facts.reflections = tally(LEAST_REFLECTIONS);
                facts.well_prepared = tally(LEAST_REFLECTIONS);
            }
            SignalRule::GoneQuiet => {
                facts.activity = Some(Activity {
                    live: 1,
                    ids: vec![Uuid::nil()],
                    last_at: Some(now() - Duration::days(count)),
                });
            }
            SignalRule::InterviewLosses => facts.losses_at_interview = tally(count),
            SignalRule::EarlyLosses => facts.early_losses = tally(count),
            SignalRule::GoalSlipping => {
                facts.slips = vec![slip(usize::try_from(count).expect("a count"))];
            }
        }
        facts
    }

    #[test]
    fn each_rule_is_silent_one_below_its_threshold_and_speaks_at_it_and_above() {
        for clause in CLAUSES {
            let held = |count| judge(&facts(clause.rule, count), now());
            assert_eq!(held(clause.least - 1), [], "{:?}", clause.rule);
            for count in [clause.least, clause.least + 1] {
                let signals = held(count);
                assert_eq!(signals.len(), 1, "{:?}", clause.rule);
                assert_eq!(signals[0].rule, clause.rule);
                assert_eq!(signals[0].count, count);
                assert!(!signals[0].evidence.is_empty());
            }
        }
    }

    #[test]
    fn the_table_has_each_rule_once_in_the_order_of_urgency() {
        let rules: Vec<SignalRule> = CLAUSES.iter().map(|clause| clause.rule).collect();
        assert_eq!(rules, SignalRule::ALL);
    }

    #[test]
    fn the_table_says_its_numbers_in_words_and_the_documentation_repeats_them() {
        let page = include_str!("../../docs/ARCHITECTURE.md");
        for clause in CLAUSES {
            assert!(clause.words.contains(&clause.least.to_string()));
            assert!(clause.days == 0 || clause.words.contains(&clause.days.to_string()));
            let row = format!("| `{}` | {} |", clause.rule.as_str(), clause.words);
            assert!(page.contains(&row), "docs/ARCHITECTURE.md lacks: {row}");
        }
    }

    #[test]
    fn coaching_is_considered_only_when_every_reflection_says_that_the_preparation_was_good() {
        let mut facts = facts(SignalRule::ConsiderCoaching, 5);
        assert_eq!(judge(&facts, now()).len(), 1);
        for (all, prepared, holds) in [(2, 2, 0), (3, 2, 0), (4, 4, 1), (4, 3, 0)] {
            facts.reflections = tally(all);
            facts.well_prepared = tally(prepared);
            assert_eq!(judge(&facts, now()).len(), holds, "{all} {prepared}");
        }
        facts.reflections = None;
        assert_eq!(judge(&facts, now()), []);
    }

    #[test]
    fn nobody_goes_quiet_without_a_live_application() {
        let mut facts = facts(SignalRule::GoneQuiet, 100);
        facts.activity = facts.activity.map(|it| Activity { live: 0, ..it });
        assert_eq!(judge(&facts, now()), []);
    }

    #[test]
    fn what_was_not_read_gives_no_signal() {
        assert_eq!(judge(&Facts::default(), now()), []);
    }

    proptest! {
        #[test]
        fn more_of_anything_never_silences_a_rule(least in 0i64..60, more in 0i64..60) {
            for clause in CLAUSES {
                let before = judge(&facts(clause.rule, least), now()).len();
                prop_assert!(judge(&facts(clause.rule, least + more), now()).len() >= before);
            }
        }
    }
}
