//! One row of a file as text, in buffers that serve again for the next row.

/// What stands between cells, unless the file has its own there.
const DIVIDER: char = '\u{1f}';

/// The cells of a row in one buffer, each followed by a divider of one byte: a row of a file goes
/// there as a whole, its delimiters with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Record {
    line: u64,
    text: String,
    /// Where each cell ends, its divider left aside.
    ends: Vec<usize>,
    /// Which cells are numbers in the file itself (JSON, workbooks); empty for text files.
    numbers: Vec<bool>,
}

impl Record {
    /// A row without cells yet.
    #[cfg(test)]
    pub(crate) fn at(line: u64) -> Self {
        Self {
            line,
            ..Self::default()
        }
    }

    /// Forgets its cells and moves to another line.
    pub(crate) fn restart(&mut self, line: u64) {
        self.line = line;
        self.text.clear();
        self.ends.clear();
        self.numbers.clear();
    }

    /// The line as a user counts it, from 1.
    pub(crate) fn line(&self) -> u64 {
        self.line
    }

    /// Adds text to the cell being written.
    pub(crate) fn append(&mut self, part: &str) {
        self.text.push_str(part);
    }

    /// Ends the cell being written.
    pub(crate) fn end_cell(&mut self) {
        self.end_cell_by(DIVIDER as u8);
    }

    /// Ends the cell being written by the delimiter of the file, an ASCII character.
    pub(crate) fn end_cell_by(&mut self, delimiter: u8) {
        self.ends.push(self.text.len());
        self.text.push(char::from(delimiter));
    }

    /// Ends a cell of a row that is yet to be laid down, so many bytes after its start.
    pub(crate) fn end_cell_at(&mut self, end: usize) {
        self.ends.push(end);
    }

    /// Lays down a row whose cells were ended, with the delimiters between them.
    pub(crate) fn lay(&mut self, row: &str, delimiter: u8) {
        self.text.push_str(row);
        self.text.push(char::from(delimiter));
    }

    /// Adds a cell of text.
    pub(crate) fn push(&mut self, cell: &str) {
        self.append(cell);
        self.end_cell();
    }

    /// Adds a cell that the file holds as a number, written with a decimal point.
    pub(crate) fn push_number(&mut self, cell: &str) {
        self.numbers.resize(self.ends.len(), false);
        self.numbers.push(true);
        self.push(cell);
    }

    /// Forgets the cells from a place on.
    pub(crate) fn truncate(&mut self, cells: usize) {
        self.ends.truncate(cells);
        self.numbers.truncate(cells);
        self.text
            .truncate(self.ends.last().map_or(0, |end| end + 1));
    }

    /// How many bytes all cells take.
    pub(crate) fn size(&self) -> usize {
        self.text.len()
    }

    /// Whether any cell may be taken for a formula: most rows are told from afar.
    pub(crate) fn may_hold_formulas(&self) -> bool {
        let text = self.text.as_bytes();
        memchr::memchr3(b'=', b'@', b'|', text).is_some() || memchr::memchr(b'(', text).is_some()
    }

    /// How many cells, empty ones included.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// A cell without the blanks around it; empty beyond the last.
    #[inline]
    pub(crate) fn get(&self, index: usize) -> &str {
        clean(self.raw(index))
    }

    /// Whether the file holds that cell as a number.
    pub(crate) fn is_number(&self, index: usize) -> bool {
        self.numbers.get(index).copied().unwrap_or(false)
    }

    /// The cells without the blanks around them.
    pub(crate) fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|index| self.get(index))
    }

    /// How many cells hold something.
    pub(crate) fn filled(&self) -> usize {
        // Asked of every row: a cell that starts with something visible holds something.
        let (bytes, mut start, mut filled) = (self.text.as_bytes(), 0, 0);
        for &end in &self.ends {
            let is_filled = match bytes.get(start) {
                _ if start == end => false,
                Some(first) if first.is_ascii_graphic() => true,
                _ => !clean(self.text.get(start..end).unwrap_or("")).is_empty(),
            };
            filled += usize::from(is_filled);
            start = end + 1;
        }
        filled
    }

    /// Whether no cell holds anything.
    pub(crate) fn is_blank(&self) -> bool {
        self.cells().all(str::is_empty)
    }

    /// How many cells up to the last that holds something.
    pub(crate) fn width(&self) -> usize {
        (0..self.len())
            .rev()
            .find(|&index| !self.get(index).is_empty())
            .map_or(0, |last| last + 1)
    }

    /// All that it holds, by which equal rows are known.
    pub(crate) fn content(&self) -> (&str, &[usize]) {
        (&self.text, &self.ends)
    }

    /// A cell as it stands; empty beyond the last.
    #[inline]
    pub(crate) fn raw(&self, index: usize) -> &str {
        let Some(&end) = self.ends.get(index) else {
            return "";
        };
        let start = index
            .checked_sub(1)
            .and_then(|before| self.ends.get(before))
            .map_or(0, |before| before + 1);
        self.text.get(start..end).unwrap_or("")
    }
}

/// A text without the blanks around it, no-break and zero-width ones included.
#[inline]
pub(crate) fn clean(text: &str) -> &str {
    // Most cells have none, and this is asked of every cell.
    if let (Some(first), Some(last)) = (text.as_bytes().first(), text.as_bytes().last())
        && first.is_ascii_graphic()
        && last.is_ascii_graphic()
    {
        return text;
    }
    trimmed(text)
}

fn trimmed(text: &str) -> &str {
    // No letter of two bytes from U+00C0 on is a blank: accented ones are among them.
    let is_letter = |byte: &u8| (0xc3..=0xdf).contains(byte);
    let starts_well = match text.as_bytes() {
        [first, ..] => first.is_ascii_graphic() || is_letter(first),
        [] => true,
    };
    let ends_well = match text.as_bytes() {
        [.., last] if last.is_ascii() => last.is_ascii_graphic(),
        [.., before, _] => is_letter(before),
        _ => true,
    };
    if starts_well && ends_well {
        return text;
    }
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Whatever stands at either end, letters of any length among it.
        #[test]
        fn blanks_of_all_kinds_go(text in "[ a\u{85}\u{a0}é\u{7ff}\u{1680}\u{200b}\u{feff}\u{3000}𝒂]{0,6}") {
            let blank = |c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}');
            prop_assert_eq!(clean(&text), text.trim_matches(blank));
        }
    }

    #[test]
    fn cells_are_clean_and_none_is_out_of_reach() {
        let mut record = Record::at(3);
        record.push(" a\u{a0}");
        record.push_number("1.5");
        record.push("");
        assert_eq!(record.cells().collect::<Vec<_>>(), ["a", "1.5", ""]);
        assert_eq!((record.get(9), record.width(), record.filled()), ("", 2, 2));
        assert_eq!(
            (
                record.is_number(0),
                record.is_number(1),
                record.is_number(2)
            ),
            (false, true, false)
        );
    }
}
