//! Writing applications and their steps: what handlers, the batch, the import and other features share.
//! Each function does one thing in the running transaction, with its events.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::json;
use uuid::Uuid;

use super::model::{Application, ApplicationFields};
use super::queries::{self, NewStep};
use super::rules::{self, Move, Plan, Refusal, Status, StepKind};
use super::timeline::{NewNote, TimelineEntry};
use crate::account::Preferences;
use crate::clock::{local_date, start_of_day};
use crate::db::Tx;
use crate::events::{self, Event};
use crate::http::error::{Error, Result};
use crate::http::problems;
use crate::rejections::{self, Opening, SupersededBy};

/// A move that a client asks for, with its note.
#[derive(Debug, Clone)]
pub struct WantedMove {
    /// Where to.
    pub to: Status,
    /// An ordinary move, a reopen or a correction.
    pub kind: StepKind,
    /// When, if not now.
    pub occurred_at: Option<DateTime<Utc>>,
    /// Why, or what happened.
    pub note: Option<String>,
    /// What is known of the rejection, for a move to `rejected`.
    pub rejection: rejections::Details,
}

impl WantedMove {
    /// An ordinary move that happens now.
    pub fn to(to: Status) -> Self {
        Self {
            to,
            kind: StepKind::Transition,
            occurred_at: None,
            note: None,
            rejection: rejections::Details::default(),
        }
    }
}

/// The status that a new application has when the client does not say.
fn first_status(fields: &ApplicationFields) -> Status {
    match (fields.status, fields.applied_on) {
        (Some(status), _) => status,
        (None, Some(_)) => Status::Applied,
        (None, None) => Status::Saved,
    }
}

/// Refuses a day in the future; *today* is the user's own.
pub fn check_applied_on(
    fields: &ApplicationFields,
    preferences: &Preferences,
    now: DateTime<Utc>,
) -> Result<()> {
    let today = local_date(now, preferences.time_zone);
    match fields.applied_on {
        Some(day) if day > today => Err(Error::invalid_field(
            "/applied_on",
            "in_future",
            "Not in the future.",
        )),
        _ => Ok(()),
    }
}

/// Creates an application with the first step of its timeline.
///
/// The first step happens at the start of applied_on, a local day, when that is given, else now. Fails
/// with 409 `external_id_taken` when another application has the external id.
pub fn create(
    tx: &mut Tx<'_>,
    mut fields: ApplicationFields,
    preferences: &Preferences,
) -> Result<Application> {
    check_applied_on(&fields, preferences, tx.now)?;
    let status = first_status(&fields);
    let occurred_at = fields.applied_on.map_or(tx.now, |day| {
        start_of_day(day, preferences.time_zone).min(tx.now)
    });
    if status == Status::Applied && fields.applied_on.is_none() {
        fields.applied_on = Some(local_date(tx.now, preferences.time_zone));
    }
    let step = Plan {
        occurred_at,
        corrects: None,
        furthest: rules::furthest(std::iter::once(&rules::Step {
            id: Uuid::nil(),
            to: status,
            occurred_at,
            corrects: None,
        })),
    };
    let application = queries::insert(tx, &fields, status, &step)?;
    queries::append_step(
        tx,
        &NewStep {
            application_id: application.id,
            kind: StepKind::Transition,
            from: None,
            to: Some(status),
            corrects_id: None,
            occurred_at,
            note: None,
        },
    )?;
    let event = Event::new("application.created", application.id).with(json!({"status": status}));
    events::record(tx, &event)?;
    if status == Status::Rejected {
        let details = rejections::Details::default();
        open_rejection(tx, &application, occurred_at, &details, preferences)?;
    }
    Ok(application)
}

fn open_rejection(
    tx: &mut Tx<'_>,
    application: &Application,
    received_at: DateTime<Utc>,
    details: &rejections::Details,
    preferences: &Preferences,
) -> Result<()> {
    let opening = Opening {
        application_id: application.id,
        received_at: Some(received_at),
        cooloff_hours: preferences.cooloff_hours,
        stage: application.furthest_stage.rejected_at(),
        details,
    };
    rejections::open(tx, &opening).map(drop)
}

/// What a move means for the rejection of an application: becoming rejected opens one, a reopen or a
/// correction ends it, and a correction of the date alone moves it.
fn follow_rejection(
    tx: &mut Tx<'_>,
    before: Status,
    moved: &Application,
    wanted: &WantedMove,
    plan: &Plan,
    preferences: &Preferences,
) -> Result<()> {
    match (before, moved.status) {
        (Status::Rejected, Status::Rejected) => rejections::redate(tx, moved.id, plan.occurred_at),
        (Status::Rejected, _) => {
            let by = match wanted.kind {
                StepKind::Correction => SupersededBy::Correction,
                _ => SupersededBy::Reopen,
            };
            rejections::supersede(tx, moved.id, by)
        }
        (_, Status::Rejected) => {
            open_rejection(tx, moved, plan.occurred_at, &wanted.rejection, preferences)
        }
        _ => Ok(()),
    }
}

