//! How a user wants to be reminded: a part of the preferences.

use chrono::NaiveTime;
use diesel::pg::Pg;
use diesel::prelude::*;
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::rules::{is_time_of_day, time_of_day};
use crate::db::schema::users;
use crate::text_enum;

text_enum! {
    /// Whether reminders come by mail.
    pub enum ReminderMail {
        /// They are shown only.
        Off = "off",
        /// Each in a mail of its own, when it is due.
        Each = "each",
        /// One mail a day with what is due on it.
        DailyDigest = "daily_digest",
    }
}

/// How the user wants to be reminded. Times of day are hours and minutes of the user's zone.
#[derive(
    Debug, Clone, Queryable, Selectable, AsChangeset, Serialize, Deserialize, Validate, ToSchema,
)]
#[diesel(table_name = users, check_for_backend(Pg))]
#[serde(deny_unknown_fields)]
#[schema(as = ReminderPreferences)]
pub struct ReminderChoices {
    /// Do reminders come by mail as well?
    #[garde(skip)]
    #[diesel(column_name = reminder_mail)]
    pub mail: ReminderMail,
    /// When the daily mail comes.
    #[garde(custom(is_time_of_day))]
    #[schema(
        example = "08:00",
        pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$",
        min_length = 5,
        max_length = 5
    )]
    #[diesel(column_name = reminder_digest_time)]
    pub digest_time: String,
    /// From when on nothing but interviews is reminded of.
    #[garde(custom(is_time_of_day))]
    #[schema(
        example = "21:00",
        pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$",
        min_length = 5,
        max_length = 5
    )]
    #[diesel(column_name = reminder_quiet_from)]
    pub quiet_from: String,
    /// Until when; the same as `quiet_from` for no quiet hours at all.
    #[garde(custom(is_time_of_day))]
    #[schema(
        example = "08:00",
        pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$",
        min_length = 5,
        max_length = 5
    )]
    #[diesel(column_name = reminder_quiet_to)]
    pub quiet_to: String,
}

/// A merge patch of how to be reminded: what is absent stays as it is.
#[derive(ToSchema)]
#[schema(as = ReminderPreferencesPatch)]
#[serde(deny_unknown_fields)]
#[expect(
    dead_code,
    reason = "only its schema is used; the patch is applied to a Profile"
)]
pub struct UpdateReminderChoices {
    /// Do reminders come by mail as well?
    #[schema(required = false)]
    mail: ReminderMail,
    /// When the daily mail comes.
    #[schema(
        required = false,
        example = "08:00",
        pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$",
        min_length = 5,
        max_length = 5
    )]
    digest_time: String,
    /// From when on nothing but interviews is reminded of.
    #[schema(
        required = false,
        example = "21:00",
        pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$",
        min_length = 5,
        max_length = 5
    )]
    quiet_from: String,
    /// Until when; the same as `quiet_from` for no quiet hours at all.
    #[schema(
        required = false,
        example = "08:00",
        pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$",
        min_length = 5,
        max_length = 5
    )]
    quiet_to: String,
}

/// How a user wants to be reminded, as other features need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reminding {
    /// Do reminders come by mail as well?
    pub mail: ReminderMail,
    /// When the daily mail comes, by the clocks of the user's zone.
    pub digest_time: NaiveTime,
    /// From when on nothing but interviews is reminded of.
    pub quiet_from: NaiveTime,
    /// Until when; the same for no quiet hours.
    pub quiet_to: NaiveTime,
}

impl Default for Reminding {
    /// As a user is reminded who chose nothing.
    fn default() -> Self {
        let full = |hour| NaiveTime::from_hms_opt(hour, 0, 0).expect("a full hour of the day");
        Self {
            mail: ReminderMail::Off,
            digest_time: full(8),
            quiet_from: full(21),
            quiet_to: full(8),
        }
    }
}

impl From<&ReminderChoices> for Reminding {
    fn from(choices: &ReminderChoices) -> Self {
        // The database has only texts of this form.
        let time = |text: &str| time_of_day(text).unwrap_or(NaiveTime::MIN);
        Self {
            mail: choices.mail,
            digest_time: time(&choices.digest_time),
            quiet_from: time(&choices.quiet_from),
            quiet_to: time(&choices.quiet_to),
        }
    }
}
