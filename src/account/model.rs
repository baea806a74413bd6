//! Rows, requests and answers of accounts.

use chrono_tz::Tz;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::prelude::*;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::db::schema::users;

/// The day on which a user's week begins.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    ToSchema,
    AsExpression,
    FromSqlRow,
)]
#[diesel(sql_type = Text)]
#[serde(rename_all = "snake_case")]
pub enum WeekStart {
    /// The week of ISO 8601.
    #[default]
    Monday,
    /// As in the United States.
    Sunday,
    /// As in Egypt.
    Saturday,
}

impl WeekStart {
    const ALL: [Self; 3] = [Self::Monday, Self::Sunday, Self::Saturday];

    /// The name in the API and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Monday => "monday",
            Self::Sunday => "sunday",
            Self::Saturday => "saturday",
        }
    }
}

impl ToSql<Text, Pg> for WeekStart {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        <str as ToSql<Text, Pg>>::to_sql(self.name(), out)
    }
}

impl FromSql<Text, Pg> for WeekStart {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        let text = <String as FromSql<Text, Pg>>::from_sql(value)?;
        Self::ALL
            .into_iter()
            .find(|day| day.name() == text)
            .ok_or_else(|| "an unknown first day of the week".into())
    }
}

/// What a user chose, as other features need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preferences {
    /// The zone in which the user's days begin and end.
    pub time_zone: Tz,
    /// Hours between a rejection and the first moment at which a reply may go out, 2 to 72.
    pub cooloff_hours: i32,
    /// Days of silence after which an application counts as unanswered, 7 to 365.
    pub ghost_after_days: i32,
    /// The day on which the user's week begins.
    pub week_starts_on: WeekStart,
    /// Does the user note how they are?
    pub wellbeing_enabled: bool,
}

/// [`Preferences`] as they are stored.
#[derive(Queryable, Selectable)]
#[diesel(table_name = users, check_for_backend(Pg))]
pub(super) struct PreferencesRow {
    time_zone: String,
    cooloff_hours: i32,
    ghost_after_days: i32,
    week_starts_on: WeekStart,
    wellbeing_enabled: bool,
}

impl From<PreferencesRow> for Preferences {
    fn from(row: PreferencesRow) -> Self {
        Self {
            // Only known names are stored; a zone that the tz database drops one day is read as UTC.
            time_zone: row.time_zone.parse().unwrap_or(Tz::UTC),
            cooloff_hours: row.cooloff_hours,
            ghost_after_days: row.ghost_after_days,
            week_starts_on: row.week_starts_on,
            wellbeing_enabled: row.wellbeing_enabled,
        }
    }
}
