//! The statements on calendar feeds, and those that read what stands in them across features.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use uuid::Uuid;

use super::model::{CalendarFeed, CalendarFeedFields};
use super::rules::{self, About, Entry, REACH, Round, Stamp};
use crate::applications::rules::Status;
use crate::clock::local_date;
use crate::db::cached::cached;
use crate::db::keyset::{Direction, beyond};
use crate::db::schema::{applications, calendar_feeds, interviews, rejections};
use crate::db::{Tx, ids};
use crate::http::error::Result;
use crate::http::page::{Key, Window, wrong_cursor};
use crate::interviews::{InterviewKind, InterviewOutcome};
use crate::rejections::ReplyAddress;
use crate::rejections::rules::{Standing, reply_best_before};

/// Of each part a calendar has so many entries at most, the latest ones.
const MOST: i64 = 1_000;

/// The feeds of one owner: every statement on them starts here.
#[diesel::dsl::auto_type(no_type_alias)]
fn owned_by(owner: Uuid) -> _ {
    let mine: diesel::dsl::Eq<calendar_feeds::owner_id, Uuid> = calendar_feeds::owner_id.eq(owner);
    calendar_feeds::table.filter(mine)
}

#[diesel::dsl::auto_type(no_type_alias)]
fn applications_owned_by(owner: Uuid) -> _ {
    let mine: diesel::dsl::Eq<applications::owner_id, Uuid> = applications::owner_id.eq(owner);
    applications::table.filter(mine)
}

/// One feed.
pub(super) fn get(conn: &mut PgConnection, owner: Uuid, id: Uuid) -> Result<CalendarFeed> {
    Ok(owned_by(owner)
        .filter(calendar_feeds::id.eq(id))
        .select(CalendarFeed::as_select())
        .first(conn)?)
}

/// One feed, locked until the transaction ends.
pub(super) fn lock(conn: &mut PgConnection, owner: Uuid, id: Uuid) -> Result<CalendarFeed> {
    Ok(owned_by(owner)
        .filter(calendar_feeds::id.eq(id))
        .select(CalendarFeed::as_select())
        .for_update()
        .first(conn)?)
}

/// The feed of an address.
pub(super) fn find(
    conn: &mut PgConnection,
    owner: Uuid,
    token_hash: &[u8],
) -> Result<Option<CalendarFeed>> {
    Ok(owned_by(owner)
        .filter(calendar_feeds::token_hash.eq(token_hash))
        .select(CalendarFeed::as_select())
        .first(conn)
        .optional()?)
}

/// A new feed.
pub(super) fn insert(
    tx: &mut Tx<'_>,
    fields: &CalendarFeedFields,
    token_hash: &[u8],
) -> Result<CalendarFeed> {
    Ok(diesel::insert_into(calendar_feeds::table)
        .values((
            calendar_feeds::owner_id.eq(tx.owner),
            calendar_feeds::id.eq(ids::new_id(tx.now)),
            fields,
            calendar_feeds::token_hash.eq(token_hash),
            calendar_feeds::version.eq(1),
            calendar_feeds::created_at.eq(tx.now),
            calendar_feeds::updated_at.eq(tx.now),
        ))
        .returning(CalendarFeed::as_returning())
        .get_result(tx.conn)?)
}

/// Other fields for a feed.
pub(super) fn update(
    tx: &mut Tx<'_>,
    id: Uuid,
    fields: &CalendarFeedFields,
) -> Result<CalendarFeed> {
    let statement = diesel::update(owned_by(tx.owner).filter(calendar_feeds::id.eq(id)))
        .set((
            fields,
            calendar_feeds::version.eq(calendar_feeds::version + 1),
            calendar_feeds::updated_at.eq(tx.now),
        ))
        .returning(CalendarFeed::as_returning());
    Ok(cached(statement).get_result(tx.conn)?)
}

/// Removes a feed.
pub(super) fn delete(tx: &mut Tx<'_>, id: Uuid) -> Result<()> {
    diesel::delete(owned_by(tx.owner).filter(calendar_feeds::id.eq(id))).execute(tx.conn)?;
    Ok(())
}

/// A page of feeds, newest first.
pub(super) fn list(
    conn: &mut PgConnection,
    owner: Uuid,
    window: &Window,
) -> Result<Vec<CalendarFeed>> {
    let key = (calendar_feeds::created_at, calendar_feeds::id);
    let mut rows = owned_by(owner)
        .select(CalendarFeed::as_select())
        .order((calendar_feeds::created_at.desc(), calendar_feeds::id.desc()))
        .limit(window.fetch())
        .into_boxed::<Pg>();
    match window.after.as_ref().map(|cursor| (&cursor.key, cursor.id)) {
        None => {}
        Some((Key::Instant(at), last)) => {
            let at: DateTime<Utc> = *at;
            rows = rows.filter(beyond(key, (at, last), Direction::Descending));
        }
        Some(_) => return Err(wrong_cursor()),
    }
    Ok(rows.load(conn)?)
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = applications, check_for_backend(Pg))]
struct Named {
    company: String,
    job_title: String,
}

