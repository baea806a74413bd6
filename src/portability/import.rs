//! Takes a document into an empty account: checked whole before, written whole or not at all.

use std::fs::File;

use actix_web::http::StatusCode;
use serde_json::Value;

use super::document::Findings;
use super::model::{AccountImport, ImportedSection};
use super::queries::{self, ROWS_OF_A_PART};
use super::reader::{self, Part, Row};
use super::sections::{SECTIONS, Section};
use crate::account;
use crate::db::{Patience, Tx};
use crate::http::answer::Answer;
use crate::http::error::{Error, Result};
use crate::http::problems;

/// Rows are written together until they take so many bytes in the document: in memory they take far more.
const BYTES_OF_A_PART: usize = 1024 * 1024;

/// A document that was looked at.
pub struct Checked {
    file: File,
    findings: Findings,
}

/// Looks at every row of a document; 422 with what is wrong.
pub fn check(file: File, patience: Patience) -> Result<Checked> {
    let mut findings = Findings::default();
    reader::read(&file, None, &mut |part| {
        match part {
            Part::Member(name, value) => findings.member(name, value),
            Part::Section(section) => findings.sections.push((section, 0)),
            Part::Row(section, row) => findings.row(section, row.number, row.value),
        }
        if findings.is_hopeless() {
            return Err(Error::invalid(std::mem::take(&mut findings.faults)));
        }
        patience.check()
    })?;
    findings.end();
    match findings.faults.is_empty() {
        true => Ok(Checked { file, findings }),
        false => Err(Error::invalid(findings.faults)),
    }
}

/// Writes a document that was looked at; 409 when the account is not empty.
pub fn write(tx: &mut Tx<'_>, checked: Checked, patience: Patience) -> Result<Answer> {
    let Checked { file, findings } = checked;
    let in_order = findings.is_in_order(&SECTIONS);
    let sections = findings.sections;
    let account = findings
        .account
        .ok_or_else(|| Error::internal("a checked document is of nobody"))?;
    // Whoever imports beside this one waits here, and then finds that the account is not empty.
    account::adopt(tx, &account.profile())?;
    refuse_unless_empty(tx)?;
    if in_order {
        write_sections(tx, &file, None, patience)?;
    } else {
        for section in SECTIONS.iter().filter(|it| it.insert.is_some()) {
            write_sections(tx, &file, Some(section.name), patience)?;
        }
    }
    queries::count_contacts_anew(tx)?;
    account::record_update(tx)?;
    let sections = sections.into_iter().filter(|(_, rows)| *rows > 0);
    let told = sections.map(|(section, rows)| ImportedSection {
        name: section.name,
        rows,
        imported: section.insert.is_some(),
    });
    let answer = AccountImport {
        sections: told.collect(),
    };
    Answer::document(StatusCode::OK, &answer)
}

fn refuse_unless_empty(tx: &mut Tx<'_>) -> Result<()> {
    for section in &SECTIONS {
        if let Some(in_the_way) = section.in_the_way
            && in_the_way(tx)?
        {
            return Err(problems::ACCOUNT_NOT_EMPTY
                .because("An account document goes into an account without any records.")
                .into());
        }
    }
    Ok(())
}

/// Writes the sections in the order of the document, or one of them.
fn write_sections(
    tx: &mut Tx<'_>,
    file: &File,
    only: Option<&str>,
    patience: Patience,
) -> Result<()> {
    let mut waiting = Waiting::default();
    reader::read(file, only, &mut |part| match part {
        Part::Member(..) => Ok(()),
        Part::Section(_) => waiting.write(tx),
        Part::Row(section, row) => {
            if section.insert.is_none() {
                return Ok(());
            }
            waiting.add(section, row);
            if !waiting.is_full() {
                return Ok(());
            }
            patience.check()?;
            waiting.write(tx)
        }
    })?;
    waiting.write(tx)
}

/// Rows that are written together.
#[derive(Default)]
struct Waiting {
    section: Option<&'static Section>,
    first: usize,
    rows: Vec<Value>,
    bytes: usize,
}

impl Waiting {
    fn add(&mut self, section: &'static Section, row: Row) {
        if self.rows.is_empty() {
            self.section = Some(section);
            self.first = row.number;
        }
        self.bytes += row.length;
        self.rows.push(row.value);
    }

    fn is_full(&self) -> bool {
        self.rows.len() >= ROWS_OF_A_PART || self.bytes >= BYTES_OF_A_PART
    }

    /// Those that have waited; none do any longer.
    fn take(&mut self) -> Vec<Value> {
        self.bytes = 0;
        std::mem::take(&mut self.rows)
    }

    fn write(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        let rows = self.take();
        match self.section.and_then(|it| Some((it, it.insert?))) {
            Some((section, insert)) if !rows.is_empty() => insert(tx, section, self.first, rows),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use serde_json::json;

    use super::*;

    /// How many rows are written together, when each of so many is as long as this.
    fn parts(rows: usize, length: usize) -> Vec<usize> {
        let mut file = tempfile::tempfile().expect("a file");
        let row = json!({"id": "x".repeat(length)});
        let document = json!({"applications": vec![row; rows]});
        file.write_all(document.to_string().as_bytes())
            .expect("written");
        let (mut waiting, mut parts) = (Waiting::default(), Vec::new());
        let read = reader::read(&file, None, &mut |part| {
            if let Part::Row(section, row) = part {
                waiting.add(section, row);
            }
            if waiting.is_full() {
                parts.push(waiting.take().len());
            }
            Ok(())
        });
        read.expect("it is JSON");
        parts.push(waiting.take().len());
        parts
    }

    #[test]
    fn rows_wait_until_they_are_many_or_long() {
        assert_eq!(parts(600, 10), [250, 250, 100]);
        assert_eq!(parts(7, 400_000), [3, 3, 1]);
        assert_eq!(parts(3, 4_000_000), [1, 1, 1, 0]);
    }
}
