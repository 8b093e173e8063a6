//! One row of a delimited text divided into its cells.

use super::dialect::{Dialect, Escape};
use memchr::{memchr, memchr2, memchr3};

/// A quoted cell is not longer than this: a quote that is not closed by then is a plain character.
const MAX_QUOTED: usize = 1 << 20;

/// Where cells go.
pub(crate) trait Cells {
    /// Takes the next cell; `quoted` when it stood in quotes, which are taken off.
    fn push(&mut self, cell: &str, quoted: bool);
}

/// A row divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Row {
    /// Where the next row starts.
    pub(crate) end: usize,
    /// Line ends within quotes.
    pub(crate) inner_lines: u64,
    /// Whether any quote stands in it.
    pub(crate) has_quotes: bool,
    /// Whether an unquoted cell starts or ends with a quote.
    pub(crate) is_stray: bool,
}

/// What became of a row.
pub(crate) enum Split {
    Row(Row),
    /// The text ends before the row does.
    More,
}

/// How a row is read when the usual way fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seam {
    /// As the dialect says.
    None,
    /// Quotes are plain characters.
    Literal,
    /// Quotes within quotes are neither doubled nor escaped: any that ends a cell closes it.
    Bare,
    /// A delimiter is missing at this place.
    At(usize),
}

/// Divides rows by a dialect.
pub(crate) struct Splitter<'d> {
    delimiter: &'d [u8],
    first: u8,
    quote: u8,
    escape: Escape,
    /// A blank before a quote is padding, unless blanks delimit.
    padded: bool,
    /// No quote closes a cell up to here: not to be searched twice.
    unclosed: usize,
}

enum Close {
    At(usize),
    Never,
    More,
}

impl<'d> Splitter<'d> {
    pub(crate) fn new(dialect: &'d Dialect) -> Self {
        let delimiter = dialect.delimiter.as_bytes();
        Self {
            delimiter,
            first: delimiter.first().copied().unwrap_or(b';'),
            quote: dialect.quote,
            escape: dialect.escape,
            padded: !delimiter.contains(&b' ') || delimiter.len() > 1,
            unclosed: 0,
        }
    }

    /// The start of the text has moved on by `by` bytes.
    pub(crate) fn shift(&mut self, by: usize) {
        self.unclosed = self.unclosed.saturating_sub(by);
    }

    /// Divides the row that starts at `from`. `last`: nothing comes after `text`.
    pub(crate) fn split(
        &mut self,
        text: &str,
        from: usize,
        last: bool,
        seam: Seam,
        cells: &mut impl Cells,
    ) -> Split {
        let bytes = text.as_bytes();
        let mut row = Row {
            end: from,
            inner_lines: 0,
            has_quotes: false,
            is_stray: false,
        };
        let mut at = from;
        loop {
            let Some(rest) = bytes.get(at..) else {
                return Split::More;
            };
            let blanks = if self.padded { blanks(rest) } else { 0 };
            let mut end = None;
            if rest.get(blanks) == Some(&self.quote) && seam != Seam::Literal {
                row.has_quotes = true;
                let open = at + blanks + 1;
                match self.closing_quote(bytes, open, last, seam) {
                    Close::At(close) => {
                        let content = text.get(open..close).unwrap_or_default();
                        row.inner_lines += line_ends(content.as_bytes());
                        self.push_quoted(content, seam, cells);
                        let after = bytes.get(close + 1..).unwrap_or_default();
                        let padding = match self.ends_cell(after, last, seam, close + 1) {
                            true => 0,
                            false => blanks_of(after, self.padded),
                        };
                        end = Some(close + 1 + padding);
                    }
                    Close::Never => {}
                    Close::More => return Split::More,
                }
            } else if blanks == rest.len() && !last {
                return Split::More;
            }
            let end = match end {
                Some(end) => end,
                None => {
                    let Some(length) = self.plain_length(rest, at, last, seam) else {
                        return Split::More;
                    };
                    let cell = text.get(at..at + length).unwrap_or_default();
                    if memchr(self.quote, cell.as_bytes()).is_some() {
                        row.has_quotes = true;
                        let trimmed = cell.trim().as_bytes();
                        row.is_stray |= trimmed.first() == Some(&self.quote)
                            || trimmed.last() == Some(&self.quote);
                    }
                    cells.push(cell, false);
                    at + length
                }
            };
            let after = bytes.get(end..).unwrap_or_default();
            if seam == Seam::At(end) && end > at {
                at = end;
                continue;
            }
            row.end = match after {
                [] if last => end,
                [] => return Split::More,
                [b'\r', b'\n', ..] => end + 2,
                [b'\r'] if !last => return Split::More,
                [b'\r' | b'\n', ..] => end + 1,
                _ => {
                    at = end + self.delimiter.len();
                    continue;
                }
            };
            return Split::Row(row);
        }
    }

    /// How long an unquoted cell is; `None` when its end is not in the text.
    fn plain_length(&self, rest: &[u8], at: usize, last: bool, seam: Seam) -> Option<usize> {
        let limit = match seam {
            Seam::At(place) if place > at => place - at,
            _ => usize::MAX,
        };
        let mut from = 0;
        loop {
            let tail = rest.get(from..)?;
            let Some(length) = memchr3(self.first, b'\n', b'\r', tail) else {
                return if limit <= rest.len() {
                    Some(limit)
                } else {
                    last.then_some(rest.len())
                };
            };
            let place = from + length;
            if place >= limit {
                return Some(limit);
            }
            let found = rest.get(place..)?;
            if found.first() != Some(&self.first) || found.starts_with(self.delimiter) {
                return Some(place);
            }
            if found.len() < self.delimiter.len() && !last {
                return None;
            }
            from = place + 1;
        }
    }

