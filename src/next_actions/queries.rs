//! The statements that next actions are made from. Each reads a few rows of one owner.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use uuid::Uuid;

use super::model::{
    ComingInterview, DueContact, QuietRequest, RecentRejection, WaitingApplication,
};
use super::rules::{INTERVIEWS_WITHIN, MOST};
use crate::applications::rules::Status;
use crate::db::schema::{
    applications, contacts, feedback_requests, interviews, reflections, rejections,
};
use crate::feedback::rules::{ANSWER_WITHIN, FeedbackStatus, NUDGE_AFTER};
use crate::http::error::Result;
use crate::interviews::InterviewOutcome;
use crate::rejections::ReplyAddress;
use crate::rejections::rules::Standing;

/// No list gives more than there are next actions.
const FEW: i64 = MOST as i64;
/// A rejection is spoken of for so many days.
const REMEMBERED_DAYS: i64 = 30;
/// The longest time after which a reply is still in place: the longest cool-off and a day.
const LONGEST_WINDOW: Duration = Duration::hours(72 + 24);

/// The applications of one owner.
#[diesel::dsl::auto_type(no_type_alias)]
fn owned_by(owner: Uuid) -> _ {
    let mine: diesel::dsl::Eq<applications::owner_id, Uuid> = applications::owner_id.eq(owner);
    applications::table.filter(mine)
}

/// Interviews that begin soon, the earliest first.
pub(super) fn interviews(
    conn: &mut PgConnection,
    owner: Uuid,
    now: DateTime<Utc>,
) -> Result<Vec<ComingInterview>> {
    let same = interviews::owner_id
        .eq(applications::owner_id)
        .and(interviews::application_id.eq(applications::id));
    Ok(owned_by(owner)
        .inner_join(interviews::table.on(same))
        .filter(interviews::owner_id.eq(owner))
        .filter(interviews::outcome.eq(InterviewOutcome::Pending))
        .filter(interviews::scheduled_at.ge(now))
        .filter(interviews::scheduled_at.le(now + INTERVIEWS_WITHIN))
        .order((interviews::scheduled_at, interviews::id))
        .limit(FEW)
        .select((
            interviews::id,
            interviews::kind,
            interviews::scheduled_at,
            interviews::prepared_on,
            applications::company,
        ))
        .load(conn)?)
}

/// What a rejection still asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// A reply.
    Reply,
    /// A request for feedback, once it was replied to.
    Feedback,
    /// A reflection.
    Reflection,
}

/// Standing rejections whose cool-off is over and which still ask for this, the earliest first.
pub(super) fn rejections(
    conn: &mut PgConnection,
    owner: Uuid,
    now: DateTime<Utc>,
    wanted: Wanted,
) -> Result<Vec<RecentRejection>> {
    let same = rejections::owner_id
        .eq(applications::owner_id)
        .and(rejections::application_id.eq(applications::id));
    let received_at = rejections::received_at.assume_not_null();
    let cooloff_until = rejections::cooloff_until.assume_not_null();
    let since = match wanted {
        Wanted::Reply => now - LONGEST_WINDOW,
        Wanted::Feedback | Wanted::Reflection => now - Duration::days(REMEMBERED_DAYS),
    };
    let mut rows = owned_by(owner)
        .inner_join(rejections::table.on(same))
        .filter(rejections::owner_id.eq(owner))
        .filter(rejections::superseded_by.is_null())
        .filter(rejections::received_at.ge(since))
        .filter(rejections::cooloff_until.le(now))
        .order((received_at, rejections::id))
        .limit(FEW)
        .select((
            rejections::id,
            rejections::application_id,
            received_at,
            cooloff_until,
            applications::company,
            applications::job_title,
        ))
        .into_boxed();
    let somebody_reads = rejections::reply_address.is_distinct_from(ReplyAddress::NoReply);
    match wanted {
        Wanted::Reply => {
            rows = rows
                .filter(rejections::status.eq(Standing::Open))
                .filter(somebody_reads);
        }
        Wanted::Feedback => {
            let asked = feedback_requests::table
                .filter(feedback_requests::owner_id.eq(applications::owner_id))
                .filter(feedback_requests::application_id.eq(applications::id));
            rows = rows
                .filter(rejections::status.eq(Standing::Replied))
                .filter(somebody_reads)
                .filter(not(exists(asked)));
        }
        Wanted::Reflection => {
            let written = reflections::table
                .filter(reflections::owner_id.eq(applications::owner_id))
                .filter(reflections::application_id.eq(applications::id.nullable()));
            rows = rows.filter(not(exists(written)));
        }
    }
    Ok(rows.load(conn)?)
}

