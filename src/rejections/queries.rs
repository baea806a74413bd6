//! The statements on rejections.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable, Timestamptz};
use uuid::Uuid;

use super::handlers::RejectionQuery;
use super::model::{Opening, Rejection, RejectionFields, SupersededBy};
use super::rules::{
    self, Channel, ReasonBasis, ReasonCode, RejectionState, ReplyAddress, StageReached, Standing,
};
use crate::db::cached::{ROWS_OF_A_BLOCK, block, cached, kept_if};
use crate::db::keyset::keyset;
use crate::db::pipeline::Select;
use crate::db::schema::rejections;
use crate::db::{Tx, ids};
use crate::http::error::Result;
use crate::http::page::{Key, Window};

define_sql_function! {
    /// An instant, or another one in its place.
    #[sql_name = "coalesce"]
    fn instant_or(instant: Nullable<Timestamptz>, other: Timestamptz) -> Timestamptz;
}

/// Stands for *nobody knows when* in sorting: before every instant that a field takes.
fn no_instant() -> DateTime<Utc> {
    DateTime::from_timestamp(-62_135_596_800, 0).expect("the first day of the calendar exists")
}

/// The rows of one owner: every statement starts here.
#[diesel::dsl::auto_type(no_type_alias)]
fn owned_by(owner: Uuid) -> _ {
    let mine: diesel::dsl::Eq<rejections::owner_id, Uuid> = rejections::owner_id.eq(owner);
    rejections::table.filter(mine)
}

/// One rejection.
pub(super) fn one(owner: Uuid, id: Uuid) -> impl Select<Rejection> {
    owned_by(owner)
        .filter(rejections::id.eq(id))
        .select(Rejection::as_select())
}

/// Those of these rejections that are there, in any order.
pub fn by_ids(tx: &mut Tx<'_>, ids: &[Uuid]) -> Result<Vec<Rejection>> {
    Ok(owned_by(tx.owner)
        .filter(rejections::id.eq_any(ids))
        .select(Rejection::as_select())
        .load(tx.conn)?)
}

/// One rejection, locked until the transaction ends.
pub fn lock(conn: &mut PgConnection, owner: Uuid, id: Uuid) -> Result<Rejection> {
    Ok(owned_by(owner)
        .filter(rejections::id.eq(id))
        .select(Rejection::as_select())
        .for_update()
        .first(conn)?)
}

/// The rejection that stands for an application; nothing when it is not rejected.
pub fn standing(
    conn: &mut PgConnection,
    owner: Uuid,
    application: Uuid,
) -> Result<Option<Rejection>> {
    Ok(owned_by(owner)
        .filter(rejections::application_id.eq(application))
        .filter(rejections::superseded_by.is_null())
        .select(Rejection::as_select())
        .first(conn)
        .optional()?)
}

/// The same, locked until the transaction ends.
pub(super) fn lock_standing(
    conn: &mut PgConnection,
    owner: Uuid,
    application: Uuid,
) -> Result<Option<Rejection>> {
    Ok(owned_by(owner)
        .filter(rejections::application_id.eq(application))
        .filter(rejections::superseded_by.is_null())
        .select(Rejection::as_select())
        .for_update()
        .first(conn)
        .optional()?)
}

