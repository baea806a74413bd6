//! The cells of one row by their meaning, and the notes that take what has no place of its own.

use std::collections::BTreeMap;

use super::columns::{Column, Plan};
use super::export::split_list;
use super::fields::{MAX_EXTERNAL_ID, MAX_NOTES, MAX_URL};
use super::grid::RawRow;
use super::problems::{RefusalCode, RowRefusal, Warning, WarningCode};
use super::synonyms::Field;
use super::text::{clean, excerpt, is_absent, unprotect};
use crate::http::rules::web_address;

pub(super) struct Value<'a> {
    pub(super) column: &'a Column,
    pub(super) text: String,
}

// The cells of one row by their meaning, the surest and leftmost first.
pub(super) struct Cells<'a> {
    pub(super) values: BTreeMap<Field, Vec<Value<'a>>>,
    pub(super) note_lines: Vec<String>,
    pub(super) warnings: Vec<Warning>,
}

impl<'a> Cells<'a> {
    pub(super) fn gather(plan: &'a Plan, row: &RawRow) -> Self {
        let mut cells = Self {
            values: BTreeMap::new(),
            note_lines: Vec::new(),
            warnings: Vec::new(),
        };
        let (mut removed, mut extra) = (false, false);
        for (position, raw) in row.cells() {
            let mut cleaned = clean(raw);
            removed |= cleaned.removed;
            if let Some(literal) = unprotect(&cleaned.text) {
                cleaned.text = literal.trim().to_owned();
            } else if is_absent(&cleaned.text) {
                continue;
            }
            match plan.column(position) {
                Some(column) => match column.field {
                    Some(Field::Counter) => {}
                    Some(field) => {
                        let text = cleaned.text;
                        cells
                            .values
                            .entry(field)
                            .or_default()
                            .push(Value { column, text });
                    }
                    None => cells.keep(&column.header, &cleaned.text),
                },
                None => {
                    extra = true;
                    cells.keep(
                        &format!("Column {}", position.saturating_add(1)),
                        &cleaned.text,
                    );
                }
            }
        }
        for values in cells.values.values_mut() {
            // Stable, so that among equally sure columns the leftmost stays first.
            values.sort_by_key(|value| value.column.certainty);
        }
        if removed {
            cells.warn(
                WarningCode::ControlCharactersRemoved,
                "Control characters were removed.",
            );
        }
        if extra {
            cells.warn(
                WarningCode::ExtraCells,
                "The row has cells without a header; they are in the notes.",
            );
        }
        cells
    }

    pub(super) fn warn(&mut self, code: WarningCode, detail: impl Into<String>) {
        let detail = detail.into();
        self.warnings.push(Warning { code, detail });
    }

    pub(super) fn keep(&mut self, header: &str, text: &str) {
        self.note_lines.push(format!("{header}: {text}"));
    }

    pub(super) fn keep_and_warn(&mut self, code: WarningCode, value: &Value<'_>, what: &str) {
        self.keep(&value.column.header, &value.text);
        let header = excerpt(&value.column.header, 40);
        self.warn(
            code,
            format!(
                "“{}” in {header} {what}; it is in the notes.",
                excerpt(&value.text, 40)
            ),
        );
    }

    // The value that counts for a field. The others are kept unless they say the same.
    pub(super) fn take(&mut self, field: Field) -> Option<Value<'a>> {
        let mut values = self.values.remove(&field)?.into_iter();
        let winner = values.next()?;
        for other in values.filter(|other| other.text != winner.text) {
            self.keep(&other.column.header, &other.text);
        }
        Some(winner)
    }

    pub(super) fn short_text(&mut self, field: Field, limit: usize) -> Option<String> {
        let value = self.take(field)?;
        if value.text.chars().count() <= limit {
            return Some(value.text);
        }
        let what = format!("is longer than {limit} characters: the beginning is taken, the whole");
        self.keep(&value.column.header, &value.text);
        self.warn(
            WarningCode::TooLongMoved,
            format!("{} {what} is in the notes.", value.column.header),
        );
        let beginning: String = value.text.chars().take(limit).collect();
        Some(beginning.trim_end().to_owned())
    }

    pub(super) fn understood<T>(
        &mut self,
        field: Field,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let value = self.take(field)?;
        let found = read(&value.text);
        if found.is_none() {
            self.keep_and_warn(WarningCode::NotUnderstood, &value, "was not understood");
        }
        found
    }

    pub(super) fn external_id(&mut self) -> Result<Option<String>, RowRefusal> {
        let Some(value) = self.take(Field::ExternalId) else {
            return Ok(None);
        };
        if value.text.chars().count() > MAX_EXTERNAL_ID {
            // Half an id would be another application's id.
            return Err(RowRefusal::new(
                RefusalCode::TooLong,
                format!("The id is longer than {MAX_EXTERNAL_ID} characters."),
            ));
        }
        Ok(Some(value.text))
    }

    pub(super) fn url(&mut self) -> Option<String> {
        let value = self.take(Field::Url)?;
        let address = Some(value.text.clone());
        let is_address = web_address(&address, &()).is_ok() && value.text.contains("://");
        if !is_address || value.text.contains(char::is_whitespace) {
            self.keep_and_warn(
                WarningCode::UrlNotKept,
                &value,
                "is no http or https address",
            );
            return None;
        }
        if value.text.chars().count() > MAX_URL {
            self.keep_and_warn(WarningCode::TooLongMoved, &value, "is too long");
            return None;
        }
        address
    }

    /// Several values in one cell: as many as there is room for, the rest goes to the notes.
    pub(super) fn list(&mut self, field: Field, most: usize, longest: usize) -> Vec<String> {
        let Some(value) = self.take(field) else {
            return Vec::new();
        };
        let (mut kept, mut moved) = (Vec::new(), Vec::new());
        for item in split_list(&value.text) {
            let fits = kept.len() < most && item.chars().count() <= longest;
            if fits { &mut kept } else { &mut moved }.push(item);
        }
        if !moved.is_empty() {
            self.keep(&value.column.header, &moved.join("; "));
            let detail = format!(
                "{} has room for {most} values of {longest} characters; the rest is in the notes.",
                value.column.header
            );
            self.warn(WarningCode::TooLongMoved, detail);
        }
        kept
    }

    pub(super) fn notes(&mut self) -> Result<Option<String>, RowRefusal> {
        let own = self.take(Field::Notes).map(|value| value.text);
        let lines = std::mem::take(&mut self.note_lines);
        let notes = own.into_iter().chain(lines).collect::<Vec<_>>().join("\n");
        if notes.chars().count() > MAX_NOTES {
            return Err(RowRefusal::new(
                RefusalCode::TooLong,
                format!(
                    "The notes, with all that has no field of its own, exceed {MAX_NOTES} characters."
                ),
            ));
        }
        Ok((!notes.is_empty()).then_some(notes))
    }
}
