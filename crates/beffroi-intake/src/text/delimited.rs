//! Delimited text (CSV and its kin): rows read one by one from the bytes, with whatever line ends
//! and quotes they have.

use super::encoding::{Charset, Text};
use crate::record::Record;
use std::borrow::Cow;

/// More cells than this in a row are not kept apart.
pub(crate) const MAX_COLUMNS: usize = 4096;
/// A quoted cell is not longer than this: a quote that is not closed by then is a plain character.
const MAX_QUOTED: usize = 1 << 20;
/// How much of a file tells its delimiter.
const SAMPLE_BYTES: usize = 1 << 16;
const SAMPLE_ROWS: usize = 200;

/// A delimited text.
pub(crate) struct Delimited<'a> {
    bytes: Cow<'a, [u8]>,
    charset: Charset,
    delimiter: u8,
    /// Where the first row starts, after a `sep=` line.
    start: usize,
}

impl<'a> Delimited<'a> {
    /// Opens a text, finding its delimiter unless it is declared.
    pub(crate) fn new(text: Text<'a>, declared: Option<u8>) -> Self {
        let (hint, start) = separator_line(&text.bytes);
        let sample = text.bytes.get(start..).unwrap_or_default();
        let sample = sample.get(..SAMPLE_BYTES).unwrap_or(sample);
        let delimiter = declared.or(hint).unwrap_or_else(|| sniff(sample));
        Self {
            bytes: text.bytes,
            charset: text.charset,
            delimiter,
            start,
        }
    }

    /// The delimiter.
    pub(crate) fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// The rows, from the first.
    pub(crate) fn rows(&self) -> Records<'_> {
        let mut records = Records::new(&self.bytes, self.charset, self.delimiter);
        records.at = self.start;
        records.line = 1 + u64::from(self.start > 0);
        records
    }
}

/// The `sep=;` line that Excel writes and heeds, and where the text goes on.
fn separator_line(bytes: &[u8]) -> (Option<u8>, usize) {
    let line = bytes.get(..8).unwrap_or(bytes);
    match line {
        [
            b's' | b'S',
            b'e' | b'E',
            b'p' | b'P',
            b'=',
            delimiter,
            b'\r',
            b'\n',
            ..,
        ] => (Some(*delimiter), 7),
        [
            b's' | b'S',
            b'e' | b'E',
            b'p' | b'P',
            b'=',
            delimiter,
            b'\r' | b'\n',
            ..,
        ] => (Some(*delimiter), 6),
        _ => (None, 0),
    }
}

/// The delimiter under which most rows have the same number of cells, more than one. A comma must
/// do clearly better than the others, for it also stands in decimals.
fn sniff(sample: &[u8]) -> u8 {
    const CANDIDATES: [(u8, f64); 4] = [(b';', 1.0), (b'\t', 1.0), (b'|', 0.97), (b',', 0.95)];
    let mut best = (b';', 0.0);
    for (delimiter, weight) in CANDIDATES {
        if memchr::memchr(delimiter, sample).is_none() {
            continue;
        }
        let mut records = Records::new(sample, Charset::Utf8, delimiter);
        let (mut counts, mut rows) = (std::collections::BTreeMap::<usize, usize>::new(), 0_usize);
        while let Some(record) = records.next() {
            if rows == SAMPLE_ROWS {
                break;
            }
            if !record.is_blank() {
                rows += 1;
                *counts.entry(record.len()).or_default() += 1;
            }
        }
        let usual = counts
            .iter()
            .filter(|(cells, _)| **cells > 1)
            .max_by_key(|(_, rows)| **rows);
        if let Some((&cells, &alike)) = usual {
            #[expect(clippy::cast_precision_loss, reason = "a few hundred rows")]
            let score = weight * (alike as f64 / rows as f64) * (1.0 - 1.0 / (cells as f64 + 1.0));
            if score > best.1 {
                best = (delimiter, score);
            }
        }
    }
    best.0
}

