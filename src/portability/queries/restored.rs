//! Rows that go out and come in again.

use diesel::pg::Pg;
use diesel::prelude::*;
use uuid::Uuid;

use super::{PART, Restored, Stored};
use crate::applications::Application;
use crate::db::Tx;
use crate::db::keyset::{Direction, beyond};
use crate::db::schema::{
    application_steps, applications, contacts, events, feedback_items, feedback_requests,
    goal_check_ins, goal_pauses, goals, import_parts, imports, interviews, messages,
    networking_activities, reflections, rejections, reminders, templates, wellbeing_check_ins,
};
use crate::http::error::Result;
use crate::imports::ImportStatus;
use crate::portability::records::*;
use crate::wellbeing::WellbeingCheckIn;

/// The rows of one owner in the order of their ids: every statement that reads starts here.
macro_rules! owned_by {
    ($owner:expr, $table:ident, $selection:expr, $after:expr) => {{
        let mut rows = $table::table
            .filter($table::owner_id.eq($owner))
            .select($selection)
            .order($table::id)
            .limit(Self::AT_ONCE)
            .into_boxed::<Pg>();
        if let Some(after) = $after {
            rows = rows.filter($table::id.gt(after));
        }
        rows
    }};
}

/// Records that are their rows.
macro_rules! rows {
    ($($record:ident in $table:ident,)+) => {$(
        impl Stored for $record {
            fn part(conn: &mut PgConnection, owner: Uuid, after: Option<&Self>) -> Result<Vec<Self>> {
                let after = after.map(|row| row.id);
                Ok(owned_by!(owner, $table, Self::as_select(), after).load(conn)?)
            }
        }

        restored!($record in $table);
    )+};
}

/// Records that are written as they are.
macro_rules! restored {
    ($record:ident in $table:ident) => {
        impl Restored for $record {
            fn insert(tx: &mut Tx<'_>, rows: &[Self]) -> QueryResult<usize> {
                let rows = rows.iter().map(|row| ($table::owner_id.eq(tx.owner), row));
                diesel::insert_into($table::table)
                    .values(rows.collect::<Vec<_>>())
                    .execute(tx.conn)
            }
        }
    };
}

rows! {
    InterviewRecord in interviews,
    RejectionRecord in rejections,
    TemplateRecord in templates,
    FeedbackRequestRecord in feedback_requests,
    FeedbackItemRecord in feedback_items,
    MessageRecord in messages,
    ReflectionRecord in reflections,
    ContactRecord in contacts,
    NetworkingActivityRecord in networking_activities,
    GoalCheckInRecord in goal_check_ins,
    GoalPauseRecord in goal_pauses,
    ReminderRecord in reminders,
}

restored!(ApplicationStepRecord in application_steps);
restored!(ImportRecord in imports);
restored!(ImportPartRecord in import_parts);

/// An entry stands behind the one that it corrects.
impl Stored for ApplicationStepRecord {
    fn part(conn: &mut PgConnection, owner: Uuid, after: Option<&Self>) -> Result<Vec<Self>> {
        let place = (application_steps::application_id, application_steps::seq);
        let mut rows = application_steps::table
            .filter(application_steps::owner_id.eq(owner))
            .select(Self::as_select())
            .order(place)
            .limit(PART)
            .into_boxed::<Pg>();
        if let Some(after) = after {
            let after = (after.application_id, after.seq);
            rows = rows.filter(beyond(place, after, Direction::Ascending));
        }
        Ok(rows.load(conn)?)
    }
}

/// One that has not ended is no record yet.
impl Stored for ImportRecord {
    fn part(conn: &mut PgConnection, owner: Uuid, after: Option<&Self>) -> Result<Vec<Self>> {
        let over = [ImportStatus::Completed, ImportStatus::Failed];
        let after = after.map(|row| row.id);
        Ok(owned_by!(owner, imports, Self::as_select(), after)
            .filter(imports::status.eq_any(over))
            .load(conn)?)
    }
}

/// Each is itself some hundred rows of a report.
impl Stored for ImportPartRecord {
    const AT_ONCE: i64 = 8;

    fn part(conn: &mut PgConnection, owner: Uuid, after: Option<&Self>) -> Result<Vec<Self>> {
        let after = after.map(|row| row.id);
        Ok(owned_by!(owner, import_parts, Self::as_select(), after).load(conn)?)
    }
}

impl Stored for ApplicationRecord {
    fn part(conn: &mut PgConnection, owner: Uuid, after: Option<&Self>) -> Result<Vec<Self>> {
        let after = after.map(|row| row.id);
        let rows = owned_by!(owner, applications, Application::as_select(), after).load(conn)?;
        Ok(rows.into_iter().map(Self::from).collect())
    }
}

