//! Where the table ends and others begin: another header below, or the same table once more.
//!
//! Rows are read once, with a look at the few that follow where a row has words where the table
//! has values.

use crate::{
    asides::{is_page, starts_like_note},
    format::Rows,
    headings::same,
    layout::Layout,
    record::Record,
    shape::Look,
};
use std::collections::{HashSet, VecDeque};

/// How many rows are looked at ahead, and how many first rows of the table are remembered.
const AHEAD: usize = 8;
/// How many other tables are named.
const NAMED: usize = 20;

/// Another table of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OtherTable {
    /// The line of its header.
    pub(crate) line: u64,
    /// Its header.
    pub(crate) names: Vec<String>,
}

impl OtherTable {
    /// The table under a header.
    pub(crate) fn under<'r>(line: u64, cells: impl Iterator<Item = &'r str>) -> Self {
        let names = cells.filter(|cell| !cell.is_empty());
        Self {
            line,
            names: names.map(str::to_owned).collect(),
        }
    }
}

/// Rows of which the next can be looked at.
pub(crate) struct Ahead<'g> {
    rows: Rows<'g>,
    waiting: VecDeque<Record>,
    here: Record,
}

impl<'g> Ahead<'g> {
    /// The rows of a grid.
    pub(crate) fn new(rows: Rows<'g>) -> Self {
        Self {
            rows,
            waiting: VecDeque::new(),
            here: Record::default(),
        }
    }

    /// The next row; `None` after the last.
    pub(crate) fn next(&mut self) -> Option<&Record> {
        if let Some(row) = self.waiting.pop_front() {
            self.here = row;
            return Some(&self.here);
        }
        self.rows.next()
    }

    /// Where in the grid these rows are.
    pub(crate) fn rows(&self) -> &Rows<'g> {
        &self.rows
    }

    /// The rows that follow and hold something.
    fn following(&mut self) -> Vec<&Record> {
        let mut held = self.waiting.iter().filter(|row| !row.is_blank()).count();
        // Blank rows may go on for long.
        while held < AHEAD && self.waiting.len() < 64 * AHEAD {
            let Some(row) = self.rows.next() else { break };
            held += usize::from(!row.is_blank());
            self.waiting.push_back(row.clone());
        }
        let rows = self.waiting.iter().filter(|row| !row.is_blank());
        rows.take(AHEAD).collect()
    }
}

/// Whether a row may be the header of a table below the first: it has words where there are values.
pub(crate) fn opens_table(layout: &Layout, row: &Record) -> bool {
    let words = |cell: &str| cell.starts_with(|c: char| c.is_alphabetic() || c == '(');
    let mut probes = layout.probes.iter();
    probes.any(|&probe| words(row.get(probe))) || layout.is_header(row)
}

/// Looks for the end of the table while its rows go by.
pub(crate) struct Ends<'l> {
    layout: &'l Layout,
    ragged: bool,
    /// The first rows of the table.
    first: Vec<Record>,
    /// The last line that held something.
    last: u64,
    /// That line, when only blank rows and titles came since.
    before_gap: Option<u64>,
    /// Whether blank rows came since.
    blank: bool,
    /// The last line before titles that came since, of which one is new.
    before_title: Option<u64>,
    has_new_title: bool,
    /// The first line after a gap from which on words stand where the table has values, so far.
    pub(crate) tail: Option<u64>,
    /// The last line of the table, once known.
    pub(crate) end: Option<u64>,
    pub(crate) others: Vec<OtherTable>,
}

impl<'l> Ends<'l> {
    /// Before the first row of a table.
    pub(crate) fn of(layout: &'l Layout, ragged: bool) -> Self {
        Self {
            layout,
            ragged,
            first: Vec::new(),
            last: layout.data_after,
            before_gap: None,
            blank: false,
            before_title: None,
            has_new_title: false,
            tail: None,
            end: None,
            others: Vec::new(),
        }
    }

    /// Notes that a row is blank.
    pub(crate) fn blank(&mut self) {
        self.blank = true;
    }

    /// Whether a row may open another table: cheap, for it is asked of every row.
    pub(crate) fn is_suspect(&self, row: &Record) -> bool {
        if self.end.is_some() {
            return self.gap(row) || self.has_new_title;
        }
        !self.first.is_empty() && opens_table(self.layout, row)
    }