impl From<Named> for About {
    fn from(row: Named) -> Self {
        Self {
            company: row.company,
            job_title: row.job_title,
        }
    }
}

fn live() -> Vec<Status> {
    let live = Status::ALL.iter().filter(|status| status.is_live());
    live.copied().collect()
}

fn stamp((version, updated_at): (i32, DateTime<Utc>)) -> Stamp {
    Stamp {
        version,
        updated_at,
    }
}

/// Past interviews, and those ahead whose application is going on.
pub(super) fn interviews(tx: &mut Tx<'_>) -> Result<Vec<Entry>> {
    type Row = (
        Uuid,
        InterviewKind,
        DateTime<Utc>,
        Option<i32>,
        Option<String>,
        Option<String>,
        InterviewOutcome,
        (i32, DateTime<Utc>),
    );
    let of_it = interviews::owner_id
        .eq(applications::owner_id)
        .and(interviews::application_id.eq(applications::id));
    let (from, to) = (tx.now - REACH, tx.now + REACH);
    let rows: Vec<(Row, Named)> = applications_owned_by(tx.owner)
        .inner_join(interviews::table.on(of_it))
        .filter(interviews::scheduled_at.between(from, to))
        .filter(
            interviews::scheduled_at
                .le(tx.now)
                .or(applications::status.eq_any(live())),
        )
        .order((interviews::scheduled_at.desc(), interviews::id.desc()))
        .limit(MOST)
        .select((
            (
                interviews::id,
                interviews::kind,
                interviews::scheduled_at,
                interviews::duration_minutes,
                interviews::location,
                interviews::link,
                interviews::outcome,
                (interviews::version, interviews::updated_at),
            ),
            Named::as_select(),
        ))
        .load(tx.conn)?;
    let entry = |(
        (id, kind, scheduled_at, duration_minutes, location, link, outcome, changed),
        about,
    ): (Row, Named)| {
        let round = Round {
            id,
            kind,
            scheduled_at,
            duration_minutes,
            location,
            link,
            cancelled: outcome == InterviewOutcome::Cancelled,
        };
        rules::interview(round, &about.into(), stamp(changed))
    };
    Ok(rows.into_iter().map(entry).collect())
}

/// The days on which to look again at a live application.
pub(super) fn follow_ups(tx: &mut Tx<'_>, zone: chrono_tz::Tz) -> Result<Vec<Entry>> {
    type Row = (Uuid, NaiveDate, (i32, DateTime<Utc>), Named);
    let today = local_date(tx.now, zone);
    let day = applications::next_action_on.assume_not_null();
    let rows: Vec<Row> = applications_owned_by(tx.owner)
        .filter(applications::status.eq_any(live()))
        .filter(applications::next_action_on.is_not_null())
        .filter(day.between(today - REACH, today + REACH))
        .order((day.desc(), applications::id.desc()))
        .limit(MOST)
        .select((
            applications::id,
            day,
            (applications::version, applications::updated_at),
            Named::as_select(),
        ))
        .load(tx.conn)?;
    let entry = |(id, day, changed, about): (Uuid, NaiveDate, _, Named)| {
        rules::follow_up(id, day, &about.into(), stamp(changed))
    };
    Ok(rows.into_iter().map(entry).collect())
}

/// The windows of rejections that wait for a reply which somebody would read.
pub(super) fn reply_windows(tx: &mut Tx<'_>) -> Result<Vec<Entry>> {
    type Row = (Uuid, DateTime<Utc>, DateTime<Utc>, (i32, DateTime<Utc>));
    let of_it = rejections::owner_id
        .eq(applications::owner_id)
        .and(rejections::application_id.eq(applications::id));
    let (received, opens) = (
        rejections::received_at.assume_not_null(),
        rejections::cooloff_until.assume_not_null(),
    );
    let (from, to) = (tx.now - REACH, tx.now + REACH);
    let rows: Vec<(Row, Named)> = applications_owned_by(tx.owner)
        .inner_join(rejections::table.on(of_it))
        .filter(rejections::status.eq(Standing::Open))
        .filter(rejections::received_at.is_not_null())
        .filter(rejections::reply_address.is_distinct_from(ReplyAddress::NoReply))
        .filter(opens.between(from, to))
        .order((opens.desc(), rejections::id.desc()))
        .limit(MOST)
        .select((
            (
                rejections::id,
                received,
                opens,
                (rejections::version, rejections::updated_at),
            ),
            Named::as_select(),
        ))
        .load(tx.conn)?;
    let entry = |((id, received, opens, changed), about): (Row, Named)| {
        let best_before = reply_best_before(received, opens);
        rules::reply_window(id, opens, best_before, &about.into(), stamp(changed))
    };
    Ok(rows.into_iter().map(entry).collect())
}
