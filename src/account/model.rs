//! Rows of accounts and how they are shown.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use diesel::pg::Pg;
use diesel::prelude::*;
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::reminding::{ReminderChoices, Reminding, UpdateReminderChoices};
use super::rules;
use crate::auth::sessions::LiveSession;
use crate::db::schema::users;
use crate::http::answer::Versioned;
use crate::{page_schema, text_enum};

text_enum! {
    /// The day on which a user's week begins.
    pub enum WeekStart {
        /// As ISO 8601 has it.
        Monday = "monday",
        /// As in the United States.
        Sunday = "sunday",
        /// As in Egypt.
        Saturday = "saturday",
    }
}

/// A user, as they see themselves.
#[derive(Debug, Clone, Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = users, check_for_backend(Pg))]
pub struct User {
    /// Id of the user.
    pub id: Uuid,
    /// The address, as it was written.
    #[schema(
        format = "email",
        example = "ada@example.com",
        min_length = 3,
        max_length = 254
    )]
    pub email: String,
    /// Has the address been proved by a mail?
    #[diesel(select_expression = users::email_verified_at.is_not_null())]
    pub email_verified: bool,
    /// How the user wants to be called.
    #[schema(required, example = "Ada", min_length = 1, max_length = 100)]
    pub display_name: Option<String>,
    /// IANA name of the zone in which the user's days begin and end.
    #[schema(example = "Europe/Berlin", max_length = 64)]
    pub time_zone: String,
    /// What the user chose.
    #[diesel(embed)]
    pub preferences: Choices,
    /// When the account was made.
    pub created_at: DateTime<Utc>,
    /// When the profile was last changed.
    pub updated_at: DateTime<Utc>,
    /// Counts the changes, for the ETag.
    #[serde(skip)]
    pub version: i32,
}

impl User {
    /// Words that make a poor password for this user.
    pub(super) fn words(&self) -> Vec<&str> {
        rules::words(&self.email, self.display_name.as_deref())
    }
}

impl Versioned for User {
    fn version(&self) -> i32 {
        self.version
    }
}

/// How Rebound treats this user.
#[derive(
    Debug, Clone, Queryable, Selectable, AsChangeset, Serialize, Deserialize, Validate, ToSchema,
)]
#[diesel(table_name = users, check_for_backend(Pg))]
#[serde(deny_unknown_fields)]
#[schema(as = Preferences)]
pub struct Choices {
    /// Hours after a rejection before a reply can be sent.
    #[garde(range(min = 2, max = 72))]
    #[schema(example = 24, minimum = 2, maximum = 72)]
    pub cooloff_hours: i32,
    /// Days of silence after which an application counts as unanswered.
    #[garde(range(min = 7, max = 365))]
    #[schema(example = 30, minimum = 7, maximum = 365)]
    pub ghost_after_days: i32,
    /// The first day of the week, for weekly goals.
    #[garde(skip)]
    pub week_starts_on: WeekStart,
    /// May the user note how they are? Off unless asked for.
    #[garde(skip)]
    pub wellbeing_enabled: bool,
    /// How the user wants to be reminded.
    #[garde(dive)]
    #[diesel(embed)]
    pub reminders: ReminderChoices,
}

/// What a user may change of themselves.
#[derive(Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Account, example = json!({"time_zone": "Europe/Berlin", "preferences": {"cooloff_hours": 48}}))]
pub struct Profile {
    /// How you want to be called.
    #[garde(length(chars, min = 1, max = 100))]
    #[schema(example = "Ada", min_length = 1, max_length = 100)]
    pub(super) display_name: Option<String>,
    /// IANA name of the zone in which your days begin and end.
    #[garde(custom(rules::is_time_zone))]
    #[schema(example = "Europe/Berlin", min_length = 1, max_length = 64)]
    pub(super) time_zone: String,
    /// What you choose.
    #[garde(dive)]
    #[schema(value_type = UpdatePreferences)]
    pub(super) preferences: Choices,
}

impl Profile {
    /// What a user may say of themselves, from its parts.
    pub fn new(display_name: Option<String>, time_zone: String, preferences: Choices) -> Self {
        Self {
            display_name,
            time_zone,
            preferences,
        }
    }
}

impl From<&User> for Profile {
    fn from(user: &User) -> Self {
        Self {
            display_name: user.display_name.clone(),
            time_zone: user.time_zone.clone(),
            preferences: user.preferences.clone(),
        }
    }
}

