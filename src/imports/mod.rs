//! Bring an existing job-search spreadsheet in, and take everything out again as CSV.
//!
//! People keep their applications in sheets of their own making. [`rows::read`] takes such a file as
//! bytes, recognises encoding, delimiter, header row, columns, dates and status words, and hands over
//! one outcome for each row: what to create, or why not. [`export::Exporter`] writes the same columns
//! back. Nothing in this folder performs I/O of its own or knows the time: `today` is an argument.
//!
//! The way of a file: `decode` (bytes to text) or `xlsx` (bytes to cells) → `grid` (rows of non-empty
//! cells) → `columns` (what each column means) → `convert` (what each row means), with
//! `dates`, `status`, `salary` and `text` for single cells.

mod cells;
pub mod columns;
mod convert;
pub mod dates;
pub mod decode;
pub mod export;
pub mod fields;
pub mod grid;
mod pay;
pub mod problems;
pub mod rows;
pub mod salary;
pub mod status;
mod status_clause;
mod status_endings;
mod status_stages;
mod status_words;
pub mod synonyms;
pub mod text;
pub mod xlsx;

#[cfg(test)]
mod files_tests;
#[cfg(test)]
mod hostile_tests;
#[cfg(test)]
mod round_trip_tests;
#[cfg(test)]
mod rows_tests;
#[cfg(test)]
mod status_tests;
#[cfg(test)]
mod xlsx_tests;
