//! The steps that the stories of clients are made of, each at its own time by the same code as the API.

use chrono::{DateTime, Duration, Utc};
use diesel::PgConnection;
use uuid::Uuid;

use super::{COMPANIES, LOCATIONS, SOURCES, TITLES, write};
use crate::account::{self, preferences};
use crate::applications::rules::Status;
use crate::applications::{Application, ApplicationFields, WantedMove, create, record_move};
use crate::clock::local_date;
use crate::goals::{
    self, CheckInKind, GoalCategory, GoalFields, GoalKind, GoalMeasure, GoalPeriod, GoalRow,
    NewCheckIn,
};
use crate::http::error::Result;
use crate::reflections::{self, Assessment, ReflectionFields};
use crate::wellbeing::{self, WellbeingCheckInFields};

/// What a client does, and when: days are counted back from today.
pub(super) struct Life<'c> {
    conn: &'c mut PgConnection,
    id: Uuid,
    today: DateTime<Utc>,
    applications: usize,
}

impl<'c> Life<'c> {
    pub(super) fn new(conn: &'c mut PgConnection, id: Uuid, today: DateTime<Utc>) -> Self {
        Self {
            conn,
            id,
            today,
            applications: 0,
        }
    }

    fn ago(&self, days: i64) -> DateTime<Utc> {
        self.today - Duration::days(days)
    }

    /// Applies somewhere.
    pub(super) fn apply(&mut self, ago: i64) -> Result<Application> {
        let number = self.applications;
        self.applications += 1;
        let pick = |list: &[&str]| list[number % list.len()].to_owned();
        let fields = ApplicationFields {
            company: pick(&COMPANIES),
            job_title: pick(&TITLES),
            source: Some(pick(&SOURCES)),
            location: Some(pick(&LOCATIONS)),
            status: Some(Status::Applied),
            ..ApplicationFields::default()
        };
        let at = self.ago(ago);
        write(self.conn, self.id, at, |tx| {
            let preferences = preferences(tx.conn, tx.owner)?;
            create(tx, fields, &preferences)
        })
    }

    /// Moves an application on.
    pub(super) fn hear(
        &mut self,
        application: &Application,
        ago: i64,
        to: Status,
    ) -> Result<Application> {
        let at = self.ago(ago);
        write(self.conn, self.id, at, |tx| {
            let preferences = preferences(tx.conn, tx.owner)?;
            record_move(tx, application, &WantedMove::to(to), &preferences)
        })
    }

    /// Applies somewhere and moves on, each step so many days ago.
    pub(super) fn course(&mut self, applied: i64, steps: &[(i64, Status)]) -> Result<Application> {
        let mut application = self.apply(applied)?;
        for (ago, to) in steps {
            application = self.hear(&application, *ago, *to)?;
        }
        Ok(application)
    }

    /// Looks back at an application: all was prepared, or the resume was not.
    pub(super) fn reflect(
        &mut self,
        application: &Application,
        ago: i64,
        tailored: Assessment,
    ) -> Result<()> {
        let fields = ReflectionFields {
            application_id: Some(application.id),
            resume_tailored: Some(tailored),
            company_researched: Some(Assessment::Yes),
            skills_lacking: Some(Assessment::No),
            ..ReflectionFields::default()
        };
        let at = self.ago(ago);
        write(self.conn, self.id, at, |tx| {
            reflections::create(tx, &fields)
        })?;
        Ok(())
    }

    /// Sets a goal for each day.
    pub(super) fn daily(
        &mut self,
        title: &str,
        category: GoalCategory,
        ago: i64,
    ) -> Result<GoalRow> {
        let fields = GoalFields {
            title: title.to_owned(),
            notes: None,
            category,
            kind: GoalKind::Recurring,
            target_count: 1,
            period: Some(GoalPeriod::Day),
            measure: GoalMeasure::CheckIns,
            due_on: None,
            origin: None,
        };
        let at = self.ago(ago);
        write(self.conn, self.id, at, |tx| {
            let preferences = preferences(tx.conn, tx.owner)?;
            Ok(goals::create(tx, &fields, &preferences)?.into_inner())
        })
    }

    /// Does a bit of a goal.
    pub(super) fn check_in(&mut self, goal: &GoalRow, ago: i64) -> Result<()> {
        let at = self.ago(ago);
        write(self.conn, self.id, at, |tx| {
            let preferences = preferences(tx.conn, tx.owner)?;
            let check_in = NewCheckIn {
                occurred_on: local_date(tx.now, preferences.time_zone),
                value: None,
                kind: CheckInKind::Done,
                note: None,
                external_id: None,
            };
            goals::check_in(tx, goal, &check_in, &preferences)
        })?;
        Ok(())
    }

    /// Turns wellbeing check-ins on.
    pub(super) fn note_wellbeing(&mut self, ago: i64) -> Result<()> {
        let at = self.ago(ago);
        write(self.conn, self.id, at, account::enable_wellbeing)
    }

    /// Notes how they are.
    pub(super) fn feel(&mut self, ago: i64, score: i16) -> Result<()> {
        let fields = WellbeingCheckInFields {
            score,
            tags: Vec::new(),
            note: None,
            occurred_at: None,
        };
        let at = self.ago(ago);
        write(self.conn, self.id, at, |tx| {
            wellbeing::check_in(tx, &fields)
        })?;
        Ok(())
    }
}
