//! What the tests share.
pub mod cluster;
pub mod victim;
