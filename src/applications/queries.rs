//! The statements on applications and their timelines.

pub mod bulk;
pub mod dependents;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use diesel::dsl::{exists, not};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Date, Nullable, Text};
use uuid::Uuid;

use super::handlers::ApplicationQuery;
use super::model::{Application, ApplicationFields};
use super::rules::{Plan, Status, Step, StepKind};
use super::timeline::TimelineEntry;
use crate::db::cached::{cached, kept_if};
use crate::db::constraint::OnConstraint;
use crate::db::keyset::keyset;
use crate::db::pipeline::Select;
use crate::db::schema::{application_steps, applications, interviews};
use crate::db::{Tx, ids};
use crate::http::error::{Error, Result};
use crate::http::page::{Key, Window, wrong_cursor};
use crate::http::problems;

define_sql_function! {
    /// The text in lower case, as PostgreSQL sees it.
    fn lower(text: Text) -> Text;
}

define_sql_function! {
    /// A date, or another one in its place.
    #[sql_name = "coalesce"]
    fn date_or(date: Nullable<Date>, other: Date) -> Date;
}

/// Stands for *no date* when sorting: before every date that a field takes.
fn no_date() -> NaiveDate {
    NaiveDate::from_ymd_opt(1, 1, 1).expect("the first day of the calendar exists")
}

/// The rows of one owner: every statement starts here.
#[diesel::dsl::auto_type(no_type_alias)]
fn owned_by(owner: Uuid) -> _ {
    let mine: diesel::dsl::Eq<applications::owner_id, Uuid> = applications::owner_id.eq(owner);
    applications::table.filter(mine)
}

fn external_id_taken() -> Error {
    let mut problem =
        problems::EXTERNAL_ID_TAKEN.because("Another application of yours has this external_id.");
    problem.errors.push(crate::http::error::FieldError::new(
        "/external_id",
        "taken",
        "Another application of yours has this external_id.",
    ));
    problem.into()
}

/// One application.
pub fn get(conn: &mut PgConnection, owner: Uuid, id: Uuid) -> Result<Application> {
    Ok(one(owner, id).row(conn)?)
}

/// The statement that finds it.
pub fn one(owner: Uuid, id: Uuid) -> impl Select<Application> {
    owned_by(owner)
        .filter(applications::id.eq(id))
        .select(Application::as_select())
}

/// One application, locked until the transaction ends.
pub fn lock(conn: &mut PgConnection, owner: Uuid, id: Uuid) -> Result<Application> {
    Ok(owned_by(owner)
        .filter(applications::id.eq(id))
        .select(Application::as_select())
        .for_update()
        .first(conn)?)
}

/// The same for one that a body refers to; nothing when there is none.
pub fn find_locked(conn: &mut PgConnection, owner: Uuid, id: Uuid) -> Result<Option<Application>> {
    Ok(owned_by(owner)
        .filter(applications::id.eq(id))
        .select(Application::as_select())
        .for_update()
        .first(conn)
        .optional()?)
}

/// The application with an external id, locked until the transaction ends.
pub fn lock_external(
    conn: &mut PgConnection,
    owner: Uuid,
    external_id: &str,
) -> Result<Option<Application>> {
    Ok(owned_by(owner)
        .filter(applications::external_id.eq(external_id))
        .select(Application::as_select())
        .for_update()
        .first(conn)
        .optional()?)
}

/// A new application.
pub fn insert(
    tx: &mut Tx<'_>,
    fields: &ApplicationFields,
    status: Status,
    first: &Plan,
) -> Result<Application> {
    let statement = diesel::insert_into(applications::table)
        .values((
            applications::owner_id.eq(tx.owner),
            applications::id.eq(ids::new_id(tx.now)),
            fields,
            applications::status.eq(status),
            applications::furthest_stage.eq(first.furthest),
            applications::status_since.eq(first.occurred_at),
            applications::version.eq(1),
            applications::created_at.eq(tx.now),
            applications::updated_at.eq(tx.now),
        ))
        .returning(Application::as_returning());
    statement
        .get_result(tx.conn)
        .on_constraint("applications_external_id_key", external_id_taken)
}

