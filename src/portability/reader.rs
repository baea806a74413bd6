//! Reads an account document row by row: memory is that of one row, whatever the size of the document.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::rc::Rc;

use serde::de::{
    DeserializeSeed, Deserializer as _, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::Value;
use serde_json::error::Category;

use super::sections::{self, Section};
use crate::http::error::{Error, Result};
use crate::http::problems;
use crate::http::text::push_token;

/// The largest row, in bytes. The largest that the service writes is a part of a report.
const LARGEST_ROW: usize = 4 * 1024 * 1024;

/// Something in a document.
pub enum Part<'d> {
    /// A member that is no section.
    Member(&'d str, Value),
    /// A section begins.
    Section(&'static Section),
    /// A row of a section, with its number from 0.
    Row(&'static Section, usize, Value),
}

/// What is done with each part; an error ends the reading.
pub type Visit<'v> = dyn FnMut(Part<'_>) -> Result<()> + 'v;

/// Reads a whole document; with `only`, the rows of one section and nothing else.
///
/// 400 for what is no JSON, 422 for what is no account document or has too large a row.
pub fn read(file: &File, only: Option<&str>, visit: &mut Visit<'_>) -> Result<()> {
    let mut file = file;
    file.rewind().map_err(unreadable)?;
    let room = Rc::new(Cell::new(LARGEST_ROW));
    let bounded = Bounded {
        inner: BufReader::with_capacity(64 * 1024, file),
        room: Rc::clone(&room),
    };
    let mut reading = Reading {
        only,
        visit,
        room,
        pointer: String::new(),
        stopped: None,
    };
    let mut deserializer = serde_json::Deserializer::from_reader(bounded);
    let outcome = deserializer
        .deserialize_any(Document(&mut reading))
        .and_then(|()| deserializer.end());
    match outcome {
        Ok(()) => Ok(()),
        Err(error) => Err(reading.failure(&error)),
    }
}

fn unreadable(error: io::Error) -> Error {
    Error::internal(format!("a temporary file cannot be read: {error}"))
}

/// A reader that ends when a row takes more room than it may.
struct Bounded<R> {
    inner: R,
    room: Rc<Cell<usize>>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        let room = self.room.get();
        if length > room {
            return Err(io::Error::other("too large a row"));
        }
        self.room.set(room - length);
        Ok(length)
    }
}

struct Reading<'r, 'v> {
    only: Option<&'r str>,
    visit: &'r mut Visit<'v>,
    room: Rc<Cell<usize>>,
    /// The place that is being read.
    pointer: String,
    stopped: Option<Error>,
}

impl Reading<'_, '_> {
    fn tell<E: serde::de::Error>(&mut self, part: Part<'_>) -> Result<(), E> {
        self.room.set(LARGEST_ROW);
        (self.visit)(part).map_err(|error| {
            self.stopped = Some(error);
            E::custom("stopped")
        })
    }

    fn failure(self, error: &serde_json::Error) -> Error {
        if let Some(error) = self.stopped {
            return error;
        }
        match error.classify() {
            Category::Data => {
                let expected = match self.pointer.is_empty() {
                    true => "An object is expected.",
                    false => "An array is expected.",
                };
                Error::invalid_field(self.pointer, "wrong_type", expected)
            }
            Category::Io if self.room.get() < LARGEST_ROW => Error::invalid_field(
                self.pointer,
                "too_large",
                format!("At most {LARGEST_ROW} bytes."),
            ),
            Category::Io => Error::internal("a temporary file cannot be read"),
            Category::Eof => problems::MALFORMED
                .because("The JSON ends too early.")
                .into(),
            Category::Syntax => {
                let place = format!("line {}, column {}", error.line(), error.column());
                let detail = format!("The JSON cannot be read at {place}.");
                problems::MALFORMED.because(detail).into()
            }
        }
    }
}

/// The document itself.
struct Document<'r, 'a, 'v>(&'r mut Reading<'a, 'v>);

impl<'de> Visitor<'de> for Document<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let reading = self.0;
        let mut seen: Vec<String> = Vec::new();
        while let Some(name) = members.next_key::<String>()? {
            reading.pointer.clear();
            push_token(&mut reading.pointer, &name);
            if seen.contains(&name) {
                let fault = Error::invalid_field(
                    reading.pointer.clone(),
                    "duplicate",
                    "A member stands here once.",
                );
                reading.stopped = Some(fault);
                return Err(A::Error::custom("stopped"));
            }
            match sections::named(&name) {
                _ if reading.only.is_some_and(|only| only != name) => {
                    members.next_value_seed(Skipped(&reading.room))?;
                }
                Some(section) => {
                    reading.tell(Part::Section(section))?;
                    members.next_value_seed(Rows { reading, section })?;
                }
                None => {
                    let value = members.next_value()?;
                    reading.tell(Part::Member(&name, value))?;
                }
            }
            seen.push(name);
            reading.pointer.clear();
        }
        Ok(())
    }
}

/// The rows of a section.
struct Rows<'r, 'a, 'v> {
    reading: &'r mut Reading<'a, 'v>,
    section: &'static Section,
}

impl<'de> DeserializeSeed<'de> for Rows<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, value: D) -> Result<(), D::Error> {
        value.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Rows<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<(), A::Error> {
        let mut number = 0;
        while let Some(row) = rows.next_element()? {
            self.reading.tell(Part::Row(self.section, number, row))?;
            number += 1;
        }
        Ok(())
    }
}

/// What was looked at in another reading: it is JSON, and its rows are not too large.
struct Skipped<'r>(&'r Cell<usize>);

impl<'de> DeserializeSeed<'de> for Skipped<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, value: D) -> Result<(), D::Error> {
        self.0.set(usize::MAX);
        value.deserialize_ignored_any(IgnoredAny)?;
        self.0.set(LARGEST_ROW);
        Ok(())
    }
}
