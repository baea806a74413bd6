//! The operations on reminders.

use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::model::{Reminder, ReminderMove, ReminderPage};
use super::rules::{ReminderKind, ReminderStatus};
use super::{about, plan, queries};
use crate::http::answer::Answer;
use crate::http::body::Body;
use crate::http::caller::{Caller, Id};
use crate::http::error::Result;
use crate::http::page::Window;
use crate::http::params::{Params, many};
use crate::http::rules::sane_instant;
use crate::text_enum;

text_enum! {
    /// How a list of reminders is sorted.
    pub enum ReminderSort {
        /// By the moment they come, the earliest first.
        RemindAt = "remind_at",
        /// By the moment they come, the latest first.
        RemindAtDescending = "-remind_at",
        /// Planned first first.
        CreatedAt = "created_at",
        /// Planned last first.
        CreatedAtDescending = "-created_at",
    }
}

/// Which reminders.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReminderQuery {
    /// With one of these statuses; repeat it or separate by commas.
    #[serde(default, deserialize_with = "many")]
    #[garde(length(max = 5))]
    #[param(max_items = 5)]
    pub(super) status: Vec<ReminderStatus>,
    /// Of one of these kinds; repeat it or separate by commas.
    #[serde(default, deserialize_with = "many")]
    #[garde(length(max = 6))]
    #[param(max_items = 6)]
    pub(super) kind: Vec<ReminderKind>,
    /// About this application or something that hangs on it.
    #[garde(skip)]
    pub(super) application_id: Option<Uuid>,
    /// Coming at this instant or later.
    #[garde(custom(sane_instant))]
    pub(super) from: Option<DateTime<Utc>>,
    /// Coming at this instant or earlier.
    #[garde(custom(sane_instant))]
    pub(super) to: Option<DateTime<Utc>>,
    /// Created after this instant.
    #[garde(custom(sane_instant))]
    pub(super) created_after: Option<DateTime<Utc>>,
    /// Changed after this instant.
    #[garde(custom(sane_instant))]
    pub(super) updated_after: Option<DateTime<Utc>>,
    /// The order; the earliest first without it.
    #[garde(skip)]
    #[param(inline)]
    sort: Option<ReminderSort>,
    /// Rows on the page.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 25)]
    limit: Option<i64>,
    /// The next_cursor of the page before.
    #[garde(length(max = 2000))]
    #[param(max_length = 2000)]
    cursor: Option<String>,
}

impl ReminderQuery {
    /// Is it one of the few combinations of filters that lists are asked for again and again?
    pub(super) fn is_usual(&self) -> bool {
        self.created_after.is_none() && self.updated_after.is_none()
    }
}

/// List reminders
///
/// What the service will remind you of within the next two days, and what it has reminded you of. Nothing
/// has to be set up for it: a day to look at an application again, the end of a cool-off, a feedback
/// request without an answer, an interview are enough. A change shows within seconds.
#[utoipa::path(tag = "Reminders", params(ReminderQuery),
    responses((status = 200, description = "A page of reminders.", body = ReminderPage)))]
#[get("/v1/reminders")]
pub async fn list_reminders(
    caller: Caller,
    Params(query): Params<ReminderQuery>,
) -> Result<HttpResponse> {
    let sort = query.sort.unwrap_or(ReminderSort::RemindAt);
    let window = Window::new(query.limit, sort.as_str(), query.cursor.as_deref())?;
    caller
        .list(move |tx| {
            let rows = queries::list(tx.conn, tx.owner, &query, &window)?;
            let mut words = about::of(tx, &rows)?;
            let page = window.page(rows, |row| queries::place(row, &window.sort));
            Ok(page.map(|row| {
                let about = words.remove(&row.id).map(|about| about.text);
                Reminder::new(row, about)
            }))
        })
        .await
}

/// Show a reminder
///
/// What it reminds of, when, and whether it was snoozed or dismissed.
#[utoipa::path(tag = "Reminders", params(("id" = Uuid, Path, description = "Id of the reminder.")),
    responses((status = 200, description = "The reminder.", body = Reminder)))]
#[get("/v1/reminders/{id}")]
pub async fn get_reminder(caller: Caller, Id(id): Id) -> Result<HttpResponse> {
    caller
        .get(move |tx| {
            let row = queries::get(tx.conn, tx.owner, id)?;
            about::shown(tx, row)
        })
        .await
}

/// Move a reminder
///
/// *Snoozed* puts it off until `snooze_until`, then it comes again, in quiet hours too. *Done* and
/// *dismissed* end it; the same thing is not reminded of again, unless it gets another day.
#[utoipa::path(tag = "Reminders", params(("id" = Uuid, Path, description = "Id of the reminder.")),
    request_body = ReminderMove,
    responses(
        (status = 200, description = "The reminder after the move.", body = Reminder),
        (status = 409, description = "`illegal_transition`: the move is not allowed; the answer has `from`, `to` and `allowed`.")))]
#[post("/v1/reminders/{id}/transitions")]
pub async fn transition_reminder(
    caller: Caller,
    Id(id): Id,
    body: Body<ReminderMove>,
) -> Result<HttpResponse> {
    caller
        .post(body.fingerprint, move |tx, precondition| {
            let current = queries::lock(tx.conn, tx.owner, id)?;
            precondition.check(&current)?;
            let moved = plan::transition(tx, &current, &body.value)?;
            Answer::resource(&about::shown(tx, moved)?)
        })
        .await
}