/// Moves an application, whose row is locked, and appends the step to its timeline.
pub fn record_move(
    tx: &mut Tx<'_>,
    application: &Application,
    wanted: &WantedMove,
    preferences: &Preferences,
) -> Result<Application> {
    let steps = queries::steps(tx.conn, tx.owner, application.id)?;
    let asked = Move {
        to: wanted.to,
        kind: wanted.kind,
        occurred_at: wanted.occurred_at,
        has_note: wanted.note.is_some(),
    };
    let plan = rules::plan(application.status, &steps, asked, tx.now)
        .map_err(|refusal| refused(refusal, application, wanted.to))?;
    let applied_on = applied_on_after(application, wanted.to, &plan, preferences);
    let moved = queries::set_status(tx, application.id, wanted.to, &plan, applied_on)?;
    queries::append_step(
        tx,
        &NewStep {
            application_id: application.id,
            kind: wanted.kind,
            from: Some(application.status),
            to: Some(wanted.to),
            corrects_id: plan.corrects,
            occurred_at: plan.occurred_at,
            note: wanted.note.as_deref(),
        },
    )?;
    let event = Event::new("application.transitioned", application.id)
        .with(json!({"from": application.status, "to": wanted.to, "kind": wanted.kind}));
    events::record(tx, &event)?;
    follow_rejection(tx, application.status, &moved, wanted, &plan, preferences)?;
    Ok(moved)
}

/// Applying says when one applied, unless that was said before.
fn applied_on_after(
    application: &Application,
    to: Status,
    plan: &Plan,
    preferences: &Preferences,
) -> Option<NaiveDate> {
    let day = local_date(plan.occurred_at, preferences.time_zone);
    match application.applied_on {
        // What is only saved was not applied for: the step that said so was a slip.
        _ if to == Status::Saved => None,
        // A correction of the date of applying corrects the day as well.
        Some(_) if to == Status::Applied && plan.corrects.is_some() => Some(day),
        Some(known) => Some(known),
        None if to == Status::Applied => Some(day),
        None => None,
    }
}

fn refused(refusal: Refusal, application: &Application, to: Status) -> Error {
    match refusal {
        Refusal::Illegal => problems::ILLEGAL_TRANSITION
            .because(format!(
                "An application that is {} cannot become {} in this way.",
                application.status.as_str(),
                to.as_str()
            ))
            .with("from", application.status.as_str())
            .with("to", to.as_str())
            .with("allowed", json!(application.status.allowed()))
            .with(
                "allowed_by_reopen",
                json!(application.status.allowed_by_reopen()),
            )
            .into(),
        Refusal::InFuture => {
            Error::invalid_field("/occurred_at", "in_future", "Not in the future.")
        }
        Refusal::BeforePrevious => Error::invalid_field(
            "/occurred_at",
            "before_previous",
            "Not before the step before it; that one can be corrected.",
        ),
        Refusal::NoteMissing => Error::invalid_field(
            "/note",
            "required",
            "A reopen says why: the note is required.",
        ),
    }
}

/// Writes other fields of an application, whose row is locked. The status stays.
pub fn update(
    tx: &mut Tx<'_>,
    id: Uuid,
    fields: &ApplicationFields,
    preferences: &Preferences,
) -> Result<Application> {
    check_applied_on(fields, preferences, tx.now)?;
    let application = queries::update(tx, id, fields)?;
    events::record(tx, &Event::new("application.updated", id))?;
    Ok(application)
}

/// Removes an application, whose row is locked, with all that hangs on it. Each of these things has a
/// tombstone, the application the last one.
pub fn remove(tx: &mut Tx<'_>, id: Uuid) -> Result<()> {
    let along = queries::dependents::of_application(tx.conn, tx.owner, id)?;
    let gone: Vec<Event> = along
        .into_iter()
        .flat_map(|(kind, ids)| ids.into_iter().map(move |it| Event::new(kind, it)))
        .map(|event| event.with(json!({"application_id": id})))
        .chain([Event::new("application.deleted", id)])
        .collect();
    queries::delete(tx, id)?;
    events::record_many(tx, &gone)
}

/// Adds a note to a timeline; 404 when there is no such application.
pub fn add_note(tx: &mut Tx<'_>, id: Uuid, note: &NewNote) -> Result<TimelineEntry> {
    let at = note.occurred_at.unwrap_or(tx.now);
    remark(tx, id, StepKind::Note, at, &note.note)
}

/// Writes on a timeline why something was sent inside a cool-off or in spite of the tone check.
pub fn record_override(tx: &mut Tx<'_>, id: Uuid, reason: &str) -> Result<()> {
    let now = tx.now;
    remark(tx, id, StepKind::Override, now, reason).map(drop)
}

fn remark(
    tx: &mut Tx<'_>,
    id: Uuid,
    kind: StepKind,
    occurred_at: DateTime<Utc>,
    text: &str,
) -> Result<TimelineEntry> {
    queries::lock(tx.conn, tx.owner, id)?;
    let entry = queries::append_step(
        tx,
        &NewStep {
            application_id: id,
            kind,
            from: None,
            to: None,
            corrects_id: None,
            occurred_at,
            note: Some(text),
        },
    )?;
    events::record(tx, &Event::new("application.noted", id))?;
    Ok(entry)
}