/// A row to add. Every column that a new one has is named, so that the statement stays prepared.
#[derive(Insertable)]
#[diesel(table_name = rejections, treat_none_as_default_value = false)]
struct NewRow<'a> {
    owner_id: Uuid,
    id: Uuid,
    application_id: Uuid,
    received_at: Option<DateTime<Utc>>,
    channel: Option<Channel>,
    reply_address: Option<ReplyAddress>,
    stage_reached: StageReached,
    reason_code: ReasonCode,
    reason_basis: Option<ReasonBasis>,
    reason_text: Option<&'a str>,
    cooloff_hours: i32,
    cooloff_until: Option<DateTime<Utc>>,
    status: Standing,
    closed_at: Option<DateTime<Utc>>,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl<'a> NewRow<'a> {
    fn new(tx: &Tx<'_>, opening: &Opening<'a>) -> Self {
        let (details, received_at) = (opening.details, opening.received_at);
        let code = details.reason_code.unwrap_or(ReasonCode::NotStated);
        let text = details.reason_text.as_deref();
        Self {
            owner_id: tx.owner,
            id: ids::new_id(tx.now),
            application_id: opening.application_id,
            received_at,
            channel: details.channel,
            reply_address: details.reply_address,
            stage_reached: details.stage_reached.unwrap_or(opening.stage),
            reason_code: code,
            reason_basis: rules::basis(code, details.reason_basis, text),
            reason_text: text,
            cooloff_hours: opening.cooloff_hours,
            cooloff_until: received_at.map(|at| rules::cooloff_until(at, opening.cooloff_hours)),
            status: received_at.map_or(Standing::Closed, |_| Standing::Open),
            closed_at: received_at.is_none().then_some(tx.now),
            version: 1,
            created_at: tx.now,
            updated_at: tx.now,
        }
    }
}

/// A new rejection.
pub(super) fn insert(tx: &mut Tx<'_>, opening: &Opening<'_>) -> Result<Rejection> {
    let statement = diesel::insert_into(rejections::table)
        .values(NewRow::new(tx, opening))
        .returning(Rejection::as_returning());
    Ok(cached(statement).get_result(tx.conn)?)
}

/// New rejections, all or none; each with its application.
pub(super) fn insert_many(tx: &mut Tx<'_>, openings: &[Opening<'_>]) -> Result<Vec<(Uuid, Uuid)>> {
    let mut added = Vec::with_capacity(openings.len());
    for openings in openings.chunks(ROWS_OF_A_BLOCK) {
        let rows: Vec<NewRow<'_>> = openings.iter().map(|it| NewRow::new(tx, it)).collect();
        let statement = diesel::insert_into(rejections::table)
            .values(rows)
            .returning((rejections::id, rejections::application_id));
        let keys: Vec<(Uuid, Uuid)> = block(openings.len(), statement).get_results(tx.conn)?;
        added.extend(keys);
    }
    Ok(added)
}

/// Other fields for a rejection, whose row is locked.
pub(super) fn update(
    tx: &mut Tx<'_>,
    current: &Rejection,
    fields: &RejectionFields,
) -> Result<Rejection> {
    let until = fields.received_at;
    let until = until.map(|at| rules::cooloff_until(at, current.cooloff_hours));
    let statement = diesel::update(owned_by(tx.owner).filter(rejections::id.eq(current.id)))
        .set((
            fields,
            rejections::cooloff_until.eq(until),
            rejections::version.eq(rejections::version + 1),
            rejections::updated_at.eq(tx.now),
        ))
        .returning(Rejection::as_returning());
    Ok(cached(statement).get_result(tx.conn)?)
}

/// Replied to at an instant; nothing when it is not open.
pub(super) fn set_replied(
    tx: &mut Tx<'_>,
    id: Uuid,
    at: DateTime<Utc>,
) -> Result<Option<Rejection>> {
    let open = owned_by(tx.owner)
        .filter(rejections::id.eq(id))
        .filter(rejections::status.eq(Standing::Open));
    let statement = diesel::update(open)
        .set((
            rejections::status.eq(Standing::Replied),
            rejections::replied_at.eq(at),
            rejections::version.eq(rejections::version + 1),
            rejections::updated_at.eq(tx.now),
        ))
        .returning(Rejection::as_returning());
    Ok(cached(statement).get_result(tx.conn).optional()?)
}

