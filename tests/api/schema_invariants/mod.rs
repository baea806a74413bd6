//! What the schema promises by itself, read from the catalogue: whoever adds a table finds out here what it needs.

mod catalogue;
pub mod isolation;
mod migrations;
mod sharding;
