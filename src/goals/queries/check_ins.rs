//! The statements on check-ins.

use chrono::NaiveDate;
use diesel::dsl::{exists, select, sum};
use diesel::pg::Pg;
use diesel::prelude::*;
use uuid::Uuid;

use crate::db::cached::{cached, kept_if};
use crate::db::constraint::OnConstraint;
use crate::db::keyset::keyset;
use crate::db::schema::{goal_check_ins, goals};
use crate::db::{Tx, ids};
use crate::goals::check_ins::{CheckIn, CheckInKind, CheckInQuery, NewCheckIn, external_id_taken};
use crate::http::error::Result;
use crate::http::page::Window;

/// The rows of one owner: every statement starts here.
#[diesel::dsl::auto_type(no_type_alias)]
fn owned_by(owner: Uuid) -> _ {
    let mine: diesel::dsl::Eq<goal_check_ins::owner_id, Uuid> = goal_check_ins::owner_id.eq(owner);
    goal_check_ins::table.filter(mine)
}

/// One check-in of a goal.
pub fn get(conn: &mut PgConnection, owner: Uuid, goal: Uuid, id: Uuid) -> Result<CheckIn> {
    Ok(owned_by(owner)
        .filter(goal_check_ins::id.eq(id))
        .filter(goal_check_ins::goal_id.eq(goal))
        .select(CheckIn::as_select())
        .first(conn)?)
}

/// The check-in of a goal with an external id.
pub fn by_external_id(
    conn: &mut PgConnection,
    owner: Uuid,
    goal: Uuid,
    external_id: &str,
) -> Result<Option<CheckIn>> {
    Ok(owned_by(owner)
        .filter(goal_check_ins::goal_id.eq(goal))
        .filter(goal_check_ins::external_id.eq(external_id))
        .select(CheckIn::as_select())
        .first(conn)
        .optional()?)
}

/// A new check-in of a goal, whose row is locked.
pub fn insert(tx: &mut Tx<'_>, goal: Uuid, new: &NewCheckIn) -> Result<CheckIn> {
    let statement = diesel::insert_into(goal_check_ins::table)
        .values((
            goal_check_ins::owner_id.eq(tx.owner),
            goal_check_ins::id.eq(ids::new_id(tx.now)),
            goal_check_ins::goal_id.eq(goal),
            goal_check_ins::occurred_on.eq(new.occurred_on),
            goal_check_ins::kind.eq(new.kind),
            goal_check_ins::value.eq(new.worth()),
            goal_check_ins::note.eq(new.note.as_deref()),
            goal_check_ins::external_id.eq(new.external_id.as_deref()),
            goal_check_ins::created_at.eq(tx.now),
        ))
        .returning(CheckIn::as_returning());
    cached(statement)
        .get_result(tx.conn)
        .on_constraint("goal_check_ins_external_id_key", external_id_taken)
}

/// Removes a check-in.
pub fn delete(tx: &mut Tx<'_>, id: Uuid) -> Result<()> {
    diesel::delete(owned_by(tx.owner).filter(goal_check_ins::id.eq(id))).execute(tx.conn)?;
    Ok(())
}

/// All check-ins of a goal.
pub fn ids(conn: &mut PgConnection, owner: Uuid, goal: Uuid) -> Result<Vec<Uuid>> {
    Ok(owned_by(owner)
        .filter(goal_check_ins::goal_id.eq(goal))
        .order(goal_check_ins::id)
        .select(goal_check_ins::id)
        .load(conn)?)
}

/// Is there a check-in of the goal before a day?
pub fn any_before(
    conn: &mut PgConnection,
    owner: Uuid,
    goal: Uuid,
    day: NaiveDate,
) -> Result<bool> {
    let earlier = owned_by(owner)
        .filter(goal_check_ins::goal_id.eq(goal))
        .filter(goal_check_ins::occurred_on.lt(day));
    Ok(select(exists(earlier)).get_result(conn)?)
}

/// What was checked in on a day: the goal, the day, done or rest, the sum.
pub type DaySum = (Uuid, NaiveDate, CheckInKind, Option<i64>);

/// The sums of the days of some goals.
pub fn days(conn: &mut PgConnection, owner: Uuid, of: &[Uuid]) -> Result<Vec<DaySum>> {
    let key = (
        goal_check_ins::goal_id,
        goal_check_ins::occurred_on,
        goal_check_ins::kind,
    );
    Ok(owned_by(owner)
        .filter(goal_check_ins::goal_id.eq_any(of))
        .group_by(key)
        .select((
            goal_check_ins::goal_id,
            goal_check_ins::occurred_on,
            goal_check_ins::kind,
            sum(goal_check_ins::value),
        ))
        .load(conn)?)
}

/// The same without the days that are settled in each goal.
pub fn unsettled_days(conn: &mut PgConnection, owner: Uuid, of: &[Uuid]) -> Result<Vec<DaySum>> {
    let key = (
        goal_check_ins::goal_id,
        goal_check_ins::occurred_on,
        goal_check_ins::kind,
    );
    let their_goal = goals::owner_id
        .eq(goal_check_ins::owner_id)
        .and(goals::id.eq(goal_check_ins::goal_id));
    let unsettled = goal_check_ins::occurred_on
        .nullable()
        .ge(goals::settled_before);
    Ok(owned_by(owner)
        .inner_join(goals::table.on(their_goal))
        .filter(goal_check_ins::goal_id.eq_any(of))
        .filter(unsettled)
        .group_by(key)
        .select((
            goal_check_ins::goal_id,
            goal_check_ins::occurred_on,
            goal_check_ins::kind,
            sum(goal_check_ins::value),
        ))
        .load(conn)?)
}

/// What a one-off goal came to: the goal, the sum, the first day.
pub type GoalSum = (Uuid, Option<i64>, Option<NaiveDate>);

/// What some one-off goals came to.
pub fn totals(conn: &mut PgConnection, owner: Uuid, of: &[Uuid]) -> Result<Vec<GoalSum>> {
    Ok(owned_by(owner)
        .filter(goal_check_ins::goal_id.eq_any(of))
        .filter(goal_check_ins::kind.eq(CheckInKind::Done))
        .group_by(goal_check_ins::goal_id)
        .select((
            goal_check_ins::goal_id,
            sum(goal_check_ins::value),
            diesel::dsl::min(goal_check_ins::occurred_on),
        ))
        .load(conn)?)
}

/// A page of the check-ins of a goal.
pub fn list(
    conn: &mut PgConnection,
    owner: Uuid,
    goal: Uuid,
    filter: &CheckInQuery,
    window: &Window,
) -> Result<Vec<CheckIn>> {
    let mut rows = owned_by(owner)
        .filter(goal_check_ins::goal_id.eq(goal))
        .select(CheckIn::as_select())
        .limit(window.fetch())
        .into_boxed::<Pg>();
    if let Some(from) = filter.from {
        rows = rows.filter(goal_check_ins::occurred_on.ge(from));
    }
    if let Some(to) = filter.to {
        rows = rows.filter(goal_check_ins::occurred_on.le(to));
    }
    if let Some(after) = filter.created_after {
        rows = rows.filter(goal_check_ins::created_at.gt(after));
    }
    let key = (goal_check_ins::occurred_on, goal_check_ins::id);
    let rows = keyset!(rows, window.at_date()?, key);
    Ok(kept_if(filter.is_usual(), rows).load(conn)?)
}
