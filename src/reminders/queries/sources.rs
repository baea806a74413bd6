//! What there is to remind of: the statements that read across features. They only read.

use std::collections::HashMap;

use chrono::{DateTime, Duration, NaiveDate, SecondsFormat, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use crate::applications::rules::Status;
use crate::db::Tx;
use crate::db::schema::{applications, contacts, feedback_requests, goals, interviews, rejections};
use crate::feedback::rules::{self as feedback_rules, FeedbackStatus};
use crate::goals::{Goal, GoalKind, GoalStatus};
use crate::http::error::Result;
use crate::interviews::InterviewOutcome;
use crate::rejections::ReplyAddress;
use crate::rejections::rules::{Standing, reply_best_before};
use crate::reminders::reconcile::{AHEAD, Cause, LATE};
use crate::reminders::rules::{Days, ReminderKind};

/// What is asked for: causes that are due about now, and those of reminders that are open.
pub(in crate::reminders) struct Wanted<'a> {
    /// The user's days.
    pub(in crate::reminders) days: &'a Days,
    /// What open reminders are about.
    pub(in crate::reminders) known: &'a HashMap<ReminderKind, Vec<Uuid>>,
}

impl Wanted<'_> {
    fn known(&self, kind: ReminderKind) -> &[Uuid] {
        self.known.get(&kind).map_or(&[], Vec::as_slice)
    }

    /// Instants that may matter.
    fn about_now(&self) -> (DateTime<Utc>, DateTime<Utc>) {
        (self.days.now - LATE, self.days.now + AHEAD)
    }

    /// Days that may matter, with one more at each end.
    fn about_today(&self) -> (NaiveDate, NaiveDate) {
        let (from, to) = (LATE + Duration::days(1), AHEAD + Duration::days(1));
        let today = self.days.today();
        (today - from, today + to)
    }
}