/// Live applications that the user wanted to look at by a day, the earliest first.
pub(super) fn to_look_at(
    conn: &mut PgConnection,
    owner: Uuid,
    today: NaiveDate,
) -> Result<Vec<WaitingApplication<NaiveDate>>> {
    let live = Status::ALL.iter().filter(|status| status.is_live());
    Ok(owned_by(owner)
        .filter(applications::status.eq_any(live.collect::<Vec<_>>()))
        .filter(applications::next_action_on.le(today))
        .order((applications::next_action_on, applications::id))
        .limit(FEW)
        .select((
            applications::id,
            applications::company,
            applications::job_title,
            applications::next_action_on.assume_not_null(),
        ))
        .load(conn)?)
}

/// Requests for feedback that one nudge is in place for, the earliest first.
pub(super) fn to_nudge(
    conn: &mut PgConnection,
    owner: Uuid,
    now: DateTime<Utc>,
) -> Result<Vec<QuietRequest>> {
    let same = feedback_requests::owner_id
        .eq(applications::owner_id)
        .and(feedback_requests::application_id.eq(applications::id));
    Ok(owned_by(owner)
        .inner_join(feedback_requests::table.on(same))
        .filter(feedback_requests::owner_id.eq(owner))
        .filter(feedback_requests::status.eq(FeedbackStatus::Sent))
        .filter(feedback_requests::nudged_at.is_null())
        .filter(feedback_requests::sent_at.le(now - NUDGE_AFTER))
        .filter(feedback_requests::sent_at.gt(now - ANSWER_WITHIN))
        .order((feedback_requests::sent_at, feedback_requests::id))
        .limit(FEW)
        .select((
            feedback_requests::id,
            feedback_requests::sent_at.assume_not_null(),
            applications::company,
        ))
        .load(conn)?)
}

/// The contacts of one owner.
#[diesel::dsl::auto_type(no_type_alias)]
fn contacts_owned_by(owner: Uuid) -> _ {
    let mine: diesel::dsl::Eq<contacts::owner_id, Uuid> = contacts::owner_id.eq(owner);
    contacts::table.filter(mine)
}

/// Who it is time to be in touch with, the longest overdue first.
pub(super) fn contacts(
    conn: &mut PgConnection,
    owner: Uuid,
    today: NaiveDate,
) -> Result<Vec<DueContact>> {
    Ok(contacts_owned_by(owner)
        .filter(contacts::touch_order.le(today))
        .order((contacts::touch_order, contacts::id))
        .limit(FEW)
        .select((contacts::id, contacts::name, contacts::touch_order))
        .load(conn)?)
}

/// Applications without any word for so many days, the longest silent first.
pub(super) fn silent(
    conn: &mut PgConnection,
    owner: Uuid,
    since: DateTime<Utc>,
) -> Result<Vec<WaitingApplication<DateTime<Utc>>>> {
    let heard = interviews::table
        .filter(interviews::owner_id.eq(applications::owner_id))
        .filter(interviews::application_id.eq(applications::id))
        .filter(interviews::scheduled_at.gt(since));
    Ok(owned_by(owner)
        .filter(applications::status.eq_any([
            Status::Applied,
            Status::Screening,
            Status::Interviewing,
        ]))
        .filter(applications::status_since.le(since))
        .filter(not(exists(heard)))
        .order((applications::status_since, applications::id))
        .limit(FEW)
        .select((
            applications::id,
            applications::company,
            applications::job_title,
            applications::status_since,
        ))
        .load(conn)?)
}
