//! What a rejection is: its row, what a client may write, what the API answers.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::{AsChangeset, Insertable, Queryable, Selectable};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::{
    self, Channel, ReasonBasis, ReasonCode, RejectionState, ReplyAddress, StageReached, Standing,
};
use crate::db::schema::rejections;
use crate::http::answer::Versioned;
use crate::http::rules::sane_instant;
use crate::{page_schema, text_enum};

text_enum! {
    /// What took an application out of being rejected.
    pub enum SupersededBy {
        /// The company came back.
        Reopen = "reopen",
        /// It was a slip of the finger: this rejection counts in no statistic.
        Correction = "correction",
    }
}

/// A rejection as it is stored; its state is a matter of time.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = rejections, check_for_backend(Pg))]
pub struct Rejection {
    /// Its id.
    pub id: Uuid,
    /// The application that was rejected.
    pub application_id: Uuid,
    /// When it came; unknown for some imported ones.
    pub received_at: Option<DateTime<Utc>>,
    /// On which way.
    pub channel: Option<Channel>,
    /// Who reads a reply.
    pub reply_address: Option<ReplyAddress>,
    /// How far the application had come.
    pub stage_reached: StageReached,
    /// Why, in one word.
    pub reason_code: ReasonCode,
    /// How the reason is known.
    pub reason_basis: Option<ReasonBasis>,
    /// Why, in the company's words.
    pub reason_text: Option<String>,
    /// How long it cools off, in hours: the preference when it opened.
    pub cooloff_hours: i32,
    /// When the cool-off ends; unknown when nobody knows when it came.
    pub cooloff_until: Option<DateTime<Utc>>,
    /// Open, replied to or closed.
    #[diesel(column_name = status)]
    pub standing: Standing,
    /// When the user replied.
    pub replied_at: Option<DateTime<Utc>>,
    /// When it was closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// What took the application out of being rejected.
    pub superseded_by: Option<SupersededBy>,
    /// Counts the changes, from 1.
    pub version: i32,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

impl Rejection {
    /// Where it stands at an instant.
    pub fn state(&self, now: DateTime<Utc>) -> RejectionState {
        rules::state(self.standing, self.cooloff_until, now)
    }
}

impl Versioned for Rejection {
    fn version(&self) -> i32 {
        self.version
    }
}

/// A rejection.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Rejection)]
pub struct RejectionAnswer {
    /// Its id.
    #[schema(example = "019a6f12-3c4d-7e5f-8a9b-0c1d2e3f4a5b")]
    pub id: Uuid,
    /// The application that was rejected.
    #[schema(example = "019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55")]
    pub application_id: Uuid,
    /// Where it stands. `cooling_off` becomes `ready` by time alone.
    #[schema(example = "cooling_off")]
    pub state: RejectionState,
    /// Where it may go. Inside the cool-off `replied` needs an `override_reason` as well.
    #[schema(max_items = 4, example = json!(["replied", "closed"]))]
    pub allowed_transitions: &'static [RejectionState],
    /// When it came; null for an imported one without a day.
    #[schema(required, example = "2026-03-12T09:00:00Z")]
    pub received_at: Option<DateTime<Utc>>,
    /// On which way it came.
    #[schema(required)]
    pub channel: Option<Channel>,
    /// Who reads a reply.
    #[schema(required)]
    pub reply_address: Option<ReplyAddress>,
    /// When the cool-off ends. It was fixed when the rejection opened: a changed preference counts for
    /// later ones.
    #[schema(required, example = "2026-03-13T09:00:00Z")]
    pub cooloff_until: Option<DateTime<Utc>>,
    /// From when on a reply may go out; null when nobody would read it.
    #[schema(required, example = "2026-03-13T09:00:00Z")]
    pub reply_opens_at: Option<DateTime<Utc>>,
    /// Until when a reply is best sent; null when nobody would read it.
    #[schema(required, example = "2026-03-14T09:00:00Z")]
    pub reply_best_before: Option<DateTime<Utc>>,
    /// How far the application had come.
    #[schema(example = "interview")]
    pub stage_reached: StageReached,
    /// Why, in one word.
    #[schema(example = "experience")]
    pub reason_code: ReasonCode,
    /// How the reason is known; null while none is.
    #[schema(required)]
    pub reason_basis: Option<ReasonBasis>,
    /// Why, in the company's words.
    #[schema(
        required,
        max_length = 5000,
        example = "We went with someone who has run clusters of this size before."
    )]
    pub reason_text: Option<String>,
    /// When the user replied.
    #[schema(required, example = "2026-03-13T10:00:00Z")]
    pub replied_at: Option<DateTime<Utc>>,
    /// When it was closed.
    #[schema(required, example = "2026-03-13T10:00:00Z")]
    pub closed_at: Option<DateTime<Utc>>,
    /// What took the application out of being rejected; null while it stands.
    #[schema(required)]
    pub superseded_by: Option<SupersededBy>,
    /// Counts the changes, from 1.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

