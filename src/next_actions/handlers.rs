//! The operation that proposes next actions.

use actix_web::{HttpResponse, get};
use chrono::{Duration, NaiveDate};

use super::model::{NextActionPage, Situation};
use super::queries::{self, Wanted};
use super::rules;
use crate::account::{Preferences, preferences};
use crate::clock::local_date;
use crate::db::Tx;
use crate::goals;
use crate::http::caller::Caller;
use crate::http::error::Result;
use crate::http::page::Page;
use crate::rest;

/// Propose next actions
///
/// At most three, each with its reason and link, in an order that stays the same: interviews, then a reply
/// while it is remembered, what you wanted to look at, feedback, a reflection, the goals of the day, people,
/// silence. On the day of a rejection and on a day of rest there is nothing but rest, and interviews.
#[utoipa::path(tag = "Next actions",
    responses((status = 200, description = "The next actions, all on one page.", body = NextActionPage)))]
#[get("/v1/next-actions")]
pub async fn list_next_actions(caller: Caller) -> Result<HttpResponse> {
    caller
        .list(|tx| {
            let preferences = preferences(tx.conn, tx.owner)?;
            let today = local_date(tx.now, preferences.time_zone);
            let situation = situation(tx, &preferences, today)?;
            Ok(Page {
                data: rules::choose(&situation, tx.now, today),
                next_cursor: None,
            })
        })
        .await
}

/// Reads what there is to do. On a day of rest only appointments are asked for.
fn situation(tx: &mut Tx<'_>, preferences: &Preferences, today: NaiveDate) -> Result<Situation> {
    let (owner, now) = (tx.owner, tx.now);
    let resting = rest::today(tx, preferences.time_zone)?;
    let interviews = queries::interviews(tx.conn, owner, now)?;
    if resting.is_some() {
        return Ok(Situation {
            resting,
            interviews,
            ..Situation::default()
        });
    }
    let silent_since = now - Duration::days(preferences.ghost_after_days.into());
    Ok(Situation {
        resting,
        interviews,
        to_answer: queries::rejections(tx.conn, owner, now, Wanted::Reply)?,
        to_look_at: queries::to_look_at(tx.conn, owner, today)?,
        to_nudge: queries::to_nudge(tx.conn, owner, now)?,
        to_ask: queries::rejections(tx.conn, owner, now, Wanted::Feedback)?,
        to_reflect_on: queries::rejections(tx.conn, owner, now, Wanted::Reflection)?,
        goals: goals::active(tx)?,
        contacts: queries::contacts(tx.conn, owner, today)?,
        silent: queries::silent(tx.conn, owner, silent_since)?,
    })
}
