//! Signals: what the records say that somebody should look at, such as many rejections in spite of good
//! preparation, or silence. Each names its rule, its threshold and the records that it rests on; there is no
//! score, and nothing is hidden. The seeker sees them first; a coach sees those that the granted scopes cover.
//!
//! The rules are pure (`rules`), with one table of thresholds. What they are judged by is read part by part
//! ([`Part`]), for many users in as many statements as for one. Signals read across features and write nothing.

pub mod handlers;
mod model;
mod queries;
mod rules;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::PgConnection;
use uuid::Uuid;

use crate::account::Preferences;
use crate::goals;
use crate::http::error::Result;

pub use model::{Signal, SignalPage, SignalRule};
pub use rules::{Facts, judge};

use rules::{Clause, days_before};

/// What is read together: a coach needs the right to all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Applications, rejections, and when the user was last active.
    Applications,
    /// Reflections.
    Reflections,
    /// Goals with their check-ins.
    Goals,
    /// Wellbeing check-ins of those who note them.
    Wellbeing,
}

impl Part {
    /// Every part.
    pub const ALL: [Self; 4] = [
        Self::Applications,
        Self::Reflections,
        Self::Goals,
        Self::Wellbeing,
    ];
}

/// How much is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Enough to know which signals hold: they lack their evidence and say that they hold since now, and whoever
    /// has live applications counts as having one.
    Verdict,
    /// All that a signal shows.
    Evidence,
}

/// Reads a part of what the signals of some users are judged by. A part that was not read gives no signal.
pub fn gather(
    conn: &mut PgConnection,
    part: Part,
    depth: Depth,
    people: &HashMap<Uuid, Preferences>,
    now: DateTime<Utc>,
    facts: &mut HashMap<Uuid, Facts>,
) -> Result<()> {
    let mut owners: Vec<Uuid> = people.keys().copied().collect();
    owners.sort_unstable();
    match part {
        Part::Applications => {
            let mut activity = queries::activity(conn, &owners, depth, now)?;
            for (owner, losses) in queries::losses(conn, &owners, depth, now)? {
                let facts = facts.entry(owner).or_default();
                facts.losses = Some(losses.all);
                facts.losses_at_interview = Some(losses.at_interview);
                facts.early_losses = Some(losses.early);
                facts.activity = activity.remove(&owner);
            }
        }
        Part::Reflections => {
            let mut prepared = queries::well_prepared(conn, &owners, depth, now)?;
            for (owner, all) in queries::reflections(conn, &owners, depth, now)? {
                let facts = facts.entry(owner).or_default();
                facts.reflections = Some(all);
                facts.well_prepared = prepared.remove(&owner);
            }
        }
        Part::Goals => {
            let least = usize::try_from(Clause::of(SignalRule::GoalSlipping).least);
            let slips = goals::slipping(conn, people, now, least.unwrap_or(usize::MAX))?;
            for slip in slips {
                facts.entry(slip.owner).or_default().slips.push(slip);
            }
        }
        Part::Wellbeing => {
            owners.retain(|owner| people.get(owner).is_some_and(|it| it.wellbeing_enabled));
            for (owner, low) in queries::low_days(conn, &owners, depth, now)? {
                facts.entry(owner).or_default().low_days = Some(low);
            }
        }
    }
    Ok(())
}

/// Since when records count for a rule.
fn window(rule: SignalRule, now: DateTime<Utc>) -> DateTime<Utc> {
    days_before(now, Clause::of(rule).days)
}
