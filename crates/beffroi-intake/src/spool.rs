//! Rows written down once, read as often as needed: for formats whose rows cannot be found again
//! without reading the whole file anew (JSON, XML, Parquet, what comes out of archives).
//!
//! A small file stays in memory; a large one goes to a temporary file without a name, which is
//! gone when the program ends, however it ends.

use crate::record::Record;
use std::{
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom, Write},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

/// How much is held in memory before it goes to disk.
const HELD: usize = 32 << 20;
/// How much is read from disk at once.
const BLOCK: usize = 1 << 18;

/// Rows being written down.
#[derive(Debug, Default)]
pub(crate) struct SpoolWriter {
    bytes: Vec<u8>,
    row: Vec<u8>,
    file: Option<File>,
    rows: u64,
    /// How many bytes all of them take.
    size: u64,
}

/// Rows written down.
#[derive(Debug)]
pub(crate) struct Spool {
    store: Store,
    /// Which columns are, when rows are to have a cell for each.
    kept: Option<Vec<bool>>,
    rows: u64,
    size: u64,
    /// Whether the disk gave less than it was given.
    is_cut: AtomicBool,
}

#[derive(Debug)]
enum Store {
    Held(Vec<u8>),
    OnDisk(Mutex<File>),
}

/// The rows of a spool, one after the other.
pub(crate) struct SpoolRows<'s> {
    reader: Reader<'s>,
    row: Vec<u8>,
    record: Record,
    spool: &'s Spool,
    left: u64,
}

enum Reader<'s> {
    Held(&'s [u8]),
    OnDisk(BufReader<At<'s>>),
}

impl SpoolWriter {
    /// Writes a row down.
    ///
    /// # Errors
    /// The disk is full.
    pub(crate) fn push(&mut self, record: &Record) -> io::Result<()> {
        self.row.clear();
        number(record.line(), &mut self.row);
        for index in 0..record.len() {
            let cell = record.raw(index);
            let size = (cell.len() as u64) << 1 | u64::from(record.is_number(index));
            number(size, &mut self.row);
            self.row.extend_from_slice(cell.as_bytes());
        }
        let before = self.bytes.len();
        number(self.row.len() as u64, &mut self.bytes);
        self.bytes.append(&mut self.row);
        self.size += (self.bytes.len() - before) as u64;
        self.rows += 1;
        if self.bytes.len() >= HELD {
            self.flush()?;
        }
        Ok(())
    }

    /// How many rows there are so far.
    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    /// Ends the writing. Rows come back with a cell for each column that is kept, or as they
    /// went.
    ///
    /// # Errors
    /// The disk is full.
    pub(crate) fn finish(mut self, kept: Option<Vec<bool>>) -> io::Result<Spool> {
        if self.file.is_some() {
            self.flush()?;
        }
        let store = match self.file {
            Some(file) => Store::OnDisk(Mutex::new(file)),
            None => Store::Held(self.bytes),
        };
        Ok(Spool {
            store,
            kept,
            rows: self.rows,
            size: self.size,
            is_cut: AtomicBool::new(false),
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile()?),
        };
        file.write_all(&self.bytes)?;
        self.bytes.clear();
        Ok(())
    }
}

impl Spool {
    /// Whether all rows came back whenever they were read.
    pub(crate) fn is_whole(&self) -> bool {
        !self.is_cut.load(Ordering::Relaxed)
    }

    /// How many rows there are, and how many bytes they take.
    pub(crate) fn size(&self) -> (u64, u64) {
        (self.rows, self.size)
    }

    fn reader(&self) -> Reader<'_> {
        match &self.store {
            Store::Held(bytes) => Reader::Held(bytes),
            Store::OnDisk(file) => {
                Reader::OnDisk(BufReader::with_capacity(BLOCK, At { file, at: 0 }))
            }
        }
    }

    /// The rows, from the first, some at once.
    pub(crate) fn pieces(&self) -> Pieces<'_> {
        Pieces {
            reader: self.reader(),
            spool: self,
            left: self.rows,
        }
    }

    /// The rows of a piece.
    pub(crate) fn rows_of<'p>(&'p self, piece: &'p [u8]) -> PieceRows<'p> {
        PieceRows {
            rest: piece,
            record: Record::default(),
            spool: self,
        }
    }

    /// The rows, from the first.
    pub(crate) fn rows(&self) -> SpoolRows<'_> {
        SpoolRows {
            reader: self.reader(),
            row: Vec::new(),
            record: Record::default(),
            spool: self,
            left: self.rows,
        }
    }
}

impl SpoolRows<'_> {
    /// How many rows there were so far, and how many there are.
    pub(crate) fn place(&self) -> (u64, u64) {
        (self.spool.rows - self.left, self.spool.rows)
    }

    /// The next row; `None` after the last.
    pub(crate) fn next(&mut self) -> Option<&Record> {
        self.left = self.left.checked_sub(1)?;
        if self.read().is_none() {
            self.left = 0;
            self.spool.is_cut.store(true, Ordering::Relaxed);
            return None;
        }
        Some(&self.record)
    }

    fn read(&mut self) -> Option<()> {
        let length = usize::try_from(read_number(&mut self.reader)?).ok()?;
        self.row.resize(length, 0);
        self.reader.read_exact(&mut self.row).ok()?;
        laid_out(&self.row, self.spool.kept.as_deref(), &mut self.record)
    }
}

