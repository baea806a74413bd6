//! Coaching: a seeker lets a coach see some of the job search, for as long as they want.
//!
//! The seeker invites an address and names the scopes. Nothing tells the seeker whether the address has an
//! account, and an unknown one waits until it registers. The coach sees what was granted and writes nothing
//! but notes and suggested goals; every read is in the access log. Revocation, a changed scope and the end
//! of the link hold from the next request on, because each request reads the link in its own transaction
//! (`access`).
//!
//! This feature reads across others and writes none but its own; a goal that grows from a suggestion is
//! created by `goals`.

mod access;
pub mod dashboard;
mod events;
pub mod figures;
pub mod invitations;
pub mod links;
mod lists;
mod mails;
mod model;
pub mod notes;
mod parting;
mod queries;
mod rules;
pub mod suggestions;
pub mod views;

pub use events::{JOB as EVENT_JOB, tell};
pub use invitations::answer as answer_invitation;
pub use links::invite;
pub use mails::{JOB as MAIL_JOB, send};
pub use model::{
    CoachAccess, CoachAccessPage, CoachLink, CoachLinkFields, CoachLinkPage, Invitation,
    InvitationPage,
};
pub use notes::{NoteVisibility, leave as leave_note};
pub use parting::part;
pub use rules::{LinkStatus, Scope};
pub use suggestions::{SuggestionStatus, suggest as suggest_goal};
