//! What happens to links when one of the two parties erases their account.

use serde_json::json;

use super::events::{self, Told};
use super::queries;
use crate::db::Tx;
use crate::http::error::Result;

/// Ends the links that the user answered as a coach, forgets their address in them, and tells the other
/// parties of all their links.
///
/// The foreign keys do the rest: with a seeker goes everything, with a coach their notes and suggestions. An
/// invitation that was never answered stays as it is, or it would tell that its address had an account.
pub fn part(tx: &mut Tx<'_>) -> Result<()> {
    let now = tx.now;
    let of_seekers = queries::end_as_coach(tx)?.into_iter().map(|link| Told {
        user: link.seeker_id,
        kind: match link.status_since(now) == now {
            true => events::LINK_MOVED,
            false => events::LINK_UPDATED,
        },
        resource: link.id,
        data: json!({"status": link.status(now)}),
    });
    let mut told: Vec<Told> = of_seekers.collect();
    let of_coaches = queries::answered(tx)?.into_iter().filter_map(|link| {
        Some(Told {
            user: link.coach_id?,
            kind: events::INVITATION_DELETED,
            resource: link.id,
            data: json!(null),
        })
    });
    told.extend(of_coaches);
    events::want_all(tx, told)
}
