//! The calendar itself, for programs that have the address and nothing else.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get};
use utoipa::ToSchema;

use super::model::{CalendarFeed, CalendarPart};
use super::rules::{self, Entry, REACH};
use super::{ics, queries, token};
use crate::account;
use crate::clock::local_date;
use crate::config::EmailVerification;
use crate::db::Tx;
use crate::goals;
use crate::http::answer;
use crate::http::caller::{database, services};
use crate::http::error::{Error, Result};

/// A calendar (RFC 5545).
#[derive(ToSchema)]
#[schema(value_type = String, max_length = 10_000_000)]
#[expect(
    dead_code,
    reason = "only its schema is used; the text is written line by line"
)]
pub struct CalendarText(String);

/// Follow a calendar
///
/// For calendar programs: the interviews, follow-ups, reply windows and goal days of a feed, from a year ago
/// to a year ahead, at most 1,000 of each. The address is the secret; nobody signs in. It has a strong
/// `ETag`: nothing changed is 304.
#[utoipa::path(tag = "Calendar", params(
        ("file" = String, Path, description = "The secret of the feed, followed by `.ics`.", max_length = 100),
        ("If-None-Match" = Option<String>, Header, description = "The ETag of the copy that the program has; 304 when it is still the same.")),
    responses(
        (status = 200, description = "The calendar.", body = CalendarText, content_type = "text/calendar"),
        (status = 304, description = "The program's copy is still the same."),
        (status = 404, description = "`not_found`: there is no such calendar, or not any more.")))]
#[get("/calendar/{file}")]
pub async fn download_calendar(request: HttpRequest) -> Result<HttpResponse> {
    let file = request.match_info().query("file");
    let secret = file.strip_suffix(".ics").and_then(token::read);
    let (owner, hash) = secret.ok_or_else(Error::not_found)?;
    let verification = services(&request)?.settings.verification();
    let text = database(&request)?
        .read(owner, move |tx| calendar(tx, &hash, verification))
        .await?;
    let mut response = answer::file(&request, "text/calendar; charset=utf-8", text);
    let revalidated = header::HeaderValue::from_static("private, no-cache");
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, revalidated);
    Ok(response)
}

fn calendar(tx: &mut Tx<'_>, hash: &[u8], verification: EmailVerification) -> Result<String> {
    let feed = queries::find(tx.conn, tx.owner, hash)?.ok_or_else(Error::not_found)?;
    // Whoever may not sign in any more is shown nothing here either.
    account::recipient(tx.conn, tx.owner, verification)?.ok_or_else(Error::not_found)?;
    let entries = entries(tx, &feed)?.into_iter();
    let told = entries.map(|entry| rules::told(entry, feed.details));
    Ok(ics::write(&feed.name, feed.details, told.collect()))
}

fn entries(tx: &mut Tx<'_>, feed: &CalendarFeed) -> Result<Vec<Entry>> {
    let zone = account::preferences(tx.conn, tx.owner)?.time_zone;
    let mut entries = Vec::new();
    for part in CalendarPart::ALL
        .iter()
        .filter(|it| feed.include.contains(it))
    {
        entries.extend(match part {
            CalendarPart::Interviews => queries::interviews(tx)?,
            CalendarPart::FollowUps => queries::follow_ups(tx, zone)?,
            CalendarPart::ReplyWindows => queries::reply_windows(tx)?,
            CalendarPart::GoalDays => goal_days(tx, zone)?,
        });
    }
    Ok(entries)
}

/// Active goals that are not met yet: the day on which a single one is due, and of recurring ones the last
/// day of the running period. An excused period asks for nothing.
fn goal_days(tx: &mut Tx<'_>, zone: chrono_tz::Tz) -> Result<Vec<Entry>> {
    let today = local_date(tx.now, zone);
    let near = today - REACH..=today + REACH;
    let entry = |goal: goals::Goal| {
        let progress = &goal.progress;
        let mut excused = progress.excused.iter();
        let asks = !progress.met && excused.all(|it| it.period_start != progress.period_start);
        let day = progress
            .period_end
            .filter(|day| asks && near.contains(day))?;
        let stamp = rules::Stamp {
            version: goal.version,
            updated_at: goal.updated_at,
        };
        Some(rules::goal_day(goal.id, day, &goal.title, stamp))
    };
    Ok(goals::active(tx)?.into_iter().filter_map(entry).collect())
}