/// Other fields for an application.
pub fn update(tx: &mut Tx<'_>, id: Uuid, fields: &ApplicationFields) -> Result<Application> {
    let statement = diesel::update(owned_by(tx.owner).filter(applications::id.eq(id)))
        .set((
            fields,
            applications::version.eq(applications::version + 1),
            applications::updated_at.eq(tx.now),
        ))
        .returning(Application::as_returning());
    cached(statement)
        .get_result(tx.conn)
        .on_constraint("applications_external_id_key", external_id_taken)
}

/// Another status for an application.
pub fn set_status(
    tx: &mut Tx<'_>,
    id: Uuid,
    status: Status,
    plan: &Plan,
    applied_on: Option<NaiveDate>,
) -> Result<Application> {
    let statement = diesel::update(owned_by(tx.owner).filter(applications::id.eq(id)))
        .set((
            applications::status.eq(status),
            applications::furthest_stage.eq(plan.furthest),
            applications::status_since.eq(plan.occurred_at),
            applications::applied_on.eq(applied_on),
            applications::version.eq(applications::version + 1),
            applications::updated_at.eq(tx.now),
        ))
        .returning(Application::as_returning());
    Ok(cached(statement).get_result(tx.conn)?)
}

/// Removes an application with everything that hangs on it.
pub fn delete(tx: &mut Tx<'_>, id: Uuid) -> Result<()> {
    diesel::delete(owned_by(tx.owner).filter(applications::id.eq(id))).execute(tx.conn)?;
    Ok(())
}

/// An entry for a timeline.
pub struct NewStep<'a> {
    /// The application, whose row is locked.
    pub application_id: Uuid,
    /// What the entry is.
    pub kind: StepKind,
    /// Where the application came from.
    pub from: Option<Status>,
    /// Where it went.
    pub to: Option<Status>,
    /// The entry that a correction takes out.
    pub corrects_id: Option<Uuid>,
    /// When it happened.
    pub occurred_at: DateTime<Utc>,
    /// What was noted.
    pub note: Option<&'a str>,
}

/// Appends an entry to a timeline.
pub fn append_step(tx: &mut Tx<'_>, step: &NewStep<'_>) -> Result<TimelineEntry> {
    let last: Option<i32> = application_steps::table
        .filter(application_steps::owner_id.eq(tx.owner))
        .filter(application_steps::application_id.eq(step.application_id))
        .select(diesel::dsl::max(application_steps::seq))
        .first(tx.conn)?;
    let statement = diesel::insert_into(application_steps::table)
        .values((
            application_steps::owner_id.eq(tx.owner),
            application_steps::id.eq(ids::new_id(tx.now)),
            application_steps::application_id.eq(step.application_id),
            application_steps::seq.eq(last.unwrap_or(0) + 1),
            application_steps::kind.eq(step.kind),
            application_steps::from_status.eq(step.from),
            application_steps::to_status.eq(step.to),
            application_steps::corrects_id.eq(step.corrects_id),
            application_steps::occurred_at.eq(step.occurred_at),
            application_steps::recorded_at.eq(tx.now),
            application_steps::note.eq(step.note),
        ))
        .returning(TimelineEntry::as_returning());
    Ok(cached(statement).get_result(tx.conn)?)
}

/// The moves of a timeline for the rules, oldest first.
pub fn steps(conn: &mut PgConnection, owner: Uuid, application: Uuid) -> Result<Vec<Step>> {
    Ok(application_steps::table
        .filter(application_steps::owner_id.eq(owner))
        .filter(application_steps::application_id.eq(application))
        .filter(application_steps::to_status.is_not_null())
        .order(application_steps::seq)
        .select((
            application_steps::id,
            application_steps::to_status.assume_not_null(),
            application_steps::occurred_at,
            application_steps::corrects_id,
        ))
        .load(conn)?)
}

/// Those of these entries of timelines that are there, in any order.
pub fn timeline_by_ids(tx: &mut Tx<'_>, ids: &[Uuid]) -> Result<Vec<TimelineEntry>> {
    Ok(application_steps::table
        .filter(application_steps::owner_id.eq(tx.owner))
        .filter(application_steps::id.eq_any(ids))
        .select(TimelineEntry::as_select())
        .load(tx.conn)?)
}

