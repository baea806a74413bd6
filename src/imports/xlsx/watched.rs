//! The bytes of a workbook as its parser reads them: each part is measured before it is unpacked, as often as
//! it is, and all of them together have an end.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::rc::Rc;
use std::time::Instant;

use zip::ZipArchive;

use super::measure::Measure;
use super::{Limits, broken, too_large};
use crate::imports::problems::{FileError, FileErrorCode};

/// How many cells pass between two looks at the clock.
const LOOK_AGAIN: usize = 1_024;

/// What may still be done for a workbook.
pub(super) struct Watch<'b> {
    archive: RefCell<ZipArchive<Cursor<&'b [u8]>>>,
    /// Which part it is whose bytes begin here.
    parts: HashMap<u64, usize>,
    unpacked: Cell<u64>,
    cells: Cell<usize>,
    until: Instant,
    fault: RefCell<Option<FileError>>,
}

impl<'b> Watch<'b> {
    /// Looks at what parts there are, and unpacks none.
    pub(super) fn new(bytes: &'b [u8], limits: &Limits) -> Result<Self, FileError> {
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| broken())?;
        let mut parts = HashMap::with_capacity(archive.len());
        for index in 0..archive.len() {
            let part = archive.by_index_raw(index).map_err(|_| broken())?;
            let start = part.data_start().ok_or_else(broken)?;
            // Two parts of the same bytes would be measured as one.
            if parts.insert(start, index).is_some() {
                return Err(broken());
            }
        }
        Ok(Self {
            archive: RefCell::new(archive),
            parts,
            unpacked: Cell::new(limits.unpacked),
            cells: Cell::new(limits.cells),
            until: limits.until,
            fault: RefCell::default(),
        })
    }

    /// What the parser was refused, whatever it made of that.
    pub(super) fn fault(&self) -> Option<FileError> {
        self.fault.borrow().clone()
    }

    /// Counts a cell, one that holds nothing too.
    pub(super) fn cell(&self) -> Result<(), FileError> {
        let left = self.cells.get().checked_sub(1).ok_or_else(too_large)?;
        self.cells.set(left);
        match left % LOOK_AGAIN {
            0 => self.time(),
            _ => Ok(()),
        }
    }

    fn time(&self) -> Result<(), FileError> {
        match Instant::now() < self.until {
            true => Ok(()),
            false => Err(FileError::new(
                FileErrorCode::TooSlow,
                "Reading the file took too long.",
            )),
        }
    }

    fn measure(&self, index: usize) -> Result<(), FileError> {
        let mut archive = self.archive.borrow_mut();
        let mut part = archive.by_index(index).map_err(|_| broken())?;
        let (mut measure, mut chunk) = (Measure::default(), [0; 16 * 1024]);
        loop {
            self.time()?;
            let count = part.read(&mut chunk).map_err(|_| broken())?;
            if count == 0 {
                return measure.end();
            }
            let left = self.unpacked.get().checked_sub(count as u64);
            self.unpacked.set(left.ok_or_else(too_large)?);
            measure.feed(&chunk[..count])?;
        }
    }

    fn refuse(&self, fault: FileError) -> io::Error {
        *self.fault.borrow_mut() = Some(fault);
        io::Error::other("refused")
    }
}

/// The bytes, under watch.
pub(super) struct Watched<'b> {
    bytes: Cursor<&'b [u8]>,
    watch: Rc<Watch<'b>>,
}

impl<'b> Watched<'b> {
    pub(super) fn new(bytes: &'b [u8], watch: Rc<Watch<'b>>) -> Self {
        Self {
            bytes: Cursor::new(bytes),
            watch,
        }
    }
}

impl Read for Watched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.watch.time().map_err(|it| self.watch.refuse(it))?;
        self.bytes.read(buffer)
    }
}

impl Seek for Watched<'_> {
    /// Whoever unpacks a part goes to its beginning first.
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = self.bytes.seek(to)?;
        if let Some(index) = self.watch.parts.get(&place) {
            let measured = self.watch.measure(*index);
            measured.map_err(|it| self.watch.refuse(it))?;
        }
        Ok(place)
    }
}