/// Closed at an instant; nothing when it is not open.
pub(super) fn set_closed(
    tx: &mut Tx<'_>,
    id: Uuid,
    at: DateTime<Utc>,
) -> Result<Option<Rejection>> {
    let open = owned_by(tx.owner)
        .filter(rejections::id.eq(id))
        .filter(rejections::status.eq(Standing::Open));
    let statement = diesel::update(open)
        .set((
            rejections::status.eq(Standing::Closed),
            rejections::closed_at.eq(at),
            rejections::version.eq(rejections::version + 1),
            rejections::updated_at.eq(tx.now),
        ))
        .returning(Rejection::as_returning());
    Ok(cached(statement).get_result(tx.conn).optional()?)
}

/// Ends the standing rejection of an application, whose row is locked; nothing when there is none.
pub(super) fn supersede(
    tx: &mut Tx<'_>,
    application: Uuid,
    by: SupersededBy,
) -> Result<Option<Rejection>> {
    let Some(current) = lock_standing(tx.conn, tx.owner, application)? else {
        return Ok(None);
    };
    let (standing, closed_at) = match current.standing {
        Standing::Open => (Standing::Closed, Some(tx.now)),
        over => (over, current.closed_at),
    };
    let statement = diesel::update(owned_by(tx.owner).filter(rejections::id.eq(current.id)))
        .set((
            rejections::status.eq(standing),
            rejections::closed_at.eq(closed_at),
            rejections::superseded_by.eq(by),
            rejections::version.eq(rejections::version + 1),
            rejections::updated_at.eq(tx.now),
        ))
        .returning(Rejection::as_returning());
    Ok(Some(cached(statement).get_result(tx.conn)?))
}

/// A page of rejections.
pub(super) fn list(
    owner: Uuid,
    now: DateTime<Utc>,
    filter: &RejectionQuery,
    window: &Window,
) -> Result<impl Select<Rejection> + use<>> {
    let mut rows = owned_by(owner)
        .select(Rejection::as_select())
        .limit(window.fetch())
        .into_boxed::<Pg>();
    if let Some(application) = filter.application_id {
        rows = rows.filter(rejections::application_id.eq(application));
    }
    if !filter.state.is_empty() {
        let wants = |state| filter.state.contains(&state);
        let over = [
            (RejectionState::Replied, Standing::Replied),
            (RejectionState::Closed, Standing::Closed),
        ];
        let over = over.into_iter().filter(|(state, _)| wants(*state));
        let over: Vec<Standing> = over.map(|(_, standing)| standing).collect();
        let open = rejections::status.eq(Standing::Open);
        let until = rejections::cooloff_until.assume_not_null();
        rows = rows.filter(
            rejections::status
                .eq_any(over)
                .or(open
                    .and(until.gt(now))
                    .and(wants(RejectionState::CoolingOff).into_sql::<Bool>()))
                .or(open
                    .and(until.le(now))
                    .and(wants(RejectionState::Ready).into_sql::<Bool>())),
        );
    }
    if !filter.stage_reached.is_empty() {
        rows = rows.filter(rejections::stage_reached.eq_any(filter.stage_reached.clone()));
    }
    if !filter.reason_code.is_empty() {
        rows = rows.filter(rejections::reason_code.eq_any(filter.reason_code.clone()));
    }
    if let Some(after) = filter.created_after {
        rows = rows.filter(rejections::created_at.gt(after));
    }
    if let Some(after) = filter.updated_after {
        rows = rows.filter(rejections::updated_at.gt(after));
    }
    let start = window.at_instant()?;
    let rows = match window.column() {
        "received_at" => keyset!(
            rows,
            start,
            (
                instant_or(rejections::received_at, no_instant()),
                rejections::id
            )
        ),
        _ => keyset!(rows, start, (rejections::created_at, rejections::id)),
    };
    Ok(kept_if(filter.is_usual(), rows))
}

/// The place of a rejection in a sorted list.
pub(super) fn place(rejection: &Rejection, sort: &str) -> (Key, Uuid) {
    let at = match sort.trim_start_matches('-') {
        "received_at" => rejection.received_at.unwrap_or_else(no_instant),
        _ => rejection.created_at,
    };
    (Key::Instant(at), rejection.id)
}