    /// Whether the table ends above a suspect row.
    pub(crate) fn ends(&mut self, row: &Record, rows: &mut Ahead<'_>) -> bool {
        let following = rows.following();
        if self.end.is_some() {
            let words = row
                .cells()
                .all(|cell| matches!(Look::of(cell), Look::Text | Look::Blank | Look::Year));
            let is_apart = self.gap(row) || self.has_new_title;
            if is_apart && row.filled() > 1 && words && gives_values(row, &following) {
                self.name(row);
            }
            return false;
        }
        if !self.is_other(row, &following) {
            if self.end.is_none() && self.is_no_data(row) {
                self.tail.get_or_insert(row.line());
            }
            return false;
        }
        let before = self.before_gap.into_iter().chain(self.before_title).min();
        self.end = Some(before.unwrap_or(self.last));
        self.name(row);
        true
    }

    /// Notes a row of the table.
    pub(crate) fn row(&mut self, row: &Record) {
        if self.gap(row) && self.before_gap.is_none() {
            self.before_gap = Some(self.last);
        }
        if self.end.is_none() && row.filled() > 1 && !opens_table(self.layout, row) {
            self.tail = None;
        }
        if row.filled() > 1 || self.layout.width == 1 {
            (self.before_gap, self.before_title) = (None, None);
            self.has_new_title = false;
            if self.end.is_none() && self.first.len() < AHEAD && !self.layout.is_header(row) {
                self.first.push(row.clone());
            }
        } else {
            self.before_title.get_or_insert(self.last);
            let words = row
                .cells()
                .find(|cell| !cell.is_empty())
                .unwrap_or_default();
            let is_old =
                is_page(words) || starts_like_note(words) || self.layout.is_title_again(row);
            self.has_new_title |= !is_old;
        }
        (self.last, self.blank) = (row.line(), false);
    }

    fn gap(&self, row: &Record) -> bool {
        // What is held leaves blank rows out.
        self.blank || (!self.ragged && row.line() > self.last + 1)
    }

    /// Whether a row is none of the table, a signature perhaps: it stands apart, with words where
    /// the table has values and nothing in the first column, or several such words.
    fn is_no_data(&self, row: &Record) -> bool {
        let agreement = self.layout.body.agreement(row);
        let apart = self.gap(row) || self.before_gap.is_some() || self.tail.is_some();
        let first = self
            .layout
            .headings
            .iter()
            .position(|heading| !heading.unnamed);
        let is_keyless = first.is_some_and(|first| row.get(first).is_empty());
        apart
            && !self.layout.is_header(row)
            && agreement.is_names()
            && (is_keyless || agreement.unlike > 1)
    }

    fn name(&mut self, row: &Record) {
        if self.others.len() < NAMED {
            self.others.push(OtherTable::under(row.line(), row.cells()));
        }
    }

    fn is_other(&self, row: &Record, following: &[&Record]) -> bool {
        if following.is_empty() {
            return false;
        }
        if self.layout.is_header(row) {
            // The header once more under another title is another table; with the same rows under
            // it, the table once more.
            if self.has_new_title && gives_values(row, following) {
                return true;
            }
            let again = self.first.iter().zip(following);
            let enough = following.len() >= self.first.len().min(2);
            return enough && again.into_iter().all(|(first, next)| same(first, next));
        }
        let agreement = self.layout.body.agreement(row);
        let names: HashSet<&str> = row.cells().filter(|cell| !cell.is_empty()).collect();
        let filled = row.filled();
        if !agreement.is_names()
            || filled < 2
            || names.len() < filled
            || !gives_values(row, following)
        {
            return false;
        }
        let headings = self.layout.headings.iter();
        let shared = headings
            .filter(|heading| names.contains(heading.title.as_str()))
            .count();
        let many = agreement.unlike >= 2 || agreement.unlike * 2 >= self.layout.body.told();
        let gap = self.gap(row) || self.before_gap.is_some();
        // Without a gap, the rows below must be of another kind: else it is one odd row.
        let strange = |next: &&&Record| {
            let other_width = self.ragged && row.len() != self.layout.width;
            (other_width && next.len() == row.len()) || !self.layout.body.agreement(next).is_data()
        };
        // One word among numbers may be a fault of that row.
        (shared * 2 >= filled && (shared >= 2 || gap))
            || (gap && agreement.unlike >= 2)
            || (many && following.iter().filter(strange).count() * 4 > following.len() * 3)
    }
}

/// Whether the first of the rows that follow has values under the words of a row.
fn gives_values(row: &Record, following: &[&Record]) -> bool {
    following.first().is_some_and(|next| {
        let values = (0..row.width()).filter(|&index| {
            Look::of(row.get(index)) == Look::Text
                && !matches!(Look::of(next.get(index)), Look::Text | Look::Blank)
        });
        values.count() > 0
    })
}
