//! Bytes cut at row ends.

use super::Plain;
use crate::source::append;
use std::io::{self, Read};

/// How much is cut at once.
pub(super) const CHUNK: usize = if cfg!(any(test, fuzzing)) {
    256
} else {
    2 << 20
};

/// The byte order mark of UTF-8.
const MARK: &[u8] = "\u{feff}".as_bytes();

/// Whole rows.
pub(super) struct Chunk {
    pub(super) bytes: Vec<u8>,
    /// The line of the first.
    pub(super) line: u64,
}

/// Cuts a text. A line end within quotes is none of a row: it has an odd number of quotes before
/// it. (Where quotes are not in pairs, the rows will tell.)
pub(super) struct Chunks<'a> {
    reader: Box<dyn Read + Send + 'a>,
    /// What was read after the last cut.
    rest: Vec<u8>,
    line: u64,
    ended: bool,
    spare: Vec<Vec<u8>>,
}

impl<'a> Chunks<'a> {
    pub(super) fn open(text: &Plain<'a>) -> io::Result<Self> {
        let mut reader = text.bytes.reader()?;
        let is_marked = text.bytes.head(MARK.len())?.as_ref() == MARK;
        if is_marked {
            io::copy(&mut (&mut reader).take(MARK.len() as u64), &mut io::sink())?;
        }
        io::copy(&mut (&mut reader).take(text.skip), &mut io::sink())?;
        Ok(Self {
            reader,
            rest: Vec::new(),
            line: 1 + text.lines,
            ended: false,
            spare: Vec::new(),
        })
    }

    /// The next rows; none after the last.
    pub(super) fn next(&mut self) -> io::Result<Option<Chunk>> {
        let mut bytes = self.spare.pop().unwrap_or_default();
        bytes.clear();
        bytes.append(&mut self.rest);
        loop {
            let wanted = CHUNK.max(bytes.len());
            let read = append(&mut self.reader, &mut bytes, wanted)?;
            self.ended |= read < wanted;
            if self.ended && bytes.is_empty() {
                return Ok(None);
            }
            // A row that is longer than a chunk is read on, up to where it is no row any more.
            let Some(end) = self.cut(&bytes) else {
                continue;
            };
            self.rest
                .extend_from_slice(bytes.get(end..).unwrap_or_default());
            bytes.truncate(end);
            let line = self.line;
            self.line += line_ends(&bytes);
            return Ok(Some(Chunk { bytes, line }));
        }
    }

    /// A buffer to be used again.
    pub(super) fn give_back(&mut self, buffer: Vec<u8>) {
        self.spare.push(buffer);
    }

    /// Where the last whole row ends.
    fn cut(&self, bytes: &[u8]) -> Option<usize> {
        /// A longer row is left to the ordinary way, which says so.
        const LONGEST: usize = 32 << 20;
        if self.ended || bytes.len() > LONGEST {
            return Some(bytes.len());
        }
        let quotes = |bytes: &[u8]| memchr::memchr_iter(b'"', bytes).count();
        let (mut end, mut before) = (bytes.len(), quotes(bytes));
        loop {
            let here = memchr::memrchr(b'\n', bytes.get(..end)?)?;
            before -= quotes(bytes.get(here..end)?);
            if before % 2 == 0 {
                return Some(here + 1);
            }
            end = here;
        }
    }
}

fn line_ends(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}