/// A page of a timeline, oldest entry first.
pub fn timeline(
    owner: Uuid,
    application: Uuid,
    window: &Window,
) -> Result<impl Select<TimelineEntry> + use<>> {
    let after = match &window.after {
        None => 0,
        Some(cursor) => match cursor.key {
            Key::Number(seq) => i32::try_from(seq).map_err(|_| wrong_cursor())?,
            _ => return Err(wrong_cursor()),
        },
    };
    Ok(application_steps::table
        .filter(application_steps::owner_id.eq(owner))
        .filter(application_steps::application_id.eq(application))
        .filter(application_steps::seq.gt(after))
        .order(application_steps::seq)
        .limit(window.fetch())
        .select(TimelineEntry::as_select()))
}

/// A text that `ILIKE` takes for itself.
fn literal(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_")
}

/// A page of applications.
///
/// The search asks that every word occurs in company, title, location or notes. It reads the owner's rows
/// only; a stored search vector would make every write dearer than this is for an ordinary user.
pub fn list(
    owner: Uuid,
    now: DateTime<Utc>,
    filter: &ApplicationQuery,
    window: &Window,
) -> Result<impl Select<Application> + use<>> {
    let mut rows = owned_by(owner)
        .select(Application::as_select())
        .limit(window.fetch())
        .into_boxed::<Pg>();
    match filter.status.as_slice() {
        [] => {}
        // The rows of one status lie in the order of the list; those of several have to be sorted.
        [one] => rows = rows.filter(applications::status.eq(*one)),
        several => rows = rows.filter(applications::status.eq_any(several.to_vec())),
    }
    if let Some(live) = filter.live {
        let wanted = Status::ALL.iter().filter(|status| status.is_live() == live);
        rows = rows.filter(applications::status.eq_any(wanted.collect::<Vec<_>>()));
    }
    if let Some(company) = &filter.company {
        rows = rows.filter(lower(applications::company).eq(lower(company.clone())));
    }
    if let Some(source) = &filter.source {
        rows = rows.filter(lower(applications::source.assume_not_null()).eq(lower(source.clone())));
    }
    if let Some(tag) = &filter.tag {
        rows = rows.filter(applications::tags.contains(vec![tag.clone()]));
    }
    for word in filter.q.iter().flat_map(|q| q.split_whitespace()) {
        let pattern = format!("%{}%", literal(word));
        rows = rows.filter(
            applications::company
                .ilike(pattern.clone())
                .or(applications::job_title.ilike(pattern.clone()))
                .nullable()
                .or(applications::location.ilike(pattern.clone()))
                .or(applications::notes.ilike(pattern)),
        );
    }
    if let Some(from) = filter.applied_from {
        rows = rows.filter(applications::applied_on.ge(from));
    }
    if let Some(to) = filter.applied_to {
        rows = rows.filter(applications::applied_on.le(to));
    }
    if let Some(after) = filter.created_after {
        rows = rows.filter(applications::created_at.gt(after));
    }
    if let Some(after) = filter.updated_after {
        rows = rows.filter(applications::updated_at.gt(after));
    }
    if let Some(days) = filter.silent_for_days {
        let since = now - Duration::days(days.into());
        let heard = interviews::table
            .filter(interviews::owner_id.eq(applications::owner_id))
            .filter(interviews::application_id.eq(applications::id))
            .filter(interviews::scheduled_at.gt(since));
        rows = rows
            .filter(applications::status.eq_any([
                Status::Applied,
                Status::Screening,
                Status::Interviewing,
            ]))
            .filter(applications::status_since.le(since))
            .filter(not(exists(heard)));
    }
    let id = applications::id;
    let rows = match window.column() {
        "updated_at" => keyset!(rows, window.at_instant()?, (applications::updated_at, id)),
        "applied_on" => keyset!(
            rows,
            window.at_date()?,
            (date_or(applications::applied_on, no_date()), id)
        ),
        "company" => keyset!(
            rows,
            window.at_text()?.map(lower),
            (lower(applications::company), id)
        ),
        _ => keyset!(rows, window.at_instant()?, (applications::created_at, id)),
    };
    Ok(kept_if(filter.is_usual(), rows))
}

/// The place of an application in a sorted list.
pub fn place(application: &Application, sort: &str) -> (Key, Uuid) {
    let key = match sort.trim_start_matches('-') {
        "updated_at" => Key::Instant(application.updated_at),
        "applied_on" => Key::Date(application.applied_on.unwrap_or_else(no_date)),
        "company" => Key::Text(application.company.clone()),
        _ => Key::Instant(application.created_at),
    };
    (key, application.id)
}