    /// Whether a cell ends here.
    fn ends_cell(&self, rest: &[u8], last: bool, seam: Seam, at: usize) -> bool {
        match rest.first() {
            None => last,
            Some(b'\n' | b'\r') => true,
            Some(_) => rest.starts_with(self.delimiter) || seam == Seam::At(at),
        }
    }

    /// Where the quote stands that closes a cell opened before `from`: the last of an odd run of
    /// quotes, with a delimiter or a line end after it. Other lone quotes are characters; but one
    /// that opens a cell shows that the first was never meant to be closed.
    fn closing_quote(&mut self, bytes: &[u8], from: usize, last: bool, seam: Seam) -> Close {
        // Read in another way, a cell ends with its line: what a stray quote opens is not to run on.
        let line = match seam {
            Seam::None => None,
            _ => bytes
                .get(from..)
                .and_then(|rest| memchr2(b'\n', b'\r', rest)),
        };
        let limit = from.saturating_add(line.unwrap_or(MAX_QUOTED));
        let end = bytes.len().min(limit);
        // The run at the very start (an empty cell) may lie in what was searched before.
        let mut at = if bytes.get(from) == Some(&self.quote) || seam != Seam::None {
            from
        } else {
            from.max(self.unclosed)
        };
        while at < end {
            let Some(offset) = bytes.get(at..end).and_then(|part| memchr(self.quote, part)) else {
                break;
            };
            let start = at + offset;
            let tail = bytes.get(start..).unwrap_or_default();
            let run = tail.iter().take_while(|&&byte| byte == self.quote).count();
            let run = match seam {
                Seam::At(place) if place > start => run.min(place - start),
                _ => run,
            };
            let after = bytes.get(start + run..).unwrap_or_default();
            let padding = blanks_of(after, self.padded);
            if !last && after.len() < padding + self.delimiter.len() {
                return Close::More;
            }
            let closes = self.ends_cell(after, last, seam, start + run)
                || self.ends_cell(after.get(padding..).unwrap_or_default(), last, seam, 0);
            let escaped = self.escape == Escape::Backslash && is_escaped(bytes, from, start);
            let quotes = run - usize::from(escaped);
            let is_odd = quotes % 2 == 1 || (seam == Seam::Bare && quotes > 0);
            if closes && is_odd {
                return Close::At(start + run - 1);
            }
            let opens = self.opens_cell(bytes.get(..start).unwrap_or_default());
            if opens && !closes && is_odd && start > from && seam == Seam::None {
                return Close::Never;
            }
            at = (start + run).max(if start == from && seam == Seam::None {
                self.unclosed
            } else {
                0
            });
        }
        if end < limit && !last {
            return Close::More;
        }
        if seam == Seam::None {
            self.unclosed = self.unclosed.max(end);
        }
        Close::Never
    }

    /// Whether a cell starts after these bytes.
    fn opens_cell(&self, before: &[u8]) -> bool {
        let starts = |before: &[u8]| {
            before.ends_with(self.delimiter) || matches!(before.last(), Some(b'\n' | b'\r'))
        };
        let padding = before
            .iter()
            .rev()
            .take_while(|&&byte| byte == b' ')
            .count();
        let unpadded = before.len() - padding;
        starts(before) || self.padded && starts(before.get(..unpadded).unwrap_or_default())
    }

    /// Hands on the content of a quoted cell, in which quotes are escaped.
    fn push_quoted(&self, content: &str, seam: Seam, cells: &mut impl Cells) {
        let bytes = content.as_bytes();
        let is_plain = match self.escape {
            Escape::Doubled => memchr(self.quote, bytes).is_none(),
            Escape::Backslash => memchr2(self.quote, b'\\', bytes).is_none(),
        };
        if is_plain || seam == Seam::Bare {
            return cells.push(content, true);
        }
        let quote = char::from(self.quote);
        let mut text = String::with_capacity(content.len());
        let mut chars = content.chars().peekable();
        while let Some(char) = chars.next() {
            text.push(match chars.peek() {
                Some(&next) if char == quote && next == quote => {
                    chars.next();
                    quote
                }
                Some(&next)
                    if self.escape == Escape::Backslash
                        && char == '\\'
                        && (next == quote || next == '\\') =>
                {
                    chars.next();
                    next
                }
                _ => char,
            });
        }
        cells.push(&text, true);
    }
}

/// Whether an odd number of backslashes stands before `at`.
fn is_escaped(bytes: &[u8], from: usize, at: usize) -> bool {
    let before = bytes.get(from..at).unwrap_or_default();
    before
        .iter()
        .rev()
        .take_while(|&&byte| byte == b'\\')
        .count()
        % 2
        == 1
}

fn blanks(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|&&byte| byte == b' ').count()
}

fn blanks_of(bytes: &[u8], padded: bool) -> usize {
    if padded { blanks(bytes) } else { 0 }
}

/// How many line ends, a carriage return with its line feed being one.
pub(crate) fn line_ends(bytes: &[u8]) -> u64 {
    let ends = memchr::memchr2_iter(b'\n', b'\r', bytes)
        .filter(|&at| bytes.get(at) == Some(&b'\n') || bytes.get(at + 1) != Some(&b'\n'));
    ends.count() as u64
}