/// A merge patch of the preferences: what is absent stays as it is.
#[derive(ToSchema)]
#[schema(as = PreferencesPatch)]
#[serde(deny_unknown_fields)]
#[expect(
    dead_code,
    reason = "only its schema is used; the patch is applied to a Profile"
)]
pub struct UpdatePreferences {
    /// Hours after a rejection before a reply can be sent; counts for later rejections.
    #[schema(required = false, example = 24, minimum = 2, maximum = 72)]
    cooloff_hours: i32,
    /// Days of silence after which an application counts as unanswered.
    #[schema(required = false, example = 30, minimum = 7, maximum = 365)]
    ghost_after_days: i32,
    /// The first day of the week, for weekly goals.
    #[schema(required = false)]
    week_starts_on: WeekStart,
    /// May the user note how they are?
    #[schema(required = false)]
    wellbeing_enabled: bool,
    /// How you want to be reminded.
    #[schema(required = false)]
    reminders: UpdateReminderChoices,
}

/// A place where the user is signed in.
#[derive(Serialize, ToSchema)]
pub struct Session {
    /// Id of the session.
    pub id: Uuid,
    /// What the client called itself when it signed in (its User-Agent).
    #[schema(
        required,
        example = "Mozilla/5.0 (X11; Linux x86_64)",
        max_length = 200
    )]
    pub device: Option<String>,
    /// Is it the session of this very request?
    pub current: bool,
    /// When the user signed in there.
    pub created_at: DateTime<Utc>,
    /// When its refresh token was last used.
    pub last_used_at: DateTime<Utc>,
    /// When it ends unless it is used before.
    pub expires_at: DateTime<Utc>,
}

impl Session {
    /// As the user sees it from the session `current`.
    pub(super) fn of(session: LiveSession, current: Uuid) -> Self {
        Self {
            current: session.id == current,
            id: session.id,
            device: session.device,
            created_at: session.created_at,
            last_used_at: session.last_used_at,
            expires_at: session.expires_at,
        }
    }
}

page_schema!(
    SessionPage,
    Session,
    "The places where the user is signed in."
);

/// Whom a mail of the service goes to.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = users, check_for_backend(Pg))]
pub struct Recipient {
    /// The address.
    pub email: String,
    /// How the user wants to be called.
    pub display_name: Option<String>,
    #[diesel(select_expression = users::email_verified_at.is_not_null())]
    pub(super) verified: bool,
    #[diesel(select_expression = users::disabled_at.is_not_null())]
    pub(super) disabled: bool,
}

/// What is needed to check a password.
#[derive(Queryable, Selectable)]
#[diesel(table_name = users, check_for_backend(Pg))]
pub(super) struct Credentials {
    pub id: Uuid,
    pub email: String,
    pub password_hash: String,
    #[diesel(select_expression = users::email_verified_at.is_not_null())]
    pub verified: bool,
    #[diesel(select_expression = users::disabled_at.is_not_null())]
    pub disabled: bool,
}

/// A user that is about to be.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// The address, as it was written.
    pub email: String,
    /// The PHC string of the password.
    pub password_hash: String,
    /// How the user wants to be called.
    pub display_name: Option<String>,
    /// IANA name of the user's zone; UTC without one.
    pub time_zone: Option<String>,
    /// Is the address known to be the user's?
    pub verified: bool,
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
    /// How the user wants to be reminded.
    pub reminders: Reminding,
}

/// [`Preferences`] as they are stored.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = users, check_for_backend(Pg))]
pub struct PreferencesRow {
    time_zone: String,
    cooloff_hours: i32,
    ghost_after_days: i32,
    week_starts_on: WeekStart,
    wellbeing_enabled: bool,
    #[diesel(embed)]
    reminders: ReminderChoices,
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
            reminders: Reminding::from(&row.reminders),
        }
    }
}

/// A user as those see them who were let in.
#[derive(Queryable, Selectable)]
#[diesel(table_name = users, check_for_backend(Pg))]
pub struct Person {
    /// Id of the user.
    pub id: Uuid,
    /// The address.
    pub email: String,
    /// How the user wants to be called.
    pub display_name: Option<String>,
    #[diesel(embed)]
    preferences: PreferencesRow,
}

impl Person {
    /// What the user chose.
    pub fn preferences(&self) -> Preferences {
        self.preferences.clone().into()
    }

    /// How the user is called: by the name, else by the address.
    pub fn name(&self) -> &str {
        self.display_name.as_deref().unwrap_or(&self.email)
    }
}
