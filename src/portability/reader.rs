//! Reads an account document row by row: memory is that of one row, whatever the size of the document, and no
//! row is made of more values than the service writes.

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
/// The values that a row is made of, at most: in memory each takes some seventy bytes, and two in the document. What
/// separates them is counted, in texts too.
const MOST_VALUES: usize = 250_000;

/// Something in a document.
pub enum Part<'d> {
    /// A member that is no section.
    Member(&'d str, Value),
    /// A section begins.
    Section(&'static Section),
    /// A row of a section.
    Row(&'static Section, Row),
}

/// A row as it stands in the document.
pub struct Row {
    /// Its place in its section, from 0.
    pub number: usize,
    /// How many bytes it takes there.
    pub length: usize,
    /// What it says.
    pub value: Value,
}

/// What is done with each part; an error ends the reading.
pub type Visit<'v> = dyn FnMut(Part<'_>) -> Result<()> + 'v;

/// Reads a whole document; with `only`, the rows of one section and nothing else.
///
/// 400 for what is no JSON, 422 for what is no account document or has too large a row.
pub fn read(file: &File, only: Option<&str>, visit: &mut Visit<'_>) -> Result<()> {
    let mut file = file;
    file.rewind().map_err(unreadable)?;
    let room = Rc::new(Room::default());
    room.renew();
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

/// What is left for the present row.
#[derive(Default)]
struct Room {
    bytes: Cell<usize>,
    values: Cell<usize>,
    exceeded: Cell<bool>,
}

impl Room {
    /// For the next row.
    fn renew(&self) {
        self.bytes.set(LARGEST_ROW);
        self.values.set(MOST_VALUES);
    }

    /// For what is not kept.
    fn open(&self) {
        self.bytes.set(usize::MAX);
        self.values.set(usize::MAX);
    }

    fn take(&self, text: &[u8]) -> Option<()> {
        let separators = text
            .iter()
            .filter(|byte| matches!(byte, b',' | b'[' | b'{'));
        self.bytes.set(self.bytes.get().checked_sub(text.len())?);
        let values = self.values.get().checked_sub(separators.count())?;
        self.values.set(values);
        Some(())
    }

    /// How many bytes the present row has taken so far.
    fn taken(&self) -> usize {
        LARGEST_ROW.saturating_sub(self.bytes.get())
    }
}

/// A reader that ends when a row takes more room than it may.
struct Bounded<R> {
    inner: R,
    room: Rc<Room>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        if self.room.take(&buffer[..length]).is_none() {
            self.room.exceeded.set(true);
            return Err(io::Error::other("too large a row"));
        }
        Ok(length)
    }
}

struct Reading<'r, 'v> {
    only: Option<&'r str>,
    visit: &'r mut Visit<'v>,
    room: Rc<Room>,
    /// The place that is being read.
    pointer: String,
    stopped: Option<Error>,
}

impl Reading<'_, '_> {
    fn tell<E: serde::de::Error>(&mut self, part: Part<'_>) -> Result<(), E> {
        self.room.renew();
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
            Category::Io if self.room.exceeded.get() => Error::invalid_field(
                self.pointer,
                "too_large",
                format!("A row has at most {LARGEST_ROW} bytes and {MOST_VALUES} values."),
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
        while let Some(value) = rows.next_element()? {
            let row = Row {
                number,
                length: self.reading.room.taken(),
                value,
            };
            self.reading.tell(Part::Row(self.section, row))?;
            number += 1;
        }
        Ok(())
    }
}

/// What was looked at in another reading: it is JSON, and its rows are not too large.
struct Skipped<'r>(&'r Room);

impl<'de> DeserializeSeed<'de> for Skipped<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, value: D) -> Result<(), D::Error> {
        self.0.open();
        value.deserialize_ignored_any(IgnoredAny)?;
        self.0.renew();
        Ok(())
    }
}
