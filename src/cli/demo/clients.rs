//! The coach's clients: one for each signal, and whoever else a coach meets.

use chrono::{DateTime, Duration, Utc};
use diesel::PgConnection;
use uuid::Uuid;

use super::life::Life;
use super::{COACH, stories, write};
use crate::coaching::{CoachLinkFields, LinkStatus, Scope, answer_invitation, invite};
use crate::http::error::Result;

/// A client: who they are, what they let the coach see, and how it went.
pub(super) struct Client {
    /// Their address, which can belong to nobody.
    pub email: &'static str,
    /// How they are called; nobody is called so.
    pub name: &'static str,
    scopes: &'static [Scope],
    /// How many days ago they invited the coach.
    invited: i64,
    answered: bool,
    story: fn(&mut Life<'_>) -> Result<()>,
}

/// What most grant.
const USUAL: &[Scope] = &[
    Scope::Applications,
    Scope::Insights,
    Scope::Goals,
    Scope::SuggestGoals,
    Scope::Notes,
];
/// The same and what is private.
const MORE: &[Scope] = &[
    Scope::Applications,
    Scope::Insights,
    Scope::Goals,
    Scope::Reflections,
    Scope::Feedback,
    Scope::Wellbeing,
    Scope::SuggestGoals,
    Scope::Notes,
];
/// Little.
const NARROW: &[Scope] = &[Scope::Goals, Scope::Notes];

const fn client(
    email: &'static str,
    name: &'static str,
    scopes: &'static [Scope],
    invited: i64,
    story: fn(&mut Life<'_>) -> Result<()>,
) -> Client {
    Client {
        email,
        name,
        scopes,
        invited,
        answered: true,
        story,
    }
}

/// Everybody whom the coach knows beside the seeker of the demo; the last one is still to be answered.
pub(super) const CLIENTS: [Client; 12] = [
    client(
        "ada@demo.example",
        "Ada Anvil",
        MORE,
        60,
        stories::prepared_in_vain,
    ),
    client(
        "bo@demo.example",
        "Bo Bramble",
        USUAL,
        50,
        stories::loses_interviews,
    ),
    client(
        "cleo@demo.example",
        "Cleo Candlewick",
        USUAL,
        45,
        stories::loses_early,
    ),
    client(
        "dov@demo.example",
        "Dov Driftwood",
        USUAL,
        70,
        stories::went_quiet,
    ),
    client(
        "etta@demo.example",
        "Etta Eggcup",
        USUAL,
        35,
        stories::lets_a_goal_slip,
    ),
    client(
        "finn@demo.example",
        "Finn Fernweh",
        MORE,
        30,
        stories::feels_low,
    ),
    client(
        "gus@demo.example",
        "Gus Gooseberry",
        MORE,
        80,
        stories::has_an_offer,
    ),
    client(
        "hana@demo.example",
        "Hana Hazelnut",
        USUAL,
        1,
        stories::has_just_started,
    ),
    client(
        "ivo@demo.example",
        "Ivo Inkwell",
        USUAL,
        25,
        stories::rests_today,
    ),
    client(
        "juno@demo.example",
        "Juno Juniper",
        USUAL,
        90,
        stories::found_work,
    ),
    client(
        "kit@demo.example",
        "Kit Kettle",
        NARROW,
        20,
        stories::shows_little,
    ),
    Client {
        answered: false,
        ..client(
            "lio@demo.example",
            "Lio Lantern",
            USUAL,
            2,
            stories::waits_for_the_coach,
        )
    },
];

impl Client {
    /// Writes what happened to them, and their link to the coach.
    pub(super) fn history(
        &self,
        conn: &mut PgConnection,
        id: Uuid,
        coach: Uuid,
        today: DateTime<Utc>,
    ) -> Result<()> {
        let invited_at = today - Duration::days(self.invited);
        let fields = CoachLinkFields {
            coach_email: COACH.to_owned(),
            scopes: self.scopes.to_vec(),
            ends_at: None,
        };
        let link = write(conn, id, invited_at, |tx| invite(tx, &fields))?;
        if self.answered {
            write(conn, coach, invited_at + Duration::hours(5), |tx| {
                answer_invitation(tx, link.id, LinkStatus::Active, false)
            })?;
        }
        (self.story)(&mut Life::new(conn, id, today))
    }
}
