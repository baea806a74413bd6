//! Applications: what may be written, how they move, how they are found again.

mod batch;
mod deletion;
mod fields;
mod filters;
mod moves;
mod paging;
mod silence;
mod timeline;
mod upsert;