fn written(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

#[diesel::dsl::auto_type(no_type_alias)]
fn applications_owned_by(owner: Uuid) -> _ {
    let mine: diesel::dsl::Eq<applications::owner_id, Uuid> = applications::owner_id.eq(owner);
    applications::table.filter(mine)
}

#[diesel::dsl::auto_type(no_type_alias)]
fn interviews_owned_by(owner: Uuid) -> _ {
    let mine: diesel::dsl::Eq<interviews::owner_id, Uuid> = interviews::owner_id.eq(owner);
    interviews::table.filter(mine)
}

#[diesel::dsl::auto_type(no_type_alias)]
fn rejections_owned_by(owner: Uuid) -> _ {
    let mine: diesel::dsl::Eq<rejections::owner_id, Uuid> = rejections::owner_id.eq(owner);
    rejections::table.filter(mine)
}

#[diesel::dsl::auto_type(no_type_alias)]
fn feedback_requests_owned_by(owner: Uuid) -> _ {
    let mine: diesel::dsl::Eq<feedback_requests::owner_id, Uuid> =
        feedback_requests::owner_id.eq(owner);
    feedback_requests::table.filter(mine)
}

#[diesel::dsl::auto_type(no_type_alias)]
fn contacts_owned_by(owner: Uuid) -> _ {
    let mine: diesel::dsl::Eq<contacts::owner_id, Uuid> = contacts::owner_id.eq(owner);
    contacts::table.filter(mine)
}

#[diesel::dsl::auto_type(no_type_alias)]
fn goals_owned_by(owner: Uuid) -> _ {
    let mine: diesel::dsl::Eq<goals::owner_id, Uuid> = goals::owner_id.eq(owner);
    goals::table.filter(mine)
}

fn live() -> Vec<Status> {
    let live = Status::ALL.iter().filter(|status| status.is_live());
    live.copied().collect()
}

/// Everything there is to remind of.
pub(in crate::reminders) fn causes(tx: &mut Tx<'_>, wanted: &Wanted<'_>) -> Result<Vec<Cause>> {
    let mut causes = follow_ups(tx, wanted)?;
    causes.extend(reply_windows(tx, wanted)?);
    causes.extend(feedback_nudges(tx, wanted)?);
    causes.extend(touches(tx, wanted)?);
    causes.extend(goal_days(tx, wanted)?);
    causes.extend(interviews(tx, wanted)?);
    Ok(causes)
}

/// Live applications that have a day to look at them again.
fn follow_ups(tx: &mut Tx<'_>, wanted: &Wanted<'_>) -> Result<Vec<Cause>> {
    let (from, to) = wanted.about_today();
    let day = applications::next_action_on.assume_not_null();
    let known = wanted.known(ReminderKind::FollowUp);
    let rows: Vec<(Uuid, NaiveDate)> = applications_owned_by(tx.owner)
        .filter(applications::status.eq_any(live()))
        .filter(applications::next_action_on.is_not_null())
        .filter(day.between(from, to).or(applications::id.eq_any(known)))
        .select((applications::id, day))
        .load(tx.conn)?;
    let cause = |(id, day): (Uuid, NaiveDate)| Cause {
        kind: ReminderKind::FollowUp,
        resource_id: id,
        application_id: Some(id),
        occurrence: day.to_string(),
        due: wanted.days.morning(day),
        since: None,
    };
    Ok(rows.into_iter().map(cause).collect())
}

/// Rejections that wait for a reply which somebody would read.
fn reply_windows(tx: &mut Tx<'_>, wanted: &Wanted<'_>) -> Result<Vec<Cause>> {
    let (from, to) = wanted.about_now();
    let (received, opens) = (
        rejections::received_at.assume_not_null(),
        rejections::cooloff_until.assume_not_null(),
    );
    let known = wanted.known(ReminderKind::ReplyWindow);
    let rows: Vec<(Uuid, Uuid, DateTime<Utc>, DateTime<Utc>)> = rejections_owned_by(tx.owner)
        .filter(rejections::status.eq(Standing::Open))
        .filter(rejections::received_at.is_not_null())
        .filter(rejections::reply_address.is_distinct_from(ReplyAddress::NoReply))
        .filter(opens.between(from, to).or(rejections::id.eq_any(known)))
        .select((rejections::id, rejections::application_id, received, opens))
        .load(tx.conn)?;
    let worth_a_word = |(id, _, received, opens): &(Uuid, Uuid, DateTime<Utc>, DateTime<Utc>)| {
        known.contains(id) || reply_best_before(*received, *opens) > wanted.days.now
    };
    let cause = |(id, application, _, opens)| Cause {
        kind: ReminderKind::ReplyWindow,
        resource_id: id,
        application_id: Some(application),
        occurrence: written(opens),
        due: opens,
        since: None,
    };
    Ok(rows.into_iter().filter(worth_a_word).map(cause).collect())
}

/// Feedback requests that may be nudged once, soon or by now.
fn feedback_nudges(tx: &mut Tx<'_>, wanted: &Wanted<'_>) -> Result<Vec<Cause>> {
    let (from, to) = wanted.about_now();
    let nudge = feedback_rules::NUDGE_AFTER;
    let sent = feedback_requests::sent_at.assume_not_null();
    let known = wanted.known(ReminderKind::FeedbackNudge);
    let about_now = sent.between(from - nudge, to - nudge);
    let rows: Vec<(Uuid, Uuid, DateTime<Utc>)> = feedback_requests_owned_by(tx.owner)
        .filter(feedback_requests::status.eq(FeedbackStatus::Sent))
        .filter(feedback_requests::nudged_at.is_null())
        .filter(feedback_requests::sent_at.gt(feedback_rules::silent_since(tx.now)))
        .filter(about_now.or(feedback_requests::id.eq_any(known)))
        .select((
            feedback_requests::id,
            feedback_requests::application_id,
            sent,
        ))
        .load(tx.conn)?;
    let cause = |(id, application, sent): (Uuid, Uuid, DateTime<Utc>)| Cause {
        kind: ReminderKind::FeedbackNudge,
        resource_id: id,
        application_id: Some(application),
        occurrence: written(sent),
        due: sent + nudge,
        since: None,
    };
    Ok(rows.into_iter().map(cause).collect())
}

/// Interviews of live applications that lie ahead: a day before and an hour before.
fn interviews(tx: &mut Tx<'_>, wanted: &Wanted<'_>) -> Result<Vec<Cause>> {
    let last = wanted.days.now + AHEAD + Duration::days(1);
    let known = wanted.known(ReminderKind::Interview);
    let going_on = applications_owned_by(tx.owner)
        .filter(applications::status.eq_any(live()))
        .select(applications::id);
    let soon = interviews::scheduled_at.le(last);
    let rows: Vec<(Uuid, Uuid, DateTime<Utc>, DateTime<Utc>)> = interviews_owned_by(tx.owner)
        .filter(interviews::outcome.eq(InterviewOutcome::Pending))
        .filter(interviews::application_id.eq_any(going_on))
        .filter(interviews::scheduled_at.gt(tx.now))
        .filter(soon.or(interviews::id.eq_any(known)))
        .select((
            interviews::id,
            interviews::application_id,
            interviews::scheduled_at,
            interviews::updated_at,
        ))
        .load(tx.conn)?;
    let causes =
        |(id, application, begins, updated): (Uuid, Uuid, DateTime<Utc>, DateTime<Utc>)| {
            [("day", Duration::days(1)), ("hour", Duration::hours(1))].map(|(name, before)| Cause {
                kind: ReminderKind::Interview,
                resource_id: id,
                application_id: Some(application),
                occurrence: format!("{}/{name}", written(begins)),
                due: begins - before,
                since: Some(updated),
            })
        };
    Ok(rows.into_iter().flat_map(causes).collect())
}

/// Contacts to get in touch with again.
fn touches(tx: &mut Tx<'_>, wanted: &Wanted<'_>) -> Result<Vec<Cause>> {
    let (from, to) = wanted.about_today();
    let day = contacts::next_touch_on.assume_not_null();
    let known = wanted.known(ReminderKind::TouchDue);
    let rows: Vec<(Uuid, NaiveDate)> = contacts_owned_by(tx.owner)
        .filter(contacts::next_touch_on.is_not_null())
        .filter(day.between(from, to).or(contacts::id.eq_any(known)))
        .select((contacts::id, day))
        .load(tx.conn)?;
    let cause = |(id, day): (Uuid, NaiveDate)| Cause {
        kind: ReminderKind::TouchDue,
        resource_id: id,
        application_id: None,
        occurrence: day.to_string(),
        due: wanted.days.morning(day),
        since: None,
    };
    Ok(rows.into_iter().map(cause).collect())
}

/// Active goals whose day comes to its end without being met: each day, the last day of a week or month,
/// the day on which a single one is due. A period that is excused asks for nothing.
fn goal_days(tx: &mut Tx<'_>, wanted: &Wanted<'_>) -> Result<Vec<Cause>> {
    let timed = goals::due_on.is_not_null();
    let ids: Vec<Uuid> = goals_owned_by(tx.owner)
        .filter(goals::status.eq(GoalStatus::Active))
        .filter(goals::kind.eq(GoalKind::Recurring).or(timed))
        .select(goals::id)
        .load(tx.conn)?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let cause = |goal: Goal| {
        let progress = goal.progress;
        let mut excused = progress.excused.iter();
        let asks = !progress.met && excused.all(|it| it.period_start != progress.period_start);
        let day = progress.period_end.filter(|_| asks)?;
        Some(Cause {
            kind: ReminderKind::GoalDay,
            resource_id: goal.id,
            application_id: None,
            occurrence: day.to_string(),
            due: wanted.days.evening(day),
            since: Some(goal.created_at),
        })
    };
    Ok(crate::goals::by_ids(tx, &ids)?
        .into_iter()
        .filter_map(cause)
        .collect())
}
