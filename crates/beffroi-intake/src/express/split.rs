//! The rows of a chunk, as long as nothing is out of line.

use super::chunks::Chunk;
use crate::record::Record;

/// A quoted cell that is longer may be a quote left open.
const MAX_QUOTED: usize = 1 << 16;

/// Something that the ordinary way must look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Irregular;

/// Rows one after the other.
pub(crate) struct Split<'c> {
    text: &'c str,
    at: usize,
    delimiter: u8,
    width: usize,
    has_returns: bool,
    line: u64,
    record: Record,
}

impl<'c> Split<'c> {
    /// The rows of a chunk, each of `width` cells or empty.
    pub(super) fn new(chunk: &'c Chunk, delimiter: u8, width: usize) -> Result<Self, Irregular> {
        let bytes = chunk.bytes.as_slice();
        // What the ordinary way drops: NULs, the mark at the end of a file, byte order marks.
        let is_odd = memchr::memchr2(0, 0x1a, bytes).is_some()
            || memchr::memmem::find(bytes, "\u{feff}".as_bytes()).is_some();
        if is_odd {
            return Err(Irregular);
        }
        Ok(Self {
            text: std::str::from_utf8(bytes).map_err(|_| Irregular)?,
            at: 0,
            delimiter,
            width,
            has_returns: memchr::memchr(b'\r', bytes).is_some(),
            line: chunk.line,
            record: Record::default(),
        })
    }

    /// The next row; none after the last.
    pub(crate) fn next(&mut self) -> Result<Option<&Record>, Irregular> {
        let bytes = self.text.as_bytes();
        if self.at >= bytes.len() {
            return Ok(None);
        }
        self.record.restart(self.line);
        self.line += 1;
        loop {
            let rest = bytes.get(self.at..).unwrap_or_default();
            if rest.first() == Some(&b'"') {
                if self.quoted()? {
                    break;
                }
                continue;
            }
            let length = memchr::memchr3(self.delimiter, b'\n', b'"', rest).unwrap_or(rest.len());
            let cell = self.text.get(self.at..self.at + length).ok_or(Irregular)?;
            match rest.get(length) {
                Some(b'"') => return Err(Irregular),
                Some(&byte) if byte == self.delimiter => {
                    self.plain(cell)?;
                    self.at += length + 1;
                }
                _ => {
                    self.plain(cell.strip_suffix('\r').unwrap_or(cell))?;
                    self.at += length + 1;
                    break;
                }
            }
        }
        // An empty line is no row; its only cell is empty.
        let is_empty = self.record.len() == 1 && self.record.raw(0).is_empty();
        if self.record.len() == self.width || is_empty {
            Ok(Some(&self.record))
        } else {
            Err(Irregular)
        }
    }

    fn plain(&mut self, cell: &str) -> Result<(), Irregular> {
        if self.has_returns && cell.contains('\r') {
            return Err(Irregular);
        }
        self.record.push(cell);
        Ok(())
    }

    /// Reads a cell in quotes. True when it was the last of its row.
    fn quoted(&mut self) -> Result<bool, Irregular> {
        let bytes = self.text.as_bytes();
        let mut from = self.at + 1;
        loop {
            let limit = bytes.len().min(self.at + MAX_QUOTED);
            let rest = bytes.get(from..limit).ok_or(Irregular)?;
            let close = from + memchr::memchr(b'"', rest).ok_or(Irregular)?;
            let part = self.text.get(from..close).ok_or(Irregular)?;
            self.line += memchr::memchr_iter(b'\n', part.as_bytes()).count() as u64;
            if self.has_returns && has_lone_return(part) {
                return Err(Irregular);
            }
            self.record.append(part);
            let after = bytes.get(close + 1..).unwrap_or_default();
            let (length, ends) = match after {
                [b'"', ..] => {
                    self.record.append("\"");
                    from = close + 2;
                    continue;
                }
                [b'\r', b'\n', ..] => (2, true),
                [b'\n', ..] => (1, true),
                [] => (0, true),
                [byte, ..] if *byte == self.delimiter => (1, false),
                _ => return Err(Irregular),
            };
            self.record.end_cell();
            self.at = close + 1 + length;
            return Ok(ends);
        }
    }
}

fn has_lone_return(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'\r', bytes).any(|at| bytes.get(at + 1) != Some(&b'\n'))
}