/// Reads the rows of a delimited text one after the other.
pub(crate) struct Records<'t> {
    bytes: &'t [u8],
    charset: Charset,
    delimiter: u8,
    at: usize,
    line: u64,
    record: Record,
    /// Up to here no quote closes a cell: not to be searched twice.
    unclosed: usize,
}

impl<'t> Records<'t> {
    fn new(bytes: &'t [u8], charset: Charset, delimiter: u8) -> Self {
        Self {
            bytes,
            charset,
            delimiter,
            at: 0,
            line: 1,
            record: Record::default(),
            unclosed: 0,
        }
    }

    /// The next row; `None` after the last.
    pub(crate) fn next(&mut self) -> Option<&Record> {
        if self.at >= self.bytes.len() {
            return None;
        }
        self.record.restart(self.line);
        loop {
            self.cell();
            match self.bytes.get(self.at) {
                Some(&byte) if byte == self.delimiter => self.at += 1,
                Some(b'\r') if self.bytes.get(self.at + 1) == Some(&b'\n') => {
                    self.at += 2;
                    break;
                }
                Some(_) => {
                    self.at += 1;
                    break;
                }
                None => break,
            }
        }
        self.line += 1;
        Some(&self.record)
    }

    /// Reads one cell and stops at the delimiter or line end after it.
    fn cell(&mut self) {
        let keep = self.record.len() <= MAX_COLUMNS;
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let blanks = rest.iter().take_while(|&&b| b == b' ').count();
        let quote = self.at + blanks;
        if self.bytes.get(quote) == Some(&b'"')
            && let Some(close) = self.closing_quote(quote + 1)
        {
            let content = self.bytes.get(quote + 1..close).unwrap_or_default();
            self.line += line_ends(content);
            if keep {
                self.append_quoted(content);
                self.record.end_cell();
            }
            let after = self.bytes.get(close + 1..).unwrap_or_default();
            self.at = close + 1 + after.iter().take_while(|&&b| b == b' ').count();
            return;
        }
        let length = memchr::memchr3(self.delimiter, b'\n', b'\r', rest).unwrap_or(rest.len());
        if keep {
            let content = self.charset.decode(rest.get(..length).unwrap_or_default());
            self.record.append(&content);
            self.record.end_cell();
        }
        self.at += length;
    }

    /// Adds the content of a quoted cell, in which two quotes stand for one.
    fn append_quoted(&mut self, content: &[u8]) {
        let mut from = 0;
        for pair in memchr::memmem::find_iter(content, b"\"\"") {
            let part = content.get(from..=pair).unwrap_or_default();
            self.record.append(&self.charset.decode(part));
            from = pair + 2;
        }
        let part = content.get(from..).unwrap_or_default();
        self.record.append(&self.charset.decode(part));
    }

    /// Where the quote stands that closes a cell opened before `from`: the last of an odd run of
    /// quotes, with a delimiter or a line end after it. Other lone quotes are characters; but one
    /// that opens a cell shows that the first was never meant to be closed.
    fn closing_quote(&mut self, from: usize) -> Option<usize> {
        let end = self.bytes.len().min(from.saturating_add(MAX_QUOTED));
        // The run at the very start (an empty cell) may lie in what was searched before.
        let mut at = if self.bytes.get(from) == Some(&b'"') {
            from
        } else {
            from.max(self.unclosed)
        };
        while at < end {
            let Some(offset) = memchr::memchr(b'"', self.bytes.get(at..end)?) else {
                break;
            };
            let start = at + offset;
            let run = self
                .bytes
                .get(start..)?
                .iter()
                .take_while(|&&b| b == b'"')
                .count();
            let after = self.bytes.get(start + run..)?;
            let blanks = after.iter().take_while(|&&b| b == b' ').count();
            let closes = match after.get(blanks) {
                None | Some(b'\n' | b'\r') => true,
                Some(&byte) => byte == self.delimiter,
            };
            if closes && run % 2 == 1 {
                return Some(start + run - 1);
            }
            let opens = self
                .bytes
                .get(start - 1)
                .is_some_and(|&before| matches!(before, b'\n' | b'\r') || before == self.delimiter);
            if opens && !closes && run % 2 == 1 && start > from {
                return None;
            }
            at = (start + run).max(if start == from { self.unclosed } else { 0 });
        }
        self.unclosed = self.unclosed.max(end);
        None
    }
}