/// A row out of its bytes.
fn laid_out(row: &[u8], kept: Option<&[bool]>, record: &mut Record) -> Option<()> {
    let mut rest = row;
    record.restart(read_number(&mut rest)?);
    for place in 0.. {
        let size = read_number(&mut rest);
        // A row may end before the last column.
        let is_over = kept.map_or(size.is_none(), |kept| place >= kept.len());
        if is_over {
            break;
        }
        let length = usize::try_from(size.unwrap_or(0) >> 1).ok()?;
        let (cell, after) = rest.split_at_checked(length)?;
        let cell = std::str::from_utf8(cell).ok()?;
        rest = after;
        if kept.is_some_and(|kept| kept.get(place) != Some(&true)) {
            continue;
        }
        if size.is_some_and(|size| size & 1 == 1) {
            record.push_number(cell);
        } else {
            record.push(cell);
        }
    }
    Some(())
}

/// Rows still as they were written down, some at once.
pub(crate) struct Pieces<'s> {
    reader: Reader<'s>,
    spool: &'s Spool,
    left: u64,
}

impl Pieces<'_> {
    /// Reads the next rows, at least so many bytes of them unless they are the last. False after
    /// the last.
    pub(crate) fn next(&mut self, bytes: usize, piece: &mut Vec<u8>) -> bool {
        piece.clear();
        while self.left > 0 && piece.len() < bytes {
            self.left -= 1;
            if self.read(piece).is_none() {
                self.left = 0;
                self.spool.is_cut.store(true, Ordering::Relaxed);
            }
        }
        !piece.is_empty()
    }

    fn read(&mut self, piece: &mut Vec<u8>) -> Option<()> {
        let length = read_number(&mut self.reader)?;
        number(length, piece);
        let read = (&mut self.reader).take(length).read_to_end(piece).ok()?;
        (read as u64 == length).then_some(())
    }

    /// How many rows there were so far, and how many there are.
    pub(crate) fn place(&self) -> (u64, u64) {
        (self.spool.rows - self.left, self.spool.rows)
    }
}

/// The rows of a piece, one after the other.
pub(crate) struct PieceRows<'p> {
    rest: &'p [u8],
    record: Record,
    spool: &'p Spool,
}

impl PieceRows<'_> {
    /// The next row; `None` after the last, or where one cannot be read.
    pub(crate) fn next(&mut self) -> Option<&Record> {
        let length = usize::try_from(read_number(&mut self.rest)?).ok()?;
        let (row, after) = self.rest.split_at_checked(length)?;
        self.rest = after;
        laid_out(row, self.spool.kept.as_deref(), &mut self.record)?;
        Some(&self.record)
    }

    /// How many bytes are left.
    pub(crate) fn size(&self) -> usize {
        self.rest.len()
    }

    /// Whether none is left.
    pub(crate) fn is_over(&self) -> bool {
        self.rest.is_empty()
    }
}

impl Read for Reader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Held(bytes) => bytes.read(buffer),
            Self::OnDisk(file) => file.read(buffer),
        }
    }
}

/// A place in a file that several read at once.
struct At<'s> {
    file: &'s Mutex<File>,
    at: u64,
}

impl Read for At<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(self.at))?;
        let read = file.read(buffer)?;
        self.at += read as u64;
        Ok(read)
    }
}

/// Seven bits a byte, the lowest first.
fn number(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    out.push(value.to_le_bytes()[0]);
}

fn read_number(from: &mut impl Read) -> Option<u64> {
    let (mut value, mut byte) = (0, [0]);
    for shift in (0..64).step_by(7) {
        from.read_exact(&mut byte).ok()?;
        value |= u64::from(byte[0] & 0x7f) << shift;
        if byte[0] < 0x80 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn record(line: u64) -> Record {
        let mut record = Record::at(line);
        record.push(&format!("ligne {line}"));
        record.push("");
        record.push_number(&line.to_string());
        record.push(&"é".repeat(usize::try_from(line % 300).unwrap()));
        record
    }

    /// As it comes back: without its third cell, with a fifth.
    fn padded(line: u64) -> Record {
        let row = record(line);
        let mut record = Record::at(line);
        for place in [0, 1, 3, 4] {
            record.push(row.get(place));
        }
        record
    }

    #[test]
    fn rows_come_back_as_they_went_in_memory_and_on_disk() {
        // 200 000 rows of some 320 bytes are more than is held.
        for rows in [0, 1, 1000, 200_000] {
            let mut writer = SpoolWriter::default();
            for line in 1..=rows {
                writer.push(&record(line)).unwrap();
            }
            assert_eq!(writer.rows(), rows);
            let spool = writer
                .finish(Some(vec![true, true, false, true, true]))
                .unwrap();
            assert_eq!(matches!(spool.store, Store::OnDisk(_)), rows == 200_000);
            let (mut first, mut second) = (spool.rows(), spool.rows());
            for line in 1..=rows {
                assert_eq!(first.next(), Some(&padded(line)));
                if line % 2 == 0 {
                    assert_eq!(second.next(), Some(&padded(line / 2)));
                }
            }
            assert!(first.next().is_none() && spool.is_whole());
            let (mut pieces, mut piece, mut line) = (spool.pieces(), Vec::new(), 0);
            while pieces.next(1000, &mut piece) {
                let mut there = spool.rows_of(&piece);
                while !there.is_over() {
                    line += 1;
                    assert_eq!(there.next(), Some(&padded(line)));
                }
                assert_eq!(pieces.place(), (line, rows));
            }
            assert_eq!((line, spool.size().0), (rows, rows));
        }
    }
}
