//! Coaching: links, what they let a coach see, notes, suggested goals, the dashboard.

mod access;
mod dashboard;
mod links;
mod mails;
mod notes;
mod parting;
mod suggestions;

use serde_json::{Value, json};

use crate::support::builders::{User, merge};
use crate::support::client::Answer;

/// Invites a coach by the API.
#[track_caller]
fn invite(seeker: &User<'_>, coach: &User<'_>, members: Value) -> Answer {
    let mut body = json!({"coach_email": coach.email()});
    merge(&mut body, members);
    seeker.post("/v1/coach-links", body).expect(201)
}

/// Answers an invitation.
#[track_caller]
fn answer(coach: &User<'_>, id: &str, to: &str) -> Answer {
    let path = format!("/v1/coach/invitations/{id}/transitions");
    coach.post(&path, json!({"to": to})).expect(200)
}

/// A link that both sides agreed to: its id.
#[track_caller]
fn agreed(seeker: &User<'_>, coach: &User<'_>, members: Value) -> String {
    let id = invite(seeker, coach, members).id();
    assert_eq!(answer(coach, &id, "active").text_at("/status"), "active");
    id
}

/// What the coach sees of a client.
fn view(seeker: &User<'_>, what: &str) -> String {
    format!("/v1/coach/clients/{}/{what}", seeker.id)
}