/// How many line ends, a carriage return with its line feed being one.
fn line_ends(bytes: &[u8]) -> u64 {
    let ends = memchr::memchr2_iter(b'\n', b'\r', bytes)
        .filter(|&at| bytes[at] == b'\n' || bytes.get(at + 1) != Some(&b'\n'));
    ends.count() as u64
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::text::encoding;
    use proptest::prelude::*;

    fn read(bytes: &[u8]) -> (char, Vec<(u64, Vec<String>)>) {
        let delimited = Delimited::new(
            encoding::open(std::borrow::Cow::Borrowed(bytes), None).unwrap(),
            None,
        );
        let mut rows = Vec::new();
        let mut records = delimited.rows();
        while let Some(record) = records.next() {
            rows.push((record.line(), record.cells().map(str::to_owned).collect()));
        }
        (char::from(delimited.delimiter()), rows)
    }

    fn row(line: u64, cells: &[&str]) -> (u64, Vec<String>) {
        (line, cells.iter().map(|cell| (*cell).to_owned()).collect())
    }

    #[test]
    fn all_line_ends_end_a_row() {
        let expected = vec![row(1, &["a", "b"]), row(2, &["1", ""]), row(3, &["2", "3"])];
        for end in ["\n", "\r\n", "\r"] {
            let text = format!("a;b{end}1;{end}2;3{end}");
            assert_eq!(read(text.as_bytes()), (';', expected.clone()), "{end:?}");
            assert_eq!(read(text.trim_end().as_bytes()).1, expected, "{end:?}");
        }
    }

    #[test]
    fn quotes_hold_delimiters_line_ends_and_quotes() {
        let (_, rows) = read(b"a;b\n\"x;y\";\"l1\r\nl2\"\n\"say \"\"oui\"\"\";\"\"\n \"q\" ;z\n");
        assert_eq!(
            rows,
            [
                row(1, &["a", "b"]),
                row(2, &["x;y", "l1\r\nl2"]),
                row(4, &["say \"oui\"", ""]),
                row(5, &["q", "z"]),
            ]
        );
    }

    #[test]
    fn a_stray_quote_swallows_nothing() {
        let (_, rows) = read(b"a;b\n\"Gare;12\nLe \"petit\" pont;3\n\"Le \"Port\" vieux\";4\n");
        assert_eq!(rows[1], row(2, &["\"Gare", "12"]), "{rows:?}");
        assert_eq!(rows[2], row(3, &["Le \"petit\" pont", "3"]));
        assert_eq!(rows[3], row(4, &["Le \"Port\" vieux", "4"]));
    }

    #[test]
    fn the_delimiter_is_the_one_that_makes_rows_alike() {
        assert_eq!(read(b"nom;valeur\na;1,5\nb;2,5\nc;3,5\n").0, ';');
        assert_eq!(read(b"nom,valeur\n\"a;b\",1\n\"c;d\",2\n").0, ',');
        assert_eq!(read(b"nom\tvaleur\na, b\t1,5\nc, d\t2\n").0, '\t');
        assert_eq!(read(b"nom|valeur\na|1,5\nb|2\n").0, '|');
        assert_eq!(
            read(b"sep=,\na,b;c\n1,2;3\n"),
            (',', vec![row(2, &["a", "b;c"]), row(3, &["1", "2;3"])])
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_their_end(bytes in prop::collection::vec(prop::sample::select(b"a1;,\"\"\r\n \xe9".to_vec()), 0..80)) {
            let (_, rows) = read(&bytes);
            prop_assert!(rows.windows(2).all(|pair| pair[0].0 < pair[1].0));
        }
    }
}
