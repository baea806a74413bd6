//! What the tests share.
pub mod app;
pub mod builders;
pub mod client;
pub mod cluster;
pub mod coaching;
pub mod document;
pub mod mails;
pub mod process;
pub mod proxy;
pub mod receiver;
pub mod sse;
pub mod standby;
pub mod statements;
pub mod victim;
pub mod wire;
