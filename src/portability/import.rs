//! Takes a document into an empty account: checked whole before, written whole or not at all.

use std::fs::File;

use actix_web::http::StatusCode;
use serde_json::Value;

use super::document::Findings;
use super::model::{AccountImport, ImportedSection};
use super::queries::{self, ROWS_OF_A_PART};
use super::reader::{self, Part};
use super::sections::{SECTIONS, Section};
use crate::account;
use crate::db::{Patience, Tx};
use crate::http::answer::Answer;
use crate::http::error::{Error, Result};
use crate::http::problems;

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
            Part::Row(section, number, row) => findings.row(section, number, row),
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
        Part::Row(section, number, row) => {
            if section.insert.is_none() {
                return Ok(());
            }
            waiting.add(section, number, row);
            if waiting.rows.len() < ROWS_OF_A_PART {
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
}

impl Waiting {
    fn add(&mut self, section: &'static Section, number: usize, row: Value) {
        if self.rows.is_empty() {
            self.section = Some(section);
            self.first = number;
        }
        self.rows.push(row);
    }

    fn write(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        let rows = std::mem::take(&mut self.rows);
        match self.section.and_then(|it| Some((it, it.insert?))) {
            Some((section, insert)) if !rows.is_empty() => insert(tx, section, self.first, rows),
            _ => Ok(()),
        }
    }
}
