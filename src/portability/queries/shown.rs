//! Rows that only go out.

use diesel::pg::Pg;
use diesel::prelude::*;
use uuid::Uuid;

use super::{PART, Stored};
use crate::coaching::NoteVisibility;
use crate::db::keyset::{Direction, beyond};
use crate::db::schema::{
    calendar_feeds, coach_accesses, coach_links, coach_notes, goal_suggestions, personal_tokens,
    sessions, webhook_attempts, webhook_deliveries, webhooks,
};
use crate::http::error::Result;
use crate::portability::records::*;

/// The rows that name a user in one column.
macro_rules! of_one {
    ($($record:ident in $table:ident by $owner:ident;)+) => {$(
        impl Stored for $record {
            fn part(conn: &mut PgConnection, owner: Uuid, after: Option<&Self>) -> Result<Vec<Self>> {
                let mut rows = $table::table
                    .filter($table::$owner.eq(owner))
                    .select(Self::as_select())
                    .order($table::id)
                    .limit(PART)
                    .into_boxed::<Pg>();
                if let Some(after) = after {
                    rows = rows.filter($table::id.gt(after.id));
                }
                Ok(rows.load(conn)?)
            }
        }
    )+};
}

of_one! {
    CalendarFeedRecord in calendar_feeds by owner_id;
    PersonalTokenRecord in personal_tokens by user_id;
    SessionRecord in sessions by user_id;
    WebhookAttemptRecord in webhook_attempts by owner_id;
    WebhookDeliveryRecord in webhook_deliveries by owner_id;
    WebhookRecord in webhooks by owner_id;
}

/// The rows of which the user is one of the two parties, as far as `seen` by them.
macro_rules! of_two {
    ($($record:ident in $table:ident seen by |$user:ident| $seen:expr;)+) => {$(
        impl Stored for $record {
            fn part(conn: &mut PgConnection, $user: Uuid, after: Option<&Self>) -> Result<Vec<Self>> {
                let place = ($table::seeker_id, $table::id);
                let mut rows = $table::table
                    .filter($seen)
                    .select(Self::as_select())
                    .order(place)
                    .limit(PART)
                    .into_boxed::<Pg>();
                if let Some(after) = after {
                    let after = (after.seeker_id, after.id);
                    rows = rows.filter(beyond(place, after, Direction::Ascending));
                }
                Ok(rows.load(conn)?)
            }
        }
    )+};
}

of_two! {
    CoachLinkRecord in coach_links seen by |user|
        coach_links::seeker_id.eq(user).or(coach_links::coach_id.assume_not_null().eq(user));
    CoachAccessRecord in coach_accesses seen by |user|
        coach_accesses::seeker_id.eq(user).or(coach_accesses::coach_id.assume_not_null().eq(user));
    CoachNoteRecord in coach_notes seen by |user|
        coach_notes::coach_id.eq(user).or(
            coach_notes::seeker_id.eq(user).and(coach_notes::visibility.eq(NoteVisibility::Shared)));
    GoalSuggestionRecord in goal_suggestions seen by |user|
        goal_suggestions::seeker_id.eq(user).or(goal_suggestions::coach_id.eq(user));
}