impl Restored for ApplicationRecord {
    fn insert(tx: &mut Tx<'_>, rows: &[Self]) -> QueryResult<usize> {
        let rows = rows.iter().map(|row| {
            (
                applications::owner_id.eq(tx.owner),
                applications::id.eq(row.id),
                &row.fields,
                applications::status.eq(row.status),
                applications::furthest_stage.eq(row.furthest_stage),
                applications::status_since.eq(row.status_since),
                applications::version.eq(row.version),
                applications::created_at.eq(row.created_at),
                applications::updated_at.eq(row.updated_at),
            )
        });
        diesel::insert_into(applications::table)
            .values(rows.collect::<Vec<_>>())
            .execute(tx.conn)
    }
}

impl Stored for WellbeingCheckInRecord {
    fn part(conn: &mut PgConnection, owner: Uuid, after: Option<&Self>) -> Result<Vec<Self>> {
        let (after, selection) = (after.map(|row| row.id), WellbeingCheckIn::as_select());
        let rows = owned_by!(owner, wellbeing_check_ins, selection, after).load(conn)?;
        Ok(rows.into_iter().map(Self::from).collect())
    }
}

impl Restored for WellbeingCheckInRecord {
    fn insert(tx: &mut Tx<'_>, rows: &[Self]) -> QueryResult<usize> {
        let rows = rows.iter().map(|row| {
            (
                wellbeing_check_ins::owner_id.eq(tx.owner),
                wellbeing_check_ins::id.eq(row.id),
                wellbeing_check_ins::score.eq(row.fields.score),
                wellbeing_check_ins::tags.eq(&row.fields.tags),
                wellbeing_check_ins::note.eq(&row.fields.note),
                wellbeing_check_ins::occurred_at
                    .eq(row.fields.occurred_at.unwrap_or(row.created_at)),
                wellbeing_check_ins::version.eq(row.version),
                wellbeing_check_ins::created_at.eq(row.created_at),
                wellbeing_check_ins::updated_at.eq(row.updated_at),
            )
        });
        diesel::insert_into(wellbeing_check_ins::table)
            .values(rows.collect::<Vec<_>>())
            .execute(tx.conn)
    }
}

impl Stored for GoalRecord {
    fn part(conn: &mut PgConnection, owner: Uuid, after: Option<&Self>) -> Result<Vec<Self>> {
        let after = after.map(|row| row.id);
        let rows = owned_by!(owner, goals, GoalColumns::as_select(), after).load(conn)?;
        Ok(rows.into_iter().map(Self::from).collect())
    }
}

impl Restored for GoalRecord {
    fn insert(tx: &mut Tx<'_>, rows: &[Self]) -> QueryResult<usize> {
        let rows = rows.iter().map(|row| {
            let origin = row.fields.origin.as_ref();
            (
                (
                    goals::owner_id.eq(tx.owner),
                    goals::id.eq(row.id),
                    &row.fields,
                    goals::origin_type.eq(origin.map(|it| it.kind)),
                    goals::origin_id.eq(origin.map(|it| it.id)),
                    goals::origin_suggestion.eq(origin.and_then(|it| it.suggestion.as_deref())),
                ),
                goals::status.eq(row.status),
                goals::status_since.eq(row.status_since),
                goals::status_note.eq(&row.status_note),
                goals::started_on.eq(row.started_on),
                goals::closed_on.eq(row.closed_on),
                goals::version.eq(row.version),
                goals::created_at.eq(row.created_at),
                goals::updated_at.eq(row.updated_at),
            )
        });
        diesel::insert_into(goals::table)
            .values(rows.collect::<Vec<_>>())
            .execute(tx.conn)
    }
}

impl Stored for EventRecord {
    fn part(conn: &mut PgConnection, owner: Uuid, after: Option<&Self>) -> Result<Vec<Self>> {
        let after = after.map(|row| row.id);
        Ok(owned_by!(owner, events, Self::as_select(), after).load(conn)?)
    }
}

/// Places in the feed belong to the server: the entries get new ones, in their order. What happened to the
/// user happened to the one who is here.
impl Restored for EventRecord {
    fn insert(tx: &mut Tx<'_>, rows: &[Self]) -> QueryResult<usize> {
        let rows = rows.iter().map(|row| {
            (
                events::owner_id.eq(tx.owner),
                events::kind.eq(&row.kind),
                events::resource_type.eq(&row.resource_type),
                events::resource_id.eq(match row.resource_type.as_str() {
                    "user" => tx.owner,
                    _ => row.resource_id,
                }),
                events::occurred_at.eq(row.occurred_at),
                events::data.eq(&row.data),
            )
        });
        diesel::insert_into(events::table)
            .values(rows.collect::<Vec<_>>())
            .execute(tx.conn)
    }
}
