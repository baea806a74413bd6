//! The operation that shows a journey.

use std::collections::HashMap;

use actix_web::{HttpResponse, get};
use garde::Validate;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::model::{Journey, JourneyEntry, JourneyEntryType, JourneyLinks, JourneyPage, Stop};
use super::queries;
use crate::applications;
use crate::db::Tx;
use crate::feedback;
use crate::goals::{self, Goal, GoalOriginType};
use crate::http::answer;
use crate::http::caller::{Caller, Id};
use crate::http::error::Result;
use crate::http::page::{Key, Window};
use crate::http::params::Params;
use crate::interviews;
use crate::messages;
use crate::reflections;
use crate::rejections::{self, RejectionAnswer};

/// Which part of a journey.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct JourneyQuery {
    /// Entries on the page.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 25)]
    limit: Option<i64>,
    /// The next_cursor of the page before.
    #[garde(length(max = 2000))]
    #[param(max_length = 2000)]
    cursor: Option<String>,
}

/// Show the journey of an application
///
/// Everything around it in the order in which it happened: steps and notes, interviews, the rejection,
/// messages, feedback, reflections and the goals that grew from them. What was deleted leaves a tombstone.
#[utoipa::path(tag = "Journey", params(("id" = Uuid, Path, description = "Id of the application."), JourneyQuery),
    responses((status = 200, description = "The application with a page of its journey.", body = JourneyPage)))]
#[get("/v1/applications/{id}/journey")]
pub async fn get_journey(
    caller: Caller,
    Id(id): Id,
    Params(query): Params<JourneyQuery>,
) -> Result<HttpResponse> {
    let window = Window::new(query.limit, "at", query.cursor.as_deref())?;
    let journey = caller
        .read(move |tx| {
            let application = applications::get(tx.conn, tx.owner, id)?;
            let stops = queries::stops(tx.conn, tx.owner, id, &window)?;
            let page = window.page(stops, |stop| (Key::Instant(stop.at), stop.id));
            let mut sources = Sources::read(tx, &page.data)?;
            let page = page.map(|stop| sources.entry(id, stop));
            Ok(Journey { application, page })
        })
        .await?;
    let next = journey.page.next_cursor.as_deref();
    answer::listed(caller.request(), next, &journey)
}

/// What the entries of a page hold: one query for each type that is on it.
struct Sources {
    timeline: HashMap<Uuid, applications::timeline::TimelineEntry>,
    interviews: HashMap<Uuid, interviews::Interview>,
    rejections: HashMap<Uuid, RejectionAnswer>,
    messages: HashMap<Uuid, messages::Message>,
    feedback: HashMap<Uuid, feedback::FeedbackRequest>,
    reflections: HashMap<Uuid, reflections::Reflection>,
    goals: HashMap<Uuid, Goal>,
}

/// Reads what is on the page of one type; nothing is asked for a type that is not on it.
fn fetch<T>(
    tx: &mut Tx<'_>,
    stops: &[Stop],
    kind: JourneyEntryType,
    read: impl FnOnce(&mut Tx<'_>, &[Uuid]) -> Result<Vec<T>>,
    id: impl Fn(&T) -> Uuid,
) -> Result<HashMap<Uuid, T>> {
    let of_kind = stops.iter().filter(|stop| stop.kind == kind);
    let ids: Vec<Uuid> = of_kind.map(|stop| stop.id).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = read(tx, &ids)?;
    Ok(rows.into_iter().map(|row| (id(&row), row)).collect())
}

fn rejections(tx: &mut Tx<'_>, ids: &[Uuid]) -> Result<Vec<RejectionAnswer>> {
    let rows = rejections::by_ids(tx, ids)?;
    let now = tx.now;
    Ok(rows
        .into_iter()
        .map(|row| RejectionAnswer::at(row, now))
        .collect())
}

impl Sources {
    fn read(tx: &mut Tx<'_>, on: &[Stop]) -> Result<Self> {
        use JourneyEntryType as Type;
        let timeline = applications::timeline_by_ids;
        Ok(Self {
            timeline: fetch(tx, on, Type::TimelineEntry, timeline, |it| it.id)?,
            interviews: fetch(tx, on, Type::Interview, interviews::by_ids, |it| it.id)?,
            rejections: fetch(tx, on, Type::Rejection, rejections, |it| it.id)?,
            messages: fetch(tx, on, Type::Message, messages::by_ids, |it| it.id)?,
            feedback: fetch(tx, on, Type::FeedbackRequest, feedback::by_ids, |it| it.id)?,
            reflections: fetch(tx, on, Type::Reflection, reflections::by_ids, |it| it.id)?,
            goals: fetch(tx, on, Type::Goal, goals::by_ids, |it| it.id)?,
        })
    }

    fn entry(&mut self, application: Uuid, stop: Stop) -> JourneyEntry {
        let id = stop.id;
        let goal = self.goals.remove(&id);
        JourneyEntry {
            kind: stop.kind,
            id,
            at: stop.at,
            links: JourneyLinks {
                itself: path(application, stop.kind, id),
                suggested_goals: suggested_goals(stop.kind, id),
                origin: goal.as_ref().and_then(origin),
            },
            timeline_entry: self.timeline.remove(&id),
            interview: self.interviews.remove(&id),
            rejection: self.rejections.remove(&id),
            message: self.messages.remove(&id),
            feedback_request: self.feedback.remove(&id),
            reflection: self.reflections.remove(&id),
            goal,
            deleted_type: stop.deleted_type,
        }
    }
}

/// Where the resource of an entry is; a tombstone leads nowhere.
fn path(application: Uuid, kind: JourneyEntryType, id: Uuid) -> Option<String> {
    let collection = match kind {
        JourneyEntryType::TimelineEntry => {
            return Some(format!("/v1/applications/{application}/timeline"));
        }
        JourneyEntryType::Interview => "interviews",
        JourneyEntryType::Rejection => "rejections",
        JourneyEntryType::Message => "messages",
        JourneyEntryType::FeedbackRequest => "feedback-requests",
        JourneyEntryType::Reflection => "reflections",
        JourneyEntryType::Goal => "goals",
        JourneyEntryType::Tombstone => return None,
    };
    Some(format!("/v1/{collection}/{id}"))
}

fn suggested_goals(kind: JourneyEntryType, id: Uuid) -> Option<String> {
    match kind {
        JourneyEntryType::FeedbackRequest | JourneyEntryType::Reflection => {
            path(id, kind, id).map(|path| format!("{path}/suggested-goals"))
        }
        _ => None,
    }
}

/// What a goal grew from, while it is there.
fn origin(goal: &Goal) -> Option<String> {
    let origin = goal.origin.as_ref().filter(|origin| !origin.deleted)?;
    let kind = match origin.kind {
        GoalOriginType::Reflection => JourneyEntryType::Reflection,
        GoalOriginType::FeedbackRequest => JourneyEntryType::FeedbackRequest,
        // It belongs to no application, and no journey shows it.
        GoalOriginType::CoachSuggestion => return None,
    };
    path(origin.id, kind, origin.id)
}
