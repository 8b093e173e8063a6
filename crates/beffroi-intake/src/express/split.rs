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
    marks: Marks<'c>,
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
            text: simdutf8::basic::from_utf8(bytes).map_err(|_| Irregular)?,
            at: 0,
            delimiter,
            width,
            has_returns: memchr::memchr(b'\r', bytes).is_some(),
            line: chunk.line,
            marks: Marks::new(bytes, delimiter),
            record: Record::default(),
        })
    }

    /// How many bytes all take.
    pub(super) fn size(&self) -> usize {
        self.text.len()
    }

    /// The next row; none after the last.
    pub(crate) fn next(&mut self) -> Result<Option<&Record>, Irregular> {
        let bytes = self.text.as_bytes();
        if self.at >= bytes.len() {
            return Ok(None);
        }
        self.record.restart(self.line);
        let (start, mut from) = (self.at, self.at);
        self.at = loop {
            let mark = self.marks.next(from);
            match bytes.get(mark) {
                Some(b'"') => break self.row_with_quotes(start)?,
                Some(&byte) if byte == self.delimiter => {
                    self.record.end_cell_at(mark - start);
                    from = mark + 1;
                }
                _ => {
                    let row = self.text.get(start..mark).ok_or(Irregular)?;
                    let row = self.without_return(row)?;
                    self.record.end_cell_at(row.len());
                    self.record.lay(row, self.delimiter);
                    break mark + 1;
                }
            }
        };
        self.line += 1;
        // An empty line is no row; its only cell is empty.
        let is_empty = self.record.len() == 1 && self.record.raw(0).is_empty();
        if self.record.len() == self.width || is_empty {
            Ok(Some(&self.record))
        } else {
            Err(Irregular)
        }
    }

    /// The text without the return at its end.
    fn without_return<'t>(&self, text: &'t str) -> Result<&'t str, Irregular> {
        let text = text.strip_suffix('\r').unwrap_or(text);
        if self.has_returns && text.contains('\r') {
            return Err(Irregular);
        }
        Ok(text)
    }

    /// Reads a row cell by cell. Gives where it ends.
    fn row_with_quotes(&mut self, start: usize) -> Result<usize, Irregular> {
        self.record.restart(self.line);
        let (bytes, mut at) = (self.text.as_bytes(), start);
        loop {
            let mark = self.marks.next(at);
            match bytes.get(mark) {
                Some(b'"') if mark == at => {
                    let (end, is_last) = self.quoted(at)?;
                    at = end;
                    if is_last {
                        return Ok(at);
                    }
                }
                Some(b'"') => return Err(Irregular),
                found => {
                    let is_last = found != Some(&self.delimiter);
                    let cell = self.text.get(at..mark).ok_or(Irregular)?;
                    let cell = match is_last {
                        true => self.without_return(cell)?,
                        false if self.has_returns && cell.contains('\r') => return Err(Irregular),
                        false => cell,
                    };
                    self.record.append(cell);
                    self.record.end_cell_by(self.delimiter);
                    at = mark + 1;
                    if is_last {
                        return Ok(at);
                    }
                }
            }
        }
    }

    /// Reads a cell in quotes. Gives where the next starts, and whether this one was the last of
    /// its row.
    fn quoted(&mut self, start: usize) -> Result<(usize, bool), Irregular> {
        let bytes = self.text.as_bytes();
        let mut from = start + 1;
        loop {
            let limit = bytes.len().min(start + MAX_QUOTED);
            let rest = bytes.get(from..limit).ok_or(Irregular)?;
            let close = from + memchr::memchr(b'"', rest).ok_or(Irregular)?;
            let part = self.text.get(from..close).ok_or(Irregular)?;
            self.line += memchr::memchr_iter(b'\n', part.as_bytes()).count() as u64;
            if self.has_returns && has_lone_return(part) {
                return Err(Irregular);
            }
            self.record.append(part);
            let after = bytes.get(close + 1..).unwrap_or_default();
            let (length, is_last) = match after {
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
            self.record.end_cell_by(self.delimiter);
            return Ok((close + 1 + length, is_last));
        }
    }
}

/// Where the delimiters, line ends and quotes of a text are.
struct Marks<'c> {
    bytes: &'c [u8],
    delimiter: u8,
    /// Where the bytes looked at last start, and which of them are marks: a bit for each.
    block: usize,
    found: u64,
}

/// How many bytes are looked at together.
const BLOCK: usize = 64;

impl<'c> Marks<'c> {
    fn new(bytes: &'c [u8], delimiter: u8) -> Self {
        let mut marks = Self {
            bytes,
            delimiter,
            block: 0,
            found: 0,
        };
        marks.look(0);
        marks
    }

    /// The first mark at or after a place; the end of the text after the last.
    #[inline]
    fn next(&mut self, from: usize) -> usize {
        let block = from - from % BLOCK;
        if block != self.block {
            self.look(block);
        }
        let mut found = self.found & (u64::MAX << (from % BLOCK));
        while found == 0 {
            if self.block + BLOCK >= self.bytes.len() {
                return self.bytes.len();
            }
            self.look(self.block + BLOCK);
            found = self.found;
        }
        self.block + found.trailing_zeros() as usize
    }

    /// Looks at the bytes from `block` on.
    #[inline]
    fn look(&mut self, block: usize) {
        let rest = self.bytes.get(block..).unwrap_or_default();
        let is_mark =
            |byte: u8| u8::from((byte == self.delimiter) | (byte == b'\n') | (byte == b'"'));
        let mut marks = [0; BLOCK];
        // A whole block has a length that is known beforehand: many bytes are compared at once.
        match rest.first_chunk::<BLOCK>() {
            Some(bytes) => marks = bytes.map(is_mark),
            None => {
                for (mark, &byte) in marks.iter_mut().zip(rest) {
                    *mark = is_mark(byte);
                }
            }
        }
        (self.block, self.found) = (block, 0);
        for (at, eight) in marks.as_chunks::<8>().0.iter().enumerate() {
            self.found |= gathered(u64::from_le_bytes(*eight)) << (8 * at);
        }
    }
}

/// The lowest bits of eight bytes, that have no others, side by side.
fn gathered(bits: u64) -> u64 {
    // Each bit is moved to its place in the last byte, and to others that fall out.
    bits.wrapping_mul(0x0102_0408_1020_4080) >> 56
}

fn has_lone_return(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'\r', bytes).any(|at| bytes.get(at + 1) != Some(&b'\n'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn all_marks_are_found_from_any_place(
            bytes in prop::collection::vec(prop::sample::select(b";\n\"a\x3a\x3c\xbb\x0b\x8a\0".to_vec()), 0..300),
            skip in 1..90_usize,
        ) {
            let mut marks = Marks::new(&bytes, b';');
            for from in (0..=bytes.len()).step_by(skip).chain([0]) {
                let first = memchr::memchr3(b';', b'\n', b'"', &bytes[from..]);
                let first = first.map_or(bytes.len(), |first| from + first);
                prop_assert_eq!(marks.next(from), first);
            }
        }
    }
}
