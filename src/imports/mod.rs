//! Bring an existing job-search spreadsheet in, and take everything out again as CSV.
//!
//! People keep their applications in sheets of their own making. `rows::read` takes such a file as
//! bytes, recognises encoding, delimiter, header row, columns, dates and status words, and hands over
//! one outcome for each row: what to create, or why not. `export::Exporter` writes the same columns
//! back. [`handlers`] serves both; `write` makes applications of the outcomes, `job` does so for large
//! files in the background, part by part; `rules` tells which rows are the same and what their past was.
//!
//! The way of a file: `decode` (bytes to text) or `xlsx` (bytes to cells) → `grid` (rows of non-empty
//! cells) → `columns` (what each column means) → `convert` (what each row means), with `dates`,
//! `status`, `salary` and `text` for single cells. None of these performs I/O of its own or knows the
//! time: `today` is an argument.

mod cells;
mod columns;
mod convert;
mod dates;
mod decode;
mod download;
mod export;
mod fields;
mod grid;
pub mod handlers;
mod job;
mod model;
mod pay;
mod problems;
mod queries;
mod rows;
mod rules;
mod salary;
mod status;
mod status_clause;
mod status_endings;
mod status_stages;
mod status_words;
mod synonyms;
mod text;
mod write;
mod xlsx;

pub use job::{JOB, run};
pub use model::{ImportStatus, ReportRow, are_report_rows, is_counts, is_options};

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
