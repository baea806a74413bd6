//! Goals: small achievable ones for each day, week or month, with check-ins and a streak that forgives a
//! bad day; and single ones that are reached once. A goal is never *failed*: it is paused, completed or put
//! away. Some count real activity by themselves, and each remembers what it grew from.
//!
//! Every goal is answered with its progress ([`Progress`]). What counts as a period, which ones are met or
//! excused and how long a streak is are pure functions of days ([`periods`], [`streaks`]).

pub mod check_ins;
mod facts;
pub mod handlers;
mod model;
pub mod periods;
mod progress;
mod queries;
mod records;
mod rules;
mod settling;
mod slipping;
pub mod streaks;
#[cfg(test)]
mod streaks_tests;
mod writes;

use uuid::Uuid;

use crate::db::Tx;
use crate::http::error::Result;

pub use crate::suggestions::{GoalCategory, GoalKind, GoalMeasure, GoalPeriod};
pub use check_ins::{CheckIn, CheckInKind, CheckInPage, NewCheckIn};
pub use handlers::{GoalQuery, page};
pub use model::{Goal, GoalFields, GoalOriginType, GoalPage, GoalRow, NewGoalOrigin, Progress};
pub use rules::{GoalStatus, due_fits, period_fits};
pub use slipping::{Slip, slipping};
pub use writes::{Outcome, check_in, create};

/// Those of these goals that are there, each with its progress, in any order.
pub fn by_ids(tx: &mut Tx<'_>, ids: &[Uuid]) -> Result<Vec<Goal>> {
    let rows = queries::by_ids(tx.conn, tx.owner, ids)?;
    progress::answers(tx, rows)
}

/// Active goals with their progress, the oldest first; as many as a person keeps in view.
pub fn active(tx: &mut Tx<'_>) -> Result<Vec<Goal>> {
    let rows = queries::active(tx.conn, tx.owner)?;
    progress::answers(tx, rows)
}
