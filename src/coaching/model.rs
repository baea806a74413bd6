//! Links, as they are stored and as each side sees them, and the access log.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::{self, AccessView, LinkStatus, Scope};
use crate::account::Person;
use crate::db::schema::{coach_accesses, coach_links};
use crate::http::answer::Versioned;
use crate::http::rules::{sane_instant, takes_mail};
use crate::page_schema;

/// A new link: an invitation.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"coach_email": "robin@coaching.example", "scopes": ["applications", "goals", "suggest_goals", "notes"]}))]
pub struct CoachLinkFields {
    /// Whom to invite. Nothing tells whether the address has an account.
    #[garde(length(chars, min = 3, max = 254), custom(takes_mail))]
    #[schema(
        format = "email",
        min_length = 3,
        max_length = 254,
        example = "robin@coaching.example"
    )]
    pub coach_email: String,
    /// What the coach may do, each once. Without it `applications`, `insights`, `goals`, `suggest_goals` and
    /// `notes`; `reflections`, `feedback` and `wellbeing` only when named. An empty list grants nothing.
    #[serde(default = "rules::usual_scopes")]
    #[garde(length(max = 8), custom(rules::each_once))]
    #[schema(max_items = 8, example = json!(["applications", "goals"]))]
    pub scopes: Vec<Scope>,
    /// When it ends by itself; without it never.
    #[garde(custom(sane_instant))]
    #[schema(example = "2099-12-31T00:00:00Z")]
    pub ends_at: Option<DateTime<Utc>>,
}

/// What can be changed of a link while it is open.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema, AsChangeset)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = coach_links, treat_none_as_null = true)]
#[schema(example = json!({"scopes": ["applications", "goals"], "ends_at": "2099-12-31T00:00:00Z"}))]
pub struct CoachLinkChanges {
    /// What the coach may do, each once, from the next request on.
    #[garde(length(max = 8), custom(rules::each_once))]
    #[schema(max_items = 8, example = json!(["applications", "goals"]))]
    pub scopes: Vec<Scope>,
    /// When it ends by itself; null for never.
    #[garde(custom(sane_instant))]
    #[schema(example = "2099-12-31T00:00:00Z")]
    pub ends_at: Option<DateTime<Utc>>,
}

/// A move of a link by the seeker.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"to": "revoked"}))]
pub struct CoachLinkMove {
    /// Where to: `revoked`.
    #[garde(skip)]
    pub to: LinkStatus,
}

/// The answer to an invitation.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"to": "active"}))]
pub struct InvitationMove {
    /// Where to: `active` or `declined`.
    #[garde(skip)]
    pub to: LinkStatus,
}

/// A link as it is stored; time may have ended it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = coach_links, check_for_backend(Pg))]
pub struct LinkRow {
    /// Who invited.
    pub seeker_id: Uuid,
    /// Its id.
    pub id: Uuid,
    /// Who answered.
    pub coach_id: Option<Uuid>,
    /// Who was invited; forgotten with the account of the coach who answered.
    pub coach_email: Option<String>,
    /// What is granted.
    pub scopes: Vec<Scope>,
    status: LinkStatus,
    status_since: DateTime<Utc>,
    /// When it ends by itself.
    pub ends_at: Option<DateTime<Utc>>,
    version: i32,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

impl LinkRow {
    /// Where it stands at an instant.
    pub fn status(&self, now: DateTime<Utc>) -> LinkStatus {
        rules::status_at(self.status, self.coach_id.is_some(), self.ends_at, now)
    }