impl RejectionAnswer {
    /// A rejection as it is at an instant.
    pub fn at(row: Rejection, now: DateTime<Utc>) -> Self {
        let state = row.state(now);
        let read = row.reply_address != Some(ReplyAddress::NoReply);
        let opens = row.cooloff_until.filter(|_| read);
        let best_before = row
            .received_at
            .zip(opens)
            .map(|(received, opens)| rules::reply_best_before(received, opens));
        Self {
            id: row.id,
            application_id: row.application_id,
            state,
            allowed_transitions: state.allowed(),
            received_at: row.received_at,
            channel: row.channel,
            reply_address: row.reply_address,
            cooloff_until: row.cooloff_until,
            reply_opens_at: opens,
            reply_best_before: best_before,
            stage_reached: row.stage_reached,
            reason_code: row.reason_code,
            reason_basis: row.reason_basis,
            reason_text: row.reason_text,
            replied_at: row.replied_at,
            closed_at: row.closed_at,
            superseded_by: row.superseded_by,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

impl Versioned for RejectionAnswer {
    fn version(&self) -> i32 {
        self.version
    }
}

page_schema!(RejectionPage, RejectionAnswer, "A page of rejections.");

/// What a client may write of a rejection: what a PATCH is merged into.
#[derive(
    Debug,
    Clone,
    Serialize,
    Deserialize,
    Validate,
    ToSchema,
    Queryable,
    Selectable,
    Insertable,
    AsChangeset,
)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = rejections, treat_none_as_default_value = false, treat_none_as_null = true, check_for_backend(Pg))]
#[schema(example = json!({
    "stage_reached": "interview", "reason_code": "experience", "reason_basis": "stated",
    "reason_text": "We went with someone who has run clusters of this size before.", "channel": "email", "reply_address": "person"
}))]
pub struct RejectionFields {
    /// When it came; not in the future. The cool-off moves along, with the hours it had.
    #[garde(custom(sane_instant))]
    #[schema(example = "2026-03-12T09:00:00Z")]
    pub received_at: Option<DateTime<Utc>>,
    /// On which way it came.
    #[garde(skip)]
    pub channel: Option<Channel>,
    /// Who reads a reply.
    #[garde(skip)]
    pub reply_address: Option<ReplyAddress>,
    /// How far the application had come.
    #[garde(skip)]
    #[schema(example = "interview")]
    pub stage_reached: StageReached,
    /// Why, in one word.
    #[garde(skip)]
    #[schema(example = "experience")]
    pub reason_code: ReasonCode,
    /// How the reason is known. Without it a reason with a text is stated, another one inferred.
    #[garde(skip)]
    pub reason_basis: Option<ReasonBasis>,
    /// Why, in the company's words.
    #[garde(length(chars, min = 1, max = 5000))]
    #[schema(
        min_length = 1,
        max_length = 5000,
        example = "We went with someone who has run clusters of this size before."
    )]
    pub reason_text: Option<String>,
}

impl From<&Rejection> for RejectionFields {
    fn from(row: &Rejection) -> Self {
        Self {
            received_at: row.received_at,
            channel: row.channel,
            reply_address: row.reply_address,
            stage_reached: row.stage_reached,
            reason_code: row.reason_code,
            reason_basis: row.reason_basis,
            reason_text: row.reason_text.clone(),
        }
    }
}

/// What is known of a rejection when it opens.
#[derive(Debug, Clone, Default)]
pub struct Details {
    /// On which way it came.
    pub channel: Option<Channel>,
    /// Who reads a reply.
    pub reply_address: Option<ReplyAddress>,
    /// How far the application had come, if the user knows better than the timeline.
    pub stage_reached: Option<StageReached>,
    /// Why, in one word.
    pub reason_code: Option<ReasonCode>,
    /// How the reason is known.
    pub reason_basis: Option<ReasonBasis>,
    /// Why, in the company's words.
    pub reason_text: Option<String>,
}

/// A rejection that is about to be.
#[derive(Debug, Clone)]
pub struct Opening<'a> {
    /// The application that was rejected.
    pub application_id: Uuid,
    /// When it came. Without an instant it is closed from the beginning: the past is not reopened.
    pub received_at: Option<DateTime<Utc>>,
    /// The user's preference.
    pub cooloff_hours: i32,
    /// What the timeline says of how far the application came.
    pub stage: StageReached,
    /// What else is known.
    pub details: &'a Details,
}
