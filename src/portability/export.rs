//! Writes a whole account into a file.

use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};

use bytes::Bytes;
use uuid::Uuid;

use super::document;
use super::sections::{SECTIONS, unwritten};
use crate::account;
use crate::db::{Access, Desk};
use crate::http::error::{Error, Result};

/// What is read from the file at a time.
const CHUNK: usize = 256 * 1024;

/// The document of a user as of one instant, in a file without a name, and its length.
pub fn write(desk: &Desk, owner: Uuid) -> Result<(File, u64)> {
    let file = tempfile::tempfile().map_err(unwritten)?;
    let mut out = BufWriter::with_capacity(CHUNK, file);
    desk.transaction(owner, Access::Snapshot, |tx| {
        let user = account::user(tx.conn, owner)?;
        let head = document::head(user.into(), tx.now).map_err(unwritten)?;
        write!(out, "{{{head}").map_err(unwritten)?;
        for section in &SECTIONS {
            write!(out, ",\n\"{}\":[", section.name).map_err(unwritten)?;
            (section.export)(tx, desk.patience, &mut out)?;
            write!(out, "]").map_err(unwritten)?;
        }
        writeln!(out, "}}").map_err(unwritten)
    })?;
    let mut file = out.into_inner().map_err(unwritten)?;
    let length = file.seek(SeekFrom::End(0)).map_err(unwritten)?;
    file.rewind().map_err(unwritten)?;
    Ok((file, length))
}

/// The next bytes of the file; none at its end.
pub fn chunk(file: &mut File) -> Result<Bytes> {
    let mut bytes = Vec::with_capacity(CHUNK);
    file.take(CHUNK as u64)
        .read_to_end(&mut bytes)
        .map_err(|error| Error::internal(format!("a temporary file cannot be read: {error}")))?;
    Ok(bytes.into())
}
