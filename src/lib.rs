//! Rebound: a JSON API that helps people who look for work take a rejection well, learn from it and
//! keep going.
//!
//! # The map
//! Folders are features; what features share stands beside them.
//!
//! | where | what |
//! |---|---|
//! | [`routes`] | every path of the API at a glance |
//! | [`applications`], [`interviews`] | the job search itself |
//! | [`rejections`] | the answer of a company, met calmly |
//! | [`messages`] | templates, what one writes, the check of its tone |
//! | [`feedback`], [`reflections`] | what one learns from a no |
//! | [`suggestions`] | the small goals that grow from it |
//! | [`goals`] | small goals, check-ins, streaks that forgive |
//! | [`networking`] | contacts, and staying in touch with them |
//! | [`wellbeing`] | how the user is, for those who choose to note it |
//! | [`reminders`], [`rest`] | what one is reminded of, and when nothing is asked of one |
//! | [`calendar`] | the same days in one's own calendar |
//! | [`journey`], [`next_actions`] | everything around an application in order; what to do next |
//! | [`insights`] | what the numbers say, and how little a few say |
//! | [`signals`] | what somebody should look at, with its evidence |
//! | [`coaching`] | what a seeker lets a coach see, and what the coach may answer |
//! | [`webhooks`] | who else is told of what happens |
//! | [`imports`] | spreadsheets in and out |
//! | [`portability`] | a whole account in one document, out and in |
//! | [`account`] | register, sign in, preferences, erasure |
//! | [`auth`] | passwords, tokens, sessions, the current user |
//! | [`http`] | what every resource shares on its way in and out |
//! | [`db`] | pool, deadlines, the transaction with its owner, the embedded PostgreSQL |
//! | [`events`], [`jobs`], [`mail`] | the change log, the queue, what is sent |
//! | [`clock`], [`config`] | the only sources of now and of settings |
//! | [`cli`] | the command line |
//!
//! Who may know whom: `cli → server → routes → features → shared → schema`, never upwards.

pub mod account;
pub mod applications;
pub mod auth;
pub mod calendar;
pub mod cli;
pub mod clock;
pub mod coaching;
pub mod config;
pub mod db;
pub mod events;
pub mod feedback;
pub mod goals;
pub mod http;
pub mod imports;
pub mod insights;
pub mod interviews;
pub mod jobs;
pub mod journey;
pub mod logging;
pub mod mail;
pub mod messages;
pub mod networking;
pub mod next_actions;
pub mod portability;
pub mod reflections;
pub mod rejections;
pub mod reminders;
pub mod rest;
pub mod routes;
pub mod server;
pub mod services;
pub mod signals;
pub mod suggestions;
pub mod webhooks;
pub mod wellbeing;
