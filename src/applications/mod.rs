//! Applications: what one applied for, where it stands, and how it got there.
//!
//! An application moves through a state machine ([`rules`]); every move is a step of its append-only
//! timeline, from which the furthest stage is derived. Becoming rejected opens a rejection, so this feature
//! knows `rejections` and serves what writes to both ([`rejecting`]). Other features use the models and the query
//! functions that are handed out here.

pub mod batch;
mod bulk;
pub mod handlers;
mod model;
mod moves;
mod queries;
pub mod rejecting;
mod row;
pub mod rules;
pub mod timeline;
pub mod upsert;

pub use bulk::{PastApplication, create_many};
pub use handlers::{ApplicationQuery, page};
pub use model::{
    Application, ApplicationFields, ApplicationPage, EmploymentType, SalaryPeriod, WorkMode,
};
pub use moves::{WantedMove, add_note, create, record_move, record_override};
pub use queries::bulk::{oldest_first, plan_anew};
pub use queries::{get, lock, timeline_by_ids};
pub use timeline::NewNote;