    /// Since when it stands there.
    pub fn status_since(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        match (self.status(now), self.ends_at) {
            (LinkStatus::Expired, Some(end)) => end.max(self.status_since),
            _ => self.status_since,
        }
    }
}

impl Versioned for LinkRow {
    fn version(&self) -> i32 {
        self.version
    }
}

impl From<&LinkRow> for CoachLinkChanges {
    fn from(row: &LinkRow) -> Self {
        Self {
            scopes: row.scopes.clone(),
            ends_at: row.ends_at,
        }
    }
}

/// A link to a coach, as the seeker sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CoachLink {
    /// Its id.
    #[schema(example = "019a6f40-1a2b-7c3d-8e4f-5a6b7c8d9e0f")]
    pub id: Uuid,
    /// Whom you invited, in lower case; null once the coach who answered has erased their account.
    #[schema(
        required,
        format = "email",
        min_length = 3,
        max_length = 254,
        example = "robin@coaching.example"
    )]
    pub coach_email: Option<String>,
    /// The coach, once the invitation was answered: it stands in notes and suggestions too.
    #[schema(required, example = "019a6f41-2b3c-7d4e-9f50-6b7c8d9e0f1a")]
    pub coach_id: Option<Uuid>,
    /// What the coach may do.
    #[schema(max_items = 8, example = json!(["applications", "goals"]))]
    pub scopes: Vec<Scope>,
    /// Where it stands. `ends_at` makes it `expired` by time alone.
    pub status: LinkStatus,
    /// Since when it stands there.
    pub status_since: DateTime<Utc>,
    /// Where you may move it.
    #[schema(value_type = Vec<LinkStatus>, max_items = 2, example = json!(["revoked"]))]
    pub allowed_transitions: &'static [LinkStatus],
    /// When it ends by itself.
    #[schema(required, example = "2099-12-31T00:00:00Z")]
    pub ends_at: Option<DateTime<Utc>>,
    /// Counts the changes, from 1.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

impl CoachLink {
    /// A link as it is at an instant.
    pub fn at(row: LinkRow, now: DateTime<Utc>) -> Self {
        let status = row.status(now);
        Self {
            status,
            status_since: row.status_since(now),
            allowed_transitions: status.allowed_to_seeker(),
            id: row.id,
            coach_email: row.coach_email,
            coach_id: row.coach_id,
            scopes: row.scopes,
            ends_at: row.ends_at,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

impl Versioned for CoachLink {
    fn version(&self) -> i32 {
        self.version
    }
}

page_schema!(CoachLinkPage, CoachLink, "A page of links to coaches.");

/// An invitation, as the coach sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Invitation {
    /// Its id.
    #[schema(example = "019a6f40-1a2b-7c3d-8e4f-5a6b7c8d9e0f")]
    pub id: Uuid,
    /// Who invites. Once accepted, the client under `/v1/coach/clients`.
    #[schema(example = "019a6f0a-3c4d-7e5f-a061-7c8d9e0f1a2b")]
    pub seeker_id: Uuid,
    /// How they are called: by their name, else by their address.
    #[schema(max_length = 254, example = "Sam")]
    pub seeker_name: String,
    /// Their address.
    #[schema(
        format = "email",
        min_length = 3,
        max_length = 254,
        example = "sam@example.com"
    )]
    pub seeker_email: String,
    /// What they grant.
    #[schema(max_items = 8, example = json!(["applications", "goals"]))]
    pub scopes: Vec<Scope>,
    /// Where it stands.
    pub status: LinkStatus,
    /// Since when it stands there.
    pub status_since: DateTime<Utc>,
    /// How you may answer.
    #[schema(value_type = Vec<LinkStatus>, max_items = 2, example = json!(["active", "declined"]))]
    pub allowed_transitions: &'static [LinkStatus],
    /// When it ends by itself.
    #[schema(required, example = "2099-12-31T00:00:00Z")]
    pub ends_at: Option<DateTime<Utc>>,
    /// Counts the changes, from 1.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

impl Invitation {
    /// An invitation by a seeker as it is at an instant.
    pub fn at(row: LinkRow, seeker: &Person, now: DateTime<Utc>) -> Self {
        let status = row.status(now);
        Self {
            status,
            status_since: row.status_since(now),
            allowed_transitions: status.allowed_to_coach(),
            id: row.id,
            seeker_id: row.seeker_id,
            seeker_name: seeker.name().to_owned(),
            seeker_email: seeker.email.clone(),
            scopes: row.scopes,
            ends_at: row.ends_at,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

impl Versioned for Invitation {
    fn version(&self) -> i32 {
        self.version
    }
}

page_schema!(InvitationPage, Invitation, "A page of invitations.");

/// A read by the coach.
#[derive(Debug, Clone, Serialize, ToSchema, Queryable, Selectable)]
#[diesel(table_name = coach_accesses, check_for_backend(Pg))]
pub struct CoachAccess {
    /// Its id.
    #[schema(example = "019a6f50-2b3c-7d4e-8f50-6b7c8d9e0f1a")]
    pub id: Uuid,
    /// What the coach looked at.
    pub view: AccessView,
    /// When.
    pub occurred_at: DateTime<Utc>,
}

page_schema!(CoachAccessPage, CoachAccess, "A page of an access log.");
